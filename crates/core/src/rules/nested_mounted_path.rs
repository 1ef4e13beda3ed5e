//! `nested-mounted-path`: one channel's path below another's.

use super::{Example, Group, MountedPath, Rule};
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;

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

pub(crate) fn check(paths: &[MountedPath<'_, '_>], findings: &mut Findings<'_>) {
    for (inner, outer) in outer_paths(paths).iter().enumerate() {
        let (Some(path), Some(outer)) = (paths.get(inner), outer.and_then(|outer| paths.get(outer))) else { continue };
        findings.report(&RULE, || {
            let message = format!("`{}` is mounted inside of `{}`", path.mount.name.value, outer.mount.name.value);
            Diagnostic::new(&RULE, path.path.node, path.path.span(), message)
                .note("it hides what the outer channel has at that place")
                .related(DocumentRef::This, outer.path.span(), "the outer channel")
        });
    }
}

/// For each path, the first of those that it is below.
fn outer_paths(paths: &[MountedPath<'_, '_>]) -> Vec<Option<usize>> {
    let normal = |index: usize| paths.get(index).map_or("", |path| path.normal.as_str());
    // What is below a path follows it at once, if `/` comes before all other bytes.
    let bytes = |index: usize| normal(index).bytes().map(|byte| if byte == b'/' { 0 } else { byte });
    let mut order: Vec<usize> = (0..paths.len()).filter(|&index| normal(index) != "/").collect();
    order.sort_by(|&a, &b| bytes(a).cmp(bytes(b)));
    let is_below = |inner: usize, outer: usize| {
        normal(inner).strip_prefix(normal(outer)).is_some_and(|rest| rest.starts_with('/'))
    };
    let mut found = vec![None; paths.len()];
    // The paths around the present one, outermost first: of each one of that path, the first that is
    // around it, and the first if it is counted itself.
    let mut around: Vec<(usize, Option<usize>, usize)> = Vec::new();
    for index in order {
        while around.last().is_some_and(|&(outer, ..)| !is_below(index, outer) && normal(index) != normal(outer)) {
            around.pop();
        }
        let outer = match around.last_mut() {
            Some((equal, outer, first)) if normal(*equal) == normal(index) => {
                *first = (*first).min(index);
                *outer
            }
            last => {
                let outer = last.map(|(.., first)| *first);
                around.push((index, outer, outer.map_or(index, |outer| outer.min(index))));
                outer
            }
        };
        if let Some(slot) = found.get_mut(index) {
            *slot = outer;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckOptions, check};

    #[test]
    fn the_first_outer_path_is_named() {
        let paths = ["/a/b", "/a-b", "/a/b/c", "/a", "/a", "/a/b", "/a/b/c/d", "/ab", "/x/y"];
        let mounts: Vec<String> = paths
            .iter()
            .enumerate()
            .map(|(index, path)| format!(r#"{{"name": "{index}", "mounted_path": "{path}", "description": "d"}}"#))
            .collect();
        let text = format!(
            r#"{{"name": "n", "description": "d", "templates": [{{"identifier": "t", "description": "d",
                "inputs": [{}], "outputs": [], "env": []}}]}}"#,
            mounts.join(", ")
        );
        let checked = check(&text, &CheckOptions::default());
        let nested = checked.diagnostics.iter().filter(|diagnostic| diagnostic.rule.name == RULE.name);
        let mut messages: Vec<&str> = nested.map(|diagnostic| diagnostic.message.as_str()).collect();
        messages.sort_unstable();
        let inside = |inner: usize, outer: usize| format!("`{inner}` is mounted inside of `{outer}`");
        assert_eq!(messages, [inside(0, 3), inside(2, 0), inside(5, 3), inside(6, 0)]);
    }
}
