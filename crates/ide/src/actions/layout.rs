//! Pieces of JSON text that move from one place to another.

use task_api_json::{Kind as NodeKind, Node};

/// The object around a node that is an element of a list of this name.
pub(super) fn item_around<'a>(node: Node<'a>, list: &str) -> Option<Node<'a>> {
    let is_item = |node: &Node<'a>| {
        let container = node.container().filter(|container| container.kind() == NodeKind::Array);
        node.kind() == NodeKind::Object && container.and_then(Node::key).is_some_and(|key| key.is_str(list))
    };
    std::iter::successors(Some(node), |node| node.parent()).find(is_item)
}

/// A value as it would be written where lines have this indentation. Valid JSON has no line ending in a string.
pub(super) fn reindented(value: Node<'_>, indent: &str, line_ending: &str) -> String {
    let own = indent_of(value.text(), value.span().start);
    let mut lines = value.source().lines();
    let mut result = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        result.push_str(line_ending);
        let line = line.strip_prefix(own).unwrap_or(line.trim_start());
        if !line.is_empty() {
            result.push_str(indent);
            result.push_str(line);
        }
    }
    result
}

/// The white space that the line of an offset begins with.
pub(crate) fn indent_of(text: &str, offset: u32) -> &str {
    let before = text.get(..offset as usize).unwrap_or_default();
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

pub(crate) fn line_ending(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
