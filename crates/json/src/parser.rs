//! The parser's common path: one pass, one flat `Vec`, nothing else allocated.
//!
//! Everything that a correct text never needs is in [`crate::recovery`], out of line, so that it
//! costs correct texts nothing.

use std::sync::OnceLock;

use crate::tree::{ESCAPED, Kind, RECOVERED, RawNode, Tree};
use crate::{Span, SyntaxError, SyntaxErrorKind, TextEdit, mend, string};

/// Arrays and objects may be nested this deep. What is deeper is reported and skipped.
pub const MAX_DEPTH: u32 = 512;

/// So many errors are kept; the rest is counted.
pub const MAX_ERRORS: usize = 1000;

/// Parses any text. Use [`Tree::errors`] to see whether it is JSON.
pub fn parse(text: &str) -> Tree {
    let tree = parse_once(text);
    if tree.errors.is_empty() { tree } else { mend::second_look(text, tree) }
}

pub(crate) fn parse_once(text: &str) -> Tree {
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        pos: 0,
        // Measured on real files: a node for every 13 bytes.
        nodes: Vec::with_capacity(text.len() / 12 + 4),
        errors: Vec::new(),
        dropped_errors: 0,
        depth: 0,
        pending_comma: None,
        end_reported: false,
        too_deep_reported: false,
        has_template_blocks: false,
        no_template_closer: [false; 3],
        last_enclosing: None,
    };
    parser.document();
    Tree {
        nodes: parser.nodes,
        errors: parser.errors,
        dropped_errors: parser.dropped_errors,
        has_template_blocks: parser.has_template_blocks,
        positions: OnceLock::new(),
    }
}

pub(crate) struct Parser<'t> {
    pub(crate) text: &'t str,
    pub(crate) bytes: &'t [u8],
    pub(crate) pos: usize,
    pub(crate) nodes: Vec<RawNode>,
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) dropped_errors: usize,
    depth: u32,
    /// A container was closed early and left the comma that it had read to its parent.
    pub(crate) pending_comma: Option<u32>,
    /// The early end of the file has been reported.
    pub(crate) end_reported: bool,
    /// That the text is nested too deeply has been reported.
    pub(crate) too_deep_reported: bool,
    pub(crate) has_template_blocks: bool,
    /// No template expression is closed from here on (so that it is looked for once).
    pub(crate) no_template_closer: [bool; 3],
    /// The container that was last asked for one of the other kind around it, and the answer: it is
    /// asked again at each bracket that does not fit.
    pub(crate) last_enclosing: Option<(u32, bool)>,
}

/// How to go on after recovery where an element should stand.
pub(crate) enum Next {
    /// Look at the same place again: something was skipped.
    Again,
    /// An element follows.
    Item,
    /// The container ends here, its closing bracket included if there is one.
    Close,
}

/// How to go on after recovery where a key should stand.
pub(crate) enum KeyNext {
    Again,
    /// A key node was made; its colon comes next.
    Key,
    /// A key node was made; its value comes next.
    Value,
    Close,
}

impl Parser<'_> {
    fn document(&mut self) {
        if self.bytes.len() > u32::MAX as usize {
            self.push(Kind::Missing, 0, 0, 0, RECOVERED);
            self.error(SyntaxErrorKind::TooLarge, Span::empty(0), None, Vec::new());
            return;
        }
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.pos = 3;
            let span = Span::new(0, 3);
            self.error(SyntaxErrorKind::ByteOrderMark, span, None, vec![TextEdit::delete(span)]);
        }
        self.skip_whitespace();
        self.value(0);
        self.skip_whitespace();
        if self.pos < self.bytes.len() || self.nodes[0].kind == Kind::Missing {
            self.after_document();
        }
        if self.errors.len() > 1 {
            self.errors.sort_by_key(|error| error.span.start);
        }
    }

    /// Parses the value at `pos`, which stands behind white space.
    pub(crate) fn value(&mut self, parent: u32) {
        match self.peek() {
            b'"' => self.string(parent, Kind::String),
            b'{' => self.object(parent),
            b'[' => self.array(parent),
            b'-' | b'0'..=b'9' => self.number(parent),
            b't' => self.literal(parent, b"true", Kind::True),
            b'f' => self.literal(parent, b"false", Kind::False),
            b'n' => self.literal(parent, b"null", Kind::Null),
            _ => self.recover_value(parent),
        }
    }

    fn object(&mut self, parent: u32) {
        let Some(object) = self.open(parent, Kind::Object) else { return };
        let mut comma = None;
        loop {
            self.skip_whitespace();
            let key = self.nodes.len();
            let mut colon_next = true;
            match self.peek() {
                b'"' => self.string(object, Kind::Key),
                b'}' => {
                    if let Some(comma) = comma {
                        self.trailing_comma(comma);
                    }
                    self.pos += 1;
                    break;
                }
                _ => match self.recover_key(object, &mut comma) {
                    KeyNext::Again => continue,
                    KeyNext::Key => {}
                    KeyNext::Value => colon_next = false,
                    KeyNext::Close => break,
                },
            }
            self.skip_whitespace();
            if colon_next {
                if self.peek() == b':' {
                    self.pos += 1;
                    self.skip_whitespace();
                    self.value(key as u32);
                } else {
                    self.recover_colon(key as u32);
                }
            } else {
                self.value(key as u32);
            }
            self.nodes[key].next = self.nodes.len() as u32;
            self.skip_whitespace();
            match self.peek() {
                b',' => {
                    comma = Some(self.pos as u32);
                    self.pos += 1;
                }
                b'}' => {
                    self.pos += 1;
                    break;
                }
                _ => match self.recover_after(object) {
                    Some(after) => comma = after,
                    None => break,
                },
            }
        }
        self.close(object);
    }

    fn array(&mut self, parent: u32) {
        let Some(array) = self.open(parent, Kind::Array) else { return };
        let mut comma = None;
        loop {
            self.skip_whitespace();
            match self.peek() {
                b']' => {
                    if let Some(comma) = comma {
                        self.trailing_comma(comma);
                    }
                    self.pos += 1;
                    break;
                }
                b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.value(array),
                _ => match self.recover_element(array) {
                    Next::Again => continue,
                    Next::Item => self.value(array),
                    Next::Close => break,
                },
            }
            self.skip_whitespace();
            match self.peek() {
                b',' => {
                    comma = Some(self.pos as u32);
                    self.pos += 1;
                }
                b']' => {
                    self.pos += 1;
                    break;
                }
                _ => match self.recover_after(array) {
                    Some(after) => comma = after,
                    None => break,
                },
            }
        }
        self.close(array);
    }

    #[inline]
    pub(crate) fn string(&mut self, parent: u32, kind: Kind) {
        let start = self.pos;
        self.pos = scan_string(self.bytes, start + 1);
        if self.peek() == b'"' {
            self.pos += 1;
            self.push(kind, start, self.pos, parent, 0);
        } else {
            self.string_with_escapes(start, parent, kind);
        }
    }

    fn string_with_escapes(&mut self, start: usize, parent: u32, kind: Kind) {
        let mut flags = 0;
        loop {
            match self.peek() {
                b'"' => {
                    self.pos += 1;
                    break;
                }
                b'\\' => {
                    flags |= ESCAPED;
                    self.escape();
                }
                _ => {
                    if !self.recover_string(start) {
                        flags |= RECOVERED;
                        break;
                    }
                }
            }
            self.pos = scan_string(self.bytes, self.pos);
        }
        self.push(kind, start, self.pos, parent, flags);
    }

    fn escape(&mut self) {
        match self.bytes.get(self.pos + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.pos += 2,
            Some(b'u') => match self.code_unit(self.pos + 2) {
                Some(0xD800..=0xDBFF) => {
                    let low = self.bytes[self.pos + 6..].starts_with(b"\\u").then(|| self.code_unit(self.pos + 8));
                    if matches!(low.flatten(), Some(0xDC00..=0xDFFF)) {
                        self.pos += 12;
                    } else {
                        self.lone_surrogate();
                    }
                }
                Some(0xDC00..=0xDFFF) => self.lone_surrogate(),
                Some(_) => self.pos += 6,
                None => self.recover_escape(),
            },
            _ => self.recover_escape(),
        }
    }

    fn code_unit(&self, at: usize) -> Option<u32> {
        self.text.get(at..).and_then(string::code_unit)
    }

    #[inline]
    fn number(&mut self, parent: u32) {
        let start = self.pos;
        let mut at = start + usize::from(self.peek() == b'-');
        let well_formed = match self.bytes.get(at) {
            Some(b'0') => {
                at += 1;
                true
            }
            Some(b'1'..=b'9') => {
                at = self.skip_digits(at);
                true
            }
            _ => false,
        } && self.fraction_and_exponent(&mut at);
        if !well_formed || self.bytes.get(at).is_some_and(|&byte| is_word(byte)) {
            self.recover_value(parent);
            return;
        }
        self.pos = at;
        self.push(Kind::Number, start, at, parent, 0);
    }

    #[inline]
    fn fraction_and_exponent(&self, at: &mut usize) -> bool {
        if self.bytes.get(*at) == Some(&b'.') {
            let digits = *at + 1;
            *at = self.skip_digits(digits);
            if *at == digits {
                return false;
            }
        }
        if let Some(b'e' | b'E') = self.bytes.get(*at) {
            let sign = usize::from(matches!(self.bytes.get(*at + 1), Some(b'+' | b'-')));
            let digits = *at + 1 + sign;
            *at = self.skip_digits(digits);
            return *at != digits;
        }
        true
    }

    fn skip_digits(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    }

    #[inline]
    fn literal(&mut self, parent: u32, word: &[u8], kind: Kind) {
        let end = self.pos + word.len();
        let is_whole = self.bytes.get(self.pos..end) == Some(word) && !self.bytes.get(end).is_some_and(|&b| is_word(b));
        if !is_whole {
            self.recover_value(parent);
            return;
        }
        self.push(kind, self.pos, end, parent, 0);
        self.pos = end;
    }

    #[inline]
    fn open(&mut self, parent: u32, kind: Kind) -> Option<u32> {
        let id = self.nodes.len() as u32;
        if self.depth == MAX_DEPTH {
            self.skip_too_deep(parent, kind);
            return None;
        }
        self.depth += 1;
        self.push(kind, self.pos, self.pos, parent, 0);
        self.pos += 1;
        Some(id)
    }

    #[inline]
    fn close(&mut self, id: u32) {
        self.depth -= 1;
        let next = self.nodes.len() as u32;
        let node = &mut self.nodes[id as usize];
        node.end = self.pos as u32;
        node.next = next;
    }

    #[inline]
    pub(crate) fn push(&mut self, kind: Kind, start: usize, end: usize, parent: u32, flags: u8) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(RawNode { start: start as u32, end: end as u32, next, parent, kind, flags });
    }

    /// The byte at `pos`; NUL at the end of the text (and where the text has a NUL).
    #[inline]
    pub(crate) fn peek(&self) -> u8 {
        self.bytes.get(self.pos).copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn skip_whitespace(&mut self) {
        const SPACES: u64 = 0x2020_2020_2020_2020;
        while self.pos < self.bytes.len() {
            match self.bytes[self.pos] {
                b' ' => {
                    self.pos += 1;
                    while let Some(chunk) = self.bytes.get(self.pos..).and_then(|rest| rest.first_chunk::<8>()) {
                        if u64::from_le_bytes(*chunk) != SPACES {
                            break;
                        }
                        self.pos += 8;
                    }
                }
                b'\n' | b'\t' | b'\r' => self.pos += 1,
                _ => break,
            }
        }
    }

    #[cold]
    fn trailing_comma(&mut self, comma: u32) {
        let span = Span::new(comma, comma + 1);
        self.error(SyntaxErrorKind::TrailingComma, span, None, vec![TextEdit::delete(span)]);
    }
}

/// Bytes of a word: what would belong to a number, a literal or an unquoted key.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'+' | b'-' | b'.') || byte >= 0x80
}

/// The first byte from `at` on that needs a look inside a string: a quote, a backslash or a
/// control character. Eight bytes at a time.
#[inline]
fn scan_string(bytes: &[u8], mut at: usize) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const QUOTE: u64 = LOW * b'"' as u64;
    const BACKSLASH: u64 = LOW * b'\\' as u64;
    const SPACE: u64 = LOW * b' ' as u64;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ QUOTE;
        let backslash = word ^ BACKSLASH;
        // A set high bit marks a byte that is zero after the xor, or below a space. Only the
        // lowest mark is exact, and only that one is used.
        let marks = (quote.wrapping_sub(LOW) & !quote
            | backslash.wrapping_sub(LOW) & !backslash
            | word.wrapping_sub(SPACE) & !word)
            & HIGH;
        if marks != 0 {
            return at + (marks.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < b' ' {
            break;
        }
        at += 1;
    }
    at
}
