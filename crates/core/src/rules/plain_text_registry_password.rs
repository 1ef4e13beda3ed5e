//! `plain-text-registry-password`: a registry password written into the file.

use task_api_json::TextEdit;

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Text;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "plain-text-registry-password",
    group: Group::Task,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a registry password written into the file",
    explanation: "Whoever can read the file can use the password. Take it from the environment: `{{ \
        env.registryPassword }}`.",
    bad: Example::task(task_with!(
        r#"  "inputs": [{"name": "images", "input": {"host_path": "/data/images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/masks"}}],
  "config": {"registryPassword": "hunter2"}"#
    )),
    good: Example::task(task_with!(
        r#"  "inputs": [{"name": "images", "input": {"host_path": "/data/images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/masks"}}],
  "config": {"registryPassword": "{{ env.registryPassword }}"}"#
    )),
};

pub(crate) fn check(password: Option<&Text<'_>>, findings: &mut Findings<'_>) {
    let Some(password) = password else { return };
    if password.value.is_empty() || has_expression(&password.value) {
        return;
    }
    findings.report(&RULE, || {
        let edit = TextEdit::replace(password.span(), "\"{{ env.registryPassword }}\"");
        Diagnostic::new(&RULE, password.node, password.span(), "the registry's password stands in the file")
            .label("everybody who has the file can read it")
            .fix(Applicability::Unsafe, "take it from the environment", vec![edit])
    });
}
