//! `pattern-mismatch`: a string that has not the form it must have.

use task_api_json::Node;

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::Subschema;

pub(crate) static RULE: Rule = Rule {
    name: "pattern-mismatch",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a string that does not have the form it must have",
    explanation: "A scale rule's `complexity` is `coefficient*n**exponent`: `n`, `2n`, `2*n`, `1.5*n**2`. There are no \
        spaces, no further terms, and the exponent is a whole number.",
    bad: Example::container(
        r#"{"name": "a", "description": "b", "templates": [{"identifier": "c", "description": "d", "outputs": [],
  "inputs": [{"name": "e", "mounted_path": "/e", "description": "CT.", "scale_rule": {"complexity": "n^2", "type": "limit", "mode": "sum"}}],
  "env": []}]}"#,
    ),
    good: Example::container(
        r#"{"name": "a", "description": "b", "templates": [{"identifier": "c", "description": "d", "outputs": [],
  "inputs": [{"name": "e", "mounted_path": "/e", "description": "CT.", "scale_rule": {"complexity": "n**2", "type": "limit", "mode": "sum"}}],
  "env": []}]}"#,
    ),
};

pub(crate) fn report(node: Node<'_>, subschema: &Subschema) -> Box<Diagnostic> {
    let subject = node.key().and_then(|key| key.as_str()).unwrap_or_default();
    let message = format!("`{subject}` does not have the right form: {}", node.source());
    let mut diagnostic = Diagnostic::new(&RULE, node, node.span(), message);
    if !subschema.examples.is_empty() {
        diagnostic = diagnostic.note(format!("it looks like {}", subschema.examples.join(", ")));
    }
    match &subschema.pattern {
        Some(pattern) => diagnostic.label(format!("must match {}", pattern.source)),
        None => diagnostic,
    }
}
