//! The schema walk: a document against the contract, with the rules of the contract group.
//!
//! The verdict (no error) is exactly that of JSON Schema, but for values that are not known yet
//! because they hold template expressions, and for what the text lacks because it is broken.

use task_api_json::{Kind as NodeKind, Node};

use crate::ApiVersion;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{
    field_of_other_version, missing_field, pattern_mismatch, unknown_field, unknown_value, unsupported_api_version,
    wrong_type,
};
use crate::schema::{Property, Schema, SchemaId, Subschema};
use crate::suggest;
use crate::template;

/// No object of the contract has more fields.
pub(crate) const MAX_PROPERTIES: usize = 16;

pub(crate) struct Walk<'s, 'd> {
    pub(crate) schema: &'s Schema,
    /// The schema of the same file kind in the other version.
    pub(crate) other: &'s Schema,
    pub(crate) version: ApiVersion,
    pub(crate) diagnostics: &'d mut Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    pub(crate) fn value(&mut self, node: Node<'_>, id: SchemaId) {
        if matches!(node.kind(), NodeKind::Missing | NodeKind::Template) {
            return;
        }
        let subschema = self.schema.deref(id);
        if !subschema.any_of.is_empty() {
            return self.alternatives(node, id, subschema);
        }
        if !subschema.types.accepts(node) {
            self.diagnostics.push(wrong_type::report(node, subschema.types, |text| subschema.may_be(text)));
            return;
        }
        if !subschema.allowed.is_empty() {
            self.allowed(node, subschema);
        }
        match node.kind() {
            NodeKind::Object if !subschema.properties.is_empty() => self.object(node, subschema),
            NodeKind::Array => {
                if let Some(items) = subschema.items {
                    for element in node.elements() {
                        self.value(element, items);
                    }
                }
            }
            NodeKind::String => {
                if let Some(pattern) = &subschema.pattern {
                    let text = node.as_str().unwrap_or_default();
                    if !pattern.matches(&text) && !template::has_expression(&text) {
                        self.diagnostics.push(pattern_mismatch::report(node, subschema));
                    }
                }
            }
            _ => {}
        }
    }

    /// `anyOf`: reports what is wrong with the alternative that was meant.
    ///
    /// If another alternative accepts the value, the contract does, and what is wrong with the one
    /// that was meant is a warning.
    fn alternatives(&mut self, node: Node<'_>, id: SchemaId, subschema: &Subschema) {
        let fits = |branch: &SchemaId| self.schema.accepted_types(*branch).accepts(node);
        let candidates: Vec<SchemaId> = subschema.any_of.iter().copied().filter(fits).collect();
        let meant = match candidates[..] {
            [] => {
                self.diagnostics.push(wrong_type::report(node, self.schema.accepted_types(id), |_| true));
                return;
            }
            [only] => return self.value(node, only),
            _ => self.meant_alternative(node, &candidates),
        };
        let before = self.diagnostics.len();
        self.value(node, meant);
        if !has_error(&self.diagnostics[before..]) {
            return;
        }
        let accepted_otherwise = candidates.iter().filter(|branch| **branch != meant).any(|&branch| {
            let mut diagnostics = Vec::new();
            Walk { diagnostics: &mut diagnostics, ..*self }.value(node, branch);
            !has_error(&diagnostics)
        });
        if accepted_otherwise {
            for diagnostic in &mut self.diagnostics[before..] {
                diagnostic.severity = diagnostic.severity.min(Severity::Warning);
            }
        }
    }

    /// The alternative whose constant (`"type": "docker"`) the value has; without one, the last,
    /// which is the most general. A constant that is misspelt still tells.
    fn meant_alternative(&self, node: Node<'_>, candidates: &[SchemaId]) -> SchemaId {
        let constant = |branch: &&SchemaId| {
            self.schema.deref(**branch).properties.iter().find_map(|property| {
                let subschema = self.schema.deref(property.schema);
                let value = node.get(&property.name).filter(|_| subschema.is_const)?;
                Some((value, &subschema.allowed))
            })
        };
        let exact = candidates.iter().find(|branch| {
            constant(branch).is_some_and(|(value, allowed)| allowed.iter().any(|allowed| allowed.value.matches(value)))
        });
        let misspelt = || {
            candidates.iter().find(|branch| {
                let Some((value, allowed)) = constant(branch) else { return false };
                let text = value.as_str().unwrap_or_default();
                let names: Vec<String> = allowed.iter().map(|allowed| allowed.value.to_json()).collect();
                suggest::nearest(&text, names.iter().map(|name| name.trim_matches('"'))).is_some()
            })
        };
        exact.or_else(misspelt).or(candidates.last()).copied().unwrap_or(Schema::ROOT)
    }

    fn allowed(&mut self, node: Node<'_>, subschema: &Subschema) {
        if subschema.allowed.iter().any(|allowed| allowed.value.matches(node)) {
            return;
        }
        if node.as_str().is_some_and(|text| template::has_expression(&text)) {
            return;
        }
        let is_api_version = node.key().is_some_and(|key| key.is_str(crate::API_VERSION));
        if is_api_version && node.container().is_some_and(|container| container.parent().is_none()) {
            self.diagnostics.push(unsupported_api_version::report(node));
            return;
        }
        let note = self.allowed_in_other_version(node, subschema).then(|| {
            let (other, this) = (self.version.other().number(), self.version.number());
            format!("version {other} of the format has this value, and this file has version {this}")
        });
        self.diagnostics.push(unknown_value::report(node, &subschema.allowed, note));
    }

    /// Whether the same field of the same object may have this value in the other version.
    fn allowed_in_other_version(&self, node: Node<'_>, subschema: &Subschema) -> bool {
        let Some(name) = node.key().and_then(|key| key.as_str()) else { return false };
        let is_here = |definition: &&Subschema| {
            let property = definition.property(&name);
            property.is_some_and(|property| std::ptr::eq(self.schema.deref(property.schema), subschema))
        };
        let definitions = self.schema.subschemas().filter(is_here).filter_map(|here| here.definition.as_deref());
        definitions
            .filter_map(|definition| self.other.definition(definition)?.property(&name))
            .any(|property| self.other.deref(property.schema).allowed.iter().any(|allowed| allowed.value.matches(node)))
    }

    fn object(&mut self, object: Node<'_>, subschema: &Subschema) {
        // The value that counts for each field: of duplicate keys, the last.
        let mut found: [Option<Node<'_>>; MAX_PROPERTIES] = [None; MAX_PROPERTIES];
        let mut unknown: Vec<Node<'_>> = Vec::new();
        for (key, value) in object.members() {
            let written = key.inner();
            let mut index = subschema.properties.iter().position(|property| property.name == written);
            if index.is_none() && key.as_str().is_some_and(|text| text != written) {
                let text = key.as_str().unwrap_or_default();
                index = subschema.properties.iter().position(|property| property.name == text);
            }
            match index.and_then(|index| found.get_mut(index)) {
                Some(slot) => *slot = Some(value),
                None if subschema.is_open => {}
                None => unknown.push(key),
            }
        }
        let mut explained = [false; MAX_PROPERTIES];
        for key in unknown {
            self.unknown_key(object, key, subschema, &found, &mut explained);
        }
        for (index, property) in subschema.properties.iter().enumerate().take(MAX_PROPERTIES) {
            match found[index] {
                Some(value) => self.value(value, property.schema),
                // In broken text the field may be anywhere.
                None if property.required && !explained[index] && !object.is_recovered() => {
                    self.diagnostics.push(missing_field::report(object, self.schema, property));
                }
                None => {}
            }
        }
    }

    fn unknown_key(
        &mut self,
        object: Node<'_>,
        key: Node<'_>,
        subschema: &Subschema,
        found: &[Option<Node<'_>>; MAX_PROPERTIES],
        explained: &mut [bool; MAX_PROPERTIES],
    ) {
        let Some(name) = key.as_str() else { return };
        if key.span().is_empty() || key.is_recovered() || (name == "$schema" && object.parent().is_none()) {
            return;
        }
        if let Some(stands_for) = self.field_of_other_version(subschema, &name) {
            let index = stands_for.and_then(|name| subschema.property_names().position(|known| known == name));
            let state = index.map(|index| {
                let missing = found[index].is_none() && !explained[index];
                // Only where the field is required, its absence is an error.
                explained[index] = true;
                (subschema.properties[index].name.as_str(), missing)
            });
            let fits = index.is_none_or(|index| self.fits(key, &subschema.properties[index]));
            self.diagnostics.push(field_of_other_version::report(key, self.version, state, fits));
            return;
        }
        let absent = subschema
            .properties
            .iter()
            .enumerate()
            .filter(|(index, _)| found[*index].is_none() && !explained[*index])
            .map(|(_, property)| property.name.as_str());
        let nearest = suggest::nearest(&name, absent);
        let index = nearest.and_then(|nearest| subschema.property_names().position(|known| known == nearest));
        let fits = index.is_some_and(|index| self.fits(key, &subschema.properties[index]));
        if let (Some(nearest), Some(index)) = (nearest, index) {
            // Two fields that are both renamed to it would make it a duplicate.
            explained[index] = true;
            if subschema.properties[index].required && !object.is_recovered() {
                self.diagnostics.push(missing_field::report_misspelt(key, nearest, fits));
                return;
            }
        }
        self.diagnostics.push(unknown_field::report(key, nearest, fits));
    }

    /// Whether the value of `key` would be right under the name of `property`, so that renaming the
    /// key adds no error.
    fn fits(&self, key: Node<'_>, property: &Property) -> bool {
        let Some(value) = key.value_of_key() else { return false };
        let mut diagnostics = Vec::new();
        Walk { diagnostics: &mut diagnostics, ..*self }.value(value, property.schema);
        !has_error(&diagnostics)
    }

    /// Whether the other version has this field of the same object, and which field of this
    /// version has taken its place.
    fn field_of_other_version<'f>(&'f self, subschema: &'f Subschema, name: &str) -> Option<Option<&'f str>> {
        let definition = subschema.definition.as_deref()?;
        let theirs = self.other.definition(definition)?.property(name)?;
        let formerly = self.other.get(theirs.schema).formerly.as_deref();
        Some(formerly.or_else(|| {
            let successor = |property: &&crate::schema::Property| {
                self.schema.get(property.schema).formerly.as_deref() == Some(name)
            };
            subschema.properties.iter().find(successor).map(|property| property.name.as_str())
        }))
    }
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Sorts by position, and at one position by weight.
pub(crate) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity), d.span.end));
}
