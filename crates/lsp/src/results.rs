//! Results, with the fields that the server sets. Those of `ls_types` have code for whatever a server might say.

use std::sync::Arc;

use ls_types::{
    CompletionItemKind, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, InsertTextFormat,
    InsertTextMode, Location, MarkupContent, Position, Range, SymbolInformation, SymbolKind, TextEdit, Uri,
};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::params::{ActionData, CompletionData};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Diagnostic {
    pub(crate) range: Range,
    pub(crate) severity: DiagnosticSeverity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    pub(crate) source: &'static str,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) related_information: Vec<DiagnosticRelatedInformation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<[DiagnosticTag; 1]>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Diagnostics(pub(crate) Arc<Vec<Diagnostic>>);

impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct PublishDiagnostics {
    pub(crate) uri: Uri,
    pub(crate) diagnostics: Diagnostics,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i32>,
}

/// What was found in a document: by itself, among those related to another, or of the workspace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiagnosticReport {
    /// `full`, or `unchanged` where there are no items.
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) result_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<Diagnostics>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentReport {
    #[serde(flatten)]
    pub(crate) report: DiagnosticReport,
    #[serde(serialize_with = "as_map")]
    pub(crate) related_documents: Vec<(Uri, DiagnosticReport)>,
}

#[derive(Debug, Serialize)]
pub(crate) struct WorkspaceReport {
    pub(crate) uri: Uri,
    pub(crate) version: Option<i32>,
    #[serde(flatten)]
    pub(crate) report: DiagnosticReport,
}

#[derive(Debug, Serialize)]
pub(crate) struct WorkspaceReports {
    pub(crate) items: Vec<WorkspaceReport>,
}

/// Edits of several documents, in one of two ways.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WorkspaceEdit {
    #[serde(serialize_with = "as_map")]
    Changes(Vec<(Uri, Vec<TextEdit>)>),
    DocumentChanges(Vec<DocumentChange>),
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum DocumentChange {
    Create {
        /// `create`.
        kind: &'static str,
        uri: Uri,
    },
    #[serde(rename_all = "camelCase")]
    Edit { text_document: VersionedDocument, edits: Vec<TextEdit> },
}

#[derive(Debug, Serialize)]
pub(crate) struct VersionedDocument {
    pub(crate) uri: Uri,
    pub(crate) version: Option<i32>,
}

/// What can be done about a place.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Action {
    #[serde(rename_all = "camelCase")]
    Literal {
        title: String,
        kind: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        diagnostics: Vec<Box<RawValue>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        edit: Option<WorkspaceEdit>,
        #[serde(skip_serializing_if = "Option::is_none")]
        is_preferred: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<ActionData>,
    },
    /// For clients that only run commands.
    Command { title: String, command: &'static str, arguments: [ActionData; 1] },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompletionList {
    pub(crate) is_incomplete: bool,
    pub(crate) items: Vec<CompletionItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompletionItem {
    pub(crate) label: String,
    pub(crate) kind: CompletionItemKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    pub(crate) sort_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preselect: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) insert_text_format: Option<InsertTextFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) insert_text_mode: Option<InsertTextMode>,
    pub(crate) text_edit: TextEdit,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) additional_text_edits: Vec<TextEdit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command: Option<Command>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<CompletionData>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Command {
    pub(crate) title: String,
    pub(crate) command: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arguments: Option<Vec<Argument>>,
}

/// What a command of the client is told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Argument {
    Uri(Uri),
    Position(Position),
    Locations(Vec<Location>),
}

#[derive(Debug, Serialize)]
pub(crate) struct Hover {
    pub(crate) contents: MarkupContent,
    pub(crate) range: Range,
}

#[derive(Debug, Serialize)]
pub(crate) struct Renamable {
    pub(crate) range: Range,
    pub(crate) placeholder: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoldingRange {
    pub(crate) start_line: u32,
    pub(crate) end_line: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InlayHint {
    pub(crate) position: Position,
    pub(crate) label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tooltip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) padding_left: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) padding_right: Option<bool>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CodeLens {
    pub(crate) range: Range,
    pub(crate) command: Command,
}

#[derive(Debug, Serialize)]
pub(crate) struct DocumentLink {
    pub(crate) range: Range,
    pub(crate) target: Uri,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tooltip: Option<String>,
}

/// A symbol whose place is told once somebody chooses it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceSymbol {
    pub(crate) name: String,
    pub(crate) kind: SymbolKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) container_name: Option<String>,
    pub(crate) location: SymbolLocation,
    /// Where it begins and where it ends.
    pub(crate) data: [u32; 2],
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum WorkspaceSymbols {
    Short(Vec<WorkspaceSymbol>),
    Whole(Vec<SymbolInformation>),
}

#[derive(Debug, Serialize)]
pub(crate) struct SymbolLocation {
    pub(crate) uri: Uri,
}

fn as_map<T: Serialize, S: Serializer>(pairs: &[(Uri, T)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(uri, value)| (uri, value)))
}
