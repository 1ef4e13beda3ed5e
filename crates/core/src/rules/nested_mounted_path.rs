//! `nested-mounted-path`: one channel's path below another's.

use super::{Example, Group, Rule, mounted_paths};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::Template;

pub(crate) static RULE: Rule = Rule {
    name: "nested-mounted-path",
    group: Group::Container,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "one channel's path below another's",
    explanation: "The inner channel hides what the outer one has at that place, and the engine has to make the \
        directory in the outer one to mount the inner one there.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data", "description": "CT."}],
    "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "CT."}],
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
    for (mount, path, normal) in &paths {
        let is_below =
            |outer: &str| outer != "/" && normal.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        let Some((outer, outer_path, _)) = paths.iter().find(|(.., other)| is_below(other)) else { continue };
        findings.report(&RULE, || {
            let message = format!("`{}` is mounted inside of `{}`", mount.name.value, outer.name.value);
            Diagnostic::new(&RULE, path.node, path.span(), message)
                .note("it hides what the outer channel has at that place")
                .related(DocumentRef::This, outer_path.span(), "the outer channel")
        });
    }
}
