//! `missing-field`: a required field is absent.

use task_api_json::{Node, rewrite};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::schema::{Property, Schema, Types};

pub(crate) static RULE: Rule = Rule {
    name: "missing-field",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a required field is absent",
    explanation: "The contract wants the field to be there, be it with an empty value: a template without inputs says \
        `\"inputs\": []`. If a field with a similar name is there, it is taken for a misspelling and named in the message.",
    bad: Example::container(
        r#"{"name": "lungs", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
    good: Example::container(
        r#"{"name": "lungs", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}], "description": "Segments lungs."}"#,
    ),
};

pub(crate) fn report(object: Node<'_>, schema: &Schema, property: &Property) -> Box<Diagnostic> {
    let name = &property.name;
    let subschema = schema.deref(property.schema);
    let span = first_character(object);
    let mut diagnostic = Diagnostic::new(&RULE, object, span, format!("`{name}` is missing"));
    diagnostic = diagnostic.label(format!("this {} has no `{name}`", noun(object)));
    let description = first_sentence(&schema.get(property.schema).description);
    if !description.is_empty() {
        diagnostic = diagnostic.note(format!("`{name}`: {description}"));
    }
    let (value, applicability) = match schema.get(property.schema).default.as_ref().or(subschema.default.as_ref()) {
        Some(default) => (default.as_str(), Applicability::Safe),
        None => (placeholder(schema.accepted_types(property.schema)), Applicability::Unsafe),
    };
    let edit = rewrite::insert_member(object, name, value);
    diagnostic.fix(applicability, format!("insert \"{name}\": {value}"), vec![edit])
}

/// The field is there under a name that is nearly right; `fits` says whether its value is right.
pub(crate) fn report_misspelt(key: Node<'_>, name: &str, fits: bool) -> Box<Diagnostic> {
    let written = key.as_str().unwrap_or_default();
    let applicability = if fits { Applicability::Safe } else { Applicability::Unsafe };
    Diagnostic::new(&RULE, key, key.span(), format!("`{name}` is missing, and `{written}` is no field"))
        .label(format!("did you mean `{name}`?"))
        .fix(applicability, format!("rename to `{name}`"), vec![rewrite::rename_key(key, name)])
}

fn placeholder(types: Types) -> &'static str {
    if types.contains(Types::STRING) {
        "\"\""
    } else if types.contains(Types::ARRAY) {
        "[]"
    } else if types.contains(Types::INTEGER) {
        "1"
    } else {
        "{}"
    }
}

/// The opening bracket: marking a whole object would mark half the file.
fn first_character(object: Node<'_>) -> task_api_json::Span {
    let start = object.span().start;
    task_api_json::Span::new(start, start + 1)
}

fn noun(object: Node<'_>) -> String {
    match object.container().and_then(|container| container.key().or(object.key())).or(object.key()) {
        Some(key) => format!("object of `{}`", key.as_str().unwrap_or_default()),
        None => "file".to_owned(),
    }
}

fn first_sentence(description: &str) -> &str {
    description.split_once(". ").map_or(description.trim_end_matches('.'), |(first, _)| first)
}
