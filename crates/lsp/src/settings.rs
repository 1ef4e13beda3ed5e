//! The user's settings, `taskApi.*`.

use serde_json::value::RawValue;
use task_api_core::diagnostic::Severity;
use task_api_core::{Levels, nearest, rules};
use task_api_ide::EditorSettings;

use crate::json::{Fields, read, shown};

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
    pub(crate) fn read(value: &RawValue) -> (Settings, Vec<String>) {
        let mut reader = Reader { settings: Settings::default(), problems: Vec::new() };
        // A client that has no settings answers null.
        if !is_null(value) {
            reader.object("", value, Reader::read);
        }
        (reader.settings, reader.problems)
    }

    /// The part that findings depend on.
    pub(crate) fn of_checks(&self) -> EditorSettings {
        EditorSettings { levels: self.rules.clone(), schema_only: self.schema_only }
    }

    /// The settings among what a client sends that is not asked for single sections.
    pub(crate) fn section(value: &RawValue) -> Box<RawValue> {
        let section = Fields::of(value).and_then(|mut fields| fields.remove(SECTION));
        section.unwrap_or_else(|| value.to_owned())
    }
}

struct Reader {
    settings: Settings,
    problems: Vec<String>,
}

pub(crate) const NAMES: [&str; 7] =
    ["rules", "schemaOnly", "diagnostics", "inlayHints", "codeLens", "semanticTokens", "onSave"];

impl Reader {
    /// Reads each field of an object.
    fn object(&mut self, name: &str, value: &RawValue, read: impl Fn(&mut Reader, &str, &RawValue)) {
        match Fields::of(value) {
            Some(fields) => fields.iter().for_each(|(name, value)| read(self, name, value)),
            None => {
                let name = if name.is_empty() { SECTION.to_owned() } else { format!("{SECTION}.{name}") };
                self.problems.push(format!("`{name}` must be an object, but is {}", shown(value.get())));
            }
        }
    }

    fn read(&mut self, name: &str, value: &RawValue) {
        match name {
            // What is set to null is not set.
            _ if is_null(value) => {}
            "rules" => self.object(name, value, Reader::rule),
            "schemaOnly" => self.settings.schema_only = self.boolean(name, value, false),
            "diagnostics" => self.object(name, value, Reader::diagnostics),
            "inlayHints" => self.settings.inlay_hints = self.enabled(name, value),
            "codeLens" => self.settings.code_lens = self.enabled(name, value),
            "semanticTokens" => self.settings.semantic_tokens = self.enabled(name, value),
            "onSave" => self.object(name, value, Reader::on_save),
            _ if OF_CLIENTS.contains(&name) => {}
            _ => self.unknown(name, "", &NAMES),
        }
    }

    fn rule(&mut self, rule: &str, level: &RawValue) {
        if rules::find(rule).is_none() {
            let hint = nearest(rule, rules::ALL.iter().map(|rule| rule.name));
            let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            return self.problems.push(format!("`{SECTION}.rules`: there is no rule `{rule}`{hint}"));
        }
        let severity = match word(level).as_str() {
            "off" => None,
            "info" => Some(Severity::Info),
            "warning" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            _ => {
                let level = shown(level.get());
                return self
                    .problems
                    .push(format!("`{SECTION}.rules.{rule}`: {level} is none of off, info, warning and error"));
            }
        };
        self.settings.rules.insert(rule.to_owned(), severity);
    }

    fn diagnostics(&mut self, name: &str, value: &RawValue) {
        match (name, word(value).as_str()) {
            ("scope", "workspace") => self.settings.scope = Scope::Workspace,
            ("scope", "open") => self.settings.scope = Scope::Open,
            ("scope", _) => self
                .problems
                .push(format!("`{SECTION}.diagnostics.scope`: {} is neither workspace nor open", shown(value.get()))),
            _ => self.unknown(name, "diagnostics.", &["scope"]),
        }
    }

    fn on_save(&mut self, name: &str, value: &RawValue) {
        match name {
            "fixAll" => self.settings.on_save.fix_all = self.boolean("onSave.fixAll", value, false),
            "format" => self.settings.on_save.format = self.boolean("onSave.format", value, false),
            _ => self.unknown(name, "onSave.", &["fixAll", "format"]),
        }
    }

    /// `{"enabled": true}`, or `true` alone.
    fn enabled(&mut self, name: &str, value: &RawValue) -> bool {
        let Some(fields) = Fields::of(value) else { return self.boolean(name, value, true) };
        let mut is_enabled = true;
        for (field, value) in fields.iter() {
            match field {
                "enabled" => is_enabled = self.boolean(&format!("{name}.enabled"), value, true),
                _ => self.unknown(field, &format!("{name}."), &["enabled"]),
            }
        }
        is_enabled
    }

    fn boolean(&mut self, name: &str, value: &RawValue, default: bool) -> bool {
        match value.get() {
            "true" => true,
            "false" => false,
            _ => {
                self.problems.push(format!("`{SECTION}.{name}` must be true or false, but is {}", shown(value.get())));
                default
            }
        }
    }

    fn unknown(&mut self, name: &str, parent: &str, known: &[&str]) {
        let hint = nearest(name, known.iter().copied());
        let hint = hint.map(|hint| format!("; did you mean `{SECTION}.{parent}{hint}`?")).unwrap_or_default();
        self.problems.push(format!("there is no setting `{SECTION}.{parent}{name}`{hint}"));
    }
}

fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// A text; nothing where the value is none.
fn word(value: &RawValue) -> String {
    read(value.get()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

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
        let (settings, problems) = Settings::read(&to_raw_value(&value).unwrap());
        assert_eq!(problems, [""; 0]);
        assert_eq!(settings.rules.get("floating-image-tag"), Some(&None));
        assert_eq!(settings.rules.get("unknown-field"), Some(&Some(Severity::Error)));
        assert!(settings.schema_only && !settings.inlay_hints && !settings.code_lens && settings.semantic_tokens);
        assert_eq!(settings.scope, Scope::Open);
        assert_eq!(settings.on_save, OnSave { fix_all: true, format: false });
        assert_eq!(Settings::read(RawValue::NULL).0, Settings::default());
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
        let (settings, problems) = Settings::read(&to_raw_value(&value).unwrap());
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
