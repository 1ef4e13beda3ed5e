//! Regular expressions in Python's syntax: what is written differently elsewhere, and what no small engine has.

mod groups;

use self::groups::{Groups, Opening};
use crate::template::is_part_of_name;

/// An expression rewritten for an engine that has Python's constructs in Rust's syntax: one with Unicode classes, nested
/// sets and backtracking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonRegex {
    pub text: String,
    /// The first construct that engines without backtracking do not have.
    pub construct: Option<&'static str>,
}

/// Rewrites an expression; what Python itself does not accept is an error, with the reason.
pub fn rewrite(pattern: &str) -> Result<PythonRegex, String> {
    let mut translation = Translation {
        rest: pattern.chars().collect(),
        at: 0,
        out: String::with_capacity(pattern.len()),
        is_ascii: false,
        is_verbose: false,
        groups: Groups::default(),
        construct: None,
    };
    translation.all()?;
    Ok(PythonRegex { text: translation.out, construct: translation.construct })
}

struct Translation {
    rest: Vec<char>,
    at: usize,
    out: String,
    /// `(?a)`: classes and boundaries know ASCII only.
    is_ascii: bool,
    /// `(?x)`: space and comments between the parts mean nothing.
    is_verbose: bool,
    groups: Groups,
    construct: Option<&'static str>,
}

/// What stands before a place, and whether it can be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A beginning, or an anchor.
    Nothing,
    Atom,
    Repeated,
    /// With `?` or `+` behind the quantifier.
    Fully,
}

impl Before {
    /// Behind space or a comment, which part a quantifier from its `?`.
    fn apart(self) -> Before {
        match self {
            Before::Repeated => Before::Fully,
            other => other,
        }
    }
}

/// What a backslash and what follows it stand for.
enum Escaped {
    Character(char),
    Set,
    Anchor,
    Reference,
}

impl Translation {
    fn all(&mut self) -> Result<(), String> {
        let mut before = Before::Nothing;
        while let Some(character) = self.next() {
            before = match character {
                '\\' => match self.escape(false)? {
                    Escaped::Anchor => Before::Nothing,
                    Escaped::Character(_) | Escaped::Set | Escaped::Reference => Before::Atom,
                },
                '[' => self.class()?,
                '(' => self.group(before)?,
                ')' => self.close()?,
                '{' => match self.counted()? {
                    true => repeated(before, '{')?,
                    false => Before::Atom,
                },
                '*' | '+' | '?' => {
                    self.out.push(character);
                    match before {
                        Before::Repeated if character == '?' => Before::Fully,
                        Before::Repeated if character == '+' => {
                            self.found("possessive quantifiers");
                            Before::Fully
                        }
                        _ => repeated(before, character)?,
                    }
                }
                '|' => self.alternative()?,
                '^' | '$' => {
                    self.out.push(character);
                    Before::Nothing
                }
                '#' if self.is_verbose => {
                    self.skip_behind('\n')?;
                    before.apart()
                }
                space if self.is_verbose && space.is_ascii_whitespace() => before.apart(),
                ']' | '}' => {
                    self.literal(character);
                    Before::Atom
                }
                other => {
                    self.out.push(other);
                    Before::Atom
                }
            };
        }
        self.groups.end()
    }

    fn found(&mut self, construct: &'static str) {
        self.construct.get_or_insert(construct);
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.get(self.at).copied()?;
        self.at += 1;
        Some(character)
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_next = self.rest[self.at..].iter().copied().take(text.len()).eq(text.chars());
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Whether there is the end of a comment. A backslash hides what follows it, as everywhere.
    fn skip_behind(&mut self, end: char) -> Result<bool, String> {
        while let Some(character) = self.next() {
            if character == end {
                return Ok(true);
            }
            if character == '\\' && self.next().is_none() {
                return Err("it ends with a backslash".to_owned());
            }
        }
        Ok(false)
    }

    fn literal(&mut self, character: char) {
        if character.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    /// Behind a backslash.
    fn escape(&mut self, in_class: bool) -> Result<Escaped, String> {
        let Some(character) = self.next() else { return Err("it ends with a backslash".to_owned()) };
        let (text, escaped) = match (character, self.is_ascii) {
            ('d', true) => ("[0-9]", Escaped::Set),
            ('D', true) => ("[^0-9]", Escaped::Set),
            ('w', true) => ("[0-9A-Za-z_]", Escaped::Set),
            ('W', true) => ("[^0-9A-Za-z_]", Escaped::Set),
            ('s', true) => (r"[\t-\r ]", Escaped::Set),
            ('S', true) => (r"[^\t-\r ]", Escaped::Set),
            ('w', false) => (r"[\p{L}\p{N}_]", Escaped::Set),
            ('W', false) => (r"[^\p{L}\p{N}_]", Escaped::Set),
            ('s', false) => (r"[\s\x1c-\x1f]", Escaped::Set),
            ('S', false) => (r"[^\s\x1c-\x1f]", Escaped::Set),
            ('d', false) => (r"\d", Escaped::Set),
            ('D', false) => (r"\D", Escaped::Set),
            ('Z', _) if !in_class => (r"\z", Escaped::Anchor),
            ('A', _) if !in_class => (r"\A", Escaped::Anchor),
            ('b', _) if in_class => (r"\x08", Escaped::Character('\x08')),
            ('b', true) => (r"(?-u:\b)", Escaped::Anchor),
            ('b', false) => (r"\b", Escaped::Anchor),
            ('B', true) if !in_class => (r"(?-u:\B)", Escaped::Anchor),
            ('B', false) if !in_class => (r"\B", Escaped::Anchor),
            ('a', _) => (r"\x07", Escaped::Character('\x07')),
            ('f', _) => (r"\x0c", Escaped::Character('\x0c')),
            ('v', _) => (r"\x0b", Escaped::Character('\x0b')),
            ('n', _) => (r"\n", Escaped::Character('\n')),
            ('r', _) => (r"\r", Escaped::Character('\r')),
            ('t', _) => (r"\t", Escaped::Character('\t')),
            ('x', _) => return self.code_point(2),
            ('u', _) => return self.code_point(4),
            ('U', _) => return self.code_point(8),
            ('0'..='9', _) => return self.number(character, in_class),
            (letter, _) if letter.is_ascii_alphabetic() => return Err(format!("Python knows no `\\{letter}`")),
            _ => {
                self.literal(character);
                ("", Escaped::Character(character))
            }
        };
        self.out.push_str(text);
        Ok(escaped)
    }

    fn code_point(&mut self, digits: usize) -> Result<Escaped, String> {
        let text: String = self.rest[self.at..].iter().take(digits).collect();
        self.at = (self.at + digits).min(self.rest.len());
        let is_whole = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(&text, 16).ok().filter(|_| is_whole);
        self.character(code).ok_or_else(|| format!("`{text}` is no character in hexadecimal digits"))
    }

    fn character(&mut self, code: Option<u32>) -> Option<Escaped> {
        let code = code?;
        let character = char::from_u32(code)?;
        self.out.push_str(&format!("\\x{{{code:x}}}"));
        Some(Escaped::Character(character))
    }

    /// An octal number, or a reference to a group.
    fn number(&mut self, first: char, in_class: bool) -> Result<Escaped, String> {
        let is_octal = |c: &char| ('0'..='7').contains(c);
        let mut digits = vec![first];
        let follow = |at: usize| self.rest.get(at).copied();
        if first == '0' || in_class {
            if !is_octal(&first) {
                return Err(format!("Python knows no `\\{first}` in brackets"));
            }
            digits.extend((self.at..self.at + 2).map_while(follow).take_while(is_octal));
        } else if let Some(second) = follow(self.at).filter(char::is_ascii_digit) {
            digits.push(second);
            let third = follow(self.at + 1).filter(|third| is_octal(third) && is_octal(&second) && is_octal(&first));
            digits.extend(third);
        }
        self.at += digits.len() - 1;
        let text: String = digits.iter().collect();
        if first != '0' && !in_class && digits.len() < 3 {
            self.groups.refer_to(text.parse().ok())?;
            self.found("back-references");
            self.out.push_str(&format!("(?:\\{text})"));
            return Ok(Escaped::Reference);
        }
        let code = u32::from_str_radix(&text, 8).ok().filter(|code| *code <= 0o377);
        self.character(code).ok_or_else(|| format!("`\\{text}` is no character in octal digits"))
    }

    /// Behind `[`. Nested brackets and operations on sets are nothing special in Python.
    fn class(&mut self) -> Result<Before, String> {
        self.out.push('[');
        if self.takes("^") {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let begin = self.at;
            let least = match self.next() {
                Some(']') if !is_first => break,
                character => self.one_of_class(character)?,
            };
            is_first = false;
            let is_range =
                self.rest.get(self.at) == Some(&'-') && self.rest.get(self.at + 1).is_some_and(|c| *c != ']');
            if is_range {
                self.out.push('-');
                self.at += 1;
                let character = self.next();
                let most = self.one_of_class(character)?;
                if least.zip(most).is_none_or(|(least, most)| least > most) {
                    let range: String = self.rest[begin..self.at].iter().collect();
                    return Err(format!("`{range}` is no range of characters"));
                }
            }
        }
        self.out.push(']');
        Ok(Before::Atom)
    }

    /// A character or set within brackets; the character.
    fn one_of_class(&mut self, character: Option<char>) -> Result<Option<char>, String> {
        match character {
            None => Err("a `[` is not closed".to_owned()),
            Some('\\') => match self.escape(true)? {
                Escaped::Character(character) => Ok(Some(character)),
                Escaped::Set | Escaped::Anchor | Escaped::Reference => Ok(None),
            },
            Some(character) => {
                self.literal(character);
                Ok(Some(character))
            }
        }
    }

    /// Behind `(`.
    fn group(&mut self, before: Before) -> Result<Before, String> {
        if self.takes("?#") {
            return match self.skip_behind(')')? {
                true => Ok(before.apart()),
                false => Err("a comment is not closed".to_owned()),
            };
        }
        self.out.push('(');
        const OPENINGS: [(&str, &str); 9] = [
            ("?:", ""),
            ("?=", "look-ahead"),
            ("?!", "look-ahead"),
            ("?<=", "look-behind"),
            ("?<!", "look-behind"),
            ("?>", "atomic groups"),
            ("?P<", ""),
            ("?P=", "back-references"),
            ("?(", "conditional groups"),
        ];
        let opening = match OPENINGS.into_iter().find(|(opening, _)| self.takes(opening)) {
            Some((opening, construct)) => {
                self.out.push_str(opening);
                if !construct.is_empty() {
                    self.found(construct);
                }
                match opening {
                    "?P<" => {
                        let name = self.name('>')?;
                        Opening::Numbered(self.groups.next_named(name)?)
                    }
                    "?P=" => {
                        let name = self.name(')')?;
                        self.groups.refer_to_named(&name)?;
                        return Ok(Before::Atom);
                    }
                    "?(" => {
                        let asked = self.name_or_number(')')?;
                        self.groups.ask_for(&asked)?;
                        Opening::Conditional
                    }
                    _ => Opening::Other,
                }
            }
            None if self.takes("?") => return self.flags(),
            None => Opening::Numbered(self.groups.next_number()),
        };
        self.groups.open(opening, self.is_verbose);
        Ok(Before::Nothing)
    }

    fn alternative(&mut self) -> Result<Before, String> {
        self.groups.alternative()?;
        self.out.push('|');
        Ok(Before::Nothing)
    }

    fn close(&mut self) -> Result<Before, String> {
        self.is_verbose = self.groups.close()?;
        self.out.push(')');
        Ok(Before::Atom)
    }

    /// The name of a group, up to the character that ends it.
    fn name(&mut self, end: char) -> Result<String, String> {
        let name = self.name_or_number(end)?;
        match name.starts_with(|first: char| first.is_ascii_digit()) {
            true => Err(format!("`{name}` is no name of a group")),
            false => Ok(name),
        }
    }

    /// Stands as it is in the other syntax.
    fn name_or_number(&mut self, end: char) -> Result<String, String> {
        let length = self.rest[self.at..].iter().position(|character| *character == end);
        let length = length.ok_or("the name of a group is not closed")?;
        let name: String = self.rest[self.at..self.at + length].iter().collect();
        if name.is_empty() || !name.chars().all(is_part_of_name) {
            return Err(format!("`{name}` is no name of a group"));
        }
        self.at += length + 1;
        self.out.push_str(&name);
        self.out.push(end);
        Ok(name)
    }

    /// Behind `(?`.
    fn flags(&mut self) -> Result<Before, String> {
        let begin = self.at;
        let mut flags = String::new();
        let mut turns_off = false;
        let was_verbose = self.is_verbose;
        while let Some(character) = self.next() {
            match character {
                // Text is Unicode already.
                'u' => {}
                'a' => self.is_ascii = true,
                // The rewritten expression has neither space nor comments that mean nothing.
                'x' => self.is_verbose = !turns_off,
                'i' | 'm' | 's' => flags.push(character),
                '-' => {
                    turns_off = true;
                    flags.push('-');
                }
                ')' if self.at == begin + 1 => break,
                ':' | ')' => {
                    let flags = flags.trim_end_matches('-');
                    self.out.push_str(if flags.is_empty() { "?:" } else { "?" });
                    self.out.push_str(flags);
                    if character == ')' || !flags.is_empty() {
                        self.out.push(character);
                    }
                    if character == ':' {
                        self.groups.open(Opening::Other, was_verbose);
                    }
                    return Ok(Before::Nothing);
                }
                other => return Err(format!("Python knows no `(?{other}`")),
            }
        }
        Err("behind a `(?` there is nothing that Python knows".to_owned())
    }

    /// Behind `{`: a number of repetitions, or a brace.
    fn counted(&mut self) -> Result<bool, String> {
        // No further than a count goes, so that many braces are not many looks at all that follows.
        let is_part = |character: &&char| character.is_ascii_digit() || **character == ',';
        let text: String = self.rest[self.at..].iter().take_while(is_part).collect();
        let is_closed = self.rest.get(self.at + text.len()) == Some(&'}');
        let (least, most) = text.split_once(',').unwrap_or((&text, &text));
        if text.is_empty() || !is_closed || most.contains(',') {
            self.literal('{');
            return Ok(false);
        }
        self.at += text.len() + 1;
        let least = if least.is_empty() { "0" } else { least };
        if let (Ok(least), Ok(most)) = (least.parse::<u64>(), most.parse::<u64>())
            && least > most
        {
            return Err(format!("`{{{text}}}` asks for at least {least} and at most {most}"));
        }
        match text.contains(',') {
            true => self.out.push_str(&format!("{{{least},{most}}}")),
            false => self.out.push_str(&format!("{{{least}}}")),
        }
        Ok(true)
    }
}

fn repeated(before: Before, quantifier: char) -> Result<Before, String> {
    match before {
        Before::Nothing => Err(format!("`{quantifier}` has nothing to repeat")),
        Before::Atom => Ok(Before::Repeated),
        Before::Repeated | Before::Fully => Err("one quantifier follows another".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_does_not_know_is_an_error() {
        for pattern in [
            r"\p{L}",
            r"\h",
            r"\K",
            r"a\",
            "[a",
            "(?z)",
            "(?<name>a)",
            r"\x4",
            r"\8a\777",
            "(?#",
            "a**",
            "a{2}{3}",
            "a{3,1}",
        ] {
            assert!(rewrite(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn what_comes_first_in_the_text_is_the_reason() {
        let reason = |pattern: &str| rewrite(pattern).map(|regex| regex.text).unwrap_err();
        assert_eq!(reason("(?P<a>x)(?P<b>y)(?P<a>z)(?P<b>"), "two groups have the name `a`");
        assert_eq!(reason(r"(?P<a>x)(?P=b)(?P<a>z)"), "it refers to a group that is not there");
        assert_eq!(reason(r"((a)\2\1)(?P=b)"), "it refers to a group from within");
        assert_eq!(reason(r"(?P<a>(?P=a))\2"), "it refers to a group from within");
        assert_eq!(reason("(?(a)b)(?P<a>x"), "a condition asks for the group `a`, which is not there");
        assert_eq!(reason("(?(2)b)(?P<a>x)"), "a condition asks for a group that is not there");
        assert_eq!(reason("(?(2)b)(?P<a>x"), "a `(` is not closed");
    }

    /// No group is looked for among all others: that would be minutes here.
    #[test]
    fn many_groups_are_told_apart() {
        let many = 300_000;
        let named: String = (0..many).map(|number| format!("(?P<n{number}>a)")).collect();
        let last = format!("(?P=n{0})(?(n{0})a|b)(?({many})a)", many - 1);
        assert!(rewrite(&format!("{named}{last}")).is_ok());
        let reason = rewrite(&format!("{named}{last}(?P<n{}>", many / 2)).unwrap_err();
        assert_eq!(reason, "two groups have the name `n150000`");
        let nested = "(".repeat(many);
        let reason = rewrite(&format!(r"(a){nested}{0}\2", r"\1".repeat(many))).unwrap_err();
        assert_eq!(reason, "it refers to a group from within");
    }

    #[test]
    fn constructs_are_named_and_text_that_looks_like_one_is_not() {
        let construct = |pattern| rewrite(pattern).unwrap().construct;
        assert_eq!(construct("a(?=b)"), Some("look-ahead"));
        assert_eq!(construct(r"(a)\1"), Some("back-references"));
        assert_eq!(construct("a++"), Some("possessive quantifiers"));
        assert_eq!(construct(r"\\1[(?=]\(?=a"), None);
    }
}
