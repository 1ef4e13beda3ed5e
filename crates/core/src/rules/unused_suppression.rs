//! `unused-suppression`: a suppression in task-api.toml that there is nothing for.

use task_api_json::{Kind, Node, Span};

use super::{Around, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suppress::{Suppression, first_match};

pub(crate) static RULE: Rule = Rule {
    name: "unused-suppression",
    group: Group::Project,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a suppression in task-api.toml that suppresses nothing",
    explanation: "What a suppression was for has been mended, has moved, or was never there. Left where it is, it hides \
        the next finding of the rule at that place. A suppression is taken as used where its rule could not look: with \
        `--schema-only`, in a file with syntax errors, in a task whose container is not at hand. So is one for a rule \
        whose findings depend on the machine, and one whose `file` is a pattern.",
    bad: Example::task(task_with!(
        r#"  "inputs": [],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/masks"}}]"#
    ))
    .around(Around::Suppressions(&[("unknown-field", "/outputs")])),
    good: Example::task(task_with!(
        r#"  "inputs": [],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/masks"}, "comment": "ours"}]"#
    ))
    .around(Around::Suppressions(&[("unknown-field", "/outputs")])),
};

pub(crate) fn report(root: Node<'_>, suppression: &Suppression) -> Box<Diagnostic> {
    let named = suppression.pointer.as_deref().and_then(|pointer| first_match(root, pointer));
    let node = named.unwrap_or(root);
    let (rule, origin) = (&suppression.rule, &suppression.origin);
    let place = match suppression.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
        Some(pointer) if named.is_none() => format!(" at {pointer}, which is not there"),
        Some(pointer) => format!(" at {pointer}"),
        None => " in this file".to_owned(),
    };
    let message = format!("the suppression in {origin} has nothing to suppress: no `{rule}`{place}");
    Diagnostic::new(&RULE, node, place_of(node), message)
        .note("remove it there; it would hide the next finding of the rule at this place")
}

/// The value, but of a list or an object the bracket alone.
fn place_of(node: Node<'_>) -> Span {
    let span = node.span();
    match node.kind() {
        Kind::Array | Kind::Object => Span::new(span.start, span.start + 1),
        _ => span,
    }
}
