//! `relative-mounted-path`: a mounted path that is not absolute.

use task_api_json::{TextEdit, quote};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::findings::Findings;
use crate::model::{Template, Text};
use crate::template::has_expression;

pub(crate) static RULE: Rule = Rule {
    name: "relative-mounted-path",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a mounted path that is not absolute",
    explanation: "The engine mounts at absolute paths only, and a path with `..` is not where it seems to be.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "data/images", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
};

pub(crate) fn check(template: &Template<'_>, findings: &mut Findings<'_>) {
    for path in template.inputs.iter().chain(&template.outputs).filter_map(|mount| mount.mounted_path.as_ref()) {
        let has_parent = path.value.split('/').any(|part| part == "..");
        if has_expression(&path.value) || (path.value.starts_with('/') && !has_parent) {
            continue;
        }
        findings.report(&RULE, || report(path, has_parent));
    }
}

fn report(path: &Text<'_>, has_parent: bool) -> Box<Diagnostic> {
    if has_parent {
        let message = format!("the mounted path {} goes up with `..`", path.node.source());
        return Diagnostic::new(&RULE, path.node, path.span(), message).label("write the path without `..`");
    }
    let message = format!("the mounted path {} is not absolute", path.node.source());
    let diagnostic = Diagnostic::new(&RULE, path.node, path.span(), message).label("must begin with `/`");
    let absolute = format!("/{}", path.value.trim_start_matches("./"));
    if absolute == "/" {
        return diagnostic;
    }
    let edit = TextEdit::replace(path.span(), quote(&absolute));
    diagnostic.fix(Applicability::Unsafe, format!("write \"{absolute}\""), vec![edit])
}
