//! `missing-dockerfile-copy`: a Dockerfile that does not copy the file into the image.

use task_api_json::Span;

use super::{Around, Example, Group, Rule};
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Container;

pub(crate) static RULE: Rule = Rule {
    name: "missing-dockerfile-copy",
    group: Group::Project,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a Dockerfile that does not copy the file into the image",
    explanation: "The contract wants the file at the root of the image. The Dockerfile beside it needs a line such as \
        `COPY processing-container.json /processing-container.json`.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": []"#
    ))
    .around(Around::Dockerfile("FROM python:3.12\nCOPY start.py /app/\n")),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": []"#
    ))
    .around(Around::Dockerfile("FROM python:3.12\nCOPY start.py /app/\nCOPY processing-container.json /\n")),
};

const NAME: &str = "processing-container.json";

pub(crate) fn check(container: &Container<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    let Some(dockerfile) = around.dockerfile else { return };
    if copies(dockerfile) {
        return;
    }
    findings.report(&RULE, || {
        let start = container.node.span().start;
        let message = format!("the Dockerfile does not copy this file to /{NAME}");
        Diagnostic::new(&RULE, container.node, Span::new(start, start + 1), message)
            .note(format!("the image is no processing-container without it; add: COPY {NAME} /{NAME}"))
    });
}

/// Whether an instruction puts the file at the image's root. Instructions may go over several lines,
/// and a whole directory may be copied; then nothing can be said, and nothing is.
fn copies(dockerfile: &str) -> bool {
    let joined = dockerfile.replace("\\\r\n", " ").replace("\\\n", " ");
    joined.lines().map(str::trim).any(|line| {
        let mut words = line.split_whitespace();
        let instruction = words.next().unwrap_or_default();
        if !instruction.eq_ignore_ascii_case("COPY") && !instruction.eq_ignore_ascii_case("ADD") {
            return false;
        }
        let arguments =
            words.filter(|word| !word.starts_with("--")).map(|word| word.trim_matches(['[', ']', ',', '"']));
        let arguments: Vec<&str> = arguments.filter(|word| !word.is_empty()).collect();
        let Some((target, sources)) = arguments.split_last() else { return false };
        let names_it = target.trim_end_matches('/').ends_with(NAME);
        let to_root = matches!(*target, "/" | "/.");
        names_it
            || (to_root
                && sources.iter().any(|source| {
                    source.ends_with(NAME) || !source.contains('.') || *source == "." || source.contains('*')
                }))
    })
}
