//! `invalid-env-name`: a name that no environment variable can have.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Env;
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "invalid-env-name",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a name that no environment variable can have",
    explanation: "An empty name and one with `=` or a NUL cannot be set at all. Names that are not made of letters, \
        digits and underscores can be set, but shells cannot read them: that is a warning.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS=", "value": "1", "description": "Folds."}]"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [{"name": "FOLDS", "value": "1", "description": "Folds."}]"#
    )),
};

pub(crate) fn check(env: &[Env<'_>], findings: &mut Findings<'_>) {
    for name in env.iter().map(|env| &env.name).filter(|name| !has_expression(&name.value)) {
        let diagnostic = |message: String| Diagnostic::new(&RULE, name.node, name.span(), message);
        let is_posix = !name.value.starts_with(|first: char| first.is_ascii_digit())
            && name.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_posix && !name.value.is_empty() {
            continue;
        }
        if name.value.is_empty() {
            findings.report(&RULE, || diagnostic("the variable has no name".to_owned()));
        } else if name.value.contains(['=', '\0']) {
            findings.report(&RULE, || {
                let message = format!("no variable can be called {}", name.node.source());
                diagnostic(message).note("a name has neither `=` nor NUL in it")
            });
        } else {
            findings.report_as(&RULE, Severity::Warning, || {
                let message = format!("shells cannot read a variable called {}", name.node.source());
                diagnostic(message).note("names are made of letters, digits and `_`, and begin with no digit")
            });
        }
    }
}
