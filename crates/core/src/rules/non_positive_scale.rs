//! `non-positive-scale`: a scale rule that asks for nothing or less.

use task_api_json::{Kind, Node};

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::ScaleRule;
use crate::scale::WrittenLaw;

pub(crate) static RULE: Rule = Rule {
    name: "non-positive-scale",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a scale rule that asks for nothing or less",
    explanation: "A coefficient of zero or below gives no memory for any amount of data, and an exponent of zero gives \
        the same few bytes for all of it.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "-2*n", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(rule: &ScaleRule<'_>, findings: &mut Findings<'_>) {
    if let Some(factor) = rule.scale_factor.filter(|factor| factor.kind() == Kind::Number && !factor.is_positive()) {
        findings.report(&RULE, || report(factor, format!("a scale factor of {} asks for no memory", factor.source())));
    }
    let Some(complexity) = &rule.complexity else { return };
    let Some(law) = WrittenLaw::parse(&complexity.value) else { return };
    if !law.is_positive() {
        findings.report(&RULE, || report(complexity.node, format!("{} asks for no memory", complexity.node.source())));
    } else if law.exponent == 0 {
        findings.report(&RULE, || {
            let message = format!("{} does not grow with the data", complexity.node.source());
            report(complexity.node, message).note("for a fixed amount, set `resources.limits.memory`")
        });
    }
}

fn report(node: Node<'_>, message: String) -> Box<Diagnostic> {
    Diagnostic::new(&RULE, node, node.span(), message)
}
