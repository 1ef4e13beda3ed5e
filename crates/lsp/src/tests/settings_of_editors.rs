//! The settings as an editor shows them: vscode-extension/settings.json, which goes into the extension's package.json.

use expect_test::expect_file;
use serde_json::{Value, json};
use task_api_core::rules;

use crate::settings::Settings;

/// Name, default and description. Those without choices of their own are true or false.
fn described() -> Vec<(&'static str, Value, &'static str)> {
    let settings = Settings::default();
    vec![
        ("schemaOnly", json!(settings.schema_only), "Only the rules of the contract."),
        ("inlayHints.enabled", json!(settings.inlay_hints), "Hints between the words."),
        ("codeLens.enabled", json!(settings.code_lens), "Lines above templates and tasks."),
        ("semanticTokens.enabled", json!(settings.semantic_tokens), "Colours of template expressions."),
        ("onSave.fixAll", json!(settings.on_save.fix_all), "What is safe to mend is mended before a file is saved."),
        ("onSave.format", json!(settings.on_save.format), "A file is laid out before it is saved."),
    ]
}

fn properties() -> Value {
    let mut properties = serde_json::Map::new();
    for (name, default, description) in described() {
        let property = json!({"type": "boolean", "default": default, "scope": "resource", "description": description});
        properties.insert(format!("taskApi.{name}"), property);
    }
    properties.insert(
        "taskApi.diagnostics.scope".to_owned(),
        json!({
            "type": "string",
            "enum": ["workspace", "open"],
            "enumDescriptions": ["All files of the workspace.", "Those that are open."],
            "default": "workspace",
            "scope": "resource",
            "description": "Files that problems are shown for.",
        }),
    );
    let levels: serde_json::Map<String, Value> = rules::ALL
        .iter()
        .map(|rule| {
            let levels = json!({"enum": ["off", "info", "warning", "error"], "description": rule.summary});
            (rule.name.to_owned(), levels)
        })
        .collect();
    properties.insert(
        "taskApi.rules".to_owned(),
        json!({
            "type": "object",
            "properties": levels,
            "additionalProperties": false,
            "default": {},
            "scope": "resource",
            "description": "Severity by rule, over that of task-api.toml.",
        }),
    );
    Value::Object(properties)
}

#[test]
fn an_editor_shows_the_settings_that_there_are() {
    let mut text = serde_json::to_string_pretty(&properties()).unwrap();
    text.push('\n');
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/../../vscode-extension/settings.json")].assert_eq(&text);
}

#[test]
fn each_setting_that_an_editor_shows_is_read() {
    let all = properties();
    let defaults: serde_json::Map<String, Value> = all
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, property)| (name.trim_start_matches("taskApi.").to_owned(), property["default"].clone()))
        .collect();
    let mut nested = json!({});
    for (name, default) in &defaults {
        match name.split_once('.') {
            Some((part, field)) => nested[part][field] = default.clone(),
            None => nested[name] = default.clone(),
        }
    }
    assert_eq!(Settings::read(&serde_json::value::to_raw_value(&nested).unwrap()), (Settings::default(), Vec::new()));
    // A name that is read and not shown would be missing here.
    let mut shown: Vec<&str> = defaults.keys().filter_map(|name| name.split('.').next()).collect();
    shown.sort_unstable();
    shown.dedup();
    let mut read = crate::settings::NAMES.to_vec();
    read.sort_unstable();
    assert_eq!(shown, read);
}
