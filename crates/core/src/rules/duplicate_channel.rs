//! `duplicate-channel`: two channels of a template with one name.

use super::{Example, Group, Rule, named, report_duplicates};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::Template;
use crate::names::Names;

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-channel",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "two channels of a template with one name",
    explanation: "A task binds a directory to a channel by its name, so the name must say which channel is meant. An \
        input and an output of one name can be told apart, but people confuse them: that is a warning.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/a", "description": "CT."}, {"name": "images", "mounted_path": "/b", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/a", "description": "CT."}, {"name": "priors", "mounted_path": "/b", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(template: &Template<'_>, findings: &mut Findings<'_>) {
    report_duplicates(&RULE, "input", template.inputs.iter().map(|mount| named(&mount.name)), findings);
    report_duplicates(&RULE, "output", template.outputs.iter().map(|mount| named(&mount.name)), findings);
    let inputs = Names::new(template.inputs.iter().map(|mount| &*mount.name.value));
    for output in &template.outputs {
        let name = &output.name;
        if let Some(input) = inputs.position(&name.value).and_then(|position| template.inputs.get(position)) {
            findings.report_as(&RULE, Severity::Warning, || {
                let message = format!("`{}` is an input and an output", name.value);
                Diagnostic::new(&RULE, name.node, name.span(), message)
                    .note("people and log messages that speak of the channel may mean either")
                    .related(DocumentRef::This, input.name.span(), "the input")
            });
        }
    }
}
