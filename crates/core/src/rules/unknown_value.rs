//! `unknown-value`: none of the allowed values.

use task_api_json::{Node, TextEdit, quote};

use super::wrong_type::shorten;
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
) -> Box<Diagnostic> {
    let subject = match node.key() {
        Some(key) => format!("`{}`", key.as_str().unwrap_or_default()),
        None => "this element".to_owned(),
    };
    let listed: Vec<String> = allowed.clone().map(|allowed| allowed.value.to_json()).collect();
    let verb = if listed.len() == 1 { "allowed is only" } else { "allowed are" };
    let message = format!("{subject} cannot be {}: {verb} {}", shorten(node.source(), 60), listed.join(", "));
    let mut diagnostic = Diagnostic::new(&RULE, node, node.span(), message);
    if let Some(note) = note {
        diagnostic = diagnostic.note(note);
    }
    let texts = allowed.filter_map(|allowed| match &allowed.value {
        AllowedValue::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let Some(written) = node.as_str() else { return diagnostic };
    let nearest = suggest::nearest(&written, texts.clone()).map(|nearest| (nearest, Applicability::Safe));
    let abridged = || texts.clone().find(|text| is_abridged(&written, text)).map(|text| (text, Applicability::Unsafe));
    if let Some((meant, applicability)) = nearest.or_else(abridged) {
        let edit = TextEdit::replace(node.span(), quote(meant));
        diagnostic = diagnostic.label(format!("did you mean \"{meant}\"?")).fix(
            applicability,
            format!("write \"{meant}\""),
            vec![edit],
        );
    }
    diagnostic
}

/// `bool` for `boolean`, or the reverse: `integer` for `int`.
fn is_abridged(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    one.len().min(other.len()) >= 3 && (one.starts_with(&other) || other.starts_with(&one))
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, Kind, check};

    #[test]
    fn abridged_values_are_seen_through() {
        for (written, meant) in [("integer", "int"), ("Bool", "boolean"), ("str", "string"), ("float", "")] {
            let env = format!(r#"{{"name": "A", "value": "", "description": "x", "type": "{written}"}}"#);
            let text = format!(r#"{{"templates": [{{"env": [{env}]}}]}}"#);
            let options = CheckOptions { kind: Some(Kind::ProcessingContainer), ..CheckOptions::default() };
            let found = check(&text, &options).diagnostics;
            let found = found.iter().find(|diagnostic| diagnostic.rule.name == "unknown-value").unwrap();
            let label = found.label.as_deref().unwrap_or_default();
            assert_eq!(label, if meant.is_empty() { String::new() } else { format!("did you mean \"{meant}\"?") });
        }
    }
}
