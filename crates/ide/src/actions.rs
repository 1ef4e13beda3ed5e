//! What can be done about the place of a cursor, and about a whole file.

mod command;
mod env;
mod fixes;
pub(crate) mod layout;
mod missing;
mod order;
mod removal;
mod suppression;
mod template;
mod version;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use task_api_core::diagnostic::{Applicability, Diagnostic};
use task_api_core::{Checked, Kind, fix};
use task_api_json::{Node, Span, TextEdit, apply_edits};

use crate::DocumentEdit;
use crate::diagnostics::{checked, with_options};
use crate::document::Document;
use crate::text_diff::edits_between;
use crate::workspace::Workspace;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAction {
    pub title: String,
    pub kind: ActionKind,
    pub edits: Vec<DocumentEdit>,
    /// What most people would choose: it is safe, and mends what it is about.
    pub is_preferred: bool,
    /// The rule and the place of the finding that is gone afterwards.
    pub fixes: Option<(&'static str, Span)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    QuickFix,
    Refactor,
    RefactorExtract,
    RefactorInline,
    RefactorRewrite,
    SourceFixAll,
    SourceOrganize,
}

/// All that can be done about a part of a document, and about the document, the best first.
pub fn code_actions(workspace: &Workspace, uri: &str, range: Span) -> Vec<CodeAction> {
    #[cfg(feature = "python")]
    if let Some(document) = workspace.get(uri).filter(|document| document.role() == crate::document::Role::Dag) {
        return fixes::of_dag(workspace, document, range);
    }
    let Some((document, kind)) = workspace.get(uri).and_then(|document| Some((document, document.kind()?))) else {
        return Vec::new();
    };
    let Some(checked) = checked(workspace, document) else { return Vec::new() };
    let node = document.root().node_at(range.start);
    let context = Context { workspace, document, kind, range, node, checked };
    let mut actions = Vec::new();
    fixes::add(&context, &mut actions);
    missing::add(&context, &mut actions);
    removal::add(&context, &mut actions);
    if context.is_whole() {
        env::add(&context, &mut actions);
        command::add(&context, &mut actions);
        template::add(&context, &mut actions);
        version::add(&context, &mut actions);
    }
    suppression::add(&context, &mut actions);
    order::add(&context, &mut actions);
    fixes::add_for_file(&context, &mut actions);
    let mut unique: Vec<CodeAction> = Vec::with_capacity(actions.len());
    for action in actions {
        let is_known = |other: &CodeAction| other.edits == action.edits && !is_of_source(action.kind);
        if !action.edits.is_empty() && !unique.iter().any(is_known) {
            unique.push(action);
        }
    }
    unique.sort_by_key(|action| (action.kind != ActionKind::QuickFix, !action.is_preferred));
    unique
}

/// Mends all that is safe to mend in a document.
pub fn fix_all(workspace: &Workspace, uri: &str) -> Vec<DocumentEdit> {
    let Some(document) = workspace.get(uri) else { return Vec::new() };
    let fixed = with_options(workspace, document, |options| fix::fix(document.text(), options, Applicability::Safe));
    fixed.map_or_else(Vec::new, |fixed| edits_to(document, &fixed.text))
}

/// The edits that a document gets when it is saved: with `mends`, those of [`fix_all`]; with `lays_out`, the layout of
/// [`format`](crate::format) on top.
pub fn before_saving(workspace: &Workspace, uri: &str, mends: bool, lays_out: bool) -> Vec<TextEdit> {
    let Some(document) = workspace.get(uri).filter(|_| mends || lays_out) else { return Vec::new() };
    let fixed =
        || with_options(workspace, document, |options| fix::fix(document.text(), options, Applicability::Safe).text);
    let mended = mends.then(fixed).flatten().unwrap_or_else(|| document.text().to_owned());
    let mended = Document::new(Arc::clone(document.uri()), document.role(), mended);
    let layout = if lays_out { crate::format(&mended) } else { None };
    let laid_out = layout.and_then(|edits| apply_edits(mended.text(), &edits));
    edits_between(document.text(), laid_out.as_deref().unwrap_or(mended.text()))
}

/// Puts the fields of a document in the order of the contract.
pub fn organize(workspace: &Workspace, uri: &str) -> Vec<DocumentEdit> {
    let Some(document) = workspace.get(uri) else { return Vec::new() };
    order::organized(document).map_or_else(Vec::new, |text| edits_to(document, &text))
}

/// What an action may look at.
struct Context<'a> {
    workspace: &'a Workspace,
    document: &'a Document,
    kind: Kind,
    range: Span,
    /// The innermost value or key where the range begins.
    node: Node<'a>,
    checked: Arc<Checked>,
}

impl<'a> Context<'a> {
    fn root(&self) -> Node<'a> {
        self.document.root()
    }

    /// The document is JSON before anything is rendered, so that its values are where they seem to be.
    fn is_whole(&self) -> bool {
        let tree = self.document.tree();
        tree.is_valid() && !tree.has_template_blocks()
    }

    /// The diagnostics that the range touches, but no more than anybody would look through.
    fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        const MANY: usize = 20;
        self.checked.diagnostics.iter().filter(|diagnostic| self.touches(diagnostic.span)).take(MANY)
    }

    fn touches(&self, span: Span) -> bool {
        span.start <= self.range.end && self.range.start <= span.end
    }

    /// Whether the range begins in a member, key or value.
    fn is_in_member(&self, (key, value): (Node<'_>, Node<'_>)) -> bool {
        key.span().start <= self.range.start && self.range.start <= value.span().end
    }

    fn edit(&self, edits: Vec<TextEdit>) -> Vec<DocumentEdit> {
        edit_of(self.document, edits)
    }

    /// The document's text after the fixes of some diagnostics.
    fn fixed(&self, up_to: Applicability, is_wanted: impl Fn(&Diagnostic) -> bool) -> Vec<DocumentEdit> {
        let text = self.document.text();
        let fixed =
            with_options(self.workspace, self.document, |options| fix::fix_some(text, options, up_to, is_wanted));
        fixed.map_or_else(Vec::new, |fixed| edits_to(self.document, &fixed.text))
    }
}

fn action(kind: ActionKind, title: impl Into<String>, edits: Vec<DocumentEdit>) -> CodeAction {
    CodeAction { title: title.into(), kind, edits, is_preferred: false, fixes: None }
}

fn edit_of(document: &Document, edits: Vec<TextEdit>) -> Vec<DocumentEdit> {
    vec![DocumentEdit { uri: document.uri().clone(), edits, creates: false }]
}

/// The edits that give a document another text; none where it has that already.
fn edits_to(document: &Document, text: &str) -> Vec<DocumentEdit> {
    let edits = edits_between(document.text(), text);
    if edits.is_empty() { Vec::new() } else { edit_of(document, edits) }
}

fn is_of_source(kind: ActionKind) -> bool {
    matches!(kind, ActionKind::SourceFixAll | ActionKind::SourceOrganize)
}
