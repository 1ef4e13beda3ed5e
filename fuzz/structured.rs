//! Files that are nearly right: a fixture or a rule's example with a few changes to its tree, which
//! random bytes choose. Plain text would rarely get past the parser.

use task_api_core::rules;
use task_api_json::{Kind, Node, TextEdit, apply_edits, parse};

const TOKENS: [&str; 24] = [
    "null", "true", "0", "-1", "1.5", "1e2", "\"\"", "\"1\"", "[]", "{}", "[1, 2]", "\"n\"", "\"2*n\"", "\"500MB\"",
    "\"{{ env.A }}\"", "\"sum\"", "\"max_item_sum\"", "\"a b\"", "\"/data\"", "\"./x\"", "{\"host_path\": \"/x\"}",
    "\"\\u0061\"", "\"segment\"", "1",
];

const KEYS: [&str; 20] = [
    "name", "nmae", "outpts", "outputs", "inputs", "input", "volume_source", "scale_rule", "complexity", "scale_factor",
    "api_version", "type", "mode", "x", "env", "command", "taskTemplate", "description", "env\\u0069", "limits",
];

const FIXTURES: [&str; 8] = [
    include_str!("../tests/fixtures/valid/v0/processing-container.json"),
    include_str!("../tests/fixtures/valid/v0/task.json"),
    include_str!("../tests/fixtures/valid/v0/task-inline-template.json"),
    include_str!("../tests/fixtures/valid/v1/processing-container.json"),
    include_str!("../tests/fixtures/valid/v1/task.json"),
    include_str!("../tests/fixtures/valid/v1/task-inline-template.json"),
    include_str!("../tests/fixtures/valid/v0/task-external-registry.json"),
    include_str!("../tests/fixtures/templated/task-expressions-in-strings.json"),
];

/// The text, and the container beside it.
pub fn document(data: &[u8]) -> Option<(String, Option<String>)> {
    let (&choice, rest) = data.split_first()?;
    if choice & 1 == 0 {
        let text = std::str::from_utf8(rest).ok()?;
        let (text, container) = text.split_once('\0').map_or((text, None), |(text, rest)| (text, Some(rest)));
        return Some((text.to_owned(), container.map(str::to_owned)));
    }
    let (&seed, changes) = rest.split_first()?;
    let seed = usize::from(seed);
    let examples = rules::ALL.iter().flat_map(|rule| [&rule.bad, &rule.good]);
    let (text, container) = match FIXTURES.get(seed) {
        Some(text) => (*text, None),
        None => examples.cycle().nth(seed).map(|example| (example.text, example.container))?,
    };
    let mut text = text.to_owned();
    for change in changes.chunks_exact(4).take(8) {
        text = changed(&text, usize::from(change[0]) << 8 | usize::from(change[1]), change[2], change[3])?;
    }
    Some((text, container.map(str::to_owned)))
}

fn changed(text: &str, place: usize, what: u8, with: u8) -> Option<String> {
    let tree = parse(text);
    let nodes: Vec<Node<'_>> = tree.root(text).descendants().collect();
    let node = *nodes.get(place % nodes.len())?;
    let other = *nodes.get(usize::from(with) % nodes.len())?;
    let token = TOKENS[usize::from(with) % TOKENS.len()];
    let key = format!("\"{}\"", KEYS[usize::from(with) % KEYS.len()]);
    let member = |key: Node<'_>| {
        let value = key.value_of_key()?;
        text.get(key.span().start as usize..value.span().end as usize)
    };
    let edit = match (what % 8, node.kind()) {
        (0, Kind::Key) => TextEdit::replace(node.span(), key),
        (1, Kind::Key) => TextEdit::insert(node.span().start, format!("{}, ", member(node)?)),
        (2, Kind::Key) => TextEdit::insert(node.span().start, format!("{key}: {token}, ")),
        (3, Kind::Object | Kind::Array) => TextEdit::insert(node.span().end, format!(", {}", node.source())),
        (4, _) => TextEdit::delete(node.span()),
        (5, kind) if kind != Kind::Key && other.kind() != Kind::Key => TextEdit::replace(node.span(), other.source()),
        (6, _) => TextEdit::insert(node.span().start, ["// a\n", " ", "\n", "/* b */ ", ",", "}", "\"", "["][usize::from(with) % 8]),
        (_, kind) if kind != Kind::Key => TextEdit::replace(node.span(), token),
        _ => return Some(text.to_owned()),
    };
    apply_edits(text, &[edit])
}
