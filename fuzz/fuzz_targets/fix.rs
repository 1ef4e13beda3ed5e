//! Safe fixes add no error and take their own finding away, and all together settle.
//!
//! The first two bytes choose the options and how the document is made.

#![no_main]

use libfuzzer_sys::fuzz_target;
use task_api_core::{ApiVersion, CheckOptions, Kind};

#[path = "../../crates/core/tests/changes/mod.rs"]
mod changes;
#[path = "../structured.rs"]
mod structured;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let Some((text, container)) = structured::document(rest) else { return };
    let kind = [None, None, Some(Kind::ProcessingContainer), Some(Kind::Task)][usize::from(choice & 3)];
    let version = [None, None, Some(ApiVersion::V0), Some(ApiVersion::V1)][usize::from(choice >> 2 & 3)];
    let container = container.as_deref();
    changes::check_fixes(&text, &CheckOptions { kind, version, container, ..CheckOptions::default() });
});
