//! Places in a container, and the names by which a form knows them.

use std::fmt;

use task_api_json::push_segment;

use crate::form::draft::{Step, member};
use crate::form::id::ResourceSide;
use crate::form::types::Direction;

/// What a container's form can show and change; some are groups of fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Container(&'static str),
    Templates,
    Template(usize),
    TemplateField(usize, &'static str),
    List(usize, List),
    Entry(usize, List, usize),
    EntryField(usize, List, usize, String),
    Rule(usize, List, usize),
    RuleField(usize, List, usize, String),
    Resources(usize, ResourceSide),
    Resource(usize, ResourceSide, String),
}

/// The lists of a template whose entries have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum List {
    Channels(Direction),
    Env,
}

impl List {
    pub(super) const ALL: [List; 3] = [List::Channels(Direction::Input), List::Channels(Direction::Output), List::Env];

    /// As in the file.
    pub(super) fn name(self) -> &'static str {
        match self {
            List::Channels(direction) => direction.list(),
            List::Env => "env",
        }
    }

    /// What the contract calls an entry.
    pub(super) fn definition(self) -> &'static str {
        match self {
            List::Channels(_) => "IOMount",
            List::Env => "TaskTemplateEnv",
        }
    }

    fn parse(name: &str) -> Option<List> {
        List::ALL.into_iter().find(|list| list.name() == name)
    }
}

impl Place {
    pub(super) fn parse(id: &str) -> Option<Place> {
        let parts: Vec<String> = id.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        Place::at(&parts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn at(parts: &[&str]) -> Option<Place> {
        let index = |text: &str| text.parse::<usize>().ok();
        let known = |name: &str, names: &[&'static str]| names.iter().copied().find(|known| *known == name);
        Some(match *parts {
            ["templates"] => Place::Templates,
            [name] => Place::Container(known(name, &["name", "description"])?),
            ["templates", template] => Place::Template(index(template)?),
            ["templates", template, "resources", side] => Place::Resources(index(template)?, side_of(side)?),
            ["templates", template, "resources", side, name] => {
                Place::Resource(index(template)?, side_of(side)?, name.to_owned())
            }
            ["templates", template, name] => match List::parse(name) {
                Some(list) => Place::List(index(template)?, list),
                None => Place::TemplateField(index(template)?, known(name, &["identifier", "description", "command"])?),
            },
            ["templates", template, list, entry] => Place::Entry(index(template)?, List::parse(list)?, index(entry)?),
            ["templates", template, list, entry, "scale_rule"] => {
                Place::Rule(index(template)?, List::parse(list)?, index(entry)?)
            }
            ["templates", template, list, entry, "scale_rule", name] => {
                Place::RuleField(index(template)?, List::parse(list)?, index(entry)?, name.to_owned())
            }
            ["templates", template, list, entry, name] => {
                Place::EntryField(index(template)?, List::parse(list)?, index(entry)?, name.to_owned())
            }
            _ => return None,
        })
    }

    /// The nearest place that a form shows for one in the text, which may lie deeper.
    pub(super) fn around(pointer: &str) -> Option<Place> {
        let mut rest = pointer.strip_prefix('/')?;
        loop {
            if let Some(place) = Place::parse(rest) {
                return Some(place);
            }
            rest = rest.rsplit_once('/')?.0;
        }
    }

    /// A field of an object that is shown.
    pub(super) fn child(&self, name: &str) -> Option<Place> {
        let id = self.to_string();
        let mut id = if id.is_empty() { String::new() } else { id };
        push_segment(&mut id, name);
        Place::parse(&id)
    }

    /// The list that the entry is in, and its place there.
    pub(super) fn of_list(&self) -> Option<(Place, usize)> {
        match self {
            Place::Template(index) => Some((Place::Templates, *index)),
            Place::Entry(template, list, index) => Some((Place::List(*template, *list), *index)),
            _ => None,
        }
    }

    /// The entry of this list at an index.
    pub(super) fn entry(&self, index: usize) -> Option<Place> {
        match self {
            Place::Templates => Some(Place::Template(index)),
            Place::List(template, list) => Some(Place::Entry(*template, *list, index)),
            _ => None,
        }
    }

    /// The way to it from the root of the text.
    pub(super) fn way(&self) -> Vec<Step> {
        let template = |index: &usize| vec![member("templates"), Step::Index(*index)];
        let list = |index: &usize, list: &List| [template(index), vec![member(list.name())]].concat();
        let entry = |index: &usize, of: &List, at: &usize| [list(index, of), vec![Step::Index(*at)]].concat();
        let resources = |index: &usize, side: &ResourceSide| {
            [template(index), vec![member("resources"), member(side.field())]].concat()
        };
        match self {
            Place::Container(name) => vec![member(name)],
            Place::Templates => vec![member("templates")],
            Place::Template(index) => template(index),
            Place::TemplateField(index, name) => [template(index), vec![member(name)]].concat(),
            Place::List(index, of) => list(index, of),
            Place::Entry(index, of, at) => entry(index, of, at),
            Place::EntryField(index, of, at, name) => [entry(index, of, at), vec![Step::Field(name.clone())]].concat(),
            Place::Rule(index, of, at) => [entry(index, of, at), vec![member("scale_rule")]].concat(),
            Place::RuleField(index, of, at, name) => {
                [entry(index, of, at), vec![member("scale_rule"), Step::Field(name.clone())]].concat()
            }
            Place::Resources(index, side) => resources(index, side),
            Place::Resource(index, side, name) => [resources(index, side), vec![Step::Field(name.clone())]].concat(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pointer = String::new();
        for step in self.way() {
            match step {
                Step::Member(name) => push_segment(&mut pointer, name),
                Step::Field(name) | Step::Entry(name, _) => push_segment(&mut pointer, &name),
                Step::Index(index) => push_segment(&mut pointer, &index.to_string()),
            }
        }
        f.write_str(pointer.strip_prefix('/').unwrap_or(&pointer))
    }
}

fn side_of(name: &str) -> Option<ResourceSide> {
    ResourceSide::BOTH.into_iter().find(|side| side.field() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_their_names() {
        for id in [
            "name",
            "templates",
            "templates/0",
            "templates/3/command",
            "templates/0/inputs",
            "templates/0/env/12",
            "templates/0/env/12/choices",
            "templates/0/inputs/1/scale_rule",
            "templates/0/outputs/1/scale_rule/mode",
            "templates/0/resources/limits",
            "templates/0/resources/requests/nvidia.com~1gpu",
        ] {
            assert_eq!(Place::parse(id).map(|place| place.to_string()).as_deref(), Some(id));
        }
        for id in ["", "x", "templates/x", "templates/0/resources", "templates/0/config/1", "templates/-1"] {
            assert_eq!(Place::parse(id), None, "{id}");
        }
    }

    #[test]
    fn what_lies_deeper_is_shown_at_what_is_around_it() {
        let around = |pointer: &str| Place::around(pointer).map(|place| place.to_string());
        assert_eq!(around("/templates/0/env/1/choices/2").as_deref(), Some("templates/0/env/1/choices"));
        assert_eq!(around("/templates/0/x/y").as_deref(), Some("templates/0"));
        assert_eq!(around("/x"), None);
        assert_eq!(around(""), None);
    }
}
