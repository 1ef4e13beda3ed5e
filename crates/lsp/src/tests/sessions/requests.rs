//! What a client asks for between edits.

use serde_json::{Value, json};

use super::answers;
use super::editor::Editor;
use super::text::{self, boundary};

const METHODS: [&str; 29] = [
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/declaration",
    "textDocument/typeDefinition",
    "textDocument/implementation",
    "textDocument/willSaveWaitUntil",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "workspace/symbol",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/onTypeFormatting",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/codeAction",
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/documentLink",
    "textDocument/inlayHint",
    "textDocument/linkedEditingRange",
    "workspace/executeCommand",
];

impl Editor {
    pub(super) fn request(&mut self) {
        self.requests += 1;
        let mut uri = self.some_open();
        if self.random.one_in(20) {
            uri = (*self.random.of(&["file:///p/task.json", "file:///p/sub/b-task.json", "file:///none.json"]))
                .to_owned();
        }
        let text = self.text(&uri).unwrap_or_default();
        let at = self.some_place(&text);
        let place = |at: (u32, u32)| json!({"line": at.0, "character": at.1});
        let method = *self.random.of(&METHODS);
        let mut params = json!({
            "textDocument": {"uri": uri},
            "position": place(at),
            "range": text::range((at, self.some_place(&text))),
        });
        match method {
            "textDocument/references" => params["context"] = json!({"includeDeclaration": self.random.one_in(2)}),
            "textDocument/rename" => {
                params["newName"] = (*self.random.of(&["x", "", "a b", "😀", "q\"\\", "{{ y"])).into()
            }
            "workspace/symbol" => params["query"] = (*self.random.of(&["", "im", "é", "no such"])).into(),
            "textDocument/formatting" | "textDocument/rangeFormatting" | "textDocument/onTypeFormatting" => {
                params["options"] = json!({"tabSize": 4, "insertSpaces": true});
                params["ch"] = (*self.random.of(&["}", "]", ",", "\n", "", "😀"])).into();
            }
            "textDocument/selectionRange" => params["positions"] = json!([place(at), place(self.some_place(&text))]),
            "textDocument/semanticTokens/full/delta" => {
                let known = self.tokens.get(&uri).filter(|_| !self.random.one_in(6));
                params["previousResultId"] = known.map_or("none", |(id, _)| id).into();
            }
            "textDocument/willSaveWaitUntil" => params["reason"] = 1.into(),
            "textDocument/codeAction" => params["context"] = json!({"diagnostics": []}),
            "workspace/executeCommand" => params = json!({"command": "task-api.validateWorkspace", "arguments": []}),
            _ => {}
        }
        if self.random.one_in(2) {
            params["partialResultToken"] = "some".into();
        }
        let what = format!("{method} {params} of\n{text:?}");
        match self.client.ask(method, params) {
            Err(error) => self.require(
                method == "textDocument/rename" && error["code"] == -32602 && error["message"] != "",
                &format!("{error} to {what}"),
            ),
            Ok(mut answer) => {
                self.add_parts("some", &mut answer, "/params/value");
                let is_right = self.check_answer(method, &uri, self.columns.offset(&text, at), &answer);
                self.require(is_right.is_ok(), &format!("{is_right:?} of {answer} to {what}"));
                self.use_answer(method, &uri, &answer);
            }
        }
    }

    fn some_place(&mut self, text: &str) -> (u32, u32) {
        if self.random.one_in(8) {
            return self.absurd_place(text);
        }
        self.columns.place(text, boundary(text, self.random.below(text.len() + 1)))
    }

    fn check_answer(&mut self, method: &str, uri: &str, at: usize, answer: &Value) -> Result<(), String> {
        let text = self.text(uri).unwrap_or_default();
        match method {
            "textDocument/completion" => {
                answers::check(self.texts(&|uri| self.text(uri)), uri, answer)?;
                let items = answer["items"].as_array().into_iter().flatten();
                items.clone().try_for_each(|item| answers::check_completion(self.columns, &text, at, item))?;
                let items: Vec<Value> = items.filter(|item| !item["data"].is_null()).cloned().collect();
                if !items.is_empty() {
                    let item = self.random.of(&items).clone();
                    self.client.ask("completionItem/resolve", item).map_err(|error| error.to_string())?;
                }
                Ok(())
            }
            "textDocument/codeAction" => {
                answers::check(self.texts(&|uri| self.text(uri)), uri, answer)?;
                let lazy = answer.as_array().into_iter().flatten().filter(|action| action["data"].is_object());
                for action in lazy {
                    let resolved = self.client.ask("codeAction/resolve", action.clone());
                    let resolved = resolved.map_err(|error| error.to_string())?;
                    if !resolved["edit"].is_object() {
                        return Err(format!("{action} has no edit"));
                    }
                    answers::check(self.texts(&|uri| self.text(uri)), uri, &resolved)?;
                }
                Ok(())
            }
            "workspace/symbol" => {
                for symbol in answer.as_array().into_iter().flatten() {
                    let mut symbol = symbol.clone();
                    if symbol["location"].get("range").is_none() {
                        symbol =
                            self.client.ask("workspaceSymbol/resolve", symbol).map_err(|error| error.to_string())?;
                    }
                    if symbol["location"].get("range").is_none() {
                        return Err(format!("{symbol} is nowhere"));
                    }
                    answers::check(self.texts(&|uri| self.text(uri)), uri, &symbol)?;
                }
                Ok(())
            }
            "textDocument/semanticTokens/full" => self.take_tokens(uri, &text, answer, None),
            "textDocument/semanticTokens/full/delta" => {
                let before = self.tokens.get(uri).map(|(_, data)| data.clone());
                self.take_tokens(uri, &text, answer, before)?;
                // A change of the tokens comes to the same as all of them.
                let changed = self.tokens.get(uri).cloned();
                let full = self.client.ask("textDocument/semanticTokens/full", json!({"textDocument": {"uri": uri}}));
                self.take_tokens(uri, &text, &full.map_err(|error| error.to_string())?, None)?;
                let full = self.tokens.get(uri);
                if changed.map(|(_, data)| data) != full.map(|(_, data)| data.clone()) {
                    return Err("the change of the tokens is not what all of them are".to_owned());
                }
                Ok(())
            }
            "textDocument/semanticTokens/range" => {
                answers::check_tokens(self.columns, &text, &numbers(&answer["data"]))
            }
            _ => answers::check(self.texts(&|uri| self.text(uri)), uri, answer),
        }
    }

    fn take_tokens(&mut self, uri: &str, text: &str, answer: &Value, before: Option<Vec<u64>>) -> Result<(), String> {
        let Some(id) = answer["resultId"].as_str() else {
            return if answer.is_null() { Ok(()) } else { Err("no result id".to_owned()) };
        };
        let mut data = numbers(&answer["data"]);
        if let Some(edits) = answer["edits"].as_array() {
            data = before.ok_or("a change of nothing")?;
            for edit in edits {
                let (start, count) = (edit["start"].as_u64().unwrap_or(0) as usize, edit["deleteCount"].as_u64());
                let end = start + count.unwrap_or(0) as usize;
                if end > data.len() {
                    return Err("a change behind the end of the tokens".to_owned());
                }
                data.splice(start..end, numbers(&edit["data"]));
            }
        }
        answers::check_tokens(self.columns, text, &data)?;
        if self.open.contains_key(uri) {
            self.tokens.insert(uri.to_owned(), (id.to_owned(), data));
        }
        Ok(())
    }

    /// Sometimes what is offered is taken.
    fn use_answer(&mut self, method: &str, uri: &str, answer: &Value) {
        let edits = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let one = match method {
            _ if !self.random.one_in(3) => return,
            "textDocument/completion" => {
                let items = edits(&answer["items"]);
                if items.is_empty() {
                    return;
                }
                let item = self.random.of(&items);
                let mut all = edits(&item["additionalTextEdits"]);
                all.push(item["textEdit"].clone());
                return self.take_over(uri, &all);
            }
            "textDocument/formatting"
            | "textDocument/rangeFormatting"
            | "textDocument/onTypeFormatting"
            | "textDocument/willSaveWaitUntil" => {
                return self.take_over(uri, &edits(answer));
            }
            "textDocument/rename" => answer.clone(),
            "textDocument/codeAction" => {
                let actions = edits(answer);
                if actions.is_empty() {
                    return;
                }
                let action = self.random.of(&actions).clone();
                if action["data"].is_object() {
                    let resolved = self.client.ask("codeAction/resolve", action);
                    resolved.map_or(Value::Null, |mut resolved| resolved["edit"].take())
                } else {
                    action["edit"].clone()
                }
            }
            _ => return,
        };
        for (uri, changes) in one["changes"].as_object().into_iter().flatten() {
            self.take_over(uri, &edits(changes));
        }
        for change in one["documentChanges"].as_array().into_iter().flatten() {
            if let Some(uri) = change["textDocument"]["uri"].as_str() {
                self.take_over(uri, &edits(&change["edits"]));
            }
        }
    }
}

fn numbers(data: &Value) -> Vec<u64> {
    data.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}
