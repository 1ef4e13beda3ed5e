//! Scale rules: how memory grows with the size of the data in a channel.

pub mod python_regex;

mod decimal;
mod glob;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use task_api_json::Node;

use crate::model;
use glob::Glob;
use python_regex::{PythonRegex, rewrite};

/// `coefficient * n ** exponent`, with `n` and the result in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    pub coefficient: f64,
    pub exponent: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Target {
    Limit,
    Request,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Sum,
    MaxFileSize,
    MaxItemSum,
}

/// A scale rule with its defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct ScaleRule {
    #[serde(rename = "complexity")]
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub law: Law,
    #[serde(rename = "type")]
    pub target: Target,
    pub mode: Mode,
    pub target_dir: String,
    pub target_regex: String,
    pub target_glob: String,
}

/// Whether a path matches an expression as a whole; an error says why that cannot be told.
pub type PathMatcher = Box<dyn Fn(&str) -> Result<bool, String> + Send + Sync>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScaleError {
    InvalidRegex {
        pattern: String,
        reason: String,
    },
    /// The engine of regular expressions gave up on a path.
    UndecidedRegex {
        path: String,
        reason: String,
    },
    EscapingTargetDir(String),
}

/// Decides which files of a channel a rule counts, and how.
pub struct Measure {
    mode: Mode,
    directory: Vec<String>,
    /// `None` for `.*`.
    regex: Option<PathMatcher>,
    glob: Glob,
}

/// The files that a rule has counted so far. Those of several threads can be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    total: u64,
    largest: u64,
    /// Totals of items, in the mode that asks for them.
    items: BTreeMap<String, u64>,
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
    match rewrite(pattern) {
        Err(reason) => RegexVerdict::Invalid(reason),
        Ok(PythonRegex { construct: Some(construct), .. }) => RegexVerdict::PythonOnly(construct),
        Ok(_) => RegexVerdict::Fine,
    }
}

/// A law as it is written. Most of what is asked of one can be told without reading its factor as a floating-point number,
/// which takes a table of 10 kB that does not compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenLaw<'a> {
    is_negative: bool,
    /// Digits with at most one point among them; none at all means 1.
    factor: &'a str,
    pub(crate) exponent: u32,
}

/// Sign, factor and the digits of the exponent.
fn parts_of_law(text: &str) -> Option<(bool, &str, &str)> {
    let (factor, power) = text.split_once('n')?;
    let factor = factor.strip_suffix('*').unwrap_or(factor);
    let is_negative = factor.starts_with('-');
    let factor = factor.strip_prefix(['-', '+']).unwrap_or(factor);
    let (whole, fraction) = factor.split_once('.').unwrap_or((factor, "0"));
    let exponent = if power.is_empty() { "1" } else { power.strip_prefix("**")? };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_law = are_digits(whole) && !fraction.is_empty() && are_digits(fraction);
    (is_law && !exponent.is_empty() && are_digits(exponent)).then_some((is_negative, factor, exponent))
}

/// Whether a text matches [`LAW_PATTERN`].
pub(crate) fn is_law(text: &str) -> bool {
    parts_of_law(text).is_some()
}

/// Of a `complexity`, in the schemas.
pub(crate) const LAW_PATTERN: &str = r"^[-+]?\d*(\.\d+)?\*?n(\*\*\d+)?$";

impl<'a> WrittenLaw<'a> {
    /// `None` for what is no law, and where no machine could hold the exponent.
    pub(crate) fn parse(text: &'a str) -> Option<WrittenLaw<'a>> {
        let (is_negative, factor, exponent) = parts_of_law(text)?;
        Some(WrittenLaw { is_negative, factor, exponent: exponent.parse().ok()? })
    }

    pub(crate) fn is_positive(self) -> bool {
        !self.is_negative && (self.factor.is_empty() || self.factor.bytes().any(|byte| matches!(byte, b'1'..=b'9')))
    }

    /// The factor as an integer, rounded up, and whether it was one; `None` if it is beyond what all readers can say.
    fn rounded_up(self) -> Option<(i64, bool)> {
        let (whole, fraction) = self.factor.split_once('.').unwrap_or((self.factor, ""));
        let whole: i64 = match whole {
            "" if fraction.is_empty() => 1,
            "" => 0,
            digits => digits.parse().ok()?,
        };
        // Beyond this, a float does not say every integer.
        if whole >= 1_000_000_000_000_000 {
            return None;
        }
        let is_exact = fraction.bytes().all(|byte| byte == b'0');
        let rounded = match (self.is_negative, is_exact) {
            (true, _) => -whole,
            (false, true) => whole,
            (false, false) => whole + 1,
        };
        Some((rounded, is_exact))
    }
}

impl Law {
    /// Parses a `complexity`.
    pub fn parse(text: &str) -> Option<Law> {
        let written = WrittenLaw::parse(text)?;
        let magnitude = if written.factor.is_empty() { 1.0 } else { decimal::parse(written.factor) };
        let coefficient = if written.is_negative { -magnitude } else { magnitude };
        Some(Law { coefficient, exponent: written.exponent })
    }

    /// The law of a `scale_factor`.
    pub fn of_factor(factor: Node<'_>) -> Option<Law> {
        let beyond = |sign: f64| sign * i64::MAX as f64;
        let coefficient = match factor.as_integer() {
            Some(factor) => factor as f64,
            None if factor.is_integer() => beyond(if factor.is_positive() { 1.0 } else { -1.0 }),
            None => return None,
        };
        Some(Law { coefficient, exponent: 1 })
    }

    /// The coefficient, for people.
    pub fn factor(self) -> String {
        decimal::written(self.coefficient)
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
            let text = value.as_str();
            let law = text.as_deref().and_then(WrittenLaw::parse).filter(|law| law.exponent == 1);
            Some(match law.and_then(WrittenLaw::rounded_up) {
                Some((factor, true)) => Translated::Exactly(factor.to_string()),
                Some((factor, false)) => Translated::RoundedUp(factor.to_string()),
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

/// The law of a rule as the value of `complexity` or `scale_factor`, whichever is asked for; `None` where it has no
/// such form.
pub fn law_in_version(rule: &model::ScaleRule<'_>, field: &str) -> Option<String> {
    match field {
        "complexity" => rule.scale_factor?.as_integer().map(|factor| format!("{factor}*n")),
        "scale_factor" => match translated(rule.complexity.as_ref()?.node, field)? {
            Translated::Exactly(json) | Translated::RoundedUp(json) => Some(json),
            Translated::NoForm => None,
        },
        _ => None,
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.coefficient != 1.0 {
            write!(f, "{}*", self.factor())?;
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
            (_, Some(factor)) => Law::of_factor(factor)?,
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

    /// `compile` makes a matcher of an expression in Python's syntax.
    pub fn measure(&self, compile: impl FnOnce(&str) -> Result<PathMatcher, String>) -> Result<Measure, ScaleError> {
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
        let regex = match self.target_regex.as_str() {
            ".*" => None,
            pattern => Some(
                compile(pattern).map_err(|reason| ScaleError::InvalidRegex { pattern: pattern.to_owned(), reason })?,
            ),
        };
        Ok(Measure { mode: self.mode, directory, regex, glob: Glob::new(&self.target_glob) })
    }
}

impl Measure {
    /// Counts a file, if the rule does: its path relative to the channel with `/` between the parts, and its size.
    pub fn add(&self, tally: &mut Tally, path: &str, bytes: u64) -> Result<(), ScaleError> {
        let (item, below) = match self.mode {
            Mode::MaxItemSum => match path.split_once('/') {
                Some((item, below)) => (item, below),
                None => return Ok(()),
            },
            Mode::Sum | Mode::MaxFileSize => ("", path),
        };
        if !self.counts(below)? {
            return Ok(());
        }
        tally.total = tally.total.saturating_add(bytes);
        tally.largest = tally.largest.max(bytes);
        if self.mode == Mode::MaxItemSum {
            match tally.items.get_mut(item) {
                Some(sum) => *sum = sum.saturating_add(bytes),
                None => {
                    tally.items.insert(item.to_owned(), bytes);
                }
            }
        }
        Ok(())
    }

    /// The size `n`; 0 where no file counts.
    pub fn size(&self, tally: &Tally) -> u64 {
        match self.mode {
            Mode::Sum => tally.total,
            Mode::MaxFileSize => tally.largest,
            Mode::MaxItemSum => tally.items.values().copied().max().unwrap_or(0),
        }
    }

    fn counts(&self, path: &str) -> Result<bool, ScaleError> {
        let mut rest = path;
        for part in &self.directory {
            match rest.split_once('/') {
                Some((first, below)) if first == part => rest = below,
                _ => return Ok(false),
            }
        }
        if !self.glob.selects(rest) {
            return Ok(false);
        }
        let Some(matches) = &self.regex else { return Ok(!rest.contains('\n')) };
        matches(rest).map_err(|reason| ScaleError::UndecidedRegex { path: path.to_owned(), reason })
    }
}

impl Tally {
    /// What both have counted.
    pub fn merge(&mut self, other: Tally) {
        self.total = self.total.saturating_add(other.total);
        self.largest = self.largest.max(other.largest);
        for (item, bytes) in other.items {
            let sum = self.items.entry(item).or_default();
            *sum = sum.saturating_add(bytes);
        }
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measure").field("mode", &self.mode).field("glob", &self.glob).finish_non_exhaustive()
    }
}

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScaleError::InvalidRegex { pattern, reason } => write!(f, "`{pattern}` is no regular expression: {reason}"),
            ScaleError::UndecidedRegex { path, reason } => {
                write!(f, "nobody can tell whether `target_regex` matches {path}: {reason}")
            }
            ScaleError::EscapingTargetDir(directory) => {
                write!(f, "`target_dir` must stay in the channel, but `{directory}` leads out of it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

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

    const FILES: [(&str, u64); 5] =
        [("a/ct/1.dcm", 1), ("a/ct/2.dcm", 2), ("a/seg.nii", 4), ("b/ct/x/3.dcm", 8), ("loose.dcm", 16)];

    fn compile(pattern: &str) -> Result<PathMatcher, String> {
        let regex = Regex::new(&format!("^(?:{pattern})$")).map_err(|error| error.to_string())?;
        Ok(Box::new(move |path| Ok(regex.is_match(path))))
    }

    #[track_caller]
    fn size(rule: &ScaleRule) -> u64 {
        let measure = rule.measure(compile).unwrap();
        // In two parts, as threads would.
        let mut tallies = [Tally::default(), Tally::default()];
        for (index, (path, bytes)) in FILES.into_iter().enumerate() {
            measure.add(&mut tallies[index % 2], path, bytes).unwrap();
        }
        let [mut all, other] = tallies;
        all.merge(other);
        measure.size(&all)
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
        let pattern = Regex::new(LAW_PATTERN).unwrap();
        let parts = ["", "+", "-", "1", "12", ".", ".5", "*", "n", "**", "2"];
        for a in parts {
            for b in parts {
                for c in parts {
                    for d in ["n", "n**", "n**3", "n2", "m"] {
                        let text = format!("{a}{b}{c}{d}");
                        assert_eq!(is_law(&text), pattern.is_match(&text), "{text}");
                        assert_eq!(Law::parse(&text).is_some(), is_law(&text), "{text}");
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
        assert_eq!(rule(Mode::MaxItemSum).measure(compile).unwrap().size(&Tally::default()), 0);
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
    fn a_target_directory_stays_in_its_channel() {
        for directory in ["/usr", "..", "a/../.."] {
            let rule = ScaleRule { target_dir: directory.to_owned(), ..rule(Mode::Sum) };
            assert_eq!(rule.measure(compile).unwrap_err(), ScaleError::EscapingTargetDir(directory.to_owned()));
        }
    }
}
