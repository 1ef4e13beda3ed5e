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
    let mut keys: Vec<(u64, Node<'_>)> = Vec::new();
    for object in root.descendants().filter(|node| node.kind() == Kind::Object) {
        keys.clear();
        keys.extend(object.members().map(|(key, _)| (print(key), key)));
        if keys.len() <= FEW {
            for (index, &(print, key)) in keys.iter().enumerate() {
                let is_same = |other: &&(u64, Node<'_>)| other.0 == print && other.1.as_str() == key.as_str();
                if let Some(&(_, later)) = keys[index + 1..].iter().rev().find(is_same) {
                    findings.report(&RULE, || report(key, later));
                }
            }
        } else {
            let mut last = HashMap::with_capacity(keys.len());
            for &(_, key) in &keys {
                last.insert(key.as_str().unwrap_or_default(), key);
            }
            for &(_, key) in &keys {
                if let Some(&later) = last.get(&key.as_str().unwrap_or_default()).filter(|&&later| later != key) {
                    findings.report(&RULE, || report(key, later));
                }
            }
        }
    }
}

/// Length and last bytes of a key, which tell most keys apart.
fn print(key: Node<'_>) -> u64 {
    let text = key.as_str().unwrap_or_default();
    let last = text.as_bytes().last_chunk::<7>().map_or_else(
        || text.bytes().fold(0, |print, byte| print << 8 | u64::from(byte)),
        |last| last.iter().fold(0, |print, byte| print << 8 | u64::from(*byte)),
    );
    last ^ (text.len() as u64) << 56
}

fn report(earlier: Node<'_>, later: Node<'_>) -> Box<Diagnostic> {
    let name = earlier.as_str().unwrap_or_default();
    Diagnostic::new(&RULE, earlier, earlier.span(), format!("`{name}` is given twice"))
        .label("this value is ignored")
        .related(DocumentRef::This, later.span(), "this one counts")
        .fix(Applicability::Safe, format!("remove the first `{name}`"), rewrite::remove_member(earlier))
}
