//! `no-templates`: a container without templates.

use task_api_json::Kind;

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Container;

pub(crate) static RULE: Rule = Rule {
    name: "no-templates",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a container without templates",
    explanation: "Without a template there is nothing that a task could run.",
    bad: Example::container(r#"{"name": "lungs", "description": "Segments lungs.", "templates": []}"#),
    good: Example::container(
        r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [{"identifier": "segment", "description": "Segments lungs.", "inputs": [], "outputs": [], "env": []}]
}"#,
    ),
};

pub(crate) fn check(container: &Container<'_>, findings: &mut Findings<'_>) {
    let Some(list) = container.node.get("templates").filter(|list| list.kind() == Kind::Array) else { return };
    if list.elements().next().is_none() {
        findings.report(&RULE, || {
            Diagnostic::new(&RULE, list, list.span(), "the container has no templates")
                .note("no task can be run with it")
        });
    }
}
