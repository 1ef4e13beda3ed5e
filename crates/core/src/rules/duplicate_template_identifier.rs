//! `duplicate-template-identifier`: two templates with one identifier.

use super::{Example, Group, Rule, report_duplicates};
use crate::diagnostic::Severity;
use crate::findings::Findings;
use crate::model::Container;

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-template-identifier",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "two templates with one identifier",
    explanation: "A task picks a template by its identifier. Of two with the same one, only the first can ever be \
        picked.",
    bad: Example::container(
        r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {"identifier": "segment", "description": "Both lungs.", "inputs": [], "outputs": [], "env": []},
    {"identifier": "segment", "description": "Lobes.", "inputs": [], "outputs": [], "env": []}
  ]
}"#,
    ),
    good: Example::container(
        r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {"identifier": "segment", "description": "Both lungs.", "inputs": [], "outputs": [], "env": []},
    {"identifier": "segment-lobes", "description": "Lobes.", "inputs": [], "outputs": [], "env": []}
  ]
}"#,
    ),
};

pub(crate) fn check(container: &Container<'_>, findings: &mut Findings<'_>) {
    let identifiers = container.identifiers().map(|identifier| (identifier.value, identifier.node));
    report_duplicates(&RULE, "template", identifiers, findings);
}
