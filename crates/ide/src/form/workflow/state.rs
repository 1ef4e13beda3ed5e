//! The graph as it stands.

use task_api_core::diagnostic::Severity;
use task_api_core::workflow::{Edge, Graph, Task, TemplateRef, Templates, Way, Workflow, known};
use task_api_json::{Node, parse};

use super::WorkflowForm;
use super::types::*;
use crate::form::state::template_choices;
use crate::form::types::{Choice, FieldDiagnostic, OffsetRange};
use crate::form::view::{first_error, range};

impl WorkflowForm {
    pub fn state(&self) -> WorkflowState {
        let workflow = self.workflow();
        let graph = Graph::of(&workflow);
        let containers = self.container_texts();
        let place = self.report_document();
        let mut steps: Vec<Option<usize>> = vec![None; workflow.tasks.len()];
        for (step, level) in graph.levels().into_iter().enumerate() {
            level.into_iter().for_each(|task| steps[task] = Some(step));
        }
        let tasks = Templates::of(&workflow, &containers, |templates| {
            let one = |(position, task): (usize, &Task)| WorkflowTask {
                step: steps[position],
                range: range(&place, task.head),
                ..drawn(&workflow, templates, position, task)
            };
            workflow.tasks.iter().enumerate().map(one).collect()
        });
        let checked = self.checked();
        let reported = self.diagnostics().diagnostics;
        let owned = reported.into_iter().zip(&checked.diagnostics);
        WorkflowState {
            name: known(&workflow.name).map(|(name, _)| name.to_owned()).unwrap_or_default(),
            tasks,
            edges: graph.edges.iter().filter_map(|edge| edge_of(&workflow, edge)).collect(),
            sources: sources(&workflow),
            templates: self.templates(),
            cycles: graph.cycles().iter().map(|cycle| ids(&workflow, cycle)).collect(),
            broken: first_error(&self.document, &place),
            valid: checked.count(Severity::Error) == 0,
            diagnostics: owned
                .map(|(diagnostic, found)| FieldDiagnostic { diagnostic, field: owner(&found.pointer) })
                .collect(),
        }
    }

    fn templates(&self) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        for file in &self.containers {
            let tree = parse(&file.text);
            for choice in template_choices(tree.root(&file.text)) {
                if choices.iter().all(|known| known.value != choice.value) {
                    choices.push(choice);
                }
            }
        }
        choices
    }
}

fn drawn(workflow: &Workflow, templates: &Templates<'_>, position: usize, task: &Task) -> WorkflowTask {
    let template = templates.of_task(position);
    let known_template = template.map(|known| &known.template);
    let text = |value: &Option<_>| known(value).map(|(text, _)| text.to_owned()).unwrap_or_default();
    // What is read from and written to, in the order in which the file speaks of it.
    let mut used_inputs: Vec<&str> = task.maps.iter().filter_map(|map| Some(known(&map.input_channel)?.0)).collect();
    let sources = workflow.inputs.iter().filter(|input| known(&input.task_id).map(|(id, _)| id) == task.id());
    used_inputs.extend(sources.filter_map(|input| Some(known(&input.input_channel)?.0)));
    let readers = workflow.tasks.iter().flat_map(|other| &other.maps);
    let readers = readers.filter(|map| known(&map.upstream_operator).map(|(id, _)| id) == task.id());
    let used_outputs: Vec<&str> = readers.filter_map(|map| Some(known(&map.upstream_output_channel)?.0)).collect();
    let declared = |list: Option<&Vec<task_api_core::model::Mount<'_>>>| -> Vec<String> {
        list.into_iter().flatten().map(|mount| mount.name.value.clone().into_owned()).collect()
    };
    let inputs = declared(known_template.map(|template| &template.inputs));
    let outputs = declared(known_template.map(|template| &template.outputs));
    let inline = match &task.template {
        Some(TemplateRef::Inline(_)) => known_template.and_then(|one| one.identifier.as_ref()),
        _ => None,
    };
    WorkflowTask {
        id: task.pointer().trim_start_matches('/').to_owned(),
        name: task.id().unwrap_or_default().to_owned(),
        image: text(&task.image),
        template: match inline {
            Some(identifier) => identifier.value.clone().into_owned(),
            None => task.template_name().unwrap_or_default().to_owned(),
        },
        description: known_template
            .and_then(|template| template.description.as_ref())
            .map(|text| text.value.clone().into_owned())
            .unwrap_or_default(),
        is_known: template.is_some(),
        is_inline: matches!(task.template, Some(TemplateRef::Inline(_))),
        inputs: ports(inputs, &used_inputs, template.is_some()),
        outputs: ports(outputs, &used_outputs, template.is_some()),
        env: variables(task, known_template.map(|template| &template.env[..]).unwrap_or_default()),
        step: None,
        range: OffsetRange { start: 0, end: 0 },
    }
}

fn ports(declared: Vec<String>, used: &[&str], is_known: bool) -> Vec<WorkflowPort> {
    let mut ports: Vec<WorkflowPort> = declared
        .into_iter()
        .map(|name| WorkflowPort { is_connected: used.contains(&&*name), name, is_unknown: false })
        .collect();
    for name in used {
        if ports.iter().all(|port| port.name != *name) {
            ports.push(WorkflowPort { name: (*name).to_owned(), is_connected: true, is_unknown: is_known });
        }
    }
    ports
}

fn variables(task: &Task, declared: &[task_api_core::model::Env<'_>]) -> Vec<WorkflowVariable> {
    let set: Vec<(&str, Option<&str>)> = task
        .env
        .iter()
        .filter_map(|env| Some((known(&env.name)?.0, known(&env.value).map(|(value, _)| value))))
        .collect();
    let value_of = |name: &str| set.iter().rev().find(|(own, _)| *own == name)?.1.map(str::to_owned);
    let mut variables: Vec<WorkflowVariable> = declared
        .iter()
        .map(|env| WorkflowVariable {
            name: env.name.value.clone().into_owned(),
            value: value_of(&env.name.value),
            default: env.value.as_ref().map(|text| text.value.clone().into_owned()),
            is_fixed: env.is_fixed(),
        })
        .collect();
    for (name, _) in &set {
        if variables.iter().all(|variable| variable.name != *name) {
            let value = value_of(name);
            variables.push(WorkflowVariable { name: (*name).to_owned(), value, default: None, is_fixed: false });
        }
    }
    variables
}

fn edge_of(workflow: &Workflow, edge: &Edge) -> Option<WorkflowEdge> {
    let (from, to) = (workflow.tasks.get(edge.upstream)?, workflow.tasks.get(edge.downstream)?);
    let task = |task: &Task| task.pointer().trim_start_matches('/').to_owned();
    let text = |value: &Option<_>| known(value).map(|(text, _)| text.to_owned());
    let (id, output, input) = match edge.way {
        Way::Mapping(at) => {
            let map = to.maps.get(at)?;
            (map.pointer(to), text(&map.upstream_output_channel), text(&map.input_channel))
        }
        Way::Order(at) => (format!("{}/upstream_task_ids/{at}", to.pointer()), None, None),
    };
    Some(WorkflowEdge { id: id.trim_start_matches('/').to_owned(), from: task(from), to: task(to), output, input })
}

fn sources(workflow: &Workflow) -> Vec<WorkflowSource> {
    let source = |input: &task_api_core::workflow::SourceInput| {
        let to = workflow.task(known(&input.task_id)?.0)?;
        Some(WorkflowSource {
            id: input.pointer().trim_start_matches('/').to_owned(),
            host_path: known(&input.host_path).map(|(path, _)| path.to_owned()).unwrap_or_default(),
            to: to.pointer().trim_start_matches('/').to_owned(),
            input: known(&input.input_channel)?.0.to_owned(),
        })
    };
    workflow.inputs.iter().filter_map(source).collect()
}

fn ids(workflow: &Workflow, cycle: &[Edge]) -> Vec<String> {
    cycle.iter().filter_map(|edge| Some(edge_of(workflow, edge)?.id)).collect()
}

/// The task, edge or source that a finding at a place belongs to.
fn owner(pointer: &str) -> Option<String> {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    let length = match parts[..] {
        ["tasks", _, "iochannel_maps" | "upstream_task_ids", _, ..] => 4,
        ["tasks" | "inputs" | "containers", _, ..] => 2,
        _ => return None,
    };
    Some(parts[..length].join("/"))
}

/// Whether a node is an object of the text, which a change can write into.
pub(super) fn is_object(node: Option<Node<'_>>) -> bool {
    node.is_some_and(|node| node.kind() == task_api_json::Kind::Object)
}
