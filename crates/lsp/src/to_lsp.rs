//! From our types to those of LSP.

use task_api_core::diagnostic::{Diagnostic, DocumentRef, Severity};
use task_api_ide::{Document, LineIndex, Span};
use tower_lsp_server::ls_types::{
    self, CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, NumberOrString,
    Position, Range, Uri,
};

use crate::abilities::Abilities;
use crate::from_lsp::Encoding;
use crate::uris;

/// Where rules are documented; each by its name.
const RULES_PAGE: &str = "https://task-api.dev/rules#";
/// What diagnostics are from.
pub(crate) const SOURCE: &str = "task-api";

/// `None` where a name is no URI, which then no client has given.
pub(crate) fn uri(key: &str) -> Option<Uri> {
    uris::encode(key).parse().ok()
}

pub(crate) fn position(document: &Document, offset: u32, encoding: Encoding) -> Position {
    position_in(document.lines(), offset, encoding)
}

pub(crate) fn range(document: &Document, span: Span, encoding: Encoding) -> Range {
    range_in(document.lines(), span, encoding)
}

fn range_in(lines: &LineIndex, span: Span, encoding: Encoding) -> Range {
    Range { start: position_in(lines, span.start, encoding), end: position_in(lines, span.end, encoding) }
}

fn position_in(lines: &LineIndex, offset: u32, encoding: Encoding) -> Position {
    let position = match encoding {
        Encoding::Utf8 => lines.position(offset),
        Encoding::Utf16 => lines.position_utf16(offset),
    };
    Position { line: position.line, character: position.character }
}

/// A finding; `container` is the document that its related places may be in.
pub(crate) fn diagnostic(
    found: &Diagnostic,
    document: (&Document, &Uri),
    container: Option<(&Document, &Uri)>,
    abilities: &Abilities,
) -> ls_types::Diagnostic {
    let encoding = abilities.encoding;
    let related = found.related.iter().filter_map(|related| {
        let (document, uri) = match related.document {
            DocumentRef::This => document,
            DocumentRef::Container => container?,
        };
        let location = Location { uri: uri.clone(), range: range(document, related.span, encoding) };
        Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
    });
    let related = abilities.related_information.then(|| related.collect::<Vec<_>>());
    let message = match &found.note {
        Some(note) => format!("{}\n{note}", found.message),
        None => found.message.clone(),
    };
    let page = abilities.code_description.then(|| format!("{RULES_PAGE}{}", found.rule.name));
    ls_types::Diagnostic {
        range: range(document.0, found.span, encoding),
        severity: Some(severity(found.severity)),
        code: Some(NumberOrString::String(found.rule.name.to_owned())),
        code_description: page.and_then(|page| page.parse().ok()).map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message,
        related_information: related.filter(|related| !related.is_empty()),
        tags: tags(found.rule.name).filter(|_| abilities.diagnostic_tags).map(|tag| vec![tag]),
        data: None,
    }
}

/// A finding that is of no rule.
pub(crate) fn plain_diagnostic(
    document: &Document,
    span: Span,
    severity: DiagnosticSeverity,
    message: String,
    encoding: Encoding,
) -> ls_types::Diagnostic {
    ls_types::Diagnostic {
        range: range(document, span, encoding),
        severity: Some(severity),
        source: Some(SOURCE.to_owned()),
        message,
        ..ls_types::Diagnostic::default()
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// What has no effect is shown faded, what has been replaced is struck through.
fn tags(rule: &str) -> Option<DiagnosticTag> {
    match rule {
        "duplicate-key" | "unknown-field" | "scale-rule-on-output" | "unused-suppression" => {
            Some(DiagnosticTag::UNNECESSARY)
        }
        "legacy-env" | "field-of-other-version" => Some(DiagnosticTag::DEPRECATED),
        _ => None,
    }
}
