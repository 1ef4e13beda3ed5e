//! One file: read, checked against what belongs to it, mended if asked, and told of.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use task_api_core::diagnostic::{Applicability, Diagnostic};
use task_api_core::fix::{fix, fix_by};
use task_api_core::report::{Document, OffsetUnit, ValidationResult, validation_result};
use task_api_core::{CheckOptions, Checked, Kind, Parsed, Surroundings, check_broken_utf8, check_parsed, image};

use task_api_json::Tree;

use super::against::Against;
use super::summary::{Summary, verdict};
use crate::args::{Format, KindArg, PullArg, ValidateArgs};
use crate::commands::processing_container;
use crate::containers::{ContainerFile, Containers};
use crate::exit::Failure;
use crate::formats::github;
use crate::input::Input;
use crate::io::Place;
use crate::load::{self, Loaded};
use crate::policy::{self, Policies, Policy};
use crate::render::Variables;
use crate::settings::{FileSettings, Location, Project, Settings};
use crate::{Io, USAGE, display, present, save, search};

/// What all files of one call have in common; threads share it.
pub(super) struct Session<'a> {
    pub(super) args: &'a ValidateArgs,
    pub(super) place: Arc<Place>,
    /// Names of the variables that are set.
    variables: HashSet<String>,
    colour_out: bool,
    colour_err: bool,
    stdin: Option<Loaded>,
    /// What `--container` names.
    pub(super) container: Option<ContainerFile>,
    pub(super) containers: Containers,
    pub(super) settings: Settings,
    /// Those of `--policy`.
    policies: Vec<Arc<Policy>>,
    /// Those that task-api.toml files name.
    of_projects: Policies,
    /// What expressions may read, with `--render`.
    pub(super) rendering: Option<Variables>,
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
    pub(super) fn new(args: &'a ValidateArgs, settings: Settings, io: &mut Io) -> Result<Session<'a>, Failure> {
        let rendering = match args.render {
            true => Some(args.variables.read(io)?),
            false if args.variables.is_empty() => None,
            false => return Err(Failure::usage(WITHOUT_RENDER)),
        };
        let policies = args.policies.iter().map(|path| Policy::load(path, &io.directory).map(Arc::new));
        let policies = policies.collect::<Result<Vec<_>, _>>()?;
        let container = args.container.as_deref().map(|named| container_named(named, io)).transpose()?;
        let container = container.map(ContainerFile::of);
        if let Some(container) = container.as_ref().filter(|container| !can_be_checked_against(container, &rendering)) {
            let (name, when) = (&container.name, if args.render { " once it is rendered" } else { "" });
            return Err(Failure::usage(format!("cannot check against {name}: it is not JSON{when}; {ADVICE} {name}")));
        }
        let reads_stdin = args.paths.iter().any(|path| path.as_os_str() == "-");
        let stdin = if reads_stdin { Some(load::load("-".as_ref(), io)?) } else { None };
        let variables = rendering.as_ref().map_or(&io.env, |rendering| &rendering.env);
        Ok(Session {
            args,
            place: io.place(),
            variables: variables.iter().map(|(name, _)| name.clone()).collect(),
            colour_out: io.colour_out,
            colour_err: io.colour_err,
            stdin,
            container,
            containers: Containers::default(),
            settings,
            policies,
            of_projects: Policies::default(),
            rendering,
        })
    }

    /// Reads what task-api.toml files name, so that a file that is missing is said once.
    pub(super) fn heed(&self, projects: &[Arc<Project>]) -> Result<(), Failure> {
        if self.args.schema_only {
            return Ok(());
        }
        let at = |origin: String| move |failure: Failure| Failure::usage(format!("{origin}: {}", failure.message));
        for project in projects {
            for (path, origin) in project.policies() {
                self.of_projects.get(&path, &self.place).map_err(at(origin))?;
            }
            if let (None, Some((path, origin))) = (&self.container, project.container()) {
                self.containers.named(&path, &self.place).map_err(at(origin))?;
            }
        }
        Ok(())
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
        if self.is_dag(&loaded) && !loaded.text.contains("KaapanaTaskOperator") {
            let name = &loaded.name;
            return Err(Failure::usage(format!("{name} has no KaapanaTaskOperator in it: there is nothing to check")));
        }
        let settings = self.settings.of(path);
        let tree = task_api_json::parse(if self.is_dag(&loaded) { "" } else { &loaded.text });
        let against = self.against(path, &loaded, &tree, &settings)?;
        for container in &against.unusable {
            let task = &loaded.name;
            let when = if args.render { " once it is rendered" } else { "" };
            let warning =
                format!("{task} was not checked against {container}, which is not JSON{when}; {ADVICE} {container}");
            outcome.err.push_str(&display::warning_line(&warning, self.colour_err));
        }
        let around = self.around(path, settings)?;
        let would_change = self.apply_fixes(path, &mut loaded, &against, &around, outcome)?;
        if args.diff {
            outcome.summary = Summary { files: 1, valid: usize::from(!would_change), ..Summary::default() };
            return Ok(());
        }
        let (loaded, checked) = match &self.rendering {
            Some(variables) if !loaded.broken_utf8 && !self.is_dag(&loaded) => {
                self.check_rendered(loaded, variables, &against, &around)
            }
            _ => {
                // What was mended is another text.
                let tree =
                    if would_change && !self.is_dag(&loaded) { task_api_json::parse(&loaded.text) } else { tree };
                let checked = self.check_text(&loaded, tree, &loaded.text, &against, &around);
                (loaded, checked)
            }
        };
        outcome.summary = Summary::of(&checked, args.deny_warnings || around.settings.deny_warnings);
        self.tell(&loaded, &against, &checked, outcome);
        Ok(())
    }

    /// Whether a file is a DAG in Python.
    pub(super) fn is_dag(&self, loaded: &Loaded) -> bool {
        search::is_python(loaded.name.as_ref()) && matches!(self.args.schema, KindArg::Auto | KindArg::Workflow)
    }

    /// Checks a text: the file's own, or what it was rendered to.
    fn check_text(&self, loaded: &Loaded, tree: Tree, text: &str, against: &Against, around: &Around) -> Checked {
        self.with_options(loaded, (against, self.rendering.is_some()), around, |options| match () {
            () if loaded.broken_utf8 => check_broken_utf8(text, options),
            () if self.is_dag(loaded) => task_api_dag::check(&task_api_dag::read(text), options),
            () => check_parsed(tree, text, options),
        })
    }

    /// Checks what a file is rendered to. Where it cannot be rendered, it is checked as it stands.
    fn check_rendered(
        &self,
        loaded: Loaded,
        variables: &Variables,
        against: &Against,
        around: &Around,
    ) -> (Loaded, Checked) {
        match Input::of(loaded, variables) {
            Ok(input) => {
                let mut checked =
                    self.check_text(&input.loaded, task_api_json::parse(input.text()), input.text(), against, around);
                let found = std::mem::take(&mut checked.diagnostics);
                checked.diagnostics = input.told_of_original(found, &against.inputs());
                let undefined = input.undefined_variables(checked.kind, variables);
                let nothing = Against::default();
                self.with_options(&input.loaded, (&nothing, false), around, |options| checked.add(undefined, options));
                (input.loaded, checked)
            }
            Err(failed) => {
                let (loaded, error) = *failed;
                let mut checked =
                    self.check_text(&loaded, task_api_json::parse(&loaded.text), &loaded.text, against, around);
                let tree = task_api_json::parse(&loaded.text);
                let failure = vec![error.diagnostic(tree.root(&loaded.text))];
                let nothing = Against::default();
                self.with_options(&loaded, (&nothing, false), around, |options| checked.add(failure, options));
                (loaded, checked)
            }
        }
    }

    fn tell(&self, loaded: &Loaded, against: &Against, checked: &Checked, outcome: &mut Outcome) {
        let document = Document::new(Some(&loaded.name), &loaded.text, OffsetUnit::Bytes);
        let containers = against.documents();
        let result = || validation_result(checked, &document, &containers);
        let left_out = || present::left_out(checked.left_out().total(), &loaded.name);
        match self.args.format {
            Format::Concise => {
                outcome.out = present::concise(&checked.diagnostics, &document).into_bytes();
                outcome.out.extend_from_slice(left_out().as_bytes());
            }
            Format::Full => {
                outcome.out = present::frames(&checked.diagnostics, &document, &containers, self.colour_out);
                outcome.out.extend_from_slice(left_out().as_bytes());
                outcome.out.extend_from_slice(verdict(&loaded.name, checked).as_bytes());
            }
            Format::Github => outcome.out = github::annotations(&result()).into_bytes(),
            Format::Json => outcome.out = serde_json::to_vec_pretty(&result()).unwrap_or_default(),
            Format::Sarif | Format::Junit => outcome.report = Some(result()),
        }
    }

    fn around(&self, path: &Path, mut settings: FileSettings) -> Result<Around, Failure> {
        let is_stdin = path.as_os_str() == "-";
        let location = if is_stdin { None } else { Some(self.settings.location_of(path)) };
        let is_container = Kind::of_file_name(&path.to_string_lossy()) == Some(Kind::ProcessingContainer);
        let look_for = location.as_deref().filter(|_| is_container && !self.args.schema_only);
        let dockerfile = look_for.and_then(|location| load::dockerfile(&location.directory));
        settings.levels.extend(self.args.rules.iter().cloned());
        let named = settings.policies.iter().filter(|_| !self.args.schema_only);
        let policies = named.map(|path| self.of_projects.get(path, &self.place)).collect::<Result<_, _>>()?;
        Ok(Around { location, dockerfile, policies, settings })
    }

    /// Calls with the options that check this file, against containers as they stand or as they are rendered.
    fn with_options<T>(
        &self,
        loaded: &Loaded,
        (against, is_rendered): (&Against, bool),
        around: &Around,
        call: impl FnOnce(&CheckOptions<'_>) -> T,
    ) -> T {
        let is_set = |name: &str| self.variables.contains(name);
        let is_directory = |path: &str| Path::new(path).is_dir();
        let check_paths = self.args.check_paths || around.settings.check_paths;
        let suppressions = around.settings.suppressions.clone();
        let levels = around.settings.levels.clone();
        let policies = || self.policies.iter().chain(&around.policies).map(|policy| &**policy);
        let own = |parsed: &Parsed<'_>| policy::check(policies(), parsed);
        let has_policies = policies().next().is_some();
        let around = Surroundings {
            directory: around.location.as_ref().and_then(|location| location.directory.to_str()),
            is_set: Some(&is_set),
            dockerfile: around.dockerfile.as_deref(),
            is_directory: if check_paths { Some(&is_directory) } else { None },
        };
        call(&CheckOptions {
            kind: self.args.schema.kind(),
            kind_hint: Kind::of_file_name(&loaded.name),
            version: self.args.api_version.version(),
            schema_only: self.args.schema_only,
            container: against.of_task(is_rendered),
            containers: Some(&against.of_workflow(is_rendered)),
            around,
            own: if has_policies { Some(&own) } else { None },
            levels,
            suppressions,
        })
    }

    /// With `--fix`: mends the file, or shows what would be mended. Whether that changes it.
    fn apply_fixes(
        &self,
        path: &Path,
        loaded: &mut Loaded,
        against: &Against,
        around: &Around,
        outcome: &mut Outcome,
    ) -> Result<bool, Failure> {
        let args = self.args;
        if !args.changes_files() && !args.diff || loaded.broken_utf8 {
            return Ok(false);
        }
        let up_to = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        let fixed = self.with_options(loaded, (against, false), around, |options| match self.is_dag(loaded) {
            true => fix_by(
                &loaded.text,
                &|text| task_api_dag::check(&task_api_dag::read(text), options),
                up_to,
                &|_: &Diagnostic| true,
            ),
            false => fix(&loaded.text, options, up_to),
        });
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
}

fn can_be_checked_against(container: &ContainerFile, rendering: &Option<Variables>) -> bool {
    match rendering {
        Some(variables) => Input::of(container.loaded(), variables).is_ok_and(|rendered| rendered.is_json()),
        None => container.is_json(),
    }
}

/// The container that `--container` names: a file, or else an image.
fn container_named(named: &Path, io: &mut Io) -> Result<Loaded, Failure> {
    let is_there = io.absolute(named).exists() || named.as_os_str() == "-";
    // A path that leads nowhere can have the form of an image's name, but no image is called `….json`.
    let image = named.to_str().filter(|name| !is_there && !name.ends_with(".json") && image::parse(name).is_ok());
    let Some(image) = image else { return load::load(named, io) };
    let read = processing_container::read(image, PullArg::Never, io).map_err(|failure| Failure {
        message: format!("cannot read the container of the image {image} (there is no such file): {}", failure.message),
        ..failure
    });
    Ok(Loaded { name: format!("{image}:/processing-container.json"), text: read?, broken_utf8: false })
}

/// Where to see what is wrong with a container.
const ADVICE: &str = "see task-api validate";

const WITHOUT_RENDER: &str =
    "--env-file and --var are for template expressions, which are rendered with --render alone; add it";

/// What is known of the place of a file.
struct Around {
    location: Option<Arc<Location>>,
    dockerfile: Option<String>,
    policies: Vec<Arc<Policy>>,
    settings: FileSettings,
}
