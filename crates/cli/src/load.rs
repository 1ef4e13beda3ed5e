//! Reading files: every way in which that can fail in one clear line.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use task_api_core::Kind;
use task_api_core::model::Container;
use task_api_json::{LineIndex, Tree};

use crate::Io;
use crate::exit::Failure;

/// A file's text, or the part before the first byte that is not UTF-8.
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

/// Files are refused beyond this size: no file of the Task API comes near it.
const LARGEST: u64 = 1 << 30;

/// Reads a file; `-` is standard input.
pub(crate) fn load(path: &Path, io: &mut Io) -> Result<Loaded, Failure> {
    let name = path.display().to_string();
    if name == "-" {
        let bytes = io.read_stdin().map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
        return Ok(decode("<stdin>".to_owned(), bytes));
    }
    read_file(&io.absolute(path), name)
}

/// Reads the file at an absolute path, which the user calls `name`.
pub(crate) fn read_file(path: &Path, name: String) -> Result<Loaded, Failure> {
    let bytes = read(path).map_err(|reason| Failure::usage(format!("cannot read {name}: {reason}")))?;
    Ok(decode(name, bytes))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::metadata(path).map_err(|error| error_in_words(&error))?;
    if metadata.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if metadata.len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    let file = File::open(path).map_err(|error| error_in_words(&error))?;
    // The file may grow while it is read.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error_in_words(&error))?;
    Ok(bytes)
}

fn error_in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn decode(name: String, bytes: Vec<u8>) -> Loaded {
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

/// The nearest processing-container.json in the task's directory or above it that has the template.
pub(crate) fn nearest_container(task: &Path, identifier: &str, io: &mut Io) -> Option<Loaded> {
    let start = directory_of(task, io);
    for (level, directory) in start.ancestors().enumerate() {
        let candidate = directory.join(Kind::ProcessingContainer.file_name());
        let Ok(bytes) = read(&candidate) else { continue };
        let name = match task.parent() {
            Some(parent) if level == 0 => parent.join(Kind::ProcessingContainer.file_name()).display().to_string(),
            _ => shown(&candidate, &io.directory),
        };
        let loaded = decode(name, bytes);
        let tree = task_api_json::parse(&loaded.text);
        let has_template = Container::read(tree.root(&loaded.text)).template(identifier).is_some();
        if has_template && !loaded.broken_utf8 {
            return Some(loaded);
        }
    }
    None
}

/// The absolute directory of a file. Without `..`, whose ancestors would not be those of the file.
pub(crate) fn directory_of(file: &Path, io: &Io) -> PathBuf {
    let absolute = io.absolute(file);
    let directory = absolute.parent().unwrap_or(&absolute);
    let goes_up = directory.components().any(|component| component == Component::ParentDir);
    let resolved = if goes_up { fs::canonicalize(directory).ok() } else { None };
    resolved.unwrap_or_else(|| directory.to_owned())
}

/// A path as a person in `directory` would write it.
fn shown(path: &Path, directory: &Path) -> String {
    path.strip_prefix(directory).unwrap_or(path).display().to_string()
}

/// The Dockerfile beside a file, or in the directory above.
pub(crate) fn dockerfile(directory: &Path) -> Option<String> {
    let places = [Some(directory), directory.parent()];
    places.into_iter().flatten().find_map(|place| fs::read_to_string(place.join("Dockerfile")).ok())
}

/// The files that arguments name, directories searched.
pub(crate) fn files(paths: &[PathBuf], io: &Io) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if io.absolute(path).is_dir() && path.as_os_str() != "-" {
            files.extend(search(path, io)?);
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        return Err(Failure::usage(
            "found no processing-container.json and no task file (task.json, *-task.json, task-*.json, *.task.json, \
             tasks/*.json); name the file to check any other",
        ));
    }
    Ok(files)
}

/// The files of the Task API below a directory, hidden and ignored ones left out, sorted.
fn search(directory: &Path, io: &Io) -> Result<Vec<PathBuf>, Failure> {
    let root = io.absolute(directory);
    let mut found = Vec::new();
    for entry in ignore::WalkBuilder::new(&root).require_git(false).build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Err(Failure::usage(format!("cannot search {}: {error}", directory.display()))),
        };
        let path = entry.path();
        if path.is_file() && Kind::of_file_name(&path.to_string_lossy()).is_some() {
            let below = path.strip_prefix(&root).unwrap_or(path);
            found.push(if directory == Path::new(".") { below.to_owned() } else { directory.join(below) });
        }
    }
    found.sort();
    Ok(found)
}
