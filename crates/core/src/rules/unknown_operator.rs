//! `unknown-operator`: a name that no task of the workflow has.

use task_api_json::{TextEdit, quote};

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule, list_in_words};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::suggest::{self, Suggestions};
use crate::workflow::{Context, Value};

pub(crate) static RULE: Rule = Rule {
    name: "unknown-operator",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a name that no task of the workflow has",
    explanation: "Mappings, `upstream_task_ids` and source inputs name a task by its `task_id`, which has to be written \
        exactly as there.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "check", "image": "lungs:1.0", "taskTemplate": "check"},
  {"task_id": "check-again", "image": "lungs:1.0", "taskTemplate": "check", "upstream_task_ids": ["chekc"]}
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
    let mut suggestions = Suggestions::default();
    for task in &context.workflow.tasks {
        for map in &task.maps {
            if let Some(name) = &map.upstream_operator {
                let pointer = || format!("{}/upstream_operator", map.pointer(task));
                look_at(context, name, pointer, task.id(), &mut suggestions, findings);
            }
        }
        for (at, name) in task.upstream.iter().enumerate() {
            let pointer = || format!("{}/upstream_task_ids/{at}", task.pointer());
            look_at(context, name, pointer, task.id(), &mut suggestions, findings);
        }
    }
    for input in &context.workflow.inputs {
        if let Some(name) = &input.task_id {
            let pointer = || format!("{}/task_id", input.pointer());
            look_at(context, name, pointer, None, &mut suggestions, findings);
        }
    }
}

/// `own` is the name of the task that the name stands in, which is hardly meant.
fn look_at(
    context: &Context<'_>,
    written: &Value<String>,
    pointer: impl FnOnce() -> String,
    own: Option<&str>,
    suggestions: &mut Suggestions,
    findings: &mut Findings<'_>,
) {
    let Some(name) = written.known().filter(|name| !context.tasks.contains_key(name.as_str())) else { return };
    findings.report(&RULE, || {
        let message = format!("no task of this workflow is called `{name}`");
        let diagnostic = Diagnostic::at(&RULE, pointer(), written.span, message);
        let others = || context.workflow.tasks.iter().filter_map(|task| task.id()).filter(|id| Some(*id) != own);
        let Some(nearest) = suggestions.nearest(name, others()) else {
            let known: Vec<String> = others().map(|id| format!("`{id}`")).collect();
            return match known.len() {
                0 => diagnostic.note("there is no other task"),
                1 => diagnostic.note(format!("the only other task is {}", known[0])),
                _ => diagnostic.note(format!("the tasks are {}", list_in_words(known.into_iter()))),
            };
        };
        let diagnostic = diagnostic.label(format!("did you mean `{nearest}`?"));
        let diagnostic = match suggest::differs_in_case(name, nearest) {
            true => diagnostic.note(suggest::NAMES_HAVE_CASE),
            false => diagnostic,
        };
        let edit = TextEdit::replace(written.span, quote(nearest));
        diagnostic.fix(Applicability::Safe, format!("name `{nearest}`"), vec![edit])
    });
}
