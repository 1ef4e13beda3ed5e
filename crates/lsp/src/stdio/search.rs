//! The files below folders: those that `task-api validate` finds there, and what belongs to them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use task_api_core::Kind;
use task_api_core::config::{self, Globs};

use super::files;
use crate::disk::Found;
use crate::uris;

/// What a server can keep.
const MOST_FILES: usize = 20_000;
const MOST_BYTES: usize = 64 << 20;
/// So many files are told of at once.
const AT_ONCE: usize = 200;

/// What projects exclude, by the directories of their task-api.toml.
type Projects = BTreeMap<PathBuf, Globs>;

/// Searches until the end, or until nobody wants it any more. The end is always told of.
pub(super) fn run(number: u64, folders: &[String], is_wanted: &dyn Fn() -> bool, tell: &dyn Fn(Found)) {
    let mut paths = Vec::new();
    let mut is_cut = false;
    for folder in folders {
        for entry in walk(Path::new(folder)).build().flatten().take_while(|_| is_wanted()) {
            if is_file(&entry) && is_ours(entry.path()) {
                is_cut |= paths.len() >= MOST_FILES;
                if is_cut {
                    break;
                }
                paths.push(entry.into_path());
            }
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let projects = projects(&paths);
    paths.retain(|path| !is_excluded(path, &projects));
    let mut bytes = 0;
    let mut chunk = Vec::new();
    for path in paths {
        if !is_wanted() {
            break;
        }
        let (Some(name), Some(text)) = (path.to_str(), files::read(&path)) else { continue };
        bytes += text.len();
        if bytes > MOST_BYTES {
            is_cut = true;
            break;
        }
        chunk.push((uris::of_path(name), text));
        if chunk.len() == AT_ONCE {
            tell(Found { number, files: std::mem::take(&mut chunk), ..Found::default() });
        }
    }
    tell(Found { number, files: chunk, is_end: true, is_cut });
}

/// Whether a search of the folder would come upon this file.
pub(super) fn would_find(folder: &Path, path: &Path) -> bool {
    if !is_ours(path) {
        return false;
    }
    let wanted = path.to_owned();
    let mut walk = walk(folder);
    walk.filter_entry(move |entry| wanted.starts_with(entry.path()));
    let is_found = walk.build().flatten().any(|entry| entry.path() == path && is_file(&entry));
    is_found && !is_excluded(path, &projects(&[path.to_owned()]))
}

/// As `git` and `rg` search: what is hidden or ignored is left out.
fn walk(folder: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(folder);
    walk.require_git(false);
    walk
}

fn is_file(entry: &DirEntry) -> bool {
    // A link is what it leads to.
    entry.file_type().is_some_and(|kind| {
        kind.is_file() || (kind.is_symlink() && entry.path().metadata().is_ok_and(|metadata| metadata.is_file()))
    })
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let belongs = name == config::FILE_NAME || name == "Dockerfile" || name == "Containerfile";
    belongs || Kind::of_file_name(&path.to_string_lossy()).is_some()
}

/// The projects around these files.
fn projects(paths: &[PathBuf]) -> Projects {
    let mut seen = std::collections::HashSet::new();
    let mut projects = Projects::new();
    for directory in paths.iter().filter_map(|path| path.parent()).flat_map(Path::ancestors) {
        if !seen.insert(directory) {
            continue;
        }
        let Some(text) = files::read(&directory.join(config::FILE_NAME)) else { continue };
        let reading = config::read(&text);
        if reading.problems.is_empty() && !reading.config.validate.exclude.is_empty() {
            projects.insert(directory.to_owned(), reading.config.validate.exclude);
        }
    }
    projects
}

/// Whether a project around the file leaves it out, or a directory that it is in.
fn is_excluded(path: &Path, projects: &Projects) -> bool {
    if Kind::of_file_name(&path.to_string_lossy()).is_none() {
        return false;
    }
    path.ancestors().skip(1).filter_map(|directory| Some((directory, projects.get(directory)?))).any(
        |(directory, exclude)| {
            let Some(below) = path.strip_prefix(directory).ok().and_then(Path::to_str) else { return false };
            let directories = below.match_indices('/').map(|(at, _)| &below[..at]);
            exclude.matches(below) || directories.into_iter().any(|directory| exclude.matches_directory(directory))
        },
    )
}
