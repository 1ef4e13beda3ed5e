//! `wrong-direction`: an output bound under `inputs`, or the reverse.

use task_api_json::rewrite;

use super::{EXAMPLE_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Mount, Task, Volume};
use crate::side::Side;

pub(crate) static RULE: Rule = Rule {
    name: "wrong-direction",
    group: Group::TaskWithContainer,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "an output bound under `inputs`, or the reverse",
    explanation: "Inputs are mounted read-only and must exist; outputs are writable and are made if need be. A channel \
        therefore has to stand on the side on which the template declares it.",
    bad: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}, {"name": "masks", "input": {"host_path": "./masks"}}],
  "outputs": []}"#,
    ),
    good: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}]}"#,
    ),
};

pub(crate) fn check(
    task: &Task<'_>,
    side: &Side<'_, '_>,
    volume: &Volume<'_>,
    declared: &Mount<'_>,
    document: DocumentRef,
    findings: &mut Findings<'_>,
) {
    findings.report(&RULE, || {
        let (right_name, right_noun) = if side.name == "inputs" { ("outputs", "output") } else { ("inputs", "input") };
        let name = &volume.name;
        let message = format!("`{}` is an {right_noun} of the template, but stands under `{}`", name.value, side.name);
        let mut diagnostic = Diagnostic::new(&RULE, name.node, name.span(), message)
            .label(format!("belongs under `{right_name}`"))
            .related(document, declared.name.span(), "declared here");
        let already_bound = {
            let right = if right_name == "inputs" { &task.inputs } else { &task.outputs };
            right.iter().any(|other| other.name.value == name.value)
        };
        let removal = rewrite::remove_element(volume.node);
        if already_bound {
            diagnostic = diagnostic.fix(Applicability::Unsafe, format!("remove it from `{}`", side.name), removal);
        } else if let Some(insertion) = crate::side::insert_volume(task, right_name, volume.node.source()) {
            let title = format!("move it to `{right_name}`");
            diagnostic = diagnostic.fix(Applicability::Safe, title, [removal, vec![insertion]].concat());
        }
        diagnostic
    });
}
