//! `env-value-not-in-choices`: a value that is not among the choices.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule, list_in_words};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Env, Template, Text};
use crate::suggest;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "env-value-not-in-choices",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a value that is not among the choices",
    explanation: "Choices say which values the program understands; forms offer just these. The default has to be one \
        of them, and so has what a task sets. An empty list means no restriction.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "2", "description": "Folds.", "choices": ["1", "3", "5"]}]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "3", "description": "Folds.", "choices": ["1", "3", "5"]}]"#
    )),
};

pub(crate) fn check_template(template: &Template<'_>, findings: &mut Findings<'_>) {
    for env in &template.env {
        if let Some(value) = &env.value {
            check(env, value, DocumentRef::This, findings);
        }
    }
}

/// What a task sets, each with what its template declares.
pub(crate) fn check_overrides(overrides: &[(&Env<'_>, &Env<'_>)], document: DocumentRef, findings: &mut Findings<'_>) {
    for (env, declared) in overrides {
        if let Some(value) = &env.value {
            check(declared, value, document, findings);
        }
    }
}

fn check(declared: &Env<'_>, value: &Text<'_>, document: DocumentRef, findings: &mut Findings<'_>) {
    let choices = &declared.choices;
    let unknown = has_expression(&value.value) || choices.iter().any(|choice| has_expression(&choice.value));
    if choices.is_empty() || unknown || choices.iter().any(|choice| choice.value == value.value) {
        return;
    }
    findings.report(&RULE, || {
        let listed = list_in_words(choices.iter().map(|choice| choice.node.source().to_owned()));
        let message =
            format!("`{}` cannot be {}: the choices are {}", declared.name.value, value.node.source(), listed);
        let mut diagnostic = Diagnostic::new(&RULE, value.node, value.span(), message);
        if let Some(first) = choices.first() {
            diagnostic = diagnostic.related(document, first.span(), "the choices");
        }
        if let Some(nearest) = suggest::nearest(&value.value, choices.iter().map(|choice| &*choice.value)) {
            let edit = TextEdit::replace(value.span(), quote(nearest));
            diagnostic = diagnostic.label(format!("did you mean \"{nearest}\"?")).fix(
                Applicability::Unsafe,
                format!("write \"{nearest}\""),
                vec![edit],
            );
        }
        diagnostic
    });
}
