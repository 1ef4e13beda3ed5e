//! `unrendered-template`: the file is JSON only after rendering.

use task_api_json::{Node, SyntaxErrorKind};

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;

pub(crate) static RULE: Rule = Rule {
    name: "unrendered-template",
    group: Group::Contract,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "a file that is JSON only after it has been rendered",
    explanation: "Template expressions inside of strings leave a file JSON, and it is checked as it stands. Control \
        blocks and expressions outside of strings do not: nothing can be said about such a file before it is rendered.",
    bad: Example::container(r#"{"name": "a", "description": "b", "templates": {{ custom.templates }}}"#),
    good: Example::container(
        r#"{"name": "a", "description": "{{ custom.description }}", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
};

pub(crate) fn check(root: Node<'_>, findings: &mut Findings<'_>) {
    let first = root.tree().errors().iter().find(|error| error.kind == SyntaxErrorKind::TemplateBlock);
    if let Some(error) = first {
        findings.report(&RULE, || {
            let message = "this file is JSON only after it has been rendered";
            Diagnostic::new(&RULE, root, error.span, message)
                .label("stands outside of a string")
                .note("it was not checked; put expressions into strings where that is possible")
        });
    }
}
