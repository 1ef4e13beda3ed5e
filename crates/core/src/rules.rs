//! The catalogue: one file a rule, listed once in [`ALL`].

use task_api_json::{Kind as NodeKind, TextEdit, rewrite};

use crate::Kind;
use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::model::{Container, Mount, Task, Template, TemplateRef, Volume};

pub(crate) mod duplicate_key;
pub(crate) mod field_of_other_version;
pub(crate) mod fixed_env_override;
pub(crate) mod missing_field;
pub(crate) mod pattern_mismatch;
pub(crate) mod syntax_error;
pub(crate) mod unbound_channel;
pub(crate) mod unknown_channel;
pub(crate) mod unknown_env;
pub(crate) mod unknown_field;
pub(crate) mod unknown_template;
pub(crate) mod unknown_value;
pub(crate) mod unrendered_template;
pub(crate) mod unsupported_api_version;
pub(crate) mod wrong_direction;
pub(crate) mod wrong_type;

/// Something that can be wrong with a file, as documented and configured.
#[derive(Debug)]
pub struct Rule {
    /// Stable: part of the interface.
    pub name: &'static str,
    pub group: Group,
    /// The severity unless configured otherwise or judged by the case.
    pub severity: Severity,
    /// First version of the tool that has the rule.
    pub since: &'static str,
    pub summary: &'static str,
    /// Why it matters and what to do, in a few sentences.
    pub explanation: &'static str,
    /// Reports exactly this rule; a test executes it.
    pub bad: Example,
    /// The same, mended: reports nothing.
    pub good: Example,
}

/// A whole file that shows a rule.
#[derive(Debug)]
pub struct Example {
    pub kind: Kind,
    pub text: &'static str,
    /// The processing-container.json beside a task.json.
    pub container: Option<&'static str>,
}

impl Example {
    pub(crate) const fn container(text: &'static str) -> Example {
        Example { kind: Kind::ProcessingContainer, text, container: None }
    }

    pub(crate) const fn task(text: &'static str) -> Example {
        Example { kind: Kind::Task, text, container: None }
    }

    pub(crate) const fn task_in(container: &'static str, text: &'static str) -> Example {
        Example { kind: Kind::Task, text, container: Some(container) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// What the schemas say: decides whether a file is valid with `--schema-only`.
    Contract,
    /// A processing-container.json by itself.
    Container,
    /// A task.json by itself.
    Task,
    /// A task.json with its processing-container.json.
    TaskWithContainer,
    /// The project around the files.
    Project,
}

impl Group {
    pub fn name(self) -> &'static str {
        match self {
            Group::Contract => "contract",
            Group::Container => "container",
            Group::Task => "task",
            Group::TaskWithContainer => "task-with-container",
            Group::Project => "project",
        }
    }
}

/// Every rule, in the order of the reference.
pub static ALL: &[&Rule] = &[
    &syntax_error::RULE,
    &missing_field::RULE,
    &wrong_type::RULE,
    &unknown_value::RULE,
    &pattern_mismatch::RULE,
    &unsupported_api_version::RULE,
    &field_of_other_version::RULE,
    &unknown_field::RULE,
    &duplicate_key::RULE,
    &unrendered_template::RULE,
    &unknown_template::RULE,
    &unbound_channel::RULE,
    &unknown_channel::RULE,
    &wrong_direction::RULE,
    &unknown_env::RULE,
    &fixed_env_override::RULE,
];

pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}

/// The rules of a task against its container.
pub(crate) fn task_with_container(task: &Task<'_>, container: &Container<'_>, diagnostics: &mut Vec<Diagnostic>) {
    match &task.template {
        Some(TemplateRef::Inline(template)) => task_with_template(task, template, DocumentRef::This, diagnostics),
        Some(TemplateRef::Identifier(identifier)) => match container.template(&identifier.value) {
            Some(template) => task_with_template(task, template, DocumentRef::Container, diagnostics),
            None => unknown_template::check(identifier, container, diagnostics),
        },
        None => {}
    }
}

/// The rules of a task against its template, which stands in `document`.
pub(crate) fn task_with_template(
    task: &Task<'_>,
    template: &Template<'_>,
    document: DocumentRef,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let sides = [
        Side {
            name: "inputs",
            noun: "input",
            volumes: &task.inputs,
            mounts: &template.inputs,
            others: &template.outputs,
        },
        Side {
            name: "outputs",
            noun: "output",
            volumes: &task.outputs,
            mounts: &template.outputs,
            others: &template.inputs,
        },
    ];
    for side in sides {
        unbound_channel::check(task, template, &side, document, diagnostics);
        for volume in side.volumes {
            if side.mounts.iter().any(|mount| mount.name.value == volume.name.value) {
                continue;
            }
            match side.others.iter().find(|mount| mount.name.value == volume.name.value) {
                Some(mount) => wrong_direction::check(task, &side, volume, mount, document, diagnostics),
                None => unknown_channel::check(template, &side, volume, diagnostics),
            }
        }
    }
    unknown_env::check(task, template, diagnostics);
    fixed_env_override::check(task, template, document, diagnostics);
}

/// The inputs or the outputs of a task and of its template.
pub(crate) struct Side<'a, 'd> {
    /// The field that holds them.
    pub(crate) name: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) volumes: &'a [Volume<'d>],
    pub(crate) mounts: &'a [Mount<'d>],
    /// The template's channels of the other direction.
    pub(crate) others: &'a [Mount<'d>],
}

impl Side<'_, '_> {
    /// The template's channels that the task does not bind, in either direction.
    pub(crate) fn unbound(&self) -> impl Iterator<Item = &str> {
        let bound = |name: &str| self.volumes.iter().any(|volume| volume.name.value == name);
        self.mounts.iter().map(|mount| &*mount.name.value).filter(move |name| !bound(name))
    }
}

/// Adds a volume to `inputs` or `outputs`; `None` where that is no list, so that nothing fits in.
pub(crate) fn insert_volume(task: &Task<'_>, side: &str, volume: &str) -> Option<TextEdit> {
    match task.node.get(side) {
        Some(list) if list.kind() == NodeKind::Array => Some(rewrite::insert_element(list, volume)),
        None if task.node.kind() == NodeKind::Object => {
            Some(rewrite::insert_member(task.node, side, &format!("[{volume}]")))
        }
        _ => None,
    }
}

/// "template `segment`", or "the template" if it has no name.
pub(crate) fn template_in_words(template: &Template<'_>) -> String {
    match &template.identifier {
        Some(identifier) => format!("template `{}`", identifier.value),
        None => "the template".to_owned(),
    }
}

/// The container that examples of task rules are checked against.
pub(crate) const EXAMPLE_CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask per image.",
      "inputs": [{"name": "images", "mounted_path": "/data/images"}],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5"},
        {"name": "MODEL", "value": "v2", "adjustable": false}
      ]
    }
  ]
}"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckOptions, check};

    fn reported(example: &Example) -> Vec<&'static str> {
        let options =
            CheckOptions { kind: Some(example.kind), container: example.container, ..CheckOptions::default() };
        let mut rules: Vec<_> = check(example.text, &options).diagnostics.iter().map(|d| d.rule.name).collect();
        rules.dedup();
        rules
    }

    #[test]
    fn examples_of_the_documentation_do_what_they_say() {
        for rule in ALL {
            assert_eq!(reported(&rule.bad), [rule.name], "bad example of {}", rule.name);
            assert_eq!(reported(&rule.good), [] as [&str; 0], "good example of {}", rule.name);
        }
    }

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        for (index, rule) in ALL.iter().enumerate() {
            assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.name);
            assert!(ALL[..index].iter().all(|other| other.name != rule.name), "{}", rule.name);
            assert!(!rule.summary.is_empty() && !rule.explanation.is_empty());
        }
    }
}
