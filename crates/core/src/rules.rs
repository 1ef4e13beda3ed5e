//! The catalogue: one file a rule, listed once in [`ALL`].

use crate::diagnostic::Severity;

/// A processing-container.json with one template of these fields.
macro_rules! container_with {
    ($fields:literal) => {
        concat!(
            "{\n  \"name\": \"lungs\",\n  \"description\": \"Segments lungs.\",\n  \"templates\": [{\n",
            "    \"identifier\": \"segment\",\n    \"description\": \"Writes one mask per image.\",\n",
            $fields,
            "\n  }]\n}"
        )
    };
}

/// A task.json with these fields.
macro_rules! task_with {
    ($fields:literal) => {
        concat!(
            "{\n  \"name\": \"lungs of study 7\",\n  \"image\": \"lungs:1.0\",\n  \"taskTemplate\": \"segment\",\n",
            $fields,
            "\n}"
        )
    };
}

mod apply;
pub(crate) mod blank_description;
pub(crate) mod conflicting_mounted_path;
#[cfg(feature = "workflow")]
pub(crate) mod container_not_found;
pub(crate) mod duplicate_channel;
pub(crate) mod duplicate_env;
pub(crate) mod duplicate_key;
#[cfg(feature = "workflow")]
pub(crate) mod duplicate_task_id;
pub(crate) mod duplicate_template_identifier;
pub(crate) mod duplicate_volume;
#[cfg(feature = "workflow")]
pub mod dynamic_value;
#[cfg(feature = "workflow")]
pub(crate) mod edge_without_mapping;
pub(crate) mod empty_command;
pub(crate) mod empty_identifier;
pub(crate) mod env_type_mismatch;
pub(crate) mod env_value_not_in_choices;
pub(crate) mod escaping_target_dir;
mod example;
pub(crate) mod field_of_other_version;
pub(crate) mod fixed_env_override;
pub(crate) mod floating_image_tag;
#[cfg(feature = "workflow")]
pub(crate) mod input_fed_twice;
pub(crate) mod invalid_env_name;
pub mod invalid_expression;
pub(crate) mod invalid_image_reference;
pub(crate) mod invalid_quantity;
pub(crate) mod invalid_target_glob;
pub(crate) mod invalid_target_regex;
pub(crate) mod item_mismatch;
pub(crate) mod legacy_env;
pub(crate) mod limit_below_request;
pub(crate) mod loose_file;
#[cfg(feature = "workflow")]
pub(crate) mod mapping_without_edge;
pub(crate) mod missing_dockerfile_copy;
pub(crate) mod missing_field;
pub(crate) mod missing_host_path;
pub(crate) mod nested_mounted_path;
pub(crate) mod no_templates;
pub(crate) mod non_positive_scale;
pub(crate) mod pattern_mismatch;
pub(crate) mod plain_text_registry_password;
pub(crate) mod plain_text_secret;
pub mod policy_violation;
pub(crate) mod relative_host_path;
pub(crate) mod relative_mounted_path;
pub(crate) mod reserved_mounted_path;
pub(crate) mod scale_rule_on_output;
pub(crate) mod shared_host_path;
pub(crate) mod shell_string_command;
pub(crate) mod syntax_error;
#[cfg(feature = "workflow")]
pub(crate) mod task_cycle;
pub(crate) mod unbound_channel;
#[cfg(feature = "workflow")]
pub mod undefined_name;
pub(crate) mod undefined_variable;
#[cfg(feature = "workflow")]
pub(crate) mod unfed_input;
pub(crate) mod unknown_channel;
pub(crate) mod unknown_env;
pub(crate) mod unknown_field;
#[cfg(feature = "workflow")]
pub(crate) mod unknown_input_channel;
#[cfg(feature = "workflow")]
pub(crate) mod unknown_operator;
pub(crate) mod unknown_resource;
pub(crate) mod unknown_template;
#[cfg(feature = "workflow")]
pub(crate) mod unknown_upstream_channel;
pub(crate) mod unknown_value;
pub(crate) mod unportable_quantity;
pub(crate) mod unrendered_template;
pub(crate) mod unsupported_api_version;
pub(crate) mod unsupported_target_regex;
#[cfg(feature = "workflow")]
pub(crate) mod unused_output;
pub(crate) mod unused_suppression;
pub(crate) mod wrong_direction;
pub(crate) mod wrong_type;

#[cfg(feature = "workflow")]
pub(crate) use apply::workflow_task;
pub(crate) use apply::{
    MountedPath, container, host_paths, list_in_words, named, report_duplicates, task, task_with_container,
    task_with_template,
};
pub(crate) use example::EXAMPLE_CONTAINER;
#[cfg(feature = "workflow")]
pub(crate) use example::EXAMPLE_WORKFLOW_CONTAINER;
pub use example::{Around, Example};

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
    /// A workflow.json or DAG with the containers of its tasks.
    Workflow,
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
            Group::Workflow => "workflow",
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
    &duplicate_template_identifier::RULE,
    &duplicate_channel::RULE,
    &duplicate_env::RULE,
    &relative_mounted_path::RULE,
    &conflicting_mounted_path::RULE,
    &nested_mounted_path::RULE,
    &reserved_mounted_path::RULE,
    &invalid_env_name::RULE,
    &env_type_mismatch::RULE,
    &env_value_not_in_choices::RULE,
    &invalid_quantity::RULE,
    &unportable_quantity::RULE,
    &limit_below_request::RULE,
    &unknown_resource::RULE,
    &non_positive_scale::RULE,
    &invalid_target_regex::RULE,
    &unsupported_target_regex::RULE,
    &invalid_target_glob::RULE,
    &escaping_target_dir::RULE,
    &scale_rule_on_output::RULE,
    &empty_identifier::RULE,
    &blank_description::RULE,
    &no_templates::RULE,
    &empty_command::RULE,
    &shell_string_command::RULE,
    &plain_text_secret::RULE,
    &legacy_env::RULE,
    &duplicate_volume::RULE,
    &invalid_image_reference::RULE,
    &floating_image_tag::RULE,
    &relative_host_path::RULE,
    &shared_host_path::RULE,
    &undefined_variable::RULE,
    &plain_text_registry_password::RULE,
    &unknown_template::RULE,
    &unbound_channel::RULE,
    &unknown_channel::RULE,
    &wrong_direction::RULE,
    &unknown_env::RULE,
    &fixed_env_override::RULE,
    #[cfg(feature = "workflow")]
    &duplicate_task_id::RULE,
    #[cfg(feature = "workflow")]
    &unknown_operator::RULE,
    #[cfg(feature = "workflow")]
    &unknown_upstream_channel::RULE,
    #[cfg(feature = "workflow")]
    &unknown_input_channel::RULE,
    #[cfg(feature = "workflow")]
    &input_fed_twice::RULE,
    #[cfg(feature = "workflow")]
    &unfed_input::RULE,
    #[cfg(feature = "workflow")]
    &unused_output::RULE,
    #[cfg(feature = "workflow")]
    &task_cycle::RULE,
    #[cfg(feature = "workflow")]
    &container_not_found::RULE,
    #[cfg(feature = "workflow")]
    &undefined_name::RULE,
    #[cfg(feature = "workflow")]
    &dynamic_value::RULE,
    #[cfg(feature = "workflow")]
    &edge_without_mapping::RULE,
    #[cfg(feature = "workflow")]
    &mapping_without_edge::RULE,
    &missing_dockerfile_copy::RULE,
    &missing_host_path::RULE,
    &unused_suppression::RULE,
    &item_mismatch::RULE,
    &loose_file::RULE,
    &policy_violation::RULE,
    &invalid_expression::RULE,
];

/// Those of [`ALL`] for which it takes what this crate must not know, as a JSON Schema of any draft or a DAG in Python.
pub static OF_SHELLS: &[&Rule] = &[
    &policy_violation::RULE,
    &invalid_expression::RULE,
    #[cfg(feature = "workflow")]
    &undefined_name::RULE,
    #[cfg(feature = "workflow")]
    &dynamic_value::RULE,
    #[cfg(feature = "workflow")]
    &edge_without_mapping::RULE,
    #[cfg(feature = "workflow")]
    &mapping_without_edge::RULE,
];

pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{self, Channel, Entry, EntryKind};
    use crate::workflow::{ContainerText, Containers};
    use crate::{CheckOptions, Levels, Surroundings, check};

    /// Channels as examples draw them; a name with a point in it is a file's.
    fn channels(trees: &str) -> (Vec<Channel>, Channel) {
        let mut channels: Vec<(&str, Vec<Entry>)> = Vec::new();
        let mut above: Vec<&str> = Vec::new();
        for line in trees.lines() {
            let name = line.trim_start_matches(['│', '├', '└', '─', ' ']);
            let depth = (line.chars().count() - name.chars().count()) / 4;
            if depth == 0 {
                channels.push((name, Vec::new()));
                continue;
            }
            above.truncate(depth - 1);
            above.push(name);
            let kind = if name.contains('.') { EntryKind::File { bytes: 1 } } else { EntryKind::Directory };
            channels.last_mut().unwrap().1.push(Entry { path: above.join("/"), kind });
        }
        let (output, inputs) = channels.split_last().unwrap();
        let channel = |(head, entries): &(&str, Vec<Entry>), side: &str| {
            Channel::of(head.strip_prefix(side).unwrap().trim(), entries.iter().cloned())
        };
        (inputs.iter().map(|input| channel(input, "input")).collect(), channel(output, "output"))
    }

    fn reported(example: &Example) -> Vec<&'static str> {
        if example.kind.is_none() {
            let (inputs, output) = channels(example.text);
            let mut findings = data::check(&output, &inputs, &Levels::new()).findings;
            findings.extend(inputs.iter().flat_map(|input| data::check_input(input, &Levels::new()).findings));
            return findings.iter().map(|finding| finding.rule.name).collect();
        }
        let (variables, directories) = match example.around {
            Around::Variables(names) => (Some(names), None),
            Around::Directories(names) => (None, Some(names)),
            _ => (None, None),
        };
        let is_set = |name: &str| variables.is_some_and(|names| names.contains(&name));
        let is_directory = |path: &str| directories.is_some_and(|names| names.contains(&path));
        let around = Surroundings {
            directory: if let Around::Directory(directory) = example.around { Some(directory) } else { None },
            is_set: variables.is_some().then_some(&is_set as _),
            dockerfile: if let Around::Dockerfile(text) = example.around { Some(text) } else { None },
            is_directory: directories.is_some().then_some(&is_directory as _),
        };
        let (kind, container) = (example.kind, example.container);
        let suppressions = example.suppressions();
        let missing = if let Around::NoFiles(paths) = example.around { paths } else { &[] };
        let files = container.map(|text| ContainerText { name: "processing-container.json", text });
        let containers = Containers {
            for_all: files.map(|_| 0),
            files: files.into_iter().collect(),
            by_path: missing.iter().map(|path| ((*path).to_owned(), None)).collect(),
            ..Containers::default()
        };
        let containers = Some(&containers);
        let options = CheckOptions { kind, container, containers, around, suppressions, ..CheckOptions::default() };
        let mut rules: Vec<_> = check(example.text, &options).diagnostics.iter().map(|d| d.rule.name).collect();
        rules.dedup();
        rules
    }

    #[test]
    fn examples_of_the_documentation_do_what_they_say() {
        for rule in ALL.iter().filter(|rule| OF_SHELLS.iter().all(|other| other.name != rule.name)) {
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
