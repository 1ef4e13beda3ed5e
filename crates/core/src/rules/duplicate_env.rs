//! `duplicate-env`: an environment variable given twice.

use super::{Example, Group, Rule, named, report_duplicates};
use crate::diagnostic::Severity;
use crate::findings::Findings;
use crate::model::Env;

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-env",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "an environment variable given twice",
    explanation: "The program sees one value only, and which one depends on who starts it.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "1", "description": "Folds."}, {"name": "FOLDS", "value": "5", "description": "Folds."}]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "5", "description": "Folds."}]"#
    )),
};

pub(crate) fn check(env: &[Env<'_>], findings: &mut Findings<'_>) {
    report_duplicates(&RULE, "variable", env.iter().map(|env| named(&env.name)), findings);
}
