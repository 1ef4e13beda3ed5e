//! Variables: those that the template declares, and those that only the task sets.

use std::collections::HashSet;

use task_api_core::fits_env_type;
use task_api_core::model::Env;
use task_api_core::template::has_expression;

use super::fields::Around;
use super::id::FieldId;
use super::types::{Choice, Field, FieldKind, FieldValue};
use super::view::View;
use super::words;

/// Longer values get room for several lines.
const LONG: usize = 80;

impl View<'_> {
    pub(super) fn parameters(&self) -> Vec<Field> {
        let declared = self.template().into_iter().flat_map(|template| template.variables());
        let declared = declared.filter_map(|(name, node)| Some(self.declared(name, &Env::read(node)?)));
        let mut fields: Vec<Field> = declared.collect();
        let is_declared = |name: &str| self.template().is_some_and(|template| template.variable(name).is_some());
        let mut further: HashSet<&str> = HashSet::new();
        for reading in self.all_readings() {
            let names = reading.variables().map(|(name, _)| name).filter(|name| !is_declared(name));
            fields.extend(names.filter(|name| further.insert(name)).map(|name| self.undeclared(name)));
        }
        fields
    }

    /// The field of a variable of this name, declared or not.
    pub(super) fn parameter(&self, name: &str) -> Option<Field> {
        let declared = self.template().and_then(|template| template.variable(name)).and_then(Env::read);
        if let Some(env) = declared {
            return Some(self.declared(name, &env));
        }
        let is_set = self.all_readings().any(|reading| reading.variable(name).is_some());
        is_set.then(|| self.undeclared(name))
    }

    fn declared(&self, name: &str, env: &Env<'_>) -> Field {
        let default = env.value.as_ref().map(|text| text.value.clone().into_owned());
        let (kind, is_guessed) = kind(env);
        let around = Around {
            required: default.is_none(),
            default: default.clone().map(FieldValue::Text),
            is_templates: true,
            ..Around::default()
        };
        let mut field = self.field(&FieldId::Env(name.to_owned()), name, kind, around);
        let is_long = |value: &Option<FieldValue>| {
            value.as_ref().and_then(FieldValue::text).is_some_and(|text| text.contains('\n') || text.len() > LONG)
        };
        if kind == FieldKind::Text && !field.is_secret && (is_long(&field.value) || is_long(&field.default)) {
            field.kind = FieldKind::LongText;
        }
        field.label = words::label(name);
        field.description = env.description.as_ref().map(|text| text.value.clone().into_owned());
        field.description = field.description.filter(|text| !text.trim().is_empty());
        field.is_guessed = is_guessed;
        if matches!(kind, FieldKind::Integer | FieldKind::Number) {
            field.step = default.as_deref().and_then(step);
        }
        if kind == FieldKind::Choice {
            let choice = |text: &str| Choice { value: text.to_owned(), label: text.to_owned(), description: None };
            field.choices = env.choices.iter().map(|text| choice(&text.value)).collect();
        }
        if env.is_fixed() {
            field.locked = Some(LOCKED.to_owned());
        }
        field
    }

    fn undeclared(&self, name: &str) -> Field {
        let mut field = self.field(
            &FieldId::Env(name.to_owned()),
            name,
            FieldKind::Text,
            Around { required: true, ..Around::default() },
        );
        field.label = words::label(name);
        field.is_removable = true;
        field.is_unknown = self.template.is_some();
        field
    }
}

pub(super) const LOCKED: &str =
    "The container marks this variable as not adjustable: its value is always the template's.";

/// The control for a variable, and whether only its default speaks for it.
pub(super) fn kind(env: &Env<'_>) -> (FieldKind, bool) {
    let declared = env.kind.as_ref().map(|kind| &*kind.value);
    if declared == Some("boolean") && env.choices.iter().all(|choice| is_boolean(&choice.value)) {
        return (FieldKind::Switch, false);
    }
    if !env.choices.is_empty() {
        return (FieldKind::Choice, false);
    }
    if declared == Some("int") {
        return (FieldKind::Integer, false);
    }
    let default = env.value.as_ref().map(|text| &*text.value).filter(|text| !has_expression(text)).unwrap_or_default();
    let guessed = match declared {
        // No type is declared where the version has none.
        None if is_boolean(default) => FieldKind::Switch,
        None if is_integer(default) => FieldKind::Integer,
        None if is_decimal(default) => FieldKind::Number,
        // A fraction has no type of its own. `1.2` may be a version; `0.5` hardly is.
        Some("string") if is_decimal(default) && default.trim_start_matches('-').starts_with("0.") => FieldKind::Number,
        _ => return (FieldKind::Text, false),
    };
    (guessed, true)
}

pub(super) fn is_boolean(text: &str) -> bool {
    !has_expression(text) && fits_env_type("boolean", text)
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // A name made of digits, as `007`, is no number.
    let is_canonical = digits == "0" || !digits.starts_with('0');
    !digits.is_empty() && is_canonical && digits.len() < 16 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let Some((whole, fraction)) = text.strip_prefix('-').unwrap_or(text).split_once('.') else { return false };
    let is_digits = |part: &str| !part.is_empty() && part.len() < 16 && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

/// One in the last place of the default.
pub(super) fn step(default: &str) -> Option<String> {
    match default.split_once('.') {
        None => Some("1".to_owned()),
        Some((_, fraction)) => {
            let zeros = fraction.len().checked_sub(1)?;
            Some(format!("0.{}1", "0".repeat(zeros)))
        }
    }
}
