//! What the parser does where the text is no JSON: it says so once, mends the place in its mind
//! and goes on. Every function here either moves forward or closes a container.

use crate::parser::{KeyNext, MAX_ERRORS, Next, Parser, is_word};
use crate::tree::{BARE, Kind, RECOVERED};
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

    pub(crate) fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    fn starts_value(&self) -> bool {
        !self.at_end() && matches!(self.peek(), b'"' | b'{' | b'[' | b'-' | b'0'..=b'9')
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

    /// End of the last token before `pos`, comments left out: what is inserted there must not be in one.
    fn end_of_previous(&self) -> u32 {
        let trimmed = |end: usize| self.text[..end].trim_end_matches([' ', '\n', '\r', '\t']).len();
        let mut end = trimmed(self.pos);
        for error in self.errors.iter().rev() {
            let is_skipped = matches!(error.kind, SyntaxErrorKind::Comment | SyntaxErrorKind::OddSpace);
            if !is_skipped || error.span.end as usize != end {
                break;
            }
            end = trimmed(error.span.start as usize);
        }
        end as u32
    }
}
