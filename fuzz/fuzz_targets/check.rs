//! Any text as either file in either version: spans fit, fixes apply, the report serialises.
//!
//! The first byte chooses the options; a NUL ends the document and begins its container file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use task_api_core::{ApiVersion, CheckOptions, Kind};

#[path = "../../crates/core/tests/invariants/mod.rs"]
mod invariants;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let (text, container) = match text.split_once('\0') {
        Some((text, container)) => (text, Some(container)),
        None => (text, None),
    };
    let kind = [None, None, Some(Kind::ProcessingContainer), Some(Kind::Task)][usize::from(choice & 3)];
    let version = [None, None, Some(ApiVersion::V0), Some(ApiVersion::V1)][usize::from(choice >> 2 & 3)];
    let options = CheckOptions { kind, version, schema_only: choice & 16 != 0, container, ..CheckOptions::default() };
    invariants::check_invariants(text, &options);
});
