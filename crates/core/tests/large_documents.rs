//! Large documents full of defects: the work grows with the text, not with its square. Each of these
//! would take minutes otherwise.

use task_api_core::diagnostic::Severity;
use task_api_core::{CheckOptions, Checked, Counts, Kind, Levels, MAX_DIAGNOSTICS, check};

fn check_repeated(kind: Kind, start: &str, unit: &str, end: &str, at_least: usize) {
    let text = format!("{start}{}{end}", unit.repeat((1 << 19) / unit.len()));
    let options = CheckOptions { kind: Some(kind), schema_only: true, ..CheckOptions::default() };
    let checked = check(&text, &options);
    let found = checked.found.total();
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

fn container_of(templates: &str) -> String {
    format!(r#"{{"name": "a", "description": "b", "templates": [{templates}{{}}]}}"#)
}

fn check_container(text: &str, options: CheckOptions<'_>) -> Checked {
    check(text, &CheckOptions { kind: Some(Kind::ProcessingContainer), ..options })
}

#[test]
fn a_megabyte_of_defects_is_counted_and_not_kept() {
    let text = container_of(&"{},".repeat(1_000_000 / 3));
    let checked = check_container(&text, CheckOptions::default());
    assert_eq!(checked.found, Counts { errors: 5 * 333_334, ..Counts::default() });
    assert_eq!(checked.diagnostics.len(), MAX_DIAGNOSTICS);
    assert_eq!(checked.left_out().errors, 5 * 333_334 - MAX_DIAGNOSTICS);
    assert_eq!(checked.diagnostics[MAX_DIAGNOSTICS - 1].pointer, "/templates/1999", "the first are kept");
}

#[test]
fn errors_are_not_lost_behind_notes() {
    let notes: String = (0..MAX_DIAGNOSTICS).map(|n| format!(r#"{{"name": "X{n}", "value": ""}},"#)).collect();
    let names = r#"{"name": "", "value": ""},"#.repeat(5);
    let template = format!(
        r#"{{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": [{notes}{names}{{"value": 1}}]}},"#
    );
    let checked = check_container(&container_of(&template), CheckOptions::default());
    let shown = |severity| checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    assert_eq!(checked.count(Severity::Info), MAX_DIAGNOSTICS + 5);
    assert_eq!(shown(Severity::Error), checked.count(Severity::Error));
    assert_eq!(shown(Severity::Error) + shown(Severity::Warning) + shown(Severity::Info), MAX_DIAGNOSTICS);
    assert!(!checked.is_valid());
}

#[test]
fn counts_follow_what_the_user_chose() {
    let text = container_of(&"{\"x\": 1},".repeat(MAX_DIAGNOSTICS));
    let all = check_container(&text, CheckOptions::default()).found;
    assert_eq!((all.errors, all.warnings), (5 * (MAX_DIAGNOSTICS + 1), MAX_DIAGNOSTICS));
    let level = |rule: &str, level| Levels::from_iter([(rule.to_owned(), level)]);
    let found = |levels, schema_only| {
        check_container(&text, CheckOptions { levels, schema_only, ..CheckOptions::default() }).found
    };
    assert_eq!(found(level("missing-field", None), false), Counts { errors: 0, ..all });
    let info = Counts { errors: 0, infos: all.errors, ..all };
    assert_eq!(found(level("missing-field", Some(Severity::Info)), false), info);
    let broken = text.replacen('{', &format!("{{\"x\": [{}],", "1;".repeat(3000)), 1);
    let count = |levels| check_container(&broken, CheckOptions { levels, ..CheckOptions::default() }).found;
    let with_syntax = count(Levels::new());
    let of_syntax = with_syntax.errors - count(level("syntax-error", None)).errors;
    assert_eq!(of_syntax, 3000);
    let milder = count(level("syntax-error", Some(Severity::Warning)));
    assert_eq!((milder.errors, milder.warnings), (with_syntax.errors - 3000, with_syntax.warnings + 3000));
    let task = r#"{"name": "", "image": "lungs", "taskTemplate": "", "inputs": [], "outputs": []}"#;
    let options = CheckOptions { kind: Some(Kind::Task), schema_only: true, ..CheckOptions::default() };
    assert_eq!(check(task, &options).found, Counts::default());
}

#[test]
fn long_names_are_not_repeated_without_bound() {
    let long = "k".repeat(1_000_000);
    let text = format!(r#"{{"{long}": {{{}"a": 1}}}}"#, "\"a\": 1,".repeat(5000));
    let checked = check_container(&text, CheckOptions::default());
    let kept: usize = checked.diagnostics.iter().map(|diagnostic| diagnostic.pointer.len()).sum();
    assert!(kept < 40 << 20, "{kept}");
    assert!(checked.left_out().warnings > 4000, "{:?}", checked.left_out());
}
