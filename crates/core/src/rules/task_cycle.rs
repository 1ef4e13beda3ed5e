//! `task-cycle`: tasks that wait for each other.

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule, list_in_words};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::workflow::{Context, Edge, Way};

pub(crate) static RULE: Rule = Rule {
    name: "task-cycle",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "tasks that wait for each other",
    explanation: "A task begins when the tasks that it reads from, and those in `upstream_task_ids`, are done. Where that \
        leads back to the task itself, none of them can begin.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check", "image": "lungs:1.0", "taskTemplate": "check", "upstream_task_ids": ["check-again"]},
  {"task_id": "check-again", "image": "lungs:1.0", "taskTemplate": "check", "upstream_task_ids": ["check"]}
]}"#,
    ),
    good: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check", "image": "lungs:1.0", "taskTemplate": "check"},
  {"task_id": "check-again", "image": "lungs:1.0", "taskTemplate": "check", "upstream_task_ids": ["check"]}
]}"#,
    ),
};

pub(crate) fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for cycle in context.graph.cycles() {
        findings.report(&RULE, || report(context, &cycle));
    }
}

fn report(context: &Context<'_>, cycle: &[Edge]) -> Diagnostic {
    /// So many places are shown; a longer way is not followed by eye.
    const FEW: usize = 20;
    let name = |task: usize| context.workflow.tasks.get(task).and_then(|task| task.id()).unwrap_or("?");
    let waits = |edge: &Edge| format!("`{}` waits for `{}`", name(edge.downstream), name(edge.upstream));
    let (first, rest) = match cycle.split_first() {
        Some(split) => split,
        None => return Diagnostic::at(&RULE, String::new(), context.workflow.span, "tasks wait for each other"),
    };
    let task = &context.workflow.tasks[first.downstream];
    let pointer = match first.way {
        Way::Mapping(at) => format!("{}/upstream_operator", task.maps[at].pointer(task)),
        Way::Order(at) => format!("{}/upstream_task_ids/{at}", task.pointer()),
    };
    let message = match rest {
        [] => format!("task `{}` waits for itself", name(first.downstream)),
        _ => format!("tasks wait for each other: {}", list_in_words(cycle.iter().map(waits))),
    };
    let note = if rest.is_empty() { "it can never begin" } else { "none of them can ever begin" };
    let diagnostic = Diagnostic::at(&RULE, pointer, first.span, message).note(note);
    rest.iter()
        .take(FEW)
        .fold(diagnostic, |diagnostic, edge| diagnostic.related(DocumentRef::This, edge.span, waits(edge)))
}
