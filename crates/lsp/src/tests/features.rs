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
fn from_a_task_to_its_template_and_back() {
    let mut client = client(json!({}));
    let starts = |found: Value| {
        let found = found.as_array().unwrap().iter();
        let place = |one: &Value| {
            let start = &one["range"]["start"];
            let file = one["uri"].as_str().unwrap().rsplit('/').next().unwrap();
            format!("{file} {}:{}", start["line"], start["character"])
        };
        found.map(place).collect::<Vec<_>>()
    };
    let declared = ["processing-container.json 6:25"];
    assert_eq!(starts(client.ask("textDocument/definition", at(4, 24)).unwrap()), declared);
    assert_eq!(starts(client.ask("textDocument/declaration", at(4, 24)).unwrap()), declared);
    let template = client.ask("textDocument/typeDefinition", at(4, 24)).unwrap();
    assert_eq!(starts(template), ["processing-container.json 4:19"]);
    let mut in_container = at(6, 28);
    in_container["textDocument"]["uri"] = CONTAINER_URI.into();
    let bound = client.ask("textDocument/implementation", in_container.clone()).unwrap();
    assert_eq!(starts(bound), ["task.json 4:23"]);
    in_container["context"] = json!({"includeDeclaration": true});
    let all = client.ask("textDocument/references", in_container).unwrap();
    assert_eq!(starts(all), ["processing-container.json 6:25", "task.json 4:23"]);
    let here = client.ask("textDocument/documentHighlight", at(4, 24)).unwrap();
    assert_eq!(here, json!([{"range": range((4, 23), (4, 29)), "kind": 2}]));
}

#[test]
fn the_place_of_a_symbol_is_told_when_it_is_chosen() {
    let mut client = client(json!({"workspace": {"symbol": {"resolveSupport": {"properties": ["location.range"]}}}}));
    let found = client.ask("workspace/symbol", json!({"query": "masks"})).unwrap();
    let mut symbol = found.as_array().unwrap().iter().find(|one| one["location"]["uri"] == TASK_URI).unwrap().clone();
    assert_eq!(symbol["location"].get("range"), None);
    let resolved = client.ask("workspaceSymbol/resolve", symbol.clone()).unwrap();
    assert_eq!(resolved["location"], json!({"uri": TASK_URI, "range": range((5, 23), (5, 30))}));
    symbol["data"] = json!([9, 1]);
    let broken = client.ask("workspaceSymbol/resolve", symbol.clone()).unwrap();
    assert_eq!(broken["location"].get("range"), None);
    client.replace_all(TASK_URI, 2, "{");
    symbol["data"] = json!([400, 405]);
    let gone = client.ask("workspaceSymbol/resolve", symbol).unwrap();
    assert_eq!(gone["location"]["range"], range((0, 1), (0, 1)), "the text is another");
}

#[test]
fn an_answer_of_many_comes_in_parts_if_the_client_likes() {
    let mut client = Client::new(json!({}));
    let variables: Vec<String> = (0..250).map(|index| format!(r#"{{"name": "V{index}", "value": "$0"}}"#)).collect();
    client.open(TASK_URI, &format!(r#"{{"name": "a", "env": [{}]}}"#, variables.join(",")));
    let whole = client.ask("workspace/symbol", json!({"query": "V"})).unwrap();
    assert_eq!(whole.as_array().unwrap().len(), 250);
    let rest = client.ask("workspace/symbol", json!({"query": "V", "partialResultToken": 7})).unwrap();
    assert_eq!(rest, json!([]), "all is in the parts");
    let parts: Vec<Value> = client.take("$/progress").iter().map(|part| part["params"].clone()).collect();
    assert!(parts.iter().all(|part| part["token"] == 7), "{parts:?}");
    let lengths: Vec<usize> = parts.iter().map(|part| part["value"].as_array().unwrap().len()).collect();
    assert_eq!(lengths, [100, 100, 50]);
    let together: Vec<Value> = parts.iter().flat_map(|part| part["value"].as_array().unwrap().clone()).collect();
    assert_eq!(json!(together), whole);
    let few = client.ask("workspace/symbol", json!({"query": "V24", "partialResultToken": 8})).unwrap();
    assert!(!few.as_array().unwrap().is_empty() && client.take("$/progress").is_empty(), "{few}");
}

#[test]
fn a_text_is_put_in_order_before_it_is_saved_if_somebody_wants_that() {
    let mut client = client(json!({}));
    client.replace_all(TASK_URI, 2, &TASK.replace("\"a\"", "7").replace("\n", ""));
    let mut params = document();
    params["reason"] = json!(1);
    assert_eq!(client.ask("textDocument/willSaveWaitUntil", params.clone()).unwrap(), json!([]));
    let settings = json!({"onSave": {"fixAll": true, "format": true}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"taskApi": settings}}));
    let edits = client.ask("textDocument/willSaveWaitUntil", params).unwrap();
    let changes = edits.as_array().unwrap().iter().rev();
    let changes: Vec<Value> = changes.map(|edit| json!({"range": edit["range"], "text": edit["newText"]})).collect();
    client.change(TASK_URI, 3, json!(changes));
    let text = client.text(TASK_URI);
    assert!(text.as_str().unwrap().starts_with("{\n  \"name\": \"7\",\n"), "{text}");
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
        "previousResultId": "x", "reason": 1,
    });
    for method in [
        "hover",
        "completion",
        "definition",
        "declaration",
        "typeDefinition",
        "implementation",
        "willSaveWaitUntil",
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

/// Nothing in it is unknown to the types of LSP, and nothing that they want is missing.
#[track_caller]
fn is_of<T: serde::de::DeserializeOwned + serde::Serialize>(answer: Value) {
    assert!(!answer.is_null() && answer != json!([]), "{answer}");
    let read: T = serde_json::from_value(answer.clone()).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!(serde_json::to_value(read).unwrap(), answer);
}

#[test]
fn answers_are_of_the_types_of_lsp() {
    use ls_types::*;
    for rich in [false, true] {
        let commands = json!({"commands": ["taskApi.showReferences", "editor.action.triggerSuggest"]});
        let action = json!({"codeActionLiteralSupport": {}, "isPreferredSupport": true, "dataSupport": true,
            "resolveSupport": {"properties": ["edit"]}});
        let rich_ones = json!({
            "workspace": {"workspaceEdit": {"documentChanges": true},
                "symbol": {"resolveSupport": {"properties": ["location.range"]}}},
            "textDocument": {
                "codeAction": action,
                "completion": {"completionItem": {"snippetSupport": true, "insertTextModeSupport": {"valueSet": [1, 2]}}},
                "diagnostic": {"relatedDocumentSupport": true, "relatedInformation": true, "tagSupport": {"valueSet": [1]}},
                "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            },
            "experimental": {"commands": commands},
        });
        let mut client = client(if rich { rich_ones } else { json!({}) });
        client.replace_all(TASK_URI, 2, &TASK.replace("\"a\"", "7").replace("\"masks\"", "\"maps\""));
        let linked = "file:///p/other-task.json";
        client.open(linked, r#"{"inputs": [{"name": "a", "input": {"host_path": "./b"}}]}"#);
        let mut ask = |method: &str, more: Value| {
            let mut params = at(4, 24);
            params.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
            client.ask(method, params).unwrap()
        };
        is_of::<DocumentDiagnosticReport>(ask("textDocument/diagnostic", json!({})));
        is_of::<WorkspaceDiagnosticReport>(ask("workspace/diagnostic", json!({"previousResultIds": []})));
        is_of::<Hover>(ask("textDocument/hover", json!({})));
        is_of::<WorkspaceEdit>(ask("textDocument/rename", json!({"newName": "x"})));
        is_of::<PrepareRenameResponse>(ask("textDocument/prepareRename", json!({})));
        is_of::<CompletionList>(ask("textDocument/completion", json!({"position": {"line": 1, "character": 2}})));
        let seven = range((1, 10), (1, 11));
        let context = json!({"diagnostics": [{"range": seven, "code": "wrong-type", "message": "x"}]});
        let whole = range((0, 0), (9, 0));
        is_of::<CodeActionResponse>(ask("textDocument/codeAction", json!({"range": seven, "context": context})));
        is_of::<Vec<InlayHint>>(ask(
            "textDocument/inlayHint",
            json!({"range": whole, "textDocument": {"uri": linked}}),
        ));
        is_of::<Vec<DocumentLink>>(ask("textDocument/documentLink", json!({"textDocument": {"uri": linked}})));
        is_of::<Vec<FoldingRange>>(ask("textDocument/foldingRange", json!({})));
        is_of::<DocumentSymbolResponse>(ask("textDocument/documentSymbol", json!({})));
        let symbols = ask("workspace/symbol", json!({"query": "images"}));
        is_of::<Vec<CodeLens>>(ask("textDocument/codeLens", json!({})));
        if rich {
            is_of::<Vec<WorkspaceSymbol>>(symbols);
            is_of::<Vec<CodeLens>>(ask("textDocument/codeLens", json!({"textDocument": {"uri": CONTAINER_URI}})));
        } else {
            is_of::<Vec<SymbolInformation>>(symbols);
        }
    }
}
