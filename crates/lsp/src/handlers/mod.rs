//! What a client asks for at a place: each request is a conversion, one call of [`task_api_ide`], and a conversion back.

mod commands;

use tower_lsp_server::ls_types::*;

/// What the server offers for single documents.
pub(crate) fn offer(_letters: &dyn Fn(&[&str]) -> Option<Vec<String>>) -> ServerCapabilities {
    ServerCapabilities {
        linked_editing_range_provider: Some(LinkedEditingRangeServerCapabilities::Simple(false)),
        ..ServerCapabilities::default()
    }
}
