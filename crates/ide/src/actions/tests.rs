//! What each action makes of a file.

mod everywhere;
mod mending;
mod rewriting;
mod suppressing;
mod templates;
mod variables;

use expect_test::{Expect, expect};

use super::*;
use crate::diagnostics::check;
use crate::fixture::{Fixture, fixture};
use crate::workspace::Facts;

/// All documents are open.
fn opened(literal: &str) -> Fixture {
    let mut fixture = fixture(literal);
    let texts: Vec<(String, String)> =
        fixture.workspace.documents().map(|one| (one.uri().to_string(), one.text().to_owned())).collect();
    for (uri, text) in texts {
        fixture.workspace.set(&uri, text, Facts { is_open: true, ..Facts::default() });
    }
    fixture
}

fn actions_of(fixture: &Fixture) -> Vec<CodeAction> {
    code_actions(&fixture.workspace, &fixture.uri, Span::empty(fixture.offset))
}

fn titles(literal: &str, kinds: &[ActionKind]) -> String {
    let actions = actions_of(&opened(literal));
    let lines = actions.iter().filter(|action| kinds.contains(&action.kind));
    lines.map(|action| format!("{}{}\n", if action.is_preferred { "* " } else { "" }, action.title)).collect()
}

fn findings(workspace: &Workspace) -> usize {
    workspace.documents().filter_map(|one| check(workspace, one)).map(|checked| checked.found.total()).sum()
}

/// So many findings of a rule.
fn number_of(workspace: &Workspace, uri: &str, rule: &str) -> usize {
    let checked = workspace.get(uri).and_then(|document| check(workspace, document));
    checked.map_or(0, |checked| checked.diagnostics.iter().filter(|found| found.rule.name == rule).count())
}

/// What an action makes of the files that it changes; and that it does what it promises.
#[track_caller]
fn check_action(literal: &str, title: &str, expected: Expect) {
    let fixture = opened(literal);
    let actions = actions_of(&fixture);
    let known: Vec<&str> = actions.iter().map(|action| &*action.title).collect();
    let action = actions.iter().find(|action| action.title == title);
    let action = action.unwrap_or_else(|| panic!("no action {title:?} in {known:#?}"));
    let after = fixture.workspace.with_edits(&action.edits).expect("the edits fit");
    let mut shown = String::new();
    for edit in &action.edits {
        let before = fixture.workspace.get(&edit.uri);
        assert_eq!(before.is_none(), edit.creates);
        let document = after.get(&edit.uri).unwrap();
        if document.kind().is_some() && before.is_none_or(|before| before.tree().is_valid()) {
            assert!(document.tree().is_valid(), "{}", document.text());
        }
        let path = edit.uri.trim_start_matches("file://");
        shown.push_str(&if action.edits.len() > 1 || path != fixture.uri.trim_start_matches("file://") {
            format!("//- {path}\n{}", document.text())
        } else {
            document.text().to_owned()
        });
    }
    if let Some((rule, _)) = action.fixes {
        let uri = &fixture.uri;
        assert!(number_of(&after, uri, rule) < number_of(&fixture.workspace, uri, rule), "{rule} is still there");
    }
    assert!(findings(&after) <= findings(&fixture.workspace), "more is wrong than before: {shown}");
    expected.assert_eq(&shown);
}

const CONTAINER: &str = r#"//- /p/processing-container.json
{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Segments.",
      "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}],
      "outputs": [{"name": "masks", "mounted_path": "/out", "description": "Masks."},
        {"name": "logs", "mounted_path": "/logs", "description": "Logs."}],
      "env": [
        {"name": "FOLDS", "value": "5", "type": "int", "description": "Folds."},
        {"name": "MODEL", "value": "v2", "adjustable": false, "description": "Model."}
      ]
    }
  ]
}
"#;

fn with_task(task: &str) -> String {
    format!("{CONTAINER}//- /p/a/task.json\n{task}")
}

const BOUND: &str = r#""inputs": [{"name": "images", "input": {"host_path": "/i"}}],
 "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]"#;

fn bound_task(fields: &str) -> String {
    with_task(&format!("{{\"name\": \"a\", \"image\": \"x:1\", \"taskTemplate\": \"segment\",\n {BOUND}{fields}}}\n"))
}

#[test]
fn the_findings_that_are_kept_are_used() {
    let fixture = opened(&with_task(r#"{"name": 5$0}"#));
    let document = fixture.workspace.get(&fixture.uri).unwrap();
    let kept = || document.kept_check.lock().unwrap().is_some();
    assert!(!kept());
    assert!(!actions_of(&fixture).is_empty());
    assert!(kept(), "the document was checked for the actions alone");
}
