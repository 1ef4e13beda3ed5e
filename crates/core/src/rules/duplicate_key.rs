//! `duplicate-key`: one key twice in an object.

use std::collections::HashMap;

use task_api_json::{Kind, Node, rewrite};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-key",
    group: Group::Contract,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "one key twice in an object",
    explanation: "JSON readers take the last value and drop the others without a word. Remove the ones that do not count.",
    bad: Example::container(
        r#"{"name": "old", "name": "new", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
    good: Example::container(
        r#"{"name": "new", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
};

/// Above so many members, keys are compared through a map.
const FEW: usize = 12;

pub(crate) fn check(root: Node<'_>, findings: &mut Findings<'_>) {
    let mut keys = Vec::new();
    for object in root.descendants().filter(|node| node.kind() == Kind::Object) {
        keys.clear();
        keys.extend(object.members().map(|(key, _)| key));
        if keys.len() <= FEW {
            for (index, &key) in keys.iter().enumerate() {
                if let Some(&later) = keys[index + 1..].iter().rev().find(|later| same_key(key, **later)) {
                    findings.report(&RULE, || report(key, later));
                }
            }
        } else {
            let mut last = HashMap::with_capacity(keys.len());
            for &key in &keys {
                last.insert(key.as_str().unwrap_or_default(), key);
            }
            for &key in &keys {
                if let Some(&later) = last.get(&key.as_str().unwrap_or_default()).filter(|&&later| later != key) {
                    findings.report(&RULE, || report(key, later));
                }
            }
        }
    }
}

fn same_key(a: Node<'_>, b: Node<'_>) -> bool {
    a.inner() == b.inner() || (a.source().contains('\\') || b.source().contains('\\')) && a.as_str() == b.as_str()
}

fn report(earlier: Node<'_>, later: Node<'_>) -> Diagnostic {
    let name = earlier.as_str().unwrap_or_default();
    Diagnostic::new(&RULE, earlier, earlier.span(), format!("`{name}` is given twice"))
        .label("this value is ignored")
        .related(DocumentRef::This, later.span(), "this one counts")
        .fix(Applicability::Safe, format!("remove the first `{name}`"), vec![rewrite::remove_member(earlier)])
}
