//! What was read of a DAG, as the workflow that it is.

use std::collections::HashSet;
use std::rc::Rc;

use task_api_core::template::has_expression;
use task_api_core::workflow::{
    ContainerFile, EnvVar, Inline, IoMap, Language, Placed, Quantity, Read as Known, Resources, SourceInput, Task,
    TemplateRef, Value as Read, Workflow,
};
use task_api_json::{Span, quote};

use crate::python::Name;
use crate::reader::{Node, Unread};
use crate::value::{Record, Value, ValueKind};
use crate::{CONSTANT, MAPPING, OPERATOR, reader};

/// One workflow for each DAG that has tasks of the Task API, or has no task at all.
pub(crate) fn workflows(read: &mut reader::Read) -> Vec<Workflow> {
    let constant = read.names.iter().find(|(name, _)| name == CONSTANT).map(|(_, value)| value.clone());
    for node in read.nodes.iter().filter(|node| node.is_task() && node.dag.is_none()) {
        let named = node.parameters().get("dag").is_some();
        if !named {
            let message = format!("a `{OPERATOR}` that belongs to no DAG");
            read.unread.push(Unread { span: node.class, message });
        }
    }
    let before = before(read);
    let mut workflows: Vec<Workflow> =
        (0..read.dags.len()).map(|dag| Builder { read, before: &before }.workflow(dag)).collect();
    // What stands in the one constant is said of all of them.
    if let Some(constant) = constant {
        for workflow in &mut workflows {
            workflow.inputs = items(&constant, "inputs").map(|(number, item)| source_input(number, &item)).collect();
            workflow.containers =
                items(&constant, "containers").map(|(number, item)| container_file(number, &item)).collect();
        }
    }
    workflows
}

/// For each operator, the tasks of the Task API right before it, over operators of other kinds, with the place of the
/// last edge.
fn before(read: &reader::Read) -> Vec<Vec<(usize, Span)>> {
    let mut edges_to: Vec<Vec<(usize, Span)>> = vec![Vec::new(); read.nodes.len()];
    for edge in &read.edges {
        if let Some(list) = edges_to.get_mut(edge.to) {
            list.push((edge.from, edge.span));
        }
    }
    let is_task = |node: usize| read.nodes.get(node).is_some_and(Node::is_task);
    let tasks_before = |node: usize| {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut open: Vec<(usize, Span)> = edges_to.get(node).into_iter().flatten().rev().copied().collect();
        while let Some((from, span)) = open.pop() {
            if !seen.insert(from) {
                continue;
            }
            if is_task(from) {
                found.push((from, span));
                continue;
            }
            open.extend(edges_to.get(from).into_iter().flatten().rev().map(|&(further, _)| (further, span)));
        }
        found
    };
    (0..read.nodes.len()).map(|node| if is_task(node) { tasks_before(node) } else { Vec::new() }).collect()
}

struct Builder<'a> {
    read: &'a reader::Read,
    before: &'a [Vec<(usize, Span)>],
}

impl Builder<'_> {
    fn workflow(&self, dag: usize) -> Workflow {
        let of = &self.read.dags[dag];
        let nodes = self.read.nodes.iter().enumerate();
        let nodes: Vec<(usize, &Node)> = nodes.filter(|(_, node)| node.is_task() && node.dag == Some(dag)).collect();
        let tasks = nodes.iter().enumerate().map(|(number, (node, _))| self.task(number, *node)).collect();
        Workflow {
            span: of.span,
            language: Language::Python,
            name: Some(text(&of.id)),
            description: of.description.as_ref().filter(|description| !description.is_none()).map(text),
            tasks,
            inputs: Vec::new(),
            containers: Vec::new(),
        }
    }

    fn task(&self, number: usize, position: usize) -> Task {
        let node = &self.read.nodes[position];
        let parameters = node.parameters();
        // Names in the file of what is changed later may be others by then.
        let changed = node.changed.is_some();
        let get = |name: &str| match parameters.get(name) {
            Some(value) if value.is_none() => None,
            Some(value) if changed => Some(Value::unknown(value.span, "the operator is changed after it was made")),
            Some(value) => Some(value.clone()),
            None if changed || parameters.has_more => {
                Some(Value::unknown(node.class, "it may be among what was not read"))
            }
            None => None,
        };
        let texts = |name: &str| get(name).map(|value| text(&value));
        let id = get("task_id").map(|value| self.id(node, &value));
        let head = match (&id, parameters.get("task_id")) {
            (Some(id), Some(_)) => id.span,
            _ => node.class,
        };
        let upstream = self.before.get(position).into_iter().flatten();
        let upstream = upstream.filter(|(before, _)| self.read.nodes.get(*before).is_some_and(|b| b.dag == node.dag));
        let mut upstream: Vec<Read<String>> =
            upstream.map(|&(before, span)| Placed { span, ..self.id_of(before, span) }).collect();
        if self.read.has_more_edges {
            upstream.push(Read::of_unknown("not all edges of this file were read", node.class));
        }
        Task {
            span: node.span,
            head,
            number,
            variable: node.variable.as_ref().map(|Name { text, span }| Placed::new(text.clone(), *span)),
            id,
            image: texts("image"),
            template: get("taskTemplate").map(|value| template(&value)),
            env: list(get("env")).enumerate().map(|(number, value)| env_var(number, &value)).collect(),
            command: get("command").map(|value| command(&value)),
            resources: get("resources").map(|value| resources(&value)),
            registry_url: texts("registryUrl"),
            registry_username: texts("registryUsername"),
            registry_password: texts("registryPassword"),
            maps: list(get("iochannel_maps")).enumerate().map(|(number, value)| self.io_map(number, &value)).collect(),
            upstream,
        }
    }

    fn id(&self, node: &Node, value: &Value) -> Read<String> {
        let id = name(value);
        match (&id.value, &node.prefix) {
            (Known::Known(text), Ok(prefix)) => Read::of_known(format!("{prefix}{text}"), id.span),
            (Known::Known(_), Err(why)) => Read::of_unknown(why.to_string(), id.span),
            _ => id,
        }
    }

    /// The name of the task that an operator is.
    fn id_of(&self, position: usize, span: Span) -> Read<String> {
        let Some(node) = self.read.nodes.get(position) else {
            return Read::of_unknown("it is not there", span);
        };
        match node.parameters().get("task_id") {
            Some(_) if node.changed.is_some() => Read::of_unknown("the operator is changed after it was made", span),
            Some(value) => Placed { span, ..self.id(node, value) },
            None => Read::of_unknown("its operator has no `task_id` that is known", span),
        }
    }

    fn io_map(&self, number: usize, value: &Value) -> IoMap {
        let nothing = Record { class: String::new(), fields: Vec::new(), has_more: true };
        let record = match &value.kind {
            ValueKind::Record(record) if record.class == MAPPING => record,
            _ => &Rc::new(nothing),
        };
        let why = || match &value.kind {
            ValueKind::Unknown(why) => why.to_string(),
            ValueKind::Record(_) => "it may be among what was not read".to_owned(),
            _ => format!("it is {}, and no `{MAPPING}`", value.in_words()),
        };
        let get = |name: &str| match record.field(name) {
            Some(value) => Some(value.clone()),
            None if record.has_more => Some(Value::unknown(value.span, why())),
            None => None,
        };
        IoMap {
            span: value.span,
            number,
            upstream_operator: get("upstream_operator").map(|value| match &value.kind {
                ValueKind::Node(node) if self.read.nodes.get(*node).is_some_and(Node::is_task) => {
                    self.id_of(*node, value.span)
                }
                ValueKind::Node(_) => Read::of_unknown(format!("it is no `{OPERATOR}`"), value.span),
                ValueKind::Undefined(_) => unknown(&value),
                ValueKind::Unknown(why) => Read::of_unknown(why.to_string(), value.span),
                _ => Read::of_unknown(format!("it is {}, and no operator", value.in_words()), value.span),
            }),
            upstream_output_channel: get("upstream_output_channel").map(|value| name(&value)),
            input_channel: get("input_channel").map(|value| name(&value)),
        }
    }
}

/// What is not known of a value.
fn unknown<T>(value: &Value) -> Read<T> {
    match &value.kind {
        ValueKind::Undefined(name) => Placed { value: Known::Undefined(name.to_string()), span: value.span },
        ValueKind::Unknown(why) => Read::of_unknown(why.to_string(), value.span),
        _ => Read::of_unknown(format!("it is {}", value.in_words()), value.span),
    }
}

/// A text, in which there may be expressions.
fn text(value: &Value) -> Read<String> {
    match value.exact_text() {
        Ok(text) => Read::of_known(text.to_string(), value.span),
        Err(_) if matches!(value.kind, ValueKind::Undefined(_)) => unknown(value),
        Err(why) => Read::of_unknown(why.to_string(), value.span),
    }
}

/// A name that others refer to, which is not known before it is rendered.
fn name(value: &Value) -> Read<String> {
    let text = text(value);
    match text.known() {
        Some(known) if has_expression(known) => Read::of_unknown("it comes from outside of this file", value.span),
        _ => text,
    }
}

/// The items of a list. Of what is no list that is known, there is one item, which is not known either.
fn list(value: Option<Value>) -> impl Iterator<Item = Value> {
    let items = match value {
        None => Vec::new(),
        Some(Value { kind: ValueKind::List(items), .. }) => items.to_vec(),
        Some(value @ Value { kind: ValueKind::Unknown(_) | ValueKind::Undefined(_), .. }) => vec![value],
        Some(value) => {
            let why = format!("it is {}, and no list", value.in_words());
            vec![Value::unknown(value.span, why)]
        }
    };
    items.into_iter()
}

/// A field of a dict, or of an object of a class.
fn field(value: &Value, wanted: &str) -> Option<Value> {
    match &value.kind {
        ValueKind::Dict(items) => {
            let is_wanted = |key: &Value| matches!(&key.kind, ValueKind::Text(key) if &**key == wanted);
            items.iter().rev().find(|(key, _)| is_wanted(key)).map(|(_, value)| value.clone())
        }
        ValueKind::Record(record) => match record.field(wanted) {
            None if record.has_more => Some(Value::unknown(value.span, "it may be among what was not read")),
            field => field.cloned(),
        },
        ValueKind::Unknown(_) | ValueKind::Undefined(_) => Some(value.clone()),
        _ => None,
    }
}

fn env_var(number: usize, value: &Value) -> EnvVar {
    EnvVar {
        span: value.span,
        number,
        name: field(value, "name").map(|value| text(&value)),
        value: field(value, "value").map(|value| text(&value)),
    }
}

fn command(value: &Value) -> Read<Vec<String>> {
    let ValueKind::List(words) = &value.kind else { return unknown(value) };
    match words.iter().map(Value::exact_text).collect::<Result<Vec<_>, _>>() {
        Ok(words) => Read::of_known(words.iter().map(|word| word.to_string()).collect(), value.span),
        Err(why) => Read::of_unknown(why.to_string(), value.span),
    }
}

fn resources(value: &Value) -> Read<Resources> {
    let side = |name: &str| -> Result<Vec<Quantity>, String> {
        let Some(side) = field(value, name).filter(|side| !side.is_none()) else { return Ok(Vec::new()) };
        let ValueKind::Dict(items) = &side.kind else { return Err(format!("`{name}` is {}", side.in_words())) };
        let quantity = |(key, value): &(Value, Value)| {
            let name = Placed::new(key.exact_text()?.to_string(), key.span);
            Ok(Quantity { name, value: Placed::new(value.text()?.to_string(), value.span) })
        };
        let all: Result<Vec<Quantity>, Rc<str>> = items.iter().map(quantity).collect();
        all.map_err(|why| why.to_string())
    };
    match &value.kind {
        ValueKind::Dict(_) | ValueKind::Record(_) => {}
        _ => return unknown(value),
    }
    match (side("limits"), side("requests")) {
        (Ok(limits), Ok(requests)) => Read::of_known(Resources { limits, requests }, value.span),
        (Err(why), _) | (_, Err(why)) => Read::of_unknown(why, value.span),
    }
}

fn template(value: &Value) -> TemplateRef {
    match &value.kind {
        ValueKind::Dict(_) | ValueKind::Record(_) => match json(value) {
            Ok(json) => TemplateRef::Inline(Inline { span: value.span, json }),
            Err(why) => TemplateRef::Named(Read::of_unknown(why.to_string(), value.span)),
        },
        _ => TemplateRef::Named(name(value)),
    }
}

/// So many values are written as JSON: of lists in lists, a few lines can make any number.
const MOST_JSON: usize = 100_000;

fn json(value: &Value) -> Result<String, Rc<str>> {
    let mut out = String::new();
    let mut left = MOST_JSON;
    write_json(value, &mut out, &mut left)?;
    Ok(out)
}

fn write_json(value: &Value, out: &mut String, left: &mut usize) -> Result<(), Rc<str>> {
    *left = left.checked_sub(1).ok_or("it is too large")?;
    match &value.kind {
        ValueKind::Text(_) | ValueKind::Imported(_) => out.push_str(&quote(&value.exact_text()?)),
        // Python's other forms of numbers are none in JSON.
        ValueKind::Number(number) if number.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') => {
            out.push_str(number);
        }
        ValueKind::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        ValueKind::None => out.push_str("null"),
        ValueKind::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_json(item, out, left)?;
            }
            out.push(']');
        }
        ValueKind::Dict(items) => {
            let items = items.iter().map(|(key, value)| Ok((key.exact_text()?, value)));
            write_members(items, out, left)?;
        }
        ValueKind::Record(record) if !record.has_more => {
            write_members(record.fields.iter().map(|(name, value)| Ok((name.text.as_str().into(), value))), out, left)?;
        }
        ValueKind::Unknown(why) => return Err(Rc::clone(why)),
        _ => return Err(format!("it holds {}", value.in_words()).into()),
    }
    Ok(())
}

fn write_members<'v>(
    items: impl Iterator<Item = Result<(Rc<str>, &'v Value), Rc<str>>>,
    out: &mut String,
    left: &mut usize,
) -> Result<(), Rc<str>> {
    out.push('{');
    for (at, item) in items.enumerate() {
        let (key, value) = item?;
        out.push_str(if at > 0 { ", " } else { "" });
        out.push_str(&quote(&key));
        out.push_str(": ");
        write_json(value, out, left)?;
    }
    out.push('}');
    Ok(())
}

/// The items of a list in the constant.
fn items(constant: &Value, name: &str) -> impl Iterator<Item = (usize, Value)> {
    list(field(constant, name)).enumerate()
}

fn source_input(number: usize, value: &Value) -> SourceInput {
    SourceInput {
        span: value.span,
        number,
        task_id: plain_field(value, "task_id"),
        input_channel: plain_field(value, "input_channel"),
        host_path: plain_field(value, "host_path"),
    }
}

fn container_file(number: usize, value: &Value) -> ContainerFile {
    ContainerFile { span: value.span, number, image: plain_field(value, "image"), path: plain_field(value, "path") }
}

/// A text of the constant, in which expressions stand as in a workflow.json.
fn plain_field(value: &Value, name: &str) -> Option<Read<String>> {
    let field = field(value, name)?;
    let written = text(&field);
    let Some(known) = written.known() else { return Some(written) };
    Some(Read::of_known(crate::value::as_written(known), field.span))
}
