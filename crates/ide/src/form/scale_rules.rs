//! Scale rules of the inputs: the task's rule takes the place of the template's as a whole.

use task_api_core::scale::{ScaleRule, law_in_version};
use task_api_core::{ApiVersion, model};
use task_api_json::Kind as NodeKind;

use super::fields::Around;
use super::id::FieldId;
use super::reading::value_of;
use super::types::{Direction, Field, FieldOrigin, FieldValue};
use super::view::View;

impl View<'_> {
    pub(super) fn scale_rules(&self) -> Vec<Field> {
        let inputs = self.channel_names(Direction::Input);
        inputs.iter().flat_map(|channel| self.rule_fields(channel)).collect()
    }

    pub(super) fn rule_field(&self, channel: &str, name: &str) -> Option<Field> {
        let is_known = self.channel_names(Direction::Input).iter().any(|known| known == channel);
        let field = self.rule_fields(channel).into_iter().find(|field| field.name == name);
        field.filter(|_| is_known)
    }

    fn rule_fields(&self, channel: &str) -> Vec<Field> {
        let Some(definition) = self.schema().definition("ScaleRule") else { return Vec::new() };
        let own = self.all_readings().find_map(|reading| reading.get(&FieldId::Rule(channel.to_owned())));
        let has_own = own.is_some_and(|rule| rule.kind() == NodeKind::Object);
        let fields = definition.properties.iter().map(|property| {
            let id = FieldId::RuleField(channel.to_owned(), property.name.clone());
            let of_template = self.template_rule_value(channel, &property.name);
            let around = Around {
                is_templates: of_template.is_some(),
                is_overruled: has_own && of_template.is_some(),
                default: of_template,
                required: property.required && has_own,
            };
            let mut field = self.contract_field(&id, &property.name, property.schema, around);
            field.group = Some(channel.to_owned());
            field
        });
        fields.collect()
    }

    /// A field of the template's rule, as it is written in the version of the task.
    pub(super) fn template_rule_value(&self, channel: &str, name: &str) -> Option<FieldValue> {
        let template = self.template()?;
        let rule = template.get(&FieldId::Rule(channel.to_owned()))?;
        match rule.get(name) {
            Some(node) => value_of(node),
            None => law_in_version(&*model::ScaleRule::read(rule)?, name).map(FieldValue::Text),
        }
    }

    /// The rule that holds for an input, and whose it is.
    pub(super) fn rule_of(&self, channel: &str) -> Option<(ScaleRule, FieldOrigin)> {
        let id = FieldId::Rule(channel.to_owned());
        let own = self.now.get(&id).and_then(model::ScaleRule::read);
        if let Some(own) = own {
            return Some((ScaleRule::read(&own)?, FieldOrigin::Task));
        }
        let rule = model::ScaleRule::read(self.template()?.get(&id)?)?;
        Some((ScaleRule::read(&rule)?, FieldOrigin::Template))
    }

    /// The template's rule as JSON text of the task's version; `None` where there is none, or where it has no form there.
    pub(super) fn template_rule_json(&self, channel: &str) -> Option<String> {
        let template = self.template()?;
        let rule = template.get(&FieldId::Rule(channel.to_owned()))?;
        if rule.kind() != NodeKind::Object {
            return None;
        }
        if template.version == self.version() {
            return Some(rule.source().to_owned());
        }
        let members: Option<Vec<String>> = rule
            .members()
            .map(|(key, value)| {
                let name = key.as_str().unwrap_or_default();
                let other = law_field(self.version());
                if name != law_field(template.version) {
                    return Some(format!("{}: {}", key.source(), value.source()));
                }
                let law = law_in_version(&*model::ScaleRule::read(rule)?, other)?;
                let json = if self.version() == ApiVersion::V1 { law } else { task_api_json::quote(&law) };
                Some(format!("{}: {json}", task_api_json::quote(other)))
            })
            .collect();
        Some(format!("{{{}}}", members?.join(", ")))
    }
}

/// The field of a rule that holds its law.
pub(super) fn law_field(version: ApiVersion) -> &'static str {
    match version {
        ApiVersion::V0 => "complexity",
        ApiVersion::V1 => "scale_factor",
    }
}
