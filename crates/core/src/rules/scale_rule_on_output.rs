//! `scale-rule-on-output`: a scale rule on an output.

use task_api_json::rewrite;

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::ScaleRule;

pub(crate) static RULE: Rule = Rule {
    name: "scale-rule-on-output",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a scale rule on an output",
    explanation: "Rules measure the data that goes in. An output is empty when the container starts, so a rule on it \
        has no effect.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [{"name": "masks", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}}],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [{"name": "masks", "mounted_path": "/data", "description": "CT."}],
    "env": []"#
    )),
};

pub(crate) fn check(rule: &ScaleRule<'_>, findings: &mut Findings<'_>) {
    let Some(key) = rule.node.key() else { return };
    findings.report(&RULE, || {
        Diagnostic::new(&RULE, rule.node, key.span(), "a scale rule on an output has no effect")
            .note("rules measure the data of inputs")
            .fix(Applicability::Unsafe, "remove the rule", rewrite::remove_member(key))
    });
}
