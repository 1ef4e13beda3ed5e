//! `item-mismatch`: items of an output that do not fit those of the input.

use super::{Example, Group, Rule};
use crate::data::{Channel, Comparison, Finding, Item, Layout, Link, Nested, Renamed, count, few, in_short, listed};
use crate::diagnostic::Severity;

pub(crate) static RULE: Rule = Rule {
    name: "item-mismatch",
    group: Group::Project,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "items of an output that do not fit those of the input",
    explanation: "An output has either one item for each item of an input, with the same identifiers, or a single item \
        for all of them, with an identifier that no input item has. Each item is a directory with at least one file. \
        Whatever runs next finds by these names what belongs together. Reported by `check-data`.",
    bad: Example::channels(
        "\
input images
├── case-1
│   └── ct.nii.gz
└── case-2
    └── ct.nii.gz
output masks
├── Case_1
│   └── mask.nii.gz
└── case-2
    └── mask.nii.gz",
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

pub(crate) fn check(comparison: &Comparison<'_>, inputs: &[Channel], findings: &mut Vec<Finding>) {
    let output = comparison.output;
    if output.items.is_empty() {
        // Files in the place of items are reported as such; and from nothing, nothing comes.
        let has_source = inputs.is_empty() || inputs.iter().any(|input| !is_bare(input));
        findings.extend((is_bare(output) && has_source).then(|| bare(comparison)));
        return;
    }
    match (comparison.named_like, comparison.layout) {
        (Some(like), _) => findings.push(named_like(comparison, like)),
        (None, None) => findings.push(nothing_in_common(comparison)),
        (None, Some(Layout::PerItem)) => {
            findings.extend(renamed(comparison));
            findings.extend(nested(comparison));
            findings.extend(missing(comparison));
            findings.extend(additional(comparison));
        }
        (None, Some(_)) => {}
    }
    findings.extend(empty(comparison));
}

/// An input that has nothing to compare an output with.
pub(crate) fn check_input(input: &Channel, findings: &mut Vec<Finding>) {
    if is_bare(input) {
        let message = format!("{} holds no item", input.path);
        let note = "there is nothing that an output could be compared with";
        findings.push(Finding::new(&RULE, input, &[], message).note(note));
    }
}

fn is_bare(channel: &Channel) -> bool {
    channel.items.is_empty() && channel.loose_files.is_empty()
}

fn bare(comparison: &Comparison<'_>) -> Finding {
    let expected = comparison.expected.len();
    let message = format!("{} holds no item", comparison.output.path);
    let note = match expected {
        0 => "a channel holds one directory or more, each an item with its results".to_owned(),
        1 => format!("a result for the item of {} is expected", listed(&comparison.inputs)),
        _ => {
            let inputs = listed(&comparison.inputs);
            format!("a result for each of the {expected} items of {inputs} is expected, or one for all of them")
        }
    };
    Finding::new(&RULE, comparison.output, &[], message).note(note)
}

fn named_like(comparison: &Comparison<'_>, like: &str) -> Finding {
    let (output, inputs) = (comparison.output, listed(&comparison.inputs));
    let name = output.items.first().map_or("", |item| item.name.as_str());
    let expected = comparison.expected.len();
    let almost = if like == name { String::new() } else { format!(", `{like}`") };
    let is_named = if like == name { "is named like" } else { "is named almost like" };
    let message = format!(
        "`{name}`, the only item of {}, {is_named} one of the {expected} items of {inputs}{almost}",
        output.path
    );
    Finding::new(&RULE, output, &[name], message)
        .note(format!(
            "as the result for that item, it lacks {}; as the result for all, it has an item's name",
            others(expected - 1)
        ))
        .help("write a result for each item, or give the one for all a name that no input item has")
}

fn others(number: usize) -> String {
    if number == 1 { "the other one".to_owned() } else { format!("the other {number}") }
}

fn nothing_in_common(comparison: &Comparison<'_>) -> Finding {
    let (output, inputs) = (comparison.output, listed(&comparison.inputs));
    let (found, expected) = (output.items.len(), &comparison.expected);
    let message = match expected.as_slice() {
        [only] => format!("none of the {found} items of {} is named like that of {inputs}, `{only}`", output.path),
        _ => format!(
            "none of the {found} items of {} is named like one of the {} of {inputs}",
            output.path,
            expected.len()
        ),
    };
    let names: Vec<&str> = output.identifiers().collect();
    let has = format!("{} has {}; {inputs} has {}", output.path, few(names.clone()), few(expected.iter().copied()));
    Finding::new(&RULE, output, &names, message)
        .note(has)
        .help("name each result like the item that it is for, or write one item for all of them")
        .at(&output.path)
}

fn renamed(comparison: &Comparison<'_>) -> Option<Finding> {
    let (output, inputs) = (comparison.output, listed(&comparison.inputs));
    let (path, pairs) = (&output.path, comparison.renamed.as_slice());
    let first = pairs.first()?;
    let in_words = |pair: &Renamed<'_>| format!("`{}` for `{}`", pair.found, pair.expected);
    let message = match pairs {
        [pair] => format!("`{}` of {path} is named `{}` in {inputs}", pair.found, pair.expected),
        pairs => {
            let items = count(pairs.len(), "item");
            let example = in_words(first);
            match common_addition(pairs) {
                Some((before, "")) => {
                    format!("{items} of {path} have `{before}` before their names in {inputs}: {example}")
                }
                Some((_, behind)) => {
                    format!("{items} of {path} have `{behind}` behind their names in {inputs}: {example}")
                }
                None => format!(
                    "{items} of {path} have other names than in {inputs}: {}",
                    in_short(pairs.iter().map(in_words))
                ),
            }
        }
    };
    let names: Vec<&str> = pairs.iter().map(|pair| pair.found).collect();
    let finding = Finding::new(&RULE, output, &names, message)
        .note("an item has the same identifier in every channel; by it, whatever runs next finds what belongs together")
        .help(format!("write to {} instead of {}", output.below(first.expected), output.below(first.found)));
    Some(finding)
}

/// What all names have in front of the expected ones, or behind them.
fn common_addition<'a>(pairs: &[Renamed<'a>]) -> Option<(&'a str, &'a str)> {
    let first = pairs.first()?.added()?;
    pairs.iter().all(|pair| pair.added() == Some(first)).then_some(first)
}

fn nested(comparison: &Comparison<'_>) -> Option<Finding> {
    let (output, inputs) = (comparison.output, listed(&comparison.inputs));
    let first = comparison.nested.first()?;
    let names: Vec<&str> = comparison.nested.iter().flat_map(|nested| nested.items.iter().copied()).collect();
    let directories: Vec<&str> = comparison.nested.iter().map(|nested: &Nested<'_>| nested.directory).collect();
    let within = in_short(directories.iter().map(|directory| output.below(directory)));
    let message = match names.as_slice() {
        [name] => format!("`{name}` of {inputs} lies one level too deep, in {within}"),
        names => {
            format!("{} items of {inputs} lie one level too deep, in {within}: {}", names.len(), few(names.to_vec()))
        }
    };
    let item = first.items.first().copied().unwrap_or_default();
    let (right, wrong) = (output.below(item), output.below(&format!("{}/{item}", first.directory)));
    let mut finding = Finding::new(&RULE, output, &names, message)
        .note("items are the directories directly in the channel")
        .help(format!("write to {right} instead of {wrong}"))
        .at(&output.path);
    if let [directory] = directories.as_slice() {
        finding.path = output.below(directory);
    }
    Some(finding)
}

fn missing(comparison: &Comparison<'_>) -> Option<Finding> {
    let (output, inputs) = (comparison.output, listed(&comparison.inputs));
    let names = &comparison.missing;
    let (number, expected) = (names.len(), comparison.expected.len());
    let message = match names.as_slice() {
        [] => return None,
        [name] => format!("`{name}` of {inputs} has no result in {}", output.path),
        names => format!(
            "{number} of the {expected} items of {inputs} have no result in {}: {}",
            output.path,
            few(names.to_vec())
        ),
    };
    let is_empty = |name: &&str| comparison.inputs.iter().all(|input| input.item(name).is_none_or(Item::is_empty));
    let note = if names.iter().all(is_empty) {
        format!("{} no file in {inputs} either", if number == 1 { "it has" } else { "they have" })
    } else {
        "there is a result for each item, or a single one for all of them".to_owned()
    };
    // A place for what is not there is the channel.
    Some(Finding::new(&RULE, output, names, message).note(note).at(&output.path))
}

fn additional(comparison: &Comparison<'_>) -> Option<Finding> {
    let (output, inputs) = (comparison.output, listed(&comparison.inputs));
    let names = &comparison.additional;
    let message = match names.as_slice() {
        [] => return None,
        [name] => format!("`{name}` of {} is no item of {inputs}", output.path),
        names => format!("{} items of {} are no items of {inputs}: {}", names.len(), output.path, few(names.to_vec())),
    };
    let finding = Finding::new(&RULE, output, names, message)
        .note(
            "a channel has results for each item or one for all, not both; what an earlier run left stays in an output",
        )
        .help("remove what is left from before, and write what is no result of an item to another channel");
    Some(finding)
}

/// Items without files. What should not be there at all is reported as that.
fn empty(comparison: &Comparison<'_>) -> Option<Finding> {
    let output = comparison.output;
    let is_expected =
        |item: &&Item| comparison.layout.is_none() || comparison.additional.binary_search(&item.name.as_str()).is_err();
    let empty: Vec<&Item> = output.items.iter().filter(|item| item.is_empty()).filter(is_expected).collect();
    let names: Vec<&str> = empty.iter().map(|item| item.name.as_str()).collect();
    let in_words = |item: &&Item| match item.link {
        Some(Link::Nothing) => format!("`{}` (a link that leads nowhere)", item.name),
        _ => format!("`{}`", item.name),
    };
    let listed = in_short(empty.iter().map(in_words));
    let message = match empty.as_slice() {
        [] => return None,
        [Item { name, link: Some(Link::Nothing), .. }] => {
            format!("`{name}` of {} is a link that leads nowhere", output.path)
        }
        [_] => format!("{listed} of {} holds no file", output.path),
        _ if empty.len() == output.items.len() => {
            format!("none of the {} items of {} holds a file: {listed}", names.len(), output.path)
        }
        _ => format!("{} of the {} items of {} hold no file: {listed}", names.len(), output.items.len(), output.path),
    };
    let note = "an item is a directory with its results; one without a file counts as done for whatever runs next";
    Some(Finding::new(&RULE, output, &names, message).note(note))
}
