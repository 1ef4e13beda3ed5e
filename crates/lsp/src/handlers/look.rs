//! What is shown in and beside a text.

use ls_types::{DocumentSymbolResponse, Position, SelectionRange};

use crate::json::Fields;
use crate::params::{About, At, Part, Selections, SymbolLocation, Symbols};
use crate::results::{CodeLens, DocumentLink, FoldingRange, Hover, InlayHint, WorkspaceSymbols};
use crate::state::State;
use crate::{from_lsp, to_lsp};

impl State {
    pub(crate) fn hover(&self, params: &At) -> Option<Hover> {
        let (place, document) = self.place(&params.text_document, params.position)?;
        let hover = task_api_ide::hover(&self.workspace, place)?;
        let markup = to_lsp::markup(hover.text, self.abilities.plain_hover);
        let range = to_lsp::range(document, hover.span, self.abilities.encoding);
        Some(Hover { contents: markup, range })
    }

    pub(crate) fn document_symbols(&self, params: &About) -> Option<DocumentSymbolResponse> {
        let uri = &params.text_document.uri;
        let document = self.document(uri)?;
        let symbols = task_api_ide::document_symbols(document);
        let encoding = self.abilities.encoding;
        if self.abilities.hierarchical_symbols {
            let symbols = symbols.into_iter().map(|symbol| to_lsp::document_symbol(document, symbol, encoding));
            return Some(DocumentSymbolResponse::Nested(symbols.collect()));
        }
        let mut flat = Vec::new();
        for symbol in symbols {
            to_lsp::flat_symbols(document, uri, symbol, None, encoding, &mut flat);
        }
        Some(DocumentSymbolResponse::Flat(flat))
    }

    /// Where the client asks again for the place of the one that somebody chooses, no place is looked for before.
    pub(crate) fn workspace_symbols(&mut self, params: &Symbols) -> WorkspaceSymbols {
        let symbols = task_api_ide::workspace_symbols(&self.workspace, &params.query);
        let token = params.partial_result_token.as_ref();
        if self.abilities.resolves_symbols {
            let symbols = symbols.into_iter().filter_map(|symbol| to_lsp::workspace_symbol(self, symbol)).collect();
            return WorkspaceSymbols::Short(self.outbox.in_parts(token, symbols, |part| part));
        }
        let symbol = |symbol: task_api_ide::WorkspaceSymbol| {
            let at = task_api_ide::Location { uri: symbol.uri, span: symbol.span };
            let location = to_lsp::location(self, &at)?;
            Some(to_lsp::symbol_information(symbol.name, symbol.kind, location, symbol.container_name))
        };
        let symbols = symbols.into_iter().filter_map(symbol).collect();
        WorkspaceSymbols::Whole(self.outbox.in_parts(token, symbols, |part| part))
    }

    pub(crate) fn resolve_workspace_symbol(&self, symbol: &Fields) -> Fields {
        let mut symbol = symbol.clone();
        if let (Some(place), Some(data)) = (symbol.read::<SymbolLocation>("location"), symbol.remove("data"))
            && let Some(location) = to_lsp::location_of_symbol(self, &place.uri, &data)
        {
            symbol.set("location", &location);
        }
        symbol
    }

    pub(crate) fn folding_ranges(&self, params: &About) -> Option<Vec<FoldingRange>> {
        let document = self.document(&params.text_document.uri)?;
        Some(task_api_ide::folding_ranges(document).iter().map(to_lsp::folding_range).collect())
    }

    /// One for each position, for clients tell them apart by their order.
    pub(crate) fn selection_ranges(&self, params: &Selections) -> Option<Vec<SelectionRange>> {
        let document = self.document(&params.text_document.uri)?;
        let encoding = self.abilities.encoding;
        let range = |position: &Position| {
            let at = from_lsp::offset(document, *position, encoding);
            to_lsp::selection_range(document, &task_api_ide::selection_ranges(document, at), at, encoding)
        };
        Some(params.positions.iter().map(range).collect())
    }

    pub(crate) fn inlay_hints(&self, params: &Part) -> Option<Vec<InlayHint>> {
        let document = self.document(&params.text_document.uri)?;
        if !self.settings_of(document.uri()).inlay_hints {
            return Some(Vec::new());
        }
        let encoding = self.abilities.encoding;
        let span = from_lsp::span(document, params.range, encoding);
        let hints = task_api_ide::inlay_hints(&self.workspace, document, span);
        Some(hints.into_iter().map(|hint| to_lsp::inlay_hint(document, hint, encoding)).collect())
    }

    pub(crate) fn code_lenses(&self, params: &About) -> Option<Vec<CodeLens>> {
        let document = self.document(&params.text_document.uri)?;
        if !self.settings_of(document.uri()).code_lens {
            return Some(Vec::new());
        }
        let lenses = task_api_ide::code_lenses(&self.workspace, document);
        Some(lenses.into_iter().filter_map(|lens| to_lsp::code_lens(self, document, lens)).collect())
    }

    pub(crate) fn document_links(&self, params: &About) -> Option<Vec<DocumentLink>> {
        let document = self.document(&params.text_document.uri)?;
        let links = task_api_ide::document_links(&self.workspace, document);
        Some(links.into_iter().filter_map(|link| to_lsp::document_link(self, document, link)).collect())
    }
}
