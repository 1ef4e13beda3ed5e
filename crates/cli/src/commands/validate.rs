//! `task-api validate`: checks files.

use std::collections::HashSet;
use std::path::Path;

use serde::Serialize;
use task_api_core::diagnostic::{Applicability, Severity};
use task_api_core::fix::fix;
use task_api_core::model::Task;
use task_api_core::report::{Document, OffsetUnit, ValidationResult, validation_result};
use task_api_core::{CheckOptions, Checked, Kind, Surroundings, check, check_broken_utf8};

use crate::args::{Format, ValidateArgs};
use crate::exit::Failure;
use crate::formats::{github, junit, sarif};
use crate::load::{self, Loaded};
use crate::{DONE, INVALID, Io, USAGE, display, present, save};

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
    for path in load::files(&args.paths, io)? {
        let mut loaded = match load::load(&path, io) {
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
        let surroundings = Around::of(&path, args, io);
        let would_change = apply_fixes(&path, &mut loaded, container, &surroundings, args, io)?;
        if args.diff {
            summary.files += 1;
            summary.valid += usize::from(!would_change);
            continue;
        }
        let checked = surroundings.with_options(&loaded, container, args, |options| {
            if loaded.broken_utf8 { check_broken_utf8(&loaded.text, options) } else { check(&loaded.text, options) }
        });
        summary.add(&checked);
        let document = Document::new(Some(&loaded.name), &loaded.text, OffsetUnit::Bytes);
        let container = container.map(|c| Document::new(Some(&c.name), &c.text, OffsetUnit::Bytes));
        match args.format {
            Format::Concise => {
                io.out(&present::concise(&checked.diagnostics, &document));
                io.out(&present::left_out(checked.left_out().total(), &loaded.name));
            }
            Format::Full => {
                let frames = present::frames(&checked.diagnostics, &document, container.as_ref(), io.colour_out);
                io.out_bytes(&frames);
                io.out(&present::left_out(checked.left_out().total(), &loaded.name));
                io.out(&verdict(&loaded.name, &checked));
            }
            Format::Github => {
                io.out(&github::annotations(&validation_result(&checked, &document, container.as_ref())));
            }
            Format::Json | Format::Sarif | Format::Junit => {
                reports.push(validation_result(&checked, &document, container.as_ref()));
            }
        }
    }
    let passed = summary.valid == summary.files && !(args.deny_warnings && summary.warnings > 0);
    finish(args, summary, reports, io)?;
    Ok(if unreadable {
        USAGE
    } else if passed {
        DONE
    } else {
        INVALID
    })
}

/// Prints what stands at the end of a report, or the report as a whole.
fn finish(args: &ValidateArgs, summary: Summary, files: Vec<ValidationResult>, io: &mut Io) -> Result<(), Failure> {
    match args.format {
        Format::Json => {
            let report = Report { version: 1, summary, files };
            let json = serde_json::to_string_pretty(&report)
                .map_err(|error| Failure::usage(format!("cannot write the report: {error}")))?;
            io.out(&format!("{json}\n"));
        }
        Format::Sarif => io.out(&format!("{:#}\n", sarif::log(&files))),
        Format::Junit => io.out(&junit::report(&files)),
        Format::Full if summary.files > 1 && !args.diff => io.out(&summary.in_words()),
        Format::Full | Format::Concise | Format::Github => {}
    }
    Ok(())
}

/// What is known of the place of a file.
struct Around {
    directory: Option<String>,
    dockerfile: Option<String>,
    /// Names of the variables that are set.
    variables: HashSet<String>,
    check_paths: bool,
}

impl Around {
    fn of(path: &Path, args: &ValidateArgs, io: &Io) -> Around {
        let is_stdin = path.as_os_str() == "-";
        let directory = if is_stdin { None } else { Some(load::directory_of(path, io)) };
        let is_container = Kind::of_file_name(&path.to_string_lossy()) == Some(Kind::ProcessingContainer);
        let dockerfile = directory.as_deref().filter(|_| is_container && !args.schema_only).and_then(load::dockerfile);
        Around {
            directory: directory.and_then(|directory| directory.to_str().map(str::to_owned)),
            dockerfile,
            variables: io.env.iter().map(|(name, _)| name.clone()).collect(),
            check_paths: args.check_paths,
        }
    }

    /// Calls with the options that check this file.
    fn with_options<T>(
        &self,
        loaded: &Loaded,
        container: Option<&Loaded>,
        args: &ValidateArgs,
        call: impl FnOnce(&CheckOptions<'_>) -> T,
    ) -> T {
        let is_set = |name: &str| self.variables.contains(name);
        let is_directory = |path: &str| Path::new(path).is_dir();
        let around = Surroundings {
            directory: self.directory.as_deref(),
            is_set: Some(&is_set),
            dockerfile: self.dockerfile.as_deref(),
            is_directory: if self.check_paths { Some(&is_directory) } else { None },
        };
        call(&CheckOptions {
            kind: args.schema.kind(),
            kind_hint: Kind::of_file_name(&loaded.name),
            version: args.api_version.version(),
            schema_only: args.schema_only,
            container: container.map(|container| container.text.as_str()),
            around,
            levels: args.rules.iter().cloned().collect(),
        })
    }
}

/// With `--fix`: mends the file, or shows what would be mended. Whether that changes it.
fn apply_fixes(
    path: &Path,
    loaded: &mut Loaded,
    container: Option<&Loaded>,
    around: &Around,
    args: &ValidateArgs,
    io: &mut Io,
) -> Result<bool, Failure> {
    if !(args.fix || args.unsafe_fixes || args.diff) || loaded.broken_utf8 {
        return Ok(false);
    }
    let up_to = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let fixed = around.with_options(loaded, container, args, |options| fix(&loaded.text, options, up_to));
    if fixed.text == loaded.text {
        return Ok(false);
    }
    if args.diff {
        io.out(&save::diff(&loaded.name, &loaded.text, &fixed.text));
        return Ok(true);
    }
    if path.as_os_str() == "-" {
        return Err(Failure::usage("standard input cannot be fixed in place; use --diff to see what would change"));
    }
    save::replace(&io.absolute(path), &loaded.name, &fixed.text)?;
    for (rule, title) in &fixed.applied {
        io.err(&format!("{}: fixed: {title} [{rule}]\n", loaded.name));
    }
    loaded.text = fixed.text;
    Ok(true)
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
    match checked.found.total() {
        0 => format!("{name}: valid {kind}{version}\n"),
        _ => format!("{name}: valid {kind}{version}, {}\n", counts(checked)),
    }
}

fn counts(checked: &Checked) -> String {
    let count = |severity| checked.count(severity);
    let parts =
        [(count(Severity::Error), "error"), (count(Severity::Warning), "warning"), (count(Severity::Info), "note")];
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
        self.errors += checked.count(Severity::Error);
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
