//! Patterns by the engine that is there already for the schemas' patterns.

use globset::Glob;
use regex_lite::Regex;

/// A pattern of `globset`, which is read by it and matched by `regex-lite`.
#[derive(Debug, Clone)]
pub(super) struct Lite(Option<Regex>);

impl Lite {
    /// What `regex-lite` cannot take matches nothing; nothing of that kind is known.
    pub(super) fn new(glob: &Glob) -> Lite {
        Lite(Regex::new(&of_characters(glob.regex())).ok())
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(path))
    }
}

/// `globset` writes expressions over bytes, `(?-u)` and `\xC3\xA9`; here they are over characters.
fn of_characters(expression: &str) -> String {
    let mut rest = expression.strip_prefix("(?-u)").unwrap_or(expression);
    let mut result = String::new();
    while let Some(first) = rest.chars().next() {
        let (bytes, length) = escaped_bytes(rest);
        match std::str::from_utf8(&bytes) {
            Ok(text) if !text.is_empty() => {
                result.push_str(text);
                rest = &rest[length..];
            }
            _ => {
                // Behind a backslash, nothing begins.
                let escaped = if first == '\\' { rest[1..].chars().next() } else { None };
                let (taken, left) = rest.split_at(first.len_utf8() + escaped.map_or(0, char::len_utf8));
                result.push_str(taken);
                rest = left;
            }
        }
    }
    result
}

/// The bytes beyond ASCII that are written as `\xC3\xA9` at the beginning, and how long that is.
fn escaped_bytes(text: &str) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    while let Some(digits) = text.get(4 * bytes.len()..4 * bytes.len() + 4).and_then(|part| part.strip_prefix("\\x")) {
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if byte >= 0x80 => bytes.push(byte),
            _ => break,
        }
    }
    let length = 4 * bytes.len();
    (bytes, length)
}

#[cfg(test)]
mod tests {
    use globset::{GlobBuilder, GlobSet};
    use proptest::prelude::*;

    use super::*;

    fn built(pattern: &str) -> Option<Glob> {
        let mut builder = GlobBuilder::new(pattern);
        builder.literal_separator(true).backslash_escape(true).empty_alternates(true).build().ok()
    }

    #[track_caller]
    fn check_like_globset(pattern: &str, path: &str) {
        let Some(glob) = built(pattern) else { return };
        let expected = GlobSet::new([glob.clone()]).unwrap().is_match(path);
        assert_eq!(Lite::new(&glob).is_match(path), expected, "{pattern} {path} {}", glob.regex());
    }

    #[test]
    fn letters_beyond_ascii_match_themselves() {
        for pattern in ["größe/*.json", "**/größe", "{é,🧠}/a", "\\é"] {
            for path in ["größe/a.json", "a/größe", "é/a", "🧠/a", "é", "grosse/a.json"] {
                check_like_globset(pattern, path);
            }
        }
        assert!(Lite::new(&built("gr?ße").unwrap()).is_match("größe"), "a character, where globset has a byte");
    }

    proptest! {
        #[test]
        fn it_matches_what_globset_matches(
            pattern in "([ab/.*?!^$+|(){},\\-]|\\*\\*/|/\\*\\*|\\[[ab!^]{1,3}\\]|\\\\[*a/x]|\\{a,b/c\\}|é){0,8}",
            path in "[abcx/.+$(){},*\\-]{0,8}",
        ) {
            check_like_globset(&pattern, &path);
        }
    }
}
