//! What may be shown of a file: neither a secret in it nor a character that steers the terminal.
//! Each character gives way to one of the same length in UTF-8, so that every place in the text
//! stays where it was.

use std::borrow::Cow;

use task_api_core::secret::is_secret_name;
use task_api_json::{Kind, Node, Span, parse};

/// Stand for a character of a secret of one, two, three and four bytes.
const MASKS: [char; 4] = ['*', '×', '※', '🞰'];
/// Stand for a control character of one, two, three and four bytes.
const MARKS: [char; 4] = ['?', '¿', '\u{fffd}', '🞰'];

/// The text of a file, to be shown in parts.
pub(crate) fn text(text: &str) -> String {
    let tree = parse(text);
    let mut secrets: Vec<Span> =
        tree.root(text).descendants().filter(|node| is_secret(*node)).map(Node::inner_span).collect();
    secrets.sort_by_key(|span| span.start);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in secrets.iter().map(|span| span.range()) {
        shown.extend(text[at..span.start].chars().map(harmless));
        shown.extend(text[span.clone()].chars().map(|c| if c.is_whitespace() { harmless(c) } else { of(c, MASKS) }));
        at = span.end;
    }
    shown.extend(text[at..].chars().map(harmless));
    shown
}

/// The text of a file that has no place for secrets.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// A message: line breaks and tabs stay, whatever else steers a terminal is marked.
pub(crate) fn message(message: &str) -> Cow<'_, str> {
    if message.chars().any(steers) { Cow::Owned(message.chars().map(harmless).collect()) } else { message.into() }
}

/// What stands for those of a list that are not shown.
pub(crate) fn more(number: usize) -> String {
    format!("… and {} more", in_groups(number))
}

/// A number with its digits in groups of three.
fn in_groups(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A line that says what went wrong.
pub(crate) fn error_line(text: &str, colour: bool) -> String {
    let mark = if colour { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    format!("{mark}: {}\n", message(text))
}

/// A line that says what to look at.
pub(crate) fn warning_line(text: &str, colour: bool) -> String {
    let mark = if colour { "\u{1b}[1;33mwarning\u{1b}[0m" } else { "warning" };
    format!("{mark}: {}\n", message(text))
}

/// A message with names of files in it, which may hold line breaks: in one line.
pub(crate) fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { of(c, MARKS) } else { harmless(c) }).collect()
}

/// A value whose key is a secret's, or that stands beside such a name in a list of variables.
pub(crate) fn is_secret(node: Node<'_>) -> bool {
    if !matches!(node.kind(), Kind::String | Kind::Number) {
        return false;
    }
    let Some(key) = node.key().and_then(Node::as_str) else { return false };
    let name_beside = || node.container()?.get("name")?.as_str();
    is_secret_name(&key) || (key == "value" && name_beside().is_some_and(|name| is_secret_name(&name)))
}

fn harmless(c: char) -> char {
    if steers(c) { of(c, MARKS) } else { c }
}

fn of(c: char, by_length: [char; 4]) -> char {
    by_length[c.len_utf8() - 1]
}

/// Control characters, and those that change the direction or the line without being seen.
fn steers(c: char) -> bool {
    let is_unseen = matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    );
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || is_unseen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay() {
        let before = "{\"registryPassword\": \"pä€😀\", \"a\": \"\u{1b}\u{9b}\u{202e}\u{e0041}\", \"value\": 5}";
        let after = text(before);
        assert_eq!(after, "{\"registryPassword\": \"*×※🞰\", \"a\": \"?¿\u{fffd}🞰\", \"value\": 5}");
        let lengths = |text: &str| text.chars().map(char::len_utf8).collect::<Vec<_>>();
        assert_eq!(lengths(before), lengths(&after));
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let env =
            r#"[{"value": "ab", "name": "X_TOKEN"}, {"name": "X", "value": "ab"}, {"name": "PASSWORD", "value": 12}]"#;
        let shown =
            r#"[{"value": "**", "name": "X_TOKEN"}, {"name": "X", "value": "ab"}, {"name": "PASSWORD", "value": **}]"#;
        assert_eq!(text(env), shown);
        assert_eq!(
            text(r#"{"env": {"API_KEY": "abc", "UNIT": "lines"}"#),
            r#"{"env": {"API_KEY": "***", "UNIT": "lines"}"#
        );
        assert_eq!(text("{\"PASSWORD\": \"abc\n}"), "{\"PASSWORD\": \"***\n}");
    }

    #[test]
    fn digits_are_grouped() {
        assert_eq!([1, 999, 1000, 1_234_567].map(in_groups), ["1", "999", "1 000", "1 234 567"]);
    }

    #[test]
    fn messages_keep_their_lines() {
        assert_eq!(message("a\n\tb"), "a\n\tb");
        assert_eq!(message("\u{1b}[2J\u{202e}"), "?[2J\u{fffd}");
        assert_eq!(line("a\n\u{1b}\tb\u{202e}"), "a???b\u{fffd}");
    }
}
