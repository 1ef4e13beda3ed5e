//! The schema walk: a document against the contract, with the rules of the contract group.
//!
//! The verdict (no error) is exactly that of JSON Schema, but for values that are not known yet
//! because they hold template expressions, and for what the text lacks because it is broken.

use std::collections::HashSet;

use task_api_json::{Kind as NodeKind, Node};

use crate::ApiVersion;
use crate::diagnostic::Severity;
use crate::findings::Findings;
use crate::rules::{
    field_of_other_version, missing_field, pattern_mismatch, unknown_field, unknown_value, unsupported_api_version,
    wrong_type,
};
use crate::schema::{Allowed, AllowedValue, Property, Schema, SchemaId, Subschema, Types};
use crate::suggest;
use crate::template;

/// No object of the contract has more fields.
pub(crate) const MAX_PROPERTIES: usize = 16;

/// What a document is compared with.
#[derive(Clone, Copy)]
pub(crate) struct Contract<'s> {
    pub(crate) schema: &'s Schema,
    /// The schema of the same file kind in the other version.
    pub(crate) other: &'s Schema,
    pub(crate) version: ApiVersion,
}

pub(crate) struct Walk<'s, 'f, 'o> {
    pub(crate) contract: Contract<'s>,
    pub(crate) findings: &'f mut Findings<'o>,
}

impl<'s> Walk<'s, '_, '_> {
    pub(crate) fn value(&mut self, node: Node<'_>, id: SchemaId) {
        if matches!(node.kind(), NodeKind::Missing | NodeKind::Template) {
            return;
        }
        let subschema = self.contract.schema.deref(id);
        if !subschema.any_of.is_empty() {
            return self.alternatives(node, id, subschema);
        }
        if !subschema.types.accepts(node) {
            self.wrong_type(node, id, subschema.types, |text| subschema.may_be(text));
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
                        self.findings.report(&pattern_mismatch::RULE, || pattern_mismatch::report(node, subschema));
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
    fn alternatives(&mut self, node: Node<'_>, id: SchemaId, subschema: &'s Subschema) {
        let fits = |branch: &SchemaId| self.contract.schema.accepted_types(*branch).accepts(node);
        let candidates: Vec<SchemaId> = subschema.any_of.iter().copied().filter(fits).collect();
        let meant = match candidates[..] {
            [] => {
                self.wrong_type(node, id, self.contract.schema.accepted_types(id), |_| true);
                return;
            }
            [only] => return self.value(node, only),
            _ => self.contract.meant_alternative(node, &candidates),
        };
        if let Some((value, allowed)) = self.contract.unknown_constant(node, &candidates) {
            self.value(node, meant);
            if let Some(key) = value.key() {
                self.findings.withdraw(&unknown_field::RULE, key.span());
            }
            // The most general alternative accepts any.
            self.findings.report_as(&unknown_value::RULE, Severity::Warning, || {
                unknown_value::report(value, allowed.into_iter(), None)
            });
            return;
        }
        let before = self.findings.at_most;
        let others = || candidates.iter().filter(|branch| **branch != meant);
        if self.contract.has_error(node, meant) && others().any(|branch| !self.contract.has_error(node, *branch)) {
            self.findings.at_most = before.min(Severity::Warning);
        }
        self.value(node, meant);
        self.findings.at_most = before;
    }

    fn wrong_type(&mut self, node: Node<'_>, id: SchemaId, wanted: Types, may_be: impl Fn(&str) -> bool) {
        let schema = self.contract.schema;
        self.findings.report(&wrong_type::RULE, || wrong_type::report(node, schema, id, wanted, may_be));
    }

    fn allowed(&mut self, node: Node<'_>, subschema: &'s Subschema) {
        if subschema.allowed.iter().any(|allowed| allowed.value.matches(node)) {
            return;
        }
        if node.as_str().is_some_and(|text| template::has_expression(&text)) {
            return;
        }
        let is_api_version = node.key().is_some_and(|key| key.is_str(crate::API_VERSION));
        if is_api_version && node.container().is_some_and(|container| container.parent().is_none()) {
            self.findings.report(&unsupported_api_version::RULE, || unsupported_api_version::report(node));
            return;
        }
        let contract = self.contract;
        self.findings.report(&unknown_value::RULE, || {
            let note = contract.allowed_in_other_version(node, subschema).then(|| {
                let (other, this) = (contract.version.other().number(), contract.version.number());
                format!("version {other} of the format has this value, and this file has version {this}")
            });
            unknown_value::report(node, subschema.allowed.iter(), note)
        });
    }

    fn object(&mut self, object: Node<'_>, subschema: &'s Subschema) {
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
        for key in without_earlier(unknown) {
            self.unknown_key(object, key, subschema, &found, &mut explained);
        }
        for (index, property) in subschema.properties.iter().enumerate().take(MAX_PROPERTIES) {
            match found[index] {
                Some(value) => self.value(value, property.schema),
                // In broken text the field may be anywhere.
                None if property.required && !explained[index] && !object.is_recovered() => {
                    let schema = self.contract.schema;
                    self.findings.report(&missing_field::RULE, || missing_field::report(object, schema, property));
                }
                None => {}
            }
        }
    }

    fn unknown_key(
        &mut self,
        object: Node<'_>,
        key: Node<'_>,
        subschema: &'s Subschema,
        found: &[Option<Node<'_>>; MAX_PROPERTIES],
        explained: &mut [bool; MAX_PROPERTIES],
    ) {
        let Some(name) = key.as_str() else { return };
        if key.span().is_empty() || key.is_recovered() || (name == "$schema" && object.parent().is_none()) {
            return;
        }
        let contract = self.contract;
        if let Some(stands_for) = contract.field_of_other_version(subschema, &name) {
            let index = stands_for.and_then(|name| subschema.property_names().position(|known| known == name));
            let successor = index.map(|index| {
                let is_missing = found[index].is_none() && !explained[index];
                // Only where the field is required, its absence is an error.
                explained[index] = true;
                (&subschema.properties[index], is_missing)
            });
            let severity = field_of_other_version::severity(successor.map(|(_, is_missing)| is_missing));
            self.findings.report_as(&field_of_other_version::RULE, severity, || {
                let fits = successor.is_none_or(|(property, _)| contract.fits(key, property));
                let successor = successor.map(|(property, is_missing)| (property.name.as_str(), is_missing));
                field_of_other_version::report(key, contract.version, successor, fits)
            });
            return;
        }
        let is_absent = |index: usize| found[index].is_none() && !explained[index];
        let absent = subschema.property_names().enumerate().filter(|(index, _)| is_absent(*index));
        let nearest = suggest::nearest(&name, absent.map(|(_, name)| name));
        let Some(index) = nearest.and_then(|name| subschema.property_names().position(|known| known == name)) else {
            self.findings.report(&unknown_field::RULE, || unknown_field::report(key, None, false));
            return;
        };
        // Two fields that are both renamed to it would make it a duplicate.
        explained[index] = true;
        let property = &subschema.properties[index];
        if property.required && !object.is_recovered() {
            self.findings.report(&missing_field::RULE, || {
                missing_field::report_misspelt(key, &property.name, contract.fits(key, property))
            });
        } else {
            self.findings.report(&unknown_field::RULE, || {
                unknown_field::report(key, Some(&property.name), contract.fits(key, property))
            });
        }
    }
}

impl<'s> Contract<'s> {
    /// Whether the value breaks what a place of the contract demands.
    fn has_error(self, node: Node<'_>, id: SchemaId) -> bool {
        let mut findings = Findings::counting();
        Walk { contract: self, findings: &mut findings }.value(node, id);
        findings.has_error()
    }

    /// Whether the value of `key` would be right under the name of `property`, so that renaming the
    /// key adds no error.
    fn fits(self, key: Node<'_>, property: &Property) -> bool {
        key.value_of_key().is_some_and(|value| !self.has_error(value, property.schema))
    }

    /// The value that should be the constant of an alternative, and the constant.
    fn constant<'d>(self, node: Node<'d>, branch: SchemaId) -> Option<(Node<'d>, &'s [Allowed])> {
        self.schema.deref(branch).properties.iter().find_map(|property| {
            let subschema = self.schema.deref(property.schema);
            let value = node.get(&property.name).filter(|_| subschema.is_const)?;
            Some((value, subschema.allowed.as_slice()))
        })
    }

    /// A text where the constant of an alternative should be (`"type": "podman"`) that is no constant
    /// of any of them, nor nearly one; and the constants. One alternative must do without.
    fn unknown_constant<'d>(self, node: Node<'d>, candidates: &[SchemaId]) -> Option<(Node<'d>, Vec<&'s Allowed>)> {
        let constants: Vec<_> = candidates.iter().filter_map(|branch| self.constant(node, *branch)).collect();
        let (value, _) = *constants.first()?;
        let text = value.as_str().filter(|text| !template::has_expression(text))?;
        let allowed: Vec<&Allowed> = constants.iter().flat_map(|(_, allowed)| allowed.iter()).collect();
        let is_nearly_one = || {
            let names = allowed.iter().filter_map(|allowed| match &allowed.value {
                AllowedValue::Text(name) => Some(name.as_str()),
                _ => None,
            });
            suggest::nearest(&text, names).is_some()
        };
        let is_general = constants.len() < candidates.len();
        let is_known = allowed.iter().any(|allowed| allowed.value.matches(value));
        (is_general && !is_known && !is_nearly_one()).then_some((value, allowed))
    }

    /// The alternative whose constant (`"type": "docker"`) the value has; without one, the last,
    /// which is the most general. A constant that is misspelt still tells.
    pub(crate) fn meant_alternative(self, node: Node<'_>, candidates: &[SchemaId]) -> SchemaId {
        let constant = |branch: &&SchemaId| self.constant(node, **branch);
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

    /// Whether the same field of the same object may have this value in the other version.
    fn allowed_in_other_version(self, node: Node<'_>, subschema: &Subschema) -> bool {
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

    /// Whether the other version has this field of the same object, and which field of this
    /// version has taken its place.
    fn field_of_other_version(self, subschema: &'s Subschema, name: &str) -> Option<Option<&'s str>> {
        let definition = subschema.definition.as_deref()?;
        let theirs = self.other.definition(definition)?.property(name)?;
        let formerly = self.other.get(theirs.schema).formerly.as_deref();
        Some(formerly.or_else(|| {
            let successor = |property: &&Property| self.schema.get(property.schema).formerly.as_deref() == Some(name);
            subschema.properties.iter().find(successor).map(|property| property.name.as_str())
        }))
    }
}

/// Of keys that are the same, the last, which counts; the others are reported as duplicates.
fn without_earlier(keys: Vec<Node<'_>>) -> Vec<Node<'_>> {
    if keys.len() < 2 {
        return keys;
    }
    let mut seen = HashSet::new();
    let mut last: Vec<Node<'_>> = keys.into_iter().rev().filter(|key| seen.insert(key.as_str())).collect();
    last.reverse();
    last
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    #[test]
    fn an_unknown_alternative_is_named_once() {
        let task = r#"{"name": "a", "image": "b:1", "taskTemplate": "c", "inputs": [], "outputs": [], "config": {"type": "podman"}}"#;
        let v1 = task.replacen('{', r#"{"api_version": 1, "#, 1);
        for (text, allowed) in [(task, "allowed is only \"docker\""), (&v1, "allowed are \"docker\", \"k8s\"")] {
            let checked = check(text, &CheckOptions::default());
            let messages: Vec<&str> =
                checked.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            assert_eq!(messages, [format!("`type` cannot be \"podman\": {allowed}")]);
            assert!(checked.is_valid());
        }
    }
}
