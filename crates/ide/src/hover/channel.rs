//! A channel: how the template declares it, and what binds it.

use task_api_core::model::{Mount, Template, Volume};
use task_api_core::plan::absolute_path;
use task_api_core::resolve::{Overrides, resolve};
use task_api_core::scale::Target;
use task_api_core::template::has_expression;
use task_api_json::Node;

use super::merged::{origin, template_name};
use super::{Asked, overrides};
use crate::belonging::{bare_task, bare_template, template_of};
use crate::document::Document;
use crate::markdown::{code, escape};

pub(super) fn text(asked: &Asked<'_>) -> Option<String> {
    let channel = asked.enclosing(&["IOMount", "IOVolume"])?;
    let name = channel.node.get("name")?.as_str()?;
    let side = if asked.is_below("outputs") { "outputs" } else { "inputs" };
    if channel.definition() == "IOVolume" { volume(asked, side, &name) } else { mount(asked, side, &name) }
}

/// A channel where a template declares it.
fn mount(asked: &Asked<'_>, side: &str, name: &str) -> Option<String> {
    let bound = |task: &Document| {
        let volume = Volume::read(named(task.root(), side, name)?)?;
        let path = volume.host_path?;
        Some((path_in_words(task, &path.value), volume.node.span().start))
    };
    overrides::list(asked, "Bound by", "No task binds it.", bound)
}

/// A channel where a task binds it.
fn volume(asked: &Asked<'_>, side: &str, name: &str) -> Option<String> {
    let root = asked.document.root();
    let Some(place) = template_of(asked.workspace, asked.document) else {
        return Some("No container with the template of this task is known here.".to_owned());
    };
    let noun = side.trim_end_matches('s');
    let Some(mount) = named(place.node, side, name).and_then(Mount::read) else {
        let other = if side == "inputs" { "outputs" } else { "inputs" };
        let is_elsewhere = named(place.node, other, name).is_some();
        let whole = template_name(asked, place, place.node);
        let otherwise = if is_elsewhere { format!("; it is one of its {other}") } else { String::new() };
        return Some(format!("{whole} has no {noun} of this name{otherwise}. It is not mounted."));
    };
    let mut parts = vec![format!("{} declares this {noun}", template_name(asked, place, mount.node))];
    if let (Some(path), Some(sentence)) = (&mount.mounted_path, parts.first_mut()) {
        sentence.push_str(&format!(": it is mounted at {}", code(&path.value)));
    }
    if let Some(sentence) = parts.first_mut() {
        sentence.push('.');
    }
    if let Some(description) = mount.description.as_ref().filter(|text| !text.value.is_empty()) {
        parts.push(escape(&description.value));
    }
    let Some(volume) = named(root, side, name).and_then(Volume::read) else { return Some(parts.join("\n\n")) };
    if let Some(path) = &volume.host_path {
        parts.push(format!("Bound to {}.", path_in_words(asked.document, &path.value)));
    }
    // Inputs are merged as outputs are, and asked for by one pointer.
    let mut task = bare_task(root, asked.document.version());
    task.inputs.push(volume);
    let template = Template { inputs: vec![mount], ..bare_template(place.node) };
    let resolution = resolve(&task, &template, &Overrides::default());
    let rule = resolution.instance.inputs.first().and_then(|channel| channel.scale_rule.as_ref());
    if let Some(rule) = rule.filter(|_| side == "inputs") {
        let target = if rule.target == Target::Limit { "limit" } else { "request" };
        let from = origin(&resolution, "/inputs/0/scale_rule");
        parts.push(format!("Memory {target} by scale rule {}, {from}.", code(&rule.law.to_string())));
    }
    Some(parts.join("\n\n"))
}

/// The first channel of a name, as it is the one that counts.
fn named<'a>(owner: Node<'a>, side: &str, name: &str) -> Option<Node<'a>> {
    owner.get(side)?.elements().find(|channel| channel.get("name").is_some_and(|node| node.is_str(name)))
}

/// A path of the host, and where it is, if that is known.
fn path_in_words(document: &Document, path: &str) -> String {
    let written = code(path);
    match document.directory.as_deref() {
        Some(directory) if !has_expression(path) && !path.starts_with('/') => {
            format!("{written}, which is {}", code(&absolute_path(directory, path)))
        }
        _ => written,
    }
}
