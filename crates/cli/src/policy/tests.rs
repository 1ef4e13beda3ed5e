//! Policies against files, without the program around them.

use std::fs;

use serde_json::json;
use task_api_core::{CheckOptions, check as check_core};

use task_api_core::rules::Around;

use super::*;

const TASK: &str = r#"{
  "name": "study-7",
  "image": "lungs:1",
  "taskTemplate": "segment",
  "inputs": [{ "name": "images", "input": { "host_path": "./images" } }],
  "outputs": [],
  "env": [{ "name": "FOLDS", "value": "{{ env.FOLDS }}" }]
}
"#;

fn load(schema: &str) -> Result<Policy, String> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("site.json"), schema).unwrap();
    Policy::load("site.json".as_ref(), directory.path()).map_err(|failure| {
        assert_eq!(failure.code, crate::USAGE);
        failure.message
    })
}

/// Each violation with what it stands at.
fn violations_of(policy: &Policy, text: &str) -> Vec<String> {
    let own = |parsed: &Parsed<'_>| check([policy], parsed);
    let options = CheckOptions { kind: Some(Kind::Task), own: Some(&own), ..CheckOptions::default() };
    let found = check_core(text, &options).diagnostics.into_iter();
    let mut found: Vec<Diagnostic> = found.filter(|diagnostic| diagnostic.rule.name == RULE.name).collect();
    found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    found
        .iter()
        .map(|found| {
            let message = found.message.replace(" does not match the site's policy", "");
            format!("{message} @ {} ({})", found.span.of(text), found.note.as_deref().unwrap_or_default())
        })
        .collect()
}

#[track_caller]
fn assert_violations<const N: usize>(schema: serde_json::Value, text: &str, expected: [&str; N]) {
    let policy = load(&schema.to_string()).unwrap();
    assert_eq!(violations_of(&policy, text), expected);
}

#[test]
fn threads_may_share_a_policy() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Policy>();
}

#[test]
fn violations_stand_at_what_is_wrong() {
    assert_violations(
        json!({
            "required": ["resources"],
            "properties": {
                "image": { "pattern": "^registry/", "title": "Image", "description": "Ours alone." },
                "name": { "maxLength": 3, "errorMessage": "names are short here" },
                "resources": { "description": "Every task says what it needs." },
                "inputs": { "items": { "properties": { "input": { "additionalProperties": false } } } },
                "outputs": { "minItems": 1, "$comment": "Nothing without a result." },
                "taskTemplate": { "enum": ["a", "b"] },
                "env": false
            }
        }),
        TASK,
        [
            "the file: `resources` is missing @ { (site.json#/required: Every task says what it needs.)",
            "`/env`: it must not be there @ \"env\" (site.json#/properties/env)",
            "`/image`: it must match the pattern `^registry/` @ \"lungs:1\" (site.json#/properties/image/pattern, Image: Ours alone.)",
            "`/inputs/0/input/host_path`: the policy knows no field of this name @ \"host_path\" (site.json#/properties/inputs/items/properties/input/additionalProperties)",
            "`/name`: names are short here @ \"study-7\" (site.json#/properties/name/maxLength)",
            "`/outputs`: it must have 1 item or more @ [ (site.json#/properties/outputs/minItems: Nothing without a result.)",
            "`/taskTemplate`: it must be `\"a\"` or `\"b\"` @ \"segment\" (site.json#/properties/taskTemplate/enum)",
        ],
    );
}

#[test]
fn names_of_fields() {
    let schema = json!({ "propertyNames": { "pattern": "^[a-z_]+$", "title": "Small" } });
    assert_violations(
        schema,
        r#"{"a": 1, "B": 2, "c": {"D": 3}}"#,
        [
            "`/B`: the name `B` is not as it must be: it must match the pattern `^[a-z_]+$` @ \"B\" (site.json#/propertyNames, Small)",
        ],
    );
}

#[test]
fn the_alternative_that_was_meant() {
    let schema = json!({ "properties": { "a": { "oneOf": [
        { "type": "string" },
        { "type": "object", "properties": { "kind": { "const": "x" }, "size": { "minimum": 5 } }, "required": ["kind"] },
        { "type": "object", "properties": { "kind": { "const": "y" }, "size": { "minimum": 9 } }, "required": ["kind"] },
        { "type": "object", "properties": { "path": { "type": "string" } }, "required": ["path"] }
    ] } } });
    let at = "site.json#/properties/a/oneOf";
    assert_violations(
        schema.clone(),
        r#"{"a": {"kind": "y", "size": 7}}"#,
        [&format!("`/a/size`: it must be 9 or more @ 7 ({at}/2/properties/size/minimum)")],
    );
    assert_violations(
        schema.clone(),
        r#"{"a": {"path": 7}}"#,
        [&format!("`/a/path`: it must be a string, but is a number @ 7 ({at}/3/properties/path/type)")],
    );
    assert_violations(schema, r#"{"a": "x", "b": 1}"#, []);
    assert_violations(
        json!({ "properties": { "a": { "anyOf": [{ "type": "string" }, { "type": "object" }] } } }),
        r#"{"a": 5}"#,
        [
            "`/a`: it is none of the 2 alternatives that are allowed @ 5 (site.json#/properties/a/anyOf\nalternative 1: it must be a string\nalternative 2: it must be an object)",
        ],
    );
}

#[test]
fn what_is_not_known_before_it_is_rendered_is_no_violation() {
    let text = r#"{"a": "{{ env.A }}", "b": ["{{ env.B }}", 5], "c": {"a": "x"}}"#;
    for unknown in [
        json!({ "properties": { "a": { "pattern": "^x", "format": "uri", "minLength": 99, "maxLength": 1, "const": "y" } } }),
        json!({ "properties": { "a": { "enum": ["x"] } } }),
        json!({ "properties": { "b": { "const": ["x", 5] } } }),
        json!({ "properties": { "b": { "contains": { "const": "x" } } } }),
        json!({ "properties": { "a": { "anyOf": [{ "pattern": "^x" }, { "type": "integer" }] } } }),
        json!({ "properties": { "a": { "not": { "pattern": "^." } } } }),
        json!({ "properties": { "a": { "oneOf": [{ "minLength": 1 }, { "minLength": 2 }] } } }),
        json!({ "not": { "$ref": "#/$defs/x" }, "$defs": { "x": { "properties": { "a": { "minLength": 1 } } } } }),
        json!({ "if": { "properties": { "a": { "const": "x" } } }, "else": { "required": ["d"] } }),
        json!({ "allOf": [{ "$ref": "#/$defs/x" }],
            "$defs": { "x": { "if": { "properties": { "a": { "const": "x" } } }, "else": { "properties": { "c": { "required": ["d"] } } } } } }),
    ] {
        assert_violations(unknown, text, []);
    }
    for (known, number) in [
        (json!({ "properties": { "a": { "type": "integer" } } }), 1),
        (json!({ "not": { "required": ["a"] } }), 1),
        (json!({ "if": { "required": ["a"] }, "then": { "required": ["d"] } }), 1),
        (json!({ "properties": { "b": { "contains": { "type": "object" }, "maxItems": 1 } } }), 2),
        (json!({ "properties": { "a": { "anyOf": [{ "type": "null" }, { "type": "integer" }] } } }), 1),
        (json!({ "properties": { "c": { "properties": { "a": { "pattern": "^y" } } } } }), 1),
        (json!({ "properties": { "b": { "items": { "if": { "type": "integer" }, "then": { "minimum": 9 } } } } }), 1),
    ] {
        let policy = load(&known.to_string()).unwrap();
        assert_eq!(violations_of(&policy, text).len(), number, "{known}");
    }
}

#[test]
fn a_policy_may_be_for_one_kind_of_file() {
    let schema = |kind: &str| json!({ "x-task-api-kind": kind, "required": ["x"] });
    assert_violations(schema("processing-container"), "{}", []);
    assert_violations(schema("task"), "{}", ["the file: `x` is missing @ { (site.json#/required)"]);
    let refused = load(&schema("tasks").to_string()).unwrap_err();
    assert!(refused.contains("must be \"task\", \"processing-container\" or \"workflow\""), "{refused}");
}

#[test]
fn every_draft_is_found_out() {
    for (draft, keyword) in [
        ("http://json-schema.org/draft-04/schema#", json!({ "minimum": 5, "exclusiveMinimum": true })),
        ("http://json-schema.org/draft-06/schema#", json!({ "exclusiveMinimum": 5 })),
        ("http://json-schema.org/draft-07/schema#", json!({ "if": { "minimum": 5 }, "then": { "minimum": 6 } })),
        ("https://json-schema.org/draft/2019-09/schema", json!({ "unevaluatedProperties": true, "minimum": 6 })),
        ("https://json-schema.org/draft/2020-12/schema", json!({ "minimum": 6 })),
    ] {
        let schema = json!({ "$schema": draft, "properties": { "a": keyword } });
        let policy = load(&schema.to_string()).unwrap();
        assert_eq!(violations_of(&policy, r#"{"a": 5}"#).len(), 1, "{draft}");
        assert_eq!(violations_of(&policy, r#"{"a": 6}"#).len(), 0, "{draft}");
    }
}

#[test]
fn what_is_no_policy_is_said_in_a_line() {
    for (schema, reason) in [
        ("{\"a\": 1,}", "the policy site.json:1:8: is not JSON: trailing comma"),
        ("{\"type\": \"strin\"}", "the policy site.json:1:10: is no JSON Schema at /type"),
        ("[]", "the policy site.json is no JSON Schema"),
        ("{\"$schema\": \"https://example.org/x\"}", "has a `$schema` that is not known"),
        ("{\"$ref\": \"missing.json\"}", "there is no such file"),
        ("{\"$ref\": \"https://example.org/x.json\"}", "nothing is asked from the network"),
        ("{\"$ref\": \"#/nowhere\"}", "a reference that leads nowhere"),
        ("{{ a }}", "is not JSON"),
    ] {
        let refused = load(schema).unwrap_err();
        assert!(refused.contains(reason) && !refused.contains('\n'), "{refused}");
    }
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    assert!(load(&deep).unwrap_err().contains("is not JSON"));
    let missing = Policy::load("no.json".as_ref(), "/nonexistent".as_ref()).unwrap_err();
    assert_eq!(missing.message, "cannot read no.json: there is no such file");
}

#[test]
fn references_lead_to_files_beside_the_policy() {
    let directory = tempfile::tempdir().unwrap();
    let file = |path: &str, schema: serde_json::Value| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, schema.to_string()).unwrap();
    };
    file("a b/more.json", json!({ "$defs": { "image": { "pattern": "^x", "description": "Ours." } } }));
    for schema in [
        json!({ "properties": { "image": { "$ref": "../a%20b/more.json#/$defs/image" } } }),
        json!({ "$id": "https://example.org/sites/one.json",
            "properties": { "image": { "$ref": "more.json#/$defs/image" } } }),
    ] {
        file("sites/one.json", schema.clone());
        file("sites/more.json", json!({ "$defs": { "image": { "pattern": "^x", "description": "Ours." } } }));
        let policy = Policy::load("sites/one.json".as_ref(), directory.path()).unwrap();
        let found = violations_of(&policy, TASK);
        assert_eq!(found.len(), 1, "{schema}");
        assert!(found[0].contains("more.json#/$defs/image/pattern: Ours."), "{}", found[0]);
    }
}

#[test]
fn deep_and_odd_files_are_checked_without_harm() {
    // A thread of the pipeline has less room than the first one.
    let schema = json!({ "additionalProperties": { "$ref": "#" }, "items": { "$ref": "#" }, "maximum": 5 });
    let policy = load(&schema.to_string()).unwrap();
    let deep = format!("{{\"a\": {}9{}}}", "[".repeat(500), "]".repeat(500));
    let found = std::thread::scope(|scope| scope.spawn(|| violations_of(&policy, &deep)).join().unwrap());
    assert_eq!(found.len(), 1);
    assert_eq!(violations_of(&policy, r#"{"a": 9, "a": 1}"#).len(), 0);
    assert_eq!(violations_of(&policy, r#"{"a": 1e999}"#).len(), 1);
    assert_eq!(violations_of(&policy, r#"{"a": 9,}"#).len(), 0);
}

#[test]
fn the_example_of_the_documentation_does_what_it_says() {
    for (example, expected) in [(&RULE.bad, 1), (&RULE.good, 0)] {
        let Around::Policy(schema) = example.around else { panic!("it needs its policy") };
        let policy = load(schema).unwrap();
        let own = |parsed: &Parsed<'_>| check([&policy], parsed);
        let options = CheckOptions { kind: example.kind, own: Some(&own), ..CheckOptions::default() };
        let found = check_core(example.text, &options).diagnostics;
        let names: Vec<&str> = found.iter().map(|diagnostic| diagnostic.rule.name).collect();
        assert_eq!(names, [RULE.name; 1][..expected]);
    }
}
