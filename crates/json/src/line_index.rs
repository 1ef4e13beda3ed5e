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
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Offset of the first byte of each line; the first is always 0.
    starts: Vec<u32>,
    /// Characters of more than one byte, in order.
    wide: Vec<WideChar>,
    len: u32,
}

/// The end of a character of more than one byte, and how many bytes more than UTF-16 units the
/// text up to there has.
#[derive(Debug, Clone, Copy)]
struct WideChar {
    start: u32,
    end: u32,
    surplus: u32,
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut wide = Vec::new();
        let mut surplus = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            // One comparison for nearly every byte: what is neither a line's end nor beyond ASCII.
            if (b'\r' + 1..0x80).contains(&byte) {
                continue;
            }
            match byte {
                b'\n' => starts.push(at as u32 + 1),
                b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at as u32 + 1),
                // The first byte of a character says how long it is; of those of four bytes, UTF-16 has two units.
                0xc0.. => {
                    let length = 2 + u32::from(byte >= 0xe0) + u32::from(byte >= 0xf0);
                    surplus += length - if length == 4 { 2 } else { 1 };
                    wide.push(WideChar { start: at as u32, end: at as u32 + length, surplus });
                }
                _ => {}
            }
        }
        LineIndex { starts, wide, len: text.len() as u32 }
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
        let offset = self.clamp(offset);
        let line = self.line_of(offset);
        let start = self.starts[line as usize];
        Position { line, character: self.utf16_offset(offset) - self.utf16_offset(start) }
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(index.position(99), Position { line: 1, character: 1 });
        assert_eq!(index.offset(Position { line: 9, character: 9 }), 4);
        assert_eq!(index.offset_of_utf16(Position { line: 1, character: 9 }), 4);
        let astral = LineIndex::new("😀x");
        assert_eq!(astral.byte_of_utf16(1), 0);
    }
}
