//! One client: a message in, messages out.

use std::collections::HashSet;

use ls_types::{MessageType, TraceValue, Uri};
use serde_json::value::RawValue;

use crate::disk::{Disk, Found};
use crate::json::{self, Read};
use crate::jsonrpc::{Answer, CHANGED, Call, Content, Error, Id, Message};
use crate::params::{About, Cancel, Text};
use crate::server::guarded;
use crate::state::State;

/// What a session knows of where it runs.
pub struct Options {
    pub disk: Box<dyn Disk>,
    /// Names of the variables that are set where tasks run; `None` where nobody knows.
    pub variables: Option<HashSet<String>>,
}

/// The server of one client.
///
/// Messages are handled one by one, in the order in which they are [received](Session::receive), so that no change of
/// a text can overtake another. Diagnostics wait until the session is told to [settle](Session::settle), which whoever
/// drives it does when no message is waiting.
pub struct Session {
    state: State,
    /// Requests that are not to be answered any more, and have not been received yet.
    cancelled: Vec<Id>,
    is_initialized: bool,
    is_shut_down: bool,
    exit_code: Option<u8>,
}

impl Session {
    pub fn new(options: Options) -> Session {
        Session {
            state: State::new(options.disk, options.variables),
            cancelled: Vec::new(),
            is_initialized: false,
            is_shut_down: false,
            exit_code: None,
        }
    }

    /// Handles a message.
    pub fn receive(&mut self, message: Message) {
        if self.exit_code.is_some() {
            return;
        }
        match message.0 {
            Content::Call(call) => self.call(call),
            Content::Answer(answer) => self.answer(answer),
            Content::Unreadable(why) => {
                self.state.outbox.log(MessageType::ERROR, format!("a message could not be read: {why}"));
                self.state.outbox.refuse(&Id::Null, &Error::parse_error());
            }
            Content::Invalid { id, why } => {
                self.state.outbox.log(MessageType::ERROR, format!("a message was left out: {why}"));
                self.state.outbox.refuse(&id, &Error::invalid_request());
            }
        }
    }

    /// A request that has not been received yet is not to be answered any more. Whoever sees several messages at once
    /// looks through them for `$/cancelRequest`.
    pub fn cancel(&mut self, message: &Message) {
        if let Content::Call(Call { id: None, method, params, .. }) = &message.0
            && method == "$/cancelRequest"
            && let Some(Cancel { id }) = read(params.as_deref())
        {
            self.cancelled.push(id);
        }
    }

    /// Takes over what a search has found.
    pub fn found(&mut self, found: Found) {
        self.state.found(found);
    }

    /// Tells the client what has changed by all that was received. Whether there is more to do, which can wait until
    /// messages that have come are received.
    pub fn settle(&mut self) -> bool {
        self.is_live() && self.state.settle()
    }

    /// Messages for the client, in their order.
    pub fn take_messages(&mut self) -> Vec<String> {
        self.state.outbox.take()
    }

    /// The code to exit with, once the client has told to.
    pub fn exit_code(&self) -> Option<u8> {
        self.exit_code
    }

    /// The code to exit with where the client is gone without a word.
    pub fn code_of_a_lost_client(&self) -> u8 {
        u8::from(!self.is_shut_down)
    }

    /// The client's process, which the server shall not outlive, once it is known.
    pub fn client_process(&self) -> Option<u32> {
        self.state.client_process
    }

    fn is_live(&self) -> bool {
        self.is_initialized && !self.is_shut_down
    }

    fn call(&mut self, Call { id, method, params, text }: Call) {
        let (id, method, params) = (id.as_ref(), method.as_str(), params.as_deref());
        let uri = (self.state.trace == TraceValue::Verbose).then(|| document_of(params, text.as_ref())).flatten();
        match (method, id) {
            ("exit", None) => {
                self.exit_code = Some(self.code_of_a_lost_client());
                return;
            }
            ("$/cancelRequest", None) => {
                // What it is about has been answered by now, one way or the other.
                if let Some(Cancel { id }) = read(params) {
                    self.is_cancelled(&id);
                }
                return;
            }
            _ => {}
        }
        if let Some(id) = id
            && self.is_cancelled(id)
        {
            return self.state.outbox.refuse(id, &Error::request_cancelled());
        }
        let handled = match self.refusal(method) {
            Some(error) => Err(error),
            None => guarded(&mut self.state, |state| match (text, id) {
                (Some(text), _) => {
                    state.text(text);
                    Ok(())
                }
                (None, Some(id)) => state.request(id, method, params),
                (None, None) => state.notification(method, params),
            }),
        };
        match (id, &handled) {
            (Some(_), Ok(())) => {
                self.is_initialized |= method == "initialize";
                self.is_shut_down |= method == "shutdown";
            }
            (Some(id), Err(error)) => self.state.outbox.refuse(id, error),
            (None, Err(error)) if error.is_of_params() => self.unread(method, params),
            (None, _) => {}
        }
        if self.state.trace != TraceValue::Off && self.is_live() {
            let outcome = if id.is_some() && handled.is_err() { ", which failed" } else { "" };
            let verbose = (self.state.trace == TraceValue::Verbose).then(|| {
                let id = id.map_or_else(|| "none".to_owned(), Id::to_string);
                format!("id: {id}, document: {}", uri.as_ref().map_or("none", |uri| uri.as_str()))
            });
            self.state.outbox.trace(format!("handled {method}{outcome}"), verbose);
        }
    }

    /// Whether it was to be cancelled, which is said once.
    fn is_cancelled(&mut self, id: &Id) -> bool {
        let before = self.cancelled.len();
        self.cancelled.retain(|cancelled| cancelled != id);
        self.cancelled.len() < before
    }

    /// Why nothing can be asked now, if nothing can.
    fn refusal(&self, method: &str) -> Option<Error> {
        match (method == "initialize", self.is_initialized) {
            _ if self.is_shut_down => Some(Error::invalid_request()),
            (true, true) => Some(Error::invalid_request()),
            (false, false) => Some(Error::not_initialized()),
            _ => None,
        }
    }

    /// A notification that nobody could make sense of, and to which there is no answer.
    fn unread(&mut self, method: &str, params: Option<&RawValue>) {
        self.state.outbox.log(MessageType::ERROR, format!("{method} could not be read"));
        if method == CHANGED
            && let Some(About { text_document }) = read(params)
        {
            self.state.lose(&text_document.uri, "a change could not be read");
        }
    }

    fn answer(&mut self, Answer { id, result }: Answer) {
        match id {
            Id::Number(id) => self.state.answered(id, result),
            other => self.state.outbox.log(MessageType::WARNING, format!("nothing was asked as {other}")),
        }
    }
}

/// The document that a message is about.
fn document_of(params: Option<&RawValue>, text: Option<&Text>) -> Option<Uri> {
    match text {
        Some(text) => Some(text.uri().clone()),
        None => Some(read::<About>(params)?.text_document.uri),
    }
}

fn read<P: Read>(params: Option<&RawValue>) -> Option<P> {
    json::read(params?.get()).ok()
}
