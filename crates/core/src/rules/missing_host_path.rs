//! `missing-host-path`: an input directory that does not exist.

use super::{Around, Example, Group, Rule, host_paths};
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Task, Text};
use crate::plan::absolute_path;

pub(crate) static RULE: Rule = Rule {
    name: "missing-host-path",
    group: Group::Project,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "an input directory that does not exist",
    explanation: "An input must be a directory of the host. Reported by `run`, and by `validate --check-paths`.",
    bad: Example::task(task_with!(
        r#"  "inputs": [{"name": "images", "input": {"host_path": "/data/imagse"}}],
  "outputs": []"#
    ))
    .around(Around::Directories(&["/data/images"])),
    good: Example::task(task_with!(
        r#"  "inputs": [{"name": "images", "input": {"host_path": "/data/images"}}],
  "outputs": []"#
    ))
    .around(Around::Directories(&["/data/images"])),
};

pub(crate) fn check(task: &Task<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    for (name, path, _) in host_paths(task).filter(|(.., is_input)| *is_input) {
        check_path(name, path, around, findings);
    }
}

/// The path of one input.
pub(crate) fn check_path(name: &Text<'_>, path: &Text<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    let Some(is_directory) = around.is_directory else { return };
    let absolute = absolute_path(around.directory.unwrap_or("/"), &path.value);
    if is_directory(&absolute) {
        return;
    }
    findings.report(&RULE, || {
        let message = format!("the directory of input `{}` does not exist: {absolute}", name.value);
        Diagnostic::new(&RULE, path.node, path.span(), message)
    });
}
