//! What holds for every change that the tools make to a text: fixes, layout and migration. Tests and
//! fuzz targets check it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]
#![allow(dead_code, reason = "each fuzz target checks one kind of change")]

use task_api_core::diagnostic::{Applicability, Diagnostic, Severity};
use task_api_core::fix::fix;
use task_api_core::migrate::migrate;
use task_api_core::version::{detect_kind, detect_version};
use task_api_core::{ApiVersion, CheckOptions, Checked, Kind, check};
use task_api_json::{Kind as NodeKind, Node, apply_edits, format, parse};

/// So many fixes of one text are tried one by one.
const TRIED: usize = 24;

/// A safe fix adds no error and takes its own finding away; all of them together settle.
pub(crate) fn check_fixes(text: &str, options: &CheckOptions<'_>) {
    let before = check(text, options);
    let safe = before.diagnostics.iter().flat_map(|diagnostic| {
        let fixes = diagnostic.fixes.iter().filter(|fix| fix.applicability == Applicability::Safe);
        fixes.map(move |fix| (diagnostic, fix))
    });
    for (diagnostic, fix) in safe.take(TRIED) {
        let fixed = apply_edits(text, &fix.edits).unwrap();
        let after = check(&fixed, options);
        let same = |checked: &Checked| checked.diagnostics.iter().filter(|other| is_same(other, diagnostic)).count();
        assert!(is_no_worse(&after, &before), "{diagnostic:?}\n{text}\n->\n{fixed}\n{:?}", errors(&after));
        assert!(same(&after) < same(&before), "still there: {diagnostic:?}\n{text}\n->\n{fixed}");
    }
    let fixed = fix(text, options, Applicability::Safe);
    assert!(is_no_worse(&check(&fixed.text, options), &before), "{text}\n->\n{}", fixed.text);
    let again = fix(&fixed.text, options, Applicability::Safe);
    assert_eq!(again.applied, [], "{text}\n->\n{}\n->\n{}", fixed.text, again.text);
}

fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.rule.name == other.rule.name && one.message == other.message
}

fn errors(checked: &Checked) -> Vec<&str> {
    let errors = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| diagnostic.message.as_str()).collect()
}

/// Mended syntax may bring other errors to light.
fn is_no_worse(after: &Checked, before: &Checked) -> bool {
    let syntax = |checked: &Checked| checked.tree.errors().iter().filter(|error| !error.kind.is_note()).count();
    syntax(after) < syntax(before)
        || (syntax(after) == syntax(before) && after.count(Severity::Error) <= before.count(Severity::Error))
}

/// Layout changes nothing but white space, and is done after one time.
pub(crate) fn check_layout(text: &str) {
    let tree = parse(text);
    let Some(edits) = format(tree.root(text)) else {
        assert!(!tree.is_valid(), "{text}");
        return;
    };
    let laid_out = apply_edits(text, &edits).unwrap();
    let after = parse(&laid_out);
    assert!(after.is_valid(), "{text}\n->\n{laid_out}");
    assert!(tokens(tree.root(text)).eq(tokens(after.root(&laid_out))), "{text}\n->\n{laid_out}");
    assert_eq!(format(after.root(&laid_out)), Some(Vec::new()), "{text}\n->\n{laid_out}");
}

fn tokens(root: Node<'_>) -> impl Iterator<Item = (NodeKind, usize, &str)> {
    root.descendants().map(|node| match node.kind() {
        NodeKind::Array | NodeKind::Object => (node.kind(), node.members().count() + node.elements().count(), ""),
        kind => (kind, 0, node.source()),
    })
}

/// What a migration writes is a valid file of the other version if the file was valid, and the way
/// back leads to the same bytes if nothing was lost.
pub(crate) fn check_migration(text: &str, kind: Option<Kind>) {
    let tree = parse(text);
    let root = tree.root(text);
    let kind = kind.unwrap_or_else(|| detect_kind(root, None));
    let from = detect_version(root, kind);
    let errors_as = |text: &str, version| {
        let options =
            CheckOptions { kind: Some(kind), version: Some(version), schema_only: true, ..CheckOptions::default() };
        check(text, &options).diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect::<Vec<_>>()
    };
    let migration = migrate(text, Some(kind), from.other());
    assert_eq!(migrate(text, Some(kind), from).text.as_deref(), tree.is_valid().then_some(text));
    let is_valid = errors_as(text, from).is_empty();
    let Some(there) = migration.text else {
        assert!(!tree.is_valid() || !migration.notes.is_empty(), "no word on what prevents it: {text}");
        return;
    };
    assert!(parse(&there).is_valid(), "{text}\n->\n{there}");
    if !is_valid {
        return;
    }
    let found = errors_as(&there, from.other());
    assert!(found.is_empty(), "{text}\n->\n{there}\n{found:?}");
    let tree_there = parse(&there);
    assert_eq!(detect_version(tree_there.root(&there), kind), from.other(), "{text}\n->\n{there}");
    let back = migrate(&there, Some(kind), from).text;
    let Some(back) = back else { panic!("no way back: {text}\n->\n{there}") };
    assert!(errors_as(&back, from).is_empty(), "{text}\n->\n{there}\n->\n{back}");
    if from == ApiVersion::V0 && migration.notes.is_empty() && has_plain_laws(root) {
        assert_eq!(back, text, "by way of\n{there}");
    }
}

/// Whether each law is written as a migration writes it.
fn has_plain_laws(root: Node<'_>) -> bool {
    let laws = root.descendants().filter(|node| node.kind() == NodeKind::Key && node.is_str("complexity"));
    laws.filter_map(|key| key.value_of_key()).all(|value| {
        let factor = value.inner().strip_suffix("*n").unwrap_or_default();
        factor.parse::<i64>().is_ok_and(|number| number.to_string() == factor)
    })
}
