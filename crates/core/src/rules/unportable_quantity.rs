//! `unportable-quantity`: an amount that the reference command line cannot read.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Resources;
use crate::quantity::Quantity;

pub(crate) static RULE: Rule = Rule {
    name: "unportable-quantity",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "an amount that the reference command line cannot read",
    explanation: "The amount is right for Kubernetes, but the reference implementation reads memory in `Ki`, `Mi`, \
        `Gi` and the like only, always with a unit, and fails at run time otherwise.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"memory": "512M"}}"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"memory": "512Mi"}}"#
    )),
};

const PORTABLE: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

pub(crate) fn check(resources: &Resources<'_>, findings: &mut Findings<'_>) {
    for quantity in resources.limits.iter().chain(&resources.requests).filter(|q| q.name.value == "memory") {
        let Some(text) = quantity.text() else { continue };
        let Ok(amount) = Quantity::parse(&text) else { continue };
        if PORTABLE.iter().any(|unit| text.ends_with(unit)) {
            continue;
        }
        findings.report(&RULE, || {
            let node = quantity.value;
            let message = format!("the reference command line cannot read {}", node.source());
            let mut diagnostic =
                Diagnostic::new(&RULE, node, node.span(), message).note("it wants a unit such as `Mi` or `Gi`");
            if let Some(right) = portable(amount.ceil()) {
                let edit = TextEdit::replace(node.span(), quote(&right));
                let title = format!("write \"{right}\", the same or just above");
                diagnostic = diagnostic.fix(Applicability::Unsafe, title, vec![edit]);
            }
            diagnostic
        });
    }
}

/// The amount in the largest unit that says it exactly, else in `Mi`, rounded up.
fn portable(bytes: u64) -> Option<String> {
    if bytes == 0 {
        return None;
    }
    let units = [(30, "Gi"), (20, "Mi"), (10, "Ki")];
    if let Some((power, unit)) = units.iter().find(|(power, _)| bytes.is_multiple_of(1 << power)) {
        return Some(format!("{}{unit}", bytes >> power));
    }
    Some(format!("{}Mi", bytes.div_ceil(1 << 20)))
}
