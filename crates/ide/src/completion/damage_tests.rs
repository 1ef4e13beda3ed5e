//! Accepting any completion anywhere: whole files stay whole, and nothing breaks over damaged ones.

use std::collections::HashSet;

use task_api_core::Kind;
use task_api_json::{Node, apply_edits, parse};

use super::{Completion, complete, completion_documentation};
use crate::workspace::{Facts, Place, Workspace};

const FILES: [(Kind, &str); 12] = [
    (Kind::ProcessingContainer, include_str!("../../../../tests/fixtures/valid/v0/processing-container.json")),
    (Kind::ProcessingContainer, include_str!("../../../../tests/fixtures/valid/v1/processing-container.json")),
    (Kind::ProcessingContainer, include_str!("../../../../tests/fixtures/minimal/v0/processing-container.json")),
    (Kind::ProcessingContainer, include_str!("../../../../tests/fixtures/guide/processing-container.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/valid/v0/task.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/valid/v0/task-external-registry.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/valid/v0/task-inline-template.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/valid/v1/task.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/valid/v1/task-inline-template.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/minimal/v1/task.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/guide/task.json")),
    (Kind::Task, include_str!("../../../../tests/fixtures/templated/task-expressions-in-strings.json")),
];

/// A document, with a container above it.
fn workspace(kind: Kind, text: &str) -> Workspace {
    let mut workspace = Workspace::default();
    workspace.set("file:///processing-container.json", FILES[0].1.to_owned(), Facts::default());
    let facts = Facts { kind: Some(kind), ..Facts::default() };
    workspace.set("file:///a/document.json", text.to_owned(), facts);
    workspace
}

fn completions(workspace: &Workspace, offset: usize) -> Vec<Completion> {
    complete(workspace, Place { uri: "file:///a/document.json", offset: offset as u32 })
}

/// The text in which a completion was accepted, with what its tab stops suggest.
#[track_caller]
fn accepted(text: &str, completion: &Completion) -> String {
    let mut edits = completion.additional_edits.clone();
    let edit = &completion.edit;
    for other in &edits {
        // LSP forbids edits that touch each other.
        assert!(other.span.end < edit.span.start || edit.span.end < other.span.start, "{completion:?}");
    }
    let mut edit = edit.clone();
    if completion.is_snippet {
        edit.new_text = filled(&edit.new_text);
    }
    edits.push(edit);
    apply_edits(text, &edits).unwrap_or_else(|| panic!("edits do not fit: {completion:?}"))
}

/// A snippet with its placeholders and first choices.
#[track_caller]
fn filled(snippet: &str) -> String {
    let mut text = String::new();
    let mut characters = snippet.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            '$' if characters.next_if_eq(&'{').is_some() => {
                while characters.next_if(char::is_ascii_digit).is_some() {}
                let is_choice = match characters.next() {
                    Some('|') => true,
                    Some(':') => false,
                    other => panic!("{other:?} in {snippet}"),
                };
                let mut is_first = true;
                loop {
                    match characters.next().unwrap_or_else(|| panic!("no end in {snippet}")) {
                        '\\' => text.extend(characters.next().filter(|_| is_first)),
                        '|' if is_choice => break,
                        ',' if is_choice => is_first = false,
                        '}' if !is_choice => break,
                        character if is_first => text.push(character),
                        _ => {}
                    }
                }
                assert!(!is_choice || characters.next() == Some('}'), "{snippet}");
            }
            '$' => while characters.next_if(char::is_ascii_digit).is_some() {},
            character => text.push(character),
        }
    }
    text
}

/// How many keys stand in an object that has them already.
fn repeated_keys(root: Node<'_>) -> usize {
    root.descendants()
        .map(|object| {
            let mut seen = HashSet::new();
            object.members().filter(|(key, _)| !seen.insert(key.as_str())).count()
        })
        .sum()
}

fn offsets(text: &str) -> impl Iterator<Item = usize> {
    (0..=text.len()).filter(|offset| text.is_char_boundary(*offset))
}

#[test]
fn whole_files_stay_whole_wherever_something_is_accepted() {
    let mut count = 0;
    for (kind, text) in FILES {
        let workspace = workspace(kind, text);
        for offset in offsets(text) {
            for completion in completions(&workspace, offset) {
                count += 1;
                let after = accepted(text, &completion);
                let tree = parse(&after);
                let place = || format!("{:?} at {offset}: {completion:?}\n{after}", tree.errors());
                assert!(tree.is_valid(), "{}", place());
                assert_eq!(repeated_keys(tree.root(&after)), 0, "{}", place());
            }
        }
    }
    assert!(count > 10_000, "{count}");
}

#[test]
fn one_lost_token_is_written_with_the_completion() {
    let mut count = 0;
    let mut mended = 0;
    let mut left = Vec::new();
    for (kind, text) in FILES {
        for (at, lost) in text.match_indices(['"', ',', ':']) {
            let damaged = format!("{}{}", &text[..at], &text[at + 1..]);
            let before = parse(&damaged);
            if before.is_valid() {
                continue;
            }
            let workspace = workspace(kind, &damaged);
            for completion in completions(&workspace, at) {
                let after = accepted(&damaged, &completion);
                let tree = parse(&after);
                count += 1;
                let errors = |tree: &task_api_json::Tree| tree.errors().len() + tree.dropped_errors();
                mended += usize::from(tree.is_valid());
                if errors(&tree) > errors(&before) || repeated_keys(tree.root(&after)) > 0 {
                    left.push(format!("{lost} at {at}: {:?}\n{}", completion.edit, line_at(&after, at)));
                }
            }
        }
    }
    assert!(left.is_empty(), "{} of {count}: {}", left.len(), left[..left.len().min(25)].join("\n"));
    // The others are written beside the damage, not in its place.
    assert!(count > 1_500 && mended * 8 > count * 7, "{mended} of {count}");
}

fn line_at(text: &str, at: usize) -> &str {
    let from = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text[from..].lines().next().unwrap_or_default()
}

#[test]
fn damaged_files_get_answers_that_fit() {
    for (kind, text) in [FILES[0], FILES[4], FILES[7]] {
        for cut in (0..text.len()).step_by(7).filter(|cut| text.is_char_boundary(*cut)) {
            let damaged = &text[..cut];
            let workspace = workspace(kind, damaged);
            for offset in (cut.saturating_sub(12)..cut + 2).chain((cut % 97..cut).step_by(97)) {
                check_answers(&workspace, damaged, offset);
            }
        }
        // One byte less, anywhere.
        for at in (0..text.len()).step_by(7).filter(|at| text.is_char_boundary(*at) && text.is_char_boundary(at + 1)) {
            let damaged = format!("{}{}", &text[..at], &text[at + 1..]);
            let workspace = workspace(kind, &damaged);
            for offset in (at.saturating_sub(4)..at + 5).chain([at + 30]) {
                check_answers(&workspace, &damaged, offset);
            }
        }
    }
}

#[track_caller]
fn check_answers(workspace: &Workspace, text: &str, offset: usize) {
    for completion in completions(workspace, offset) {
        let after = accepted(text, &completion);
        let tree = parse(&after);
        if tree.is_valid() {
            assert_eq!(repeated_keys(tree.root(&after)), 0, "{completion:?}\n{after}");
        }
        if let Some(key) = &completion.documentation_key {
            let documentation = completion_documentation(workspace, "file:///a/document.json", key);
            assert!(documentation.is_some_and(|text| !text.is_empty()), "{completion:?}");
        }
    }
}

#[test]
fn long_lines_are_read_like_short_ones() {
    const MORE: usize = 3000;
    let padding = "x".repeat(MORE);
    for (kind, text) in FILES {
        let short = text.replace('\n', " ");
        let (name, _) = short.match_indices("\"name\": \"").next().unwrap();
        let at = name + "\"name\": \"".len();
        let behind = at + short[at..].find('"').unwrap() + 1;
        let long = format!("{}{padding}{}", &short[..at], &short[at..]);
        // A colon is missing in the second pair, so that their trees are recovered ones.
        let damaged = |text: &str| text.replacen("\": \"", "\" \"", 1);
        for (short, long) in [(short.clone(), long.clone()), (damaged(&short), damaged(&long))] {
            let workspaces = [workspace(kind, &short), workspace(kind, &long)];
            for offset in offsets(&short).filter(|offset| *offset > behind) {
                let expected = completions(&workspaces[0], offset);
                let found = completions(&workspaces[1], offset + MORE);
                let shape = |list: &[Completion], shift: u32| -> Vec<(String, String, u32, u32)> {
                    let of = |found: &Completion| {
                        let edit = &found.edit;
                        (
                            found.label.clone(),
                            edit.new_text.clone(),
                            edit.span.start.wrapping_sub(shift),
                            edit.span.end.wrapping_sub(shift),
                        )
                    };
                    list.iter().map(of).collect()
                };
                assert_eq!(shape(&expected, 0), shape(&found, MORE as u32), "{offset} in {short}");
            }
        }
    }
}
