//! What the client can do, as far as it matters here, and what the server offers to it.

use std::collections::BTreeSet;

use serde_json::Value;
use task_api_core::Kind;
use tower_lsp_server::ls_types::*;

use crate::from_lsp::Encoding;

/// What the client can do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Abilities {
    pub(crate) encoding: Encoding,
    /// It asks for diagnostics, and so none are pushed.
    pub(crate) pulls_diagnostics: bool,
    pub(crate) diagnostics_refresh: bool,
    pub(crate) related_documents: bool,
    pub(crate) related_information: bool,
    pub(crate) diagnostic_tags: bool,
    pub(crate) configuration: bool,
    pub(crate) registers_configuration: bool,
    pub(crate) registers_watchers: bool,
    pub(crate) progress: bool,
    pub(crate) snippets: bool,
    pub(crate) hierarchical_symbols: bool,
    pub(crate) code_action_literals: bool,
    pub(crate) resolves_code_actions: bool,
    pub(crate) preferred_actions: bool,
    pub(crate) document_changes: bool,
    pub(crate) adjusts_indentation: bool,
    pub(crate) plain_hover: bool,
    pub(crate) plain_documentation: bool,
    pub(crate) inlay_hint_refresh: bool,
    pub(crate) code_lens_refresh: bool,
    pub(crate) semantic_tokens_refresh: bool,
    /// It asks for the place of a symbol of the workspace when somebody goes there.
    pub(crate) resolves_symbols: bool,
    /// Of the URIs of its folders, and `file`.
    pub(crate) schemes: BTreeSet<String>,
    /// Commands of its own that it runs for a code lens.
    pub(crate) commands: Vec<String>,
}

/// The command that checks all files of the workspace.
pub(crate) const VALIDATE: &str = "task-api.validateWorkspace";
/// The command that does a code action, for clients that know no other.
pub(crate) const APPLY: &str = "task-api.applyAction";

impl Abilities {
    pub(crate) fn of(params: &InitializeParams) -> Abilities {
        let capabilities = &params.capabilities;
        let workspace = capabilities.workspace.clone().unwrap_or_default();
        let text = capabilities.text_document.clone().unwrap_or_default();
        let window = capabilities.window.clone().unwrap_or_default();
        let general = capabilities.general.clone().unwrap_or_default();
        let action = text.code_action.clone().unwrap_or_default();
        let completion = text.completion.clone().and_then(|completion| completion.completion_item).unwrap_or_default();
        let publish = text.publish_diagnostics.clone().unwrap_or_default();
        let symbols = text.document_symbol.clone().unwrap_or_default();
        let pulled = text.diagnostic.clone();
        let is_plain = |formats: Option<&Vec<MarkupKind>>| {
            formats.is_some_and(|formats| !formats.is_empty() && !formats.contains(&MarkupKind::Markdown))
        };
        let of_pull = |ability: fn(&DiagnosticClientCapabilities) -> Option<bool>| {
            pulled.as_ref().and_then(ability).unwrap_or(false)
        };
        let resolves = action.resolve_support.as_ref();
        Abilities {
            encoding: Encoding::negotiate(general.position_encodings.as_deref()),
            pulls_diagnostics: pulled.is_some(),
            diagnostics_refresh: workspace.diagnostics.and_then(|it| it.refresh_support).unwrap_or(false),
            related_documents: of_pull(|it| it.related_document_support),
            // A client that pulls may say so for what it pulls alone.
            related_information: publish.related_information.unwrap_or(false) || of_pull(|it| it.related_information),
            diagnostic_tags: publish.tag_support.is_some() || of_pull(|it| it.tag_support.as_ref().map(|_| true)),
            configuration: workspace.configuration.unwrap_or(false),
            registers_configuration: registers(workspace.did_change_configuration.map(|it| it.dynamic_registration)),
            registers_watchers: registers(workspace.did_change_watched_files.map(|it| it.dynamic_registration)),
            progress: window.work_done_progress.unwrap_or(false),
            snippets: completion.snippet_support.unwrap_or(false),
            hierarchical_symbols: symbols.hierarchical_document_symbol_support.unwrap_or(false),
            code_action_literals: action.code_action_literal_support.is_some(),
            resolves_code_actions: action.data_support.unwrap_or(false)
                && resolves.is_some_and(|it| it.properties.iter().any(|property| property == "edit")),
            preferred_actions: action.is_preferred_support.unwrap_or(false),
            document_changes: workspace.workspace_edit.and_then(|it| it.document_changes).unwrap_or(false),
            adjusts_indentation: completion
                .insert_text_mode_support
                .is_some_and(|modes| modes.value_set.contains(&InsertTextMode::ADJUST_INDENTATION)),
            plain_hover: is_plain(text.hover.and_then(|it| it.content_format).as_ref()),
            plain_documentation: is_plain(completion.documentation_format.as_ref()),
            inlay_hint_refresh: workspace.inlay_hint.and_then(|it| it.refresh_support).unwrap_or(false),
            code_lens_refresh: workspace.code_lens.and_then(|it| it.refresh_support).unwrap_or(false),
            semantic_tokens_refresh: workspace.semantic_tokens.and_then(|it| it.refresh_support).unwrap_or(false),
            resolves_symbols: workspace
                .symbol
                .and_then(|it| it.resolve_support)
                .is_some_and(|it| it.properties.iter().any(|property| property == "location.range")),
            schemes: schemes(params),
            commands: commands(capabilities.experimental.as_ref()),
        }
    }

    pub(crate) fn runs(&self, command: &str) -> bool {
        self.commands.iter().any(|known| known == command)
    }

    /// What the server offers.
    pub(crate) fn offer(&self) -> ServerCapabilities {
        let no_progress = WorkDoneProgressOptions::default();
        ServerCapabilities {
            position_encoding: Some(self.encoding.name()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                will_save_wait_until: Some(true),
                save: Some(TextDocumentSyncSaveOptions::Supported(true)),
                ..TextDocumentSyncOptions::default()
            })),
            diagnostic_provider: Some(DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("task-api".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                work_done_progress_options: no_progress,
            })),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: vec![VALIDATE.to_owned(), APPLY.to_owned()],
                work_done_progress_options: no_progress,
            }),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                file_operations: Some(file_operations(&self.schemes)),
            }),
            ..crate::handlers::offer()
        }
    }
}

fn registers(ability: Option<Option<bool>>) -> bool {
    ability.flatten().unwrap_or(false)
}

/// `experimental.commands.commands`, as clients of rust-analyzer have it.
fn commands(experimental: Option<&Value>) -> Vec<String> {
    let commands = experimental.and_then(|it| it.pointer("/commands/commands")).and_then(Value::as_array);
    commands.into_iter().flatten().filter_map(|command| command.as_str().map(str::to_owned)).collect()
}

/// The names of the files that the server looks at, as patterns.
pub const PATTERNS: [&str; 7] = [
    "**/processing-container.json",
    "**/{task,task-*,*-task,*.task}.json",
    "**/tasks/*.json",
    "**/{workflow,workflow-*,*-workflow,*.workflow}.json",
    "**/workflows/*.json",
    "**/{Dockerfile,Containerfile,*.Dockerfile}",
    "**/task-api.toml",
];

fn schemes(params: &InitializeParams) -> BTreeSet<String> {
    let folders = params.workspace_folders.iter().flatten();
    let of_folders = folders.filter_map(|folder| Some(folder.uri.as_str().split_once(':')?.0.to_owned()));
    of_folders.chain(["file".to_owned()]).collect()
}

/// Each filter names a scheme: one without is written as null, which `vscode-languageclient` takes for a scheme of its own.
fn file_operations(schemes: &BTreeSet<String>) -> WorkspaceFileOperationsServerCapabilities {
    let filters = |globs: &[&str], matches: FileOperationPatternKind| {
        let filter = |scheme: &String, glob: &str| FileOperationFilter {
            scheme: Some(scheme.clone()),
            pattern: FileOperationPattern { glob: glob.to_owned(), matches: Some(matches.clone()), options: None },
        };
        let of_scheme = |scheme| globs.iter().map(move |glob| filter(scheme, glob));
        schemes.iter().flat_map(of_scheme).collect::<Vec<_>>()
    };
    let files = filters(&PATTERNS, FileOperationPatternKind::File);
    let with_folders = || {
        let folders = filters(&["**"], FileOperationPatternKind::Folder);
        Some(FileOperationRegistrationOptions { filters: files.iter().cloned().chain(folders).collect() })
    };
    WorkspaceFileOperationsServerCapabilities {
        did_create: Some(FileOperationRegistrationOptions { filters: files.clone() }),
        will_rename: with_folders(),
        did_rename: with_folders(),
        did_delete: with_folders(),
        ..WorkspaceFileOperationsServerCapabilities::default()
    }
}

/// The kind of file that a language id stands for.
pub(crate) fn kind_of_language(language_id: &str) -> Option<Kind> {
    match language_id {
        "task-api-container" => Some(Kind::ProcessingContainer),
        "task-api-task" => Some(Kind::Task),
        "task-api-workflow" => Some(Kind::Workflow),
        _ => None,
    }
}
