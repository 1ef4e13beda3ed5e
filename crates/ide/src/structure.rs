//! What folds, and what a selection grows to.

use task_api_core::template::is_part_of_name;
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::document::{Document, Role};
use crate::expression::expressions;

/// An array or object over several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldingRange {
    pub span: Span,
    pub start_line: u32,
    /// The last line that is hidden: the one with the closing bracket stays.
    pub end_line: u32,
}

/// The arrays and objects that can be folded, of those that begin on one line the outermost.
pub fn folding_ranges(document: &Document) -> Vec<FoldingRange> {
    if document.role() == Role::Dag {
        return Vec::new();
    }
    let lines = document.lines();
    let mut ranges: Vec<FoldingRange> = Vec::new();
    for node in document.root().descendants().filter(|node| is_container(*node)) {
        let span = node.span();
        // A container that nobody has closed ends where its last value does.
        let last = span.end.saturating_sub(1).max(span.start);
        let (start_line, last_line) = (lines.position(span.start).line, lines.position(last).line);
        if last_line == start_line {
            continue;
        }
        let line_start = last - lines.position(last).character;
        let before = Span::new(line_start, last).of(document.text());
        let is_alone = before.chars().all(|c| c.is_whitespace() || matches!(c, '}' | ']'));
        let end_line = if is_alone { last_line - 1 } else { last_line };
        let is_first_of_line = ranges.last().is_none_or(|before| before.start_line != start_line);
        if end_line > start_line && is_first_of_line {
            ranges.push(FoldingRange { span, start_line, end_line });
        }
    }
    ranges
}

/// What stands around an offset: the word, the expression, the string, the member, the object and so on, the innermost
/// first and each containing the one before.
pub fn selection_ranges(document: &Document, offset: u32) -> Vec<Span> {
    let text = document.text();
    if !text.is_char_boundary(offset as usize) || document.role() == Role::Dag {
        return Vec::new();
    }
    let mut spans = Vec::new();
    let node = document.root().node_at(offset);
    if matches!(node.kind(), NodeKind::String | NodeKind::Key | NodeKind::Template) {
        spans.extend(word_at(text, offset));
        for expression in expressions(node).iter().filter(|expression| touches(expression.span, offset)) {
            spans.extend(expression.tokens.iter().map(|token| token.span).filter(|span| touches(*span, offset)));
            spans.push(expression.span);
        }
    }
    for node in std::iter::successors(Some(node), |node| node.parent()) {
        let span = node.span();
        match node.kind() {
            NodeKind::String => spans.extend([node.inner_span(), span]),
            // A value's key comes behind it: by then, it is the member that is meant.
            NodeKind::Key => {
                if touches(span, offset) {
                    spans.extend([node.inner_span(), span]);
                }
                let end = node.value_of_key().map_or(span.end, |value| value.span().end.max(span.end));
                spans.push(Span::new(span.start, end));
            }
            NodeKind::Array | NodeKind::Object => spans.extend([inside(node), span]),
            _ => spans.push(span),
        }
    }
    spans.push(Span::new(0, text.len() as u32));
    growing(spans, offset)
}

/// Those that contain the place and are larger than all before.
fn growing(spans: Vec<Span>, offset: u32) -> Vec<Span> {
    let mut kept: Vec<Span> = Vec::new();
    for span in spans.into_iter().filter(|span| touches(*span, offset)) {
        let is_larger = |before: &Span| span.start <= before.start && before.end <= span.end && span != *before;
        if kept.last().is_none_or(is_larger) {
            kept.push(span);
        }
    }
    kept
}

pub(crate) fn is_container(node: Node<'_>) -> bool {
    matches!(node.kind(), NodeKind::Array | NodeKind::Object)
}

/// The cursor stands in the span, or at one of its ends.
pub(crate) fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

fn inside(node: Node<'_>) -> Span {
    let span = node.span();
    let is_closed = node.source().len() > 1 && node.source().ends_with([']', '}']);
    let start = (span.start + 1).min(span.end);
    Span::new(start, (span.end - u32::from(is_closed)).max(start))
}

fn word_at(text: &str, offset: u32) -> Option<Span> {
    let offset = offset as usize;
    let before = text.get(..offset)?;
    let start = before.trim_end_matches(is_part_of_name).len();
    let behind = text.get(offset..)?;
    let end = offset + behind.find(|c| !is_part_of_name(c)).unwrap_or(behind.len());
    (start < end).then(|| Span::new(start as u32, end as u32))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::fixture;

    #[track_caller]
    fn check_selection(literal: &str, expected: Expect) {
        let fixture = fixture(literal);
        let document = fixture.workspace.get(&fixture.uri).unwrap();
        let spans = selection_ranges(document, fixture.offset);
        let shown: Vec<&str> = spans.iter().map(|span| span.of(document.text())).collect();
        expected.assert_debug_eq(&shown);
    }

    #[track_caller]
    fn check_folding(literal: &str, expected: Expect) {
        let fixture = fixture(literal);
        let document = fixture.workspace.get("file:///task.json").unwrap();
        let ranges = folding_ranges(document);
        let shown: Vec<_> = ranges.iter().map(|range| (range.start_line, range.end_line)).collect();
        expected.assert_eq(&format!("{shown:?}"));
    }

    #[test]
    fn from_the_word_to_the_file() {
        check_selection(
            "{\"a\": [\"one tw$0o\", 1]}\n",
            expect![[r#"
                [
                    "two",
                    "one two",
                    "\"one two\"",
                    "\"one two\", 1",
                    "[\"one two\", 1]",
                    "\"a\": [\"one two\", 1]",
                    "{\"a\": [\"one two\", 1]}",
                    "{\"a\": [\"one two\", 1]}\n",
                ]
            "#]],
        );
    }

    #[test]
    fn keys_and_expressions() {
        check_selection(
            r#"{"na$0me": 1}"#,
            expect![[r#"
                [
                    "name",
                    "\"name\"",
                    "\"name\": 1",
                    "{\"name\": 1}",
                ]
            "#]],
        );
        check_selection(
            r#"["a {{ env.HO$0ME }}/b"]"#,
            expect![[r#"
                [
                    "HOME",
                    "{{ env.HOME }}",
                    "a {{ env.HOME }}/b",
                    "\"a {{ env.HOME }}/b\"",
                    "[\"a {{ env.HOME }}/b\"]",
                ]
            "#]],
        );
    }

    #[test]
    fn the_outermost_of_a_line_folds_and_its_end_stays() {
        check_folding(
            "{\n  \"a\": [{\n    \"b\": 1\n  }],\n  \"c\": [1,\n    2],\n  \"d\": {\n  },\n  \"e\": {}\n}\n",
            expect!["[(0, 8), (1, 2), (4, 5)]"],
        );
    }
}
