//! Names that several places speak of (templates, channels, variables), and all the places of each.

use std::borrow::Cow;

use task_api_core::Kind;
use task_api_core::model::{Container, Task};
use task_api_core::template::env_references;
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::document::Document;
use crate::workspace::{Place, Workspace};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntityKind {
    Template,
    Input,
    Output,
    Env,
    /// A task of a workflow.
    Task,
}

impl EntityKind {
    /// The field that lists such things, in a template and in a task.
    pub(crate) fn list(self) -> &'static str {
        match self {
            EntityKind::Template => "templates",
            EntityKind::Input => "inputs",
            EntityKind::Output => "outputs",
            EntityKind::Env => "env",
            EntityKind::Task => "tasks",
        }
    }

    pub(crate) fn noun(self) -> &'static str {
        match self {
            EntityKind::Template => "template",
            EntityKind::Input => "input",
            EntityKind::Output => "output",
            EntityKind::Env => "variable",
            EntityKind::Task => "task",
        }
    }

    fn of_list(name: &str) -> Option<EntityKind> {
        [EntityKind::Input, EntityKind::Output, EntityKind::Env].into_iter().find(|kind| kind.list() == name)
    }
}

/// What a name stands for: all that one document, or one template in it, declares by this name.
#[derive(Debug, Clone)]
pub(crate) struct Entity<'a> {
    pub(crate) kind: EntityKind,
    pub(crate) name: Cow<'a, str>,
    /// The document of the declaration.
    pub(crate) home: &'a Document,
    /// The template that it is or belongs to; `None` for a variable that a task alone sets.
    pub(crate) template: Option<Node<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Declaration,
    Use,
    /// `{{ env.NAME }}`: a variable of this name, but that of whoever runs the task.
    Expression,
    /// `$NAME` in a command that a shell gets.
    Script,
}

/// A place that speaks of an entity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occurrence<'a> {
    pub(crate) document: &'a Document,
    /// The string that the name is, or stands in.
    pub(crate) node: Node<'a>,
    /// The name itself, without quotes.
    pub(crate) span: Span,
    pub(crate) form: Form,
}

/// A template and the document that it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) document: &'a Document,
    pub(crate) template: Node<'a>,
}

/// What stands at a place, and the occurrence there.
pub(crate) fn entity_at<'a>(workspace: &'a Workspace, at: Place<'_>) -> Option<(Entity<'a>, Occurrence<'a>)> {
    let document = workspace.get(at.uri)?;
    let kind = document.kind()?;
    let node = document.root().node_at(at.offset);
    if let Some((name, span)) = expressions(node).find(|(_, span)| touches(*span, at.offset)) {
        let occurrence = Occurrence { document, node, span, form: Form::Expression };
        return Some((variable(workspace, document, node, name)?, occurrence));
    }
    if node.kind() != NodeKind::String || !touches(node.span(), at.offset) {
        return None;
    }
    if let Some((name, span)) = script_variables(node).find(|(_, span)| touches(*span, at.offset)) {
        let occurrence = Occurrence { document, node, span, form: Form::Script };
        return Some((variable(workspace, document, node, name)?, occurrence));
    }
    #[cfg(feature = "workflow")]
    if kind == Kind::Workflow
        && let Some(found) = crate::flow::entity_at(workspace, document, node)
    {
        return Some(found);
    }
    let occurrence = |form| Occurrence { document, node, span: node.inner_span(), form };
    let (field, object) = (node.key()?.as_str()?, node.container()?);
    if object.get(&field) != Some(node) {
        return None;
    }
    let name = node.as_str()?;
    if field == "identifier" && is_template(document, object) {
        let entity = Entity { kind: EntityKind::Template, name, home: document, template: Some(object) };
        return Some((entity, occurrence(Form::Declaration)));
    }
    let is_task = kind == Kind::Task;
    if field == "taskTemplate" && is_task && object == document.root() {
        let Bound { document: home, template } = bound_template(workspace, document)?;
        let entity = Entity { kind: EntityKind::Template, name, home, template: Some(template) };
        return Some((entity, occurrence(Form::Use)));
    }
    let list = object.container().filter(|list| field == "name" && list.kind() == NodeKind::Array)?;
    let (kind, owner) = (EntityKind::of_list(&list.key()?.as_str()?)?, list.container()?);
    if owner.get(kind.list()) != Some(list) {
        return None;
    }
    if is_template(document, owner) {
        let entity = Entity { kind, name, home: document, template: Some(owner) };
        return Some((entity, occurrence(Form::Declaration)));
    }
    if !is_task || owner != document.root() {
        return None;
    }
    let declared = bound_template(workspace, document).filter(|bound| declares(bound.template, kind, &name));
    if let Some(Bound { document: home, template }) = declared {
        return Some((Entity { kind, name, home, template: Some(template) }, occurrence(Form::Use)));
    }
    let is_local = kind == EntityKind::Env;
    let entity = Entity { kind, name, home: document, template: None };
    is_local.then(|| (entity, occurrence(Form::Declaration)))
}

/// All places of an entity, sorted; with `only`, those in one document.
pub(crate) fn occurrences<'a>(
    workspace: &'a Workspace,
    entity: &Entity<'a>,
    only: Option<&Document>,
) -> Vec<Occurrence<'a>> {
    let is_wanted = |document: &Document| only.is_none_or(|only| only.uri() == document.uri());
    let mut found = Vec::new();
    if is_wanted(entity.home) {
        declarations(entity, &mut found);
    }
    let tasks = bound_tasks(workspace, entity);
    for task in tasks.into_iter().filter(|task| is_wanted(task)) {
        uses(entity, task, &mut found);
    }
    #[cfg(feature = "workflow")]
    crate::flow::occurrences(workspace, entity, is_wanted, &mut found);
    found.sort_by_key(|occurrence| (occurrence.document.uri(), occurrence.span.start));
    found
}

/// The template that a task is held to, without reading it.
pub(crate) fn bound_template<'a>(workspace: &'a Workspace, task: &'a Document) -> Option<Bound<'a>> {
    let written = task.root().get("taskTemplate")?;
    if written.kind() == NodeKind::Object {
        return Some(Bound { document: task, template: written });
    }
    let document = workspace.container_of(task)?;
    let template = Container::read(document.root()).template(&Task::named_template(task.root())?.value)?;
    Some(Bound { document, template: template.node })
}

/// The tasks that an entity may occur in: those of its template.
pub(crate) fn bound_tasks<'a>(workspace: &'a Workspace, entity: &Entity<'a>) -> Vec<&'a Document> {
    if entity.home.kind() == Some(Kind::Task) {
        return vec![entity.home];
    }
    let identifier = entity.template.and_then(|template| template.get("identifier"));
    let Some(identifier) = identifier.and_then(Node::as_str) else { return Vec::new() };
    // Of two templates of one name, tasks get the first.
    let first = Container::read(entity.home.root()).template(&identifier);
    if first.is_none_or(|first| Some(first.node) != entity.template && entity.kind != EntityKind::Template) {
        return Vec::new();
    }
    let tasks = workspace.documents().filter(|document| document.kind() == Some(Kind::Task));
    let is_named = |task: &&Document| Task::named_template(task.root()).is_some_and(|named| named.value == identifier);
    let is_bound =
        |task: &&Document| workspace.container_of(task).is_some_and(|container| container.uri() == entity.home.uri());
    tasks.filter(is_named).filter(is_bound).collect()
}

/// The strings that name what a list of this kind holds, in a template or a task.
pub(crate) fn names<'a>(owner: Node<'a>, kind: EntityKind) -> impl Iterator<Item = Node<'a>> {
    let field = match kind {
        EntityKind::Template => "identifier",
        EntityKind::Task => "task_id",
        EntityKind::Input | EntityKind::Output | EntityKind::Env => "name",
    };
    let list = owner.get(kind.list()).into_iter().flat_map(Node::elements);
    list.filter_map(move |item| item.get(field)).filter(|name| name.kind() == NodeKind::String)
}

/// Whether a template declares such a name.
pub(crate) fn declares(template: Node<'_>, kind: EntityKind, name: &str) -> bool {
    names(template, kind).any(|declared| declared.is_str(name))
}

/// The template of a document that a node stands in.
pub(crate) fn template_around<'a>(document: &'a Document, node: Node<'a>) -> Option<Node<'a>> {
    std::iter::successors(Some(node), |node| node.parent()).find(|node| is_template(document, *node))
}

fn is_template(document: &Document, node: Node<'_>) -> bool {
    let root = document.root();
    if node.kind() != NodeKind::Object {
        return false;
    }
    match document.kind() {
        Some(Kind::Task) => root.get("taskTemplate") == Some(node),
        #[cfg(feature = "workflow")]
        Some(Kind::Workflow) => crate::flow::is_inline_template(document, node),
        #[cfg(not(feature = "workflow"))]
        Some(Kind::Workflow) => false,
        Some(Kind::ProcessingContainer) => {
            let list = node.container().filter(|list| list.kind() == NodeKind::Array);
            list.is_some_and(|list| root.get("templates") == Some(list))
        }
        None => false,
    }
}

/// The variable that an expression in a document speaks of.
fn variable<'a>(workspace: &'a Workspace, document: &'a Document, node: Node<'a>, name: &'a str) -> Option<Entity<'a>> {
    let kind = EntityKind::Env;
    let bound = match document.kind()? {
        Kind::Task => bound_template(workspace, document),
        Kind::ProcessingContainer => template_around(document, node).map(|template| Bound { document, template }),
        Kind::Workflow => None,
    };
    let entity = |home, template| Entity { kind, name: name.into(), home, template };
    match bound.filter(|bound| declares(bound.template, kind, name)) {
        Some(bound) => Some(entity(bound.document, Some(bound.template))),
        None if document.kind() == Some(Kind::Task) => {
            declares(document.root(), kind, name).then(|| entity(document, None))
        }
        None => None,
    }
}

fn declarations<'a>(entity: &Entity<'a>, found: &mut Vec<Occurrence<'a>>) {
    let document = entity.home;
    let is_inline = document.kind() != Some(Kind::ProcessingContainer);
    let written: Vec<Node<'a>> = match (entity.kind, entity.template) {
        (EntityKind::Template, Some(template)) if is_inline => template.get("identifier").into_iter().collect(),
        (EntityKind::Template, _) => names(document.root(), EntityKind::Template).collect(),
        (kind, Some(template)) => names(template, kind).collect(),
        (_, None) => return,
    };
    let declared = written.into_iter().filter(|name| name.is_str(&entity.name));
    found.extend(declared.map(|node| Occurrence { document, node, span: node.inner_span(), form: Form::Declaration }));
    if let (EntityKind::Env, Some(template)) = (entity.kind, entity.template) {
        scripts_of(entity, document, template, found);
        // Those of a task are found with the task.
        if !is_inline {
            expressions_in(entity, document, template, found);
        }
    }
}

fn uses<'a>(entity: &Entity<'a>, task: &'a Document, found: &mut Vec<Occurrence<'a>>) {
    let root = task.root();
    let form = if entity.template.is_none() { Form::Declaration } else { Form::Use };
    let occurrence = |node: Node<'a>| Occurrence { document: task, node, span: node.inner_span(), form };
    if entity.kind == EntityKind::Template {
        found.extend(Task::named_template(root).map(|named| occurrence(named.node)));
        return;
    }
    found.extend(names(root, entity.kind).filter(|name| name.is_str(&entity.name)).map(occurrence));
    if entity.kind == EntityKind::Env {
        scripts_of(entity, task, root, found);
        expressions_in(entity, task, root, found);
    }
}

fn expressions_in<'a>(entity: &Entity<'a>, document: &'a Document, within: Node<'a>, found: &mut Vec<Occurrence<'a>>) {
    if !within.source().contains("{{") {
        return;
    }
    for node in within.descendants() {
        let of_name = expressions(node).filter(|(name, _)| *name == entity.name);
        found.extend(of_name.map(|(_, span)| Occurrence { document, node, span, form: Form::Expression }));
    }
}

/// The variables that expressions in a string, or in place of a value, refer to.
fn expressions<'a>(node: Node<'a>) -> impl Iterator<Item = (&'a str, Span)> {
    let (start, text) = match node.kind() {
        NodeKind::String => (node.inner_span().start, node.inner()),
        NodeKind::Template => (node.span().start, node.source()),
        _ => (0, ""),
    };
    let of_text = |(name, range): (&'a str, std::ops::Range<usize>)| {
        (name, Span::new(start + range.start as u32, start + range.end as u32))
    };
    env_references(text).into_iter().map(of_text).collect::<Vec<_>>().into_iter()
}

/// The places in the command of a template or a task where a shell reads the variable.
fn scripts_of<'a>(entity: &Entity<'a>, document: &'a Document, owner: Node<'a>, found: &mut Vec<Occurrence<'a>>) {
    for node in owner.get("command").into_iter().flat_map(Node::elements) {
        let of_name = script_variables(node).filter(|(name, _)| *name == entity.name);
        found.extend(of_name.map(|(_, span)| Occurrence { document, node, span, form: Form::Script }));
    }
}

/// The variables that a shell reads in a word of a command, `$NAME` or `${NAME…}`; none where the command is no shell's.
fn script_variables<'a>(word: Node<'a>) -> impl Iterator<Item = (&'a str, Span)> {
    let command = word.container().filter(|list| list.kind() == NodeKind::Array);
    let command = command.filter(|list| list.key().is_some_and(|key| key.is_str("command")));
    let program = command.and_then(|command| command.elements().next()).and_then(Node::as_str);
    let is_for_shell = program.is_some_and(|program| is_shell(&program)) && word.kind() == NodeKind::String;
    let (text, start) = (if is_for_shell { word.inner() } else { "" }, word.inner_span().start);
    text.match_indices('$').filter_map(move |(at, _)| {
        let after = &text[at + 1..];
        let name = after.strip_prefix('{').unwrap_or(after);
        let begin = at + 1 + after.len() - name.len();
        let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let is_name = length > 0 && !name.starts_with(|first: char| first.is_ascii_digit());
        let is_escaped = text[..at].ends_with('\\');
        let span = Span::new(start + begin as u32, start + (begin + length) as u32);
        (is_name && !is_escaped).then(|| (&name[..length], span))
    })
}

/// Whether a program, by its name or its path, is a shell.
pub(crate) fn is_shell(program: &str) -> bool {
    ["sh", "bash", "dash", "ash", "zsh"].contains(&program.rsplit('/').next().unwrap_or(program))
}

fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}
