//! What can be done about a place, and doing it.

use ls_types::request;
use serde::Serialize;
use serde_json::value::RawValue;
use task_api_ide as ide;

use crate::abilities::APPLY;
use crate::json::{Fields, read};
use crate::jsonrpc::Id;
use crate::outbox::Awaited;
use crate::params::{ActionData, CodeActions, KnownDiagnostic};
use crate::results::{Action, WorkspaceEdit};
use crate::state::State;
use crate::{from_lsp, to_lsp};

#[derive(Serialize)]
struct ApplyEdit {
    edit: WorkspaceEdit,
}

impl State {
    pub(crate) fn code_actions(&self, params: &CodeActions) -> Option<Vec<Action>> {
        let uri = &params.text_document.uri;
        let document = self.document(uri)?;
        let span = from_lsp::span(document, params.range, self.abilities.encoding);
        let known = params.context.diagnostics.iter();
        let known: Vec<(KnownDiagnostic, &Box<RawValue>)> =
            known.filter_map(|written| Some((read(written.get()).ok()?, written))).collect();
        let mut response = Vec::new();
        for action in ide::code_actions(&self.workspace, document.uri(), span) {
            let kind = to_lsp::action_kind(action.kind).as_str().to_owned();
            let only = params.context.only.as_deref();
            if only.is_some_and(|only| !only.iter().any(|wanted| is_of(&kind, wanted))) {
                continue;
            }
            // A map of edits, which is all that other clients take, is of files that there are.
            if !self.abilities.document_changes && action.edits.iter().any(|edit| edit.creates) {
                continue;
            }
            let title = action.title;
            let data = ActionData { uri: uri.clone(), range: params.range, title: title.clone(), kind: kind.clone() };
            if !self.abilities.code_action_literals {
                response.push(Action::Command { title, command: APPLY, arguments: [data] });
                continue;
            }
            let is_later = self.abilities.resolves_code_actions;
            let mends = action.fixes.map(|(rule, span)| {
                let code = Id::String(rule.to_owned());
                let range = to_lsp::range(document, span, self.abilities.encoding);
                let known = known.iter().filter(|(found, _)| found.code == code && found.range == range);
                known.map(|(_, written)| Box::clone(written)).collect()
            });
            response.push(Action::Literal {
                title,
                kind,
                diagnostics: mends.unwrap_or_default(),
                edit: (!is_later).then(|| to_lsp::workspace_edit(self, &action.edits)),
                is_preferred: (action.is_preferred && self.abilities.preferred_actions).then_some(true),
                data: is_later.then_some(data),
            });
        }
        Some(response)
    }

    pub(crate) fn resolve_code_action(&self, action: &Fields) -> Fields {
        let mut action = action.clone();
        if let Some(edit) = action.read("data").and_then(|data| self.edit_of(&data)) {
            action.set("edit", &edit);
        }
        action
    }

    /// Does a code action for a client that only runs commands.
    pub(crate) fn apply_action(&mut self, arguments: &[Box<RawValue>]) -> Result<(), String> {
        let data = arguments.first().and_then(|data| read(data.get()).ok());
        let edit = data.and_then(|data| self.edit_of(&data));
        let edit = edit.ok_or("the text has changed, and there is no such action any more")?;
        let params = ApplyEdit { edit };
        self.outbox.ask::<request::ApplyWorkspaceEdit>(params, Awaited::Edit);
        Ok(())
    }

    /// The edits of the action that was offered with this.
    fn edit_of(&self, data: &ActionData) -> Option<WorkspaceEdit> {
        let document = self.document(&data.uri)?;
        let span = from_lsp::span(document, data.range, self.abilities.encoding);
        let mut actions = ide::code_actions(&self.workspace, document.uri(), span).into_iter();
        let is_it =
            |one: &ide::CodeAction| one.title == data.title && to_lsp::action_kind(one.kind).as_str() == data.kind;
        Some(to_lsp::workspace_edit(self, &actions.find(is_it)?.edits))
    }
}

/// Whether a kind is the one that is wanted, or one below it.
fn is_of(kind: &str, wanted: &str) -> bool {
    kind.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) || wanted.is_empty()
}
