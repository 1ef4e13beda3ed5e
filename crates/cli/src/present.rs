//! Diagnostics for people: frames with carets, or one line each.

use codespan_reporting::diagnostic::{Diagnostic as Frame, Label, Severity as FrameSeverity};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Config};
use task_api_core::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use task_api_core::report::Document;
use task_api_json::{LineIndex, Span};

/// Lines longer than this are shown in part.
const LONGEST_LINE: usize = 240;
/// So much of a long line is shown on each side of a place.
const CONTEXT: usize = 60;

/// All diagnostics with the places in the source that they speak of.
pub(crate) fn frames(
    diagnostics: &[Diagnostic],
    document: &Document<'_>,
    container: Option<&Document<'_>>,
    colour: bool,
) -> Vec<u8> {
    if diagnostics.is_empty() {
        return Vec::new();
    }
    if colour {
        render(Ansi::new(Vec::new()), diagnostics, document, container, Ansi::into_inner)
    } else {
        render(NoColor::new(Vec::new()), diagnostics, document, container, NoColor::into_inner)
    }
}

/// `path:line:column: severity: message [rule]`, counted from 1 in characters.
pub(crate) fn concise(diagnostics: &[Diagnostic], document: &Document<'_>) -> String {
    let index = LineIndex::new(document.text());
    let mut lines = String::new();
    for diagnostic in diagnostics {
        let (line, column) = line_and_column(document.text(), &index, diagnostic.span.start);
        let path = document.path().unwrap_or("<text>");
        let (severity, rule) = (diagnostic.severity.name(), diagnostic.rule.name);
        let message = diagnostic.message.replace(['\n', '\r'], " ");
        lines.push_str(&format!("{path}:{line}:{column}: {severity}: {message} [{rule}]\n"));
    }
    lines
}

fn line_and_column(text: &str, index: &LineIndex, offset: u32) -> (u32, usize) {
    let position = index.position(offset);
    let start = offset - position.character;
    (position.line + 1, Span::new(start, offset).of(text).chars().count() + 1)
}

fn render<W: WriteColor>(
    mut writer: W,
    diagnostics: &[Diagnostic],
    document: &Document<'_>,
    container: Option<&Document<'_>>,
    finish: impl FnOnce(W) -> Vec<u8>,
) -> Vec<u8> {
    let mut files = SimpleFiles::new();
    let this = files.add(document.path().unwrap_or("<text>"), document.text());
    let other = container.map(|container| files.add(container.path().unwrap_or("<container>"), container.text()));
    let index = LineIndex::new(document.text());
    let config = Config { tab_width: 2, ..Config::default() };
    for diagnostic in diagnostics {
        let frame = frame_head(diagnostic);
        let line = index.position(diagnostic.span.start).line;
        let result = if index.line_span(line, document.text()).len() as usize > LONGEST_LINE {
            let (window, label) = window(diagnostic, document, &index);
            let mut files = SimpleFiles::new();
            let (row, column) = line_and_column(document.text(), &index, diagnostic.span.start);
            let name = format!("{}, line {row}, column {column}", document.path().unwrap_or("<text>"));
            let file = files.add(name, window);
            term::emit_to_write_style(&mut writer, &config, &files, &frame.with_label(Label { file_id: file, ..label }))
        } else {
            let mut labels = vec![primary(diagnostic, this, diagnostic.span)];
            for related in &diagnostic.related {
                let file = match related.document {
                    DocumentRef::This => Some(this),
                    DocumentRef::Container => other,
                };
                if let Some(file) = file {
                    labels.push(Label::secondary(file, related.span.range()).with_message(&related.message));
                }
            }
            term::emit_to_write_style(&mut writer, &config, &files, &frame.with_labels(labels))
        };
        // Writing to memory fails only if a span did not fit its text; say it without the frame.
        if result.is_err() {
            let _ = std::io::Write::write_all(&mut writer, format!("{}\n", diagnostic.message).as_bytes());
        }
    }
    finish(writer)
}

fn frame_head(diagnostic: &Diagnostic) -> Frame<usize> {
    let severity = match diagnostic.severity {
        Severity::Error => FrameSeverity::Error,
        Severity::Warning => FrameSeverity::Warning,
        Severity::Info => FrameSeverity::Note,
    };
    let mut notes: Vec<String> = diagnostic.note.iter().map(|note| format!("note: {note}")).collect();
    for fix in &diagnostic.fixes {
        let applicability = match fix.applicability {
            Applicability::Safe => "safe fix",
            Applicability::Unsafe => "a guess",
        };
        notes.push(format!("help: {} ({applicability})", fix.title));
    }
    Frame::new(severity).with_code(diagnostic.rule.name).with_message(&diagnostic.message).with_notes(notes)
}

fn primary(diagnostic: &Diagnostic, file: usize, span: Span) -> Label<usize> {
    let label = Label::primary(file, span.range());
    match &diagnostic.label {
        Some(text) => label.with_message(text),
        None => label,
    }
}

/// The surroundings of a place in a long line, and the label in them.
fn window(diagnostic: &Diagnostic, document: &Document<'_>, index: &LineIndex) -> (String, Label<usize>) {
    let text = document.text();
    let line = index.line_span(index.position(diagnostic.span.start).line, text);
    let span = Span::new(
        diagnostic.span.start,
        diagnostic.span.end.min(line.end).min(diagnostic.span.start + 80).max(diagnostic.span.start),
    );
    let mut from = (span.start as usize).saturating_sub(CONTEXT).max(line.start as usize);
    let mut to = (span.end as usize + CONTEXT).min(line.end as usize);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let mut end = span.end as usize;
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let before = if from > line.start as usize { "…" } else { "" };
    let after = if to < line.end as usize { "…" } else { "" };
    let shift = |offset: usize| (offset - from + before.len()) as u32;
    let shifted = Span::new(shift(span.start as usize), shift(end));
    (format!("{before}{}{after}", &text[from..to]), primary(diagnostic, 0, shifted))
}
