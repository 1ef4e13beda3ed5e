//! `unknown-template`: the container has no template of this name.

use task_api_json::{TextEdit, quote};

use super::{EXAMPLE_CONTAINER, Example, Group, Rule, list_in_words};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Container, Text};
use crate::{suggest, template};

pub(crate) static RULE: Rule = Rule {
    name: "unknown-template",
    group: Group::TaskWithContainer,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "the container has no template of this name",
    explanation: "`taskTemplate` picks one of the templates in the image's processing-container.json by its `identifier`, \
        which has to be written exactly as there.",
    bad: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segmentation", "inputs": [], "outputs": []}"#,
    ),
    good: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}]}"#,
    ),
};

/// `position` is that of the container among those of the check.
pub(crate) fn check(identifier: &Text<'_>, container: &Container<'_>, position: u32, findings: &mut Findings<'_>) {
    if template::has_expression(&identifier.value) {
        return;
    }
    findings.report(&RULE, || {
        let identifiers: Vec<Text<'_>> = container.identifiers().collect();
        let known: Vec<String> = identifiers.iter().map(|known| format!("`{}`", known.value)).collect();
        let message = format!("the container has no template `{}`", identifier.value);
        let mut diagnostic = Diagnostic::new(&RULE, identifier.node, identifier.span(), message);
        diagnostic = diagnostic.note(match known.len() {
            0 => "the container has no templates at all".to_owned(),
            _ => format!("its templates are {}", list_in_words(known.iter().cloned())),
        });
        if let Some(span) = container.node.get("templates").map(|templates| templates.key().unwrap_or(templates).span())
        {
            diagnostic = diagnostic.related(DocumentRef::Container(position), span, "the container's templates");
        }
        let only = || if let [only] = &identifiers[..] { Some(&*only.value) } else { None };
        if let Some(nearest) = suggest::nearest(&identifier.value, identifiers.iter().map(|known| &*known.value)) {
            let edit = TextEdit::replace(identifier.span(), quote(nearest));
            diagnostic = diagnostic.label(format!("did you mean `{nearest}`?")).fix(
                Applicability::Safe,
                format!("use `{nearest}`"),
                vec![edit],
            );
        } else if let Some(only) = only() {
            let edit = TextEdit::replace(identifier.span(), quote(only));
            diagnostic = diagnostic.fix(Applicability::Unsafe, format!("use `{only}`"), vec![edit]);
        }
        diagnostic
    });
}
