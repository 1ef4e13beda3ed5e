//! Renaming a template, a channel or a variable wherever it is spoken of.

use std::sync::Arc;

use task_api_core::Kind;
use task_api_core::model::{Container, Task};
use task_api_json::{Node, Span, TextEdit, quote};

use crate::DocumentEdit;
use crate::document::Document;
use crate::edited::consequences;
use crate::entity::{
    Entity, EntityKind, Form, Occurrence, bound_tasks, bound_template, declares, entity_at, names, occurrences,
};
use crate::workspace::{Place, Workspace, directory_of};

/// The name at a place, if it can be changed. The variable of an expression is that of whoever runs the task, and keeps
/// its name.
pub fn prepare_rename(workspace: &Workspace, at: Place<'_>) -> Option<(Span, String)> {
    let (entity, here) = entity_at(workspace, at).filter(|(_, here)| here.form != Form::Expression)?;
    Some((here.span, entity.name.into_owned()))
}

/// Gives what stands at a place another name, in all documents; or says why not.
pub fn rename(workspace: &Workspace, at: Place<'_>, new_name: &str) -> Result<Vec<DocumentEdit>, String> {
    let Some((entity, here)) = entity_at(workspace, at) else {
        return Err("there is no template, channel or variable here that is known".to_owned());
    };
    if here.form == Form::Expression {
        let name = &entity.name;
        return Err(format!(
            "`{{{{ env.{name} }}}}` is a variable of whoever runs the task, which is not renamed with the one of the \
             container; rename that where it is declared"
        ));
    }
    if entity.name == new_name {
        return Ok(Vec::new());
    }
    check_name(&entity, new_name)?;
    check_is_free(workspace, &entity, new_name)?;
    if entity.kind == EntityKind::Template {
        check_keeps_tasks(workspace, &entity, new_name)?;
    }
    let mut edits: Vec<DocumentEdit> = Vec::new();
    // Those of one document stand together.
    for found in occurrences(workspace, &entity, None).iter().filter(|found| found.form != Form::Expression) {
        let edit = replacement(found, new_name);
        let uri = found.document.uri();
        match edits.last_mut().filter(|last| last.uri == *uri) {
            Some(last) => last.edits.push(edit),
            None => edits.push(DocumentEdit { uri: Arc::clone(uri), edits: vec![edit], creates: false }),
        }
    }
    match consequences(workspace, &edits, entity.kind == EntityKind::Template) {
        Some((balance, added)) if balance > 0 => {
            let reason = added.first().map_or("more would be wrong than before", |first| &first.message);
            Err(format!("`{new_name}` is no good name here: {reason}"))
        }
        Some(_) => Ok(edits),
        None => Err("the text around the name is broken; mend that first".to_owned()),
    }
}

fn check_name(entity: &Entity<'_>, new_name: &str) -> Result<(), String> {
    let noun = entity.kind.noun();
    if new_name.trim().is_empty() {
        return Err(format!("a {noun} needs a name"));
    }
    if entity.kind != EntityKind::Env {
        return Ok(());
    }
    let is_posix = !new_name.starts_with(|first: char| first.is_ascii_digit())
        && new_name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_posix {
        return Ok(());
    }
    Err(format!(
        "`{new_name}` is no name of a variable: it is made of letters, digits and `_`, and begins with no digit"
    ))
}

/// No list has the name already.
fn check_is_free(workspace: &Workspace, entity: &Entity<'_>, new_name: &str) -> Result<(), String> {
    let noun = entity.kind.noun();
    let has = |owner: Node<'_>, kind| names(owner, kind).any(|name| name.is_str(new_name));
    if entity.kind == EntityKind::Template {
        let is_taken = entity.home.kind() == Some(Kind::ProcessingContainer) && has(entity.home.root(), entity.kind);
        return if is_taken { Err(format!("the container has a template `{new_name}` already")) } else { Ok(()) };
    }
    if entity.kind == EntityKind::Task {
        let is_taken = has(entity.home.root(), entity.kind);
        return if is_taken { Err(format!("the workflow has a task `{new_name}` already")) } else { Ok(()) };
    }
    if entity.template.is_some_and(|template| has(template, entity.kind)) {
        return Err(format!("the template has {} {noun} `{new_name}` already", article(noun)));
    }
    let other = match entity.kind {
        EntityKind::Input => Some(EntityKind::Output),
        EntityKind::Output => Some(EntityKind::Input),
        EntityKind::Template | EntityKind::Env | EntityKind::Task => None,
    };
    if let (Some(other), Some(template)) = (other, entity.template)
        && has(template, other)
    {
        let other = other.noun();
        return Err(format!(
            "the template has {} {other} `{new_name}` already, and nobody could tell the two apart",
            article(other)
        ));
    }
    for task in bound_tasks(workspace, entity) {
        if has(task.root(), entity.kind) {
            return Err(format!("{} has {} {noun} `{new_name}` already", file_name(task), article(noun)));
        }
    }
    let declared = bound_template(workspace, entity.home).filter(|_| entity.template.is_none());
    if declared.is_some_and(|bound| declares(bound.template, entity.kind, new_name)) {
        return Err(format!("the template declares a variable `{new_name}`, which this would set"));
    }
    Ok(())
}

/// Tasks find their container by the template that it has: none may find another one by the new name.
fn check_keeps_tasks(workspace: &Workspace, entity: &Entity<'_>, new_name: &str) -> Result<(), String> {
    if entity.home.kind() != Some(Kind::ProcessingContainer) {
        return Ok(());
    }
    for task in bound_tasks(workspace, entity) {
        let possible = workspace.possible_containers(task);
        let nearer = possible.into_iter().take_while(|container| container.uri() != entity.home.uri());
        for container in nearer {
            if Container::read(container.root()).template(new_name).is_some() {
                return Err(format!(
                    "{} would take the template `{new_name}` of another container, which is nearer to it",
                    file_name(task)
                ));
            }
        }
    }
    let below = directory_of(entity.home.uri());
    for task in workspace.documents().filter(|document| document.kind() == Some(Kind::Task)) {
        let names_it = Task::named_template(task.root()).is_some_and(|named| named.value == new_name);
        if !names_it || !task.uri().starts_with(below) {
            continue;
        }
        let found = workspace.container_of(task).map(Document::uri);
        let possible = workspace.possible_containers(task);
        let first =
            possible.iter().find(|container| Some(container.uri()) == found || container.uri() == entity.home.uri());
        if first.is_some_and(|first| first.uri() == entity.home.uri()) {
            return Err(format!(
                "{} names a template `{new_name}` of its own, and would take this one for it",
                file_name(task)
            ));
        }
    }
    Ok(())
}

/// The name within its quotes, or the whole string where it has none of its own.
fn replacement(found: &Occurrence<'_>, new_name: &str) -> TextEdit {
    let node = found.node;
    if found.form == Form::Script {
        return TextEdit::replace(found.span, new_name);
    }
    let literal = quote(new_name);
    let inner = node.inner_span();
    let is_quoted = node.source().starts_with('"') && inner.end > node.span().start;
    match literal.get(1..literal.len() - 1).filter(|_| is_quoted) {
        Some(inside) => TextEdit::replace(inner, inside),
        None => TextEdit::replace(node.span(), literal),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

pub(crate) fn file_name(document: &Document) -> &str {
    let uri: &str = document.uri();
    uri.rsplit('/').next().unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use task_api_json::apply_edits;

    use super::*;
    use crate::diagnostics::check;
    use crate::fixture::fixture;
    use crate::workspace::Facts;

    fn place(fixture: &crate::fixture::Fixture) -> Place<'_> {
        Place { uri: &fixture.uri, offset: fixture.offset }
    }

    /// The lines that change, after it.
    #[track_caller]
    fn check_rename(literal: &str, new_name: &str, expected: Expect) {
        let fixture = fixture(literal);
        let edits = match rename(&fixture.workspace, place(&fixture), new_name) {
            Ok(edits) => edits,
            Err(reason) => return expected.assert_eq(&reason),
        };
        let mut shown = String::new();
        for edit in edits {
            let before = fixture.workspace.get(&edit.uri).unwrap().text();
            let after = apply_edits(before, &edit.edits).unwrap();
            for (line, _) in after.lines().zip(before.lines()).filter(|(after, before)| after != before) {
                shown.push_str(&format!("{}: {}\n", edit.uri.trim_start_matches("file://"), line.trim()));
            }
        }
        expected.assert_eq(&shown);
    }

    const TEMPLATE: &str = r#"//- /processing-container.json
{"name": "a", "description": "b", "templates": [{
  "identifier": "$0segment", "description": "c",
  "inputs": [{"name": "images", "mounted_path": "/in"}],
  "outputs": [{"name": "masks", "mounted_path": "/out"}],
  "env": [{"name": "FOLDS", "value": "{{ env.FOLDS }}"},
    {"name": "MODEL", "value": "a"}]},
  {"identifier": "other", "description": "c", "inputs": [], "outputs": [], "env": []}]}
//- /a/task.json
{"name": "a", "image": "x:1",
 "taskTemplate": "seg\u006dent",
 "inputs": [{"name": "images", "input": {"host_path": "/images"}}],
 "outputs": [{"name": "masks", "input": {"host_path": "/images/masks"}}],
 "env": [{"name": "FOLDS", "value": "5"},
   {"name": "OWN", "value": "segment"}]}
//- /b/processing-container.json
{"name": "a", "description": "b", "templates": [{"identifier": "near", "description": "c",
 "inputs": [], "outputs": [], "env": []}]}
//- /b/task.json
{"name": "a", "image": "x:1", "taskTemplate": "segment", "inputs": [], "outputs": []}
//- /c/processing-container.json
{"name": "a", "description": "b", "templates": []}
//- /c/task-1.json
{"name": "a", "image": "x:1", "taskTemplate": "third", "inputs": [], "outputs": []}
"#;

    fn with_cursor(text: &str, number: usize) -> String {
        let plain = TEMPLATE.replace("$0", "");
        let at = plain.match_indices(text).nth(number).unwrap().0 + text.len() / 2;
        format!("{}$0{}", &plain[..at], &plain[at..])
    }

    #[test]
    fn a_name_changes_wherever_it_is_spoken_of() {
        check_rename(
            TEMPLATE,
            "cut \"it\"",
            expect![[r#"
            /a/task.json: "taskTemplate": "cut \"it\"",
            /b/task.json: {"name": "a", "image": "x:1", "taskTemplate": "cut \"it\"", "inputs": [], "outputs": []}
            /processing-container.json: "identifier": "cut \"it\"", "description": "c",
        "#]],
        );
        check_rename(
            &with_cursor("images", 0),
            "scans",
            expect![[r#"
            /a/task.json: "inputs": [{"name": "scans", "input": {"host_path": "/images"}}],
            /processing-container.json: "inputs": [{"name": "scans", "mounted_path": "/in"}],
        "#]],
        );
        check_rename(
            &with_cursor("\"masks\"", 1),
            "out",
            expect![[r#"
            /a/task.json: "outputs": [{"name": "out", "input": {"host_path": "/images/masks"}}],
            /processing-container.json: "outputs": [{"name": "out", "mounted_path": "/out"}],
        "#]],
        );
        check_rename(
            &with_cursor("\"FOLDS\"", 0),
            "NUMBER",
            expect![[r#"
            /a/task.json: "env": [{"name": "NUMBER", "value": "5"},
            /processing-container.json: "env": [{"name": "NUMBER", "value": "{{ env.FOLDS }}"},
        "#]],
        );
        check_rename(
            &with_cursor("OWN", 0),
            "MINE",
            expect![[r#"
            /a/task.json: {"name": "MINE", "value": "segment"}]}
        "#]],
        );
        check_rename(TEMPLATE, "segment", expect![[""]]);
    }

    #[test]
    fn a_variable_changes_in_what_a_shell_gets_and_nowhere_else() {
        let literal = r#"//- /processing-container.json
{"name": "a", "description": "b", "templates": [{"identifier": "c", "description": "d", "inputs": [], "outputs": [],
  "env": [{"name": "FOLDS", "value": "5"}],
  "command": ["/bin/sh", "-c", "run $FOLDS ${FOLDS:-1} $FOLDSX \\$FOLDS \"$FO$0LDS\" FOLDS"]}]}
//- /task.json
{"name": "a", "image": "x:1", "taskTemplate": "c", "inputs": [], "outputs": [],
  "command": ["python3", "$FOLDS"]}
"#;
        check_rename(
            literal,
            "NUMBER",
            expect![[r#"
            /processing-container.json: "env": [{"name": "NUMBER", "value": "5"}],
            /processing-container.json: "command": ["/bin/sh", "-c", "run $NUMBER ${NUMBER:-1} $FOLDSX \\$FOLDS \"$NUMBER\" FOLDS"]}]}
        "#]],
        );
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        check_rename(TEMPLATE, " ", expect!["a template needs a name"]);
        check_rename(TEMPLATE, "other", expect!["the container has a template `other` already"]);
        check_rename(
            TEMPLATE,
            "near",
            expect!["task.json would take the template `near` of another container, which is nearer to it"],
        );
        check_rename(
            &with_cursor("near", 0),
            "segment",
            expect!["task.json names a template `segment` of its own, and would take this one for it"],
        );
        check_rename(
            &with_cursor("images", 0),
            "masks",
            expect!["the template has an output `masks` already, and nobody could tell the two apart"],
        );
        check_rename(
            &with_cursor("\"FOLDS\"", 0),
            "A-B",
            expect!["`A-B` is no name of a variable: it is made of letters, digits and `_`, and begins with no digit"],
        );
        check_rename(&with_cursor("\"FOLDS\"", 0), "MODEL", expect!["the template has a variable `MODEL` already"]);
        check_rename(&with_cursor("\"FOLDS\"", 0), "OWN", expect!["task.json has a variable `OWN` already"]);
        check_rename(
            &with_cursor("\"OWN\"", 0),
            "MODEL",
            expect!["the template declares a variable `MODEL`, which this would set"],
        );
        check_rename(
            &with_cursor("\"MODEL\"", 0),
            "MODEL_TOKEN",
            expect![
                "`MODEL_TOKEN` is no good name here: `MODEL_TOKEN` looks like a secret, and its value stands in the file"
            ],
        );
        check_rename(
            &with_cursor("env.FOLDS", 0),
            "A",
            expect![
                "`{{ env.FOLDS }}` is a variable of whoever runs the task, which is not renamed with the one of the container; rename that where it is declared"
            ],
        );
        check_rename(
            &with_cursor("x:1", 0),
            "A",
            expect!["there is no template, channel or variable here that is known"],
        );
    }

    #[test]
    fn what_can_be_renamed_is_shown_without_its_quotes() {
        let fixture = fixture(&with_cursor("seg\\u006dent", 0));
        let text = fixture.workspace.get(&fixture.uri).unwrap().text();
        let (span, name) = prepare_rename(&fixture.workspace, place(&fixture)).unwrap();
        assert_eq!((span.of(text), &*name), ("seg\\u006dent", "segment"));
        let expression = crate::fixture::fixture(&with_cursor("env.FOLDS", 0));
        assert_eq!(prepare_rename(&expression.workspace, place(&expression)), None);
    }

    const FIXTURES: [&str; 8] = [
        include_str!("../../../tests/fixtures/valid/v0/processing-container.json"),
        include_str!("../../../tests/fixtures/valid/v0/task.json"),
        include_str!("../../../tests/fixtures/valid/v0/task-inline-template.json"),
        include_str!("../../../tests/fixtures/valid/v1/processing-container.json"),
        include_str!("../../../tests/fixtures/valid/v1/task.json"),
        include_str!("../../../tests/fixtures/guide/processing-container.json"),
        include_str!("../../../tests/fixtures/guide/task.json"),
        include_str!("../../../tests/fixtures/broken/container-comments.json"),
    ];

    fn findings(workspace: &Workspace) -> usize {
        workspace
            .documents()
            .filter_map(|document| check(workspace, document))
            .map(|checked| checked.found.total())
            .sum()
    }

    #[test]
    fn no_rename_makes_more_wrong_and_each_changes_names_alone() {
        let mut renamed = 0;
        for (index, text) in FIXTURES.iter().enumerate() {
            let mut workspace = Workspace::default();
            let is_container = text.contains("\"templates\"");
            let uri = if is_container { "file:///p/processing-container.json" } else { "file:///p/a/task.json" };
            workspace.set(uri, (*text).to_owned(), Facts::default());
            let beside = if is_container { FIXTURES.get(index + 1) } else { FIXTURES[..index].last() };
            let other = if is_container { "file:///p/a/task.json" } else { "file:///p/processing-container.json" };
            workspace.set(other, beside.copied().unwrap_or_default().to_owned(), Facts::default());
            let before = findings(&workspace);
            for offset in 0..text.len() as u32 {
                let Some((span, name)) = prepare_rename(&workspace, Place { uri, offset }) else { continue };
                assert!(span.start <= offset + 1 && offset <= span.end + 1);
                for new_name in ["FRESH", "fresh \"one\"", "", "masks", "PASSWORD"] {
                    let Ok(edits) = rename(&workspace, Place { uri, offset }, new_name) else { continue };
                    let after = workspace.with_edits(&edits).unwrap();
                    assert!(findings(&after) <= before, "{name} to {new_name} in {text}");
                    let here = edits.iter().filter(|edit| &*edit.uri == uri).flat_map(|edit| &edit.edits);
                    let before_it = here.filter(|edit| edit.span.start < span.start);
                    let moved: i64 =
                        before_it.map(|edit| edit.new_text.len() as i64 - i64::from(edit.span.len())).sum();
                    let at = Place { uri, offset: (i64::from(span.start) + moved) as u32 };
                    let back = after.with_edits(&rename(&after, at, &name).unwrap()).unwrap();
                    assert_eq!(back.get(uri).unwrap().text(), *text, "{name} to {new_name} and back");
                    renamed += 1;
                }
            }
        }
        assert!(renamed > 100, "{renamed}");
    }
}
