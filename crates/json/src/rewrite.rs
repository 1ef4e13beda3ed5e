//! Minimal rewrites of a tree's text: what a person would type, in the layout that is there.

use crate::{Kind, Node, Span, TextEdit, quote};

/// Adds a member at the end of an object. `value` is JSON text.
pub fn insert_member(object: Node<'_>, name: &str, value: &str) -> TextEdit {
    let member = format!("{}: {value}", quote(name));
    match object.members().last() {
        Some((_, last)) => insert_after(object, last, &member),
        None => insert_first(object, &member),
    }
}

/// Adds an element at the end of an array. `value` is JSON text.
pub fn insert_element(array: Node<'_>, value: &str) -> TextEdit {
    match array.elements().last() {
        Some(last) => insert_after(array, last, value),
        None => insert_first(array, value),
    }
}

/// Removes the member of `key` with the comma that belongs to it.
pub fn remove_member(key: Node<'_>) -> Vec<TextEdit> {
    let end = key.value_of_key().map_or(0, |value| value.span().end).max(key.span().end);
    let object = key.parent().into_iter().flat_map(Node::members);
    let end_of_member = |(key, value): (Node<'_>, Node<'_>)| value.span().end.max(key.span().end);
    let before = object.take_while(|(other, _)| *other != key).last().map(end_of_member);
    remove_item(Span::new(key.span().start, end), before, key.text())
}

/// Removes several members of one object, each run of neighbours as a whole.
pub fn remove_members(object: Node<'_>, is_removed: impl Fn(Node<'_>) -> bool) -> Vec<TextEdit> {
    let keys: Vec<Node<'_>> = object.members().map(|(key, _)| key).collect();
    remove_runs(&keys, is_removed)
}

/// Removes several elements of one array, each run of neighbours as a whole.
pub fn remove_elements(array: Node<'_>, is_removed: impl Fn(Node<'_>) -> bool) -> Vec<TextEdit> {
    let elements: Vec<Node<'_>> = array.elements().collect();
    remove_runs(&elements, is_removed)
}

fn remove_runs(items: &[Node<'_>], is_removed: impl Fn(Node<'_>) -> bool) -> Vec<TextEdit> {
    let end_of = |item: Node<'_>| item.value_of_key().map_or(item.span().end, |value| value.span().end);
    let mut edits = Vec::new();
    let mut index = 0;
    while index < items.len() {
        let length = items[index..].iter().take_while(|item| is_removed(**item)).count();
        if length == 0 {
            index += 1;
            continue;
        }
        let (first, last) = (items[index], items[index + length - 1]);
        let span = match (items.get(index + length), index.checked_sub(1)) {
            (Some(next), _) => Span::new(first.span().start, next.span().start),
            (None, Some(before)) => Span::new(end_of(items[before]), end_of(last)),
            (None, None) => Span::new(first.span().start, end_of(last)),
        };
        edits.push(TextEdit::delete(span));
        index += length;
    }
    edits
}

/// Removes an array's element with the comma that belongs to it.
pub fn remove_element(element: Node<'_>) -> Vec<TextEdit> {
    let array = element.parent().into_iter().flat_map(Node::elements);
    let before = array.take_while(|other| *other != element).last().map(|other| other.span().end);
    remove_item(element.span(), before, element.text())
}

/// Gives a member another name.
pub fn rename_key(key: Node<'_>, name: &str) -> TextEdit {
    TextEdit::replace(key.span(), quote(name))
}

fn insert_after(container: Node<'_>, last: Node<'_>, item: &str) -> TextEdit {
    let at = last.span().end;
    let first_start = first_item_start(container);
    let separator = match line_indent(container.text(), container.span().start, first_start) {
        Some(indent) => format!(",{}{indent}", line_ending(container.text())),
        None => ", ".to_owned(),
    };
    TextEdit::insert(at, format!("{separator}{item}"))
}

fn insert_first(container: Node<'_>, item: &str) -> TextEdit {
    let span = container.span();
    let inside = Span::new(span.start + 1, span.end.saturating_sub(1).max(span.start + 1));
    let blank = inside.of(container.text()).chars().all(char::is_whitespace);
    if blank && container.source().len() > 1 {
        return TextEdit::replace(inside, item);
    }
    TextEdit::insert(span.start + 1, item)
}

fn first_item_start(container: Node<'_>) -> u32 {
    let first = match container.kind() {
        Kind::Object => container.members().next().map(|(key, _)| key),
        _ => container.elements().next(),
    };
    first.map_or(container.span().start, |node| node.span().start)
}

/// The white space before the first item if the item stands on a line of its own.
fn line_indent(text: &str, container_start: u32, item_start: u32) -> Option<&str> {
    let between = text.get(container_start as usize + 1..item_start as usize)?;
    let newline = between.rfind(['\n', '\r'])?;
    let indent = &between[newline + 1..];
    indent.chars().all(|c| c == ' ' || c == '\t').then_some(indent)
}

/// The line ending that the text uses.
fn line_ending(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// `before` is the end of the item before this one. Comments, which broken JSON may have, stay with
/// the item that they stand beside.
fn remove_item(item: Span, before: Option<u32>, text: &str) -> Vec<TextEdit> {
    let delete = |start: usize, end: usize| TextEdit::delete(Span::new(start as u32, end as u32));
    let (start, end) = (item.start as usize, item.end as usize);
    let comma = skip_blanks_and_comments(text, end);
    if text[comma..].starts_with(',') {
        // Up to the next item, so that it takes this one's place.
        let rest = skip_comment_of_line(text, comma + 1);
        let next = text[rest..].trim_start();
        let closes = next.starts_with([']', '}']);
        return vec![delete(start, if closes { rest } else { text.len() - next.len() })];
    }
    let comma = before.map(|before| skip_blanks_and_comments(text, before as usize));
    let Some(comma) = comma.filter(|&comma| comma < start && text[comma..].starts_with(',')) else {
        return vec![delete(start, end)];
    };
    if text[comma + 1..start].chars().all(char::is_whitespace) {
        return vec![delete(comma, end)];
    }
    // A comment is between them, and its line must end.
    let blanks = text[..start].trim_end_matches([' ', '\t']).len();
    vec![delete(comma, comma + 1), delete(blanks, end)]
}

/// The next place that has neither white space nor a comment.
fn skip_blanks_and_comments(text: &str, mut at: usize) -> usize {
    loop {
        at = text.len() - text[at..].trim_start().len();
        match comment_length(&text[at..]) {
            0 => return at,
            length => at += length,
        }
    }
}

/// Behind the comment that begins in the same line.
fn skip_comment_of_line(text: &str, at: usize) -> usize {
    let rest = text[at..].trim_start_matches([' ', '\t']);
    match comment_length(rest) {
        0 => at,
        length => text.len() - rest.len() + length,
    }
}

fn comment_length(text: &str) -> usize {
    if text.starts_with("//") || text.starts_with('#') {
        return text.find(['\n', '\r']).unwrap_or(text.len());
    }
    match text.strip_prefix("/*") {
        Some(inside) => inside.find("*/").map_or(text.len(), |end| end + 4),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{apply_edits, parse};

    fn inserted(text: &str) -> String {
        let tree = parse(text);
        apply_edits(text, &[insert_member(tree.root(text), "b", "2")]).unwrap()
    }

    fn removed(text: &str) -> String {
        let tree = parse(text);
        let (key, _) = tree.root(text).member("b").unwrap();
        apply_edits(text, &remove_member(key)).unwrap()
    }

    #[test]
    fn insertions_take_over_the_layout() {
        assert_eq!(inserted("{}"), r#"{"b": 2}"#);
        assert_eq!(inserted("{ \n}"), r#"{"b": 2}"#);
        assert_eq!(inserted(r#"{"a": 1}"#), r#"{"a": 1, "b": 2}"#);
        assert_eq!(inserted("{\n\t\"a\": 1\n}"), "{\n\t\"a\": 1,\n\t\"b\": 2\n}");
        assert_eq!(inserted("{\r\n  \"a\": 1\r\n}"), "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}");
    }

    #[test]
    fn removals_leave_a_list_that_is_still_one() {
        assert_eq!(removed(r#"{"b": 2}"#), "{}");
        assert_eq!(removed(r#"{"a": 1, "b": 2}"#), r#"{"a": 1}"#);
        assert_eq!(removed(r#"{"b": 2, "a": 1}"#), r#"{"a": 1}"#);
        assert_eq!(removed("{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}"), "{\n  \"a\": 1,\n  \"c\": 3\n}");
    }

    #[test]
    fn runs_of_elements_go_as_a_whole() {
        let removed = |text: &str| {
            let tree = parse(text);
            apply_edits(text, &remove_elements(tree.root(text), |element| element.is_str("x"))).unwrap()
        };
        assert_eq!(removed(r#"["x", "a", "x", "x", "b", "x"]"#), r#"["a", "b"]"#);
        assert_eq!(removed("[\n  \"a\",\n  \"x\",\n  \"x\"\n]"), "[\n  \"a\"\n]");
        assert_eq!(removed(r#"["x", "x"]"#), "[]");
    }

    #[test]
    fn comments_do_not_hide_the_comma() {
        assert_eq!(removed("{\"a\": 1, // one\n \"b\": 2 // two\n}"), "{\"a\": 1 // one\n // two\n}");
        assert_eq!(removed("{\"a\": 1, \"b\": 2 /* , */, \"c\": 3}"), "{\"a\": 1, \"c\": 3}");
        assert_eq!(removed("{\"b\": 2, // two\n \"c\": 3 // three\n}"), "{\"c\": 3 // three\n}");
        assert_eq!(removed("{\"a\": 1 /* , */, \"b\": 2}"), "{\"a\": 1 /* , */}");
    }
}
