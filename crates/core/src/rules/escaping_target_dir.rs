//! `escaping-target-dir`: a `target_dir` outside of its channel.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::ScaleRule;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "escaping-target-dir",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a `target_dir` outside of its channel",
    explanation: "The directory is relative to the channel. An absolute path, or one that goes up and out with `..`, \
        would measure files of the host that have nothing to do with the task.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_dir": "../other", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT.", "scale_rule": {"complexity": "n", "target_dir": "ct", "type": "limit", "mode": "sum"}}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(rule: &ScaleRule<'_>, findings: &mut Findings<'_>) {
    let Some(directory) = rule.target_dir.as_ref().filter(|directory| !has_expression(&directory.value)) else {
        return;
    };
    let reason = if directory.value.starts_with('/') {
        "is absolute"
    } else if leaves(&directory.value) {
        "leads out of it"
    } else {
        return;
    };
    findings.report(&RULE, || {
        let message = format!("`target_dir` must stay in the channel, but {} {reason}", directory.node.source());
        Diagnostic::new(&RULE, directory.node, directory.span(), message)
    });
}

fn leaves(path: &str) -> bool {
    let mut depth = 0i32;
    path.split('/').any(|part| {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        depth < 0
    })
}
