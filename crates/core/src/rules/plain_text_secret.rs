//! `plain-text-secret`: a secret written into the file.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Env;
use crate::secret::is_secret_name;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "plain-text-secret",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a secret written into the file",
    explanation: "The file is part of an image or a repository that others can read. Leave the value empty and set it \
        when the task runs, or refer to a variable of the environment: `{{ env.API_TOKEN }}`.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "API_TOKEN", "value": "abc123", "description": "Folds."}]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "API_TOKEN", "value": "", "description": "Folds."}]"#
    )),
};

pub(crate) fn check(env: &[Env<'_>], findings: &mut Findings<'_>) {
    for env in env {
        let Some(value) = env.value.as_ref().filter(|value| !value.value.is_empty()) else { continue };
        if !is_secret_name(&env.name.value) || has_expression(&value.value) {
            continue;
        }
        findings.report(&RULE, || {
            let message = format!("`{}` looks like a secret, and its value stands in the file", env.name.value);
            Diagnostic::new(&RULE, value.node, value.span(), message)
                .label("everybody who has the file can read it")
                .note("leave the value empty, or write {{ env.NAME }} to take it from the environment")
        });
    }
}
