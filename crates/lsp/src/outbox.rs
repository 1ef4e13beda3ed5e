//! Messages to the client, in the order in which they shall leave, and the answers that are waited for.

use std::collections::HashMap;

use ls_types::notification::Notification;
use ls_types::{LogMessageParams, LogTraceParams, MessageType, ShowMessageParams, notification, request};
use serde::Serialize;

use crate::jsonrpc::{Error, Id};

#[derive(Debug)]
pub(crate) struct Outbox {
    /// So many items are one part of an answer.
    pub(crate) one_part: usize,
    messages: Vec<String>,
    awaited: HashMap<i64, Awaited>,
    asked: i64,
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
    token: &'a Id,
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

#[derive(Serialize)]
struct Answer<'a, R> {
    jsonrpc: &'static str,
    id: &'a Id,
    result: &'a R,
}

#[derive(Serialize)]
struct Refusal<'a> {
    jsonrpc: &'static str,
    id: &'a Id,
    error: &'a Error,
}

/// In JSON-RPC, parameters are an object or a list, or they are not there.
fn is_nothing<P>(_: &P) -> bool {
    size_of::<P>() == 0
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox { one_part: ONE_PART, messages: Vec::new(), awaited: HashMap::new(), asked: 0 }
    }
}

impl Outbox {
    pub(crate) fn notify<N: notification::Notification>(&mut self, params: N::Params) {
        self.push(&Message { jsonrpc: "2.0", id: None, method: N::METHOD, params });
    }

    pub(crate) fn ask<R: request::Request>(&mut self, params: impl Serialize, awaited: Awaited) {
        self.asked += 1;
        self.awaited.insert(self.asked, awaited);
        self.push(&Message { jsonrpc: "2.0", id: Some(self.asked), method: R::METHOD, params });
    }

    /// Hands over a part of an answer.
    fn part(&mut self, token: &Id, value: impl Serialize) {
        let params = Part { token, value };
        self.push(&Message { jsonrpc: "2.0", id: None, method: notification::Progress::METHOD, params });
    }

    /// What an answer of many items has left to say after its parts, where the client takes parts: nothing. An answer
    /// of a few is whole.
    pub(crate) fn in_parts<T: Serialize, W: Serialize>(
        &mut self,
        token: Option<&Id>,
        items: Vec<T>,
        wrap: impl Fn(Vec<T>) -> W,
    ) -> Vec<T> {
        let Some(token) = token.filter(|_| items.len() > self.one_part) else {
            return items;
        };
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let part = items.by_ref().take(self.one_part).collect();
            self.part(token, wrap(part));
        }
        Vec::new()
    }

    /// Answers a request. The result leaves as text: as a tree of JSON it would take many times the room and the time.
    pub(crate) fn answer(&mut self, id: &Id, result: &impl Serialize) {
        self.push(&Answer { jsonrpc: "2.0", id, result });
    }

    pub(crate) fn refuse(&mut self, id: &Id, error: &Error) {
        self.push(&Refusal { jsonrpc: "2.0", id, error });
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
