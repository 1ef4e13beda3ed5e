//! `duplicate-task-id`: two tasks of a workflow have one name.

use std::collections::HashMap;

use task_api_json::Span;

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::workflow::{Context, known};

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-task-id",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "two tasks of a workflow have one name",
    explanation: "Tasks refer to each other by `task_id`, and the directory of a task's results is called so. Airflow \
        refuses a DAG in which two tasks have one.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check", "image": "lungs:1.0", "taskTemplate": "check"},
  {"task_id": "check", "image": "lungs:1.1", "taskTemplate": "check"}
]}"#,
    ),
    good: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check-1.0", "image": "lungs:1.0", "taskTemplate": "check"},
  {"task_id": "check-1.1", "image": "lungs:1.1", "taskTemplate": "check"}
]}"#,
    ),
};

pub(crate) fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut seen: HashMap<&str, Span> = HashMap::with_capacity(context.workflow.tasks.len());
    for task in &context.workflow.tasks {
        let Some((id, span)) = known(&task.id) else { continue };
        let Some(first) = seen.get(id) else {
            seen.insert(id, span);
            continue;
        };
        findings.report(&RULE, || {
            let pointer = format!("{}/task_id", task.pointer());
            Diagnostic::at(&RULE, pointer, span, format!("there are two tasks `{id}`"))
                .label("give it another name")
                .note("what refers to this name gets the first of them")
                .related(DocumentRef::This, *first, "first defined here")
        });
    }
}
