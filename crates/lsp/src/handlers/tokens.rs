//! Semantic tokens: all of them, those of a part, and what has changed since the client last asked.

use ls_types::*;

use crate::params::{About, Part, TokensDelta};
use crate::state::State;
use crate::{from_lsp, to_lsp};

impl State {
    pub(crate) fn tokens_full(&mut self, params: &About) -> Option<SemanticTokens> {
        let uri = &params.text_document.uri;
        let data = self.tokens_of(uri, None)?;
        let id = self.keep_tokens(uri, data.clone());
        Some(SemanticTokens { result_id: Some(id), data })
    }

    pub(crate) fn tokens_range(&self, params: &Part) -> Option<SemanticTokens> {
        let data = self.tokens_of(&params.text_document.uri, Some(params.range))?;
        Some(SemanticTokens { result_id: None, data })
    }

    pub(crate) fn tokens_delta(&mut self, params: &TokensDelta) -> Option<SemanticTokensFullDeltaResult> {
        let uri = &params.text_document.uri;
        let data = self.tokens_of(uri, None)?;
        let before = self.open.get_mut(&from_lsp::key(uri)).and_then(|open| open.tokens.take());
        let before = before.filter(|(id, _)| *id == params.previous_result_id);
        let id = self.keep_tokens(uri, data.clone());
        let Some((_, before)) = before else {
            let tokens = SemanticTokens { result_id: Some(id), data };
            return Some(SemanticTokensFullDeltaResult::Tokens(tokens));
        };
        let edits = difference(&before, data).into_iter().collect();
        let delta = SemanticTokensDelta { result_id: Some(id), edits };
        Some(SemanticTokensFullDeltaResult::TokensDelta(delta))
    }

    fn tokens_of(&self, uri: &Uri, range: Option<Range>) -> Option<Vec<SemanticToken>> {
        let document = self.document(uri)?;
        if !self.settings_of(document.uri()).semantic_tokens {
            return Some(Vec::new());
        }
        let span = range.map(|range| from_lsp::span(document, range, self.abilities.encoding));
        let tokens = task_api_ide::semantic_tokens(document, span);
        Some(to_lsp::semantic_tokens(document, &tokens, self.abilities.encoding))
    }

    fn keep_tokens(&mut self, uri: &Uri, data: Vec<SemanticToken>) -> String {
        let id = self.handled.to_string();
        if let Some(open) = self.open.get_mut(&from_lsp::key(uri)) {
            open.tokens = Some((id.clone(), data));
        }
        id
    }
}

/// The one edit that makes the new tokens of the old ones. Offsets count the five numbers of each token.
fn difference(old: &[SemanticToken], mut new: Vec<SemanticToken>) -> Option<SemanticTokensEdit> {
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let (deleted, kept) = (old_rest.len() - end, new.len() - end);
    if deleted == 0 && kept == start {
        return None;
    }
    new.truncate(kept);
    let data = new.split_off(start);
    Some(SemanticTokensEdit { start: start as u32 * 5, delete_count: deleted as u32 * 5, data: Some(data) })
}
