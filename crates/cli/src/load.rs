//! Reading files: every way in which that can fail in one clear line.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::OFlags;
use task_api_json::{LineIndex, Tree};

use crate::Io;
use crate::exit::Failure;
use crate::io::Place;

/// A file's text, or the part before the first byte that is not UTF-8.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// As the user named it.
    pub(crate) name: String,
    pub(crate) text: String,
    /// The text ends where the file stops to be UTF-8.
    pub(crate) broken_utf8: bool,
}

impl Loaded {
    /// Whether tasks can be checked against this file: not where the parser had to guess.
    pub(crate) fn is_json(&self) -> bool {
        let tree = task_api_json::parse(&self.text);
        !self.broken_utf8 && !tree.has_template_blocks() && !tree.root(&self.text).is_recovered()
    }

    /// The tree of a file that must be JSON without any error, or the first of them with its place.
    pub(crate) fn json(&self) -> Result<Tree, String> {
        let tree = task_api_json::parse(&self.text);
        let name = &self.name;
        if self.broken_utf8 {
            let place = LineIndex::new(&self.text).position(self.text.len() as u32);
            return Err(format!("{name}:{}:{}: is not UTF-8 from here on", place.line + 1, place.character + 1));
        }
        match tree.errors().iter().find(|error| !error.kind.is_note()) {
            Some(error) => {
                let place = LineIndex::new(&self.text).position(error.span.start);
                let message = error.message(&self.text);
                Err(format!("{name}:{}:{}: is not JSON: {message}", place.line + 1, place.character + 1))
            }
            None => Ok(tree),
        }
    }
}

/// Files are refused beyond this size: no file of the Task API comes near it, and what it takes to
/// check one is a multiple of its size.
const LARGEST: u64 = 64 << 20;

/// Reads a file; `-` is standard input.
pub(crate) fn load(path: &Path, io: &mut Io) -> Result<Loaded, Failure> {
    if path.as_os_str() == "-" {
        let bytes = io
            .read_stdin(LARGEST + 1)
            .map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
        if bytes.len() as u64 > LARGEST {
            return Err(Failure::usage(format!("cannot read standard input: {}", too_large())));
        }
        return Ok(decode("<stdin>".to_owned(), bytes));
    }
    load_file(path, io)
}

/// Reads a file.
pub(crate) fn load_file(path: &Path, place: &Place) -> Result<Loaded, Failure> {
    let name = path.to_str().map_or_else(|| path.display().to_string(), str::to_owned);
    read_file(&place.absolute(path), name)
}

/// Reads the file at an absolute path, which the user calls `name`.
pub(crate) fn read_file(path: &Path, name: String) -> Result<Loaded, Failure> {
    let bytes = read(path).map_err(|reason| Failure::usage(format!("cannot read {name}: {reason}")))?;
    Ok(decode(name, bytes))
}

/// The bytes of a file, or why there are none.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    // A pipe that the shell has opened has a writer; any other could be waited for without an end.
    let is_open = is_open_already(path);
    let mut options = OpenOptions::new();
    options.read(true);
    if !is_open {
        options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path).map_err(|error| error_in_words(&error))?;
    let metadata = file.metadata().map_err(|error| error_in_words(&error))?;
    if metadata.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if !metadata.is_file() && !is_open {
        return Err("it is no regular file".to_owned());
    }
    if metadata.len() > LARGEST {
        return Err(too_large());
    }
    let bytes = read_all(file, metadata.len() as usize).map_err(|error| error_in_words(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    // Files of the kernel have no size.
    if metadata.is_file() && metadata.len() > 0 && bytes.len() as u64 != metadata.len() {
        return Err("it changed while it was read; try again".to_owned());
    }
    Ok(bytes)
}

/// All that is in an open file, or a little more than is allowed.
fn read_all(mut file: fs::File, expected: usize) -> std::io::Result<Vec<u8>> {
    // One byte more than there should be: less than was asked for is all that there is, and nobody has to ask again.
    let mut bytes = vec![0; expected + 1];
    let read = file.read(&mut bytes)?;
    bytes.truncate(read);
    if read != expected {
        file.take((LARGEST + 1).saturating_sub(read as u64)).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// `/dev/stdin`, and what a shell makes of `<(command)`.
fn is_open_already(path: &Path) -> bool {
    let first = path.components().nth(1).map(Component::as_os_str);
    let is_special = first.is_some_and(|first| first == "dev" || first == "proc");
    is_special && (path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd"))
}

fn too_large() -> String {
    format!("it is larger than {} MiB", LARGEST >> 20)
}

/// Why a file cannot be read or written. Not with the path in it: it may be one of ours.
pub(crate) fn error_in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::StorageFull => "there is no space left on the disk".to_owned(),
        std::io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            "it is a link that leads back to itself".to_owned()
        }
        _ => error.to_string(),
    }
}

pub(crate) fn decode(name: String, bytes: Vec<u8>) -> Loaded {
    match String::from_utf8(bytes) {
        Ok(text) => Loaded { name, text, broken_utf8: false },
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            let text = String::from_utf8(bytes).unwrap_or_default();
            Loaded { name, text, broken_utf8: true }
        }
    }
}

/// The absolute directory of a file. Without `..`, whose ancestors would not be those of the file.
pub(crate) fn directory_of(file: &Path, place: &Place) -> PathBuf {
    let absolute = place.absolute(file);
    let directory = absolute.parent().unwrap_or(&absolute);
    let has_dots = directory.as_os_str().as_bytes().windows(2).any(|two| two == b"..");
    let goes_up = has_dots && directory.components().any(|component| component == Component::ParentDir);
    let resolved = if goes_up { fs::canonicalize(directory).ok() } else { None };
    resolved.unwrap_or_else(|| directory.to_owned())
}

/// The Dockerfile beside a file, or in the directory above.
pub(crate) fn dockerfile(directory: &Path) -> Option<String> {
    let places = [Some(directory), directory.parent()];
    places.into_iter().flatten().find_map(|place| fs::read_to_string(place.join("Dockerfile")).ok())
}
