//! `relative-host-path`: a relative path of the host.

use super::{Around, Example, Group, Rule, host_paths};
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Task;
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
    let Some(directory) = around.directory else { return };
    for (_, path, _) in host_paths(task).filter(|(_, path, _)| !path.value.starts_with('/')) {
        let absolute = absolute_path(directory, &path.value);
        findings.report(&RULE, || {
            let message = format!("{} is {absolute}", path.node.source());
            Diagnostic::new(&RULE, path.node, path.span(), message)
                .note("relative paths begin at the directory of the task file")
        });
    }
}
