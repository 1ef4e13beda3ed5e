//! `limit-below-request`: a limit below the request.

use super::{Example, Group, Rule};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::Resources;
use crate::names::Names;
use crate::quantity::Quantity;

pub(crate) static RULE: Rule = Rule {
    name: "limit-below-request",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a limit below the request",
    explanation: "The request is what is set aside for the container, the limit is what it may use at most; no cluster \
        accepts a limit below the request.",
    bad: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "2Gi"}}"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [],
    "outputs": [],
    "env": [],
    "resources": {"limits": {"memory": "2Gi"}, "requests": {"memory": "1Gi"}}"#
    )),
};

pub(crate) fn check(resources: &Resources<'_>, findings: &mut Findings<'_>) {
    let requests = Names::new(resources.requests.iter().map(|request| &*request.name.value));
    for limit in &resources.limits {
        let request = requests.position(&limit.name.value).and_then(|position| resources.requests.get(position));
        let Some(request) = request else { continue };
        let amounts =
            (limit.text().map(|text| Quantity::parse(&text)), request.text().map(|text| Quantity::parse(&text)));
        let (Some(Ok(most)), Some(Ok(least))) = amounts else { continue };
        if most >= least {
            continue;
        }
        findings.report(&RULE, || {
            let (name, most, least) = (&limit.name.value, limit.value.source(), request.value.source());
            let message = format!("the limit of {most} for `{name}` is below the request of {least}");
            Diagnostic::new(&RULE, limit.value, limit.value.span(), message).related(
                DocumentRef::This,
                request.value.span(),
                "the request",
            )
        });
    }
}
