//! A workflow: what a task comes to, where its inputs are from, who reads its outputs.

use task_api_core::model::{Env, Mount};
use task_api_core::workflow::{Graph, Workflow, known};
use task_api_json::Node;

use super::merged::{MOST_ENTRIES, template_name};
use super::{Asked, template, values};
use crate::belonging::TemplatePlace;
use crate::entity::{Bound, Entity, EntityKind, names};
use crate::flow::{bound, entity_at, is_task, list, task_around};
use crate::markdown::{code, escape};
use crate::secrets::shown_value;

/// What there is to say of a value of a workflow.
pub(super) fn texts(asked: &Asked<'_>) -> Vec<String> {
    let value = asked.node.value_of_key().unwrap_or(asked.node);
    let is_of_task = value.container().is_some_and(|object| is_task(asked.document, object));
    if is_of_task && value.key().is_some_and(|key| key.is_str("image")) {
        return asked.way.last().and_then(|last| values::image(*last)).into_iter().collect();
    }
    if let Some(variable) = variable(asked, value) {
        return vec![variable];
    }
    let Some((entity, _)) = entity_at(asked.workspace, asked.document, value) else { return Vec::new() };
    let text = match entity.kind {
        EntityKind::Task => task(asked, &entity.name),
        EntityKind::Template => of_template(asked, &entity, |place, node| {
            Some(format!("{}\n\n{}", template_name(asked, place, node), template::in_short_of(node)))
        }),
        EntityKind::Input | EntityKind::Output => channel(asked, &entity, value),
        EntityKind::Env => None,
    };
    text.into_iter().collect()
}

fn of_template(
    asked: &Asked<'_>,
    entity: &Entity<'_>,
    text: impl FnOnce(TemplatePlace<'_>, Node<'_>) -> Option<String>,
) -> Option<String> {
    let node = entity.template?;
    let document = asked.workspace.get(entity.home.uri())?;
    text(TemplatePlace { document, node }, node)
}

/// A task, and what comes before and behind it.
fn task(asked: &Asked<'_>, id: &str) -> Option<String> {
    let workflow = Workflow::read(asked.document.root());
    let position = workflow.tasks.iter().position(|task| task.id() == Some(id))?;
    let task = &workflow.tasks[position];
    let graph = Graph::of(&workflow);
    let mut parts = Vec::new();
    let image = known(&task.image).map(|(image, _)| format!(" of {}", code(image))).unwrap_or_default();
    match task.template_name() {
        Some(template) => parts.push(format!("Task {} runs template {}{image}.", code(id), code(template))),
        None => parts.push(format!("Task {} runs a template of its own{image}.", code(id))),
    }
    let in_words = |tasks: &[usize]| {
        let rest = tasks.len().saturating_sub(MOST_ENTRIES);
        let named = tasks.iter().take(MOST_ENTRIES).filter_map(|task| workflow.tasks[*task].id()).map(code);
        let named = named.collect::<Vec<_>>().join(", ");
        if rest == 0 { named } else { format!("{named} and {rest} more") }
    };
    parts.push(match graph.upstream_of(position) {
        [] => "It waits for no other task.".to_owned(),
        upstream => format!("It waits for {}.", in_words(upstream)),
    });
    match graph.downstream_of(position) {
        [] => {}
        downstream => parts.push(format!("{} for it.", waits(downstream.len(), &in_words(downstream)))),
    }
    Some(parts.join(" "))
}

fn waits(number: usize, who: &str) -> String {
    if number == 1 { format!("{who} waits") } else { format!("{who} wait") }
}

/// A channel of a mapping, as its template declares it.
fn channel(asked: &Asked<'_>, entity: &Entity<'_>, value: Node<'_>) -> Option<String> {
    let noun = entity.kind.noun();
    of_template(asked, entity, |place, node| {
        let of_name = names(node, entity.kind).find(|name| name.is_str(&entity.name))?;
        let mount = Mount::read(of_name.container()?)?;
        let path = mount.mounted_path.as_ref().map(|path| format!(": it is mounted at {}", code(&path.value)));
        let mut parts = vec![format!(
            "{} declares this {noun}{}.",
            template_name(asked, place, mount.node),
            path.unwrap_or_default()
        )];
        parts.extend(mount.description.as_ref().filter(|text| !text.value.is_empty()).map(|text| escape(&text.value)));
        parts.extend(joined(asked, entity, value));
        Some(parts.join("\n\n"))
    })
}

/// What an output feeds, and what feeds an input.
fn joined(asked: &Asked<'_>, entity: &Entity<'_>, value: Node<'_>) -> Option<String> {
    let map = value.container()?;
    let text = |field: &str| Some(map.get(field)?.as_str()?.into_owned());
    if let Some(path) = text("host_path") {
        return Some(format!("For runs on this computer, fed by {}.", code(&path)));
    }
    let own = task_around(asked.document, map)?.get("task_id")?.as_str()?.into_owned();
    let (operator, output, input) =
        (text("upstream_operator")?, text("upstream_output_channel")?, text("input_channel")?);
    Some(match entity.kind {
        EntityKind::Input => format!("Fed by output {} of task {}.", code(&output), code(&operator)),
        _ => format!("Feeds input {} of task {}.", code(&input), code(&own)),
    })
}

/// A variable that a task sets.
fn variable(asked: &Asked<'_>, value: Node<'_>) -> Option<String> {
    let object = value.container()?;
    let env = object.container().filter(|env| env.key().is_some_and(|key| key.is_str("env")))?;
    let task = env.container().filter(|task| is_task(asked.document, *task))?;
    let name = object.get("name")?.as_str()?;
    let shown = |value: &str| code(&shown_value(&name, value));
    let set = object.get("value").and_then(Node::as_str);
    let mut parts: Vec<String> = set
        .iter()
        .map(|value| format!("{} = {}, from the task. A trigger request wins over it.", code(&name), shown(value)))
        .collect();
    let Some(Bound { document, template }) = bound(asked.workspace, asked.document, task) else {
        parts.push("No container with the template of this task is known here.".to_owned());
        return Some(parts.join("\n\n"));
    };
    let place = TemplatePlace { document, node: template };
    let declared = list(template, "env").find(|env| env.get("name").is_some_and(|node| node.is_str(&name)));
    let Some(declared) = declared.and_then(Env::read) else {
        parts.push(format!("{} does not declare it: it is set in addition.", template_name(asked, place, template)));
        return Some(parts.join("\n\n"));
    };
    let default = declared.value.as_ref().map(|value| format!(", default {}", shown(&value.value))).unwrap_or_default();
    parts.push(format!("{} declares it{default}.", template_name(asked, place, declared.node)));
    parts.extend(declared.description.as_ref().filter(|text| !text.value.is_empty()).map(|text| escape(&text.value)));
    if !declared.choices.is_empty() {
        let choices: Vec<String> = declared.choices.iter().take(MOST_ENTRIES).map(|it| shown(&it.value)).collect();
        parts.push(format!("Choices: {}", choices.join(", ")));
    }
    Some(parts.join("\n\n"))
}
