//! Rendering ends, stays within its bounds, and keeps JSON JSON of the same structure.

#![no_main]

use libfuzzer_sys::fuzz_target;
use task_api_cli::render::{Variables, render};
use task_api_json::{Kind, Node, parse};

#[path = "../structured.rs"]
mod structured;

/// Bytes that one string may become, quotes and escapes included.
const LONGEST: usize = 6 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((text, _)) = structured::document(data) else { return };
    let env = vec![("A".to_owned(), "x\"y\n{{ env.A }}".to_owned()), ("EMPTY".to_owned(), String::new())];
    let variables = Variables { custom: env.clone(), env };
    let Ok(rendered) = render(&text, &variables) else { return };
    let before = parse(&text);
    if before.has_template_blocks() || !before.is_valid() {
        return;
    }
    let after = parse(&rendered.text);
    assert!(after.is_valid(), "{text}\n->\n{}", rendered.text);
    assert!(shape(before.root(&text)).eq(shape(after.root(&rendered.text))), "{text}\n->\n{}", rendered.text);
    assert!(after.root(&rendered.text).descendants().all(|node| node.kind() != Kind::String || node.source().len() <= LONGEST.max(text.len())));
});

fn shape(root: Node<'_>) -> impl Iterator<Item = (Kind, &str)> {
    root.descendants().map(|node| match node.kind() {
        Kind::String | Kind::Array | Kind::Object => (node.kind(), ""),
        kind => (kind, node.source()),
    })
}
