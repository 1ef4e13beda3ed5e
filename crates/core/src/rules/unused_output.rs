//! `unused-output`: an output that no task reads.

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Mount;
use crate::workflow::{Context, KnownTemplate};

pub(crate) static RULE: Rule = Rule {
    name: "unused-output",
    group: Group::Workflow,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "an output that no task reads",
    explanation: "What the task writes there stays in its directory. On a cluster, where nobody looks into that directory, \
        results have to be read by a task that stores them.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "get-data", "image": "download:1.0", "taskTemplate": "download"}
]}"#,
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
    template: &KnownTemplate<'_>,
    output: &Mount<'_>,
    findings: &mut Findings<'_>,
) {
    findings.report(&RULE, || {
        let of = &context.workflow.tasks[task];
        let message = format!("nothing reads output `{}` of {}", output.name.value, of.in_words());
        let (document, span) = template.place(output.name.span());
        Diagnostic::at(&RULE, of.pointer(), of.head, message).note("its files stay in the task's directory").related(
            document,
            span,
            "declared here",
        )
    });
}
