//! A template in short: what it does, what it reads and writes, and who uses it.

use task_api_core::model::Template;

use super::merged::{MOST_ENTRIES, template_name, words};
use super::{Asked, overrides};
use crate::belonging::template_of;
use crate::markdown::{code, escape};
use crate::secrets::shown_value;

/// The template that a task names or has.
pub(super) fn of_task(asked: &Asked<'_>) -> Option<String> {
    let Some(bound) = template_of(asked.workspace, asked.document) else {
        return Some("No container with this template is known here.".to_owned());
    };
    let template = Template::read(bound.node);
    let name = template_name(asked, bound, bound.node);
    Some(format!("{name}\n\n{}", in_short(&template)))
}

/// A template where it is declared.
pub(super) fn declared(asked: &Asked<'_>) -> Option<String> {
    let value = |task: &crate::document::Document| {
        let template = task.root().get("taskTemplate")?;
        let name = task.root().get("name")?.as_str()?.into_owned();
        Some((escape(&name), template.span().start))
    };
    overrides::list(asked, "Used by", "No task uses it.", value)
}

/// The same of a template that is not read yet.
#[cfg(feature = "workflow")]
pub(super) fn in_short_of(template: task_api_json::Node<'_>) -> String {
    in_short(&Template::read(template))
}

fn in_short(template: &Template<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(description) = template.description.as_ref().filter(|text| !text.value.trim().is_empty()) {
        parts.push(escape(&description.value));
    }
    for (title, mounts) in [("Inputs", &template.inputs), ("Outputs", &template.outputs)] {
        let line = |mount: &task_api_core::model::Mount<'_>| {
            let path = mount.mounted_path.as_ref().map(|path| format!(" at {}", code(&path.value))).unwrap_or_default();
            let description = mount.description.as_ref().filter(|text| !text.value.is_empty());
            let description = description.map(|text| format!(": {}", escape(&text.value))).unwrap_or_default();
            format!("- {}{path}{description}", code(&mount.name.value))
        };
        parts.push(section(title, mounts.iter().map(line)));
    }
    let line = |env: &task_api_core::model::Env<'_>| {
        let default = env.value.as_ref().map(|value| {
            let name = &env.name.value;
            format!(" = {}", code(&shown_value(name, &value.value)))
        });
        format!("- {}{}", code(&env.name.value), default.unwrap_or_default())
    };
    parts.push(section("Variables", template.env.iter().map(line)));
    if let Some(command) = &template.command {
        parts.push(format!("Command: {}", code(&words(command))));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn section(title: &str, lines: impl ExactSizeIterator<Item = String>) -> String {
    if lines.len() == 0 {
        return format!("{title}: none");
    }
    let rest = lines.len().saturating_sub(MOST_ENTRIES);
    let mut lines: Vec<String> = lines.take(MOST_ENTRIES).collect();
    if rest > 0 {
        lines.push(format!("- and {rest} more"));
    }
    format!("{title}:\n\n{}", lines.join("\n"))
}
