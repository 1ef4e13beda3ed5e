//! Commas, colons and quotes that a completion brings, and the text that comes of it.

use expect_test::expect;
use task_api_json::apply_edits;

use super::{CONTAINER, completions};
use crate::fixture::fixture;

#[test]
fn commas_colons_and_quotes_that_are_missing() {
    let cases = [
        r#"{$0}"#,
        r#"{"name": "a"$0}"#,
        r#"{"name": "a",$0}"#,
        r#"{"name": "a" im$0}"#,
        r#"{"name": "a", "im$0}"#,
        r#"{"name": "a", "im$0 "env": []}"#,
        r#"{"name": "a" $0 "env": []}"#,
        r#"{"name": "a", $0"env": []}"#,
        r#"{"name": "a", "im$0ag": "b", "env": []}"#,
        r#"{"name": "a" "im$0age": "b"}"#,
        r#"{"name": "a", "im$0" "b"}"#,
        r#"{"name": "a", im$0: "b"}"#,
        "{\n  \"name\": \"a\"\n  \"im$0\n  \"env\": []\n}",
        "{\n  \"name\": \"a\",\n  $0\n",
        "{\n  \"name\": \"a\"\n  $0",
    ];
    let mut all = String::new();
    for case in cases {
        all += &applied(case, "image");
    }
    expect![[r#"
        {"image": "$1"}
        {"name": "a", "image": "$1"}
        {"name": "a", "image": "$1"}
        {"name": "a", "image": "$1"}
        {"name": "a", "image": "$1"}
        {"name": "a", "image": "$1", "env": []}
        {"name": "a", "image": "$1", "env": []}
        {"name": "a", "image": "$1", "env": []}
        {"name": "a", "image": "b", "env": []}
        {"name": "a", "image": "b"}
        {"name": "a", "image": "b"}
        {"name": "a", "image": "b"}
        {
          "name": "a",
          "image": "$1",
          "env": []
        }
        {
          "name": "a",
          "image": "$1"
        {
          "name": "a",
          "image": "$1"
    "#]]
    .assert_eq(&all);
}

#[test]
fn values_where_something_is_missing() {
    let cases = [
        r#"{"scale_rule": {"type": $0}}"#,
        r#"{"scale_rule": {"type":$0}}"#,
        r#"{"scale_rule": {"type" $0}}"#,
        r#"{"scale_rule": {"type"$0}}"#,
        r#"{"scale_rule": {"type" "li$0}}"#,
        r#"{"scale_rule": {"type": "li$0}}"#,
        r#"{"scale_rule": {"type": "li$0, "mode": "sum"}}"#,
        r#"{"scale_rule": {"type": li$0 "mode": "sum"}}"#,
        "{\"scale_rule\": {\"type\": $0\n \"mode\": \"sum\"}}",
        "{\"scale_rule\": {\"type\": \"$0\n \"mode\": \"sum\"}}",
        r#"{"scale_rule": {"type": "req$0uest", "mode": "sum"}}"#,
        r#"{"scale_rule": {"type": $0"request"}}"#,
        r#"{"scale_rule": {"type": "$0"#,
    ];
    let mut all = String::new();
    for case in cases {
        let case = format!("{{\"inputs\": [{}]}}", case);
        all += &applied(&case, "limit");
    }
    expect![[r#"
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit", "mode": "sum"}}]}
        {"inputs": [{"scale_rule": {"type": "limit", "mode": "sum"}}]}
        {"inputs": [{"scale_rule": {"type": "limit",
         "mode": "sum"}}]}
        {"inputs": [{"scale_rule": {"type": "limit",
         "mode": "sum"}}]}
        {"inputs": [{"scale_rule": {"type": "limit", "mode": "sum"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"}}]}
        {"inputs": [{"scale_rule": {"type": "limit"]}
    "#]]
    .assert_eq(&all);
}

#[test]
fn elements_where_something_is_missing() {
    let cases = [
        r#"[$0]"#,
        r#"[{"name": "a"}$0]"#,
        r#"[{"name": "a"} $0]"#,
        r#"[{"name": "a"}, $0]"#,
        r#"[$0{"name": "a"}]"#,
        r#"[{"name": "a"}, $0 {"name": "b"}]"#,
        r#"[{"name": "a"},$0"#,
        r#"[MO$0]"#,
    ];
    let mut all = String::new();
    for case in cases {
        let task = format!("{CONTAINER}//- /task.json\n{{\"taskTemplate\": \"segment\", \"env\": {case}}}");
        all += &applied(&task, "THRESHOLD").replace("\"taskTemplate\": \"segment\", ", "");
    }
    expect![[r#"
        {"env": [{ "name": "THRESHOLD", "value": "${1:0.5}" }]}
        {"env": [{"name": "a"}, { "name": "THRESHOLD", "value": "${1:0.5}" }]}
        {"env": [{"name": "a"}, { "name": "THRESHOLD", "value": "${1:0.5}" }]}
        {"env": [{"name": "a"}, { "name": "THRESHOLD", "value": "${1:0.5}" }]}
        {"env": [{ "name": "THRESHOLD", "value": "${1:0.5}" }, {"name": "a"}]}
        {"env": [{"name": "a"}, { "name": "THRESHOLD", "value": "${1:0.5}" }, {"name": "b"}]}
        {"env": [{"name": "a"}, { "name": "THRESHOLD", "value": "${1:0.5}" }}
        {"env": [{ "name": "THRESHOLD", "value": "${1:0.5}" }]}
    "#]]
    .assert_eq(&all);
}

/// The text in which the completion was accepted, tab stops and all.
#[track_caller]
fn applied(literal: &str, label: &str) -> String {
    let fixture = fixture(literal);
    let all = completions(&fixture);
    let Some(found) = all.iter().find(|completion| completion.label == label) else {
        return format!("{literal}: nothing\n");
    };
    let mut edits = found.additional_edits.clone();
    edits.push(found.edit.clone());
    let text = fixture.workspace.get(&fixture.uri).unwrap().text();
    format!("{}\n", apply_edits(text, &edits).unwrap().trim_end())
}
