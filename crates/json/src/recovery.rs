//! What the parser does where the text is no JSON: it says so once, mends the place in its mind
//! and goes on. Every function here either moves forward or closes a container.

use crate::parser::{KeyNext, MAX_ERRORS, Next, Parser, is_word};
use crate::tree::{BARE, ESCAPED, Kind, RECOVERED};
use crate::{Span, SyntaxError, SyntaxErrorKind, TextEdit, quote};

impl Parser<'_> {
    #[cold]
    #[inline(never)]
    pub(crate) fn error(&mut self, kind: SyntaxErrorKind, span: Span, related: Option<Span>, edits: Vec<TextEdit>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { kind, span, related, edits });
        } else {
            self.dropped_errors += 1;
        }
    }

    /// Called where no value begins: mends what stands there to a value, or makes a missing one.
    #[cold]
    #[inline(never)]
    pub(crate) fn recover_value(&mut self, parent: u32) {
        loop {
            if self.at_end() {
                self.push(Kind::Missing, self.pos, self.pos, parent, RECOVERED);
                return;
            }
            if self.skip_comment() {
                self.skip_whitespace();
                if self.starts_value() {
                    return self.value(parent);
                }
                continue;
            }
            match self.peek() {
                b',' | b'}' | b']' => {
                    if !self.nodes.is_empty() {
                        self.error(SyntaxErrorKind::MissingValue, Span::empty(self.pos as u32), None, Vec::new());
                        self.push(Kind::Missing, self.pos, self.pos, parent, RECOVERED);
                        return;
                    }
                    self.unexpected();
                }
                b'\'' => return self.single_quoted(parent, Kind::String),
                _ if self.typographic_quotes(parent, Kind::String) => return,
                byte if is_word(byte) => return self.word_value(parent),
                _ => self.unexpected(),
            }
            self.skip_whitespace();
            if self.starts_value() {
                return self.value(parent);
            }
        }
    }

    /// Called where a key should begin.
    #[cold]
    #[inline(never)]
    pub(crate) fn recover_key(&mut self, object: u32, comma: &mut Option<u32>) -> KeyNext {
        if self.at_end() {
            self.unclosed_at_end(object);
            return KeyNext::Close;
        }
        if self.nodes.len() as u32 == object + 1 && self.template_value(object) {
            return KeyNext::Close;
        }
        if self.skip_comment() || self.skip_template_block() {
            return KeyNext::Again;
        }
        match self.peek() {
            b'\'' => {
                self.single_quoted(object, Kind::Key);
                KeyNext::Key
            }
            b',' => {
                self.extra_comma();
                KeyNext::Again
            }
            b']' if self.has_enclosing(object, Kind::Array) => {
                self.unclosed(object);
                KeyNext::Close
            }
            b']' => {
                self.unmatched_bracket();
                KeyNext::Again
            }
            b'{' if comma.is_some() && self.parent_kind(object) == Some(Kind::Array) => {
                // `[{…, {…}]`: the brace is missing, not the key.
                self.unclosed(object);
                self.pending_comma = comma.take();
                KeyNext::Close
            }
            b':' | b'{' | b'[' => {
                let at = self.pos as u32;
                let value_follows = self.peek() != b':';
                self.error(SyntaxErrorKind::MissingKey, Span::new(at, at + 1), None, Vec::new());
                self.push(Kind::Key, self.pos, self.pos, object, BARE | RECOVERED);
                if value_follows { KeyNext::Value } else { KeyNext::Key }
            }
            _ if self.typographic_quotes(object, Kind::Key) => KeyNext::Key,
            byte if is_word(byte) => {
                let start = self.pos;
                self.skip_word();
                let span = Span::new(start as u32, self.pos as u32);
                let edit = TextEdit::replace(span, quote(span.of(self.text)));
                self.error(SyntaxErrorKind::UnquotedKey, span, None, vec![edit]);
                self.push(Kind::Key, start, self.pos, object, BARE);
                KeyNext::Key
            }
            _ => {
                self.unexpected();
                KeyNext::Again
            }
        }
    }

    /// Called behind a key that no colon follows; makes the member's value in every case.
    #[cold]
    #[inline(never)]
    pub(crate) fn recover_colon(&mut self, key: u32) {
        while self.skip_comment() {
            self.skip_whitespace();
        }
        let at = self.pos as u32;
        match self.peek() {
            b':' => {
                self.pos += 1;
            }
            b'=' => {
                let arrow = u32::from(self.bytes.get(self.pos + 1) == Some(&b'>'));
                let span = Span::new(at, at + 1 + arrow);
                self.pos = span.end as usize;
                self.error(SyntaxErrorKind::WrongSeparator, span, None, vec![TextEdit::replace(span, ":")]);
            }
            b',' | b'}' | b']' => {
                let end = self.nodes[key as usize].end;
                self.error(SyntaxErrorKind::MissingValue, Span::empty(end), None, Vec::new());
                self.push(Kind::Missing, end as usize, end as usize, key, RECOVERED);
                return;
            }
            _ if self.at_end() => {
                self.push(Kind::Missing, self.pos, self.pos, key, RECOVERED);
                return;
            }
            _ => {
                let raw = self.nodes[key as usize];
                let span = Span::new(raw.start, raw.end);
                let edits = if self.starts_value() { vec![TextEdit::insert(raw.end, ":")] } else { Vec::new() };
                self.error(SyntaxErrorKind::MissingColon, span, None, edits);
            }
        }
        self.skip_whitespace();
        self.value(key);
    }

    /// Called where an array's element should begin.
    #[cold]
    #[inline(never)]
    pub(crate) fn recover_element(&mut self, array: u32) -> Next {
        if self.at_end() {
            self.unclosed_at_end(array);
            return Next::Close;
        }
        if self.skip_comment() {
            return Next::Again;
        }
        match self.peek() {
            b',' => {
                self.extra_comma();
                Next::Again
            }
            b'}' if self.has_enclosing(array, Kind::Object) => {
                self.unclosed(array);
                Next::Close
            }
            b'}' => {
                self.unmatched_bracket();
                Next::Again
            }
            b'\'' => Next::Item,
            byte if is_word(byte) => Next::Item,
            _ => {
                self.unexpected();
                Next::Again
            }
        }
    }

    /// Called behind a member or element where neither a comma nor the right bracket follows.
    /// `Some(comma)` where the next one begins, `None` where the container ends.
    #[cold]
    #[inline(never)]
    pub(crate) fn recover_after(&mut self, container: u32) -> Option<Option<u32>> {
        let is_array = self.nodes[container as usize].kind == Kind::Array;
        let (own, other) = if is_array { (b']', b'}') } else { (b'}', b']') };
        loop {
            if let Some(comma) = self.pending_comma.take() {
                return Some(Some(comma));
            }
            if self.at_end() {
                self.unclosed_at_end(container);
                return None;
            }
            if self.skip_comment() || self.skip_template_block() {
                self.skip_whitespace();
                continue;
            }
            let byte = self.peek();
            if byte == b',' {
                self.pos += 1;
                return Some(Some(self.pos as u32 - 1));
            }
            if byte == own {
                self.pos += 1;
                return None;
            }
            if byte == other {
                let enclosing = if is_array { Kind::Object } else { Kind::Array };
                if self.has_enclosing(container, enclosing) {
                    self.unclosed(container);
                    return None;
                }
                self.unmatched_bracket();
                self.skip_whitespace();
                continue;
            }
            if byte == b';' {
                let span = Span::new(self.pos as u32, self.pos as u32 + 1);
                self.error(SyntaxErrorKind::WrongSeparator, span, None, vec![TextEdit::replace(span, ",")]);
                self.pos += 1;
                return Some(None);
            }
            if is_array && byte == b':' && self.reopen_last_element_as_key(container) {
                return None;
            }
            if self.starts_value() || byte == b'\'' || is_word(byte) {
                let at = self.end_of_previous();
                self.error(SyntaxErrorKind::MissingComma, Span::empty(at), None, vec![TextEdit::insert(at, ",")]);
                return Some(None);
            }
            self.unexpected();
            self.skip_whitespace();
        }
    }

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

    /// Reports a container below the deepest level and skips it to its closing bracket.
    #[cold]
    #[inline(never)]
    pub(crate) fn skip_too_deep(&mut self, parent: u32, kind: Kind) {
        let start = self.pos;
        let span = Span::new(start as u32, start as u32 + 1);
        if !self.too_deep_reported {
            self.too_deep_reported = true;
            self.error(SyntaxErrorKind::TooDeep, span, None, Vec::new());
        }
        let mut open = 0usize;
        let mut in_string = false;
        while let Some(&byte) = self.bytes.get(self.pos) {
            self.pos += 1;
            match byte {
                b'\\' if in_string => self.pos += 1,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => open += 1,
                b'}' | b']' if !in_string => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        self.pos = self.pos.min(self.bytes.len());
        while !self.text.is_char_boundary(self.pos) {
            self.pos += 1;
        }
        if self.at_end() {
            self.end_reported = true;
        }
        self.push(kind, start, self.pos, parent, RECOVERED);
    }

    /// Called behind the topmost value, where more text follows or no value was found.
    #[cold]
    #[inline(never)]
    pub(crate) fn after_document(&mut self) {
        if self.nodes[0].kind == Kind::Missing && self.at_end() && self.errors.iter().all(|error| error.kind.is_note())
        {
            return self.error(SyntaxErrorKind::Empty, Span::empty(0), None, Vec::new());
        }
        while self.skip_comment() || self.skip_template_block() {
            self.skip_whitespace();
        }
        if self.at_end() {
            return;
        }
        if matches!(self.peek(), b'}' | b']') && self.text[self.pos..].trim_end().len() == 1 {
            return self.unmatched_bracket();
        }
        let rest = self.text[self.pos..].trim_end();
        let span = Span::new(self.pos as u32, (self.pos + rest.len()) as u32);
        self.error(SyntaxErrorKind::TrailingContent, span, None, Vec::new());
        self.pos = self.bytes.len();
    }

    fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    fn starts_value(&self) -> bool {
        !self.at_end() && matches!(self.peek(), b'"' | b'{' | b'[' | b'-' | b'0'..=b'9')
    }

    fn skip_word(&mut self) {
        while self.bytes.get(self.pos).is_some_and(|&byte| is_word(byte)) {
            self.pos += 1;
        }
    }

    /// Reports and skips text that fits nowhere, as one piece.
    fn unexpected(&mut self) {
        let start = self.pos;
        let first = self.text[self.pos..].chars().next().map_or(1, char::len_utf8);
        self.pos += first;
        while let Some(&byte) = self.bytes.get(self.pos) {
            if matches!(byte, b'"' | b'\'' | b',' | b'{' | b'}' | b'[' | b']' | b'/')
                || byte.is_ascii_whitespace()
                || is_word(byte)
            {
                break;
            }
            self.pos += 1;
        }
        let span = Span::new(start as u32, self.pos as u32);
        self.error(SyntaxErrorKind::UnexpectedText, span, None, Vec::new());
    }

    fn extra_comma(&mut self) {
        let span = Span::new(self.pos as u32, self.pos as u32 + 1);
        self.error(SyntaxErrorKind::ExtraComma, span, None, vec![TextEdit::delete(span)]);
        self.pos += 1;
    }

    fn unmatched_bracket(&mut self) {
        let span = Span::new(self.pos as u32, self.pos as u32 + 1);
        self.error(SyntaxErrorKind::UnmatchedBracket, span, None, Vec::new());
        self.pos += 1;
    }

    /// Skips one comment of any usual kind, or white space that JSON does not know. A template's
    /// comment (`{# #}`) is none of them.
    fn skip_comment(&mut self) -> bool {
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
        self.error(SyntaxErrorKind::Comment, span, None, vec![TextEdit::delete(span)]);
        true
    }

    /// `{{ … }}` in place of a value: turns the object that its first brace opened into that.
    fn template_value(&mut self, object: u32) -> bool {
        let start = self.nodes[object as usize].start as usize;
        if self.pos != start + 1 {
            return false;
        }
        let Some(length) = self.template_length(start) else { return false };
        self.pos = start + length;
        self.template_block(start);
        let node = &mut self.nodes[object as usize];
        node.kind = Kind::Template;
        node.flags |= RECOVERED;
        self.skip_word();
        true
    }

    /// `{{ … }}`, `{% … %}` or `{# … #}` between values.
    fn skip_template_block(&mut self) -> bool {
        let Some(length) = self.template_length(self.pos) else { return false };
        let start = self.pos;
        self.pos += length;
        self.template_block(start);
        true
    }

    /// Length of the template expression or block at `start`.
    fn template_length(&mut self, start: usize) -> Option<usize> {
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

    fn template_block(&mut self, start: usize) {
        self.has_template_blocks = true;
        let span = Span::new(start as u32, self.pos as u32);
        self.error(SyntaxErrorKind::TemplateBlock, span, None, Vec::new());
    }

    fn single_quoted(&mut self, parent: u32, kind: Kind) {
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
    fn typographic_quotes(&mut self, parent: u32, kind: Kind) -> bool {
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
    fn word_value(&mut self, parent: u32) {
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

    fn unclosed(&mut self, container: u32) {
        let raw = &mut self.nodes[container as usize];
        raw.flags |= RECOVERED;
        let is_array = raw.kind == Kind::Array;
        let open = Span::new(raw.start, raw.start + 1);
        let kind = if is_array { SyntaxErrorKind::UnclosedArray } else { SyntaxErrorKind::UnclosedObject };
        let bracket = if is_array { "]" } else { "}" };
        let end = self.end_of_previous();
        let after_comma = self.bytes.get(end as usize - 1) == Some(&b',');
        let at = if after_comma { end - 1 } else { end };
        self.error(kind, open, Some(open), vec![TextEdit::insert(at, bracket)]);
    }

    /// Reports once that the text ends inside `container` and all around it.
    fn unclosed_at_end(&mut self, container: u32) {
        let mut closers = String::new();
        let mut id = container;
        loop {
            let raw = &mut self.nodes[id as usize];
            raw.flags |= RECOVERED;
            match raw.kind {
                Kind::Array => closers.push(']'),
                Kind::Object => closers.push('}'),
                _ => {}
            }
            if id == 0 {
                break;
            }
            id = raw.parent;
        }
        if self.end_reported {
            return;
        }
        self.end_reported = true;
        let open = self.nodes[container as usize].start;
        let end = self.end_of_previous();
        let complete = !matches!(self.bytes.get(end as usize - 1), Some(b',' | b':'))
            && self.nodes.last().is_some_and(|node| node.kind != Kind::Missing);
        let edits = if complete { vec![TextEdit::insert(end, closers)] } else { Vec::new() };
        let related = Some(Span::new(open, open + 1));
        self.error(SyntaxErrorKind::UnclosedAtEnd, Span::empty(end), related, edits);
    }

    /// `[1, 2, "key": …` inside an object: the array ended before the key. Closes it there.
    fn reopen_last_element_as_key(&mut self, array: u32) -> bool {
        let Some(&last) = self.nodes.last() else { return false };
        let in_object = self.nodes[self.nodes[array as usize].parent as usize].kind == Kind::Key;
        if last.kind != Kind::String || last.parent != array || !in_object {
            return false;
        }
        self.nodes.pop();
        self.pos = last.start as usize;
        while let Some(error) = self.errors.last() {
            // What was reported about this element is the same defect.
            if error.span.start < self.end_of_previous() || error.kind != SyntaxErrorKind::MissingComma {
                break;
            }
            self.errors.pop();
        }
        self.unclosed(array);
        let end = self.end_of_previous();
        let comma = self.bytes.get(end as usize - 1) == Some(&b',');
        self.pending_comma = Some(if comma { end - 1 } else { end });
        true
    }

    fn parent_kind(&self, container: u32) -> Option<Kind> {
        let parent = self.nodes[container as usize].parent;
        (container != 0).then(|| self.nodes[parent as usize].kind)
    }

    fn has_enclosing(&mut self, container: u32, kind: Kind) -> bool {
        if let Some((last, found)) = self.last_enclosing
            && last == container
        {
            return found;
        }
        let mut id = container;
        let mut found = false;
        while id != 0 && !found {
            id = self.nodes[id as usize].parent;
            found = self.nodes[id as usize].kind == kind;
        }
        self.last_enclosing = Some((container, found));
        found
    }

    /// End of the last token before `pos`.
    fn end_of_previous(&self) -> u32 {
        self.text[..self.pos].trim_end_matches([' ', '\n', '\r', '\t']).len() as u32
    }
}

/// White space of Unicode and of C, which JSON takes for text.
fn is_odd_space(character: char) -> bool {
    matches!(character, '\u{b}' | '\u{c}' | '\u{feff}') || (!character.is_ascii() && character.is_whitespace())
}

/// Whether an object's member begins `text`: `{{"a": 1}` is broken JSON, not a template expression.
fn starts_with_member(text: &str) -> bool {
    let Some(key) = text.trim_start().strip_prefix('"') else { return false };
    key.split_once('"').is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
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
