//! `unknown-input-channel`: a mapping to an input that the task does not have.

use task_api_json::{Span, TextEdit, quote};

use super::unknown_upstream_channel::related;
use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule, list_in_words};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::side::template_in_words;
use crate::suggest;
use crate::workflow::{Context, Feed, KnownTemplate};

pub(crate) static RULE: Rule = Rule {
    name: "unknown-input-channel",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a mapping to an input that the task does not have",
    explanation: "A mapping joins channels by the names that templates give them. What is mapped to a name that the task's \
        template does not declare is not mounted, and the input that was meant stays empty.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "get-data", "image": "download:1.0", "taskTemplate": "download"},
  {"task_id": "store", "image": "store:1.0", "taskTemplate": "store", "iochannel_maps": [
    {"upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "Results"}
  ]}
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

/// A mapping or a source input of a task to a channel that its template does not have; `meant` is the unfed input that
/// it is nearly called like.
pub(crate) fn check(
    context: &Context<'_>,
    task: usize,
    feed: &Feed<'_>,
    template: &KnownTemplate<'_>,
    meant: Option<&str>,
    findings: &mut Findings<'_>,
) {
    findings.report(&RULE, || {
        let (channel, span) = (feed.channel, feed.span);
        let (of, name) = (template_in_words(&template.template), context.workflow.tasks[task].in_words());
        let message = format!("{of} of {name} has no input `{channel}`");
        let diagnostic = Diagnostic::at(&RULE, feed.pointer(), span, message);
        let diagnostic = match meant.filter(|meant| suggest::differs_in_case(channel, meant)) {
            Some(_) => diagnostic.note(suggest::NAMES_HAVE_CASE),
            None => diagnostic.note(note(channel, template)),
        };
        let diagnostic = related(diagnostic, template, "inputs");
        match meant {
            Some(meant) => {
                let is_near = suggest::nearest(channel, [meant]).is_some();
                let applicability = if is_near { Applicability::Safe } else { Applicability::Unsafe };
                let edit = replace(span, meant);
                diagnostic.label(format!("did you mean `{meant}`?")).fix(
                    applicability,
                    format!("feed `{meant}`"),
                    vec![edit],
                )
            }
            None => diagnostic.label("is not mounted"),
        }
    });
}

fn replace(span: Span, name: &str) -> TextEdit {
    TextEdit::replace(span, quote(name))
}

fn note(channel: &str, template: &KnownTemplate<'_>) -> String {
    let known = template.template.inputs.iter().map(|input| format!("`{}`", input.name.value));
    let is_output =
        if template.output(channel).is_some() { format!("`{channel}` is an output of it; ") } else { String::new() };
    match known.len() {
        0 => format!("{is_output}it has no inputs"),
        1 => format!("{is_output}its only input is {}", list_in_words(known)),
        _ => format!("{is_output}its inputs are {}", list_in_words(known)),
    }
}
