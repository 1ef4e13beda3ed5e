//! Diagnostics, pushed and pulled.

use super::*;

const TASK_URI: &str = "file:///p/task.json";
const CONTAINER_URI: &str = "file:///p/processing-container.json";

fn pulling() -> Value {
    json!({
        "textDocument": {"diagnostic": {"relatedDocumentSupport": true}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    })
}

#[test]
fn a_change_is_followed_by_diagnostics_of_its_version() {
    let mut client = Client::new(json!({}));
    client.open(TASK_URI, TASK);
    assert_eq!(client.pushed()[TASK_URI], [""; 0], "said even if there is nothing to say");
    client.change(TASK_URI, 5, json!([{"range": range((1, 10), (1, 13)), "text": "7"}]));
    while client.session.settle() {}
    client.receive();
    let message = client.take("textDocument/publishDiagnostics").remove(0);
    assert_eq!(message["params"]["version"], 5);
    assert_eq!(short(&message["params"]["diagnostics"][0]), "error wrong-type 1:10");
    assert_eq!(message["params"]["diagnostics"][0]["source"], "task-api");
}

#[test]
fn of_many_changes_only_the_last_is_checked() {
    let mut client = Client::new(json!({}));
    client.open(TASK_URI, TASK);
    for version in 2..10 {
        client.replace_all(TASK_URI, version, "{");
    }
    while client.session.settle() {}
    client.receive();
    let pushed = client.take("textDocument/publishDiagnostics");
    let versions: Vec<&Value> = pushed.iter().map(|message| &message["params"]["version"]).collect();
    assert_eq!(versions, [9]);
}

#[test]
fn a_change_of_the_container_is_told_in_its_tasks() {
    let mut client = Client::new(json!({"textDocument": {"publishDiagnostics": {
        "relatedInformation": true, "codeDescriptionSupport": true, "tagSupport": {"valueSet": [1, 2]}}}}));
    client.open(CONTAINER_URI, CONTAINER);
    client.open(TASK_URI, TASK);
    assert_eq!(client.pushed()[TASK_URI], [""; 0]);
    client.replace_all(CONTAINER_URI, 2, &CONTAINER.replace("\"images\"", "\"scans\""));
    while client.session.settle() {}
    client.receive();
    let pushed = client.take("textDocument/publishDiagnostics");
    let of_task = pushed.iter().find(|message| message["params"]["uri"] == TASK_URI).unwrap();
    let unbound = &of_task["params"]["diagnostics"][1];
    assert_eq!(short(unbound), "error unbound-channel 4:71");
    assert_eq!(unbound["relatedInformation"][0]["location"]["uri"], CONTAINER_URI);
    assert_eq!(unbound["relatedInformation"][0]["location"]["range"], range((6, 24), (6, 31)));
    assert_eq!(unbound.get("codeDescription"), None, "there is no page to lead to");
    client.replace_all(TASK_URI, 2, &TASK.replace("\"name\": \"a\"", "\"name\": \"a\", \"x\": 1"));
    while client.session.settle() {}
    client.receive();
    let pushed = client.take("textDocument/publishDiagnostics").remove(0);
    let unknown = pushed["params"]["diagnostics"].as_array().unwrap();
    let unknown = unknown.iter().find(|found| found["code"] == "unknown-field").unwrap();
    assert_eq!(unknown["tags"], json!([1]));
}

#[test]
fn columns_count_as_agreed() {
    let text = "{\"näme😀\": 1}";
    for (encodings, column) in [(json!(["utf-8"]), 1), (json!([]), 1)] {
        let mut client = Client::new(json!({"general": {"positionEncodings": encodings}}));
        client.open(TASK_URI, text);
        let pushed = &client.pushed()[TASK_URI];
        assert!(pushed.contains(&format!("warning unknown-field 0:{column}")), "{pushed:?}");
    }
    let end = |encodings: Value| {
        let mut client = Client::new(json!({"general": {"positionEncodings": encodings}}));
        client.open(TASK_URI, text);
        let params = json!({"textDocument": {"uri": TASK_URI}});
        let report = client.ask("textDocument/diagnostic", params).unwrap();
        let found = report["items"].as_array().unwrap().iter().find(|found| found["code"] == "unknown-field");
        found.unwrap()["range"]["end"]["character"].clone()
    };
    assert_eq!(end(json!(["utf-8"])), 12);
    assert_eq!(end(json!(["utf-16"])), 9);
}

#[test]
fn who_asks_is_not_told() {
    let mut client = Client::new(pulling());
    client.open(TASK_URI, "{");
    assert!(client.pushed().is_empty());
    let ask = |client: &mut Client, previous: Option<&Value>| {
        let params = json!({"textDocument": {"uri": TASK_URI}, "previousResultId": previous});
        client.ask("textDocument/diagnostic", params).unwrap()
    };
    let report = ask(&mut client, None);
    assert_eq!(report["kind"], "full");
    assert_eq!(short(&report["items"][0]), "error syntax-error 0:1");
    let again = ask(&mut client, Some(&report["resultId"]));
    assert_eq!((&again["kind"], &again["resultId"]), (&json!("unchanged"), &report["resultId"]));
    client.replace_all(TASK_URI, 2, TASK);
    let changed = ask(&mut client, Some(&report["resultId"]));
    assert_eq!((&changed["kind"], &changed["items"]), (&json!("full"), &json!([])));
}

#[test]
fn an_answer_about_the_container_tells_of_its_open_tasks() {
    let mut client = Client::new(pulling());
    client.open(CONTAINER_URI, CONTAINER);
    client.open(TASK_URI, TASK);
    let of = |client: &mut Client, uri| {
        client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri}})).unwrap()
    };
    assert_eq!(of(&mut client, TASK_URI)["items"], json!([]));
    assert_eq!(of(&mut client, CONTAINER_URI)["relatedDocuments"], json!({}));
    client.replace_all(CONTAINER_URI, 2, &CONTAINER.replace("\"images\"", "\"scans\""));
    let report = of(&mut client, CONTAINER_URI);
    let related = &report["relatedDocuments"][TASK_URI];
    assert_eq!(related["kind"], "full");
    assert_eq!(short(&related["items"][1]), "error unbound-channel 4:71");
    assert_eq!(of(&mut client, CONTAINER_URI)["relatedDocuments"], json!({}), "once");
}

#[test]
fn the_whole_workspace_can_be_asked_for() {
    let files = [(CONTAINER_URI, CONTAINER), (TASK_URI, "{}"), ("file:///p/b-task.json", TASK)];
    let mut client = Client::with(pulling(), &["file:///p"], &files);
    let ask = |client: &mut Client, previous: Value| {
        let report = client.ask("workspace/diagnostic", json!({"previousResultIds": previous})).unwrap();
        report["items"].as_array().unwrap().clone()
    };
    let items = ask(&mut client, json!([]));
    let kinds: Vec<_> =
        items.iter().map(|item| (item["uri"].as_str().unwrap(), item["kind"].as_str().unwrap())).collect();
    assert_eq!(kinds, [("file:///p/b-task.json", "full"), (CONTAINER_URI, "full"), (TASK_URI, "full")]);
    assert!(!items[2]["items"].as_array().unwrap().is_empty());
    let previous: Vec<Value> =
        items.iter().map(|item| json!({"uri": item["uri"], "value": item["resultId"]})).collect();
    client.open(TASK_URI, TASK);
    client.remove("file:///p/b-task.json");
    let gone = json!({"changes": [{"uri": "file:///p/b-task.json", "type": 3}]});
    client.notify("workspace/didChangeWatchedFiles", gone);
    assert!(client.pushed().is_empty());
    assert_eq!(client.take("workspace/diagnostic/refresh").len(), 1);
    let items = ask(&mut client, json!(previous));
    let kinds: Vec<_> =
        items.iter().map(|item| (item["uri"].as_str().unwrap(), item["kind"].as_str().unwrap())).collect();
    assert_eq!(kinds, [(CONTAINER_URI, "unchanged"), (TASK_URI, "full"), ("file:///p/b-task.json", "full")]);
    assert_eq!((&items[1]["version"], &items[1]["items"]), (&json!(1), &json!([])));
    assert_eq!(items[2]["items"], json!([]));
}

#[test]
fn the_workspace_comes_in_parts() {
    let files: Vec<(String, &str)> = (0..130).map(|index| (format!("file:///p/{index:03}-task.json"), "{}")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(key, text)| (key.as_str(), *text)).collect();
    let mut client = Client::with(pulling(), &["file:///p"], &files);
    let params = json!({"previousResultIds": [], "partialResultToken": "x"});
    let rest = client.ask("workspace/diagnostic", params).unwrap();
    assert_eq!(rest, json!({"items": []}));
    let parts: Vec<Value> = client.take("$/progress").iter().map(|part| part["params"].clone()).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part["value"]["items"].as_array().unwrap().len()).collect();
    assert_eq!(lengths, [100, 30]);
    assert_eq!(parts[1]["value"]["items"][29]["uri"], "file:///p/129-task.json");
}

#[test]
fn of_very_many_findings_the_worst_are_shown() {
    let mut client = Client::new(json!({}));
    let fields: String = (0..3000).map(|number| format!(", \"x{number}\": 1")).collect();
    client.open(TASK_URI, &format!("{{\"name\": \"a\"{fields}}}"));
    let pushed = &client.pushed()[TASK_URI];
    assert_eq!(pushed.len(), 1001);
    assert_eq!(pushed.iter().filter(|found| found.starts_with("error missing-field")).count(), 4);
    assert_eq!(pushed[1000], "info - 0:0");
}

#[test]
fn language_ids_tell_what_a_name_does_not() {
    let mut client = Client::new(json!({}));
    for (uri, language) in
        [("untitled:a", "task-api-task"), ("untitled:b", "task-api-container"), ("untitled:c", "json")]
    {
        let item = json!({"uri": uri, "languageId": language, "version": 1, "text": "{}"});
        client.notify("textDocument/didOpen", json!({"textDocument": item}));
    }
    let pushed = client.pushed();
    assert_eq!(pushed["untitled:a"].len(), 5);
    assert_eq!(pushed["untitled:b"].len(), 3);
    assert_eq!(pushed["untitled:c"].len(), 0);
}

#[test]
fn a_wrong_task_api_toml_is_told_in_it() {
    let mut client = Client::new(json!({}));
    client.open("file:///p/task-api.toml", "[rules]\nunknown-feild = \"off\"\n");
    assert_eq!(client.pushed()["file:///p/task-api.toml"], ["error - 1:0"]);
}

#[test]
fn nothing_is_kept_of_documents_that_are_gone() {
    for pulls in [json!({}), json!({"textDocument": {"diagnostic": {}}})] {
        let mut client = Client::new(pulls.clone());
        for name in ["a/task.json", "b/task.json", "c/Dockerfile"] {
            let uri = format!("untitled:{name}");
            client.open(&uri, "{");
            if pulls != json!({}) {
                client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri}})).unwrap();
            }
            client.pushed();
            client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
            client.pushed();
            client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri}})).unwrap();
        }
        let counts = client.ask("test/counts", json!([])).unwrap();
        assert!(counts.as_object().unwrap().values().all(|count| *count == 0), "{counts}");
    }
}
