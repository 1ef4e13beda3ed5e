//! What a migration writes is valid if the file was, and leads back to the same bytes where nothing
//! was lost.

#![no_main]

use libfuzzer_sys::fuzz_target;
use task_api_core::Kind;

#[path = "../../crates/core/tests/changes/mod.rs"]
mod changes;
#[path = "../structured.rs"]
mod structured;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let kind = [None, None, Some(Kind::ProcessingContainer), Some(Kind::Task)][usize::from(choice & 3)];
    if let Some((text, _)) = structured::document(rest) {
        changes::check_migration(&text, kind);
    }
});
