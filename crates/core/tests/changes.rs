//! Fixes, layout and migration of every fixture and every rule's examples, and of cases that fuzzing found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]

use std::path::Path;

use task_api_core::{ApiVersion, CheckOptions, Kind, rules};

#[path = "changes/mod.rs"]
mod invariants;

#[allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "fixtures are files")]
fn fixtures() -> Vec<String> {
    fn collect(directory: &Path, texts: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, texts);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                texts.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut texts = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures"), &mut texts);
    assert!(texts.len() > 50, "{}", texts.len());
    texts
}

fn check_all(text: &str, container: Option<&str>) {
    invariants::check_layout(text);
    for kind in [None, Some(Kind::ProcessingContainer), Some(Kind::Task), Some(Kind::Workflow)] {
        invariants::check_migration(text, kind);
        for version in [None, Some(ApiVersion::V0), Some(ApiVersion::V1)] {
            invariants::check_fixes(text, &CheckOptions { kind, version, container, ..CheckOptions::default() });
        }
    }
}

#[test]
fn changes_of_fixtures_hold() {
    fixtures().iter().for_each(|text| check_all(text, None));
}

#[test]
fn changes_of_examples_hold() {
    for example in rules::ALL.iter().flat_map(|rule| [&rule.bad, &rule.good]) {
        check_all(example.text, example.container);
    }
}

#[test]
fn changes_that_fuzzing_found_hold() {
    let cases = [
        "\"name\": \"a\", \"templates\": []}",
        "{\"name\": \"a\" # b\n \"description\": \"c\" // d\n // e\n \"templates\": []}",
    ];
    cases.iter().for_each(|text| check_all(text, None));
}
