//! A workflow of which everything is known, in plain values: what exports start from.

use task_api_core::workflow::{Graph, Quantity, Read, TemplateRef, Value, Way, Workflow};

/// A workflow without places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) tasks: Vec<PlainTask>,
    /// Task, input channel, host path.
    pub(crate) inputs: Vec<[String; 3]>,
    /// Image, path.
    pub(crate) containers: Vec<[String; 2]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlainTask {
    pub(crate) id: String,
    pub(crate) variable: Option<String>,
    pub(crate) image: String,
    pub(crate) template: PlainTemplate,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) resources: Option<PlainResources>,
    /// `registryUrl`, `registryUsername`, `registryPassword`.
    pub(crate) registry: [Option<String>; 3],
    pub(crate) maps: Vec<PlainMap>,
    /// All tasks right before this one, by their positions.
    pub(crate) before: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlainTemplate {
    Named(String),
    /// As JSON.
    Inline(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PlainResources {
    pub(crate) limits: Vec<(String, String)>,
    pub(crate) requests: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlainMap {
    /// Position of the other task.
    pub(crate) upstream: usize,
    pub(crate) output: String,
    pub(crate) input: String,
}

impl Plain {
    /// The workflow in plain values, its tasks in an order in which they can run; or what is missing.
    pub(crate) fn of(workflow: &Workflow) -> Result<Plain, Vec<String>> {
        let mut problems = Problems::default();
        let graph = Graph::of(workflow);
        for cycle in graph.cycles() {
            let names = cycle.iter().filter_map(|edge| workflow.tasks.get(edge.downstream)?.id());
            let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            problems.0.push(format!("the tasks {} wait for each other", names.join(", ")));
        }
        let order = in_order(&graph, workflow.tasks.len());
        let mut position_of = vec![0; workflow.tasks.len()];
        for (position, &task) in order.iter().enumerate() {
            position_of[task] = position;
        }
        let mut tasks = Vec::new();
        for &at in &order {
            let Some(task) = workflow.tasks.get(at) else { continue };
            let words = task.in_words();
            let of = |field: &str| format!("the `{field}` of {words}");
            let template = match &task.template {
                Some(TemplateRef::Named(name)) => {
                    PlainTemplate::Named(problems.needed(Some(name), || of("taskTemplate")))
                }
                Some(TemplateRef::Inline(inline)) => PlainTemplate::Inline(inline.json.clone()),
                None => PlainTemplate::Named(problems.needed(None, || of("taskTemplate"))),
            };
            let env = task.env.iter().map(|env| {
                let name = problems.needed(env.name.as_ref(), || format!("the name of a variable of {words}"));
                let value = problems.needed(env.value.as_ref(), || format!("the value of `{name}` of {words}"));
                (name, value)
            });
            let env = env.collect();
            let resources =
                task.resources.as_ref().map(|resources| match problems.known(resources, || of("resources")) {
                    Some(resources) => {
                        PlainResources { limits: pairs(&resources.limits), requests: pairs(&resources.requests) }
                    }
                    None => PlainResources::default(),
                });
            let mut maps = Vec::new();
            for (number, map) in task.maps.iter().enumerate() {
                let output = problems.needed(map.upstream_output_channel.as_ref(), || {
                    format!("an `upstream_output_channel` of {words}")
                });
                let input = problems.needed(map.input_channel.as_ref(), || format!("an `input_channel` of {words}"));
                problems.needed(map.upstream_operator.as_ref(), || format!("an `upstream_operator` of {words}"));
                let edge = graph.edges.iter().find(|edge| edge.downstream == at && edge.way == Way::Mapping(number));
                match edge {
                    Some(edge) => maps.push(PlainMap { upstream: position_of[edge.upstream], output, input }),
                    None if map.upstream_operator.as_ref().is_some_and(|name| name.known().is_some()) => {
                        problems.0.push(format!("{words} reads from a task that there is not"));
                    }
                    None => {}
                }
            }
            for upstream in &task.upstream {
                problems.needed(Some(upstream), || format!("a task that comes before {words}"));
            }
            tasks.push(PlainTask {
                id: problems.needed(task.id.as_ref(), || of("task_id")),
                variable: task.variable.as_ref().map(|variable| variable.value.clone()),
                image: problems.needed(task.image.as_ref(), || of("image")),
                template,
                env,
                command: task.command.as_ref().and_then(|command| problems.known(command, || of("command")).cloned()),
                resources,
                registry: [
                    problems.optional(&task.registry_url, || of("registryUrl")),
                    problems.optional(&task.registry_username, || of("registryUsername")),
                    problems.optional(&task.registry_password, || of("registryPassword")),
                ],
                maps,
                before: graph.upstream_of(at).iter().map(|&before| position_of[before]).collect(),
            });
        }
        let plain = Plain {
            name: problems.needed(workflow.name.as_ref(), || "the workflow's `name`".to_owned()),
            description: problems.optional(&workflow.description, || "the workflow's `description`".to_owned()),
            tasks,
            inputs: workflow
                .inputs
                .iter()
                .map(|input| {
                    [&input.task_id, &input.input_channel, &input.host_path]
                        .map(|value| problems.needed(value.as_ref(), || "a value in `inputs`".to_owned()))
                })
                .collect(),
            containers: workflow
                .containers
                .iter()
                .map(|file| {
                    [&file.image, &file.path]
                        .map(|value| problems.needed(value.as_ref(), || "a value in `containers`".to_owned()))
                })
                .collect(),
        };
        if problems.0.is_empty() { Ok(plain) } else { Err(problems.0) }
    }
}

/// The file's order, where each task comes behind those that it waits for.
fn in_order(graph: &Graph, count: usize) -> Vec<usize> {
    let is_in_order = (0..count).all(|task| graph.upstream_of(task).iter().all(|&before| before < task));
    if is_in_order {
        return (0..count).collect();
    }
    let mut order = graph.order();
    let mut is_there = vec![false; count];
    order.iter().for_each(|&task| is_there[task] = true);
    // Those that wait for each other, which have been reported.
    order.extend((0..count).filter(|&task| !is_there[task]));
    order
}

fn pairs(quantities: &[Quantity]) -> Vec<(String, String)> {
    quantities.iter().map(|quantity| (quantity.name.value.clone(), quantity.value.value.clone())).collect()
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn known<'v, T>(&mut self, value: &'v Value<T>, what: impl FnOnce() -> String) -> Option<&'v T> {
        match &value.value {
            Read::Known(value) => return Some(value),
            Read::Undefined(name) => self.0.push(format!("{} is not known: `{name}` is not defined", what())),
            Read::Unknown(why) => self.0.push(format!("{} is not known: {why}", what())),
        }
        None
    }

    fn needed(&mut self, value: Option<&Value<String>>, what: impl FnOnce() -> String) -> String {
        match value {
            Some(value) => self.known(value, what).cloned().unwrap_or_default(),
            None => {
                self.0.push(format!("{} is missing", what()));
                String::new()
            }
        }
    }

    fn optional(&mut self, value: &Option<Value<String>>, what: impl FnOnce() -> String) -> Option<String> {
        self.known(value.as_ref()?, what).cloned()
    }
}
