//! Scale rules: how memory grows with the size of the data in a channel.

use std::collections::BTreeMap;
use std::fmt;

use regex_lite::Regex;
use serde::{Deserialize, Serialize, Serializer};
use task_api_json::Node;

use crate::model;

/// `coefficient * n ** exponent`, with `n` and the result in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    pub coefficient: f64,
    pub exponent: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    Limit,
    Request,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Sum,
    MaxFileSize,
    MaxItemSum,
}

/// A scale rule with its defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScaleRule {
    #[serde(rename = "complexity")]
    pub law: Law,
    #[serde(rename = "type")]
    pub target: Target,
    pub mode: Mode,
    pub target_dir: String,
    pub target_regex: String,
    pub target_glob: String,
}

/// A file of a channel: its path relative to the channel's root with `/` between the parts, and
/// its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSize<'a> {
    pub path: &'a str,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScaleError {
    InvalidRegex { pattern: String, reason: String },
    EscapingTargetDir(String),
}

/// Decides which files of a channel a rule counts, and how.
#[derive(Debug)]
pub struct Measure {
    mode: Mode,
    directory: Vec<String>,
    regex: Regex,
    glob: Vec<String>,
}

/// What a regular expression is worth where only a small engine is at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegexVerdict {
    Fine,
    /// Python understands it; names the construct that the small engine does not have.
    PythonOnly(&'static str),
    Invalid(String),
}

/// Judges a `target_regex`.
pub fn regex_verdict(pattern: &str) -> RegexVerdict {
    const PYTHON_ONLY: [(&str, &str); 12] = [
        ("(?=", "look-ahead"),
        ("(?!", "look-ahead"),
        ("(?<=", "look-behind"),
        ("(?<!", "look-behind"),
        ("(?P=", "back-references"),
        ("(?(", "conditional groups"),
        ("(?>", "atomic groups"),
        ("\\1", "back-references"),
        ("\\2", "back-references"),
        ("\\Z", "`\\Z`"),
        ("\\N{", "named characters"),
        ("(?#", "comments"),
    ];
    let error = match Regex::new(pattern) {
        Ok(_) => return RegexVerdict::Fine,
        Err(error) => error,
    };
    match PYTHON_ONLY.iter().find(|(construct, _)| pattern.contains(construct)) {
        Some((_, name)) => RegexVerdict::PythonOnly(name),
        None => RegexVerdict::Invalid(error.to_string()),
    }
}

impl Law {
    /// Parses `^[-+]?\d*(\.\d+)?\*?n(\*\*\d+)?$`.
    pub fn parse(text: &str) -> Option<Law> {
        let (factor, power) = text.split_once('n')?;
        let factor = factor.strip_suffix('*').unwrap_or(factor);
        let (sign, digits) = match factor.strip_prefix('-') {
            Some(digits) => (-1.0, digits),
            None => (1.0, factor.strip_prefix('+').unwrap_or(factor)),
        };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !digits.ends_with('.');
        if !plain {
            return None;
        }
        let magnitude: f64 = if digits.is_empty() { 1.0 } else { digits.parse().ok()? };
        let exponent = match power.strip_prefix("**") {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
            None if power.is_empty() => 1,
            None => return None,
        };
        Some(Law { coefficient: sign * magnitude, exponent })
    }

    /// Bytes that the law asks for, rounded up; nothing below zero.
    pub fn apply(self, n: u64) -> u64 {
        let exponent = i32::try_from(self.exponent).unwrap_or(i32::MAX);
        let bytes = self.coefficient * (n as f64).powi(exponent);
        // Casting saturates; a negative law asks for nothing.
        if bytes.is_nan() { 0 } else { bytes.ceil().max(0.0) as u64 }
    }
}

/// What the law of a scale rule is in the version that calls it otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Translated {
    /// JSON text that means the same.
    Exactly(String),
    /// JSON text that asks for a little more.
    RoundedUp(String),
    /// The other version has no form for it.
    NoForm,
}

/// A value of `complexity` as one of `scale_factor`, or the reverse; `None` for all other fields,
/// whose values stay as they are.
pub(crate) fn translated(value: Node<'_>, into: &str) -> Option<Translated> {
    match into {
        "scale_factor" => {
            let law = value.as_str().and_then(|text| Law::parse(&text));
            // Beyond this, a float does not say every integer.
            let law = law.filter(|law| law.exponent == 1 && law.coefficient.abs() < 1e15);
            Some(match law.map(|law| law.coefficient) {
                Some(factor) if factor.fract() == 0.0 => Translated::Exactly(format!("{}", factor as i64)),
                Some(factor) => Translated::RoundedUp(format!("{}", factor.ceil() as i64)),
                None => Translated::NoForm,
            })
        }
        "complexity" => Some(match value.as_integer() {
            Some(factor) => Translated::Exactly(task_api_json::quote(&format!("{factor}*n"))),
            None => Translated::NoForm,
        }),
        _ => None,
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.coefficient != 1.0 {
            write!(f, "{}*", self.coefficient)?;
        }
        f.write_str("n")?;
        if self.exponent != 1 {
            write!(f, "**{}", self.exponent)?;
        }
        Ok(())
    }
}

impl Serialize for Law {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ScaleRule {
    /// `None` where the contract's rules have found the rule to be none.
    pub fn read(rule: &model::ScaleRule<'_>) -> Option<ScaleRule> {
        let law = match (&rule.complexity, rule.scale_factor) {
            (_, Some(factor)) => Law { coefficient: factor.as_f64()?, exponent: 1 },
            (Some(complexity), None) => Law::parse(&complexity.value)?,
            (None, None) => return None,
        };
        let target = match &*rule.kind.as_ref()?.value {
            "limit" => Target::Limit,
            "request" => Target::Request,
            _ => return None,
        };
        let mode = match &*rule.mode.as_ref()?.value {
            "sum" => Mode::Sum,
            "max_file_size" => Mode::MaxFileSize,
            "max_item_sum" => Mode::MaxItemSum,
            _ => return None,
        };
        let or = |text: &Option<model::Text<'_>>, default: &str| {
            text.as_ref().map_or_else(|| default.to_owned(), |text| text.value.clone().into_owned())
        };
        Some(ScaleRule {
            law,
            target,
            mode,
            target_dir: or(&rule.target_dir, ""),
            target_regex: or(&rule.target_regex, ".*"),
            target_glob: or(&rule.target_glob, "*"),
        })
    }

    pub fn measure(&self) -> Result<Measure, ScaleError> {
        let escaping = || ScaleError::EscapingTargetDir(self.target_dir.clone());
        let mut directory: Vec<String> = Vec::new();
        if self.target_dir.starts_with('/') {
            return Err(escaping());
        }
        for part in self.target_dir.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    directory.pop().ok_or_else(escaping)?;
                }
                name => directory.push(name.to_owned()),
            }
        }
        let regex = Regex::new(&format!("^(?:{})$", self.target_regex)).map_err(|error| ScaleError::InvalidRegex {
            pattern: self.target_regex.clone(),
            reason: error.to_string(),
        })?;
        let glob = self.target_glob.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned);
        Ok(Measure { mode: self.mode, directory, regex, glob: glob.collect() })
    }
}

impl Measure {
    /// The size `n` of a channel with these files; 0 where none counts.
    pub fn size<'a>(&self, files: impl IntoIterator<Item = FileSize<'a>>) -> u64 {
        let mut total = 0u64;
        let mut largest = 0;
        let mut items: BTreeMap<&str, u64> = BTreeMap::new();
        for file in files {
            let (item, below) = match self.mode {
                Mode::MaxItemSum => match file.path.split_once('/') {
                    Some((item, below)) => (item, below),
                    None => continue,
                },
                Mode::Sum | Mode::MaxFileSize => ("", file.path),
            };
            if !self.counts(below) {
                continue;
            }
            total = total.saturating_add(file.bytes);
            largest = largest.max(file.bytes);
            let sum = items.entry(item).or_default();
            *sum = sum.saturating_add(file.bytes);
        }
        match self.mode {
            Mode::Sum => total,
            Mode::MaxFileSize => largest,
            Mode::MaxItemSum => items.values().copied().max().unwrap_or(0),
        }
    }

    fn counts(&self, path: &str) -> bool {
        let mut rest = path;
        for part in &self.directory {
            match rest.split_once('/') {
                Some((first, below)) if first == part => rest = below,
                _ => return false,
            }
        }
        let parts: Vec<&str> = rest.split('/').collect();
        matches_from_right(&self.glob, &parts) && self.regex.is_match(rest)
    }
}

/// Python's `Path.rglob`: the pattern's parts match the last parts of the path.
fn matches_from_right(pattern: &[String], parts: &[&str]) -> bool {
    (0..=parts.len()).any(|from| matches_parts(pattern, &parts[from..]))
}

fn matches_parts(pattern: &[String], parts: &[&str]) -> bool {
    match pattern.split_first() {
        None => parts.is_empty(),
        Some((first, rest)) if first == "**" => (0..=parts.len()).any(|skip| matches_parts(rest, &parts[skip..])),
        Some((first, rest)) => match parts.split_first() {
            Some((part, below)) => matches_name(first, part) && matches_parts(rest, below),
            None => false,
        },
    }
}

/// Python's `fnmatch`: `*`, `?`, `[abc]`, `[!abc]`. Linear: only the last star is gone back to.
fn matches_name(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut in_name) = (0, 0);
    let mut last_star = None;
    loop {
        let step = match pattern.get(at) {
            Some('*') => {
                last_star = Some((at + 1, in_name));
                at += 1;
                continue;
            }
            None if in_name == name.len() => return true,
            None => None,
            Some(_) => name.get(in_name).and_then(|&character| match_one(&pattern[at..], character)),
        };
        match (step, last_star) {
            (Some(length), _) => {
                at += length;
                in_name += 1;
            }
            (None, Some((after_star, from))) if from < name.len() => {
                last_star = Some((after_star, from + 1));
                at = after_star;
                in_name = from + 1;
            }
            _ => return false,
        }
    }
}

/// Length of the pattern's first element if it matches `character`.
fn match_one(pattern: &[char], character: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match class_end(pattern) {
            Some(end) => in_class(&pattern[1..end], character).then_some(end + 1),
            None => (character == '[').then_some(1),
        },
        literal => (*literal == character).then_some(1),
    }
}

/// Index of the bracket that closes a class; a `]` directly after its start belongs to it.
fn class_end(pattern: &[char]) -> Option<usize> {
    let first = if pattern.get(1) == Some(&'!') { 3 } else { 2 };
    (first..pattern.len()).find(|&at| pattern[at] == ']')
}

fn in_class(class: &[char], character: char) -> bool {
    let (negated, mut rest) = match class.split_first() {
        Some(('!', rest)) => (true, rest),
        _ => (false, class),
    };
    let mut found = false;
    while let Some(&first) = rest.first() {
        match rest {
            [low, '-', high, ..] => {
                found |= (*low..=*high).contains(&character);
                rest = &rest[3..];
            }
            _ => {
                found |= first == character;
                rest = &rest[1..];
            }
        }
    }
    found != negated
}

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScaleError::InvalidRegex { pattern, reason } => write!(f, "`{pattern}` is no regular expression: {reason}"),
            ScaleError::EscapingTargetDir(directory) => {
                write!(f, "`target_dir` must stay in the channel, but `{directory}` leads out of it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(mode: Mode) -> ScaleRule {
        ScaleRule {
            law: Law { coefficient: 1.0, exponent: 1 },
            target: Target::Limit,
            mode,
            target_dir: String::new(),
            target_regex: ".*".to_owned(),
            target_glob: "*".to_owned(),
        }
    }

    const FILES: [FileSize<'static>; 5] = [
        FileSize { path: "a/ct/1.dcm", bytes: 1 },
        FileSize { path: "a/ct/2.dcm", bytes: 2 },
        FileSize { path: "a/seg.nii", bytes: 4 },
        FileSize { path: "b/ct/x/3.dcm", bytes: 8 },
        FileSize { path: "loose.dcm", bytes: 16 },
    ];

    #[track_caller]
    fn size(rule: &ScaleRule) -> u64 {
        rule.measure().unwrap().size(FILES)
    }

    #[test]
    fn every_form_of_a_law() {
        let law = |text| Law::parse(text).map(|law| (law.coefficient, law.exponent));
        assert_eq!(law("n"), Some((1.0, 1)));
        assert_eq!(law("2n"), Some((2.0, 1)));
        assert_eq!(law("1.5*n**2"), Some((1.5, 2)));
        assert_eq!(law(".5n"), Some((0.5, 1)));
        assert_eq!(law("+3*n"), Some((3.0, 1)));
        assert_eq!(law("-n"), Some((-1.0, 1)));
        assert_eq!(law("*n**0"), Some((1.0, 0)));
        for text in ["", "n^2", "2 * n", "n**", "n**1.5", "1.n", "2*m", "n+1", "nn", "--n", "2**n"] {
            assert_eq!(law(text), None, "{text}");
        }
    }

    #[test]
    fn laws_agree_with_the_pattern_of_the_contract() {
        let pattern = Regex::new(r"^[-+]?\d*(\.\d+)?\*?n(\*\*\d+)?$").unwrap();
        let parts = ["", "+", "-", "1", "12", ".", ".5", "*", "n", "**", "2"];
        for a in parts {
            for b in parts {
                for c in parts {
                    for d in ["n", "n**", "n**3", "n2", "m"] {
                        let text = format!("{a}{b}{c}{d}");
                        assert_eq!(Law::parse(&text).is_some(), pattern.is_match(&text), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn laws_give_bytes() {
        let bytes = |text: &str, n| Law::parse(text).unwrap().apply(n);
        assert_eq!(bytes("1.5*n", 3), 5);
        assert_eq!(bytes("n**2", 1 << 20), 1 << 40);
        assert_eq!(bytes("n**9", u64::MAX), u64::MAX);
        assert_eq!(bytes("-n", 5), 0);
        assert_eq!(bytes("7n**0", 0), 7);
    }

    #[test]
    fn modes_aggregate() {
        assert_eq!(size(&rule(Mode::Sum)), 31);
        assert_eq!(size(&rule(Mode::MaxFileSize)), 16);
        assert_eq!(size(&rule(Mode::MaxItemSum)), 8);
        assert_eq!(rule(Mode::MaxItemSum).measure().unwrap().size([]), 0);
    }

    #[test]
    fn patterns_select() {
        assert_eq!(size(&ScaleRule { target_glob: "*.nii".to_owned(), ..rule(Mode::Sum) }), 4);
        assert_eq!(size(&ScaleRule { target_glob: "ct/*".to_owned(), ..rule(Mode::Sum) }), 3);
        assert_eq!(size(&ScaleRule { target_glob: "ct/**/*.dcm".to_owned(), ..rule(Mode::Sum) }), 11);
        assert_eq!(size(&ScaleRule { target_glob: "[13].dcm".to_owned(), ..rule(Mode::Sum) }), 9);
        assert_eq!(size(&ScaleRule { target_regex: "a/.*".to_owned(), ..rule(Mode::Sum) }), 7);
        assert_eq!(size(&ScaleRule { target_regex: "a".to_owned(), ..rule(Mode::Sum) }), 0);
        assert_eq!(size(&ScaleRule { target_dir: "a/./ct".to_owned(), ..rule(Mode::Sum) }), 3);
        assert_eq!(size(&ScaleRule { target_dir: "ct".to_owned(), ..rule(Mode::MaxItemSum) }), 8);
    }

    #[test]
    fn names_match_as_in_python() {
        for (pattern, name) in
            [("*", ""), ("a*b*c", "aXbbXc"), ("?", "é"), ("[]]", "]"), ("[!a]", "b"), ("[a-c]x", "bx"), ("[", "[")]
        {
            assert!(matches_name(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("", "a"), ("a*b", "aXc"), ("?", ""), ("[!a]", "a"), ("[a-c]", "d")] {
            assert!(!matches_name(pattern, name), "{pattern} {name}");
        }
        assert!(!matches_name(&"*a".repeat(40), &"a".repeat(39)));
    }

    #[test]
    fn a_target_directory_stays_in_its_channel() {
        for directory in ["/usr", "..", "a/../.."] {
            let rule = ScaleRule { target_dir: directory.to_owned(), ..rule(Mode::Sum) };
            assert_eq!(rule.measure().unwrap_err(), ScaleError::EscapingTargetDir(directory.to_owned()));
        }
    }
}
