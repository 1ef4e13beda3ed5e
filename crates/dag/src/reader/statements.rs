//! Statements, in the order in which Python runs them.

use std::rc::Rc;

use super::{Context, Dag, Reader, bindings};
use crate::python::{Block, BlockKind, Expression, Function, Kind, Name, Statement, StatementKind};
use crate::value::{Value, ValueKind};

impl Reader<'_> {
    pub(super) fn statements(&mut self, body: &[Statement]) {
        for statement in body {
            self.statement(statement);
        }
    }

    pub(super) fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Assign { targets, value } => self.assign(targets, value),
            StatementKind::Expression(value) | StatementKind::Return(Some(value)) => {
                self.value(value);
            }
            StatementKind::With { items, body } => self.with(items, body),
            StatementKind::Function(function) => self.function(function),
            StatementKind::Class { name, body, .. } => {
                self.operators_within(body, "in a class");
                let kind = ValueKind::Class(name.text.as_str().into());
                self.bind(&name.text, Value { span: name.span, kind });
            }
            StatementKind::Import(imported) => {
                for imported in imported {
                    self.import(&imported.module, &imported.name);
                }
            }
            StatementKind::ImportFrom { module, names, .. } => {
                for (there, name) in names {
                    self.import(&format!("{module}.{there}"), name);
                }
            }
            StatementKind::Block(block) => self.block(block),
            StatementKind::Other { targets } => {
                for target in targets {
                    self.forget(target, "it is no plain value");
                }
            }
            StatementKind::Global(_) | StatementKind::Return(None) => {}
        }
    }

    fn import(&mut self, path: &str, name: &Name) {
        self.bind(&name.text, Value { span: name.span, kind: ValueKind::Imported(path.into()) });
    }

    fn assign(&mut self, targets: &[Expression], expression: &Expression) {
        if let ([target], Kind::Tuple(values) | Kind::List(values)) = (targets, &expression.kind)
            && let Kind::Tuple(names) | Kind::List(names) = &target.kind
            && names.len() == values.len()
        {
            // Python computes all values before it gives out names.
            let made: Vec<Value> = values.iter().map(|value| self.value(value)).collect();
            for (name, value) in names.iter().zip(made) {
                self.give(name, value);
            }
            return;
        }
        let value = self.value(expression);
        for target in targets {
            self.give(target, value.clone());
        }
    }

    /// Gives a name its value.
    pub(super) fn give(&mut self, target: &Expression, value: Value) {
        match &target.kind {
            Kind::Name(name) => {
                if let ValueKind::Node(node) = value.kind
                    && let Some(node) = self.read.nodes.get_mut(node)
                    && node.variable.is_none()
                {
                    node.variable = Some(Name { text: name.clone(), span: target.span });
                }
                self.bind(name, value);
            }
            Kind::Attribute { .. } | Kind::Subscript { .. } => self.change(target),
            _ => self.forget(target, "a list is taken apart"),
        }
    }

    /// Notes that a statement changes what has been made.
    pub(super) fn change(&mut self, target: &Expression) {
        let mut root = target;
        while let Kind::Attribute { value, .. } | Kind::Subscript { value, .. } = &root.kind {
            root = value;
        }
        let Kind::Name(name) = &root.kind else { return };
        match self.look_up(name, root.span) {
            ValueKind::Node(node) => {
                self.unread(target.span, format!("`{name}` is changed after it was made: that change is not read"));
                if let Some(node) = self.read.nodes.get_mut(node) {
                    node.changed = Some(target.span);
                }
            }
            ValueKind::List(_) | ValueKind::Dict(_) => {
                self.bind(name, Value::unknown(root.span, format!("`{name}` is changed after it was made")));
            }
            _ => {}
        }
    }

    /// From here on, nothing is known of the names in `target`.
    fn forget(&mut self, target: &Expression, why: &str) {
        for (name, span) in bindings::of_target(target) {
            self.bind(&name, Value::unknown(span, format!("`{name}` gets its value where {why}")));
        }
    }

    fn with(&mut self, items: &[(Expression, Option<Expression>)], body: &[Statement]) {
        let before = self.contexts.len();
        for (expression, target) in items {
            let value = self.value(expression);
            let context = match &value.kind {
                ValueKind::Dag(dag) => Context::Dag(*dag),
                ValueKind::Record(record) if record.class == "TaskGroup" => Context::Group(group_prefix(&value)),
                _ => Context::Other,
            };
            self.contexts.push(context);
            if let Some(target) = target {
                self.give(target, value);
            }
        }
        self.statements(body);
        self.contexts.truncate(before);
    }

    fn function(&mut self, function: &Function) {
        for default in function.parameters.iter().filter_map(|parameter| parameter.default.as_ref()) {
            self.value(default);
        }
        let dag = function.decorators.iter().find_map(|decorator| self.dag_of_decorator(decorator, &function.name));
        match dag {
            Some(dag) => self.dag_function(function, dag),
            None => self.operators_within(&function.body, "in a function"),
        }
        let kind = ValueKind::Function(function.name.text.as_str().into());
        self.bind(&function.name.text, Value { span: function.name.span, kind });
    }

    /// The DAG that a function makes which is decorated by `@dag` or `@dag(…)`.
    fn dag_of_decorator(&mut self, decorator: &Expression, function: &Name) -> Option<Dag> {
        let callee = match &decorator.kind {
            Kind::Call(call) => &call.function,
            _ => decorator,
        };
        let ValueKind::Imported(path) = self.value(callee).kind else { return None };
        if !path.starts_with("airflow") || !path.ends_with(".dag") {
            return None;
        }
        let own_name = Value { span: function.span, kind: ValueKind::Text(function.text.as_str().into()) };
        let mut dag = Dag { span: decorator.span, id: own_name, description: None };
        if let Kind::Call(call) = &decorator.kind {
            let id = call.keyword("dag_id").or(call.arguments.first());
            match id {
                Some(id) => dag.id = self.value(id),
                None if call.unpacked.is_empty() => {}
                None => dag.id = Value::unknown(decorator.span, "it may be among the unpacked arguments"),
            }
            dag.description = call.keyword("description").map(|description| self.value(description));
        }
        Some(dag)
    }

    fn dag_function(&mut self, function: &Function, dag: Dag) {
        let number = self.read.dags.len();
        self.read.dags.push(dag);
        let outer = self.function.replace(bindings::of_function(function));
        self.scopes.push(Default::default());
        let contexts = std::mem::take(&mut self.contexts);
        for parameter in &function.parameters {
            let Name { text, span } = &parameter.name;
            self.bind(text, Value::unknown(*span, format!("`{text}` is a parameter of the function")));
        }
        self.contexts.push(Context::Dag(number));
        self.statements(&function.body);
        self.contexts = contexts;
        self.scopes.pop();
        self.function = outer;
    }

    fn block(&mut self, block: &Block) {
        if let Some(head) = &block.head {
            // Only when the file is run as a program, which Airflow does not.
            if block.kind == BlockKind::If && head.span.of(self.text).starts_with("__name__") {
                return;
            }
            if let (BlockKind::If, Some(is_so)) = (block.kind, self.is_none(head)) {
                let body = if is_so { block.bodies.first() } else { block.bodies.get(1) };
                // Of more branches than two, the next condition would have to be known as well.
                if let (Some(body), true) = (body, is_so || block.bodies.len() <= 2) {
                    self.statements(body);
                    return;
                }
                if !is_so && block.bodies.len() == 1 {
                    return;
                }
            }
            self.value(head);
        }
        let (place, why) = match block.kind {
            BlockKind::If => ("under a condition", "a condition decides"),
            BlockKind::Loop => ("in a loop", "a loop goes on"),
            BlockKind::Try => ("in a `try`", "an exception may come"),
            BlockKind::Match => ("in a `match`", "a `match` decides"),
        };
        for target in &block.targets {
            self.forget(target, why);
        }
        for body in &block.bodies {
            self.operators_within(body, place);
            for (name, span) in bindings::of_statements(body) {
                self.bind(&name, Value::unknown(span, format!("`{name}` gets its value where {why}")));
            }
            // What is imported under a condition is there afterwards, or the file has come to its end.
            for statement in body {
                if let StatementKind::Import(_) | StatementKind::ImportFrom { .. } = &statement.kind {
                    self.statement(statement);
                }
            }
        }
    }

    /// What `name is None` or `name is not None` comes to, where that is known.
    fn is_none(&mut self, head: &Expression) -> Option<bool> {
        let text = head.span.of(self.text);
        let (name, is_wanted) = match text.strip_suffix(" is None") {
            Some(name) => (name, true),
            None => (text.strip_suffix(" is not None")?, false),
        };
        let value = self.scopes.iter().rev().find_map(|scope| scope.get(name))?;
        match value.kind {
            ValueKind::Unknown(_) | ValueKind::Undefined(_) | ValueKind::Imported(_) => None,
            _ => Some(value.is_none() == is_wanted),
        }
    }

    /// Notes the operators and edges in statements that are not gone through.
    fn operators_within(&mut self, body: &[Statement], place: &str) {
        for statement in body {
            match &statement.kind {
                StatementKind::Assign { value, .. }
                | StatementKind::Expression(value)
                | StatementKind::Return(Some(value)) => self.operators_in(value, place),
                StatementKind::With { items, body } => {
                    items.iter().for_each(|(value, _)| self.operators_in(value, place));
                    self.operators_within(body, place);
                }
                StatementKind::Function(function) => self.operators_within(&function.body, place),
                StatementKind::Class { body, .. } => self.operators_within(body, place),
                StatementKind::Block(block) => {
                    block.bodies.iter().for_each(|body| self.operators_within(body, place));
                }
                StatementKind::Import(_)
                | StatementKind::ImportFrom { .. }
                | StatementKind::Return(None)
                | StatementKind::Global(_)
                | StatementKind::Other { .. } => {}
            }
        }
    }

    /// Notes the operators and edges in a value that is not computed.
    pub(super) fn operators_in(&mut self, value: &Expression, place: &str) {
        match &value.kind {
            Kind::Call(call) => {
                if let Some(words) = self.made_in_words(&call.function) {
                    self.read.has_more_edges = true;
                    self.unread(value.span, format!("{words} {place}: what comes of it is known only when it runs"));
                    return;
                }
            }
            Kind::Chain { rest, .. } if rest.iter().any(|(operator, _)| operator.is_shift()) => {
                let is_number = |operand: &&Expression| matches!(operand.kind, Kind::Number(_));
                if !value.children().iter().any(is_number) {
                    self.read.has_more_edges = true;
                    self.unread(value.span, format!("an edge {place}: whether it is there is known only when it runs"));
                }
                return;
            }
            _ => {}
        }
        value.children().into_iter().for_each(|child| self.operators_in(child, place));
    }
}

/// What the task group of a `TaskGroup(…)` puts before the names of its tasks.
fn group_prefix(value: &Value) -> Result<String, Rc<str>> {
    let ValueKind::Record(record) = &value.kind else { return Ok(String::new()) };
    match record.field("prefix_group_id").map(|prefixes| &prefixes.kind) {
        None | Some(ValueKind::Boolean(true)) => {}
        Some(ValueKind::Boolean(false)) => return Ok(String::new()),
        Some(_) => return Err("whether the task group is part of the name is not known".into()),
    }
    match record.field("group_id") {
        Some(id) => id.exact_text().map(|id| format!("{id}.")),
        None => Err("the name of its task group is not known".into()),
    }
}
