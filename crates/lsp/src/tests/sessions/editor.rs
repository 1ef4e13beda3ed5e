//! The client of a session: what it shows, what is on its disk, and what it does next.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use task_api_core::diagnostic::Severity;
use task_api_core::{Kind, config};
use task_api_ide::{Document, Facts, Role, Span, Workspace, uri};

use super::random::Random;
use super::text;
use crate::settings::{Scope, Settings};
use crate::tests::Client;
use crate::uris;

/// Documents that are files, as the client writes their names.
const FILES: [&str; 7] = [
    "file:///p/processing-container.json",
    "file:///p/task.json",
    "file:///p/sub/b-task.json",
    "file:///p/%C3%A9%20x/task.json",
    "file:///p/task-api.toml",
    "file:///p/Dockerfile",
    "file:///p/ignored/other.json",
];
const FOLDERS: [&str; 2] = ["file:///p", "file:///p/sub"];

const TASK: &str = r#"{
  "name": "segment {{ custom['study'] | default(\"ä\") }}",
  "image": "ghcr.io/a/lungs:1.2.0",
  "taskTemplate": "segment",
  "inputs": [
    {
      "name": "images",
      "input": {"host_path": "./data/{{ env.STUDY }}"},
      "scale_rule": {
        "complexity": "n",
        "type": "request",
        "mode": "max_file_size"
      }
    }
  ],
  "outputs": [
    {"name": "masks", "input": {"host_path": "../masks"}}
  ],
  "env": [
    {"name": "UNIT", "value": "cm 😀"},
    {"name": "MORE", "value": "{{ env.MORE }}"}
  ],
  "command": ["run", "--token=x"],
  "resources": {
    "limits": {
      "memory": 5000000000,
      "cpu": "2"
    },
    "requests": {"memory": "64Mi"}
  }
}
"#;
const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments `lungs` 😀.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes masks.",
      "inputs": [
        {
          "name": "images",
          "mounted_path": "/in",
          "description": "Scans.",
          "scale_rule": {"complexity": "1.5*n**2", "type": "limit", "mode": "sum", "target_glob": "*.d\u0063m"}
        }
      ],
      "outputs": [{"name": "masks", "mounted_path": "/out", "description": "Masks."}],
      "env": [
        {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": true}
      ],
      "command": ["sh", "-c", "echo {% if env.A %}a\nb{% endif %} {# c #}"],
      "resources": {"limits": {"memory": "1Gi", "cpu": "500m"}}
    }
  ]
}
"#;
const TOML: &str = "[rules]\nunbound-channel = \"warning\"\n\n[validate]\ncontainer = \"ignored/other.json\"\n";
const DOCKERFILE: &str = "FROM scratch\nCOPY processing-container.json /\nENV UNIT=mm\n";

const PIECES: [&str; 30] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "{{ ",
    " }}",
    "{% if x %}",
    "😀",
    "ä",
    "\u{0}",
    "\\u0041",
    "null",
    "1e99",
    "\"name\": \"images\"",
    "\"inputs\": [",
    "segment",
    "\"taskTemplate\": \"segment\",",
    "memory",
    "\"\"",
    "env.UNIT",
    "[rules]\n",
    "missing-field = \"off\"\n",
    "// no\n",
];
const SETTINGS: [&str; 8] = [
    "{}",
    r#"{"rules": {"missing-field": "off", "unknown-field": "error"}}"#,
    r#"{"schemaOnly": true}"#,
    r#"{"diagnostics": {"scope": "open"}}"#,
    r#"{"semanticTokens": false, "inlayHints": {"enabled": false}, "codeLens": false}"#,
    r#"{"rules": 5, "schemOnly": true}"#,
    "null",
    "[]",
];
/// A text longer than this is replaced, for sessions to stay quick.
const LONGEST: usize = 6000;

/// What the client shows.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) text: String,
    version: i32,
    kind: Option<Kind>,
}

pub(super) struct Editor {
    pub(super) client: Client,
    pub(super) random: Random,
    pub(super) open: BTreeMap<String, Shown>,
    pub(super) edits: usize,
    pub(super) requests: usize,
    /// Semantic tokens, as the client has them, with their result id.
    pub(super) tokens: BTreeMap<String, (String, Vec<u64>)>,
    seed: u64,
    /// It asks for diagnostics.
    pulls: bool,
    /// The diagnostics that it shows, in a few words, with their result id or version.
    found: BTreeMap<String, (Value, Vec<String>)>,
    folders: Vec<&'static str>,
    settings: &'static str,
    untitled: usize,
    /// Where somebody types.
    cursor: usize,
    steps: usize,
    doing: String,
}

impl Editor {
    pub(super) fn new(seed: u64) -> Editor {
        let pulls = seed.is_multiple_of(2);
        let mut capabilities = json!({
            "workspace": {"configuration": pulls, "workspaceEdit": {"documentChanges": seed.is_multiple_of(3)}},
            "window": {"workDoneProgress": true},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": seed % 3 == 1}},
                "documentSymbol": {"hierarchicalDocumentSymbolSupport": !seed.is_multiple_of(5)},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
                "publishDiagnostics": {"relatedInformation": true},
            },
        });
        if pulls {
            capabilities["textDocument"]["diagnostic"] = json!({"relatedDocumentSupport": true});
        }
        let files: Vec<(String, &str)> = FILES.iter().map(|uri| (uris::key(uri), initial(uri))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(key, text)| (key.as_str(), *text)).collect();
        let folders = vec![FOLDERS[0]];
        let client = Client::with(capabilities, &folders, &files);
        let (open, found, tokens) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut editor = Editor {
            client,
            random: Random::new(seed),
            open,
            edits: 0,
            requests: 0,
            tokens,
            seed,
            pulls,
            found,
            folders,
            settings: SETTINGS[0],
            untitled: 0,
            cursor: 0,
            steps: 0,
            doing: String::new(),
        };
        editor.read_messages();
        editor.open(FILES[1], TASK);
        editor
    }

    /// Stops with all that is needed to see it again.
    #[track_caller]
    pub(super) fn require(&self, is_right: bool, what: &str) {
        assert!(
            is_right,
            "seed {}, step {}, {} edits: {what}\nafter {}",
            self.seed, self.steps, self.edits, self.doing
        );
    }

    pub(super) fn step(&mut self) {
        self.steps += 1;
        match self.random.below(1000) {
            0..600 => self.edit(),
            600..940 => self.request(),
            940..960 => self.open_one(),
            960..970 => self.close(),
            970..980 => self.change_disk(),
            980..985 => self.change_settings(),
            985..990 => self.change_folders(),
            990..994 => self.be_absurd(),
            _ => self.cancel(),
        }
        if self.random.one_in(4) {
            self.client.session.settle();
        }
        self.client.receive();
        self.read_messages();
        if self.steps.is_multiple_of(50) {
            self.check_texts();
        }
        if self.steps.is_multiple_of(250) {
            self.check_all();
        }
    }

    /// A text that client and server know alike.
    pub(super) fn text(&self, uri: &str) -> Option<String> {
        self.open.get(uri).map(|shown| shown.text.clone()).or_else(|| {
            let texts = self.client.files.texts.lock().unwrap();
            texts.get(&uris::key(uri)).cloned()
        })
    }

    pub(super) fn some_open(&mut self) -> String {
        if self.open.is_empty() {
            self.open(FILES[1], TASK);
        }
        let nth = self.random.below(self.open.len());
        self.open.keys().nth(nth).cloned().unwrap_or_default()
    }

    fn edit(&mut self) {
        let uri = self.some_open();
        let Some(mut shown) = self.open.get(&uri).cloned() else { return };
        let count = if self.random.one_in(8) { 2 + self.random.below(3) } else { 1 };
        let mut changes = Vec::new();
        if count > 1 && self.random.one_in(2) {
            self.edit_backwards(&mut shown.text, count, &mut changes);
        } else {
            for _ in 0..count {
                changes.push(self.edit_once(&uri, &mut shown.text));
            }
        }
        self.edits += changes.len();
        shown.version += 1 + self.random.below(2) as i32;
        self.send_changes(&uri, shown, changes);
    }

    fn send_changes(&mut self, uri: &str, shown: Shown, changes: Vec<Value>) {
        self.doing = format!("changes of {uri}: {}", Value::from(changes.clone()));
        self.client.change(uri, shown.version, changes.into());
        self.open.insert(uri.to_owned(), shown);
    }

    /// Several cursors: all places are of one text, from the end to the beginning.
    fn edit_backwards(&mut self, text: &mut String, count: usize, changes: &mut Vec<Value>) {
        let mut limit = text.len();
        for _ in 0..count {
            let end = boundary(text, self.random.below(limit + 1));
            let length = self.random.below(6);
            let start = boundary(text, end.saturating_sub(length));
            let new = *self.random.of(&PIECES);
            changes
                .push(json!({"range": text::range((text::place(text, start), text::place(text, end))), "text": new}));
            // Between \r and \n is no place for a client.
            let start = text::offset(text, text::place(text, start));
            let end = text::offset(text, text::place(text, end));
            text.replace_range(start..end, new);
            limit = start;
        }
    }

    fn edit_once(&mut self, uri: &str, text: &mut String) -> Value {
        if text.len() > LONGEST || self.random.one_in(80) {
            *text = self.whole_text(uri);
            return json!({"text": text});
        }
        let near = boundary(text, self.cursor.min(text.len()));
        let at = if self.random.one_in(2) { near } else { boundary(text, self.random.below(text.len() + 1)) };
        let up_to = |length: usize| boundary(text, (at + length).min(text.len()));
        let short = self.random.below(6);
        let (end, new) = match self.random.below(10) {
            0..4 => (at, self.random.of(&["a", "e", "1", "\"", " ", "{", "}", ",", "\n", "ß", "😀", "_"]).to_string()),
            4 | 5 => (up_to(short), String::new()),
            6 => (up_to(self.random.below(if short == 0 { 400 } else { 30 })), String::new()),
            7 => (at, self.random.of(&PIECES).to_string()),
            8 => (up_to(short), self.random.of(&PIECES).to_string()),
            _ => {
                let from = boundary(text, self.random.below(text.len() + 1));
                let to = boundary(text, (from + self.random.below(120)).min(text.len()));
                (up_to(short), text[from..to].to_owned())
            }
        };
        let (mut from, mut to) = (text::place(text, at), text::place(text, end));
        if self.random.one_in(12) {
            (from, to) = (self.absurd_place(text), if self.random.one_in(2) { self.absurd_place(text) } else { from });
        }
        let (one, other) = (text::offset(text, from), text::offset(text, to));
        text.replace_range(one.min(other)..one.max(other), &new);
        self.cursor = one.min(other) + new.len();
        json!({"range": text::range((from, to)), "text": new})
    }

    /// Behind the end of a line or of the text, inside a letter.
    pub(super) fn absurd_place(&mut self, text: &str) -> (u32, u32) {
        match self.random.below(5) {
            0 => (u32::MAX, u32::MAX),
            1 => (text.lines().count() as u32 + 1, 3),
            2 => (self.random.below(40) as u32, u32::MAX),
            3 => {
                let faces: Vec<usize> = text.match_indices('😀').map(|(at, _)| at).collect();
                if faces.is_empty() {
                    return (0, 0);
                }
                let (line, character) = text::place(text, *self.random.of(&faces));
                (line, character + 1)
            }
            _ => (self.random.below(40) as u32, self.random.below(120) as u32),
        }
    }

    fn whole_text(&mut self, uri: &str) -> String {
        let whole = initial(uri);
        match self.random.below(6) {
            0 => whole.replace('\n', "\r\n"),
            1 => whole[..boundary(whole, self.random.below(whole.len()))].to_owned(),
            2 => self
                .random
                .of(&["", "\u{feff}{}", "{}", "[[[[[[", "null", "\r\r\n", "{\"a\": {\"a\": 1, \"a\": 1}}"])
                .to_string(),
            _ => whole.to_owned(),
        }
    }

    fn open(&mut self, uri: &str, text: &str) {
        let language = if uri.starts_with("untitled:") || self.random.one_in(12) { "task-api-task" } else { "json" };
        let kind = (language == "task-api-task").then_some(Kind::Task);
        let version = self.random.below(5) as i32;
        self.doing = format!("opening {uri}");
        let item = json!({"uri": uri, "languageId": language, "version": version, "text": text});
        self.client.notify("textDocument/didOpen", json!({"textDocument": item}));
        self.open.insert(uri.to_owned(), Shown { text: text.to_owned(), version, kind });
    }

    fn open_one(&mut self) {
        let mut uri = (*self.random.of(&FILES)).to_owned();
        if self.random.one_in(8) {
            self.untitled += 1;
            uri = format!("untitled:Untitled-{}", self.untitled);
        }
        if self.open.contains_key(&uri) || self.open.len() > 8 {
            return self.close();
        }
        let text = self.text(&uri).filter(|_| !self.random.one_in(5)).unwrap_or_else(|| self.whole_text(&uri));
        self.open(&uri, &text);
    }

    fn close(&mut self) {
        let uri = self.some_open();
        let Some(shown) = self.open.remove(&uri) else { return };
        self.doing = format!("closing {uri}");
        if uri.starts_with("file:") && self.random.one_in(2) {
            self.client.write(&uris::key(&uri), &shown.text);
            if self.random.one_in(2) {
                self.client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
            }
        }
        self.tokens.remove(&uri);
        self.client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }

    fn change_disk(&mut self) {
        let uri = *self.random.of(&FILES);
        let key = uris::key(uri);
        let is_there = self.client.files.texts.lock().unwrap().contains_key(&key);
        self.doing = format!("changing {uri} on the disk");
        if is_there && self.random.one_in(3) {
            self.client.remove(&key);
            match self.random.below(2) {
                0 => self.watched(uri, 3),
                _ => self.client.notify("workspace/didDeleteFiles", json!({"files": [{"uri": uri}]})),
            }
            return;
        }
        let text = self.whole_text(uri);
        self.client.write(&key, &text);
        self.watched(uri, if is_there { 2 } else { 1 });
    }

    fn watched(&mut self, uri: &str, kind: u8) {
        self.client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": kind}]}));
    }

    /// Writes a text that an edit of the server has made.
    pub(super) fn take_over(&mut self, uri: &str, edits: &[Value]) {
        let Some(old) = self.text(uri) else { return };
        let Ok(new) = text::apply(&old, edits) else { return };
        let Some(mut shown) = self.open.get(uri).cloned() else {
            self.client.write(&uris::key(uri), &new);
            return self.watched(uri, 2);
        };
        let mut edits: Vec<(usize, &Value)> =
            edits.iter().filter_map(|edit| Some((text::fit(&old, &edit["range"]).ok()?.0, edit))).collect();
        edits.sort_by_key(|(start, edit)| (*start, text::fit(&old, &edit["range"]).map_or(0, |(_, end)| end)));
        let changes = edits.iter().rev().map(|(_, edit)| json!({"range": edit["range"], "text": edit["newText"]}));
        let changes = changes.collect();
        (shown.text, shown.version) = (new, shown.version + 1);
        self.edits += edits.len();
        self.send_changes(uri, shown, changes);
    }

    fn change_settings(&mut self) {
        let chosen: &&str = self.random.of(&SETTINGS);
        self.settings = chosen;
        self.doing = format!("settings {}", self.settings);
        let settings: Value = serde_json::from_str(self.settings).unwrap();
        // Where the client is asked, it answers in `read_messages`.
        self.client.notify("workspace/didChangeConfiguration", json!({"settings": {"taskApi": settings}}));
    }

    fn change_folders(&mut self) {
        let folder = *self.random.of(&FOLDERS);
        let was_there = self.folders.contains(&folder);
        self.folders.retain(|one| *one != folder);
        if !was_there {
            self.folders.push(folder);
        }
        let it = json!([{"uri": folder, "name": "p"}]);
        let (added, removed) = if was_there { (json!([]), it) } else { (it, json!([])) };
        self.doing = format!("folders {added} instead of {removed}");
        let event = json!({"event": {"added": added, "removed": removed}});
        self.client.notify("workspace/didChangeWorkspaceFolders", event);
        if self.random.one_in(2) {
            self.client.search();
        }
    }

    /// What no client should send, and some do.
    fn be_absurd(&mut self) {
        self.doing = "something absurd".to_owned();
        match self.random.below(5) {
            0 => self.client.change("file:///p/never-open.json", 1, json!([{"text": "{"}])),
            1 => self.client.notify("textDocument/didClose", json!({"textDocument": {"uri": "untitled:never"}})),
            2 => self.client.notify("$/unknown", json!({"a": 1})),
            3 => self.client.send(json!({"jsonrpc": "2.0", "id": 987_654_321, "result": null})),
            _ => {
                let answer = self.client.ask("textDocument/unknown", json!({}));
                self.require(answer.is_err_and(|error| error["code"] == -32601), "an unknown request is none");
            }
        }
    }

    fn cancel(&mut self) {
        let uri = self.some_open();
        let id = self.client.asked + 1;
        let message = json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": id}});
        self.client.session.cancel(&message);
        let answer = self.client.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
        self.require(answer.is_err_and(|error| error["code"] == -32800), "a request that is cancelled");
        self.client.send(message);
    }

    /// Answers questions of the server, and takes its diagnostics.
    fn read_messages(&mut self) {
        while !self.client.messages.is_empty() {
            for message in std::mem::take(&mut self.client.messages) {
                let params = &message["params"];
                match message["method"].as_str().unwrap_or_default() {
                    "workspace/configuration" => {
                        let settings: Value = serde_json::from_str(self.settings).unwrap();
                        self.client.send(json!({"jsonrpc": "2.0", "id": message["id"], "result": [settings]}));
                    }
                    "textDocument/publishDiagnostics" => {
                        let uri = params["uri"].as_str().unwrap_or_default();
                        let version = params["version"].clone();
                        let fits = super::answers::check(&|uri| self.text(uri), uri, &params["diagnostics"]);
                        self.require(
                            fits.is_ok(),
                            &format!("diagnostics of {uri}: {fits:?} {params}\n{:?}", self.text(uri)),
                        );
                        self.found.insert(uri.to_owned(), (version, in_words(&params["diagnostics"])));
                    }
                    "window/logMessage" => self.require(params["type"] != 1, &params["message"].to_string()),
                    _ if message.get("id").is_some() && message.get("method").is_some() => {
                        self.client.send(json!({"jsonrpc": "2.0", "id": message["id"], "result": null}));
                    }
                    _ => {}
                }
            }
        }
    }

    fn check_texts(&mut self) {
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

    fn pull(&mut self) {
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
        let all = self.client.ask("workspace/diagnostic", json!({"previousResultIds": known})).unwrap();
        for report in all["items"].as_array().into_iter().flatten() {
            self.take_report(report["uri"].as_str().unwrap_or_default().to_owned(), report);
        }
    }

    fn take_report(&mut self, uri: String, report: &Value) {
        if report["kind"] == "unchanged" {
            let is_known = self.found.get(&uri).is_some_and(|(id, _)| *id == report["resultId"]);
            return self.require(is_known, &format!("{uri} is unchanged from nothing: {report}"));
        }
        match &report["resultId"] {
            // Gone.
            Value::Null => drop(self.found.remove(&uri)),
            id => {
                let fits = super::answers::check(&|uri| self.text(uri), &uri, &report["items"]);
                self.require(fits.is_ok(), &format!("diagnostics of {uri}: {fits:?}"));
                drop(self.found.insert(uri, (id.clone(), in_words(&report["items"]))));
            }
        }
    }

    /// What the client shows is what a server would find that has seen nothing but the texts of now.
    fn check_diagnostics(&mut self) {
        let settings = Settings::read(&serde_json::from_str(self.settings).unwrap()).0;
        let mut workspace = Workspace::default();
        workspace.levels = settings.rules;
        workspace.schema_only = settings.schema_only;
        let on_disk = self.client.files.texts.lock().unwrap().clone();
        let mut wanted = BTreeMap::new();
        for (key, text) in on_disk {
            let uri = uri::of_document(&key);
            let is_below = |folder: &&str| key.starts_with(&format!("{folder}/")) && !key.contains("/ignored/");
            if settings.scope == Scope::Workspace && self.folders.iter().any(is_below) {
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
            let fresh = wanted.get(uri).map_or_else(Vec::new, |key| fresh(&workspace, key));
            self.require(
                *found == fresh || fresh.len() > 1000 && found.len() == 1001,
                &format!("{uri} has\n{found:#?}\nand not\n{fresh:#?}\n{:?}\n{:?}", self.text(uri), self.settings),
            );
            if let (false, Some(shown)) = (self.pulls, self.open.get(uri)) {
                self.require(*mark == shown.version, &format!("{uri} is of version {mark}, not {}", shown.version));
            }
        }
        for (uri, key) in &wanted {
            let is_clean = || fresh(&workspace, key).is_empty();
            self.require(self.found.contains_key(uri) || is_clean(), &format!("nothing was said of {uri}"));
        }
        let open = &self.open;
        self.found.retain(|uri, (_, found)| !found.is_empty() || open.contains_key(uri));
    }

    /// What is kept is bounded by what there is.
    fn check_counts(&mut self) {
        let counts = self.client.ask("test/counts", json!([])).unwrap();
        let most = (FILES.len() + self.open.len() + 4) as u64;
        for (name, count) in counts.as_object().unwrap() {
            let most = if name == "complaints" { 8 } else { most };
            self.require(count.as_u64() <= Some(most), &format!("{name}: {counts}, of {most}"));
        }
    }
}

/// The text by which a document begins.
fn initial(uri: &str) -> &'static str {
    match uri.rsplit('/').next().unwrap_or_default() {
        "processing-container.json" | "other.json" => CONTAINER,
        "task-api.toml" => TOML,
        "Dockerfile" => DOCKERFILE,
        _ => TASK,
    }
}

/// The nearest beginning of a letter, at or before.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Diagnostics as words that can be compared.
fn in_words(diagnostics: &Value) -> Vec<String> {
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
fn fresh(workspace: &Workspace, key: &str) -> Vec<String> {
    let Some(document) = workspace.get(key) else { return Vec::new() };
    let word = |span: Span, severity: Severity, code: &str, message: &str, more: Option<&str>| {
        let place = |at: u32| {
            let (line, character) = text::place(document.text(), boundary(document.text(), at as usize));
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
