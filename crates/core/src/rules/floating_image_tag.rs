//! `floating-image-tag`: an image without a fixed version.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::image;
use crate::model::Task;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "floating-image-tag",
    group: Group::Task,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "an image without a fixed version",
    explanation: "Without a tag, or with `latest`, a later run may use another program than this one. Name a version \
        or a digest.",
    bad: Example::task(r#"{"name": "a", "image": "lungs:latest", "taskTemplate": "b", "inputs": [], "outputs": []}"#),
    good: Example::task(r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "b", "inputs": [], "outputs": []}"#),
};

pub(crate) fn check(task: &Task<'_>, findings: &mut Findings<'_>) {
    let Some(reference) = task.image.as_ref().filter(|image| !has_expression(&image.value)) else { return };
    let Ok(image) = image::parse(&reference.value) else { return };
    let message = match (image.tag, image.digest) {
        (_, Some(_)) => return,
        (None, None) => "the image has no tag, which means `latest`",
        (Some("latest"), None) => "the tag `latest` may be another image tomorrow",
        (Some(_), None) => return,
    };
    findings.report(&RULE, || {
        Diagnostic::new(&RULE, reference.node, reference.span(), message)
            .note("name a version or a digest, so that a later run uses the same program")
    });
}
