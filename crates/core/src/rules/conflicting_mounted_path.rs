//! `conflicting-mounted-path`: two channels on one path.

use super::{Example, Group, MountedPath, Rule};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::names::Names;

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

pub(crate) fn check(paths: &[MountedPath<'_, '_>], findings: &mut Findings<'_>) {
    let firsts = Names::new(paths.iter().map(|path| path.normal.as_str()));
    for (position, path) in paths.iter().enumerate() {
        let first = firsts.position(&path.normal).filter(|first| *first < position);
        let Some(first) = first.and_then(|first| paths.get(first)) else { continue };
        findings.report(&RULE, || {
            let (one, other) = (&first.mount.name.value, &path.mount.name.value);
            let message = format!("`{one}` and `{other}` are both mounted at {}", path.normal);
            Diagnostic::new(&RULE, path.path.node, path.path.span(), message).label("hides the other one").related(
                DocumentRef::This,
                first.path.span(),
                "mounted here first",
            )
        });
    }
}
