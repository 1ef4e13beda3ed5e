//! `invalid-target-glob`: a `target_glob` that is no shell pattern.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::ScaleRule;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "invalid-target-glob",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a `target_glob` that is no shell pattern",
    explanation: "The pattern selects files by name below the target directory. It must not be empty or absolute, and \
        `**` must be a whole part of the path.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_glob": "/data/*.nii", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_glob": "*.nii", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(rule: &ScaleRule<'_>, findings: &mut Findings<'_>) {
    let Some(glob) = rule.target_glob.as_ref().filter(|glob| !has_expression(&glob.value)) else { return };
    let reason = if glob.value.is_empty() {
        "it is empty; leave the field out to count all files"
    } else if glob.value.starts_with('/') {
        "it is matched below the target directory and cannot be absolute"
    } else if glob.value.split('/').any(|part| part.contains("**") && part != "**") {
        "`**` must stand alone between slashes"
    } else if glob.value.split('/').any(|part| part == "..") {
        "it cannot go up with `..`"
    } else {
        return;
    };
    findings.report(&RULE, || {
        let message = format!("{} is no pattern for files: {reason}", glob.node.source());
        Diagnostic::new(&RULE, glob.node, glob.span(), message)
    });
}
