//! The rules of workflows, on the model.

use std::collections::{HashMap, HashSet};

use task_api_json::{Node, parse};

use super::{Containers, Graph, IoMap, Read, Templates, Value, Workflow};
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::{CheckOptions, Checked, Kind};

/// Checks a workflow that was read from another language than JSON. `own` is what its reader found beside.
pub fn check(workflow: &Workflow, own: Vec<Diagnostic>, options: &CheckOptions<'_>) -> Checked {
    let mut findings = Findings::new(&options.levels, options.schema_only, &options.suppressions);
    for diagnostic in own {
        findings.report_as(diagnostic.rule, diagnostic.severity, || diagnostic);
    }
    let nothing = Containers::default();
    let containers = options.containers.unwrap_or(&nothing);
    if !options.schema_only {
        with_context(workflow, containers, None, |context| rules(context, &mut findings));
    }
    let (diagnostics, found) = findings.finish();
    Checked { tree: parse(""), kind: Kind::Workflow, version: None, diagnostics, found }
}

/// The rules of a workflow.json. Whether all of its templates are known.
pub(crate) fn check_json(root: Node<'_>, options: &CheckOptions<'_>, findings: &mut Findings<'_>) -> bool {
    let workflow = Workflow::read(root);
    let nothing = Containers::default();
    let containers = options.containers.unwrap_or(&nothing);
    with_context(&workflow, containers, Some(root), |context| {
        rules(context, findings);
        (0..workflow.tasks.len()).all(|task| context.templates.of_task(task).is_some())
    })
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
    /// The names of all outputs, if all are known.
    outputs: Option<HashSet<&'a str>>,
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

fn with_context<T>(
    workflow: &Workflow,
    containers: &Containers<'_>,
    root: Option<Node<'_>>,
    call: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let graph = Graph::of(workflow);
    Templates::of(workflow, containers, |templates| {
        let mut tasks = HashMap::with_capacity(workflow.tasks.len());
        for (position, task) in workflow.tasks.iter().enumerate() {
            if let Some(id) = task.id() {
                tasks.entry(id).or_insert(position);
            }
        }
        let all = (0..workflow.tasks.len()).map(|task| templates.of_task(task)).collect::<Option<Vec<_>>>();
        let outputs =
            all.map(|all| all.iter().flat_map(|known| &known.template.outputs).map(|o| &*o.name.value).collect());
        call(&Context { workflow, containers, templates, graph: &graph, root, tasks, outputs })
    })
}

fn rules(_context: &Context<'_>, _findings: &mut Findings<'_>) {}

impl Context<'_> {
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
        let Some(channel) = map.upstream_output_channel.as_ref().and_then(Value::known) else { return Leads::Unknown };
        let is_there = match self.task_named(&map.upstream_operator) {
            Leads::To(task) => self.templates.of_task(task).map(|known| known.output(channel).is_some()),
            Leads::Nowhere => {
                let outputs = self.outputs.as_ref();
                outputs.filter(|outputs| !outputs.contains(channel.as_str())).map(|_| false)
            }
            Leads::Unknown => None,
        };
        match is_there {
            Some(true) => Leads::To(()),
            Some(false) => Leads::Nowhere,
            None => Leads::Unknown,
        }
    }
}
