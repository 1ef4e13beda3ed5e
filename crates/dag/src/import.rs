//! A DAG as a workflow.json.

use task_api_core::workflow::{IoMap, Read, Resources, Task, TemplateRef, Value, Workflow};
use task_api_json::{apply_edits, format, parse, quote};

/// What a DAG comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// A workflow.json; what is not known is left out of it.
    pub text: String,
    /// What was left out, each with its place in the file and why.
    pub left_out: Vec<(task_api_json::Span, String)>,
}

/// The workflow.json of a workflow that was read from Python.
pub fn import(workflow: &Workflow) -> Imported {
    let mut writer = Writer { left_out: Vec::new() };
    let mut members = vec![("$schema", quote(SCHEMA))];
    members.extend(writer.text("name", &workflow.name, "the DAG"));
    members.extend(writer.text("description", &workflow.description, "the DAG"));
    let tasks: Vec<String> = workflow.tasks.iter().map(|task| writer.task(task)).collect();
    members.push(("tasks", list(tasks)));
    let inputs = workflow.inputs.iter().map(|input| {
        let fields = [
            writer.text("task_id", &input.task_id, "an input"),
            writer.text("input_channel", &input.input_channel, "an input"),
            writer.text("host_path", &input.host_path, "an input"),
        ];
        object(fields.into_iter().flatten())
    });
    members.extend(unless_empty("inputs", inputs.collect()));
    let containers = workflow.containers.iter().map(|file| {
        let fields = [writer.text("image", &file.image, "a container"), writer.text("path", &file.path, "a container")];
        object(fields.into_iter().flatten())
    });
    members.extend(unless_empty("containers", containers.collect()));
    let text = object(members.into_iter());
    let tree = parse(&text);
    let laid_out = format(tree.root(&text)).and_then(|edits| apply_edits(&text, &edits));
    let mut text = laid_out.unwrap_or(text);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Imported { text, left_out: writer.left_out }
}

const SCHEMA: &str = "https://task-api.dev/schemas/workflow.schema.json";

struct Writer {
    left_out: Vec<(task_api_json::Span, String)>,
}

type Member = (&'static str, String);

impl Writer {
    fn known<'v, T>(&mut self, value: &'v Value<T>, name: &str, of: &str) -> Option<&'v T> {
        let why = match &value.value {
            Read::Known(value) => return Some(value),
            Read::Undefined(name) => format!("`{name}` is not defined"),
            Read::Unknown(why) => why.clone(),
        };
        self.left_out.push((value.span, format!("`{name}` of {of} is left out: {why}")));
        None
    }

    fn text(&mut self, name: &'static str, value: &Option<Value<String>>, of: &str) -> Option<Member> {
        let text = self.known(value.as_ref()?, name, of)?;
        Some((name, quote(text)))
    }

    fn task(&mut self, task: &Task) -> String {
        let of = &task.in_words();
        let mut members: Vec<Member> = Vec::new();
        members.extend(self.text("task_id", &task.id, of));
        members.extend(self.text("image", &task.image, of));
        match &task.template {
            Some(TemplateRef::Named(template)) => {
                members.extend(self.known(template, "taskTemplate", of).map(|name| ("taskTemplate", quote(name))));
            }
            Some(TemplateRef::Inline(inline)) => members.push(("taskTemplate", inline.json.clone())),
            None => {}
        }
        let env = task.env.iter().filter_map(|env| {
            let fields = [self.text("name", &env.name, of), self.text("value", &env.value, of)];
            fields.iter().any(Option::is_some).then(|| object(fields.into_iter().flatten()))
        });
        members.extend(unless_empty("env", env.collect()));
        if let Some(command) = task.command.as_ref().and_then(|command| self.known(command, "command", of)) {
            members.push(("command", list(command.iter().map(|word| quote(word)).collect())));
        }
        if let Some(known) = task.resources.as_ref().and_then(|known| self.known(known, "resources", of)) {
            members.push(("resources", resources(known)));
        }
        members.extend(self.text("registryUrl", &task.registry_url, of));
        members.extend(self.text("registryUsername", &task.registry_username, of));
        members.extend(self.text("registryPassword", &task.registry_password, of));
        let maps: Vec<String> = task.maps.iter().filter_map(|map| self.io_map(map, of)).collect();
        members.extend(unless_empty("iochannel_maps", maps));
        // A mapping is an edge by itself.
        let is_mapped = |id: &str| {
            let upstream = task.maps.iter().filter_map(|map| map.upstream_operator.as_ref()?.known());
            upstream.into_iter().any(|mapped| mapped == id)
        };
        let mut order: Vec<String> = Vec::new();
        for upstream in &task.upstream {
            // That edges are missing has been said where they are.
            if let Some(id) = upstream.known()
                && !is_mapped(id)
            {
                order.push(quote(id));
            }
        }
        members.extend(unless_empty("upstream_task_ids", order));
        object(members.into_iter())
    }

    fn io_map(&mut self, map: &IoMap, of: &str) -> Option<String> {
        let fields = [
            self.text("upstream_operator", &map.upstream_operator, of),
            self.text("upstream_output_channel", &map.upstream_output_channel, of),
            self.text("input_channel", &map.input_channel, of),
        ];
        fields.iter().any(Option::is_some).then(|| object(fields.into_iter().flatten()))
    }
}

fn resources(resources: &Resources) -> String {
    let sides = [("limits", &resources.limits), ("requests", &resources.requests)];
    let sides = sides.into_iter().filter(|(_, side)| !side.is_empty()).map(|(name, side)| {
        let members =
            side.iter().map(|quantity| format!("{}: {}", quote(&quantity.name.value), quote(&quantity.value.value)));
        (name, format!("{{{}}}", members.collect::<Vec<_>>().join(", ")))
    });
    object(sides)
}

fn object(members: impl Iterator<Item = Member>) -> String {
    let members: Vec<String> = members.map(|(name, value)| format!("{}: {value}", quote(name))).collect();
    format!("{{{}}}", members.join(", "))
}

fn list(items: Vec<String>) -> String {
    format!("[{}]", items.join(", "))
}

fn unless_empty(name: &'static str, items: Vec<String>) -> Option<Member> {
    (!items.is_empty()).then(|| (name, list(items)))
}
