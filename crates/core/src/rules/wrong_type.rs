//! `wrong-type`: a value of another type than the contract wants.

use task_api_json::{Kind, Node, TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::schema::Types;

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
pub(crate) fn report(node: Node<'_>, wanted: Types, may_be: impl Fn(&str) -> bool) -> Diagnostic {
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
    if let Some((value, applicability)) = converted(node, wanted).filter(|(value, _)| may_be(value)) {
        let title = format!("write {value}");
        diagnostic = diagnostic.fix(applicability, title, vec![TextEdit::replace(node.span(), value)]);
    }
    diagnostic
}

fn describe(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "null".to_owned(),
        Kind::True | Kind::False => node.source().to_owned(),
        Kind::Number => format!("the number {}", shorten(node.source())),
        Kind::String | Kind::Key => format!("the string {}", shorten(node.source())),
        Kind::Array => "an array".to_owned(),
        Kind::Object => "an object".to_owned(),
        Kind::Missing | Kind::Template => "not known yet".to_owned(),
    }
}

fn shorten(source: &str) -> String {
    if source.chars().count() <= 30 {
        return source.to_owned();
    }
    source.chars().take(29).chain(['…']).collect()
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
