//! The file that a rule belongs into, and the change to it.

use std::path::PathBuf;

use serde_json::json;
use task_api_core::model::{Container, Task, TemplateRef};
use task_api_core::scale::{Law, Mode, ScaleRule, Target};
use task_api_core::version::detect_version;
use task_api_core::{ApiVersion, CheckOptions, Kind, check};
use task_api_json::rewrite::insert_member;
use task_api_json::{Node, TextEdit, apply_edits};

use crate::args::TaskArgs;
use crate::containers;
use crate::exit::Failure;
use crate::load::{self, Loaded};
use crate::{DONE, Io, save};

/// A processing-container.json, or a task with its template in it.
pub(super) struct RuleFile {
    path: PathBuf,
    loaded: Loaded,
    kind: Kind,
    /// The template's; `None` where it is written out in the task.
    identifier: Option<String>,
}

impl RuleFile {
    /// `None` if only the image has it. What is wrong with the task is said by others.
    pub(super) fn find(args: &TaskArgs, io: &mut Io) -> Result<Option<RuleFile>, Failure> {
        let task = load::load_file(&args.task, io)?;
        let tree = task_api_json::parse(&task.text);
        let model = Task::read(tree.root(&task.text));
        let identifier = match &model.template {
            Some(TemplateRef::Identifier(identifier)) => identifier.value.to_string(),
            Some(TemplateRef::Inline(_)) => return RuleFile::of_task(args, io).map(Some),
            None => return Ok(None),
        };
        let loaded = match &args.container {
            Some(path) => Some((io.absolute(path), load::load_file(path, io)?)),
            None => {
                let nearest = containers::nearest(&args.task, &identifier, io);
                nearest.map(|found| (io.absolute(found.name.as_ref()), found.loaded()))
            }
        };
        let kind = Kind::ProcessingContainer;
        Ok(loaded.map(|(path, loaded)| RuleFile { path, kind, identifier: Some(identifier), loaded }))
    }

    /// The task itself: its own rule for a channel wins over the template's.
    pub(super) fn of_task(args: &TaskArgs, io: &mut Io) -> Result<RuleFile, Failure> {
        let loaded = load::load_file(&args.task, io)?;
        Ok(RuleFile { path: io.absolute(&args.task), kind: Kind::Task, identifier: None, loaded })
    }

    pub(super) fn version(&self) -> ApiVersion {
        let tree = task_api_json::parse(&self.loaded.text);
        detect_version(tree.root(&self.loaded.text), self.kind)
    }

    /// Writes the rule, or prints what would change.
    pub(super) fn change(&self, channel: &str, rule: &ScaleRule, write: bool, io: &mut Io) -> Result<u8, Failure> {
        let name = &self.loaded.name;
        let text = self.with_rule(channel, rule)?;
        if !write {
            io.out(&format!("\n{}", save::diff(name, &self.loaded.text, &text)));
            return Ok(DONE);
        }
        if text != self.loaded.text {
            save::replace(&self.path, &self.loaded, &text)?;
        }
        io.err(&format!("{name} has the rule {} for `{channel}`\n", rule.law));
        Ok(DONE)
    }

    fn with_rule(&self, channel: &str, rule: &ScaleRule) -> Result<String, Failure> {
        let (text, name) = (&self.loaded.text, &self.loaded.name);
        let tree = task_api_json::parse(text);
        let root = tree.root(text);
        let version = self.version();
        let Some(channel) = self.channel_node(root, channel) else {
            return Err(Failure::invalid(format!("{name}: the input `{channel}` is not to be found")));
        };
        let edits = match channel.get("scale_rule") {
            Some(there) if there.members().next().is_some() => changed(there, rule, version),
            Some(there) => vec![TextEdit::replace(there.span(), written(rule, version))],
            None => vec![insert_member(channel, "scale_rule", &written(rule, version))],
        };
        let changed = apply_edits(text, &edits).unwrap_or_default();
        let options = CheckOptions { kind: Some(self.kind), schema_only: true, ..CheckOptions::default() };
        if !check(&changed, &options).is_valid() {
            return Err(Failure::invalid(format!("{name}: `{}` cannot be written into this file", rule.law)));
        }
        Ok(changed)
    }

    fn channel_node<'a>(&self, root: Node<'a>, channel: &str) -> Option<Node<'a>> {
        let inputs = match &self.identifier {
            Some(identifier) => {
                let container = Container::read(root);
                container.template(identifier)?.node
            }
            None => {
                let task = Task::read(root);
                // A task's own rule wins over its template's.
                if let Some(volume) = task.inputs.iter().find(|v| v.name.value == channel && v.scale_rule.is_some()) {
                    return Some(volume.node);
                }
                task.inline_template()?.node
            }
        };
        let mut inputs = inputs.get("inputs")?.elements();
        inputs.find(|input| input.get("name").and_then(Node::as_str).is_some_and(|name| name == channel))
    }
}

/// The members of a rule: name and JSON text.
fn members(rule: &ScaleRule, version: ApiVersion) -> Vec<(&'static str, String)> {
    let law = match version {
        ApiVersion::V0 => ("complexity", json!(rule.law.to_string()).to_string()),
        ApiVersion::V1 => ("scale_factor", factor(rule.law)),
    };
    let target = match rule.target {
        Target::Limit => "limit",
        Target::Request => "request",
    };
    let mode = match rule.mode {
        Mode::Sum => "sum",
        Mode::MaxFileSize => "max_file_size",
        Mode::MaxItemSum => "max_item_sum",
    };
    let mut members = vec![law, ("type", json!(target).to_string()), ("mode", json!(mode).to_string())];
    let defaults = [
        ("target_dir", &rule.target_dir, ""),
        ("target_regex", &rule.target_regex, ".*"),
        ("target_glob", &rule.target_glob, "*"),
    ];
    let set = defaults.into_iter().filter(|(_, value, default)| value != default);
    members.extend(set.map(|(name, value, _)| (name, json!(value).to_string())));
    members
}

fn factor(law: Law) -> String {
    // Rounded up before: it covers what was measured.
    format!("{:.0}", law.coefficient.ceil())
}

fn written(rule: &ScaleRule, version: ApiVersion) -> String {
    let members: Vec<String> =
        members(rule, version).iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{ {} }}", members.join(", "))
}

/// Only what differs is touched.
fn changed(there: Node<'_>, rule: &ScaleRule, version: ApiVersion) -> Vec<TextEdit> {
    let edits = members(rule, version).into_iter().filter_map(|(name, value)| match there.get(name) {
        Some(node) if same(node, &value) => None,
        Some(node) => Some(TextEdit::replace(node.span(), value)),
        None => Some(insert_member(there, name, &value)),
    });
    edits.collect()
}

fn same(node: Node<'_>, value: &str) -> bool {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    parsed(node.source()) == parsed(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(coefficient: f64, exponent: u32) -> ScaleRule {
        ScaleRule {
            law: Law { coefficient, exponent },
            target: Target::Limit,
            mode: Mode::Sum,
            target_dir: String::new(),
            target_regex: ".*".to_owned(),
            target_glob: "*".to_owned(),
        }
    }

    fn file(version: &str, rule: &str) -> RuleFile {
        let text = format!(
            "{{{version}\n  \"name\": \"c\",\"description\" :  \"d\",\n  \"templates\": [\n    {{ \"identifier\": \"t\", \
             \"description\": \"d\", \"inputs\": [{{\"name\": \"in\", \"mounted_path\": \"/in\"{rule}}}], \
             \"outputs\": [], \"env\": [] }}\n  ]\n}}\n"
        );
        let loaded = Loaded { name: "pc.json".to_owned(), text, broken_utf8: false };
        RuleFile { path: "pc.json".into(), loaded, kind: Kind::ProcessingContainer, identifier: Some("t".to_owned()) }
    }

    #[track_caller]
    fn check(version: &str, before: &str, rule: &ScaleRule, after: &str) {
        let expected = file(version, after).loaded.text;
        assert_eq!(file(version, before).with_rule("in", rule).unwrap(), expected);
    }

    #[test]
    fn a_rule_is_added_in_the_form_of_the_version() {
        let glob = ScaleRule { target_glob: "*.nii".to_owned(), ..rule(0.0015, 2) };
        check(
            "",
            "",
            &glob,
            r#", "scale_rule": { "complexity": "0.0015*n**2", "type": "limit", "mode": "sum", "target_glob": "*.nii" }"#,
        );
        check(
            "\"api_version\": 1,",
            "",
            &rule(3.0, 1),
            r#", "scale_rule": { "scale_factor": 3, "type": "limit", "mode": "sum" }"#,
        );
        check(
            "",
            r#", "scale_rule": null"#,
            &rule(2.0, 1),
            r#", "scale_rule": { "complexity": "2*n", "type": "limit", "mode": "sum" }"#,
        );
    }

    #[test]
    fn of_a_rule_that_is_there_only_the_law_changes() {
        let before = r#", "scale_rule":{"mode" :"sum","type":"limit",   "complexity": "2n"}"#;
        check("", before, &rule(2.4, 1), &before.replace("2n", "2.4*n"));
        check("", before, &rule(2.0, 1), &before.replace("2n", "2*n"));
    }

    #[test]
    fn what_the_version_does_not_know_is_refused() {
        let item = ScaleRule { mode: Mode::MaxItemSum, ..rule(2.0, 1) };
        assert!(file("", "").with_rule("in", &item).is_err());
        assert!(file("", "").with_rule("other", &rule(2.0, 1)).is_err());
    }

    #[test]
    fn a_rule_of_the_task_is_changed_there() {
        let text = r#"{"name": "t", "image": "i:1", "taskTemplate": "t", "inputs": [{"name": "in", "input": {"host_path": "x"},
            "scale_rule": {"complexity": "n", "type": "limit", "mode": "sum"}}], "outputs": [], "env": []}"#;
        let loaded = Loaded { name: "task.json".to_owned(), text: text.to_owned(), broken_utf8: false };
        let file = RuleFile { path: "task.json".into(), loaded, kind: Kind::Task, identifier: None };
        assert_eq!(file.with_rule("in", &rule(2.5, 1)).unwrap(), text.replace("\"n\"", "\"2.5*n\""));
    }
}
