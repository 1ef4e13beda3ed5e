//! The functions that need no more than one text: what is wrong, how it is mended, laid out, moved and explained.

mod documentation;
mod migration;
mod outline;

use task_api_core::report::{self, OffsetUnit, validation_result};
use task_api_core::{ApiVersion, Kind, check, rules, version};
use task_api_ide::{Document, Role};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, type_error};
use crate::options::Options;
use crate::plain::plain;

/// Checks the text of a processing-container.json or task.json.
#[wasm_bindgen(unchecked_return_type = "ValidationResult")]
pub fn validate(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsValue> {
    let text = arguments::text("validate", "text", &text)?;
    let options = Options::read("validate", &options)?;
    let checked = check(&text, &options.check_options());
    let document = report_document(&text);
    let container = options.container.as_deref().map(report_document);
    plain(&validation_result(&checked, &document, container.as_slice()))
}

/// The edits that lay a text out; none for one that is no JSON.
#[wasm_bindgen(unchecked_return_type = "TextEdit[]")]
pub fn format(#[wasm_bindgen(unchecked_param_type = "string")] text: JsValue) -> Result<JsValue, JsValue> {
    let document = document(arguments::text("format", "text", &text)?, None);
    let edits = task_api_ide::format(&document).unwrap_or_default();
    plain(&report_document(document.text()).edits(&edits))
}

/// Moves a text to a version of the format, and changes nothing else.
#[wasm_bindgen(unchecked_return_type = "MigrationResult")]
pub fn migrate(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "0 | 1")] to: JsValue,
) -> Result<JsValue, JsValue> {
    let text = arguments::text("migrate", "text", &text)?;
    let to = to.as_f64().and_then(|number| {
        [ApiVersion::V0, ApiVersion::V1].into_iter().find(|version| f64::from(version.number()) == number)
    });
    let to = to.ok_or_else(|| type_error("migrate: `to` is not 0 or 1"))?;
    plain(&migration::migrate(&text, to))
}

/// The outline of a text: what it consists of, nested as it is.
#[wasm_bindgen(unchecked_return_type = "Symbol[]")]
pub fn symbols(#[wasm_bindgen(unchecked_param_type = "string")] text: JsValue) -> Result<JsValue, JsValue> {
    let document = document(arguments::text("symbols", "text", &text)?, None);
    plain(&outline::symbols(&document))
}

/// The documentation of a rule; nothing if there is no such rule.
#[wasm_bindgen(unchecked_return_type = "RuleDocumentation | undefined")]
pub fn explain(#[wasm_bindgen(unchecked_param_type = "string")] rule: JsValue) -> Result<JsValue, JsValue> {
    let name = arguments::text("explain", "rule", &rule)?;
    match rules::find(&name) {
        Some(rule) => plain(&documentation::of(rule)),
        None => Ok(JsValue::UNDEFINED),
    }
}

pub(crate) fn report_document(text: &str) -> report::Document<'_> {
    report::Document::new(None, text, OffsetUnit::Utf16)
}

/// A document by itself.
pub(crate) fn document(text: String, kind: Option<Kind>) -> Document {
    let tree = task_api_json::parse(&text);
    let kind = kind.unwrap_or_else(|| version::detect_kind(tree.root(&text), None));
    Document::new("file:///document.json", Role::Contract(kind), text)
}
