//! What there is to say about a completion, as Markdown, when somebody looks at it.
//!
//! Keys are lines: what kind of thing it is, and where it is described.

use task_api_core::model::{Container, Env, Mount, Task, Template};
use task_api_core::schema::{Schema, SchemaId, Subschema, schema};
use task_api_core::secret::{REDACTED, is_secret_name};
use task_api_core::{ApiVersion, Kind};
use task_api_json::push_segment;

use super::slot::Site;
use crate::document::Document;
use crate::workspace::Workspace;

/// What a completion is about, by its [`super::Completion::documentation_key`], in Markdown. The document that was
/// completed is the one of `uri`.
pub fn completion_documentation(workspace: &Workspace, uri: &str, key: &str) -> Option<String> {
    let parts: Vec<&str> = key.split('\n').collect();
    match parts[..] {
        ["schema", version, path] => of_schema(workspace.get(uri)?.kind()?, version, path, None),
        ["schema", version, path, value] => of_schema(workspace.get(uri)?.kind()?, version, path, Some(value)),
        ["template", at, identifier] => with_template(workspace.get(at)?, identifier, of_template),
        ["channel", at, identifier, direction, name] => with_template(workspace.get(at)?, identifier, |template| {
            let channels = if direction == "inputs" { &template.inputs } else { &template.outputs };
            channels.iter().find(|channel| channel.name.value == name).map(of_channel)
        }),
        ["variable", at, identifier, name] => with_template(workspace.get(at)?, identifier, |template| {
            template.env.iter().find(|variable| variable.name.value == name).map(of_variable)
        }),
        _ => None,
    }
}

/// The key for a field, or for a definition as a whole.
pub(super) fn property_key(site: &Site, definition: &str, steps: &[&str]) -> String {
    let mut path = String::new();
    std::iter::once(&definition).chain(steps).for_each(|step| push_segment(&mut path, step));
    format!("schema\n{}\n{path}", site.version.number())
}

/// The key for a value of a field.
pub(super) fn value_key(key: &str, json: &str) -> String {
    format!("{key}\n{json}")
}

pub(super) fn template_key(uri: &str, identifier: &str) -> String {
    format!("template\n{uri}\n{identifier}")
}

pub(super) fn channel_key(uri: &str, identifier: &str, direction: &str, name: &str) -> String {
    format!("channel\n{uri}\n{identifier}\n{direction}\n{name}")
}

pub(super) fn variable_key(uri: &str, identifier: &str, name: &str) -> String {
    format!("variable\n{uri}\n{identifier}\n{name}")
}

fn of_schema(kind: Kind, version: &str, path: &str, value: Option<&str>) -> Option<String> {
    let version = version.parse().ok().and_then(ApiVersion::from_number)?;
    let schema = schema(kind, version);
    let mut steps = path.strip_prefix('/')?.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
    let mut subschema = schema.definition(&steps.next()?)?;
    let mut place: Option<(SchemaId, bool)> = None;
    for step in steps {
        let property = subschema.property(&step)?;
        place = Some((property.schema, property.required));
        subschema = schema.deref(property.schema);
    }
    let Some((id, required)) = place else { return Some(of_object(subschema)) };
    if let Some(value) = value {
        let allowed = subschema.allowed.iter().find(|allowed| allowed.value.to_json() == value)?;
        let field = &schema.get(id).title;
        return Some(paragraphs([format!("{field}: {}", code(value)), allowed.description.clone()]));
    }
    Some(of_place(schema, id, required))
}

fn of_object(subschema: &Subschema) -> String {
    let names = |required: bool| -> Vec<String> {
        let properties = subschema.properties.iter().filter(|property| property.required == required);
        properties.map(|property| code(&property.name)).collect()
    };
    let facts: Vec<String> = [("must have", names(true)), ("may have", names(false))]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(word, names)| format!("- {word} {}", names.join(", ")))
        .collect();
    paragraphs([title(subschema), subschema.description.clone(), facts.join("\n")])
}

fn of_place(schema: &Schema, id: SchemaId, required: bool) -> String {
    let (here, behind) = (schema.get(id), schema.deref(id));
    let description = if here.description.is_empty() { &behind.description } else { &here.description };
    let types = schema.accepted_types(id).in_words();
    let types = if types.is_empty() { "any value".to_owned() } else { types };
    let mut facts = vec![format!("- type: {types}{}", if required { ", required" } else { "" })];
    if let Some(default) = here.default.as_ref().or(behind.default.as_ref()) {
        facts.push(format!("- default: {}", code(default)));
    }
    for allowed in &behind.allowed {
        let description = &allowed.description;
        let meaning = if description.is_empty() { String::new() } else { format!(": {description}") };
        facts.push(format!("- may be {}{meaning}", code(&allowed.value.to_json())));
    }
    let examples = if here.examples.is_empty() { &behind.examples } else { &here.examples };
    let examples: Vec<String> = examples.iter().map(|json| one_line_of(json)).collect();
    if !examples.is_empty() {
        let word = if examples.len() == 1 { "example" } else { "examples" };
        let examples: Vec<String> = examples.iter().map(|example| code(example)).collect();
        facts.push(format!("- {word}: {}", examples.join(", ")));
    }
    paragraphs([title(here), description.clone(), facts.join("\n")])
}

fn title(subschema: &Subschema) -> String {
    if subschema.title.is_empty() { String::new() } else { format!("**{}**", subschema.title) }
}

fn with_template<T>(
    document: &Document,
    identifier: &str,
    describe: impl FnOnce(&Template<'_>) -> Option<T>,
) -> Option<T> {
    match document.kind()? {
        Kind::ProcessingContainer => describe(&Container::read(document.root()).template(identifier)?),
        Kind::Task => describe(Task::read_as(document.root(), document.version()).inline_template()?),
        Kind::Workflow => None,
    }
}

fn of_template(template: &Template<'_>) -> Option<String> {
    let identifier = template.identifier.as_ref()?;
    let description = template.description.as_ref().map(|text| text.value.to_string());
    let channels = |list: &[Mount<'_>]| -> Vec<String> { list.iter().map(|mount| code(&mount.name.value)).collect() };
    let variables = || template.env.iter().map(|variable| code(&variable.name.value)).collect();
    let facts: Vec<String> =
        [("inputs", channels(&template.inputs)), ("outputs", channels(&template.outputs)), ("variables", variables())]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(word, names)| format!("- {word}: {}", names.join(", ")))
            .collect();
    let title = format!("Template {}", code(&identifier.value));
    Some(paragraphs([title, description.unwrap_or_default(), facts.join("\n")]))
}

fn of_channel(channel: &Mount<'_>) -> String {
    let description = channel.description.as_ref().map(|text| text.value.to_string());
    let path = channel.mounted_path.as_ref().map(|path| format!("- mounted at {}", code(&path.value)));
    let rule =
        channel.scale_rule.as_ref().map(|rule| format!("- scale rule: {}", code(&one_line_of(rule.node.source()))));
    let facts: Vec<String> = path.into_iter().chain(rule).collect();
    let title = format!("Channel {}", code(&channel.name.value));
    paragraphs([title, description.unwrap_or_default(), facts.join("\n")])
}

fn of_variable(variable: &Env<'_>) -> String {
    let is_secret = is_secret_name(&variable.name.value);
    let description = variable.description.as_ref().map(|text| text.value.to_string());
    let mut facts = Vec::new();
    if let Some(kind) = &variable.kind {
        facts.push(format!("- type: {}", kind.value));
    }
    if let Some(value) = &variable.value {
        let shown = if is_secret { REDACTED } else { value.node.source() };
        facts.push(format!("- default: {}", code(shown)));
    }
    if !variable.choices.is_empty() && !is_secret {
        let choices: Vec<String> = variable.choices.iter().map(|choice| code(choice.node.source())).collect();
        facts.push(format!("- may be {}", choices.join(", ")));
    }
    let title = format!("Variable {}", code(&variable.name.value));
    paragraphs([title, description.unwrap_or_default(), facts.join("\n")])
}

fn paragraphs<const N: usize>(parts: [String; N]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// Text as code, whatever backticks it has.
fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

fn one_line_of(json: &str) -> String {
    json.split_whitespace().collect::<Vec<_>>().join(" ")
}
