//! `legacy-env`: a variable that is not set automatically any more.

use task_api_json::Node;

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Command, Env};

pub(crate) static RULE: Rule = Rule {
    name: "legacy-env",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a variable that is not set automatically any more",
    explanation: "The older KaapanaBaseOperator set variables such as `WORKFLOW_DIR` and `OPERATOR_IN_DIR`, from which \
        programs built their paths. The Task API sets none of them: data is at the `mounted_path` of the \
        channels.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "command": ["segment", "--input", "$WORKFLOW_DIR/$BATCH_NAME"]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "command": ["segment", "--input", "/data/images"]"#
    )),
};

/// Each variable with what replaces it.
const LEGACY: [(&str, &str); 8] = [
    ("WORKFLOW_DIR", "data is at the `mounted_path` of each channel"),
    ("BATCH_NAME", "items are the subdirectories of an input channel"),
    ("OPERATOR_IN_DIR", "read from the `mounted_path` of an input channel"),
    ("OPERATOR_OUT_DIR", "write to the `mounted_path` of an output channel"),
    ("BATCHES_INPUT_DIR", "read from the `mounted_path` of an input channel"),
    ("RUN_ID", "nothing replaces it; pass what is needed as a variable of your own"),
    ("DAG_ID", "nothing replaces it; pass what is needed as a variable of your own"),
    ("TASK_ID", "nothing replaces it; pass what is needed as a variable of your own"),
];

pub(crate) fn check(env: &[Env<'_>], command: Option<&Command<'_>>, findings: &mut Findings<'_>) {
    for env in env {
        if let Some((name, instead)) = LEGACY.iter().find(|(name, _)| env.name.value == *name) {
            findings.report(&RULE, || report(env.name.node, name, instead));
        }
    }
    for word in command.into_iter().flat_map(|command| &command.words).filter(|word| word.value.contains('$')) {
        if let Some((name, instead)) = LEGACY.iter().find(|(name, _)| is_read_in(&word.value, name)) {
            findings.report(&RULE, || report(word.node, name, instead));
        }
    }
}

/// Whether `$NAME` or `${NAME}` stands in the text.
fn is_read_in(text: &str, name: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let rest = &text[at + 1..];
        let (rest, braced) = rest.strip_prefix('{').map_or((rest, false), |rest| (rest, true));
        rest.strip_prefix(name).is_some_and(|after| {
            let end = after.chars().next();
            if braced { end.is_some() } else { !end.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') }
        })
    })
}

fn report(node: Node<'_>, name: &str, instead: &str) -> Box<Diagnostic> {
    Diagnostic::new(&RULE, node, node.span(), format!("`{name}` is not set automatically any more"))
        .note(format!("instead: {instead}"))
}
