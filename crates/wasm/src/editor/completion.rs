//! What can be written at a place.

use serde::Serialize;
use task_api_core::report::{self, TextEdit};
use task_api_ide::{Completion, completion_documentation};
use tsify::Tsify;

use super::{DOCUMENT, Edited};
use crate::validator::report_document;

/// Something that can be written at a place.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompletionItem {
    label: String,
    kind: CompletionKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    detail: Option<String>,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    documentation: Option<String>,
    /// What the replaced text is compared with while it is being typed, where that is not the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    filter_text: Option<String>,
    /// Replaces the word being typed, with comma and quotes as needed. Lines after the first are indented relative to
    /// the line that the edit begins in.
    edit: TextEdit,
    /// Edits elsewhere, such as the comma before. They do not touch `edit`.
    additional_edits: Vec<TextEdit>,
    /// The new text of `edit` has tab stops, as `${1:name}` and `$0`.
    is_snippet: bool,
    is_preselected: bool,
    /// There is something to choose from where the cursor stands afterwards.
    retrigger: bool,
}

#[derive(Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CompletionKind {
    Field,
    Value,
    EnumMember,
    Template,
    Channel,
    Variable,
    Unit,
    Snippet,
    Image,
    File,
}

pub(super) fn items(edited: &Edited) -> Vec<CompletionItem> {
    let text = edited.workspace.get(DOCUMENT).map_or("", |document| document.text());
    let places = report_document(text);
    let completions = task_api_ide::complete(&edited.workspace, edited.place());
    completions.into_iter().map(|completion| item(edited, completion, &places)).collect()
}

fn item(edited: &Edited, completion: Completion, places: &report::Document<'_>) -> CompletionItem {
    let key = completion.documentation_key.as_deref();
    CompletionItem {
        documentation: key.and_then(|key| completion_documentation(&edited.workspace, DOCUMENT, key)),
        label: completion.label,
        kind: completion.kind.into(),
        detail: completion.detail,
        filter_text: completion.filter_text,
        edit: places.edit(&completion.edit),
        additional_edits: places.edits(&completion.additional_edits),
        is_snippet: completion.is_snippet,
        is_preselected: completion.is_preselected,
        retrigger: completion.retrigger,
    }
}

impl From<task_api_ide::CompletionKind> for CompletionKind {
    fn from(kind: task_api_ide::CompletionKind) -> CompletionKind {
        use task_api_ide::CompletionKind as Theirs;
        match kind {
            Theirs::Field => CompletionKind::Field,
            Theirs::Value => CompletionKind::Value,
            Theirs::EnumMember => CompletionKind::EnumMember,
            Theirs::Template => CompletionKind::Template,
            Theirs::Channel => CompletionKind::Channel,
            Theirs::Variable => CompletionKind::Variable,
            Theirs::Unit => CompletionKind::Unit,
            Theirs::Snippet => CompletionKind::Snippet,
            Theirs::Image => CompletionKind::Image,
            Theirs::File => CompletionKind::File,
        }
    }
}
