//! Reading what a client sends. The types of `ls_types` read themselves through serde, with code and words for whatever
//! might stand anywhere; these read the trees of `task_api_json`, which the server has for its documents anyway.

use std::str::FromStr;

use ls_types::{Position, Range, TextDocumentIdentifier, TraceValue, Uri};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use task_api_json::{Kind, Node, SyntaxErrorKind, Tree};

/// Something that a value of JSON may say.
pub(crate) trait Read: Sized {
    /// Or what is wrong with the value.
    fn of(value: Node<'_>) -> Result<Self, String>;

    /// What it is where nothing is said, if that may be.
    fn of_nothing() -> Option<Self> {
        None
    }
}

/// The tree of a text, or why it is not JSON.
pub(crate) fn parse(text: &str) -> Result<Tree, String> {
    let tree = task_api_json::parse(text);
    // An editor that cuts a character in two says so by one half of it, and goes on; it is one column, as what it is read as.
    let is_harmless = |kind: SyntaxErrorKind| kind.is_note() || kind == SyntaxErrorKind::LoneSurrogate;
    match tree.errors().iter().find(|error| !is_harmless(error.kind)) {
        Some(error) => Err(format!("{}, at byte {}", error.message(text), error.span.start)),
        None => Ok(tree),
    }
}

pub(crate) fn read<T: Read>(text: &str) -> Result<T, String> {
    T::of(parse(text)?.root(text))
}

/// A field of an object, with words where it is not of this type.
pub(crate) fn require<T: Read>(object: Node<'_>, name: &str) -> Result<T, String> {
    match object.get(name) {
        Some(value) => T::of(value).map_err(|why| format!("`{name}`: {why}")),
        None => T::of_nothing().ok_or_else(|| format!("missing field `{name}`")),
    }
}

/// A field of an object, where it is there and of this type.
pub(crate) fn field<T: Read>(object: Node<'_>, name: &str) -> Option<T> {
    T::of(object.get(name)?).ok()
}

/// An object, or what is wrong with what is none.
pub(crate) fn object(value: Node<'_>) -> Result<Node<'_>, String> {
    if value.kind() == Kind::Object { Ok(value) } else { Err(unfit(value, "an object")) }
}

/// JSON that is put together from texts, or was read before.
pub(crate) fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|error| {
        debug_assert!(false, "{error}");
        Box::default()
    })
}

/// A value as a person is told of it.
pub(crate) fn shown(text: &str) -> String {
    match text.as_bytes() {
        [b'[', ..] => "an array".to_owned(),
        [b'{', ..] => "an object".to_owned(),
        _ => format!("`{text}`"),
    }
}

pub(crate) fn unfit(value: Node<'_>, wanted: &str) -> String {
    format!("must be {wanted}, but is {}", shown(value.source()))
}

impl<T: Read> Read for Option<T> {
    fn of(value: Node<'_>) -> Result<Option<T>, String> {
        if value.kind() == Kind::Null { Ok(None) } else { T::of(value).map(Some) }
    }

    fn of_nothing() -> Option<Option<T>> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn of(value: Node<'_>) -> Result<Vec<T>, String> {
        if value.kind() == Kind::Array { value.elements().map(T::of).collect() } else { Err(unfit(value, "an array")) }
    }
}

impl Read for String {
    fn of(value: Node<'_>) -> Result<String, String> {
        // A key is none, and no value of anything.
        value.as_str().map(String::from).ok_or_else(|| unfit(value, "a text"))
    }
}

impl Read for bool {
    fn of(value: Node<'_>) -> Result<bool, String> {
        value.as_bool().ok_or_else(|| unfit(value, "true or false"))
    }
}

impl Read for u32 {
    fn of(value: Node<'_>) -> Result<u32, String> {
        number(value)
    }
}

impl Read for i32 {
    fn of(value: Node<'_>) -> Result<i32, String> {
        number(value)
    }
}

/// LSP has whole numbers alone.
pub(crate) fn number<N: FromStr>(value: Node<'_>) -> Result<N, String> {
    let written = (value.kind() == Kind::Number).then(|| value.source());
    written.and_then(|written| written.parse().ok()).ok_or_else(|| unfit(value, "a whole number in LSP's bounds"))
}

/// As the client wrote it.
impl Read for Box<RawValue> {
    fn of(value: Node<'_>) -> Result<Box<RawValue>, String> {
        Ok(raw(value.source().to_owned()))
    }

    fn of_nothing() -> Option<Box<RawValue>> {
        Some(Box::default())
    }
}

impl Read for Uri {
    fn of(value: Node<'_>) -> Result<Uri, String> {
        Uri::from_str(&String::of(value)?).map_err(|_| unfit(value, "a URI"))
    }
}

impl Read for Position {
    fn of(value: Node<'_>) -> Result<Position, String> {
        let value = object(value)?;
        Ok(Position { line: require(value, "line")?, character: require(value, "character")? })
    }
}

impl Read for Range {
    fn of(value: Node<'_>) -> Result<Range, String> {
        let value = object(value)?;
        Ok(Range { start: require(value, "start")?, end: require(value, "end")? })
    }
}

impl Read for TextDocumentIdentifier {
    fn of(value: Node<'_>) -> Result<TextDocumentIdentifier, String> {
        Ok(TextDocumentIdentifier { uri: require(object(value)?, "uri")? })
    }
}

impl Read for TraceValue {
    fn of(value: Node<'_>) -> Result<TraceValue, String> {
        match String::of(value)?.as_str() {
            "off" => Ok(TraceValue::Off),
            "messages" => Ok(TraceValue::Messages),
            "verbose" => Ok(TraceValue::Verbose),
            _ => Err(unfit(value, "`off`, `messages` or `verbose`")),
        }
    }
}

/// The fields of an object, none of them read: an item that the client gives back, with all that it knows of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Those of a value that is an object.
    pub(crate) fn of(value: &RawValue) -> Option<Fields> {
        read(value.get()).ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Box<RawValue>> {
        // Of several, the last one counts.
        let at = self.0.iter().rposition(|(known, _)| known == name)?;
        let (_, value) = self.0.remove(at);
        self.0.retain(|(known, _)| known != name);
        Some(value)
    }

    /// Where it is of this type.
    pub(crate) fn read<T: Read>(&self, name: &str) -> Option<T> {
        let (_, value) = self.0.iter().rfind(|(known, _)| known == name)?;
        read(value.get()).ok()
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

impl Read for Fields {
    fn of(value: Node<'_>) -> Result<Fields, String> {
        let field = |(key, value): (Node<'_>, Node<'_>)| Ok((String::of(key)?, Box::of(value)?));
        object(value)?.members().map(field).collect::<Result<_, String>>().map(Fields)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_another_type_is_said() {
        assert_eq!(read::<u32>("-1").unwrap_err(), "must be a whole number in LSP's bounds, but is `-1`");
        assert_eq!(read::<u32>("1.5").unwrap_err(), "must be a whole number in LSP's bounds, but is `1.5`");
        assert_eq!(
            read::<u32>("4294967296").unwrap_err(),
            "must be a whole number in LSP's bounds, but is `4294967296`"
        );
        assert_eq!(read::<u32>("\"1\"").unwrap_err(), "must be a whole number in LSP's bounds, but is `\"1\"`");
        assert_eq!(read::<String>("{}").unwrap_err(), "must be a text, but is an object");
        assert_eq!(read::<Position>("[0, 1]").unwrap_err(), "must be an object, but is an array");
        assert_eq!(read::<Position>(r#"{"line": 1}"#).unwrap_err(), "missing field `character`");
        let range = r#"{"start": {"line": true, "character": 1}, "end": {"line": 1, "character": 1}}"#;
        assert_eq!(
            read::<Range>(range).unwrap_err(),
            "`start`: `line`: must be a whole number in LSP's bounds, but is `true`"
        );
        assert_eq!(
            read::<TraceValue>("\"loud\"").unwrap_err(),
            "must be `off`, `messages` or `verbose`, but is `\"loud\"`"
        );
        assert_eq!(read::<bool>("[true").unwrap_err(), "the file ends too early, at byte 5");
    }

    #[test]
    fn what_is_not_there_is_nothing_where_that_may_be() {
        let text = r#"{"a": null, "b": [null]}"#;
        let tree = parse(text).unwrap();
        let root = tree.root(text);
        assert_eq!(require::<Option<u32>>(root, "a"), Ok(None));
        assert_eq!(require::<Option<u32>>(root, "c"), Ok(None));
        assert_eq!(require::<Vec<Option<u32>>>(root, "b"), Ok(vec![None]));
        assert_eq!(require::<Box<RawValue>>(root, "c").unwrap().get(), "null");
        assert!(require::<Vec<u32>>(root, "a").is_err() && require::<String>(root, "c").is_err());
    }

    #[test]
    fn half_a_character_is_one_column() {
        assert_eq!(read::<String>(r#""a\ud83db""#).unwrap(), "a\u{fffd}b");
    }
}
