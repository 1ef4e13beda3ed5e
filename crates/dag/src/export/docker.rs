//! A DAG for any Airflow that has the provider for Docker: a container for each task, a directory for each channel.

use std::collections::HashMap;

use task_api_core::plan::absolute_path;
use task_api_core::quantity::Quantity;
use task_api_core::workflow::{Containers, KnownTemplate, Templates, Workflow};

use super::edges;
use super::python::{Code, Names, Variables, assignment, quoted, text};
use crate::plain::{Plain, PlainResources, PlainTask};

/// What a DAG for Docker needs to know of the machine.
#[derive(Debug, Clone)]
pub struct Docker<'a> {
    /// The absolute directory of the workflow file, against which its host paths are.
    pub directory: &'a str,
    /// The absolute directory in which runs get theirs, unless the environment of Airflow says another.
    pub runs: &'a str,
    pub containers: &'a Containers<'a>,
}

/// A DAG file; or why there can be none.
pub fn airflow_docker(workflow: &Workflow, docker: &Docker<'_>) -> Result<String, Vec<String>> {
    let plain = Plain::of(workflow)?;
    let position: HashMap<&str, usize> =
        workflow.tasks.iter().enumerate().filter_map(|(position, task)| Some((task.id()?, position))).collect();
    Templates::of(workflow, docker.containers, |templates| {
        let template = |task: &PlainTask| templates.of_task(*position.get(task.id.as_str())?);
        Writer::new(&plain, docker).write(template)
    })
}

/// The operator that all tasks use.
const CLASS: &str = "TaskOperator";

const CLASS_TEXT: &str = r#"class TaskOperator(DockerOperator):
    """Runs a container with a directory for each of its channels.

    `inputs` is, for each path in the container, a directory of this machine or the
    task and channel to read; `outputs` is the channel for each path.
    """

    # What a workflow says is no template of Airflow.
    template_fields = ()

    def __init__(self, *, inputs, outputs, **kwargs):
        super().__init__(
            auto_remove="force",
            mount_tmp_dir=False,
            skip_on_exit_code=126,
            user=f"{os.getuid()}:{os.getgid()}",
            **kwargs,
        )
        self.inputs = inputs
        self.outputs = outputs

    def execute(self, context):
        run = DIRECTORY / self.dag_id / context["run_id"]
        self.mounts = []
        for path, source in self.inputs.items():
            if isinstance(source, tuple):
                source = run.joinpath(*source)
            mount = Mount(path, str(source), type="bind", read_only=True)
            self.mounts.append(mount)
        for path, channel in self.outputs.items():
            target = run / self.task_id / channel
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True, exist_ok=True)
            self.mounts.append(Mount(path, str(target), type="bind"))
        # What the trigger says of this task, as a list of variables or as a map.
        forms = (context["dag_run"].conf or {}).get("task_form", {})
        form = forms.get(self.task_id, {})
        env = form.get("env", form)
        if isinstance(env, list):
            env = {variable["name"]: variable["value"] for variable in env}
        self.environment = {**self.environment, **env}
        return super().execute(context)
"#;

struct Writer<'a> {
    plain: &'a Plain,
    docker: &'a Docker<'a>,
    names: Names,
    variables: Variables,
    problems: Vec<String>,
    has_gpus: bool,
}

impl<'a> Writer<'a> {
    fn new(plain: &'a Plain, docker: &'a Docker<'a>) -> Writer<'a> {
        let taken =
            ["DAG", "DIRECTORY", "DeviceRequest", "DockerOperator", "Mount", "Path", "dag", "os", "shutil", CLASS];
        Writer {
            plain,
            docker,
            names: Names::with(&taken),
            variables: Variables::new(&[]),
            problems: Vec::new(),
            has_gpus: false,
        }
    }

    fn write<'t>(
        mut self,
        template: impl Fn(&PlainTask) -> Option<&'t KnownTemplate<'t>>,
    ) -> Result<String, Vec<String>> {
        let plain = self.plain;
        self.hold_to_one_directory("the workflow's name", &plain.name);
        let operators: Vec<String> = plain
            .tasks
            .iter()
            .map(|task| self.names.make(task.variable.as_deref().unwrap_or(&task.id), "task_"))
            .collect();
        let mut body = String::new();
        for (task, operator) in plain.tasks.iter().zip(&operators) {
            let Some(template) = template(task) else {
                let problem = "the template is not known; say in `containers` where the container's file is";
                self.problems.push(format!("task `{}`: {problem}", task.id));
                continue;
            };
            let call = self.task(task, template);
            assignment(&mut body, 4, operator, &call);
            body.push('\n');
        }
        let mut texts = |text: &str| {
            let written = self.variables.text(text, &mut self.names);
            written.unwrap_or_else(|expression| {
                let what = "in the workflow's name or description has no form in a DAG";
                self.problems.push(format!("`{expression}` {what}"));
                Code::atom("None")
            })
        };
        let mut head = vec![(None, texts(&plain.name)), (Some("schedule"), Code::atom("None"))];
        head.extend(plain.description.as_ref().map(|description| (Some("description"), texts(description))));
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let mut out = String::from("import os\nimport shutil\nfrom pathlib import Path\n\n");
        out.push_str("from airflow.providers.docker.operators.docker import DockerOperator\n");
        out.push_str("from airflow.sdk import DAG\n");
        out.push_str(match self.has_gpus {
            true => "from docker.types import DeviceRequest, Mount\n",
            false => "from docker.types import Mount\n",
        });
        out.push_str("\n# The directories of runs, on the machine with the engine.\n");
        let arguments = vec![(None, text("TASK_API_RUNS")), (None, text(self.docker.runs))];
        let directory = Code::short_call("Path", vec![(None, Code::short_call("os.getenv", arguments))]);
        assignment(&mut out, 0, "DIRECTORY", &directory);
        if self.variables.has_constants() {
            out.push_str(&format!("\n{}", self.variables.constants()));
        }
        out.push_str(&format!("\n\n{CLASS_TEXT}\n\n"));
        super::python::with_dag(&mut out, head);
        out.push_str(match body.trim_end() {
            "" => "    pass",
            body => body,
        });
        out.push('\n');
        let edges = edges::statements(plain, &operators, 4);
        if !edges.is_empty() {
            out.push_str(&format!("\n{edges}"));
        }
        Ok(out)
    }

    fn task(&mut self, task: &PlainTask, template: &KnownTemplate<'_>) -> Code {
        let mut arguments = vec![(Some("task_id"), text(&task.id)), (Some("image"), self.text(task, &task.image))];
        let command = match (&task.command, &template.template.command) {
            (Some(command), _) => Some(command.clone()),
            (None, Some(command)) => Some(command.words.iter().map(|word| word.value.to_string()).collect()),
            (None, None) => None,
        };
        if let Some(command) = command {
            let words = command.iter().map(|word| self.text(task, word)).collect();
            arguments.push((Some("command"), Code::List(words)));
        }
        let mut env: Vec<(String, String)> = Vec::new();
        let declared = template.template.env.iter().map(|env| {
            (env.name.value.to_string(), env.value.as_ref().map(|value| value.value.to_string()).unwrap_or_default())
        });
        for (name, value) in declared.chain(task.env.iter().cloned()) {
            match env.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => env.push((name, value)),
            }
        }
        if !env.is_empty() {
            let items = env.iter().map(|(name, value)| (self.text(task, name), self.text(task, value)));
            arguments.push((Some("environment"), Code::Dict(items.collect())));
        }
        let inputs = template.template.inputs.iter().filter_map(|input| {
            let name = &*input.name.value;
            let path = text(&input.mounted_path.as_ref()?.value);
            let map = task.maps.iter().find(|map| map.input == name);
            let fed = map.and_then(|map| Some((self.plain.tasks.get(map.upstream)?, &map.output)));
            let bound = self.plain.inputs.iter().find(|[id, channel, _]| *id == task.id && channel == name);
            let source = match (fed, bound) {
                (Some((upstream, output)), _) => Code::Atom(format!("({}, {})", quoted(&upstream.id), quoted(output))),
                (None, Some([_, _, directory])) => self.text(task, &absolute_path(self.docker.directory, directory)),
                (None, None) => {
                    let problem = format!("its input `{name}` is fed by no task, and `inputs` gives it no directory");
                    self.problems.push(format!("task `{}`: {problem}", task.id));
                    return None;
                }
            };
            Some((path, source))
        });
        arguments.push((Some("inputs"), Code::Dict(inputs.collect())));
        self.hold_to_one_directory("the name of the task", &task.id);
        for output in &template.template.outputs {
            self.hold_to_one_directory(&format!("the output of task `{}`", task.id), &output.name.value);
        }
        let outputs = template.template.outputs.iter();
        let outputs = outputs.filter_map(|o| Some((text(&o.mounted_path.as_ref()?.value), text(&o.name.value))));
        arguments.push((Some("outputs"), Code::Dict(outputs.collect())));
        arguments.extend(self.resources(task, template));
        Code::call(CLASS, arguments)
    }

    /// The DAG keeps, and empties, directories of these names below that of the run.
    fn hold_to_one_directory(&mut self, what: &str, name: &str) {
        if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
            self.problems
                .push(format!("{what}, `{name}`, cannot be the name of a directory, which the DAG makes of it"));
        }
    }

    fn text(&mut self, task: &PlainTask, template: &str) -> Code {
        self.variables.text(template, &mut self.names).unwrap_or_else(|expression| {
            self.problems.push(format!("task `{}`: `{expression}` has no form in a DAG", task.id));
            text("")
        })
    }

    /// The memory that a container may use, its share of the processors, and its GPUs. Scale rules are left to who runs
    /// a workflow itself.
    fn resources(&mut self, task: &PlainTask, template: &KnownTemplate<'_>) -> Vec<(Option<&'static str>, Code)> {
        let of_template = || {
            let pairs = |list: &[task_api_core::model::Quantity<'_>]| {
                let pair = |quantity: &task_api_core::model::Quantity<'_>| {
                    Some((quantity.name.value.to_string(), quantity.text()?.into_owned()))
                };
                list.iter().filter_map(pair).collect()
            };
            let resources = template.template.resources.as_ref();
            resources.map(|r| PlainResources { limits: pairs(&r.limits), requests: pairs(&r.requests) })
        };
        let Some(resources) = task.resources.clone().or_else(of_template) else { return Vec::new() };
        let mut quantity = |side: &[(String, String)], wanted: &str| {
            let (_, value) = side.iter().find(|(name, _)| name == wanted)?;
            match Quantity::parse(value) {
                Ok(quantity) => Some(quantity),
                Err(_) => {
                    self.problems.push(format!("task `{}`: `{value}` for `{wanted}` is no quantity", task.id));
                    None
                }
            }
        };
        let memory = quantity(&resources.limits, "memory").map(Quantity::ceil);
        let cpu = quantity(&resources.requests, "cpu").map(Quantity::nanos);
        let gpus = quantity(&resources.limits, "nvidia.com/gpu").map(Quantity::ceil);
        let mut arguments = Vec::new();
        if let Some(memory) = memory.filter(|&memory| memory > 0) {
            arguments.push((Some("mem_limit"), Code::atom(memory.to_string())));
        }
        if let Some(nanos) = cpu.filter(|&nanos| nanos > 0) {
            let (whole, part) = (nanos / 1_000_000_000, nanos % 1_000_000_000 / 1_000_000);
            let written = format!("{whole}.{part:03}");
            let short = written.trim_end_matches('0');
            let padded = if short.ends_with('.') { format!("{short}0") } else { short.to_owned() };
            arguments.push((Some("cpus"), Code::Atom(padded)));
        }
        if let Some(gpus) = gpus.filter(|&gpus| gpus > 0) {
            self.has_gpus = true;
            let capabilities = Code::List(vec![Code::List(vec![text("gpu")])]);
            let request = vec![(Some("count"), Code::atom(gpus.to_string())), (Some("capabilities"), capabilities)];
            let requests = Code::List(vec![Code::short_call("DeviceRequest", request)]);
            arguments.push((Some("device_requests"), requests));
        }
        arguments
    }
}
