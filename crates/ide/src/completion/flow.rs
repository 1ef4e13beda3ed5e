//! Names in workflows: tasks, outputs of the task that is read from, inputs that nothing feeds yet.

use std::collections::HashSet;

use task_api_core::model::{Mount, Template};
use task_api_json::{Kind as NodeKind, Node, quote};

use super::documentation::channel_key;
use super::names::{Names, with};
use super::sketch::{Sketch, one_line};
use super::{Body, CompletionKind, Offer};
use crate::entity::Bound;
use crate::flow::{bound, is_task, list, task_around, task_named, tasks};

/// What a string of a mapping or of a source input names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowTopic {
    /// A task, which is not the one that the place is in.
    Task,
    UpstreamOutput,
    /// An input of the task that the mapping is of, or that the source input names.
    Input,
    /// The image of a task: `containers` has it as well.
    Image,
}

impl FlowTopic {
    pub(super) fn of(definition: &str, property: &str) -> Option<FlowTopic> {
        Some(match (definition, property) {
            ("IOMapping", "upstream_operator") | ("SourceInput", "task_id") => FlowTopic::Task,
            ("IOMapping", "upstream_output_channel") => FlowTopic::UpstreamOutput,
            ("IOMapping" | "SourceInput", "input_channel") => FlowTopic::Input,
            ("WorkflowTask" | "ContainerFile", "image") => FlowTopic::Image,
            _ => return None,
        })
    }
}

impl<'a> Names<'a> {
    pub(super) fn flow_texts(&self, topic: FlowTopic, object: Node<'_>) -> Vec<Offer> {
        match topic {
            FlowTopic::Task => self.other_tasks(object),
            FlowTopic::UpstreamOutput => {
                let upstream = self.named_by(object, "upstream_operator");
                self.channels_of(upstream, "outputs", &HashSet::new())
            }
            FlowTopic::Input => {
                let task = match task_around(self.document, self.same(object)) {
                    Some(task) => Some(task),
                    None => self.named_by(object, "task_id"),
                };
                let fed = task.map(|task| self.fed(task, object)).unwrap_or_default();
                self.channels_of(task, "inputs", &fed)
            }
            FlowTopic::Image => self.flow_images(object),
        }
    }

    /// Names of tasks, for `upstream_task_ids` those that are not there yet.
    pub(super) fn upstream_tasks(&self, list: Node<'_>) -> Vec<Offer> {
        let is_upstream = list.key().is_some_and(|key| key.is_str("upstream_task_ids"));
        let Some(task) = list.container().filter(|_| is_upstream) else { return Vec::new() };
        let taken: HashSet<String> = list.elements().filter_map(|id| Some(id.as_str()?.into_owned())).collect();
        self.other_tasks(task).into_iter().filter(|offer| !taken.contains(&offer.label)).collect()
    }

    /// A mapping for each input of the task that nothing feeds.
    pub(super) fn mappings(&self, maps: Node<'_>, item: &Sketch) -> Vec<Offer> {
        let task = maps.container().map(|task| self.same(task)).filter(|task| is_task(self.document, *task));
        let Some(task) = task else { return Vec::new() };
        let fed = self.fed(task, task);
        let Some(Bound { document, template }) = bound(self.workspace, self.document, task) else { return Vec::new() };
        let read = Template::read(template);
        let identifier = read.identifier.as_ref().map_or("", |identifier| &*identifier.value).to_owned();
        let inputs = read.inputs.iter().filter(|input| !fed.contains(&*input.name.value));
        inputs
            .map(|input| {
                let name = &*input.name.value;
                let body = Body::Value(with(item, "input_channel", Sketch::Json(quote(name))));
                let offer = Offer::new(name, CompletionKind::Channel, body).detail("an input that nothing feeds");
                offer.documented(Some(channel_key(document.uri(), &identifier, "inputs", name)))
            })
            .collect()
    }

    fn other_tasks(&self, object: Node<'_>) -> Vec<Offer> {
        let own = task_around(self.document, self.same(object)).and_then(|task| task.get("task_id"));
        let ids = tasks(self.document).filter_map(|task| Some((task, task.get("task_id")?)));
        ids.filter(|(_, id)| Some(*id) != own && id.kind() == NodeKind::String)
            .filter_map(|(task, id)| {
                let text = id.as_str().filter(|text| !text.is_empty())?;
                let mut offer = Offer::text(&text, CompletionKind::Value);
                offer.detail = task.get("taskTemplate").and_then(Node::as_str).map(|name| one_line(&name));
                Some(offer)
            })
            .collect()
    }

    fn named_by(&self, object: Node<'_>, field: &str) -> Option<Node<'a>> {
        task_named(self.document, &object.get(field)?.as_str()?)
    }

    /// The inputs of a task that something feeds, but for what `except` does.
    fn fed(&self, task: Node<'_>, except: Node<'_>) -> HashSet<String> {
        let id = task.get("task_id").and_then(Node::as_str);
        let sources = list(self.document.root(), "inputs")
            .filter(|input| id.is_some() && input.get("task_id").and_then(Node::as_str) == id);
        let feeds = list(task, "iochannel_maps").chain(sources).filter(|feed| *feed != except);
        feeds.filter_map(|feed| Some(feed.get("input_channel")?.as_str()?.into_owned())).collect()
    }

    fn channels_of(&self, task: Option<Node<'a>>, side: &str, taken: &HashSet<String>) -> Vec<Offer> {
        let Some(Bound { document, template }) = task.and_then(|task| bound(self.workspace, self.document, task))
        else {
            return Vec::new();
        };
        let read = Template::read(template);
        let identifier = read.identifier.as_ref().map_or("", |identifier| &*identifier.value).to_owned();
        let channels = if side == "inputs" { &read.inputs } else { &read.outputs };
        let offer = |channel: &Mount<'_>| {
            let name = &*channel.name.value;
            let mut offer = Offer::text(name, CompletionKind::Channel).documented(Some(channel_key(
                document.uri(),
                &identifier,
                side,
                name,
            )));
            offer.detail = channel.mounted_path.as_ref().map(|path| path.value.to_string());
            offer
        };
        channels.iter().filter(|channel| !taken.contains(&*channel.name.value)).map(offer).collect()
    }

    /// Images of tasks, and of `containers`, in the order of the file.
    fn flow_images(&self, object: Node<'_>) -> Vec<Offer> {
        let entries = list(self.document.root(), "containers").chain(tasks(self.document));
        let mut seen = HashSet::new();
        entries
            .filter(|entry| *entry != object)
            .filter_map(|entry| entry.get("image")?.as_str())
            .filter(|image| !image.is_empty() && seen.insert(image.to_string()))
            .map(|image| Offer::text(&image, CompletionKind::Image))
            .collect()
    }

    /// A node of the document at hand, with the document's life.
    fn same(&self, node: Node<'_>) -> Node<'a> {
        self.document.tree().node(self.document.text(), node.id())
    }
}
