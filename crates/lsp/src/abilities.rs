//! What the client can do, as far as it matters here, and what the server offers to it.

use task_api_core::Kind as FileKind;
use task_api_json::{Kind, Node};

use crate::from_lsp::Encoding;
use crate::json::Read;
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
    /// Of the URIs of its folders, and `file`, each once.
    pub(crate) schemes: Vec<String>,
    /// Commands of its own that it runs for a code lens.
    pub(crate) commands: Vec<String>,
}

/// The command that checks all files of the workspace.
pub(crate) const VALIDATE: &str = "task-api.validateWorkspace";
/// The command that does a code action, for clients that know no other.
pub(crate) const APPLY: &str = "task-api.applyAction";

impl Abilities {
    pub(crate) fn of(params: &Initialize) -> Abilities {
        let written = params.capabilities.get();
        let tree = task_api_json::parse(written);
        let can = Said(Some(tree.root(written)));
        let said = params.workspace_folders.iter().flatten();
        let of_folders = said.filter_map(|folder| Some(folder.uri.as_str().split_once(':')?.0.to_owned()));
        let mut schemes: Vec<String> = of_folders.chain(["file".to_owned()]).collect();
        schemes.sort_unstable();
        schemes.dedup();
        let (text, workspace) = (can.part("/textDocument"), can.part("/workspace"));
        let (action, pulled, publish) =
            (text.part("/codeAction"), text.part("/diagnostic"), text.part("/publishDiagnostics"));
        let completion = text.part("/completion/completionItem");
        Abilities {
            encoding: Encoding::negotiate(can.names("/general/positionEncodings").iter().map(String::as_str)),
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
            schemes,
            // As clients of rust-analyzer have it.
            commands: can.names("/experimental/commands/commands"),
        }
    }

    pub(crate) fn runs(&self, command: &str) -> bool {
        self.commands.iter().any(|known| known == command)
    }

    /// What the server offers, as JSON.
    pub(crate) fn offer(&self) -> String {
        let encoding = self.encoding.name();
        let encoding = encoding.as_str();
        let operations = file_operations(&self.schemes);
        let folders = r#"{"supported":true,"changeNotifications":true}"#;
        format!(
            r#"{},"executeCommandProvider":{{"commands":["{VALIDATE}","{APPLY}"]}},"positionEncoding":"{encoding}",
"workspace":{{"workspaceFolders":{folders},"fileOperations":{operations}}}}}"#,
            OFFER.trim_end().trim_end_matches('}'),
        )
    }
}

/// `ServerCapabilities`, but for what depends on something.
const OFFER: &str = include_str!("offer.json");

/// What a client says that it can. What it does not say, or not in the way of LSP, it cannot.
#[derive(Clone, Copy)]
struct Said<'a>(Option<Node<'a>>);

impl<'a> Said<'a> {
    fn part(self, path: &str) -> Said<'a> {
        Said(path.split('/').skip(1).fold(self.0, |value, name| value?.get(name)))
    }

    fn is_said(self, path: &str) -> bool {
        self.part(path).0.is_some_and(|value| value.kind() != Kind::Null)
    }

    fn is(self, path: &str) -> bool {
        self.part(path).0.is_some_and(|value| value.kind() == Kind::True)
    }

    fn list(self, path: &str) -> impl Iterator<Item = Node<'a>> {
        self.part(path).0.into_iter().flat_map(Node::elements)
    }

    fn names(self, path: &str) -> Vec<String> {
        self.list(path).filter_map(|name| String::of(name).ok()).collect()
    }

    fn has(self, path: &str, name: &str) -> bool {
        self.list(path).any(|known| known.is_str(name))
    }

    /// Of the formats that it names, none is Markdown.
    fn is_plain(self, path: &str) -> bool {
        self.list(path).next().is_some() && !self.has(path, "markdown")
    }

    fn adjusts_indentation(self) -> bool {
        self.list("/insertTextModeSupport/valueSet").any(|mode| mode.source() == ADJUST_INDENTATION)
    }
}

/// The number of [`InsertTextMode::ADJUST_INDENTATION`].
const ADJUST_INDENTATION: &str = "2";

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
fn file_operations(schemes: &[String]) -> String {
    let filters =
        |globs: &[&str], matches: &str| {
            let mut filters = Vec::new();
            for scheme in schemes {
                filters.extend(globs.iter().map(|glob| {
                    format!(r#"{{"scheme":"{scheme}","pattern":{{"glob":"{glob}","matches":"{matches}"}}}}"#)
                }));
            }
            filters.join(",")
        };
    let files = filters(&PATTERNS, "file");
    let with_folders = format!(r#"{{"filters":[{files},{}]}}"#, filters(&["**"], "folder"));
    format!(
        r#"{{"didCreate":{{"filters":[{files}]}},"willRename":{with_folders},"didRename":{with_folders},
"didDelete":{with_folders}}}"#
    )
}

/// The kind of file that a language id stands for.
pub(crate) fn kind_of_language(language_id: &str) -> Option<FileKind> {
    match language_id {
        "task-api-container" => Some(FileKind::ProcessingContainer),
        "task-api-task" => Some(FileKind::Task),
        "task-api-workflow" => Some(FileKind::Workflow),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use ls_types::{SemanticTokensLegend, ServerCapabilities};
    use serde_json::{Value, json};

    use super::*;
    use crate::to_lsp;

    fn offered() -> Abilities {
        Abilities { schemes: ["file", "vscode-vfs"].map(str::to_owned).to_vec(), ..Abilities::default() }
    }

    #[test]
    fn what_is_offered_is_of_lsp() {
        let offer: Value = serde_json::from_str(&offered().offer()).unwrap();
        let read: ServerCapabilities = serde_json::from_value(offer.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), offer, "nothing of it is unknown");
    }

    #[test]
    fn what_is_offered_by_name_is_there() {
        let offer: Value = serde_json::from_str(&offered().offer()).unwrap();
        assert_eq!(offer["codeActionProvider"]["codeActionKinds"], json!(to_lsp::action_kinds()));
        let legend = SemanticTokensLegend { token_types: to_lsp::token_types(), token_modifiers: Vec::new() };
        assert_eq!(offer["semanticTokensProvider"]["legend"], json!(legend));
    }
}
