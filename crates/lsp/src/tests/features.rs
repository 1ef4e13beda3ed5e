//! One request of each kind: what a client gets for what it can.

use super::*;

const TASK_URI: &str = "file:///p/task.json";
const CONTAINER_URI: &str = "file:///p/processing-container.json";

fn client(capabilities: Value) -> Client {
    let mut client = Client::with(capabilities, &["file:///p"], &[(CONTAINER_URI, CONTAINER)]);
    client.open(TASK_URI, TASK);
    client
}

fn at(line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": TASK_URI}, "position": {"line": line, "character": character}})
}

fn document() -> Value {
    json!({"textDocument": {"uri": TASK_URI}})
}

#[test]
fn a_name_is_followed_and_changed_in_all_documents() {
    let mut client = client(json!({"workspace": {"workspaceEdit": {"documentChanges": true}}}));
    let declared = json!([{"uri": CONTAINER_URI, "range": range((6, 25), (6, 31))}]);
    let definition = client.ask("textDocument/definition", at(4, 24)).unwrap();
    assert_eq!(definition[0]["uri"], declared[0]["uri"]);
    assert_eq!(client.ask("textDocument/declaration", at(4, 24)).unwrap(), definition);
    let mut params = at(4, 24);
    params["context"] = json!({"includeDeclaration": true});
    assert_eq!(client.ask("textDocument/references", params).unwrap().as_array().unwrap().len(), 2);
    assert_eq!(client.ask("textDocument/documentHighlight", at(4, 24)).unwrap().as_array().unwrap().len(), 1);
    let prepared = client.ask("textDocument/prepareRename", at(4, 24)).unwrap();
    assert_eq!(prepared["placeholder"], "images");
    assert_eq!(client.ask("textDocument/prepareRename", at(0, 0)).unwrap(), Value::Null);
    let mut params = at(4, 24);
    params["newName"] = json!("scans");
    let changes = client.ask("textDocument/rename", params.clone()).unwrap()["documentChanges"].take();
    let versions: Vec<_> = changes.as_array().unwrap().iter().map(|one| one["textDocument"].clone()).collect();
    assert_eq!(versions, [json!({"uri": CONTAINER_URI, "version": null}), json!({"uri": TASK_URI, "version": 1})]);
    params["newName"] = json!("");
    assert_eq!(client.ask("textDocument/rename", params).unwrap_err()["code"], -32602);
}

#[test]
fn edits_are_a_map_for_a_client_that_knows_no_other() {
    let mut client = client(json!({}));
    let mut params = at(4, 24);
    params["newName"] = json!("scans");
    let changes = client.ask("textDocument/rename", params).unwrap()["changes"].take();
    assert_eq!(changes.as_object().unwrap().len(), 2);
}

#[test]
fn completions_are_as_the_client_can_take_them() {
    for snippets in [true, false] {
        let item = json!({"snippetSupport": snippets});
        let mut client = client(json!({"textDocument": {"completion": {"completionItem": item}}}));
        client.replace_all(TASK_URI, 2, "{\n  \n}");
        let list = client.ask("textDocument/completion", at(1, 2)).unwrap();
        let items = list["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["label"].as_str().unwrap().contains("taskTemplate")), "{items:?}");
        let formats = items.iter().filter(|item| item["insertTextFormat"] == 2).count();
        assert_eq!(formats > 0, snippets);
        assert!(snippets || !items.iter().any(|item| item["textEdit"]["newText"].as_str().unwrap().contains('$')));
        let with_data = items.iter().find(|item| !item["data"].is_null()).unwrap();
        let resolved = client.ask("completionItem/resolve", with_data.clone()).unwrap();
        assert_eq!(resolved["documentation"]["kind"], "markdown");
    }
}

#[test]
fn a_fix_is_offered_and_applied_in_three_ways() {
    let text = TASK.replace("\"a\"", "7");
    let diagnostic = json!({"range": range((1, 10), (1, 11)), "code": "wrong-type", "message": "x"});
    let mut params = document();
    params["range"] = range((1, 10), (1, 10));
    params["context"] = json!({"diagnostics": [diagnostic], "only": ["quickfix"]});
    let literals = json!({"codeActionKind": {"valueSet": ["quickfix"]}});
    let mut client = client(json!({"textDocument": {"codeAction": {"codeActionLiteralSupport": literals}}}));
    client.replace_all(TASK_URI, 2, &text);
    let whole = client.ask("textDocument/codeAction", params.clone()).unwrap()[0].take();
    assert_eq!(whole["kind"], "quickfix");
    assert_eq!(whole["diagnostics"][0]["code"], "wrong-type");
    let edit = whole["edit"].clone();
    assert_eq!(edit["changes"][TASK_URI][0]["newText"].as_str().map(|text| text.contains('"')), Some(true), "{edit}");

    let action =
        json!({"codeActionLiteralSupport": literals, "dataSupport": true, "resolveSupport": {"properties": ["edit"]}});
    let mut client = self::client(json!({"textDocument": {"codeAction": action}}));
    client.replace_all(TASK_URI, 2, &text);
    let lazy = client.ask("textDocument/codeAction", params.clone()).unwrap()[0].take();
    assert_eq!(lazy.get("edit"), None);
    assert_eq!(client.ask("codeAction/resolve", lazy.clone()).unwrap()["edit"], edit);
    client.replace_all(TASK_URI, 3, TASK);
    assert_eq!(client.ask("codeAction/resolve", lazy).unwrap().get("edit"), None, "the text has changed");

    let mut client = self::client(json!({}));
    client.replace_all(TASK_URI, 2, &text);
    let command = client.ask("textDocument/codeAction", params).unwrap()[0].take();
    client.ask("workspace/executeCommand", command).unwrap();
    let asked = client.take("workspace/applyEdit").remove(0);
    assert_eq!(asked["params"]["edit"], edit);
    client.send(json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"applied": false, "failureReason": "busy"}}));
    assert_eq!(client.words(), ["the client did not apply an edit: busy"]);
}

#[test]
fn a_link_is_encoded_once() {
    let mut client = client(json!({}));
    let uri = "file:///p/link%20x/task.json";
    client.open(uri, r#"{"inputs": [{"name": "a", "input": {"host_path": "./ä b"}}]}"#);
    let links = client.ask("textDocument/documentLink", json!({"textDocument": {"uri": uri}})).unwrap();
    assert_eq!(links[0]["target"], "file:///p/link%20x/%C3%A4%20b", "{links}");
}

#[test]
fn what_is_shown_beside_a_text() {
    let hierarchical = json!({"hierarchicalDocumentSymbolSupport": true});
    let commands = json!({"commands": {"commands": ["taskApi.run"]}});
    let mut client = client(json!({"textDocument": {"documentSymbol": hierarchical}, "experimental": commands}));
    let hover = client.ask("textDocument/hover", at(4, 24)).unwrap();
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("/in"), "{hover}");
    let symbols = client.ask("textDocument/documentSymbol", document()).unwrap();
    assert!(symbols[0]["selectionRange"].is_object(), "{symbols}");
    let found = client.ask("workspace/symbol", json!({"query": "images"})).unwrap();
    assert!(found.as_array().unwrap().iter().any(|one| one["location"]["uri"] == CONTAINER_URI), "{found}");
    let lenses = client.ask("textDocument/codeLens", document()).unwrap();
    let commands: Vec<_> = lenses.as_array().unwrap().iter().map(|one| one["command"]["command"].clone()).collect();
    assert!(commands.contains(&json!("taskApi.run")) && !commands.contains(&json!("taskApi.estimate")), "{commands:?}");
    assert!(client.ask("textDocument/documentLink", document()).unwrap().is_array());
    let mut params = document();
    params["range"] = range((0, 0), (99, 0));
    assert!(client.ask("textDocument/inlayHint", params).unwrap().is_array());
    assert!(client.ask("textDocument/foldingRange", document()).unwrap().is_array());
    let positions = json!([{"line": 4, "character": 24}, {"line": 99, "character": 9}]);
    let mut params = document();
    params["positions"] = positions;
    let ranges = client.ask("textDocument/selectionRange", params).unwrap();
    assert!(ranges[0]["parent"]["parent"].is_object(), "{ranges}");
    assert_eq!(ranges.as_array().unwrap().len(), 2);
    assert_eq!(client.ask("textDocument/linkedEditingRange", at(4, 24)).unwrap(), Value::Null);
}

#[test]
fn colours_are_told_by_what_has_changed() {
    let mut client = client(json!({}));
    let text = |value: &str| TASK.replace("lungs:1.0", value);
    client.replace_all(TASK_URI, 2, &text("{{ env.IMAGE }}:1"));
    let full = client.ask("textDocument/semanticTokens/full", document()).unwrap();
    assert!(!full["data"].as_array().unwrap().is_empty());
    assert_eq!(full["data"][0], 2, "{full}");
    client.replace_all(TASK_URI, 3, &text("{{ env.IMAGE }}:{{ env.TAG }}"));
    let mut params = document();
    params["previousResultId"] = full["resultId"].clone();
    let delta = client.ask("textDocument/semanticTokens/full/delta", params.clone()).unwrap();
    let edit = &delta["edits"][0];
    let mut data = full["data"].as_array().unwrap().clone();
    let (start, count) = (edit["start"].as_u64().unwrap() as usize, edit["deleteCount"].as_u64().unwrap() as usize);
    data.splice(start..start + count, edit["data"].as_array().unwrap().clone());
    let now = client.ask("textDocument/semanticTokens/full", document()).unwrap();
    assert_eq!(now["data"], json!(data));
    params["previousResultId"] = now["resultId"].clone();
    assert_eq!(client.ask("textDocument/semanticTokens/full/delta", params).unwrap()["edits"], json!([]));
    let mut params = document();
    params["range"] = range((0, 0), (1, 0));
    assert_eq!(client.ask("textDocument/semanticTokens/range", params).unwrap()["data"], json!([]));
}

#[test]
fn a_text_is_laid_out() {
    let mut client = client(json!({}));
    client.replace_all(TASK_URI, 2, "{\"name\":\n\"a\"}");
    let mut params = document();
    params["options"] = json!({"tabSize": 4, "insertSpaces": true});
    let edits = client.ask("textDocument/formatting", params.clone()).unwrap();
    client.change(
        TASK_URI,
        3,
        json!(
            edits
                .as_array()
                .unwrap()
                .iter()
                .rev()
                .map(|edit| { json!({"range": edit["range"], "text": edit["newText"]}) })
                .collect::<Vec<_>>()
        ),
    );
    assert_eq!(client.text(TASK_URI).as_str().unwrap().trim(), "{\n  \"name\": \"a\"\n}");
    params["range"] = range((0, 0), (9, 0));
    assert_eq!(client.ask("textDocument/rangeFormatting", params).unwrap(), json!([]));
    client.replace_all(TASK_URI, 4, "{\n      }");
    let mut params = at(1, 7);
    params["ch"] = json!("}");
    params["options"] = json!({"tabSize": 4, "insertSpaces": true});
    let edits = client.ask("textDocument/onTypeFormatting", params).unwrap();
    assert_eq!(edits, json!([{"range": range((1, 0), (1, 6)), "newText": ""}]));
}

#[test]
fn views_that_settings_switch_off_are_empty() {
    let mut client = client(json!({}));
    let off = json!({"inlayHints": false, "codeLens": {"enabled": false}, "semanticTokens": false});
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"taskApi": off}}));
    client.replace_all(TASK_URI, 2, &TASK.replace("lungs:1.0", "{{ env.IMAGE }}"));
    let mut params = document();
    params["range"] = range((0, 0), (99, 0));
    assert_eq!(client.ask("textDocument/inlayHint", params).unwrap(), json!([]));
    assert_eq!(client.ask("textDocument/codeLens", document()).unwrap(), json!([]));
    assert_eq!(client.ask("textDocument/semanticTokens/full", document()).unwrap()["data"], json!([]));
}

#[test]
fn what_is_not_known_is_answered_with_nothing() {
    let mut client = client(json!({}));
    let nowhere = json!({
        "textDocument": {"uri": "file:///nowhere.json"}, "position": {"line": 0, "character": 0},
        "range": range((0, 0), (0, 0)), "context": {"diagnostics": [], "includeDeclaration": true, "triggerKind": 1},
        "positions": [], "newName": "x", "ch": "}", "options": {"tabSize": 2, "insertSpaces": true},
        "previousResultId": "x",
    });
    for method in [
        "hover",
        "completion",
        "definition",
        "declaration",
        "references",
        "documentHighlight",
        "documentSymbol",
        "codeAction",
        "codeLens",
        "documentLink",
        "formatting",
        "rangeFormatting",
        "onTypeFormatting",
        "rename",
        "prepareRename",
        "foldingRange",
        "selectionRange",
        "inlayHint",
        "semanticTokens/full",
        "semanticTokens/full/delta",
        "semanticTokens/range",
        "linkedEditingRange",
    ] {
        assert_eq!(client.ask(&format!("textDocument/{method}"), nowhere.clone()), Ok(Value::Null), "{method}");
    }
}

#[test]
fn a_file_is_made_only_by_a_client_that_can() {
    for can in [true, false] {
        let literals = json!({"codeActionKind": {"valueSet": ["quickfix"]}});
        let mut client = client(json!({
            "workspace": {"workspaceEdit": {"documentChanges": can}},
            "textDocument": {"codeAction": {"codeActionLiteralSupport": literals}},
        }));
        client.replace_all(TASK_URI, 2, &TASK.replace("\"a\"", "7"));
        let mut params = document();
        params["range"] = range((1, 10), (1, 11));
        params["context"] = json!({"diagnostics": []});
        let actions = client.ask("textDocument/codeAction", params).unwrap();
        let makes = |action: &Value| action["edit"].to_string().contains("/p/task-api.toml");
        assert_eq!(actions.as_array().unwrap().iter().any(makes), can, "{actions}");
    }
}

#[test]
fn a_large_answer_is_only_that_of_its_request() {
    let mut client = client(json!({}));
    let symbols = client.ask("textDocument/documentSymbol", document()).unwrap();
    assert!(symbols.as_array().is_some_and(|symbols| !symbols.is_empty()));
    // Nobody waits for this one.
    client.notify("textDocument/documentSymbol", document());
    assert_eq!(client.ask("shutdown", Value::Null).unwrap(), Value::Null);
    assert_eq!(client.ask("textDocument/documentSymbol", document()).unwrap_err()["code"], -32600);
}
