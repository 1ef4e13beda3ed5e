//! What the operator's parameters must be, as Python would find when it loads or runs the DAG.

use task_api_core::diagnostic::{Applicability, Diagnostic};
use task_api_core::nearest;
use task_api_core::rules::{self, Rule};
use task_api_core::workflow::{Task, Workflow};
use task_api_json::TextEdit;

use crate::python::Name;
use crate::reader::{Node, Parameters};
use crate::value::{Value, ValueKind};
use crate::{DagFile, MAPPING, OPERATOR};

/// The operator's own parameters that matter here, and whether they have to be there.
const PARAMETERS: &[(&str, Shape, bool)] = &[
    ("task_id", Shape::Text, true),
    ("image", Shape::Text, true),
    ("taskTemplate", Shape::Template, true),
    ("env", Shape::List, false),
    ("command", Shape::List, false),
    ("resources", Shape::Object, false),
    ("registryUrl", Shape::Text, false),
    ("registryUsername", Shape::Text, false),
    ("registryPassword", Shape::Text, false),
    ("iochannel_maps", Shape::List, false),
];

/// Its others, and those of all operators of Airflow.
const OTHERS: &str = "annotations allow_nested_operators dag default_args depends_on_past dev_server display_name
    do_xcom_push doc doc_json doc_md doc_rst doc_yaml email email_on_failure email_on_retry end_date
    execution_timeout executor executor_config ignore_first_depends_on_past inlets labels logger_name
    map_index_template max_active_tis_per_dag max_active_tis_per_dagrun max_retry_delay multiple_outputs
    on_execute_callback on_failure_callback on_retry_callback on_skipped_callback on_success_callback outlets owner
    params pool pool_slots post_execute pre_execute priority_weight queue render_template_as_native_obj
    resource_strategy retries retry_delay retry_exponential_backoff run_as_user sla start_date
    startup_timeout_seconds task_concurrency task_display_name task_group trigger_rule wait_for_downstream
    wait_for_past_depends_before_skipping weight_rule";

const MAPPING_PARAMETERS: [&str; 3] = ["upstream_operator", "upstream_output_channel", "input_channel"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    List,
    Object,
    Template,
}

impl Shape {
    fn in_words(self) -> &'static str {
        match self {
            Shape::Text => "a text",
            Shape::List => "a list",
            Shape::Object => "a dict",
            Shape::Template => "a text, the name of a template",
        }
    }

    /// Whether a value is something else for sure.
    fn excludes(self, kind: &ValueKind) -> bool {
        match kind {
            ValueKind::Undefined(_) | ValueKind::Unknown(_) | ValueKind::Imported(_) => false,
            ValueKind::Text(_) => !matches!(self, Shape::Text | Shape::Template),
            ValueKind::List(_) => self != Shape::List,
            ValueKind::Dict(_) | ValueKind::Record(_) => !matches!(self, Shape::Object | Shape::Template),
            _ => true,
        }
    }
}

pub(super) fn check(file: &DagFile, workflow: &Workflow, found: &mut Vec<Diagnostic>) {
    for task in &workflow.tasks {
        let Some(node) = file.read.nodes.iter().find(|node| node.span == task.span) else { continue };
        operator(task, node, found);
    }
}

fn operator(task: &Task, node: &Node, found: &mut Vec<Diagnostic>) {
    let parameters = node.parameters();
    let pointer = |name: &str| format!("{}/{name}", task.pointer());
    for &(name, shape, is_needed) in PARAMETERS {
        match parameters.get(name) {
            // The default of those that need not be there.
            Some(value) if value.is_none() && !is_needed => {}
            Some(value) if shape.excludes(&value.kind) => {
                found.extend(wrong_type(pointer(name), name, value, shape).map(|found| *found));
            }
            Some(_) => {}
            None if is_needed && !parameters.has_more => {
                let message = format!("the operator has no `{name}`");
                found.extend(at("missing-field", task.pointer(), node.class, message).map(|found| *found));
            }
            None => {}
        }
    }
    let known: Vec<&str> = PARAMETERS.iter().map(|(name, ..)| *name).collect();
    unknown_parameters(OPERATOR, parameters, &known, &task.pointer(), found);
    let maps = parameters.get("iochannel_maps").map(|maps| &maps.kind);
    let Some(ValueKind::List(maps)) = maps else { return };
    for (number, map) in maps.iter().enumerate() {
        let pointer = format!("{}/iochannel_maps/{number}", task.pointer());
        match &map.kind {
            ValueKind::Record(record) if record.class == MAPPING => {
                mapping(map, &record.fields, record.has_more, &pointer, found);
            }
            ValueKind::Unknown(_) | ValueKind::Undefined(_) | ValueKind::Imported(_) => {}
            _ => {
                let message = format!("this must be an `{MAPPING}`, and is {}", map.in_words());
                found.extend(at("wrong-type", pointer, map.span, message).map(|found| *found));
            }
        }
    }
}

fn mapping(map: &Value, fields: &[(Name, Value)], has_more: bool, pointer: &str, found: &mut Vec<Diagnostic>) {
    for name in MAPPING_PARAMETERS {
        let value = fields.iter().find(|(field, _)| field.text == name).map(|(_, value)| value);
        match value {
            None if !has_more => {
                let message = format!("the `{MAPPING}` has no `{name}`");
                found.extend(at("missing-field", pointer.to_owned(), map.span, message).map(|found| *found));
            }
            Some(value) if name != "upstream_operator" && Shape::Text.excludes(&value.kind) => {
                found.extend(wrong_type(format!("{pointer}/{name}"), name, value, Shape::Text).map(|found| *found));
            }
            Some(value) if name == "upstream_operator" => {
                let is_other = !matches!(
                    value.kind,
                    ValueKind::Node(_) | ValueKind::Unknown(_) | ValueKind::Undefined(_) | ValueKind::Imported(_)
                );
                if is_other {
                    let message = format!("`{name}` must be an operator, and is {}", value.in_words());
                    let label = "write the variable that holds the operator";
                    let diagnostic = at("wrong-type", format!("{pointer}/{name}"), value.span, message);
                    found.extend(diagnostic.map(|diagnostic| *diagnostic.label(label)));
                }
            }
            _ => {}
        }
    }
    let parameters = Parameters { named: fields.to_vec(), has_more };
    unknown_parameters(MAPPING, &parameters, &MAPPING_PARAMETERS, pointer, found);
}

fn wrong_type(pointer: String, name: &str, value: &Value, shape: Shape) -> Option<Box<Diagnostic>> {
    let message = format!("`{name}` must be {}, and is {}", shape.in_words(), value.in_words());
    at("wrong-type", pointer, value.span, message)
}

fn unknown_parameters(
    class: &str,
    parameters: &Parameters,
    known: &[&str],
    pointer: &str,
    found: &mut Vec<Diagnostic>,
) {
    for (name, _) in &parameters.named {
        let is_airflows = class == OPERATOR && OTHERS.split_ascii_whitespace().any(|other| other == name.text);
        if is_airflows || known.contains(&name.text.as_str()) {
            continue;
        }
        let message = format!("`{class}` has no parameter `{}`", name.text);
        let Some(diagnostic) = at("unknown-field", format!("{pointer}/{}", name.text), name.span, message) else {
            continue;
        };
        let missing = known.iter().copied().filter(|known| parameters.get(known).is_none());
        found.push(*match nearest(&name.text, missing) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).fix(
                Applicability::Safe,
                format!("rename to `{near}`"),
                vec![TextEdit::replace(name.span, near.to_owned())],
            ),
            None => diagnostic.note("Python fails on it when Airflow loads the file"),
        });
    }
}

fn at(rule: &str, pointer: String, span: task_api_json::Span, message: String) -> Option<Box<Diagnostic>> {
    let rule: &'static Rule = rules::find(rule)?;
    Some(Diagnostic::at(rule, pointer, span, message))
}
