//! From a task file to what it comes to: read, rendered, checked, merged. Every command that looks
//! at what will run goes through here.

use std::path::{Path, PathBuf};

use task_api_core::diagnostic::{Diagnostic, DocumentRef, Severity};
use task_api_core::model::{Container, Task, TemplateRef, Volume};
use task_api_core::plan::absolute_path;
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::resolve::{Overrides, Resolution, check_overrides, resolve};
use task_api_core::{CheckOptions, Checked, Kind, Surroundings, check, check_broken_utf8};

use crate::Io;
use crate::args::TaskArgs;
use crate::containers::Containers;
use crate::exit::Failure;
use crate::load::{self, Loaded};
use crate::render::{self, Rendered};
use crate::{INVALID, conf, present};

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
    /// The image, asked by its reference.
    Image(&'a mut dyn FnMut(&str, &mut Io) -> Result<String, Failure>),
}

/// Reads and checks a task and its container, and merges the two. Problems are printed.
pub(crate) fn prepare(args: &TaskArgs, source: &mut ContainerSource<'_>, io: &mut Io) -> Result<Prepared, Failure> {
    let task = Input::of(load::load(&args.task, io)?, io)?;
    let tree = task_api_json::parse(task.text());
    let model = Task::read(tree.root(task.text()));
    let container = match (&args.container, &model.template) {
        (Some(path), _) => Some(load::load(path, io)?),
        (None, Some(TemplateRef::Identifier(identifier))) => match source {
            ContainerSource::Files => {
                Containers::default().nearest(&args.task, &identifier.value, io).map(|found| found.loaded())
            }
            // An image is not asked for the sake of a task that cannot run.
            ContainerSource::Image(_) if !task.check(Kind::Task, None).is_valid() => None,
            ContainerSource::Image(read) => match &model.image {
                Some(image) => {
                    let name = format!("{}:/processing-container.json", image.value);
                    Some(Loaded { name, text: read(&image.value, io)?, broken_utf8: false })
                }
                None => None,
            },
        },
        (None, _) => None,
    };
    let container = container.map(|container| Input::of(container, io)).transpose()?;
    if let Some(container) = &container {
        require_valid(container, Kind::ProcessingContainer, None, io)?;
    }
    require_valid(&task, Kind::Task, container.as_ref(), io)?;
    let container_text = container.as_ref().map_or("", Input::text);
    let container_tree = task_api_json::parse(container_text);
    let container_model = Container::read(container_tree.root(container_text));
    let template = match &model.template {
        Some(TemplateRef::Inline(template)) => Some(&**template),
        Some(TemplateRef::Identifier(identifier)) => container_model.template(&identifier.value),
        None => None,
    };
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
    let input = Input::of(load::load(task, io)?, io)?;
    require_valid(&input, Kind::Task, None, io)?;
    let tree = task_api_json::parse(input.text());
    let model = Task::read(tree.root(input.text()));
    let directory = utf8(&load::directory_of(task, io))?;
    let directories = |volumes: &[Volume<'_>]| {
        let bound = volumes.iter().filter_map(|volume| Some((&volume.name, volume.host_path.as_ref()?)));
        bound.map(|(name, path)| (name.value.to_string(), absolute_path(&directory, &path.value))).collect()
    };
    Ok(Directories { inputs: directories(&model.inputs), outputs: directories(&model.outputs) })
}

fn utf8(path: &Path) -> Result<String, Failure> {
    match path.to_str() {
        Some(path) => Ok(path.to_owned()),
        None => Err(Failure::usage(format!("the path {} is not UTF-8", path.display()))),
    }
}

/// A file before and after rendering.
struct Input {
    loaded: Loaded,
    rendered: Rendered,
}

impl Input {
    fn of(loaded: Loaded, io: &Io) -> Result<Input, Failure> {
        match render::render(&loaded.text, &io.env) {
            Ok(rendered) => Ok(Input { loaded, rendered }),
            Err(error) => {
                let place = if error.pointer.is_empty() { String::new() } else { format!(" at {}", error.pointer) };
                let name = &loaded.name;
                Err(Failure::invalid(format!("{name}: cannot render the template expression{place}: {}", error.reason)))
            }
        }
    }

    fn text(&self) -> &str {
        &self.rendered.text
    }

    fn check(&self, kind: Kind, container: Option<&Input>) -> Checked {
        let container = container.map(Input::text);
        let options = CheckOptions { kind: Some(kind), container, ..CheckOptions::default() };
        if self.loaded.broken_utf8 { check_broken_utf8(self.text(), &options) } else { check(self.text(), &options) }
    }

    /// The text that diagnostics are shown in: the user's own, where places can be told.
    fn shown(&self) -> Document<'_> {
        let text = if self.rendered.edits.is_some() { &self.loaded.text } else { &self.rendered.text };
        Document::new(Some(&self.loaded.name), text, OffsetUnit::Bytes)
    }
}

/// Prints errors and warnings, and fails if there is an error.
fn require_valid(input: &Input, kind: Kind, container: Option<&Input>, io: &mut Io) -> Result<(), Failure> {
    let checked = input.check(kind, container);
    let mut diagnostics = undefined_variables(input, kind, io);
    for diagnostic in checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity > Severity::Info) {
        let mut diagnostic = diagnostic.clone();
        diagnostic.span = input.rendered.place_before(diagnostic.span);
        for related in &mut diagnostic.related {
            let of = match related.document {
                DocumentRef::This => Some(input),
                DocumentRef::Container => container,
            };
            related.span = of.map_or(related.span, |of| of.rendered.place_before(related.span));
        }
        if input.rendered.edits.as_ref().is_none_or(|edits| !edits.is_empty()) {
            // Fixes are edits of the rendered text, not of the user's.
            diagnostic.fixes.clear();
        }
        diagnostics.push(diagnostic);
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    let shown_container = container.map(Input::shown);
    let frames = present::frames(&diagnostics, &input.shown(), shown_container.as_ref(), io.colour_err);
    io.err(&String::from_utf8_lossy(&frames));
    if checked.is_valid() && checked.version.is_some() {
        return Ok(());
    }
    Err(Failure { code: INVALID, message: format!("{} is invalid", input.loaded.name) })
}

/// What can be said of the text before rendering only.
fn undefined_variables(input: &Input, kind: Kind, io: &Io) -> Vec<Diagnostic> {
    if input.rendered.edits.as_ref().is_none_or(Vec::is_empty) {
        return Vec::new();
    }
    let is_set = |name: &str| io.variable(name).is_some();
    let around = Surroundings { is_set: Some(&is_set), ..Surroundings::default() };
    let checked = check(&input.loaded.text, &CheckOptions { kind: Some(kind), around, ..CheckOptions::default() });
    checked.diagnostics.into_iter().filter(|diagnostic| diagnostic.rule.name == "undefined-variable").collect()
}
