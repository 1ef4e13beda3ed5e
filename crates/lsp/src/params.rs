//! Parameters, with the fields that somebody reads. Those of `ls_types` have all that there are, and know of all abilities
//! that a client may have.

use ls_types::{Position, Range, TextDocumentIdentifier, TraceValue, Uri};
use serde::Serialize;
use serde_json::value::RawValue;
use task_api_json::Node;

use crate::json::{Read, field, object, require};
use crate::jsonrpc::{Id, OPENED};

/// Structs that are read from the fields of an object, each by its name.
macro_rules! read_by_fields {
    ($($(#[$about:meta])* $name:ident { $($(#[$of_field:meta])* $field:ident: $type:ty = $written:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug)]
        pub(crate) struct $name {
            $($(#[$of_field])* pub(crate) $field: $type,)*
        }

        impl Read for $name {
            fn of(value: Node<'_>) -> Result<$name, String> {
                let value = object(value)?;
                Ok($name { $($field: require(value, $written)?,)* })
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

impl Text {
    /// Of the parameters of either; nothing where they are not as they should be.
    pub(crate) fn of(method: &str, params: Node<'_>) -> Option<Text> {
        let document = params.get("textDocument")?;
        let (uri, version) = (field(document, "uri")?, field(document, "version")?);
        if method == OPENED {
            let (language_id, text) = (field(document, "languageId")?, field(document, "text")?);
            return Some(Text::Opened(Opened { uri, language_id, version, text }));
        }
        Some(Text::Changed(Changed { uri, version, changes: field(params, "contentChanges")? }))
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
    Change {
        /// Without one, the text is all of the document.
        range: Option<Range> = "range",
        text: String = "text",
    }

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
