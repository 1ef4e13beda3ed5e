//! Workflows: which container and template each task gets, and which of their names speak of what.

use std::collections::{HashMap, HashSet};

use task_api_core::Kind;
use task_api_core::model::Container;
use task_api_core::template::has_expression;
use task_api_core::workflow::{ContainerText, Containers, Wanted, Workflow, known};
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::document::Document;
#[cfg(feature = "python")]
use crate::document::Role;
use crate::entity::{Bound, Entity, EntityKind, Form, Occurrence, declares, names};
use crate::workspace::{Workspace, directory_of, resolve};

/// The container files of a workflow's tasks, as far as they are in the workspace.
#[derive(Default)]
pub(crate) struct FlowContainers<'a> {
    pub(crate) documents: Vec<&'a Document>,
    by_path: HashMap<String, Option<usize>>,
    by_template: HashMap<String, usize>,
    for_all: Option<usize>,
}

impl<'a> FlowContainers<'a> {
    pub(crate) fn of(workspace: &'a Workspace, workflow: &Document) -> FlowContainers<'a> {
        let wanted = wanted(workflow);
        let mut found = FlowContainers::default();
        found.for_all = named(workspace, workflow).and_then(|container| found.add(container));
        for path in wanted.paths {
            match workspace.get(&resolve(directory_of(workflow.uri()), &path)) {
                Some(container) => {
                    if let Some(position) = found.add(container) {
                        found.by_path.insert(path, Some(position));
                    }
                }
                // Elsewhere than on a disk, files are not there before somebody hands them over.
                None if workflow.directory.is_some() => {
                    found.by_path.insert(path, None);
                }
                None => {}
            }
        }
        for template in wanted.templates {
            let nearest = workspace.nearest_container(workflow.uri(), &template);
            #[cfg(feature = "python")]
            let below = || workspace.container_below(workflow.uri(), &template);
            #[cfg(feature = "python")]
            let nearest = nearest.or_else(|| if workflow.role() == Role::Dag { below() } else { None });
            if let Some(position) = nearest.and_then(|container| found.add(container)) {
                found.by_template.insert(template, position);
            }
        }
        found
    }

    fn add(&mut self, container: &'a Document) -> Option<usize> {
        if let Some(position) = self.documents.iter().position(|known| known.uri() == container.uri()) {
            return Some(position);
        }
        let is_json = !container.tree().has_template_blocks() && !container.root().is_recovered();
        is_json.then(|| {
            self.documents.push(container);
            self.documents.len() - 1
        })
    }

    pub(crate) fn for_check(&self) -> Containers<'a> {
        let text = |document: &&'a Document| ContainerText { name: document.uri(), text: document.text() };
        Containers {
            files: self.documents.iter().map(text).collect(),
            by_path: self.by_path.clone(),
            by_template: self.by_template.clone(),
            for_all: self.for_all,
        }
    }
}

/// What a workflow, or the DAGs of a Python file, are to be checked against.
fn wanted(document: &Document) -> Wanted {
    #[cfg(feature = "python")]
    if document.role() == Role::Dag {
        let mut wanted = Wanted::default();
        for workflow in crate::dag::workflows(document) {
            wanted.add(workflow.wanted());
        }
        return wanted;
    }
    Workflow::read(document.root()).wanted()
}

fn named<'a>(workspace: &'a Workspace, workflow: &Document) -> Option<&'a Document> {
    workspace.get(&workspace.named_container(workflow)?)
}

/// The URIs of the container files that a workflow names.
pub fn named_containers(workflow: &Document) -> Vec<String> {
    let paths = Workflow::read(workflow.root()).wanted().paths;
    paths.iter().map(|path| resolve(directory_of(workflow.uri()), path)).collect()
}

/// The paths of the container files that a workflow names, or a Python file for its DAGs, with where they are.
pub(crate) fn container_paths(document: &Document) -> Vec<(String, Span)> {
    #[cfg(feature = "python")]
    if document.role() == Role::Dag {
        // What stands in the one constant is said of all of them.
        return crate::dag::workflows(document).first().map(container_paths_of).unwrap_or_default();
    }
    match document.kind() {
        Some(Kind::Workflow) => container_paths_of(&Workflow::read(document.root())),
        _ => Vec::new(),
    }
}

fn container_paths_of(workflow: &Workflow) -> Vec<(String, Span)> {
    let paths = workflow.containers.iter().filter_map(|file| known(&file.path));
    paths.filter(|(path, _)| !has_expression(path)).map(|(path, span)| (path.to_owned(), span)).collect()
}

/// The tasks of a workflow.
pub(crate) fn tasks<'a>(workflow: &'a Document) -> impl Iterator<Item = Node<'a>> {
    let list = workflow.root().get("tasks").into_iter().flat_map(Node::elements);
    list.filter(|task| task.kind() == NodeKind::Object)
}

pub(crate) fn task_named<'a>(workflow: &'a Document, id: &str) -> Option<Node<'a>> {
    tasks(workflow).find(|task| task.get("task_id").is_some_and(|node| node.is_str(id)))
}

/// The task that a place is in.
pub(crate) fn task_around<'a>(workflow: &'a Document, node: Node<'a>) -> Option<Node<'a>> {
    std::iter::successors(Some(node), |node| node.parent()).find(|node| is_task(workflow, *node))
}

pub(crate) fn is_task(workflow: &Document, node: Node<'_>) -> bool {
    let list = node.container().filter(|list| list.kind() == NodeKind::Array && node.kind() == NodeKind::Object);
    list.is_some_and(|list| workflow.root().get("tasks") == Some(list))
}

/// Whether a node is a template that a task of a workflow has written out.
pub(crate) fn is_inline_template(workflow: &Document, node: Node<'_>) -> bool {
    let task = node.container().filter(|task| is_task(workflow, *task));
    task.is_some_and(|task| node.kind() == NodeKind::Object && task.get("taskTemplate") == Some(node))
}

/// The containers whose templates a task may name, the likeliest first.
pub(crate) fn possible_containers<'a>(
    workspace: &'a Workspace,
    workflow: &'a Document,
    task: Node<'a>,
) -> Vec<&'a Document> {
    match entry(workflow, task) {
        Some(path) => workspace.get(&resolve(directory_of(workflow.uri()), &path)).into_iter().collect(),
        None => workspace.possible_containers(workflow),
    }
}

/// The path that the workflow has for the image of a task.
fn entry(workflow: &Document, task: Node<'_>) -> Option<String> {
    let image = task.get("image")?.as_str()?;
    let mut entries = workflow.root().get("containers").into_iter().flat_map(Node::elements);
    let entry = entries.find(|entry| entry.get("image").is_some_and(|node| node.is_str(&image)))?;
    Some(entry.get("path")?.as_str()?.into_owned())
}

/// The template that a task is held to.
pub(crate) fn bound<'a>(workspace: &'a Workspace, workflow: &'a Document, task: Node<'a>) -> Option<Bound<'a>> {
    let written = task.get("taskTemplate")?;
    if written.kind() == NodeKind::Object {
        return Some(Bound { document: workflow, template: written });
    }
    let identifier = written.as_str()?;
    let document = match entry(workflow, task) {
        Some(path) => workspace.get(&resolve(directory_of(workflow.uri()), &path))?,
        None => match workspace.named_container(workflow) {
            Some(named) => workspace.get(&named)?,
            None => workspace.nearest_container(workflow.uri(), &identifier)?,
        },
    };
    let template = Container::read(document.root()).template(&identifier)?;
    Some(Bound { document, template: template.node })
}

/// What a string of a workflow names.
pub(crate) fn entity_at<'a>(
    workspace: &'a Workspace,
    workflow: &'a Document,
    node: Node<'a>,
) -> Option<(Entity<'a>, Occurrence<'a>)> {
    let name = node.as_str()?;
    let with = |entity, form| Some((entity, Occurrence { document: workflow, node, span: node.inner_span(), form }));
    let task = |form| {
        task_named(workflow, &name)?;
        with(Entity { kind: EntityKind::Task, name: name.clone(), home: workflow, template: None }, form)
    };
    let of_template = |kind, task: Node<'a>| {
        let Bound { document: home, template } = bound(workspace, workflow, task)?;
        let is_declared = kind == EntityKind::Template || declares(template, kind, &name);
        let entity = Entity { kind, name: name.clone(), home, template: Some(template) };
        if is_declared { with(entity, Form::Use) } else { None }
    };
    let parent = node.parent()?;
    if parent.kind() == NodeKind::Array {
        let is_upstream = parent.key()?.is_str("upstream_task_ids") && is_task(workflow, parent.container()?);
        return if is_upstream { task(Form::Use) } else { None };
    }
    let (field, object) = (node.key()?.as_str()?, node.container()?);
    let list = object.container().filter(|list| list.kind() == NodeKind::Array)?;
    let (list_name, owner) = (list.key()?.as_str()?, list.container()?);
    if object.get(&field) != Some(node) || owner.get(&list_name) != Some(list) {
        return None;
    }
    let other = |field: &str| task_named(workflow, &object.get(field)?.as_str()?);
    if owner == workflow.root() {
        return match (&*list_name, &*field) {
            ("tasks", "task_id") => task(Form::Declaration),
            ("tasks", "taskTemplate") => of_template(EntityKind::Template, object),
            ("inputs", "task_id") => task(Form::Use),
            ("inputs", "input_channel") => of_template(EntityKind::Input, other("task_id")?),
            _ => None,
        };
    }
    if !is_task(workflow, owner) {
        return None;
    }
    match (&*list_name, &*field) {
        ("iochannel_maps", "upstream_operator") => task(Form::Use),
        ("iochannel_maps", "upstream_output_channel") => of_template(EntityKind::Output, other("upstream_operator")?),
        ("iochannel_maps", "input_channel") => of_template(EntityKind::Input, owner),
        ("env", "name") => of_template(EntityKind::Env, owner),
        _ => None,
    }
}

/// The places of workflows that speak of an entity.
pub(crate) fn occurrences<'a>(
    workspace: &'a Workspace,
    entity: &Entity<'a>,
    is_wanted: impl Fn(&Document) -> bool,
    found: &mut Vec<Occurrence<'a>>,
) {
    let workflows = workspace.documents().filter(|document| document.kind() == Some(Kind::Workflow));
    let workflows = workflows.filter(|document| is_wanted(document));
    if entity.kind == EntityKind::Task {
        for workflow in workflows.filter(|workflow| workflow.uri() == entity.home.uri()) {
            of_task(workflow, &entity.name, found);
        }
        return;
    }
    for workflow in workflows {
        of_template(workspace, workflow, entity, found);
    }
}

fn of_task<'a>(workflow: &'a Document, id: &str, found: &mut Vec<Occurrence<'a>>) {
    let mut add = |node: Option<Node<'a>>, form| {
        let node = node.filter(|node| node.kind() == NodeKind::String && node.is_str(id));
        found.extend(node.map(|node| Occurrence { document: workflow, node, span: node.inner_span(), form }));
    };
    for task in tasks(workflow) {
        add(task.get("task_id"), Form::Declaration);
        for map in list(task, "iochannel_maps") {
            add(map.get("upstream_operator"), Form::Use);
        }
        for upstream in list(task, "upstream_task_ids") {
            add(Some(upstream), Form::Use);
        }
    }
    for input in list(workflow.root(), "inputs") {
        add(input.get("task_id"), Form::Use);
    }
}

fn of_template<'a>(
    workspace: &'a Workspace,
    workflow: &'a Document,
    entity: &Entity<'a>,
    found: &mut Vec<Occurrence<'a>>,
) {
    let is_of_entity = |task: &Node<'a>| {
        bound(workspace, workflow, *task)
            .is_some_and(|bound| bound.document.uri() == entity.home.uri() && Some(bound.template) == entity.template)
    };
    let ours: Vec<Node<'a>> = tasks(workflow).filter(is_of_entity).collect();
    let ids: HashSet<String> = ours
        .iter()
        .filter_map(|task| {
            let id = task.get("task_id")?.as_str()?;
            // Of two tasks of a name, others mean the first.
            (task_named(workflow, &id) == Some(*task)).then(|| id.into_owned())
        })
        .collect();
    let mut add = |node: Option<Node<'a>>| {
        let node = node.filter(|node| node.kind() == NodeKind::String && node.is_str(&entity.name));
        found.extend(node.map(|node| Occurrence {
            document: workflow,
            node,
            span: node.inner_span(),
            form: Form::Use,
        }));
    };
    let is_of_ours = |node: Option<Node<'a>>| node.and_then(Node::as_str).is_some_and(|id| ids.contains(&*id));
    match entity.kind {
        EntityKind::Template => ours.iter().for_each(|task| add(task.get("taskTemplate"))),
        EntityKind::Env => ours.iter().flat_map(|task| names(*task, EntityKind::Env)).for_each(|name| add(Some(name))),
        EntityKind::Input => {
            ours.iter().flat_map(|task| list(*task, "iochannel_maps")).for_each(|map| add(map.get("input_channel")));
            let inputs = list(workflow.root(), "inputs").filter(|input| is_of_ours(input.get("task_id")));
            inputs.for_each(|input| add(input.get("input_channel")));
        }
        EntityKind::Output => {
            let maps = tasks(workflow).flat_map(|task| list(task, "iochannel_maps"));
            let maps = maps.filter(|map| is_of_ours(map.get("upstream_operator")));
            maps.for_each(|map| add(map.get("upstream_output_channel")));
        }
        EntityKind::Task => {}
    }
}

pub(crate) fn list<'a>(object: Node<'a>, name: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    object.get(name).into_iter().flat_map(Node::elements)
}

#[cfg(test)]
mod tests;
