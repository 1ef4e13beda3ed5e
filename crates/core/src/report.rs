//! A check's result as it leaves the program: the JSON of `validate --format json` and of the npm
//! package, which is the same. Positions are converted here and nowhere else.

use serde::Serialize;
use task_api_json::{LineIndex, Span};

use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::{Checked, Kind};

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
pub struct FileReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    pub kind: ReportKind,
    /// `null` where the file is JSON only after it has been rendered.
    #[cfg_attr(feature = "typescript", tsify(type = "0 | 1 | null"))]
    pub api_version: Option<u8>,
    pub valid: bool,
    pub diagnostics: Vec<ReportDiagnostic>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    ProcessingContainer,
    Task,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum ReportSeverity {
    Error,
    Warning,
    Info,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ReportDiagnostic {
    pub rule: &'static str,
    pub severity: ReportSeverity,
    pub group: &'static str,
    pub message: String,
    /// A few words for the place itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Why it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// JSON Pointer of the value that it is about.
    pub pointer: String,
    pub range: Range,
    pub related: Vec<ReportRelated>,
    pub fixes: Vec<ReportFix>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct ReportRelated {
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    pub range: Range,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct ReportFix {
    pub title: String,
    #[cfg_attr(feature = "typescript", tsify(type = "\"safe\" | \"unsafe\""))]
    pub applicability: &'static str,
    pub edits: Vec<ReportEdit>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ReportEdit {
    pub range: Range,
    pub new_text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Range {
    pub start: Place,
    pub end: Place,
}

/// Lines and characters count from zero, characters in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Place {
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

    pub fn place(&self, offset: u32) -> Place {
        let index = self.index.get_or_init(|| LineIndex::new(self.text));
        let position = index.position_utf16(offset);
        let offset = match self.unit {
            OffsetUnit::Bytes => offset,
            OffsetUnit::Utf16 => index.utf16_offset(offset),
        };
        Place { line: position.line, character: position.character, offset }
    }
}

/// The report on one checked document; `container` is what a task was checked against.
pub fn file_report(checked: &Checked, document: &Document<'_>, container: Option<&Document<'_>>) -> FileReport {
    FileReport {
        path: document.path.map(str::to_owned),
        kind: checked.kind.into(),
        api_version: checked.version.map(|version| version.number()),
        valid: checked.is_valid(),
        diagnostics: checked.diagnostics.iter().map(|d| diagnostic(d, document, container)).collect(),
    }
}

fn diagnostic(of: &Diagnostic, document: &Document<'_>, container: Option<&Document<'_>>) -> ReportDiagnostic {
    let related = of.related.iter().filter_map(|related| {
        let place = match related.document {
            DocumentRef::This => document,
            DocumentRef::Container => container?,
        };
        let path = place.path.map(str::to_owned);
        Some(ReportRelated { message: related.message.clone(), path, range: place.range(related.span) })
    });
    let fixes = of.fixes.iter().map(|fix| ReportFix {
        title: fix.title.clone(),
        applicability: Applicability::name(fix.applicability),
        edits: fix
            .edits
            .iter()
            .map(|edit| ReportEdit { range: document.range(edit.span), new_text: edit.new_text.clone() })
            .collect(),
    });
    ReportDiagnostic {
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

impl From<Kind> for ReportKind {
    fn from(kind: Kind) -> ReportKind {
        match kind {
            Kind::ProcessingContainer => ReportKind::ProcessingContainer,
            Kind::Task => ReportKind::Task,
        }
    }
}

impl From<Severity> for ReportSeverity {
    fn from(severity: Severity) -> ReportSeverity {
        match severity {
            Severity::Error => ReportSeverity::Error,
            Severity::Warning => ReportSeverity::Warning,
            Severity::Info => ReportSeverity::Info,
        }
    }
}
