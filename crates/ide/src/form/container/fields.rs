//! One field of a container, from its text and the contract.

use task_api_core::model::{Env, ScaleRule};
use task_api_core::schema::{Property, Schema, Subschema, schema};
use task_api_core::secret::is_secret_name;
use task_api_core::{ApiVersion, Kind, report};
use task_api_json::{Kind as NodeKind, Node};

use super::ContainerForm;
use super::place::{List, Place};
use crate::form::draft::step_into;
use crate::form::fields::{choices, default_of, is_expression, is_list, kind_of, suited};
use crate::form::id::ResourceSide;
use crate::form::parameters::{kind, step};
use crate::form::quantities::quantity;
use crate::form::reading::value_of;
use crate::form::types::{Broken, Choice, Field, FieldKind, FieldOrigin, FieldValue};
use crate::form::view::{first_error, range};
use crate::form::words;

/// A container as it stands, and as it last could be read.
pub(super) struct View<'a> {
    pub(super) now: Node<'a>,
    /// Only while the text is broken.
    pub(super) before: Option<Node<'a>>,
    pub(super) version: ApiVersion,
    pub(super) broken: Option<Broken>,
    document: report::Document<'a>,
}

impl ContainerForm {
    pub(super) fn view(&self) -> View<'_> {
        let document = self.report_document();
        let broken = first_error(&self.document, &document);
        let before = self.readable.as_ref().filter(|_| broken.is_some()).map(|document| document.root());
        View { now: self.document.root(), before, version: self.document.version(), broken, document }
    }
}

impl<'a> View<'a> {
    pub(super) fn schema(&self) -> &'static Schema {
        schema(Kind::ProcessingContainer, self.version)
    }

    pub(super) fn definition(&self, name: &str) -> Option<&'static Subschema> {
        self.schema().definition(name)
    }

    /// What stands at a place: where the text is damaged, what stood there before.
    pub(super) fn at(&self, place: &Place) -> Option<Node<'a>> {
        let now = walk(self.now, place).filter(|node| is_sound(*node));
        now.or_else(|| walk(self.before?, place))
    }

    /// The entries of a list, by their index. Damage may seem to end a list too early.
    pub(super) fn entries(&self, list: &Place) -> Vec<Node<'a>> {
        let of = |root: Node<'a>| walk(root, list).into_iter().flat_map(Node::elements);
        let mut entries: Vec<Node<'a>> = of(self.now).collect();
        entries.extend(self.before.into_iter().flat_map(of).skip(entries.len()));
        entries
    }

    /// The field at a place that a form shows.
    pub(super) fn field_at(&self, place: &Place) -> Option<Field> {
        match place {
            Place::Container(name) => {
                Some(self.of_contract(place, self.schema().get(Schema::ROOT).property(name)?, None))
            }
            Place::TemplateField(_, name) => {
                Some(self.of_contract(place, self.definition("TaskTemplate")?.property(name)?, None))
            }
            Place::EntryField(template, list, index, name) => {
                let property = self.definition(list.definition())?.property(name).filter(|_| name != "scale_rule")?;
                if (*list, name.as_str()) == (List::Env, "value") {
                    return Some(self.default_value(place, &Place::Entry(*template, *list, *index), property));
                }
                Some(self.of_contract(place, property, None))
            }
            Place::RuleField(_, _, _, name) => {
                let heading = self.definition("IOMount")?.property("scale_rule")?;
                let property = self.definition("ScaleRule")?.property(name)?;
                Some(self.of_contract(place, property, Some(self.schema().get(heading.schema).title.clone())))
            }
            Place::Resource(_, side, name) => Some(self.resource(place, *side, name)),
            _ => None,
        }
    }

    /// The fields of a channel or a variable.
    pub(super) fn entry_fields(&self, template: usize, list: List, index: usize) -> Vec<Field> {
        let properties = self.definition(list.definition()).map(|definition| &definition.properties[..]);
        let own = properties.unwrap_or_default().iter().map(|property| {
            let place = Place::EntryField(template, list, index, property.name.clone());
            self.field_at(&place)
        });
        let mut fields: Vec<Field> = own.flatten().collect();
        let rule = self.at(&Place::Rule(template, list, index));
        if rule.is_some_and(|rule| rule.kind() == NodeKind::Object) {
            let properties = self.definition("ScaleRule").map(|definition| &definition.properties[..]);
            let of_rule = properties
                .unwrap_or_default()
                .iter()
                .filter_map(|property| self.field_at(&Place::RuleField(template, list, index, property.name.clone())));
            fields.extend(of_rule);
        }
        fields
    }

    pub(super) fn resources(&self, template: usize) -> Vec<Field> {
        let of_side = |side: ResourceSide| {
            let mut names: Vec<String> = self.known_resources(side).map(|property| property.name.clone()).collect();
            let written = self.at(&Place::Resources(template, side));
            for (key, _) in written.into_iter().flat_map(Node::members) {
                let name = key.as_str().unwrap_or_default();
                if !names.iter().any(|known| *known == name) {
                    names.push(name.into_owned());
                }
            }
            names.into_iter().map(move |name| (side, name))
        };
        let all = ResourceSide::BOTH.into_iter().flat_map(of_side);
        all.filter_map(|(side, name)| self.field_at(&Place::Resource(template, side, name))).collect()
    }

    /// How many of its required fields an object lacks.
    pub(super) fn missing_in(&self, object: Node<'_>, definition: &str) -> usize {
        let properties = self.definition(definition).map(|definition| &definition.properties[..]).unwrap_or_default();
        let is_missing = |property: &&Property| {
            let is_shown = property.required && kind_of(self.schema(), property.schema) != FieldKind::List;
            is_shown && is_blank(&property.name, object.get(&property.name).and_then(value_of).as_ref())
        };
        properties.iter().filter(is_missing).count()
    }

    /// The rule of a channel, where it has one.
    pub(super) fn rule_of(&self, channel: Node<'a>) -> Option<String> {
        let rule = ScaleRule::read(channel.get("scale_rule")?)?;
        Some(words::rule(&task_api_core::scale::ScaleRule::read(&rule)?))
    }

    fn of_contract(&self, place: &Place, property: &Property, group: Option<String>) -> Field {
        let schema = self.schema();
        let (here, behind) = (schema.get(property.schema), schema.deref(property.schema));
        let name = property.name.as_str();
        let kind = match (name, kind_of(schema, property.schema)) {
            ("description", _) => FieldKind::LongText,
            ("mounted_path", _) => FieldKind::Path,
            ("command", _) => FieldKind::Words,
            (_, kind) => kind,
        };
        let default = match name {
            // A variable that says nothing of it may be changed.
            "adjustable" => Some(FieldValue::Text(true.to_string())),
            _ => default_of(here).or_else(|| default_of(behind)),
        };
        let mut field = self.field(place, name, kind, default, property.required);
        field.label = if here.title.is_empty() { words::label(name) } else { here.title.clone() };
        field.description = Some(here.description.clone()).filter(|text| !text.is_empty());
        field.group = group;
        if kind == FieldKind::Choice {
            field.choices = choices(behind);
        }
        field
    }

    /// The default of a variable, in the control that its users see.
    fn default_value(&self, place: &Place, entry: &Place, property: &Property) -> Field {
        let mut field = self.of_contract(place, property, None);
        let Some(env) = self.at(entry).and_then(Env::read) else { return field };
        let (kind, is_guessed) = kind(&env);
        field.kind = kind;
        field.is_guessed = is_guessed;
        field.value = field.value.map(|value| suited(value, kind));
        field.effective.clone_from(&field.value);
        field.is_secret = is_secret_name(&env.name.value);
        let text = field.value.as_ref().and_then(FieldValue::text);
        if matches!(kind, FieldKind::Integer | FieldKind::Number) {
            field.step = text.and_then(step);
        }
        if kind == FieldKind::Choice {
            let choice = |text: &str| Choice { value: text.to_owned(), label: text.to_owned(), description: None };
            field.choices = env.choices.iter().map(|text| choice(&text.value)).collect();
        }
        field
    }

    fn resource(&self, place: &Place, side: ResourceSide, name: &str) -> Field {
        let schema = self.schema();
        let mut field = self.field(place, name, FieldKind::Quantity, None, false);
        match self.known_resources(side).find(|known| known.name == name) {
            Some(known) => {
                field.label.clone_from(&schema.get(known.schema).title);
                field.description = Some(schema.get(known.schema).description.clone());
            }
            None => field.label = words::label(name),
        }
        let sides = self.definition("Resources").and_then(|resources| resources.property(side.field()));
        field.group = sides.map(|property| schema.get(property.schema).title.clone());
        field.quantity = Some(quantity(name, field.value.as_ref().and_then(FieldValue::text)));
        field
    }

    fn known_resources(&self, side: ResourceSide) -> impl Iterator<Item = &'static Property> + use<> {
        let list = self.definition("Resources").and_then(|resources| resources.property(side.field()));
        let schema = self.schema();
        list.into_iter().flat_map(|property| &schema.deref(property.schema).properties)
    }

    fn field(&self, place: &Place, name: &str, kind: FieldKind, default: Option<FieldValue>, required: bool) -> Field {
        let node = walk(self.now, place);
        let sound = node.filter(|node| is_sound(*node));
        let before = match (sound, &self.broken) {
            (None, Some(_)) => self.before.and_then(|before| value_of(walk(before, place)?)),
            _ => None,
        };
        let is_damaged = sound.is_none() && (before.is_some() || node.is_some());
        let broken = self.broken.clone().filter(|_| is_damaged);
        let value = before.or_else(|| value_of(node?)).map(|value| suited(value, kind));
        let is_set = value.is_some();
        Field {
            id: place.to_string(),
            kind,
            label: String::new(),
            name: name.to_owned(),
            group: None,
            description: None,
            required,
            is_missing: required && is_blank(name, value.as_ref()),
            broken,
            effective: value.clone().or_else(|| default.clone()),
            is_changed: is_set && default.is_some() && value != default,
            is_removable: is_set && !required && default.is_none(),
            is_expression: value.as_ref().is_some_and(is_expression) && !is_list(kind),
            default,
            value,
            origin: if is_set { FieldOrigin::Template } else { FieldOrigin::Nothing },
            is_set,
            locked: None,
            choices: Vec::new(),
            step: None,
            is_guessed: false,
            quantity: None,
            is_secret: false,
            is_unknown: false,
            pointer: node.map(|node| node.pointer()),
            range: node.map(|node| range(&self.document, node.span())),
            diagnostics: Vec::new(),
        }
    }
}

pub(super) fn walk<'a>(root: Node<'a>, place: &Place) -> Option<Node<'a>> {
    place.way().iter().try_fold(root, step_into)
}

fn is_sound(node: Node<'_>) -> bool {
    !node.is_recovered() && node.kind() != NodeKind::Missing
}

/// A default may be empty; what people read and what the runtime looks for may not.
fn is_blank(name: &str, value: Option<&FieldValue>) -> bool {
    value.is_none_or(|value| value.is_empty() && name != "value")
}
