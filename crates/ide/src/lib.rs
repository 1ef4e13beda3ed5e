//! What a cursor can ask of the files of the Task API.
//!
//! Pure functions over a [`Workspace`], a set of documents: texts in, plain structs with byte offsets out. No files, no
//! LSP, no failure: what is asked of a place where there is nothing is answered with nothing. Documents are known by
//! their URIs, of which only the parts between slashes matter here.
//!
//! Everything reads the same tree, contract and rules as `task-api validate`; no feature has a rule or a list of fields
//! of its own.

mod actions;
mod diagnostics;
mod document;
mod edited;
mod entity;
mod navigation;
mod rename;
mod text_diff;
mod workspace;

#[cfg(test)]
mod fixture;

pub use actions::{ActionKind, CodeAction, code_actions, fix_all, organize};
pub use diagnostics::{check, checked_documents};
pub use document::{Document, Role};
pub use navigation::{Highlight, definition, highlights, references};
pub use rename::{prepare_rename, rename};
pub use task_api_json::{LineIndex, Span, TextEdit};
pub use workspace::{BoundTemplate, Facts, Place, Workspace};

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
