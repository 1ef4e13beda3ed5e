//! The fixes that the rules themselves know.

use task_api_core::diagnostic::{Applicability, Diagnostic};

use task_api_json::Span;

use super::{ActionKind, CodeAction, Context, action, fix_all};
#[cfg(feature = "python")]
use crate::{DocumentEdit, diagnostics::checked, document::Document, workspace::Workspace};

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    // The first place of each rule, by the rules' names.
    let mut rules: Vec<(&str, Span)> = Vec::new();
    for diagnostic in context.diagnostics() {
        let mut fixes: Vec<_> = diagnostic.fixes.iter().collect();
        fixes.sort_by_key(|fix| fix.applicability != Applicability::Safe);
        for (index, fix) in fixes.into_iter().enumerate() {
            let edits = context.edit(fix.edits.clone());
            actions.push(CodeAction {
                is_preferred: index == 0 && fix.applicability == Applicability::Safe,
                fixes: Some((diagnostic.rule.name, diagnostic.span)),
                ..action(ActionKind::QuickFix, capitalised(&fix.title), edits)
            });
        }
        if is_safe(diagnostic) {
            let (rule, span) = (diagnostic.rule.name, diagnostic.span);
            match rules.binary_search_by_key(&rule, |(known, _)| *known) {
                Ok(at) => rules[at].1 = span.min(rules[at].1),
                Err(at) => rules.insert(at, (rule, span)),
            }
        }
    }
    for (rule, span) in rules {
        let number =
            context.checked.diagnostics.iter().filter(|other| other.rule.name == rule && is_safe(other)).count();
        if number < 2 {
            continue;
        }
        let edits = context.fixed(Applicability::Safe, |diagnostic| diagnostic.rule.name == rule);
        let title = format!("Mend all {number} findings of `{rule}` in this file that are safe to mend");
        actions.push(CodeAction { fixes: Some((rule, span)), ..action(ActionKind::QuickFix, title, edits) });
    }
}

/// The fixes of a DAG file, which is no JSON that other actions could rewrite.
#[cfg(feature = "python")]
pub(super) fn of_dag(workspace: &Workspace, document: &Document, range: Span) -> Vec<CodeAction> {
    let Some(checked) = checked(workspace, document) else { return Vec::new() };
    let mut actions = Vec::new();
    let touches = |span: Span| span.start <= range.end && range.start <= span.end;
    for diagnostic in checked.diagnostics.iter().filter(|diagnostic| touches(diagnostic.span)) {
        for fix in &diagnostic.fixes {
            let edits = DocumentEdit { uri: document.uri().clone(), edits: fix.edits.clone(), creates: false };
            actions.push(CodeAction {
                is_preferred: fix.applicability == Applicability::Safe,
                fixes: Some((diagnostic.rule.name, diagnostic.span)),
                ..action(ActionKind::QuickFix, capitalised(&fix.title), vec![edits])
            });
        }
    }
    actions
}

/// What `task-api validate --fix` would do.
pub(super) fn add_for_file(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    if context.checked.diagnostics.iter().any(is_safe) {
        let edits = fix_all(context.workspace, context.document.uri());
        actions.push(action(ActionKind::SourceFixAll, "Mend all that is safe to mend", edits));
    }
}

fn is_safe(diagnostic: &Diagnostic) -> bool {
    diagnostic.fixes.iter().any(|fix| fix.applicability == Applicability::Safe)
}

pub(super) fn capitalised(title: &str) -> String {
    let mut title = title.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
