//! What JavaScript passes in, read. A wrong argument is said by its name.

#[cfg(feature = "editor")]
use task_api_json::LineIndex;
use wasm_bindgen::JsValue;

/// `JsValue` and not `&str` in the signatures: what is no string is a `TypeError`, not a broken call.
pub(crate) fn text(function: &str, name: &str, value: &JsValue) -> Result<String, JsValue> {
    value.as_string().ok_or_else(|| type_error(&format!("{function}: `{name}` is not a string")))
}

/// A place in a text, in bytes. One behind the end is the end, one within a character its beginning.
#[cfg(feature = "editor")]
pub(crate) fn offset(function: &str, value: &JsValue, index: &LineIndex) -> Result<u32, JsValue> {
    let is_count = |number: &f64| *number >= 0.0 && number.is_finite() && number.trunc() == *number;
    match value.as_f64().filter(is_count) {
        Some(units) => Ok(index.byte_of_utf16(units as u32)),
        None => Err(type_error(&format!("{function}: `offset` is not a whole number from 0"))),
    }
}

/// The JSON text of an object; `undefined` and `null` are none.
#[cfg(feature = "editor")]
pub(crate) fn json_object(function: &str, name: &str, value: &JsValue) -> Result<Option<String>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let wrong = |what: &str| type_error(&format!("{function}: `{name}` is not {what}"));
    if !value.is_object() || value.is_array() {
        return Err(wrong("an object"));
    }
    // One that goes round in circles has no text, and neither has a `bigint`.
    let json = js_sys::JSON::stringify(value).ok().and_then(|json| json.as_string());
    json.map(Some).ok_or_else(|| wrong("an object of plain values"))
}

pub(crate) fn type_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}
