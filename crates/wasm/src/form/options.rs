//! Options of the form's functions. A wrong one is said by its name.

use std::collections::BTreeMap;

use task_api_core::nearest;
use task_api_ide::form;
use tsify::Tsify;
use wasm_bindgen::JsValue;

use super::fields;
use crate::arguments::type_error;
use crate::options::{entries, plain_object};

/// What is known of the run. Everything may be left out.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "declares the type; the fields are read one by one, so that a wrong one can be named")]
struct RunOptions {
    /// Absolute directory of the task's file. Without it, lines are for a shell that stands there.
    #[tsify(optional)]
    directory: Option<String>,
    /// Name of the task's file; "task.json" by default.
    #[tsify(optional)]
    file: Option<String>,
    /// Size of the data in bytes, by input channel; 0 by default.
    #[tsify(optional, type = "Record<string, number>")]
    sizes: Option<BTreeMap<String, f64>>,
    /// Right end of the plot in bytes; by default so that what the rules do can be seen.
    #[tsify(optional)]
    max_size: Option<f64>,
}

/// Everything may be left out.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "declares the type; the fields are read one by one, so that a wrong one can be named")]
struct TriggerOptions {
    /// Of the task in the workflow; by default made of the task's name.
    #[tsify(optional)]
    task_id: Option<String>,
    #[tsify(optional)]
    dag_id: Option<String>,
    /// Where the platform is.
    #[tsify(optional)]
    url: Option<String>,
    /// Writes secrets out, for which placeholders stand otherwise.
    #[tsify(optional)]
    include_secrets: Option<bool>,
}

/// Everything may be left out.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "declares the type; the fields are read one by one, so that a wrong one can be named")]
struct OperatorOptions {
    /// Of the task in the workflow; by default made of the task's name.
    #[tsify(optional)]
    task_id: Option<String>,
    /// Python name of the variable; by default made of the task's id.
    #[tsify(optional)]
    variable: Option<String>,
    /// Module of `KaapanaTaskOperator`.
    #[tsify(optional)]
    module: Option<String>,
}

pub(super) fn run(value: &JsValue) -> Result<form::RunOptions, JsValue> {
    let mut options = form::RunOptions::default();
    for (name, value) in fields("whatWillRun", value)? {
        let wrong = |expected: &str| wrong("whatWillRun", &name, expected);
        match name.as_str() {
            "directory" => options.directory = Some(value.as_string().ok_or_else(|| wrong("a string"))?),
            "file" => options.file = Some(value.as_string().ok_or_else(|| wrong("a string"))?),
            "sizes" => options.sizes = sizes(&value).ok_or_else(|| wrong("an object of numbers from 0"))?,
            "maxSize" => options.max_size = Some(size(&value).ok_or_else(|| wrong("a number from 0"))? as u64),
            _ => return Err(unknown("whatWillRun", &name, &["directory", "file", "sizes", "maxSize"])),
        }
    }
    Ok(options)
}

pub(super) fn trigger(value: &JsValue) -> Result<form::TriggerOptions, JsValue> {
    let mut options = form::TriggerOptions::default();
    for (name, value) in fields("triggerBody", value)? {
        let wrong = |expected: &str| wrong("triggerBody", &name, expected);
        let text = || value.as_string().ok_or_else(|| wrong("a string"));
        match name.as_str() {
            "taskId" => options.task_id = Some(text()?),
            "dagId" => options.dag_id = Some(text()?),
            "url" => options.url = Some(text()?),
            "includeSecrets" => options.include_secrets = value.as_bool().ok_or_else(|| wrong("true or false"))?,
            _ => return Err(unknown("triggerBody", &name, &["taskId", "dagId", "url", "includeSecrets"])),
        }
    }
    Ok(options)
}

pub(super) fn operator(value: &JsValue) -> Result<form::OperatorOptions, JsValue> {
    let mut options = form::OperatorOptions::default();
    for (name, value) in fields("operatorSnippet", value)? {
        let text = value.as_string().ok_or_else(|| wrong("operatorSnippet", &name, "a string"));
        match name.as_str() {
            "taskId" => options.task_id = Some(text?),
            "variable" => options.variable = Some(text?),
            "module" => options.module = Some(text?),
            _ => return Err(unknown("operatorSnippet", &name, &["taskId", "variable", "module"])),
        }
    }
    Ok(options)
}

fn sizes(value: &JsValue) -> Option<BTreeMap<String, u64>> {
    let entries = entries(plain_object(value)?)?;
    // Casting saturates.
    entries.into_iter().map(|(name, value)| Some((name, size(&value)? as u64))).collect()
}

fn size(value: &JsValue) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite() && *number >= 0.0)
}

fn wrong(function: &str, name: &str, expected: &str) -> JsValue {
    type_error(&format!("{function}: `options.{name}` is not {expected}"))
}

fn unknown(function: &str, name: &str, known: &[&'static str]) -> JsValue {
    let hint = nearest(name, known.iter().copied()).map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
    type_error(&format!("{function}: there is no option `{name}`{hint}"))
}
