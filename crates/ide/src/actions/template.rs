//! A template moves from a task into a container, or is copied from there into the task.

use std::sync::Arc;

use task_api_core::migrate::migrate;
use task_api_core::template::has_expression;
use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node, Span, TextEdit, apply_edits, format, parse, quote, rewrite};

use super::layout::{indent_of, line_ending, reindented};
use super::{ActionKind, CodeAction, Context, action, edit_of};
use crate::DocumentEdit;
use crate::document::Document;
use crate::entity::{EntityKind, bound_template, declares};
use crate::rename::file_name;
use crate::workspace::directory_of;

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let member = context.root().member("taskTemplate").filter(|_| context.kind == Kind::Task);
    let Some((_, written)) = member.filter(|member| context.is_in_member(*member)) else { return };
    match written.kind() {
        NodeKind::Object => actions.extend(extract(context, written)),
        NodeKind::String => actions.extend(inline(context, written)),
        _ => {}
    }
}

fn extract(context: &Context<'_>, template: Node<'_>) -> Option<CodeAction> {
    let name = template.get("identifier").filter(|name| name.kind() == NodeKind::String)?.as_str()?;
    if name.trim().is_empty() || has_expression(&name) {
        return None;
    }
    let task = context.document;
    let uri = context.workspace.named_container(task);
    let uri = uri.unwrap_or_else(|| format!("{}{}", directory_of(task.uri()), Kind::ProcessingContainer.file_name()));
    let (identifier, container) = match context.workspace.get(&uri) {
        Some(container) => {
            let identifier = free_identifier(container, &name);
            let moved = with_identifier(template, &identifier, task, container.version())?;
            (identifier, append(container, &moved)?)
        }
        None if directory_of(task.uri()).is_empty() => return None,
        None => (name.clone().into_owned(), create(context, &uri, template)?),
    };
    let title = match container.creates {
        true => format!("Move the template `{name}` to a new {}", Kind::ProcessingContainer.file_name()),
        false => format!("Move the template `{name}` to {}", uri.rsplit('/').next().unwrap_or(&uri)),
    };
    let mut edits = context.edit(vec![TextEdit::replace(template.span(), quote(&identifier))]);
    edits.push(container);
    Some(action(ActionKind::RefactorExtract, title, edits))
}

fn inline(context: &Context<'_>, written: Node<'_>) -> Option<CodeAction> {
    let bound = bound_template(context.workspace, context.document)?;
    let container = bound.document;
    if !container.tree().is_valid() || container.tree().has_template_blocks() {
        return None;
    }
    let text = context.document.text();
    let (indent, ending) = (indent_of(text, written.span().start), line_ending(text));
    let pointer = bound.template.pointer();
    let inlined = in_version(container, context.document.version(), |root| {
        Some(reindented(root.resolve(&pointer)?, indent, ending))
    })?;
    let title = format!("Write the template `{}` of {} out in this task", written.as_str()?, file_name(container));
    let edits = context.edit(vec![TextEdit::replace(written.span(), inlined)]);
    Some(action(ActionKind::RefactorInline, title, edits))
}

/// Looks at a document as it is written in a version; `None` where it has no form there.
fn in_version<T>(document: &Document, version: ApiVersion, look: impl FnOnce(Node<'_>) -> Option<T>) -> Option<T> {
    if document.version() == version {
        return look(document.root());
    }
    let text = migrate(document.text(), document.kind(), version).text?;
    let tree = parse(&text);
    look(tree.root(&text))
}

/// The text of a task whose template has this identifier, in the version of its container.
fn with_identifier(template: Node<'_>, identifier: &str, task: &Document, version: ApiVersion) -> Option<String> {
    let name = template.get("identifier")?;
    let text = apply_edits(task.text(), &[TextEdit::replace(name.span(), quote(identifier))])?;
    if task.version() == version { Some(text) } else { migrate(&text, Some(Kind::Task), version).text }
}

fn free_identifier(container: &Document, name: &str) -> String {
    let is_taken = |name: &str| declares(container.root(), EntityKind::Template, name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

/// Adds the template of a task's text at the end of a container.
fn append(container: &Document, task: &str) -> Option<DocumentEdit> {
    let (root, tree) = (container.root(), container.tree());
    if !tree.is_valid() || tree.has_template_blocks() || root.kind() != NodeKind::Object {
        return None;
    }
    let moved = parse(task);
    let template = moved.root(task).get("taskTemplate")?;
    let ending = line_ending(container.text());
    let edit = match root.get("templates") {
        None => {
            let first = root.members().next().map_or(root.span().start, |(key, _)| key.span().start);
            let indent = indent_of(container.text(), first);
            rewrite::insert_member(root, "templates", &format!("[{}]", reindented(template, indent, ending)))
        }
        Some(list) if list.kind() == NodeKind::Array => {
            let first = list.elements().next().map_or(list.span().start, |element| element.span().start);
            let indent = indent_of(container.text(), first);
            rewrite::insert_element(list, &reindented(template, indent, ending))
        }
        Some(_) => return None,
    };
    edit_of(container, vec![edit]).pop()
}

fn create(context: &Context<'_>, uri: &str, template: Node<'_>) -> Option<DocumentEdit> {
    let text = |node: Option<Node<'_>>| {
        let text = node.filter(|node| node.kind() == NodeKind::String).map(Node::source);
        text.unwrap_or("\"\"").to_owned()
    };
    let version = match context.document.version() {
        ApiVersion::V0 => "",
        ApiVersion::V1 => "\"api_version\": 1,\n",
    };
    let (name, description) = (text(context.root().get("name")), text(template.get("description")));
    let written = template.source();
    let whole = format!(
        "{{\n{version}\"name\": {name},\n\"description\": {description},\n\"templates\": [\n{written}\n]\n}}\n"
    );
    let tree = parse(&whole);
    let new_text = apply_edits(&whole, &format(tree.root(&whole))?)?;
    let edits = vec![TextEdit::replace(Span::empty(0), new_text)];
    Some(DocumentEdit { uri: Arc::from(uri), edits, creates: true })
}
