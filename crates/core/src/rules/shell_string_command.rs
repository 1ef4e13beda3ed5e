//! `shell-string-command`: a whole command line in one word.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule};
use crate::command_line::words;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Command;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "shell-string-command",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a whole command line in one word",
    explanation: "No shell splits the words of a command: with `[\"python3 start.py\"]` the engine looks for a program \
        whose name has a space in it. Each word is an element of its own.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "command": ["python3 -u start.py"]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "command": ["python3", "-u", "start.py"]"#
    )),
};

pub(crate) fn check(command: &Command<'_>, findings: &mut Findings<'_>) {
    let [only] = &command.words[..] else { return };
    if !only.value.trim().contains(char::is_whitespace) || has_expression(&only.value) {
        return;
    }
    findings.report(&RULE, || {
        let message = "the whole command line is one word";
        let mut diagnostic = Diagnostic::new(&RULE, only.node, only.span(), message)
            .label("no shell splits it")
            .note("the engine looks for a program of exactly this name");
        if let Some(words) = words(&only.value) {
            let literals: Vec<String> = words.iter().map(|word| quote(word)).collect();
            let list = literals.join(", ");
            let edit = TextEdit::replace(only.span(), list.clone());
            diagnostic = diagnostic.fix(Applicability::Safe, format!("write [{list}]"), vec![edit]);
        }
        diagnostic
    });
}
