//! Layout, of a document, of a part of it and while somebody types.

use ls_types::TextEdit;

use crate::params::{About, Part, Typed};
use crate::state::State;
use crate::{from_lsp, to_lsp};

impl State {
    /// The layout is one for all; what an editor would like for indentation does not count.
    pub(crate) fn format(&self, params: &About) -> Option<Vec<TextEdit>> {
        let document = self.document(&params.text_document.uri)?;
        let edits = task_api_ide::format(document)?;
        Some(to_lsp::text_edits(document, &edits, self.abilities.encoding))
    }

    /// What the settings say is done before a text is saved.
    pub(crate) fn before_saving(&self, params: &About) -> Option<Vec<TextEdit>> {
        let document = self.document(&params.text_document.uri)?;
        let on_save = self.settings_of(document.uri()).on_save;
        let edits = task_api_ide::before_saving(&self.workspace, document.uri(), on_save.fix_all, on_save.format);
        Some(to_lsp::text_edits(document, &edits, self.abilities.encoding))
    }

    pub(crate) fn format_range(&self, params: &Part) -> Option<Vec<TextEdit>> {
        let document = self.document(&params.text_document.uri)?;
        let span = from_lsp::span(document, params.range, self.abilities.encoding);
        let edits = task_api_ide::format_range(document, span);
        Some(to_lsp::text_edits(document, &edits, self.abilities.encoding))
    }

    pub(crate) fn format_on_type(&self, params: &Typed) -> Option<Vec<TextEdit>> {
        let (place, document) = self.place(&params.text_document, params.position)?;
        let edits = task_api_ide::format_on_type(document, place.offset, params.ch.chars().next()?);
        Some(to_lsp::text_edits(document, &edits, self.abilities.encoding))
    }
}
