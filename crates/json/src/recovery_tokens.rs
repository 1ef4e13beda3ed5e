//! What the parser does with a broken token: strings, words, comments and template expressions.

use crate::parser::{Parser, is_word};
use crate::tree::{BARE, ESCAPED, Kind, RECOVERED};
use crate::{Span, SyntaxErrorKind, TextEdit, quote};

impl Parser<'_> {
    /// Called in a string at what is neither quote nor backslash: a control character or the end.
    /// Whether the string goes on.
    #[cold]
    #[inline(never)]
    pub(crate) fn recover_string(&mut self, start: usize) -> bool {
        let at_end = self.at_end();
        if !at_end && !matches!(self.peek(), b'\n' | b'\r') {
            let span = Span::new(self.pos as u32, self.pos as u32 + 1);
            let literal = quote(span.of(self.text));
            let escaped = literal.trim_matches('"').to_owned();
            self.error(SyntaxErrorKind::ControlCharacter, span, None, vec![TextEdit::replace(span, escaped)]);
            self.pos += 1;
            return true;
        }
        // The quote is missing at the end of the line; what separates stands outside of it.
        let line = &self.text[start..self.pos];
        let inner = line.trim_end_matches([' ', '\t']);
        let inner = inner.strip_suffix(',').unwrap_or(inner);
        let end = start + inner.len().max(1);
        let span = Span::new(start as u32, end as u32);
        let edits = if at_end { Vec::new() } else { vec![TextEdit::insert(span.end, "\"")] };
        self.error(SyntaxErrorKind::UnterminatedString, span, None, edits);
        self.pos = end;
        if at_end {
            self.pos = self.bytes.len();
            self.end_reported = true;
        }
        false
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn recover_escape(&mut self) {
        let start = self.pos;
        self.pos += 1;
        let Some(escape) = self.text[self.pos..].chars().next() else { return };
        if escape.is_control() {
            let span = Span::new(start as u32, self.pos as u32);
            return self.error(SyntaxErrorKind::InvalidEscape, span, None, vec![TextEdit::replace(span, "\\\\")]);
        }
        self.pos += escape.len_utf8();
        let span = Span::new(start as u32, self.pos as u32);
        let edit = match escape {
            '\'' => TextEdit::replace(span, "'"),
            _ => TextEdit::replace(Span::new(span.start, span.start + 1), "\\\\"),
        };
        self.error(SyntaxErrorKind::InvalidEscape, span, None, vec![edit]);
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn lone_surrogate(&mut self) {
        let span = Span::new(self.pos as u32, self.pos as u32 + 6);
        self.pos += 6;
        self.error(SyntaxErrorKind::LoneSurrogate, span, None, Vec::new());
    }

    pub(crate) fn skip_word(&mut self) {
        while self.bytes.get(self.pos).is_some_and(|&byte| is_word(byte)) {
            self.pos += 1;
        }
    }

    /// Skips one comment of any usual kind, or white space that JSON does not know. A template's
    /// comment (`{# #}`) is none of them.
    pub(crate) fn skip_comment(&mut self) -> bool {
        let rest = &self.text[self.pos..];
        let odd_space = rest.len() - rest.trim_start_matches(is_odd_space).len();
        if odd_space > 0 {
            let span = Span::new(self.pos as u32, (self.pos + odd_space) as u32);
            self.pos = span.end as usize;
            self.error(SyntaxErrorKind::OddSpace, span, None, vec![TextEdit::replace(span, " ")]);
            return true;
        }
        let length = if rest.starts_with("//") || rest.starts_with('#') {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            match rest.find("*/") {
                Some(end) => end + 2,
                None => {
                    let span = Span::new(self.pos as u32, self.bytes.len() as u32);
                    self.pos = self.bytes.len();
                    self.end_reported = true;
                    self.error(SyntaxErrorKind::UnterminatedComment, span, None, Vec::new());
                    return true;
                }
            }
        } else {
            return false;
        };
        let span = Span::new(self.pos as u32, (self.pos + length) as u32);
        self.pos = span.end as usize;
        self.error(SyntaxErrorKind::Comment, span, None, vec![TextEdit::delete(self.with_blanks(span))]);
        true
    }

    /// A comment with the blanks before it where others follow, and with its line if it is alone there.
    pub(crate) fn with_blanks(&self, comment: Span) -> Span {
        let (before, after) = (&self.text[..comment.start as usize], &self.text[comment.end as usize..]);
        let rest = after.trim_start_matches([' ', '\t']);
        let start = before.trim_end_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(['\n', '\r']) {
            let begins_line = start.is_empty() || start.ends_with(['\n', '\r']);
            let is_between = !begins_line && after.starts_with([' ', '\t', ',', ']', '}']);
            return if is_between { Span::new(start.len() as u32, comment.end) } else { comment };
        }
        let end = self.text.len() - rest.len();
        let is_alone = start.is_empty() || start.ends_with(['\n', '\r']);
        let ending = if !is_alone {
            0
        } else if rest.starts_with("\r\n") {
            2
        } else {
            rest.len().min(1)
        };
        Span::new(start.len() as u32, (end + ending) as u32)
    }

    /// Length of the template expression or block at `start`.
    pub(crate) fn template_length(&mut self, start: usize) -> Option<usize> {
        let text = &self.text[start..];
        let (closer, which) = match text.as_bytes().get(..2)? {
            b"{{" => ("}}", 0),
            b"{%" => ("%}", 1),
            b"{#" => ("#}", 2),
            _ => return None,
        };
        let inner = &text[2..];
        if self.no_template_closer[which] || starts_with_member(inner) {
            return None;
        }
        let end = inner.find(closer);
        self.no_template_closer[which] = end.is_none();
        Some(2 + end? + 2)
    }

    pub(crate) fn template_block(&mut self, start: usize) {
        self.has_template_blocks = true;
        let span = Span::new(start as u32, self.pos as u32);
        self.error(SyntaxErrorKind::TemplateBlock, span, None, Vec::new());
    }

    pub(crate) fn single_quoted(&mut self, parent: u32, kind: Kind) {
        let start = self.pos;
        let mut at = start + 1;
        let mut flags = BARE;
        let closed = loop {
            match self.bytes.get(at) {
                Some(b'\'') => break true,
                Some(b'\\') if self.bytes.get(at + 1).is_some_and(|byte| byte.is_ascii() && *byte >= b' ') => {
                    flags |= ESCAPED;
                    at += 2;
                }
                None | Some(b'\n' | b'\r') => break false,
                Some(_) => at += 1,
            }
        };
        self.pos = if closed { at + 1 } else { at };
        let id = self.nodes.len();
        self.push(kind, start, self.pos, parent, flags);
        let span = Span::new(start as u32, self.pos as u32);
        if closed {
            let literal = requote(&self.text[start + 1..at]);
            self.error(SyntaxErrorKind::SingleQuotes, span, None, vec![TextEdit::replace(span, literal)]);
        } else {
            self.nodes[id].flags |= RECOVERED;
            self.end_reported |= self.at_end();
            self.error(SyntaxErrorKind::UnterminatedString, span, None, Vec::new());
        }
    }

    /// `“text”`, as word processors write it. The node is the text without its quotes.
    pub(crate) fn typographic_quotes(&mut self, parent: u32, kind: Kind) -> bool {
        const QUOTES: [char; 10] = ['“', '”', '„', '‟', '‘', '’', '«', '»', '‹', '›'];
        let rest = &self.text[self.pos..];
        let Some(inner) = rest.strip_prefix(QUOTES) else { return false };
        let Some(length) = inner.find(|c| QUOTES.contains(&c) || matches!(c, '"' | '\n' | '\r')) else { return false };
        let Some(behind) = inner[length..].strip_prefix(QUOTES) else { return false };
        let whole = Span::new(self.pos as u32, (self.text.len() - behind.len()) as u32);
        let start = self.text.len() - inner.len();
        let literal = quote(&inner[..length]);
        self.error(SyntaxErrorKind::TypographicQuotes, whole, None, vec![TextEdit::replace(whole, literal)]);
        self.push(kind, start, start + length, parent, BARE);
        self.pos = whole.end as usize;
        true
    }

    /// A value of bare words: a literal of another language, a bad number, or unquoted text.
    pub(crate) fn word_value(&mut self, parent: u32) {
        let start = self.pos;
        self.skip_word();
        let word = &self.text[start..self.pos];
        let span = Span::new(start as u32, self.pos as u32);
        let literal = match word.to_ascii_lowercase().as_str() {
            "true" => Some(("true", Kind::True)),
            "false" => Some(("false", Kind::False)),
            "null" | "none" | "nil" | "undefined" => Some(("null", Kind::Null)),
            _ => None,
        };
        if let Some((right, kind)) = literal {
            if word == right {
                return self.push(kind, start, self.pos, parent, 0);
            }
            self.error(SyntaxErrorKind::WrongLiteral, span, None, vec![TextEdit::replace(span, right)]);
            return self.push(kind, start, self.pos, parent, RECOVERED);
        }
        let numeric = word.trim_start_matches(['+', '-', '.']).starts_with(|first: char| first.is_ascii_digit());
        if numeric || matches!(word.trim_start_matches(['+', '-']), "NaN" | "Infinity" | "inf" | "nan") {
            let edits = mend_number(word).map(|right| TextEdit::replace(span, right)).into_iter().collect();
            self.error(SyntaxErrorKind::InvalidNumber, span, None, edits);
            return self.push(Kind::Number, start, self.pos, parent, RECOVERED);
        }
        // Unquoted text goes on to what ends a value on its line.
        let rest = &self.text[start..];
        let stop = rest.find(['"', ',', '}', ']', '\n', '\r']).unwrap_or(rest.len());
        // Not `trim_end`: beyond ASCII, white space is part of a word, and cutting it stops all progress.
        let bare = rest[..stop].trim_end_matches([' ', '\t']);
        self.pos = start + bare.len();
        let span = Span::new(start as u32, self.pos as u32);
        self.error(SyntaxErrorKind::UnquotedString, span, None, vec![TextEdit::replace(span, quote(bare))]);
        self.push(Kind::String, start, self.pos, parent, BARE | RECOVERED);
    }
}

/// White space of Unicode and of C, which JSON takes for text.
fn is_odd_space(character: char) -> bool {
    matches!(character, '\u{b}' | '\u{c}' | '\u{feff}') || (!character.is_ascii() && character.is_whitespace())
}

/// The inside of a single-quoted literal as a double-quoted one, its escapes kept.
fn requote(inner: &str) -> String {
    let mut literal = String::from("\"");
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('\'') => literal.push('\''),
                Some(escaped) => {
                    literal.push('\\');
                    literal.push(escaped);
                }
                None => literal.push_str("\\\\"),
            },
            '"' => literal.push_str("\\\""),
            control if control < ' ' => literal.push_str(quote(&control.to_string()).trim_matches('"')),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// The number that was meant: without `+`, leading zeros or a bare point.
fn mend_number(word: &str) -> Option<String> {
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits_only(whole) || !digits_only(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// Whether an object's member begins `text`: `{{"a": 1}` is broken JSON, not a template expression.
fn starts_with_member(text: &str) -> bool {
    let Some(key) = text.trim_start().strip_prefix('"') else { return false };
    key.split_once('"').is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}
