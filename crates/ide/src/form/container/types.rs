//! What a container's form shows and what it answers, as plain data.

use serde::Serialize;
use task_api_core::report::TextEdit;

use crate::form::types::{Broken, Direction, Field, FieldDiagnostic};

/// Everything there is to show of a processing-container.json.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContainerFormState {
    /// Version of the file's format.
    #[cfg_attr(feature = "typescript", tsify(type = "0 | 1"))]
    pub api_version: u8,
    /// Of the container as a whole: its name and description.
    pub fields: Vec<Field>,
    pub templates: Vec<TemplateEntry>,
    /// Required and still missing, in all of it.
    pub missing: usize,
    /// The text is no JSON at the moment: the first error.
    #[cfg_attr(feature = "typescript", tsify(type = "Broken | null"))]
    pub broken: Option<Broken>,
    /// No diagnostic of severity error.
    pub valid: bool,
    /// Each with the field or the entry that it is shown at.
    pub diagnostics: Vec<FieldDiagnostic>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TemplateEntry {
    /// `templates/0`
    pub id: String,
    /// Empty where it has none.
    pub identifier: String,
    pub description: String,
    pub inputs: usize,
    pub outputs: usize,
    pub parameters: usize,
    /// Required and missing in it.
    pub missing: usize,
    /// Of those that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub parts: Option<TemplateParts>,
}

/// What is in a template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TemplateParts {
    /// Its identifier and description.
    pub fields: Vec<Field>,
    pub inputs: Vec<FormEntry>,
    pub outputs: Vec<FormEntry>,
    pub env: Vec<FormEntry>,
    pub command: Field,
    /// Limits, then requests.
    pub resources: Vec<Field>,
}

/// A channel or a variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormEntry {
    /// `templates/0/inputs/1`
    pub id: String,
    /// Empty where it has none.
    pub name: String,
    /// Its path in the container, or its default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub value: Option<String>,
    /// The type of a variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub of_type: Option<String>,
    /// `asks for 20 × the size of its largest file`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub rule: Option<String>,
    /// A variable that users may not change.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_fixed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub direction: Option<Direction>,
    /// Required and missing in it.
    pub missing: usize,
    /// Of those that were asked for; those of a scale rule have a `group`.
    pub fields: Vec<Field>,
    /// An input without a scale rule, which takes one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub can_have_rule: bool,
}

/// What a change did to the text.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContainerChange {
    /// In offsets of the text before.
    pub edits: Vec<TextEdit>,
    /// Undoes them, in offsets of the text after.
    pub inverse: Vec<TextEdit>,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub problem: Option<String>,
    /// The entry that was added, copied or moved, by the place where it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub entry: Option<String>,
}
