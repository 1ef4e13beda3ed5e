//! Tokens around a cursor, in text that need not be JSON.
//!
//! No string of JSON holds a line break, so what stands before a line never decides where its strings begin. That is
//! what makes a look at a few lines enough.

/// So far to the right of the cursor quotes are counted.
const REACH: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Open(u8),
    Close(u8),
    Comma,
    Colon,
    /// Begins with a double quote.
    Text {
        is_closed: bool,
    },
    /// Numbers, literals and what has no double quotes.
    Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    /// Whether it is a value, a key, or the end of a value.
    pub(super) fn ends_item(self) -> bool {
        matches!(self.kind, TokenKind::Text { .. } | TokenKind::Word | TokenKind::Close(_))
    }

    /// Whether a value or a key begins with it.
    pub(super) fn begins_item(self) -> bool {
        matches!(self.kind, TokenKind::Text { .. } | TokenKind::Word | TokenKind::Open(_))
    }
}

/// What the cursor touches, and what stands before and behind that.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// The string or word that is being typed.
    pub(super) word: Option<Token>,
    /// The nearest last; all that was looked at.
    pub(super) before: Vec<Token>,
}

/// Reads up to the cursor from `from`, where no string is open.
pub(super) fn around(text: &str, from: usize, offset: usize) -> Around {
    let line_end = end_of_line(text, offset);
    let mut around = Around::default();
    let mut at = from;
    while let Some(token) = next_token(text, at, line_end).filter(|token| token.start < offset) {
        at = token.end;
        let is_inside = match token.kind {
            TokenKind::Text { is_closed } => offset < token.end || !is_closed && offset == token.end,
            TokenKind::Word => offset <= token.end,
            _ => false,
        };
        if !is_inside {
            around.before.push(token);
            continue;
        }
        around.word = Some(match token.kind {
            TokenKind::Text { is_closed } if !(is_closed && is_own_quote(text, token.end, line_end)) => {
                let end = end_of_unclosed(text, token.start, offset, line_end);
                Token { kind: TokenKind::Text { is_closed: false }, start: token.start, end }
            }
            _ => token,
        });
        break;
    }
    around
}

/// Adds the tokens of the lines before `from`, until there are two or no more. Gives where it has read from.
pub(super) fn look_back(text: &str, mut from: usize, before: &mut Vec<Token>) -> usize {
    while before.len() < 2 && from > 0 {
        let end = from - 1;
        let start = start_of_line(text, end);
        let mut line = tokens(text, start, end);
        line.append(before);
        *before = line;
        from = start;
    }
    from
}

/// The bracket that is open at `at`, looked for in the lines before as far as `limit` bytes.
pub(super) fn enclosing_bracket(text: &str, at: usize, limit: usize) -> Option<u8> {
    let mut depth = 0usize;
    let mut end = at;
    loop {
        let start = start_of_line(text, end);
        for token in tokens(text, start, end).into_iter().rev() {
            match token.kind {
                TokenKind::Close(_) => depth += 1,
                TokenKind::Open(bracket) if depth == 0 => return Some(bracket),
                TokenKind::Open(_) => depth -= 1,
                _ => {}
            }
        }
        if start == 0 || at - start > limit {
            return None;
        }
        end = start - 1;
    }
}

/// The next token at or behind `at`. Strings end with their line.
pub(super) fn following(text: &str, at: usize) -> Option<Token> {
    next_token(text, at, text.len())
}

// One character at a time is looked for much quicker than one of two.
pub(super) fn start_of_line(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(start..).unwrap_or_default();
    line.rfind('\r').map_or(start, |at| start + at + 1)
}

pub(super) fn end_of_line(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let line = rest.find('\n').and_then(|length| rest.get(..length)).unwrap_or(rest);
    offset + line.find('\r').unwrap_or(line.len())
}

fn tokens(text: &str, from: usize, to: usize) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(token) = next_token(text, at, to) {
        at = token.end;
        found.push(token);
    }
    found
}

fn next_token(text: &str, from: usize, to: usize) -> Option<Token> {
    let bytes = text.as_bytes().get(..to)?;
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        at += blanks;
        let rest = &rest[blanks..];
        if rest.starts_with(b"//") {
            at += rest.iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
        } else if rest.starts_with(b"/*") {
            at += rest.windows(2).skip(2).position(|pair| pair == b"*/").map_or(rest.len(), |length| length + 4);
        } else {
            break;
        }
    }
    let first = *bytes.get(at)?;
    let (kind, length) = match first {
        b'{' | b'[' => (TokenKind::Open(first), 1),
        b'}' | b']' => (TokenKind::Close(first), 1),
        b',' => (TokenKind::Comma, 1),
        b':' => (TokenKind::Colon, 1),
        b'"' => {
            let (length, is_closed) = string_length(&bytes[at..]);
            (TokenKind::Text { is_closed }, length)
        }
        _ => {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"{}[],:\"".contains(byte);
            let end = at + bytes[at..].iter().take_while(|byte| !ends(byte)).count();
            // Of a string without its opening quote, the words behind and the closing quote are a part.
            let gap = bytes[end..].iter().take_while(|byte| !b"{}[],:\"\n\r".contains(byte)).count();
            let close = end + gap;
            let is_closed = || is_own_quote(text, close + 1, end_of_line(text, close));
            let end = if bytes.get(close) == Some(&b'"') && is_closed() { close + 1 } else { end };
            (TokenKind::Word, end - at)
        }
    };
    Some(Token { kind, start: at, end: at + length })
}

fn string_length(bytes: &[u8]) -> (usize, bool) {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return (at + 1, true),
            b'\n' | b'\r' => break,
            b'\\' => at += 1,
            _ => {}
        }
        at += 1;
    }
    let at = at.min(bytes.len());
    // A line that ends in a backslash does not hide its end.
    let line = bytes[..at].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    (line.unwrap_or(at), false)
}

/// Whether the quote that ends at `end` closes the string at the cursor, and does not open the next one: then the
/// quotes behind it come in pairs, or what follows it cannot stand in a string's beginning.
fn is_own_quote(text: &str, end: usize, line_end: usize) -> bool {
    let bytes = text.as_bytes();
    let rest = bytes.get(end..line_end.min(end + REACH)).unwrap_or_default();
    let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
    if next.is_none_or(|byte| b",:}]".contains(byte)) {
        return true;
    }
    let mut quotes = 0;
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        quotes += usize::from(byte == b'"');
        at += 1 + usize::from(byte == b'\\');
    }
    quotes % 2 == 0
}

/// Where a string ends that lacks its closing quote: before what continues the JSON around it.
fn end_of_unclosed(text: &str, start: usize, offset: usize, line_end: usize) -> usize {
    let bytes = text.as_bytes();
    let has_expression = text.get(start..offset).is_some_and(|before| before.contains("{{"));
    let mut at = offset;
    while at < line_end {
        match bytes[at] {
            b'}' if has_expression && bytes.get(at + 1) == Some(&b'}') => at += 1,
            b',' | b':' | b'}' | b']' | b'"' => break,
            _ => {}
        }
        at += 1;
    }
    let end = at.min(line_end);
    text.get(offset..end).map_or(offset, |rest| offset + rest.trim_end().len())
}
