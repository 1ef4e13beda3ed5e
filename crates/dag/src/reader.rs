//! Goes through a DAG file as Python would, and notes which DAGs, operators and edges come to be.
//!
//! Nothing is executed, and nothing is guessed: what depends on a condition, a loop or a call is noted as unread,
//! with its place and the reason.

mod bindings;
mod calls;
mod classes;
mod edges;
mod expressions;
mod statements;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use task_api_json::Span;

use crate::python::{Module, Name};
use crate::value::{Value, ValueKind};

/// What a DAG file makes.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) dags: Vec<Dag>,
    pub(crate) nodes: Vec<Node>,
    /// Each pair once, in the order of the file.
    pub(crate) edges: Vec<Edge>,
    pub(crate) unread: Vec<Unread>,
    pub(crate) undefined: Vec<Undefined>,
    /// Whether there may be more edges than were read.
    pub(crate) has_more_edges: bool,
    /// What the names of the module stand for at its end.
    pub(crate) names: Vec<(String, Value)>,
}

#[derive(Debug)]
pub(crate) struct Dag {
    pub(crate) span: Span,
    /// The value of `dag_id`.
    pub(crate) id: Value,
    pub(crate) description: Option<Value>,
}

/// Something that edges join.
#[derive(Debug)]
pub(crate) struct Node {
    /// The whole call.
    pub(crate) span: Span,
    /// The name of the class, where it is called.
    pub(crate) class: Span,
    /// The name that it is first given.
    pub(crate) variable: Option<Name>,
    pub(crate) dag: Option<usize>,
    pub(crate) kind: NodeKind,
    /// What stands before the task's id by the task groups that it is in; `Err` says why that is not known.
    pub(crate) prefix: Result<String, Rc<str>>,
    /// A statement that changes it after it was made.
    pub(crate) changed: Option<Span>,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    /// A `KaapanaTaskOperator`, by its parameters.
    Task(Parameters),
    /// Any other operator.
    Foreign { class: String, parameters: Parameters },
}

#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) named: Vec<(Name, Value)>,
    /// Whether there are some that could not be read.
    pub(crate) has_more: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Where it says that the second comes after the first.
    pub(crate) span: Span,
}

/// What is known only when the file runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub span: Span,
    /// What it is, and why it was not read.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undefined {
    pub(crate) span: Span,
    pub(crate) name: String,
    /// Where it gets its value, too late.
    pub(crate) defined_below: Option<Span>,
}

impl Parameters {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(parameter, _)| parameter.text == name).map(|(_, value)| value)
    }

    pub(crate) fn name(&self, name: &str) -> Option<&Name> {
        self.named.iter().find(|(parameter, _)| parameter.text == name).map(|(parameter, _)| parameter)
    }
}

impl Node {
    pub(crate) fn parameters(&self) -> &Parameters {
        match &self.kind {
            NodeKind::Task(parameters) | NodeKind::Foreign { parameters, .. } => parameters,
        }
    }

    pub(crate) fn is_task(&self) -> bool {
        matches!(self.kind, NodeKind::Task(_))
    }
}

pub(crate) use classes::{Class, super_call};

pub(crate) fn read(module: &Module, text: &str) -> Read {
    let mut reader = Reader::new(module, text);
    reader.statements(&module.body);
    let names = std::mem::take(&mut reader.scopes).into_iter().take(1).flatten();
    let mut names: Vec<(String, Value)> = names.collect();
    names.sort_by_key(|(name, value)| (value.span.start, name.clone()));
    reader.read.names = names;
    reader.read
}

struct Reader<'a> {
    text: &'a str,
    read: Read,
    /// The module's names, and those of the function that is read.
    scopes: Vec<HashMap<String, Value>>,
    /// All names that the module gives a value anywhere, with the first place.
    bound: HashMap<String, Span>,
    /// Those that its functions may give a value.
    globals: HashMap<String, Span>,
    /// The `with` statements around.
    contexts: Vec<Context>,
    seen_edges: HashSet<(usize, usize)>,
    seen_undefined: HashSet<Span>,
    tried_edges: usize,
    /// Places that are noted as unread.
    seen_spans: HashSet<Span>,
    /// Whether names may come to be in ways that are not seen here.
    names_are_open: bool,
    /// The names that the function which is read gives a value.
    function: Option<HashMap<String, Span>>,
    /// What the last `super().__init__(…)` was given.
    super_call: Option<Parameters>,
}

enum Context {
    Dag(usize),
    /// A `TaskGroup` with the prefix that it gives, if that is known.
    Group(Result<String, Rc<str>>),
    /// Something else, such as a file.
    Other,
}

impl<'a> Reader<'a> {
    fn new(module: &Module, text: &'a str) -> Reader<'a> {
        Reader {
            text,
            read: Read::default(),
            scopes: vec![HashMap::new()],
            bound: bindings::of_statements(&module.body),
            globals: bindings::globals(&module.body),
            contexts: Vec::new(),
            seen_edges: HashSet::new(),
            seen_undefined: HashSet::new(),
            tried_edges: 0,
            seen_spans: HashSet::new(),
            names_are_open: bindings::are_open(text),
            function: None,
            super_call: None,
        }
    }

    fn unread(&mut self, span: Span, message: impl Into<String>) {
        const MANY: usize = 1000;
        if self.read.unread.len() < MANY && self.seen_spans.insert(span) {
            self.read.unread.push(Unread { span, message: message.into() });
        }
    }

    fn bind(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), value);
        }
    }

    /// What a name stands for at this moment.
    fn look_up(&mut self, name: &str, span: Span) -> ValueKind {
        let is_local = self.function.as_ref().is_some_and(|names| names.contains_key(name));
        let scopes = self.scopes.iter().rev().take(if is_local { 1 } else { usize::MAX });
        if let Some(value) = scopes.filter_map(|scope| scope.get(name)).next() {
            return value.kind.clone();
        }
        if bindings::is_builtin(name) {
            return ValueKind::Imported(format!("builtins.{name}").into());
        }
        let below = self.function.as_ref().filter(|_| is_local).and_then(|names| names.get(name));
        let below = below.or_else(|| self.bound.get(name)).copied();
        let in_function = self.function.is_some() && !is_local && below.is_some();
        if self.names_are_open || in_function || self.globals.contains_key(name) {
            return ValueKind::Unknown(format!("`{name}` gets its value when the file runs").into());
        }
        if self.seen_undefined.insert(span) {
            self.read.undefined.push(Undefined { span, name: name.to_owned(), defined_below: below });
        }
        ValueKind::Undefined(name.into())
    }

    /// The DAG that an operator made here belongs to, unless it says so itself.
    fn current_dag(&self) -> Option<usize> {
        self.contexts.iter().rev().find_map(|context| match context {
            Context::Dag(dag) => Some(*dag),
            Context::Group(_) | Context::Other => None,
        })
    }

    fn current_prefix(&self) -> Result<String, Rc<str>> {
        let mut whole = String::new();
        for context in &self.contexts {
            match context {
                Context::Dag(_) => whole.clear(),
                Context::Group(prefix) => whole.push_str(prefix.as_ref().map_err(Rc::clone)?),
                Context::Other => {}
            }
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests;
