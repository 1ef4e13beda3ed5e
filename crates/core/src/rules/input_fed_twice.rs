//! `input-fed-twice`: two sources for one input of a task.

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::workflow::{Context, Feed};

pub(crate) static RULE: Rule = Rule {
    name: "input-fed-twice",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "two sources for one input of a task",
    explanation: "An input is one directory in the container. Of two mappings to it, or of a mapping and a source input, \
        one would be hidden by the other. To read from two tasks, a template needs two inputs.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "get-data", "image": "download:1.0", "taskTemplate": "download"},
  {"task_id": "store", "image": "store:1.0", "taskTemplate": "store", "iochannel_maps": [
    {"upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "results"}
  ]}
], "inputs": [{"task_id": "store", "input_channel": "results", "host_path": "/study/results"}]}"#,
    ),
    good: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "get-data", "image": "download:1.0", "taskTemplate": "download"},
  {"task_id": "store", "image": "store:1.0", "taskTemplate": "store", "iochannel_maps": [
    {"upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "results"}
  ]}
]}"#,
    ),
};

pub(crate) fn check(
    context: &Context<'_>,
    task: usize,
    feed: &Feed<'_>,
    first: &Feed<'_>,
    findings: &mut Findings<'_>,
) {
    findings.report(&RULE, || {
        let (channel, name) = (feed.channel, context.workflow.tasks[task].in_words());
        Diagnostic::at(&RULE, feed.pointer(), feed.span, format!("input `{channel}` of {name} is fed twice"))
            .label("name another input, or remove it")
            .note("an input is one directory in the container, so one of the two would be hidden")
            .related(DocumentRef::This, first.span, "first fed here")
    });
}
