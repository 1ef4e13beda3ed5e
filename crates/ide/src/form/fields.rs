//! One field, from what the task, the template and the contract say of it.

use task_api_core::schema::{AllowedValue, Schema, SchemaId, Subschema, Types};
use task_api_core::secret::is_secret_name;
use task_api_core::template::has_expression;
use task_api_json::{Kind as NodeKind, parse};

use super::id::FieldId;
use super::parameters::is_boolean;
use super::reading::value_of;
use super::types::{Choice, Field, FieldKind, FieldOrigin, FieldValue};
use super::view::View;
use super::words;

/// What holds of a field beside what the task says.
#[derive(Default)]
pub(super) struct Around {
    pub(super) default: Option<FieldValue>,
    /// The default is the template's, and not the contract's.
    pub(super) is_templates: bool,
    /// The task says something that takes the place of the default, without saying this.
    pub(super) is_overruled: bool,
    pub(super) required: bool,
}

impl View<'_> {
    pub(super) fn field(&self, id: &FieldId, name: &str, kind: FieldKind, around: Around) -> Field {
        let own = self.own(id);
        let value = own.value.map(|value| suited(value, kind));
        let default = around.default.map(|value| suited(value, kind));
        let is_set = value.is_some();
        let is_overruled = !is_set && around.is_overruled;
        let origin = match (is_set, &default) {
            (true, _) => FieldOrigin::Task,
            (false, Some(_)) if around.is_templates && !is_overruled => FieldOrigin::Template,
            _ => FieldOrigin::Nothing,
        };
        let effective = value.clone().or_else(|| default.clone().filter(|_| !is_overruled));
        let says_nothing = |value: &FieldValue| value.is_empty() && !matches!(id, FieldId::Env(_));
        let is_missing = around.required && effective.as_ref().is_none_or(says_nothing);
        let is_only_filled_in = around.required && default.is_none();
        let is_changed =
            if is_set { value != default && !is_only_filled_in } else { is_overruled && default.is_some() };
        // A list with such a name holds the names of secrets that are kept elsewhere.
        let is_secret = is_secret_name(name) && !is_list(kind);
        let is_hidden = is_secret && !is_set;
        let is_shown = |value: &FieldValue| !is_secret || value.is_empty();
        Field {
            id: id.text(),
            kind,
            label: String::new(),
            name: name.to_owned(),
            group: None,
            description: None,
            required: around.required,
            is_missing,
            broken: own.broken,
            is_expression: value.as_ref().is_some_and(is_expression),
            effective: effective.filter(|value| !is_hidden || is_shown(value)),
            default: default.filter(is_shown),
            value,
            origin,
            is_set,
            is_changed,
            locked: None,
            choices: Vec::new(),
            step: None,
            is_guessed: false,
            quantity: None,
            is_secret,
            is_removable: false,
            is_unknown: false,
            pointer: own.node.map(|node| node.pointer()),
            range: own.node.map(|node| self.range(node.span())),
            diagnostics: Vec::new(),
        }
    }

    /// A field with the words and values that the contract has for it.
    pub(super) fn contract_field(&self, id: &FieldId, name: &str, place: SchemaId, around: Around) -> Field {
        let schema = self.schema();
        let (here, behind) = (schema.get(place), schema.deref(place));
        let kind = kind_of(schema, place);
        let default = around.default.or_else(|| default_of(here).or_else(|| default_of(behind)));
        let mut field = self.field(id, name, kind, Around { default, ..around });
        field.label = if here.title.is_empty() { words::label(name) } else { here.title.clone() };
        field.description = Some(here.description.clone()).filter(|text| !text.is_empty());
        if kind == FieldKind::Choice {
            field.choices = choices(behind);
        }
        field
    }
}

/// The control for what the contract allows at a place.
pub(super) fn kind_of(schema: &Schema, place: SchemaId) -> FieldKind {
    let types = schema.accepted_types(place);
    if schema.deref(place).allowed.iter().any(|allowed| matches!(allowed.value, AllowedValue::Text(_))) {
        return FieldKind::Choice;
    }
    let is = |wanted: Types| types == wanted || types == wanted.union(Types::NULL);
    if is(Types::STRING) {
        FieldKind::Text
    } else if is(Types::INTEGER) {
        FieldKind::Integer
    } else if is(Types::NUMBER) {
        FieldKind::Number
    } else if is(Types::BOOLEAN) {
        FieldKind::Switch
    } else if is(Types::ARRAY) {
        FieldKind::List
    } else {
        FieldKind::Json
    }
}

/// A value in the form that a control takes.
pub(super) fn suited(value: FieldValue, kind: FieldKind) -> FieldValue {
    match value {
        FieldValue::Text(text) if is_list(kind) => FieldValue::Words(vec![text]),
        FieldValue::Words(words) if !is_list(kind) => FieldValue::Text(words.join(" ")),
        FieldValue::Text(text) if kind == FieldKind::Switch && is_boolean(&text) => {
            FieldValue::Text(text.to_ascii_lowercase())
        }
        other => other,
    }
}

pub(super) fn is_list(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Words | FieldKind::List)
}

pub(super) fn is_expression(value: &FieldValue) -> bool {
    match value {
        FieldValue::Text(text) => has_expression(text),
        FieldValue::Words(words) => words.iter().any(|word| has_expression(word)),
    }
}

pub(super) fn default_of(subschema: &Subschema) -> Option<FieldValue> {
    let json = subschema.default.as_deref()?;
    let tree = parse(json);
    let root = tree.root(json);
    let is_nothing = matches!(root.kind(), NodeKind::Array | NodeKind::Object);
    value_of(root).filter(|_| !is_nothing)
}

pub(super) fn choices(subschema: &Subschema) -> Vec<Choice> {
    let texts = subschema.allowed.iter().filter_map(|allowed| match &allowed.value {
        AllowedValue::Text(text) => Some((text, &allowed.description)),
        AllowedValue::Null | AllowedValue::Integer(_) => None,
    });
    let choice = |(text, description): (&String, &String)| Choice {
        value: text.clone(),
        label: words::label(text),
        description: Some(description.clone()).filter(|description| !description.is_empty()),
    };
    texts.map(choice).collect()
}
