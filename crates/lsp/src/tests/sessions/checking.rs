//! What must be true at any time: texts, diagnostics, and how much is kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use task_api_core::config;
use task_api_core::diagnostic::Severity;
use task_api_ide::{Document, Facts, Role, Span, Workspace, uri};

use super::editor::Editor;
use super::material::FILES;
use super::text::{Columns, boundary};
use crate::settings::{Scope, Settings};
use crate::uris;

impl Editor {
    pub(super) fn check_texts(&mut self) {
        for (uri, shown) in self.open.clone() {
            let server = self.client.text(&uri);
            self.require(server == *shown.text, &format!("{uri} is\n{server}\nand not\n{:?}", shown.text));
        }
    }

    pub(super) fn check_all(&mut self) {
        self.client.search();
        self.read_messages();
        self.check_texts();
        while self.client.session.settle() {}
        self.client.receive();
        self.read_messages();
        if self.pulls {
            self.pull();
        }
        self.check_diagnostics();
        self.check_counts();
    }

    pub(super) fn pull(&mut self) {
        for uri in self.open.keys().cloned().collect::<Vec<_>>() {
            let mut params = json!({"textDocument": {"uri": uri}});
            if let Some((id, _)) = self.found.get(&uri) {
                params["previousResultId"] = id.clone();
            }
            let report = self.client.ask("textDocument/diagnostic", params).unwrap();
            let related = report["relatedDocuments"].as_object().into_iter().flatten();
            for (uri, report) in related.map(|(uri, report)| (uri.clone(), report)).chain([(uri, &report)]) {
                self.take_report(uri, report);
            }
        }
        let known: Vec<Value> = self.found.iter().map(|(uri, (id, _))| json!({"uri": uri, "value": id})).collect();
        let mut params = json!({"previousResultIds": known});
        if self.random.one_in(2) {
            params["partialResultToken"] = "all".into();
        }
        let mut all = self.client.ask("workspace/diagnostic", params).unwrap();
        self.add_parts("all", &mut all["items"], "/params/value/items");
        for report in all["items"].as_array().into_iter().flatten() {
            self.take_report(report["uri"].as_str().unwrap_or_default().to_owned(), report);
        }
    }

    pub(super) fn take_report(&mut self, uri: String, report: &Value) {
        if report["kind"] == "unchanged" {
            let is_known = self.found.get(&uri).is_some_and(|(id, _)| *id == report["resultId"]);
            return self.require(is_known, &format!("{uri} is unchanged from nothing: {report}"));
        }
        match &report["resultId"] {
            // Gone.
            Value::Null => drop(self.found.remove(&uri)),
            id => {
                let fits = super::answers::check(self.texts(&|uri| self.text(uri)), &uri, &report["items"]);
                self.require(fits.is_ok(), &format!("diagnostics of {uri}: {fits:?}"));
                drop(self.found.insert(uri, (id.clone(), in_words(&report["items"]))));
            }
        }
    }

    /// What the client shows is what a server would find that has seen nothing but the texts of now.
    pub(super) fn check_diagnostics(&mut self) {
        let settings = Settings::read(serde_json::from_str(self.settings).unwrap()).0;
        let mut workspace = Workspace::default();
        workspace.settings = settings.of_checks();
        // A client that is asked answers for each folder.
        let folders = self.folders.iter().filter(|_| self.pulls);
        let of_folder = |folder: &&'static str| {
            let written = self.folder_settings.get(folder).unwrap_or(&self.settings);
            (uris::folder(folder), Settings::read(serde_json::from_str(written).unwrap()).0)
        };
        let of_folders: Vec<(String, Settings)> = folders.map(of_folder).collect();
        workspace.folder_settings =
            of_folders.iter().map(|(folder, settings)| (folder.clone(), settings.of_checks())).collect();
        let scope = |key: &str| {
            let around = of_folders.iter().filter(|(folder, _)| key.starts_with(folder.as_str()));
            around.max_by_key(|(folder, _)| folder.len()).map_or(settings.scope, |(_, settings)| settings.scope)
        };
        let on_disk = self.client.files.texts.lock().unwrap().clone();
        let mut wanted = BTreeMap::new();
        for (key, text) in on_disk {
            let uri = uri::of_document(&key);
            let is_below = |folder: &&str| key.starts_with(&format!("{folder}/")) && !key.contains("/ignored/");
            if scope(&key) == Scope::Workspace && self.folders.iter().any(is_below) {
                wanted.insert(uri, key.clone());
            }
            let directory = uris::directory_of(&key).map(str::to_owned);
            workspace.set(&key, text, Facts { directory, ..Facts::default() });
        }
        for (uri, shown) in &self.open {
            let key = uris::key(uri);
            wanted.insert(uri.clone(), key.clone());
            let directory = uris::directory_of(&key).map(str::to_owned);
            workspace.set(
                &key,
                shown.text.clone(),
                Facts { kind: shown.kind, directory, is_open: true, ..Facts::default() },
            );
        }
        for (uri, (mark, found)) in &self.found {
            let fresh = wanted.get(uri).map_or_else(Vec::new, |key| fresh(self.columns, &workspace, key));
            self.require(
                *found == fresh || fresh.len() > 1000 && found.len() == 1001,
                &format!(
                    "{uri} has\n{found:#?}\nand not\n{fresh:#?}\n{:?}\nin {:?} with {:?} and {:?}",
                    self.text(uri),
                    self.folders,
                    self.settings,
                    self.folder_settings
                ),
            );
            if let (false, Some(shown)) = (self.pulls, self.open.get(uri)) {
                self.require(*mark == shown.version, &format!("{uri} is of version {mark}, not {}", shown.version));
            }
        }
        for (uri, key) in &wanted {
            let is_clean = || fresh(self.columns, &workspace, key).is_empty();
            self.require(self.found.contains_key(uri) || is_clean(), &format!("nothing was said of {uri}"));
        }
        let open = &self.open;
        self.found.retain(|uri, (_, found)| !found.is_empty() || open.contains_key(uri));
    }

    /// What is kept is bounded by what there is.
    pub(super) fn check_counts(&mut self) {
        let counts = self.client.ask("test/counts", json!([])).unwrap();
        let most = (FILES.len() + self.open.len() + 4) as u64;
        for (name, count) in counts.as_object().unwrap() {
            let most = if name == "complaints" { 8 } else { most };
            self.require(count.as_u64() <= Some(most), &format!("{name}: {counts}, of {most}"));
        }
    }
}

/// Diagnostics as words that can be compared.
pub(super) fn in_words(diagnostics: &Value) -> Vec<String> {
    let word = |one: &Value| {
        let place = |at: &Value| format!("{}:{}", at["line"], at["character"]);
        let (start, end) = (place(&one["range"]["start"]), place(&one["range"]["end"]));
        format!("{start}-{end} {} {} {}", one["severity"], one["code"].as_str().unwrap_or("-"), one["message"])
    };
    let mut words: Vec<String> = diagnostics.as_array().into_iter().flatten().map(word).collect();
    words.sort();
    words
}

/// The same of a check of its own.
fn fresh(columns: Columns, workspace: &Workspace, key: &str) -> Vec<String> {
    let Some(document) = workspace.get(key) else { return Vec::new() };
    let word = |span: Span, severity: Severity, code: &str, message: &str, more: Option<&str>| {
        let place = |at: u32| {
            let (line, character) = columns.place(document.text(), boundary(document.text(), at as usize));
            format!("{line}:{character}")
        };
        let number = match severity {
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Info => 3,
        };
        let message = more.map_or_else(|| message.to_owned(), |more| format!("{message}\n{more}"));
        format!("{}-{} {number} {code} {}", place(span.start), place(span.end), Value::from(message))
    };
    let mut words: Vec<String> = if document.role() == Role::Settings {
        let problems = config::read(document.text()).problems;
        let problems = problems.iter();
        problems.map(|one| word(one.span, Severity::Error, "-", &one.message, one.help.as_deref())).collect()
    } else {
        let diagnostics = check(workspace, document);
        let found = diagnostics.iter();
        found.map(|one| word(one.span, one.severity, one.rule.name, &one.message, one.note.as_deref())).collect()
    };
    words.sort();
    words
}

fn check(workspace: &Workspace, document: &Document) -> Vec<task_api_core::diagnostic::Diagnostic> {
    task_api_ide::check(workspace, document).map(|checked| checked.diagnostics).unwrap_or_default()
}
