//! What a workflow's graph shows and what it answers, as plain data.

use serde::Serialize;
use task_api_core::report::TextEdit;

use crate::form::types::{Broken, Choice, FieldDiagnostic, OffsetRange};

/// Everything there is to draw of a workflow.json.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowState {
    pub name: String,
    pub tasks: Vec<WorkflowTask>,
    pub edges: Vec<WorkflowEdge>,
    /// Directories of the host that feed inputs.
    pub sources: Vec<WorkflowSource>,
    /// Templates of the containers that are known.
    pub templates: Vec<Choice>,
    /// Edges of ways around: no task of them can begin.
    pub cycles: Vec<Vec<String>>,
    /// The text is no JSON at the moment: the first error.
    #[cfg_attr(feature = "typescript", tsify(type = "Broken | null"))]
    pub broken: Option<Broken>,
    /// No diagnostic of severity error.
    pub valid: bool,
    /// Each with the task, edge or source that it is shown at.
    pub diagnostics: Vec<FieldDiagnostic>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowTask {
    /// `tasks/0`
    pub id: String,
    /// Its `task_id`; empty where it has none.
    pub name: String,
    pub image: String,
    pub template: String,
    pub description: String,
    /// The template is known, so that its channels are.
    pub is_known: bool,
    /// The template is written out in the task.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_inline: bool,
    pub inputs: Vec<WorkflowPort>,
    pub outputs: Vec<WorkflowPort>,
    pub env: Vec<WorkflowVariable>,
    /// In which group of tasks it runs, counting from 0; nothing within a cycle and behind one.
    #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
    pub step: Option<usize>,
    /// Where the text speaks of it.
    pub range: OffsetRange,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowPort {
    pub name: String,
    /// Something feeds it, or reads it.
    pub is_connected: bool,
    /// The template is known and has no such channel.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_unknown: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowVariable {
    pub name: String,
    /// What the workflow sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub value: Option<String>,
    /// The template's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub default: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub is_fixed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowEdge {
    /// `tasks/1/iochannel_maps/0`, or `tasks/1/upstream_task_ids/0` for an edge that orders and carries nothing.
    pub id: String,
    /// Ids of tasks.
    pub from: String,
    pub to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub input: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowSource {
    /// `inputs/0`
    pub id: String,
    pub host_path: String,
    /// The id of a task.
    pub to: String,
    pub input: String,
}

/// What a change did to the text.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkflowChange {
    /// In offsets of the text before.
    pub edits: Vec<TextEdit>,
    /// Undoes them, in offsets of the text after.
    pub inverse: Vec<TextEdit>,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub problem: Option<String>,
    /// What was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub entry: Option<String>,
}
