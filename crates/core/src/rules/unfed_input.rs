//! `unfed-input`: an input of a task that nothing feeds.

use task_api_json::{Kind as NodeKind, TextEdit, quote, rewrite};

use super::{EXAMPLE_WORKFLOW_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Mount;
use crate::workflow::{Context, KnownTemplate};

pub(crate) static RULE: Rule = Rule {
    name: "unfed-input",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "an input of a task that nothing feeds",
    explanation: "Each input of a task's template needs a source: a mapping in `iochannel_maps` from an output of another \
        task, or for runs on this computer a directory under `inputs`. Without one, the container finds nothing where it \
        reads.",
    bad: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "store", "image": "store:1.0", "taskTemplate": "store"}
]}"#,
    ),
    good: Example::workflow(
        EXAMPLE_WORKFLOW_CONTAINER,
        r#"{"name": "lungs", "tasks": [
  {"task_id": "store", "image": "store:1.0", "taskTemplate": "store"}
], "inputs": [{"task_id": "store", "input_channel": "results", "host_path": "/study/results"}]}"#,
    ),
};

pub(crate) fn check(
    context: &Context<'_>,
    task: usize,
    template: &KnownTemplate<'_>,
    input: &Mount<'_>,
    findings: &mut Findings<'_>,
) {
    findings.report(&RULE, || {
        let of = &context.workflow.tasks[task];
        let name = &*input.name.value;
        let message = format!("nothing feeds input `{name}` of {}", of.in_words());
        let path = input.mounted_path.as_ref().map_or("its mounted path", |path| &*path.value);
        let (document, span) = template.place(input.name.span());
        let diagnostic = Diagnostic::at(&RULE, of.pointer(), of.head, message)
            .label(format!("map an output to `{name}`"))
            .note(format!("the container reads from {path}; without a source it finds nothing there"))
            .related(document, span, "declared here");
        let fixes = [mapping(context, task, name), source(context, task, name)];
        fixes
            .into_iter()
            .flatten()
            .fold(diagnostic, |diagnostic, (title, edit)| diagnostic.fix(Applicability::Unsafe, title, vec![edit]))
    });
}

/// Reads the only output of this name.
fn mapping(context: &Context<'_>, task: usize, input: &str) -> Option<(String, TextEdit)> {
    let upstream = context
        .only_task_with_output(input)
        .filter(|&upstream| upstream != task && !context.graph.downstream_of(task).contains(&upstream))?;
    let id = context.workflow.tasks[upstream].id()?;
    let node = context.task_node(task)?;
    let map = format!(
        "{{\"upstream_operator\": {}, \"upstream_output_channel\": {}, \"input_channel\": {}}}",
        quote(id),
        quote(input),
        quote(input)
    );
    let edit = match node.get("iochannel_maps") {
        Some(list) if list.kind() == NodeKind::Array => rewrite::insert_element(list, &map),
        Some(_) => return None,
        None => rewrite::insert_member(node, "iochannel_maps", &format!("[{map}]")),
    };
    Some((format!("read output `{input}` of task `{id}`"), edit))
}

/// Binds it to a directory.
fn source(context: &Context<'_>, task: usize, input: &str) -> Option<(String, TextEdit)> {
    let root = context.root.filter(|root| root.kind() == NodeKind::Object)?;
    let id = context.workflow.tasks[task].id()?;
    let host_path = format!("./{input}");
    let source = format!(
        "{{\"task_id\": {}, \"input_channel\": {}, \"host_path\": {}}}",
        quote(id),
        quote(input),
        quote(&host_path)
    );
    let edit = match root.get("inputs") {
        Some(list) if list.kind() == NodeKind::Array => rewrite::insert_element(list, &source),
        Some(_) => return None,
        None => rewrite::insert_member(root, "inputs", &format!("[{source}]")),
    };
    Some((format!("bind it to the directory {host_path}"), edit))
}
