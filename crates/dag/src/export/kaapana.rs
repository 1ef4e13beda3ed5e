//! A DAG of Kaapana: one `KaapanaTaskOperator` for each task.

use task_api_core::workflow::Workflow;
use task_api_json::parse;

use super::edges;
use super::python::{Argument, Code, Names, Variables, assignment, of_json, text};
use crate::plain::{Plain, PlainTask, PlainTemplate};
use crate::{CONSTANT, MAPPING, OPERATOR};

/// Where the operator is imported from.
pub const OPERATOR_MODULE: &str = "task_api_operator.KaapanaTaskOperator";

/// The module of Kaapana's own constants.
const CONSTANTS_MODULE: &str = "kaapana.blueprints.kaapana_global_variables";
/// What it defines.
const CONSTANTS: &[&str] = &[
    "ADMIN_NAMESPACE",
    "AIRFLOW_WORKFLOW_DIR",
    "BATCH_NAME",
    "DEFAULT_REGISTRY",
    "GPU_SUPPORT",
    "INSTANCE_NAME",
    "KAAPANA_BUILD_VERSION",
    "PLATFORM_VERSION",
    "PROCESSING_WORKFLOW_DIR",
    "PULL_POLICY_IMAGES",
    "SERVICES_NAMESPACE",
];

/// A DAG file with the operator from `module`; or why there can be none.
pub fn airflow(workflow: &Workflow, module: &str) -> Result<String, Vec<String>> {
    airflow_of_plain(&Plain::of(workflow)?, module)
}

/// The same for plain values.
pub(crate) fn airflow_of_plain(plain: &Plain, module: &str) -> Result<String, Vec<String>> {
    let mut names = Names::with(&["DAG", OPERATOR, MAPPING, CONSTANT, "args", "dag", "os"]);
    CONSTANTS.iter().for_each(|name| {
        names.make(name, "");
    });
    let mut variables = Variables::new(CONSTANTS);
    let operators: Vec<String> =
        plain.tasks.iter().map(|task| names.make(task.variable.as_deref().unwrap_or(&task.id), "task_")).collect();
    let mut problems = Vec::new();
    let mut body = String::new();
    for (task, operator) in plain.tasks.iter().zip(&operators) {
        match call(task, &operators, &mut variables, &mut names) {
            Ok(call) => assignment(&mut body, 4, operator, &call),
            Err(expression) => {
                problems.push(format!("`{expression}` in the task `{}` has no form in a DAG", task.id));
            }
        }
        body.push('\n');
    }
    let head = head(plain, &mut variables, &mut names);
    if let Err(expression) = &head {
        problems.push(format!("`{expression}` in the workflow's name or description has no form in a DAG"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut out = String::new();
    if variables.has_constants() {
        out.push_str("import os\n\n");
    }
    out.push_str("from airflow.models import DAG\n");
    let imported: Vec<&str> = variables.imports().collect();
    out.push_str(&import(CONSTANTS_MODULE, &imported));
    out.push_str(&import(module, &[MAPPING, OPERATOR]));
    if variables.has_constants() {
        out.push('\n');
        out.push_str(&variables.constants());
    }
    out.push_str(&constant(plain));
    out.push_str("\nargs = {\n    \"ui_visible\": True,\n    \"owner\": \"kaapana\",\n}\n\n");
    super::python::with_dag(&mut out, head.unwrap_or_default());
    out.push_str(match body.trim_end() {
        "" => "    pass",
        body => body,
    });
    out.push('\n');
    let edges = edges::statements(plain, &operators, 0);
    if !edges.is_empty() {
        out.push_str(&format!("\n{edges}"));
    }
    Ok(out)
}

fn head(plain: &Plain, variables: &mut Variables, names: &mut Names) -> Result<Vec<Argument>, String> {
    let mut arguments = vec![(None, variables.text(&plain.name, names)?), (Some("default_args"), Code::atom("args"))];
    if let Some(description) = &plain.description {
        arguments.push((Some("description"), variables.text(description, names)?));
    }
    Ok(arguments)
}

fn import(module: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let line = format!("from {module} import {}\n", names.join(", "));
    if line.len() <= 89 {
        return line;
    }
    let names: String = names.iter().map(|name| format!("    {name},\n")).collect();
    format!("from {module} import (\n{names})\n")
}

/// What a workflow.json says and a DAG has no place for.
fn constant(plain: &Plain) -> String {
    let mut items = Vec::new();
    if !plain.containers.is_empty() {
        let files = plain.containers.iter().map(|[image, path]| dict(&[("image", image), ("path", path)]));
        items.push((text("containers"), Code::List(files.collect())));
    }
    if !plain.inputs.is_empty() {
        let inputs = plain
            .inputs
            .iter()
            .map(|[task, channel, path]| dict(&[("task_id", task), ("input_channel", channel), ("host_path", path)]));
        items.push((text("inputs"), Code::List(inputs.collect())));
    }
    if items.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n# Read by task-api alone.\n");
    assignment(&mut out, 0, CONSTANT, &Code::Dict(items));
    out
}

/// Texts as they stand: expressions in them are those of task-api.
fn dict(items: &[(&str, &str)]) -> Code {
    Code::Dict(items.iter().map(|(name, value)| (text(name), text(value))).collect())
}

fn call(task: &PlainTask, operators: &[String], variables: &mut Variables, names: &mut Names) -> Result<Code, String> {
    let mut arguments = vec![(Some("task_id"), text(&task.id))];
    arguments.push((Some("image"), variables.text(&task.image, names)?));
    let template = match &task.template {
        PlainTemplate::Named(name) => variables.text(name, names)?,
        PlainTemplate::Inline(json) => of_json(parse(json).root(json)),
    };
    arguments.push((Some("taskTemplate"), template));
    if !task.env.is_empty() {
        let mut env = Vec::new();
        for (name, value) in &task.env {
            let name = variables.text(name, names)?;
            env.push(Code::Dict(vec![(text("name"), name), (text("value"), variables.text(value, names)?)]));
        }
        arguments.push((Some("env"), Code::List(env)));
    }
    if let Some(command) = &task.command {
        let words = command.iter().map(|word| variables.text(word, names)).collect::<Result<_, _>>()?;
        arguments.push((Some("command"), Code::List(words)));
    }
    if let Some(resources) = &task.resources {
        let mut sides = Vec::new();
        for (name, side) in [("limits", &resources.limits), ("requests", &resources.requests)] {
            let mut items = Vec::new();
            for (name, value) in side {
                items.push((text(name), variables.text(value, names)?));
            }
            if !items.is_empty() {
                sides.push((text(name), Code::Dict(items)));
            }
        }
        arguments.push((Some("resources"), Code::Dict(sides)));
    }
    for (name, value) in ["registryUrl", "registryUsername", "registryPassword"].into_iter().zip(&task.registry) {
        if let Some(value) = value {
            arguments.push((Some(name), variables.text(value, names)?));
        }
    }
    if !task.maps.is_empty() {
        let mappings = task.maps.iter().map(|map| {
            let upstream = operators.get(map.upstream).map_or("None", String::as_str);
            let arguments = vec![
                (Some("upstream_operator"), Code::atom(upstream)),
                (Some("upstream_output_channel"), text(&map.output)),
                (Some("input_channel"), text(&map.input)),
            ];
            Code::call(MAPPING, arguments)
        });
        arguments.push((Some("iochannel_maps"), Code::List(mappings.collect())));
    }
    Ok(Code::call(OPERATOR, arguments))
}
