//! All that is missing, in one go: channels of a task, fields of an object.

use task_api_core::Kind;
use task_api_core::diagnostic::{Applicability, Diagnostic};

use super::{ActionKind, CodeAction, Context, action};

const UNBOUND_CHANNEL: &str = "unbound-channel";
const MISSING_FIELD: &str = "missing-field";

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    bind_all(context, actions);
    add_all(context, actions);
}

fn bind_all(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let unbound = || context.checked.diagnostics.iter().filter(|diagnostic| diagnostic.rule.name == UNBOUND_CHANNEL);
    let Some(first) = unbound().next().filter(|_| context.kind == Kind::Task) else { return };
    let about = ["taskTemplate", "inputs", "outputs"].iter().filter_map(|name| context.root().member(name));
    let is_here = unbound().any(|diagnostic| context.touches(diagnostic.span))
        || about.into_iter().any(|member| context.is_in_member(member));
    if !is_here {
        return;
    }
    let edits = context.fixed(Applicability::Safe, |diagnostic| diagnostic.rule.name == UNBOUND_CHANNEL);
    let title = match unbound().count() {
        1 => "Bind the missing channel".to_owned(),
        number => format!("Bind all {number} missing channels"),
    };
    let fixes = Some((UNBOUND_CHANNEL, first.span));
    actions.push(CodeAction { fixes, ..action(ActionKind::QuickFix, title, edits) });
}

fn add_all(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let is_missing = |diagnostic: &&Diagnostic| diagnostic.rule.name == MISSING_FIELD;
    let Some(here) = context.diagnostics().find(is_missing) else { return };
    let missing: Vec<&Diagnostic> = context.checked.diagnostics.iter().filter(is_missing).collect();
    let of_object = missing.iter().filter(|other| other.pointer == here.pointer).count();
    let fixes = Some((MISSING_FIELD, here.span));
    if of_object > 1 {
        let is_wanted = |other: &Diagnostic| other.rule.name == MISSING_FIELD && other.pointer == here.pointer;
        let edits = context.fixed(Applicability::Unsafe, is_wanted);
        let title = format!("Add all {of_object} missing fields");
        actions.push(CodeAction { fixes, ..action(ActionKind::QuickFix, title, edits) });
    }
    if missing.len() > of_object {
        let edits = context.fixed(Applicability::Unsafe, |other| other.rule.name == MISSING_FIELD);
        let title = format!("Add all {} missing fields of this file", missing.len());
        actions.push(CodeAction { fixes, ..action(ActionKind::QuickFix, title, edits) });
    }
}
