//! `task-api validate`: checks files, on all processors, and tells of them in a stable order.

mod against;
mod one;
mod summary;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use task_api_core::Kind;
use task_api_core::config::FILE_NAME;
use task_api_core::report::ValidationResult;

use self::one::{Outcome, Session};
use self::summary::Summary;
use crate::args::{Format, ValidateArgs};
use crate::exit::Failure;
use crate::formats::{junit, sarif};
use crate::in_order::in_order;
use crate::progress::Progress;
use crate::settings::{Project, Settings};
use crate::{DONE, INVALID, Io, USAGE, search};

pub(crate) fn run(args: &ValidateArgs, io: &mut Io) -> Result<u8, Failure> {
    if args.watch {
        return watch::run(args, io);
    }
    let settings = settings(args, io);
    let found = search::files(&args.paths, &settings, io)?;
    let projects = settings.usable(&found.files, io)?;
    let mut session = Session::new(args, settings, io)?;
    session.heed(&projects)?;
    warn(&projects, io);
    let mut printer = Printer::new(args);
    for problem in &found.problems {
        io.error(problem);
        printer.failed(USAGE);
    }
    let mut progress = Progress::new("checked", found.files.len(), io);
    for batch in batches(found.files, args) {
        in_order(&batch, |path| session.check(path), |outcome| progress.step(|| printer.print(outcome, io)));
        session.forget_containers();
    }
    progress.finish();
    printer.finish(io)
}

fn settings(args: &ValidateArgs, io: &Io) -> Settings {
    Settings::new(args.no_config, args.config.as_deref(), io.place())
}

/// Says what is odd about the task-api.toml files of a call.
fn warn(projects: &[Arc<Project>], io: &mut Io) {
    for warning in projects.iter().flat_map(|project| project.warnings()) {
        io.warning(&warning);
    }
}

/// Files that may be looked at side by side. Containers are mended before the tasks that are checked
/// against them.
fn batches(files: Vec<PathBuf>, args: &ValidateArgs) -> Vec<Vec<PathBuf>> {
    if !args.changes_files() {
        return vec![files];
    }
    let is_container = |path: &PathBuf| kind_of(path) == Some(Kind::ProcessingContainer);
    let (containers, others) = files.into_iter().partition(is_container);
    vec![containers, others]
}

/// Prints what was found, file by file where the format allows it.
struct Printer<'a> {
    args: &'a ValidateArgs,
    summary: Summary,
    /// Files that the JSON report holds so far.
    written: usize,
    /// For formats that begin with a total.
    reports: Vec<ValidationResult>,
    failed: Option<u8>,
}

impl<'a> Printer<'a> {
    fn new(args: &'a ValidateArgs) -> Printer<'a> {
        Printer { args, summary: Summary::default(), written: 0, reports: Vec::new(), failed: None }
    }

    fn failed(&mut self, code: u8) {
        self.failed = Some(self.failed.map_or(code, |before| before.max(code)));
    }

    fn print(&mut self, outcome: Outcome, io: &mut Io) {
        io.err(&outcome.err);
        if let Some(code) = outcome.failed {
            self.failed(code);
        }
        self.summary.add(&outcome.summary);
        self.reports.extend(outcome.report);
        if self.args.format == Format::Json && !outcome.out.is_empty() && !self.args.diff {
            io.out(if self.written == 0 { JSON_BEGIN } else { "," });
            // No string of JSON holds a line break, so each of them is one of the layout.
            let text = String::from_utf8_lossy(&outcome.out).replace('\n', "\n    ");
            io.out(&format!("\n    {text}"));
            self.written += 1;
        } else {
            io.out_bytes(&outcome.out);
        }
    }

    /// Prints what stands at the end; the result is the exit code.
    fn finish(self, io: &mut Io) -> Result<u8, Failure> {
        match self.args.format {
            _ if self.args.diff => {}
            Format::Json => {
                let summary = serde_json::to_string_pretty(&self.summary)
                    .map_err(|error| Failure::usage(format!("cannot write the report: {error}")))?;
                io.out(if self.written == 0 { JSON_BEGIN } else { "\n  " });
                io.out(&format!("],\n  \"summary\": {}\n}}\n", summary.replace('\n', "\n  ")));
            }
            Format::Sarif => io.out(&format!("{:#}\n", sarif::log(&self.reports))),
            Format::Junit => io.out(&junit::report(&self.reports)),
            Format::Full if self.summary.files > 1 => io.out(&self.summary.in_words()),
            Format::Full | Format::Concise | Format::Github => {}
        }
        Ok(self.failed.unwrap_or_else(|| verdict(&self.summary)))
    }
}

/// What a JSON report begins with.
const JSON_BEGIN: &str = "{\n  \"version\": 1,\n  \"files\": [";

/// The exit code of files that all could be read.
fn verdict(summary: &Summary) -> u8 {
    let passed = summary.valid == summary.files && summary.denied == 0;
    if passed { DONE } else { INVALID }
}

/// The kind that a file's name promises.
fn kind_of(path: &Path) -> Option<Kind> {
    if search::is_python(path) {
        return Some(Kind::Workflow);
    }
    Kind::of_file_name(&path.to_string_lossy())
}

/// Whether a change of this file can change what is found in others.
fn concerns_others(path: &Path) -> bool {
    kind_of(path) == Some(Kind::ProcessingContainer)
        || path.file_name().is_some_and(|name| name == "Dockerfile" || name == ".gitignore" || name == FILE_NAME)
}
