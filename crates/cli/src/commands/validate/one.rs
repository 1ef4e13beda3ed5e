//! One file: read, checked against what belongs to it, mended if asked, and told of.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use task_api_core::diagnostic::Applicability;
use task_api_core::fix::fix;
use task_api_core::model::{Task, TemplateRef};
use task_api_core::report::{Document, OffsetUnit, ValidationResult, validation_result};
use task_api_core::{CheckOptions, Checked, Kind, Surroundings, check, check_broken_utf8};

use super::summary::{Summary, verdict};
use crate::args::{Format, KindArg, ValidateArgs};
use crate::containers::{ContainerFile, Containers};
use crate::exit::Failure;
use crate::formats::github;
use crate::io::Place;
use crate::load::{self, Loaded};
use crate::{Io, USAGE, display, present, save};

/// What all files of one call have in common; threads share it.
pub(super) struct Session<'a> {
    args: &'a ValidateArgs,
    place: Arc<Place>,
    /// Names of the variables that are set.
    variables: HashSet<String>,
    colour_out: bool,
    colour_err: bool,
    stdin: Option<Loaded>,
    /// What `--container` names.
    container: Option<ContainerFile>,
    containers: Containers,
}

/// What is to be printed of one file, and what it adds to the whole.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) out: Vec<u8>,
    pub(super) err: String,
    pub(super) summary: Summary,
    /// For formats that print all files together.
    pub(super) report: Option<ValidationResult>,
    /// The exit code of a file that could not be checked.
    pub(super) failed: Option<u8>,
}

impl<'a> Session<'a> {
    pub(super) fn new(args: &'a ValidateArgs, io: &mut Io) -> Result<Session<'a>, Failure> {
        let container = args.container.as_deref().map(|path| load::load(path, io)).transpose()?.map(ContainerFile::of);
        if let Some(container) = container.as_ref().filter(|container| !container.is_json()) {
            let name = &container.name;
            return Err(Failure::usage(format!("cannot check against {name}: it is not JSON; {ADVICE} {name}")));
        }
        let reads_stdin = args.paths.iter().any(|path| path.as_os_str() == "-");
        let stdin = if reads_stdin { Some(load::load("-".as_ref(), io)?) } else { None };
        Ok(Session {
            args,
            place: io.place(),
            variables: io.env.iter().map(|(name, _)| name.clone()).collect(),
            colour_out: io.colour_out,
            colour_err: io.colour_err,
            stdin,
            container,
            containers: Containers::default(),
        })
    }

    /// Forgets the container files that were read: they may have changed.
    pub(super) fn forget_containers(&mut self) {
        self.containers = Containers::default();
    }

    /// Looks at one file.
    pub(super) fn check(&self, path: &Path) -> Outcome {
        let mut outcome = Outcome::default();
        if let Err(failure) = self.check_into(path, &mut outcome) {
            outcome.err.push_str(&display::error_line(&failure.message, self.colour_err));
            outcome.failed = Some(failure.code);
        }
        outcome
    }

    fn check_into(&self, path: &Path, outcome: &mut Outcome) -> Result<(), Failure> {
        let args = self.args;
        let mut loaded = match (path.as_os_str() == "-", &self.stdin) {
            (true, Some(stdin)) => stdin.clone(),
            _ => load::load_file(path, &self.place)?,
        };
        let mut found = if self.container.is_none() { self.container_of(path, &loaded) } else { None };
        if let Some(container) = found.take_if(|container| !container.is_json()) {
            let (task, container) = (&loaded.name, &container.name);
            let warning =
                format!("{task} was not checked against {container}, which is not JSON; {ADVICE} {container}");
            outcome.err.push_str(&display::warning_line(&warning, self.colour_err));
        }
        let container = self.container.as_ref().or(found.as_ref());
        let around = self.around(path);
        let would_change = self.apply_fixes(path, &mut loaded, container, &around, outcome)?;
        if args.diff {
            outcome.summary = Summary { files: 1, valid: usize::from(!would_change), ..Summary::default() };
            return Ok(());
        }
        let checked = self.with_options(&loaded, container, &around, |options| {
            if loaded.broken_utf8 { check_broken_utf8(&loaded.text, options) } else { check(&loaded.text, options) }
        });
        outcome.summary = Summary::of(&checked);
        self.tell(&loaded, container, &checked, outcome);
        Ok(())
    }

    fn tell(&self, loaded: &Loaded, container: Option<&ContainerFile>, checked: &Checked, outcome: &mut Outcome) {
        let document = Document::new(Some(&loaded.name), &loaded.text, OffsetUnit::Bytes);
        let container = container.map(|c| Document::new(Some(&c.name), c.text(), OffsetUnit::Bytes));
        let result = || validation_result(checked, &document, container.as_ref());
        let left_out = || present::left_out(checked.left_out().total(), &loaded.name);
        match self.args.format {
            Format::Concise => {
                outcome.out = present::concise(&checked.diagnostics, &document).into_bytes();
                outcome.out.extend_from_slice(left_out().as_bytes());
            }
            Format::Full => {
                outcome.out = present::frames(&checked.diagnostics, &document, container.as_ref(), self.colour_out);
                outcome.out.extend_from_slice(left_out().as_bytes());
                outcome.out.extend_from_slice(verdict(&loaded.name, checked).as_bytes());
            }
            Format::Github => outcome.out = github::annotations(&result()).into_bytes(),
            Format::Json => outcome.out = serde_json::to_vec_pretty(&result()).unwrap_or_default(),
            Format::Sarif | Format::Junit => outcome.report = Some(result()),
        }
    }

    fn around(&self, path: &Path) -> Around {
        let is_stdin = path.as_os_str() == "-";
        let directory = if is_stdin { None } else { Some(load::directory_of(path, &self.place)) };
        let is_container = Kind::of_file_name(&path.to_string_lossy()) == Some(Kind::ProcessingContainer);
        let look_for = directory.as_deref().filter(|_| is_container && !self.args.schema_only);
        let dockerfile = look_for.and_then(load::dockerfile);
        Around { directory: directory.and_then(|directory| directory.to_str().map(str::to_owned)), dockerfile }
    }

    /// Calls with the options that check this file.
    fn with_options<T>(
        &self,
        loaded: &Loaded,
        container: Option<&ContainerFile>,
        around: &Around,
        call: impl FnOnce(&CheckOptions<'_>) -> T,
    ) -> T {
        let is_set = |name: &str| self.variables.contains(name);
        let is_directory = |path: &str| Path::new(path).is_dir();
        let around = Surroundings {
            directory: around.directory.as_deref(),
            is_set: Some(&is_set),
            dockerfile: around.dockerfile.as_deref(),
            is_directory: if self.args.check_paths { Some(&is_directory) } else { None },
        };
        call(&CheckOptions {
            kind: self.args.schema.kind(),
            kind_hint: Kind::of_file_name(&loaded.name),
            version: self.args.api_version.version(),
            schema_only: self.args.schema_only,
            container: container.map(ContainerFile::text),
            around,
            levels: self.args.rules.iter().cloned().collect(),
        })
    }

    /// With `--fix`: mends the file, or shows what would be mended. Whether that changes it.
    fn apply_fixes(
        &self,
        path: &Path,
        loaded: &mut Loaded,
        container: Option<&ContainerFile>,
        around: &Around,
        outcome: &mut Outcome,
    ) -> Result<bool, Failure> {
        let args = self.args;
        if !args.changes_files() && !args.diff || loaded.broken_utf8 {
            return Ok(false);
        }
        let up_to = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        let fixed = self.with_options(loaded, container, around, |options| fix(&loaded.text, options, up_to));
        if fixed.text == loaded.text {
            return Ok(false);
        }
        if args.diff {
            outcome.out = save::diff(&loaded.name, &loaded.text, &fixed.text).into_bytes();
            return Ok(true);
        }
        if path.as_os_str() == "-" {
            let message = "standard input cannot be fixed in place; use --diff to see what would change";
            return Err(Failure { code: USAGE, message: message.to_owned() });
        }
        save::replace(&self.place.absolute(path), loaded, &fixed.text)?;
        for (rule, title) in &fixed.applied {
            outcome.err.push_str(&format!("{}: fixed: {title} [{rule}]\n", loaded.name));
        }
        loaded.text = fixed.text;
        Ok(true)
    }

    /// The processing-container.json that belongs to a task file.
    fn container_of(&self, path: &Path, loaded: &Loaded) -> Option<ContainerFile> {
        if self.args.schema_only || self.args.schema == KindArg::Pc || path.as_os_str() == "-" {
            return None;
        }
        let tree = task_api_json::parse(&loaded.text);
        let task = Task::read(tree.root(&loaded.text));
        match task.template.as_ref()? {
            TemplateRef::Identifier(identifier) => self.containers.nearest(path, &identifier.value, &self.place),
            TemplateRef::Inline(_) => None,
        }
    }
}

/// Where to see what is wrong with a container.
const ADVICE: &str = "see task-api validate";

/// What is known of the place of a file.
struct Around {
    directory: Option<String>,
    dockerfile: Option<String>,
}
