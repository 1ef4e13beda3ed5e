//! Changing a user's file: all of it or nothing, with its permissions and owner kept.

use std::fs;
use std::io::Write;
use std::path::Path;

use similar::TextDiff;

use crate::exit::Failure;
use crate::load::{Loaded, error_in_words};

/// Replaces the content of a file that was read before. Of a link, the file that it leads to is replaced.
pub(crate) fn replace(path: &Path, before: &Loaded, text: &str) -> Result<(), Failure> {
    let name = &before.name;
    let in_context = |error: std::io::Error| Failure::usage(format!("cannot write {name}: {}", error_in_words(&error)));
    let target = fs::canonicalize(path).map_err(in_context)?;
    let metadata = fs::metadata(&target).map_err(in_context)?;
    if metadata.permissions().readonly() {
        return Err(Failure::usage(format!("cannot write {name}: it is read-only")));
    }
    let directory = target.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(in_context)?;
    file.write_all(text.as_bytes()).map_err(in_context)?;
    file.as_file().set_permissions(metadata.permissions()).map_err(in_context)?;
    let owner = std::os::unix::fs::MetadataExt::uid(&metadata);
    let group = std::os::unix::fs::MetadataExt::gid(&metadata);
    // Only root can give files away; for anybody else the owner is right already.
    let _ = std::os::unix::fs::fchown(file.as_file(), Some(owner), Some(group));
    file.as_file().sync_all().map_err(in_context)?;
    // What somebody else has written meanwhile is not lost.
    if fs::read(&target).map_err(in_context)? != before.text.as_bytes() {
        return Err(Failure::usage(format!("{name} changed after it was read, and stays as it is; try again")));
    }
    file.persist(&target).map_err(|error| in_context(error.error))?;
    Ok(())
}

/// A unified diff, as `patch` reads it.
pub(crate) fn diff(name: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(name, name).to_string()
}
