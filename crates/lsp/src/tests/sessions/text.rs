//! A text as a client counts it: lines, and columns in one of three ways, found anew each time. Slow and plain, so that it can be the
//! judge of the server's.

use serde_json::{Value, json};

/// Beginning and end of each line, without what ends it.
fn lines(text: &str) -> Vec<(usize, usize)> {
    let (mut lines, mut start) = (Vec::new(), 0);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\r' | b'\n' => 1,
            _ => 0,
        };
        if length > 0 {
            lines.push((start, at));
            start = at + length;
        }
        at += length.max(1);
    }
    lines.push((start, text.len()));
    lines
}

/// What the columns of positions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    Utf8,
    Utf16,
    Utf32,
}

impl Columns {
    /// By which it is asked for.
    pub(super) fn name(self) -> &'static str {
        match self {
            Columns::Utf8 => "utf-8",
            Columns::Utf16 => "utf-16",
            Columns::Utf32 => "utf-32",
        }
    }

    fn width(self, letter: char) -> u32 {
        match self {
            Columns::Utf8 => letter.len_utf8() as u32,
            Columns::Utf16 => letter.len_utf16() as u32,
            Columns::Utf32 => 1,
        }
    }

    /// The offset that a place stands for: one that does not exist is the nearest before it.
    pub(super) fn offset(self, text: &str, (line, character): (u32, u32)) -> usize {
        let lines = lines(text);
        let Some(&(start, end)) = lines.get(line as usize) else { return text.len() };
        let (mut units, mut at) = (0, start);
        for letter in text[start..end].chars() {
            units += self.width(letter);
            if units > character {
                break;
            }
            at += letter.len_utf8();
        }
        at
    }

    pub(super) fn place(self, text: &str, offset: usize) -> (u32, u32) {
        let lines = lines(text);
        let line = lines.partition_point(|&(start, _)| start <= offset) - 1;
        let (start, end) = lines[line];
        (line as u32, text[start..offset.clamp(start, end)].chars().map(|letter| self.width(letter)).sum())
    }

    /// The offsets of a range that lies in the text, letter for letter.
    pub(super) fn fit(self, text: &str, range: &Value) -> Result<(usize, usize), String> {
        let of = |place: &Value| {
            let number = |name: &str| place[name].as_u64().and_then(|number| u32::try_from(number).ok());
            Some((number("line")?, number("character")?))
        };
        let mut offsets = [0; 2];
        for (found, name) in offsets.iter_mut().zip(["start", "end"]) {
            let at = of(&range[name]).ok_or_else(|| format!("{range} is no range"))?;
            *found = self.offset(text, at);
            if self.place(text, *found) != at {
                return Err(format!("the {name} of {range} is not in the text"));
            }
        }
        if offsets[0] > offsets[1] {
            return Err(format!("{range} ends before it begins"));
        }
        Ok((offsets[0], offsets[1]))
    }

    /// Applies the edits of one answer, which must fit and leave each other alone.
    pub(super) fn apply(self, text: &str, edits: &[Value]) -> Result<String, String> {
        let mut spans = Vec::new();
        for edit in edits {
            let (start, end) = self.fit(text, &edit["range"])?;
            spans.push((start, end, edit["newText"].as_str().ok_or("an edit without a text")?));
        }
        spans.sort_by_key(|&(start, end, _)| (start, end));
        if spans.windows(2).any(|two| two[0].1 > two[1].0) {
            return Err("edits overlap".to_owned());
        }
        let mut new = String::new();
        let mut done = 0;
        for (start, end, with) in spans {
            new.push_str(&text[done..start]);
            new.push_str(with);
            done = end;
        }
        new.push_str(&text[done..]);
        Ok(new)
    }
}

pub(super) fn range((start, end): ((u32, u32), (u32, u32))) -> Value {
    let place = |(line, character)| json!({"line": line, "character": character});
    json!({"start": place(start), "end": place(end)})
}

#[test]
fn places_and_offsets() {
    let text = "a😀\r\n\rb";
    let utf16 = Columns::Utf16;
    let offsets = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 9), (1, 0), (1, 4), (2, 0), (2, 1), (9, 0)];
    assert_eq!(offsets.map(|at| utf16.offset(text, at)), [0, 1, 1, 5, 5, 7, 7, 8, 9, 9]);
    assert_eq!([0, 1, 5, 7, 8, 9].map(|at| utf16.place(text, at)), [(0, 0), (0, 1), (0, 3), (1, 0), (2, 0), (2, 1)]);
    assert_eq!(utf16.fit(text, &range(((0, 1), (0, 3)))), Ok((1, 5)));
    for wrong in [((0, 0), (0, 2)), ((0, 0), (0, 4)), ((0, 3), (0, 1)), ((3, 0), (3, 0))] {
        utf16.fit(text, &range(wrong)).unwrap_err();
    }
    assert_eq!([Columns::Utf8, Columns::Utf32].map(|columns| columns.place(text, 5)), [(0, 5), (0, 2)]);
    assert_eq!([Columns::Utf8, Columns::Utf32].map(|columns| columns.offset(text, (0, 2))), [1, 5]);
    let edit = |from, to| json!({"range": range(((0, from), (0, to))), "newText": "x"});
    assert_eq!(utf16.apply(text, &[edit(1, 3), edit(0, 1)]).as_deref(), Ok("xx\r\n\rb"));
    utf16.apply(text, &[edit(0, 3), edit(1, 3)]).unwrap_err();
}

/// The nearest beginning of a letter, at or before.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
