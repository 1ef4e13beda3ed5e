//! What a task comes to at a place: the value that wins, and where it is from.

use task_api_core::model::{Command, Config, Env, Resources, Task, Template};
use task_api_core::resolve::{Overrides, Resolution, Source, resolve};
use task_api_core::spec::EnvValue;
use task_api_core::{Kind, secret::REDACTED};
use task_api_json::Node;

use super::{Asked, link_to, overrides, short_name};
use crate::belonging::{TemplatePlace, bare_task, bare_template, template_of};
use crate::markdown::{code, escape, message};
use crate::secrets::{shown_value, shown_words};
use crate::typed::Typed;

/// Entries of a list that anybody reads.
pub(super) const MOST_ENTRIES: usize = 20;

/// More variables than a person keeps are not merged for a list that nobody reads.
const MOST_VARIABLES: usize = 300;

/// A variable that a task sets or that a template declares.
pub(super) fn env(asked: &Asked<'_>, env: Typed<'_>) -> Option<String> {
    let name = env.node.get("name")?.as_str()?;
    if env.definition() == "TaskTemplateEnv" {
        return overrides::of_env(asked, &name);
    }
    let bound = template_of(asked.workspace, asked.document);
    let declared = bound.and_then(|bound| named(bound.node, &name));
    let mut task = bare_task(asked.document.root(), asked.document.version());
    task.env = named(task.node, &name).and_then(Env::read).into_iter().collect();
    let resolution = merged(&task, declared.and_then(Env::read).into_iter().collect(), None);
    let mut parts = Vec::new();
    if let Some(won) = resolution.instance.env.first() {
        parts.push(format!("{} = {}, {}", code(&name), shown(&won.value), origin(&resolution, "/env/0/value")));
    }
    parts.push(match (bound, declared) {
        (Some(bound), Some(node)) => declaration(bound, node, asked, &name),
        (Some(bound), None) => {
            format!("{} does not declare it: it is set in addition.", template_name(asked, bound, bound.node))
        }
        (None, _) => "No container with the template of this task is known here.".to_owned(),
    });
    Some(parts.join("\n\n"))
}

/// The last one of a name among the variables of a task or a template, as it is the one that counts.
pub(super) fn named<'a>(owner: Node<'a>, name: &str) -> Option<Node<'a>> {
    owner.get("env")?.elements().filter(|env| env.get("name").is_some_and(|node| node.is_str(name))).last()
}

fn merged<'a>(task: &Task<'a>, declared: Vec<Env<'a>>, command: Option<Command<'a>>) -> Resolution {
    let template = Template { env: declared, command, ..bare_template(task.node) };
    resolve(task, &template, &Overrides::default())
}

fn declaration(bound: TemplatePlace<'_>, node: Node<'_>, asked: &Asked<'_>, name: &str) -> String {
    let Some(env) = Env::read(node) else { return String::new() };
    let default = env.value.as_ref().map_or_else(
        || "no default".to_owned(),
        |value| format!("the default {}", code(&shown_value(name, &value.value))),
    );
    let mut text = format!("{} declares it with {default}", template_name(asked, bound, node));
    if let Some(kind) = &env.kind {
        text.push_str(&format!(" as {}", code(&kind.value)));
    }
    text.push('.');
    if env.is_fixed() {
        text.push_str(" A task may not change it.");
    }
    if let Some(description) = env.description.filter(|description| !description.value.is_empty()) {
        text.push_str(&format!("\n\n{}", escape(&description.value)));
    }
    if !env.choices.is_empty() {
        let present = asked.way.iter().rev().find_map(|typed| typed.node.get("value")).and_then(Node::as_str);
        let line = |choice: &task_api_core::model::Text<'_>| {
            let shown = code(&shown_value(name, &choice.value));
            let is_present =
                present.as_ref().is_some_and(|present| *present == choice.value) && shown != code(REDACTED);
            if is_present { format!("- **{shown}** (present)") } else { format!("- {shown}") }
        };
        let lines: Vec<String> = env.choices.iter().take(MOST_ENTRIES).map(line).collect();
        text.push_str(&format!("\n\nChoices:\n\n{}", lines.join("\n")));
    }
    text
}

/// A template as it is spoken of, with a link to a place in it.
pub(super) fn template_name(asked: &Asked<'_>, bound: TemplatePlace<'_>, node: Node<'_>) -> String {
    if std::ptr::eq(bound.document, asked.document) {
        return "The task's own template".to_owned();
    }
    let link = link_to(bound.document, &short_name(bound.document), node);
    match bound.node.get("identifier").and_then(Node::as_str) {
        Some(identifier) => format!("Template {} ({link})", code(&identifier)),
        None => format!("The template ({link})"),
    }
}

fn shown(value: &EnvValue) -> String {
    match value {
        EnvValue::Plain(text) => code(text),
        EnvValue::Secret(_) => code(REDACTED),
    }
}

/// `from this task`
pub(super) fn origin(resolution: &Resolution, pointer: &str) -> &'static str {
    match resolution.origins.get(pointer).map(|origin| origin.from) {
        Some(Source::Task) => "from this task",
        Some(Source::Template) => "from the template",
        Some(Source::Conf) => "from the trigger request",
        Some(Source::Option) => "from the command line",
        Some(Source::Default) | None => "by default",
    }
}

/// An entry of `limits` or `requests`: whether it counts, and what it replaces.
pub(super) fn quantity(asked: &Asked<'_>, side: Typed<'_>, typed: Typed<'_>) -> Option<String> {
    let (side, name) = (side.key()?.as_str()?, typed.key()?.as_str()?);
    if asked.enclosing(&["TaskTemplate"]).is_some() {
        return overrides::of_quantity(asked, &side, &name);
    }
    let bound = template_of(asked.workspace, asked.document)?;
    let theirs = bound.node.get("resources").and_then(|resources| resources.get(&side)?.get(&name));
    let own = "It counts, as the task's `resources` replace the template's as a whole";
    Some(match theirs {
        Some(value) => {
            let text = value.as_str().unwrap_or(value.source().into());
            format!("{own}. {} has {}.", template_name(asked, bound, value), code(&text))
        }
        None => format!("{own}; {} has no such entry.", lower(&template_name(asked, bound, bound.node))),
    })
}

fn lower(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

/// What is given as a whole: commands, resources, the configuration, all variables.
pub(super) fn whole(asked: &Asked<'_>) -> Option<String> {
    if asked.enclosing(&["TaskTemplate"]).is_some() {
        return overrides::of_whole(asked);
    }
    if asked.kind() != Kind::Task {
        return None;
    }
    match asked.way.get(1)?.key()?.as_str()?.as_ref() {
        "command" => command(asked),
        "resources" => resources(asked),
        "config" => config(asked),
        "env" => variables(asked),
        _ => None,
    }
}

fn command(asked: &Asked<'_>) -> Option<String> {
    let bound = template_of(asked.workspace, asked.document);
    let mut task = bare_task(asked.document.root(), asked.document.version());
    task.command = task.node.get("command").and_then(Command::read);
    let theirs = bound.and_then(|bound| bound.node.get("command")).and_then(Command::read);
    let replaced = theirs.as_ref().filter(|_| task.command.is_some()).map(words);
    let resolution = merged(&task, Vec::new(), theirs);
    let Some(won) = &resolution.instance.command else {
        return Some("Neither the task nor its template has a command: the image's own runs.".to_owned());
    };
    let won = shown_words(won.iter().map(|word| word.as_str().into())).join(" ");
    let mut text = format!("Runs {}, {}", code(&won), origin(&resolution, "/command"));
    if let (Some(replaced), Some(bound)) = (replaced, bound) {
        text.push_str(&format!(". {} has {}", template_name(asked, bound, bound.node), code(&replaced)));
    }
    text.push('.');
    Some(text)
}

pub(super) fn words(command: &Command<'_>) -> String {
    shown_words(command.words.iter().map(|word| word.value.clone())).join(" ")
}

fn resources(asked: &Asked<'_>) -> Option<String> {
    let bound = template_of(asked.workspace, asked.document);
    let mut task = bare_task(asked.document.root(), asked.document.version());
    task.resources = task.node.get("resources").and_then(Resources::read);
    let template = Template {
        resources: bound.and_then(|bound| bound.node.get("resources")).and_then(Resources::read),
        ..bare_template(task.node)
    };
    let resolution = resolve(&task, &template, &Overrides::default());
    let Some(won) = &resolution.instance.resources else {
        return Some("Neither the task nor its template limits or reserves anything.".to_owned());
    };
    let mut lines = vec![format!("What counts, {}:\n", origin(&resolution, "/resources"))];
    for (side, entries) in [("limits", &won.limits), ("requests", &won.requests)] {
        for (name, amount) in entries.iter().take(MOST_ENTRIES) {
            lines.push(format!("- {}: {}", code(&format!("{side}.{name}")), code(amount)));
        }
    }
    if lines.len() == 1 {
        lines.push("- nothing".to_owned());
    }
    for notice in resolution.notices.iter().take(MOST_ENTRIES) {
        lines.push(format!("\nMind that {}.", message(notice)));
    }
    Some(lines.join("\n"))
}

fn config(asked: &Asked<'_>) -> Option<String> {
    let mut task = bare_task(asked.document.root(), asked.document.version());
    task.config = task.node.get("config").and_then(Config::read);
    let resolution = merged(&task, Vec::new(), None);
    resolution.instance.config.as_ref()?;
    Some(format!("It counts, {}: templates have no `config`.", origin(&resolution, "/config")))
}

/// All variables that the program gets.
fn variables(asked: &Asked<'_>) -> Option<String> {
    let bound = template_of(asked.workspace, asked.document);
    let read = |owner: Node<'_>| owner.get("env").map_or(0, |env| env.elements().count());
    let count = read(asked.document.root()) + bound.map_or(0, |bound| read(bound.node));
    if count == 0 || count > MOST_VARIABLES {
        return None;
    }
    let mut task = bare_task(asked.document.root(), asked.document.version());
    task.env = envs(task.node);
    let resolution = merged(&task, bound.map(|bound| envs(bound.node)).unwrap_or_default(), None);
    let mut lines = vec!["What the program gets, beside the image's own variables:\n".to_owned()];
    for (index, env) in resolution.instance.env.iter().take(MOST_ENTRIES).enumerate() {
        let from = origin(&resolution, &format!("/env/{index}/value"));
        lines.push(format!("- {} = {}, {from}", code(&env.name), shown(&env.value)));
    }
    let rest = resolution.instance.env.len().saturating_sub(MOST_ENTRIES);
    if rest > 0 {
        lines.push(format!("- and {rest} more"));
    }
    Some(lines.join("\n"))
}

fn envs(owner: Node<'_>) -> Vec<Env<'_>> {
    owner.get("env").into_iter().flat_map(Node::elements).filter_map(Env::read).collect()
}
