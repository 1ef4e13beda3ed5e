//! The same file in the other version of the format.

use task_api_core::migrate::migrate;

use super::{ActionKind, CodeAction, Context, action, edits_to};

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let to = context.document.version().other();
    let migration = migrate(context.document.text(), Some(context.kind), to);
    let Some(text) = migration.text else { return };
    let mut title = format!("Migrate the file to version {}", to.number());
    match migration.notes.len() {
        0 => {}
        1 => title.push_str(" (a value changes or is lost)"),
        number => title.push_str(&format!(" ({number} values change or are lost)")),
    }
    actions.push(action(ActionKind::RefactorRewrite, title, edits_to(context.document, &text)));
}
