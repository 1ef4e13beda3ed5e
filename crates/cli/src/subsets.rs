//! Inputs of several sizes, made of one: directories with more and more of a channel's items. Files are linked where
//! the file system can, else copied; the originals are never written to.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use task_api_core::data::is_passed_over;
use task_api_core::scale::{Measure, Tally};

use crate::exit::Failure;
use crate::measure::size_of;

/// An input to run with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    /// As the user would call it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The size `n` of it.
    pub(crate) size: u64,
}

/// Directories below `place` with 1, 2, 4, … and all of the items of `root`, the smallest items first.
pub(crate) fn of_items(root: &Path, place: &Path, measure: &Measure) -> Result<Vec<Variant>, Failure> {
    let failed = |error: io::Error| Failure::usage(format!("cannot make inputs of {}: {error}", root.display()));
    let mut items = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if is_passed_over(&name.to_string_lossy()) {
            continue;
        }
        items.push((size_of_item(root, &name, measure)?, name));
    }
    items.sort();
    let mut variants = Vec::new();
    for count in counts(items.len()) {
        let path = place.join(count.to_string());
        fs::create_dir(&path).map_err(failed)?;
        for (_, name) in &items[..count] {
            link(&root.join(name), &path.join(name)).map_err(failed)?;
        }
        let size = size_of(&path, None, measure)?;
        let items = if count == 1 { "item" } else { "items" };
        variants.push(Variant { name: format!("{count} {items}"), path, size });
    }
    Ok(variants)
}

/// 1, 2, 4, … and all.
fn counts(all: usize) -> Vec<usize> {
    let mut counts: Vec<usize> = (0..usize::BITS).map(|power| 1 << power).take_while(|count| *count < all).collect();
    counts.extend((all > 0).then_some(all));
    counts
}

fn size_of_item(root: &Path, name: &OsStr, measure: &Measure) -> Result<u64, Failure> {
    let Ok(metadata) = fs::metadata(root.join(name)) else { return Ok(0) };
    if metadata.is_dir() {
        return size_of(root, Some(name), measure);
    }
    let mut tally = Tally::default();
    let added = measure.add(&mut tally, &name.to_string_lossy(), metadata.len());
    added.map_err(|error| Failure::usage(format!("the scale rule: {error}")))?;
    Ok(measure.size(&tally))
}

/// The same tree at another place.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(from)?.file_type();
    if kind.is_symlink() {
        // A relative link leads elsewhere from here; what it leads to is meant.
        return match fs::canonicalize(from) {
            Ok(target) if target.is_file() => link_file(&target, to),
            _ => std::os::unix::fs::symlink(fs::read_link(from)?, to),
        };
    }
    if kind.is_file() {
        return link_file(from, to);
    }
    if !kind.is_dir() {
        return Ok(());
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        link(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}

fn link_file(from: &Path, to: &Path) -> io::Result<()> {
    // Another file system, or one without links, or a file of somebody else's.
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop))
}

#[cfg(test)]
mod tests {
    use task_api_core::scale::{Law, Mode, ScaleRule, Target};

    use super::*;

    fn measure(mode: Mode) -> Measure {
        let rule = ScaleRule {
            law: Law { coefficient: 1.0, exponent: 1 },
            target: Target::Limit,
            mode,
            target_dir: String::new(),
            target_regex: ".*".to_owned(),
            target_glob: "*.bin".to_owned(),
        };
        rule.measure(crate::python_regex::compile).unwrap()
    }

    fn channel() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (item, bytes) in [("e", 500), ("a", 300), ("b", 100), ("c", 200), ("d", 400)] {
            fs::create_dir_all(root.path().join(item).join("deep")).unwrap();
            fs::write(root.path().join(item).join("deep/x.bin"), vec![0; bytes]).unwrap();
            fs::write(root.path().join(item).join("y.txt"), "not counted").unwrap();
        }
        fs::write(root.path().join(".hidden"), "x").unwrap();
        std::os::unix::fs::symlink("deep/x.bin", root.path().join("b/link.bin")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("b/broken")).unwrap();
        root
    }

    #[test]
    fn more_and_more_items_the_smallest_first() {
        let (root, place) = (channel(), tempfile::tempdir().unwrap());
        let variants = of_items(root.path(), place.path(), &measure(Mode::Sum)).unwrap();
        let told: Vec<(&str, u64)> = variants.iter().map(|variant| (variant.name.as_str(), variant.size)).collect();
        // The item `b` counts twice, through its link.
        assert_eq!(told, [("1 item", 200), ("2 items", 400), ("4 items", 1100), ("5 items", 1600)]);
        assert!(!place.path().join("5/.hidden").exists());
        assert!(place.path().join("5/b/broken").is_symlink());
        let place = tempfile::tempdir().unwrap();
        let largest = of_items(root.path(), place.path(), &measure(Mode::MaxFileSize)).unwrap();
        assert_eq!(largest.iter().map(|variant| variant.size).collect::<Vec<_>>(), [100, 200, 400, 500]);
    }

    #[test]
    fn removing_them_leaves_the_originals() {
        let root = channel();
        let place = tempfile::tempdir().unwrap();
        of_items(root.path(), place.path(), &measure(Mode::Sum)).unwrap();
        place.close().unwrap();
        assert_eq!(size_of(root.path(), None, &measure(Mode::Sum)).unwrap(), 1600);
    }

    #[test]
    fn counts_double_up_to_all() {
        assert_eq!(counts(0), Vec::<usize>::new());
        assert_eq!(counts(1), [1]);
        assert_eq!(counts(4), [1, 2, 4]);
        assert_eq!(counts(5), [1, 2, 4, 5]);
    }
}
