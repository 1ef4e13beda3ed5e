//! The methods of LSP. Each goes to one function of the state, behind one lock, and answers at once.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::*;
use tower_lsp_server::{LanguageServer, LspService};

use crate::outbox::internal_error;
use crate::settings::Settings;
use crate::state::State;
use crate::uris;

pub(crate) struct Server {
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn service(state: Arc<Mutex<State>>) -> LspService<Server> {
        // What goes to the client leaves by the outbox, in order with the answers.
        let service = LspService::build(|_| Server { state })
            .custom_method("$/setTrace", Server::set_trace)
            .custom_method("window/workDoneProgress/cancel", Server::cancel_progress);
        #[cfg(test)]
        let service = service
            .custom_method("test/panic", Server::panic)
            .custom_method("test/panicSilently", Server::panic_silently)
            .custom_method("test/text", Server::text)
            .custom_method("test/counts", Server::counts)
            .custom_method("test/parts", Server::parts);
        service.finish().0
    }

    /// Calls a handler. One that panics is an error of this one message, and the server lives on.
    fn call<R>(&self, handler: impl FnOnce(&mut State) -> R) -> Result<R> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.handled += 1;
        catch_unwind(AssertUnwindSafe(|| handler(&mut state))).map_err(|panic| {
            let message = format!("task-api has a bug: {}", words(&*panic));
            state.outbox.log(MessageType::ERROR, message.clone());
            internal_error(message)
        })
    }

    /// Calls a handler whose result may be large. It is kept as text beside the answer, in which `instead` stands.
    fn call_large<R: Serialize, T>(&self, instead: T, handler: impl FnOnce(&mut State) -> R) -> Result<T> {
        self.call(|state| {
            let result = handler(state);
            state.outbox.keep_result(&result);
            instead
        })
    }

    fn notified(&self, handler: impl FnOnce(&mut State)) {
        // What went wrong is in the log, and nobody waits for an answer.
        let _ = self.call(handler);
    }

    async fn set_trace(&self, params: SetTraceParams) {
        self.notified(|state| state.trace = params.value);
    }

    async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.notified(|state| state.cancel_search(&params.token));
    }
}

#[cfg(test)]
impl Server {
    async fn panic(&self) -> Result<Value> {
        self.call(|_| panic!("as was wished"))
    }

    async fn panic_silently(&self) {
        self.notified(|_| panic!("as was wished"));
    }

    /// How much is kept.
    async fn counts(&self, _: Value) -> Result<Value> {
        self.call(|state| {
            let mut counts = state.reports.counts();
            counts["documents"] = state.workspace.documents().count().into();
            counts["open"] = state.open.len().into();
            counts["listed"] = state.listed.len().into();
            counts["tokens"] = state.tokens.len().into();
            counts["awaited"] = state.outbox.awaited_count().into();
            counts
        })
    }

    /// So many items are one part of an answer from now on.
    async fn parts(&self, most: usize) -> Result<()> {
        self.call(|state| state.outbox.one_part = most)
    }

    /// The text that the server has of a document.
    async fn text(&self, params: TextDocumentIdentifier) -> Result<Value> {
        self.call(|state| state.document(&params.uri).map_or(Value::Null, |document| document.text().into()))
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}

/// An error that is the user's, with words for them.
pub(crate) fn refused(message: String) -> Error {
    Error { message: message.into(), ..Error::invalid_params("") }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.call(|state| state.initialize(&params))
    }

    async fn initialized(&self, _: InitializedParams) {
        self.notified(State::initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        self.call(|state| state.disk.stop_search())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.notified(|state| state.opened(params.text_document));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.notified(|state| state.changed(params));
    }

    async fn will_save_wait_until(&self, params: WillSaveTextDocumentParams) -> Result<Option<Vec<TextEdit>>> {
        self.call(|state| state.before_saving(&params))
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        // The text is known from the changes; a file that nobody has opened may be new on the disk.
        self.notified(|state| state.reload(&crate::from_lsp::key(&params.text_document.uri)));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.notified(|state| state.closed(&params.text_document.uri));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.notified(|state| {
            if state.abilities.configuration {
                state.ask_for_settings();
            } else {
                state.apply_settings(Settings::section(&params.settings), Vec::new());
            }
        });
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.notified(|state| state.change_folders(&params.event));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.notified(|state| {
            for event in &params.changes {
                let key = crate::from_lsp::key(&event.uri);
                if event.typ == FileChangeType::DELETED {
                    state.remove_closed(&key);
                } else {
                    state.reload(&key);
                }
            }
        });
    }

    async fn did_create_files(&self, params: CreateFilesParams) {
        self.notified(|state| {
            for file in &params.files {
                state.reload(&uris::key(&file.uri));
            }
        });
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        self.call(|state| state.before_renaming(&params))
    }

    async fn did_rename_files(&self, params: RenameFilesParams) {
        self.notified(|state| {
            for file in &params.files {
                state.renamed(&uris::key(&file.old_uri), &uris::key(&file.new_uri));
            }
        });
    }

    async fn did_delete_files(&self, params: DeleteFilesParams) {
        self.notified(|state| {
            for file in &params.files {
                state.remove_closed(&uris::key(&file.uri));
                state.remove_folder(&uris::folder(&file.uri));
            }
        });
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let instead = DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport::default()).into();
        self.call_large(instead, |state| state.document_diagnostic(&params))
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        let instead = WorkspaceDiagnosticReport::default().into();
        self.call_large(instead, |state| state.workspace_diagnostic(&params))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        self.call(|state| state.execute(&params))?.map_err(refused)
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        self.call_large(None, |state| state.completion(&params))
    }

    async fn completion_resolve(&self, params: CompletionItem) -> Result<CompletionItem> {
        self.call(|state| state.completion_resolve(params))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.call(|state| state.hover(&params))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.call_large(None, |state| state.document_symbols(&params))
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.call_large(None, |state| state.workspace_symbols(&params))
    }

    async fn symbol_resolve(&self, params: WorkspaceSymbol) -> Result<WorkspaceSymbol> {
        self.call(|state| state.resolve_workspace_symbol(params))
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.call(|state| state.definition(&at).map(GotoDefinitionResponse::Array))
    }

    async fn goto_declaration(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        self.goto_definition(params).await
    }

    async fn goto_type_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.call(|state| state.type_definition(&at).map(GotoDefinitionResponse::Array))
    }

    async fn goto_implementation(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.call(|state| state.implementations(&at).map(GotoDefinitionResponse::Array))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        self.call_large(None, |state| state.references(&params))
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        self.call_large(None, |state| state.highlights(&params))
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        self.call(|state| state.prepare_rename(&params))
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        self.call(|state| state.rename(&params))?.map_err(refused)
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.call_large(None, |state| state.format(&params))
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.call_large(None, |state| state.format_range(&params))
    }

    async fn on_type_formatting(&self, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.call(|state| state.format_on_type(&params))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.call_large(None, |state| state.folding_ranges(&params))
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        self.call(|state| state.selection_ranges(&params))
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        self.call_large(None, |state| state.tokens_full(&params.text_document.uri))
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        self.call_large(None, |state| state.tokens_delta(&params))
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        self.call_large(None, |state| state.tokens_range(&params))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.call(|state| state.code_actions(&params))
    }

    async fn code_action_resolve(&self, params: CodeAction) -> Result<CodeAction> {
        self.call(|state| state.resolve_code_action(params))
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.call_large(None, |state| state.code_lenses(&params))
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.call_large(None, |state| state.document_links(&params))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.call_large(None, |state| state.inlay_hints(&params))
    }

    async fn linked_editing_range(&self, _: LinkedEditingRangeParams) -> Result<Option<LinkedEditingRanges>> {
        self.call(|_| None)
    }
}
