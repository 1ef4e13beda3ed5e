//! `task-api validate`: checks files.

use std::path::{Path, PathBuf};

use serde::Serialize;
use task_api_core::diagnostic::Severity;
use task_api_core::model::Task;
use task_api_core::report::{Document, OffsetUnit, ValidationResult, validation_result};
use task_api_core::{CheckOptions, Checked, Kind, check, check_broken_utf8};

use crate::args::{Format, ValidateArgs};
use crate::exit::Failure;
use crate::load::{self, Loaded};
use crate::{DONE, INVALID, Io, USAGE, display, present};

#[derive(Serialize)]
struct Report {
    version: u32,
    summary: Summary,
    files: Vec<ValidationResult>,
}

#[derive(Default, Serialize)]
struct Summary {
    files: usize,
    valid: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

/// Where to see what is wrong with a container.
const ADVICE: &str = "see task-api validate";

pub(crate) fn run(args: &ValidateArgs, io: &mut Io) -> Result<u8, Failure> {
    let container = args.container.as_deref().map(|path| load::load(path, io)).transpose()?;
    if let Some(container) = container.as_ref().filter(|container| !container.is_json()) {
        return Err(Failure::usage(format!("cannot check against {0}: it is not JSON; {ADVICE} {0}", container.name)));
    }
    let mut summary = Summary::default();
    let mut reports = Vec::new();
    let mut unreadable = false;
    for path in files(args, io)? {
        let loaded = match load::load(&path, io) {
            Ok(loaded) => loaded,
            Err(failure) => {
                io.error(&failure.message);
                unreadable = true;
                continue;
            }
        };
        let mut found = if container.is_none() { container_of(&path, &loaded, args, io) } else { None };
        if let Some(container) = found.take_if(|container| !container.is_json()) {
            let (task, container) = (&loaded.name, &container.name);
            io.warning(&format!("{task} was not checked against {container}, which is not JSON; {ADVICE} {container}"));
        }
        let container = container.as_ref().or(found.as_ref());
        let checked = check_loaded(&loaded, container, args);
        summary.add(&checked);
        let document = Document::new(Some(&loaded.name), &loaded.text, OffsetUnit::Bytes);
        let container = container.map(|c| Document::new(Some(&c.name), &c.text, OffsetUnit::Bytes));
        match args.format {
            Format::Json => reports.push(validation_result(&checked, &document, container.as_ref())),
            Format::Concise => io.out(&present::concise(&checked.diagnostics, &document)),
            Format::Full => {
                let frames = present::frames(&checked.diagnostics, &document, container.as_ref(), io.colour_out);
                io.out_bytes(&frames);
                io.out(&verdict(&loaded.name, &checked));
            }
        }
    }
    let valid = summary.valid == summary.files;
    match args.format {
        Format::Json => {
            let report = Report { version: 1, summary, files: reports };
            let json = serde_json::to_string_pretty(&report)
                .map_err(|error| Failure::usage(format!("cannot write the report: {error}")))?;
            io.out(&json);
            io.out("\n");
        }
        Format::Full if summary.files > 1 => io.out(&summary.in_words()),
        Format::Full | Format::Concise => {}
    }
    Ok(if unreadable {
        USAGE
    } else if valid {
        DONE
    } else {
        INVALID
    })
}

/// The files that the arguments name, directories searched.
fn files(args: &ValidateArgs, io: &Io) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in &args.paths {
        if io.absolute(path).is_dir() && path.as_os_str() != "-" {
            files.extend(load::search(path, io)?);
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        return Err(Failure::usage(
            "found no processing-container.json and no task file (task.json, *-task.json, task-*.json, *.task.json, \
             tasks/*.json); name the file to check any other",
        ));
    }
    Ok(files)
}

/// The processing-container.json that belongs to a task file.
fn container_of(path: &Path, loaded: &Loaded, args: &ValidateArgs, io: &mut Io) -> Option<Loaded> {
    if args.schema_only || args.schema == crate::args::KindArg::Pc || path.as_os_str() == "-" {
        return None;
    }
    let tree = task_api_json::parse(&loaded.text);
    let task = Task::read(tree.root(&loaded.text));
    let identifier = match task.template.as_ref()? {
        task_api_core::model::TemplateRef::Identifier(identifier) => identifier.value.to_string(),
        task_api_core::model::TemplateRef::Inline(_) => return None,
    };
    load::nearest_container(path, &identifier, io)
}

fn check_loaded(loaded: &Loaded, container: Option<&Loaded>, args: &ValidateArgs) -> Checked {
    let options = CheckOptions {
        kind: args.schema.kind(),
        kind_hint: Kind::of_file_name(&loaded.name),
        version: args.api_version.version(),
        schema_only: args.schema_only,
        container: container.map(|container| container.text.as_str()),
        ..CheckOptions::default()
    };
    if loaded.broken_utf8 { check_broken_utf8(&loaded.text, &options) } else { check(&loaded.text, &options) }
}

fn verdict(name: &str, checked: &Checked) -> String {
    let name = display::message(name);
    let kind = checked.kind.file_name();
    let version = match checked.version {
        Some(version) => format!(" of version {}", version.number()),
        None => String::new(),
    };
    if !checked.is_valid() {
        return format!("{name}: invalid {kind}{version}, {}\n", counts(checked));
    }
    match checked.diagnostics.len() {
        0 => format!("{name}: valid {kind}{version}\n"),
        _ => format!("{name}: valid {kind}{version}, {}\n", counts(checked)),
    }
}

fn counts(checked: &Checked) -> String {
    let count = |severity| checked.count(severity);
    let parts = [
        (count(Severity::Error) + checked.dropped, "error"),
        (count(Severity::Warning), "warning"),
        (count(Severity::Info), "note"),
    ];
    let words = parts.iter().filter(|(count, _)| *count > 0).map(|&(count, noun)| plural(count, noun));
    words.collect::<Vec<_>>().join(", ")
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

impl Summary {
    fn add(&mut self, checked: &Checked) {
        self.files += 1;
        self.valid += usize::from(checked.is_valid());
        self.errors += checked.count(Severity::Error) + checked.dropped;
        self.warnings += checked.count(Severity::Warning);
        self.infos += checked.count(Severity::Info);
    }

    fn in_words(&self) -> String {
        format!(
            "{} of {} files are valid: {}, {}\n",
            self.valid,
            self.files,
            plural(self.errors, "error"),
            plural(self.warnings, "warning")
        )
    }
}
