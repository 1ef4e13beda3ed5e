//! The names of fields: the same for the same thing, whatever the layout of the text.

use std::fmt;

use task_api_json::push_segment;

use super::types::Direction;

/// What a form can show and change; some are groups of fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum FieldId {
    Name,
    Image,
    Template,
    Command,
    /// All that binds a channel.
    Channel(Direction, String),
    HostPath(Direction, String),
    /// All variables that the task sets.
    AllEnv,
    Env(String),
    /// All limits and requests of the task.
    AllResources,
    Resource(ResourceSide, String),
    /// The way down in `config`; all of it if it is empty.
    Config(Vec<String>),
    /// The scale rule of an input.
    Rule(String),
    RuleField(String, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ResourceSide {
    Limits,
    Requests,
}

impl ResourceSide {
    pub(super) const BOTH: [ResourceSide; 2] = [ResourceSide::Limits, ResourceSide::Requests];

    pub(super) fn field(self) -> &'static str {
        match self {
            ResourceSide::Limits => "limits",
            ResourceSide::Requests => "requests",
        }
    }
}

impl Direction {
    pub(super) const BOTH: [Direction; 2] = [Direction::Input, Direction::Output];

    /// The list of a task or a template that holds such channels.
    pub(super) fn list(self) -> &'static str {
        match self {
            Direction::Input => "inputs",
            Direction::Output => "outputs",
        }
    }

    pub(super) fn other(self) -> Direction {
        match self {
            Direction::Input => Direction::Output,
            Direction::Output => Direction::Input,
        }
    }
}

impl FieldId {
    pub(super) fn parse(text: &str) -> Option<FieldId> {
        let parts: Vec<String> = text.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Some(match parts[..] {
            ["name"] => FieldId::Name,
            ["image"] => FieldId::Image,
            ["template"] => FieldId::Template,
            ["command"] => FieldId::Command,
            ["inputs", name] => FieldId::Channel(Direction::Input, name.to_owned()),
            ["outputs", name] => FieldId::Channel(Direction::Output, name.to_owned()),
            ["inputs", name, "host_path"] => FieldId::HostPath(Direction::Input, name.to_owned()),
            ["outputs", name, "host_path"] => FieldId::HostPath(Direction::Output, name.to_owned()),
            ["env"] => FieldId::AllEnv,
            ["env", name] => FieldId::Env(name.to_owned()),
            ["resources"] => FieldId::AllResources,
            ["resources", "limits", name] => FieldId::Resource(ResourceSide::Limits, name.to_owned()),
            ["resources", "requests", name] => FieldId::Resource(ResourceSide::Requests, name.to_owned()),
            ["config", ref way @ ..] => FieldId::Config(way.iter().map(|step| (*step).to_owned()).collect()),
            ["scale-rules", channel] => FieldId::Rule(channel.to_owned()),
            ["scale-rules", channel, field] => FieldId::RuleField(channel.to_owned(), field.to_owned()),
            _ => return None,
        })
    }

    /// The same thing by another name; `None` for what has no name of its own.
    pub(super) fn renamed(&self, name: &str) -> Option<FieldId> {
        let name = name.to_owned();
        Some(match self {
            FieldId::Channel(direction, _) => FieldId::Channel(*direction, name),
            FieldId::HostPath(direction, _) => FieldId::HostPath(*direction, name),
            FieldId::Env(_) => FieldId::Env(name),
            FieldId::Resource(side, _) => FieldId::Resource(*side, name),
            FieldId::Config(way) if way.len() > 1 => {
                FieldId::Config(way[..way.len() - 1].iter().cloned().chain([name]).collect())
            }
            _ => return None,
        })
    }
}

impl FieldId {
    pub(super) fn text(&self) -> String {
        let (first, rest): (&str, Vec<&str>) = match self {
            FieldId::Name => ("name", Vec::new()),
            FieldId::Image => ("image", Vec::new()),
            FieldId::Template => ("template", Vec::new()),
            FieldId::Command => ("command", Vec::new()),
            FieldId::Channel(direction, name) => (direction.list(), vec![name]),
            FieldId::HostPath(direction, name) => (direction.list(), vec![name, "host_path"]),
            FieldId::AllEnv => ("env", Vec::new()),
            FieldId::Env(name) => ("env", vec![name]),
            FieldId::AllResources => ("resources", Vec::new()),
            FieldId::Resource(side, name) => ("resources", vec![side.field(), name]),
            FieldId::Config(way) => ("config", way.iter().map(String::as_str).collect()),
            FieldId::Rule(channel) => ("scale-rules", vec![channel]),
            FieldId::RuleField(channel, field) => ("scale-rules", vec![channel, field]),
        };
        let mut text = first.to_owned();
        rest.iter().for_each(|segment| push_segment(&mut text, segment));
        text
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_what_they_name() {
        for text in [
            "name",
            "template",
            "inputs/a",
            "outputs/a~1b/host_path",
            "env/~0~1",
            "env/",
            "resources/limits/nvidia.com~1gpu",
            "config",
            "config/labels/a~1b",
            "scale-rules/a/target_glob",
        ] {
            assert_eq!(FieldId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        }
        assert!(
            ["", "x", "env/a/b", "resources/limits", "inputs/a/b"].iter().all(|text| FieldId::parse(text).is_none())
        );
    }
}
