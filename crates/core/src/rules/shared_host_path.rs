//! `shared-host-path`: two channels on one directory of the host.

use super::{Example, Group, Rule, host_paths};
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::Task;
use crate::names::Names;
use crate::plan::absolute_path;

pub(crate) static RULE: Rule = Rule {
    name: "shared-host-path",
    group: Group::Task,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "two channels on one directory of the host",
    explanation: "An output on an input's directory mixes results into the data, and the reference command line drops \
        one of the two mounts without a word. Two outputs on one directory are a warning: their files may \
        overwrite each other.",
    bad: Example::task(task_with!(
        r#"  "inputs": [{"name": "images", "input": {"host_path": "/data/study"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/study/"}}]"#
    )),
    good: Example::task(task_with!(
        r#"  "inputs": [{"name": "images", "input": {"host_path": "/data/study"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/masks"}}]"#
    )),
};

pub(crate) fn check(task: &Task<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    let directory = around.directory.unwrap_or("/");
    let paths: Vec<_> = host_paths(task)
        .map(|(name, path, is_input)| (name, path, is_input, absolute_path(directory, &path.value)))
        .collect();
    let firsts = Names::new(paths.iter().map(|(.., absolute)| absolute.as_str()));
    for (position, (name, path, _, absolute)) in paths.iter().enumerate().filter(|(_, (_, _, is_input, _))| !is_input) {
        let first = firsts.position(absolute).filter(|first| *first < position);
        let Some((first, first_path, first_is_input, _)) = first.and_then(|first| paths.get(first)) else { continue };
        let severity = if *first_is_input { RULE.severity } else { Severity::Warning };
        findings.report_as(&RULE, severity, || {
            let message = format!("`{}` and `{}` use the same directory", first.value, name.value);
            let place = first_path.span();
            Diagnostic::new(&RULE, path.node, path.span(), message)
                .related(DocumentRef::This, place, "used here as well")
                .note(if *first_is_input {
                    "results would be mixed into the input data"
                } else {
                    "files of the same name overwrite each other"
                })
        });
    }
}
