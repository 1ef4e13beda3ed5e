//! What is wrong with a document, by the same function as everywhere.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use task_api_core::{CheckOptions, Checked, Kind, Surroundings, check_parsed};

use crate::document::{Document, Role};
use crate::workspace::{EditorSettings, Workspace};

/// Checks a document of the contract as `task-api validate` does, against the container and with the settings that
/// belong to it.
pub fn check(workspace: &Workspace, document: &Document) -> Option<Checked> {
    #[cfg(feature = "python")]
    if document.role() == Role::Dag {
        let check = |options: &CheckOptions<'_>| crate::dag::check(document, options);
        return crate::dag::is_dag(document).then(|| with_options_as(workspace, document, Kind::Workflow, check));
    }
    with_options(workspace, document, |options| check_parsed(document.tree().clone(), document.text(), options))
}

/// Hands over how a document of the contract is to be checked.
pub(crate) fn with_options<T>(
    workspace: &Workspace,
    document: &Document,
    check: impl FnOnce(&CheckOptions<'_>) -> T,
) -> Option<T> {
    Some(with_options_as(workspace, document, document.kind()?, check))
}

fn with_options_as<T>(
    workspace: &Workspace,
    document: &Document,
    kind: Kind,
    check: impl FnOnce(&CheckOptions<'_>) -> T,
) -> T {
    let is_json_itself = document.role() != Role::Dag;
    let container =
        is_json_itself.then(|| workspace.container_of(document)).flatten().filter(|container| is_json(container));
    let dockerfile = workspace.dockerfile_of(document);
    let (levels, suppressions) = workspace.settings_of(document);
    #[cfg(feature = "workflow")]
    let containers = flow_containers(workspace, document).map(|containers| containers.for_check());
    let is_set = |name: &str| workspace.variables.as_ref().is_none_or(|variables| variables.contains(name));
    let options = CheckOptions {
        kind_hint: Some(kind),
        version: document.wanted_version,
        schema_only: workspace.editor_settings_of(document).schema_only,
        container: container.map(Document::text),
        #[cfg(feature = "workflow")]
        containers: containers.as_ref(),
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
    check(&options)
}

#[cfg(feature = "workflow")]
fn flow_containers<'a>(workspace: &'a Workspace, document: &Document) -> Option<crate::flow::FlowContainers<'a>> {
    let is_workflow = document.kind() == Some(Kind::Workflow) || document.role() == Role::Dag;
    is_workflow.then(|| crate::flow::FlowContainers::of(workspace, document))
}

/// What [`check`] says, kept until a text or a setting on which it depends has changed. All that asks for the findings
/// of a document again and again, asks here.
pub fn checked(workspace: &Workspace, document: &Document) -> Option<Arc<Checked>> {
    let depends_on = DependsOn::of(workspace, document);
    let mut kept = document.kept_check.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = kept.as_ref().filter(|kept| kept.depends_on == depends_on) {
        return Some(Arc::clone(&kept.checked));
    }
    let checked = Arc::new(check(workspace, document)?);
    *kept = Some(KeptCheck { depends_on, checked: Arc::clone(&checked) });
    Some(checked)
}

/// The findings of a document, and what they were found by.
#[derive(Debug)]
pub(crate) struct KeptCheck {
    depends_on: DependsOn,
    checked: Arc<Checked>,
}

#[derive(Debug, PartialEq, Eq)]
struct DependsOn {
    /// Of the document, its Dockerfile and its task-api.toml.
    revisions: [Option<u64>; 3],
    containers: Vec<u64>,
    settings: EditorSettings,
    variables: Option<HashSet<String>>,
}

impl DependsOn {
    fn of(workspace: &Workspace, document: &Document) -> DependsOn {
        DependsOn {
            revisions: [
                Some(document.revision()),
                workspace.dockerfile_of(document).map(Document::revision),
                workspace.project_of(document).map(|(settings, _)| settings.revision()),
            ],
            containers: workspace.containers_of(document).into_iter().map(Document::revision).collect(),
            settings: workspace.editor_settings_of(document).clone(),
            variables: workspace.variables.clone(),
        }
    }
}

fn is_checked(document: &Document) -> bool {
    #[cfg(feature = "python")]
    if document.role() == Role::Dag {
        return document.is_open() && crate::dag::is_dag(document);
    }
    document.kind().is_some()
}

/// The documents of a workspace that have diagnostics to give.
pub fn checked_documents(workspace: &Workspace) -> impl Iterator<Item = &Document> {
    workspace.documents().filter(|document| is_checked(document))
}

fn is_json(container: &Document) -> bool {
    !container.tree().has_template_blocks() && !container.root().is_recovered()
}
