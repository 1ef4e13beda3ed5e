//! `target_glob`: which files a shell pattern selects, as `pathlib.Path.rglob` of Python does.

/// A compiled pattern: its parts match the last parts of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    parts: Vec<Part>,
    /// Whether the pattern can select files at all: one that ends in `/`, or is empty, selects directories.
    selects_files: bool,
    /// Whether `**` is among the parts, so that they may match any number of the path's.
    is_elastic: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`
    AnyDepth,
    /// `*`
    AnyName,
    Name(Vec<Element>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Element {
    Star,
    One,
    Literal(char),
    /// Inclusive ranges; an empty one is written with its ends the wrong way round, and matches nothing.
    Class {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Glob {
        let parts: Vec<Part> =
            pattern.split('/').filter(|part| !part.is_empty() && *part != ".").map(Part::new).collect();
        Glob {
            selects_files: !parts.is_empty() && !pattern.ends_with('/'),
            is_elastic: parts.contains(&Part::AnyDepth),
            parts,
        }
    }

    /// Whether the file with this path, relative and with `/` between the parts, is selected.
    pub(super) fn selects(&self, path: &str) -> bool {
        if !self.selects_files {
            return false;
        }
        if self.is_elastic {
            let parts: Vec<&str> = path.split('/').collect();
            return matches_anywhere(&self.parts, &parts);
        }
        let mut names = path.rsplit('/');
        self.parts.iter().rev().all(|part| names.next().is_some_and(|name| part.matches(name)))
    }
}

impl Part {
    fn new(text: &str) -> Part {
        match text {
            "**" => Part::AnyDepth,
            "*" => Part::AnyName,
            _ => Part::Name(elements(text)),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Part::AnyDepth | Part::AnyName => true,
            Part::Name(elements) => matches_name(elements, name),
        }
    }
}

/// `**/` before the pattern, and the rest to the end of the path. Linear for each `**`: only the last one is gone back to.
fn matches_anywhere(pattern: &[Part], parts: &[&str]) -> bool {
    let (mut at, mut in_parts) = (0, 0);
    let mut last_elastic = (0, 0);
    loop {
        match pattern.get(at) {
            Some(Part::AnyDepth) => {
                at += 1;
                last_elastic = (at, in_parts);
                continue;
            }
            None if in_parts == parts.len() => return true,
            Some(part) if parts.get(in_parts).is_some_and(|name| part.matches(name)) => {
                at += 1;
                in_parts += 1;
                continue;
            }
            Some(_) | None => {}
        }
        if last_elastic.1 >= parts.len() {
            return false;
        }
        last_elastic.1 += 1;
        (at, in_parts) = last_elastic;
    }
}

/// Python's `fnmatch`. Linear for each star: only the last one is gone back to.
fn matches_name(pattern: &[Element], name: &str) -> bool {
    let (mut at, mut rest) = (0, name);
    let mut last_star = None;
    loop {
        let next = rest.chars().next();
        match (pattern.get(at), next) {
            (Some(Element::Star), _) => {
                at += 1;
                last_star = Some((at, rest));
                continue;
            }
            (None, None) => return true,
            (Some(element), Some(character)) if element.matches(character) => {
                at += 1;
                rest = &rest[character.len_utf8()..];
                continue;
            }
            _ => {}
        }
        let Some((after_star, from)) = last_star else { return false };
        let Some(skipped) = from.chars().next() else { return false };
        let from = &from[skipped.len_utf8()..];
        last_star = Some((after_star, from));
        (at, rest) = (after_star, from);
    }
}

impl Element {
    fn matches(&self, character: char) -> bool {
        match self {
            Element::Star => false,
            Element::One => true,
            Element::Literal(literal) => *literal == character,
            Element::Class { is_negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *is_negated
            }
        }
    }
}

fn elements(text: &str) -> Vec<Element> {
    let pattern: Vec<char> = text.chars().collect();
    let mut elements = Vec::new();
    let mut at = 0;
    while let Some(&character) = pattern.get(at) {
        at += 1;
        elements.push(match character {
            '*' => Element::Star,
            '?' => Element::One,
            '[' => match class_end(&pattern, at) {
                Some(end) => {
                    let class = class(&pattern[at..end]);
                    at = end + 1;
                    class
                }
                None => Element::Literal('['),
            },
            literal => Element::Literal(literal),
        });
    }
    elements
}

/// Index of the bracket that closes the class whose content begins at `from`; a `]` directly there, or
/// behind the `!`, belongs to the class.
fn class_end(pattern: &[char], from: usize) -> Option<usize> {
    let first = if pattern.get(from) == Some(&'!') { from + 1 } else { from };
    (first + 1..pattern.len()).find(|&at| pattern[at] == ']')
}

fn class(content: &[char]) -> Element {
    let (is_negated, mut rest) = match content.split_first() {
        Some(('!', rest)) => (true, rest),
        _ => (false, content),
    };
    let mut ranges = Vec::new();
    while let Some(&first) = rest.first() {
        match rest {
            [low, '-', high, ..] => {
                ranges.push((*low, *high));
                rest = &rest[3..];
            }
            _ => {
                ranges.push((first, first));
                rest = &rest[1..];
            }
        }
    }
    Element::Class { is_negated, ranges }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_in_python() {
        for (pattern, name) in
            [("*", ""), ("a*b*c", "aXbbXc"), ("?", "é"), ("[]]", "]"), ("[!a]", "b"), ("[a-c]x", "bx"), ("[", "[")]
        {
            assert!(matches_name(&elements(pattern), name), "{pattern} {name}");
        }
        for (pattern, name) in [("", "a"), ("a*b", "aXc"), ("?", ""), ("[!a]", "a"), ("[a-c]", "d"), ("[z-a]", "m")] {
            assert!(!matches_name(&elements(pattern), name), "{pattern} {name}");
        }
        assert!(!matches_name(&elements(&"*a".repeat(40)), &"a".repeat(39)));
    }

    #[test]
    fn parts_match_from_the_end_and_any_depth_at_every_place() {
        for (pattern, path) in [
            ("*", "a/b/c"),
            ("b/*", "a/b/c"),
            ("**/*", "c"),
            ("a/**/c", "a/c"),
            ("a/**/b/**/c", "x/a/b/a/y/b/z/c"),
            ("b/**", "a/b/c"),
            ("./*//c", "a/b/c"),
        ] {
            assert!(Glob::new(pattern).selects(path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("a/*", "a/b/c"), ("a/b/c/d", "b/c/d"), ("*/", "a"), (".", "a"), ("", "a"), ("a/**/c", "a/c/d")]
        {
            assert!(!Glob::new(pattern).selects(path), "{pattern} {path}");
        }
        let deep = "a/".repeat(300) + "b";

        assert!(Glob::new(&("**/a/".repeat(60) + "b")).selects(&deep));
        assert!(!Glob::new(&("**/a/".repeat(60) + "c")).selects(&deep));
    }
}
