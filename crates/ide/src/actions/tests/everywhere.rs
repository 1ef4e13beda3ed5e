//! Every action at every place, also of damaged files.

use super::{CONTAINER, bound_task, number_of};
use crate::actions::*;
use crate::diagnostics::check;
use crate::workspace::Facts;

const FIXTURES: &[&str] = &[
    include_str!("../../../../../tests/fixtures/valid/v0/processing-container.json"),
    include_str!("../../../../../tests/fixtures/valid/v0/task.json"),
    include_str!("../../../../../tests/fixtures/valid/v0/task-inline-template.json"),
    include_str!("../../../../../tests/fixtures/valid/v0/task-external-registry.json"),
    include_str!("../../../../../tests/fixtures/valid/v1/processing-container.json"),
    include_str!("../../../../../tests/fixtures/valid/v1/task.json"),
    include_str!("../../../../../tests/fixtures/valid/v1/task-inline-template.json"),
    include_str!("../../../../../tests/fixtures/guide/processing-container.json"),
    include_str!("../../../../../tests/fixtures/guide/task.json"),
    include_str!("../../../../../tests/fixtures/broken/container-comments.json"),
    include_str!("../../../../../tests/fixtures/broken/task-v1-field-in-v0.json"),
    include_str!("../../../../../tests/fixtures/broken/container-missing-required-field.json"),
    include_str!("../../../../../tests/fixtures/broken/container-complexity-with-caret.json"),
    include_str!("../../../../../tests/fixtures/broken/container-fraction-instead-of-integer.json"),
    include_str!("../../../../../tests/fixtures/broken/container-list-at-root.json"),
    include_str!("../../../../../tests/fixtures/broken/container-missing-bracket.json"),
    include_str!("../../../../../tests/fixtures/broken/container-missing-comma.json"),
    include_str!("../../../../../tests/fixtures/broken/container-misspelt-optional-field.json"),
    include_str!("../../../../../tests/fixtures/broken/container-misspelt-required-field.json"),
    include_str!("../../../../../tests/fixtures/broken/container-null-not-allowed.json"),
    include_str!("../../../../../tests/fixtures/broken/container-number-instead-of-string.json"),
    include_str!("../../../../../tests/fixtures/broken/container-string-instead-of-boolean.json"),
    include_str!("../../../../../tests/fixtures/broken/container-string-instead-of-list.json"),
    include_str!("../../../../../tests/fixtures/broken/container-trailing-comma.json"),
    include_str!("../../../../../tests/fixtures/broken/container-truncated.json"),
    include_str!("../../../../../tests/fixtures/broken/container-unknown-env-type.json"),
    include_str!("../../../../../tests/fixtures/broken/container-unknown-scale-mode.json"),
    include_str!("../../../../../tests/fixtures/broken/container-unquoted-keys.json"),
    include_str!("../../../../../tests/fixtures/broken/container-v0-field-in-v1.json"),
    include_str!("../../../../../tests/fixtures/broken/container-v1-field-in-v0.json"),
    include_str!("../../../../../tests/fixtures/broken/container-v1-mode-in-v0.json"),
    include_str!("../../../../../tests/fixtures/broken/task-api-version-as-string.json"),
    include_str!("../../../../../tests/fixtures/broken/task-both-volume-fields.json"),
    include_str!("../../../../../tests/fixtures/broken/task-duplicate-key.json"),
    include_str!("../../../../../tests/fixtures/broken/task-empty-file.json"),
    include_str!("../../../../../tests/fixtures/broken/task-env-as-object.json"),
    include_str!("../../../../../tests/fixtures/broken/task-incomplete-inline-template.json"),
    include_str!("../../../../../tests/fixtures/broken/task-list-instead-of-labels.json"),
    include_str!("../../../../../tests/fixtures/broken/task-null-inputs.json"),
    include_str!("../../../../../tests/fixtures/broken/task-number-in-command.json"),
    include_str!("../../../../../tests/fixtures/broken/task-path-instead-of-volume.json"),
    include_str!("../../../../../tests/fixtures/broken/task-python-literals.json"),
    include_str!("../../../../../tests/fixtures/broken/task-single-quotes.json"),
    include_str!("../../../../../tests/fixtures/broken/task-text-after-end.json"),
    include_str!("../../../../../tests/fixtures/broken/task-typographic-quotes.json"),
    include_str!("../../../../../tests/fixtures/broken/task-unclosed-string.json"),
    include_str!("../../../../../tests/fixtures/broken/task-unknown-api-version.json"),
    include_str!("../../../../../tests/fixtures/broken/task-v0-field-in-v1.json"),
    include_str!("../../../../../tests/fixtures/broken/task-without-outputs.json"),
    include_str!("../../../../../tests/fixtures/broken/task-without-template.json"),
];

/// So many errors in all files and findings in one: a finding that goes may let others be seen that are none of ours.
fn badness(workspace: &Workspace, uri: &str) -> (usize, usize) {
    let checked = workspace.documents().filter_map(|one| Some((one.uri(), check(workspace, one)?)));
    checked.fold((0, 0), |(errors, all), (of, checked)| {
        let found = if **of == *uri { checked.found.total() } else { 0 };
        (errors + checked.found.errors, all + found)
    })
}

fn is_no_worse(after: (usize, usize), before: (usize, usize)) -> bool {
    after.0 <= before.0 && after.1 <= before.1
}

fn two_files(index: usize) -> (Workspace, &'static str) {
    let mut workspace = Workspace::default();
    let is_container = FIXTURES[index].contains("\"templates\"");
    let (task, container) = ("file:///p/a/task.json", "file:///p/processing-container.json");
    let (uri, other) = if is_container { (container, task) } else { (task, container) };
    let beside = (0..FIXTURES.len()).map(|step| FIXTURES[(index + step) % FIXTURES.len()]);
    let beside = beside.into_iter().find(|text| text.contains("\"templates\"") != is_container).unwrap();
    let facts = || Facts { is_open: true, ..Facts::default() };
    workspace.set(uri, FIXTURES[index].to_owned(), facts());
    workspace.set(other, beside.to_owned(), facts());
    (workspace, uri)
}

fn reversed(node: Node<'_>) -> String {
    match node.kind() {
        task_api_json::Kind::Object => {
            let mut members: Vec<String> =
                node.members().map(|(key, value)| format!("{}: {}", key.source(), reversed(value))).collect();
            members.reverse();
            format!("{{\n{}}}", members.join(",\n"))
        }
        task_api_json::Kind::Array => {
            let elements: Vec<String> = node.elements().map(reversed).collect();
            format!("[{}]", elements.join(", "))
        }
        _ => node.source().to_owned(),
    }
}

fn value_of(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_order_is_kept_once_it_is_there_and_the_values_are_the_same() {
    for index in 0..FIXTURES.len() {
        let (mut workspace, uri) = two_files(index);
        let document = workspace.get(uri).unwrap();
        if !document.tree().is_valid() || document.root().kind() != task_api_json::Kind::Object {
            continue;
        }
        let text = reversed(document.root());
        workspace.set(uri, text.clone(), Facts::default());
        let once = workspace.with_edits(&organize(&workspace, uri)).unwrap();
        let sorted = once.get(uri).unwrap().text();
        assert_ne!(sorted, text);
        assert_eq!(value_of(sorted), value_of(&text));
        assert_eq!(organize(&once, uri), []);
        let characters = |text: &str| {
            let mut characters: Vec<char> = text.chars().collect();
            characters.sort_unstable();
            characters
        };
        assert_eq!(characters(sorted), characters(&text));
    }
}

#[test]
fn every_action_everywhere_fits_and_does_what_it_says() {
    let mut seen = std::collections::BTreeSet::new();
    for (index, text) in FIXTURES.iter().enumerate() {
        let (workspace, uri) = two_files(index);
        let before = badness(&workspace, uri);
        for offset in (0..text.len() as u32).step_by(3) {
            for action in code_actions(&workspace, uri, Span::empty(offset)) {
                let shown = format!("{uri} {action:?}");
                if !seen.insert(shown.clone()) {
                    continue;
                }
                let after = workspace.with_edits(&action.edits).unwrap_or_else(|| panic!("does not fit: {shown}"));
                for edit in action.edits.iter().filter(|edit| edit.uri.ends_with(".json")) {
                    let errors =
                        |workspace: &Workspace| workspace.get(&edit.uri).map_or(0, |one| one.tree().errors().len());
                    assert!(errors(&after) <= errors(&workspace), "{shown}");
                }
                if let Some((rule, _)) = action.fixes {
                    let numbers = (number_of(&after, uri, rule), number_of(&workspace, uri, rule));
                    assert!(numbers.0 < numbers.1, "{numbers:?} {shown}");
                    assert!(is_no_worse(badness(&after, uri), before), "{shown}");
                }
                if is_of_source(action.kind) {
                    assert!(is_no_worse(badness(&after, uri), before), "{shown}");
                }
            }
        }
    }
    assert!(seen.len() > 150, "{}", seen.len());
}

#[test]
fn damaged_files_get_actions_that_fit() {
    let whole = bound_task(",\n \"env\": [{\"name\": \"FOLDS\", \"value\": \"{{ env.A }}\"}], \"command\": [\"a b\"]");
    let task = whole.split("task.json\n").nth(1).unwrap();
    let container = CONTAINER.split_once('\n').unwrap().1;
    for (name, text, other_name, other) in [
        ("/p/a/task.json", task, "/p/processing-container.json", container),
        ("/p/processing-container.json", container, "/p/a/task.json", task),
    ] {
        for cut in (0..text.len()).step_by(7).filter(|cut| text.is_char_boundary(*cut)) {
            let mut workspace = Workspace::default();
            let facts = || Facts { is_open: true, ..Facts::default() };
            let uri = format!("file://{name}");
            workspace.set(&uri, text[..cut].to_owned(), facts());
            workspace.set(&format!("file://{other_name}"), other.to_owned(), facts());
            for offset in (0..cut as u32 + 9).step_by(3) {
                check_answers(&workspace, &uri, offset);
                check_answers(&workspace, &format!("file://{other_name}"), offset);
            }
        }
    }
    let (workspace, uri) = two_files(0);
    for offset in 0..workspace.get(uri).unwrap().text().len() as u32 + 3 {
        check_answers(&workspace, uri, offset);
        check_answers(&workspace, "file:///unknown.json", offset);
    }
}

/// Every question about a place has an answer that fits the texts.
#[track_caller]
fn check_answers(workspace: &Workspace, uri: &str, offset: u32) {
    let at = crate::Place { uri, offset };
    let fits = |uri: &str, span: Span| workspace.get(uri).is_some_and(|one| one.text().get(span.range()).is_some());
    let found = crate::references(workspace, at, true).into_iter().chain(crate::definition(workspace, at));
    for location in found {
        assert!(fits(&location.uri, location.span));
    }
    assert!(crate::highlights(workspace, at).iter().all(|highlight| fits(uri, highlight.span)));
    if let Some((span, _)) = crate::prepare_rename(workspace, at) {
        assert!(fits(uri, span));
        if let Ok(edits) = crate::rename(workspace, at, "FRESH") {
            assert!(workspace.with_edits(&edits).is_some());
        }
    }
    if offset.is_multiple_of(10) {
        for action in code_actions(workspace, uri, Span::new(offset, offset + 4)) {
            assert!(workspace.with_edits(&action.edits).is_some(), "{action:?}");
        }
    }
}
