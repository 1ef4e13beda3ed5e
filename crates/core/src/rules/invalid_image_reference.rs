//! `invalid-image-reference`: no image reference.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::image;
use crate::model::Task;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "invalid-image-reference",
    group: Group::Task,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "no image reference",
    explanation: "An image is written as Docker writes it: `registry/repository:tag` or `repository@sha256:…`, in \
        lower case, without `https://`.",
    bad: Example::task(
        r#"{"name": "a", "image": "https://registry.example.com/lungs", "taskTemplate": "b", "inputs": [], "outputs": []}"#,
    ),
    good: Example::task(
        r#"{"name": "a", "image": "registry.example.com/lungs:1.0", "taskTemplate": "b", "inputs": [], "outputs": []}"#,
    ),
};

pub(crate) fn check(task: &Task<'_>, findings: &mut Findings<'_>) {
    let Some(reference) = task.image.as_ref().filter(|image| !has_expression(&image.value)) else { return };
    let Err(reason) = image::parse(&reference.value) else { return };
    findings.report(&RULE, || {
        let message = format!("{} is no image reference: {reason}", reference.node.source());
        let mut diagnostic = Diagnostic::new(&RULE, reference.node, reference.span(), message);
        let without_scheme =
            reference.value.strip_prefix("https://").or_else(|| reference.value.strip_prefix("http://"));
        if let Some(right) = without_scheme.filter(|right| image::parse(right).is_ok()) {
            let edit = TextEdit::replace(reference.span(), quote(right));
            diagnostic = diagnostic.fix(Applicability::Safe, format!("write \"{right}\""), vec![edit]);
        }
        diagnostic
    });
}
