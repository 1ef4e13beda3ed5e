//! String literals: what escapes stand for, and how to write a literal.

use std::borrow::Cow;
use std::fmt::Write;

/// The text of a literal's inside. Escapes that are none are kept as written; a lone surrogate
/// becomes U+FFFD. Both were reported by the parser.
pub(crate) fn unescape(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut result = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else {
            result.push('\\');
            break;
        };
        rest = &rest[escape.len_utf8()..];
        match escape {
            '"' | '\\' | '/' | '\'' => result.push(escape),
            'b' => result.push('\u{8}'),
            'f' => result.push('\u{c}'),
            'n' => result.push('\n'),
            'r' => result.push('\r'),
            't' => result.push('\t'),
            'u' => match code_unit(rest) {
                Some(high @ 0xD800..=0xDBFF) => {
                    let low = rest[4..].strip_prefix("\\u").and_then(code_unit);
                    match low {
                        Some(low @ 0xDC00..=0xDFFF) => {
                            let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                            result.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                            rest = &rest[10..];
                        }
                        _ => {
                            result.push(char::REPLACEMENT_CHARACTER);
                            rest = &rest[4..];
                        }
                    }
                }
                Some(unit) => {
                    result.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                    rest = &rest[4..];
                }
                None => result.push_str("\\u"),
            },
            other => {
                result.push('\\');
                result.push(other);
            }
        }
    }
    result.push_str(rest);
    Cow::Owned(result)
}

/// The four hexadecimal digits at the start of `text`.
pub(crate) fn code_unit(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// `text` as a JSON string literal, quotes included.
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\u{8}' => literal.push_str("\\b"),
            '\u{c}' => literal.push_str("\\f"),
            control if control < ' ' => {
                // Writing to a `String` cannot fail.
                let _ = write!(literal, "\\u{:04x}", control as u32);
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_resolve_and_quote_again() {
        assert_eq!(unescape(r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"#), "a\"\\/\u{8}\u{c}\n\r\té😀");
        assert_eq!(unescape(r"\ud800x"), "\u{fffd}x");
        assert_eq!(unescape(r"\ud800\u0041"), "\u{fffd}A");
        assert_eq!(unescape(r"\q\u12\"), r"\q\u12\");
        assert_eq!(quote("a\"\\\n\u{1}é"), r#""a\"\\\n\u0001é""#);
    }
}
