//! Keys that an object does not have yet.

use std::collections::HashSet;

use task_api_core::locate::{branch_of, subschema_at};
use task_api_core::schema::{Property, SchemaId, Subschema, Types};
use task_api_json::{Kind as NodeKind, Node};

use super::documentation::property_key;
use super::names::Topic;
use super::sketch::Sketch;
use super::{Body, CompletionKind, Context, Offer, Offers};

pub(super) fn offer(context: &Context<'_>, has_value: bool, offers: &mut Offers<'_>) {
    let Some(marker) = context.site.marker() else { return };
    let Some(object) = marker.parent() else { return };
    let Some(known) = Object::of(context, object) else { return };
    let present: HashSet<_> =
        object.members().map(|(key, _)| key).filter(|key| *key != marker).filter_map(Node::as_str).collect();
    let is_absent = |property: &&Property| !present.contains(property.name.as_str());
    let properties = || known.properties(context).filter(is_absent);
    let wanted = properties().filter(|property| property.required);
    let others = properties().filter(|property| !property.required);
    for (index, property) in wanted.chain(others).enumerate() {
        let body = match has_value {
            true => Body::Key(property.name.clone()),
            false => Body::Member(property.name.clone(), known.sketch(context, property)),
        };
        let asks_again = !has_value && known.asks_again(context, property, object);
        offers.push(
            Offer::new(property.name.clone(), CompletionKind::Field, body)
                .detail(detail(context, property))
                .documented(known.documentation_key(context, object, &property.name))
                .preselected(index == 0 && property.required)
                .retrigger(asks_again),
        );
    }
}

/// What the contract says of an object.
pub(super) struct Object<'s> {
    pub(super) subschema: &'s Subschema,
    /// The other alternatives, where the object does not tell yet which one it is: what tells can still be written.
    others: Vec<&'s Subschema>,
}

impl<'s> Object<'s> {
    pub(super) fn of(context: &Context<'s>, object: Node<'_>) -> Option<Object<'s>> {
        let (kind, version, schema) = (context.site.kind, context.site.version, context.schema);
        let place = subschema_at(object, kind, version)?;
        let meant = branch_of(object, place, kind, version);
        let subschema = schema.deref(meant);
        let is_other = |branch: &&SchemaId| **branch != meant && schema.deref(**branch).types.contains(Types::OBJECT);
        let tells = |property: &Property| schema.get(property.schema).is_const;
        let told = subschema.properties.iter().any(|property| tells(property) && object.get(&property.name).is_some());
        let others = match told {
            true => Vec::new(),
            false => schema.deref(place).any_of.iter().filter(is_other).map(|branch| schema.deref(*branch)).collect(),
        };
        Some(Object { subschema, others })
    }

    /// Values by which alternatives are told apart, of all that the object may still be.
    pub(super) fn constants(&self, context: &Context<'s>, name: &str) -> Vec<(&'s Subschema, SchemaId)> {
        if self.others.is_empty() {
            return Vec::new();
        }
        let all = self.others.iter().copied().chain([self.subschema]);
        all.filter_map(|branch| {
            let property = branch.property(name)?;
            context.schema.get(property.schema).is_const.then_some((branch, property.schema))
        })
        .collect()
    }

    fn properties(&self, context: &Context<'s>) -> impl Iterator<Item = &'s Property> {
        let mut telling: Vec<&Property> = Vec::new();
        for property in self.others.iter().flat_map(|other| &other.properties) {
            let is_known = telling.iter().any(|known| known.name == property.name);
            let tells = context.schema.get(property.schema).is_const;
            if tells && !is_known && self.subschema.property(&property.name).is_none() {
                telling.push(property);
            }
        }
        telling.into_iter().chain(&self.subschema.properties)
    }

    fn sketch(&self, context: &Context<'s>, property: &Property) -> Sketch {
        let constants = self.constants(context, &property.name);
        let values: Vec<String> = constants
            .iter()
            .flat_map(|(_, id)| &context.schema.deref(*id).allowed)
            .map(|allowed| allowed.value.to_json())
            .collect();
        if values.len() > 1 { Sketch::Choice(values) } else { Sketch::of(context.schema, property.schema) }
    }

    fn asks_again(&self, context: &Context<'s>, property: &Property, object: Node<'_>) -> bool {
        let schema = context.schema;
        match self.sketch(context, property) {
            Sketch::Hole('{') => {
                let subschema = schema.deref(property.schema);
                let branches = subschema.any_of.iter().map(|branch| schema.deref(*branch)).chain([subschema]);
                branches.into_iter().any(|branch| !branch.properties.is_empty())
            }
            Sketch::Hole(_) => schema.deref(property.schema).items.is_some_and(|items| schema.deref(items).is_record()),
            Sketch::Object(_) => false,
            _ => Topic::of(self.definition(), &property.name, object)
                .is_some_and(|topic| !context.names.texts(topic, object).is_empty()),
        }
    }

    pub(super) fn definition(&self) -> &'s str {
        self.subschema.definition.as_deref().unwrap_or_default()
    }

    pub(super) fn documentation_key(&self, context: &Context<'s>, object: Node<'_>, name: &str) -> Option<String> {
        let owner = self.others.iter().find(|_| self.subschema.property(name).is_none());
        let definition = owner.map_or(self.subschema.definition.as_deref(), |owner| owner.definition.as_deref());
        if let Some(definition) = definition {
            return Some(property_key(context.site, definition, &[name]));
        }
        // An object without a name of its own, as `limits`, is a field of one that has one.
        let key = object.key().filter(|key| key.kind() == NodeKind::Key)?;
        let outer = Object::of(context, key.parent()?)?;
        let definition = outer.subschema.definition.as_deref()?;
        Some(property_key(context.site, definition, &[&key.as_str()?, name]))
    }
}

fn detail(context: &Context<'_>, property: &Property) -> String {
    let types = context.schema.accepted_types(property.schema).in_words();
    let types = if types.is_empty() { context.schema.get(property.schema).title.clone() } else { types };
    if property.required { format!("required, {types}") } else { types }
}
