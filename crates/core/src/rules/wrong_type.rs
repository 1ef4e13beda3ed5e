//! `wrong-type`: a value of another type than the contract wants.

use task_api_json::{Kind, Node, TextEdit, quote};

use super::{Example, Group, Rule};
use crate::command_line::words;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::schema::{Schema, SchemaId, Subschema, Types};

pub(crate) static RULE: Rule = Rule {
    name: "wrong-type",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a value of another type",
    explanation: "Types are strict: `\"5\"` is no integer and `5` no string. Values of environment variables are always \
        strings, because that is what the program in the container gets.",
    bad: Example::container(
        r#"{"name": 5, "description": "Segments lungs.", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
    good: Example::container(
        r#"{"name": "5", "description": "Segments lungs.", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
};

/// `may_be` says whether a value of the right type is not forbidden for another reason.
pub(crate) fn report(
    node: Node<'_>,
    schema: &Schema,
    place: SchemaId,
    wanted: Types,
    may_be: impl Fn(&str) -> bool,
) -> Box<Diagnostic> {
    let subject = match node.key() {
        Some(key) => format!("`{}`", key.as_str().unwrap_or_default()),
        None if node.parent().is_none() => "the file".to_owned(),
        None => "this element".to_owned(),
    };
    let wanted_words = wanted.in_words();
    let message = format!("{subject} must be {wanted_words}, but is {}", describe(node));
    let span = match node.kind() {
        Kind::Object | Kind::Array => task_api_json::Span::new(node.span().start, node.span().start + 1),
        _ => node.span(),
    };
    let mut diagnostic = Diagnostic::new(&RULE, node, span, message).label(format!("expected {wanted_words}"));
    let shape = Shape::of(node, schema, place);
    if let Some(note) = shape.in_words(wanted) {
        diagnostic = diagnostic.note(note);
    }
    let converted = shape.converted(node).or_else(|| converted(node, wanted));
    if let Some((value, applicability)) = converted.filter(|(value, _)| may_be(value)) {
        let title = match (node.container(), node.kind()) {
            (None, _) => "write just the object".to_owned(),
            (_, Kind::Object) => "make it a list".to_owned(),
            // In the form that is wanted, a value is a little longer.
            _ => format!("write {}", shorten(&value, 60)),
        };
        diagnostic = diagnostic.fix(applicability, title, vec![TextEdit::replace(node.span(), value)]);
    }
    diagnostic
}

/// What a place holds beyond its type: the fields of an object, or of the objects in a list.
struct Shape<'s> {
    schema: &'s Schema,
    list: Option<&'s Subschema>,
    record: Option<&'s Subschema>,
    /// A list of the words of a command line.
    is_command: bool,
}

impl<'s> Shape<'s> {
    fn of(node: Node<'_>, schema: &'s Schema, place: SchemaId) -> Shape<'s> {
        let subschema = schema.deref(place);
        let alternatives = subschema.any_of.iter().map(|branch| schema.deref(*branch));
        let forms: Vec<&Subschema> = std::iter::once(subschema).chain(alternatives).collect();
        let list = forms.iter().find_map(|form| Some(schema.deref(form.items?)));
        let record = forms.iter().copied().find(|form| form.is_record());
        let is_command = list.is_some() && node.key().is_some_and(|key| key.is_str("command"));
        Shape { schema, list, record, is_command }
    }

    /// Said where a type alone would leave people wondering.
    fn in_words(&self, wanted: Types) -> Option<String> {
        let fields = |record: &Subschema| {
            let required = record.properties.iter().filter(|property| property.required);
            let names: Vec<String> = required.map(|property| format!("`{}`", property.name)).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        match (self.list, self.record) {
            (Some(item), _) if wanted.contains(Types::ARRAY) && item.is_record() => {
                Some(format!("each element is an object with {}", fields(item)?))
            }
            (Some(item), _) if wanted.contains(Types::ARRAY) && item.types == Types::STRING => self
                .is_command
                .then(|| "each word is an element of its own: [\"python3\", \"-u\", \"run.py\"]".to_owned()),
            (None, Some(record)) if wanted.contains(Types::OBJECT) => {
                Some(format!("the object needs {}", fields(record)?))
            }
            _ => None,
        }
    }

    /// The same in the form that is wanted.
    fn converted(&self, node: Node<'_>) -> Option<(String, Applicability)> {
        if node.is_recovered() {
            return None;
        }
        match (node.kind(), self.list, self.record) {
            (Kind::Object, Some(item), _) => Some((self.as_list(node, item)?, Applicability::Safe)),
            (Kind::String, Some(_), _) if self.is_command => {
                let words: Vec<String> = words(&node.as_str()?)?.iter().map(|word| quote(word)).collect();
                (!words.is_empty()).then(|| (format!("[{}]", words.join(", ")), Applicability::Unsafe))
            }
            (Kind::String, None, Some(record)) => {
                let mut required = record.properties.iter().filter(|property| property.required);
                let (Some(only), None) = (required.next(), required.next()) else { return None };
                let is_text = self.schema.accepted_types(only.schema).contains(Types::STRING);
                is_text.then(|| (format!("{{{}: {}}}", quote(&only.name), node.source()), Applicability::Safe))
            }
            (Kind::Array, None, Some(_)) => {
                let mut elements = node.elements();
                let (Some(only), None) = (elements.next(), elements.next()) else { return None };
                (only.kind() == Kind::Object).then(|| (only.source().to_owned(), Applicability::Unsafe))
            }
            _ => None,
        }
    }

    /// `{"A": "1"}` as a list of objects with `name` and `value`.
    fn as_list(&self, object: Node<'_>, item: &Subschema) -> Option<String> {
        let mut required = item.properties.iter().filter(|property| property.required).map(|property| &*property.name);
        let (Some("name"), Some("value"), None) = (required.next(), required.next(), required.next()) else {
            return None;
        };
        let element = |(key, value): (Node<'_>, Node<'_>)| {
            let text = match value.kind() {
                Kind::String => value.source().to_owned(),
                Kind::Number | Kind::True | Kind::False => quote(value.source()),
                _ => return None,
            };
            Some(format!("{{\"name\": {}, \"value\": {text}}}", quote(&key.as_str()?)))
        };
        let elements: Option<Vec<String>> = object.members().map(element).collect();
        Some(format!("[{}]", elements?.join(", ")))
    }
}

fn describe(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "null".to_owned(),
        Kind::True | Kind::False => node.source().to_owned(),
        Kind::Number => format!("the number {}", shorten(node.source(), 30)),
        Kind::String | Kind::Key => format!("the string {}", shorten(node.source(), 30)),
        Kind::Array => "an array".to_owned(),
        Kind::Object => "an object".to_owned(),
        Kind::Missing | Kind::Template => "not known yet".to_owned(),
    }
}

pub(crate) fn shorten(source: &str, longest: usize) -> String {
    if source.chars().nth(longest).is_none() {
        return source.to_owned();
    }
    source.chars().take(longest - 1).chain(['…']).collect()
}

/// The same value in the wanted type, where there is just one way to write it.
fn converted(node: Node<'_>, wanted: Types) -> Option<(String, Applicability)> {
    let text = node.as_str();
    match node.kind() {
        Kind::Number | Kind::True | Kind::False if wanted.contains(Types::STRING) => {
            Some((quote(node.source()), Applicability::Safe))
        }
        Kind::String if wanted.contains(Types::INTEGER) => {
            let value: i64 = text?.trim().parse().ok()?;
            Some((value.to_string(), Applicability::Safe))
        }
        Kind::String if wanted.contains(Types::BOOLEAN) => {
            let folded = text?.trim().to_ascii_lowercase();
            matches!(folded.as_str(), "true" | "false").then_some((folded, Applicability::Safe))
        }
        Kind::String if wanted.contains(Types::ARRAY) => Some((format!("[{}]", node.source()), Applicability::Unsafe)),
        Kind::Null if wanted.contains(Types::ARRAY) => Some(("[]".to_owned(), Applicability::Unsafe)),
        Kind::Null if wanted.contains(Types::STRING) => Some(("\"\"".to_owned(), Applicability::Unsafe)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::EXAMPLE_CONTAINER;
    use crate::{CheckOptions, check};

    /// The note and the first fix of what is wrong with a task that has this field.
    fn mended(field: &str) -> (Option<String>, Option<(String, Applicability)>) {
        let text = format!(
            r#"{{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{{"name": "images", "input": {{"host_path": "/a"}}}}],
  "outputs": [{{"name": "masks", "input": {{"host_path": "/b"}}}}], {field}}}"#
        );
        let checked = check(&text, &CheckOptions { container: Some(EXAMPLE_CONTAINER), ..CheckOptions::default() });
        assert_eq!(checked.diagnostics.len(), 1, "{:?}", checked.diagnostics);
        let diagnostic = &checked.diagnostics[0];
        let fix = diagnostic.fixes.first().map(|fix| (fix.edits[0].new_text.clone(), fix.applicability));
        (diagnostic.note.clone(), fix)
    }

    #[test]
    fn the_form_that_is_wanted_is_shown() {
        let (note, fix) = mended(r#""env": {"THRESHOLD": 0.7, "FOLDS": "3"}"#);
        assert_eq!(note.as_deref(), Some("each element is an object with `name`, `value`"));
        let list = r#"[{"name": "THRESHOLD", "value": "0.7"}, {"name": "FOLDS", "value": "3"}]"#;
        assert_eq!(fix, Some((list.to_owned(), Applicability::Safe)));
        assert_eq!(mended(r#""env": {"THRESHOLD": []}"#).1, None);
        let (note, fix) = mended(r#""command": "python3 -u 'a b.py'""#);
        assert!(note.is_some_and(|note| note.starts_with("each word is an element")));
        assert_eq!(fix, Some((r#"["python3", "-u", "a b.py"]"#.to_owned(), Applicability::Unsafe)));
    }
}
