//! Large documents full of defects: the work grows with the text, not with its square. Each of these
//! would take minutes otherwise.

use task_api_core::{CheckOptions, Kind, check};

fn check_repeated(kind: Kind, start: &str, unit: &str, end: &str, at_least: usize) {
    let text = format!("{start}{}{end}", unit.repeat((1 << 19) / unit.len()));
    let options = CheckOptions { kind: Some(kind), schema_only: true, ..CheckOptions::default() };
    let checked = check(&text, &options);
    let found = checked.diagnostics.len() + checked.dropped;
    assert!(found >= at_least, "{found} of {start} {unit}");
}

#[test]
fn a_defect_in_each_element_is_found_in_one_pass() {
    let container = r#"{"name": "a", "description": "b", "templates": ["#;
    check_repeated(Kind::ProcessingContainer, container, "1,", "1]}", 200_000);
    check_repeated(Kind::ProcessingContainer, container, "{},", "{}]}", 500_000);
    check_repeated(Kind::ProcessingContainer, container, "{\"a\":1,\"a\":1},", "{}]}", 30_000);
    check_repeated(Kind::Task, r#"{"command": ["#, "null,", "0]}", 100_000);
}

#[test]
fn members_of_one_object_and_broken_text_are_no_worse() {
    check_repeated(Kind::Task, "{", "\"naem\":1,", "\"a\":1}", 50_000);
    check_repeated(Kind::Task, r#"{"config": {"#, "\"k\":1,", "\"a\":1}}", 50_000);
    check_repeated(Kind::Task, r#"{"command": ["#, "a ", "", 1);
    check_repeated(Kind::Task, r#"{"command": ["#, "1;", "]}", 200_000);
    check_repeated(Kind::Task, r#"{"inputs": ["#, "{\"name\" 1}", "]}", 1);
}
