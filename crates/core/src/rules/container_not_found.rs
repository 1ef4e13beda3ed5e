//! `container-not-found`: no file where a workflow says that a container file is.

use super::{Around, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::workflow::{Context, known};

pub(crate) static RULE: Rule = Rule {
    name: "container-not-found",
    group: Group::Workflow,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "no file where a workflow says that a container file is",
    explanation: "`containers` says where the processing-container.json of each image is, relative to the workflow's \
        directory. Without it, nobody knows the channels of the image's tasks before they run, and their names are not \
        checked.",
    bad: Example::workflow_alone(
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check", "image": "lungs:1.0", "taskTemplate": "check"}
], "containers": [{"image": "lungs:1.0", "path": "./lung/processing-container.json"}]}"#,
    )
    .around(Around::NoFiles(&["./lung/processing-container.json"])),
    good: Example::workflow_alone(
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check", "image": "lungs:1.0", "taskTemplate": "check"}
], "containers": [{"image": "lungs:1.0", "path": "./lungs/processing-container.json"}]}"#,
    )
    .around(Around::NoFiles(&["./lung/processing-container.json"])),
};

pub(crate) fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for container in &context.workflow.containers {
        let Some((path, span)) = known(&container.path) else { continue };
        if context.containers.by_path.get(path) != Some(&None) {
            continue;
        }
        findings.report(&RULE, || {
            let pointer = format!("{}/path", container.pointer());
            let diagnostic =
                Diagnostic::at(&RULE, pointer, span, format!("there is no file `{path}` that can be read"));
            match known(&container.image) {
                Some((image, _)) => {
                    diagnostic.note(format!("the tasks of `{image}` are not checked against their templates"))
                }
                None => diagnostic,
            }
        });
    }
}
