//! Calls: of the operators and of what goes with them; the rest is known only when it runs.

use std::rc::Rc;

use super::expressions::variable;
use super::{Dag, Node, NodeKind, Parameters, Reader};
use crate::python::{Call, Expression, Kind, Name};
use crate::value::{Record, Value, ValueKind, joined, literal};
use crate::{MAPPING, OPERATOR};

/// Classes that are mere data: their fields are kept as they are given.
const RECORDS: &[&str] = &[
    MAPPING,
    "BaseEnv",
    "TaskTemplateEnv",
    "Resources",
    "TaskTemplate",
    "IOMount",
    "ScaleRule",
    "TaskGroup",
    "timedelta",
    "datetime",
];

impl Reader<'_> {
    pub(super) fn call(&mut self, call: &Call, expression: &Expression) -> ValueKind {
        if is_super(&call.function) {
            let parameters = self.parameters(call);
            self.super_call = Some(parameters);
            return ValueKind::None;
        }
        if let Kind::Attribute { value, name } = &call.function.kind
            && let Some(kind) = self.method(call, value, name)
        {
            return kind;
        }
        let callee = self.value(&call.function);
        if let ValueKind::Imported(path) = &callee.kind {
            return self.call_imported(call, expression, path);
        }
        let parameters = self.parameters(call);
        match &callee.kind {
            ValueKind::Class(name) | ValueKind::Function(name) => self.made_by(call, expression, name, parameters),
            ValueKind::Undefined(name) => ValueKind::Undefined(Rc::clone(name)),
            ValueKind::Unknown(_) | ValueKind::Node(_) | ValueKind::Dag(_) => {
                ValueKind::Unknown("it is what a call returns".into())
            }
            _ => ValueKind::Unknown(format!("{} cannot be called", callee.in_words()).into()),
        }
    }

    fn call_imported(&mut self, call: &Call, expression: &Expression, path: &str) -> ValueKind {
        let (module, class) = path.rsplit_once('.').unwrap_or(("", path));
        match (module, class) {
            (_, OPERATOR) => return self.task(call, expression),
            (_, "DAG") => return self.dag(call, expression),
            ("os", "getenv") | ("os.environ", "get") => return self.environment(call),
            ("builtins", "str") => {
                if let ([only], []) = (&call.arguments[..], &call.keywords[..]) {
                    return joined([self.value(only).text()]);
                }
            }
            ("builtins", "dict") if call.arguments.is_empty() && call.unpacked.is_empty() => {
                let key = |name: &Name| Value { span: name.span, kind: ValueKind::Text(literal(&name.text)) };
                let items = call.keywords.iter().map(|(name, value)| (key(name), self.value(value)));
                return ValueKind::Dict(Rc::new(items.collect()));
            }
            ("builtins", "list" | "tuple") => {
                if let ([only], []) = (&call.arguments[..], &call.keywords[..])
                    && let list @ ValueKind::List(_) = self.value(only).kind
                {
                    return list;
                }
            }
            (_, "chain" | "chain_linear" | "cross_downstream") if module.starts_with("airflow") => {
                let from_to = ["from_tasks", "to_tasks"].map(|name| call.keyword(name));
                let arguments = call.arguments.iter().chain(from_to.into_iter().flatten());
                let values: Vec<Value> = arguments.map(|argument| self.value(argument)).collect();
                if !call.unpacked.is_empty() {
                    self.read.has_more_edges = true;
                    let message = format!("edges that cannot be read: `{class}` gets a list unpacked");
                    self.unread(expression.span, message);
                    return ValueKind::None;
                }
                self.chained(&values, class == "chain");
                return ValueKind::None;
            }
            _ => {}
        }
        let parameters = self.parameters(call);
        match class {
            class if RECORDS.contains(&class) => self.record(call, class, parameters),
            class => self.made_by(call, expression, class, parameters),
        }
    }

    /// What a class or function makes that is not known: an operator of another kind, or anything.
    fn made_by(&mut self, call: &Call, expression: &Expression, class: &str, parameters: Parameters) -> ValueKind {
        let is_operator = class.ends_with("Operator") || class.ends_with("Sensor");
        if is_operator || parameters.get("task_id").is_some() {
            let mut parameters = parameters;
            for (number, argument) in call.arguments.iter().enumerate() {
                let value = self.value(argument);
                parameters.named.push((Name { text: format!("@{number}"), span: argument.span }, value));
            }
            return self.node(call, expression, NodeKind::Foreign { class: class.to_owned(), parameters });
        }
        ValueKind::Unknown(format!("what `{class}` returns is known only when it runs").into())
    }

    fn record(&mut self, call: &Call, class: &str, parameters: Parameters) -> ValueKind {
        let Parameters { mut named, has_more } = parameters;
        // The one that people give without its name.
        if let ("TaskGroup", Some(first)) = (class, call.arguments.first()) {
            let value = self.value(first);
            named.push((Name { text: "group_id".to_owned(), span: first.span }, value));
        }
        let has_more = has_more || (class != "TaskGroup" && !call.arguments.is_empty());
        ValueKind::Record(Rc::new(Record { class: class.to_owned(), fields: named, has_more }))
    }

    /// All arguments by name; `**` of a dict that is known counts as such.
    pub(super) fn parameters(&mut self, call: &Call) -> Parameters {
        let mut parameters = Parameters::default();
        for (name, value) in &call.keywords {
            let value = self.value(value);
            parameters.named.push((name.clone(), value));
        }
        for unpacked in &call.unpacked {
            let ValueKind::Dict(items) = self.value(unpacked).kind else {
                parameters.has_more = true;
                continue;
            };
            for (key, value) in items.iter() {
                match &key.kind {
                    ValueKind::Text(name) => {
                        let name = Name { text: name.to_string(), span: key.span };
                        parameters.named.push((name, value.clone()));
                    }
                    _ => parameters.has_more = true,
                }
            }
        }
        parameters
    }

    fn task(&mut self, call: &Call, expression: &Expression) -> ValueKind {
        let mut parameters = self.parameters(call);
        if parameters.has_more {
            self.unread(expression.span, "some parameters of this operator are unpacked, and not known");
        }
        for argument in &call.arguments {
            self.value(argument);
            parameters.has_more = true;
            self.unread(argument.span, format!("a parameter without its name, which `{OPERATOR}` does not take"));
        }
        self.node(call, expression, NodeKind::Task(parameters))
    }

    fn node(&mut self, call: &Call, expression: &Expression, kind: NodeKind) -> ValueKind {
        let (NodeKind::Task(parameters) | NodeKind::Foreign { parameters, .. }) = &kind;
        let dag = match parameters.get("dag").map(|dag| (&dag.kind, dag.span)) {
            Some((ValueKind::Dag(dag), _)) => Some(*dag),
            Some((ValueKind::None, _)) | None => self.current_dag(),
            Some((ValueKind::Undefined(_), _)) => None,
            Some((_, span)) => {
                self.unread(span, "the DAG of this operator is not known");
                None
            }
        };
        let number = self.read.nodes.len();
        let class = match &call.function.kind {
            Kind::Attribute { name, .. } => name.span,
            _ => call.function.span,
        };
        let prefix = self.current_prefix();
        self.read.nodes.push(Node { span: expression.span, class, variable: None, dag, kind, prefix, changed: None });
        ValueKind::Node(number)
    }

    fn dag(&mut self, call: &Call, expression: &Expression) -> ValueKind {
        let parameters = self.parameters(call);
        let id = match (parameters.get("dag_id"), call.arguments.first()) {
            (Some(id), _) => id.clone(),
            (None, Some(first)) => self.value(first),
            (None, None) => Value::unknown(expression.span, "it has no name"),
        };
        let number = self.read.dags.len();
        let description = parameters.get("description").cloned();
        self.read.dags.push(Dag { span: expression.span, id, description });
        ValueKind::Dag(number)
    }

    /// `os.getenv("NAME", "default")`.
    fn environment(&mut self, call: &Call) -> ValueKind {
        let values: Vec<ValueKind> = call.arguments.iter().map(|argument| self.value(argument).kind).collect();
        match &values[..] {
            [ValueKind::Text(name)] | [ValueKind::Text(name), ValueKind::None] => variable(name, None),
            [ValueKind::Text(name), ValueKind::Text(default)] => variable(name, Some(default)),
            _ => ValueKind::Unknown("it is a variable of the environment whose name is not known".into()),
        }
    }

    /// Calls of `x.method(…)` that mean something by the method's name; `None` for all others.
    fn method(&mut self, call: &Call, value: &Expression, name: &Name) -> Option<ValueKind> {
        match (name.text.as_str(), &value.kind) {
            (method @ ("set_upstream" | "set_downstream"), _) => {
                let this = self.value(value);
                let keyword = call.keyword("task_or_task_list");
                for other in call.arguments.iter().take(1).chain(keyword) {
                    let value = self.value(other);
                    match method {
                        "set_upstream" => self.edges_between(&value, &this, other.span),
                        _ => self.edges_between(&this, &value, other.span),
                    }
                }
                Some(ValueKind::None)
            }
            ("format", Kind::Text(pattern)) => Some(self.formatted(pattern, call)),
            ("join", Kind::Text(separator)) => {
                let [list] = &call.arguments[..] else { return None };
                let ValueKind::List(items) = self.value(list).kind else {
                    return Some(ValueKind::Unknown("it is joined of a list that is not known".into()));
                };
                let separator = literal(separator);
                let mut parts = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        parts.push(Ok(Rc::clone(&separator)));
                    }
                    parts.push(item.exact_text());
                }
                Some(joined(parts))
            }
            ("update", Kind::Name(name)) if self.update(call, name, value.span) => Some(ValueKind::None),
            ("append" | "extend" | "update" | "insert" | "add" | "setdefault" | "pop" | "clear" | "remove", _) => {
                self.parameters(call);
                for argument in &call.arguments {
                    self.value(argument);
                }
                self.change(value);
                Some(ValueKind::Unknown("it is what a call returns".into()))
            }
            _ => None,
        }
    }

    /// `a.update(b)` of two dicts that are known.
    fn update(&mut self, call: &Call, name: &str, span: task_api_json::Span) -> bool {
        let ([other], []) = (&call.arguments[..], &call.keywords[..]) else { return false };
        let ValueKind::Dict(own) = self.look_up(name, span) else { return false };
        let ValueKind::Dict(other) = self.value(other).kind else { return false };
        const MOST: usize = 10_000;
        if own.len() + other.len() > MOST {
            return false;
        }
        let both = own.iter().chain(other.iter()).cloned().collect();
        self.bind(name, Value { span, kind: ValueKind::Dict(Rc::new(both)) });
        true
    }

    /// `"{}/name:{}".format(a, b)`, without formats.
    fn formatted(&mut self, pattern: &str, call: &Call) -> ValueKind {
        let parameters = self.parameters(call);
        let arguments: Vec<Value> = call.arguments.iter().map(|argument| self.value(argument)).collect();
        let mut parts: Vec<Result<Rc<str>, Rc<str>>> = Vec::new();
        let mut next = 0;
        let mut text = String::new();
        let mut letters = pattern.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '{' && letters.peek() != Some(&'{') {
                let field: String = letters.by_ref().take_while(|&letter| letter != '}').collect();
                parts.push(Ok(literal(&std::mem::take(&mut text))));
                let value = match field.parse::<usize>() {
                    Ok(index) => arguments.get(index),
                    Err(_) if field.is_empty() => {
                        next += 1;
                        arguments.get(next - 1)
                    }
                    Err(_) => parameters.get(&field),
                };
                let missing = || Err("`format` has no plain value for a part of it".into());
                parts.push(value.map_or_else(missing, Value::text));
                continue;
            }
            if (letter == '{' || letter == '}') && letters.peek() == Some(&letter) {
                letters.next();
            }
            text.push(letter);
        }
        parts.push(Ok(literal(&text)));
        joined(parts)
    }

    /// What calling this would make, in words, if that is a part of a DAG.
    pub(super) fn made_in_words(&self, callee: &Expression) -> Option<&'static str> {
        let mut last = None;
        let mut root = callee;
        while let Kind::Attribute { value, name } = &root.kind {
            last = last.or(Some(name.text.as_str()));
            root = value;
        }
        let Kind::Name(name) = &root.kind else { return None };
        let bound = self.scopes.iter().rev().find_map(|scope| scope.get(name)).map(|value| &value.kind);
        let class = match (last, bound) {
            (Some("set_upstream" | "set_downstream"), _) => return Some("an edge"),
            (Some(last), Some(ValueKind::Imported(_))) => last,
            (None, Some(ValueKind::Imported(path))) => path.rsplit('.').next().unwrap_or_default(),
            _ => return None,
        };
        match class {
            OPERATOR => Some("an operator"),
            MAPPING => Some("a mapping"),
            "DAG" => Some("a DAG"),
            _ if class.ends_with("Operator") => Some("an operator"),
            _ => None,
        }
    }
}

/// `super().__init__`
fn is_super(function: &Expression) -> bool {
    let Kind::Attribute { value, name } = &function.kind else { return false };
    let Kind::Call(call) = &value.kind else { return false };
    name.text == "__init__" && matches!(&call.function.kind, Kind::Name(name) if name == "super")
}
