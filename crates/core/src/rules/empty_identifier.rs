//! `empty-identifier`: a template, channel or container without a name.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Container, Template, Text};

pub(crate) static RULE: Rule = Rule {
    name: "empty-identifier",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a template, channel or container without a name",
    explanation: "Tasks refer to templates and channels by name, and an empty one cannot be told from a forgotten one.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "", "mounted_path": "/data", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check_container(container: &Container<'_>, findings: &mut Findings<'_>) {
    check("the container", container.name.as_ref(), findings);
}

pub(crate) fn check_template(template: &Template<'_>, findings: &mut Findings<'_>) {
    check("the template", template.identifier.as_ref(), findings);
    for (noun, mounts) in [("the input", &template.inputs), ("the output", &template.outputs)] {
        for mount in mounts {
            check(noun, Some(&mount.name), findings);
        }
    }
}

fn check(what: &str, name: Option<&Text<'_>>, findings: &mut Findings<'_>) {
    if let Some(name) = name.filter(|name| name.value.trim().is_empty()) {
        findings.report(&RULE, || Diagnostic::new(&RULE, name.node, name.span(), format!("{what} has no name")));
    }
}
