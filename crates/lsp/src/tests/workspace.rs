//! Folders, files on the disk, settings.

use super::*;

const TASK_URI: &str = "file:///p/task.json";
const CONTAINER_URI: &str = "file:///p/processing-container.json";

fn watched(client: &mut Client, uri: &str, kind: u8) {
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": kind}]}));
}

#[test]
fn what_stands_above_an_open_document_is_loaded() {
    let files = [(CONTAINER_URI, CONTAINER), ("file:///task-api.toml", "[rules]\nunbound-channel = \"warning\"\n")];
    let mut client = Client::with(json!({}), &[], &files);
    client.open("file:///p/a/b/task.json", &TASK.replace("\"images\"", "\"scans\""));
    assert_eq!(
        client.pushed()["file:///p/a/b/task.json"],
        ["error unknown-channel 4:22", "warning unbound-channel 4:70"]
    );
}

#[test]
fn the_container_that_a_project_names_is_loaded() {
    let files = [
        ("file:///p/task-api.toml", "[validate]\ncontainer = \"c d/other.json\"\n"),
        ("file:///p/c d/other.json", &CONTAINER.replace("masks", "labels")),
    ];
    let mut client = Client::with(json!({}), &[], &files);
    client.open(TASK_URI, TASK);
    let pushed = &client.pushed()[TASK_URI];
    assert_eq!(pushed, &["error unknown-channel 5:23", "error unbound-channel 5:70"]);
}

#[test]
fn files_of_the_folders_are_checked_though_closed() {
    let files = [(TASK_URI, "{"), ("file:///p/ignored/task.json", "{"), ("file:///q/task.json", "{")];
    let mut client = Client::with(json!({}), &["file:///p"], &files);
    assert_eq!(client.pushed().keys().collect::<Vec<_>>(), [TASK_URI]);
    let event = json!({"event": {"added": [{"uri": "file:///q/", "name": "q"}], "removed": []}});
    client.notify("workspace/didChangeWorkspaceFolders", event);
    client.search();
    assert_eq!(client.pushed().keys().collect::<Vec<_>>(), ["file:///q/task.json"]);
    let event = json!({"event": {"added": [], "removed": [{"uri": "file:///p/", "name": "p"}]}});
    client.notify("workspace/didChangeWorkspaceFolders", event);
    client.search();
    assert_eq!(client.pushed()[TASK_URI], [""; 0], "nothing is wrong with what is not looked at");
}

#[test]
fn files_come_and_change_and_go() {
    let mut client = Client::with(json!({}), &["file:///p"], &[(TASK_URI, TASK)]);
    assert!(client.pushed().is_empty());
    client.write(CONTAINER_URI, &CONTAINER.replace("\"images\"", "\"scans\""));
    watched(&mut client, CONTAINER_URI, 1);
    assert_eq!(client.pushed()[TASK_URI].len(), 2);
    client.write(CONTAINER_URI, CONTAINER);
    watched(&mut client, CONTAINER_URI, 2);
    assert_eq!(client.pushed()[TASK_URI].len(), 0);
    client.write("file:///p/ignored/task.json", "{");
    watched(&mut client, "file:///p/ignored/task.json", 1);
    assert!(client.pushed().is_empty());
    client.write(TASK_URI, "{");
    watched(&mut client, TASK_URI, 2);
    assert_eq!(client.pushed().len(), 1);
    client.remove(TASK_URI);
    watched(&mut client, TASK_URI, 3);
    assert_eq!(client.pushed()[TASK_URI].len(), 0);
}

#[test]
fn a_folder_is_renamed_and_deleted() {
    let mut client = Client::with(json!({}), &["file:///p"], &[("file:///p/a/task.json", "{")]);
    assert_eq!(client.pushed().len(), 1);
    client.remove("file:///p/a/task.json");
    client.write("file:///p/b/task.json", "{");
    let renamed = json!({"files": [{"oldUri": "file:///p/a", "newUri": "file:///p/b"}]});
    client.notify("workspace/didRenameFiles", renamed);
    client.search();
    let pushed = client.pushed();
    assert_eq!((pushed["file:///p/a/task.json"].len(), pushed["file:///p/b/task.json"].len()), (0, 1));
    client.write("file:///p/d/e/task.json", "{");
    let renamed = json!({"files": [{"oldUri": "file:///elsewhere/d", "newUri": "file:///p/d"}]});
    client.notify("workspace/didRenameFiles", renamed);
    client.search();
    assert_eq!(client.pushed()["file:///p/d/e/task.json"].len(), 1, "it is looked into what comes from outside");
    let renamed = json!({"files": [{"oldUri": "file:///elsewhere/p", "newUri": "file:///p"}]});
    client.write("file:///p/f/task.json", "{");
    client.notify("workspace/didRenameFiles", renamed);
    client.search();
    assert_eq!(client.pushed()["file:///p/f/task.json"].len(), 1, "the folder of the workspace itself");
    client.remove("file:///p/b/task.json");
    client.notify("workspace/didDeleteFiles", json!({"files": [{"uri": "file:///p/b"}]}));
    assert_eq!(client.pushed()["file:///p/b/task.json"].len(), 0);
    client.write("file:///p/c-task.json", "{");
    client.notify("workspace/didCreateFiles", json!({"files": [{"uri": "file:///p/c-task.json"}]}));
    assert_eq!(client.pushed()["file:///p/c-task.json"].len(), 1);
}

#[test]
fn every_file_operation_names_its_schemes() {
    let mut client = Client::fresh(&[]);
    let folders = json!([{"uri": "vscode-vfs://github/a/b", "name": "b"}]);
    let params = json!({"processId": null, "capabilities": {}, "workspaceFolders": folders});
    let result = client.ask("initialize", params).unwrap();
    let operations = result["capabilities"]["workspace"]["fileOperations"].as_object().unwrap();
    assert_eq!(operations.keys().collect::<Vec<_>>(), ["didCreate", "didDelete", "didRename", "willRename"]);
    for (name, options) in operations {
        let filters = options["filters"].as_array().unwrap();
        let of = |scheme: &str| filters.iter().filter(|filter| filter["scheme"] == scheme).count();
        // A folder can be made only empty.
        let expected = if name == "didCreate" { 7 } else { 8 };
        assert_eq!((of("file"), of("vscode-vfs"), filters.len()), (expected, expected, 2 * expected), "{name}");
    }
}

#[test]
fn what_leads_to_a_file_is_changed_before_it_is_renamed() {
    let toml = ("file:///p/task-api.toml", "[validate]\ncontainer = \"processing-container.json\"\n");
    let mut client = Client::with(json!({}), &["file:///p"], &[(CONTAINER_URI, CONTAINER), toml]);
    let files = json!({"files": [{"oldUri": CONTAINER_URI, "newUri": "file:///p/a%20b/processing-container.json"}]});
    let edit = client.ask("workspace/willRenameFiles", files).unwrap();
    let new = json!({"range": range((1, 12), (1, 39)), "newText": "\"a b/processing-container.json\""});
    assert_eq!(edit, json!({"changes": {"file:///p/task-api.toml": [new]}}));
    let nothing = json!({"files": [{"oldUri": "file:///p/x", "newUri": "file:///p/y"}]});
    assert_eq!(client.ask("workspace/willRenameFiles", nothing).unwrap(), Value::Null);
}

#[test]
fn a_workflow_is_changed_before_its_container_or_it_itself_is_renamed() {
    let text = r#"{"containers": [{"image": "a:1", "path": "processing-container.json"}]}"#;
    let workflow = ("file:///p/workflow.json", text);
    let mut client = Client::with(json!({}), &["file:///p"], &[(CONTAINER_URI, CONTAINER), workflow]);
    let mut edit = |old: &str, new: &str| {
        let files = json!({"files": [{"oldUri": old, "newUri": new}]});
        client.ask("workspace/willRenameFiles", files).unwrap()
    };
    let with = |path: &str| {
        let new = json!({"range": range((0, 41), (0, 68)), "newText": path});
        json!({"changes": {"file:///p/workflow.json": [new]}})
    };
    let moved = edit(CONTAINER_URI, "file:///p/a%20b/processing-container.json");
    assert_eq!(moved, with("\"a b/processing-container.json\""));
    let moved = edit("file:///p/workflow.json", "file:///p/flows/workflow.json");
    assert_eq!(moved, with("\"../processing-container.json\""));
}

#[test]
fn what_is_open_is_the_clients_and_what_is_closed_the_disks() {
    let mut client = Client::with(json!({}), &["file:///p"], &[(TASK_URI, TASK)]);
    client.open(TASK_URI, "{");
    assert_eq!(client.pushed()[TASK_URI].len(), 1);
    client.write(TASK_URI, "[");
    watched(&mut client, TASK_URI, 2);
    assert_eq!(client.text(TASK_URI), "{");
    client.write(TASK_URI, TASK);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": TASK_URI}}));
    assert_eq!(client.text(TASK_URI), TASK);
    assert_eq!(client.pushed()[TASK_URI].len(), 0);
    client.open("file:///elsewhere/task.json", "{");
    assert_eq!(client.pushed().len(), 1);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "file:///elsewhere/task.json"}}));
    assert_eq!(client.pushed()["file:///elsewhere/task.json"].len(), 0);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "file:///elsewhere/task.json"}}));
    assert_eq!(client.words(), ["file:///elsewhere/task.json was closed, and was not open"]);
}

#[test]
fn files_and_settings_are_watched_where_the_client_can() {
    let dynamic = json!({"dynamicRegistration": true});
    let capabilities = json!({"workspace": {"didChangeWatchedFiles": dynamic, "didChangeConfiguration": dynamic}});
    let mut client = Client::with(capabilities, &[], &[]);
    let asked = client.take("client/registerCapability").remove(0);
    let registrations = asked["params"]["registrations"].as_array().unwrap();
    let methods: Vec<&str> = registrations.iter().map(|one| one["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"]);
    assert_eq!(registrations[0]["registerOptions"]["watchers"][0]["globPattern"], "**/processing-container.json");
    let error = json!({"code": -32601, "message": "no"});
    client.send(json!({"jsonrpc": "2.0", "id": asked["id"], "error": error}));
    assert_eq!(client.words(), ["the client was asked to be told of changes, and refused: no"]);
    assert!(Client::new(json!({})).take("client/registerCapability").is_empty());
}

#[test]
fn the_search_is_shown() {
    let mut client = Client::fresh(&[(TASK_URI, TASK)]);
    let folders = json!([{"uri": "file:///p", "name": "p"}]);
    let capabilities = json!({"window": {"workDoneProgress": true}});
    let params = json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders});
    client.ask("initialize", params).unwrap();
    client.notify("initialized", json!({}));
    client.reply("window/workDoneProgress/create", Value::Null);
    client.open("file:///p/b-task.json", "{");
    assert_eq!(client.pushed().len(), 1, "what is open does not wait");
    client.search();
    let progress: Vec<Value> = client.take("$/progress").iter().map(|one| one["params"]["value"].clone()).collect();
    assert_eq!((&progress[0]["kind"], &progress[0]["cancellable"]), (&json!("begin"), &json!(true)));
    assert_eq!(progress[1], json!({"kind": "end", "message": "1 file"}));
}

#[test]
fn a_search_that_is_not_wanted_any_more_is_stopped() {
    let mut client = Client::fresh(&[(TASK_URI, TASK)]);
    let folders = json!([{"uri": "file:///p", "name": "p"}]);
    let capabilities = json!({"window": {"workDoneProgress": true}});
    let params = json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders});
    client.ask("initialize", params).unwrap();
    client.notify("initialized", json!({}));
    let token = client.messages.iter().find(|it| it["method"] == "window/workDoneProgress/create").unwrap();
    let token = token["params"]["token"].clone();
    client.notify("window/workDoneProgress/cancel", json!({"token": "another"}));
    assert!(client.files.search.lock().unwrap().is_some());
    client.notify("window/workDoneProgress/cancel", json!({"token": token}));
    assert!(client.files.search.lock().unwrap().is_none());
}

#[test]
fn a_file_that_was_saved_is_read_if_nobody_shows_it() {
    let mut client = Client::with(json!({}), &["file:///p"], &[(TASK_URI, TASK)]);
    assert!(client.pushed().is_empty());
    client.write(TASK_URI, "{");
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": TASK_URI}}));
    assert_eq!(client.pushed()[TASK_URI].len(), 1);
}

#[test]
fn views_are_asked_for_again_when_a_document_beside_them_changes() {
    let refreshes = json!({"refreshSupport": true});
    let mut client = Client::new(json!({"workspace": {"inlayHint": refreshes, "codeLens": refreshes}}));
    client.open(CONTAINER_URI, CONTAINER);
    client.open(TASK_URI, TASK);
    client.pushed();
    let mut refreshed = |uri: &str, text: &str| {
        client.messages.clear();
        client.replace_all(uri, 2, text);
        client.pushed();
        [client.take("workspace/inlayHint/refresh").len(), client.take("workspace/codeLens/refresh").len()]
    };
    assert_eq!(refreshed(TASK_URI, "{}"), [0, 0], "of itself, a client knows");
    assert_eq!(refreshed(CONTAINER_URI, "{}"), [1, 1]);
}

#[test]
fn settings_hold_at_once() {
    let mut client = Client::with(json!({"workspace": {"configuration": true}}), &["file:///p"], &[(TASK_URI, "{}")]);
    assert_eq!(client.pushed()[TASK_URI].len(), 5);
    let levels = json!({"rules": {"missing-field": "warning"}});
    client.reply("workspace/configuration", json!([levels]));
    assert_eq!(client.pushed()[TASK_URI][0], "warning missing-field 0:0");
    client.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    client.reply("workspace/configuration", json!([{"diagnostics": {"scope": "open"}}]));
    assert_eq!(client.pushed()[TASK_URI], [""; 0]);
    client.open(TASK_URI, &TASK.replace("lungs:1.0", "lungs"));
    assert_eq!(client.pushed()[TASK_URI], ["info floating-image-tag 2:11"]);
    client.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    client.reply("workspace/configuration", json!([{"schemaOnly": true}]));
    assert_eq!(client.pushed()[TASK_URI], [""; 0]);
}

#[test]
fn each_folder_has_settings_of_its_own() {
    let files = [("file:///p/a%20b/task.json", "{}"), ("file:///q/task.json", "{}"), ("file:///r/task.json", "{}")];
    let keys = files.map(|(uri, text)| (uri.replace("%20", " "), text));
    let keys: Vec<(&str, &str)> = keys.iter().map(|(key, text)| (key.as_str(), *text)).collect();
    let can = json!({"workspace": {"configuration": true, "semanticTokens": {"refreshSupport": true}}});
    let mut client = Client::with(can, &["file:///p/a%20b", "file:///q", "file:///r"], &keys);
    let asked = client.messages.iter().find(|message| message["method"] == "workspace/configuration").unwrap();
    let scopes: Vec<_> =
        asked["params"]["items"].as_array().unwrap().iter().map(|one| one["scopeUri"].clone()).collect();
    assert_eq!(scopes, [Value::Null, json!("file:///p/a%20b"), json!("file:///q"), json!("file:///r")]);
    // Of the last folder, the client says nothing.
    let folders = [json!({"rules": {"missing-field": "off"}}), json!({"diagnostics": {"scope": "open"}})];
    client.reply("workspace/configuration", json!([{"rules": {"missing-field": "info"}}, folders[0], folders[1]]));
    let pushed = client.pushed();
    assert_eq!(pushed.keys().collect::<Vec<_>>(), ["file:///r/task.json"]);
    assert_eq!(pushed["file:///r/task.json"][0], "info missing-field 0:0");
    client.open("file:///q/task.json", r#"{"name": "{{ env.A }}"}"#);
    assert_eq!(client.pushed()["file:///q/task.json"][0], "error missing-field 0:0");
    assert!(client.take("workspace/semanticTokens/refresh").is_empty());
    client.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    client.reply("workspace/configuration", json!([null, null, {"semanticTokens": false}, null]));
    let refreshes = client.take("workspace/semanticTokens/refresh");
    assert_eq!((refreshes.len(), refreshes[0].get("params")), (1, None));
    let q = json!({"textDocument": {"uri": "file:///q/task.json"}});
    assert_eq!(client.ask("textDocument/semanticTokens/full", q).unwrap()["data"], json!([]));
    let event = json!({"event": {"added": [{"uri": "file:///s/", "name": "s"}], "removed": []}});
    client.notify("workspace/didChangeWorkspaceFolders", event);
    let asked = client.take("workspace/configuration").pop().unwrap();
    assert_eq!(asked["params"]["items"][4]["scopeUri"], "file:///s");
}

#[test]
fn settings_are_sent_where_they_cannot_be_asked_for() {
    let mut client = Client::new(json!({}));
    client.open(TASK_URI, "{}");
    client.pushed();
    for settings in
        [json!({"taskApi": {"rules": {"missing-field": "off"}}}), json!({"rules": {"missing-field": "off"}})]
    {
        client.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
        assert_eq!(client.pushed().get(TASK_URI).map_or(5, Vec::len), 5);
        client.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
        assert_eq!(client.pushed()[TASK_URI], [""; 0]);
    }
}

#[test]
fn a_wrong_setting_is_told_once() {
    let mut client = Client::new(json!({}));
    for _ in 0..2 {
        client.notify("workspace/didChangeConfiguration", json!({"settings": {"taskApi": {"schemaOnyl": true}}}));
    }
    assert_eq!(
        client.words(),
        ["task-api: there is no setting `taskApi.schemaOnyl`; did you mean `taskApi.schemaOnly`?"]
    );
}

#[test]
fn the_workspace_is_validated_on_command() {
    let files = [(CONTAINER_URI, CONTAINER), (TASK_URI, "{}")];
    let mut client = Client::with(json!({}), &["file:///p"], &files);
    let result = client.ask("workspace/executeCommand", json!({"command": "task-api.validateWorkspace"})).unwrap();
    assert_eq!(result, json!({"files": 2, "errors": 5, "warnings": 0, "infos": 0}));
    assert_eq!(client.words(), ["task-api: 2 files, 5 errors, 0 warnings, 0 notes"]);
    let error = client.ask("workspace/executeCommand", json!({"command": "x"})).unwrap_err();
    assert_eq!(error["message"], "task-api has no command `x`");
}
