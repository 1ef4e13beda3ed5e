//! A field, as the contract has it.

use task_api_core::schema::{Allowed, Property, Subschema};
use task_api_json::Node;

use super::Asked;
use crate::markdown::code;
use crate::secrets::is_secret;
use crate::typed::Typed;

/// Examples that anybody reads, and how long each may be.
const MOST_EXAMPLES: usize = 3;
const LONGEST_EXAMPLE: usize = 120;

pub(super) fn text(asked: &Asked<'_>) -> Option<String> {
    let (field, property) = field(asked)?;
    let place = field.place()?;
    let mut parts = vec![heading(field, place, property)];
    let meant = field.meant();
    let description = if place.description.is_empty() { &meant?.description } else { &place.description };
    parts.push(description.clone());
    let allowed = allowed(field, place);
    if !allowed.is_empty() {
        parts.push(choices(&allowed, asked.node, field));
    }
    let mut facts = Vec::new();
    if let Some(default) = &place.default {
        facts.push(format!("Default: {}", code(&compact(default))));
    }
    let examples: Vec<String> = place.examples.iter().map(|example| compact(example)).collect();
    let is_short = |example: &&String| example.len() <= LONGEST_EXAMPLE;
    let examples: Vec<String> = examples.iter().filter(is_short).take(MOST_EXAMPLES).map(|it| code(it)).collect();
    if !examples.is_empty() {
        let word = if examples.len() == 1 { "Example" } else { "Examples" };
        facts.push(format!("{word}: {}", examples.join(", ")));
    }
    if let Some(formerly) = &place.formerly {
        facts.push(format!("In version 0, it is {}.", code(formerly)));
    }
    // Two spaces at the end of a line keep it one.
    parts.push(facts.join("  \n"));
    parts.retain(|part| !part.is_empty());
    Some(parts.join("\n\n"))
}

/// The innermost field around the place that the contract knows: within maps, that of the map.
fn field<'a>(asked: &Asked<'a>) -> Option<(Typed<'a>, &'static Property)> {
    for (position, typed) in asked.way.iter().enumerate().rev() {
        let above = asked.way.get(position.checked_sub(1)?)?;
        let Some(key) = typed.key() else { continue };
        if let Some(property) = above.property(key) {
            return Some((*typed, property));
        }
        // A field that nobody knows is not explained by what it stands in, but an entry of a map is.
        let is_map = above.meant().is_some_and(|meant| meant.is_open || meant.properties.is_empty());
        if !is_map {
            return None;
        }
    }
    None
}

fn heading(field: Typed<'_>, place: &Subschema, property: &Property) -> String {
    let need = if property.required { "required" } else { "may be left out" };
    let types = field.accepted_types().map(|types| types.in_words()).unwrap_or_default();
    let what = match (types.is_empty(), field.definition()) {
        (true, _) => "any value".to_owned(),
        (false, "") => types,
        (false, definition) => format!("{types} ({definition})"),
    };
    format!("**{}** {}: {what}, {need}", place.title, code(&property.name))
}

/// The values that a place allows, alternatives included.
fn allowed(field: Typed<'_>, place: &'static Subschema) -> Vec<&'static Allowed> {
    let schema = field.schema();
    let mut target = place;
    while let Some(reference) = target.reference {
        target = schema.get(reference);
    }
    let branches = target.any_of.iter().flat_map(|&branch| &schema.deref(branch).allowed);
    target.allowed.iter().chain(branches).collect()
}

fn choices(allowed: &[&Allowed], node: Node<'_>, field: Typed<'_>) -> String {
    let value = node.value_of_key().unwrap_or(node);
    let line = |allowed: &&Allowed| {
        let json = allowed.value.to_json();
        let is_present = allowed.value.matches(value) && value == field.node && !is_secret(value);
        let shown = if is_present { format!("**{}** (present)", code(&json)) } else { code(&json) };
        let description = &allowed.description;
        if description.is_empty() { format!("- {shown}") } else { format!("- {shown}: {description}") }
    };
    let lines: Vec<String> = allowed.iter().map(line).collect();
    format!("Allowed:\n\n{}", lines.join("\n"))
}

/// JSON in one line.
fn compact(json: &str) -> String {
    json.split_whitespace().collect::<Vec<_>>().join(" ")
}
