//! The two files as types: the fields that rules and resolution ask for, each with its place.
//!
//! Reading never fails. A field that is absent or of another type is `None` or left out of its
//! list; the contract's rules have said so.

use std::borrow::Cow;

use task_api_json::{Kind as NodeKind, Node, Span};

use crate::version::detect_version;
use crate::{ApiVersion, Kind};

/// A string with its place.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    pub node: Node<'a>,
    pub value: Cow<'a, str>,
}

impl Text<'_> {
    pub fn span(&self) -> Span {
        self.node.span()
    }
}

/// Templates are read one by one: all of them at once would take many times the memory of the file.
#[derive(Debug)]
pub struct Container<'a> {
    pub node: Node<'a>,
    pub name: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    list: Option<Node<'a>>,
}

#[derive(Debug)]
pub struct Template<'a> {
    pub node: Node<'a>,
    pub identifier: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    pub inputs: Vec<Mount<'a>>,
    pub outputs: Vec<Mount<'a>>,
    pub env: Vec<Env<'a>>,
    pub command: Option<Command<'a>>,
    pub resources: Option<Resources<'a>>,
}

/// A channel as a template declares it.
#[derive(Debug)]
pub struct Mount<'a> {
    pub node: Node<'a>,
    pub name: Text<'a>,
    pub mounted_path: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    pub scale_rule: Option<Box<ScaleRule<'a>>>,
}

/// An environment variable, declared by a template or set by a task.
#[derive(Debug)]
pub struct Env<'a> {
    pub node: Node<'a>,
    pub name: Text<'a>,
    pub value: Option<Text<'a>>,
    pub choices: Vec<Text<'a>>,
    pub kind: Option<Text<'a>>,
    pub adjustable: Option<Node<'a>>,
    pub description: Option<Text<'a>>,
}

#[derive(Debug)]
pub struct Command<'a> {
    pub node: Node<'a>,
    pub words: Vec<Text<'a>>,
}

#[derive(Debug)]
pub struct Resources<'a> {
    pub node: Node<'a>,
    pub limits: Vec<Quantity<'a>>,
    pub requests: Vec<Quantity<'a>>,
}

/// One entry of `limits` or `requests`.
#[derive(Debug, Clone)]
pub struct Quantity<'a> {
    pub name: Text<'a>,
    pub value: Node<'a>,
}

impl<'a> Quantity<'a> {
    /// The quantity as text, also where it was written as a number.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.value.kind() {
            NodeKind::Number => Some(Cow::Borrowed(self.value.source())),
            _ => self.value.as_str(),
        }
    }
}

#[derive(Debug)]
pub struct ScaleRule<'a> {
    pub node: Node<'a>,
    pub complexity: Option<Text<'a>>,
    pub scale_factor: Option<Node<'a>>,
    pub kind: Option<Text<'a>>,
    pub mode: Option<Text<'a>>,
    pub target_dir: Option<Text<'a>>,
    pub target_regex: Option<Text<'a>>,
    pub target_glob: Option<Text<'a>>,
}

#[derive(Debug)]
pub struct Task<'a> {
    pub node: Node<'a>,
    /// Version of the format that the file is taken to have.
    pub version: ApiVersion,
    pub name: Option<Text<'a>>,
    pub image: Option<Text<'a>>,
    pub template: Option<TemplateRef<'a>>,
    pub inputs: Vec<Volume<'a>>,
    pub outputs: Vec<Volume<'a>>,
    pub env: Vec<Env<'a>>,
    pub command: Option<Command<'a>>,
    pub resources: Option<Resources<'a>>,
    pub config: Option<Config<'a>>,
}

#[derive(Debug)]
pub enum TemplateRef<'a> {
    Identifier(Text<'a>),
    Inline(Box<Template<'a>>),
}

/// A channel as a task binds it.
#[derive(Debug)]
pub struct Volume<'a> {
    pub node: Node<'a>,
    pub name: Text<'a>,
    pub host_path: Option<Text<'a>>,
    pub scale_rule: Option<Box<ScaleRule<'a>>>,
}

#[derive(Debug)]
pub struct Config<'a> {
    pub node: Node<'a>,
    pub labels: Vec<(Text<'a>, Node<'a>)>,
    pub registry_url: Option<Text<'a>>,
    pub registry_username: Option<Text<'a>>,
    pub registry_password: Option<Text<'a>>,
}

impl<'a> Container<'a> {
    pub fn read(node: Node<'a>) -> Container<'a> {
        let [name, description, list] = fields(node, ["name", "description", "templates"]);
        Container { node, name: text(name), description: text(description), list }
    }

    pub fn templates(&self) -> impl Iterator<Item = Template<'a>> + use<'a> {
        objects(self.list).map(Template::read)
    }

    /// The first template with this identifier.
    pub fn template(&self, identifier: &str) -> Option<Template<'a>> {
        let is_wanted = |node: &Node<'a>| node.get("identifier").is_some_and(|node| node.is_str(identifier));
        objects(self.list).find(is_wanted).map(Template::read)
    }

    pub fn has_template(&self, identifier: &str) -> bool {
        objects(self.list).any(|node| node.get("identifier").is_some_and(|node| node.is_str(identifier)))
    }

    pub fn identifiers(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        objects(self.list).filter_map(|node| text(node.get("identifier")))
    }
}

impl<'a> Template<'a> {
    pub fn read(node: Node<'a>) -> Template<'a> {
        let [identifier, description, inputs, outputs, env, command, resources] =
            fields(node, ["identifier", "description", "inputs", "outputs", "env", "command", "resources"]);
        Template {
            node,
            identifier: text(identifier),
            description: text(description),
            inputs: objects(inputs).filter_map(Mount::read).collect(),
            outputs: objects(outputs).filter_map(Mount::read).collect(),
            env: objects(env).filter_map(Env::read).collect(),
            command: command.and_then(Command::read),
            resources: resources.and_then(Resources::read),
        }
    }
}

impl<'a> Mount<'a> {
    pub fn read(node: Node<'a>) -> Option<Mount<'a>> {
        let [name, mounted_path, description, scale_rule] =
            fields(node, ["name", "mounted_path", "description", "scale_rule"]);
        Some(Mount {
            node,
            name: text(name)?,
            mounted_path: text(mounted_path),
            description: text(description),
            scale_rule: scale_rule.and_then(ScaleRule::read),
        })
    }
}

impl<'a> Env<'a> {
    pub fn read(node: Node<'a>) -> Option<Env<'a>> {
        let [name, value, choices, kind, adjustable, description] =
            fields(node, ["name", "value", "choices", "type", "adjustable", "description"]);
        Some(Env {
            node,
            name: text(name)?,
            value: text(value),
            choices: texts(choices),
            kind: text(kind),
            adjustable: adjustable.filter(|node| node.as_bool().is_some()),
            description: text(description),
        })
    }

    pub fn is_fixed(&self) -> bool {
        self.adjustable.and_then(Node::as_bool) == Some(false)
    }
}

impl<'a> Command<'a> {
    pub fn read(node: Node<'a>) -> Option<Command<'a>> {
        (node.kind() == NodeKind::Array).then(|| Command { node, words: texts(Some(node)) })
    }
}

impl<'a> Resources<'a> {
    pub fn read(node: Node<'a>) -> Option<Resources<'a>> {
        if node.kind() != NodeKind::Object {
            return None;
        }
        let side = |name| node.get(name).into_iter().flat_map(entries).map(|(name, value)| Quantity { name, value });
        Some(Resources { node, limits: side("limits").collect(), requests: side("requests").collect() })
    }
}

impl<'a> ScaleRule<'a> {
    pub fn read(node: Node<'a>) -> Option<Box<ScaleRule<'a>>> {
        if node.kind() != NodeKind::Object {
            return None;
        }
        let [complexity, scale_factor, kind, mode, target_dir, target_regex, target_glob] =
            fields(node, ["complexity", "scale_factor", "type", "mode", "target_dir", "target_regex", "target_glob"]);
        Some(Box::new(ScaleRule {
            node,
            complexity: text(complexity),
            scale_factor: scale_factor.filter(|node| node.is_integer()),
            kind: text(kind),
            mode: text(mode),
            target_dir: text(target_dir),
            target_regex: text(target_regex),
            target_glob: text(target_glob),
        }))
    }
}

impl<'a> Task<'a> {
    pub fn read(node: Node<'a>) -> Task<'a> {
        Task::read_as(node, detect_version(node, Kind::Task))
    }

    /// Reads a task of a version that is known.
    pub fn read_as(node: Node<'a>, version: ApiVersion) -> Task<'a> {
        let [name, image, template, inputs, outputs, env, command, resources, config] = fields(
            node,
            ["name", "image", "taskTemplate", "inputs", "outputs", "env", "command", "resources", "config"],
        );
        let template = template.and_then(|template| match template.kind() {
            NodeKind::Object => Some(TemplateRef::Inline(Box::new(Template::read(template)))),
            _ => text(Some(template)).map(TemplateRef::Identifier),
        });
        Task {
            node,
            version,
            name: text(name),
            image: text(image),
            template,
            inputs: objects(inputs).filter_map(Volume::read).collect(),
            outputs: objects(outputs).filter_map(Volume::read).collect(),
            env: objects(env).filter_map(Env::read).collect(),
            command: command.and_then(Command::read),
            resources: resources.and_then(Resources::read),
            config: config.and_then(Config::read),
        }
    }

    pub fn inline_template(&self) -> Option<&Template<'a>> {
        match self.template.as_ref()? {
            TemplateRef::Inline(template) => Some(template),
            TemplateRef::Identifier(_) => None,
        }
    }

    /// The identifier of the template, where a task names one, without reading the rest.
    pub fn named_template(node: Node<'a>) -> Option<Text<'a>> {
        let [template] = fields(node, ["taskTemplate"]);
        text(template)
    }

    pub fn template_identifier(&self) -> Option<&Text<'a>> {
        match self.template.as_ref()? {
            TemplateRef::Identifier(identifier) => Some(identifier),
            TemplateRef::Inline(template) => template.identifier.as_ref(),
        }
    }
}

impl<'a> Volume<'a> {
    pub fn read(node: Node<'a>) -> Option<Volume<'a>> {
        // Each version has its own name for the source; which one is right was checked before.
        let [name, v1, v0, scale_rule] = fields(node, ["name", "volume_source", "input", "scale_rule"]);
        Some(Volume {
            node,
            name: text(name)?,
            host_path: text(v1.or(v0).and_then(|source| source.get("host_path"))),
            scale_rule: scale_rule.and_then(ScaleRule::read),
        })
    }
}

impl<'a> Config<'a> {
    pub fn read(node: Node<'a>) -> Option<Config<'a>> {
        if node.kind() != NodeKind::Object {
            return None;
        }
        Some(Config {
            node,
            labels: node.get("labels").into_iter().flat_map(entries).collect(),
            registry_url: text(node.get("registryUrl")),
            registry_username: text(node.get("registryUsername")),
            registry_password: text(node.get("registryPassword")),
        })
    }
}

/// The values of several fields, in one pass over the object: of duplicates, the last.
pub(crate) fn fields<'a, const N: usize>(object: Node<'a>, names: [&str; N]) -> [Option<Node<'a>>; N] {
    let mut found = [None; N];
    for (key, value) in object.members() {
        let position = match key.has_escapes() {
            false => {
                let written = key.inner();
                names.iter().position(|name| *name == written)
            }
            true => names.iter().position(|name| key.is_str(name)),
        };
        if let Some(slot) = position.and_then(|position| found.get_mut(position)) {
            *slot = Some(value);
        }
    }
    found
}

pub(crate) fn text(node: Option<Node<'_>>) -> Option<Text<'_>> {
    as_text(node?)
}

fn as_text(node: Node<'_>) -> Option<Text<'_>> {
    (node.kind() == NodeKind::String).then(|| Text { node, value: node.as_str().unwrap_or_default() })
}

fn texts(array: Option<Node<'_>>) -> Vec<Text<'_>> {
    array.into_iter().flat_map(Node::elements).filter_map(as_text).collect()
}

fn objects<'a>(list: Option<Node<'a>>) -> impl Iterator<Item = Node<'a>> + use<'a> {
    list.into_iter().flat_map(Node::elements).filter(|node| node.kind() == NodeKind::Object)
}

fn entries<'a>(object: Node<'a>) -> impl Iterator<Item = (Text<'a>, Node<'a>)> + use<'a> {
    object.members().map(|(key, value)| (Text { node: key, value: key.as_str().unwrap_or_default() }, value))
}
