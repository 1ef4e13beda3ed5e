//! `relative-host-path`: a relative path of the host.

use super::{Around, Example, Group, Rule, host_paths};
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Task, Text};
use crate::plan::absolute_path;

pub(crate) static RULE: Rule = Rule {
    name: "relative-host-path",
    group: Group::Task,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "a relative path of the host",
    explanation: "Relative paths are resolved against the directory of the task file, wherever the command is started. \
        The message says what the path comes to.",
    bad: Example::task(task_with!(
        r#"  "inputs": [],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}]"#
    ))
    .around(Around::Directory("/study")),
    good: Example::task(task_with!(
        r#"  "inputs": [],
  "outputs": [{"name": "masks", "input": {"host_path": "/study/masks"}}]"#
    ))
    .around(Around::Directory("/study")),
};

pub(crate) fn check(task: &Task<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    for (_, path, _) in host_paths(task) {
        check_path(path, "task", around, findings);
    }
}

/// One path, in a file of a task or a workflow.
pub(crate) fn check_path(path: &Text<'_>, file: &str, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    let Some(directory) = around.directory.filter(|_| !path.value.starts_with('/')) else { return };
    findings.report(&RULE, || {
        let message = format!("{} is {}", path.node.source(), absolute_path(directory, &path.value));
        Diagnostic::new(&RULE, path.node, path.span(), message)
            .note(format!("relative paths begin at the directory of the {file} file"))
    });
}
