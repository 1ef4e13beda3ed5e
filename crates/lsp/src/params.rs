//! Parameters, with the fields that somebody reads. Those of `ls_types` take in each other's fields, for which all of
//! what came would be kept as a tree first, and know of all abilities that a client may have.

use ls_types::{Position, Range, TextDocumentIdentifier, TextDocumentItem, TraceValue, Uri, WorkspaceFolder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::jsonrpc::Id;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Initialize {
    pub(crate) process_id: Option<u32>,
    pub(crate) root_uri: Option<Uri>,
    pub(crate) workspace_folders: Option<Vec<WorkspaceFolder>>,
    pub(crate) initialization_options: Option<Value>,
    #[serde(default)]
    pub(crate) capabilities: Value,
    pub(crate) trace: Option<TraceValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Open {
    pub(crate) text_document: TextDocumentItem,
}

/// A document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) text_document: TextDocumentIdentifier,
}

/// A part of a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) range: Range,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct References {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) position: Position,
    pub(crate) context: ReferenceContext,
    pub(crate) partial_result_token: Option<Id>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReferenceContext {
    pub(crate) include_declaration: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rename {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) position: Position,
    pub(crate) new_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Typed {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) position: Position,
    pub(crate) ch: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selections {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) positions: Vec<Position>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokensDelta {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) previous_result_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeActions {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) range: Range,
    pub(crate) context: CodeActionContext,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CodeActionContext {
    /// As the client wrote them, for it is given back those that an action mends.
    pub(crate) diagnostics: Vec<Box<RawValue>>,
    pub(crate) only: Option<Vec<String>>,
}

/// By which a diagnostic is known again.
#[derive(Debug, Deserialize)]
pub(crate) struct KnownDiagnostic {
    pub(crate) range: Range,
    pub(crate) code: Option<Id>,
}

/// What a completion is known by until somebody looks at it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CompletionData {
    pub(crate) uri: String,
    pub(crate) key: String,
}

/// What an action is known by until somebody chooses it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ActionData {
    pub(crate) uri: Uri,
    pub(crate) range: Range,
    pub(crate) title: String,
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Execute {
    pub(crate) command: String,
    #[serde(default)]
    pub(crate) arguments: Vec<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentDiagnostic {
    pub(crate) text_document: TextDocumentIdentifier,
    pub(crate) previous_result_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceDiagnostic {
    pub(crate) previous_result_ids: Vec<PreviousResult>,
    pub(crate) partial_result_token: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PreviousResult {
    pub(crate) uri: Uri,
    pub(crate) value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Symbols {
    pub(crate) query: String,
    pub(crate) partial_result_token: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    pub(crate) settings: Value,
}

/// Files that have come or gone.
#[derive(Debug, Deserialize)]
pub(crate) struct Files {
    pub(crate) files: Vec<File>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) uri: String,
}

/// Files that have another name, or are about to.
#[derive(Debug, Deserialize)]
pub(crate) struct Renames {
    pub(crate) files: Vec<RenamedFile>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RenamedFile {
    pub(crate) old_uri: String,
    pub(crate) new_uri: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Trace {
    pub(crate) value: TraceValue,
}

/// Of a `$/cancelRequest`.
#[derive(Debug, Deserialize)]
pub(crate) struct Cancel {
    pub(crate) id: Id,
}

/// Of a `window/workDoneProgress/cancel`.
#[derive(Debug, Deserialize)]
pub(crate) struct CancelProgress {
    pub(crate) token: Id,
}
