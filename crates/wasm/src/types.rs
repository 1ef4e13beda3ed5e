//! What crosses the boundary: plain objects, declared in TypeScript by the same types.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    #[default]
    ProcessingContainer,
    Task,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KindOption {
    ProcessingContainer,
    Task,
    #[default]
    Auto,
}

impl KindOption {
    pub(crate) fn resolve(self, text: &str) -> Kind {
        match self {
            KindOption::ProcessingContainer => Kind::ProcessingContainer,
            KindOption::Task => Kind::Task,
            KindOption::Auto if text.contains("\"taskTemplate\"") => Kind::Task,
            KindOption::Auto => Kind::ProcessingContainer,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(Debug, Clone, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    #[tsify(optional)]
    pub(crate) kind: Option<KindOption>,
    /// The text of the container's file.
    #[tsify(optional)]
    pub(crate) container: Option<String>,
    #[tsify(optional)]
    pub(crate) schema_only: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ValidationResult {
    pub(crate) kind: Kind,
    pub(crate) api_version: u32,
    pub(crate) valid: bool,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, Clone, Serialize, Tsify)]
pub(crate) struct Diagnostic {
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) group: String,
    pub(crate) message: String,
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    pub(crate) pointer: String,
    pub(crate) range: Range,
    pub(crate) related: Vec<Related>,
    pub(crate) fixes: Vec<Fix>,
}

#[derive(Debug, Clone, Serialize, Deserialize, Tsify)]
pub(crate) struct Range {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

/// Lines and characters count from 0; characters and offsets are UTF-16 units.
#[derive(Debug, Clone, Serialize, Deserialize, Tsify)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) character: u32,
    pub(crate) offset: u32,
}

#[derive(Debug, Clone, Serialize, Tsify)]
pub(crate) struct Related {
    pub(crate) message: String,
    pub(crate) path: String,
    pub(crate) range: Range,
}

#[derive(Debug, Clone, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fix {
    pub(crate) title: String,
    pub(crate) applicability: String,
    pub(crate) edits: Vec<TextEdit>,
}

#[derive(Debug, Clone, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TextEdit {
    pub(crate) range: Range,
    pub(crate) new_text: String,
}
