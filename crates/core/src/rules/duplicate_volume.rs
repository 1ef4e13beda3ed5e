//! `duplicate-volume`: one channel bound twice.

use super::{Example, Group, Rule, named, report_duplicates};
use crate::diagnostic::Severity;
use crate::findings::Findings;
use crate::model::Task;

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-volume",
    group: Group::Task,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "one channel bound twice",
    explanation: "A channel is one directory. Of two that are bound to it, only one would be mounted.",
    bad: Example::task(task_with!(
        r#"  "inputs": [
    {"name": "images", "input": {"host_path": "/data/a"}},
    {"name": "images", "input": {"host_path": "/data/b"}}
  ],
  "outputs": []"#
    )),
    good: Example::task(task_with!(
        r#"  "inputs": [
    {"name": "images", "input": {"host_path": "/data/a"}}
  ],
  "outputs": []"#
    )),
};

pub(crate) fn check(task: &Task<'_>, findings: &mut Findings<'_>) {
    report_duplicates(&RULE, "input", task.inputs.iter().map(|volume| named(&volume.name)), findings);
    report_duplicates(&RULE, "output", task.outputs.iter().map(|volume| named(&volume.name)), findings);
}
