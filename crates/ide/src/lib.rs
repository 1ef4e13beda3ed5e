//! What a cursor can ask of the files of the Task API.
//!
//! Pure functions over a [`Workspace`], a set of documents: texts in, plain structs with byte offsets out. No files, no
//! LSP, no failure: what is asked of a place where there is nothing is answered with nothing. Documents are known by
//! their URIs, of which only the parts between slashes matter here.
//!
//! Everything reads the same tree, contract and rules as `task-api validate`; no feature has a rule or a list of fields
//! of its own.

mod actions;
mod belonging;
mod completion;
#[cfg(feature = "python")]
mod dag;
mod diagnostics;
mod document;
mod edited;
mod entity;
mod expression;
#[cfg(feature = "workflow")]
mod flow;
pub mod form;
mod formatting;
mod hover;
mod inlay;
mod lens;
mod links;
mod markdown;
mod moves;
mod navigation;
mod rename;
mod secrets;
mod structure;
mod symbols;
mod text_diff;
mod tokens;
mod typed;
pub mod uri;
mod workspace;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod total;

pub use actions::{ActionKind, CodeAction, before_saving, code_actions, fix_all, organize};
pub use completion::{Completion, CompletionKind, complete, completion_documentation};
pub use diagnostics::{check, checked, checked_documents};
pub use document::{Document, Role};
pub use expression::TokenKind;
#[cfg(feature = "workflow")]
pub use flow::named_containers;
pub use formatting::{format, format_on_type, format_range};
pub use hover::{Hover, hover};
pub use inlay::{InlayHint, inlay_hints};
pub use lens::{CodeLens, LensCommand, code_lenses};
pub use links::{DocumentLink, document_links};
pub use moves::{Move, moved};
pub use navigation::{Highlight, definition, highlights, implementations, references, type_definition};
pub use rename::{prepare_rename, rename};
pub use structure::{FoldingRange, folding_ranges, selection_ranges};
pub use symbols::{Symbol, SymbolKind, WorkspaceSymbol, document_symbols, workspace_symbols};
pub use task_api_json::{LineIndex, Span, TextEdit};
pub use tokens::{SemanticToken, semantic_tokens};
pub use workspace::{BoundTemplate, EditorSettings, Facts, Place, Workspace};

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub uri: std::sync::Arc<str>,
    pub span: Span,
}

/// Edits of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentEdit {
    pub uri: std::sync::Arc<str>,
    /// Disjoint, in any order.
    pub edits: Vec<TextEdit>,
    /// There is no such document: the one edit is its whole text.
    pub creates: bool,
}
