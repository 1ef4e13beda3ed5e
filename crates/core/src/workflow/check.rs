//! The rules of workflows, on the model.

use std::collections::{HashMap, HashSet};

use task_api_json::{Kind as NodeKind, Node, Span, parse};

use super::{Containers, Graph, IoMap, Read, SourceInput, Task, Templates, Value, Workflow, as_task, known};
use crate::diagnostic::{Diagnostic, DocumentRef};
use crate::findings::Findings;
use crate::model::{self, text};
use crate::rules::{
    container_not_found, duplicate_task_id, edge_without_mapping, input_fed_twice, mapping_without_edge,
    missing_host_path, relative_host_path, task_cycle, undefined_variable, unfed_input, unknown_input_channel,
    unknown_operator, unknown_template, unknown_upstream_channel, unused_output, workflow_task,
};
use crate::suggest::Suggestions;
use crate::template::has_expression;
use crate::{ApiVersion, CheckOptions, Checked, Kind};

/// Checks a workflow that was read from another language than JSON. `own` is what its reader found beside.
pub fn check(workflow: &Workflow, own: Vec<Diagnostic>, options: &CheckOptions<'_>) -> Checked {
    let mut findings = Findings::new(&options.levels, options.schema_only, &options.suppressions);
    for diagnostic in own {
        findings.report_as(diagnostic.rule, diagnostic.severity, || Box::new(diagnostic));
    }
    let nothing = Containers::default();
    let containers = options.containers.unwrap_or(&nothing);
    if !options.schema_only {
        with_context(workflow, containers, None, |context| {
            for (position, task) in workflow.tasks.iter().enumerate() {
                as_task::check(position, task, context.templates, &mut findings);
            }
            rules(context, &mut findings);
        });
    }
    let (diagnostics, found) = findings.finish();
    Checked { tree: parse(""), kind: Kind::Workflow, version: None, diagnostics, found }
}

/// The rules of a workflow.json. Whether all of its templates are known.
pub(crate) fn check_json(root: Node<'_>, options: &CheckOptions<'_>, findings: &mut Findings<'_>) -> bool {
    let workflow = Workflow::read(root);
    let nothing = Containers::default();
    let containers = options.containers.unwrap_or(&nothing);
    undefined_variable::check(root, &options.around, findings);
    for input in root.get("inputs").into_iter().flat_map(Node::elements) {
        let path = text(input.get("host_path")).filter(|path| !has_expression(&path.value));
        if let (Some(name), Some(path)) = (text(input.get("input_channel")), path) {
            relative_host_path::check_path(&path, "workflow", &options.around, findings);
            missing_host_path::check_path(&name, &path, &options.around, findings);
        }
    }
    with_context(&workflow, containers, Some(root), |context| {
        for position in 0..workflow.tasks.len() {
            if let Some(node) = context.task_node(position) {
                task_of_json(context, position, node, findings);
            }
        }
        rules(context, findings);
        (0..workflow.tasks.len()).all(|task| context.templates.of_task(task).is_some())
    })
}

/// What a task.json would have of the task, by the rules of task.json.
fn task_of_json(context: &Context<'_>, position: usize, node: Node<'_>, findings: &mut Findings<'_>) {
    let task = model::Task::read_as(node, ApiVersion::V1);
    let password = text(node.get("registryPassword"));
    let template = match task.inline_template() {
        Some(template) => Some((template, DocumentRef::This)),
        None => context.templates.of_task(position).map(|known| (&known.template, known.document())),
    };
    workflow_task(&task, password.as_ref(), template, findings);
    if let (Some(model::TemplateRef::Identifier(identifier)), Some((container, number))) =
        (&task.template, context.templates.container_without(position))
    {
        unknown_template::check(identifier, container, number, findings);
    }
}

/// What rules look at.
pub(crate) struct Context<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) containers: &'a Containers<'a>,
    pub(crate) templates: &'a Templates<'a>,
    pub(crate) graph: &'a Graph,
    /// The file, where it is JSON.
    pub(crate) root: Option<Node<'a>>,
    /// Tasks by name.
    pub(crate) tasks: HashMap<&'a str, usize>,
    nodes: Vec<Node<'a>>,
    /// For the name of each output, the first tasks that have it.
    outputs: HashMap<&'a str, Few>,
    are_all_known: bool,
}

#[derive(Debug, Clone, Copy)]
enum Few {
    One(usize),
    More,
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads<T> {
    To(T),
    /// The name is known, and nothing has it.
    Nowhere,
    /// Nobody can say.
    Unknown,
}

/// Something that feeds an input of a task.
#[derive(Clone, Copy)]
pub(crate) struct Feed<'a> {
    /// The name of the input.
    pub(crate) channel: &'a str,
    pub(crate) span: Span,
    by: By<'a>,
}

#[derive(Clone, Copy)]
enum By<'a> {
    Map(&'a Task, &'a IoMap),
    Source(&'a SourceInput),
}

impl Feed<'_> {
    /// The JSON Pointer of the input's name.
    pub(crate) fn pointer(&self) -> String {
        let of = match self.by {
            By::Map(task, map) => map.pointer(task),
            By::Source(input) => input.pointer(),
        };
        format!("{of}/input_channel")
    }
}

fn with_context<T>(
    workflow: &Workflow,
    containers: &Containers<'_>,
    root: Option<Node<'_>>,
    call: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let graph = Graph::of(workflow);
    Templates::of(workflow, containers, |templates| {
        let mut context = Context {
            workflow,
            containers,
            templates,
            graph: &graph,
            root,
            tasks: HashMap::with_capacity(workflow.tasks.len()),
            nodes: Vec::new(),
            outputs: HashMap::new(),
            are_all_known: true,
        };
        let list = root.and_then(|root| root.get("tasks")).into_iter().flat_map(Node::elements);
        context.nodes.extend(list.filter(|node| node.kind() == NodeKind::Object));
        for (position, task) in workflow.tasks.iter().enumerate() {
            if let Some(id) = task.id() {
                context.tasks.entry(id).or_insert(position);
            }
            let Some(template) = templates.of_task(position) else {
                context.are_all_known = false;
                continue;
            };
            for output in &template.template.outputs {
                let entry = context.outputs.entry(&output.name.value);
                entry.and_modify(|few| *few = Few::More).or_insert(Few::One(position));
            }
        }
        call(&context)
    })
}

fn rules(context: &Context<'_>, findings: &mut Findings<'_>) {
    duplicate_task_id::check(context, findings);
    unknown_operator::check(context, findings);
    container_not_found::check(context, findings);
    task_cycle::check(context, findings);
    inputs(context, findings);
    unknown_upstream_channel::check(context, findings);
    outputs(context, findings);
    edge_without_mapping::check(context, findings);
    mapping_without_edge::check(context, findings);
}

/// What feeds each task's inputs, and which are left.
fn inputs(context: &Context<'_>, findings: &mut Findings<'_>) {
    let tasks = &context.workflow.tasks;
    let mut sources: Vec<Vec<&SourceInput>> = vec![Vec::new(); tasks.len()];
    // Names of inputs whose task is misspelt or not known: they may be anybody's.
    let mut strays: HashSet<&str> = HashSet::new();
    let mut is_anything_stray = false;
    for input in &context.workflow.inputs {
        match (context.task_named(&input.task_id), known(&input.input_channel)) {
            (Leads::To(task), _) => sources[task].push(input),
            (_, Some((channel, _))) => {
                strays.insert(channel);
            }
            (_, None) => is_anything_stray = true,
        }
    }
    let mut suggestions = Suggestions::default();
    for (position, task) in tasks.iter().enumerate() {
        let maps = task.maps.iter().map(|map| (&map.input_channel, By::Map(task, map)));
        let sources = sources[position].iter().map(|input| (&input.input_channel, By::Source(input)));
        let mut feeds = Vec::new();
        let mut is_doubtful = is_anything_stray;
        for (channel, by) in maps.chain(sources) {
            match known(channel) {
                Some((channel, span)) => feeds.push(Feed { channel, span, by }),
                None => is_doubtful = true,
            }
        }
        let mut by_name: HashMap<&str, &Feed<'_>> = HashMap::with_capacity(feeds.len());
        for feed in &feeds {
            match by_name.get(feed.channel) {
                Some(first) => input_fed_twice::check(context, position, feed, first, findings),
                None => {
                    by_name.insert(feed.channel, feed);
                }
            }
        }
        let Some(template) = context.templates.of_task(position) else { continue };
        let is_unfed = |name: &str| !by_name.contains_key(name) && !strays.contains(name);
        let mut unfed: Vec<&model::Mount<'_>> =
            template.template.inputs.iter().filter(|input| is_unfed(&input.name.value)).collect();
        for feed in by_name_in_order(&feeds, &by_name).filter(|feed| template.input(feed.channel).is_none()) {
            let names = unfed.iter().map(|input| &*input.name.value);
            let nearest = suggestions.nearest(feed.channel, names);
            let only = || if let [only] = &unfed[..] { Some(&*only.name.value) } else { None };
            let meant = nearest.or_else(only);
            unknown_input_channel::check(context, position, feed, template, meant, findings);
            let meant = meant.map(str::to_owned);
            unfed.retain(|input| Some(&*input.name.value) != meant.as_deref());
        }
        for input in unfed.into_iter().filter(|_| !is_doubtful) {
            unfed_input::check(context, position, template, input, findings);
        }
    }
}

/// Of feeds of one name, the first.
fn by_name_in_order<'f, 'a>(
    feeds: &'f [Feed<'a>],
    first: &'f HashMap<&'a str, &'f Feed<'a>>,
) -> impl Iterator<Item = &'f Feed<'a>> {
    feeds.iter().filter(move |feed| first.get(feed.channel).is_some_and(|first| std::ptr::eq(*first, *feed)))
}

/// Which outputs nothing reads.
fn outputs(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut read: HashSet<(usize, &str)> = HashSet::new();
    // What a mapping may mean that leads nowhere, or nobody knows where.
    let mut doubtful_tasks = vec![false; context.workflow.tasks.len()];
    let mut doubtful_names: HashSet<&str> = HashSet::new();
    for map in context.workflow.tasks.iter().flat_map(|task| &task.maps) {
        let channel = known(&map.upstream_output_channel).map(|(channel, _)| channel);
        match (context.task_named(&map.upstream_operator), channel, context.output_of(map)) {
            (Leads::To(task), Some(channel), Leads::To(()) | Leads::Unknown) => {
                read.insert((task, channel));
            }
            (Leads::To(task), ..) => doubtful_tasks[task] = true,
            (_, Some(channel), _) if context.outputs.contains_key(channel) => {
                doubtful_names.insert(channel);
            }
            _ => return,
        }
    }
    for (position, _) in doubtful_tasks.iter().enumerate().filter(|(_, is_doubtful)| !**is_doubtful) {
        let Some(template) = context.templates.of_task(position) else { continue };
        for output in &template.template.outputs {
            let name = &*output.name.value;
            if !read.contains(&(position, name)) && !doubtful_names.contains(name) {
                unused_output::check(context, position, template, output, findings);
            }
        }
    }
}

impl<'a> Context<'a> {
    /// The task that a value names, by its position.
    pub(crate) fn task_named(&self, name: &Option<Value<String>>) -> Leads<usize> {
        match name.as_ref().map(|name| &name.value) {
            Some(Read::Known(name)) => self.tasks.get(name.as_str()).map_or(Leads::Nowhere, |&task| Leads::To(task)),
            Some(Read::Undefined(_)) => Leads::Nowhere,
            Some(Read::Unknown(_)) | None => Leads::Unknown,
        }
    }

    /// Whether the output channel that a mapping names is there. Where it is not known whose it is, a name that no
    /// task has leads nowhere all the same.
    pub(crate) fn output_of(&self, map: &IoMap) -> Leads<()> {
        let Some((channel, _)) = known(&map.upstream_output_channel) else { return Leads::Unknown };
        let is_there = match self.task_named(&map.upstream_operator) {
            Leads::To(task) => self.templates.of_task(task).map(|known| known.output(channel).is_some()),
            Leads::Nowhere => (self.are_all_known && !self.outputs.contains_key(channel)).then_some(false),
            Leads::Unknown => None,
        };
        match is_there {
            Some(true) => Leads::To(()),
            Some(false) => Leads::Nowhere,
            None => Leads::Unknown,
        }
    }

    /// The names of all outputs, in no order.
    pub(crate) fn all_outputs(&self) -> impl Iterator<Item = &'a str> {
        self.outputs.keys().copied()
    }

    /// The task that alone has an output of this name.
    pub(crate) fn only_task_with_output(&self, name: &str) -> Option<usize> {
        match self.outputs.get(name)? {
            Few::One(task) => Some(*task),
            Few::More => None,
        }
    }

    /// The object of a task, where the file is JSON.
    pub(crate) fn task_node(&self, position: usize) -> Option<Node<'a>> {
        self.nodes.get(position).copied()
    }
}

#[cfg(test)]
mod tests;
