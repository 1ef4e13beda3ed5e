//! Documents that name tests, held against the tests that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::project;

/// A page, the head of the tables' last column, and whether that column names nothing but tests.
const PAGES: [(&str, &str, bool); 3] = [
    ("docs/promises.md", "test", true),
    ("docs/language-server.md", "test", true),
    ("docs/architecture.md", "kept by", false),
];

#[test]
fn documents_name_tests_that_there_are() {
    let mut tests = BTreeSet::new();
    for directory in ["crates", "tests"] {
        collect_tests(&project::root().join(directory), &mut tests);
    }
    assert!(tests.len() > 500, "{} tests were found", tests.len());
    for (page, head, is_tests_alone) in PAGES {
        let text = crate::process::read(&project::root().join(page)).unwrap();
        let mut named = 0;
        let mut is_in_table = false;
        for line in text.lines() {
            let last_cell = line.strip_suffix(" |").and_then(|line| line.rsplit_once("| "));
            let Some((_, cell)) = last_cell else {
                is_in_table = line.starts_with("|---") && is_in_table;
                continue;
            };
            is_in_table |= cell == head;
            // Between backquotes stand the odd pieces.
            for name in cell.split('`').skip(1).step_by(2).filter(|_| is_in_table) {
                let looks_like_a_test =
                    name.matches('_').count() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                if is_tests_alone && !name.contains(' ') || looks_like_a_test {
                    assert!(tests.contains(name), "{page}: there is no test `{name}`");
                    named += 1;
                }
            }
        }
        assert!(named > 10, "{page}: only {named} tests are named");
    }
}

/// What the language server can do has a test, and what it cannot has a reason, not both.
#[test]
fn features_have_a_test_or_a_reason_why_there_are_none() {
    let text = crate::process::read(&project::root().join("docs/language-server.md")).unwrap();
    let mut features = 0;
    for line in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| feature |")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, ours, _, test] = cells[..] else { panic!("four cells make a row: {line}") };
        assert_eq!(ours == "no", !test.starts_with('`'), "{line}");
        assert!(test.starts_with('`') || test.ends_with('.'), "{line}");
        features += cells[0].matches('`').count() / 2;
    }
    assert!(features >= 85, "{features} features are named");
}

/// Names of functions that stand below `#[test]`, also inside of macros.
fn collect_tests(directory: &Path, tests: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            collect_tests(&path, tests);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for below in text.split("#[test]").skip(1) {
                let name = below.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
                tests.extend(name.map(|(name, _)| name.to_owned()));
            }
        }
    }
}
