use serde_json::{Value, json};

use super::*;

const CONTAINER: &str = r#"{"name": "c", "description": "d", "templates": [{"identifier": "segment", "description": "d",
    "inputs": [], "outputs": [{"name": "masks", "mounted_path": "/m", "description": "d"}], "env": []}]}"#;
const TASK: &str = r#"{"name": "n", "image": "i:1", "taskTemplate": "segment", "inputs": [], "outputs": []}"#;

/// A server that has been told of a folder in some file system of a page.
fn started(with_files: bool) -> Server {
    let mut server = Server::new();
    server.set_files(with_files);
    let folder = json!({"uri": "vscode-vfs://github/a", "name": "a"});
    let params = json!({"processId": null, "rootUri": null, "capabilities": {}, "workspaceFolders": [folder]});
    send(&mut server, json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}));
    send(&mut server, json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}));
    server.take_messages();
    server
}

fn send(server: &mut Server, message: Value) {
    server.receive(&message.to_string());
}

fn open(server: &mut Server, uri: &str, text: &str) {
    let document = json!({"uri": uri, "languageId": "json", "version": 1, "text": text});
    let params = json!({"textDocument": document});
    send(server, json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params}));
}

/// The rules that were last reported, by document.
fn reported(server: &mut Server) -> Vec<(String, Vec<String>)> {
    while server.settle() {}
    let messages = server.take_messages();
    let messages = messages.iter().map(|text| serde_json::from_str::<Value>(text).unwrap());
    let published = messages.filter(|message| message["method"] == "textDocument/publishDiagnostics");
    let codes = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
    };
    published
        .map(|message| {
            let params = &message["params"];
            (params["uri"].as_str().unwrap().to_owned(), codes(&params["diagnostics"]))
        })
        .collect()
}

#[test]
fn a_task_is_checked_against_the_container_that_was_handed_over() {
    let mut server = started(true);
    let wanted: Value = serde_json::from_str(&server.take_search().unwrap()).unwrap();
    assert_eq!(wanted["folders"], json!(["vscode-vfs://github/a/"]));
    assert!(wanted["patterns"].as_array().unwrap().contains(&json!("**/processing-container.json")), "{wanted}");
    assert!(server.take_search().is_none());
    let uri = "vscode-vfs://github/a/processing-container.json";
    let others = json!([{"uri": uri, "text": CONTAINER}, {"uri": "vscode-vfs://github/a/package.json", "text": "{"}]);
    server.found(wanted["number"].as_u64().unwrap() as u32, &others.to_string());
    open(&mut server, "vscode-vfs://github/a/task.json", TASK);
    let found = reported(&mut server);
    let task = found.iter().rfind(|(uri, _)| uri.ends_with("task.json")).unwrap();
    assert_eq!(task.1, ["unbound-channel"]);
    assert!(found.iter().all(|(uri, _)| !uri.ends_with("package.json")), "{found:?}");
    // The container is changed by another program.
    server.provide(uri, Some(CONTAINER.replace("masks", "labels")));
    let changes = json!({"changes": [{"uri": uri, "type": 2}]});
    send(&mut server, json!({"jsonrpc": "2.0", "method": "workspace/didChangeWatchedFiles", "params": changes}));
    server.provide("vscode-vfs://github/a/processing-container.json", None);
    let changes = json!({"changes": [{"uri": uri, "type": 3}]});
    send(&mut server, json!({"jsonrpc": "2.0", "method": "workspace/didChangeWatchedFiles", "params": changes}));
    let found = reported(&mut server);
    let task = found.iter().rfind(|(uri, _)| uri.ends_with("task.json")).unwrap();
    assert_eq!(task.1, [] as [&str; 0], "without a container nobody knows");
}

#[test]
fn without_files_there_are_the_open_documents() {
    let mut server = started(false);
    assert!(server.take_search().is_none());
    open(&mut server, "inmemory://model/processing-container.json", CONTAINER);
    open(&mut server, "inmemory://model/task.json", TASK);
    let found = reported(&mut server);
    let task = found.iter().rfind(|(uri, _)| uri.ends_with("task.json")).unwrap();
    assert_eq!(task.1, ["unbound-channel"]);
}
