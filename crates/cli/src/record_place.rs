//! Where a run's record goes, looked at before anything is made.

use std::fs;
use std::io;
use std::path::Path;

use rustix::fs::{Access, access};
use task_api_runner::{Error, RecordPlace};

use crate::exit::Failure;

/// The directory must be there and writable, and a named record must not exist.
pub(crate) fn check(place: &RecordPlace) -> Result<(), Failure> {
    let directory = match place {
        RecordPlace::Directory(directory) => directory.as_path(),
        RecordPlace::File(path) if fs::symlink_metadata(path).is_ok() => {
            return Err(Error::RecordExists { path: path.clone() }.into());
        }
        RecordPlace::File(path) => path.parent().unwrap_or(Path::new("/")),
    };
    let problem = match fs::metadata(directory).map(|metadata| metadata.is_dir()) {
        Ok(true) => access(directory, Access::WRITE_OK | Access::EXEC_OK).err().map(io::Error::from),
        Ok(false) => Some(io::ErrorKind::NotADirectory.into()),
        Err(error) => Some(error),
    };
    let Some(problem) = problem else { return Ok(()) };
    let why = match problem.kind() {
        io::ErrorKind::NotFound => "there is no such directory".to_owned(),
        io::ErrorKind::NotADirectory => "it is not a directory".to_owned(),
        io::ErrorKind::PermissionDenied => "this user must not write there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => problem.to_string(),
    };
    Err(Failure::usage(format!(
        "cannot write the run record into {}: {why}; name a file elsewhere with `--output`",
        directory.display()
    )))
}
