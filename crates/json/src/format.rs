//! Layout: two spaces a level, one item a line, and on one line what was on one line and fits.
//!
//! Only white space between tokens changes; numbers and strings stay as they are written.

use crate::{Kind, Node, Span, TextEdit};

/// What is longer is broken into lines.
const LINE_WIDTH: usize = 100;
const INDENT: &str = "  ";

/// The edits that lay out a text that is JSON; none where it is laid out already. `None` for a text
/// that is no JSON.
pub fn format(root: Node<'_>) -> Option<Vec<TextEdit>> {
    if !root.tree().is_valid() {
        return None;
    }
    let text = root.text();
    let line_ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut layout = Layout { text, line_ending, pos: start, edits: Vec::new() };
    layout.gap(root.span().start as usize, "");
    layout.value(root, 0);
    layout.gap(text.len(), line_ending);
    Some(layout.edits)
}

struct Layout<'a> {
    text: &'a str,
    line_ending: &'static str,
    /// End of the token before.
    pos: usize,
    edits: Vec<TextEdit>,
}

impl Layout<'_> {
    fn value(&mut self, node: Node<'_>, depth: usize) {
        let span = node.span();
        let end = span.end as usize;
        if !matches!(node.kind(), Kind::Object | Kind::Array) {
            self.pos = end;
            return;
        }
        self.pos = span.start as usize + 1;
        let on_one_line = !node.source().contains(['\n', '\r']) && depth * INDENT.len() + width(node) <= LINE_WIDTH;
        let mut is_first = true;
        for item in items(node) {
            if !is_first {
                self.punctuation(b',', "");
            }
            let before = match (on_one_line, is_first) {
                (true, true) => String::new(),
                (true, false) => " ".to_owned(),
                (false, _) => self.new_line(depth + 1),
            };
            self.gap(item.span().start as usize, &before);
            is_first = false;
            match item.value_of_key() {
                Some(value) => {
                    self.pos = item.span().end as usize;
                    self.punctuation(b':', "");
                    self.gap(value.span().start as usize, " ");
                    self.value(value, depth + 1);
                }
                None => self.value(item, depth + 1),
            }
        }
        let before = if on_one_line || is_first { String::new() } else { self.new_line(depth) };
        self.gap(end - 1, &before);
        self.pos = end;
    }

    fn new_line(&self, depth: usize) -> String {
        format!("{}{}", self.line_ending, INDENT.repeat(depth))
    }

    /// Passes the next token, which is this one.
    fn punctuation(&mut self, token: u8, before: &str) {
        let rest = &self.text.as_bytes()[self.pos..];
        let at = self.pos + rest.iter().position(|&byte| byte == token).unwrap_or(0);
        self.gap(at, before);
        self.pos = at + 1;
    }

    /// Makes what stands between the token before and `next` be `wanted`.
    fn gap(&mut self, next: usize, wanted: &str) {
        if &self.text[self.pos..next] != wanted {
            self.edits.push(TextEdit::replace(Span::new(self.pos as u32, next as u32), wanted));
        }
        self.pos = next;
    }
}

/// Keys of an object, elements of an array.
fn items(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.members().map(|(key, _)| key).chain(node.elements())
}

/// Characters that a value takes on one line.
fn width(node: Node<'_>) -> usize {
    let own = |node: Node<'_>| node.source().chars().count();
    let mut total = 0;
    for node in node.descendants() {
        total += match node.kind() {
            Kind::Key => own(node) + 2,
            Kind::Object | Kind::Array => 2 + 2 * items(node).count().saturating_sub(1),
            _ => own(node),
        };
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{apply_edits, parse};
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expected: Expect) {
        let tree = parse(text);
        let once = apply_edits(text, &format(tree.root(text)).unwrap()).unwrap();
        expected.assert_eq(&once);
        let tree = parse(&once);
        assert_eq!(format(tree.root(&once)).unwrap(), [], "a formatted text stays as it is");
    }

    #[test]
    fn short_lists_stay_on_their_line_and_long_ones_are_broken() {
        check(
            "{ \"a\":1 , \"b\" : [ 1,2 ],\n\"c\":{},\"d\":[\n],  \"e\": { \"f\":null,\n \"g\": [{\"h\":1.50}] } }",
            expect![[r#"
                {
                  "a": 1,
                  "b": [1, 2],
                  "c": {},
                  "d": [],
                  "e": {
                    "f": null,
                    "g": [{"h": 1.50}]
                  }
                }
            "#]],
        );
        let long = format!("[{}]", ["\"0123456789\""; 9].join(","));
        let tree = parse(&long);
        assert_eq!(apply_edits(&long, &format(tree.root(&long)).unwrap()).unwrap().lines().count(), 11);
    }

    #[test]
    fn line_endings_and_byte_order_marks_stay() {
        check("\u{feff}{\r\n\"a\":1}", expect!["\u{feff}{\r\n  \"a\": 1\r\n}\r\n"]);
    }

    #[test]
    fn broken_text_is_left_alone() {
        let text = "[1,]";
        assert_eq!(format(parse(text).root(text)), None);
    }
}
