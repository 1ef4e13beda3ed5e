//! Finding the files of the Task API below directories, as `git` and `rg` search: hidden and ignored
//! files are left out, links to directories are not followed.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use task_api_core::Kind;

use crate::exit::Failure;
use crate::io::Place;
use crate::load;
use crate::settings::Settings;

/// The files that arguments name, and those below directories that they name.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Each once; those of a directory are sorted.
    pub(crate) files: Vec<PathBuf>,
    /// What could not be searched, and why.
    pub(crate) problems: Vec<String>,
}

pub(crate) fn files(paths: &[PathBuf], settings: &Settings, place: &Place) -> Result<Found, Failure> {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() != "-" && place.absolute(path).is_dir() {
            search(path, settings, place, &mut found);
        } else {
            found.files.push(path.clone());
        }
    }
    if paths.len() > 1 {
        let mut seen = std::collections::HashSet::new();
        found.files.retain(|path| seen.insert(place.absolute(path)));
    }
    found.problems.sort();
    if found.files.is_empty() && found.problems.is_empty() {
        return Err(Failure::usage(
            "found no processing-container.json, no task file (task.json, *-task.json, task-*.json, *.task.json, \
             tasks/*.json), no workflow file (the same with workflow) and no DAG (a Python file that imports \
             KaapanaTaskOperator); name the file to check any other",
        ));
    }
    Ok(found)
}

/// Adds the files below a directory, without those that the project's task-api.toml excludes.
fn search(directory: &Path, settings: &Settings, place: &Place, found: &mut Found) {
    let root = place.absolute(directory);
    let is_here = directory == Path::new(".");
    // Whatever the search comes upon begins with the root, letter by letter.
    let prefix = root.join("").as_os_str().len();
    let below = Mutex::new(Vec::new());
    let problems = Mutex::new(Vec::new());
    WalkBuilder::new(&root).require_git(false).build_parallel().run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) if is_excluded(&entry, settings) => return WalkState::Skip,
                Ok(entry) if is_ours(&entry) => {
                    let path = Path::new(OsStr::from_bytes(&entry.path().as_os_str().as_bytes()[prefix..]));
                    let shown = if is_here { path.to_owned() } else { directory.join(path) };
                    below.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
                }
                Ok(_) => {}
                Err(error) => {
                    let problem = format!("cannot search {}: {error}", directory.display());
                    problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
                }
            }
            WalkState::Continue
        })
    });
    let mut below = below.into_inner().unwrap_or_else(PoisonError::into_inner);
    below.sort_by_cached_key(|path| sort_key(path));
    found.files.append(&mut below);
    found.problems.append(&mut problems.into_inner().unwrap_or_else(PoisonError::into_inner));
}

/// By which paths sort component by component, so that what is below a directory stands together, at the price of
/// comparing bytes: of paths that a search has put together, which hold no `//` and no `/.`.
fn sort_key(path: &Path) -> Vec<u8> {
    // No name has a NUL in it.
    path.as_os_str().as_bytes().iter().map(|&byte| if byte == b'/' { 0 } else { byte }).collect()
}

fn is_excluded(entry: &DirEntry, settings: &Settings) -> bool {
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    // Other files are left out anyway, and that without looking for a task-api.toml.
    let matters = is_directory || is_task_api_file(entry.path()) || is_python(entry.path());
    matters && entry.depth() > 0 && settings.excludes(entry.path(), is_directory)
}

fn is_ours(entry: &DirEntry) -> bool {
    // A link is what it leads to.
    let is_file = entry.file_type().is_some_and(|kind| {
        kind.is_file() || (kind.is_symlink() && entry.path().metadata().is_ok_and(|m| m.is_file()))
    });
    is_file && (is_task_api_file(entry.path()) || is_python(entry.path()) && is_dag(entry.path()))
}

/// Whether a Python file is about the Task API, by what it imports.
fn is_dag(path: &Path) -> bool {
    let Ok(bytes) = load::read(path) else { return false };
    std::str::from_utf8(&bytes).is_ok_and(task_api_dag::is_dag_file)
}

/// Whether a file is Python by its name.
pub(crate) fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// Whether a file is one of the Task API's by its name.
pub(crate) fn is_task_api_file(path: &Path) -> bool {
    Kind::of_file_name(&path.to_string_lossy()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_sort_component_by_component() {
        let mut paths: Vec<PathBuf> =
            ["a-b/x", "a/z", "a/b/c", "a", "é/b", "a.b", "a/b-c", "Z/a"].map(PathBuf::from).into();
        paths.sort_by_cached_key(|path| sort_key(path));
        let mut expected = paths.clone();
        expected.sort();
        assert_eq!(paths, expected);
    }
}
