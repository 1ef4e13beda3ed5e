//! Files that are about to get another name.

use task_api_ide::Move;

use crate::params::Renames;
use crate::results::WorkspaceEdit;
use crate::state::State;
use crate::{to_lsp, uris};

impl State {
    /// What leads to these files and folders is to lead to their new names.
    pub(crate) fn before_renaming(&self, params: &Renames) -> Option<WorkspaceEdit> {
        let name = |uri: &str| {
            let key = uris::key(uri);
            key.strip_suffix('/').map_or_else(|| key.clone(), str::to_owned)
        };
        let moves = params.files.iter().map(|file| Move { from: name(&file.old_uri), to: name(&file.new_uri) });
        let edits = task_api_ide::moved(&self.workspace, &moves.collect::<Vec<_>>());
        (!edits.is_empty()).then(|| to_lsp::workspace_edit(self, &edits))
    }
}
