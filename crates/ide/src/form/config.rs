//! `config`: the settings of the runtime that starts the container, which templates do not have.

use std::collections::HashSet;
use task_api_core::Kind;

use task_api_core::locate::branch_of;
use task_api_core::schema::{AllowedValue, SchemaId, Subschema};
use task_api_json::Kind as NodeKind;

use super::fields::Around;
use super::id::FieldId;
use super::types::{Choice, Field, FieldKind};
use super::view::View;
use super::words;

/// What tells the kinds of a configuration apart.
const TYPE: &str = "type";

impl View<'_> {
    pub(super) fn config(&self) -> Vec<Field> {
        let Some(place) = self.root_property("config").map(|property| property.schema) else { return Vec::new() };
        let meant = self.meant_config(place);
        let heading = self.subschema(place).title.clone();
        let mut fields: Vec<Field> = self.config_type(place).into_iter().collect();
        let known = meant.properties.iter().filter(|property| property.name != TYPE);
        for property in known {
            let way = vec![property.name.clone()];
            if self.is_open(property.schema) {
                fields.extend(self.entries(&way));
            } else {
                let id = FieldId::Config(way);
                fields.push(self.contract_field(&id, &property.name, property.schema, Around::default()));
            }
        }
        for name in self.keys_of(&[]) {
            if name != TYPE && meant.property(&name).is_none() {
                let mut field =
                    self.field(&FieldId::Config(vec![name.clone()]), &name, FieldKind::Json, Around::default());
                field.label = words::label(&name);
                (field.is_unknown, field.is_removable) = (true, true);
                fields.push(field);
            }
        }
        fields
            .into_iter()
            .map(|field| Field { group: field.group.or_else(|| Some(heading.clone())), ..field })
            .collect()
    }

    /// The lists of names and strings that the configuration has.
    pub(super) fn open_config_lists(&self) -> Vec<&'static str> {
        let Some(place) = self.root_property("config").map(|property| property.schema) else { return Vec::new() };
        let meant = self.meant_config(place);
        let has = |name: &str| meant.property(name).is_some_and(|property| self.is_open(property.schema));
        let lists = [("labels", "config/labels"), ("annotations", "config/annotations")];
        lists.into_iter().filter(|(name, _)| has(name)).map(|(_, list)| list).collect()
    }

    fn config_type(&self, place: SchemaId) -> Option<Field> {
        let schema = self.schema();
        let types = schema.deref(place).any_of.iter().filter_map(|branch| {
            let branch = schema.deref(*branch);
            let allowed = schema.deref(branch.property(TYPE)?.schema).allowed.first()?;
            let AllowedValue::Text(value) = &allowed.value else { return None };
            let description = Some(branch.description.clone()).filter(|text| !text.is_empty());
            Some(Choice { value: value.clone(), label: words::label(value), description })
        });
        let choices: Vec<Choice> = types.collect();
        let branches = schema.deref(place).any_of.iter().map(|branch| schema.deref(*branch));
        let property = branches.filter_map(|branch| branch.property(TYPE)).next()?;
        let id = FieldId::Config(vec![TYPE.to_owned()]);
        let mut field = self.contract_field(&id, TYPE, property.schema, Around::default());
        // The words for one kind would be wrong for the others.
        field.description = Some(self.subschema(place).description.clone()).filter(|text| !text.is_empty());
        field.choices = choices;
        Some(field)
    }

    /// What the configuration is meant to be; that which every runtime understands where there is none.
    fn meant_config(&self, place: SchemaId) -> &'static Subschema {
        let schema = self.schema();
        let own = self.now.get(&FieldId::Config(Vec::new())).filter(|node| node.kind() == NodeKind::Object);
        match own {
            Some(node) => schema.deref(branch_of(node, place, Kind::Task, self.version())),
            None => schema.definition("BaseConfig").unwrap_or_else(|| schema.deref(place)),
        }
    }

    /// An object with names that are the user's.
    fn is_open(&self, place: SchemaId) -> bool {
        use task_api_core::schema::Types;
        self.schema().accepted_types(place).contains(Types::OBJECT)
    }

    fn entries(&self, way: &[String]) -> Vec<Field> {
        let entry = |name: String| {
            let id = FieldId::Config(way.iter().cloned().chain([name.clone()]).collect());
            let is_text = self.own(&id).node.is_none_or(|node| node.kind() == NodeKind::String);
            let kind = if is_text { FieldKind::Text } else { FieldKind::Json };
            let mut field = self.field(&id, &name, kind, Around::default());
            field.label = name;
            field.group = way.last().map(|list| words::label(list));
            field.is_removable = true;
            field
        };
        self.keys_of(way).into_iter().map(entry).collect()
    }

    fn keys_of(&self, way: &[String]) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        let id = FieldId::Config(way.to_vec());
        for object in self.all_readings().filter_map(|reading| reading.get(&id)) {
            for (key, _) in object.members() {
                let name = key.as_str().unwrap_or_default().into_owned();
                if known.insert(name.clone()) {
                    keys.push(name);
                }
            }
        }
        keys
    }

    pub(super) fn config_field(&self, way: &[String]) -> Option<Field> {
        let id = FieldId::Config(way.to_vec()).to_string();
        self.config().into_iter().find(|field| field.id == id)
    }
}
