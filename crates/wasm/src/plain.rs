//! Values as JavaScript gets them: plain objects, without `Map`, `bigint` or classes.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::arguments::type_error;

/// By way of JSON text: one call across the boundary, where building the objects from here takes one for each field.
pub(crate) fn plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    match serde_json::to_string(value) {
        Ok(json) => js_sys::JSON::parse(&json),
        // Only maps with keys that are no strings cannot be written, and there are none.
        Err(_) => Err(type_error("the answer cannot be written as JSON")),
    }
}
