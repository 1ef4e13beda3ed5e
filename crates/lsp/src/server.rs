//! The methods of LSP. Each goes to one function of the state, and is answered at once.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ls_types::MessageType;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::from_lsp;
use crate::json::{Read, read};
use crate::jsonrpc::{CHANGED, Error, Id, OPENED};
use crate::params::Text;
use crate::settings::Settings;
use crate::state::State;
use crate::{params, uris};

/// A handler that panics is an error of this one message, and the server lives on.
pub(crate) fn guarded(state: &mut State, handler: impl FnOnce(&mut State) -> Result<(), Error>) -> Result<(), Error> {
    catch_unwind(AssertUnwindSafe(|| handler(state))).unwrap_or_else(|panic| {
        let message = format!("task-api has a bug: {}", words(&*panic));
        state.outbox.log(MessageType::ERROR, message.clone());
        Err(Error::internal_error(message))
    })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}

/// The number of `FileChangeType::DELETED`.
const DELETED: u32 = 3;

/// A request on its way to its handler.
struct Request<'a> {
    state: &'a mut State,
    id: &'a Id,
    params: Option<&'a RawValue>,
}

impl Request<'_> {
    fn answer<P: Read, R: Serialize>(self, handler: impl FnOnce(&mut State, &P) -> R) -> Result<(), Error> {
        self.try_answer(|state, params| Ok(handler(state, params)))
    }

    /// Where a handler has no result, it has words for the user.
    fn try_answer<P: Read, R: Serialize>(
        self,
        handler: impl FnOnce(&mut State, &P) -> Result<R, String>,
    ) -> Result<(), Error> {
        let params = self.state.read(self.params)?;
        let result = handler(self.state, &params).map_err(Error::invalid_params)?;
        self.state.outbox.answer(self.id, &result);
        Ok(())
    }
}

impl State {
    /// Reads parameters, and counts the message as one that is handled.
    fn read<P: Read>(&mut self, params: Option<&RawValue>) -> Result<P, Error> {
        let params = params.ok_or_else(|| Error::invalid_params("Missing params field"))?;
        let params = read(params.get()).map_err(Error::invalid_params)?;
        self.handled += 1;
        Ok(params)
    }

    pub(crate) fn request(&mut self, id: &Id, method: &str, params: Option<&RawValue>) -> Result<(), Error> {
        let request = Request { state: self, id, params };
        match method {
            "initialize" => request.answer(|state, params| state.initialize(params)),
            "shutdown" => {
                self.disk.stop_search();
                self.outbox.answer(id, &());
                Ok(())
            }
            "textDocument/willSaveWaitUntil" => request.answer(|state, params| state.before_saving(params)),
            "workspace/willRenameFiles" => request.answer(|state, params| state.before_renaming(params)),
            "textDocument/diagnostic" => request.answer(|state, params| state.document_diagnostic(params)),
            "workspace/diagnostic" => request.answer(|state, params| state.workspace_diagnostic(params)),
            "workspace/executeCommand" => request.try_answer(|state, params| state.execute(params)),
            "textDocument/completion" => request.answer(|state, params| state.completion(params)),
            "completionItem/resolve" => request.answer(|state, item| state.completion_resolve(item)),
            "textDocument/hover" => request.answer(|state, params| state.hover(params)),
            "textDocument/documentSymbol" => request.answer(|state, params| state.document_symbols(params)),
            "workspace/symbol" => request.answer(|state, params| state.workspace_symbols(params)),
            "workspaceSymbol/resolve" => request.answer(|state, symbol| state.resolve_workspace_symbol(symbol)),
            "textDocument/definition" | "textDocument/declaration" => {
                request.answer(|state, params| state.definition(params))
            }
            "textDocument/typeDefinition" => request.answer(|state, params| state.type_definition(params)),
            "textDocument/implementation" => request.answer(|state, params| state.implementations(params)),
            "textDocument/references" => request.answer(|state, params| state.references(params)),
            "textDocument/documentHighlight" => request.answer(|state, params| state.highlights(params)),
            "textDocument/prepareRename" => request.answer(|state, params| state.prepare_rename(params)),
            "textDocument/rename" => request.try_answer(|state, params| state.rename(params)),
            "textDocument/formatting" => request.answer(|state, params| state.format(params)),
            "textDocument/rangeFormatting" => request.answer(|state, params| state.format_range(params)),
            "textDocument/onTypeFormatting" => request.answer(|state, params| state.format_on_type(params)),
            "textDocument/foldingRange" => request.answer(|state, params| state.folding_ranges(params)),
            "textDocument/selectionRange" => request.answer(|state, params| state.selection_ranges(params)),
            "textDocument/semanticTokens/full" => request.answer(|state, params| state.tokens_full(params)),
            "textDocument/semanticTokens/full/delta" => request.answer(|state, params| state.tokens_delta(params)),
            "textDocument/semanticTokens/range" => request.answer(|state, params| state.tokens_range(params)),
            "textDocument/codeAction" => request.answer(|state, params| state.code_actions(params)),
            "codeAction/resolve" => request.answer(|state, action| state.resolve_code_action(action)),
            "textDocument/codeLens" => request.answer(|state, params| state.code_lenses(params)),
            "textDocument/documentLink" => request.answer(|state, params| state.document_links(params)),
            "textDocument/inlayHint" => request.answer(|state, params| state.inlay_hints(params)),
            "textDocument/linkedEditingRange" => request.answer(|_, _: &params::At| ()),
            #[cfg(test)]
            method if method.starts_with("test/") => self.test_request(id, method, params),
            _ => Err(Error::method_not_found(method)),
        }
    }

    pub(crate) fn text(&mut self, text: Text) {
        self.handled += 1;
        match text {
            Text::Opened(opened) => self.opened(opened),
            Text::Changed(changed) => self.changed(changed),
        }
    }

    pub(crate) fn notification(&mut self, method: &str, params: Option<&RawValue>) -> Result<(), Error> {
        match method {
            "initialized" => {
                self.handled += 1;
                self.initialized();
            }
            // They are read along with the message, if they can be.
            OPENED | CHANGED => return Err(Error::invalid_params("it is no text of a document")),
            "textDocument/didSave" => {
                // The text is known from the changes; a file that nobody has opened may be new on the disk.
                let params: params::About = self.read(params)?;
                self.reload(&from_lsp::key(&params.text_document.uri));
            }
            "textDocument/didClose" => {
                let params: params::About = self.read(params)?;
                self.closed(&params.text_document.uri);
            }
            "workspace/didChangeConfiguration" => {
                let params: params::Settings = self.read(params)?;
                if self.abilities.configuration {
                    self.ask_for_settings();
                } else {
                    self.apply_settings(&Settings::section(&params.settings), Vec::new());
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                let params: params::FoldersChange = self.read(params)?;
                self.change_folders(&params.event);
            }
            "workspace/didChangeWatchedFiles" => {
                let params: params::WatchedFiles = self.read(params)?;
                for event in &params.changes {
                    let key = from_lsp::key(&event.uri);
                    if event.kind == DELETED {
                        self.remove_closed(&key);
                    } else {
                        self.reload(&key);
                    }
                }
            }
            "workspace/didCreateFiles" => {
                let params: params::Files = self.read(params)?;
                for file in &params.files {
                    self.reload(&uris::key(&file.uri));
                }
            }
            "workspace/didRenameFiles" => {
                let params: params::Renames = self.read(params)?;
                for file in &params.files {
                    self.renamed(&uris::key(&file.old_uri), &uris::key(&file.new_uri));
                }
            }
            "workspace/didDeleteFiles" => {
                let params: params::Files = self.read(params)?;
                for file in &params.files {
                    self.remove_closed(&uris::key(&file.uri));
                    self.remove_folder(&uris::folder(&file.uri));
                }
            }
            "$/setTrace" => {
                let params: params::Trace = self.read(params)?;
                self.trace = params.value;
            }
            "window/workDoneProgress/cancel" => {
                let params: params::CancelProgress = self.read(params)?;
                self.cancel_search(&params.token);
            }
            #[cfg(test)]
            "test/panicSilently" => panic!("as was wished"),
            _ => return Err(Error::method_not_found(method)),
        }
        Ok(())
    }
}

#[cfg(test)]
impl State {
    fn test_request(&mut self, id: &Id, method: &str, params: Option<&RawValue>) -> Result<(), Error> {
        let answer = match method {
            "test/counts" => {
                self.handled += 1;
                self.counts()
            }
            // So many items are one part of an answer from now on.
            "test/parts" => {
                self.outbox.one_part = serde_json::from_str(params.unwrap().get()).unwrap();
                self.handled += 1;
                serde_json::Value::Null
            }
            // The text that the server has of a document.
            "test/text" => {
                let params: params::File = self.read(params)?;
                self.workspace.get(&uris::key(&params.uri)).map(|document| document.text()).into()
            }
            _ => panic!("as was wished"),
        };
        self.outbox.answer(id, &answer);
        Ok(())
    }

    /// How much is kept.
    fn counts(&self) -> serde_json::Value {
        let mut counts = self.reports.counts();
        counts["documents"] = self.workspace.documents().count().into();
        counts["open"] = self.open.len().into();
        counts["listed"] = self.listed.len().into();
        counts["tokens"] = self.open.values().filter(|open| open.tokens.is_some()).count().into();
        counts["awaited"] = self.outbox.awaited_count().into();
        counts
    }
}
