//! Names that the files around a document have: templates, channels, variables and images.

use std::cell::OnceCell;
use std::collections::HashSet;

use task_api_core::Kind;
use task_api_core::model::{Container, Env, Mount, Text};
use task_api_json::{Kind as NodeKind, Node, quote};

use super::documentation::{channel_key, template_key, variable_key};
use super::sketch::Sketch;
use super::{Body, CompletionKind, Offer, by_use};
use crate::document::Document;
use crate::secrets::shown_value;
use crate::workspace::{BoundTemplate, Workspace};

/// What a string names, where other files or other fields know the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Template,
    Image,
    /// A channel that a volume is bound to.
    Channel,
    /// A variable that a task sets.
    VariableName,
    VariableValue,
    /// The default of a variable that a template declares.
    DeclaredValue,
    #[cfg(feature = "workflow")]
    Flow(super::flow::FlowTopic),
}

impl Topic {
    pub(super) fn of(definition: &str, property: &str, object: Node<'_>) -> Option<Topic> {
        Some(match (definition, property) {
            ("Task" | "WorkflowTask", "taskTemplate") => Topic::Template,
            ("Task", "image") => Topic::Image,
            ("IOVolume", "name") => Topic::Channel,
            ("BaseEnv", "name") => Topic::VariableName,
            ("BaseEnv", "value") if object.get("name").is_some() => Topic::VariableValue,
            ("TaskTemplateEnv", "value") => Topic::DeclaredValue,
            #[cfg(feature = "workflow")]
            _ => return super::flow::FlowTopic::of(definition, property).map(Topic::Flow),
            #[cfg(not(feature = "workflow"))]
            _ => return None,
        })
    }
}

pub(super) struct Names<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) document: &'a Document,
    /// What the cursor is at.
    #[cfg_attr(
        not(feature = "workflow"),
        expect(dead_code, reason = "only in workflows, a place has its own template")
    )]
    marker: Option<Node<'a>>,
    template: OnceCell<Option<BoundTemplate<'a>>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(workspace: &'a Workspace, document: &'a Document, marker: Option<Node<'a>>) -> Names<'a> {
        Names { workspace, document, marker, template: OnceCell::new() }
    }

    /// The template that the task at hand is held to.
    fn template(&self) -> Option<&BoundTemplate<'a>> {
        let find = || match self.document.kind()? {
            Kind::Task => self.workspace.template_of(self.document),
            #[cfg(feature = "workflow")]
            Kind::Workflow => {
                let task = crate::flow::task_around(self.document, self.marker?)?;
                let bound = crate::flow::bound(self.workspace, self.document, task)?;
                let template = task_api_core::model::Template::read(bound.template);
                Some(BoundTemplate { document: bound.document, template })
            }
            #[cfg(not(feature = "workflow"))]
            Kind::Workflow => None,
            Kind::ProcessingContainer => None,
        };
        self.template.get_or_init(find).as_ref()
    }

    /// Strings that can stand in a field of `object`.
    pub(super) fn texts(&self, topic: Topic, object: Node<'_>) -> Vec<Offer> {
        match topic {
            Topic::Template => self.templates(),
            Topic::Image => self.images(),
            Topic::Channel => {
                let Some(list) = object.container() else { return Vec::new() };
                let name_of = |channel: &Mount<'_>| channel.name.value.to_string();
                self.channels(list)
                    .map(|channel| self.channel(channel, list, Body::Value(Sketch::Json(quote(&name_of(channel))))))
                    .collect()
            }
            Topic::VariableName => {
                let Some(list) = object.container() else { return Vec::new() };
                let body = |variable: &Env<'_>| Body::Value(Sketch::Json(quote(&variable.name.value)));
                self.variables(list).map(|variable| self.variable(variable, body(variable))).collect()
            }
            Topic::VariableValue => self.values_of_variable(object),
            Topic::DeclaredValue => declared_values(object),
            #[cfg(feature = "workflow")]
            Topic::Flow(topic) => self.flow_texts(topic, object),
        }
    }

    /// Whether what a topic's strings may be is known, be it that there is none left.
    pub(super) fn knows(&self, topic: Topic) -> bool {
        match topic {
            Topic::Channel | Topic::VariableName => self.template().is_some(),
            Topic::Template | Topic::Image | Topic::VariableValue | Topic::DeclaredValue => false,
            #[cfg(feature = "workflow")]
            Topic::Flow(_) => false,
        }
    }

    /// Whole objects that can stand in an array: volumes of channels that have none, variables that are not set.
    pub(super) fn elements(&self, list: Node<'_>, item: &Sketch, definition: &str) -> Vec<Offer> {
        match definition {
            "IOVolume" => {
                let body = |channel: &Mount<'_>| with(item, "name", Sketch::Json(quote(&channel.name.value)));
                self.channels(list).map(|channel| self.channel(channel, list, Body::Value(body(channel)))).collect()
            }
            "BaseEnv" => self
                .variables(list)
                .map(|variable| {
                    let named = with(item, "name", Sketch::Json(quote(&variable.name.value)));
                    self.variable(variable, Body::Value(with(&named, "value", value_of(variable))))
                })
                .collect(),
            #[cfg(feature = "workflow")]
            "IOMapping" => self.mappings(list, item),
            #[cfg(feature = "workflow")]
            "" => self.upstream_tasks(list),
            _ => Vec::new(),
        }
    }

    /// All channels of a list at once.
    pub(super) fn all_channels(&self, list: Node<'_>, item: &Sketch) -> Option<Offer> {
        let volumes: Vec<Sketch> =
            self.channels(list).map(|channel| with(item, "name", Sketch::Json(quote(&channel.name.value)))).collect();
        let label = volumes.len();
        let list = Body::Value(Sketch::Array(volumes));
        (label > 0).then(|| {
            let label = if label == 1 { "[the channel]".to_owned() } else { format!("[all {label} channels]") };
            Offer::new(label, CompletionKind::Channel, list).detail(self.of_template())
        })
    }

    /// Templates that a task may name, with the containers that have them, the nearest first.
    pub(super) fn known_templates(&self) -> impl Iterator<Item = (&'a Document, String, Option<String>)> {
        self.possible_containers().into_iter().flat_map(|container| {
            let templates = Container::read(container.root());
            let listed = templates.node.get("templates").into_iter().flat_map(Node::elements);
            listed.filter_map(move |template| {
                let text = |name| template.get(name).and_then(Node::as_str).map(|text| text.into_owned());
                Some((container, text("identifier")?, text("description")))
            })
        })
    }

    fn possible_containers(&self) -> Vec<&'a Document> {
        #[cfg(feature = "workflow")]
        if let Some(task) = self.marker.and_then(|marker| crate::flow::task_around(self.document, marker)) {
            return crate::flow::possible_containers(self.workspace, self.document, task);
        }
        self.workspace.possible_containers(self.document)
    }

    fn templates(&self) -> Vec<Offer> {
        let offer = |(container, identifier, description): (&Document, String, Option<String>)| {
            let mut offer = Offer::text(&identifier, CompletionKind::Template)
                .documented(Some(template_key(container.uri(), &identifier)));
            offer.detail = description.map(|description| super::sketch::one_line(&description));
            offer
        };
        self.known_templates().filter(|(_, identifier, _)| !identifier.is_empty()).map(offer).collect()
    }

    /// Images of the other tasks, those that most of them have first.
    fn images(&self) -> Vec<Offer> {
        let mut used = Vec::new();
        let tasks = self.workspace.documents().filter(|document| document.kind() == Some(Kind::Task));
        for task in tasks.filter(|task| task.uri() != self.document.uri()) {
            let image = task.root().get("image").filter(|image| image.kind() == NodeKind::String);
            if let Some(image) = image.and_then(Node::as_str).filter(|image| !image.is_empty()) {
                used.push(image.into_owned());
            }
        }
        let tasks = |count| if count == 1 { "of another task".to_owned() } else { format!("of {count} other tasks") };
        by_use(used)
            .into_iter()
            .map(|(image, count)| Offer::text(&image, CompletionKind::Image).detail(tasks(count)))
            .collect()
    }

    /// The channels of a list that no volume in it is bound to.
    fn channels(&self, list: Node<'_>) -> impl Iterator<Item = &Mount<'a>> {
        let direction = list.key().and_then(Node::as_str).unwrap_or_default();
        let is_root = list.container().is_some_and(|object| object.parent().is_none());
        let channels = self.template().filter(|_| is_root).map(|bound| match &*direction {
            "inputs" => bound.template.inputs.as_slice(),
            "outputs" => bound.template.outputs.as_slice(),
            _ => &[],
        });
        let taken = names_in(list);
        channels.unwrap_or_default().iter().filter(move |channel| !taken.contains(&*channel.name.value))
    }

    /// The variables that a task may set and has not.
    fn variables(&self, list: Node<'_>) -> impl Iterator<Item = &Env<'a>> {
        let variables = self.template().map(|bound| bound.template.env.as_slice()).unwrap_or_default();
        let taken = names_in(list);
        variables.iter().filter(move |variable| !variable.is_fixed() && !taken.contains(&*variable.name.value))
    }

    fn channel(&self, channel: &Mount<'_>, list: Node<'_>, body: Body) -> Offer {
        let detail = channel.mounted_path.as_ref().map(|path| path.value.to_string());
        let direction = list.key().and_then(Node::as_str).unwrap_or_default();
        let mut offer = Offer::new(&*channel.name.value, CompletionKind::Channel, body)
            .documented(self.key_of(|uri, template| channel_key(uri, template, &direction, &channel.name.value)));
        offer.detail = detail;
        offer
    }

    fn variable(&self, variable: &Env<'_>, body: Body) -> Offer {
        let shown = |value: &Text<'_>| quote(&shown_value(&variable.name.value, &value.value));
        let detail = variable.value.as_ref().map(|value| format!("default {}", shown(value)));
        let mut offer = Offer::new(&*variable.name.value, CompletionKind::Variable, body)
            .documented(self.key_of(|uri, template| variable_key(uri, template, &variable.name.value)));
        offer.detail = detail;
        offer
    }

    fn values_of_variable(&self, object: Node<'_>) -> Vec<Offer> {
        let Some(name) = object.get("name").and_then(Node::as_str) else { return Vec::new() };
        let Some(bound) = self.template() else { return Vec::new() };
        let Some(variable) = bound.template.env.iter().find(|variable| variable.name.value == name) else {
            return Vec::new();
        };
        let default = variable.value.as_ref().map(|value| value.value.as_ref());
        let key = self.key_of(|uri, template| variable_key(uri, template, &name));
        values(variable, default).into_iter().map(|offer| offer.documented(key.clone())).collect()
    }

    fn key_of(&self, key: impl Fn(&str, &str) -> String) -> Option<String> {
        let bound = self.template()?;
        let identifier = bound.template.identifier.as_ref().map(|identifier| identifier.value.as_ref());
        Some(key(bound.document.uri(), identifier.unwrap_or_default()))
    }

    fn of_template(&self) -> String {
        let identifier = self.template().and_then(|bound| bound.template.identifier.as_ref());
        identifier.map_or("of the template".to_owned(), |identifier| format!("of `{}`", identifier.value))
    }
}

/// The value of a variable as a task's own begins: one of its choices, or the default, to be written over.
fn value_of(variable: &Env<'_>) -> Sketch {
    let default = variable.value.as_ref().map(|value| value.value.to_string());
    let mut choices: Vec<String> = texts_of(variable);
    if choices.is_empty() {
        return Sketch::Text(default.unwrap_or_default());
    }
    // What is first stands there until something else is chosen.
    choices.sort_by_key(|choice| Some(choice) != default.as_ref());
    Sketch::Choice(choices.iter().map(|choice| quote(choice)).collect())
}

fn declared_values(object: Node<'_>) -> Vec<Offer> {
    let choices = object.get("choices").into_iter().flat_map(Node::elements);
    let choices = choices.filter(|choice| choice.kind() == NodeKind::String).filter_map(Node::as_str);
    let mut offers: Vec<Offer> =
        choices.map(|choice| Offer::text(&choice, CompletionKind::EnumMember).detail("one of `choices`")).collect();
    if offers.is_empty() && object.get("type").is_some_and(|kind| kind.is_str("boolean")) {
        offers.extend(["true", "false"].map(|value| Offer::text(value, CompletionKind::Value)));
    }
    offers
}

fn values(variable: &Env<'_>, default: Option<&str>) -> Vec<Offer> {
    let is_default = |text: &str| Some(text) == default;
    let mut offers: Vec<Offer> = texts_of(variable)
        .iter()
        .map(|choice| {
            let offer = Offer::text(choice, CompletionKind::EnumMember).preselected(is_default(choice));
            if is_default(choice) { offer.detail("the default") } else { offer }
        })
        .collect();
    if let Some(default) = default.filter(|default| !offers.iter().any(|offer| offer.label == *default)) {
        offers.push(Offer::text(default, CompletionKind::Value).detail("the default"));
    }
    offers
}

/// The values that a variable may have, where these can be listed.
fn texts_of(variable: &Env<'_>) -> Vec<String> {
    if !variable.choices.is_empty() {
        return variable.choices.iter().map(|choice| choice.value.to_string()).collect();
    }
    let is_boolean = variable.kind.as_ref().is_some_and(|kind| kind.value == "boolean");
    if is_boolean { vec!["true".to_owned(), "false".to_owned()] } else { Vec::new() }
}

fn names_in(list: Node<'_>) -> HashSet<String> {
    list.elements().filter_map(|element| Some(element.get("name")?.as_str()?.into_owned())).collect()
}

/// An object with another value for one of its members.
pub(super) fn with(object: &Sketch, name: &str, value: Sketch) -> Sketch {
    let mut object = object.clone();
    if let Sketch::Object(members) = &mut object {
        for (_, old) in members.iter_mut().filter(|(key, _)| key == name) {
            *old = value.clone();
        }
    }
    object
}
