//! `loose-file`: a file directly in a channel, outside of any item.

use std::collections::HashSet;

use super::{Example, Group, Rule};
use crate::data::{Channel, Finding, few, longest_part};
use crate::diagnostic::Severity;

pub(crate) static RULE: Rule = Rule {
    name: "loose-file",
    group: Group::Project,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a file directly in a channel, outside of any item",
    explanation: "A channel holds items, each a directory named by its identifier. Who reads the channel goes from item \
        to item, and does not come across files beside them. Hidden files, such as `.gitkeep`, are passed over. \
        Reported by `check-data`.",
    bad: Example::channels(
        "\
input images
├── case-1
│   └── ct.nii.gz
└── case-2
    └── ct.nii.gz
output masks
├── case-1.nii.gz
└── case-2.nii.gz",
    ),
    good: Example::channels(
        "\
input images
├── case-1
│   └── ct.nii.gz
└── case-2
    └── ct.nii.gz
output masks
├── case-1
│   └── mask.nii.gz
└── case-2
    └── mask.nii.gz",
    ),
};

/// `items` are the identifiers that a file may belong to.
pub(crate) fn check(channel: &Channel, items: &HashSet<&str>, findings: &mut Vec<Finding>) {
    let path = &channel.path;
    let names: Vec<&str> = channel.loose_files.iter().map(String::as_str).collect();
    let message = match names.as_slice() {
        [] => return,
        [name] => format!("`{name}` is a file directly in {path}, outside of any item"),
        names => format!("{} files are directly in {path}, outside of any item: {}", names.len(), few(names.to_vec())),
    };
    // Looking at a few is enough for an example.
    let belongs = names.iter().take(100).find_map(|name| Some((*name, longest_part(name, items)?)));
    let help = match belongs {
        Some((name, item)) => {
            format!("move it into the directory of its item, as {}", channel.below(&format!("{item}/{name}")))
        }
        None => format!(
            "move it into the directory of the item that it belongs to, as {}",
            channel.below(&format!("IDENTIFIER/{}", names[0]))
        ),
    };
    let help = if names.len() == 1 {
        help
    } else {
        help.replacen("move it into the directory", "move each into the directory", 1)
    };
    let finding = Finding::new(&RULE, channel, &names, message)
        .note("a channel holds directories, one for each item; who reads it does not look for files beside them")
        .help(help);
    findings.push(finding);
}
