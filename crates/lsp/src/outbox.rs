//! Messages to the client, in the order in which they shall leave, and the answers that are waited for.

use ls_types::notification::Notification;
use ls_types::{LogMessageParams, LogTraceParams, MessageType, ShowMessageParams, notification, request};
use serde::Serialize;

use crate::jsonrpc::{Error, Id};

#[derive(Debug)]
pub(crate) struct Outbox {
    /// So many items are one part of an answer.
    pub(crate) one_part: usize,
    messages: Vec<String>,
    awaited: Vec<(i64, Awaited)>,
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

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox { one_part: ONE_PART, messages: Vec::new(), awaited: Vec::new(), asked: 0 }
    }
}

impl Outbox {
    pub(crate) fn notify<N: notification::Notification>(&mut self, params: impl Serialize) {
        self.push(None, N::METHOD, Some(written(&params)));
    }

    pub(crate) fn ask<R: request::Request>(&mut self, params: impl Serialize, awaited: Awaited) {
        self.asked += 1;
        self.awaited.push((self.asked, awaited));
        // In JSON-RPC, parameters are an object or a list, or they are not there.
        let params = (size_of_val(&params) > 0).then(|| written(&params));
        self.push(Some(self.asked), R::METHOD, params);
    }

    /// Hands over a part of an answer.
    fn part(&mut self, token: &Id, value: impl Serialize) {
        self.push(None, notification::Progress::METHOD, Some(written(&Part { token, value })));
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
        self.push_answer(id, "result", &written(result));
    }

    pub(crate) fn refuse(&mut self, id: &Id, error: &Error) {
        self.push_answer(id, "error", &written(error));
    }

    /// What an answer of the client answers.
    pub(crate) fn awaited(&mut self, id: i64) -> Option<Awaited> {
        let at = self.awaited.iter().position(|(asked, _)| *asked == id)?;
        Some(self.awaited.remove(at).1)
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

    fn push_answer(&mut self, id: &Id, field: &str, value: &str) {
        self.messages.push(format!(r#"{{"jsonrpc":"2.0","id":{},"{field}":{value}}}"#, written(id)));
    }

    fn push(&mut self, id: Option<i64>, method: &str, params: Option<String>) {
        let id = id.map(|id| format!(r#","id":{id}"#)).unwrap_or_default();
        let params = params.map(|params| format!(r#","params":{params}"#)).unwrap_or_default();
        self.messages.push(format!(r#"{{"jsonrpc":"2.0"{id},"method":"{method}"{params}}}"#));
    }
}

/// As JSON.
fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        // Only maps with keys that are no strings cannot be written, and LSP has none.
        debug_assert!(false, "{error}");
        "null".to_owned()
    })
}
