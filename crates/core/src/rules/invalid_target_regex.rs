//! `invalid-target-regex`: a `target_regex` that is no regular expression.

use task_api_json::rewrite;

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::ScaleRule;
use crate::scale::RegexVerdict;
use crate::scale::regex_verdict;

pub(crate) static RULE: Rule = Rule {
    name: "invalid-target-regex",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a `target_regex` that is no regular expression",
    explanation: "The expression selects the files that a scale rule counts. It has to match the whole path of a file \
        relative to the target directory. A shell pattern such as `*.nii.gz` belongs into `target_glob`.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_regex": "*.nii", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_regex": ".*\\.nii", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(rule: &ScaleRule<'_>, findings: &mut Findings<'_>) {
    let Some(pattern) = &rule.target_regex else { return };
    let RegexVerdict::Invalid(reason) = regex_verdict(&pattern.value) else { return };
    findings.report(&RULE, || {
        let message = format!("{} is no regular expression: {reason}", pattern.node.source());
        let mut diagnostic = Diagnostic::new(&RULE, pattern.node, pattern.span(), message);
        let looks_like_glob = pattern.value.starts_with('*');
        if let Some(key) = pattern.node.key().filter(|_| looks_like_glob && rule.target_glob.is_none()) {
            diagnostic = diagnostic.label("looks like a shell pattern").fix(
                Applicability::Unsafe,
                "make it the `target_glob`",
                vec![rewrite::rename_key(key, "target_glob")],
            );
        }
        diagnostic
    });
}
