//! From a task file to what it comes to: read, rendered, checked, merged. Every command that looks
//! at what will run goes through here.

use std::path::{Path, PathBuf};

use task_api_core::diagnostic::Severity;
use task_api_core::model::{Container, Task, TemplateRef, Volume};
use task_api_core::plan::absolute_path;
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::resolve::{Overrides, Resolution, check_overrides, resolve};
use task_api_core::{CheckOptions, Checked, Kind, check, check_broken_utf8};
use task_api_runner::WantedImage;

use crate::Io;
use crate::args::TaskArgs;
use crate::containers;
use crate::exit::Failure;
use crate::input::Input;
use crate::load::{self, Loaded};
use crate::render::Variables;
use crate::{INVALID, conf, present, pull};

/// A task that can run.
pub(crate) struct Prepared {
    pub(crate) resolution: Resolution,
    /// Absolute directory of the task file.
    pub(crate) directory: PathBuf,
}

impl Prepared {
    pub(crate) fn directory_text(&self) -> Result<String, Failure> {
        utf8(&self.directory)
    }
}

/// Where a task's template may come from, if it is not written out in the task.
pub(crate) enum ContainerSource<'a> {
    /// The nearest processing-container.json.
    Files,
    /// The image, which is asked.
    Image(&'a mut dyn FnMut(&WantedImage, &mut Io) -> Result<String, Failure>),
}

/// Reads and checks a task and its container, and merges the two. Problems are printed.
pub(crate) fn prepare(args: &TaskArgs, source: &mut ContainerSource<'_>, io: &mut Io) -> Result<Prepared, Failure> {
    let variables = args.variables.read(io)?;
    let task = render(load::load(&args.task, io)?, &variables, io)?;
    let tree = task_api_json::parse(task.text());
    let model = Task::read(tree.root(task.text()));
    let container = match (&args.container, &model.template) {
        (Some(path), _) => Some(load::load(path, io)?),
        (None, Some(TemplateRef::Identifier(identifier))) => match source {
            ContainerSource::Files => {
                containers::nearest(&args.task, &identifier.value, io).map(|found| found.loaded())
            }
            // An image is not asked for the sake of a task that cannot run.
            ContainerSource::Image(_) if !check_input(&task, Kind::Task, None).is_valid() => None,
            ContainerSource::Image(read) => match pull::wanted_by_task(&model) {
                Some(wanted) => {
                    let name = format!("{}:/processing-container.json", wanted.reference);
                    Some(Loaded { name, text: read(&wanted, io)?, broken_utf8: false })
                }
                None => None,
            },
        },
        (None, _) => None,
    };
    let container = container.map(|container| render(container, &variables, io)).transpose()?;
    if let Some(container) = &container {
        require_valid(container, Kind::ProcessingContainer, None, &variables, io)?;
    }
    require_valid(&task, Kind::Task, container.as_ref(), &variables, io)?;
    let container_text = container.as_ref().map_or("", Input::text);
    let container_tree = task_api_json::parse(container_text);
    let container_model = Container::read(container_tree.root(container_text));
    let named = model.template_identifier().and_then(|identifier| container_model.template(&identifier.value));
    let template = model.inline_template().or(named.as_ref());
    let Some(template) = template else {
        let identifier = model.template_identifier().map(|text| text.value.to_string()).unwrap_or_default();
        return Err(Failure::invalid(format!(
            "no processing-container.json with the template `{identifier}` was found beside {} or above it; name one \
             with --container",
            task.loaded.name
        )));
    };
    let conf = match &args.conf.conf {
        Some(file) => {
            let name = model.name.as_ref().map(|name| name.value.to_string()).unwrap_or_default();
            conf::read(file, args.conf.task_id.as_ref().unwrap_or(&name), io)?
        }
        None => Vec::new(),
    };
    let overrides = Overrides { options: args.env.clone(), conf };
    let is_option = |name: &str| overrides.options.iter().any(|(option, _)| option == name);
    let effective = overrides.conf.iter().filter(|(name, _)| !is_option(name)).cloned().collect();
    for (option, overrides) in [
        ("--conf", Overrides { conf: effective, ..Overrides::default() }),
        ("--env", Overrides { options: overrides.options.clone(), ..Overrides::default() }),
    ] {
        for problem in check_overrides(template, &overrides) {
            match problem {
                Ok(note) => io.warning(&note),
                Err(error) => return Err(Failure::invalid(format!("{option}: {error}"))),
            }
        }
    }
    let resolution = resolve(&model, template, &overrides);
    Ok(Prepared { resolution, directory: load::directory_of(&args.task, io) })
}

/// The channels of a task: name and absolute directory of each.
pub(crate) struct Directories {
    pub(crate) inputs: Vec<(String, String)>,
    pub(crate) outputs: Vec<(String, String)>,
}

/// Reads a task for its directories alone, which no template has a say in. Problems are printed.
pub(crate) fn directories(task: &Path, io: &mut Io) -> Result<Directories, Failure> {
    let variables = Variables { env: io.env.clone(), ..Variables::default() };
    let input = render(load::load(task, io)?, &variables, io)?;
    require_valid(&input, Kind::Task, None, &variables, io)?;
    let tree = task_api_json::parse(input.text());
    let model = Task::read(tree.root(input.text()));
    let directory = utf8(&load::directory_of(task, io))?;
    let directories = |volumes: &[Volume<'_>]| {
        let bound = volumes.iter().filter_map(|volume| Some((&volume.name, volume.host_path.as_ref()?)));
        bound.map(|(name, path)| (name.value.to_string(), absolute_path(&directory, &path.value))).collect()
    };
    Ok(Directories { inputs: directories(&model.inputs), outputs: directories(&model.outputs) })
}

pub(crate) fn utf8(path: &Path) -> Result<String, Failure> {
    match path.to_str() {
        Some(path) => Ok(path.to_owned()),
        None => Err(Failure::usage(format!("the path {} is not UTF-8", path.display()))),
    }
}

/// Renders a file, or shows why that fails.
fn render(loaded: Loaded, variables: &Variables, io: &mut Io) -> Result<Input, Failure> {
    Input::of(loaded, variables).map_err(|failed| {
        let (loaded, error) = *failed;
        let tree = task_api_json::parse(&loaded.text);
        let document = Document::new(Some(&loaded.name), &loaded.text, OffsetUnit::Bytes);
        let diagnostic = error.diagnostic(tree.root(&loaded.text));
        let frames = present::frames(&[diagnostic], &document, &[], io.colour_err);
        io.err(&String::from_utf8_lossy(&frames));
        Failure { code: INVALID, message: format!("{} is invalid", loaded.name) }
    })
}

fn check_input(input: &Input, kind: Kind, container: Option<&Input>) -> Checked {
    let container = container.map(Input::text);
    let options = CheckOptions { kind: Some(kind), container, ..CheckOptions::default() };
    if input.loaded.broken_utf8 { check_broken_utf8(input.text(), &options) } else { check(input.text(), &options) }
}

/// Prints errors and warnings, and fails if there is an error.
fn require_valid(
    input: &Input,
    kind: Kind,
    container: Option<&Input>,
    variables: &Variables,
    io: &mut Io,
) -> Result<(), Failure> {
    let mut checked = check_input(input, kind, container);
    let is_valid = checked.is_valid() && checked.version.is_some();
    let left_out = checked.left_out();
    checked.diagnostics.retain(|diagnostic| diagnostic.severity > Severity::Info);
    let mut diagnostics = input.told_of_original(checked.diagnostics, container.as_slice());
    diagnostics.extend(input.undefined_variables(kind, variables));
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    let shown_container = container.map(Input::shown);
    let frames = present::frames(&diagnostics, &input.shown(), shown_container.as_slice(), io.colour_err);
    io.err(&String::from_utf8_lossy(&frames));
    io.err(&present::left_out(left_out.errors + left_out.warnings, &input.loaded.name));
    if is_valid {
        return Ok(());
    }
    Err(Failure { code: INVALID, message: format!("{} is invalid", input.loaded.name) })
}
