//! `blank-description`: a description that says nothing.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
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

pub(crate) fn check_container(container: &Container<'_>, diagnostics: &mut Vec<Diagnostic>) {
    check("the container", container.description.as_ref(), diagnostics);
}

pub(crate) fn check_template(template: &Template<'_>, diagnostics: &mut Vec<Diagnostic>) {
    check("the template", template.description.as_ref(), diagnostics);
    for (noun, mounts) in [("input", &template.inputs), ("output", &template.outputs)] {
        for mount in mounts {
            let advice = "say which files it holds and how they are arranged";
            check_named(noun, &mount.name, mount.description.as_ref(), advice, diagnostics);
        }
    }
    for env in &template.env {
        let advice = "say what it changes, in which unit and range";
        check_named("variable", &env.name, env.description.as_ref(), advice, diagnostics);
    }
}

fn check(what: &str, description: Option<&Text<'_>>, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(description) = description.filter(|text| text.value.trim().is_empty()) {
        let message = format!("{what} has an empty description");
        diagnostics.push(Diagnostic::new(&RULE, description.node, description.span(), message));
    }
}

fn check_named(
    noun: &str,
    name: &Text<'_>,
    description: Option<&Text<'_>>,
    advice: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if description.is_some_and(|text| !text.value.trim().is_empty()) {
        return;
    }
    let message = format!("the {noun} `{}` has no description", name.value);
    let diagnostic = Diagnostic::new(&RULE, name.node, name.span(), message).severity(Severity::Info);
    diagnostics.push(diagnostic.note(advice));
}
