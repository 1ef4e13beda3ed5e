//! Everything that the server knows. One message at a time changes it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ls_types::*;
use serde_json::value::RawValue;
use task_api_ide::{Document, Place, Workspace};

use crate::abilities::{Abilities, PATTERNS};
use crate::disk::{Disk, Found};
use crate::documents::Open;
use crate::json::{Fields, raw, read};
use crate::jsonrpc::Id;
use crate::outbox::{Awaited, Outbox};
use crate::reports::Reports;
use crate::settings::{self, Settings};
use crate::{from_lsp, params, to_lsp, uris};

pub(crate) struct State {
    pub(crate) workspace: Workspace,
    pub(crate) outbox: Outbox,
    pub(crate) abilities: Abilities,
    /// What holds where a folder has no settings of its own.
    pub(crate) settings: Settings,
    /// The settings of folders, where the client was asked for them.
    folder_settings: Vec<(String, Settings)>,
    /// What the client shows, by name.
    pub(crate) open: HashMap<String, Open>,
    pub(crate) disk: Box<dyn Disk>,
    /// The workspace's folders, each with its slash at the end.
    pub(crate) folders: Vec<String>,
    /// The files in the folders that are given diagnostics, open or not.
    pub(crate) listed: HashSet<Arc<str>>,
    pub(crate) reports: Reports,
    pub(crate) search: Search,
    pub(crate) trace: TraceValue,
    /// The process of the client, which the server shall not outlive.
    pub(crate) client_process: Option<u32>,
    /// How many messages have been read and handled.
    pub(crate) handled: u64,
    /// What has been said of the settings, so that it is said once.
    complaints: HashSet<String>,
}

/// The search of the folders that goes on, or the last one.
#[derive(Debug, Default)]
pub(crate) struct Search {
    number: u64,
    pub(crate) is_running: bool,
    /// The client shows how far it is.
    is_shown: bool,
    found: HashSet<Arc<str>>,
}

impl State {
    pub(crate) fn new(disk: Box<dyn Disk>, variables: Option<HashSet<String>>) -> State {
        let mut workspace = Workspace::default();
        workspace.variables = variables;
        State {
            workspace,
            outbox: Outbox::default(),
            abilities: Abilities::default(),
            settings: Settings::default(),
            folder_settings: Vec::new(),
            open: HashMap::new(),
            disk,
            folders: Vec::new(),
            listed: HashSet::new(),
            reports: Reports::default(),
            search: Search::default(),
            trace: TraceValue::Off,
            client_process: None,
            handled: 0,
            complaints: HashSet::new(),
        }
    }

    pub(crate) fn initialize(&mut self, params: &params::Initialize) -> Box<RawValue> {
        self.abilities = Abilities::of(params);
        self.client_process = params.process_id;
        self.trace = params.trace.unwrap_or_default();
        let folders = params.workspace_folders.as_deref().unwrap_or_default();
        self.folders = folders.iter().map(|folder| uris::folder(folder.uri.as_str())).collect();
        // Clients that know no folders have a root.
        if let (None, Some(root)) = (&params.workspace_folders, &params.root_uri) {
            self.folders.push(uris::folder(root.as_str()));
        }
        if params.initialization_options.get() != "null" {
            self.apply_settings(&Settings::section(&params.initialization_options), Vec::new());
        }
        let about = concat!(r#"{"name":"task-api","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
        raw(format!(r#"{{"capabilities":{},"serverInfo":{about}}}"#, self.abilities.offer()))
    }

    pub(crate) fn initialized(&mut self) {
        self.register();
        self.ask_for_settings();
        self.start_search();
    }

    /// Asks to be told of what the client can tell of.
    fn register(&mut self) {
        let mut registrations = Vec::new();
        let mut register = |method: &str, options: String| {
            let options = format!(r#""registerOptions":{{{options}}}"#);
            registrations.push(format!(r#"{{"id":"task-api/{method}","method":"{method}",{options}}}"#));
        };
        if self.abilities.registers_watchers {
            let watchers = PATTERNS.map(|pattern| format!(r#"{{"globPattern":"{pattern}"}}"#)).join(",");
            register("workspace/didChangeWatchedFiles", format!(r#""watchers":[{watchers}]"#));
        }
        if self.abilities.registers_configuration {
            register("workspace/didChangeConfiguration", format!(r#""section":"{}""#, settings::SECTION));
        }
        if !registrations.is_empty() {
            let params = raw(format!(r#"{{"registrations":[{}]}}"#, registrations.join(",")));
            self.outbox.ask::<request::RegisterCapability>(params, Awaited::Nothing("to be told of changes"));
        }
    }

    pub(crate) fn ask_for_settings(&mut self) {
        if !self.abilities.configuration {
            return;
        }
        let item = |scope_uri| ConfigurationItem { scope_uri, section: Some(settings::SECTION.to_owned()) };
        let of_folders = self.folders.iter().map(|folder| item(to_lsp::uri(folder.trim_end_matches('/'))));
        let params = ConfigurationParams { items: std::iter::once(item(None)).chain(of_folders).collect() };
        self.outbox.ask::<request::WorkspaceConfiguration>(params, Awaited::Configuration(self.folders.clone()));
    }

    /// Takes over settings, and those of folders.
    pub(crate) fn apply_settings(&mut self, value: &RawValue, of_folders: Vec<(String, &RawValue)>) {
        let settings = self.read_settings(value);
        let of_folders: Vec<_> =
            of_folders.into_iter().map(|(folder, value)| (folder, self.read_settings(value))).collect();
        if settings == self.settings && of_folders == self.folder_settings {
            return;
        }
        let are_coloured = |state: &State| -> Vec<bool> {
            state.open.keys().map(|key| state.settings_of(key).semantic_tokens).collect()
        };
        let were_coloured = are_coloured(self);
        self.workspace.settings = settings.of_checks();
        let of_checks = of_folders.iter().map(|(folder, settings)| (folder.clone(), settings.of_checks()));
        self.workspace.folder_settings = of_checks.collect();
        (self.settings, self.folder_settings) = (settings, of_folders);
        if self.abilities.semantic_tokens_refresh && are_coloured(self) != were_coloured {
            self.outbox.ask::<request::SemanticTokensRefresh>((), Awaited::Nothing("for colours"));
        }
        self.check_all_again();
    }

    fn read_settings(&mut self, value: &RawValue) -> Settings {
        let (settings, problems) = Settings::read(value);
        for problem in problems {
            if self.complaints.insert(problem.clone()) {
                self.outbox.show(MessageType::WARNING, format!("task-api: {problem}"));
            }
        }
        settings
    }

    /// The settings that hold for a document: those of the innermost folder that it is in.
    pub(crate) fn settings_of(&self, key: &str) -> &Settings {
        let around = self.folder_settings.iter().filter(|(folder, _)| key.starts_with(folder.as_str()));
        around.max_by_key(|(folder, _)| folder.len()).map_or(&self.settings, |(_, settings)| settings)
    }

    /// What the client answers to a question of ours.
    pub(crate) fn answered(&mut self, id: i64, answer: Result<Box<RawValue>, String>) {
        let Some(awaited) = self.outbox.awaited(id) else {
            return self.outbox.log(MessageType::WARNING, format!("nothing was asked under the number {id}"));
        };
        match (awaited, answer) {
            (Awaited::Configuration(folders), Ok(sections)) => {
                let Ok(sections) = read::<Vec<Box<RawValue>>>(sections.get()) else { return };
                // Where a client says nothing of a folder, what it says of all holds.
                let of_folders = folders.into_iter().zip(sections.iter().skip(1).map(|section| &**section)).collect();
                self.apply_settings(sections.first().map_or(RawValue::NULL, |section| section), of_folders);
            }
            (Awaited::Progress, Ok(_)) => self.show_search(),
            (Awaited::Edit, Ok(answer)) => {
                let answer = Fields::of(&answer).unwrap_or_default();
                if answer.read("applied") == Some(false) {
                    let reason = answer.read("failureReason").unwrap_or_else(|| "it gave no reason".to_owned());
                    self.outbox.log(MessageType::WARNING, format!("the client did not apply an edit: {reason}"));
                }
            }
            (Awaited::Nothing(_), Ok(_)) | (Awaited::Progress, Err(_)) => {}
            (Awaited::Configuration(_), Err(why)) => self.refused("for its settings", &why),
            (Awaited::Edit, Err(why)) => self.refused("to apply an edit", &why),
            (Awaited::Nothing(what), Err(why)) => self.refused(what, &why),
        }
    }

    fn refused(&mut self, what: &str, why: &str) {
        self.outbox.log(MessageType::WARNING, format!("the client was asked {what}, and refused: {why}"));
    }

    /// The document that a request is about.
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.workspace.get(&from_lsp::key(uri))
    }

    /// The place that a request is about, and its document.
    pub(crate) fn place(&self, of: &TextDocumentIdentifier, at: Position) -> Option<(Place<'_>, &Document)> {
        let document = self.document(&of.uri)?;
        let offset = from_lsp::offset(document, at, self.abilities.encoding);
        Some((Place { uri: document.uri(), offset }, document))
    }

    /// The URI by which the client knows a document.
    pub(crate) fn uri(&self, key: &str) -> Option<Uri> {
        match self.open.get(key) {
            Some(open) => Some(open.uri.clone()),
            None => to_lsp::uri(key),
        }
    }

    pub(crate) fn change_folders(&mut self, event: &params::FoldersEvent) {
        let removed: Vec<String> = event.removed.iter().map(|folder| uris::folder(folder.uri.as_str())).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        for folder in event.added.iter().map(|folder| uris::folder(folder.uri.as_str())) {
            if !self.folders.contains(&folder) {
                self.folders.push(folder);
            }
        }
        self.ask_for_settings();
        self.start_search();
    }

    /// Begins to search the folders; what was found before stays until the end of the search.
    pub(crate) fn start_search(&mut self) {
        self.end_shown_search("stopped");
        let number = self.search.number + 1;
        self.search = Search { number, ..Search::default() };
        if self.folders.is_empty() {
            self.search.is_running = true;
            return self.found(Found { number, is_end: true, ..Found::default() });
        }
        self.search.is_running = self.disk.search(number, self.folders.clone());
        if self.search.is_running && self.abilities.progress {
            let params = WorkDoneProgressCreateParams { token: NumberOrString::String(self.search_token()) };
            self.outbox.ask::<request::WorkDoneProgressCreate>(params, Awaited::Progress);
        }
    }

    /// Takes over what a search has found.
    pub(crate) fn found(&mut self, found: Found) {
        if found.number != self.search.number || !self.search.is_running {
            return;
        }
        for (key, text) in found.files {
            let key: Arc<str> = key.into();
            self.search.found.insert(Arc::clone(&key));
            if !self.open.contains_key(&*key) {
                self.set_closed(&key, text);
            }
        }
        if !found.is_end {
            return self.show_progress();
        }
        self.search.is_running = false;
        let listed = std::mem::take(&mut self.search.found);
        let gone: Vec<Arc<str>> = self.listed.difference(&listed).cloned().collect();
        self.end_shown_search(&files(listed.len()));
        self.listed = listed;
        for key in gone {
            self.forget_closed(&key);
        }
        self.load_around_all();
        if found.is_cut {
            let message = "task-api: this workspace has more files of the Task API than are looked at; those that are \
                           left out are checked when they are open";
            self.outbox.show(MessageType::WARNING, message);
        }
        self.check_all_again();
    }

    /// Lets go of the search, if this is its token.
    pub(crate) fn cancel_search(&mut self, token: &Id) {
        if self.search.is_running && *token == Id::String(self.search_token()) {
            self.disk.stop_search();
        }
    }

    fn search_token(&self) -> String {
        format!("task-api/search/{}", self.search.number)
    }

    fn show_search(&mut self) {
        if !self.search.is_running || self.search.is_shown {
            return;
        }
        self.search.is_shown = true;
        self.progress(WorkDoneProgress::Begin(WorkDoneProgressBegin {
            title: "Looking for files of the Task API".to_owned(),
            cancellable: Some(true),
            message: None,
            percentage: None,
        }));
    }

    fn show_progress(&mut self) {
        if self.search.is_shown {
            let message = Some(files(self.search.found.len()));
            let report = WorkDoneProgressReport { cancellable: Some(true), message, percentage: None };
            self.progress(WorkDoneProgress::Report(report));
        }
    }

    fn end_shown_search(&mut self, message: &str) {
        if std::mem::take(&mut self.search.is_shown) {
            self.progress(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message.to_owned()) }));
        }
    }

    fn progress(&mut self, progress: WorkDoneProgress) {
        let value = ProgressParamsValue::WorkDone(progress);
        let params = ProgressParams { token: NumberOrString::String(self.search_token()), value };
        self.outbox.notify::<notification::Progress>(params);
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
