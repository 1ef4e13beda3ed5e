//! Items on their way through a workflow: which of those that a task read are in what it wrote.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use task_api_core::data::{self, Channel};

use crate::listing;

/// What a task's channels hold, and which items it lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Items {
    /// How many items are in each channel.
    pub(crate) inputs: BTreeMap<String, usize>,
    pub(crate) outputs: BTreeMap<String, usize>,
    pub(crate) lost: Vec<Lost>,
}

/// Items of inputs that are not in an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lost {
    pub(crate) output: String,
    /// The inputs that the output is compared with.
    pub(crate) inputs: Vec<String>,
    /// How many items these have.
    pub(crate) of: usize,
    pub(crate) items: Vec<String>,
}

/// Looks at the directories of a task's channels, by name. `None` if one of them cannot be read.
pub(crate) fn of_task<'a>(
    inputs: impl IntoIterator<Item = (&'a str, &'a Path)>,
    outputs: impl IntoIterator<Item = (&'a str, &'a Path)>,
) -> Option<Items> {
    let walked = |(name, path): (&str, &Path)| listing::channel(path, name).ok();
    let inputs: Vec<Channel> = inputs.into_iter().map(walked).collect::<Option<_>>()?;
    let outputs: Vec<Channel> = outputs.into_iter().map(walked).collect::<Option<_>>()?;
    Some(compared(&inputs, &outputs))
}

/// Channels are called by their names in place of paths.
fn compared(inputs: &[Channel], outputs: &[Channel]) -> Items {
    let counts =
        |channels: &[Channel]| channels.iter().map(|channel| (channel.path.clone(), channel.items.len())).collect();
    let mut items = Items { inputs: counts(inputs), outputs: counts(outputs), lost: Vec::new() };
    for output in outputs {
        let comparison = data::compare(output, inputs);
        // Of an output without any item, all are missing, and no form fits it.
        let missing = match output.items.is_empty() {
            true => &comparison.expected,
            false => &comparison.missing,
        };
        if !missing.is_empty() {
            items.lost.push(Lost {
                output: output.path.clone(),
                inputs: comparison.inputs.iter().map(|input| input.path.clone()).collect(),
                of: comparison.expected.len(),
                items: missing.iter().map(|item| (*item).to_owned()).collect(),
            });
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use task_api_core::data::{Entry, EntryKind};

    use super::*;

    fn channel(name: &str, items: &[&str]) -> Channel {
        let entry = |item: &&str| Entry { path: format!("{item}/f"), kind: EntryKind::File { bytes: 1 } };
        let directory = |item: &&str| Entry { path: (*item).to_owned(), kind: EntryKind::Directory };
        Channel::of(name, items.iter().map(directory).chain(items.iter().map(entry)).collect::<Vec<_>>())
    }

    fn lost(inputs: &[&[&str]], output: &[&str]) -> Vec<String> {
        let inputs: Vec<Channel> = inputs.iter().map(|items| channel("in", items)).collect();
        let items = compared(&inputs, &[channel("out", output)]);
        items.lost.into_iter().flat_map(|lost| lost.items).collect()
    }

    #[test]
    fn what_is_not_in_the_output_is_lost() {
        assert_eq!(lost(&[&["a", "b", "c"]], &["a", "b", "c"]), [""; 0]);
        assert_eq!(lost(&[&["a", "b", "c"]], &["a", "c"]), ["b"]);
        assert_eq!(lost(&[&["a", "b"]], &[]), ["a", "b"]);
        assert_eq!(lost(&[&["a", "b", "c"]], &["report"]), [""; 0], "one result for all");
        assert_eq!(lost(&[&["a", "b", "c"], &["a", "b", "c"]], &["b", "c"]), ["a"]);
        assert_eq!(lost(&[&[]], &["a"]), [""; 0]);
        assert_eq!(lost(&[], &["a"]), [""; 0]);
    }
}
