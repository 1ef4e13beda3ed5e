//! Byte offsets to lines and columns and back, in bytes and in UTF-16 units.
//!
//! Total: an offset beyond the text or inside a character is moved to the nearest place before it.

use crate::Span;

/// A place counted from zero. What `character` counts is said by the function that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    pub line: u32,
    pub character: u32,
}

/// The lines of one text. `\n`, `\r\n` and `\r` end a line, as in LSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// Offset of the first byte of each line; the first is always 0.
    starts: Vec<u32>,
    /// Characters of more than one byte, in order.
    wide: Vec<WideChar>,
    len: u32,
}

/// The end of a character of more than one byte, and how many bytes more than UTF-16 units the
/// text up to there has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WideChar {
    start: u32,
    end: u32,
    surplus: u32,
}

impl WideChar {
    fn units(self) -> u32 {
        // Those of four bytes are the ones beyond the basic plane.
        1 + u32::from(self.end - self.start == 4)
    }
}

/// The highest bit of each of eight bytes that may end a line or is not ASCII; nearly no others.
fn marks(block: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xff;
    // A byte below the subtrahend borrows from its highest bit, and may borrow for the one behind it.
    let below = block.wrapping_sub(EACH * (b'\r' as u64 + 1)) & !block;
    (below | block) & (EACH * 0x80)
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        // Room for lines of 24 bytes; for shorter ones it grows.
        let mut starts = Vec::with_capacity(bytes.len() / 24 + 1);
        starts.push(0);
        let mut wide = Vec::new();
        let mut surplus = 0;
        let mut look_at = |at: usize| match bytes[at] {
            b'\n' => starts.push(at as u32 + 1),
            b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at as u32 + 1),
            // The first byte of a character says how long it is; of those of four bytes, UTF-16 has two units.
            byte @ 0xc0.. => {
                let length = 2 + u32::from(byte >= 0xe0) + u32::from(byte >= 0xf0);
                surplus += length - if length == 4 { 2 } else { 1 };
                wide.push(WideChar { start: at as u32, end: at as u32 + length, surplus });
            }
            _ => {}
        };
        let (blocks, rest) = bytes.as_chunks();
        let mut last = [b' '; 8];
        last[..rest.len()].copy_from_slice(rest);
        for (number, block) in blocks.iter().chain([&last]).enumerate() {
            let mut marks = marks(u64::from_le_bytes(*block));
            while marks != 0 {
                look_at(number * 8 + marks.trailing_zeros() as usize / 8);
                marks &= marks - 1;
            }
        }
        LineIndex { starts, wide, len: text.len() as u32 }
    }

    /// Follows a change of the text: the bytes in `old` have become those in `new`, which begins at the same place and
    /// is a span of `text`, the text as it is now. Only what is new is looked at, and the rest moved.
    pub fn replace(&mut self, old: Span, new: Span, text: &str) {
        let moved = |offset: u32| offset - old.end + new.end;
        // Whether a line begins at a place hangs on the bytes on both sides of it.
        let (from, to) = (
            self.starts.partition_point(|&at| at < old.start.max(1)),
            self.starts.partition_point(|&at| at <= old.end),
        );
        self.starts[to..].iter_mut().for_each(|at| *at = moved(*at));
        let looked_at = Span::new(old.start.saturating_sub(1), new.end);
        self.starts.splice(from..to.max(from), starts_behind(text, looked_at));

        let (from, to) = (
            self.wide.partition_point(|wide| wide.end <= old.start),
            self.wide.partition_point(|wide| wide.start < old.end),
        );
        let surplus_until = |count: usize| count.checked_sub(1).map_or(0, |last| self.wide[last].surplus);
        let (before, surplus_before) = (surplus_until(from), surplus_until(to));
        let within: Vec<WideChar> = wide_chars(text, new, before).collect();
        let after = within.last().map_or(before, |last| last.surplus);
        for wide in &mut self.wide[to..] {
            let surplus = wide.surplus - surplus_before + after;
            *wide = WideChar { start: moved(wide.start), end: moved(wide.end), surplus };
        }
        self.wide.splice(from..to, within);
        self.len = text.len() as u32;
    }

    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Line and byte column.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.clamp(offset);
        let line = self.line_of(offset);
        Position { line, character: offset - self.starts[line as usize] }
    }

    /// Line and column in UTF-16 units.
    pub fn position_utf16(&self, offset: u32) -> Position {
        let offset = offset.min(self.len);
        let line = self.line_of(offset);
        let start = self.starts[line as usize];
        let mut character = offset - start;
        // Lines are short: from the line's first wide character on, one after the other.
        for wide in &self.wide[self.wide.partition_point(|wide| wide.end <= start)..] {
            if wide.end > offset {
                character -= offset.saturating_sub(wide.start);
                break;
            }
            character -= wide.end - wide.start - wide.units();
        }
        Position { line, character }
    }

    /// Offset of a byte column; a column behind the line's end is its end.
    pub fn offset(&self, position: Position) -> u32 {
        let Some(&start) = self.starts.get(position.line as usize) else { return self.len };
        self.clamp(start.saturating_add(position.character).min(self.line_limit(position.line)))
    }

    /// Offset of a column in UTF-16 units; a column behind the line's end is its end.
    pub fn offset_of_utf16(&self, position: Position) -> u32 {
        let Some(&start) = self.starts.get(position.line as usize) else { return self.len };
        let target = self.utf16_offset(start).saturating_add(position.character);
        self.byte_of_utf16(target).min(self.line_limit(position.line))
    }

    /// UTF-16 units before a byte offset.
    pub fn utf16_offset(&self, offset: u32) -> u32 {
        let offset = self.clamp(offset);
        let before = self.wide.partition_point(|wide| wide.end <= offset);
        offset - before.checked_sub(1).map_or(0, |last| self.wide[last].surplus)
    }

    /// Byte offset before which `units` UTF-16 units stand.
    pub fn byte_of_utf16(&self, units: u32) -> u32 {
        let before = self.wide.partition_point(|wide| wide.end - wide.surplus <= units);
        let surplus = before.checked_sub(1).map_or(0, |last| self.wide[last].surplus);
        self.clamp(units.saturating_add(surplus))
    }

    /// Span of a line without its end.
    pub fn line_span(&self, line: u32, text: &str) -> Span {
        let Some(&start) = self.starts.get(line as usize) else { return Span::empty(self.len) };
        let span = Span::new(start, self.line_limit(line));
        let trimmed = span.of(text).trim_end_matches(['\n', '\r']);
        Span::new(start, start + trimmed.len() as u32)
    }

    fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32 - 1
    }

    fn line_limit(&self, line: u32) -> u32 {
        self.starts.get(line as usize + 1).copied().unwrap_or(self.len)
    }

    fn clamp(&self, offset: u32) -> u32 {
        let offset = offset.min(self.len);
        let at = self.wide.partition_point(|wide| wide.end <= offset);
        match self.wide.get(at) {
            Some(wide) if wide.start < offset => wide.start,
            _ => offset,
        }
    }
}

/// Where lines begin behind the line ends that stand in a span.
fn starts_behind(text: &str, span: Span) -> impl Iterator<Item = u32> {
    let bytes = text.as_bytes();
    let ends_line = move |at: &u32| match bytes[*at as usize] {
        b'\n' => true,
        b'\r' => bytes.get(*at as usize + 1) != Some(&b'\n'),
        _ => false,
    };
    (span.start..span.end).filter(ends_line).map(|at| at + 1)
}

/// The characters of more than one byte in a span, before which there are `surplus` bytes more than units.
fn wide_chars(text: &str, span: Span, mut surplus: u32) -> impl Iterator<Item = WideChar> {
    let part = span.of(text);
    // Asked for all of it at once, this is quick.
    let characters = if part.is_ascii() { "" } else { part }.char_indices();
    characters.filter(|(_, character)| character.len_utf8() > 1).map(move |(at, character)| {
        surplus += (character.len_utf8() - character.len_utf16()) as u32;
        let start = span.start + at as u32;
        WideChar { start, end: start + character.len_utf8() as u32, surplus }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_followed_as_if_all_were_read_anew() {
        let old = "a\r\nü\r😀\n\r\n€b\r";
        let news = ["", "x", "\n", "\r", "\r\n", "ü\n😀", "\n\n"];
        let ends = |text: &str| -> Vec<usize> { (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect() };
        for start in ends(old) {
            for end in ends(old).into_iter().filter(|end| *end >= start) {
                for new in news {
                    let text = format!("{}{new}{}", &old[..start], &old[end..]);
                    let mut index = LineIndex::new(old);
                    let (start, end) = (start as u32, end as u32);
                    index.replace(Span::new(start, end), Span::new(start, start + new.len() as u32), &text);
                    assert_eq!(index, LineIndex::new(&text), "{text:?}, {start}..{end}, {new:?}");
                }
            }
        }
    }

    #[test]
    fn every_line_ending_counts_once() {
        let index = LineIndex::new("a\nb\r\nc\rd");
        assert_eq!(index.line_count(), 4);
        assert_eq!(index.position(7), Position { line: 3, character: 0 });
        assert_eq!(index.line_span(1, "a\nb\r\nc\rd"), Span::new(2, 3));
    }

    #[test]
    fn utf16_and_bytes_agree_at_every_offset() {
        let text = "aé€😀\nz😀b";
        let index = LineIndex::new(text);
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let expected: usize = text[..offset].chars().map(char::len_utf16).sum();
            assert_eq!(index.utf16_offset(offset as u32), expected as u32, "{offset}");
            assert_eq!(index.byte_of_utf16(expected as u32), offset as u32, "{offset}");
            let position = index.position_utf16(offset as u32);
            assert_eq!(index.offset_of_utf16(position), offset as u32);
            assert_eq!(index.offset(index.position(offset as u32)), offset as u32);
        }
    }

    #[test]
    fn places_that_do_not_exist_move_to_the_nearest_before() {
        let index = LineIndex::new("é\nb");
        assert_eq!(index.position(1), Position { line: 0, character: 0 });
        assert_eq!(index.position_utf16(1), Position { line: 0, character: 0 });
        assert_eq!(index.position(99), Position { line: 1, character: 1 });
        assert_eq!(index.offset(Position { line: 9, character: 9 }), 4);
        assert_eq!(index.offset_of_utf16(Position { line: 1, character: 9 }), 4);
        let astral = LineIndex::new("😀x");
        let columns = [0, 1, 2, 3, 4, 5, 9].map(|offset| astral.position_utf16(offset).character);
        assert_eq!(columns, [0, 0, 0, 0, 2, 3, 3]);
        assert_eq!(astral.byte_of_utf16(1), 0);
    }
}
