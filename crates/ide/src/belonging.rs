//! Which template a task is held to, and which tasks use a template, by as little of the documents as tells.

use task_api_core::model::{Container, Task, Template};
use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node};

use crate::document::Document;
use crate::workspace::Workspace;

/// A template, not read yet, and the document that it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TemplatePlace<'a> {
    pub(crate) document: &'a Document,
    pub(crate) node: Node<'a>,
}

/// As [`Workspace::template_of`], without reading what is in the task and in the template.
pub(crate) fn template_of<'a>(workspace: &'a Workspace, task: &'a Document) -> Option<TemplatePlace<'a>> {
    let own = task.root().get("taskTemplate")?;
    if own.kind() == NodeKind::Object {
        return Some(TemplatePlace { document: task, node: own });
    }
    let identifier = Task::named_template(task.root())?;
    let document = workspace.container_of(task)?;
    let is_wanted = |template: &Node<'_>| template.get("identifier").is_some_and(|node| node.is_str(&identifier.value));
    let node = document.root().get("templates")?.elements().find(is_wanted)?;
    Some(TemplatePlace { document, node })
}

/// The tasks that use a container's template of this name.
pub(crate) fn tasks_of_template<'a>(
    workspace: &'a Workspace,
    container: &'a Document,
    identifier: &str,
) -> Vec<&'a Document> {
    let tasks = workspace.documents().filter(|document| document.kind() == Some(Kind::Task));
    let names_it = |task: &&Document| Task::named_template(task.root()).is_some_and(|name| name.value == identifier);
    let is_of_container = |task: &&Document| workspace.container_of(task).is_some_and(|it| it.uri() == container.uri());
    tasks.filter(names_it).filter(is_of_container).collect()
}

/// Whether a container has a template of this name, of those that count the first.
pub(crate) fn is_first_of_its_name(container: &Document, template: Node<'_>) -> bool {
    let Some(identifier) = template.get("identifier").and_then(Node::as_str) else { return false };
    Container::read(container.root()).template(&identifier).is_some_and(|first| first.node == template)
}

/// A task of which nothing is read.
pub(crate) fn bare_task(node: Node<'_>, version: ApiVersion) -> Task<'_> {
    Task {
        node,
        version,
        name: None,
        image: None,
        template: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
        env: Vec::new(),
        command: None,
        resources: None,
        config: None,
    }
}

/// A template of which nothing is read.
pub(crate) fn bare_template(node: Node<'_>) -> Template<'_> {
    Template {
        node,
        identifier: None,
        description: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
        env: Vec::new(),
        command: None,
        resources: None,
    }
}
