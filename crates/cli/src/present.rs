//! Diagnostics for people: frames with carets, or one line each.

use std::collections::HashSet;

use codespan_reporting::diagnostic::{Diagnostic as Frame, Label, Severity as FrameSeverity};
use codespan_reporting::files::{Error as FilesError, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Config, DisplayStyle};
use task_api_core::config::Problem;
use task_api_core::diagnostic::{Applicability, Diagnostic, DocumentRef, Related, Severity};
use task_api_core::report::Document;
use task_api_json::{LineIndex, Span};

use crate::display;

/// Lines longer than this are shown in part.
const LONGEST_LINE: usize = 240;
/// So much of a long line is shown on each side of a place.
const CONTEXT: usize = 60;

/// All diagnostics with the places in the source that they speak of.
pub(crate) fn frames(
    diagnostics: &[Diagnostic],
    document: &Document<'_>,
    containers: &[Document<'_>],
    colour: bool,
) -> Vec<u8> {
    if diagnostics.is_empty() {
        return Vec::new();
    }
    if colour {
        render(Ansi::new(Vec::new()), diagnostics, document, containers, Ansi::into_inner)
    } else {
        render(NoColor::new(Vec::new()), diagnostics, document, containers, NoColor::into_inner)
    }
}

/// What is wrong with a task-api.toml, at its places.
pub(crate) fn problems(problems: &[Problem], name: &str, text: &str, colour: bool) -> Vec<u8> {
    fn render<W: WriteColor>(mut writer: W, problems: &[Problem], source: Source) -> W {
        let files = Sources(vec![Some(source)]);
        for problem in problems {
            let message = display::message(&problem.message);
            let help = problem.help.iter().map(|help| format!("help: {}", display::message(help)));
            let frame = Frame::error()
                .with_message(&*message)
                .with_label(Label::primary(THIS, problem.span.range()))
                .with_notes(help.collect());
            if term::emit_to_write_style(&mut writer, &Config::default(), &files, &frame).is_err() {
                let _ = std::io::Write::write_all(&mut writer, format!("{message}\n").as_bytes());
            }
        }
        writer
    }
    let text = display::plain(text);
    let name = display::message(name).into_owned();
    let source = Source { name, index: LineIndex::new(&text), text, place: None };
    if colour {
        render(Ansi::new(Vec::new()), problems, source).into_inner()
    } else {
        render(NoColor::new(Vec::new()), problems, source).into_inner()
    }
}

/// How many more diagnostics there are than can be shown; nothing if there are none.
pub(crate) fn left_out(number: usize, name: &str) -> String {
    match number {
        0 => String::new(),
        number => format!("{}: {}\n", display::message(name), display::more(number)),
    }
}

/// `path:line:column: severity: message [rule]`, counted from 1 in characters.
pub(crate) fn concise(diagnostics: &[Diagnostic], document: &Document<'_>) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let index = LineIndex::new(document.text());
    let mut lines = String::new();
    for diagnostic in diagnostics {
        let (line, column) = line_and_column(document.text(), &index, diagnostic.span.start);
        let path = display::message(document.path().unwrap_or("<text>"));
        let (severity, rule) = (diagnostic.severity.name(), diagnostic.rule.name);
        let message = display::message(&diagnostic.message).replace(['\n', '\r'], " ");
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
    containers: &[Document<'_>],
    finish: impl FnOnce(W) -> Vec<u8>,
) -> Vec<u8> {
    let index = LineIndex::new(document.text());
    let shown: HashSet<u32> =
        diagnostics.iter().flat_map(|diagnostic| &diagnostic.related).filter_map(position).collect();
    let containers = (0..).zip(containers).map(|(at, container)| shown.contains(&at).then(|| Source::whole(container)));
    let files = Sources(std::iter::once(Some(Source::whole(document))).chain(containers).collect());
    let whole = Config { tab_width: 2, ..Config::default() };
    // What is merely good to know takes a line, not a frame.
    let short = Config { display_style: DisplayStyle::Short, ..whole.clone() };
    for diagnostic in diagnostics {
        let config = if diagnostic.severity == Severity::Info { &short } else { &whole };
        let frame = frame_head(diagnostic);
        let line = index.position(diagnostic.span.start).line;
        let result = if index.line_span(line, document.text()).len() as usize > LONGEST_LINE {
            let (source, label) = window(diagnostic, document, &files, &index);
            let files = Sources(vec![Some(source)]);
            term::emit_to_write_style(&mut writer, config, &files, &frame.with_label(label))
        } else {
            let mut labels = vec![primary(diagnostic, diagnostic.span)];
            for related in &diagnostic.related {
                let file = position(related).map_or(THIS, |position| position as usize + 1);
                if files.source_of(file).is_err() {
                    continue;
                }
                labels.push(
                    Label::secondary(file, related.span.range()).with_message(display::message(&related.message)),
                );
            }
            term::emit_to_write_style(&mut writer, config, &files, &frame.with_labels(labels))
        };
        // Writing to memory fails only if a span did not fit its text; say it without the frame.
        if result.is_err() {
            let _ = std::io::Write::write_all(
                &mut writer,
                format!("{}\n", display::message(&diagnostic.message)).as_bytes(),
            );
        }
    }
    finish(writer)
}

/// Text that frames show parts of.
struct Source {
    name: String,
    text: String,
    index: LineIndex,
    /// Where the place in a window is in the whole file: its line and column, counted from 1.
    place: Option<(usize, usize)>,
}

/// The checked document, and what of that it was checked against is to be shown.
struct Sources(Vec<Option<Source>>);

const THIS: usize = 0;

/// The container that a related place is in.
fn position(related: &Related) -> Option<u32> {
    match related.document {
        DocumentRef::This => None,
        DocumentRef::Container(position) => Some(position),
    }
}

impl Source {
    fn whole(document: &Document<'_>) -> Source {
        let text = display::text(document.text());
        Source { name: name(document), index: LineIndex::new(&text), text, place: None }
    }
}

fn name(document: &Document<'_>) -> String {
    display::message(document.path().unwrap_or("<text>")).into_owned()
}

impl Sources {
    fn source_of(&self, id: usize) -> Result<&Source, FilesError> {
        self.0.get(id).and_then(Option::as_ref).ok_or(FilesError::FileMissing)
    }
}

/// Lines are those of [`LineIndex`], which also end at a carriage return alone.
impl<'a> Files<'a> for Sources {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, FilesError> {
        Ok(&self.source_of(id)?.name)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, FilesError> {
        Ok(&self.source_of(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte_index: usize) -> Result<usize, FilesError> {
        Ok(self.source_of(id)?.index.position(byte_index as u32).line as usize)
    }

    fn line_number(&'a self, id: usize, line_index: usize) -> Result<usize, FilesError> {
        Ok(self.source_of(id)?.place.map_or(line_index + 1, |(line, _)| line))
    }

    fn column_number(&'a self, id: usize, _: usize, byte_index: usize) -> Result<usize, FilesError> {
        let source = self.source_of(id)?;
        let column = || line_and_column(&source.text, &source.index, byte_index as u32).1;
        Ok(source.place.map_or_else(column, |(_, column)| column))
    }

    fn line_range(&'a self, id: usize, line_index: usize) -> Result<std::ops::Range<usize>, FilesError> {
        let source = self.source_of(id)?;
        Ok(source.index.line_span(line_index as u32, &source.text).range())
    }
}

fn frame_head(diagnostic: &Diagnostic) -> Frame<usize> {
    let severity = match diagnostic.severity {
        Severity::Error => FrameSeverity::Error,
        Severity::Warning => FrameSeverity::Warning,
        Severity::Info => FrameSeverity::Note,
    };
    let mut notes: Vec<String> =
        diagnostic.note.iter().map(|note| format!("note: {}", display::message(note))).collect();
    for fix in &diagnostic.fixes {
        let applicability = match fix.applicability {
            Applicability::Safe => "safe fix",
            Applicability::Unsafe => "a guess",
        };
        notes.push(format!("help: {} ({applicability})", display::message(&fix.title)));
    }
    Frame::new(severity)
        .with_code(diagnostic.rule.name)
        .with_message(display::message(&diagnostic.message))
        .with_notes(notes)
}

fn primary(diagnostic: &Diagnostic, span: Span) -> Label<usize> {
    let label = Label::primary(THIS, span.range());
    match &diagnostic.label {
        Some(text) => label.with_message(display::message(text)),
        None => label,
    }
}

/// The surroundings of a place in a long line, and the label in them.
fn window(
    diagnostic: &Diagnostic,
    document: &Document<'_>,
    files: &Sources,
    index: &LineIndex,
) -> (Source, Label<usize>) {
    let place = line_and_column(document.text(), index, diagnostic.span.start);
    let text = files.source_of(THIS).map_or("", |source| &source.text);
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
    let text = format!("{before}{}{after}", &text[from..to]);
    let place = Some((place.0 as usize, place.1));
    (Source { name: name(document), index: LineIndex::new(&text), text, place }, primary(diagnostic, shifted))
}
