//! Sessions that real editors had with the server (`cargo xtask record-lsp`). What the editor said is said again; the
//! answers, the diagnostics at the end, and what else the editor was told and asked must be the same.
//!
//! Whether a search of the folders ends a little earlier or later is not: how often diagnostics and views are told of,
//! and how far a search is, may differ. With `UPDATE_EXPECT=1` the server's part of a recording is written anew.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use ls_types::TextDocumentContentChangeEvent;
use task_api_ide::{Document, Role};

use super::*;
use crate::from_lsp::{self, Encoding};

#[test]
fn a_session_of_neovim_is_the_same_again() {
    replay("neovim.jsonl", &["textDocument/hover", "textDocument/completion", "textDocument/rename"]);
}

#[test]
fn a_session_of_emacs_is_the_same_again() {
    replay("emacs.jsonl", &["textDocument/hover", "textDocument/completion", "textDocument/rename"]);
}

#[test]
fn a_session_of_kate_is_the_same_again() {
    replay("kate.jsonl", &["textDocument/documentSymbol", "textDocument/semanticTokens/range"]);
}

#[test]
fn a_session_of_vscode_is_the_same_again() {
    replay(
        "vscode.jsonl",
        &[
            "textDocument/codeAction",
            "textDocument/codeLens",
            "textDocument/completion",
            "textDocument/definition",
            "textDocument/diagnostic",
            "textDocument/documentSymbol",
            "textDocument/formatting",
            "textDocument/hover",
            "textDocument/inlayHint",
            "textDocument/rename",
            "textDocument/semanticTokens/full",
            "workspace/diagnostic",
            "workspace/symbol",
            "workspace/willRenameFiles",
        ],
    );
}

/// `methods` are requests that the recording must have, so that it stays worth something.
#[track_caller]
fn replay(name: &str, methods: &[&str]) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/lsp-sessions")).join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for method in methods {
        let is_it = |line: &&Value| line["client"]["method"] == *method && !line["client"]["id"].is_null();
        assert!(lines.iter().any(|line| is_it(&line)), "{name} has no {method}");
    }
    let mut recorded = Session::default();
    lines.iter().for_each(|line| recorded.add(line));
    let again = said_again(&lines);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let lines: String = again.iter().map(|line| format!("{line}\n")).collect();
        return std::fs::write(path, lines).unwrap();
    }
    let mut now = Session::default();
    again.iter().for_each(|line| now.add(line));
    for (id, (method, answer)) in &recorded.answers {
        let Some((_, now)) = now.answers.get(id) else { panic!("{method} ({id}) is not answered any more") };
        // Whether a request that is cancelled was answered by then is as it may be.
        if !recorded.cancelled.contains(id) {
            assert_same(answer, now, &format!("the answer to {method} ({id})"));
        }
    }
    assert_same(&json!(recorded.diagnostics), &json!(now.diagnostics), "the diagnostics at the end");
    assert_same(&json!(recorded.told), &json!(now.told), "what the client is told and asked");
}

/// What a session comes to.
#[derive(Default)]
struct Session {
    methods: BTreeMap<String, String>,
    /// The answer to each request of the client, by its number.
    answers: BTreeMap<String, (String, Value)>,
    cancelled: Vec<String>,
    diagnostics: BTreeMap<String, Value>,
    told: Vec<Value>,
}

impl Session {
    fn add(&mut self, line: &Value) {
        if let Some(message) = line.get("client") {
            if message["method"] == "$/cancelRequest" {
                self.cancelled.push(message["params"]["id"].to_string());
            } else if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
                self.methods.insert(id.to_string(), method.to_owned());
            }
            return;
        }
        let Some(message) = line.get("server") else { return };
        let params = &message["params"];
        match message["method"].as_str() {
            None => {
                let (id, answer) = (message["id"].to_string(), message.get("error").unwrap_or(&message["result"]));
                let method = self.methods.get(&id).cloned().unwrap_or_default();
                self.answers.insert(id, (method, answer.clone()));
            }
            Some("textDocument/publishDiagnostics") => {
                let uri = params["uri"].as_str().unwrap().to_owned();
                self.diagnostics.insert(uri, params["diagnostics"].clone());
            }
            Some(method) if is_of_the_moment(method) => {}
            Some(method) => self.told.push(json!({"method": method, "params": params})),
        }
    }
}

fn is_of_the_moment(method: &str) -> bool {
    method == "$/progress" || method == "window/workDoneProgress/create" || method.ends_with("/refresh")
}

/// The lines of the client, between them what the server says now.
fn said_again(lines: &[Value]) -> Vec<Value> {
    let files = lines[0]["files"].as_object().unwrap();
    let files: Vec<(&str, &str)> = files.iter().map(|(uri, text)| (uri.as_str(), text.as_str().unwrap())).collect();
    let mut client = Client::fresh(&files);
    let mut texts = Texts::default();
    let mut again = vec![lines[0].clone()];
    // What was asked then, by its number, and what is asked now.
    let mut asked_then = BTreeMap::new();
    let mut asked_now: BTreeMap<String, VecDeque<Value>> = BTreeMap::new();
    for line in &lines[1..] {
        if let Some(files) = line["files"].as_object() {
            for (uri, text) in files {
                match text.as_str() {
                    Some(text) => client.write(uri, text),
                    None => client.remove(uri),
                }
            }
            again.push(line.clone());
            continue;
        }
        let Some(message) = line.get("client") else {
            let message = &line["server"];
            if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
                asked_then.insert(id.to_string(), method.to_owned());
            }
            continue;
        };
        let mut message = message.clone();
        if message.get("method").is_none() {
            let method = asked_then.get(&message["id"].to_string()).expect("a question of the server");
            let Some(id) = asked_now.get_mut(method).and_then(VecDeque::pop_front) else {
                assert!(is_of_the_moment(method), "the server does not ask for {method} any more");
                continue;
            };
            message["id"] = id;
        }
        texts.follow(&message, &mut client);
        again.push(json!({"client": message}));
        client.send(message);
        client.search();
        while client.session.settle() {}
        client.receive();
        for message in std::mem::take(&mut client.messages) {
            if message["result"]["capabilities"]["positionEncoding"] == "utf-8" {
                texts.encoding = Encoding::Utf8;
            }
            if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
                asked_now.entry(method.to_owned()).or_default().push_back(id.clone());
            }
            again.push(json!({"server": message}));
        }
    }
    again
}

/// What the editor shows: it is on the disk once it is saved.
#[derive(Default)]
struct Texts {
    shown: BTreeMap<String, Document>,
    encoding: Encoding,
}

impl Texts {
    fn follow(&mut self, message: &Value, client: &mut Client) {
        let document = &message["params"]["textDocument"];
        let key = document["uri"].as_str().map(crate::uris::key).unwrap_or_default();
        match message["method"].as_str().unwrap_or_default() {
            "textDocument/didOpen" => {
                let text = document["text"].as_str().unwrap().to_owned();
                self.shown.insert(key.clone(), Document::new(key, Role::Other, text));
            }
            "textDocument/didChange" => {
                let shown = self.shown.get_mut(&key).unwrap();
                let changes: Vec<TextDocumentContentChangeEvent> =
                    serde_json::from_value(message["params"]["contentChanges"].clone()).unwrap();
                for change in changes {
                    let span = change.range.map(|range| from_lsp::span(shown, range, self.encoding));
                    let is_done = span.is_some_and(|span| shown.replace(span, &change.text));
                    if !is_done {
                        shown.set_text(change.text);
                    }
                }
            }
            "textDocument/didSave" => client.write(&key, self.shown[&key].text()),
            _ => {}
        }
    }
}

#[track_caller]
fn assert_same(then: &Value, now: &Value, what: &str) {
    if then != now {
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        let (then, now) = (pretty(then), pretty(now));
        let line = then.lines().zip(now.lines()).take_while(|(then, now)| then == now).count();
        let around = |text: &str| text.lines().skip(line.saturating_sub(8)).take(20).collect::<Vec<_>>().join("\n");
        panic!("{what} was, from line {line}\n{}\nand is\n{}", around(&then), around(&now));
    }
}
