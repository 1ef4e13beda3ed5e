//! JSON-RPC, as LSP has it. Of what comes, only the envelope is read here: parameters and results stay text until
//! somebody knows what they are to be. Texts of documents alone are read along with it, for they are large.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use task_api_json::{Kind, Node};

use crate::json::{Read, field, number, parse, raw, unfit};
use crate::params::Text;

/// A message of the client, or why what came is none.
#[derive(Debug)]
pub struct Message(pub(crate) Content);

#[derive(Debug)]
pub(crate) enum Content {
    Call(Call),
    Answer(Answer),
    /// It is not JSON.
    Unreadable(String),
    /// It is JSON, and no message.
    Invalid {
        id: Id,
        why: String,
    },
}

/// A request, or without an id a notification.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: Option<Id>,
    pub(crate) method: String,
    pub(crate) params: Option<Box<RawValue>>,
    /// What the parameters say in place of those above, where they have been read already.
    pub(crate) text: Option<Text>,
}

pub(crate) const OPENED: &str = "textDocument/didOpen";
pub(crate) const CHANGED: &str = "textDocument/didChange";

const VERSION: &str = "2.0";

/// What the client says to a question of ours, or why it says nothing.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) id: Id,
    pub(crate) result: Result<Box<RawValue>, String>,
}

impl Message {
    pub fn read(text: &str) -> Message {
        Message(match parse(text) {
            Ok(tree) => Content::of(tree.root(text)),
            Err(why) => Content::Unreadable(format!("it is not JSON: {why}")),
        })
    }

    /// Something that cannot even be the text of a message.
    #[cfg(feature = "stdio")]
    pub(crate) fn unreadable(why: String) -> Message {
        Message(Content::Unreadable(why))
    }

    #[cfg(feature = "stdio")]
    pub(crate) fn is_notification(&self, method: &str) -> bool {
        matches!(&self.0, Content::Call(call) if call.id.is_none() && call.method == method)
    }
}

impl Call {
    fn of(id: Option<Id>, method: String, params: Option<Node<'_>>) -> Result<Call, String> {
        if let (None, OPENED | CHANGED, Some(params)) = (&id, method.as_str(), params)
            && let text @ Some(_) = Text::of(&method, params)
        {
            return Ok(Call { id, method, params: None, text });
        }
        Ok(Call { id, method, params: params.map(Box::of).transpose()?, text: None })
    }
}

impl Content {
    fn of(message: Node<'_>) -> Content {
        if message.kind() != Kind::Object {
            return Content::invalid(Id::Null, "a message is an object, and no list of them");
        }
        let id = match message.get("id").map(Id::of) {
            Some(Ok(id)) => Some(id),
            Some(Err(why)) => return Content::invalid(Id::Null, &format!("its id cannot be read: it {why}")),
            None => None,
        };
        if message.get("jsonrpc").is_none_or(|version| version.source().trim_matches('"') != VERSION) {
            return Content::invalid(id.unwrap_or_default(), "it is not of JSON-RPC 2.0");
        }
        if let Some(method) = message.get("method") {
            let call = String::of(method).and_then(|method| Call::of(id.clone(), method, message.get("params")));
            return match call {
                Ok(call) => Content::Call(call),
                Err(why) => Content::invalid(id.unwrap_or_default(), &format!("its method cannot be read: it {why}")),
            };
        }
        // Some clients write both, one of them null.
        let error = message.get("error").filter(|error| error.kind() != Kind::Null);
        let result = match (error, message.get("result")) {
            (Some(error), _) => Err(field(error, "message").unwrap_or_else(|| error.source().to_owned())),
            (None, Some(result)) => Ok(raw(result.source().to_owned())),
            (None, None) => return Content::invalid(Id::Null, "it is neither a request nor an answer"),
        };
        Content::Answer(Answer { id: id.unwrap_or_default(), result })
    }

    fn invalid(id: Id, why: &str) -> Content {
        Content::Invalid { id, why: why.to_owned() }
    }
}

/// What an answer has in common with its question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) enum Id {
    Number(i64),
    String(String),
    /// That of an answer to what has none.
    #[default]
    Null,
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Number(number) => number.fmt(formatter),
            Id::String(text) => write!(formatter, "`{text}`"),
            Id::Null => formatter.write_str("null"),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Id::Number(number) => serializer.serialize_i64(*number),
            Id::String(text) => serializer.serialize_str(text),
            Id::Null => serializer.serialize_unit(),
        }
    }
}

impl Read for Id {
    fn of(value: Node<'_>) -> Result<Id, String> {
        match value.kind() {
            Kind::Null => Ok(Id::Null),
            Kind::String => String::of(value).map(Id::String),
            _ => number(value).map(Id::Number).map_err(|_| unfit(value, "a whole number or a text")),
        }
    }

    fn of_nothing() -> Option<Id> {
        Some(Id::Null)
    }
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Error {
    code: i32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

const INVALID_PARAMS: i32 = -32602;

impl Error {
    fn new(code: i32, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), data: None }
    }

    pub(crate) fn parse_error() -> Error {
        Error::new(-32700, "Parse error")
    }

    pub(crate) fn invalid_request() -> Error {
        Error::new(-32600, "Invalid request")
    }

    pub(crate) fn method_not_found(method: &str) -> Error {
        Error { data: Some(method.to_owned()), ..Error::new(-32601, "Method not found") }
    }

    /// The user's or the client's, with words for them.
    pub(crate) fn invalid_params(message: impl Into<String>) -> Error {
        Error::new(INVALID_PARAMS, message)
    }

    /// One in the server, with words of its own.
    pub(crate) fn internal_error(message: String) -> Error {
        Error::new(-32603, message)
    }

    pub(crate) fn not_initialized() -> Error {
        Error::new(-32002, "Server not initialized")
    }

    pub(crate) fn request_cancelled() -> Error {
        Error::new(-32800, "Canceled")
    }

    pub(crate) fn is_of_params(&self) -> bool {
        self.code == INVALID_PARAMS
    }
}
