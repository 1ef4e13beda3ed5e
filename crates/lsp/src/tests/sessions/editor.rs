//! The client of a session: what it shows, what is on its disk, and what it does next.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use task_api_core::Kind;

use super::answers::Texts;
use super::checking::in_words;
use super::material::{ELSEWHERE, FILES, FOLDERS, SETTINGS, TASK, initial};
use super::random::Random;
use super::text::Columns;
use crate::Message;
use crate::tests::Client;
use crate::uris;

/// What the client shows.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) version: i32,
    pub(super) kind: Option<Kind>,
}

pub(super) struct Editor {
    pub(super) client: Client,
    pub(super) random: Random,
    pub(super) open: BTreeMap<String, Shown>,
    pub(super) edits: usize,
    pub(super) requests: usize,
    /// Semantic tokens, as the client has them, with their result id.
    pub(super) tokens: BTreeMap<String, (String, Vec<u64>)>,
    pub(super) seed: u64,
    /// It asks for diagnostics.
    pub(super) pulls: bool,
    /// The diagnostics that it shows, in a few words, with their result id or version.
    pub(super) found: BTreeMap<String, (Value, Vec<String>)>,
    pub(super) folders: Vec<&'static str>,
    pub(super) settings: &'static str,
    /// Those of folders, by which the client answers for them.
    pub(super) folder_settings: BTreeMap<&'static str, &'static str>,
    pub(super) columns: Columns,
    pub(super) untitled: usize,
    /// Where somebody types.
    pub(super) cursor: usize,
    pub(super) steps: usize,
    pub(super) doing: String,
}

impl Editor {
    pub(super) fn new(seed: u64) -> Editor {
        let pulls = seed.is_multiple_of(2);
        let columns = [Columns::Utf16, Columns::Utf8, Columns::Utf32][seed as usize / 2 % 3];
        let mut capabilities = json!({
            "general": {"positionEncodings": [columns.name(), "utf-16"]},
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
        // What can be told later is.
        if seed % 4 < 2 {
            let action = &mut capabilities["textDocument"]["codeAction"];
            action["dataSupport"] = true.into();
            action["resolveSupport"] = json!({"properties": ["edit"]});
            capabilities["workspace"]["symbol"] = json!({"resolveSupport": {"properties": ["location.range"]}});
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
            folder_settings: BTreeMap::new(),
            columns,
            untitled: 0,
            cursor: 0,
            steps: 0,
            doing: String::new(),
        };
        // Answers are short here; nearly none would come in parts.
        editor.client.ask("test/parts", json!(3)).unwrap();
        editor.read_messages();
        editor.open(FILES[1], TASK);
        editor
    }

    pub(super) fn texts<'a>(&self, of: &'a dyn Fn(&str) -> Option<String>) -> Texts<'a> {
        Texts { of, columns: self.columns }
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
        if self.random.one_in(4) {
            return self.rename_on_disk(uri);
        }
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
        if !is_there && self.random.one_in(2) {
            return self.client.notify("workspace/didCreateFiles", json!({"files": [{"uri": uri}]}));
        }
        self.watched(uri, if is_there { 2 } else { 1 });
    }

    /// A file takes the name of another that is not there, or a folder goes away and comes back.
    fn rename_on_disk(&mut self, uri: &str) {
        let there: Vec<String> = self.client.files.texts.lock().unwrap().keys().cloned().collect();
        let is_below = |folder: &str| there.iter().any(|key| key.starts_with(&format!("{folder}/")));
        let (old, new) = match (is_below(FOLDERS[1]), is_below(ELSEWHERE)) {
            (true, false) if self.random.one_in(2) => (FOLDERS[1], ELSEWHERE),
            (false, true) => (ELSEWHERE, FOLDERS[1]),
            _ => (*self.random.of(&FILES), uri),
        };
        let (from, to) = (uris::key(old), uris::key(new));
        if !there.iter().any(|key| key.starts_with(&from)) || there.contains(&to) {
            return;
        }
        let files = json!({"files": [{"oldUri": old, "newUri": new}]});
        self.doing = format!("renaming {files}");
        let edit = self.client.ask("workspace/willRenameFiles", files.clone()).unwrap();
        let fits = super::answers::check(self.texts(&|uri| self.text(uri)), old, &edit);
        self.require(fits.is_ok(), &format!("{fits:?} of {edit}"));
        for key in there {
            let rest = key.strip_prefix(&from).filter(|rest| rest.is_empty() || rest.starts_with('/'));
            let Some(rest) = rest else { continue };
            let text = self.client.files.texts.lock().unwrap().remove(&key).unwrap_or_default();
            self.client.write(&format!("{to}{rest}"), &text);
        }
        self.client.notify("workspace/didRenameFiles", files);
    }

    pub(super) fn watched(&mut self, uri: &str, kind: u8) {
        self.client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": kind}]}));
    }

    fn change_settings(&mut self) {
        let chosen: &&str = self.random.of(&SETTINGS);
        match self.random.below(3) {
            // Only a client that is asked can tell them apart.
            0 if self.pulls => drop(self.folder_settings.insert(*self.random.of(&FOLDERS), chosen)),
            _ => self.settings = chosen,
        }
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
        self.client.session.cancel(&Message::read(&message.to_string()));
        let methods = ["textDocument/documentSymbol", "textDocument/semanticTokens/full", "textDocument/diagnostic"];
        let answer = self.client.ask(methods[self.random.below(methods.len())], json!({"textDocument": {"uri": uri}}));
        self.require(answer.is_err_and(|error| error["code"] == -32800), "a request that is cancelled");
        self.client.send(message);
    }

    /// Adds what has come in parts to an answer, of which then nothing may have been left.
    pub(super) fn add_parts(&mut self, token: &str, answer: &mut Value, pointer: &str) {
        let messages = std::mem::take(&mut self.client.messages);
        let is_part = |message: &Value| message["method"] == "$/progress" && message["params"]["token"] == token;
        let (parts, rest): (Vec<Value>, Vec<Value>) = messages.into_iter().partition(is_part);
        self.client.messages = rest;
        let parts: Vec<Value> = parts
            .iter()
            .flat_map(|part| part.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default())
            .collect();
        if parts.is_empty() {
            return;
        }
        self.require(*answer == json!([]), &format!("{answer} beside parts"));
        *answer = parts.into();
    }

    /// Answers questions of the server, and takes its diagnostics.
    pub(super) fn read_messages(&mut self) {
        while !self.client.messages.is_empty() {
            for message in std::mem::take(&mut self.client.messages) {
                let params = &message["params"];
                match message["method"].as_str().unwrap_or_default() {
                    "workspace/configuration" => {
                        let items = params["items"].as_array().into_iter().flatten();
                        let of_item = |item: &Value| -> Value {
                            let folder = item["scopeUri"].as_str();
                            let written =
                                folder.and_then(|uri| self.folder_settings.get(uri)).unwrap_or(&self.settings);
                            serde_json::from_str(written).unwrap()
                        };
                        let result: Vec<Value> = items.map(of_item).collect();
                        self.client.send(json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
                    }
                    "textDocument/publishDiagnostics" => {
                        let uri = params["uri"].as_str().unwrap_or_default();
                        let version = params["version"].clone();
                        let fits =
                            super::answers::check(self.texts(&|uri| self.text(uri)), uri, &params["diagnostics"]);
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
}
