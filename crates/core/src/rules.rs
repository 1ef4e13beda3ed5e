//! The catalogue: one file a rule, listed once in [`ALL`].

use crate::Kind;
use crate::diagnostic::Severity;

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
        let options = CheckOptions { kind: Some(example.kind), container: example.container, ..CheckOptions::default() };
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
