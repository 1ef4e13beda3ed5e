//! One client: a message in, messages out.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use serde_json::Value;
use tower_lsp_server::LspService;
use tower_lsp_server::jsonrpc::{Error, Id, Request, Response};
use tower_lsp_server::ls_types::{MessageType, TraceValue};
use tower_service::Service;

use crate::disk::{Disk, Found};
use crate::outbox::internal_error;
use crate::server::Server;
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
    service: LspService<Server>,
    state: Arc<Mutex<State>>,
    /// Requests that are not to be answered any more, and have not been received yet.
    cancelled: HashSet<Id>,
    is_initialized: bool,
    is_shut_down: bool,
    exit_code: Option<u8>,
}

impl Session {
    pub fn new(options: Options) -> Session {
        let state = Arc::new(Mutex::new(State::new(options.disk, options.variables)));
        let service = Server::service(Arc::clone(&state));
        Session {
            service,
            state,
            cancelled: HashSet::new(),
            is_initialized: false,
            is_shut_down: false,
            exit_code: None,
        }
    }

    /// Handles a message as it came.
    pub fn receive_text(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(message) => self.receive(message),
            Err(error) => self.unreadable(&format!("it is not JSON: {error}")),
        }
    }

    /// Handles a message.
    pub fn receive(&mut self, message: Value) {
        if self.exit_code.is_some() {
            return;
        }
        let Value::Object(fields) = &message else {
            return self.invalid(Id::Null, "a message is an object, and no list of them");
        };
        if fields.contains_key("method") {
            let id = fields.get("id").cloned();
            match serde_json::from_value::<Request>(message) {
                Ok(request) => self.call(request),
                Err(error) => {
                    let id = id.and_then(|id| serde_json::from_value(id).ok()).unwrap_or_default();
                    self.invalid(id, &error.to_string());
                }
            }
        } else if fields.contains_key("result") || fields.contains_key("error") {
            self.answer(message);
        } else {
            self.invalid(Id::Null, "it is neither a request nor an answer");
        }
    }

    /// Says that something came that cannot be read as a message.
    pub fn unreadable(&mut self, why: &str) {
        let mut state = self.state();
        state.outbox.log(MessageType::ERROR, format!("a message could not be read: {why}"));
        state.outbox.answer(&Response::from_error(Id::Null, Error::parse_error()));
    }

    /// A request that has not been received yet is not to be answered any more. Whoever sees several messages at once
    /// looks through them for `$/cancelRequest`.
    pub fn cancel(&mut self, message: &Value) {
        if message.get("method").and_then(Value::as_str) == Some("$/cancelRequest")
            && let Some(id) = message.pointer("/params/id")
            && let Ok(id) = serde_json::from_value(id.clone())
        {
            self.cancelled.insert(id);
        }
    }

    /// Takes over what a search has found.
    pub fn found(&mut self, found: Found) {
        self.state().found(found);
    }

    /// Tells the client what has changed by all that was received. Whether there is more to do, which can wait until
    /// messages that have come are received.
    pub fn settle(&mut self) -> bool {
        self.is_initialized && !self.is_shut_down && self.state().settle()
    }

    /// Messages for the client, in their order.
    pub fn take_messages(&mut self) -> Vec<String> {
        self.state().outbox.take()
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
        self.state().client_process
    }

    fn call(&mut self, request: Request) {
        let method = request.method().to_owned();
        let id = request.id().cloned();
        match (method.as_str(), &id) {
            ("exit", None) => {
                self.exit_code = Some(self.code_of_a_lost_client());
                return;
            }
            ("$/cancelRequest", None) => {
                // What it is about has been answered by now, one way or the other.
                let cancelled = request.params().and_then(|params| params.get("id")).cloned();
                if let Some(Ok(id)) = cancelled.map(serde_json::from_value::<Id>) {
                    self.cancelled.remove(&id);
                }
                return;
            }
            _ => {}
        }
        if let Some(id) = &id
            && self.cancelled.remove(id)
        {
            return self.state().outbox.answer(&Response::from_error(id.clone(), Error::request_cancelled()));
        }
        let uri = request.params().and_then(|params| params.pointer("/textDocument/uri")).and_then(Value::as_str);
        let uri = uri.map(str::to_owned);
        let handled = {
            let mut state = self.state();
            // That of a request without an id, which nobody waits for.
            state.outbox.drop_result();
            state.handled
        };
        // All handlers answer at once.
        let response = match self.service.call(request).now_or_never() {
            Some(Ok(response)) => response,
            Some(Err(_)) | None => {
                id.clone().map(|id| Response::from_error(id, internal_error(format!("{method} was not answered"))))
            }
        };
        let is_ok = response.as_ref().is_some_and(Response::is_ok);
        self.is_initialized |= method == "initialize" && is_ok;
        self.is_shut_down |= method == "shutdown" && is_ok;
        let is_live = self.is_initialized && !self.is_shut_down;
        let mut state = self.state();
        let is_ours = method.starts_with("textDocument/did") || method.starts_with("workspace/did");
        if id.is_none() && is_live && is_ours && state.handled == handled {
            state.outbox.log(MessageType::ERROR, format!("{method} could not be read"));
            let uri = uri.as_ref().and_then(|uri| uri.parse().ok());
            if let Some(uri) = uri.filter(|_| method == "textDocument/didChange") {
                state.lose(&uri, "a change could not be read");
            }
        }
        if let Some(response) = &response {
            state.outbox.answer(response);
        }
        if state.trace != TraceValue::Off && is_live {
            let outcome = response.filter(Response::is_error).map_or("", |_| ", which failed");
            let verbose = (state.trace == TraceValue::Verbose).then(|| format!("id: {id:?}, document: {uri:?}"));
            state.outbox.trace(format!("handled {method}{outcome}"), verbose);
        }
    }

    fn answer(&mut self, message: Value) {
        match serde_json::from_value::<Response>(message) {
            Ok(response) => {
                let (id, answer) = response.into_parts();
                let mut state = self.state();
                match id {
                    Id::Number(id) => state.answered(id, answer),
                    other => state.outbox.log(MessageType::WARNING, format!("nothing was asked as {other}")),
                }
            }
            Err(error) => {
                let message = format!("an answer could not be read: {error}");
                self.state().outbox.log(MessageType::ERROR, message);
            }
        }
    }

    fn invalid(&mut self, id: Id, why: &str) {
        let mut state = self.state();
        state.outbox.log(MessageType::ERROR, format!("a message was left out: {why}"));
        state.outbox.answer(&Response::from_error(id, Error::invalid_request()));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
