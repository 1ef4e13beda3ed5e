//! What a move to the other version comes to.

use serde::Serialize;
use task_api_core::report::Kind;
use task_api_core::{ApiVersion, migrate as core};
use tsify::Tsify;

#[derive(Serialize, Tsify)]
pub(crate) struct MigrationResult {
    kind: Kind,
    /// The version that the text had.
    #[tsify(type = "0 | 1")]
    from: u8,
    /// The whole text in the other version; not there if it has no form in it, which `notes` explain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    text: Option<String>,
    /// What was changed or lost beyond renaming.
    notes: Vec<MigrationNote>,
}

#[derive(Serialize, Tsify)]
pub(crate) struct MigrationNote {
    /// JSON Pointer of the value.
    pointer: String,
    message: String,
    /// This is why the text cannot be moved.
    prevents: bool,
}

pub(crate) fn migrate(text: &str, to: ApiVersion) -> MigrationResult {
    let migration = core::migrate(text, None, to);
    let notes = migration.notes.into_iter();
    let mut notes: Vec<_> = notes
        .map(|note| MigrationNote { pointer: note.pointer, message: note.message, prevents: note.prevents })
        .collect();
    if migration.text.is_none() && notes.iter().all(|note| !note.prevents) {
        let message = "the text is not JSON, so it cannot be moved; `validate` says what is wrong with it".to_owned();
        notes.push(MigrationNote { pointer: String::new(), message, prevents: true });
    }
    MigrationResult { kind: migration.kind.into(), from: migration.from.number(), text: migration.text, notes }
}
