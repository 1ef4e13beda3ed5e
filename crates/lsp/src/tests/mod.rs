//! Messages into the server, in process.

mod diagnostics;
mod features;
mod order;
mod protocol;
mod recorded;
mod sessions;
mod settings_of_editors;
mod workspace;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::{Disk, Found, Message, Options, Session};

/// A client of a server, with files that both see.
struct Client {
    session: Session,
    files: Files,
    asked: i64,
    /// What has come and was not looked at.
    messages: Vec<Value>,
}

/// The number and the folders of a search.
type Search = (u64, Vec<String>);

#[derive(Clone, Default)]
struct Files {
    texts: Arc<Mutex<BTreeMap<String, String>>>,
    search: Arc<Mutex<Option<Search>>>,
}

impl Disk for Files {
    fn read(&self, key: &str) -> Option<String> {
        self.texts.lock().unwrap().get(key).cloned()
    }

    fn search(&self, number: u64, folders: Vec<String>) -> bool {
        *self.search.lock().unwrap() = Some((number, folders));
        true
    }

    fn would_find(&self, folder: &str, key: &str) -> bool {
        key.starts_with(folder) && !key.contains("/ignored/")
    }

    fn stop_search(&self) {
        self.search.lock().unwrap().take();
    }
}

impl Client {
    /// A client that has opened no folder.
    fn new(capabilities: Value) -> Client {
        Client::with(capabilities, &[], &[])
    }

    /// A client of these folders, with files on the disk, after the first search.
    fn with(capabilities: Value, folders: &[&str], files: &[(&str, &str)]) -> Client {
        let mut client = Client::fresh(files);
        let folders: Vec<Value> = folders.iter().map(|uri| json!({"uri": uri, "name": uri})).collect();
        let params = json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders});
        client.ask("initialize", params).unwrap();
        client.notify("initialized", json!({}));
        client.search();
        client
    }

    /// A client that has said nothing.
    fn fresh(files: &[(&str, &str)]) -> Client {
        let on_disk = Files::default();
        let session = Session::new(Options { disk: Box::new(on_disk.clone()), variables: None });
        let mut client = Client { session, files: on_disk, asked: 0, messages: Vec::new() };
        for (key, text) in files {
            client.write(key, text);
        }
        client
    }

    fn write(&mut self, key: &str, text: &str) {
        self.files.texts.lock().unwrap().insert(key.to_owned(), text.to_owned());
    }

    fn remove(&mut self, key: &str) {
        self.files.texts.lock().unwrap().remove(key);
    }

    /// Does the search that was asked for.
    fn search(&mut self) {
        let Some((number, folders)) = self.files.search.lock().unwrap().take() else { return };
        let texts = self.files.texts.lock().unwrap().clone();
        let is_below = |key: &String| folders.iter().any(|folder| self.files.would_find(folder, key));
        let files = texts.into_iter().filter(|(key, _)| is_below(key)).collect();
        self.session.found(Found { number, files, is_end: true, is_cut: false });
        self.receive();
    }

    fn receive(&mut self) {
        for message in self.session.take_messages() {
            self.messages.push(serde_json::from_str(&message).unwrap());
        }
    }

    fn send(&mut self, message: Value) {
        self.session.receive(Message::read(&message.to_string()));
        self.receive();
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// The result, or the error.
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.asked += 1;
        let id = self.asked;
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        self.answer_to(id)
    }

    #[track_caller]
    fn answer_to(&mut self, id: i64) -> Result<Value, Value> {
        let is_answer = |message: &Value| message.get("method").is_none() && message["id"] == id;
        let at = self.messages.iter().position(is_answer).expect("an answer");
        let mut answer = self.messages.remove(at);
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Answers the last question of the server that has this method.
    #[track_caller]
    fn reply(&mut self, method: &str, result: Value) {
        let question = self.take(method).pop().expect("a question");
        self.send(json!({"jsonrpc": "2.0", "id": question["id"], "result": result}));
    }

    /// Messages of the server with this method.
    fn take(&mut self, method: &str) -> Vec<Value> {
        let messages = std::mem::take(&mut self.messages);
        let (taken, rest) = messages.into_iter().partition(|message| message["method"] == method);
        self.messages = rest;
        taken
    }

    fn open(&mut self, uri: &str, text: &str) {
        let item = json!({"uri": uri, "languageId": "json", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item}));
    }

    /// Replaces lines and columns by a text.
    fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    fn replace_all(&mut self, uri: &str, version: i32, text: &str) {
        self.change(uri, version, json!([{"text": text}]));
    }

    /// The text that the server has.
    fn text(&mut self, uri: &str) -> Value {
        self.ask("test/text", json!({"uri": uri})).unwrap()
    }

    /// The diagnostics that are pushed now, by document: `severity code line:column`.
    fn pushed(&mut self) -> BTreeMap<String, Vec<String>> {
        while self.session.settle() {}
        self.receive();
        let pushed = self.take("textDocument/publishDiagnostics");
        let by_uri = pushed.iter().map(|message| {
            let diagnostics = message["params"]["diagnostics"].as_array().unwrap();
            (message["params"]["uri"].as_str().unwrap().to_owned(), diagnostics.iter().map(short).collect())
        });
        by_uri.collect()
    }

    /// What was logged or shown.
    fn words(&mut self) -> Vec<String> {
        let mut messages = self.take("window/logMessage");
        messages.extend(self.take("window/showMessage"));
        messages.iter().map(|message| message["params"]["message"].as_str().unwrap().to_owned()).collect()
    }
}

/// A diagnostic in a few words.
fn short(diagnostic: &Value) -> String {
    let start = &diagnostic["range"]["start"];
    let severity = ["", "error", "warning", "info", "hint"][diagnostic["severity"].as_u64().unwrap() as usize];
    let code = diagnostic["code"].as_str().unwrap_or("-");
    format!("{severity} {code} {}:{}", start["line"], start["character"])
}

fn range(from: (u32, u32), to: (u32, u32)) -> Value {
    json!({"start": {"line": from.0, "character": from.1}, "end": {"line": to.0, "character": to.1}})
}

const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [{
    "identifier": "segment",
    "description": "Writes masks.",
    "inputs": [{"name": "images", "description": "Scans.", "mounted_path": "/in"}],
    "outputs": [{"name": "masks", "description": "Masks.", "mounted_path": "/out"}],
    "env": [],
    "command": ["segment"]
  }]
}"#;

const TASK: &str = r#"{
  "name": "a",
  "image": "lungs:1.0",
  "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "/data/images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "/data/masks"}}]
}"#;
