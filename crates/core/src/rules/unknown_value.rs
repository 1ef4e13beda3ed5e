//! `unknown-value`: none of the allowed values.

use task_api_json::{Node, TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::schema::{Allowed, AllowedValue};
use crate::suggest;

pub(crate) static RULE: Rule = Rule {
    name: "unknown-value",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "not one of the allowed values",
    explanation: "Some fields allow a few values only; they are listed in the message, and the nearest one is offered.",
    bad: Example::container(
        r#"{"name": "a", "description": "b", "templates": [{"identifier": "c", "description": "d", "outputs": [],
  "inputs": [{"name": "e", "mounted_path": "/e", "description": "CT.", "scale_rule": {"complexity": "n", "type": "limits", "mode": "sum"}}],
  "env": []}]}"#,
    ),
    good: Example::container(
        r#"{"name": "a", "description": "b", "templates": [{"identifier": "c", "description": "d", "outputs": [],
  "inputs": [{"name": "e", "mounted_path": "/e", "description": "CT.", "scale_rule": {"complexity": "n", "type": "limit", "mode": "sum"}}],
  "env": []}]}"#,
    ),
};

pub(crate) fn report<'s>(
    node: Node<'_>,
    allowed: impl Iterator<Item = &'s Allowed> + Clone,
    note: Option<String>,
) -> Diagnostic {
    let subject = match node.key() {
        Some(key) => format!("`{}`", key.as_str().unwrap_or_default()),
        None => "this element".to_owned(),
    };
    let listed: Vec<String> = allowed.clone().map(|allowed| allowed.value.to_json()).collect();
    let verb = if listed.len() == 1 { "allowed is only" } else { "allowed are" };
    let message = format!("{subject} cannot be {}: {verb} {}", node.source(), listed.join(", "));
    let mut diagnostic = Diagnostic::new(&RULE, node, node.span(), message);
    if let Some(note) = note {
        diagnostic = diagnostic.note(note);
    }
    let texts = allowed.filter_map(|allowed| match &allowed.value {
        AllowedValue::Text(text) => Some(text.as_str()),
        _ => None,
    });
    if let Some(nearest) = node.as_str().and_then(|written| suggest::nearest(&written, texts)) {
        let edit = TextEdit::replace(node.span(), quote(nearest));
        diagnostic = diagnostic.label(format!("did you mean \"{nearest}\"?")).fix(
            Applicability::Safe,
            format!("write \"{nearest}\""),
            vec![edit],
        );
    }
    diagnostic
}
