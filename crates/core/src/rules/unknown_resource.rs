//! `unknown-resource`: a resource that Kubernetes does not know.

use task_api_json::rewrite;

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::Resources;
use crate::suggest;

pub(crate) static RULE: Rule = Rule {
    name: "unknown-resource",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a resource that Kubernetes does not know",
    explanation: "Kubernetes knows `cpu`, `memory`, `ephemeral-storage`, `hugepages-…`, and resources of vendors with \
        a domain, such as `nvidia.com/gpu`. Any other name is refused by a cluster and has no effect with \
        Docker.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"gpu": "1"}}"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"nvidia.com/gpu": "1"}}"#
    )),
};

const KNOWN: [&str; 4] = ["cpu", "memory", "ephemeral-storage", "nvidia.com/gpu"];

pub(crate) fn check(resources: &Resources<'_>, findings: &mut Findings<'_>) {
    for name in resources.limits.iter().chain(&resources.requests).map(|quantity| &quantity.name) {
        let is_vendors =
            name.value.split_once('/').is_some_and(|(domain, rest)| domain.contains('.') && !rest.is_empty());
        if KNOWN.contains(&&*name.value) || name.value.starts_with("hugepages-") || is_vendors {
            continue;
        }
        findings.report(&RULE, || {
            let message = format!("`{}` is no resource that Kubernetes knows", name.value);
            let mut diagnostic = Diagnostic::new(&RULE, name.node, name.span(), message);
            let meant = if name.value.eq_ignore_ascii_case("gpu") {
                Some("nvidia.com/gpu")
            } else {
                suggest::nearest(&name.value, KNOWN)
            };
            if let Some(meant) = meant {
                diagnostic = diagnostic.label(format!("did you mean `{meant}`?")).fix(
                    Applicability::Unsafe,
                    format!("rename to `{meant}`"),
                    vec![rewrite::rename_key(name.node, meant)],
                );
            }
            diagnostic
        });
    }
}
