//! `empty-command`: a command without a program.

use task_api_json::rewrite;

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Command;

pub(crate) static RULE: Rule = Rule {
    name: "empty-command",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a command without a program",
    explanation: "The first word of a command is the program. To run what the image runs by itself, leave the command \
        out.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "command": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "command": ["segment"]"#
    )),
};

pub(crate) fn check(command: &Command<'_>, findings: &mut Findings<'_>) {
    let is_empty = command.node.elements().next().is_none();
    let message = match command.words.first() {
        None if is_empty => "the command is empty",
        Some(first) if first.value.trim().is_empty() => "the first word of the command is empty",
        _ => return,
    };
    findings.report(&RULE, || {
        let mut diagnostic = Diagnostic::new(&RULE, command.node, command.node.span(), message)
            .note("without a `command`, the image's own command runs");
        if let Some(key) = command.node.key().filter(|_| is_empty) {
            diagnostic = diagnostic.fix(Applicability::Unsafe, "remove the command", rewrite::remove_member(key));
        }
        diagnostic
    });
}
