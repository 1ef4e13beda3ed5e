//! Values: what other files name, what the contract allows, its defaults and examples, and objects to be filled in.

use task_api_core::locate::subschema_at;
use task_api_core::schema::{Schema, SchemaId, Subschema, Types};
use task_api_json::{Node, parse};

use super::documentation::{property_key, value_key};
use super::keys::Object;
use super::names::Topic;
use super::sketch::{Sketch, one_line};
use super::{Body, CompletionKind, Context, Offer, Offers, quantities};

pub(super) fn offer(context: &Context<'_>, offers: &mut Offers<'_>) {
    let Some(marker) = context.site.marker() else { return };
    let Some(key) = marker.key() else { return offer_elements(context, marker, offers) };
    let (Some(name), Some(object)) = (key.as_str(), key.parent()) else { return };
    let Some(known) = Object::of(context, object) else { return };
    let topic = Topic::of(known.definition(), &name, object);
    if let Some(topic) = topic {
        context.names.texts(topic, object).into_iter().for_each(|offer| offers.push(offer));
    }
    // Where the names are known, others would be wrong.
    let has_examples = topic.is_none_or(|topic| offers.is_empty() && !context.names.knows(topic));
    let documentation_key = known.documentation_key(context, object, &name);
    let constants = known.constants(context, &name);
    for (branch, id) in &constants {
        let values = context.schema.deref(*id).allowed.iter().map(|allowed| allowed.value.to_json());
        for value in values {
            let mut offer = Offer::json(value, CompletionKind::EnumMember).documented(documentation_key.clone());
            // What it means to be this alternative is said there.
            offer.detail = Some(one_line(&first_sentence(&branch.description)));
            offers.push(offer);
        }
    }
    let Some(property) = known.subschema.property(&name) else { return };
    if quantities::is_resource(object) {
        quantities::offer(context, &name, context.schema.get(property.schema), offers);
        return;
    }
    if name == "complexity" {
        quantities::offer_complexity(context, context.schema.deref(property.schema), offers);
    }
    if let Some(items) = context.schema.deref(property.schema).items {
        let item = Sketch::of(context.schema, items);
        if context.schema.deref(items).definition.as_deref() == Some("IOVolume") {
            context.names.all_channels(marker, &item).into_iter().for_each(|offer| offers.push(offer));
        }
    }
    Schematic { schema: context.schema, context, documentation_key, has_examples }.offer(property.schema, offers);
}

fn offer_elements(context: &Context<'_>, marker: Node<'_>, offers: &mut Offers<'_>) {
    let (Some(list), Some(id)) = (marker.parent(), subschema_at(marker, context.site.kind, context.site.version))
    else {
        return;
    };
    let definition = context.schema.deref(id).definition.as_deref().unwrap_or_default();
    let item = Sketch::of(context.schema, id);
    context.names.elements(list, &item, definition).into_iter().for_each(|offer| offers.push(offer));
    Schematic { schema: context.schema, context, documentation_key: None, has_examples: true }.offer(id, offers);
}

/// What the contract alone says of a value.
struct Schematic<'c, 'a> {
    schema: &'static Schema,
    context: &'c Context<'a>,
    documentation_key: Option<String>,
    has_examples: bool,
}

impl Schematic<'_, '_> {
    fn offer(&self, id: SchemaId, offers: &mut Offers<'_>) {
        let (here, subschema) = (self.schema.get(id), self.schema.deref(id));
        let types = self.schema.accepted_types(id);
        let default = here.default.as_deref().or(subschema.default.as_deref());
        self.allowed(subschema, default, offers);
        if types.contains(Types::BOOLEAN) {
            for value in ["true", "false"] {
                offers.push(self.json(value, CompletionKind::Value, (default == Some(value)).then_some("the default")));
            }
        }
        if let Some(default) = default.filter(|default| *default != "null" && *default != "[]") {
            offers.push(self.json(default, CompletionKind::Value, Some("the default")));
        }
        self.skeletons(id, offers);
        let examples = || here.examples.iter().chain(&subschema.examples);
        for example in examples().filter(|_| self.has_examples) {
            offers.push(self.example(example));
        }
        if types.contains(Types::NULL) && !types.is_empty() {
            let note = if default == Some("null") { "the default" } else { "nothing" };
            offers.push(self.json("null", CompletionKind::Value, Some(note)));
        }
    }

    fn allowed(&self, subschema: &Subschema, default: Option<&str>, offers: &mut Offers<'_>) {
        for allowed in &subschema.allowed {
            let json = allowed.value.to_json();
            let key = self.documentation_key.as_ref().map(|key| value_key(key, &json));
            let is_default = default == Some(&json);
            let mut offer = Offer::json(json, CompletionKind::EnumMember).documented(key);
            let description = Some(one_line(&first_sentence(&allowed.description))).filter(|text| !text.is_empty());
            offer.detail = description.or_else(|| is_default.then(|| "the default".to_owned()));
            offers.push(offer);
        }
    }

    /// Objects with what they must have, and empty lists.
    fn skeletons(&self, id: SchemaId, offers: &mut Offers<'_>) {
        let subschema = self.schema.deref(id);
        for &branch in &subschema.any_of {
            self.skeletons(branch, offers);
        }
        let sketch = Sketch::of(self.schema, id);
        if subschema.types.contains(Types::OBJECT) {
            let label = label_of(subschema, &sketch);
            let definition = subschema.definition.as_deref();
            let key = definition.map(|definition| property_key(self.context.site, definition, &[]));
            let offer = Offer::new(label, CompletionKind::Snippet, Body::Value(sketch.clone()));
            let offer = offer.documented(key.or_else(|| self.documentation_key.clone()));
            let asks = matches!(sketch, Sketch::Hole(_)) && !subschema.properties.is_empty();
            let description = one_line(&first_sentence(&subschema.description));
            let offer = if description.is_empty() { offer } else { offer.detail(description) };
            offers.push(offer.retrigger(asks));
        }
        if subschema.types.contains(Types::ARRAY) {
            let asks = subschema.items.is_some_and(|items| self.schema.deref(items).is_record());
            if let Some(items) = subschema.items.filter(|_| asks) {
                let item = Sketch::of(self.schema, items);
                let label = format!("[{}]", label_of(self.schema.deref(items), &item));
                let body = Body::Value(Sketch::Array(vec![item]));
                offers.push(
                    Offer::new(label, CompletionKind::Snippet, body)
                        .detail("a list with one element")
                        .documented(self.documentation_key.clone()),
                );
            }
            offers.push(
                Offer::new("[]", CompletionKind::Snippet, Body::Value(sketch))
                    .detail("a list")
                    .documented(self.documentation_key.clone())
                    .retrigger(asks),
            );
        }
    }

    fn json(&self, json: &str, kind: CompletionKind, note: Option<&str>) -> Offer {
        let mut offer = Offer::json(json.to_owned(), kind).documented(self.documentation_key.clone());
        offer.detail = note.map(str::to_owned);
        offer
    }

    fn example(&self, json: &str) -> Offer {
        let tree = parse(json);
        let mut offer = self.json(json, CompletionKind::Value, Some("an example"));
        if json.contains(['\n', '\r']) {
            offer.label = one_line(&json.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        offer.body = Body::Value(Sketch::fixed(tree.root(json)));
        offer
    }
}

/// `IOMount { name, mounted_path }`.
fn label_of(subschema: &Subschema, sketch: &Sketch) -> String {
    let name = subschema.definition.as_deref().unwrap_or_default();
    let fields = match sketch {
        Sketch::Object(members) => {
            let names: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
            format!("{{ {} }}", names.join(", "))
        }
        _ => "{}".to_owned(),
    };
    if name.is_empty() { fields } else { format!("{name} {fields}") }
}

pub(super) fn first_sentence(text: &str) -> String {
    let end = text.find([':', ';']).into_iter().chain(text.find(". ")).min();
    end.and_then(|end| text.get(..end)).unwrap_or(text).trim_end_matches('.').to_owned()
}
