//! The schema files say what the contract says, in the subset of JSON Schema that our walk knows.
//!
//! The `jsonschema` crate is the judge here: of the schemas themselves, of the examples and defaults
//! in them, and of every file in `tests/fixtures`. The tables below are the verdicts of the contract
//! alone; warnings are tested elsewhere.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests read fixtures, and a panic in their helpers is the failure"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

const SCHEMAS: &[(Kind, u8, &str)] = &[
    (Kind::Container, 0, include_str!("../../../schemas/processing-container.v0.schema.json")),
    (Kind::Container, 1, include_str!("../../../schemas/processing-container.v1.schema.json")),
    (Kind::Task, 0, include_str!("../../../schemas/task.v0.schema.json")),
    (Kind::Task, 1, include_str!("../../../schemas/task.v1.schema.json")),
    (Kind::Workflow, 1, include_str!("../../../schemas/workflow.schema.json")),
];

const KEYWORDS: &[&str] = &[
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "enumDescriptions",
    "const",
    "pattern",
    "anyOf",
    "default",
    "examples",
    "deprecated",
    "additionalProperties",
    "x-formerly",
];

/// Every file in `tests/fixtures/broken`, the version it is read as, and what is wrong with it.
const BROKEN: &[(&str, u8, Verdict)] = &[
    ("container-comments", 0, Verdict::NotJson),
    ("container-complexity-with-caret", 0, Verdict::Invalid(&["/templates/0/inputs/0/scale_rule"])),
    ("container-fraction-instead-of-integer", 1, Verdict::Invalid(&["/templates/0/inputs/0/scale_rule"])),
    ("container-list-at-root", 0, Verdict::Invalid(&[""])),
    ("container-missing-bracket", 0, Verdict::NotJson),
    ("container-missing-comma", 0, Verdict::NotJson),
    ("container-missing-required-field", 0, Verdict::Invalid(&["/templates/0"])),
    ("container-misspelt-optional-field", 0, Verdict::Valid),
    ("container-misspelt-required-field", 0, Verdict::Invalid(&["/templates/0/outputs/0"])),
    ("container-null-not-allowed", 0, Verdict::Invalid(&["/description"])),
    ("container-number-instead-of-string", 0, Verdict::Invalid(&["/templates/0/env/0/value"])),
    ("container-string-instead-of-boolean", 0, Verdict::Invalid(&["/templates/0/env/0/adjustable"])),
    ("container-string-instead-of-list", 0, Verdict::Invalid(&["/templates/0/command"])),
    ("container-trailing-comma", 0, Verdict::NotJson),
    ("container-truncated", 0, Verdict::NotJson),
    ("container-unknown-env-type", 0, Verdict::Invalid(&["/templates/0/env/0/type"])),
    ("container-unknown-scale-mode", 0, Verdict::Invalid(&["/templates/0/inputs/0/scale_rule"])),
    ("container-unquoted-keys", 0, Verdict::NotJson),
    ("container-v0-field-in-v1", 1, Verdict::Invalid(&["/templates/0/inputs/0/scale_rule"])),
    ("container-v1-field-in-v0", 0, Verdict::Invalid(&["/templates/0/inputs/0/scale_rule"])),
    ("container-v1-mode-in-v0", 0, Verdict::Invalid(&["/templates/0/inputs/0/scale_rule"])),
    ("task-api-version-as-string", 1, Verdict::Invalid(&["/api_version"])),
    ("task-both-volume-fields", 1, Verdict::Valid),
    ("task-duplicate-key", 0, Verdict::Valid),
    ("task-empty-file", 0, Verdict::NotJson),
    ("task-env-as-object", 0, Verdict::Invalid(&["/env"])),
    ("task-incomplete-inline-template", 0, Verdict::Invalid(&["/taskTemplate"])),
    ("task-list-instead-of-labels", 0, Verdict::Invalid(&["/config"])),
    ("task-null-inputs", 0, Verdict::Invalid(&["/inputs"])),
    ("task-number-in-command", 0, Verdict::Invalid(&["/command/3"])),
    ("task-path-instead-of-volume", 0, Verdict::Invalid(&["/outputs/0/input"])),
    ("task-python-literals", 0, Verdict::NotJson),
    ("task-single-quotes", 0, Verdict::NotJson),
    ("task-text-after-end", 0, Verdict::NotJson),
    ("task-typographic-quotes", 0, Verdict::NotJson),
    ("task-unclosed-string", 0, Verdict::NotJson),
    ("task-unknown-api-version", 1, Verdict::Invalid(&["/api_version"])),
    ("task-v0-field-in-v1", 1, Verdict::Invalid(&["/outputs/0"])),
    ("task-v1-field-in-v0", 0, Verdict::Invalid(&["/outputs/0"])),
    ("task-without-outputs", 0, Verdict::Invalid(&[""])),
    ("task-without-template", 0, Verdict::Invalid(&[""])),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Container,
    Task,
    Workflow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Valid,
    /// Where the contract is broken, as JSON Pointers. Below an `anyOf` the whole value is at fault.
    Invalid(&'static [&'static str]),
    NotJson,
}

#[test]
fn schemas_are_valid_by_their_meta_schema() {
    for (name, schema) in schemas() {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(schema["$id"], format!("https://task-api.dev/schemas/{name}"), "{name}");
        jsonschema::draft202012::meta::validate(&schema)
            .unwrap_or_else(|error| panic!("{name}: {error} at {}", error.instance_path()));
    }
}

#[test]
fn schemas_use_no_keyword_that_the_walk_does_not_know() {
    for_each_subschema(|place, _, subschema| {
        for keyword in subschema.as_object().unwrap().keys() {
            assert!(KEYWORDS.contains(&keyword.as_str()), "{place}: {keyword}");
        }
    });
}

#[test]
fn references_stay_in_their_file_and_every_definition_is_used() {
    let mut used = BTreeSet::new();
    for_each_subschema(|place, schema, subschema| {
        if let Some(reference) = subschema.get("$ref") {
            let name = reference.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{place}: {name}");
            used.insert(format!("{}/{name}", schema["$id"]));
        }
    });
    for (_, schema) in schemas() {
        for name in schema["$defs"].as_object().unwrap().keys() {
            let name = format!("{}/{name}", schema["$id"]);
            assert!(used.contains(&name), "{name} is never referred to");
        }
    }
}

#[test]
fn every_object_and_every_property_has_a_title_and_a_help_text() {
    let assert_texts = |place: &str, subschema: &Value| {
        for keyword in ["title", "description"] {
            let text = subschema.get(keyword).and_then(Value::as_str).unwrap_or("");
            assert!(!text.trim().is_empty(), "{place} has no {keyword}");
        }
    };
    for_each_subschema(|place, _, subschema| {
        if subschema.get("type").is_some_and(|kind| kind == "object") {
            assert_texts(place, subschema);
        }
        for (name, property) in entries(subschema, "properties") {
            assert_texts(&format!("{place}/{name}"), property);
        }
    });
}

#[test]
fn required_fields_are_described() {
    for_each_subschema(|place, _, subschema| {
        let required = subschema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten() {
            let property = subschema["properties"].get(name.as_str().unwrap());
            assert!(property.is_some(), "{place}: {name}");
        }
    });
}

#[test]
fn every_allowed_value_is_explained() {
    for_each_subschema(|place, _, subschema| {
        let length = |keyword: &str| subschema.get(keyword).map(|list| list.as_array().unwrap().len());
        assert_eq!(length("enum"), length("enumDescriptions"), "{place}");
    });
}

#[test]
fn examples_and_defaults_are_valid_themselves() {
    for_each_subschema(|place, schema, subschema| {
        let mut alone = subschema.clone();
        alone["$defs"] = schema["$defs"].clone();
        let validator = jsonschema::draft202012::new(&alone).unwrap();
        let examples = subschema.get("examples").and_then(Value::as_array);
        for value in examples.into_iter().flatten().chain(subschema.get("default")) {
            let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{place}: {value}: {errors:?}");
        }
    });
}

#[test]
fn definitions_of_one_name_are_the_same_in_both_files_of_a_version() {
    for version in [0, 1] {
        let container = schema_text(Kind::Container, version);
        let task = schema_text(Kind::Task, version);
        let names: Vec<String> =
            entries(&serde_json::from_str(container).unwrap(), "$defs").map(|(name, _)| name.clone()).collect();
        assert!(names.contains(&"TaskTemplate".to_owned()));
        for name in names {
            assert_eq!(definition_text(container, &name), definition_text(task, &name), "{name} of version {version}");
        }
    }
}

#[test]
fn definitions_of_a_workflow_are_those_of_tasks() {
    let (workflow, task) = (schema(Kind::Workflow, 1), schema(Kind::Task, 0));
    // The scale rule has the laws of both versions.
    for name in ["TaskTemplate", "TaskTemplateEnv", "IOMount", "Resources", "BaseEnv"] {
        assert!(task["$defs"][name].is_object());
        assert_eq!(workflow["$defs"][name], task["$defs"][name], "{name}");
    }
}

#[test]
fn former_names_are_names_of_the_other_version() {
    let mut renamed = BTreeSet::new();
    for (name, new_schema) in schemas() {
        let old_schema =
            schemas().into_iter().find(|(old_name, _)| *old_name == name.replace(".v1.", ".v0.")).unwrap().1;
        for (definition, new_definition) in entries(&new_schema, "$defs") {
            for (field, property) in entries(new_definition, "properties") {
                let Some(former) = property.get("x-formerly").and_then(Value::as_str) else {
                    continue;
                };
                let old_properties = &old_schema["$defs"][definition]["properties"];
                assert!(old_properties.get(former).is_some(), "{definition}.{former}");
                assert!(old_properties.get(field).is_none(), "{definition}.{field}");
                assert!(new_definition["properties"].get(former).is_none(), "{definition}.{former}");
                renamed.insert(format!("{former} -> {field}"));
            }
        }
    }
    let expected = ["complexity -> scale_factor", "input -> volume_source"];
    assert_eq!(renamed, expected.map(str::to_owned).into());
}

#[test]
fn complexity_takes_what_the_contract_takes() {
    let schema = schema(Kind::Container, 0);
    let validator = jsonschema::draft202012::new(&schema["$defs"]["ScaleRule"]["properties"]["complexity"]).unwrap();
    for complexity in ["n", "2n", "2*n", "1.5*n**2", ".5n", "+3*n", "-n", "*n", "n**0"] {
        assert!(validator.is_valid(&Value::from(complexity)), "{complexity}");
    }
    for complexity in ["", "2", "n^2", "2 * n", "n*2", "n**1.5", "1.n", "N", "log(n)", " n", "n**"] {
        assert!(!validator.is_valid(&Value::from(complexity)), "{complexity}");
    }
}

#[test]
fn integers_are_numbers_without_a_fraction() {
    let schema = schema(Kind::Container, 1);
    let validator = jsonschema::draft202012::new(&schema["$defs"]["ScaleRule"]["properties"]["scale_factor"]).unwrap();
    for (text, expected) in
        [("2", true), ("2.0", true), ("-2", true), ("1.5", false), ("true", false), ("\"2\"", false), ("null", false)]
    {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(validator.is_valid(&value), expected, "{text}");
    }
}

#[test]
fn runtime_settings_fall_back_to_the_general_form() {
    for (version, config, expected) in [
        (0, r#"{"type": "docker", "labels": {"a": "b"}}"#, Verdict::Valid),
        (0, r#"{"registryUrl": "https://registry.example.com"}"#, Verdict::Valid),
        (0, r#"{"type": "k8s"}"#, Verdict::Valid),
        (0, r#"{"registryUrl": 5}"#, Verdict::Invalid(&["/config"])),
        (0, "[]", Verdict::Invalid(&["/config"])),
        (1, r#"{"type": "k8s", "namespace": "lung", "more": [1]}"#, Verdict::Valid),
        (1, r#"{"labels": {"a": 5}, "annotations": {}}"#, Verdict::Valid),
        (1, r#"{"type": "podman"}"#, Verdict::Valid),
        (1, r#"{"labels": "a"}"#, Verdict::Invalid(&["/config"])),
    ] {
        let inputs = if version == 0 { r#""inputs": [], "outputs": [],"# } else { "" };
        let text = format!(r#"{{"name": "a", "image": "b", "taskTemplate": "c", {inputs} "config": {config}}}"#);
        assert_verdict(&text, Kind::Task, version, expected, config);
    }
}

#[test]
fn good_fixtures_are_valid() {
    for (directory, version) in
        [("guide", 0), ("valid/v0", 0), ("minimal/v0", 0), ("valid/v1", 1), ("minimal/v1", 1), ("workflows", 1)]
    {
        for path in files_in(directory) {
            let text = fs::read_to_string(&path).unwrap();
            assert_verdict(&text, kind_of(&path), version, Verdict::Valid, &path.to_string_lossy());
        }
    }
}

#[test]
fn template_expressions_in_strings_are_json_and_control_blocks_are_not() {
    let read = |name: &str| fs::read_to_string(fixtures().join("templated").join(name)).unwrap();
    let in_strings = read("task-expressions-in-strings.json");
    assert_verdict(&in_strings, Kind::Task, 0, Verdict::Valid, "expressions");
    let outside = read("task-control-blocks.json");
    assert_verdict(&outside, Kind::Task, 0, Verdict::NotJson, "control blocks");
}

#[test]
fn broken_fixtures_are_broken_where_their_name_says() {
    let mut unlisted: BTreeSet<PathBuf> = files_in("broken").into_iter().collect();
    for (name, version, expected) in BROKEN {
        let path = fixtures().join("broken").join(format!("{name}.json"));
        let text = fs::read_to_string(&path).unwrap();
        assert_verdict(&text, kind_of(&path), *version, *expected, name);
        unlisted.remove(&path);
    }
    assert!(unlisted.is_empty(), "no expectation for {unlisted:?}");
}

#[test]
fn every_field_is_used_in_a_valid_fixture() {
    for (kind, version, _) in SCHEMAS {
        let mut used = BTreeSet::new();
        let directory = if *kind == Kind::Workflow { "workflows".to_owned() } else { format!("valid/v{version}") };
        for path in files_in(&directory) {
            if kind_of(&path) == *kind {
                let value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
                collect_keys(&value, &mut used);
            }
        }
        let schema = schema(*kind, *version);
        walk("", &schema, &mut |place, subschema| {
            for (field, _) in entries(subschema, "properties") {
                assert!(used.contains(field), "{kind:?} {version}: {place}/{field} is never used");
            }
        });
    }
}

#[track_caller]
fn assert_verdict(text: &str, kind: Kind, version: u8, expected: Verdict, name: &str) {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        assert_eq!(Verdict::NotJson, expected, "{name}");
        return;
    };
    let schema = schema(kind, version);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let found: BTreeMap<String, String> =
        validator.iter_errors(&value).map(|error| (error.instance_path().to_string(), error.to_string())).collect();
    let expected = match expected {
        Verdict::Valid => &[],
        Verdict::Invalid(pointers) => pointers,
        Verdict::NotJson => panic!("{name} is JSON"),
    };
    let pointers: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(pointers, expected, "{name}: {found:#?}");
}

fn schemas() -> Vec<(String, Value)> {
    SCHEMAS
        .iter()
        .map(|(kind, version, text)| {
            let name = match kind {
                Kind::Container => format!("processing-container.v{version}.schema.json"),
                Kind::Task => format!("task.v{version}.schema.json"),
                Kind::Workflow => "workflow.schema.json".to_owned(),
            };
            (name, serde_json::from_str(text).unwrap())
        })
        .collect()
}

fn schema_text(kind: Kind, version: u8) -> &'static str {
    let found = SCHEMAS.iter().find(|schema| (schema.0, schema.1) == (kind, version));
    found.unwrap().2
}

fn schema(kind: Kind, version: u8) -> Value {
    serde_json::from_str(schema_text(kind, version)).unwrap()
}

/// The lines of a definition, from its name to the brace that closes it.
fn definition_text<'a>(schema: &'a str, name: &str) -> &'a str {
    let start = schema.find(&format!("\n    \"{name}\": {{\n")).unwrap();
    let length = schema[start..].find("\n    }").unwrap();
    &schema[start..start + length]
}

/// Calls with the place of a subschema for messages, the whole schema, and the subschema.
fn for_each_subschema(mut visit: impl FnMut(&str, &Value, &Value)) {
    for (name, schema) in schemas() {
        walk(&name, &schema, &mut |place, subschema| visit(place, &schema, subschema));
    }
}

fn walk(place: &str, schema: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    visit(place, schema);
    for keyword in ["$defs", "properties"] {
        for (name, subschema) in entries(schema, keyword) {
            walk(&format!("{place}/{name}"), subschema, visit);
        }
    }
    if let Some(items) = schema.get("items") {
        walk(&format!("{place}/items"), items, visit);
    }
    let branches = schema.get("anyOf").and_then(Value::as_array);
    for (index, branch) in branches.into_iter().flatten().enumerate() {
        walk(&format!("{place}/{index}"), branch, visit);
    }
}

fn entries<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let object = schema.get(keyword).and_then(Value::as_object);
    object.into_iter().flatten()
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, member) in object {
                keys.insert(key.clone());
                collect_keys(member, keys);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        _ => {}
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn files_in(directory: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures().join(directory)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no files in {directory}");
    paths
}

fn kind_of(path: &Path) -> Kind {
    let name = path.file_name().unwrap().to_string_lossy();
    if name.starts_with("task") {
        Kind::Task
    } else if name.contains("workflow") {
        Kind::Workflow
    } else {
        Kind::Container
    }
}
