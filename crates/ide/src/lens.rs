//! What can be done with a document, above it, and who uses a template.

use std::collections::HashMap;
use std::sync::Arc;

use task_api_core::Kind;
use task_api_core::model::Task;
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::Location;
use crate::document::Document;
use crate::workspace::Workspace;

/// A title above a line, and what happens when it is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    pub span: Span,
    pub title: String,
    pub command: LensCommand,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LensCommand {
    Validate,
    Run,
    Estimate,
    /// Shows the places.
    References(Vec<Location>),
}

/// On a task what can be done with it, on each template of a container the tasks that use it.
pub fn code_lenses(workspace: &Workspace, document: &Document) -> Vec<CodeLens> {
    match document.kind() {
        Some(Kind::Task) => of_task(document),
        Some(Kind::ProcessingContainer) => of_container(workspace, document),
        Some(Kind::Workflow) | None => Vec::new(),
    }
}

fn of_task(document: &Document) -> Vec<CodeLens> {
    let root = document.root();
    if root.kind() != NodeKind::Object {
        return Vec::new();
    }
    let span = Span::empty(root.span().start);
    let lens = |(title, command): (&str, LensCommand)| CodeLens { span, title: title.to_owned(), command };
    [("Validate", LensCommand::Validate), ("Run", LensCommand::Run), ("Estimate", LensCommand::Estimate)]
        .into_iter()
        .map(lens)
        .collect()
}

fn of_container(workspace: &Workspace, document: &Document) -> Vec<CodeLens> {
    let templates = document.root().get("templates").into_iter().flat_map(Node::elements);
    let mut users: HashMap<String, Vec<Location>> = HashMap::new();
    let identified: Vec<Node<'_>> = templates
        .filter_map(|template| template.get("identifier"))
        .filter(|identifier| identifier.kind() == NodeKind::String)
        .collect();
    for identifier in &identified {
        users.entry(identifier.as_str().unwrap_or_default().into_owned()).or_default();
    }
    for task in workspace.documents().filter(|task| task.kind() == Some(Kind::Task)) {
        let Some(named) = Task::named_template(task.root()) else { continue };
        let Some(places) = users.get_mut(&*named.value) else { continue };
        if workspace.container_of(task).is_some_and(|container| container.uri() == document.uri()) {
            places.push(Location { uri: Arc::clone(task.uri()), span: named.span() });
        }
    }
    let lens = |identifier: Node<'_>| {
        // Of templates with one name, tasks get the first.
        let places = users.remove(&*identifier.as_str()?)?;
        let title = match places.len() {
            1 => "1 task".to_owned(),
            other => format!("{other} tasks"),
        };
        Some(CodeLens { span: identifier.span(), title, command: LensCommand::References(places) })
    };
    identified.into_iter().filter_map(lens).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::fixture;

    #[track_caller]
    fn check(literal: &str, uri: &str, expected: Expect) {
        let fixture = fixture(literal);
        let document = fixture.workspace.get(uri).unwrap();
        let mut shown = String::new();
        for lens in code_lenses(&fixture.workspace, document) {
            let places = match &lens.command {
                LensCommand::References(places) => {
                    let place = |place: &Location| {
                        let text = fixture.workspace.get(&place.uri).unwrap().text();
                        format!("{}: {}", place.uri, place.span.of(text))
                    };
                    places.iter().map(place).collect::<Vec<_>>().join(", ")
                }
                other => format!("{other:?}"),
            };
            let at = lens.span.start;
            writeln!(shown, "{at} {} {} ({places})", lens.span.of(document.text()), lens.title).unwrap();
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn templates_with_their_tasks() {
        let files = r#"//- /processing-container.json
{"templates": [{"identifier": "a"}, {"identifier": "b"}, {"identifier": "a"}, {"identifier": 5}, {}]}
//- /x/task.json
{"taskTemplate": "a"}
//- /y/task.json
{"taskTemplate": "a"}
//- /z/processing-container.json
{"templates": [{"identifier": "b"}]}
//- /z/task.json
{"taskTemplate": "b"}
"#;
        check(
            files,
            "file:///processing-container.json",
            expect![[r#"
                30 "a" 2 tasks (file:///x/task.json: "a", file:///y/task.json: "a")
                51 "b" 0 tasks ()
            "#]],
        );
        check(
            files,
            "file:///z/processing-container.json",
            expect![[r#"
                30 "b" 1 task (file:///z/task.json: "b")
            "#]],
        );
    }

    #[test]
    fn what_can_be_done_with_a_task() {
        check(
            "\n{\"name\": \"a\"}",
            "file:///task.json",
            expect![[r#"
                1  Validate (Validate)
                1  Run (Run)
                1  Estimate (Estimate)
            "#]],
        );
        check("[]", "file:///task.json", expect![""]);
    }
}
