//! JSON-RPC, as LSP has it. Of what comes, only the envelope is read here: parameters and results stay text until
//! somebody knows what they are to be. Texts of documents alone are read along with it, for they are large.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

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

/// The fields of an object, none of them read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Those of a value that is an object.
    pub(crate) fn of(value: &RawValue) -> Option<Fields> {
        serde_json::from_str(value.get()).ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        // Of several, the last one counts.
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Box<RawValue>> {
        let at = self.0.iter().rposition(|(known, _)| known == name)?;
        let (_, value) = self.0.remove(at);
        self.0.retain(|(known, _)| known != name);
        Some(value)
    }

    /// Where it is of this type.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// The same with words where it is not. What is not there is read as null.
    pub(crate) fn require<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        match self.get(name) {
            Some(value) => serde_json::from_str(value.get()).map_err(|error| format!("`{name}`: {error}")),
            None => serde_json::from_str("null").map_err(|_| format!("missing field `{name}`")),
        }
    }

    /// Sets a field, and leaves those alone that nobody here knows.
    pub(crate) fn set(&mut self, name: &str, value: &impl Serialize) {
        match serde_json::value::to_raw_value(value) {
            Ok(value) => {
                self.remove(name);
                self.0.push((name.to_owned(), value));
            }
            Err(error) => debug_assert!(false, "{error}"),
        }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl Message {
    pub fn read(text: &str) -> Message {
        if let Ok(call) = serde_json::from_str(text) {
            return Message(Content::Call(call));
        }
        Message(match serde_json::from_str::<Fields>(text) {
            Ok(fields) => Content::of(fields),
            Err(error) if error.is_data() => Content::invalid(Id::Null, "a message is an object, and no list of them"),
            Err(error) => Content::Unreadable(format!("it is not JSON: {error}")),
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
    fn of(id: Option<Id>, method: String, params: Option<Box<RawValue>>) -> Call {
        if let (None, OPENED | CHANGED, Some(params)) = (&id, method.as_str(), &params) {
            let in_order = format!(r#"{{"jsonrpc":"{VERSION}","method":"{method}","params":{}}}"#, params.get());
            if let Ok(call) = serde_json::from_str(&in_order) {
                return call;
            }
        }
        Call { id, method, params, text: None }
    }
}

/// One of a document's text, in the order of fields in which most clients write it. Whatever else a message is, it is
/// read field by field, and that tells what is wrong with it.
impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Call, D::Error> {
        deserializer.deserialize_map(CallOfText)
    }
}

struct CallOfText;

impl<'de> Visitor<'de> for CallOfText {
    type Value = Call;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text of a document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Call, A::Error> {
        let (mut is_of_version, mut method, mut text) = (false, String::new(), None);
        while let Some(name) = map.next_key::<String>()? {
            match (name.as_str(), method.as_str(), &text) {
                ("jsonrpc", _, _) => is_of_version = map.next_value::<String>()? == VERSION,
                ("method", _, None) => method = map.next_value()?,
                ("params", OPENED | CHANGED, None) => text = Text::of(&method, map.next_value()?),
                _ => return Err(serde::de::Error::custom("it says something else")),
            }
        }
        match text {
            Some(text) if is_of_version => Ok(Call { id: None, method, params: None, text: Some(text) }),
            _ => Err(serde::de::Error::custom("it says too little")),
        }
    }
}

impl Content {
    fn of(mut fields: Fields) -> Content {
        let id = match fields.get("id").map(|id| serde_json::from_str::<Id>(id.get())) {
            Some(Ok(id)) => Some(id),
            Some(Err(error)) => return Content::invalid(Id::Null, &format!("its id cannot be read: {error}")),
            None => None,
        };
        if fields.get("jsonrpc").is_none_or(|version| version.get().trim_matches('"') != VERSION) {
            return Content::invalid(id.unwrap_or_default(), "it is not of JSON-RPC 2.0");
        }
        if let Some(method) = fields.get("method") {
            return match serde_json::from_str(method.get()) {
                Ok(method) => Content::Call(Call::of(id, method, fields.remove("params"))),
                Err(error) => Content::invalid(id.unwrap_or_default(), &format!("its method cannot be read: {error}")),
            };
        }
        // Some clients write both, one of them null.
        let result = match (fields.remove("error").filter(|error| error.get() != "null"), fields.remove("result")) {
            (Some(error), _) => Err(words(&error)),
            (None, Some(result)) => Ok(result),
            (None, None) => return Content::invalid(Id::Null, "it is neither a request nor an answer"),
        };
        Content::Answer(Answer { id: id.unwrap_or_default(), result })
    }

    fn invalid(id: Id, why: &str) -> Content {
        Content::Invalid { id, why: why.to_owned() }
    }
}

/// JSON that is put together from texts.
pub(crate) fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|error| {
        debug_assert!(false, "{error}");
        Box::default()
    })
}

/// Those of an error that a client answers with.
fn words(error: &RawValue) -> String {
    Fields::of(error).and_then(|fields| fields.read("message")).unwrap_or_else(|| error.get().to_owned())
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

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        deserializer.deserialize_any(Ids)
    }
}

struct Ids;

impl Visitor<'_> for Ids {
    type Value = Id;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number or a text")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Id, E> {
        Ok(Id::Number(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Id, E> {
        number.try_into().map(Id::Number).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Id, E> {
        Ok(Id::String(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Id, E> {
        Ok(Id::Null)
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
