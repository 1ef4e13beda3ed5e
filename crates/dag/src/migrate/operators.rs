//! What the operators of a file are given: by the DAG that makes them, and by their classes.

use std::collections::HashMap;
use std::rc::Rc;

use task_api_core::template::has_expression;
use task_api_json::Span;

use super::{Source, place};
use crate::python::{self, Kind, Module, Name, StatementKind};
use crate::reader::{self, Class, NodeKind, Parameters, Read};
use crate::value::{Value, ValueKind};

const BASE: &str = "KaapanaBaseOperator";

/// Parameters that become something else, or that the container does not see.
const READ: &[&str] = &[
    "dag",
    "name",
    "task_id",
    "image",
    "cmds",
    "arguments",
    "env_vars",
    "input_operator",
    "operator_in_dir",
    "operator_out_dir",
    "ram_mem_mb",
    "ram_mem_mb_lmt",
    "cpu_millicores",
    "cpu_millicores_lmt",
    "gpu_mem_mb",
    "gpu_mem_mb_lmt",
    "image_pull_secrets",
    "delete_output_on_start",
    "keep_parallel_id",
    "image_pull_policy",
];
/// Parameters that the new operator takes as they are.
const SAME: &[&str] = &[
    "labels",
    "annotations",
    "execution_timeout",
    "startup_timeout_seconds",
    "retries",
    "retry_delay",
    "trigger_rule",
    "pool",
    "pool_slots",
    "priority_weight",
    "max_active_tis_per_dag",
];

#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) dag: Option<String>,
    pub(super) operators: Vec<Operator>,
    pub(super) todo: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Operator {
    pub(super) id: String,
    pub(super) variable: Option<String>,
    pub(super) template: String,
    pub(super) description: Option<String>,
    /// With template expressions.
    pub(super) image: Option<String>,
    pub(super) inputs: Vec<Input>,
    pub(super) output: String,
    pub(super) env: Vec<(String, String)>,
    /// Variables that only the DAG knows the values of.
    pub(super) overrides: Vec<(String, String)>,
    pub(super) command: Option<Vec<String>>,
    pub(super) resources: Resources,
    /// The operators right before, by their positions.
    pub(super) before: Vec<usize>,
    pub(super) todo: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) description: String,
    /// The operator that writes it, by its position.
    pub(super) upstream: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Resources {
    /// In MiB.
    pub(super) memory: u64,
    pub(super) memory_limit: u64,
    /// In thousandths.
    pub(super) cpu: Option<u64>,
    pub(super) has_gpu: bool,
}

/// The classes of all files, by name, each with the file that it is in.
struct Classes<'a> {
    modules: Vec<(Module, Source<'a>)>,
    by_name: HashMap<String, (usize, Class)>,
}

pub(super) fn find(main: &Module, source: Source<'_>, others: &[Source<'_>]) -> Found {
    let is_python = |source: &&Source<'_>| source.name.ends_with(".py");
    let mut modules = vec![(python::parse(source.text), source)];
    modules.extend(others.iter().filter(is_python).map(|other| (python::parse(other.text), *other)));
    let mut by_name = HashMap::new();
    for (number, (module, _)) in modules.iter().enumerate() {
        for statement in &module.body {
            if let StatementKind::Class { name, bases, body } = &statement.kind {
                let bases = bases.iter().filter_map(|base| match &base.kind {
                    Kind::Name(name) => Some(name.clone()),
                    Kind::Attribute { name, .. } => Some(name.text.clone()),
                    _ => None,
                });
                let class = Class::of(name, bases.collect(), body);
                by_name.entry(name.text.clone()).or_insert((number, class));
            }
        }
    }
    let classes = Classes { modules, by_name };
    let read = reader::read(main, source.text);
    let mut found = Found::default();
    // By the number of a node, the position of its operator.
    let mut positions: HashMap<usize, usize> = HashMap::new();
    for (number, node) in read.nodes.iter().enumerate() {
        let NodeKind::Foreign { class, parameters } = &node.kind else { continue };
        match classes.super_call(class, Some(parameters)) {
            Some((call, description)) => {
                positions.insert(number, found.operators.len());
                let variable = node.variable.as_ref().map(|name| name.text.clone());
                let mut operator = operator(class, &call, description, source, node.span);
                operator.variable = variable;
                found.operators.push(operator);
            }
            None => found.todo.push(format!(
                "{}: `{class}` is not in the files that were given, and stays out of the new DAG: give its file with \
                 --with, or replace it.",
                place(source, node.span)
            )),
        }
    }
    if found.operators.is_empty() {
        let mut names: Vec<&String> = classes.by_name.iter().filter(|(_, (at, _))| *at == 0).map(|(n, _)| n).collect();
        names.sort_by_key(|name| classes.by_name.get(*name).map(|(_, class)| class.span.start));
        for name in names {
            if let Some((call, description)) = classes.super_call(name, None) {
                let span = classes.by_name.get(name).map_or(Span::empty(0), |(_, class)| class.span);
                let mut operator = operator(name, &call, description, source, span);
                if operator.inputs.is_empty() {
                    operator.inputs.push(input("inputs", None));
                }
                found.operators.push(operator);
            }
        }
        found.todo.retain(|_| found.operators.is_empty());
        tell_tasks_apart(&mut found.operators);
        return found;
    }
    found.dag = read.dags.first().and_then(|dag| dag.id.exact_text().ok()).map(|id| id.to_string());
    join(&read, &positions, &mut found);
    tell_tasks_apart(&mut found.operators);
    found
}

impl Classes<'_> {
    /// What an operator's class gives to `KaapanaBaseOperator`, and what it says of itself; `None` for a class that does
    /// not build on it.
    fn super_call(&self, class: &str, given: Option<&Parameters>) -> Option<(Parameters, Option<String>)> {
        if class == BASE {
            return Some((copied(given?), None));
        }
        let (number, found) = self.by_name.get(class)?;
        let mut base = found.bases.first()?.clone();
        // Classes of classes; a few are enough for anybody.
        let mut own = (*number, found);
        let mut given = given.map(copied).unwrap_or_default();
        let mut description = None;
        for _ in 0..8 {
            let (module, source) = self.modules.get(own.0)?;
            description = description.or_else(|| own.1.description.clone());
            given = reader::super_call(module, source.text, &own.1.name, &given)?;
            if base == BASE {
                return Some((given, description));
            }
            let (number, next) = self.by_name.get(&base)?;
            base = next.bases.first()?.clone();
            own = (*number, next);
        }
        None
    }
}

fn copied(parameters: &Parameters) -> Parameters {
    Parameters { named: parameters.named.clone(), has_more: parameters.has_more }
}

/// The operator that a call of `KaapanaBaseOperator` with these parameters would be.
fn operator(class: &str, call: &Parameters, description: Option<String>, source: Source<'_>, span: Span) -> Operator {
    let mut todo = Vec::new();
    let at = place(source, span);
    let text =
        |name: &str| call.get(name).and_then(|value| value.exact_text().ok()).filter(|text| !has_expression(text));
    let number = |name: &str| match &call.get(name)?.kind {
        ValueKind::Number(number) => number.parse::<u64>().ok(),
        _ => None,
    };
    let name = text("name").or_else(|| text("task_id")).map_or_else(|| dashed(class), |name| name.to_string());
    let id = text("task_id").map_or_else(|| name.clone(), |id| id.to_string());
    let image = call.get("image").map(Value::exact_text);
    if !matches!(image, Some(Ok(_))) {
        todo.push(format!("{at}: the image of `{name}` is not known: write it into the DAG."));
    }
    let output = text("operator_out_dir").map_or_else(|| "outputs".to_owned(), |name| channel_name(&name, "outputs"));
    let (env, overrides) = variables(call, &name, &at, &mut todo);
    let words = |parameter: &str| words(call.get(parameter)?);
    let mut command = None;
    for parameter in ["cmds", "arguments"] {
        match words(parameter) {
            Some(Ok(more)) => command.get_or_insert_with(Vec::new).extend(more),
            Some(Err(why)) => todo.push(format!("{at}: `{parameter}` of `{name}` is not known: {why}.")),
            None => {}
        }
    }
    let memory = number("ram_mem_mb").unwrap_or(500);
    for (parameter, value) in &call.named {
        let parameter = parameter.text.as_str();
        if value.is_none() || READ.contains(&parameter) || matches!(value.kind, ValueKind::Node(_)) {
            continue;
        }
        todo.push(match SAME.contains(&parameter) {
            true => format!("{at}: pass `{parameter}` of `{name}` to the new operator as before."),
            false => format!("{at}: `{parameter}` of `{name}` has no counterpart; it is left out."),
        });
    }
    if description.is_none() {
        todo.push(format!("Describe what `{name}` does, in the container file."));
    }
    Operator {
        id,
        variable: None,
        template: name.clone(),
        description,
        image: image.and_then(Result::ok).map(|image| image.to_string()),
        inputs: inputs(call),
        output,
        env,
        overrides,
        command,
        resources: Resources {
            memory,
            memory_limit: number("ram_mem_mb_lmt").unwrap_or(memory.saturating_add(100)),
            cpu: number("cpu_millicores"),
            has_gpu: number("gpu_mem_mb").is_some_and(|memory| memory > 0),
        },
        before: Vec::new(),
        todo,
    }
}

fn input(name: &str, upstream: Option<usize>) -> Input {
    Input { name: name.to_owned(), description: "One directory per item.".to_owned(), upstream }
}

/// Channels for the operators whose outputs an operator reads. `upstream` is the number of the node still.
fn inputs(call: &Parameters) -> Vec<Input> {
    let mut inputs = Vec::new();
    let directory = call.get("operator_in_dir").and_then(|value| value.exact_text().ok());
    let directory = directory.filter(|directory| !has_expression(directory));
    for (parameter, value) in &call.named {
        let node = match value.kind {
            ValueKind::Node(node) => Some(node),
            _ => None,
        };
        match (parameter.text.as_str(), node) {
            ("input_operator", Some(node)) => {
                let name = directory.as_deref().map_or("inputs".to_owned(), |name| channel_name(name, "inputs"));
                inputs.insert(0, input(&name, Some(node)));
            }
            (name, Some(node)) => {
                let name = name.strip_suffix("_operator").unwrap_or(name);
                inputs.push(input(&channel_name(name, "inputs"), Some(node)));
            }
            _ => {}
        }
    }
    let has_main = call.get("input_operator").is_some_and(|value| matches!(value.kind, ValueKind::Node(_)));
    if let (false, Some(directory)) = (has_main, &directory) {
        inputs.insert(0, input(&channel_name(directory, "inputs"), None));
    }
    inputs
}

type Pairs = Vec<(String, String)>;

/// The variables that are declared, and those that the DAG has to set.
fn variables(call: &Parameters, name: &str, at: &str, todo: &mut Vec<String>) -> (Pairs, Pairs) {
    let (mut env, mut overrides) = (Vec::new(), Vec::new());
    match call.get("env_vars").map(|value| &value.kind) {
        Some(ValueKind::Dict(items)) => {
            for (key, value) in items.iter() {
                let Ok(key) = key.exact_text() else {
                    todo.push(format!("{at}: a variable of `{name}` has a name that is not known."));
                    continue;
                };
                match value.text() {
                    Ok(text) if has_expression(&text) => {
                        env.push((key.to_string(), String::new()));
                        overrides.push((key.to_string(), text.to_string()));
                    }
                    Ok(text) => env.push((key.to_string(), text.to_string())),
                    Err(why) => {
                        env.push((key.to_string(), String::new()));
                        todo.push(format!("{at}: give the variable `{key}` of `{name}` its value: {why}."));
                    }
                }
            }
        }
        Some(ValueKind::None) | None => {}
        Some(_) => todo.push(format!("{at}: `env_vars` of `{name}` is not known: declare its variables.")),
    }
    // Of two of a name, the last one counts.
    let mut seen = std::collections::HashSet::new();
    let mut unique: Pairs = env.into_iter().rev().filter(|(name, _)| seen.insert(name.clone())).collect();
    unique.reverse();
    (unique, overrides)
}

fn words(value: &Value) -> Option<Result<Vec<String>, Rc<str>>> {
    match &value.kind {
        ValueKind::None => None,
        ValueKind::List(items) => Some(items.iter().map(|item| item.text().map(|word| word.to_string())).collect()),
        _ => Some(value.exact_text().map(|word| vec![word.to_string()])),
    }
}

/// Joins operators by what they read and by the edges of the DAG.
fn join(read: &Read, positions: &HashMap<usize, usize>, found: &mut Found) {
    for operator in &mut found.operators {
        for input in &mut operator.inputs {
            let node = input.upstream;
            input.upstream = node.and_then(|node| positions.get(&node).copied());
            if let (Some(_), None) = (node, input.upstream) {
                operator.todo.push(format!(
                    "Feed the input `{}` of `{}`: what wrote it is not in the new DAG.",
                    input.name, operator.id
                ));
            }
        }
        let mut seen = std::collections::HashSet::new();
        for input in &mut operator.inputs {
            let mut number = 2;
            let plain = input.name.clone();
            while !seen.insert(input.name.clone()) {
                input.name = format!("{plain}-{number}");
                number += 1;
            }
        }
    }
    for edge in &read.edges {
        if let (Some(&from), Some(&to)) = (positions.get(&edge.from), positions.get(&edge.to))
            && let Some(operator) = found.operators.get_mut(to)
        {
            operator.before.push(from);
        }
    }
    for unread in &read.unread {
        found.todo.push(format!("In the DAG: {}; see to it by hand.", unread.message));
    }
    in_order(&mut found.operators);
}

/// A DAG of Airflow has each name once.
fn tell_tasks_apart(operators: &mut [Operator]) {
    let mut seen = std::collections::HashSet::new();
    for operator in operators {
        let plain = operator.id.clone();
        let mut number = 2;
        while !seen.insert(operator.id.clone()) {
            operator.id = format!("{plain}-{number}");
            number += 1;
        }
        if operator.id != plain {
            let id = &operator.id;
            operator
                .todo
                .push(format!("Two tasks are called `{plain}`; the later one is `{id}` now: name it as you like."));
        }
    }
}

/// Puts operators in an order in which each comes behind those that it refers to; those of a cycle stay.
fn in_order(operators: &mut Vec<Operator>) {
    let count = operators.len();
    let mut order: Vec<usize> = Vec::new();
    let mut is_there = vec![false; count];
    loop {
        let is_free = |&at: &usize| {
            let operator: &Operator = &operators[at];
            let fed = operator.inputs.iter().filter_map(|input| input.upstream);
            !is_there[at] && operator.before.iter().copied().chain(fed).all(|before| before == at || is_there[before])
        };
        let next = (0..count).find(is_free).or_else(|| (0..count).find(|&at| !is_there[at]));
        let Some(next) = next else { break };
        is_there[next] = true;
        order.push(next);
    }
    let mut place = vec![0; count];
    order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
    for operator in operators.iter_mut() {
        operator.before.iter_mut().for_each(|before| *before = place[*before]);
        operator.inputs.iter_mut().for_each(|input| input.upstream = input.upstream.map(|upstream| place[upstream]));
    }
    let mut sorted: Vec<(usize, Operator)> = operators.drain(..).enumerate().map(|(at, op)| (place[at], op)).collect();
    sorted.sort_by_key(|(place, _)| *place);
    operators.extend(sorted.into_iter().map(|(_, operator)| operator));
}

/// `MyAlgorithmOperator` as `my-algorithm`.
fn dashed(class: &str) -> String {
    let mut dashed = String::new();
    for letter in class.strip_suffix("Operator").unwrap_or(class).chars() {
        if letter.is_uppercase() && !dashed.is_empty() {
            dashed.push('-');
        }
        dashed.extend(letter.to_lowercase());
    }
    dashed
}

/// A directory as the name of a channel.
fn channel_name(directory: &str, otherwise: &str) -> String {
    let name: String = directory
        .trim_matches('/')
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    if name.is_empty() || name.starts_with('.') { otherwise.to_owned() } else { name }
}

impl Class {
    fn of(name: &Name, bases: Vec<String>, body: &[python::Statement]) -> Class {
        let description = body.first().and_then(|statement| match &statement.kind {
            StatementKind::Expression(value) => match &value.kind {
                Kind::Text(text) => text.trim().lines().next().map(|line| line.trim().to_owned()),
                _ => None,
            },
            _ => None,
        });
        let description = description.filter(|description| !description.is_empty());
        Class { name: name.text.clone(), span: name.span, bases, description }
    }
}
