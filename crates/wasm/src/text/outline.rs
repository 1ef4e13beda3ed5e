//! The outline of a text.

use serde::Serialize;
use task_api_core::report::{self, Range};
use task_api_ide::{Document, document_symbols};
use tsify::Tsify;

use crate::validator::report_document;

/// An entry of the outline.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Symbol {
    /// Never empty.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    detail: Option<String>,
    kind: SymbolKind,
    /// The whole of it.
    range: Range,
    /// What to show when it is chosen; within `range`.
    selection_range: Range,
    children: Vec<Symbol>,
}

#[derive(Serialize, Tsify)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SymbolKind {
    File,
    Template,
    Channel,
    Env,
    Command,
    Resource,
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
    Key,
}

pub(crate) fn symbols(document: &Document) -> Vec<Symbol> {
    let places = report_document(document.text());
    document_symbols(document).into_iter().map(|entry| symbol(entry, &places)).collect()
}

fn symbol(entry: task_api_ide::Symbol, places: &report::Document<'_>) -> Symbol {
    Symbol {
        name: entry.name,
        detail: entry.detail,
        kind: entry.kind.into(),
        range: places.range(entry.span),
        selection_range: places.range(entry.name_span),
        children: entry.children.into_iter().map(|child| symbol(child, places)).collect(),
    }
}

impl From<task_api_ide::SymbolKind> for SymbolKind {
    fn from(kind: task_api_ide::SymbolKind) -> SymbolKind {
        use task_api_ide::SymbolKind as Theirs;
        match kind {
            Theirs::File => SymbolKind::File,
            Theirs::Template => SymbolKind::Template,
            Theirs::Channel => SymbolKind::Channel,
            Theirs::Env => SymbolKind::Env,
            Theirs::Command => SymbolKind::Command,
            Theirs::Resource => SymbolKind::Resource,
            Theirs::Object => SymbolKind::Object,
            Theirs::Array => SymbolKind::Array,
            Theirs::String => SymbolKind::String,
            Theirs::Number => SymbolKind::Number,
            Theirs::Boolean => SymbolKind::Boolean,
            Theirs::Null => SymbolKind::Null,
            Theirs::Key => SymbolKind::Key,
        }
    }
}
