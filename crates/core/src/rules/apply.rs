//! Which rules look at what.

use std::borrow::Cow;
use std::collections::HashMap;

use task_api_json::{Kind as NodeKind, Node, Span};

use super::*;
use crate::Surroundings;
use crate::diagnostic::{Diagnostic, DocumentRef};
use crate::findings::Findings;
use crate::model::{Command, Container, Env, Mount, Resources, ScaleRule, Task, Template, TemplateRef, Text};
use crate::names::Names;
use crate::plan::absolute_path;
use crate::side::Side;
use crate::template::has_expression;

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
fn template(template: &Template<'_>, findings: &mut Findings<'_>) {
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
fn env_with_template(task: &Task<'_>, template: &Template<'_>, document: DocumentRef, findings: &mut Findings<'_>) {
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
