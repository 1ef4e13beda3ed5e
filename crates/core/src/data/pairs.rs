//! Identifiers that are most likely those of others, written otherwise.

use std::collections::{HashMap, HashSet};

use crate::suggest::{self, nearest};

/// An item of an input under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed<'a> {
    pub expected: &'a str,
    pub found: &'a str,
}

impl<'a> Renamed<'a> {
    /// What stands before and behind the expected name.
    pub fn added(&self) -> Option<(&'a str, &'a str)> {
        self.found.split_once(self.expected).filter(|(before, behind)| before.is_empty() || behind.is_empty())
    }
}

/// Edit distances are sought between lists that are no longer than this.
const LONGEST: usize = 64;

/// Takes out of both lists what belongs together. `missing` is what is expected, `additional` what is found instead.
pub(super) fn renamed<'a>(missing: &mut Vec<&'a str>, additional: &mut Vec<&'a str>) -> Vec<Renamed<'a>> {
    let mut pairs = Vec::new();
    for key in [suggest::folded, without_zeros] {
        let found = by_key(missing, additional, key);
        take(found, missing, additional, &mut pairs);
    }
    let found = by_affix(missing, additional);
    take(found, missing, additional, &mut pairs);
    if missing.len().max(additional.len()) <= LONGEST {
        let found = by_distance(missing, additional);
        take(found, missing, additional, &mut pairs);
    }
    pairs.sort_by_key(|pair| (pair.expected, pair.found));
    pairs
}

/// Whether two names differ in case, separators or leading zeros alone.
pub(super) fn same_but_for_spelling(one: &str, other: &str) -> bool {
    suggest::folded(one) == suggest::folded(other) || without_zeros(one) == without_zeros(other)
}

fn take<'a>(
    found: Vec<Renamed<'a>>,
    missing: &mut Vec<&'a str>,
    additional: &mut Vec<&'a str>,
    pairs: &mut Vec<Renamed<'a>>,
) {
    if found.is_empty() {
        return;
    }
    let (gone, come): (HashSet<&str>, HashSet<&str>) = found.iter().map(|pair| (pair.expected, pair.found)).unzip();
    missing.retain(|name| !gone.contains(name));
    additional.retain(|name| !come.contains(name));
    pairs.extend(found);
}

/// Where exactly one name on each side has a key: two that have it would be told apart by what the key leaves out.
fn by_key<'a>(missing: &[&'a str], additional: &[&'a str], key: fn(&str) -> String) -> Vec<Renamed<'a>> {
    let mut names: HashMap<String, (Vec<&str>, Vec<&str>)> = HashMap::new();
    for name in missing {
        names.entry(key(name)).or_default().0.push(name);
    }
    for name in additional {
        if let Some((_, found)) = names.get_mut(&key(name)) {
            found.push(name);
        }
    }
    let pairs = names.into_values().filter_map(|pair| match (pair.0.as_slice(), pair.1.as_slice()) {
        ([expected], [found]) => Some(Renamed { expected, found }),
        _ => None,
    });
    pairs.collect()
}

/// `case-1_mask`, `mask_case-1` and `case-1.nii` for `case-1`, also several for one, and the reverse.
fn by_affix<'a>(missing: &[&'a str], additional: &[&'a str]) -> Vec<Renamed<'a>> {
    let (expected, found): (HashSet<&str>, HashSet<&str>) =
        (missing.iter().copied().collect(), additional.iter().copied().collect());
    let longer = additional.iter().filter_map(|name| {
        let expected = longest_part(name, &expected)?;
        Some(Renamed { expected, found: name })
    });
    let shorter = missing.iter().filter_map(|name| {
        let found = longest_part(name, &found)?;
        Some(Renamed { expected: name, found })
    });
    let longer: Vec<Renamed<'a>> = longer.collect();
    if longer.is_empty() { shorter.collect() } else { longer }
}

/// The longest of the names that `name` begins or ends with, as a word of its own.
pub(crate) fn longest_part<'a>(name: &str, names: &HashSet<&'a str>) -> Option<&'a str> {
    let cuts = name.char_indices().skip(1).map(|(at, _)| at);
    let parts = cuts.filter(|&at| is_border(name, at)).flat_map(|at| [&name[..at], &name[at..]]);
    parts.filter_map(|part| names.get(part).copied()).max_by_key(|part| part.len())
}

/// `case-1` is no part of `case-10`, nor `lung` of `lungs`.
fn is_border(name: &str, at: usize) -> bool {
    let (Some(before), Some(behind)) = (name[..at].chars().next_back(), name[at..].chars().next()) else {
        return false;
    };
    let is_number = |c: char| c.is_ascii_digit();
    !(is_number(before) && is_number(behind) || before.is_alphabetic() && behind.is_alphabetic())
}

/// Typing errors, but not in numbers: neighbours in a series differ by a digit.
fn by_distance<'a>(missing: &[&'a str], additional: &[&'a str]) -> Vec<Renamed<'a>> {
    let mut left: Vec<&str> = missing.to_vec();
    let mut pairs = Vec::new();
    for found in additional {
        let digits = numbers(found);
        let candidates = left.iter().copied().filter(|name| numbers(name) == digits);
        if let Some(expected) = nearest(found, candidates) {
            left.retain(|name| *name != expected);
            pairs.push(Renamed { expected, found });
        }
    }
    pairs
}

fn numbers(name: &str) -> Vec<&str> {
    let runs = name.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.trim_start_matches('0')).collect()
}

/// Folded, and without the zeros that numbers begin with.
fn without_zeros(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut in_number = false;
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let is_leading = c == '0' && !in_number && characters.peek().is_some_and(char::is_ascii_digit);
        if !is_leading {
            in_number = c.is_ascii_digit();
            kept.push(c);
        }
    }
    suggest::folded(&kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn pairs(missing: &[&str], additional: &[&str]) -> Vec<String> {
        let (mut missing, mut additional) = (missing.to_vec(), additional.to_vec());
        renamed(&mut missing, &mut additional).iter().map(|pair| format!("{}={}", pair.expected, pair.found)).collect()
    }

    #[test]
    fn spelling_zeros_affixes_and_typing_errors_are_seen_through() {
        assert_eq!(pairs(&["case-1", "case-2"], &["Case_1", "case.2"]), ["case-1=Case_1", "case-2=case.2"]);
        assert_eq!(pairs(&["case-1", "case-10"], &["case-01", "case-010"]), ["case-1=case-01", "case-10=case-010"]);
        assert_eq!(pairs(&["20240101"], &["2024-01-01"]), ["20240101=2024-01-01"]);
        assert_eq!(pairs(&["a", "b"], &["a_left", "a_right", "mask-b"]), ["a=a_left", "a=a_right", "b=mask-b"]);
        assert_eq!(pairs(&["a.dcm", "b.dcm"], &["a", "b"]), ["a.dcm=a", "b.dcm=b"]);
        assert_eq!(pairs(&["patient-7", "x"], &["pateint-7"]), ["patient-7=pateint-7"]);
    }

    #[test]
    fn neighbours_in_a_series_are_not_the_same() {
        let none = [""; 0];
        assert_eq!(pairs(&["case-12"], &["case-13"]), none);
        assert_eq!(pairs(&["case-1"], &["case-10"]), none);
        assert_eq!(pairs(&["1.2.840.113619.2.55.3"], &["1.2.840.113619.2.55.4"]), none);
        assert_eq!(pairs(&["lung"], &["report"]), none);
        // Without separators it could be either; the numbers tell.
        assert_eq!(pairs(&["case-1-1", "case-11"], &["case11"]), ["case-11=case11"]);
    }

    #[test]
    fn spelling_is_seen_through_in_long_lists_too() {
        let missing: Vec<String> = (0..500).map(|n| format!("case-{n:04}")).collect();
        let additional: Vec<String> = (0..500).map(|n| format!("Case{n}")).collect();
        let (mut missing, mut additional): (Vec<&str>, Vec<&str>) =
            (missing.iter().map(String::as_str).collect(), additional.iter().map(String::as_str).collect());
        assert_eq!(renamed(&mut missing, &mut additional).len(), 500);
    }

    #[test]
    fn long_lists_take_no_longer_than_their_length() {
        let missing: Vec<String> = (0..50_000).map(|n| format!("case-{n}")).collect();
        let additional: Vec<String> = (0..50_000).map(|n| format!("result-{n}")).collect();
        let (mut missing, mut additional): (Vec<&str>, Vec<&str>) =
            (missing.iter().map(String::as_str).collect(), additional.iter().map(String::as_str).collect());
        assert_eq!(renamed(&mut missing, &mut additional), []);
        assert_eq!((missing.len(), additional.len()), (50_000, 50_000));
    }
}
