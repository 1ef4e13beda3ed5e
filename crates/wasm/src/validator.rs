//! What is wrong with a text, and what its rules say: all that a page needs that only validates.

mod documentation;

use task_api_core::report::{self, OffsetUnit, validation_result};
use task_api_core::{check, rules};
use wasm_bindgen::prelude::*;

use crate::arguments;
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
