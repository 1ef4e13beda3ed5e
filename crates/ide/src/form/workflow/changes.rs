//! Changes that somebody makes who draws: tasks and connections come and go, and tasks get other words.

use task_api_json::{Node, TextEdit, Tree, apply_edits, parse, quote};

use super::WorkflowForm;
use super::state::is_object;
use super::types::{WorkflowChange, WorkflowTask};
use crate::form::appending::appended;
use crate::form::changes::{finished, inverse, refused};
use crate::form::draft::{Draft, Pick, Refusal, Step, member};
use crate::form::types::Change;

impl WorkflowForm {
    /// Feeds the input of a task from an output of another. What fed it before does so no more. Without channels, the
    /// one only waits for the other. Tasks are named by their ids, as `tasks/0`.
    pub fn connect(&mut self, from: &str, output: Option<&str>, to: &str, input: Option<&str>) -> WorkflowChange {
        let state = self.state();
        let task = |id: &str| state.tasks.iter().find(|task| task.id == id);
        let (Some(upstream), Some(downstream), Some(to_at)) = (task(from), task(to), position_of(to)) else {
            return unknown(if task(from).is_some() { to } else { from });
        };
        if upstream.id == downstream.id {
            return refused("A task cannot wait for itself.").into();
        }
        if upstream.name.is_empty() {
            return refused("The task needs a name first: the connection is written by it.").into();
        }
        let mut draft = Draft::new(self.text());
        let list = |name: &'static str| vec![member("tasks"), Step::Index(to_at), member(name)];
        let done = match (output, input) {
            (Some(output), Some(input)) => {
                let is_same = |edge: &&super::types::WorkflowEdge| {
                    edge.from == from && edge.output.as_deref() == Some(output) && edge.input.as_deref() == Some(input)
                };
                if state.edges.iter().filter(|edge| edge.to == to).any(|edge| is_same(&edge)) {
                    return WorkflowChange::default();
                }
                let members = [
                    ("upstream_operator", quote(&upstream.name)),
                    ("upstream_output_channel", quote(output)),
                    ("input_channel", quote(input)),
                ];
                released(&mut draft, downstream, to_at, input)
                    .and_then(|()| appended(&mut draft, &list("iochannel_maps"), &members))
            }
            (None, None) => {
                if state.edges.iter().any(|edge| edge.from == from && edge.to == to) {
                    return refused(&format!("`{}` waits for `{}` already.", downstream.name, upstream.name)).into();
                }
                let way = list("upstream_task_ids");
                let present = draft.at(&way).into_iter().flat_map(Node::elements);
                let mut names: Vec<String> = present.filter_map(|name| Some(name.as_str()?.into_owned())).collect();
                names.push(upstream.name.clone());
                draft.put_words(&way, &names)
            }
            _ => return refused("A connection has a channel on both sides, or on none.").into(),
        };
        self.take(finished(done, draft), None)
    }

    /// Takes a connection, a source or a task out; with a task, the connections to it go.
    pub fn remove(&mut self, id: &str) -> WorkflowChange {
        let Some(way) = way_of(id) else { return unknown(id) };
        let mut draft = Draft::new(self.text());
        if draft.at(&way).is_none() {
            return unknown(id);
        }
        let state = self.state();
        let mut done = Ok(());
        if let Some(task) = state.tasks.iter().find(|task| task.id == id) {
            // From the last to the first, so that places stay what they are.
            let edges = state.edges.iter().filter(|edge| edge.from == task.id && edge.to != task.id);
            let sources = state.sources.iter().filter(|source| source.to == task.id);
            let mut ids: Vec<&str> = edges.map(|edge| &*edge.id).chain(sources.map(|source| &*source.id)).collect();
            ids.sort_by_key(|id| std::cmp::Reverse(places(id)));
            for id in ids {
                let way = way_of(id).unwrap_or_default();
                done = done.and_then(|()| taken_out(&mut draft, &way));
            }
        }
        let done = done.and_then(|()| taken_out(&mut draft, &way));
        self.take(finished(done, draft), None)
    }

    /// Writes `task_id`, `image` or `taskTemplate` of a task, `host_path` of a source, or a variable (`env/NAME`; an
    /// empty value leaves the template's): `tasks/0/image`. With the name of a task, all that refers to it changes.
    pub fn set(&mut self, id: &str, value: &str) -> WorkflowChange {
        let parts: Vec<&str> = id.splitn(3, '/').collect();
        let [list, index, field] = parts[..] else { return unknown(id) };
        let Some(at) = index.parse::<usize>().ok() else { return unknown(id) };
        let mut draft = Draft::new(self.text());
        let entry = match list {
            "tasks" => vec![member("tasks"), Step::Index(at)],
            "inputs" => vec![member("inputs"), Step::Index(at)],
            _ => return unknown(id),
        };
        if !is_object(draft.at(&entry)) {
            return unknown(id);
        }
        let put = |draft: &mut Draft<'_>, name: &str, json: &str| {
            draft.put(&[entry.clone(), vec![Step::Field(name.to_owned())]].concat(), json)
        };
        let done = match (list, field) {
            ("tasks", "task_id") => self.renamed(&mut draft, &format!("tasks/{at}"), value, put),
            ("tasks", "taskTemplate")
                if is_object(draft.at(&[entry.clone(), vec![member("taskTemplate")]].concat())) =>
            {
                Err("The template is written out in the task: change it in the text".to_owned())
            }
            ("tasks", "image" | "taskTemplate") | ("inputs", "host_path") => put(&mut draft, field, &quote(value)),
            ("tasks", field) => match field.strip_prefix("env/") {
                Some(name) => {
                    let variable =
                        [entry.clone(), vec![member("env"), Step::Entry(unescaped(name), Pick::Last)]].concat();
                    if value.is_empty() {
                        draft.remove(&variable)
                    } else {
                        draft.put(&[variable, vec![member("value")]].concat(), &quote(value))
                    }
                }
                None => return unknown(id),
            },
            _ => return unknown(id),
        };
        self.take(finished(done, draft), None)
    }

    /// Adds a task at the end, under a name that is free.
    pub fn add_task(&mut self, template: &str) -> WorkflowChange {
        let state = self.state();
        let stem = if template.trim().is_empty() { "task" } else { template };
        let mut name = stem.to_owned();
        let mut number = 2u32;
        while state.tasks.iter().any(|task| task.name == name) {
            name = format!("{stem}-{number}");
            number = number.saturating_add(1);
        }
        let mut draft = Draft::new(self.text());
        let list = [member("tasks")];
        let count = draft.at(&list).map_or(0, |tasks| tasks.elements().count());
        let members = [("task_id", quote(&name)), ("image", quote("")), ("taskTemplate", quote(template))];
        let done = appended(&mut draft, &list, &members);
        self.take(finished(done, draft), Some(format!("tasks/{count}")))
    }

    /// Feeds an input from a directory of the host.
    pub fn add_source(&mut self, to: &str, input: &str, host_path: &str) -> WorkflowChange {
        let state = self.state();
        let Some((task, at)) = state.tasks.iter().find(|task| task.id == to).zip(position_of(to)) else {
            return unknown(to);
        };
        let mut draft = Draft::new(self.text());
        let members =
            [("task_id", quote(&task.name)), ("input_channel", quote(input)), ("host_path", quote(host_path))];
        let list = [member("inputs")];
        let released = released(&mut draft, task, at, input);
        let count = draft.at(&list).map_or(0, |sources| sources.elements().count());
        let done = released.and_then(|()| appended(&mut draft, &list, &members));
        self.take(finished(done, draft), Some(format!("inputs/{count}")))
    }

    fn renamed(
        &self,
        draft: &mut Draft<'_>,
        id: &str,
        name: &str,
        put: impl Fn(&mut Draft<'_>, &str, &str) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let state = self.state();
        let before = state.tasks.iter().find(|task| task.id == id).map(|task| task.name.clone()).unwrap_or_default();
        if name.trim().is_empty() {
            return Err("A task needs a name".to_owned());
        }
        if state.tasks.iter().any(|task| task.id != id && task.name == name) {
            return Err(format!("There is a task `{name}` already"));
        }
        put(draft, "task_id", &quote(name))?;
        if before.is_empty() {
            return Ok(());
        }
        for edge in state.edges.iter().filter(|edge| edge.from == id) {
            let mut way = way_of(&edge.id).unwrap_or_default();
            if edge.id.contains("/iochannel_maps/") {
                way.push(member("upstream_operator"));
            }
            draft.put(&way, &quote(name))?;
        }
        for source in state.sources.iter().filter(|source| source.to == id) {
            let mut way = way_of(&source.id).unwrap_or_default();
            way.push(member("task_id"));
            draft.put(&way, &quote(name))?;
        }
        Ok(())
    }

    /// Takes a draft over, unless the text is worse for it.
    fn take(&mut self, draft: Result<(String, Vec<TextEdit>), Refusal>, entry: Option<String>) -> WorkflowChange {
        let (text, edits) = match draft {
            Ok(draft) => draft,
            Err(refusal) => return refused(&refusal).into(),
        };
        if edits.is_empty() {
            return WorkflowChange { entry, ..WorkflowChange::default() };
        }
        let is_worse = errors(&parse(&text)) > errors(self.document.tree());
        if apply_edits(self.text(), &edits).as_deref() != Some(&text) || is_worse {
            return refused("The text cannot be changed here: it has an error.").into();
        }
        let inverse = inverse(self.text(), &edits);
        let reported = self.report_document().edits(&edits);
        self.set_text(text);
        let inverse = self.report_document().edits(&inverse);
        WorkflowChange { edits: reported, inverse, problem: None, entry }
    }
}

impl From<Change> for WorkflowChange {
    fn from(change: Change) -> WorkflowChange {
        WorkflowChange { edits: change.edits, inverse: change.inverse, problem: change.problem, entry: None }
    }
}

/// Takes out whatever feeds an input.
fn released(draft: &mut Draft<'_>, task: &WorkflowTask, at: usize, input: &str) -> Result<(), Refusal> {
    let feeds = |list: Node<'_>, is_ours: &dyn Fn(Node<'_>) -> bool| {
        let is_it = |entry: &Node<'_>| {
            entry.get("input_channel").is_some_and(|channel| channel.is_str(input)) && is_ours(*entry)
        };
        list.elements().enumerate().filter(|(_, entry)| is_it(entry)).map(|(at, _)| at).collect::<Vec<usize>>()
    };
    let maps = vec![member("tasks"), Step::Index(at), member("iochannel_maps")];
    let sources = vec![member("inputs")];
    let of_task = |entry: Node<'_>| entry.get("task_id").is_some_and(|id| id.is_str(&task.name));
    for (list, is_ours) in [(maps, &(|_: Node<'_>| true) as &dyn Fn(Node<'_>) -> bool), (sources, &of_task)] {
        let found = draft.at(&list).map(|node| feeds(node, is_ours)).unwrap_or_default();
        for index in found.into_iter().rev() {
            draft.remove(&[list.clone(), vec![Step::Index(index)]].concat())?;
        }
    }
    Ok(())
}

/// Takes an entry out of its list, and leaves no blank lines in one that is empty now.
fn taken_out(draft: &mut Draft<'_>, way: &[Step]) -> Result<(), Refusal> {
    draft.remove(way)?;
    let Some((Step::Index(_), list)) = way.split_last() else { return Ok(()) };
    let is_blank = draft.at(list).is_some_and(|list| {
        let inside = list.source().strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
        inside.is_some_and(|inside| !inside.is_empty() && inside.trim().is_empty())
    });
    if is_blank { draft.put(list, "[]") } else { Ok(()) }
}

/// The way to what an id names.
fn way_of(id: &str) -> Option<Vec<Step>> {
    let parts: Vec<&str> = id.split('/').collect();
    let index = |text: &str| Some(Step::Index(text.parse().ok()?));
    Some(match parts[..] {
        ["tasks", task] => vec![member("tasks"), index(task)?],
        ["inputs", source] => vec![member("inputs"), index(source)?],
        ["tasks", task, "iochannel_maps", map] => {
            vec![member("tasks"), index(task)?, member("iochannel_maps"), index(map)?]
        }
        ["tasks", task, "upstream_task_ids", name] => {
            vec![member("tasks"), index(task)?, member("upstream_task_ids"), index(name)?]
        }
        _ => return None,
    })
}

fn position_of(task: &str) -> Option<usize> {
    task.strip_prefix("tasks/")?.parse().ok()
}

fn places(id: &str) -> Vec<usize> {
    id.split('/').filter_map(|part| part.parse().ok()).collect()
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

fn unknown(id: &str) -> WorkflowChange {
    refused(&format!("The workflow has no `{id}`.")).into()
}

fn errors(tree: &Tree) -> usize {
    tree.errors().iter().filter(|error| !error.kind.is_note()).count() + tree.dropped_errors()
}
