//! An output's identifiers against those of its inputs.

use std::collections::{BTreeSet, HashSet};

use super::pairs::{self, same_but_for_spelling};
use super::{Channel, Layout};

pub use super::pairs::Renamed;

/// Which identifiers of the inputs are found again in an output, and which are not. No identifier stands in two of
/// the lists, each of which is sorted.
#[derive(Debug, Clone)]
pub struct Comparison<'a> {
    /// `None` where no form of the convention fits.
    pub layout: Option<Layout>,
    pub output: &'a Channel,
    /// The inputs that the output is compared with. Of several, those that fit it best.
    pub inputs: Vec<&'a Channel>,
    /// Only the items that all of `inputs` have count.
    pub is_common: bool,
    /// The identifiers of these inputs.
    pub expected: Vec<&'a str>,
    /// Expected and not found, also not under another name.
    pub missing: Vec<&'a str>,
    /// Found and not expected, and not another's other name.
    pub additional: Vec<&'a str>,
    pub renamed: Vec<Renamed<'a>>,
    /// Expected and found one level too deep.
    pub nested: Vec<Nested<'a>>,
    /// The only item of the output is named like this one of several, whether it is for that one or for all of them.
    pub named_like: Option<&'a str>,
}

/// A directory in the place of an item that holds items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested<'a> {
    pub directory: &'a str,
    pub items: Vec<&'a str>,
}

impl<'a> Comparison<'a> {
    /// Everything that was expected is there under its name, and nothing else.
    pub fn is_exact(&self) -> bool {
        self.missing.is_empty()
            && self.additional.is_empty()
            && self.renamed.is_empty()
            && self.nested.is_empty()
            && self.named_like.is_none()
    }

    /// How many of the expected items were found, under whatever name.
    fn found(&self) -> usize {
        self.expected.len() - self.missing.len()
    }

    fn new(layout: Option<Layout>, output: &'a Channel, inputs: Vec<&'a Channel>, expected: Vec<&'a str>) -> Self {
        Comparison {
            layout,
            output,
            inputs,
            is_common: false,
            expected,
            missing: Vec::new(),
            additional: Vec::new(),
            renamed: Vec::new(),
            nested: Vec::new(),
            named_like: None,
        }
    }
}

/// Finds the form that an output has. Inputs without items are left out of account.
pub fn compare<'a>(output: &'a Channel, inputs: &'a [Channel]) -> Comparison<'a> {
    let inputs: Vec<&Channel> = inputs.iter().filter(|input| !input.items.is_empty()).collect();
    if inputs.is_empty() || output.items.is_empty() {
        let layout = (!output.items.is_empty()).then_some(Layout::Items);
        let expected = all_of(&inputs).into_iter().collect();
        return Comparison::new(layout, output, inputs, expected);
    }
    if let Some(comparison) = exact(output, &inputs) {
        return comparison;
    }
    if let [only] = output.items.as_slice()
        && let Some(comparison) = single(output, &only.name, &inputs)
    {
        return comparison;
    }
    let comparisons = inputs.iter().map(|input| with_one(output, input));
    let best = comparisons.reduce(|best, other| {
        let key = |comparison: &Comparison<'_>| {
            let unmatched = comparison.missing.len() + comparison.additional.len();
            (comparison.found(), std::cmp::Reverse(unmatched))
        };
        if key(&other) > key(&best) { other } else { best }
    });
    best.unwrap_or_else(|| Comparison::new(None, output, Vec::new(), Vec::new()))
}

/// The items of one input, or those that all have in common, or those of all.
fn exact<'a>(output: &'a Channel, inputs: &[&'a Channel]) -> Option<Comparison<'a>> {
    let found: BTreeSet<&str> = output.identifiers().collect();
    let per_item = |inputs: &[&'a Channel], is_common| {
        let expected = output.identifiers().collect();
        let comparison = Comparison::new(Some(Layout::PerItem), output, inputs.to_vec(), expected);
        Some(Comparison { is_common, ..comparison })
    };
    if let Some(input) = inputs.iter().find(|input| input.identifiers().eq(output.identifiers())) {
        return per_item(&[input], false);
    }
    let in_all = inputs.iter().map(|input| input.identifiers().collect::<BTreeSet<&str>>());
    let common = in_all.reduce(|common, other| common.intersection(&other).copied().collect()).unwrap_or_default();
    if common == found {
        return per_item(inputs, true);
    }
    if all_of(inputs) == found { per_item(inputs, false) } else { None }
}

/// One item, which may be for all items or for one. `None` where it is a directory of items.
fn single<'a>(output: &'a Channel, name: &'a str, inputs: &[&'a Channel]) -> Option<Comparison<'a>> {
    let like = |input: &&'a Channel| {
        let exact = input.identifiers().find(|other| *other == name);
        exact.or_else(|| input.identifiers().find(|other| same_but_for_spelling(other, name)))
    };
    if let Some((input, like)) = inputs.iter().find_map(|input| Some((*input, like(input)?))) {
        if input.items.len() == 1 {
            return Some(with_one(output, input));
        }
        let expected = input.identifiers().collect();
        let comparison = Comparison::new(None, output, vec![input], expected);
        return Some(Comparison { named_like: Some(like), ..comparison });
    }
    let expected = all_of(inputs);
    if inputs.iter().any(|input| !nested(output, &input.identifiers().collect()).is_empty()) {
        return None;
    }
    Some(Comparison::new(Some(Layout::Combined), output, inputs.to_vec(), expected.into_iter().collect()))
}

fn with_one<'a>(output: &'a Channel, input: &'a Channel) -> Comparison<'a> {
    let expected: HashSet<&str> = input.identifiers().collect();
    let found: HashSet<&str> = output.identifiers().collect();
    let mut missing: Vec<&str> = input.identifiers().filter(|name| !found.contains(name)).collect();
    let mut additional: Vec<&str> = output.identifiers().filter(|name| !expected.contains(name)).collect();
    let mut nested = nested(output, &missing.iter().copied().collect());
    nested.retain(|nested| !expected.contains(nested.directory));
    let too_deep: HashSet<&str> = nested.iter().flat_map(|nested| nested.items.iter().copied()).collect();
    let directories: HashSet<&str> = nested.iter().map(|nested| nested.directory).collect();
    missing.retain(|name| !too_deep.contains(name));
    additional.retain(|name| !directories.contains(name));
    let renamed = pairs::renamed(&mut missing, &mut additional);
    let mut comparison = Comparison::new(None, output, vec![input], input.identifiers().collect());
    (comparison.missing, comparison.additional) = (missing, additional);
    (comparison.nested, comparison.renamed) = (nested, renamed);
    comparison.layout = (comparison.found() > 0).then_some(Layout::PerItem);
    comparison
}

/// Directories that hold nothing but items that are missing.
fn nested<'a>(output: &'a Channel, missing: &HashSet<&'a str>) -> Vec<Nested<'a>> {
    let outer = output.items.iter().filter(|item| !item.has_direct_files && !item.directories.is_empty());
    let outer = outer.filter(|item| item.directories.iter().all(|name| missing.contains(name.as_str())));
    outer
        .map(|item| Nested {
            directory: item.name.as_str(),
            items: item.directories.iter().map(String::as_str).collect(),
        })
        .collect()
}

fn all_of<'a>(inputs: &[&'a Channel]) -> BTreeSet<&'a str> {
    inputs.iter().flat_map(|input| input.identifiers()).collect()
}
