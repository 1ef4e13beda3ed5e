//! Variables of a template that a task sets, and those that it does not.

use task_api_core::secret::is_secret_name;
use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node, TextEdit, rewrite};

use super::layout::item_around;
use super::{ActionKind, CodeAction, Context, action, edit_of};
use crate::document::Document;
use crate::entity::{Entity, EntityKind, bound_tasks, bound_template, declares, names, template_around};
use crate::rename::file_name;

const ENV: EntityKind = EntityKind::Env;

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    if let Some(template) = template_around(context.document, context.node) {
        of_declaration(context, template, actions);
    } else if context.kind == Kind::Task {
        of_task(context, actions);
    }
}

/// Gives `adjustable` of a declared variable a value.
pub(super) fn adjustable(declared: Node<'_>, value: bool) -> TextEdit {
    match declared.get("adjustable") {
        Some(written) => TextEdit::replace(written.span(), value.to_string()),
        None => rewrite::insert_member(declared, "adjustable", &value.to_string()),
    }
}

fn of_declaration(context: &Context<'_>, template: Node<'_>, actions: &mut Vec<CodeAction>) {
    let Some(declared) = item_around(context.node, ENV.list()) else { return };
    let Some(name) = declared.get("name").and_then(Node::as_str) else { return };
    let entity = Entity { kind: ENV, name: name.clone(), home: context.document, template: Some(template) };
    if !is_fixed(declared) {
        for task in bound_tasks(context.workspace, &entity) {
            let is_shown = task.is_open() || task.uri() == context.document.uri();
            if !is_shown || declares(task.root(), ENV, &name) {
                continue;
            }
            let place = if task.kind() == Some(context.kind) { "this task" } else { file_name(task) };
            let title = format!("Set `{name}` in {place}{}", default_in_words(declared));
            let edits = set(task, declared).map(|edit| edit_of(task, vec![edit])).unwrap_or_default();
            actions.push(action(ActionKind::Refactor, title, edits));
        }
    }
    if context.document.version() == ApiVersion::V0 {
        let title = match is_fixed(declared) {
            true => format!("Allow tasks to change `{name}`"),
            false => format!("Forbid tasks to change `{name}`"),
        };
        let edits = context.edit(vec![adjustable(declared, is_fixed(declared))]);
        actions.push(action(ActionKind::RefactorRewrite, title, edits));
    }
}

fn of_task(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let root = context.root();
    let about = ["env", "taskTemplate"].into_iter().filter_map(|name| root.member(name));
    let is_here = about.into_iter().any(|member| context.is_in_member(member));
    let Some(bound) = bound_template(context.workspace, context.document).filter(|_| is_here) else { return };
    let declarations: Vec<(Node<'_>, Node<'_>)> =
        names(bound.template, ENV).filter_map(|name| Some((name, name.container()?))).collect();
    if let Some(entry) = item_around(context.node, ENV.list())
        && let Some(name) = entry.get("name").and_then(Node::as_str)
        && let Some((_, declared)) = declarations.iter().find(|(declared, _)| declared.is_str(&name))
    {
        let title = format!("Take the template's value of `{name}`{}", default_in_words(*declared));
        let edits = context.edit(rewrite::remove_element(entry));
        actions.push(action(ActionKind::Refactor, title, edits));
    }
    for (name, declared) in declarations {
        let Some(name) = name.as_str().filter(|name| !is_fixed(declared) && !declares(root, ENV, name)) else {
            continue;
        };
        let title = format!("Set `{name}` in this task{}", default_in_words(declared));
        let edits = set(context.document, declared).map(|edit| context.edit(vec![edit])).unwrap_or_default();
        actions.push(action(ActionKind::Refactor, title, edits));
    }
}

/// Sets a variable in a task to the value that it has anyway.
fn set(task: &Document, declared: Node<'_>) -> Option<TextEdit> {
    let (root, tree) = (task.root(), task.tree());
    if !tree.is_valid() || root.kind() != NodeKind::Object {
        return None;
    }
    let value = declared.get("value").filter(|value| value.kind() == NodeKind::String);
    let value = value.map_or("\"\"", Node::source);
    let entry = format!("{{\"name\": {}, \"value\": {value}}}", declared.get("name")?.source());
    match root.get("env") {
        None => Some(rewrite::insert_member(root, "env", &format!("[{entry}]"))),
        Some(list) => match list.kind() {
            NodeKind::Array => Some(rewrite::insert_element(list, &entry)),
            NodeKind::Null => Some(TextEdit::replace(list.span(), format!("[{entry}]"))),
            _ => None,
        },
    }
}

fn is_fixed(declared: Node<'_>) -> bool {
    declared.get("adjustable").and_then(Node::as_bool) == Some(false)
}

fn default_in_words(declared: Node<'_>) -> String {
    let name = declared.get("name").and_then(Node::as_str).unwrap_or_default();
    let value = declared.get("value").filter(|value| value.kind() == NodeKind::String && !is_secret_name(&name));
    let Some(value) = value.map(Node::source).filter(|value| value.len() <= 40) else { return String::new() };
    format!(" (default {value})")
}
