//! The npm package `task-api-wasm`: the core behind functions that take and give plain objects.
//!
//! All offsets are UTF-16 units. A wrong argument throws a `TypeError` that names it; nothing else
//! throws.

mod options;

use serde::Serialize as _;
use task_api_core::check;
use task_api_core::report::{Document, OffsetUnit, ValidationResult, validation_result};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use crate::options::Options;

/// Checks the text of a processing-container.json or task.json.
// `JsValue` and not `&str`: what is no string is a `TypeError`, not a broken call.
#[wasm_bindgen]
pub fn validate(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<Ts<ValidationResult>, JsValue> {
    let Some(text) = text.as_string() else {
        return Err(type_error("validate: `text` is not a string"));
    };
    let options = Options::read(&options).map_err(|error| type_error(&format!("validate: {error}")))?;
    let checked = check(&text, &options.check_options());
    let document = Document::new(None, &text, OffsetUnit::Utf16);
    let container = options.container.as_deref().map(|text| Document::new(None, text, OffsetUnit::Utf16));
    let result = validation_result(&checked, &document, container.as_ref());
    // `json_compatible`: no `Map`, no `bigint`, `null` for what is not known.
    let plain = result.serialize(&serde_wasm_bindgen::Serializer::json_compatible());
    plain.map(Ts::new_unchecked).map_err(|error| type_error(&error.to_string()))
}

/// Makes panics readable while developing; the published module has none of it.
#[cfg(debug_assertions)]
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

fn type_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}
