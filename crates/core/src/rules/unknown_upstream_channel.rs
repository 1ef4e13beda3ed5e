//! `unknown-upstream-channel`: a mapping from an output that is not there.

use task_api_json::{TextEdit, quote};

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule, list_in_words};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::side::template_in_words;
use crate::suggest::{self, Suggestions};
use crate::workflow::{Context, IoMap, KnownTemplate, Leads, Task, known};

pub(crate) static RULE: Rule = Rule {
    name: "unknown-upstream-channel",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a mapping from an output that is not there",
    explanation: "A mapping joins channels by the names that templates give them. Where the task that is read from has no \
        output of the name, the operator mounts nothing, and says nothing: the input is empty when the job runs.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "get-data", "image": "download:1.0", "taskTemplate": "download"},
  {"task_id": "store", "image": "store:1.0", "taskTemplate": "store", "iochannel_maps": [
    {"upstream_operator": "get-data", "upstream_output_channel": "download", "input_channel": "results"}
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

pub(crate) fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut suggestions = Suggestions::default();
    for task in &context.workflow.tasks {
        for map in &task.maps {
            if context.output_of(map) == Leads::Nowhere {
                findings.report(&RULE, || report(context, task, map, &mut suggestions));
            }
        }
    }
}

fn report(context: &Context<'_>, task: &Task, map: &IoMap, suggestions: &mut Suggestions) -> Box<Diagnostic> {
    let (channel, span) = known(&map.upstream_output_channel).unwrap_or(("", map.span));
    let pointer = || format!("{}/upstream_output_channel", map.pointer(task));
    let upstream = match context.task_named(&map.upstream_operator) {
        Leads::To(position) => context.workflow.tasks.get(position).zip(context.templates.of_task(position)),
        Leads::Nowhere | Leads::Unknown => None,
    };
    let Some((upstream, template)) = upstream else {
        let message = format!("no task of this workflow has an output `{channel}`");
        let mut all: Vec<&str> = context.all_outputs().collect();
        all.sort_unstable();
        let known = all.iter().map(|name| format!("`{name}`"));
        let diagnostic = Diagnostic::at(&RULE, pointer(), span, message);
        let nearest = suggestions.nearest(channel, all.iter().copied());
        let diagnostic = match nearest.filter(|nearest| suggest::differs_in_case(channel, nearest)) {
            Some(_) => diagnostic.note(suggest::NAMES_HAVE_CASE),
            None if all.is_empty() => diagnostic.note("no task of it has an output at all"),
            None => diagnostic.note(format!("the outputs of its tasks are {}", list_in_words(known))),
        };
        return match nearest {
            Some(nearest) => diagnostic.label(format!("did you mean `{nearest}`?")),
            None => diagnostic,
        };
    };
    let (of, name) = (template_in_words(&template.template), upstream.in_words());
    let diagnostic = Diagnostic::at(&RULE, pointer(), span, format!("{of} of {name} has no output `{channel}`"));
    let outputs = || template.template.outputs.iter().map(|output| &*output.name.value);
    let nearest = suggestions.nearest(channel, outputs());
    let only = || if let [only] = &template.template.outputs[..] { Some(&*only.name.value) } else { None };
    let diagnostic = match nearest.filter(|nearest| suggest::differs_in_case(channel, nearest)) {
        Some(_) => diagnostic.note(suggest::NAMES_HAVE_CASE),
        None => diagnostic.note(note(channel, template)),
    };
    let diagnostic = related(diagnostic, template, "outputs");
    let edit = |name: &str| vec![TextEdit::replace(span, quote(name))];
    match (nearest, only()) {
        (Some(nearest), _) => diagnostic.label(format!("did you mean `{nearest}`?")).fix(
            Applicability::Safe,
            format!("read `{nearest}`"),
            edit(nearest),
        ),
        (None, Some(only)) => {
            diagnostic.fix(Applicability::Unsafe, format!("read `{only}`, its only output"), edit(only))
        }
        (None, None) => diagnostic,
    }
}

fn note(channel: &str, template: &KnownTemplate<'_>) -> String {
    let known = template.template.outputs.iter().map(|output| format!("`{}`", output.name.value));
    let is_input =
        if template.input(channel).is_some() { format!("`{channel}` is an input of it; ") } else { String::new() };
    match known.len() {
        0 => format!("{is_input}it has no outputs"),
        1 => format!("{is_input}its only output is {}", list_in_words(known)),
        _ => format!("{is_input}its outputs are {}", list_in_words(known)),
    }
}

/// Shows where a template lists its channels.
pub(crate) fn related(
    diagnostic: Box<Diagnostic>,
    template: &KnownTemplate<'_>,
    list: &'static str,
) -> Box<Diagnostic> {
    let Some(node) = template.template.node.get(list) else { return diagnostic };
    let (document, span) = template.place(node.key().unwrap_or(node).span());
    diagnostic.related(document, span, format!("its {list}"))
}
