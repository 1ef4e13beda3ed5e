//! Layout: of a whole document, of a part of it, and of a line as it is typed.

use task_api_json::{Kind as NodeKind, Node, Span, TextEdit, apply_edits, parse};

use crate::document::Document;
use crate::structure::is_container;

const INDENT: &str = "  ";

/// Deeper than this, nobody sees where a line would have to be broken.
const DEEPEST: usize = 40;

/// The edits that lay out a document, as `task-api validate --fix` would; `None` for one that is no JSON.
pub fn format(document: &Document) -> Option<Vec<TextEdit>> {
    document.kind()?;
    if document.tree().has_template_blocks() {
        return None;
    }
    task_api_json::format(document.root())
}

/// The edits that lay out the members and elements that stand in a span as a whole. Nothing outside of it changes, and
/// what is broken stays as it is.
pub fn format_range(document: &Document, span: Span) -> Vec<TextEdit> {
    if document.kind().is_none() || document.tree().has_template_blocks() {
        return Vec::new();
    }
    let mut layout = RangeLayout { text: document.text(), range: span, edits: Vec::new() };
    let root = document.root();
    if is_within(root.span(), span) {
        layout.item(root, None);
    } else {
        layout.items_of(root);
    }
    layout.edits
}

/// The edits that give a line its indentation, when a bracket, a comma or a line break has been typed before `offset`.
pub fn format_on_type(document: &Document, offset: u32, typed: char) -> Vec<TextEdit> {
    let text = document.text();
    let is_asked = matches!(typed, '}' | ']' | ',' | '\n');
    let is_place = text.is_char_boundary(offset as usize);
    if document.kind().is_none() || !is_asked || !is_place || is_in_string(document.root(), offset) {
        return Vec::new();
    }
    indentation_of_line(document, offset).into_iter().collect()
}

fn indentation_of_line(document: &Document, offset: u32) -> Option<TextEdit> {
    let text = document.text();
    let line = line_start(text, offset);
    let blank = leading_space(text, line);
    let root = document.root();
    let first = text.get(blank.end as usize..)?.chars().next();
    // What the line stands in: begun before it, and not ended before its first character.
    let around = |node: &Node<'_>| {
        let span = node.span();
        let is_closed = node.source().ends_with(['}', ']']) && span.len() > 1;
        is_container(*node) && span.start < line && (span.end > blank.end || !is_closed)
    };
    let container = std::iter::successors(Some(innermost(root, line)), |node| node.container()).find(around)?;
    let wanted = match first {
        Some('}' | ']') => indentation_at(text, container.span().start).to_owned(),
        _ => item_indentation(container, |item| item.span().start < line),
    };
    (blank.of(text) != wanted).then(|| TextEdit::replace(blank, wanted))
}

/// The value around the begin of a line. That of an unclosed container may end before it.
fn innermost(root: Node<'_>, line: u32) -> Node<'_> {
    let mut node = root;
    loop {
        let is_before = |item: &Node<'_>| item.span().start < line;
        let last = values(node).take_while(is_before).last();
        match last.filter(|value| is_container(*value) && (value.span().end >= line || value.is_recovered())) {
            Some(value) => node = value,
            None => return node,
        }
    }
}

fn is_in_string(root: Node<'_>, offset: u32) -> bool {
    let node = root.node_at(offset);
    matches!(node.kind(), NodeKind::String | NodeKind::Key) && {
        let span = node.span();
        span.start < offset && offset < span.end && node.source().starts_with('"')
    }
}

/// How the items of a container are indented: as one of them is, or one step further than the container.
fn item_indentation(container: Node<'_>, is_model: impl Fn(Node<'_>) -> bool) -> String {
    let text = container.text();
    let model = items(container).filter(|item| is_model(*item)).find(|item| is_first_of_line(text, item.span().start));
    match model {
        Some(item) => indentation_at(text, item.span().start).to_owned(),
        None => {
            let outer = indentation_at(text, container.span().start);
            let step = if outer.ends_with('\t') { "\t" } else { INDENT };
            format!("{outer}{step}")
        }
    }
}

struct RangeLayout<'a> {
    text: &'a str,
    range: Span,
    edits: Vec<TextEdit>,
}

impl RangeLayout<'_> {
    fn items_of(&mut self, container: Node<'_>) {
        let mut expected: Option<String> = None;
        for item in items(container) {
            let span = whole(item);
            if is_within(span, self.range) {
                let is_outside = |other: Node<'_>| !is_within(whole(other), self.range);
                let expected = expected.get_or_insert_with(|| item_indentation(container, is_outside));
                self.item(item, Some(expected));
            } else if span.start < self.range.end && self.range.start < span.end {
                self.items_of(item.value_of_key().unwrap_or(item));
            }
        }
    }

    /// Lays out a member or an element, and indents its line if that is within the range.
    fn item(&mut self, item: Node<'_>, expected: Option<&str>) {
        let span = whole(item);
        let line = line_start(self.text, span.start);
        let mut base = indentation_at(self.text, span.start).to_owned();
        let is_ours = line >= self.range.start && is_first_of_line(self.text, span.start);
        if let Some(expected) = expected.filter(|expected| is_ours && base != **expected) {
            self.edits.push(TextEdit::replace(Span::new(line, span.start), expected));
            base = expected.to_owned();
        }
        let source = span.of(self.text);
        if let Some(laid_out) = laid_out(source, item.kind() == NodeKind::Key, &base, self.line_ending()) {
            self.edits.extend(space_edits(source, &laid_out, span.start));
        }
    }

    fn line_ending(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }
}

/// A member or an element as it would be laid out at a place that is indented by `base`; `None` if it is no JSON.
fn laid_out(source: &str, is_member: bool, base: &str, line_ending: &str) -> Option<String> {
    // Within as many lists as the place is deep, lines are as wide as they are there.
    let columns: usize = base.chars().map(|c| if c == '\t' { INDENT.len() } else { 1 }).sum();
    let depth = (columns / INDENT.len()).clamp(1, DEEPEST);
    let (open, close) = if is_member { ("{", "}") } else { ("[", "]") };
    let text = format!(
        "{}{open}{line_ending}{source}{line_ending}{close}{}",
        format!("[{line_ending}").repeat(depth - 1),
        format!("{line_ending}]").repeat(depth - 1)
    );
    let tree = parse(&text);
    let formatted = apply_edits(&text, &task_api_json::format(tree.root(&text))?)?;
    let lines: Vec<&str> = formatted.split(line_ending).collect();
    // A line for each bracket, and the empty one behind the last.
    let inner = lines.get(depth..lines.len().checked_sub(depth + 1)?)?;
    let indent = INDENT.repeat(depth);
    let mut result = String::with_capacity(source.len());
    for (index, line) in inner.iter().enumerate() {
        let line = line.strip_prefix(indent.as_str())?;
        if index > 0 {
            result.push_str(line_ending);
            result.push_str(base);
        }
        result.push_str(line);
    }
    Some(result)
}

/// The edits from one text to another that differs in the white space between tokens alone.
fn space_edits(old: &str, new: &str, start: u32) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    let (mut old_rest, mut new_rest) = (old, new);
    let mut in_string = false;
    while !old_rest.is_empty() || !new_rest.is_empty() {
        if !in_string {
            let (old_token, new_token) = (old_rest.trim_ascii_start(), new_rest.trim_ascii_start());
            let old_space = &old_rest[..old_rest.len() - old_token.len()];
            let new_space = &new_rest[..new_rest.len() - new_token.len()];
            if old_space != new_space {
                let at = start + (old.len() - old_rest.len()) as u32;
                edits.push(TextEdit::replace(Span::new(at, at + old_space.len() as u32), new_space));
            }
            (old_rest, new_rest) = (old_token, new_token);
        }
        let (Some(letter), Some(same)) = (old_rest.chars().next(), new_rest.chars().next()) else { break };
        if letter != same {
            return Vec::new();
        }
        // An escape is passed as a whole, so that its quote ends nothing.
        let escape =
            if in_string && letter == '\\' { old_rest[1..].chars().next().map_or(0, char::len_utf8) } else { 0 };
        in_string ^= letter == '"';
        let length = letter.len_utf8() + escape;
        (old_rest, new_rest) = (&old_rest[length..], new_rest.get(length..).unwrap_or_default());
    }
    edits
}

/// Keys of an object, elements of an array.
fn items(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.members().map(|(key, _)| key).chain(node.elements())
}

fn values(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.members().map(|(_, value)| value).chain(node.elements())
}

/// A member from its key to the end of its value; an element.
fn whole(item: Node<'_>) -> Span {
    let span = item.span();
    let end = item.value_of_key().map_or(span.end, |value| value.span().end.max(span.end));
    Span::new(span.start, end)
}

fn is_within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn line_start(text: &str, offset: u32) -> u32 {
    text.get(..offset as usize).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |at| at as u32 + 1)
}

/// The blanks at the begin of a line.
fn leading_space(text: &str, line: u32) -> Span {
    let rest = text.get(line as usize..).unwrap_or_default();
    let length = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    Span::new(line, line + length as u32)
}

fn indentation_at(text: &str, offset: u32) -> &str {
    leading_space(text, line_start(text, offset)).of(text)
}

fn is_first_of_line(text: &str, offset: u32) -> bool {
    leading_space(text, line_start(text, offset)).end == offset
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::fixture;
    use crate::workspace::{Facts, Workspace};

    fn applied(text: &str, edits: impl FnOnce(&Document) -> Vec<TextEdit>) -> String {
        let mut workspace = Workspace::default();
        workspace.set("file:///task.json", text.to_owned(), Facts::default());
        apply_edits(text, &edits(workspace.get("file:///task.json").unwrap())).unwrap()
    }

    /// Formats between two `|`.
    #[track_caller]
    fn check_range(literal: &str, expected: Expect) {
        let start = literal.find('|').unwrap();
        let text = literal.replacen('|', "", 1);
        let end = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let span = Span::new(start as u32, end as u32);
        let new = applied(&text, |document| format_range(document, span));
        assert!(new.starts_with(&text[..start]) && new.ends_with(&text[end..]), "outside, nothing changes: {new}");
        expected.assert_eq(&new);
    }

    #[track_caller]
    fn check_typed(literal: &str, typed: char, expected: Expect) {
        let fixture = fixture(literal);
        let document = fixture.workspace.get(&fixture.uri).unwrap();
        let edits = format_on_type(document, fixture.offset, typed);
        expected.assert_eq(&apply_edits(document.text(), &edits).unwrap());
    }

    #[test]
    fn a_whole_document() {
        let new = applied("{\"a\":1,\n\"b\":[ ]}", |document| format(document).unwrap());
        assert_eq!(new, "{\n  \"a\": 1,\n  \"b\": []\n}\n");
        let mut workspace = Workspace::default();
        workspace.set("file:///task.json", "{\"a\":}".to_owned(), Facts::default());
        assert_eq!(format(workspace.get("file:///task.json").unwrap()), None);
    }

    #[test]
    fn members_in_a_range_are_laid_out_as_their_neighbours_are() {
        check_range(
            "{\n    \"a\":1,\n|    \"b\":[1,2 ],\n  \"c\" : {\"d\":1,\n\"e\":\"x  y\\\"  \"}|,\n    \"f\":2}",
            expect![[r#"
                {
                    "a":1,
                    "b": [1, 2],
                    "c": {
                      "d": 1,
                      "e": "x  y\"  "
                    },
                    "f":2}"#]],
        );
    }

    #[test]
    fn only_whole_items_change_and_broken_ones_do_not() {
        check_range(
            "{\"a\": [{\"b\":|1,\"c\":[1,2],\"d\"|:2}, [ ]]}",
            expect![[r#"{"a": [{"b":1,"c": [1, 2],"d":2}, [ ]]}"#]],
        );
        // The line's indentation begins before the range.
        check_range(
            "{\n   |   \"a\":1,\n \"b\":2|\n}",
            expect![[r#"
            {
                  "a": 1,
              "b": 2
            }"#]],
        );
        check_range(
            "{\n  \"a\": |[1,,2],\n  \"b\":[1,2]|\n",
            expect![[r#"
                {
                  "a": [1,,2],
                  "b": [1, 2]
            "#]],
        );
    }

    #[test]
    fn the_range_of_a_document_that_is_laid_out_changes_nothing() {
        let text = applied(
            r#"{"a": [1, {"b": 2, "c": ["0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789",
            "012345"]}], "d": {"e": {"f": {"g": [[["h"]]]}}}}"#,
            |document| format(document).unwrap(),
        );
        for start in 0..text.len() as u32 {
            for end in start..=text.len() as u32 {
                let new = applied(&text, |document| format_range(document, Span::new(start, end)));
                assert_eq!(new, text, "{start}..{end}");
            }
        }
    }

    #[test]
    fn a_new_line_is_indented_as_its_neighbours_are() {
        check_typed(
            "{\n    \"a\": 1,\n$0\n}\n",
            '\n',
            expect![[r#"
                {
                    "a": 1,
                    
                }
            "#]],
        );
        check_typed(
            "{\"a\": [\n$0]}\n",
            '\n',
            expect![[r#"
                {"a": [
                ]}
            "#]],
        );
        check_typed(
            "{\n  \"a\": [{\n$0",
            '\n',
            expect![[r#"
                {
                  "a": [{
                    "#]],
        );
    }

    #[test]
    fn closing_brackets_stand_below_what_they_close() {
        check_typed(
            "{\n  \"a\": [\n    1\n    ]$0\n}\n",
            ']',
            expect![[r#"
                {
                  "a": [
                    1
                  ]
                }
            "#]],
        );
        check_typed(
            "{\n  \"a\": {\n    \"b\": 1\n      }$0",
            '}',
            expect![[r#"
                {
                  "a": {
                    "b": 1
                  }"#]],
        );
        check_typed(
            "{\n  \"a\": 1,\n      \"b\": 2,$0\n}",
            ',',
            expect![[r#"
                {
                  "a": 1,
                  "b": 2,
                }"#]],
        );
    }

    #[test]
    fn within_a_string_nothing_is_indented() {
        check_typed("{\n \"a\": \"b,$0 c\"\n}", ',', expect![["{\n \"a\": \"b, c\"\n}"]]);
        check_typed("{\n \"a\": \"b],\",$0\n}", ',', expect![["{\n  \"a\": \"b],\",\n}"]]);
    }
}
