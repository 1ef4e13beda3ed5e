//! What is missing, in one go: channels of a task, fields of an object, a line of the Dockerfile.

use task_api_core::Kind;
use task_api_core::diagnostic::{Applicability, Diagnostic};
use task_api_json::{TextEdit, quote};

use super::layout::line_ending;
use super::{ActionKind, CodeAction, Context, action, edit_of};
use crate::rename::file_name;
use crate::workspace::{directory_of, percent_decoded};

const UNBOUND_CHANNEL: &str = "unbound-channel";
const MISSING_FIELD: &str = "missing-field";
const MISSING_DOCKERFILE_COPY: &str = "missing-dockerfile-copy";

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    bind_all(context, actions);
    add_all(context, actions);
    actions.extend(copy_into_image(context));
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

/// The instruction that the Dockerfile lacks, at its end: in its last stage, whatever comes before.
fn copy_into_image(context: &Context<'_>) -> Option<CodeAction> {
    let missing = context.diagnostics().find(|diagnostic| diagnostic.rule.name == MISSING_DOCKERFILE_COPY)?;
    let dockerfile = context.workspace.dockerfile_of(context.document)?;
    let path = percent_decoded(context.document.uri().strip_prefix(directory_of(dockerfile.uri()))?);
    let target = format!("/{}", Kind::ProcessingContainer.file_name());
    let instruction = match path.contains(char::is_whitespace) {
        true => format!("COPY [{}, {}]", quote(&path), quote(&target)),
        false => format!("COPY {path} {target}"),
    };
    let (text, ending) = (dockerfile.text(), line_ending(dockerfile.text()));
    let before = if text.is_empty() || text.ends_with('\n') { "" } else { ending };
    let edit = TextEdit::insert(text.len() as u32, format!("{before}{instruction}{ending}"));
    let title = format!("Add `{instruction}` to the {}", file_name(dockerfile));
    let edits = edit_of(dockerfile, vec![edit]);
    let fixes = Some((missing.rule.name, missing.span));
    Some(CodeAction { fixes, ..action(ActionKind::QuickFix, title, edits) })
}
