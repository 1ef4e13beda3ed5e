//! Entries of lists: templates, channels, variables. They are added, copied, moved and taken out as a whole.

use task_api_core::ApiVersion;
use task_api_json::{Kind as NodeKind, Node, TextEdit, parse, quote};

use super::fields::walk;
use super::place::{List, Place};
use super::types::ContainerChange;
use super::{ContainerForm, changes::unknown};
use crate::form::appending::appended;
use crate::form::changes::{finished, refused};
use crate::form::draft::{Draft, Refusal};
use crate::form::reading::name_of;
use crate::form::scale_rules::law_field;
use crate::form::slots::{inserted_behind, moved};
use crate::form::types::FieldValue;

impl ContainerForm {
    /// Adds an entry at the end of a list, which is named as a place: `templates` (`value` is the description),
    /// `templates/0/inputs` (its path in the container; empty: `/data/` and the name), `templates/0/env` (its default),
    /// `templates/0/resources/limits` (its quantity), `templates/0/inputs/0/scale_rule` (a whole rule; both empty).
    pub fn add(&mut self, list: &str, name: &str, value: &str) -> ContainerChange {
        let Some(place) = Place::parse(list) else { return no_list(list) };
        let needs_name = matches!(place, Place::Templates | Place::List(..) | Place::Resources(..));
        if needs_name && name.trim().is_empty() {
            return refused("An entry needs a name.").into();
        }
        let view = self.view();
        let mut draft = Draft::new(self.text());
        let members = match &place {
            Place::Templates => vec![
                ("identifier", quote(name)),
                ("description", quote(value)),
                ("inputs", "[]".to_owned()),
                ("outputs", "[]".to_owned()),
                ("env", "[]".to_owned()),
            ],
            Place::List(_, List::Env) => vec![("name", quote(name)), ("value", quote(value))],
            Place::List(_, List::Channels(_)) => {
                let path = if value.trim().is_empty() { format!("/data/{name}") } else { value.to_owned() };
                vec![("name", quote(name)), ("mounted_path", quote(&path))]
            }
            Place::Resources(template, side) => {
                let entry = Place::Resource(*template, *side, name.to_owned());
                let done = draft.put(&entry.way(), &quote(value));
                let wanted = Some((entry.clone(), FieldValue::Text(value.to_owned())));
                return self.take(finished(done, draft), wanted, Some(entry));
            }
            Place::Rule(..) => {
                if view.at(&place).is_some_and(|rule| rule.kind() == NodeKind::Object) {
                    return refused("There is a scale rule already.").into();
                }
                let law = if view.version == ApiVersion::V1 { "1" } else { "\"n\"" };
                let name = law_field(view.version);
                let rule = format!("{{\"{name}\": {law}, \"type\": \"limit\", \"mode\": \"sum\"}}");
                let done = draft.put(&place.way(), &rule);
                return self.take(finished(done, draft), None, Some(place));
            }
            _ => return no_list(list),
        };
        let count = walk(draft.root(), &place).map_or(0, |list| list.elements().count());
        let done = appended(&mut draft, &place.way(), &members);
        let entry = place.entry(count);
        self.take_entry(finished(done, draft), entry, Some(name))
    }

    /// Copies an entry under a name that is free, behind the one that it is copied from.
    pub fn duplicate(&mut self, id: &str) -> ContainerChange {
        let Some(place) = Place::parse(id) else { return unknown(id) };
        let Some((list, index)) = place.of_list() else { return unknown(id) };
        let mut draft = Draft::new(self.text());
        let root = draft.root();
        let (Some(list_node), Some(node)) = (walk(root, &list), walk(root, &place)) else { return unknown(id) };
        let (copy, name) = copied(list_node, node, &list);
        let edits = inserted_behind(list_node, index, &copy);
        let done = draft.apply(edits);
        self.take_entry(finished(done, draft), list.entry(index + 1), name.as_deref())
    }

    /// Puts an entry to another place in its list.
    pub fn move_entry(&mut self, id: &str, to: usize) -> ContainerChange {
        let Some(place) = Place::parse(id) else { return unknown(id) };
        let Some((list, index)) = place.of_list() else { return unknown(id) };
        let mut draft = Draft::new(self.text());
        let Some(list_node) = walk(draft.root(), &list) else { return unknown(id) };
        let count = list_node.elements().count();
        if index >= count {
            return unknown(id);
        }
        if to >= count {
            return refused("The list ends before that.").into();
        }
        if index == to {
            return ContainerChange { entry: Some(place.to_string()), ..ContainerChange::default() };
        }
        let name = walk(draft.root(), &place).and_then(|entry| name_in(entry, &list));
        let edits = moved(list_node, index, to);
        let done = draft.apply(edits);
        self.take_entry(finished(done, draft), list.entry(to), name.as_deref())
    }

    fn take_entry(
        &mut self,
        draft: Result<(String, Vec<TextEdit>), Refusal>,
        entry: Option<Place>,
        name: Option<&str>,
    ) -> ContainerChange {
        let named = entry.as_ref().zip(name).and_then(|(entry, name)| {
            let field = entry.child(if matches!(entry, Place::Template(_)) { "identifier" } else { "name" })?;
            Some((field, FieldValue::Text(name.to_owned())))
        });
        self.take(draft, named, entry)
    }
}

/// What is written where an entry's name is.
fn name_in(entry: Node<'_>, list: &Place) -> Option<String> {
    if *list == Place::Templates {
        let identifier = entry.get("identifier").filter(|node| node.kind() == NodeKind::String)?;
        return identifier.as_str().map(String::from);
    }
    name_of(entry).map(String::from)
}

/// The text of a copy, and its name.
fn copied(list: Node<'_>, entry: Node<'_>, place: &Place) -> (String, Option<String>) {
    let source = entry.source();
    let Some(name) = name_in(entry, place) else { return (source.to_owned(), None) };
    let taken: Vec<String> = list.elements().filter_map(|entry| name_in(entry, place)).collect();
    let separator = if matches!(place, Place::List(_, List::Env)) { '_' } else { '-' };
    let free = free_name(&name, separator, &taken);
    let tree = parse(source);
    let root = tree.root(source);
    let mut edits = Vec::new();
    let field = if *place == Place::Templates { "identifier" } else { "name" };
    edits.extend(root.get(field).map(|node| TextEdit::replace(node.span(), quote(&free))));
    // Two channels in one directory would hide each other.
    if matches!(place, Place::List(_, List::Channels(_))) {
        let path = root.get("mounted_path").filter(|node| node.kind() == NodeKind::String);
        edits.extend(path.and_then(|node| {
            let path = node.as_str()?;
            let new = match path.strip_suffix(&*name) {
                Some(before) => format!("{before}{free}"),
                None => format!("{}{}", path.trim_end_matches('/'), free.strip_prefix(&*name).unwrap_or("-2")),
            };
            Some(TextEdit::replace(node.span(), quote(&new)))
        }));
    }
    edits.sort_by_key(|edit| edit.span.start);
    let copy = task_api_json::apply_edits(source, &edits).unwrap_or_else(|| source.to_owned());
    (copy, Some(free))
}

/// `segment` is followed by `segment-2`, and that by `segment-3`.
fn free_name(name: &str, separator: char, taken: &[String]) -> String {
    let numbered = name.rsplit_once(separator).and_then(|(stem, number)| Some((stem, number.parse::<u32>().ok()?)));
    let (stem, first) = numbered.map_or((name, 2), |(stem, number)| (stem, number.saturating_add(1)));
    let mut names = (first..=u32::MAX).map(|number| format!("{stem}{separator}{number}"));
    names.find(|name| !taken.contains(name)).unwrap_or_else(|| name.to_owned())
}

fn no_list(list: &str) -> ContainerChange {
    refused(&format!("There is no list `{list}`.")).into()
}
