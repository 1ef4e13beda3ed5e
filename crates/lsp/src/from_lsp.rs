//! From types of LSP to ours. Total: a place beyond the text or inside a character is moved to the nearest before it,
//! and a range that is written from its end is turned around.

use ls_types::{self, PositionEncodingKind, Uri};
use task_api_ide::{Document, Span};
use task_api_json::{LineIndex, Position};

use crate::uris;

/// What the columns of positions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    Utf8,
    /// What counts where a client does not say.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// Bytes if the client can count them, for then nothing needs to be counted; else what it names first.
    pub(crate) fn negotiate<'a>(offered: impl Iterator<Item = &'a str>) -> Encoding {
        let known = |kind| {
            [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32].into_iter().find(|known| known.name().as_str() == kind)
        };
        let offered: Vec<Encoding> = offered.filter_map(known).collect();
        let counts_bytes = offered.contains(&Encoding::Utf8);
        if counts_bytes { Encoding::Utf8 } else { offered.first().copied().unwrap_or_default() }
    }

    pub(crate) fn name(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }
}

/// The name of a document inside.
pub(crate) fn key(uri: &Uri) -> String {
    uris::key(uri.as_str())
}

pub(crate) fn offset(document: &Document, position: ls_types::Position, encoding: Encoding) -> u32 {
    offset_in(document.lines(), document.text(), position, encoding)
}

pub(crate) fn span(document: &Document, range: ls_types::Range, encoding: Encoding) -> Span {
    span_in(document.lines(), document.text(), range, encoding)
}

fn span_in(lines: &LineIndex, text: &str, range: ls_types::Range, encoding: Encoding) -> Span {
    let (one, other) = (offset_in(lines, text, range.start, encoding), offset_in(lines, text, range.end, encoding));
    Span::new(one.min(other), one.max(other))
}

fn offset_in(lines: &LineIndex, text: &str, position: ls_types::Position, encoding: Encoding) -> u32 {
    let position = Position { line: position.line, character: position.character };
    let offset = match encoding {
        Encoding::Utf8 => lines.offset(position),
        Encoding::Utf16 => lines.offset_of_utf16(position),
        Encoding::Utf32 => {
            let line = lines.line_span(position.line, text);
            let letters = line.of(text).char_indices().nth(position.character as usize);
            letters.map_or(line.end, |(at, _)| line.start + at as u32)
        }
    };
    // In LSP, a column behind the end of a line is before what ends the line.
    offset.min(lines.line_span(position.line, text).end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_what_both_know() {
        let negotiated = |names: &[&'static str]| Encoding::negotiate(names.iter().copied());
        assert_eq!(negotiated(&[]), Encoding::Utf16);
        assert_eq!(negotiated(&["utf-32", "utf-16", "utf-8"]), Encoding::Utf8);
        assert_eq!(negotiated(&["utf-7", "utf-32", "utf-16"]), Encoding::Utf32);
        assert_eq!(negotiated(&["utf-16", "utf-32"]), Encoding::Utf16);
    }

    #[test]
    fn places_that_do_not_exist_are_moved() {
        let text = "a😀b\r\nc";
        let lines = LineIndex::new(text);
        let at = |line, character, encoding| offset_in(&lines, text, ls_types::Position { line, character }, encoding);
        assert_eq!([0, 1, 2, 3, 4].map(|column| at(0, column, Encoding::Utf16)), [0, 1, 1, 5, 6]);
        assert_eq!([0, 1, 2, 4, 5, 6].map(|column| at(0, column, Encoding::Utf8)), [0, 1, 1, 1, 5, 6]);
        assert_eq!([0, 1, 2, 3, 4].map(|column| at(0, column, Encoding::Utf32)), [0, 1, 5, 6, 6]);
        assert_eq!([at(1, 1, Encoding::Utf32), at(99, 0, Encoding::Utf32)], [9, 9]);
        assert_eq!(at(0, 99, Encoding::Utf16), 6, "before the line's end");
        assert_eq!(at(0, 7, Encoding::Utf8), 6, "not between \\r and \\n");
        assert_eq!(at(1, 99, Encoding::Utf16), 9);
        assert_eq!(at(99, 0, Encoding::Utf16), 9);
        assert_eq!(at(u32::MAX, u32::MAX, Encoding::Utf8), 9);
        let reversed = ls_types::Range::new(ls_types::Position::new(1, 0), ls_types::Position::new(0, 1));
        assert_eq!(span_in(&lines, text, reversed, Encoding::Utf16), Span::new(1, 8));
    }
}
