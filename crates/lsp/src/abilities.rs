//! What the client can do, as far as it matters here, and what the server offers to it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use task_api_core::Kind;

use crate::from_lsp::Encoding;
use crate::params::Initialize;

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
    pub(crate) fn of(params: &Initialize) -> Abilities {
        let can = Said(&params.capabilities);
        let said = params.workspace_folders.iter().flatten();
        let of_folders = said.filter_map(|folder| Some(folder.uri.as_str().split_once(':')?.0.to_owned()));
        let (text, workspace) = (can.part("/textDocument"), can.part("/workspace"));
        let (action, pulled, publish) =
            (text.part("/codeAction"), text.part("/diagnostic"), text.part("/publishDiagnostics"));
        let completion = text.part("/completion/completionItem");
        Abilities {
            encoding: Encoding::negotiate(can.names("/general/positionEncodings")),
            pulls_diagnostics: pulled.is_said(""),
            diagnostics_refresh: workspace.is("/diagnostics/refreshSupport"),
            related_documents: pulled.is("/relatedDocumentSupport"),
            // A client that pulls may say so for what it pulls alone.
            related_information: publish.is("/relatedInformation") || pulled.is("/relatedInformation"),
            diagnostic_tags: publish.is_said("/tagSupport") || pulled.is_said("/tagSupport"),
            configuration: workspace.is("/configuration"),
            registers_configuration: workspace.is("/didChangeConfiguration/dynamicRegistration"),
            registers_watchers: workspace.is("/didChangeWatchedFiles/dynamicRegistration"),
            progress: can.is("/window/workDoneProgress"),
            snippets: completion.is("/snippetSupport"),
            hierarchical_symbols: text.is("/documentSymbol/hierarchicalDocumentSymbolSupport"),
            code_action_literals: action.is_said("/codeActionLiteralSupport"),
            resolves_code_actions: action.is("/dataSupport") && action.has("/resolveSupport/properties", "edit"),
            preferred_actions: action.is("/isPreferredSupport"),
            document_changes: workspace.is("/workspaceEdit/documentChanges"),
            adjusts_indentation: completion.adjusts_indentation(),
            plain_hover: text.is_plain("/hover/contentFormat"),
            plain_documentation: completion.is_plain("/documentationFormat"),
            inlay_hint_refresh: workspace.is("/inlayHint/refreshSupport"),
            code_lens_refresh: workspace.is("/codeLens/refreshSupport"),
            semantic_tokens_refresh: workspace.is("/semanticTokens/refreshSupport"),
            resolves_symbols: workspace.has("/symbol/resolveSupport/properties", "location.range"),
            schemes: of_folders.chain(["file".to_owned()]).collect(),
            // As clients of rust-analyzer have it.
            commands: can.names("/experimental/commands/commands").map(str::to_owned).collect(),
        }
    }

    pub(crate) fn runs(&self, command: &str) -> bool {
        self.commands.iter().any(|known| known == command)
    }

    /// What the server offers.
    pub(crate) fn offer(&self) -> Value {
        let mut offer: Map<String, Value> = serde_json::from_str(OFFER).unwrap_or_default();
        let mut add = |name: &str, value: Value| drop(offer.insert(name.to_owned(), value));
        add("positionEncoding", self.encoding.name().as_str().into());
        add("executeCommandProvider", json!({"commands": [VALIDATE, APPLY]}));
        let folders = json!({"supported": true, "changeNotifications": true});
        add("workspace", json!({"workspaceFolders": folders, "fileOperations": file_operations(&self.schemes)}));
        Value::Object(offer)
    }
}

/// `ServerCapabilities`, but for what depends on something.
const OFFER: &str = include_str!("offer.json");

/// What a client says that it can. What it does not say, or not in the way of LSP, it cannot.
#[derive(Clone, Copy)]
struct Said<'a>(&'a Value);

impl<'a> Said<'a> {
    fn part(self, path: &str) -> Said<'a> {
        Said(self.0.pointer(path).unwrap_or(&Value::Null))
    }

    fn is_said(self, path: &str) -> bool {
        !self.part(path).0.is_null()
    }

    fn is(self, path: &str) -> bool {
        self.part(path).0 == &Value::Bool(true)
    }

    fn names(self, path: &str) -> impl Iterator<Item = &'a str> {
        self.part(path).0.as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    fn has(self, path: &str, name: &str) -> bool {
        self.names(path).any(|known| known == name)
    }

    /// Of the formats that it names, none is Markdown.
    fn is_plain(self, path: &str) -> bool {
        self.names(path).next().is_some() && !self.has(path, "markdown")
    }

    fn adjusts_indentation(self) -> bool {
        let modes = self.part("/insertTextModeSupport/valueSet").0.as_array();
        modes.into_iter().flatten().any(|mode| mode.as_u64() == Some(ADJUST_INDENTATION))
    }
}

/// The number of [`InsertTextMode::ADJUST_INDENTATION`].
const ADJUST_INDENTATION: u64 = 2;

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

/// Each filter names a scheme: one without is written as null, which `vscode-languageclient` takes for a scheme of its own.
fn file_operations(schemes: &BTreeSet<String>) -> Value {
    let filters = |globs: &[&str], matches: &str| {
        let filter =
            |scheme: &String, glob: &str| json!({"scheme": scheme, "pattern": {"glob": glob, "matches": matches}});
        let of_scheme = |scheme| globs.iter().map(move |glob| filter(scheme, glob));
        schemes.iter().flat_map(of_scheme).collect::<Vec<_>>()
    };
    let files = filters(&PATTERNS, "file");
    let with_folders = [files.as_slice(), &filters(&["**"], "folder")].concat();
    let with_folders = json!({"filters": with_folders});
    json!({
        "didCreate": {"filters": files},
        "willRename": with_folders,
        "didRename": with_folders,
        "didDelete": with_folders,
    })
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

#[cfg(test)]
mod tests {
    use ls_types::{SemanticTokensLegend, ServerCapabilities};

    use super::*;
    use crate::to_lsp;

    #[test]
    fn what_is_offered_is_of_lsp() {
        let offer = Abilities::default().offer();
        let read: ServerCapabilities = serde_json::from_value(offer.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), offer, "nothing of it is unknown");
    }

    #[test]
    fn what_is_offered_by_name_is_there() {
        let offer = Abilities::default().offer();
        assert_eq!(offer["codeActionProvider"]["codeActionKinds"], json!(to_lsp::action_kinds()));
        let legend = SemanticTokensLegend { token_types: to_lsp::token_types(), token_modifiers: Vec::new() };
        assert_eq!(offer["semanticTokensProvider"]["legend"], json!(legend));
    }
}
