//! The user's settings, `taskApi.*`.

use serde_json::{Map, Value};
use task_api_core::diagnostic::Severity;
use task_api_core::{Levels, nearest, rules};
use task_api_ide::EditorSettings;

pub(crate) const SECTION: &str = "taskApi";

/// Parts of the settings that are the client's business.
const OF_CLIENTS: [&str; 5] = ["trace", "server", "path", "run", "enable"];

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) rules: Levels,
    pub(crate) schema_only: bool,
    pub(crate) scope: Scope,
    pub(crate) inlay_hints: bool,
    pub(crate) code_lens: bool,
    pub(crate) semantic_tokens: bool,
    pub(crate) on_save: OnSave,
}

/// What is done with a text before it is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct OnSave {
    /// What is safe to mend is mended.
    pub(crate) fix_all: bool,
    pub(crate) format: bool,
}

/// The files that diagnostics are given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Workspace,
    Open,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            rules: Levels::new(),
            schema_only: false,
            scope: Scope::Workspace,
            inlay_hints: true,
            code_lens: true,
            semantic_tokens: true,
            on_save: OnSave::default(),
        }
    }
}

impl Settings {
    /// Reads settings, and what is wrong with them. What is wrong is left at its default.
    pub(crate) fn read(value: &Value) -> (Settings, Vec<String>) {
        let mut reader = Reader { settings: Settings::default(), problems: Vec::new() };
        match value {
            // A client that has no settings answers null.
            Value::Null => {}
            Value::Object(fields) => reader.read(fields),
            other => reader.problems.push(format!("`{SECTION}` must be an object, but is {}", shown(other))),
        }
        (reader.settings, reader.problems)
    }

    /// The part that findings depend on.
    pub(crate) fn of_checks(&self) -> EditorSettings {
        EditorSettings { levels: self.rules.clone(), schema_only: self.schema_only }
    }

    /// The settings among what a client sends that is not asked for single sections.
    pub(crate) fn section(value: &Value) -> &Value {
        value.get(SECTION).unwrap_or(value)
    }
}

struct Reader {
    settings: Settings,
    problems: Vec<String>,
}

pub(crate) const NAMES: [&str; 7] =
    ["rules", "schemaOnly", "diagnostics", "inlayHints", "codeLens", "semanticTokens", "onSave"];

impl Reader {
    fn read(&mut self, fields: &Map<String, Value>) {
        for (name, value) in fields {
            match name.as_str() {
                // What is set to null is not set.
                _ if value.is_null() => {}
                "rules" => self.rules(value),
                "schemaOnly" => self.settings.schema_only = self.boolean(name, value, false),
                "diagnostics" => self.diagnostics(value),
                "inlayHints" => self.settings.inlay_hints = self.enabled(name, value),
                "codeLens" => self.settings.code_lens = self.enabled(name, value),
                "semanticTokens" => self.settings.semantic_tokens = self.enabled(name, value),
                "onSave" => self.on_save(value),
                _ if OF_CLIENTS.contains(&name.as_str()) => {}
                _ => self.unknown(name, "", &NAMES),
            }
        }
    }

    fn rules(&mut self, value: &Value) {
        let Some(levels) = value.as_object() else {
            return self.problems.push(format!("`{SECTION}.rules` must be an object, but is {}", shown(value)));
        };
        for (rule, level) in levels {
            if rules::find(rule).is_none() {
                let hint = nearest(rule, rules::ALL.iter().map(|rule| rule.name));
                let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                self.problems.push(format!("`{SECTION}.rules`: there is no rule `{rule}`{hint}"));
                continue;
            }
            let severity = match level.as_str() {
                Some("off") => None,
                Some("info") => Some(Severity::Info),
                Some("warning") => Some(Severity::Warning),
                Some("error") => Some(Severity::Error),
                _ => {
                    let level = shown(level);
                    self.problems
                        .push(format!("`{SECTION}.rules.{rule}`: {level} is none of off, info, warning and error"));
                    continue;
                }
            };
            self.settings.rules.insert(rule.clone(), severity);
        }
    }

    fn diagnostics(&mut self, value: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            match (name.as_str(), value.as_str()) {
                ("scope", Some("workspace")) => self.settings.scope = Scope::Workspace,
                ("scope", Some("open")) => self.settings.scope = Scope::Open,
                ("scope", _) => self
                    .problems
                    .push(format!("`{SECTION}.diagnostics.scope`: {} is neither workspace nor open", shown(value))),
                _ => self.unknown(name, "diagnostics.", &["scope"]),
            }
        }
        if !value.is_object() {
            self.problems.push(format!("`{SECTION}.diagnostics` must be an object, but is {}", shown(value)));
        }
    }

    fn on_save(&mut self, value: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            match name.as_str() {
                "fixAll" => self.settings.on_save.fix_all = self.boolean("onSave.fixAll", value, false),
                "format" => self.settings.on_save.format = self.boolean("onSave.format", value, false),
                _ => self.unknown(name, "onSave.", &["fixAll", "format"]),
            }
        }
        if !value.is_object() {
            self.problems.push(format!("`{SECTION}.onSave` must be an object, but is {}", shown(value)));
        }
    }

    /// `{"enabled": true}`, or `true` alone.
    fn enabled(&mut self, name: &str, value: &Value) -> bool {
        let Some(fields) = value.as_object() else { return self.boolean(name, value, true) };
        let mut is_enabled = true;
        for (field, value) in fields {
            match field.as_str() {
                "enabled" => is_enabled = self.boolean(&format!("{name}.enabled"), value, true),
                _ => self.unknown(field, &format!("{name}."), &["enabled"]),
            }
        }
        is_enabled
    }

    fn boolean(&mut self, name: &str, value: &Value, default: bool) -> bool {
        value.as_bool().unwrap_or_else(|| {
            self.problems.push(format!("`{SECTION}.{name}` must be true or false, but is {}", shown(value)));
            default
        })
    }

    fn unknown(&mut self, name: &str, parent: &str, known: &[&str]) {
        let hint = nearest(name, known.iter().copied());
        let hint = hint.map(|hint| format!("; did you mean `{SECTION}.{parent}{hint}`?")).unwrap_or_default();
        self.problems.push(format!("there is no setting `{SECTION}.{parent}{name}`{hint}"));
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read() {
        let value = json!({
            "rules": {"floating-image-tag": "off", "unknown-field": "error"},
            "schemaOnly": true,
            "diagnostics": {"scope": "open"},
            "inlayHints": {"enabled": false},
            "codeLens": false,
            "semanticTokens": null,
            "onSave": {"fixAll": true},
            "trace": {"server": "verbose"},
        });
        let (settings, problems) = Settings::read(&value);
        assert_eq!(problems, [""; 0]);
        assert_eq!(settings.rules["floating-image-tag"], None);
        assert_eq!(settings.rules["unknown-field"], Some(Severity::Error));
        assert!(settings.schema_only && !settings.inlay_hints && !settings.code_lens && settings.semantic_tokens);
        assert_eq!(settings.scope, Scope::Open);
        assert_eq!(settings.on_save, OnSave { fix_all: true, format: false });
        assert_eq!(Settings::read(&Value::Null).0, Settings::default());
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_holds() {
        let value = json!({
            "rules": {"unknown-feild": "off", "unknown-field": "loud", "no-templates": "off"},
            "shemaOnly": true,
            "schemaOnly": 1,
            "diagnostics": {"scope": "all"},
            "inlayHints": {"enable": true},
            "onSave": {"fixall": true, "format": "yes"},
        });
        let (settings, problems) = Settings::read(&value);
        assert_eq!(settings.rules.len(), 1);
        assert_eq!(
            problems,
            [
                "`taskApi.diagnostics.scope`: `\"all\"` is neither workspace nor open",
                "there is no setting `taskApi.inlayHints.enable`; did you mean `taskApi.inlayHints.enabled`?",
                "there is no setting `taskApi.onSave.fixall`; did you mean `taskApi.onSave.fixAll`?",
                "`taskApi.onSave.format` must be true or false, but is `\"yes\"`",
                "`taskApi.rules`: there is no rule `unknown-feild`; did you mean `unknown-field`?",
                "`taskApi.rules.unknown-field`: `\"loud\"` is none of off, info, warning and error",
                "`taskApi.schemaOnly` must be true or false, but is `1`",
                "there is no setting `taskApi.shemaOnly`; did you mean `taskApi.schemaOnly`?",
            ]
        );
    }
}
