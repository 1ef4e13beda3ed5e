//! Limits and requests: of the template, and of the task, whose `resources` take their place as a whole.

use std::collections::HashSet;

use task_api_core::quantity::{Quantity, human_bytes, parts};
use task_api_core::schema::SchemaId;
use task_api_json::{Kind as NodeKind, Node};

use super::fields::Around;
use super::id::{FieldId, ResourceSide};
use super::reading::value_of;
use super::types::{Choice, Counted, Field, FieldKind, FieldValue, QuantityParts};
use super::view::View;
use super::words;
use crate::completion::quantities::{BYTES, CORES};
use crate::hover::values::{Unit, cores, grouped, unit_of};

impl View<'_> {
    pub(super) fn resources(&self) -> Vec<Field> {
        let names = |side: ResourceSide| {
            let of_contract = self.places(side).into_iter().map(|(name, _)| name);
            let mut names: Vec<String> = of_contract.collect();
            let mut known: HashSet<String> = names.iter().cloned().collect();
            for reading in self.all_readings().chain(self.template()) {
                let entries = reading.root.get("resources").and_then(|resources| resources.get(side.field()));
                for (key, _) in entries.into_iter().flat_map(Node::members) {
                    let name = key.as_str().unwrap_or_default().into_owned();
                    if known.insert(name.clone()) {
                        names.push(name);
                    }
                }
            }
            names.into_iter().map(move |name| (side, name))
        };
        ResourceSide::BOTH.into_iter().flat_map(names).map(|(side, name)| self.resource(side, &name)).collect()
    }

    pub(super) fn resource(&self, side: ResourceSide, name: &str) -> Field {
        let id = FieldId::Resource(side, name.to_owned());
        let of_template = self.template().and_then(|template| template.get(&id)).and_then(value_of);
        let around = Around {
            is_templates: of_template.is_some(),
            is_overruled: self.overrules_resources(),
            default: of_template,
            ..Around::default()
        };
        let known = self.places(side).into_iter().find(|(known, _)| known == name);
        let mut field = self.field(&id, name, FieldKind::Quantity, around);
        match known {
            Some((_, place)) => {
                let here = self.subschema(place);
                field.label = here.title.clone();
                field.description = Some(here.description.clone()).filter(|text| !text.is_empty());
            }
            None => {
                field.label = words::label(name);
                field.is_removable = field.is_set;
            }
        }
        let sides = self.property("Resources", side.field()).map(|property| self.subschema(property.schema));
        field.group = sides.map(|subschema| subschema.title.clone());
        field.quantity = Some(quantity(name, field.effective.as_ref().and_then(FieldValue::text)));
        field
    }

    /// The task has resources of its own, so that the template's do not hold.
    pub(super) fn overrules_resources(&self) -> bool {
        let own = self.all_readings().find_map(|reading| reading.root.get("resources"));
        own.is_some_and(|resources| resources.kind() == NodeKind::Object)
    }

    /// The resources that the contract knows.
    fn places(&self, side: ResourceSide) -> Vec<(String, SchemaId)> {
        let list = self.property("Resources", side.field()).map(|property| self.schema().deref(property.schema));
        let properties = list.into_iter().flat_map(|list| &list.properties);
        properties.map(|property| (property.name.clone(), property.schema)).collect()
    }
}

pub(super) fn quantity(resource: &str, text: Option<&str>) -> QuantityParts {
    let (of, units) = match unit_of(resource) {
        Unit::Bytes => (Counted::Bytes, units(&BYTES, "bytes")),
        Unit::Cores => (Counted::Cores, units(&CORES, "cores")),
        Unit::Pieces => (Counted::Pieces, Vec::new()),
    };
    let parsed = text.and_then(|text| Some((parts(text)?, Quantity::parse(text).ok()?)));
    let Some(((number, unit), amount)) = parsed else {
        return QuantityParts { of, number: None, unit: None, units, in_words: None };
    };
    let in_words = match of {
        Counted::Bytes => {
            let bytes = amount.ceil();
            let plural = if bytes == 1 { "byte" } else { "bytes" };
            if bytes < 1024 {
                Some(format!("{bytes} {plural}"))
            } else {
                Some(format!("{} {plural} = {}", grouped(bytes), human_bytes(bytes)))
            }
        }
        Counted::Cores => Some(cores(amount)),
        Counted::Pieces => None,
    };
    QuantityParts { of, number: Some(number.to_owned()), unit: Some(unit.to_owned()), units, in_words }
}

fn units(units: &[(&str, &str)], none: &str) -> Vec<Choice> {
    let choice = |value: &str, label: &str, description: Option<&str>| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        description: description.map(str::to_owned),
    };
    let without = choice("", none, None);
    units.iter().map(|(unit, meaning)| choice(unit, unit, Some(meaning))).chain([without]).collect()
}
