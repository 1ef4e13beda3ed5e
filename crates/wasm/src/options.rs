//! The options that JavaScript passes in. A wrong one is said by its name.

use js_sys::{Object, Reflect};
use task_api_core::diagnostic::Severity;
use task_api_core::{ApiVersion, CheckOptions, Kind, Levels, nearest, rules};
use tsify::Tsify;
use wasm_bindgen::{JsCast, JsValue};

use crate::arguments::type_error;

/// How to look at a file. Everything may be left out.
#[derive(Default, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
    /// Which of the two files it is; `"auto"`: what its fields tell.
    #[tsify(optional, type = "Kind | \"auto\"")]
    pub(crate) kind: Option<Kind>,
    /// Version of the file format; `"auto"`: what the file tells.
    #[tsify(optional, type = "0 | 1 | \"auto\"")]
    pub(crate) api_version: Option<ApiVersion>,
    /// Text of the processing-container.json that a task is checked against.
    #[tsify(optional)]
    pub(crate) container: Option<String>,
    /// Severity by rule.
    #[tsify(optional, type = "Record<string, \"off\" | \"info\" | \"warning\" | \"error\">")]
    pub(crate) rules: Levels,
    /// Only the contract, without the further rules.
    #[tsify(optional)]
    pub(crate) schema_only: bool,
}

const NAMES: [&str; 5] = ["kind", "apiVersion", "container", "rules", "schemaOnly"];

impl Options {
    /// Reads what a caller passed; `undefined` and `null` are no options at all.
    pub(crate) fn read(function: &str, value: &JsValue) -> Result<Options, JsValue> {
        Options::read_object(value).map_err(|error| type_error(&format!("{function}: {error}")))
    }

    fn read_object(value: &JsValue) -> Result<Options, String> {
        let mut options = Options::default();
        if value.is_undefined() || value.is_null() {
            return Ok(options);
        }
        let object = plain_object(value).ok_or("`options` is not an object")?;
        for (name, value) in entries(object).ok_or("the fields of `options` cannot be read")? {
            if value.is_undefined() {
                continue;
            }
            let wrong = |expected: &str| format!("`options.{name}` is not {expected}");
            match name.as_str() {
                "kind" => options.kind = kind(&value).ok_or_else(|| wrong(KINDS_IN_WORDS))?,
                "apiVersion" => options.api_version = version(&value).ok_or_else(|| wrong("0, 1 or \"auto\""))?,
                "container" => options.container = Some(value.as_string().ok_or_else(|| wrong("a string"))?),
                "schemaOnly" => options.schema_only = value.as_bool().ok_or_else(|| wrong("true or false"))?,
                "rules" => options.rules = levels(&value)?,
                _ => {
                    let hint =
                        nearest(&name, NAMES).map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
                    return Err(format!("there is no option `{name}`{hint}"));
                }
            }
        }
        Ok(options)
    }

    pub(crate) fn check_options(&self) -> CheckOptions<'_> {
        CheckOptions {
            kind: self.kind,
            version: self.api_version,
            schema_only: self.schema_only,
            container: self.container.as_deref(),
            levels: self.rules.clone(),
            ..CheckOptions::default()
        }
    }
}

/// The smaller modules know nothing of workflows, and would find nothing wrong with any.
const KINDS: &[Kind] = match cfg!(feature = "editor") {
    true => &[Kind::ProcessingContainer, Kind::Task, Kind::Workflow],
    false => &[Kind::ProcessingContainer, Kind::Task],
};
const KINDS_IN_WORDS: &str = match cfg!(feature = "editor") {
    true => r#""processing-container", "task", "workflow" or "auto""#,
    false => r#""processing-container", "task" or "auto" (only the whole of task-api-wasm knows workflows)"#,
};

/// `None` for a wrong value, `Some(None)` for one to be found out.
fn kind(value: &JsValue) -> Option<Option<Kind>> {
    match value.as_string()?.as_str() {
        "auto" => Some(None),
        name => KINDS.iter().copied().find(|kind| kind.name() == name).map(Some),
    }
}

fn version(value: &JsValue) -> Option<Option<ApiVersion>> {
    if value.as_string().as_deref() == Some("auto") {
        return Some(None);
    }
    let number = value.as_f64()?;
    [ApiVersion::V0, ApiVersion::V1].into_iter().find(|version| f64::from(version.number()) == number).map(Some)
}

fn levels(value: &JsValue) -> Result<Levels, String> {
    let object = plain_object(value).ok_or("`options.rules` is not an object")?;
    let mut levels = Levels::new();
    for (name, value) in entries(object).ok_or("the fields of `options.rules` cannot be read")? {
        if rules::find(&name).is_none() {
            let hint = nearest(&name, rules::ALL.iter().map(|rule| rule.name));
            let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
            return Err(format!("`options.rules`: there is no rule `{name}`{hint}"));
        }
        let level = match value.as_string().as_deref() {
            Some("off") => None,
            Some("info") => Some(Severity::Info),
            Some("warning") => Some(Severity::Warning),
            Some("error") => Some(Severity::Error),
            _ => return Err(format!(r#"`options.rules["{name}"]` is not "off", "info", "warning" or "error""#)),
        };
        levels.insert(name, level);
    }
    Ok(levels)
}

pub(crate) fn plain_object(value: &JsValue) -> Option<&Object> {
    value.dyn_ref::<Object>().filter(|_| !value.is_array() && !value.is_function())
}

/// `None` if the object throws, as a getter or a proxy can.
pub(crate) fn entries(object: &Object) -> Option<Vec<(String, JsValue)>> {
    let keys = Reflect::own_keys(object).ok()?;
    let names = keys.iter().filter_map(|key| Some((key.as_string()?, key)));
    names.map(|(name, key)| Some((name, Reflect::get(object, &key).ok()?))).collect()
}
