//! Messages to the client, in the order in which they shall leave, and the answers that are waited for.

use std::collections::HashMap;
use std::fmt::Write;

use serde::Serialize;
use serde_json::json;
use tower_lsp_server::jsonrpc::{Error, Response};
use tower_lsp_server::ls_types::notification::Notification;
use tower_lsp_server::ls_types::{
    LogMessageParams, LogTraceParams, MessageType, PartialResultParams, ProgressToken, ShowMessageParams, notification,
    request,
};

#[derive(Debug)]
pub(crate) struct Outbox {
    /// So many items are one part of an answer.
    pub(crate) one_part: usize,
    messages: Vec<String>,
    awaited: HashMap<i64, Awaited>,
    asked: i64,
    /// The beginning of an answer, with its result.
    begun: Option<String>,
}

/// What a request to the client was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// The settings, and after them those of these folders.
    Configuration(Vec<String>),
    /// Progress of the search may be shown.
    Progress,
    /// An edit is applied.
    Edit,
    /// Nothing hangs on the answer; the words say what was asked for, in case it is refused.
    Nothing(&'static str),
}

const ONE_PART: usize = 100;

#[derive(Serialize)]
struct Part<'a, T> {
    token: &'a ProgressToken,
    value: T,
}

#[derive(Serialize)]
struct Message<'a, P> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    method: &'a str,
    #[serde(skip_serializing_if = "is_nothing")]
    params: P,
}

/// In JSON-RPC, parameters are an object or a list, or they are not there.
fn is_nothing<P>(_: &P) -> bool {
    size_of::<P>() == 0
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox { one_part: ONE_PART, messages: Vec::new(), awaited: HashMap::new(), asked: 0, begun: None }
    }
}

impl Outbox {
    pub(crate) fn notify<N: notification::Notification>(&mut self, params: N::Params) {
        self.push(&Message { jsonrpc: "2.0", id: None, method: N::METHOD, params });
    }

    pub(crate) fn ask<R: request::Request>(&mut self, params: R::Params, awaited: Awaited) {
        self.asked += 1;
        self.awaited.insert(self.asked, awaited);
        self.push(&Message { jsonrpc: "2.0", id: Some(self.asked), method: R::METHOD, params });
    }

    /// Hands over a part of an answer.
    fn part(&mut self, token: &ProgressToken, value: impl Serialize) {
        let params = Part { token, value };
        self.push(&Message { jsonrpc: "2.0", id: None, method: notification::Progress::METHOD, params });
    }

    /// What an answer of many items has left to say after its parts, where the client takes parts: nothing. An answer
    /// of a few is whole.
    pub(crate) fn in_parts<T: Serialize, W: Serialize>(
        &mut self,
        params: &PartialResultParams,
        items: Vec<T>,
        wrap: impl Fn(Vec<T>) -> W,
    ) -> Vec<T> {
        let Some(token) = params.partial_result_token.as_ref().filter(|_| items.len() > self.one_part) else {
            return items;
        };
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let part = items.by_ref().take(self.one_part).collect();
            self.part(token, wrap(part));
        }
        Vec::new()
    }

    /// Answers a request; with the result that was kept for it, if it succeeded.
    pub(crate) fn answer(&mut self, response: &Response) {
        match self.begun.take().filter(|_| response.is_ok()) {
            Some(mut text) => {
                // Writing to a `String` cannot fail.
                let _ = write!(text, ",\"id\":{}}}", json!(response.id()));
                self.messages.push(text);
            }
            None => self.push(response),
        }
    }

    /// Keeps a result that may be large, as the text in which it leaves: as a tree of JSON, by way of the library, it
    /// would take many times the room and the time.
    pub(crate) fn keep_result(&mut self, result: &impl Serialize) {
        let mut text = br#"{"jsonrpc":"2.0","result":"#.to_vec();
        match serde_json::to_writer(&mut text, result) {
            Ok(()) => self.begun = String::from_utf8(text).ok(),
            Err(error) => debug_assert!(false, "{error}"),
        }
    }

    pub(crate) fn drop_result(&mut self) {
        self.begun = None;
    }

    /// What an answer of the client answers.
    pub(crate) fn awaited(&mut self, id: i64) -> Option<Awaited> {
        self.awaited.remove(&id)
    }

    #[cfg(test)]
    pub(crate) fn awaited_count(&self) -> usize {
        self.awaited.len()
    }

    pub(crate) fn log(&mut self, kind: MessageType, message: impl Into<String>) {
        self.notify::<notification::LogMessage>(LogMessageParams { typ: kind, message: message.into() });
    }

    pub(crate) fn show(&mut self, kind: MessageType, message: impl Into<String>) {
        self.notify::<notification::ShowMessage>(ShowMessageParams { typ: kind, message: message.into() });
    }

    pub(crate) fn trace(&mut self, message: String, verbose: Option<String>) {
        self.notify::<notification::LogTrace>(LogTraceParams { message, verbose });
    }

    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.messages)
    }

    fn push(&mut self, message: &impl Serialize) {
        match serde_json::to_string(message) {
            Ok(text) => self.messages.push(text),
            // Only maps with keys that are no strings cannot be written, and LSP has none.
            Err(error) => debug_assert!(false, "{error}"),
        }
    }
}

/// An error in the server, with words of its own.
pub(crate) fn internal_error(message: String) -> Error {
    Error { message: message.into(), ..Error::internal_error() }
}
