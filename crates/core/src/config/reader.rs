//! From the text of a task-api.toml to settings, with everything that is wrong at its place.

use std::ops::Range;

use task_api_json::{LineIndex, Span};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::globs::{self, Globs};
use super::{Config, Defaults, FileSuppression, Override, Problem, Reading, WrittenPath};
use crate::check::Levels;
use crate::diagnostic::Severity;
use crate::rules::{self, Rule, syntax_error};
use crate::suggest::nearest;

/// No project has that much to say.
const LARGEST: usize = 1 << 20;

const LEVELS: [(&str, Option<Severity>); 4] = [
    ("off", None),
    ("info", Some(Severity::Info)),
    ("warning", Some(Severity::Warning)),
    ("error", Some(Severity::Error)),
];

/// Reads the text of a task-api.toml. Whatever it is, the result is what could be made of it.
pub fn read(text: &str) -> Reading {
    if text.len() > LARGEST {
        let message = format!("the file is larger than {} KiB", LARGEST >> 10);
        return Reading { problems: vec![Problem { span: Span::empty(0), message, help: None }], ..Reading::default() };
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, index: LineIndex::new(text), problems: Vec::new() };
    let config = if errors.is_empty() { reader.config(root.get_ref()) } else { Config::default() };
    // Behind a syntax error, what is left of the text would seem to lack this and that.
    for error in errors {
        reader.syntax_error(&error);
    }
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    problems.dedup();
    Reading { config, problems }
}

/// The beginning of what a user has written.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

struct Reader<'t> {
    text: &'t str,
    index: LineIndex,
    problems: Vec<Problem>,
}

type Value<'t> = Spanned<DeValue<'t>>;

impl<'t> Reader<'t> {
    fn config(&mut self, root: &DeTable<'t>) -> Config {
        const KNOWN: [&str; 4] = ["rules", "validate", "overrides", "suppress"];
        self.known_keys(root, &KNOWN, "task-api.toml");
        Config {
            rules: root.get("rules").map(|value| self.levels(value)).unwrap_or_default(),
            validate: root.get("validate").map(|value| self.defaults(value)).unwrap_or_default(),
            overrides: self.tables(root, "overrides").iter().filter_map(|value| self.one_override(value)).collect(),
            suppressions: self.tables(root, "suppress").iter().filter_map(|value| self.suppression(value)).collect(),
        }
    }

    /// `{ unknown-field = "error" }`.
    fn levels(&mut self, value: &Value<'t>) -> Levels {
        let mut levels = Levels::new();
        let Some(table) = self.table(value, "rules") else { return levels };
        for (key, value) in table.iter() {
            let is_known = self.known_rule(key.get_ref(), key.span());
            let Some(name) = self.string(value, key.get_ref()) else { continue };
            match LEVELS.iter().find(|(known, _)| *known == name) {
                Some((_, level)) if is_known => {
                    levels.insert(key.get_ref().to_string(), *level);
                }
                Some(_) => {}
                None => {
                    let meant = nearest(&name, LEVELS.map(|(known, _)| known));
                    let meant = meant.or_else(|| {
                        ["warn", "err"].contains(&&*name).then_some(if name == "err" { "error" } else { "warning" })
                    });
                    let help = match meant {
                        Some(meant) => did_you_mean(meant),
                        None => "a level is off, info, warning or error".to_owned(),
                    };
                    self.report(value.span(), format!("`{}` is no level", excerpt(&name)), help);
                }
            }
        }
        levels
    }

    /// `[validate]`.
    fn defaults(&mut self, value: &Value<'t>) -> Defaults {
        const KNOWN: [&str; 5] = ["deny-warnings", "check-paths", "container", "policy", "exclude"];
        let Some(table) = self.table(value, "validate") else { return Defaults::default() };
        self.known_keys(table, &KNOWN, "[validate]");
        Defaults {
            deny_warnings: self.boolean(table, "deny-warnings"),
            check_paths: self.boolean(table, "check-paths"),
            container: table.get("container").and_then(|value| self.path(value, "container")),
            policy: self.strings(table, "policy").iter().filter_map(|value| self.path(value, "policy")).collect(),
            exclude: self.globs(table, "exclude"),
        }
    }

    /// `[[overrides]]`.
    fn one_override(&mut self, value: &Value<'t>) -> Option<Override> {
        let table = self.table(value, "overrides")?;
        self.known_keys(table, &["files", "rules"], "[[overrides]]");
        let files = self.globs(table, "files");
        let is_whole = self.required(table, value, "files", "files = [\"examples/**\"]")
            & self.required(table, value, "rules", "rules = { plain-text-secret = \"off\" }");
        if let Some(written) = table.get("files").filter(|value| is_empty_list(value)) {
            let help = "name files or a pattern such as `examples/**`, or remove the override";
            self.report(written.span(), "this override is for no files".to_owned(), help.to_owned());
        }
        let rules = table.get("rules").map(|value| self.levels(value))?;
        is_whole.then_some(Override { files, rules })
    }

    /// `[[suppress]]`.
    fn suppression(&mut self, value: &Value<'t>) -> Option<FileSuppression> {
        let table = self.table(value, "suppress")?;
        self.known_keys(table, &["file", "rule", "pointer", "reason"], "[[suppress]]");
        let file = table.get("file").and_then(|value| self.path(value, "file"));
        let files = file.as_ref().and_then(|file| self.files(file));
        let rule = table.get("rule").and_then(|value| self.suppressed_rule(value));
        let pointer = table.get("pointer").map(|value| self.pointer(value));
        let reason = table.get("reason").and_then(|value| self.reason(value));
        self.required(table, value, "file", "file = \"task.json\"");
        self.required(table, value, "rule", "rule = \"unbound-channel\"");
        self.required(table, value, "reason", "reason = \"why the finding is wanted\"");
        let (file, line) = (file?, self.line(value.span()));
        let is_literal = globs::is_literal(&file.path);
        let pointer = pointer.map_or(Some(None), |pointer| pointer.map(Some))?;
        Some(FileSuppression { file, is_literal, rule: rule?, pointer, reason: reason?, files: files?, line })
    }

    fn files(&mut self, file: &WrittenPath) -> Option<Globs> {
        let written = &file.path;
        let mut globs = Globs::default();
        let added = if globs::is_literal(written) {
            Globs::literal(written).map(|literal| globs = literal)
        } else if written.starts_with('!') {
            let help = "name the files that it is for; a name that begins with `!` is written `\\!`";
            Err(("a suppression cannot be for all files but some".to_owned(), help.to_owned()))
        } else {
            globs.add(written)
        };
        match added {
            Ok(()) => Some(globs),
            Err((message, help)) => {
                self.problems.push(Problem { span: file.span, message, help: Some(help) });
                None
            }
        }
    }

    fn suppressed_rule(&mut self, value: &Value<'t>) -> Option<String> {
        let name = self.string(value, "rule")?;
        if !self.known_rule(&name, value.span()) {
            return None;
        }
        if name == syntax_error::RULE.name {
            let help = "what is not JSON cannot be checked at all; leave the file out by `exclude` under [validate]";
            self.report(value.span(), format!("`{name}` cannot be suppressed"), help.to_owned());
            return None;
        }
        Some(name)
    }

    fn pointer(&mut self, value: &Value<'t>) -> Option<String> {
        let pointer = self.string(value, "pointer")?;
        let is_escaped = |step: &str| step.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
        let message = format!("`{}` is no JSON Pointer", excerpt(&pointer));
        if !pointer.is_empty() && !pointer.starts_with('/') {
            let meant = pointer.trim_start_matches(['#', '$', '.', '/']).replace('.', "/");
            self.report(value.span(), message, format!("it begins with `/`: `/{}`", excerpt(&meant)));
            return None;
        }
        if !is_escaped(&pointer) {
            let help = "in a pointer, `~` is written `~0`, and a `/` in a name `~1`";
            self.report(value.span(), message, help.to_owned());
            return None;
        }
        if pointer.len() > 1 && pointer.ends_with('/') {
            let help = format!("without the `/` at the end: `{}`", excerpt(pointer.trim_end_matches('/')));
            self.report(value.span(), message, help);
            return None;
        }
        Some(pointer)
    }

    fn reason(&mut self, value: &Value<'t>) -> Option<String> {
        let reason = self.string(value, "reason")?;
        if reason.trim().is_empty() {
            let help = "say why the finding is wanted, for whoever reads this next";
            self.report(value.span(), "the reason is blank".to_owned(), help.to_owned());
            return None;
        }
        Some(reason)
    }

    fn path(&mut self, value: &Value<'t>, name: &str) -> Option<WrittenPath> {
        let path = self.string(value, name)?;
        if path.trim().is_empty() {
            let help = "write a path that is relative to this file";
            self.report(value.span(), format!("`{name}` is blank"), help.to_owned());
            return None;
        }
        Some(WrittenPath { path, span: self.span(value.span()), line: self.line(value.span()) })
    }

    fn globs(&mut self, table: &DeTable<'t>, name: &str) -> Globs {
        let mut globs = Globs::default();
        for value in self.strings(table, name) {
            let Some(pattern) = self.string(value, name) else { continue };
            if let Err((message, help)) = globs.add(&pattern) {
                self.report(value.span(), message, help);
            }
        }
        globs
    }

    /// The values of a list, or the one value in place of a list.
    fn strings<'v>(&mut self, table: &'v DeTable<'t>, name: &str) -> Vec<&'v Value<'t>> {
        let Some(value) = table.get(name) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            DeValue::String(_) => vec![value],
            other => {
                let message = format!("`{name}` must be a text or a list of texts, but is {}", in_words(other));
                self.report(value.span(), message, format!("write {name} = [\"…\"]"));
                Vec::new()
            }
        }
    }

    fn tables<'v>(&mut self, table: &'v DeTable<'t>, name: &str) -> &'v [Value<'t>] {
        let Some(value) = table.get(name) else { return &[] };
        if let DeValue::Array(array) = value.get_ref() {
            return elements(array);
        }
        let message = format!("`{name}` must be a list of tables, but is {}", in_words(value.get_ref()));
        self.report(value.span(), message, format!("write [[{name}]], in two brackets, for each"));
        &[]
    }

    fn table<'v>(&mut self, value: &'v Value<'t>, name: &str) -> Option<&'v DeTable<'t>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        let (message, help) = match value.get_ref() {
            DeValue::Array(_) => {
                (format!("`{name}` must be one table, but is a list"), format!("write [{name}], in one bracket, once"))
            }
            other => (
                format!("`{name}` must be a table, but is {}", in_words(other)),
                "a table has names and values: { name = value }".to_owned(),
            ),
        };
        self.report(value.span(), message, help);
        None
    }

    fn string(&mut self, value: &Value<'t>, name: &str) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        let message = format!("`{}` must be a text, but is {}", excerpt(name), in_words(value.get_ref()));
        self.report(value.span(), message, "a text stands in quotes".to_owned());
        None
    }

    fn boolean(&mut self, table: &DeTable<'t>, name: &str) -> bool {
        match table.get(name).map(|value| (value, value.get_ref())) {
            None => false,
            Some((_, DeValue::Boolean(value))) => *value,
            Some((value, other)) => {
                let message = format!("`{name}` must be true or false, but is {}", in_words(other));
                self.report(value.span(), message, "write true or false, without quotes".to_owned());
                false
            }
        }
    }

    fn required(&mut self, table: &DeTable<'t>, whole: &Value<'t>, name: &str, example: &str) -> bool {
        let is_there = table.contains_key(name);
        if !is_there {
            self.report(whole.span(), format!("`{name}` is missing"), format!("add {example}"));
        }
        is_there
    }

    fn known_keys(&mut self, table: &DeTable<'t>, known: &[&'static str], place: &str) {
        for (key, _) in table.iter() {
            let name = key.get_ref();
            if known.contains(&&**name) {
                continue;
            }
            let absent = known.iter().copied().filter(|known| !table.contains_key(*known));
            let help = match nearest(name, absent) {
                Some(meant) => did_you_mean(meant),
                None => {
                    format!("it has {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
                }
            };
            self.report(key.span(), format!("{place} has no `{}`", excerpt(name)), help);
        }
    }

    fn known_rule(&mut self, name: &str, span: Range<usize>) -> bool {
        // Rules without a kind of file are about directories.
        let (of_files, others): (Vec<&Rule>, Vec<&Rule>) = rules::ALL.iter().partition(|rule| rule.bad.kind.is_some());
        if of_files.iter().any(|rule| rule.name == name) {
            return true;
        }
        if others.iter().any(|rule| rule.name == name) {
            let help = "`task-api check-data` reports it and takes `--rule`; this file is for `validate`";
            self.report(
                span,
                format!("`{name}` is about directories, and nothing is set for it here"),
                help.to_owned(),
            );
            return false;
        }
        let help = match nearest(name, of_files.iter().map(|rule| rule.name)) {
            Some(meant) => did_you_mean(meant),
            None => "`task-api explain` lists the rules".to_owned(),
        };
        self.report(span, format!("there is no rule `{}`", excerpt(name)), help);
        false
    }

    fn syntax_error(&mut self, error: &toml::de::Error) {
        let span = self.span(error.span().unwrap_or(self.text.len()..self.text.len()));
        let (message, help) = match error.message() {
            "duplicate key" => {
                let message = format!("`{}` is here for the second time", excerpt(span.of(self.text).trim()));
                (message, Some("a name may be given once; put the values together".to_owned()))
            }
            other => (format!("this is not TOML: {other}"), None),
        };
        self.problems.push(Problem { span, message, help });
    }

    fn report(&mut self, span: Range<usize>, message: String, help: String) {
        let span = self.span(span);
        self.problems.push(Problem { span, message, help: Some(help) });
    }

    fn span(&self, span: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end).max(start);
        Span::new(start as u32, end as u32)
    }

    fn line(&self, span: Range<usize>) -> u32 {
        self.index.position(self.span(span).start).line + 1
    }
}

fn elements<'v, 't>(array: &'v DeArray<'t>) -> &'v [Value<'t>] {
    array
}

fn is_empty_list(value: &Value<'_>) -> bool {
    matches!(value.get_ref(), DeValue::Array(array) if array.is_empty())
}

fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

fn in_words(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text \"{}\"", excerpt(text)),
        DeValue::Integer(number) => format!("the number {}", excerpt(number.as_str())),
        DeValue::Float(number) => format!("the number {}", excerpt(number.as_str())),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
