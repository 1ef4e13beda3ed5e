//! `fixed-env-override`: a variable that may not be changed is set.

use task_api_json::rewrite;

use super::{EXAMPLE_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::Env;

pub(crate) static RULE: Rule = Rule {
    name: "fixed-env-override",
    group: Group::TaskWithContainer,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a variable that may not be changed is set",
    explanation: "The author of the container marked the variable with `\"adjustable\": false`: the program relies on its \
        value.",
    bad: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}],
  "env": [{"name": "MODEL", "value": "v3"}]}"#,
    ),
    good: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}]}"#,
    ),
};

pub(crate) fn check(overrides: &[(&Env<'_>, &Env<'_>)], document: DocumentRef, findings: &mut Findings<'_>) {
    for (env, declared) in overrides {
        let same_value = declared.value.as_ref().map(|text| &text.value) == env.value.as_ref().map(|text| &text.value);
        let Some(adjustable) = declared.adjustable.filter(|_| declared.is_fixed() && !same_value) else { continue };
        findings.report(&RULE, || {
            let message = format!("`{}` may not be changed", env.name.value);
            let mut diagnostic = Diagnostic::new(&RULE, env.node, env.name.span(), message).label("remove it").related(
                document,
                adjustable.span(),
                "not adjustable",
            );
            if let Some(value) = &declared.value {
                diagnostic = diagnostic.note(format!("its value is always {}", value.node.source()));
            }
            let removal = rewrite::remove_element(env.node);
            diagnostic.fix(Applicability::Unsafe, "remove it", removal)
        });
    }
}
