//! Layout changes white space alone, keeps JSON JSON, and is done after one time.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/core/tests/changes/mod.rs"]
mod changes;
#[path = "../structured.rs"]
mod structured;

fuzz_target!(|data: &[u8]| {
    if let Some((text, _)) = structured::document(data) {
        changes::check_layout(&text);
    }
});
