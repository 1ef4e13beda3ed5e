//! `unknown-field`: a field that the contract does not know.

use task_api_json::{Node, rewrite};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "unknown-field",
    group: Group::Contract,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a field that the contract does not know",
    explanation: "The contract allows unknown fields and ignores them, so a misspelt optional field has no effect, and \
        nobody says so. If a known field has nearly this name, the fix renames it.",
    bad: Example::container(
        r#"{"name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}], "maintainer": "Radiology"}"#,
    ),
    good: Example::container(
        r#"{"name": "a", "description": "b (maintained by Radiology)", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
};

/// `nearest` is the known field that was probably meant; the object does not have it yet. Whether
/// the value `fits` it decides whether the file stays valid under that name.
pub(crate) fn report(key: Node<'_>, nearest: Option<&str>, fits: bool) -> Box<Diagnostic> {
    let written = key.as_str().unwrap_or_default();
    let diagnostic = Diagnostic::new(&RULE, key, key.span(), format!("`{written}` is not a known field"))
        .note("unknown fields are ignored when the task runs");
    match nearest {
        Some(nearest) => diagnostic.label(format!("did you mean `{nearest}`?")).fix(
            if fits { Applicability::Safe } else { Applicability::Unsafe },
            format!("rename to `{nearest}`"),
            vec![rewrite::rename_key(key, nearest)],
        ),
        None => diagnostic.label("has no effect"),
    }
}
