//! The catalogue: one file a rule, listed once in [`ALL`].

use std::borrow::Cow;
use std::collections::HashMap;

use task_api_json::{Kind as NodeKind, Node, Span};

use crate::diagnostic::{Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::model::{Command, Container, Env, Mount, Resources, ScaleRule, Task, Template, TemplateRef, Text};
use crate::names::Names;
use crate::plan::absolute_path;
use crate::side::Side;
use crate::template::has_expression;
use crate::{Kind, Suppression, Surroundings};

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

/// A whole file that shows a rule, or directories that do.
#[derive(Debug)]
pub struct Example {
    /// `None` for the trees of channels: each begins with "input" or "output" and the directory's name.
    pub kind: Option<Kind>,
    pub text: &'static str,
    /// The processing-container.json beside a task.json.
    pub container: Option<&'static str>,
    /// What the file stands in, where the rule looks at that.
    pub around: Around,
}

/// The surroundings of an example.
#[derive(Debug)]
pub enum Around {
    Nothing,
    /// The file's directory.
    Directory(&'static str),
    /// The variables of the environment that are set.
    Variables(&'static [&'static str]),
    /// The text of the Dockerfile beside the file.
    Dockerfile(&'static str),
    /// The directories of the host that exist.
    Directories(&'static [&'static str]),
    /// Rule and JSON Pointer of each suppression in the project's task-api.toml.
    Suppressions(&'static [(&'static str, &'static str)]),
    /// A site's own JSON Schema, to which a shell holds the file.
    Policy(&'static str),
    /// Paths of a workflow's `containers` at which there is no file.
    NoFiles(&'static [&'static str]),
    /// The text is a DAG in Python.
    Dag,
}

impl Example {
    pub(crate) const fn container(text: &'static str) -> Example {
        Example { kind: Some(Kind::ProcessingContainer), text, container: None, around: Around::Nothing }
    }

    pub const fn task(text: &'static str) -> Example {
        Example { kind: Some(Kind::Task), text, container: None, around: Around::Nothing }
    }

    pub(crate) const fn channels(trees: &'static str) -> Example {
        Example { kind: None, text: trees, container: None, around: Around::Nothing }
    }

    pub const fn around(self, around: Around) -> Example {
        Example { kind: self.kind, text: self.text, container: self.container, around }
    }

    pub(crate) const fn task_in(container: &'static str, text: &'static str) -> Example {
        Example { kind: Some(Kind::Task), text, container: Some(container), around: Around::Nothing }
    }

    /// A workflow.json, all of whose tasks run templates of one container.
    #[cfg(feature = "workflow")]
    pub(crate) const fn workflow(container: &'static str, text: &'static str) -> Example {
        Example { kind: Some(Kind::Workflow), text, container: Some(container), around: Around::Nothing }
    }

    #[cfg(feature = "workflow")]
    pub(crate) const fn workflow_alone(text: &'static str) -> Example {
        Example { kind: Some(Kind::Workflow), text, container: None, around: Around::Nothing }
    }

    /// What stands for the file in the project's task-api.toml.
    pub fn suppressions(&self) -> Vec<Suppression> {
        let Around::Suppressions(written) = self.around else { return Vec::new() };
        let suppression = |&(rule, pointer): &(&str, &str)| Suppression {
            rule: rule.to_owned(),
            pointer: Some(pointer.to_owned()),
            origin: "task-api.toml:1".to_owned(),
            is_expected: true,
        };
        written.iter().map(suppression).collect()
    }

    /// The same as it is written there.
    pub fn suppressions_as_toml(&self) -> String {
        let file = self.kind.map_or("", Kind::file_name);
        let entry = |Suppression { rule, pointer, .. }: Suppression| {
            let pointer = pointer.unwrap_or_default();
            format!("[[suppress]]\nfile = \"{file}\"\nrule = \"{rule}\"\npointer = \"{pointer}\"\nreason = \"ours\"\n")
        };
        self.suppressions().into_iter().map(entry).collect()
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

/// The rules of a processing-container.json.
pub(crate) fn container(container: &Container<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    no_templates::check(container, findings);
    empty_identifier::check_container(container, findings);
    blank_description::check_container(container, findings);
    duplicate_template_identifier::check(container, findings);
    missing_dockerfile_copy::check(container, around, findings);
    for template in container.templates() {
        self::template(&template, findings);
    }
}

/// The rules of a template, wherever it stands.
pub(crate) fn template(template: &Template<'_>, findings: &mut Findings<'_>) {
    empty_identifier::check_template(template, findings);
    blank_description::check_template(template, findings);
    duplicate_channel::check(template, findings);
    relative_mounted_path::check(template, findings);
    let paths = mounted_paths(template);
    conflicting_mounted_path::check(&paths, findings);
    nested_mounted_path::check(&paths, findings);
    reserved_mounted_path::check(&paths, findings);
    env_type_mismatch::check_template(template, findings);
    env_value_not_in_choices::check_template(template, findings);
    let channels = template.inputs.iter().map(|mount| (mount.scale_rule.as_deref(), true));
    let channels = channels.chain(template.outputs.iter().map(|mount| (mount.scale_rule.as_deref(), false)));
    scale_rules(channels, findings);
    common(&template.env, template.command.as_ref(), template.resources.as_ref(), findings);
}

/// The rules of a task.json by itself.
pub(crate) fn task(task: &Task<'_>, around: &Surroundings<'_>, findings: &mut Findings<'_>) {
    if let Some(template) = task.inline_template() {
        self::template(template, findings);
    }
    duplicate_volume::check(task, findings);
    invalid_image_reference::check(task, findings);
    floating_image_tag::check(task, findings);
    relative_host_path::check(task, around, findings);
    missing_host_path::check(task, around, findings);
    shared_host_path::check(task, around, findings);
    undefined_variable::check(task.node, around, findings);
    plain_text_registry_password::check(
        task.config.as_ref().and_then(|config| config.registry_password.as_ref()),
        findings,
    );
    let channels = task.inputs.iter().map(|volume| (volume.scale_rule.as_deref(), true));
    let channels = channels.chain(task.outputs.iter().map(|volume| (volume.scale_rule.as_deref(), false)));
    scale_rules(channels, findings);
    common(&task.env, task.command.as_ref(), task.resources.as_ref(), findings);
}

/// The rules of a task in a workflow that look at nothing else in it; `task` is what a task.json has of it.
#[cfg(feature = "workflow")]
pub(crate) fn workflow_task(
    task: &Task<'_>,
    password: Option<&Text<'_>>,
    template: Option<(&Template<'_>, DocumentRef)>,
    findings: &mut Findings<'_>,
) {
    if let Some(template) = task.inline_template() {
        self::template(template, findings);
    }
    invalid_image_reference::check(task, findings);
    floating_image_tag::check(task, findings);
    plain_text_registry_password::check(password, findings);
    common(&task.env, task.command.as_ref(), task.resources.as_ref(), findings);
    if let Some((template, document)) = template {
        env_with_template(task, template, document, findings);
    }
}

/// The rules of what tasks and templates have in common.
fn common(
    env: &[Env<'_>],
    command: Option<&Command<'_>>,
    resources: Option<&Resources<'_>>,
    findings: &mut Findings<'_>,
) {
    duplicate_env::check(env, findings);
    invalid_env_name::check(env, findings);
    plain_text_secret::check(env, findings);
    legacy_env::check(env, command, findings);
    if let Some(command) = command {
        empty_command::check(command, findings);
        shell_string_command::check(command, findings);
    }
    if let Some(resources) = resources {
        invalid_quantity::check(resources, findings);
        unportable_quantity::check(resources, findings);
        limit_below_request::check(resources, findings);
        unknown_resource::check(resources, findings);
    }
}

/// The rules of scale rules, each with whether it stands on an input.
fn scale_rules<'a, 'd: 'a>(
    channels: impl Iterator<Item = (Option<&'a ScaleRule<'d>>, bool)>,
    findings: &mut Findings<'_>,
) {
    for (rule, on_input) in channels {
        let Some(rule) = rule else { continue };
        if !on_input {
            scale_rule_on_output::check(rule, findings);
        }
        non_positive_scale::check(rule, findings);
        invalid_target_regex::check(rule, findings);
        unsupported_target_regex::check(rule, findings);
        invalid_target_glob::check(rule, findings);
        escaping_target_dir::check(rule, findings);
    }
}

/// The rules of a task against its container; whether the task's template is known.
pub(crate) fn task_with_container(task: &Task<'_>, container: &Container<'_>, findings: &mut Findings<'_>) -> bool {
    match &task.template {
        Some(TemplateRef::Inline(template)) => task_with_template(task, template, DocumentRef::This, findings),
        Some(TemplateRef::Identifier(identifier)) => match container.template(&identifier.value) {
            Some(template) => task_with_template(task, &template, DocumentRef::Container(0), findings),
            None => {
                unknown_template::check(identifier, container, 0, findings);
                return false;
            }
        },
        None => return false,
    }
    true
}

/// The rules of a task against its template, which stands in `document`.
pub(crate) fn task_with_template(
    task: &Task<'_>,
    template: &Template<'_>,
    document: DocumentRef,
    findings: &mut Findings<'_>,
) {
    for name in ["inputs", "outputs"] {
        if !is_list(template, name) {
            continue;
        }
        let side = Side::of(name, task, template);
        unbound_channel::check(task, template, &side, document, findings);
        for (volume, meant) in side.volumes.iter().zip(&side.meant) {
            if side.mount_names.contains(&volume.name.value) {
                continue;
            }
            match side
                .other_mount_names
                .position(&volume.name.value)
                .and_then(|position| side.other_mounts.get(position))
            {
                Some(mount) => wrong_direction::check(task, &side, volume, mount, document, findings),
                None => unknown_channel::check(template, &side, volume, *meant, findings),
            }
        }
    }
    env_with_template(task, template, document, findings);
}

/// The rules of a task's variables against those that its template declares.
pub(crate) fn env_with_template(
    task: &Task<'_>,
    template: &Template<'_>,
    document: DocumentRef,
    findings: &mut Findings<'_>,
) {
    let declared = Names::new(template.env.iter().map(|env| &*env.name.value));
    let declaration = |env: &Env<'_>| template.env.get(declared.position(&env.name.value)?);
    let overrides: Vec<_> = task.env.iter().filter_map(|env| Some((env, declaration(env)?))).collect();
    if is_list(template, "env") {
        unknown_env::check(task, template, &declared, findings);
    }
    env_type_mismatch::check_overrides(&overrides, document, findings);
    env_value_not_in_choices::check_overrides(&overrides, document, findings);
    fixed_env_override::check(&overrides, document, findings);
}

/// Whether a template has a list. If not, which has been reported, nobody knows what would be in it.
fn is_list(template: &Template<'_>, name: &str) -> bool {
    template.node.get(name).is_some_and(|list| list.kind() == NodeKind::Array)
}

/// Reports every name that was there before.
pub(crate) fn report_duplicates<'a>(
    rule: &'static Rule,
    noun: &str,
    names: impl Iterator<Item = (Cow<'a, str>, Node<'a>)>,
    findings: &mut Findings<'_>,
) {
    // Most lists are short, and comparing is quicker than hashing.
    const FEW: usize = 12;
    let mut few: Vec<(Cow<'_, str>, Span)> = Vec::new();
    let mut many: HashMap<Cow<'_, str>, Span> = HashMap::new();
    for (name, node) in names {
        let first = few.iter().find(|(known, _)| *known == name).map(|(_, span)| *span);
        match first.or_else(|| many.get(&name).copied()) {
            Some(first) => findings.report(rule, || {
                Diagnostic::new(rule, node, node.span(), format!("there are two {noun}s `{name}`"))
                    .label("give it another name, or remove it")
                    .related(DocumentRef::This, first, "first defined here")
            }),
            None if few.len() < FEW => few.push((name, node.span())),
            None => {
                many.insert(name, node.span());
            }
        }
    }
}

/// A name with its place, for [`report_duplicates`].
pub(crate) fn named<'a>(name: &'a Text<'_>) -> (Cow<'a, str>, Node<'a>) {
    (Cow::Borrowed(&*name.value), name.node)
}

/// A channel of a template with its path, as written and normalised.
pub(crate) struct MountedPath<'a, 'd> {
    pub(crate) mount: &'a Mount<'d>,
    pub(crate) path: &'a Text<'d>,
    pub(crate) normal: String,
}

/// Paths that other rules reject, or that are not known yet, are left out.
fn mounted_paths<'a, 'd>(template: &'a Template<'d>) -> Vec<MountedPath<'a, 'd>> {
    let mounts = template.inputs.iter().chain(&template.outputs);
    let paths = mounts.filter_map(|mount| Some((mount, mount.mounted_path.as_ref()?)));
    paths
        .filter(|(_, path)| path.value.starts_with('/') && !has_expression(&path.value))
        .map(|(mount, path)| MountedPath { mount, path, normal: absolute_path("", &path.value) })
        .collect()
}

/// Name and host path of each channel of a task, and whether it is an input. Paths that are not
/// known yet are left out.
pub(crate) fn host_paths<'a, 'd>(task: &'a Task<'d>) -> impl Iterator<Item = (&'a Text<'d>, &'a Text<'d>, bool)> {
    let inputs = task.inputs.iter().map(|volume| (volume, true));
    let all = inputs.chain(task.outputs.iter().map(|volume| (volume, false)));
    all.filter_map(|(volume, is_input)| Some((&volume.name, volume.host_path.as_ref()?, is_input)))
        .filter(|(_, path, _)| !has_expression(&path.value))
}

/// Names or values one after the other, shortened where nobody would read them all.
pub(crate) fn list_in_words(items: impl ExactSizeIterator<Item = String>) -> String {
    const FEW: usize = 20;
    let rest = items.len().saturating_sub(FEW);
    let listed = items.take(FEW).collect::<Vec<_>>().join(", ");
    if rest == 0 { listed } else { format!("{listed} and {rest} more") }
}

/// The container that examples of task rules are checked against.
pub(crate) const EXAMPLE_CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask per image.",
      "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT volumes."}],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "Masks."}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5", "description": "Probability."},
        {"name": "FOLDS", "value": "1", "type": "int", "choices": ["1", "3", "5"], "description": "Networks."},
        {"name": "MODEL", "value": "v2", "adjustable": false, "description": "Weights."}
      ]
    }
  ]
}"#;

/// The container that examples of workflow rules are checked against.
#[cfg(feature = "workflow")]
pub(crate) const EXAMPLE_WORKFLOW_CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Downloads, segments and stores.",
  "templates": [
    {
      "identifier": "check",
      "description": "Looks whether the service is there.",
      "inputs": [],
      "outputs": [],
      "env": []
    },
    {
      "identifier": "download",
      "description": "Downloads images.",
      "inputs": [],
      "outputs": [{"name": "downloads", "mounted_path": "/data/downloads", "description": "Images."}],
      "env": []
    },
    {
      "identifier": "segment",
      "description": "Writes one mask per image.",
      "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT volumes."}],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "Masks."}],
      "env": [{"name": "FOLDS", "value": "1", "type": "int", "choices": ["1", "3", "5"], "description": "Networks."}]
    },
    {
      "identifier": "store",
      "description": "Uploads results.",
      "inputs": [{"name": "results", "mounted_path": "/data/results", "description": "Whatever there is."}],
      "outputs": [],
      "env": []
    }
  ]
}"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{self, Channel, Entry, EntryKind};
    use crate::workflow::{ContainerText, Containers};
    use crate::{CheckOptions, Levels, check};

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
