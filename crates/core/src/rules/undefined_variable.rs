//! `undefined-variable`: a template expression whose variable is not set.

use task_api_json::{Kind, Node, Span};

use super::{Around, Example, Group, Rule};
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::template::env_variables;

pub(crate) static RULE: Rule = Rule {
    name: "undefined-variable",
    group: Group::Task,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a template expression whose variable is not set",
    explanation: "An undefined variable renders as an empty text, silently: `{{ env.registryUrl }}/lungs:1.0` becomes \
        `/lungs:1.0`. Set the variable where the task is run.",
    bad: Example::task(r#"{"name": "a", "image": "{{ env.registryUrl }}/lungs:1.0", "taskTemplate": "b", "inputs": [], "outputs": []}"#)
    .around(Around::Variables(&["HOME"])),
    good: Example::task(r#"{"name": "a", "image": "{{ env.registryUrl }}/lungs:1.0", "taskTemplate": "b", "inputs": [], "outputs": []}"#)
    .around(Around::Variables(&["registryUrl"])),
};

pub(crate) fn check(root: Node<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    let Some(is_set) = around.is_set else { return };
    if !root.text().contains("{{") && !root.text().contains("{%") {
        return;
    }
    for node in root.descendants().filter(|node| node.kind() == Kind::String) {
        for (name, range) in env_variables(node.inner()) {
            if is_set(name) {
                continue;
            }
            findings.report(&RULE, || {
                let start = node.inner_span().start;
                let span = Span::new(start + range.start as u32, start + range.end as u32);
                let message = format!("the variable `{name}` is not set in the environment");
                Diagnostic::new(&RULE, node, span, message).label("becomes an empty text")
            });
        }
    }
}
