//! Removal of what a rule says does nothing, where the rule itself has no fix for it.

use task_api_core::config;
use task_api_core::diagnostic::Diagnostic;
use task_api_json::{Kind as NodeKind, Node, Span, TextEdit, rewrite};

use super::env::adjustable;
use super::{ActionKind, CodeAction, Context, action, edit_of};
use crate::DocumentEdit;
use crate::entity::{EntityKind, bound_template, names};
use crate::rename::file_name;

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    for diagnostic in context.diagnostics() {
        let fixes = Some((diagnostic.rule.name, diagnostic.span));
        let found = match diagnostic.rule.name {
            "unknown-field" => field(context, diagnostic),
            "unknown-channel" | "unknown-env" | "duplicate-volume" | "duplicate-env" => element(context, diagnostic),
            "unused-suppression" => suppression(context, diagnostic),
            "fixed-env-override" => permission(context, diagnostic),
            _ => None,
        };
        let new = found.map(|(title, edits)| CodeAction { fixes, ..action(ActionKind::QuickFix, title, edits) });
        actions.extend(new);
    }
}

fn field(context: &Context<'_>, diagnostic: &Diagnostic) -> Option<(String, Vec<DocumentEdit>)> {
    let key = node_of(context, diagnostic.span).filter(|node| node.kind() == NodeKind::Key)?;
    let title = format!("Remove `{}`, which has no effect", key.as_str()?);
    Some((title, context.edit(rewrite::remove_member(key))))
}

fn element(context: &Context<'_>, diagnostic: &Diagnostic) -> Option<(String, Vec<DocumentEdit>)> {
    let name = node_of(context, diagnostic.span)?;
    let element = name.container()?;
    element.container().filter(|list| list.kind() == NodeKind::Array)?;
    let title = format!("Remove this entry for `{}`", name.as_str()?);
    Some((title, context.edit(rewrite::remove_element(element))))
}

/// The entry that there is nothing for, from its header to the next one.
fn suppression(context: &Context<'_>, diagnostic: &Diagnostic) -> Option<(String, Vec<DocumentEdit>)> {
    let (settings, path) = context.workspace.project_of(context.document)?;
    let config = &settings.settings().config;
    let path = crate::workspace::percent_decoded(path);
    let written = config.suppressions(Some(&path), config::FILE_NAME);
    let meant = written.iter().find(|one| diagnostic.message.contains(&format!(" in {} ", one.origin)))?;
    let line: usize = meant.origin.rsplit(':').next()?.parse().ok()?;
    let (text, mut start) = (settings.text(), 0);
    let mut lines = text.split_inclusive('\n');
    for before in lines.by_ref().take(line.checked_sub(1)?) {
        start += before.len();
    }
    let header = lines.next().filter(|header| header.trim_start().starts_with("[[suppress]]"))?;
    let length: usize = lines.take_while(|line| !line.trim_start().starts_with(['[', '#'])).map(str::len).sum();
    let mut end = start + header.len() + length;
    if end == text.len() {
        // The last line keeps its end, and gets no blank lines before it.
        end = text.trim_end().len();
        start = text[..start].trim_end().len();
    }
    let span = Span::new(start as u32, end as u32);
    let after = task_api_json::apply_edits(text, &[TextEdit::delete(span)])?;
    let reading = config::read(&after);
    let is_right = reading.problems.is_empty() && reading.config.suppressions.len() + 1 == config.suppressions.len();
    let title = format!("Remove the suppression of `{}` from {}", meant.rule, config::FILE_NAME);
    is_right.then(|| (title, edit_of(settings, vec![TextEdit::delete(span)])))
}

/// The container may allow what the task does.
fn permission(context: &Context<'_>, diagnostic: &Diagnostic) -> Option<(String, Vec<DocumentEdit>)> {
    let set = node_of(context, diagnostic.span)?.as_str()?;
    let bound = bound_template(context.workspace, context.document)?;
    let declared = names(bound.template, EntityKind::Env).find(|name| name.is_str(&set))?.container()?;
    let title = format!("Allow tasks to change `{set}` in {}", file_name(bound.document));
    Some((title, edit_of(bound.document, vec![adjustable(declared, true)])))
}

/// The key or value that is exactly at a place.
fn node_of<'a>(context: &Context<'a>, span: Span) -> Option<Node<'a>> {
    let node = context.root().node_at(span.start);
    (node.span() == span).then_some(node)
}
