//! `blank-description`: a description that says nothing.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Container, Template, Text};

pub(crate) static RULE: Rule = Rule {
    name: "blank-description",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a description that says nothing",
    explanation: "People choose a container and a template by their descriptions, and the structure of the data in a \
        channel is stated nowhere else. Missing descriptions of channels and variables are reported as \
        information.",
    bad: Example::container(
        r#"{
  "name": "lungs",
  "description": "",
  "templates": [{"identifier": "segment", "description": "Segments lungs.", "inputs": [], "outputs": [], "env": []}]
}"#,
    ),
    good: Example::container(
        r#"{
  "name": "lungs",
  "description": "Lungs in CT volumes.",
  "templates": [{"identifier": "segment", "description": "Segments lungs.", "inputs": [], "outputs": [], "env": []}]
}"#,
    ),
};

pub(crate) fn check_container(container: &Container<'_>, findings: &mut Findings<'_>) {
    check("the container", container.description.as_ref(), findings);
}

pub(crate) fn check_template(template: &Template<'_>, findings: &mut Findings<'_>) {
    check("the template", template.description.as_ref(), findings);
    for (noun, mounts) in [("input", &template.inputs), ("output", &template.outputs)] {
        for mount in mounts {
            let advice = "say which files it holds and how they are arranged";
            check_named(noun, &mount.name, mount.description.as_ref(), advice, findings);
        }
    }
    for env in &template.env {
        let advice = "say what it changes, in which unit and range";
        check_named("variable", &env.name, env.description.as_ref(), advice, findings);
    }
}

fn check(what: &str, description: Option<&Text<'_>>, findings: &mut Findings<'_>) {
    if let Some(description) = description.filter(|text| text.value.trim().is_empty()) {
        findings.report(&RULE, || {
            let message = format!("{what} has an empty description");
            Diagnostic::new(&RULE, description.node, description.span(), message)
        });
    }
}

fn check_named(noun: &str, name: &Text<'_>, description: Option<&Text<'_>>, advice: &str, findings: &mut Findings<'_>) {
    if description.is_some_and(|text| !text.value.trim().is_empty()) {
        return;
    }
    findings.report_as(&RULE, Severity::Info, || {
        let message = format!("the {noun} `{}` has no description", name.value);
        Diagnostic::new(&RULE, name.node, name.span(), message).note(advice)
    });
}
