//! `unbound-channel`: a channel of the template has no directory.

use std::collections::HashSet;

use task_api_json::{Kind as NodeKind, Span, quote};

use super::{EXAMPLE_CONTAINER, Example, Group, Rule, Side, insert_volume, template_in_words};
use crate::ApiVersion;
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Mount, Task, Template};

pub(crate) static RULE: Rule = Rule {
    name: "unbound-channel",
    group: Group::TaskWithContainer,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a channel of the template has no directory",
    explanation: "Each input and output channel of the template needs an entry of its name in the task's `inputs` or \
        `outputs` that says which directory of the host it is. Without one, the container reads an empty directory or \
        writes results that are lost when it ends.",
    bad: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
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
    template: &Template<'_>,
    side: &Side<'_, '_>,
    document: DocumentRef,
    findings: &mut Findings<'_>,
) {
    // A volume whose name is nearly right is reported by `unknown-channel`, one under the wrong field
    // by `wrong-direction`.
    let meant: HashSet<&str> = side.meant.iter().copied().flatten().collect();
    for mount in side.unbound() {
        let name = &*mount.name.value;
        if !side.is_elsewhere(name) && !meant.contains(name) {
            findings.report(&RULE, || report(task, template, side, mount, document));
        }
    }
}

fn report(
    task: &Task<'_>,
    template: &Template<'_>,
    side: &Side<'_, '_>,
    mount: &Mount<'_>,
    document: DocumentRef,
) -> Diagnostic {
    let name = &*mount.name.value;
    let list = task.node.get(side.name);
    let at = list.unwrap_or(task.node);
    let end = at.span().end;
    let span = match list {
        Some(list) if list.kind() == NodeKind::Array && !list.is_recovered() => Span::new(end.saturating_sub(1), end),
        Some(list) => list.span(),
        None => Span::new(at.span().start, at.span().start + 1),
    };
    let message = format!("{} `{name}` of {} has no directory", side.noun, template_in_words(template));
    let mut diagnostic = Diagnostic::new(&RULE, at, span, message).label(format!("bind `{name}` here")).related(
        document,
        mount.name.span(),
        "declared here",
    );
    let path = mount.mounted_path.as_ref().map_or("its mounted path", |path| &*path.value);
    diagnostic = diagnostic.note(if side.noun == "output" {
        format!("the container writes to {path}; without a directory its results are lost when it ends")
    } else {
        format!("the container reads from {path}; without a directory it finds nothing there")
    });
    let source = match task.version {
        ApiVersion::V0 => "input",
        ApiVersion::V1 => "volume_source",
    };
    let host_path = quote(&format!("./{name}"));
    let volume = format!("{{\"name\": {}, \"{source}\": {{\"host_path\": {host_path}}}}}", quote(name));
    let title = format!("add {volume}");
    match insert_volume(task, side.name, &volume) {
        Some(edit) => diagnostic.fix(Applicability::Safe, title, vec![edit]),
        None => diagnostic,
    }
}
