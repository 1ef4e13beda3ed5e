//! Regular expressions in Python's syntax: what is written differently elsewhere, and what no small engine has.

/// An expression rewritten for an engine that has Python's constructs in Rust's syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonRegex {
    pub text: String,
    /// The first construct that engines without backtracking do not have.
    pub construct: Option<&'static str>,
}

/// Which engine an expression is rewritten for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// One with Unicode classes, nested sets and backtracking.
    Full,
    /// `regex-lite`, which decides whether there is anything wrong with an expression.
    Small,
}

/// Rewrites an expression; what Python itself does not accept is an error, with the reason.
pub fn rewrite(pattern: &str, dialect: Dialect) -> Result<PythonRegex, String> {
    let mut translation = Translation {
        rest: pattern.chars().collect(),
        at: 0,
        out: String::with_capacity(pattern.len()),
        is_ascii: false,
        dialect,
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
    dialect: Dialect,
    construct: Option<&'static str>,
}

/// How far the last atom has been repeated.
#[derive(PartialEq, Eq)]
enum Repeated {
    Not,
    Once,
    /// With `?` or `+` behind the quantifier.
    Fully,
}

impl Translation {
    fn all(&mut self) -> Result<(), String> {
        let mut repeated = Repeated::Not;
        while let Some(character) = self.next() {
            let is_quantifier = match character {
                '\\' => self.escape(false).map(|()| false)?,
                '[' => self.class().map(|()| false)?,
                '(' => self.group().map(|()| false)?,
                '{' => self.counted()?,
                ']' | '}' => {
                    self.literal(character);
                    false
                }
                other => {
                    self.out.push(other);
                    matches!(other, '*' | '+' | '?')
                }
            };
            repeated = match repeated {
                Repeated::Once if matches!(character, '?' | '+') => {
                    if character == '+' {
                        self.found("possessive quantifiers");
                    }
                    Repeated::Fully
                }
                Repeated::Once | Repeated::Fully if is_quantifier => {
                    return Err("one quantifier follows another".to_owned());
                }
                _ if is_quantifier => Repeated::Once,
                _ => Repeated::Not,
            };
        }
        Ok(())
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

    fn literal(&mut self, character: char) {
        if character.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    /// Behind a backslash.
    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let Some(character) = self.next() else { return Err("it ends with a backslash".to_owned()) };
        let set = match (character, self.is_ascii) {
            ('d', true) => "[0-9]",
            ('D', true) => "[^0-9]",
            ('w', true) => "[0-9A-Za-z_]",
            ('W', true) => "[^0-9A-Za-z_]",
            ('s', true) => r"[\t-\r ]",
            ('S', true) => r"[^\t-\r ]",
            ('w', false) => r"[\p{L}\p{N}_]",
            ('W', false) => r"[^\p{L}\p{N}_]",
            ('s', false) => r"[\s\x1c-\x1f]",
            ('S', false) => r"[^\s\x1c-\x1f]",
            ('d', false) => r"\d",
            ('D', false) => r"\D",
            ('Z', _) if !in_class => r"\z",
            ('A', _) if !in_class => r"\A",
            ('b', _) if in_class => r"\x08",
            ('b', true) if self.dialect == Dialect::Full => r"(?-u:\b)",
            ('B', true) if self.dialect == Dialect::Full && !in_class => r"(?-u:\B)",
            ('b', _) => r"\b",
            ('B', _) if !in_class => r"\B",
            ('a', _) => r"\x07",
            ('f', _) => r"\x0c",
            ('v', _) => r"\x0b",
            ('n', _) => r"\n",
            ('r', _) => r"\r",
            ('t', _) => r"\t",
            _ => "",
        };
        if !set.is_empty() {
            match self.dialect {
                Dialect::Small if character.is_ascii_alphabetic() && !matches!(character, 'Z' | 'b' | 'a' | 'v') => {
                    self.out.extend(['\\', character]);
                }
                Dialect::Small | Dialect::Full => self.out.push_str(set),
            }
            return Ok(());
        }
        match character {
            'x' => self.code_point(2),
            'u' => self.code_point(4),
            'U' => self.code_point(8),
            '0'..='9' => self.number(character, in_class),
            letter if letter.is_ascii_alphabetic() => Err(format!("Python knows no `\\{letter}`")),
            other => {
                self.literal(other);
                Ok(())
            }
        }
    }

    fn code_point(&mut self, digits: usize) -> Result<(), String> {
        let text: String = self.rest[self.at..].iter().take(digits).collect();
        self.at = (self.at + digits).min(self.rest.len());
        let is_whole = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let character = u32::from_str_radix(&text, 16).ok().filter(|_| is_whole).and_then(char::from_u32);
        let character = character.ok_or_else(|| format!("`{text}` is no character in hexadecimal digits"))?;
        self.out.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
        Ok(())
    }

    /// An octal number, or a reference to a group.
    fn number(&mut self, first: char, in_class: bool) -> Result<(), String> {
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
            self.found("back-references");
            self.out.push_str(&format!("(?:\\{text})"));
            return Ok(());
        }
        let code = u32::from_str_radix(&text, 8).ok().filter(|code| *code <= 0o377);
        let code = code.ok_or_else(|| format!("`\\{text}` is no character in octal digits"))?;
        self.out.push_str(&format!("\\x{{{code:x}}}"));
        Ok(())
    }

    /// Behind `[`. Nested brackets and operations on sets are nothing special in Python.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.takes("^") {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let Some(character) = self.next() else { return Err("a `[` is not closed".to_owned()) };
            match character {
                ']' if !is_first => break,
                '\\' => self.escape(true)?,
                '-' if is_first || self.rest.get(self.at) == Some(&']') => self.literal('-'),
                '-' => {
                    // Between two ends of a range; a second one is the range's end.
                    self.out.push('-');
                    if self.takes("-") {
                        self.literal('-');
                    }
                }
                other => self.literal(other),
            }
            is_first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// Behind `(`.
    fn group(&mut self) -> Result<(), String> {
        if self.takes("?#") {
            while let Some(character) = self.next() {
                if character == ')' {
                    return Ok(());
                }
            }
            return Err("a comment is not closed".to_owned());
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
        for (opening, construct) in OPENINGS {
            if self.takes(opening) {
                self.out.push_str(opening);
                if !construct.is_empty() {
                    self.found(construct);
                }
                if matches!(opening, "?P<" | "?P=" | "?(") {
                    self.name();
                }
                return Ok(());
            }
        }
        if self.takes("?") {
            return self.flags();
        }
        Ok(())
    }

    /// What names a group stands as it is.
    fn name(&mut self) {
        while let Some(character) = self.next() {
            self.out.push(character);
            if matches!(character, '>' | ')') {
                return;
            }
        }
    }

    /// Behind `(?`.
    fn flags(&mut self) -> Result<(), String> {
        let mut flags = String::new();
        while let Some(character) = self.next() {
            match character {
                // Text is Unicode already.
                'u' => {}
                'a' => self.is_ascii = true,
                'i' | 'm' | 's' | 'x' | '-' => flags.push(character),
                ':' | ')' => {
                    self.out.push_str(if flags.is_empty() { "?:" } else { "?" });
                    self.out.push_str(&flags);
                    if character == ')' || !flags.is_empty() {
                        self.out.push(character);
                    }
                    return Ok(());
                }
                other => return Err(format!("Python knows no `(?{other}`")),
            }
        }
        Err("a group is not closed".to_owned())
    }

    /// Behind `{`: a number of repetitions, or a brace.
    fn counted(&mut self) -> Result<bool, String> {
        let text: String = self.rest[self.at..].iter().take_while(|c| **c != '}').collect();
        let is_closed = self.at + text.chars().count() < self.rest.len();
        let (least, most) = text.split_once(',').unwrap_or((&text, &text));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if text.is_empty() || !is_closed || !is_number(least) || !is_number(most) {
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
            for dialect in [Dialect::Full, Dialect::Small] {
                assert!(rewrite(pattern, dialect).is_err(), "{pattern}");
            }
        }
    }

    #[test]
    fn constructs_are_named_and_text_that_looks_like_one_is_not() {
        let construct = |pattern| rewrite(pattern, Dialect::Full).unwrap().construct;
        assert_eq!(construct("a(?=b)"), Some("look-ahead"));
        assert_eq!(construct(r"(a)\1"), Some("back-references"));
        assert_eq!(construct("a++"), Some("possessive quantifiers"));
        assert_eq!(construct(r"\\1[(?=]\(?=a"), None);
    }
}
