//! `invalid-quantity`: an amount that is no Kubernetes quantity.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Resources;
use crate::quantity::{Quantity, QuantityError};
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "invalid-quantity",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "an amount that is no Kubernetes quantity",
    explanation: "Amounts are Kubernetes quantities: `500m`, `2`, `1.5`, `512Mi`, `4Gi`, `129e6`. Units are case- \
        sensitive, `M` is a million and `Mi` is 1048576, and bytes themselves have no unit.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"memory": "500MB"}}"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"memory": "500Mi"}}"#
    )),
};

pub(crate) fn check(resources: &Resources<'_>, findings: &mut Findings<'_>) {
    for quantity in resources.limits.iter().chain(&resources.requests) {
        let (name, node) = (&quantity.name.value, quantity.value);
        let Some(text) = quantity.text() else {
            findings.report(&RULE, || {
                let message = format!("the amount of `{name}` must be a string or a number");
                Diagnostic::new(&RULE, node, node.span(), message)
            });
            continue;
        };
        let Err(error) = Quantity::parse(&text) else { continue };
        if has_expression(&text) {
            continue;
        }
        findings.report(&RULE, || {
            let message = format!("{} is no amount of `{name}`: {error}", node.source());
            let mut diagnostic = Diagnostic::new(&RULE, node, node.span(), message);
            if let QuantityError::UnknownUnit(unit, Some(meant)) = &error {
                let right = format!("{}{meant}", text.strip_suffix(unit.as_str()).unwrap_or(&text));
                let edit = TextEdit::replace(node.span(), quote(&right));
                diagnostic = diagnostic.fix(Applicability::Unsafe, format!("write \"{right}\""), vec![edit]);
            }
            diagnostic
        });
    }
}
