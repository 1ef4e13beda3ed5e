//! The JSON parser as a wasm module of its own, for `cargo xtask bench`: the caller writes UTF-8 into
//! [`buffer`] and calls [`parse`].

use std::sync::{Mutex, PoisonError};

static BYTES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Room for at least `length` bytes.
#[unsafe(no_mangle)]
#[allow(unsafe_code, reason = "`no_mangle` gives the export its name; nothing else has it")]
pub extern "C" fn buffer(length: usize) -> *mut u8 {
    let mut bytes = BYTES.lock().unwrap_or_else(PoisonError::into_inner);
    if bytes.len() < length {
        bytes.resize(length, 0);
    }
    bytes.as_mut_ptr()
}

/// Checks that so much of the buffer is UTF-8, and parses it. Returns the number of syntax errors,
/// or -1.
#[unsafe(no_mangle)]
#[allow(unsafe_code, reason = "`no_mangle` gives the export its name; nothing else has it")]
pub extern "C" fn parse(length: usize) -> i32 {
    let bytes = BYTES.lock().unwrap_or_else(PoisonError::into_inner);
    match bytes.get(..length).map(std::str::from_utf8) {
        Some(Ok(text)) => task_api_json::parse(text).errors().len() as i32,
        _ => -1,
    }
}
