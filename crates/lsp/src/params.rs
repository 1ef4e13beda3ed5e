//! Parameters, with the fields that somebody reads. Those of `ls_types` take in each other's fields, for which all of
//! what came would be kept as a tree first, and know of all abilities that a client may have.

use ls_types::{Position, Range, TextDocumentIdentifier, TraceValue, Uri};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::jsonrpc::{Fields, Id, OPENED};

pub(crate) trait Params: Sized {
    /// Or what is wrong with them.
    fn of(fields: Fields) -> Result<Self, String>;
}

/// An item that the client gives back, with all that it knows of it.
impl Params for Fields {
    fn of(fields: Fields) -> Result<Fields, String> {
        Ok(fields)
    }
}

/// Structs that are read from the fields of an object, each by its name. The derived code would be five times as large.
macro_rules! read_by_fields {
    ($($(#[$about:meta])* $name:ident { $($(#[$of_field:meta])* $field:ident: $type:ty = $written:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug)]
        pub(crate) struct $name {
            $($(#[$of_field])* pub(crate) $field: $type,)*
        }

        impl Params for $name {
            fn of(fields: Fields) -> Result<$name, String> {
                Ok($name { $($field: fields.require($written)?,)* })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                $name::of(Fields::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}

/// What a client says of a document's text.
#[derive(Debug)]
pub(crate) enum Text {
    Opened(Opened),
    Changed(Changed),
}

#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) uri: Uri,
    pub(crate) language_id: String,
    pub(crate) version: i32,
    pub(crate) text: String,
}

#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    pub(crate) changes: Vec<Change>,
}

#[derive(Debug)]
pub(crate) struct Change {
    /// Without one, the text is all of the document.
    pub(crate) range: Option<Range>,
    pub(crate) text: String,
}

/// The parameters of both. They are large, and so they are read at once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WrittenText {
    text_document: WrittenPart,
    content_changes: Option<Vec<WrittenPart>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenPart {
    uri: Option<Uri>,
    language_id: Option<String>,
    version: Option<i32>,
    range: Option<Range>,
    text: Option<String>,
}

impl Text {
    pub(crate) fn of(method: &str, written: WrittenText) -> Option<Text> {
        let WrittenPart { uri: Some(uri), language_id, version: Some(version), text, .. } = written.text_document
        else {
            return None;
        };
        if method == OPENED {
            return Some(Text::Opened(Opened { uri, language_id: language_id?, version, text: text? }));
        }
        let change = |WrittenPart { range, text, .. }| Some(Change { range, text: text? });
        let changes: Option<Vec<Change>> = written.content_changes?.into_iter().map(change).collect();
        Some(Text::Changed(Changed { uri, version, changes: changes? }))
    }

    /// The document.
    pub(crate) fn uri(&self) -> &Uri {
        match self {
            Text::Opened(opened) => &opened.uri,
            Text::Changed(changed) => &changed.uri,
        }
    }
}

read_by_fields! {
    Initialize {
        process_id: Option<u32> = "processId",
        root_uri: Option<Uri> = "rootUri",
        workspace_folders: Option<Vec<Folder>> = "workspaceFolders",
        initialization_options: Box<RawValue> = "initializationOptions",
        capabilities: Box<RawValue> = "capabilities",
        trace: Option<TraceValue> = "trace",
    }

    Folder { uri: Uri = "uri", }

    FoldersChange { event: FoldersEvent = "event", }

    FoldersEvent {
        added: Vec<Folder> = "added",
        removed: Vec<Folder> = "removed",
    }

    /// A document.
    About { text_document: TextDocumentIdentifier = "textDocument", }

    /// A place in a document.
    At {
        text_document: TextDocumentIdentifier = "textDocument",
        position: Position = "position",
    }

    /// A part of a document.
    Part {
        text_document: TextDocumentIdentifier = "textDocument",
        range: Range = "range",
    }

    References {
        text_document: TextDocumentIdentifier = "textDocument",
        position: Position = "position",
        context: ReferenceContext = "context",
        partial_result_token: Option<Id> = "partialResultToken",
    }

    ReferenceContext { include_declaration: bool = "includeDeclaration", }

    Rename {
        text_document: TextDocumentIdentifier = "textDocument",
        position: Position = "position",
        new_name: String = "newName",
    }

    Typed {
        text_document: TextDocumentIdentifier = "textDocument",
        position: Position = "position",
        ch: String = "ch",
    }

    Selections {
        text_document: TextDocumentIdentifier = "textDocument",
        positions: Vec<Position> = "positions",
    }

    TokensDelta {
        text_document: TextDocumentIdentifier = "textDocument",
        previous_result_id: String = "previousResultId",
    }

    CodeActions {
        text_document: TextDocumentIdentifier = "textDocument",
        range: Range = "range",
        context: CodeActionContext = "context",
    }

    CodeActionContext {
        /// As the client wrote them, for it is given back those that an action mends.
        diagnostics: Vec<Box<RawValue>> = "diagnostics",
        only: Option<Vec<String>> = "only",
    }

    /// By which a diagnostic is known again.
    KnownDiagnostic {
        range: Range = "range",
        code: Id = "code",
    }

    /// What an action is known by until somebody chooses it.
    #[derive(Serialize)]
    ActionData {
        uri: Uri = "uri",
        range: Range = "range",
        title: String = "title",
        kind: String = "kind",
    }

    /// What a completion is known by until somebody looks at it.
    #[derive(Serialize)]
    CompletionData {
        uri: String = "uri",
        key: String = "key",
    }

    /// Where a symbol is whose range has not been told.
    SymbolLocation { uri: Uri = "uri", }

    Execute {
        command: String = "command",
        arguments: Option<Vec<Box<RawValue>>> = "arguments",
    }

    DocumentDiagnostic {
        text_document: TextDocumentIdentifier = "textDocument",
        previous_result_id: Option<String> = "previousResultId",
    }

    WorkspaceDiagnostic {
        previous_result_ids: Vec<PreviousResult> = "previousResultIds",
        partial_result_token: Option<Id> = "partialResultToken",
    }

    PreviousResult {
        uri: Uri = "uri",
        value: String = "value",
    }

    Symbols {
        query: String = "query",
        partial_result_token: Option<Id> = "partialResultToken",
    }

    Settings { settings: Box<RawValue> = "settings", }

    WatchedFiles { changes: Vec<WatchedFile> = "changes", }

    WatchedFile {
        uri: Uri = "uri",
        kind: u32 = "type",
    }

    /// Files that have come or gone.
    Files { files: Vec<File> = "files", }

    File { uri: String = "uri", }

    /// Files that have another name, or are about to.
    Renames { files: Vec<RenamedFile> = "files", }

    RenamedFile {
        old_uri: String = "oldUri",
        new_uri: String = "newUri",
    }

    Trace { value: TraceValue = "value", }

    /// Of a `$/cancelRequest`.
    Cancel { id: Id = "id", }

    /// Of a `window/workDoneProgress/cancel`.
    CancelProgress { token: Id = "token", }
}
