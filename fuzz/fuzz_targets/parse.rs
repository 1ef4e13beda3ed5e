//! Any text: the invariants of the property tests, agreement with `serde_json` among them.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/json/tests/invariants/mod.rs"]
mod invariants;

fuzz_target!(|text: &str| invariants::check_invariants(text));
