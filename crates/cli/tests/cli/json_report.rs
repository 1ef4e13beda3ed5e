//! `validate --format json`: every field that is documented, and no other.

use serde_json::Value;

use crate::support::{CONTAINER, Project, TASK};

/// The keys of an object: those that must be there, and those that may.
#[track_caller]
fn has_keys(value: &Value, required: &[&str], optional: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for key in required {
        assert!(object.contains_key(*key), "`{key}` is missing in {value}");
    }
    for key in object.keys() {
        assert!(required.contains(&key.as_str()) || optional.contains(&key.as_str()), "`{key}` is undocumented");
    }
}

#[track_caller]
fn is_range(range: &Value) {
    has_keys(range, &["start", "end"], &[]);
    for side in ["start", "end"] {
        has_keys(&range[side], &["line", "character", "offset"], &[]);
        assert!(["line", "character", "offset"].iter().all(|name| range[side][name].is_u64()), "{range}");
    }
    assert!(range["start"]["offset"].as_u64() <= range["end"]["offset"].as_u64(), "{range}");
}

/// Panics unless the report is as documented.
#[track_caller]
pub(crate) fn is_report(report: &Value) {
    has_keys(report, &["version", "summary", "files"], &[]);
    assert_eq!(report["version"], 1);
    has_keys(&report["summary"], &["files", "valid", "errors", "warnings", "infos"], &[]);
    for file in report["files"].as_array().unwrap() {
        has_keys(file, &["path", "kind", "apiVersion", "valid", "diagnostics"], &["omitted"]);
        if file.get("omitted").is_some() {
            has_keys(&file["omitted"], &["errors", "warnings", "infos"], &[]);
        }
        assert!(["processing-container", "task", "workflow"].contains(&file["kind"].as_str().unwrap()));
        assert!(file["apiVersion"].is_null() || [0, 1].contains(&file["apiVersion"].as_u64().unwrap()));
        for diagnostic in file["diagnostics"].as_array().unwrap() {
            let required = ["rule", "severity", "group", "message", "pointer", "range", "related", "fixes"];
            has_keys(diagnostic, &required, &["note", "label"]);
            assert!(["error", "warning", "info"].contains(&diagnostic["severity"].as_str().unwrap()));
            is_range(&diagnostic["range"]);
            for related in diagnostic["related"].as_array().unwrap() {
                has_keys(related, &["message", "path", "range"], &[]);
                is_range(&related["range"]);
            }
            for fix in diagnostic["fixes"].as_array().unwrap() {
                has_keys(fix, &["title", "applicability", "edits"], &[]);
                assert!(["safe", "unsafe"].contains(&fix["applicability"].as_str().unwrap()));
                for edit in fix["edits"].as_array().unwrap() {
                    has_keys(edit, &["range", "newText"], &[]);
                    is_range(&edit["range"]);
                }
            }
        }
    }
}

fn report_of(project: &Project, arguments: &str) -> (u8, Value) {
    let ran = project.run(format!("validate --format json {arguments}").split_whitespace());
    assert_eq!(ran.err(), "");
    let report = ran.json();
    is_report(&report);
    (ran.code, report)
}

#[test]
fn a_valid_file() {
    let (code, report) = report_of(&Project::with_task(), "task.json");
    let expected = serde_json::json!({
        "version": 1,
        "summary": { "files": 1, "valid": 1, "errors": 0, "warnings": 0, "infos": 0 },
        "files": [{ "path": "task.json", "kind": "task", "apiVersion": 0, "valid": true, "diagnostics": [] }],
    });
    assert_eq!((code, report), (0, expected));
}

#[test]
fn every_field() {
    let project = Project::with_task().file("task.json", TASK.replace("\"segment\"", "\"segmen\""));
    let (code, report) = report_of(&project, "task.json --container processing-container.json");
    let text = std::fs::read_to_string(project.path("task.json")).unwrap();
    let container = CONTAINER;
    let place = |text: &str, line: u64, character: u64, needle: &str| {
        let offset = text.find(needle).unwrap();
        let end = character + needle.len() as u64;
        serde_json::json!({
            "start": { "line": line, "character": character, "offset": offset },
            "end": { "line": line, "character": end, "offset": offset + needle.len() },
        })
    };
    let range = place(&text, 3, 18, "\"segmen\"");
    assert_eq!(code, 1);
    assert_eq!(
        report["summary"],
        serde_json::json!({ "files": 1, "valid": 0, "errors": 1, "warnings": 0, "infos": 0 })
    );
    let diagnostic = &report["files"][0]["diagnostics"][0];
    assert_eq!(diagnostic["rule"], "unknown-template");
    assert_eq!(diagnostic["severity"], "error");
    assert_eq!(diagnostic["group"], "task-with-container");
    assert_eq!(diagnostic["pointer"], "/taskTemplate");
    assert_eq!(diagnostic["range"], range);
    assert_eq!(diagnostic["related"][0]["path"], "processing-container.json");
    assert_eq!(diagnostic["related"][0]["range"], place(container, 3, 2, "\"templates\""));
    let fix = &diagnostic["fixes"][0];
    assert_eq!(fix["applicability"], "safe");
    assert_eq!(fix["edits"], serde_json::json!([{ "range": range, "newText": "\"segment\"" }]));
}

#[test]
fn characters_are_utf16_and_offsets_are_bytes() {
    // Four bytes and two units of UTF-16 each; then two bytes and one unit; then three and one.
    let project = Project::new().file("task.json", "{\n \"😀😀é€\": 1}");
    let (_, report) = report_of(&project, "task.json");
    let unknown = report["files"][0]["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|diagnostic| diagnostic["rule"] == "unknown-field")
        .unwrap();
    let expected = serde_json::json!({
        "start": { "line": 1, "character": 1, "offset": 3 },
        "end": { "line": 1, "character": 9, "offset": 18 },
    });
    assert_eq!(unknown["range"], expected);
    assert_eq!(unknown["pointer"], "/😀😀é€");
    let concise = project.run(["validate", "--format", "concise", "task.json"]);
    let behind = Project::new().file("task.json", TASK.replace("\"study-7\"", "\"😀é\", \"nme\": 1"));
    let (_, report) = report_of(&behind, "task.json");
    assert_eq!(
        report["files"][0]["diagnostics"][0]["range"]["start"],
        serde_json::json!({ "line": 1, "character": 17, "offset": 22 })
    );
    let line = behind.run(["validate", "--format", "concise", "task.json"]);
    assert!(line.out().starts_with("task.json:2:17: warning: `nme`"), "{}", line.out());
    assert!(concise.out().contains("task.json:2:2: warning: `😀😀é€`"), "{}", concise.out());
}

#[test]
fn a_byte_order_mark_counts() {
    let project = Project::new().file("task.json", "\u{feff}[]");
    let (_, report) = report_of(&project, "task.json");
    let diagnostics = &report["files"][0]["diagnostics"];
    let places = [0, 1].map(|index| (diagnostics[index]["rule"].clone(), diagnostics[index]["range"]["start"].clone()));
    let place =
        |character: u64, offset: u64| serde_json::json!({ "line": 0, "character": character, "offset": offset });
    assert_eq!(places, [("syntax-error".into(), place(0, 0)), ("wrong-type".into(), place(1, 3))]);
}

#[test]
fn everything_that_is_found_is_in_the_report() {
    let project = Project::with_task()
        .file("latin-task.json", b"{\"name\": \"\xe9\"}")
        .file("blocks-task.json", "{% if x %}{}{% endif %}")
        .file("empty-task.json", "");
    let (code, report) = report_of(&project, ".");
    assert_eq!(code, 1);
    let files: Vec<_> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let first = &file["diagnostics"][0]["rule"];
            format!("{} {} {} {}", file["path"], file["valid"], file["apiVersion"], first)
        })
        .collect();
    expect_test::expect![[r#"
        "blocks-task.json" true null "unrendered-template"
        "empty-task.json" false 0 "syntax-error"
        "latin-task.json" false null "syntax-error"
        "processing-container.json" true 0 null
        "task.json" true 0 null"#]]
    .assert_eq(&files.join("\n"));
    let latin = &report["files"][2]["diagnostics"][0];
    assert_eq!(latin["range"]["start"]["offset"], 10, "{latin}");
}

#[test]
fn an_unreadable_file_does_not_hide_the_others() {
    let ran = Project::with_task().run(["validate", "--format", "json", "missing.json", "task.json"]);
    assert_eq!((ran.code, ran.err()), (2, "error: cannot read missing.json: there is no such file\n"));
    is_report(&ran.json());
    assert_eq!(ran.json()["summary"]["files"], 1);
}

#[test]
fn every_fixture_has_a_report_of_the_documented_shape() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");
    let ran = Project::new().run(["validate", "--format", "json", &format!("{fixtures}/broken"), fixtures]);
    is_report(&ran.json());
    let listed = std::fs::read_dir(format!("{fixtures}/broken")).unwrap().count();
    let mut named = 0;
    for entry in std::fs::read_dir(format!("{fixtures}/broken")).unwrap() {
        let path = entry.unwrap().path();
        let ran = Project::new().run(["validate".as_ref(), "--format".as_ref(), "json".as_ref(), path.as_os_str()]);
        is_report(&ran.json());
        assert_ne!(ran.json()["files"][0]["diagnostics"].as_array().unwrap().len(), 0, "{}", path.display());
        named += 1;
    }
    assert!(named == listed && named > 30, "{named}");
}

#[test]
fn what_is_too_much_to_be_shown_is_counted() {
    let templates = "{},".repeat(3000);
    let text = format!(r#"{{"name": "a", "description": "b", "templates": [{templates}{{}}]}}"#);
    let project = Project::new().file("processing-container.json", &text);
    let (code, report) = report_of(&project, "processing-container.json");
    is_report(&report);
    assert_eq!((code, &report["summary"]["errors"]), (1, &Value::from(15_005)));
    assert_eq!(report["files"][0]["diagnostics"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(report["files"][0]["omitted"], serde_json::json!({ "errors": 5005, "warnings": 0, "infos": 0 }));
    let last_line = |format| {
        let ran = project.run(["validate", "--format", format, "processing-container.json"]);
        ran.out().lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(last_line("concise"), "processing-container.json: … and 5 005 more");
    assert_eq!(last_line("github"), "::notice file=processing-container.json::… and 5 005 more");
    assert_eq!(
        last_line("full"),
        "processing-container.json: invalid processing-container.json of version 0, 15005 errors"
    );
    // Whoever wants to run it is told as well.
    let project = project.file("task.json", crate::support::TASK).directory("images");
    for command in [&["resolve"][..], &["run", "--dry-run"]] {
        let arguments = command.iter().chain(&["--container", "processing-container.json", "task.json"]);
        let ran = project.run(arguments.copied());
        let end = "\nprocessing-container.json: … and 5 005 more\nerror: processing-container.json is invalid\n";
        let tail: Vec<&str> = ran.err().lines().rev().take(3).collect();
        assert!(ran.code == 1 && ran.err().ends_with(end), "{tail:?}");
    }
    let log = project.run(["validate", "--format", "sarif", "processing-container.json"]).json();
    let notification = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["message"]["text"], "processing-container.json: … and 5 005 more");
}
