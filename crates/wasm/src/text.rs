//! What else is done with one text: it is laid out, moved to the other version, and told what it consists of.

mod migration;
mod outline;

use task_api_core::{ApiVersion, Kind, version};
use task_api_ide::{Document, Role};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, type_error};
use crate::plain::plain;
use crate::validator::report_document;

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

/// A document by itself.
pub(crate) fn document(text: String, kind: Option<Kind>) -> Document {
    let tree = task_api_json::parse(&text);
    let kind = kind.unwrap_or_else(|| version::detect_kind(tree.root(&text), None));
    Document::new("file:///document.json", Role::Contract(kind), text)
}
