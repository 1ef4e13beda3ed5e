//! A workspace as it will be after some edits, to look before one leaps.

use task_api_core::Kind;
use task_api_core::diagnostic::Diagnostic;
use task_api_json::apply_edits;

use crate::diagnostics::check;
use crate::document::Document;
use crate::workspace::{Facts, Workspace};
use crate::{DocumentEdit, TextEdit};

impl Workspace {
    /// The workspace after these edits; `None` where one of them does not fit.
    pub fn with_edits(&self, edits: &[DocumentEdit]) -> Option<Workspace> {
        let mut edited = Workspace::default();
        (edited.levels, edited.variables) = (self.levels.clone(), self.variables.clone());
        for document in self.documents() {
            let of_document = edits.iter().filter(|edit| edit.uri == *document.uri());
            let of_document: Vec<TextEdit> = of_document.flat_map(|edit| edit.edits.iter().cloned()).collect();
            let (directory, is_open) = (document.directory.clone(), document.is_open);
            let facts = Facts { kind: document.kind(), version: document.wanted_version, directory, is_open };
            edited.set(document.uri(), apply_edits(document.text(), &of_document)?, facts);
        }
        for edit in edits.iter().filter(|edit| self.get(&edit.uri).is_none()) {
            edited.set(&edit.uri, apply_edits("", &edit.edits)?, Facts::default());
        }
        Some(edited)
    }
}

/// What is found after the edits and was not before, with how many more or fewer there are: in what they change, and,
/// where they rename templates, in tasks that find another container.
pub(crate) fn consequences(
    workspace: &Workspace,
    edits: &[DocumentEdit],
    rename_templates: bool,
) -> Option<(isize, Vec<Diagnostic>)> {
    let edited = workspace.with_edits(edits)?;
    let is_changed = |uri: &str| edits.iter().any(|edit| *edit.uri == *uri);
    let container_in = |workspace: &Workspace, uri: &str| {
        let task = workspace.get(uri).filter(|document| document.kind() == Some(Kind::Task))?;
        workspace.container_of(task).map(|container| container.uri().clone())
    };
    let mut concerned: Vec<_> = edits.iter().map(|edit| edit.uri.clone()).collect();
    if rename_templates {
        let tasks = edited.documents().map(Document::uri).filter(|uri| !is_changed(uri));
        concerned.extend(tasks.filter(|uri| container_in(workspace, uri) != container_in(&edited, uri)).cloned());
    }
    let (mut balance, mut added) = (0, Vec::new());
    for uri in concerned {
        let found_in = |workspace: &Workspace| {
            let checked = workspace.get(&uri).and_then(|document| check(workspace, document));
            checked.map(|checked| checked.diagnostics).unwrap_or_default()
        };
        let (mut before, after) = (found_in(workspace), found_in(&edited));
        balance += after.len() as isize - before.len() as isize;
        for diagnostic in after {
            let is_same =
                |other: &Diagnostic| other.rule.name == diagnostic.rule.name && other.pointer == diagnostic.pointer;
            match before.iter().position(is_same) {
                Some(known) => {
                    before.swap_remove(known);
                }
                None => added.push(diagnostic),
            }
        }
    }
    Some((balance, added))
}
