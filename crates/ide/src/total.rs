//! Every feature answers at every place of every damaged text, with spans that fit.

use task_api_json::{Span, TextEdit, apply_edits};

use crate::workspace::{Facts, Workspace};
use crate::*;

const TASK: &str = r#"{
  "$schema": "../task.schema.json",
  "name": "segment {{ custom['study'] | default(\"ä\") }}",
  "image": "ghcr.io/a/lungs:1.2.0",
  "taskTemplate": {
    "identifier": "segment",
    "description": "Writes `masks` 😀.",
    "inputs": [
      {
        "name": "images",
        "mounted_path": "/in",
        "description": null,
        "scale_rule": {"complexity": "1.5*n**2", "type": "limit", "mode": "sum", "target_glob": "*.d\u0063m"}
      }
    ],
    "outputs": [{"name": "masks", "mounted_path": "/out"}],
    "env": [
      {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false},
      {"name": "API_TOKEN", "value": "t0p"}
    ],
    "command": ["sh", "-c", "echo {% if env.A %}a\nb{% endif %} {# c #}"],
    "resources": {"limits": {"memory": "1Gi", "cpu": "500m", "nvidia.com/gpu": 1}}
  },
  "inputs": [
    {
      "name": "images",
      "input": {"host_path": "./data/{{ env.STUDY }}"},
      "scale_rule": {
        "complexity": "n",
        "type": "request",
        "mode": "max_file_size"
      }
    }
  ],
  "outputs": [
    {"name": "masks", "input": {"host_path": "../masks"}}
  ],
  "env": [
    {"name": "UNIT", "value": "cm"},
    {"name": "MORE", "value": "{{ env.MORE }}"}
  ],
  "command": ["run", "--token=x"],
  "resources": {
    "limits": {
      "memory": 5000000000,
      "cpu": "2"
    },
    "requests": {"memory": "64Mi"}
  },
  "config": {
    "type": "docker",
    "labels": {"a": "b"},
    "registryPassword": "hunter2"
  }
}
"#;

const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "d",
  "templates": [
    {"identifier": "segment", "description": "x", "inputs": [], "outputs": [], "env": [{"name": "A", "value": "{{ b"}]}
  ]
}
"#;

#[track_caller]
fn fits(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
}

#[track_caller]
fn applies(text: &str, edits: &[TextEdit]) -> String {
    apply_edits(text, edits).unwrap_or_else(|| panic!("{edits:?} in {text:?}"))
}

fn workspace(uri: &str, text: &str) -> Workspace {
    let mut workspace = Workspace::default();
    workspace.set("file:///w/processing-container.json", CONTAINER.to_owned(), Facts::default());
    workspace.set("file:///w/b/task.json", r#"{"name": "b", "taskTemplate": "segment"}"#.to_owned(), Facts::default());
    let facts = Facts { directory: Some("/w/a".to_owned()), ..Facts::default() };
    workspace.set(uri, text.to_owned(), facts);
    workspace
}

fn symbols_fit(text: &str, symbols: &[Symbol], around: Span) {
    for symbol in symbols {
        fits(text, symbol.span);
        let contains = |outer: Span, inner: Span| outer.start <= inner.start && inner.end <= outer.end;
        assert!(contains(symbol.span, symbol.name_span), "{symbol:?}");
        assert!(contains(around, symbol.span), "{symbol:?} in {around:?} of {text:?}");
        assert!(!symbol.name.is_empty());
        symbols_fit(text, &symbol.children, symbol.span);
    }
}

/// What is asked of a document as a whole.
fn check_document(workspace: &Workspace, uri: &str) {
    let document = workspace.get(uri).unwrap();
    let text = document.text();
    let all = Span::new(0, text.len() as u32);
    symbols_fit(text, &document_symbols(document), all);
    let hints = inlay_hints(workspace, document, all);
    hints.iter().for_each(|hint| fits(text, Span::empty(hint.offset)));
    assert!(hints.is_sorted_by_key(|hint| hint.offset));
    code_lenses(workspace, document).iter().for_each(|lens| fits(text, lens.span));
    document_links(workspace, document).iter().for_each(|link| fits(text, link.span));
    let tokens = semantic_tokens(document, None);
    for token in &tokens {
        fits(text, token.span);
        assert!(!token.span.is_empty() && !token.span.of(text).contains(['\n', '\r']), "{token:?} in {text:?}");
    }
    assert!(tokens.is_sorted_by(|a, b| a.span.end <= b.span.start), "{tokens:?} in {text:?}");
    for range in folding_ranges(document) {
        fits(text, range.span);
        assert!(range.start_line < range.end_line && range.end_line < document.lines().line_count());
    }
    if let Some(edits) = format(document) {
        applies(text, &edits);
    }
    for symbol in workspace_symbols(workspace, "e") {
        fits(workspace.get(&symbol.uri).unwrap().text(), symbol.span);
    }
}

/// What is asked of a place.
fn check_place(workspace: &Workspace, uri: &str, offset: u32) {
    let document = workspace.get(uri).unwrap();
    let text = document.text();
    if let Some(hover) = hover(workspace, Place { uri, offset }) {
        fits(text, hover.span);
        assert!(!hover.text.is_empty());
        // Of a name that is broken itself, nobody can tell that it is a secret's.
        for (name, secret) in [("\"registryPassword\": ", "hunter2"), ("\"API_TOKEN\", \"value\": ", "t0p")] {
            assert!(!text.contains(name) || !hover.text.contains(secret), "{} at {offset} of {text}", hover.text);
        }
    }
    let spans = selection_ranges(document, offset);
    assert_eq!(spans.is_empty(), !text.is_char_boundary(offset as usize));
    spans.iter().for_each(|span| fits(text, *span));
    let grows = |a: &Span, b: &Span| b.start <= a.start && a.end <= b.end && a != b;
    assert!(spans.is_sorted_by(grows), "{spans:?} at {offset} of {text:?}");
    for typed in ['}', ']', ',', '\n'] {
        let laid_out = applies(text, &format_on_type(document, offset, typed));
        assert_eq!(without_space(&laid_out), without_space(text));
    }
    let ranges = [Span::new(offset, text.len() as u32), Span::new(0, offset), Span::new(offset, offset / 2)];
    for range in ranges {
        let edits = format_range(document, range);
        edits.iter().for_each(|edit| assert!(range.start <= edit.span.start && edit.span.end <= range.end));
        assert_eq!(without_space(&applies(text, &edits)), without_space(text));
        inlay_hints(workspace, document, range);
        semantic_tokens(document, Some(range));
    }
}

fn without_space(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

#[test]
fn every_place_of_two_documents() {
    for (uri, text) in [("file:///w/a/task.json", TASK), ("file:///w/a/processing-container.json", CONTAINER)] {
        let workspace = workspace(uri, text);
        check_document(&workspace, uri);
        for offset in 0..text.len() as u32 + 3 {
            check_place(&workspace, uri, offset);
        }
        check_place(&workspace, uri, u32::MAX);
    }
    assert_eq!(hover(&Workspace::default(), Place { uri: "file:///x", offset: 0 }), None);
}

/// The texts that are damaged at a place: cut there, without what stands there, with something that does not belong.
fn damaged(text: &str, at: usize) -> impl Iterator<Item = String> {
    let mut at = at;
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let (before, behind) = text.split_at(at);
    let mut rest = behind.chars();
    rest.next();
    let inserted = ["\"", "{", "]", ",", "\\", "{{", "\n"];
    let with = inserted.into_iter().map(move |what| format!("{before}{what}{behind}"));
    [before.to_owned(), format!("{before}{}", rest.as_str())].into_iter().chain(with)
}

#[test]
fn every_damage_to_two_documents() {
    for (uri, text) in [("file:///w/a/task.json", TASK), ("file:///w/a/processing-container.json", CONTAINER)] {
        for at in (0..text.len()).step_by(7) {
            for text in damaged(text, at) {
                let workspace = workspace(uri, &text);
                check_document(&workspace, uri);
                // All places of all of these would take minutes; those at the damage tell most.
                let near = at.saturating_sub(4)..at + 5;
                for offset in near.chain((at % 31..text.len()).step_by(149)) {
                    check_place(&workspace, uri, offset as u32);
                }
            }
        }
    }
}
