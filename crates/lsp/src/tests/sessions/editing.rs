//! Changes of texts: where somebody types, where nobody would, and where there is no place at all.

use serde_json::{Value, json};

use super::editor::{Editor, Shown};
use super::material::{LONGEST, PIECES, initial};
use super::text::{self, boundary};
use crate::uris;

impl Editor {
    pub(super) fn edit(&mut self) {
        let uri = self.some_open();
        let Some(mut shown) = self.open.get(&uri).cloned() else { return };
        let count = if self.random.one_in(8) { 2 + self.random.below(3) } else { 1 };
        let mut changes = Vec::new();
        if count > 1 && self.random.one_in(2) {
            self.edit_backwards(&mut shown.text, count, &mut changes);
        } else {
            for _ in 0..count {
                changes.push(self.edit_once(&uri, &mut shown.text));
            }
        }
        self.edits += changes.len();
        shown.version += 1 + self.random.below(2) as i32;
        self.send_changes(&uri, shown, changes);
    }

    pub(super) fn send_changes(&mut self, uri: &str, shown: Shown, changes: Vec<Value>) {
        self.doing = format!("changes of {uri}: {}", Value::from(changes.clone()));
        self.client.change(uri, shown.version, changes.into());
        self.open.insert(uri.to_owned(), shown);
    }

    /// Several cursors: all places are of one text, from the end to the beginning.
    pub(super) fn edit_backwards(&mut self, text: &mut String, count: usize, changes: &mut Vec<Value>) {
        let mut limit = text.len();
        for _ in 0..count {
            let end = boundary(text, self.random.below(limit + 1));
            let length = self.random.below(6);
            let start = boundary(text, end.saturating_sub(length));
            let new = *self.random.of(&PIECES);
            changes
                .push(json!({"range": text::range((self.columns.place(text, start), self.columns.place(text, end))), "text": new}));
            // Between \r and \n is no place for a client.
            let start = self.columns.offset(text, self.columns.place(text, start));
            let end = self.columns.offset(text, self.columns.place(text, end));
            text.replace_range(start..end, new);
            limit = start;
        }
    }

    pub(super) fn edit_once(&mut self, uri: &str, text: &mut String) -> Value {
        if text.len() > LONGEST || self.random.one_in(80) {
            *text = self.whole_text(uri);
            return json!({"text": text});
        }
        let near = boundary(text, self.cursor.min(text.len()));
        let at = if self.random.one_in(2) { near } else { boundary(text, self.random.below(text.len() + 1)) };
        let up_to = |length: usize| boundary(text, (at + length).min(text.len()));
        let short = self.random.below(6);
        let (end, new) = match self.random.below(10) {
            0..4 => (at, self.random.of(&["a", "e", "1", "\"", " ", "{", "}", ",", "\n", "ß", "😀", "_"]).to_string()),
            4 | 5 => (up_to(short), String::new()),
            6 => (up_to(self.random.below(if short == 0 { 400 } else { 30 })), String::new()),
            7 => (at, self.random.of(&PIECES).to_string()),
            8 => (up_to(short), self.random.of(&PIECES).to_string()),
            _ => {
                let from = boundary(text, self.random.below(text.len() + 1));
                let to = boundary(text, (from + self.random.below(120)).min(text.len()));
                (up_to(short), text[from..to].to_owned())
            }
        };
        let (mut from, mut to) = (self.columns.place(text, at), self.columns.place(text, end));
        if self.random.one_in(12) {
            (from, to) = (self.absurd_place(text), if self.random.one_in(2) { self.absurd_place(text) } else { from });
        }
        let (one, other) = (self.columns.offset(text, from), self.columns.offset(text, to));
        text.replace_range(one.min(other)..one.max(other), &new);
        self.cursor = one.min(other) + new.len();
        json!({"range": text::range((from, to)), "text": new})
    }

    /// Behind the end of a line or of the text, inside a letter.
    pub(super) fn absurd_place(&mut self, text: &str) -> (u32, u32) {
        match self.random.below(5) {
            0 => (u32::MAX, u32::MAX),
            1 => (text.lines().count() as u32 + 1, 3),
            2 => (self.random.below(40) as u32, u32::MAX),
            3 => {
                let faces: Vec<usize> = text.match_indices('😀').map(|(at, _)| at).collect();
                if faces.is_empty() {
                    return (0, 0);
                }
                let (line, character) = self.columns.place(text, *self.random.of(&faces));
                (line, character + 1)
            }
            _ => (self.random.below(40) as u32, self.random.below(120) as u32),
        }
    }

    pub(super) fn whole_text(&mut self, uri: &str) -> String {
        let whole = initial(uri);
        match self.random.below(6) {
            0 => whole.replace('\n', "\r\n"),
            1 => whole[..boundary(whole, self.random.below(whole.len()))].to_owned(),
            2 => self
                .random
                .of(&["", "\u{feff}{}", "{}", "[[[[[[", "null", "\r\r\n", "{\"a\": {\"a\": 1, \"a\": 1}}"])
                .to_string(),
            _ => whole.to_owned(),
        }
    }

    /// Writes a text that an edit of the server has made.
    pub(super) fn take_over(&mut self, uri: &str, edits: &[Value]) {
        let Some(old) = self.text(uri) else { return };
        let Ok(new) = self.columns.apply(&old, edits) else { return };
        let Some(mut shown) = self.open.get(uri).cloned() else {
            self.client.write(&uris::key(uri), &new);
            return self.watched(uri, 2);
        };
        let mut edits: Vec<(usize, &Value)> =
            edits.iter().filter_map(|edit| Some((self.columns.fit(&old, &edit["range"]).ok()?.0, edit))).collect();
        edits.sort_by_key(|(start, edit)| (*start, self.columns.fit(&old, &edit["range"]).map_or(0, |(_, end)| end)));
        let changes = edits.iter().rev().map(|(_, edit)| json!({"range": edit["range"], "text": edit["newText"]}));
        let changes = changes.collect();
        (shown.text, shown.version) = (new, shown.version + 1);
        self.edits += edits.len();
        self.send_changes(uri, shown, changes);
    }
}
