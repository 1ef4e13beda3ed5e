//! `conflicting-mounted-path`: two channels on one path.

use super::{Example, Group, Rule, mounted_paths};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::Template;

pub(crate) static RULE: Rule = Rule {
    name: "conflicting-mounted-path",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "two channels on one path",
    explanation: "Of two channels that are mounted at the same path, the container sees only one.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT."}],
    "outputs": [{"name": "masks", "mounted_path": "/data/", "description": "CT."}],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT."}],
    "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "CT."}],
    "env": []"#
    )),
};

pub(crate) fn check(template: &Template<'_>, findings: &mut Findings<'_>) {
    let paths = mounted_paths(template);
    for (index, (mount, path, normal)) in paths.iter().enumerate() {
        let Some((first, first_path, _)) = paths[..index].iter().find(|(.., other)| other == normal) else { continue };
        findings.report(&RULE, || {
            let message = format!("`{}` and `{}` are both mounted at {normal}", first.name.value, mount.name.value);
            Diagnostic::new(&RULE, path.node, path.span(), message).label("hides the other one").related(
                DocumentRef::This,
                first_path.span(),
                "mounted here first",
            )
        });
    }
}
