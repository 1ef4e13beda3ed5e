//! Patterns by an engine for no more than what `globset` writes: characters, classes, alternatives and repetitions. One for
//! all regular expressions would be 8 kB more of the language server in pages.

use std::iter::Peekable;
use std::str::Chars;

use globset::Glob;

/// A pattern of `globset`, which is read by it and matched here.
#[derive(Debug, Clone)]
pub(super) struct Lite(Vec<Step>);

/// A path is taken by the steps one behind the other. Other steps are named by how far away they are.
#[derive(Debug, Clone)]
enum Step {
    One(char),
    Any,
    Class {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// Goes on behind itself, and so many steps ahead as well.
    Fork(usize),
    Ahead(usize),
    Back(usize),
}

impl Lite {
    pub(super) fn new(glob: &Glob) -> Lite {
        let expression = glob.regex();
        let mut reader = Reader(expression.strip_prefix("(?-u)").unwrap_or(expression).chars().peekable());
        Lite(reader.alternatives())
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        let mut now = self.nowhere();
        self.reach(0, &mut now);
        for character in path.chars() {
            let mut next = self.nowhere();
            for (at, step) in self.0.iter().enumerate() {
                if now[at] && step.takes(character) {
                    self.reach(at + 1, &mut next);
                }
            }
            now = next;
        }
        now[self.0.len()]
    }

    fn nowhere(&self) -> Vec<bool> {
        vec![false; self.0.len() + 1]
    }

    /// Marks a step, and all that are reached from it without a character.
    fn reach(&self, at: usize, reached: &mut [bool]) {
        let mut places = vec![at];
        while let Some(at) = places.pop() {
            if std::mem::replace(&mut reached[at], true) {
                continue;
            }
            match self.0.get(at) {
                Some(Step::Fork(steps)) => places.extend([at + 1, at + steps]),
                Some(Step::Ahead(steps)) => places.push(at + steps),
                Some(Step::Back(steps)) => places.push(at - steps),
                Some(Step::One(_) | Step::Any | Step::Class { .. }) | None => {}
            }
        }
    }
}

impl Step {
    fn takes(&self, character: char) -> bool {
        match self {
            Step::One(expected) => *expected == character,
            Step::Any => true,
            Step::Class { is_negated, ranges } => {
                ranges.iter().any(|(least, most)| (*least..=*most).contains(&character)) != *is_negated
            }
            Step::Fork(_) | Step::Ahead(_) | Step::Back(_) => false,
        }
    }
}

/// Reads an expression of `globset`, which is well formed.
struct Reader<'a>(Peekable<Chars<'a>>);

impl Reader<'_> {
    fn alternatives(&mut self) -> Vec<Step> {
        let first = self.sequence();
        if self.0.next_if_eq(&'|').is_none() {
            return first;
        }
        let others = self.alternatives();
        let mut steps = vec![Step::Fork(first.len() + 2)];
        steps.extend(first);
        steps.push(Step::Ahead(others.len() + 1));
        steps.extend(others);
        steps
    }

    fn sequence(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(first) = self.0.next_if(|next| !matches!(next, '|' | ')')) {
            let atom = match first {
                // A path is matched as a whole in any case.
                '^' | '$' => Vec::new(),
                '.' => vec![Step::Any],
                '[' => vec![self.class()],
                '(' => {
                    self.0.next_if_eq(&'?');
                    self.0.next_if_eq(&':');
                    let group = self.alternatives();
                    self.0.next_if_eq(&')');
                    group
                }
                other => vec![Step::One(self.character(other))],
            };
            if self.0.next_if_eq(&'*').is_some() {
                let length = atom.len();
                steps.push(Step::Fork(length + 2));
                steps.extend(atom);
                steps.push(Step::Back(length + 1));
            } else {
                if self.0.next_if_eq(&'?').is_some() {
                    steps.push(Step::Fork(atom.len() + 1));
                }
                steps.extend(atom);
            }
        }
        steps
    }

    /// Behind `[`.
    fn class(&mut self) -> Step {
        let is_negated = self.0.next_if_eq(&'^').is_some();
        let mut ranges = Vec::new();
        while let Some(first) = self.0.next().filter(|next| *next != ']') {
            let least = self.character(first);
            let most = match self.0.next_if_eq(&'-').and_then(|_| self.0.next()) {
                Some(last) => self.character(last),
                None => least,
            };
            ranges.push((least, most));
        }
        Step::Class { is_negated, ranges }
    }

    /// The character that begins here. Beyond ASCII, `globset` writes the bytes of one: `\xC3\xA9`.
    fn character(&mut self, first: char) -> char {
        let escaped = if first == '\\' { self.0.next() } else { None };
        if escaped != Some('x') {
            return escaped.unwrap_or(first);
        }
        let mut bytes = vec![self.byte()];
        while std::str::from_utf8(&bytes).is_err() && self.0.next_if_eq(&'\\').is_some() {
            self.0.next_if_eq(&'x');
            bytes.push(self.byte());
        }
        String::from_utf8_lossy(&bytes).chars().next().unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        let mut digit = || self.0.next().and_then(|digit| digit.to_digit(16)).unwrap_or_default();
        (digit() * 16 + digit()) as u8
    }
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
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn it_matches_what_globset_matches(
            pattern in "([ab/.*?!^$+|(){},\\-]|\\*\\*/|/\\*\\*|\\[[ab!^]{1,3}\\]|\\\\[*a/x]|\\{a,b/c\\}|é){0,8}",
            path in "[abcx/.+$(){},*\\-]{0,8}",
        ) {
            check_like_globset(&pattern, &path);
        }
    }
}
