//! The npm package `task-api-wasm`: the core behind functions that take and give plain objects.
//!
//! It is built three times: whole with the feature `editor`, with `form` alone for pages that have a form of a task and
//! check it, and with neither as the validator. Each is a fraction of the size of the one before. All offsets are UTF-16 units. A wrong argument throws a `TypeError` that names it; nothing else throws.
//! `applyFix` is in JavaScript, beside the entries in npm/.

mod arguments;
#[cfg(feature = "editor")]
pub mod editor;
#[cfg(feature = "form")]
pub mod form;
mod options;
mod plain;
#[cfg(feature = "editor")]
pub mod text;
pub mod validator;

#[cfg(debug_assertions)]
use wasm_bindgen::prelude::*;

/// Makes panics readable while developing; the published module has none of it.
#[cfg(debug_assertions)]
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}
