//! What can be wrong with a text, in words, and the edit that mends it where one token decides.

use crate::{Span, TextEdit};

/// One defect of a text. The parser went on behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: SyntaxErrorKind,
    pub span: Span,
    /// The bracket that is not closed.
    pub related: Option<Span>,
    /// The edits that mend exactly this defect; empty where the text alone does not decide.
    pub edits: Vec<TextEdit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyntaxErrorKind {
    ByteOrderMark,
    Comment,
    ControlCharacter,
    Empty,
    ExtraComma,
    /// A bracket or a quote without which the rest is right.
    ExtraToken,
    InvalidEscape,
    InvalidNumber,
    LoneSurrogate,
    MissingColon,
    MissingComma,
    MissingKey,
    MissingValue,
    /// White space that is not JSON's, such as a non-breaking space.
    OddSpace,
    SingleQuotes,
    TemplateBlock,
    TooDeep,
    TooLarge,
    TrailingComma,
    TrailingContent,
    TypographicQuotes,
    UnclosedArray,
    UnclosedAtEnd,
    UnclosedObject,
    UnexpectedText,
    UnmatchedBracket,
    UnopenedArray,
    UnopenedObject,
    UnopenedString,
    UnquotedKey,
    UnquotedString,
    UnterminatedComment,
    UnterminatedString,
    WrongBracket,
    WrongLiteral,
    WrongSeparator,
}

impl SyntaxErrorKind {
    /// Whether the text is accepted all the same.
    pub fn is_note(self) -> bool {
        self == SyntaxErrorKind::ByteOrderMark
    }

    /// Whether values may stand in another place of the tree than the author meant them to.
    ///
    /// The others leave no doubt about what contains what.
    pub fn leaves_structure_in_doubt(self) -> bool {
        use SyntaxErrorKind::*;
        !matches!(
            self,
            ByteOrderMark
                | Comment
                | ControlCharacter
                | ExtraComma
                | InvalidEscape
                | InvalidNumber
                | LoneSurrogate
                | OddSpace
                | SingleQuotes
                | TrailingComma
                | TypographicQuotes
                | WrongLiteral
        )
    }
}

impl SyntaxError {
    /// What is wrong, for a person, without a full stop.
    pub fn message(&self, text: &str) -> String {
        use SyntaxErrorKind::*;
        let found = shorten(self.span.of(text));
        match self.kind {
            ByteOrderMark => "the file begins with a byte order mark".to_owned(),
            Comment => "comments are not part of JSON".to_owned(),
            ControlCharacter => {
                let code = self.span.of(text).chars().next().map_or(0, u32::from);
                format!("the control character U+{code:04X} stands in a string")
            }
            Empty => "the file is empty".to_owned(),
            ExtraComma => "a comma with nothing before it".to_owned(),
            ExtraToken => format!("this `{found}` is one too many"),
            InvalidEscape => format!("`{found}` is no escape sequence"),
            InvalidNumber => format!("`{found}` is no JSON number"),
            LoneSurrogate => format!("`{found}` is one half of a character"),
            MissingColon => format!("no `:` after the key {found}"),
            MissingComma => "a comma is missing here".to_owned(),
            MissingKey => "a value without a key".to_owned(),
            MissingValue => "a value is missing here".to_owned(),
            OddSpace => {
                let code = self.span.of(text).chars().next().map_or(0, u32::from);
                format!("the character U+{code:04X} is no white space in JSON")
            }
            SingleQuotes => "single quotes around a string".to_owned(),
            TemplateBlock => "a template expression stands outside of a string".to_owned(),
            TooDeep => format!("nested deeper than {} levels", crate::MAX_DEPTH),
            TooLarge => "the file is larger than 4 GiB".to_owned(),
            TrailingComma => "trailing comma".to_owned(),
            TrailingContent => "the file goes on after its end".to_owned(),
            TypographicQuotes => "typographic quotes around a string".to_owned(),
            UnclosedArray => "this array is not closed: `]` is missing".to_owned(),
            UnclosedAtEnd => "the file ends too early".to_owned(),
            UnclosedObject => "this object is not closed: `}` is missing".to_owned(),
            UnexpectedText => format!("`{found}` does not belong here"),
            UnmatchedBracket => format!("nothing is open that `{found}` could close"),
            UnopenedArray => "an array begins here without `[`".to_owned(),
            UnopenedObject => "an object begins here without `{`".to_owned(),
            UnopenedString => "this string has no opening quote".to_owned(),
            UnquotedKey => format!("the key `{found}` has no quotes"),
            UnquotedString => format!("the text `{found}` has no quotes"),
            UnterminatedComment => "this comment has no end".to_owned(),
            UnterminatedString => "this string has no closing quote".to_owned(),
            WrongBracket => format!("`{found}` cannot close what is open here"),
            WrongLiteral => format!("`{found}` is not written like this in JSON"),
            WrongSeparator => format!("`{found}` does not separate anything in JSON"),
        }
    }

    /// Why it matters or what JSON wants instead, where the message does not say it.
    pub fn note(&self) -> Option<&'static str> {
        use SyntaxErrorKind::*;
        Some(match self.kind {
            ByteOrderMark => "some readers of JSON refuse it; save the file as UTF-8 without BOM",
            Comment => "put remarks into a `description`",
            ControlCharacter => "control characters must be escaped in strings, such as \\t for a tab",
            Empty => "a JSON file holds exactly one value, here an object: {}",
            InvalidEscape => "JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX; a backslash itself is \\\\",
            InvalidNumber => "numbers look like 5, -0.5 or 1e6: no leading zero, `+`, hexadecimal digits or NaN",
            LoneSurrogate => "characters beyond U+FFFF take two escapes, such as \\ud83d\\ude00",
            OddSpace => "it often comes with text that was copied from a web page or a document",
            SingleQuotes | TypographicQuotes | UnquotedKey | UnquotedString => {
                "JSON puts keys and texts into double quotes"
            }
            TemplateBlock => "the file is JSON only after it has been rendered",
            TooDeep => "no file of the Task API needs more than a few levels",
            TrailingContent => "a JSON file holds exactly one value",
            WrongLiteral => "JSON knows true, false and null, in lower case",
            WrongSeparator => "a key is separated from its value by `:`, members and elements by `,`",
            _ => return None,
        })
    }

    /// What the edits do, where there are some.
    pub fn fix_title(&self) -> Option<String> {
        use SyntaxErrorKind::*;
        let edit = self.edits.first()?;
        Some(match self.kind {
            ByteOrderMark => "remove the byte order mark".to_owned(),
            Comment => "remove the comment".to_owned(),
            ExtraComma | TrailingComma => "remove the comma".to_owned(),
            MissingColon => "insert `:`".to_owned(),
            MissingComma => "insert `,`".to_owned(),
            OddSpace => "write a space".to_owned(),
            SingleQuotes | TypographicQuotes | UnquotedKey | UnquotedString => {
                format!("write {}", shorten(&edit.new_text))
            }
            ExtraToken => "remove it".to_owned(),
            UnclosedArray | UnclosedAtEnd | UnclosedObject | UnopenedArray | UnopenedObject | UnopenedString
            | UnterminatedString => format!("insert `{}`", edit.new_text.trim()),
            _ => format!("write `{}`", shorten(&edit.new_text)),
        })
    }

    /// What to say at [`SyntaxError::related`].
    pub fn related_message(&self) -> &'static str {
        "opened here"
    }
}

fn shorten(text: &str) -> String {
    const LIMIT: usize = 40;
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(LIMIT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
