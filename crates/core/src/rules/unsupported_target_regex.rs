//! `unsupported-target-regex`: a `target_regex` that only Python understands.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::ScaleRule;
use crate::scale::RegexVerdict;
use crate::scale::regex_verdict;

pub(crate) static RULE: Rule = Rule {
    name: "unsupported-target-regex",
    group: Group::Container,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "a `target_regex` that only Python understands",
    explanation: "The expression uses look-around, back-references or another construct that other engines of regular \
        expressions do not have. It works where Python runs, and here when a task is run, but browsers and \
        editors cannot try it out.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_regex": "(?!seg).*", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_regex": "ct.*", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(rule: &ScaleRule<'_>, findings: &mut Findings<'_>) {
    let Some(pattern) = &rule.target_regex else { return };
    let RegexVerdict::PythonOnly(construct) = regex_verdict(&pattern.value) else { return };
    findings.report(&RULE, || {
        let message = format!("{} uses {construct}, which not every engine understands", pattern.node.source());
        Diagnostic::new(&RULE, pattern.node, pattern.span(), message)
    });
}
