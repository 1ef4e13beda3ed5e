//! From a name to its other places, and to another name.

use ls_types::{DocumentHighlight, Location};

use crate::params::{At, References, Rename};
use crate::results::{Renamable, WorkspaceEdit};
use crate::state::State;
use crate::to_lsp;

impl State {
    pub(crate) fn definition(&self, at: &At) -> Option<Vec<Location>> {
        let (place, _) = self.place(&at.text_document, at.position)?;
        Some(self.locations(&task_api_ide::definition(&self.workspace, place)))
    }

    pub(crate) fn type_definition(&self, at: &At) -> Option<Vec<Location>> {
        let (place, _) = self.place(&at.text_document, at.position)?;
        Some(self.locations(&task_api_ide::type_definition(&self.workspace, place)))
    }

    pub(crate) fn implementations(&self, at: &At) -> Option<Vec<Location>> {
        let (place, _) = self.place(&at.text_document, at.position)?;
        Some(self.locations(&task_api_ide::implementations(&self.workspace, place)))
    }

    pub(crate) fn references(&mut self, params: &References) -> Option<Vec<Location>> {
        let (place, _) = self.place(&params.text_document, params.position)?;
        let with_declaration = params.context.include_declaration;
        let found = self.locations(&task_api_ide::references(&self.workspace, place, with_declaration));
        Some(self.outbox.in_parts(params.partial_result_token.as_ref(), found, |part| part))
    }

    pub(crate) fn highlights(&self, params: &At) -> Option<Vec<DocumentHighlight>> {
        let (place, document) = self.place(&params.text_document, params.position)?;
        let found = task_api_ide::highlights(&self.workspace, place);
        let encoding = self.abilities.encoding;
        Some(found.iter().map(|found| to_lsp::highlight(document, found, encoding)).collect())
    }

    pub(crate) fn prepare_rename(&self, at: &At) -> Option<Renamable> {
        let (place, document) = self.place(&at.text_document, at.position)?;
        let (span, placeholder) = task_api_ide::prepare_rename(&self.workspace, place)?;
        let range = to_lsp::range(document, span, self.abilities.encoding);
        Some(Renamable { range, placeholder })
    }

    /// The edits, or why there are none.
    pub(crate) fn rename(&self, params: &Rename) -> Result<Option<WorkspaceEdit>, String> {
        let Some((place, _)) = self.place(&params.text_document, params.position) else { return Ok(None) };
        let edits = task_api_ide::rename(&self.workspace, place, &params.new_name)?;
        Ok(Some(to_lsp::workspace_edit(self, &edits)))
    }

    pub(crate) fn locations(&self, found: &[task_api_ide::Location]) -> Vec<Location> {
        found.iter().filter_map(|found| to_lsp::location(self, found)).collect()
    }
}
