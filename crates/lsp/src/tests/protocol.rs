//! The protocol itself: beginning and end, what is broken, what is cancelled, what panics.

use super::*;

#[track_caller]
fn code(answer: Result<Value, Value>) -> i64 {
    answer.unwrap_err()["code"].as_i64().unwrap()
}

#[test]
fn nothing_is_answered_before_the_beginning_and_after_the_end() {
    let mut client = Client::fresh(&[]);
    assert_eq!(code(client.ask("textDocument/hover", json!({}))), -32002);
    client.open("file:///task.json", "{");
    assert!(client.pushed().is_empty());
    let result = client.ask("initialize", json!({"capabilities": {}})).unwrap();
    assert_eq!(result["serverInfo"]["name"], "task-api");
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(code(client.ask("initialize", json!({"capabilities": {}}))), -32600);
    client.notify("initialized", json!({}));
    assert_eq!(client.ask("shutdown", Value::Null).unwrap(), Value::Null);
    assert_eq!(code(client.ask("test/text", json!({"uri": "file:///task.json"}))), -32600);
    assert_eq!(client.session.exit_code(), None);
    client.notify("exit", Value::Null);
    assert_eq!(client.session.exit_code(), Some(0));
}

#[test]
fn who_leaves_without_a_word_gets_another_code() {
    let mut client = Client::new(json!({}));
    assert_eq!(client.session.code_of_a_lost_client(), 1);
    client.notify("exit", Value::Null);
    assert_eq!(client.session.exit_code(), Some(1));
}

#[test]
fn what_is_no_message_is_an_error_and_no_end() {
    let mut client = Client::new(json!({}));
    let mut error = |text: &str| {
        client.session.receive(Message::read(text));
        client.receive();
        let is_answer = |message: &Value| message.get("method").is_none();
        let at = client.messages.iter().position(is_answer).expect(text);
        let answer = client.messages.remove(at);
        (answer["error"]["code"].as_i64().unwrap(), answer["id"].clone())
    };
    assert_eq!(error("{"), (-32700, Value::Null));
    assert_eq!(error("[]"), (-32600, Value::Null));
    assert_eq!(error("7"), (-32600, Value::Null));
    assert_eq!(error("{}"), (-32600, Value::Null));
    assert_eq!(error(r#"{"jsonrpc": "2.0", "id": 7, "method": 7}"#), (-32600, json!(7)));
    assert_eq!(error(r#"{"jsonrpc": "1.0", "id": "a", "method": "x"}"#), (-32600, json!("a")));
    assert_eq!(error(r#"{"jsonrpc": "2.0", "id": 8, "method": "no/such"}"#), (-32601, json!(8)));
    assert_eq!(error(r#"{"jsonrpc": "2.0", "id": 9, "method": "textDocument/diagnostic"}"#).0, -32602);
    assert_eq!(error(r#"{"jsonrpc": "2.0", "id": 9, "method": "textDocument/diagnostic", "params": {}}"#).0, -32602);
    client.send(json!({"jsonrpc": "2.0", "id": 77, "result": null}));
    client.send(json!({"jsonrpc": "2.0", "id": "x", "result": null}));
    client.send(json!({"jsonrpc": "2.0", "result": null}));
    client.notify("no/such", json!({}));
    client.notify("textDocument/didOpen", json!({}));
    let words = client.words();
    assert!(words.contains(&"textDocument/didOpen could not be read".to_owned()), "{words:?}");
    assert!(words.contains(&"nothing was asked under the number 77".to_owned()), "{words:?}");
    assert_eq!(client.text("file:///task.json"), Value::Null, "it lives");
}

#[test]
fn a_panic_is_an_error_of_one_message() {
    let mut client = Client::new(json!({}));
    client.open("file:///task.json", "{}");
    let error = client.ask("test/panic", Value::Null).unwrap_err();
    assert_eq!((&error["code"], &error["message"]), (&json!(-32603), &json!("task-api has a bug: as was wished")));
    client.notify("test/panicSilently", Value::Null);
    assert_eq!(client.words(), ["task-api has a bug: as was wished"; 2]);
    assert_eq!(client.text("file:///task.json"), "{}");
    client.replace_all("file:///task.json", 2, "[]");
    assert_eq!(client.text("file:///task.json"), "[]");
}

#[test]
fn what_is_cancelled_before_its_turn_is_not_done() {
    let mut client = Client::new(json!({}));
    let cancel = |id: Value| json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": id}});
    client.session.cancel(&Message::read(&cancel(json!(100)).to_string()));
    client.send(json!({"jsonrpc": "2.0", "id": 100, "method": "test/panic"}));
    assert_eq!(code(client.answer_to(100)), -32800);
    client.send(cancel(json!(100)));
    client.session.cancel(&Message::read(&cancel(json!(101)).to_string()));
    client.send(cancel(json!(101)));
    client.send(json!({"jsonrpc": "2.0", "id": 101, "method": "test/text", "params": {"uri": "file:///x"}}));
    assert_eq!(client.answer_to(101), Ok(Value::Null), "what was answered is not cancelled for good");
}

#[test]
fn what_is_handled_can_be_traced() {
    let mut client = Client::new(json!({}));
    client.notify("$/setTrace", json!({"value": "messages"}));
    client.text("file:///x");
    client.ask("no/such", Value::Null).unwrap_err();
    client.notify("$/setTrace", json!({"value": "off"}));
    client.text("file:///x");
    let traced: Vec<Value> = client.take("$/logTrace").iter().map(|one| one["params"]["message"].clone()).collect();
    assert_eq!(traced, ["handled $/setTrace", "handled test/text", "handled no/such, which failed"]);
}

#[test]
fn what_is_wrong_with_parameters_is_said() {
    let mut client = Client::new(json!({}));
    let document = json!({"uri": "file:///task.json"});
    let mut message = |params: Value| {
        let error = client.ask("textDocument/rangeFormatting", params).unwrap_err();
        assert_eq!(error["code"], -32602);
        error["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message(json!({"range": range((0, 0), (0, 0))})), "missing field `textDocument`");
    assert_eq!(message(json!({"textDocument": document})), "missing field `range`");
    let wrong = json!({"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}});
    let words = message(json!({"textDocument": document, "range": wrong}));
    assert_eq!(words, "`range`: `start`: `line`: must be a whole number in LSP's bounds, but is `-1`");
    assert!(message(json!({"textDocument": {"uri": "no uri"}, "range": wrong})).starts_with("`textDocument`: "));
    assert_eq!(message(json!([])), "must be an object, but is an array");
}

#[test]
fn what_nobody_here_knows_of_an_item_comes_back() {
    let mut client = Client::new(json!({}));
    let item = json!({"label": "a", "data": {"uri": "file:///none.json", "key": "b"}, "x": [1.5, {"y": null}]});
    assert_eq!(client.ask("completionItem/resolve", item.clone()), Ok(item));
    let action = json!({"title": "a", "data": 7, "x": "\u{e4}\n"});
    assert_eq!(client.ask("codeAction/resolve", action.clone()), Ok(action));
    let symbol = json!({"name": "a", "kind": 5, "location": {"uri": "file:///none.json"}, "x": true});
    assert_eq!(client.ask("workspaceSymbol/resolve", symbol.clone()), Ok(symbol));
}

#[test]
fn requests_of_a_protocol_of_their_own_are_refused() {
    let mut client = Client::new(json!({}));
    let error = client.ask("$/unknown", json!({})).unwrap_err();
    assert_eq!((&error["code"], &error["data"]), (&json!(-32601), &json!("$/unknown")));
    client.notify("$/unknown", json!({}));
    assert_eq!(client.words(), [""; 0]);
    assert!(client.messages.is_empty());
}

#[test]
fn a_message_may_say_its_fields_in_any_order_and_twice() {
    let mut client = Client::new(json!({}));
    let text = r#" {"params": {"uri": "file:///y"}, "id": "\u0061", "method": "no/such", "jsonrpc": "2.0", "method": "test/text"}"#;
    client.session.receive(Message::read(text));
    client.receive();
    assert_eq!(client.messages, [json!({"jsonrpc": "2.0", "id": "a", "result": null})]);
}

#[test]
fn a_text_may_come_in_any_order_of_fields() {
    let mut client = Client::new(json!({}));
    client.notify("$/setTrace", json!({"value": "verbose"}));
    client.take("$/logTrace");
    let mut text_after = |message: &str| {
        client.session.receive(Message::read(message));
        client.text("file:///x.json")
    };
    let item =
        r#""params": {"textDocument": {"uri": "file:///x.json", "languageId": "json", "version": 1, "text": "a\n"}}"#;
    let opened = r#""method": "textDocument/didOpen""#;
    let change = |text: &str| {
        let changes = format!(r#"[{{"text": "{text}"}}]"#);
        format!(
            r#""params": {{"textDocument": {{"uri": "file:///x.json", "version": 2}}, "contentChanges": {changes}}}"#
        )
    };
    let changed = r#""method": "textDocument/didChange""#;
    let version = r#""jsonrpc": "2.0""#;
    assert_eq!(text_after(&format!("{{{item}, {opened}}}")), Value::Null, "of no version");
    assert_eq!(text_after(&format!("{{{opened}, {item}}}")), Value::Null, "of no version");
    assert_eq!(text_after(&format!("{{{version}, {opened}, {item}}} x")), Value::Null, "no JSON");
    assert_eq!(text_after(&format!(r#"{{"id": 777, {version}, {opened}, {item}}}"#)), Value::Null, "a request");
    assert_eq!(text_after(&format!("{{{version}, {opened}, {item}}}")), "a\n");
    assert_eq!(text_after(&format!("{{{version}, {changed}, {}}}", change("b"))), "b");
    assert_eq!(text_after(&format!("{{{}, {changed}, {version}}}", change("c"))), "c");
    assert_eq!(text_after(&format!("{{{item}, {opened}, {version}}}")), "a\n");
    let twice = format!("{{{version}, {changed}, {}, {}}}", change("d"), change("e"));
    assert_eq!(text_after(&twice), "e", "the last one counts");
    let is_opened = format!("{{{version}, {changed}, {item}, {opened}}}");
    assert_eq!(text_after(&is_opened), "a\n", "the last one counts");
    assert_eq!(text_after(&format!(r#"{{{version}, {changed}, {}, "x": 1}}"#, change("f"))), "f");
    let half = format!("{{{version}, {changed}, {}}}", change(r"g\ud83d"));
    assert_eq!(text_after(&half), "g\u{fffd}", "an editor may cut a character in two");
    client.receive();
    let verbose = client.take("$/logTrace");
    let of_texts = verbose.iter().filter(|one| one["params"]["verbose"] == "id: none, document: file:///x.json");
    assert_eq!(of_texts.count(), 8);
    client.words();
    for message in [format!("{{{version}, {changed}, {item}}}"), format!("{{{item}, {changed}, {version}}}")] {
        client.session.receive(Message::read(&format!("{{{version}, {opened}, {item}}}")));
        client.session.receive(Message::read(&message));
        assert_eq!(client.text("file:///x.json"), Value::Null);
        let words = client.words();
        let lost =
            ["textDocument/didChange could not be read", "lost track of file:///x.json: a change could not be read"];
        assert_eq!(words[..2], lost);
    }
}

#[test]
fn an_error_beside_a_result_is_an_error() {
    let mut client = Client::fresh(&[]);
    let capabilities = json!({"workspace": {"configuration": true}});
    client.ask("initialize", json!({"capabilities": capabilities})).unwrap();
    client.notify("initialized", json!({}));
    let question = client.take("workspace/configuration").remove(0);
    let error = json!({"code": 1, "message": "not today", "more": 1});
    client.send(json!({"jsonrpc": "2.0", "id": question["id"], "result": null, "error": error}));
    assert_eq!(client.words(), ["the client was asked for its settings, and refused: not today"]);
}
