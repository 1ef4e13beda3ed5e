//! The template's side: which tasks say otherwise.

use std::borrow::Cow;

use task_api_core::Kind;
use task_api_core::model::Command;
use task_api_json::{Kind as NodeKind, Node};

use super::merged::{MOST_ENTRIES, named, words};
use super::{Asked, link_to, short_name};
use crate::belonging::{is_first_of_its_name, tasks_of_template};
use crate::document::Document;
use crate::markdown::code;
use crate::secrets::shown_value;

/// The tasks that set a variable.
pub(super) fn of_env(asked: &Asked<'_>, name: &str) -> Option<String> {
    let value = |task: &Document| {
        let env = named(task.root(), name)?;
        let value = env.get("value")?.as_str()?.into_owned();
        Some((code(&shown_value(name, &value)), env.span().start))
    };
    list(asked, "Set by", "No task sets it: all keep the default.", value)
}

/// The tasks whose resources replace an entry of the template's.
pub(super) fn of_quantity(asked: &Asked<'_>, side: &str, name: &str) -> Option<String> {
    let value = |task: &Document| {
        let resources = task.root().get("resources").filter(|node| node.kind() == NodeKind::Object)?;
        let entry = resources.get(side).and_then(|side| side.get(name));
        let shown = entry.map_or_else(
            || "without it".to_owned(),
            |entry| code(&entry.as_str().unwrap_or(Cow::Borrowed(entry.source()))),
        );
        Some((shown, entry.unwrap_or(resources).span().start))
    };
    list(asked, "Replaced by", "No task replaces it.", value)
}

/// The tasks that have a command or resources of their own.
pub(super) fn of_whole(asked: &Asked<'_>) -> Option<String> {
    let position = asked.way.iter().rposition(|typed| typed.definition() == "TaskTemplate")?;
    let field = asked.way.get(position + 1)?.key()?.as_str()?;
    match &*field {
        "command" => {
            let value = |task: &Document| {
                let command = Command::read(task.root().get("command")?)?;
                Some((code(&words(&command)), command.node.span().start))
            };
            list(asked, "Replaced by", "No task replaces it.", value)
        }
        "resources" => {
            let value = |task: &Document| {
                let resources = task.root().get("resources").filter(|node| node.kind() == NodeKind::Object)?;
                let short: String = resources.source().split_whitespace().collect::<Vec<_>>().join(" ");
                Some((code(&short), resources.span().start))
            };
            list(asked, "Replaced by", "No task replaces them.", value)
        }
        _ => None,
    }
}

/// Tasks with what each says, or that none says anything.
pub(super) fn list(
    asked: &Asked<'_>,
    heading: &str,
    none: &str,
    value: impl Fn(&Document) -> Option<(String, u32)>,
) -> Option<String> {
    let tasks = tasks(asked)?;
    let said: Vec<String> = tasks
        .iter()
        .filter_map(|task| {
            let (shown, offset) = value(task)?;
            let place = task.root().node_at(offset);
            Some(format!("- {}: {shown}", link_to(task, &short_name(task), place)))
        })
        .collect();
    if said.is_empty() {
        return Some(none.to_owned());
    }
    let rest = said.len().saturating_sub(MOST_ENTRIES);
    let mut lines: Vec<String> = said.into_iter().take(MOST_ENTRIES).collect();
    if rest > 0 {
        lines.push(format!("- and {rest} more"));
    }
    Some(format!("{heading}:\n\n{}", lines.join("\n")))
}

/// The tasks that use the template around the place; `None` where nobody can tell, or nobody asks.
fn tasks<'a>(asked: &Asked<'a>) -> Option<Vec<&'a Document>> {
    let template: Node<'a> = asked.enclosing(&["TaskTemplate"])?.node;
    if asked.kind() == Kind::Task {
        return Some(vec![asked.document]);
    }
    // Of templates with one name, tasks get the first.
    if !is_first_of_its_name(asked.document, template) {
        return None;
    }
    let identifier = template.get("identifier")?.as_str()?;
    Some(tasks_of_template(asked.workspace, asked.document, &identifier))
}
