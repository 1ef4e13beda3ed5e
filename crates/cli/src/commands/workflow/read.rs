//! From a workflow's file to what each of its tasks comes to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use task_api_core::conf::{self, Problem};
use task_api_core::diagnostic::Severity;
use task_api_core::model;
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::resolve::{Overrides, Resolution, check_overrides, resolve};
use task_api_core::secret::Secret;
use task_api_core::workflow::{
    ContainerFile, ContainerText, Containers, Graph, KnownTemplate, Task, TemplateRef, Templates, Value, Workflow,
    known,
};
use task_api_core::{CheckOptions, Kind, check, nearest};
use task_api_json::{Span, parse};
use task_api_runner::{TaskLogin, WantedImage};

use super::names::directory_name;
use crate::args::WorkflowRunArgs;
use crate::containers::shown;
use crate::exit::Failure;
use crate::input::Input;
use crate::load::{self, Loaded};
use crate::prepare;
use crate::render::Variables;
use crate::search::is_python;
use crate::settings::Settings;
use crate::{INVALID, Io, present};

/// A workflow that can run.
pub(crate) struct Chain {
    pub(crate) name: String,
    /// Absolute.
    pub(crate) file: PathBuf,
    /// Of the file, against which relative paths of the host are resolved.
    pub(crate) directory: String,
    /// In the order of the file.
    pub(crate) links: Vec<Link>,
    pub(crate) graph: Graph,
}

/// A task of a workflow, merged with its template, with the directories of its channels.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) resolution: Resolution,
    /// Of its outputs.
    pub(crate) directory: PathBuf,
    /// Of each input, where it is from.
    pub(crate) sources: Vec<Source>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A directory that was there before.
    Host,
    /// An output of the task at this position.
    Task { task: usize, channel: String },
}

/// Reads the container file of an image.
pub(crate) type OfImage<'a> = dyn FnMut(&WantedImage, &mut Io) -> Result<String, Failure> + 'a;

/// Reads and checks a workflow with its container files. Problems are printed. Outputs go below `outputs`, an absolute
/// path.
pub(crate) fn read(
    args: &WorkflowRunArgs,
    outputs: &Path,
    of_image: &mut OfImage<'_>,
    io: &mut Io,
) -> Result<Chain, Failure> {
    if is_python(&args.file) {
        return Err(Failure::usage(format!(
            "{} is a Python file, and nothing in it is executed here; `task-api workflow import` makes a workflow.json of it",
            args.file.display()
        )));
    }
    let variables = args.variables.read(io)?;
    let file = prepare::render(load::load(&args.file, io)?, &variables, io)?;
    let directory = load::directory_of(&args.file, io);
    let name = args.file.file_name().unwrap_or_default();
    let tree = parse(file.text());
    let is_json = tree.errors().iter().all(|error| error.kind.is_note());
    let mut workflow = Workflow::read(tree.root(file.text()));
    let mut found = Found::default();
    // Images are not asked for the sake of a workflow that cannot run.
    if is_json && look(&file, &Containers::default()).is_valid() {
        found = containers(&mut workflow, args, &directory, &variables, of_image, io)?;
    }
    let texts = found.inputs.iter().map(|input| ContainerText { name: &input.loaded.name, text: input.text() });
    let known_containers = Containers {
        files: texts.collect(),
        by_path: found.by_path.clone(),
        for_all: found.for_all,
        ..Containers::default()
    };
    tell(&file, &known_containers, &found.inputs, &variables, io)?;
    let graph = Graph::of(&workflow);
    let conf = match &args.conf {
        Some(path) => Some(load::load(path, io)?),
        None => None,
    };
    let directory_text = prepare::utf8(&directory)?;
    let links = Templates::of(&workflow, &known_containers, |templates| {
        let reader = Reader { workflow: &workflow, templates, outputs, conf: conf.as_ref() };
        reader.links(io)
    })?;
    if graph.order().len() < links.len() {
        return Err(Failure::invalid("tasks of the workflow wait for each other, so none of them can be the first"));
    }
    let named = known(&workflow.name).map_or("", |(name, _)| name).to_owned();
    Ok(Chain { name: named, file: directory.join(name), directory: directory_text, links, graph })
}

/// Container files, with where they were found.
#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    by_path: HashMap<String, Option<usize>>,
    for_all: Option<usize>,
}

impl Found {
    fn add(&mut self, loaded: Loaded, variables: &Variables, io: &mut Io) -> Result<usize, Failure> {
        let input = prepare::render(loaded, variables, io)?;
        prepare::require_valid(&input, Kind::ProcessingContainer, None, variables, io)?;
        self.inputs.push(input);
        Ok(self.inputs.len() - 1)
    }
}

/// Those that the workflow names, the one that task-api.toml names, or those of the images.
fn containers(
    workflow: &mut Workflow,
    args: &WorkflowRunArgs,
    directory: &Path,
    variables: &Variables,
    of_image: &mut OfImage<'_>,
    io: &mut Io,
) -> Result<Found, Failure> {
    let mut found = Found::default();
    for path in workflow.wanted().paths {
        let absolute = directory.join(&path);
        let loaded = load::read_file(&absolute, shown(&absolute, &io.directory))?;
        let at = found.add(loaded, variables, io)?;
        found.by_path.insert(path, Some(at));
    }
    let settings = Settings::new(false, None, io.place());
    settings.usable(std::slice::from_ref(&args.file), io)?;
    if let Some(path) = settings.of(&args.file).container {
        let loaded = load::read_file(&path, shown(&path, &io.directory))?;
        found.for_all = Some(found.add(loaded, variables, io)?);
        return Ok(found);
    }
    let listed = |workflow: &Workflow, image: &str| {
        workflow.containers.iter().any(|container| known(&container.image).is_some_and(|(listed, _)| listed == image))
    };
    for task in 0..workflow.tasks.len() {
        let Some(wanted) = wanted(&workflow.tasks[task]) else { continue };
        if workflow.tasks[task].template_name().is_none() || listed(workflow, &wanted.reference) {
            continue;
        }
        let name = format!("{}:/processing-container.json", wanted.reference);
        let loaded = Loaded { name: name.clone(), text: of_image(&wanted, io)?, broken_utf8: false };
        let at = found.add(loaded, variables, io)?;
        // As if the workflow had listed it.
        let nowhere = Span::empty(0);
        workflow.containers.push(ContainerFile {
            span: nowhere,
            number: workflow.containers.len(),
            image: Some(Value::of_known(wanted.reference, nowhere)),
            path: Some(Value::of_known(name.clone(), nowhere)),
        });
        found.by_path.insert(name, Some(at));
    }
    Ok(found)
}

/// The image of a task and how to log in for it.
fn wanted(task: &Task) -> Option<WantedImage> {
    let text = |value| known(value).map(|(text, _)| text.to_owned());
    let login = TaskLogin {
        url: text(&task.registry_url),
        username: text(&task.registry_username),
        password: text(&task.registry_password).map(Secret::new),
    };
    Some(WantedImage { reference: text(&task.image)?, login })
}

fn look(file: &Input, containers: &Containers<'_>) -> task_api_core::Checked {
    let options = CheckOptions { kind: Some(Kind::Workflow), containers: Some(containers), ..CheckOptions::default() };
    check(file.text(), &options)
}

/// Prints errors and warnings, and fails if there is an error.
fn tell(
    file: &Input,
    containers: &Containers<'_>,
    inputs: &[Input],
    variables: &Variables,
    io: &mut Io,
) -> Result<(), Failure> {
    if file.loaded.broken_utf8 {
        return Err(Failure::invalid(format!("{} is not UTF-8", file.loaded.name)));
    }
    let mut checked = look(file, containers);
    let is_valid = checked.is_valid() && !checked.tree.has_template_blocks();
    let left_out = checked.left_out();
    checked.diagnostics.retain(|diagnostic| diagnostic.severity > Severity::Info);
    let inputs: Vec<&Input> = inputs.iter().collect();
    let mut diagnostics = file.told_of_original(checked.diagnostics, &inputs);
    diagnostics.extend(file.undefined_variables(Kind::Workflow, variables));
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    let shown: Vec<Document<'_>> = inputs
        .iter()
        .map(|input| Document::new(Some(&input.loaded.name), &input.loaded.text, OffsetUnit::Bytes))
        .collect();
    let frames = present::frames(&diagnostics, &file.shown(), &shown, io.colour_err);
    io.err(&String::from_utf8_lossy(&frames));
    io.err(&present::left_out(left_out.errors + left_out.warnings, &file.loaded.name));
    if is_valid { Ok(()) } else { Err(Failure { code: INVALID, message: format!("{} is invalid", file.loaded.name) }) }
}

struct Reader<'a> {
    workflow: &'a Workflow,
    templates: &'a Templates<'a>,
    outputs: &'a Path,
    conf: Option<&'a Loaded>,
}

impl Reader<'_> {
    fn links(&self, io: &mut Io) -> Result<Vec<Link>, Failure> {
        let mut positions: HashMap<&str, usize> = HashMap::new();
        let mut problems = Vec::new();
        for (position, task) in self.workflow.tasks.iter().enumerate() {
            match task.id() {
                Some(id) if positions.insert(id, position).is_some() => {
                    problems.push(format!("two tasks are called `{id}`"))
                }
                Some(_) => {}
                None => problems.push(format!("task number {} has no `task_id`", position + 1)),
            }
        }
        self.check_conf(&positions)?;
        let bound: HashMap<(&str, &str), &str> = self
            .workflow
            .inputs
            .iter()
            .rev()
            .filter_map(|input| {
                let of = (known(&input.task_id)?.0, known(&input.input_channel)?.0);
                Some((of, known(&input.host_path)?.0))
            })
            .collect();
        let mut links = Vec::new();
        for (position, task) in self.workflow.tasks.iter().enumerate() {
            let Some(template) = self.templates.of_task(position) else {
                problems.push(format!("{}: its template is not known", task.in_words()));
                continue;
            };
            match self.link(task, template, &positions, &bound, io) {
                Ok(link) => links.push(link),
                Err(problem) => problems.push(format!("{}: {problem}", task.in_words())),
            }
        }
        if problems.is_empty() { Ok(links) } else { Err(Failure::invalid(problems.join("\n"))) }
    }

    fn link(
        &self,
        task: &Task,
        template: &KnownTemplate<'_>,
        positions: &HashMap<&str, usize>,
        bound: &HashMap<(&str, &str), &str>,
        io: &mut Io,
    ) -> Result<Link, String> {
        let id = task.id().unwrap_or_default();
        let directory = self.outputs.join(directory_name(id));
        let path = |path: &Path| {
            path.to_str().map(str::to_owned).ok_or_else(|| format!("the path {} is not UTF-8", path.display()))
        };
        let (mut sources, mut inputs, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        for mount in &template.template.inputs {
            let name = &*mount.name.value;
            let map =
                task.maps.iter().find(|map| known(&map.input_channel).is_some_and(|(channel, _)| channel == name));
            let (source, host_path) = match (map, bound.get(&(id, name))) {
                (Some(map), _) => {
                    let (upstream, _) = known(&map.upstream_operator).ok_or("a mapping has no `upstream_operator`")?;
                    let (channel, _) =
                        known(&map.upstream_output_channel).ok_or("a mapping has no `upstream_output_channel`")?;
                    let &task = positions.get(upstream).ok_or_else(|| format!("there is no task `{upstream}`"))?;
                    let has = self.templates.of_task(task).is_none_or(|known| known.output(channel).is_some());
                    if !has {
                        return Err(format!("input `{name}`: task `{upstream}` has no output `{channel}`"));
                    }
                    let from = self.outputs.join(directory_name(upstream)).join(directory_name(channel));
                    (Source::Task { task, channel: channel.to_owned() }, path(&from)?)
                }
                (None, Some(host_path)) => (Source::Host, (*host_path).to_owned()),
                (None, None) => {
                    return Err(format!(
                        "nothing feeds its input `{name}`; map an output of another task to it, or bind it to a directory in `inputs`"
                    ));
                }
            };
            sources.push(source);
            inputs.push(json!({ "name": name, "volume_source": { "host_path": host_path } }));
        }
        for mount in &template.template.outputs {
            let to = directory.join(directory_name(&mount.name.value));
            outputs.push(json!({ "name": mount.name.value, "volume_source": { "host_path": path(&to)? } }));
        }
        let text = as_task(task, inputs, outputs).to_string();
        let tree = parse(&text);
        let model = model::Task::read_as(tree.root(&text), task_api_core::ApiVersion::V1);
        let overrides = Overrides { conf: self.conf_of(id, io)?, options: Vec::new() };
        for problem in check_overrides(&template.template, &overrides) {
            match problem {
                Ok(note) => io.warning(&format!("task `{id}`: {note}")),
                Err(error) => return Err(format!("--conf: {error}")),
            }
        }
        let resolution = resolve(&model, &template.template, &overrides);
        Ok(Link { id: id.to_owned(), resolution, directory, sources })
    }

    fn conf_of(&self, id: &str, io: &mut Io) -> Result<Vec<(String, String)>, String> {
        let Some(loaded) = self.conf else { return Ok(Vec::new()) };
        match conf::read(&loaded.text, id) {
            Ok(form) => {
                for field in form.without_effect {
                    let name = &loaded.name;
                    io.warning(&format!(
                        "{name}: `{field}` of the task `{id}` has no effect here; only its `env` is used"
                    ));
                }
                Ok(form.env)
            }
            Err(Problem::UnknownTask { .. }) => Ok(Vec::new()),
            Err(Problem::Other(problem)) => Err(format!("{}: {problem}", loaded.name)),
        }
    }

    /// A form for a task that is not there would have no effect at all.
    fn check_conf(&self, positions: &HashMap<&str, usize>) -> Result<(), Failure> {
        let Some(loaded) = self.conf else { return Ok(()) };
        let tree = loaded.json().map_err(Failure::invalid)?;
        let root = tree.root(&loaded.text);
        let forms = root.get("conf").unwrap_or(root).get("task_form");
        for (name, _) in forms.into_iter().flat_map(|forms| forms.members()) {
            let name = name.as_str().unwrap_or_default();
            if !positions.contains_key(&*name) {
                let hint = nearest(&name, positions.keys().copied());
                let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
                let message =
                    format!("{}: `task_form` has the task `{name}`, which the workflow has not{hint}", loaded.name);
                return Err(Failure::invalid(message));
            }
        }
        Ok(())
    }
}

/// The task.json, version 1, that would run this task by itself.
fn as_task(task: &Task, inputs: Vec<Json>, outputs: Vec<Json>) -> Json {
    let text = |value| known(value).map(|(text, _)| text);
    let mut json = json!({ "name": task.id(), "image": text(&task.image), "inputs": inputs, "outputs": outputs });
    json["taskTemplate"] = match &task.template {
        Some(TemplateRef::Inline(inline)) => serde_json::from_str(&inline.json).unwrap_or_default(),
        _ => task.template_name().into(),
    };
    let env = task.env.iter().filter_map(|env| Some(json!({ "name": text(&env.name)?, "value": text(&env.value)? })));
    json["env"] = env.collect();
    if let Some(command) = task.command.as_ref().and_then(Value::known) {
        json["command"] = json!(command);
    }
    if let Some(resources) = task.resources.as_ref().and_then(Value::known) {
        let side = |list: &[task_api_core::workflow::Quantity]| -> Json {
            let all = list.iter().map(|quantity| (quantity.name.value.clone(), Json::from(&*quantity.value.value)));
            Json::Object(all.collect())
        };
        json["resources"] = json!({ "limits": side(&resources.limits), "requests": side(&resources.requests) });
    }
    let (url, username, password) =
        (text(&task.registry_url), text(&task.registry_username), text(&task.registry_password));
    if url.is_some() || username.is_some() || password.is_some() {
        json["config"] = json!({ "registryUrl": url, "registryUsername": username, "registryPassword": password });
    }
    json
}
