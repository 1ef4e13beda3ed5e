//! The task as a `KaapanaTaskOperator` in a workflow's Python file.

use std::fmt::Write;

use task_api_core::secret::is_secret_name;
use task_api_core::template::has_expression;
use task_api_json::{Kind as NodeKind, Node, quote};

use super::TaskForm;
use super::id::FieldId;
use super::reading::value_of;
use super::trigger::in_words;
use super::types::{Direction, FieldValue, OperatorSnippet};
use super::view::View;

#[derive(Debug, Clone, Default)]
pub struct OperatorOptions {
    pub task_id: Option<String>,
    /// Python name of the variable.
    pub variable: Option<String>,
    /// Module of `KaapanaTaskOperator`.
    pub module: Option<String>,
}

const MODULE: &str = "task_api_operator.KaapanaTaskOperator";
const PYTHON_KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

impl TaskForm {
    pub fn operator_snippet(&self, options: &OperatorOptions) -> OperatorSnippet {
        let view = self.view();
        let task = options.task_id.clone().unwrap_or_else(|| view.task_id());
        let variable = variable_name(options.variable.as_deref().unwrap_or(&task));
        let (mut withheld, mut notes) = (Vec::new(), Vec::new());
        let mut arguments = vec![format!("task_id={}", quote(&task))];
        let image = view.now.get(&FieldId::Image).and_then(value_of);
        arguments.push(format!("image={}", quote(image.as_ref().and_then(FieldValue::text).unwrap_or_default())));
        arguments.extend(view.template_argument());
        let variables: Vec<String> = view
            .set_variables()
            .iter()
            .map(|(name, value)| {
                let written = written(name, value, &mut withheld, &mut notes);
                format!("        {{\"name\": {}, \"value\": {written}}},\n", quote(name))
            })
            .collect();
        if !variables.is_empty() {
            arguments.push(format!("env=[\n{}    ]", variables.concat()));
        }
        for name in ["command", "resources"] {
            let value = view.now.root.get(name).filter(|node| node.kind() != NodeKind::Null);
            arguments.extend(value.map(|node| format!("{name}={}", python(node, 1))));
        }
        for (name, value) in view.registry() {
            let written = written(name, &value, &mut withheld, &mut notes);
            arguments.push(format!("{name}={written}"));
        }
        for name in ["labels", "annotations"] {
            let value = view.now.get(&FieldId::Config(vec![name.to_owned()]));
            let value = value.filter(|node| node.members().next().is_some());
            arguments.extend(value.map(|node| format!("{name}={}", python(node, 1))));
        }
        let mut call = format!("{variable} = KaapanaTaskOperator(\n");
        for argument in arguments {
            // Writing to a `String` cannot fail.
            let _ = writeln!(call, "    {argument},");
        }
        call.push_str(&view.mappings(&mut notes));
        call.push_str(")\n");
        if !withheld.is_empty() {
            notes.push(format!("No secret is written out: the environment has to have {}.", in_words(&withheld)));
        }
        let module = options.module.as_deref().filter(|module| is_module(module)).unwrap_or(MODULE);
        let names = if call.contains("IOMapping(") { "KaapanaTaskOperator, IOMapping" } else { "KaapanaTaskOperator" };
        let environment = if withheld.is_empty() { "" } else { "import os\n\n" };
        let imports = format!("{environment}from {module} import {names}\n");
        OperatorSnippet { code: format!("{imports}\n{call}"), imports, call, task_id: task, withheld, notes }
    }
}

impl View<'_> {
    fn template_argument(&self) -> Option<String> {
        let written = self.now.get(&FieldId::Template)?;
        Some(match written.kind() {
            NodeKind::Object => format!("taskTemplate={}", python(written, 1)),
            _ => format!("taskTemplate={}", quote(self.template_name.as_deref().unwrap_or_default())),
        })
    }

    fn registry(&self) -> Vec<(&'static str, String)> {
        let value = |name: &'static str| {
            let value = self.now.get(&FieldId::Config(vec![name.to_owned()])).and_then(value_of)?;
            Some((name, FieldValue::text(&value)?.to_owned()))
        };
        ["registryUrl", "registryUsername", "registryPassword"].into_iter().filter_map(value).collect()
    }

    /// Where the inputs come from is not the task's to say: a workflow gives them the outputs of other tasks.
    fn mappings(&self, notes: &mut Vec<String>) -> String {
        let inputs = self.channel_names(Direction::Input);
        if inputs.is_empty() {
            return String::new();
        }
        notes.push(
            "In a workflow, inputs are outputs of other tasks: name the operator and its channel in `iochannel_maps`."
                .to_owned(),
        );
        let mut text = "    # iochannel_maps=[\n".to_owned();
        for input in inputs {
            let _ = writeln!(
                text,
                "    #     IOMapping(upstream_operator=..., upstream_output_channel=\"...\", input_channel={}),",
                quote(&input)
            );
        }
        text.push_str("    # ],\n");
        text
    }
}

/// A value, or for a secret where it is found.
fn written(name: &str, value: &str, withheld: &mut Vec<String>, notes: &mut Vec<String>) -> String {
    if has_expression(value) {
        notes.push(format!("`{name}` holds a template expression: see whether your workflow renders it."));
        return quote(value);
    }
    if is_secret_name(name) && !value.is_empty() {
        withheld.push(name.to_owned());
        return format!("os.environ[{}]", quote(name));
    }
    quote(value)
}

/// A value of JSON as Python writes it. Strings are the same in both.
fn python(node: Node<'_>, depth: usize) -> String {
    let inner = "    ".repeat(depth + 1);
    let outer = "    ".repeat(depth);
    match node.kind() {
        NodeKind::True => "True".to_owned(),
        NodeKind::False => "False".to_owned(),
        NodeKind::Null | NodeKind::Missing | NodeKind::Template => "None".to_owned(),
        NodeKind::Number => node.source().to_owned(),
        NodeKind::String | NodeKind::Key => quote(&node.as_str().unwrap_or_default()),
        NodeKind::Array => {
            let elements: Vec<String> = node.elements().map(|element| python(element, depth + 1)).collect();
            let line = elements.join(", ");
            if line.len() <= 80 && !line.contains('\n') {
                return format!("[{line}]");
            }
            let lines: String = elements.iter().map(|element| format!("{inner}{element},\n")).collect();
            format!("[\n{lines}{outer}]")
        }
        NodeKind::Object => {
            let member = |(key, value): (Node<'_>, Node<'_>)| {
                format!("{}: {}", quote(&key.as_str().unwrap_or_default()), python(value, depth + 1))
            };
            let members: Vec<String> = node.members().map(member).collect();
            let line = members.join(", ");
            if line.len() <= 80 && !line.contains('\n') {
                return format!("{{{line}}}");
            }
            let lines: String = members.iter().map(|member| format!("{inner}{member},\n")).collect();
            format!("{{\n{lines}{outer}}}")
        }
    }
}

/// A name as Airflow takes it: letters, digits, hyphens, dots and underscores.
pub(super) fn task_id(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '.' | '_' | '-' => id.push(character),
            character if character.is_ascii_alphanumeric() => id.push(character),
            _ if id.ends_with('-') || id.is_empty() => {}
            _ => id.push('-'),
        }
    }
    let trimmed = id.trim_end_matches('-');
    if trimmed.is_empty() { "my-task".to_owned() } else { trimmed.to_owned() }
}

/// A name as Python takes it, made of a task's or of a wish.
fn variable_name(wanted: &str) -> String {
    if is_name(wanted) {
        return wanted.to_owned();
    }
    let letters = wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    let name: String = letters.collect();
    if is_name(&name) { name } else { format!("task_{name}") }
}

fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins_well = text.starts_with(|c: char| is_letter(c) && !c.is_ascii_digit());
    begins_well && text.chars().all(is_letter) && !PYTHON_KEYWORDS.contains(&text)
}

fn is_module(text: &str) -> bool {
    text.split('.').all(is_name)
}
