//! From a task file to what it comes to: read, rendered, checked, merged. Every command that looks
//! at what will run goes through here.

use task_api_core::model::{Container, Task, TemplateRef};
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::resolve::{Overrides, Resolution, resolve};
use task_api_core::{CheckOptions, Checked, Kind, check, check_broken_utf8};

use crate::Io;
use crate::args::TaskArgs;
use crate::exit::Failure;
use crate::load::{self, Loaded};
use crate::{INVALID, present, render};

/// A task that can run.
pub(crate) struct Prepared {
    pub(crate) resolution: Resolution,
    /// Absolute directory of the task file.
    pub(crate) directory: std::path::PathBuf,
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
    let task = rendered(load::load(&args.task, io)?, io)?;
    let tree = task_api_json::parse(&task.text);
    let model = Task::read(tree.root(&task.text));
    let container = match (&args.container, &model.template) {
        (Some(path), _) => Some(load::load(path, io)?),
        (None, Some(TemplateRef::Identifier(identifier))) => match source {
            ContainerSource::Files => load::nearest_container(&args.task, &identifier.value, io),
            // An image is not asked for the sake of a task that cannot run.
            ContainerSource::Image(_) if !checked(&task, Kind::Task, None).is_valid() => None,
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
    let container = container.map(|container| rendered(container, io)).transpose()?;
    if let Some(container) = &container {
        require_valid(container, Kind::ProcessingContainer, None, io)?;
    }
    require_valid(&task, Kind::Task, container.as_ref(), io)?;
    let container_text = container.as_ref().map_or("", |container| &container.text);
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
            task.name
        )));
    };
    let overrides = Overrides { options: args.env.clone(), ..Overrides::default() };
    let resolution = resolve(&model, template, &overrides);
    Ok(Prepared { resolution, directory: load::directory_of(&args.task, io) })
}

fn rendered(loaded: Loaded, io: &Io) -> Result<Loaded, Failure> {
    match render::render(&loaded.text, &io.env) {
        Ok(text) => Ok(Loaded { text, ..loaded }),
        Err(error) => Err(Failure::invalid(format!(
            "{}: cannot render the template expression at {}: {}",
            loaded.name, error.pointer, error.reason
        ))),
    }
}

fn checked(loaded: &Loaded, kind: Kind, container: Option<&Loaded>) -> Checked {
    let container = container.map(|container| container.text.as_str());
    let options = CheckOptions { kind: Some(kind), container, ..CheckOptions::default() };
    if loaded.broken_utf8 { check_broken_utf8(&loaded.text, &options) } else { check(&loaded.text, &options) }
}

/// Prints what is wrong, and fails if that includes an error.
fn require_valid(loaded: &Loaded, kind: Kind, container: Option<&Loaded>, io: &mut Io) -> Result<(), Failure> {
    let checked = checked(loaded, kind, container);
    let document = Document::new(Some(&loaded.name), &loaded.text, OffsetUnit::Bytes);
    let container = container.map(|c| Document::new(Some(&c.name), &c.text, OffsetUnit::Bytes));
    let frames = present::frames(&checked.diagnostics, &document, container.as_ref(), io.colour_err);
    io.err(&String::from_utf8_lossy(&frames));
    if checked.is_valid() && checked.version.is_some() {
        return Ok(());
    }
    let reason = if checked.is_valid() { "is JSON only after it has been rendered" } else { "is invalid" };
    Err(Failure { code: INVALID, message: format!("{} {reason}; nothing was started", loaded.name) })
}
