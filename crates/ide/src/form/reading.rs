//! What a task or a template says, found by the names of fields.

use std::borrow::Cow;
use std::collections::HashMap;

use task_api_core::ApiVersion;
use task_api_json::{Kind as NodeKind, Node};

use super::id::FieldId;
use super::types::{Direction, FieldValue};

/// The values of one object: a task, or a template, which has the same fields but for what binds it to a machine.
pub(super) struct Reading<'a> {
    pub(super) root: Node<'a>,
    /// Version of the format of the file that it stands in.
    pub(super) version: ApiVersion,
    inputs: Named<'a>,
    outputs: Named<'a>,
    env: Named<'a>,
}

/// The entries of a list by name, in the order of the file.
#[derive(Default)]
struct Named<'a> {
    entries: Vec<(Cow<'a, str>, Node<'a>)>,
    places: HashMap<Cow<'a, str>, usize>,
}

/// Of entries of one name, the one that counts.
#[derive(Clone, Copy, PartialEq)]
enum Wins {
    First,
    Last,
}

impl<'a> Named<'a> {
    fn read(list: Option<Node<'a>>, wins: Wins) -> Named<'a> {
        let mut named = Named::default();
        for entry in list.into_iter().flat_map(Node::elements) {
            let Some(name) = name_of(entry) else { continue };
            match named.places.get(&name) {
                Some(&place) if wins == Wins::Last => named.entries[place].1 = entry,
                Some(_) => {}
                None => {
                    named.places.insert(name.clone(), named.entries.len());
                    named.entries.push((name, entry));
                }
            }
        }
        named
    }

    fn get(&self, name: &str) -> Option<Node<'a>> {
        self.places.get(name).map(|&place| self.entries[place].1)
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(root: Node<'a>, version: ApiVersion) -> Reading<'a> {
        Reading {
            root,
            version,
            inputs: Named::read(root.get("inputs"), Wins::First),
            outputs: Named::read(root.get("outputs"), Wins::First),
            env: Named::read(root.get("env"), Wins::Last),
        }
    }

    pub(super) fn channels(&self, direction: Direction) -> impl Iterator<Item = (&str, Node<'a>)> {
        self.side(direction).entries.iter().map(|(name, node)| (&**name, *node))
    }

    pub(super) fn channel(&self, direction: Direction, name: &str) -> Option<Node<'a>> {
        self.side(direction).get(name)
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, Node<'a>)> {
        self.env.entries.iter().map(|(name, node)| (&**name, *node))
    }

    pub(super) fn variable(&self, name: &str) -> Option<Node<'a>> {
        self.env.get(name)
    }

    /// The value of a field or group.
    pub(super) fn get(&self, id: &FieldId) -> Option<Node<'a>> {
        match id {
            FieldId::Name => self.root.get("name"),
            FieldId::Image => self.root.get("image"),
            FieldId::Template => self.root.get("taskTemplate"),
            FieldId::Command => self.root.get("command"),
            FieldId::Channel(direction, name) => self.channel(*direction, name),
            FieldId::HostPath(direction, name) => source_of(self.channel(*direction, name)?)?.get("host_path"),
            FieldId::AllEnv => self.root.get("env"),
            FieldId::Env(name) => self.variable(name)?.get("value"),
            FieldId::AllResources => self.root.get("resources"),
            FieldId::Resource(side, name) => self.root.get("resources")?.get(side.field())?.get(name),
            FieldId::Config(way) => way.iter().try_fold(self.root.get("config")?, |node, step| node.get(step)),
            FieldId::Rule(channel) => self.channel(Direction::Input, channel)?.get("scale_rule"),
            FieldId::RuleField(channel, field) => {
                self.channel(Direction::Input, channel)?.get("scale_rule")?.get(field)
            }
        }
    }

    /// The value of a field, where there is one to show.
    pub(super) fn value(&self, id: &FieldId) -> Option<FieldValue> {
        Reading::value_at(id, self.get(id)?)
    }

    /// The value of a field that is at hand.
    pub(super) fn value_at(id: &FieldId, node: Node<'_>) -> Option<FieldValue> {
        match id {
            // A template that is written out is called by its name.
            FieldId::Template if node.kind() == NodeKind::Object => value_of(node.get("identifier")?),
            _ => value_of(node),
        }
    }

    fn side(&self, direction: Direction) -> &Named<'a> {
        match direction {
            Direction::Input => &self.inputs,
            Direction::Output => &self.outputs,
        }
    }
}

/// The directory of a volume, in either version.
pub(super) fn source_of(volume: Node<'_>) -> Option<Node<'_>> {
    volume.get("volume_source").or_else(|| volume.get("input"))
}

pub(super) fn name_of(entry: Node<'_>) -> Option<Cow<'_, str>> {
    entry.get("name").filter(|name| name.kind() == NodeKind::String)?.as_str()
}

/// A value as a control shows it. `null` says nothing.
pub(super) fn value_of(node: Node<'_>) -> Option<FieldValue> {
    match node.kind() {
        NodeKind::Null | NodeKind::Missing => None,
        NodeKind::Array => {
            let word = |node: Node<'_>| node.as_str().unwrap_or(Cow::Borrowed(node.source())).into_owned();
            Some(FieldValue::Words(node.elements().map(word).collect()))
        }
        _ => Some(FieldValue::Text(node.as_str().unwrap_or(Cow::Borrowed(node.source())).into_owned())),
    }
}

impl FieldValue {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            FieldValue::Text(text) => Some(text),
            FieldValue::Words(_) => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            FieldValue::Text(text) => text.trim().is_empty(),
            FieldValue::Words(words) => words.is_empty(),
        }
    }
}
