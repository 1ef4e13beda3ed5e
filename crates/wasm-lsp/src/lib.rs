//! The language server as the wasm module of `task-api-wasm/lsp`.
//!
//! This is a [`Session`] whose messages are texts of JSON, and whose files are those that JavaScript hands over.
//! When which of the functions is called is decided in crates/wasm/npm/server.js.

mod files;

/// The functions and classes of `task-api-wasm`, which become exports of this module.
#[cfg(feature = "builder")]
pub use task_api_wasm::{editor, form, validator};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use task_api_json::Node;
use task_api_lsp::{Found, Message, Options, PATTERNS, Session, document_key};
use wasm_bindgen::prelude::*;

use crate::files::{HandedOver, Store};

/// The server of one client.
#[wasm_bindgen]
pub struct Server {
    session: Session,
    files: Arc<Mutex<Store>>,
}

#[derive(Serialize)]
struct Search {
    number: u64,
    folders: Vec<String>,
    patterns: [&'static str; PATTERNS.len()],
}

#[wasm_bindgen]
impl Server {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "only JavaScript makes one")]
    pub fn new() -> Server {
        let files = Arc::default();
        let disk = Box::new(HandedOver::new(Arc::clone(&files)));
        Server { session: Session::new(Options { disk, variables: None }), files }
    }

    /// Whether there is somebody to ask for files. Without, there are those that are open alone.
    pub fn set_files(&self, are_there: bool) {
        self.store().are_there = are_there;
    }

    /// Handles a message.
    pub fn receive(&mut self, message: &str) {
        self.session.receive(Message::read(message));
    }

    /// Looks for a `$/cancelRequest` in a message that has come, and is not received yet.
    pub fn cancel(&mut self, message: &str) {
        self.session.cancel(&Message::read(message));
    }

    /// Whether there is more to do.
    pub fn settle(&mut self) -> bool {
        self.session.settle()
    }

    pub fn take_messages(&mut self) -> Vec<String> {
        self.session.take_messages()
    }

    /// The search that is wanted, once: `{number, folders, patterns}`.
    pub fn take_search(&self) -> Option<String> {
        let (number, folders) = self.store().wanted.take()?;
        serde_json::to_string(&Search { number, folders, patterns: PATTERNS }).ok()
    }

    /// Takes over all that a search has found: a list of `{uri, text}`.
    pub fn found(&mut self, number: u32, files: &str) {
        let tree = task_api_json::parse(files);
        let mut found = Found { number: number.into(), is_end: true, ..Found::default() };
        let mut store = self.store();
        store.texts.clear();
        for file in tree.root(files).elements() {
            let of = |name| file.get(name).and_then(Node::as_str).map(String::from);
            if let (Some(key), Some(text)) = (of("uri").map(|uri| document_key(&uri)), of("text"))
                && files::is_ours(&key)
            {
                store.texts.insert(key.clone(), text.clone());
                found.files.push((key, text));
            }
        }
        drop(store);
        self.session.found(found);
    }

    /// The text of a file as it is now, or that there is none.
    pub fn provide(&self, uri: &str, text: Option<String>) {
        let key = document_key(uri);
        match text {
            Some(text) => self.store().texts.insert(key, text),
            None => self.store().texts.remove(&key),
        };
    }

    /// The client has told to exit.
    pub fn is_ended(&self) -> bool {
        self.session.exit_code().is_some()
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
