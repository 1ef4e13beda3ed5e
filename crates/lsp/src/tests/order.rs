//! Changes are applied in their order, and the server's text is the client's.

use super::*;

const URI: &str = "file:///p/task.json";

/// A client's own text, in characters of which some are wide.
struct Editor {
    text: Vec<char>,
    seed: u64,
}

impl Editor {
    fn random(&mut self, below: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % below.max(1)
    }

    /// Line and column of a character, as the encoding counts.
    fn position(&self, at: usize, width: fn(char) -> usize) -> Value {
        let before = &self.text[..at];
        let line = before.iter().filter(|letter| **letter == '\n').count();
        let start = before.iter().rposition(|letter| *letter == '\n').map_or(0, |at| at + 1);
        let column: usize = before[start..].iter().map(|letter| width(*letter)).sum();
        json!({"line": line, "character": column})
    }

    /// Changes a random place; the change as the client says it.
    fn edit(&mut self, width: fn(char) -> usize) -> Value {
        let start = self.random(self.text.len() + 1);
        let removed = self.random(4).min(self.text.len() - start);
        let pieces = ["", "x", "é", "😀", "\n", "\"a\": 1,\n", "{", "}"];
        let piece = pieces[self.random(pieces.len())];
        let (from, to) = (self.position(start, width), self.position(start + removed, width));
        self.text.splice(start..start + removed, piece.chars());
        json!({"range": {"start": from, "end": to}, "text": piece})
    }

    fn text(&self) -> String {
        self.text.iter().collect()
    }
}

fn edits_arrive_in_order(encodings: Value, width: fn(char) -> usize) {
    let mut client = Client::new(json!({"general": {"positionEncodings": encodings}}));
    client.open(URI, TASK);
    let mut editor = Editor { text: TASK.chars().collect(), seed: 7 };
    for version in 2..1002 {
        let changes: Vec<Value> = (0..=editor.random(3)).map(|_| editor.edit(width)).collect();
        client.change(URI, version, json!(changes));
        if version % 3 == 0 {
            assert_eq!(client.text(URI), editor.text(), "version {version}");
        }
        if version % 7 == 0 {
            let params = json!({"textDocument": {"uri": URI}});
            client.ask("textDocument/diagnostic", params).unwrap();
        }
    }
    assert_eq!(client.text(URI), editor.text());
    client.pushed();
    assert_eq!(client.words(), [""; 0]);
}

#[test]
fn a_thousand_changes_between_requests_leave_the_clients_text() {
    edits_arrive_in_order(json!(["utf-16"]), char::len_utf16);
}

#[test]
fn the_same_in_bytes() {
    edits_arrive_in_order(json!(["utf-32", "utf-16", "utf-8"]), char::len_utf8);
}

#[test]
fn the_same_in_characters() {
    edits_arrive_in_order(json!(["utf-32", "utf-16"]), |_| 1);
}

#[test]
fn several_cursors_change_from_the_end_or_from_the_beginning() {
    let mut client = Client::new(json!({}));
    client.open(URI, "a\nb\nc");
    let line = |line| range((line, 0), (line, 1));
    let from_end = json!([
        {"range": line(2), "text": "C\n"}, {"range": line(1), "text": "B\n"}, {"range": line(0), "text": "A"}
    ]);
    client.change(URI, 2, from_end);
    assert_eq!(client.text(URI), "A\nB\n\nC\n");
    let from_start = json!([{"range": line(0), "text": "x\ny"}, {"range": line(1), "text": "z"}]);
    client.change(URI, 3, from_start);
    assert_eq!(client.text(URI), "x\nz\nB\n\nC\n");
    let at_one_place =
        json!([{"range": range((0, 0), (0, 0)), "text": "1"}, {"range": range((0, 0), (0, 0)), "text": "2"}]);
    client.change(URI, 4, at_one_place);
    assert_eq!(client.text(URI), "21x\nz\nB\n\nC\n");
}

#[test]
fn places_that_do_not_exist_are_moved_to_some_that_do() {
    let mut client = Client::new(json!({}));
    client.open(URI, "a😀b\nc");
    client.change(URI, 2, json!([{"range": range((0, 2), (0, 2)), "text": "-"}]));
    assert_eq!(client.text(URI), "a-😀b\nc", "inside of a pair of surrogates");
    client.change(URI, 3, json!([{"range": range((0, 99), (77, 3)), "text": "!"}]));
    assert_eq!(client.text(URI), "a-😀b!");
    client.change(URI, 4, json!([{"range": range((0, 2), (0, 0)), "text": ""}]));
    assert_eq!(client.text(URI), "😀b!", "from its end to its beginning");
}

#[test]
fn a_change_that_cannot_be_read_gives_the_document_up_until_its_text_comes() {
    let mut client = Client::new(json!({}));
    client.open(URI, "{\"a\": 1}");
    assert_eq!(client.pushed()[URI].len(), 6);
    client.change(URI, 2, json!([{"range": {"start": {"line": -1, "character": 0}}, "text": "x"}]));
    assert_eq!(client.text(URI), Value::Null);
    assert_eq!(client.pushed()[URI], [""; 0]);
    let words = client.words();
    assert!(words.iter().any(|words| words.contains("lost track of file:///p/task.json")), "{words:?}");
    assert!(words.iter().any(|words| words.contains("close it and open it again")), "{words:?}");
    client.change(URI, 3, json!([{"range": range((0, 0), (0, 0)), "text": " "}]));
    assert_eq!(client.text(URI), Value::Null, "a part of the text is not enough");
    client.change(URI, 4, json!([{"text": "{}"}, {"range": range((0, 1), (0, 1)), "text": " "}]));
    assert_eq!(client.text(URI), "{ }");
    client.change(URI, 5, json!([{"range": range((0, 1), (0, 2)), "text": ""}]));
    assert_eq!(client.text(URI), "{}", "and from then on parts are");
    client.change(URI, 6, json!(7));
    assert_eq!(client.text(URI), Value::Null);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    client.open(URI, "[]");
    assert_eq!(client.text(URI), "[]");
}

#[test]
fn a_change_of_what_is_not_open_is_left_out() {
    let mut client = Client::new(json!({}));
    client.replace_all(URI, 2, "{}");
    assert_eq!(client.text(URI), Value::Null);
    assert_eq!(client.words(), ["a change of file:///p/task.json was left out: the document is not open"]);
}

#[test]
fn names_that_clients_encode_otherwise_are_one_document() {
    let mut client = Client::new(json!({}));
    client.open("file:///p%20q/t%C3%A4sk-task.json", "{}");
    client.change("file:///p%20q/t%c3%a4sk%2Dtask.json", 2, json!([{"text": "[]"}]));
    assert_eq!(client.text("file:///p%20q/t%C3%A4sk-task.json"), "[]");
    assert_eq!(client.pushed().keys().collect::<Vec<_>>(), ["file:///p%20q/t%C3%A4sk-task.json"]);
}

#[test]
fn a_line_end_that_two_changes_make_is_one() {
    let mut client = Client::new(json!({}));
    client.open("file:///p/task.json", "\rab");
    let at = range((1, 0), (1, 0));
    client.change("file:///p/task.json", 2, json!([{"range": at, "text": "\n"}, {"range": at, "text": "{"}]));
    assert_eq!(client.text("file:///p/task.json"), "\r\n{ab");
}
