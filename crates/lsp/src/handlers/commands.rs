//! Commands that the server runs.

use std::sync::Arc;

use ls_types::MessageType;
use serde_json::value::RawValue;
use task_api_ide::{Document, checked_documents};

use crate::abilities::{APPLY, VALIDATE};
use crate::json::raw;
use crate::params::Execute;
use crate::state::State;

impl State {
    pub(crate) fn execute(&mut self, params: &Execute) -> Result<Option<Box<RawValue>>, String> {
        match params.command.as_str() {
            VALIDATE => Ok(Some(self.validate_workspace())),
            APPLY => self.apply_action(params.arguments.as_deref().unwrap_or_default()).map(|()| None),
            other => Err(format!("task-api has no command `{other}`")),
        }
    }

    /// Checks all files of the workspace and what is open; tells the user what it came to.
    fn validate_workspace(&mut self) -> Box<RawValue> {
        let is_ours = |document: &&Document| self.listed.contains(document.uri()) || document.is_open();
        let keys: Vec<Arc<str>> =
            checked_documents(&self.workspace).filter(is_ours).map(|document| Arc::clone(document.uri())).collect();
        let (mut errors, mut warnings, mut infos) = (0, 0, 0);
        for key in &keys {
            let Some(document) = self.workspace.get(key) else { continue };
            let Some(checked) = task_api_ide::checked(&self.workspace, document) else { continue };
            errors += checked.found.errors;
            warnings += checked.found.warnings;
            infos += checked.found.infos;
        }
        self.check_all_again();
        let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let message = format!(
            "task-api: {}, {}, {}, {}",
            count(keys.len(), "file"),
            count(errors, "error"),
            count(warnings, "warning"),
            count(infos, "note")
        );
        let kind = if errors == 0 { MessageType::INFO } else { MessageType::ERROR };
        self.outbox.show(kind, message);
        let files = keys.len();
        raw(format!(r#"{{"files":{files},"errors":{errors},"warnings":{warnings},"infos":{infos}}}"#))
    }
}
