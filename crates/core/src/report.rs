//! A check's result as it leaves the program: the JSON of `validate --format json` and of the npm
//! package, which is the same. Positions are converted here and nowhere else.

use serde::Serialize;
use task_api_json::{LineIndex, Span};

use crate::Checked;
use crate::diagnostic::{self, DocumentRef};

/// What `offset` counts. Lines and characters are as in LSP in both cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetUnit {
    Bytes,
    Utf16,
}

/// One document with its name and the places of its lines.
pub struct Document<'a> {
    path: Option<&'a str>,
    text: &'a str,
    index: std::cell::OnceCell<LineIndex>,
    unit: OffsetUnit,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ValidationResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub path: Option<String>,
    pub kind: Kind,
    /// `null` for a workflow, and where the file is JSON only after it has been rendered.
    #[cfg_attr(feature = "typescript", tsify(type = "0 | 1 | null"))]
    pub api_version: Option<u8>,
    pub valid: bool,
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there are: of so many in one file, only the first are reported, errors before others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub omitted: Option<Omitted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Omitted {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    ProcessingContainer,
    Task,
    Workflow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    pub rule: &'static str,
    pub severity: Severity,
    pub group: &'static str,
    pub message: String,
    /// A few words for the place itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub label: Option<String>,
    /// Why it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub note: Option<String>,
    /// JSON Pointer of the value that it is about.
    pub pointer: String,
    pub range: Range,
    pub related: Vec<Related>,
    pub fixes: Vec<Fix>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Related {
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub path: Option<String>,
    pub range: Range,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Fix {
    pub title: String,
    #[cfg_attr(feature = "typescript", tsify(type = "\"safe\" | \"unsafe\""))]
    pub applicability: &'static str,
    pub edits: Vec<TextEdit>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TextEdit {
    pub range: Range,
    pub new_text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Range {
    pub start: Position,
    pub end: Position,
}

/// Lines and characters count from zero, characters in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Position {
    pub line: u32,
    pub character: u32,
    pub offset: u32,
}

impl<'a> Document<'a> {
    pub fn new(path: Option<&'a str>, text: &'a str, unit: OffsetUnit) -> Document<'a> {
        Document { path, text, index: std::cell::OnceCell::new(), unit }
    }

    pub fn path(&self) -> Option<&'a str> {
        self.path
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    pub fn range(&self, span: Span) -> Range {
        Range { start: self.place(span.start), end: self.place(span.end) }
    }

    pub fn edit(&self, edit: &task_api_json::TextEdit) -> TextEdit {
        TextEdit { range: self.range(edit.span), new_text: edit.new_text.clone() }
    }

    pub fn edits(&self, edits: &[task_api_json::TextEdit]) -> Vec<TextEdit> {
        edits.iter().map(|edit| self.edit(edit)).collect()
    }

    pub fn place(&self, offset: u32) -> Position {
        let position = self.index().position_utf16(offset);
        Position { line: position.line, character: position.character, offset: self.offset(offset) }
    }

    /// The offset alone, in the document's unit.
    pub fn offset(&self, offset: u32) -> u32 {
        match self.unit {
            OffsetUnit::Bytes => offset,
            OffsetUnit::Utf16 => self.index().utf16_offset(offset),
        }
    }

    fn index(&self) -> &LineIndex {
        self.index.get_or_init(|| LineIndex::new(self.text))
    }
}

/// The report on one checked document; `containers` are what a task or workflow was checked against.
pub fn validation_result(checked: &Checked, document: &Document<'_>, containers: &[Document<'_>]) -> ValidationResult {
    ValidationResult {
        path: document.path.map(str::to_owned),
        kind: checked.kind.into(),
        api_version: checked.version.map(|version| version.number()),
        valid: checked.is_valid(),
        diagnostics: checked.diagnostics.iter().map(|d| diagnostic(d, document, containers)).collect(),
        omitted: Some(checked.left_out()).filter(|left_out| left_out.total() > 0).map(Omitted::from),
    }
}

fn diagnostic(of: &diagnostic::Diagnostic, document: &Document<'_>, containers: &[Document<'_>]) -> Diagnostic {
    let related = of.related.iter().filter_map(|related| {
        let place = match related.document {
            DocumentRef::This => document,
            DocumentRef::Container(position) => containers.get(position as usize)?,
        };
        let path = place.path.map(str::to_owned);
        Some(Related { message: related.message.clone(), path, range: place.range(related.span) })
    });
    let fixes = of.fixes.iter().map(|fix| Fix {
        title: fix.title.clone(),
        applicability: fix.applicability.name(),
        edits: document.edits(&fix.edits),
    });
    Diagnostic {
        rule: of.rule.name,
        severity: of.severity.into(),
        group: of.rule.group.name(),
        message: of.message.clone(),
        label: of.label.clone(),
        note: of.note.clone(),
        pointer: of.pointer.clone(),
        range: document.range(of.span),
        related: related.collect(),
        fixes: fixes.collect(),
    }
}

impl Omitted {
    pub fn total(self) -> usize {
        self.errors + self.warnings + self.infos
    }
}

impl From<crate::Counts> for Omitted {
    fn from(counts: crate::Counts) -> Omitted {
        Omitted { errors: counts.errors, warnings: counts.warnings, infos: counts.infos }
    }
}

impl From<crate::Kind> for Kind {
    fn from(kind: crate::Kind) -> Kind {
        match kind {
            crate::Kind::ProcessingContainer => Kind::ProcessingContainer,
            crate::Kind::Task => Kind::Task,
            crate::Kind::Workflow => Kind::Workflow,
        }
    }
}

impl From<diagnostic::Severity> for Severity {
    fn from(severity: diagnostic::Severity) -> Severity {
        match severity {
            diagnostic::Severity::Error => Severity::Error,
            diagnostic::Severity::Warning => Severity::Warning,
            diagnostic::Severity::Info => Severity::Info,
        }
    }
}
