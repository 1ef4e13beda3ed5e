//! What is wrong with a document, by the same function as everywhere.

use task_api_core::{CheckOptions, Checked, Surroundings, check_parsed};

use crate::document::Document;
use crate::workspace::Workspace;

/// Checks a document of the contract as `task-api validate` does, against the container and with the settings that
/// belong to it.
pub fn check(workspace: &Workspace, document: &Document) -> Option<Checked> {
    with_options(workspace, document, |options| check_parsed(document.tree().clone(), document.text(), options))
}

/// Hands over how a document of the contract is to be checked.
pub(crate) fn with_options<T>(
    workspace: &Workspace,
    document: &Document,
    check: impl FnOnce(&CheckOptions<'_>) -> T,
) -> Option<T> {
    let kind = document.kind()?;
    let container = workspace.container_of(document).filter(|container| is_json(container));
    let dockerfile = workspace.dockerfile_of(document);
    let (levels, suppressions) = workspace.settings_of(document);
    let is_set = |name: &str| workspace.variables.as_ref().is_none_or(|variables| variables.contains(name));
    let options = CheckOptions {
        kind_hint: Some(kind),
        container: container.map(Document::text),
        around: Surroundings {
            directory: document.directory.as_deref(),
            is_set: workspace.variables.is_some().then_some(&is_set),
            dockerfile: dockerfile.map(Document::text),
            is_directory: None,
        },
        levels,
        suppressions,
        ..CheckOptions::default()
    };
    Some(check(&options))
}

/// The documents of a workspace that have diagnostics to give.
pub fn checked_documents(workspace: &Workspace) -> impl Iterator<Item = &Document> {
    workspace.documents().filter(|document| document.kind().is_some())
}

fn is_json(container: &Document) -> bool {
    !container.tree().has_template_blocks() && !container.root().is_recovered()
}
