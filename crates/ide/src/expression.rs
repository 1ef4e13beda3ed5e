//! The template expressions in a string, token by token, at their places in the file.

use task_api_core::template::is_part_of_name;
use task_api_json::{Kind as NodeKind, Node, Span};

/// What a token of an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `{{`, `}}`, `{%`, `%}`
    Delimiter,
    /// `|`, `~`, `==`, `.`
    Operator,
    /// A name that stands by itself, as `env`.
    Variable,
    /// What stands behind a dot, as `NAME` in `env.NAME`.
    Property,
    /// What stands behind `|`, and what is called.
    Filter,
    Keyword,
    String,
    Number,
    /// `{# … #}`
    Comment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// As the template language reads it, escapes of JSON resolved.
    pub(crate) text: String,
}

/// One `{{ … }}`, `{% … %}` or `{# … #}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    pub(crate) span: Span,
    pub(crate) tokens: Vec<Token>,
}

const KEYWORDS: [&str; 26] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "in",
    "not",
    "and",
    "or",
    "is",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "set",
    "endset",
    "with",
    "endwith",
    "filter",
    "endfilter",
    "macro",
    "endmacro",
    "block",
];

/// The expressions of a string or key, or of one that stands in place of a value.
pub(crate) fn expressions(node: Node<'_>) -> Vec<Expression> {
    let (source, start) = match node.kind() {
        NodeKind::String | NodeKind::Key => (node.inner(), node.inner_span().start),
        NodeKind::Template => (node.source(), node.span().start),
        _ => return Vec::new(),
    };
    // Nearly all strings have none. A brace may be written as `\u007b`.
    if !source.contains('{') && !source.contains("\\u") {
        return Vec::new();
    }
    let is_escaped = matches!(node.kind(), NodeKind::String | NodeKind::Key) && node.has_escapes();
    let mut scanner = Scanner { letters: letters(source, start, is_escaped), at: 0 };
    let mut found = Vec::new();
    while let Some(expression) = scanner.next_expression() {
        found.push(expression);
    }
    found
}

/// A character as the template language sees it, and where it is written.
#[derive(Debug, Clone, Copy)]
struct Letter {
    character: char,
    span: Span,
}

fn letters(source: &str, start: u32, is_escaped: bool) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let at = (source.len() - rest.len()) as u32;
        let (character, length) = if first == '\\' && is_escaped { escaped(rest) } else { (first, first.len_utf8()) };
        letters.push(Letter { character, span: Span::new(start + at, start + at + length as u32) });
        rest = rest.get(length..).unwrap_or_default();
    }
    letters
}

/// What an escape at the start of a text stands for, and its length.
fn escaped(text: &str) -> (char, usize) {
    let Some(letter) = text.chars().nth(1) else { return ('\\', 1) };
    let simple = match letter {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let code = text.get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            // Halves of surrogate pairs are no letters of an expression, whatever they make together.
            return code.map_or(('\\', 1), |code| (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6));
        }
        other => other,
    };
    (simple, 1 + letter.len_utf8())
}

struct Scanner {
    letters: Vec<Letter>,
    at: usize,
}

impl Scanner {
    fn next_expression(&mut self) -> Option<Expression> {
        while self.at < self.letters.len() {
            let close = match (self.peek(0), self.peek(1)) {
                (Some('{'), Some('{')) => '}',
                (Some('{'), Some('%')) => '%',
                (Some('{'), Some('#')) => '#',
                _ => {
                    self.at += 1;
                    continue;
                }
            };
            return Some(if close == '#' { self.comment() } else { self.expression(close) });
        }
        None
    }

    fn comment(&mut self) -> Expression {
        let begin = self.at;
        self.at += 2;
        while self.at < self.letters.len() && !(self.peek(0) == Some('#') && self.peek(1) == Some('}')) {
            self.at += 1;
        }
        self.at = (self.at + 2).min(self.letters.len());
        let token = self.token(TokenKind::Comment, begin);
        Expression { span: token.span, tokens: vec![token] }
    }

    fn expression(&mut self, close: char) -> Expression {
        let begin = self.at;
        let mut tokens: Vec<Token> = Vec::new();
        self.at += if self.peek(2).is_some_and(|c| c == '-' || c == '+') { 3 } else { 2 };
        tokens.push(self.token(TokenKind::Delimiter, begin));
        while let Some(character) = self.peek(0) {
            let start = self.at;
            let trims = usize::from(matches!(character, '-' | '+'));
            if self.peek(trims) == Some(close) && self.peek(trims + 1) == Some('}') {
                self.at += trims + 2;
                tokens.push(self.token(TokenKind::Delimiter, start));
                break;
            }
            match character {
                character if character.is_whitespace() => self.at += 1,
                '"' | '\'' => {
                    self.quoted(character);
                    tokens.push(self.token(TokenKind::String, start));
                }
                character if character.is_ascii_digit() => {
                    self.while_is(|c| c.is_ascii_alphanumeric() || c == '_');
                    if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
                        self.at += 1;
                        self.while_is(|c| c.is_ascii_alphanumeric() || c == '_');
                    }
                    tokens.push(self.token(TokenKind::Number, start));
                }
                character if is_part_of_name(character) => {
                    self.while_is(is_part_of_name);
                    let mut token = self.token(TokenKind::Variable, start);
                    token.kind = self.kind_of_name(&token.text, tokens.last());
                    tokens.push(token);
                }
                _ => {
                    self.at += 1;
                    tokens.push(self.token(TokenKind::Operator, start));
                }
            }
        }
        Expression { span: self.span(begin), tokens }
    }

    fn kind_of_name(&self, name: &str, before: Option<&Token>) -> TokenKind {
        let is_behind =
            |operator: &str| before.is_some_and(|token| token.kind == TokenKind::Operator && token.text == operator);
        let is_behind_is = before.is_some_and(|token| token.kind == TokenKind::Keyword && token.text == "is");
        if is_behind(".") {
            return TokenKind::Property;
        }
        if is_behind("|") {
            return TokenKind::Filter;
        }
        if KEYWORDS.contains(&name) {
            return TokenKind::Keyword;
        }
        if is_behind_is || self.peek(0) == Some('(') { TokenKind::Filter } else { TokenKind::Variable }
    }

    fn quoted(&mut self, quote: char) {
        self.at += 1;
        while let Some(character) = self.peek(0) {
            self.at += 1;
            if character == quote {
                break;
            }
            if character == '\\' && self.at < self.letters.len() {
                self.at += 1;
            }
        }
    }

    fn while_is(&mut self, is: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&is) {
            self.at += 1;
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).map(|letter| letter.character)
    }

    fn token(&self, kind: TokenKind, begin: usize) -> Token {
        let text = self.letters.get(begin..self.at).unwrap_or_default().iter().map(|letter| letter.character).collect();
        Token { kind, span: self.span(begin), text }
    }

    /// From a letter to the one before the next.
    fn span(&self, begin: usize) -> Span {
        let letters = self.letters.get(begin..self.at).unwrap_or_default();
        match (letters.first(), letters.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::empty(0),
        }
    }
}
