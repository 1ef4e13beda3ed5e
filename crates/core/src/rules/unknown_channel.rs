//! `unknown-channel`: a directory for a channel that the template does not have.

use task_api_json::{TextEdit, quote};

use super::{EXAMPLE_CONTAINER, Example, Group, Rule, list_in_words};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Template, Volume};
use crate::side::{Side, template_in_words};
use crate::template;

pub(crate) static RULE: Rule = Rule {
    name: "unknown-channel",
    group: Group::TaskWithContainer,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a directory for a channel that the template does not have",
    explanation: "Channels join by name. A directory under a name that the template does not declare is not mounted, and \
        the channel that was meant stays without one.",
    bad: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "image", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}]}"#,
    ),
    good: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}]}"#,
    ),
};

pub(crate) fn check(
    of: &Template<'_>,
    side: &Side<'_, '_>,
    volume: &Volume<'_>,
    meant: Option<&str>,
    findings: &mut Findings<'_>,
) {
    let name = &volume.name;
    if template::has_expression(&name.value) {
        return;
    }
    findings.report(&RULE, || {
        let message = format!("{} has no {} `{}`", template_in_words(of), side.noun, name.value);
        let mut diagnostic = Diagnostic::new(&RULE, name.node, name.span(), message);
        let known = side.mounts.iter().map(|mount| format!("`{}`", mount.name.value));
        diagnostic = diagnostic.note(match known.len() {
            0 => format!("the template has no {}", side.name),
            _ => format!("its {} are {}", side.name, list_in_words(known)),
        });
        if let Some(nearest) = meant {
            diagnostic = diagnostic.label(format!("did you mean `{nearest}`?")).fix(
                Applicability::Safe,
                format!("bind `{nearest}`"),
                vec![TextEdit::replace(name.span(), quote(nearest))],
            );
        } else {
            diagnostic = diagnostic.label("is not mounted");
        }
        diagnostic
    });
}
