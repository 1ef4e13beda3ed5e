//! `invalid-expression`: found by the command line, which has an engine for templates.

use crate::diagnostic::Severity;
use crate::rules::{Around, Example, Group, Rule};

pub static RULE: Rule = Rule {
    name: "invalid-expression",
    group: Group::Project,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a template expression that cannot be rendered (with `--render`)",
    explanation: "Expressions are of the language of Jinja, with the functions and filters of `minijinja`, and may read \
        `env` and `custom` alone. Work and length are bounded. What the template language takes for its own is \
        `{{`, `{%` and `{#`; to have one of them in the result, as `${#NAME}` of a shell has, write it as a string: \
        `{{ '${#' }}NAME}`.",
    bad: Example::task(
        r#"{"name": "study-7", "image": "{{ env.REGISTRY | uppercase }}/lungs:1.0", "taskTemplate": "segment", "inputs": [], "outputs": []}"#,
    )
    .around(Around::Variables(&["REGISTRY"])),
    good: Example::task(
        r#"{"name": "study-7", "image": "{{ env.REGISTRY | lower }}/lungs:1.0", "taskTemplate": "segment", "inputs": [], "outputs": []}"#,
    )
    .around(Around::Variables(&["REGISTRY"])),
};
