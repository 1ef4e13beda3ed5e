//! `unknown-env`: an environment variable that the template does not declare.

use task_api_json::{TextEdit, quote};

use super::{EXAMPLE_CONTAINER, Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Task, Template};
use crate::names::Names;
use crate::side::template_in_words;
use crate::suggest::Suggestions;
use crate::template as expressions;

pub(crate) static RULE: Rule = Rule {
    name: "unknown-env",
    group: Group::TaskWithContainer,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "an environment variable that the template does not declare",
    explanation: "The variable is passed on to the container all the same. If it was meant to override one of the \
        template's, its name has to be spelt as there.",
    bad: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}],
  "env": [{"name": "TRESHOLD", "value": "0.7"}]}"#,
    ),
    good: Example::task_in(
        EXAMPLE_CONTAINER,
        r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}],
  "env": [{"name": "THRESHOLD", "value": "0.7"}]}"#,
    ),
};

pub(crate) fn check(task: &Task<'_>, template: &Template<'_>, declared: &Names<'_>, findings: &mut Findings<'_>) {
    let set = Names::new(task.env.iter().map(|env| &*env.name.value));
    let mut suggestions = Suggestions::default();
    for env in &task.env {
        let name = &env.name;
        if declared.contains(&name.value) || expressions::has_expression(&name.value) {
            continue;
        }
        findings.report(&RULE, || {
            let message = format!("{} does not declare the variable `{}`", template_in_words(template), name.value);
            let mut diagnostic = Diagnostic::new(&RULE, name.node, name.span(), message);
            let free =
                template.env.iter().map(|declared| &*declared.name.value).filter(|declared| !set.contains(declared));
            if let Some(nearest) = suggestions.nearest(&name.value, free) {
                diagnostic = diagnostic.label(format!("did you mean `{nearest}`?")).fix(
                    Applicability::Unsafe,
                    format!("set `{nearest}`"),
                    vec![TextEdit::replace(name.span(), quote(nearest))],
                );
            } else {
                diagnostic = diagnostic.label("passed on as it is");
            }
            diagnostic
        });
    }
}
