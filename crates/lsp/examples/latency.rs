//! How long a client waits from a change to its diagnostics: `cargo run --release -p task-api-lsp --example latency`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, for developers")]

use std::time::Instant;

use serde_json::{Value, json};
use task_api_lsp::{Message, NoDisk, Options, Session};

const URI: &str = "file:///p/processing-container.json";

fn main() {
    for (name, templates) in [("60 lines", 3), ("1 MB", 2600)] {
        let text = container(templates);
        let mut session = Session::new(Options { disk: Box::new(NoDisk), variables: None });
        send(&mut session, json!({"id": 1, "method": "initialize", "params": {"capabilities": {}}}));
        send(&mut session, json!({"method": "initialized", "params": {}}));
        let item = json!({"uri": URI, "languageId": "json", "version": 1, "text": text});
        send(&mut session, json!({"method": "textDocument/didOpen", "params": {"textDocument": item}}));
        let mut times: Vec<f64> = (2..42)
            .map(|version| {
                let at = json!({"line": 1, "character": 11});
                let changes = json!([{"range": {"start": at, "end": at}, "text": "x"}]);
                let document = json!({"uri": URI, "version": version});
                let params = json!({"textDocument": document, "contentChanges": changes});
                let begin = Instant::now();
                send(&mut session, json!({"method": "textDocument/didChange", "params": params}));
                begin.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{name} ({} bytes): median {:.2} ms, slowest {:.2} ms", text.len(), times[20], times[39]);
    }
}

fn send(session: &mut Session, mut message: Value) {
    message["jsonrpc"] = json!("2.0");
    session.receive(Message::read(&message.to_string()));
    while session.settle() {}
    session.take_messages();
}

fn container(templates: usize) -> String {
    let template = |number: usize| {
        format!(
            concat!(
                "    {{\n      \"identifier\": \"segment{0}\",\n      \"description\": \"Writes one mask for each volume.\",\n",
                "      \"inputs\": [\n        {{ \"name\": \"images\", \"description\": \"Scans.\", \"mounted_path\": \"/in\" }}\n",
                "      ],\n      \"outputs\": [\n        {{ \"name\": \"masks\", \"description\": \"Masks.\", \"mounted_path\": \"/out\" }}\n",
                "      ],\n      \"env\": [\n        {{ \"name\": \"FOLDS\", \"description\": \"How many.\", \"value\": \"5\", \"type\": \"int\" }}\n",
                "      ],\n      \"command\": [\n        \"segment\"\n      ]\n    }}"
            ),
            number
        )
    };
    let templates: Vec<String> = (0..templates).map(template).collect();
    format!("{{\n  \"name\": \"lungs\",\n  \"templates\": [\n{}\n  ]\n}}\n", templates.join(",\n"))
}
