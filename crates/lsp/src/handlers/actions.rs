//! What can be done about a place, and doing it.

use serde_json::{Value, json};
use task_api_ide as ide;
use tower_lsp_server::ls_types::*;

use crate::abilities::APPLY;
use crate::outbox::Awaited;
use crate::state::State;
use crate::{from_lsp, to_lsp};

impl State {
    pub(crate) fn code_actions(&self, params: &CodeActionParams) -> Option<CodeActionResponse> {
        let uri = &params.text_document.uri;
        let document = self.document(uri)?;
        let span = from_lsp::span(document, params.range, self.abilities.encoding);
        let mut response = Vec::new();
        for action in ide::code_actions(&self.workspace, document.uri(), span) {
            let kind = to_lsp::action_kind(action.kind);
            let only = params.context.only.as_deref();
            if only.is_some_and(|only| !only.iter().any(|wanted| is_of(kind.as_str(), wanted.as_str()))) {
                continue;
            }
            // A map of edits, which is all that other clients take, is of files that there are.
            if !self.abilities.document_changes && action.edits.iter().any(|edit| edit.creates) {
                continue;
            }
            let data = json!({"uri": uri, "range": params.range, "title": action.title, "kind": kind});
            if !self.abilities.code_action_literals {
                let (title, command) = (action.title, APPLY.to_owned());
                response.push(Command { title, command, arguments: Some(vec![data]) }.into());
                continue;
            }
            let is_later = self.abilities.resolves_code_actions;
            let edit = (!is_later).then(|| to_lsp::workspace_edit(self, &action.edits));
            let mends = action.fixes.map(|(rule, span)| {
                let range = to_lsp::range(document, span, self.abilities.encoding);
                let code = Some(NumberOrString::String(rule.to_owned()));
                let known = params.context.diagnostics.iter();
                known.filter(|found| found.code == code && found.range == range).cloned().collect::<Vec<_>>()
            });
            let action = CodeAction {
                title: action.title,
                kind: Some(kind),
                diagnostics: mends.filter(|mends| !mends.is_empty()),
                edit,
                is_preferred: (action.is_preferred && self.abilities.preferred_actions).then_some(true),
                data: is_later.then_some(data),
                ..CodeAction::default()
            };
            response.push(action.into());
        }
        Some(response)
    }

    pub(crate) fn resolve_code_action(&self, mut action: CodeAction) -> CodeAction {
        if let Some(edit) = action.data.as_ref().and_then(|data| self.edit_of(data)) {
            action.edit = Some(edit);
        }
        action
    }

    /// Does a code action for a client that only runs commands.
    pub(crate) fn apply_action(&mut self, arguments: &[Value]) -> Result<(), String> {
        let edit = arguments.first().and_then(|data| self.edit_of(data));
        let edit = edit.ok_or("the text has changed, and there is no such action any more")?;
        let params = ApplyWorkspaceEditParams { label: None, edit };
        self.outbox.ask::<request::ApplyWorkspaceEdit>(params, Awaited::Edit);
        Ok(())
    }

    /// The edits of the action that was offered with this.
    fn edit_of(&self, data: &Value) -> Option<WorkspaceEdit> {
        let uri: Uri = serde_json::from_value(data.get("uri")?.clone()).ok()?;
        let range: Range = serde_json::from_value(data.get("range")?.clone()).ok()?;
        let (title, kind) = (data.get("title")?.as_str()?, data.get("kind")?.as_str()?);
        let document = self.document(&uri)?;
        let span = from_lsp::span(document, range, self.abilities.encoding);
        let mut actions = ide::code_actions(&self.workspace, document.uri(), span).into_iter();
        let action = actions.find(|one| one.title == title && to_lsp::action_kind(one.kind).as_str() == kind)?;
        Some(to_lsp::workspace_edit(self, &action.edits))
    }
}

/// Whether a kind is the one that is wanted, or one below it.
fn is_of(kind: &str, wanted: &str) -> bool {
    kind.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) || wanted.is_empty()
}
