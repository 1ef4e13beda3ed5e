//! Completion, and what is said of a completion once somebody looks at it.

use crate::json::Fields;
use crate::params::{At, CompletionData};
use crate::results::CompletionList;
use crate::state::State;
use crate::to_lsp;

/// More than this nobody looks through; the list is asked for anew with the next letter.
const MOST: usize = 500;

impl State {
    pub(crate) fn completion(&self, params: &At) -> Option<CompletionList> {
        let (place, document) = self.place(&params.text_document, params.position)?;
        let mut completions = task_api_ide::complete(&self.workspace, place);
        let is_incomplete = completions.len() > MOST;
        completions.truncate(MOST);
        let items = completions.into_iter().enumerate();
        let items = items.map(|(rank, item)| to_lsp::completion(document, item, rank, &self.abilities)).collect();
        Some(CompletionList { is_incomplete, items })
    }

    pub(crate) fn completion_resolve(&self, item: &Fields) -> Fields {
        let mut item = item.clone();
        if let Some(CompletionData { uri, key }) = item.read("data")
            && let Some(text) = task_api_ide::completion_documentation(&self.workspace, &uri, &key)
        {
            item.set("documentation", &to_lsp::markup(text, self.abilities.plain_documentation));
        }
        item
    }
}
