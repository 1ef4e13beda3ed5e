//! The npm package `task-api-wasm`: the core behind functions that take and give plain objects.
//!
//! It is built twice. With the feature `editor` it is the whole API, without it the validator alone, which is a fraction
//! of the size. All offsets are UTF-16 units. A wrong argument throws a `TypeError` that names it; nothing else throws.
//! `applyFix` is in JavaScript, beside the entries in npm/.

mod arguments;
#[cfg(feature = "editor")]
pub mod editor;
#[cfg(feature = "editor")]
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
