//! `env-type-mismatch`: a value that is not of its declared type.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Env, Template, Text};
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "env-type-mismatch",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a value that is not of its declared type",
    explanation: "Values are strings in the file, and the declared type says how the program reads them: an `int` is a \
        whole number, a `boolean` is `true` or `false`. Declared on the template, it binds the default, the \
        choices, and what a task sets.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "five", "description": "Folds.", "type": "int"}]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "5", "description": "Folds.", "type": "int"}]"#
    )),
};

pub(crate) fn check_template(template: &Template<'_>, findings: &mut Findings<'_>) {
    for env in &template.env {
        let Some(kind) = env.kind.as_ref() else { continue };
        for text in env.value.iter().chain(&env.choices).filter(|text| !fits(&kind.value, &text.value)) {
            findings.report(&RULE, || report(env, kind, text, DocumentRef::This));
        }
    }
}

/// What a task sets, each with what its template declares.
pub(crate) fn check_overrides(overrides: &[(&Env<'_>, &Env<'_>)], document: DocumentRef, findings: &mut Findings<'_>) {
    for (env, declared) in overrides {
        let (Some(kind), Some(value)) = (&declared.kind, &env.value) else { continue };
        if !fits(&kind.value, &value.value) {
            findings.report(&RULE, || report(env, kind, value, document));
        }
    }
}

/// Whether a value can be read as its declared type.
pub fn fits(kind: &str, value: &str) -> bool {
    if has_expression(value) {
        return true;
    }
    match kind {
        "int" => {
            let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        "boolean" => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        _ => true,
    }
}

fn report(env: &Env<'_>, kind: &Text<'_>, value: &Text<'_>, document: DocumentRef) -> Box<Diagnostic> {
    let (name, written) = (&env.name.value, value.node.source());
    let message = if kind.value == "int" {
        format!("`{name}` is declared as `int`, and {written} is no whole number")
    } else {
        format!("`{name}` is declared as `boolean`, and {written} is neither \"true\" nor \"false\"")
    };
    let diagnostic =
        Diagnostic::new(&RULE, value.node, value.span(), message).related(document, kind.span(), "declared here");
    match mended(&kind.value, &value.value) {
        Some(right) => {
            let edit = TextEdit::replace(value.span(), quote(&right));
            diagnostic.fix(Applicability::Unsafe, format!("write \"{right}\""), vec![edit])
        }
        None => diagnostic,
    }
}

fn mended(kind: &str, value: &str) -> Option<String> {
    let trimmed = value.trim().to_ascii_lowercase();
    if kind == "boolean" {
        return match trimmed.as_str() {
            "1" | "yes" | "on" | "y" | "true" => Some("true".to_owned()),
            "0" | "no" | "off" | "n" | "false" => Some("false".to_owned()),
            _ => None,
        };
    }
    let whole = trimmed.strip_suffix(".0").unwrap_or(&trimmed);
    (fits(kind, whole)).then(|| whole.to_owned())
}
