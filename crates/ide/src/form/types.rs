//! What a form shows and what it answers, as plain data. Properties that are optional are left out where they are false,
//! empty or unknown, so that long forms stay small.

use serde::Serialize;
use task_api_core::report::{Diagnostic, TextEdit};
use task_api_core::scale::Target;

/// Everything there is to show of a task.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormState {
    /// Version of the task's format.
    #[cfg_attr(feature = "typescript", tsify(type = "0 | 1"))]
    pub api_version: u8,
    /// The template in use; `null` where none is chosen, or the container has none of this name.
    #[cfg_attr(feature = "typescript", tsify(type = "TemplateSummary | null"))]
    pub template: Option<TemplateSummary>,
    /// The template that the task names, known or not.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub template_name: Option<String>,
    /// Those of the container.
    pub templates: Vec<TemplateSummary>,
    #[cfg_attr(feature = "typescript", tsify(type = "ContainerSummary | null"))]
    pub container: Option<ContainerSummary>,
    pub sections: Sections,
    /// Required and still missing, over all sections.
    pub missing: usize,
    /// The text is no JSON at the moment: the first error.
    #[cfg_attr(feature = "typescript", tsify(type = "Broken | null"))]
    pub broken: Option<Broken>,
    /// No diagnostic of severity error.
    pub valid: bool,
    /// Those of a check against the container.
    pub diagnostics: Vec<FieldDiagnostic>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Sections {
    pub task: FormSection,
    pub inputs: FormSection,
    pub outputs: FormSection,
    pub parameters: FormSection,
    pub resources: FormSection,
    pub advanced: FormSection,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContainerSummary {
    pub name: String,
    pub description: String,
    #[cfg_attr(feature = "typescript", tsify(type = "0 | 1"))]
    pub api_version: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TemplateSummary {
    pub identifier: String,
    pub description: String,
    /// Written out in the task itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_inline: bool,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// How many variables it declares.
    pub parameters: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum SectionId {
    Task,
    Inputs,
    Outputs,
    Parameters,
    Resources,
    Advanced,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormSection {
    pub id: SectionId,
    /// Required and missing in it.
    pub missing: usize,
    /// Set by the task to something else than the default.
    pub changed: usize,
    /// None in inputs and outputs, whose fields are in `channels`.
    pub fields: Vec<Field>,
    pub channels: Vec<FormChannel>,
    /// Lists that take more entries.
    #[cfg_attr(feature = "typescript", tsify(type = "AddableList[]"))]
    pub can_add: Vec<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Input,
    Output,
}

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum FieldOrigin {
    Task,
    Template,
    /// Neither of the two says it.
    Nothing,
}

/// A channel of the template, or one that only the task speaks of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormChannel {
    /// `inputs/images`
    pub id: String,
    pub direction: Direction,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: Option<String>,
    /// Where it is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub container_path: Option<String>,
    /// A template's channels must all be bound.
    pub required: bool,
    /// The template has no such channel: it is not mounted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_unknown: bool,
    /// `asks for 20 × the size of its largest file`, of the rule that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional, type = "\"task\" | \"template\""))]
    pub rule_origin: Option<FieldOrigin>,
    /// What is expected to lie in the directory.
    pub expects: Vec<DataForm>,
    /// The directory on the host.
    pub host_path: Field,
}

/// The control that suits a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    Text,
    LongText,
    /// `true` or `false`.
    Switch,
    Integer,
    Number,
    Choice,
    Quantity,
    /// A directory of the host.
    Path,
    /// A command, word by word.
    Words,
    /// Strings in any number.
    List,
    /// JSON text, of any value.
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(untagged)]
pub enum FieldValue {
    Text(String),
    Words(Vec<String>),
}

/// One value of a task, with all that a control for it needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Stable: the same for the same thing, whatever the text's layout.
    pub id: String,
    pub kind: FieldKind,
    /// For people: `Letter case`.
    pub label: String,
    /// As in the file: `LETTER_CASE`.
    pub name: String,
    /// Heading of neighbours that belong together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub required: bool,
    /// Required, and neither the task nor the template says it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_missing: bool,
    /// What the task says; where the text is broken at this place, the last value that could be read.
    /// Of a secret as well: to be shown as a password is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub value: Option<FieldValue>,
    /// The text cannot be read here at the moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub broken: Option<Broken>,
    /// What holds without the task's word. Left out for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub default: Option<FieldValue>,
    /// What holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub effective: Option<FieldValue>,
    pub origin: FieldOrigin,
    /// The task says it, whether or not it is the default.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_set: bool,
    /// The task says something else than the default.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_changed: bool,
    /// May not be changed, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub locked: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub choices: Vec<Choice>,
    /// A step that suits the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub step: Option<String>,
    /// The kind is derived from the default alone: other text is allowed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_guessed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub quantity: Option<QuantityParts>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_secret: bool,
    /// The value holds a template expression.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_expression: bool,
    /// Set by the task alone, so that it can be removed and renamed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_removable: bool,
    /// The template does not declare it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_unknown: bool,
    /// Of the value in the task's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub pointer: Option<String>,
    /// Of the value in the task's text, quotes included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub range: Option<OffsetRange>,
    /// Indices of the diagnostics that are shown here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub diagnostics: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    pub value: String,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: Option<String>,
}

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Counted {
    Bytes,
    Cores,
    Pieces,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct QuantityParts {
    pub of: Counted,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub number: Option<String>,
    /// Of the value that holds; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub unit: Option<String>,
    /// Units to choose from.
    pub units: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub in_words: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Broken {
    pub message: String,
    /// Counts from 1.
    pub line: u32,
    pub range: OffsetRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct OffsetRange {
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct FieldDiagnostic {
    #[serde(flatten)]
    pub diagnostic: Diagnostic,
    /// The field that it is shown at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub field: Option<String>,
}

/// What a change did to the text.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// In offsets of the text before.
    pub edits: Vec<TextEdit>,
    /// Undoes them, in offsets of the text after.
    pub inverse: Vec<TextEdit>,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub problem: Option<String>,
    /// What the user should know.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TemplateChange {
    pub edits: Vec<TextEdit>,
    pub inverse: Vec<TextEdit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub problem: Option<String>,
    pub notes: Vec<String>,
    /// Bindings that went to the other side, or to a channel of another name.
    pub moved: Vec<Moved>,
    /// What the new template has no place for; still in the text.
    pub kept: Vec<Kept>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    pub from: String,
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    pub id: String,
    pub name: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WhatWillRun {
    /// No errors: it would run as shown.
    pub is_ready: bool,
    pub problems: Vec<String>,
    pub notices: Vec<String>,
    pub values: Vec<ResolvedValue>,
    /// The equivalent line for a POSIX shell. Secrets stand in it by name only.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub docker: Option<String>,
    pub task_api: String,
    pub memory: MemoryPlan,
    pub channels: Vec<ChannelTree>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ResolvedValue {
    pub section: SectionId,
    pub name: String,
    /// In one line; a placeholder for secrets.
    pub value: String,
    pub origin: FieldOrigin,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub field: Option<String>,
}

/// All in bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MemoryPlan {
    #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
    pub limit: Option<u64>,
    #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
    pub request: Option<u64>,
    /// Of the data, ascending: for all curves.
    pub sizes: Vec<u64>,
    pub curves: Vec<MemoryCurve>,
    /// What the container gets at each size.
    #[cfg_attr(feature = "typescript", tsify(type = "(number | null)[]"))]
    pub effective_limit: Vec<Option<u64>>,
    #[cfg_attr(feature = "typescript", tsify(type = "(number | null)[]"))]
    pub effective_request: Vec<Option<u64>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MemoryCurve {
    pub channel: String,
    pub target: Target,
    /// `2*n`
    pub law: String,
    /// What `n` is, in words.
    pub size: String,
    pub rule: String,
    #[cfg_attr(feature = "typescript", tsify(type = "\"task\" | \"template\""))]
    pub origin: FieldOrigin,
    /// At each size.
    pub memory: Vec<u64>,
    /// From this size on, the rule asks for more than the resources do.
    #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
    pub crossing: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ChannelTree {
    pub id: String,
    pub direction: Direction,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub host_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub container_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: Option<String>,
    pub forms: Vec<DataForm>,
}

/// A form that the data of a channel may have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DataForm {
    pub title: String,
    pub tree: TreeNode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum TreeKind {
    Directory,
    File,
    /// And so on.
    More,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TreeNode {
    pub name: String,
    pub kind: TreeKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub children: Vec<TreeNode>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TriggerBody {
    /// The body of the request.
    pub json: String,
    /// A line for a POSIX shell that sends it.
    pub curl: String,
    pub task_id: String,
    /// Variables whose value was left out.
    pub withheld: Vec<String>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OperatorSnippet {
    /// Imports and the call.
    pub code: String,
    pub imports: String,
    pub call: String,
    pub task_id: String,
    /// What is read from the environment instead of being written out.
    pub withheld: Vec<String>,
    pub notes: Vec<String>,
}
