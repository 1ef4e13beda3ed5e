//! Completion, and what is said of a completion once somebody looks at it.

use serde_json::Value;
use tower_lsp_server::ls_types::*;

use crate::state::State;
use crate::to_lsp;

/// More than this nobody looks through; the list is asked for anew with the next letter.
const MOST: usize = 500;

impl State {
    pub(crate) fn completion(&self, params: &CompletionParams) -> Option<CompletionResponse> {
        let (place, document) = self.place(&params.text_document_position)?;
        let mut completions = task_api_ide::complete(&self.workspace, place);
        let is_incomplete = completions.len() > MOST;
        completions.truncate(MOST);
        let items = completions.into_iter().enumerate();
        let items = items.map(|(rank, item)| to_lsp::completion(document, item, rank, &self.abilities)).collect();
        Some(CompletionResponse::List(CompletionList { is_incomplete, items }))
    }

    pub(crate) fn completion_resolve(&self, mut item: CompletionItem) -> CompletionItem {
        let field = |name: &str| item.data.as_ref().and_then(|data| data.get(name)).and_then(Value::as_str);
        if let (Some(uri), Some(key)) = (field("uri"), field("key"))
            && let Some(text) = task_api_ide::completion_documentation(&self.workspace, uri, key)
        {
            let markup = to_lsp::markup(text, self.abilities.plain_documentation);
            item.documentation = Some(Documentation::MarkupContent(markup));
        }
        item
    }
}
