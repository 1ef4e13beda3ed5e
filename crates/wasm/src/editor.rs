//! The functions of an editor: what can be written at a place, what is known of it, and what a task comes to.

mod completion;
mod resolution;

use serde::Serialize;
use task_api_core::report::Range;
use task_api_core::version;
use task_api_ide::{EditorSettings, Facts, Place, Workspace};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use crate::arguments;
use crate::options::Options;
use crate::plain::plain;
use crate::validator::report_document;

/// What can be written at an offset, in the order in which it shall be shown.
#[wasm_bindgen(unchecked_return_type = "CompletionItem[]")]
pub fn complete(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] offset: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsValue> {
    let edited = Edited::read("complete", &text, &offset, &options)?;
    plain(&completion::items(&edited))
}

/// What is known of the place at an offset; nothing where there is nothing to say.
#[wasm_bindgen(unchecked_return_type = "Hover | undefined")]
pub fn hover(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] offset: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsValue> {
    let edited = Edited::read("hover", &text, &offset, &options)?;
    match task_api_ide::hover(&edited.workspace, edited.place()) {
        Some(hover) => {
            let text = edited.workspace.get(DOCUMENT).map_or("", |document| document.text());
            plain(&Hover { range: report_document(text).range(hover.span), markdown: hover.text })
        }
        None => Ok(JsValue::UNDEFINED),
    }
}

/// Merges a task with its template, and with what a trigger request sets.
///
/// `container` may be empty if the task has its template written out.
#[wasm_bindgen(unchecked_return_type = "ResolveResult")]
pub fn resolve(
    #[wasm_bindgen(unchecked_param_type = "string")] task: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] container: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Conf")] conf: JsValue,
) -> Result<JsValue, JsValue> {
    let task = arguments::text("resolve", "task", &task)?;
    let container = arguments::text("resolve", "container", &container)?;
    let conf = arguments::json_object("resolve", "conf", &conf)?;
    plain(&resolution::resolve(&task, &container, conf.as_deref()))
}

/// What is shown at a place.
#[derive(Serialize, Tsify)]
pub(crate) struct Hover {
    /// What it is about.
    range: Range,
    markdown: String,
}

const DOCUMENT: &str = "file:///document.json";
const CONTAINER: &str = "file:///processing-container.json";

/// A text with a cursor in it, and the container beside it.
struct Edited {
    workspace: Workspace,
    offset: u32,
}

impl Edited {
    fn read(function: &str, text: &JsValue, offset: &JsValue, options: &JsValue) -> Result<Edited, JsValue> {
        let text = arguments::text(function, "text", text)?;
        let options = Options::read(function, options)?;
        let tree = task_api_json::parse(&text);
        let kind = options.kind.unwrap_or_else(|| version::detect_kind(tree.root(&text), None));
        let offset = arguments::offset(function, offset, &task_api_json::LineIndex::new(&text))?;
        let mut workspace = Workspace::default();
        workspace.settings = EditorSettings { levels: options.rules, schema_only: options.schema_only };
        let facts = Facts { kind: Some(kind), version: options.api_version, is_open: true, ..Facts::default() };
        workspace.set(DOCUMENT, text, facts);
        if let Some(container) = options.container {
            workspace.set(CONTAINER, container, Facts::default());
        }
        Ok(Edited { workspace, offset })
    }

    fn place(&self) -> Place<'static> {
        Place { uri: DOCUMENT, offset: self.offset }
    }
}
