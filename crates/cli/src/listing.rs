//! What is below a channel's directory.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::Path;

use task_api_core::data::{Channel, Entry, EntryKind, is_passed_over};

use crate::display;
use crate::exit::Failure;
use crate::host::in_words;

/// Walks a channel's directory, which messages call `shown`. Links to directories are not followed.
pub(crate) fn channel(root: &Path, shown: &str) -> Result<Channel, Failure> {
    let mut entries = Vec::new();
    // A list of what is still to do instead of a recursion: nothing limits how deep directories are.
    let mut open = vec![(root.to_owned(), String::new())];
    while let Some((directory, below)) = open.pop() {
        let read = fs::read_dir(&directory).and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
        for entry in read.map_err(|error| failure(&below, shown, &error))? {
            let name = entry.file_name();
            if is_passed_over(&name.to_string_lossy()) {
                continue;
            }
            let path = join(&below, &name);
            let Some(kind) = kind(&entry).map_err(|error| failure(&path, shown, &error))? else { continue };
            if kind == EntryKind::Directory {
                open.push((entry.path(), path.clone()));
            }
            entries.push(Entry { path, kind });
        }
    }
    Ok(Channel::of(shown, entries))
}

/// `None` for what was removed meanwhile.
fn kind(entry: &DirEntry) -> io::Result<Option<EntryKind>> {
    let is_link = entry.file_type()?.is_symlink();
    let metadata = if is_link { fs::metadata(entry.path()) } else { entry.metadata() };
    match metadata {
        Ok(metadata) if metadata.is_dir() && is_link => Ok(Some(EntryKind::LinkToDirectory)),
        Ok(metadata) if metadata.is_dir() => Ok(Some(EntryKind::Directory)),
        Ok(metadata) => Ok(Some(EntryKind::File { bytes: metadata.len() })),
        // Also a link to itself, and one to where nobody may look: in a container, neither leads anywhere.
        Err(_) if is_link => Ok(Some(EntryKind::LinkToNothing)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn join(below: &str, name: &OsStr) -> String {
    let name = name.to_string_lossy();
    if below.is_empty() { name.into_owned() } else { format!("{below}/{name}") }
}

fn failure(below: &str, shown: &str, error: &io::Error) -> Failure {
    let path = if below.is_empty() { shown.to_owned() } else { format!("{shown}/{below}") };
    let hint = match error.kind() {
        ErrorKind::NotADirectory if path.ends_with(".json") => {
            format!("it is no directory; to check those of a task, write --task {path}")
        }
        ErrorKind::NotADirectory => "it is no directory".to_owned(),
        _ => in_words(error),
    };
    Failure::usage(format!("cannot read {}: {hint}", display::line(&path)))
}
