//! `unbound-channel`: a channel of the template has no directory.

use std::collections::HashSet;

use task_api_json::{Kind as NodeKind, Node, Span, quote, rewrite};

use super::{EXAMPLE_CONTAINER, Example, Group, Rule, list_in_words, unknown_field};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Mount, Task, Template};
use crate::schema::{Schema, schema};
use crate::side::{Side, insert_volume, template_in_words};
use crate::version::volume_field;
use crate::{ApiVersion, Kind, suggest};

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
    if let Some(key) = misspelt_list(task, side.name) {
        // A list that the version requires is missing, which has been reported with the right name.
        if side.unbound().next().is_some() && !requires(task.version, side.name) {
            findings.withdraw(&unknown_field::RULE, key.span());
            findings.report(&RULE, || report_misspelt(template, side, key));
        }
        return;
    }
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
) -> Box<Diagnostic> {
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
    let source = volume_field(task.version);
    let host_path = quote(&format!("./{name}"));
    let volume = format!("{{\"name\": {}, \"{source}\": {{\"host_path\": {host_path}}}}}", quote(name));
    let title = format!("add {volume}");
    match insert_volume(task, side.name, &volume) {
        Some(edit) => diagnostic.fix(Applicability::Safe, title, vec![edit]),
        None => diagnostic,
    }
}

/// The key that was meant to be `inputs` or `outputs`, where there is no such list.
fn misspelt_list<'d>(task: &Task<'d>, name: &str) -> Option<Node<'d>> {
    if task.node.get(name).is_some() {
        return None;
    }
    let known = schema(Kind::Task, task.version).get(Schema::ROOT);
    let absent = || known.property_names().filter(|known| task.node.get(known).is_none());
    let is_meant = |key: &Node<'_>| {
        key.as_str().is_some_and(|key| known.property(&key).is_none() && suggest::nearest(&key, absent()) == Some(name))
    };
    task.node.members().map(|(key, _)| key).filter(is_meant).last()
}

fn requires(version: ApiVersion, name: &str) -> bool {
    schema(Kind::Task, version).get(Schema::ROOT).property(name).is_some_and(|property| property.required)
}

fn report_misspelt(template: &Template<'_>, side: &Side<'_, '_>, key: Node<'_>) -> Box<Diagnostic> {
    let (name, written) = (side.name, key.as_str().unwrap_or_default());
    let unbound: Vec<&Mount<'_>> = side.unbound().collect();
    let channels = list_in_words(unbound.iter().map(|mount| format!("`{}`", mount.name.value)));
    let message = format!("{} has the {name} {channels}, and this task has no `{name}`", template_in_words(template));
    Diagnostic::new(&RULE, key, key.span(), message)
        .label(format!("did you mean `{name}`?"))
        .note(format!("`{written}` is not a known field, and unknown fields are ignored when the task runs"))
        .fix(Applicability::Safe, format!("rename to `{name}`"), vec![rewrite::rename_key(key, name)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::fix;
    use crate::{CheckOptions, check};

    #[track_caller]
    fn check_rules(task: &str, version: ApiVersion, expected: &[&str]) {
        let options =
            CheckOptions { version: Some(version), container: Some(EXAMPLE_CONTAINER), ..CheckOptions::default() };
        let checked = check(task, &options);
        let found: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.rule.name).collect();
        assert_eq!(found, expected);
        assert!(!checked.is_valid());
        let fixed = fix(task, &options, Applicability::Safe).text;
        assert!(check(&fixed, &options).is_valid(), "{fixed}");
    }

    #[test]
    fn a_misspelt_list_is_one_defect() {
        let task = r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
            "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
            "outpts": [{"name": "masks", "input": {"host_path": "./masks"}}]}"#;
        check_rules(task, ApiVersion::V0, &["missing-field"]);
        check_rules(&task.replace("\"input\"", "\"volume_source\""), ApiVersion::V1, &["unbound-channel"]);
    }

    #[test]
    fn the_field_of_the_directory_is_that_of_the_version() {
        assert_eq!(volume_field(ApiVersion::V0), "input");
        assert_eq!(volume_field(ApiVersion::V1), "volume_source");
    }
}
