//! Channels: those of the template, bound or not, and those that only the task speaks of.

use task_api_json::Node;

use super::fields::Around;
use super::id::FieldId;
use super::types::{Direction, Field, FieldKind, FormChannel};
use super::view::View;
use super::words;

impl View<'_> {
    pub(super) fn channels(&self, direction: Direction) -> Vec<FormChannel> {
        self.channel_names(direction).iter().map(|name| self.channel(direction, name)).collect()
    }

    /// The template's channels first, each once.
    pub(super) fn channel_names(&self, direction: Direction) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let readings = self.template().into_iter().chain(self.all_readings());
        let names = readings.flat_map(|reading| reading.channels(direction).map(|(name, _)| name));
        names.filter(|name| seen.insert(*name)).map(str::to_owned).collect()
    }

    fn channel(&self, direction: Direction, name: &str) -> FormChannel {
        let mount = self.template().and_then(|template| template.channel(direction, name));
        let text = |field: &str| mount.and_then(|mount| mount.get(field)).and_then(Node::as_str).map(String::from);
        let rule = self.rule_of(name).filter(|_| direction == Direction::Input);
        FormChannel {
            id: FieldId::Channel(direction, name.to_owned()).to_string(),
            direction,
            name: name.to_owned(),
            description: text("description").filter(|text| !text.trim().is_empty()),
            container_path: text("mounted_path"),
            required: mount.is_some(),
            is_unknown: mount.is_none() && self.template.is_some(),
            rule: rule.as_ref().map(|(rule, _)| words::rule(rule)),
            rule_origin: rule.as_ref().map(|(_, origin)| *origin),
            expects: self.data_forms(direction, name),
            host_path: self.host_path(direction, name),
        }
    }

    pub(super) fn host_path(&self, direction: Direction, name: &str) -> Field {
        let id = FieldId::HostPath(direction, name.to_owned());
        let is_declared = self.template().is_some_and(|template| template.channel(direction, name).is_some());
        let around = Around { required: true, ..Around::default() };
        let mut field = match self.property("HostPathVolume", "host_path") {
            Some(property) => self.contract_field(&id, "host_path", property.schema, around),
            None => self.field(&id, "host_path", FieldKind::Path, around),
        };
        field.kind = FieldKind::Path;
        field.is_unknown = !is_declared && self.template.is_some();
        field.is_removable = !is_declared;
        field
    }
}
