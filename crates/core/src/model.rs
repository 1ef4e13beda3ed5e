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

#[derive(Debug)]
pub struct Container<'a> {
    pub node: Node<'a>,
    pub name: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    pub templates: Vec<Template<'a>>,
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
    pub scale_rule: Option<ScaleRule<'a>>,
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
    pub scale_rule: Option<ScaleRule<'a>>,
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
        Container {
            node,
            name: text(node, "name"),
            description: text(node, "description"),
            templates: objects(node, "templates").map(Template::read).collect(),
        }
    }

    pub fn template(&self, identifier: &str) -> Option<&Template<'a>> {
        self.templates.iter().find(|template| template.identifier.as_ref().is_some_and(|text| text.value == identifier))
    }

    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().filter_map(|template| template.identifier.as_ref()).map(|text| &*text.value)
    }
}

impl<'a> Template<'a> {
    pub fn read(node: Node<'a>) -> Template<'a> {
        Template {
            node,
            identifier: text(node, "identifier"),
            description: text(node, "description"),
            inputs: objects(node, "inputs").filter_map(Mount::read).collect(),
            outputs: objects(node, "outputs").filter_map(Mount::read).collect(),
            env: objects(node, "env").filter_map(Env::read).collect(),
            command: Command::read(node),
            resources: Resources::read(node),
        }
    }
}

impl<'a> Mount<'a> {
    fn read(node: Node<'a>) -> Option<Mount<'a>> {
        Some(Mount {
            node,
            name: text(node, "name")?,
            mounted_path: text(node, "mounted_path"),
            description: text(node, "description"),
            scale_rule: ScaleRule::read(node),
        })
    }
}

impl<'a> Env<'a> {
    fn read(node: Node<'a>) -> Option<Env<'a>> {
        Some(Env {
            node,
            name: text(node, "name")?,
            value: text(node, "value"),
            choices: texts(node.get("choices")),
            kind: text(node, "type"),
            adjustable: node.get("adjustable").filter(|node| node.as_bool().is_some()),
            description: text(node, "description"),
        })
    }

    pub fn is_fixed(&self) -> bool {
        self.adjustable.and_then(Node::as_bool) == Some(false)
    }
}

impl<'a> Command<'a> {
    fn read(object: Node<'a>) -> Option<Command<'a>> {
        let node = object.get("command").filter(|node| node.kind() == NodeKind::Array)?;
        Some(Command { node, words: texts(Some(node)) })
    }
}

impl<'a> Resources<'a> {
    fn read(object: Node<'a>) -> Option<Resources<'a>> {
        let node = object.get("resources").filter(|node| node.kind() == NodeKind::Object)?;
        let side = |name| node.get(name).into_iter().flat_map(entries).map(|(name, value)| Quantity { name, value });
        Some(Resources { node, limits: side("limits").collect(), requests: side("requests").collect() })
    }
}

impl<'a> ScaleRule<'a> {
    fn read(object: Node<'a>) -> Option<ScaleRule<'a>> {
        let node = object.get("scale_rule").filter(|node| node.kind() == NodeKind::Object)?;
        Some(ScaleRule {
            node,
            complexity: text(node, "complexity"),
            scale_factor: node.get("scale_factor").filter(|node| node.is_integer()),
            kind: text(node, "type"),
            mode: text(node, "mode"),
            target_dir: text(node, "target_dir"),
            target_regex: text(node, "target_regex"),
            target_glob: text(node, "target_glob"),
        })
    }
}

impl<'a> Task<'a> {
    pub fn read(node: Node<'a>) -> Task<'a> {
        let template = node.get("taskTemplate").and_then(|template| match template.kind() {
            NodeKind::Object => Some(TemplateRef::Inline(Box::new(Template::read(template)))),
            _ => text(node, "taskTemplate").map(TemplateRef::Identifier),
        });
        Task {
            node,
            version: detect_version(node, Kind::Task),
            name: text(node, "name"),
            image: text(node, "image"),
            template,
            inputs: objects(node, "inputs").filter_map(Volume::read).collect(),
            outputs: objects(node, "outputs").filter_map(Volume::read).collect(),
            env: objects(node, "env").filter_map(Env::read).collect(),
            command: Command::read(node),
            resources: Resources::read(node),
            config: Config::read(node),
        }
    }

    pub fn inline_template(&self) -> Option<&Template<'a>> {
        match self.template.as_ref()? {
            TemplateRef::Inline(template) => Some(template),
            TemplateRef::Identifier(_) => None,
        }
    }

    pub fn template_identifier(&self) -> Option<&Text<'a>> {
        match self.template.as_ref()? {
            TemplateRef::Identifier(identifier) => Some(identifier),
            TemplateRef::Inline(template) => template.identifier.as_ref(),
        }
    }
}

impl<'a> Volume<'a> {
    fn read(node: Node<'a>) -> Option<Volume<'a>> {
        // Each version has its own name for the source; which one is right was checked before.
        let source = node.get("volume_source").or_else(|| node.get("input"));
        Some(Volume {
            node,
            name: text(node, "name")?,
            host_path: source.and_then(|source| text(source, "host_path")),
            scale_rule: ScaleRule::read(node),
        })
    }
}

impl<'a> Config<'a> {
    fn read(object: Node<'a>) -> Option<Config<'a>> {
        let node = object.get("config").filter(|node| node.kind() == NodeKind::Object)?;
        Some(Config {
            node,
            labels: node.get("labels").into_iter().flat_map(entries).collect(),
            registry_url: text(node, "registryUrl"),
            registry_username: text(node, "registryUsername"),
            registry_password: text(node, "registryPassword"),
        })
    }
}

fn text<'a>(object: Node<'a>, name: &str) -> Option<Text<'a>> {
    as_text(object.get(name)?)
}

fn as_text(node: Node<'_>) -> Option<Text<'_>> {
    (node.kind() == NodeKind::String).then(|| Text { node, value: node.as_str().unwrap_or_default() })
}

fn texts(array: Option<Node<'_>>) -> Vec<Text<'_>> {
    array.into_iter().flat_map(Node::elements).filter_map(as_text).collect()
}

fn objects<'a>(object: Node<'a>, name: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    object.get(name).into_iter().flat_map(Node::elements).filter(|node| node.kind() == NodeKind::Object)
}

fn entries<'a>(object: Node<'a>) -> impl Iterator<Item = (Text<'a>, Node<'a>)> + use<'a> {
    object.members().map(|(key, value)| (Text { node: key, value: key.as_str().unwrap_or_default() }, value))
}
