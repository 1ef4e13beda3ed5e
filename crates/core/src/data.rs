//! The data structure convention: a channel's directory holds items, each a directory that is named by the item's
//! identifier and holds its files. Results for each item of an input keep its identifier; one result over several
//! items is one item with an identifier of its own.
//!
//! [`Channel::of`] makes a channel of what a walk found, [`check`] judges an output against its inputs, and
//! [`compare`] says which identifiers went through, for whoever follows them.

mod compare;
mod pairs;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::Levels;
use crate::diagnostic::Severity;
use crate::quantity::human_bytes;
use crate::rules::{Rule, item_mismatch, loose_file};

pub use compare::{Comparison, Nested, Renamed, compare};

pub(crate) use pairs::longest_part;

/// Something below a channel's directory. The path is relative to it, with `/` between the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    Directory,
    /// Also what a link to a file leads to.
    File {
        bytes: u64,
    },
    /// What is behind it was not looked at.
    LinkToDirectory,
    LinkToNothing,
}

/// A channel's directory, sorted out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channel {
    /// As findings show it.
    pub path: String,
    /// Sorted by name.
    pub items: Vec<Item>,
    /// Names of the files directly in it, sorted.
    pub loose_files: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The item's identifier.
    pub name: String,
    /// Files below it at any depth. A link to a directory counts as one: it holds something.
    pub files: u64,
    pub bytes: u64,
    /// Whether some of the files are directly in it.
    pub has_direct_files: bool,
    /// Names of the directories directly in it, sorted.
    pub directories: Vec<String>,
    /// The item is a link, and this is where it leads.
    pub link: Option<Link>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Directory,
    Nothing,
}

/// The forms that the convention knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Items, and no input to compare them with.
    Items,
    /// Results for each item of an input.
    PerItem,
    /// One result over the items of the inputs.
    Combined,
}

/// What is wrong with a channel. As a diagnostic of a file, with a path for its place.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// The one file or item that it is about, else the channel.
    pub path: String,
    /// What is wrong, in the user's terms.
    pub message: String,
    /// Why it matters.
    pub note: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// All names that it is about: the message has a few.
    pub names: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Verdict {
    /// `None` where no form fits.
    pub layout: Option<Layout>,
    pub findings: Vec<Finding>,
    /// What was found, in one line that begins with the channel's path.
    pub summary: String,
}

/// The rules of data: all that [`check`] and [`check_input`] report.
pub static RULES: [&Rule; 2] = [&item_mismatch::RULE, &loose_file::RULE];

/// Hidden files, and what file managers and file systems leave in directories: neither items nor files of items.
pub fn is_passed_over(name: &str) -> bool {
    const NAMES: [&str; 5] = ["Thumbs.db", "desktop.ini", "__MACOSX", "@eaDir", "lost+found"];
    name.starts_with('.') || NAMES.contains(&name)
}

/// Judges an output, with the inputs that it was made from, if they are known.
pub fn check(output: &Channel, inputs: &[Channel], levels: &Levels) -> Verdict {
    let comparison = compare(output, inputs);
    let mut findings = Vec::new();
    let inputs_items = inputs.iter().flat_map(Channel::identifiers);
    loose_file::check(output, &inputs_items.chain(output.identifiers()).collect(), &mut findings);
    item_mismatch::check(&comparison, inputs, &mut findings);
    Verdict { layout: comparison.layout, summary: summary(&comparison, inputs), findings: configured(findings, levels) }
}

/// Judges an input by itself: only what keeps outputs from being compared with it.
pub fn check_input(input: &Channel, levels: &Levels) -> Verdict {
    let mut findings = Vec::new();
    loose_file::check(input, &input.identifiers().collect(), &mut findings);
    item_mismatch::check_input(input, &mut findings);
    let layout = (!input.items.is_empty()).then_some(Layout::Items);
    Verdict { layout, summary: items_in_words(input), findings: configured(findings, levels) }
}

impl Channel {
    /// Sorts out what a walk found, in any order. Names of which [`is_passed_over`] is true are left out with what is
    /// below them.
    pub fn of(path: impl Into<String>, entries: impl IntoIterator<Item = Entry>) -> Channel {
        let mut items: BTreeMap<String, Item> = BTreeMap::new();
        let mut directories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut loose_files = Vec::new();
        for Entry { path, kind } in entries {
            if path.split('/').any(is_passed_over) {
                continue;
            }
            let (name, below) = match path.split_once('/') {
                Some((name, below)) => (name, Some(below)),
                None => (path.as_str(), None),
            };
            if below.is_none() && matches!(kind, EntryKind::File { .. }) {
                loose_files.push(path);
                continue;
            }
            let item = items.entry(name.to_owned()).or_insert_with(|| Item::named(name));
            match (below, kind) {
                (None, EntryKind::LinkToDirectory) => item.link = Some(Link::Directory),
                (None, EntryKind::LinkToNothing) => item.link = Some(Link::Nothing),
                (None, _) | (Some(_), EntryKind::LinkToNothing) => {}
                (Some(below), EntryKind::Directory) => {
                    if !below.contains('/') {
                        directories.entry(name.to_owned()).or_default().insert(below.to_owned());
                    }
                }
                (Some(below), EntryKind::File { .. } | EntryKind::LinkToDirectory) => {
                    item.files += 1;
                    item.has_direct_files |= !below.contains('/');
                    if let EntryKind::File { bytes } = kind {
                        item.bytes = item.bytes.saturating_add(bytes);
                    }
                }
            }
        }
        for (name, directories) in directories {
            if let Some(item) = items.get_mut(&name) {
                item.directories = directories.into_iter().collect();
            }
        }
        loose_files.sort();
        Channel { path: path.into(), items: items.into_values().collect(), loose_files }
    }

    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|item| item.name.as_str())
    }

    pub fn item(&self, name: &str) -> Option<&Item> {
        let index = self.items.binary_search_by(|item| item.name.as_str().cmp(name)).ok()?;
        self.items.get(index)
    }

    /// A path in the channel, as findings show it.
    pub(crate) fn below(&self, name: &str) -> String {
        format!("{}/{name}", self.path.trim_end_matches('/'))
    }
}

impl Item {
    fn named(name: &str) -> Item {
        let name = name.to_owned();
        Item { name, files: 0, bytes: 0, has_direct_files: false, directories: Vec::new(), link: None }
    }

    /// Whether it certainly holds no file.
    pub fn is_empty(&self) -> bool {
        self.files == 0 && self.link != Some(Link::Directory)
    }
}

impl Layout {
    pub fn name(self) -> &'static str {
        match self {
            Layout::Items => "items",
            Layout::PerItem => "per-item",
            Layout::Combined => "combined",
        }
    }
}

impl Finding {
    /// A finding about a channel, or about the one name in it that there is.
    pub(crate) fn new(rule: &'static Rule, channel: &Channel, names: &[&str], message: impl Into<String>) -> Finding {
        let path = match names {
            [name] => channel.below(name),
            _ => channel.path.clone(),
        };
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Finding { rule, severity: rule.severity, path, message: message.into(), note: None, help: None, names }
    }

    pub(crate) fn at(mut self, path: impl Into<String>) -> Finding {
        self.path = path.into();
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Finding {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }
}

/// "`a`, `b`, `c`", of many names the first and how many more.
pub(crate) fn few<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    in_short(names.into_iter().map(|name| format!("`{name}`")))
}

/// As [`few`], of words that say more than a name.
pub(crate) fn in_short(words: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<String> = words.into_iter().collect();
    // "and 1 more" would take the place of the one.
    if words.len() > SHOWN + 1 {
        let more = words.len() - SHOWN;
        words.truncate(SHOWN);
        return format!("{} and {more} more", words.join(", "));
    }
    words.join(", ")
}

/// "1 item", "2 items".
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed(channels: &[&Channel]) -> String {
    let paths: Vec<&str> = channels.iter().map(|channel| channel.path.as_str()).collect();
    match paths.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn configured(findings: Vec<Finding>, levels: &Levels) -> Vec<Finding> {
    let configured = findings.into_iter().filter_map(|mut finding| {
        finding.severity = match levels.get(finding.rule.name) {
            Some(level) => (*level)?,
            None => finding.severity,
        };
        Some(finding)
    });
    configured.collect()
}

fn summary(comparison: &Comparison<'_>, inputs: &[Channel]) -> String {
    let output = comparison.output;
    let items = count(output.items.len(), "item");
    let path = &output.path;
    let against = listed(&comparison.inputs);
    let only = match output.items.as_slice() {
        [item] => Some(&item.name),
        _ => None,
    };
    let expected = comparison.expected.len();
    let all = if expected == 1 { "the one".to_owned() } else { format!("the {expected}") };
    match comparison.layout {
        _ if output.items.is_empty() => format!("{path}: no item"),
        Some(Layout::Combined) => {
            let all = if expected == 1 { all } else { format!("all {expected}") };
            format!("{path}: {items}, `{}`, for {all} of {against}", only.map_or("", String::as_str))
        }
        Some(Layout::PerItem) if !comparison.is_exact() => format!("{path}: {items} for {all} of {against}"),
        Some(Layout::PerItem) => match only {
            Some(only) => format!("{path}: {items}, `{only}`, as in {against}"),
            None if comparison.is_common => format!("{path}: {items}, one for each that {against} share"),
            None => format!("{path}: {items}, one for each of {against}"),
        },
        Some(Layout::Items) if inputs.is_empty() => items_in_words(output),
        Some(Layout::Items) => {
            let inputs: Vec<&Channel> = inputs.iter().collect();
            format!("{}; no item in {} to compare with", items_in_words(output), listed(&inputs))
        }
        None if only.is_some() => format!("{path}: {items}, which does not fit {all} of {against}"),
        None => format!("{path}: {items}, which do not fit {all} of {against}"),
    }
}

fn items_in_words(channel: &Channel) -> String {
    let files: u64 = channel.items.iter().map(|item| item.files).sum();
    let bytes = channel.items.iter().fold(0u64, |sum, item| sum.saturating_add(item.bytes));
    let items = count(channel.items.len(), "item");
    format!("{}: {items} with {}, {}", channel.path, count(files as usize, "file"), human_bytes(bytes))
}

#[cfg(test)]
mod tests;
