//! The program over its standard streams.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{CONTAINER, TASK, TASK_API};

/// Far more than anything takes, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    process: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
}

impl Server {
    fn start(arguments: &[&str]) -> Server {
        let mut command = Command::new(TASK_API);
        command.arg("lsp").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || while read(&mut output).is_some_and(|message| sender.send(message).is_ok()) {});
        Server { input: process.stdin.take(), process, messages }
    }

    /// The same after the beginning, in a folder.
    fn initialized(folder: &Path, process: Option<u32>) -> Server {
        let mut server = Server::start(&[]);
        let uri = format!("file://{}", folder.display());
        let folders = json!([{"uri": uri, "name": "folder"}]);
        server.ask(0, "initialize", json!({"processId": process, "capabilities": {}, "workspaceFolders": folders}));
        assert_eq!(server.answer(0)["result"]["serverInfo"]["name"], "task-api");
        server.notify("initialized", json!({}));
        server
    }

    fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.write(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn ask(&mut self, id: i64, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    }

    /// The first message to come that is wanted.
    #[track_caller]
    fn wait_for(&self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("a message that is waited for");
            if is_wanted(&message) {
                return message;
            }
        }
    }

    #[track_caller]
    fn answer(&self, id: i64) -> Value {
        self.wait_for(|message| message.get("method").is_none() && message["id"] == id)
    }

    /// The exit code, once all output is read.
    fn end(mut self) -> ExitStatus {
        loop {
            match self.messages.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    self.process.kill().unwrap();
                    panic!("the server does not end");
                }
            }
        }
        self.process.wait().unwrap()
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim().strip_prefix("Content-Length: ") {
            Some(value) => length = value.parse().unwrap(),
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("what the server writes is JSON"))
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

fn open(uri: &str, text: &str) -> Value {
    json!({"textDocument": {"uri": uri, "languageId": "json", "version": 1, "text": text}})
}

#[test]
fn a_thousand_changes_at_once_leave_the_clients_text() {
    let directory = folder(&[]);
    let mut server = Server::initialized(directory.path(), None);
    let uri = "file:///nowhere/task.json";
    server.notify("textDocument/didOpen", open(uri, "{}"));
    // Each change puts a letter behind the last, so that one that comes too early or too late shows.
    let mut expected = String::new();
    for version in 2..1002 {
        let letter = char::from(b'a' + (version % 26) as u8);
        let at = json!({"line": 0, "character": 1 + expected.len()});
        expected.push(letter);
        let changes = json!([{"range": {"start": at, "end": at}, "text": letter}]);
        let document = json!({"uri": uri, "version": version});
        server.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
        if version % 50 == 0 {
            server.ask(
                i64::from(version),
                "textDocument/hover",
                json!({
                    "textDocument": {"uri": uri}, "position": {"line": 0, "character": 2}
                }),
            );
        }
    }
    // The name that is read is the client's text.
    server.ask(1, "textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
    let last = server.wait_for(|message| message["params"]["version"] == 1001);
    let messages = last["params"]["diagnostics"].to_string();
    assert!(messages.contains(&expected), "{messages}");
    server.input.take();
    assert_eq!(server.end().code(), Some(1), "a client that is gone without a word");
}

#[test]
fn files_of_a_folder_are_found_as_validate_finds_them() {
    let directory = folder(&[
        ("processing-container.json", CONTAINER),
        ("a/task.json", &TASK.replace("\"images\"", "\"scans\"")),
        ("b/task.json", TASK),
        ("ignored/task.json", "{"),
        ("excluded/deep/task.json", "{"),
        (".gitignore", "ignored\n"),
        ("task-api.toml", "[validate]\nexclude = [\"excluded\"]\n"),
    ]);
    let server = Server::initialized(directory.path(), None);
    let pushed = server.wait_for(|message| message["method"] == "textDocument/publishDiagnostics");
    let uri = pushed["params"]["uri"].as_str().unwrap();
    assert!(uri.ends_with("/a/task.json"), "{uri}");
    let mut server = server;
    server.ask(1, "workspace/executeCommand", json!({"command": "task-api.validateWorkspace"}));
    let result = server.answer(1);
    assert_eq!(result["result"], json!({"files": 3, "errors": 2, "warnings": 0, "infos": 0}));
}

#[test]
fn what_is_broken_ends_nothing() {
    let mut server = Server::start(&["--stdio"]);
    server.write(b"Content-Length: x\r\n\r\n{\"broken\nContent-Length: 3\r\n\r\n{,}");
    let is_parse_error = |message: &Value| message["error"]["code"] == -32700;
    server.wait_for(is_parse_error);
    server.ask(1, "initialize", json!({"capabilities": {}}));
    assert!(server.answer(1)["result"].is_object());
    server.ask(2, "shutdown", Value::Null);
    assert_eq!(server.answer(2)["result"], Value::Null);
    server.notify("exit", Value::Null);
    assert_eq!(server.end().code(), Some(0));
}

#[test]
fn a_request_that_is_cancelled_at_once_is_not_done() {
    let directory = folder(&[]);
    let mut server = Server::initialized(directory.path(), None);
    let mut bytes = Vec::new();
    // Enough to read that the cancellation is there before the request is reached.
    let text = "[1],".repeat(300_000);
    for message in [
        json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": open("file:///x/task.json", &text)}),
        json!({"jsonrpc": "2.0", "id": 7, "method": "workspace/symbol", "params": {"query": ""}}),
        json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 7}}),
    ] {
        let text = message.to_string();
        bytes.extend(format!("Content-Length: {}\r\n\r\n{text}", text.len()).bytes());
    }
    server.write(&bytes);
    let answer = server.answer(7);
    assert!(answer["error"]["code"] == -32800 || answer["result"].is_array(), "one of the two, and only one: {answer}");
    server.ask(8, "shutdown", Value::Null);
    server.wait_for(|message| {
        assert_ne!(message["id"], 7);
        message["id"] == 8
    });
}

#[test]
fn the_server_does_not_outlive_its_client() {
    let directory = folder(&[]);
    // Whoever says it is the client may be another process than the one that holds the streams.
    let mut client = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let server = Server::initialized(directory.path(), Some(client.id()));
    client.kill().unwrap();
    client.wait().unwrap();
    assert_eq!(server.end().code(), Some(1), "though its input is still open");
}

#[test]
fn help_says_what_it_is_for() {
    let output = Command::new(TASK_API).args(["lsp", "--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("language server") && text.contains("--stdio"), "{text}");
}
