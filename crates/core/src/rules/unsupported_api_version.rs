//! `unsupported-api-version`: a version of the format that nobody knows.

use task_api_json::{Node, TextEdit};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "unsupported-api-version",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "an `api_version` that is not known",
    explanation: "The only version number there is is 1. Files of the format before it have no `api_version` at all. \
        The file is checked as version 1 all the same.",
    bad: Example::container(
        r#"{"api_version": 2, "name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
    good: Example::container(
        r#"{"api_version": 1, "name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
};

pub(crate) fn report(node: Node<'_>) -> Box<Diagnostic> {
    let message = format!("version {} of the format is not known", node.source());
    Diagnostic::new(&RULE, node, node.span(), message)
        .label("known is 1")
        .note("a file without `api_version` has the format before version 1")
        .fix(Applicability::Unsafe, "write 1", vec![TextEdit::replace(node.span(), "1")])
}
