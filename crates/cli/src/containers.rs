//! The processing-container.json that a task belongs to: the nearest one above it that has the
//! task's template. Many tasks share few containers, so each file is read once.

use std::collections::HashMap;
use std::ffi::OsString;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};
use task_api_core::Kind;
use task_api_core::model::Container;

use crate::exit::Failure;
use crate::io::Place;
use crate::load::{self, Loaded};

/// The container files that were looked for so far.
#[derive(Debug, Default)]
pub(crate) struct Containers {
    directories: Mutex<HashMap<OsString, Arc<Directory>>>,
    /// Those below a directory.
    below: Mutex<HashMap<PathBuf, Arc<Vec<PathBuf>>>>,
    /// Those that a task-api.toml names.
    named: Mutex<HashMap<PathBuf, ContainerFile>>,
}

/// A container file, by the name under which to speak of it.
#[derive(Debug, Clone)]
pub(crate) struct ContainerFile {
    pub(crate) name: String,
    file: Arc<File>,
}

#[derive(Debug)]
struct Directory {
    file: Option<Arc<File>>,
    above: Option<Arc<Directory>>,
}

#[derive(Debug)]
struct File {
    loaded: Loaded,
    /// Templates, as far as the file can be read.
    identifiers: Vec<String>,
    is_json: bool,
}

/// The container of a single task: the [nearest](Containers::nearest) one.
pub(crate) fn nearest(task: &Path, identifier: &str, place: &Place) -> Option<ContainerFile> {
    Containers::default().nearest(task, &load::directory_of(task, place), identifier, place)
}

impl Containers {
    /// The nearest processing-container.json in the task's directory or above it that has the template; or, if none
    /// has, one with a template of nearly the same name, which the task most likely means.
    pub(crate) fn nearest(
        &self,
        task: &Path,
        directory: &Path,
        identifier: &str,
        place: &Place,
    ) -> Option<ContainerFile> {
        let first = self.directory(directory);
        let find = |is_meant: &dyn Fn(&File) -> bool| {
            let levels = iter::successors(Some(&*first), |directory| directory.above.as_deref());
            levels.filter_map(|directory| directory.file.as_ref()).find(|file| is_meant(file)).map(Arc::clone)
        };
        let file = find(&|file| file.has(identifier)).or_else(|| find(&|file| file.has_nearly(identifier)))?;
        let beside = directory.join(Kind::ProcessingContainer.file_name()).as_os_str() == &*file.loaded.name;
        let name = match task.parent() {
            Some(parent) if beside => parent.join(Kind::ProcessingContainer.file_name()).display().to_string(),
            _ => shown(Path::new(&file.loaded.name), &place.directory),
        };
        Some(ContainerFile { name, file })
    }

    /// The one processing-container.json below the directory, or else below the one above it, that has the template;
    /// `None` where there are several.
    pub(crate) fn below(&self, directory: &Path, identifier: &str, place: &Place) -> Option<ContainerFile> {
        [Some(directory), directory.parent()].into_iter().flatten().find_map(|directory| {
            let known = || self.below.lock().unwrap_or_else(PoisonError::into_inner);
            let paths = known().get(directory).map(Arc::clone);
            let paths = paths.unwrap_or_else(|| {
                let found = Arc::new(files_below(directory));
                Arc::clone(known().entry(directory.to_owned()).or_insert(found))
            });
            let files = paths.iter().filter_map(|path| self.named(path, place).ok());
            let mut with_template = files.filter(|container| container.file.has(identifier));
            match (with_template.next(), with_template.next()) {
                (Some(only), None) => Some(only),
                _ => None,
            }
        })
    }

    /// A file that is named, by its absolute path.
    pub(crate) fn named(&self, path: &Path, place: &Place) -> Result<ContainerFile, Failure> {
        let known = || self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(container) = known().get(path) {
            return Ok(container.clone());
        }
        let name = shown(path, &place.directory);
        let bytes = load::read(path).map_err(|reason| Failure::usage(format!("cannot read {name}: {reason}")))?;
        let container = ContainerFile::of(load::decode(name, bytes));
        Ok(known().entry(path.to_owned()).or_insert(container).clone())
    }

    fn directory(&self, path: &Path) -> Arc<Directory> {
        let known = || self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = known().get(path.as_os_str()) {
            return Arc::clone(directory);
        }
        // Not under the lock: at worst, two threads read the same file.
        let directory = Arc::new(Directory {
            file: File::read(path.join(Kind::ProcessingContainer.file_name())).map(Arc::new),
            above: path.parent().map(|above| self.directory(above)),
        });
        Arc::clone(known().entry(path.as_os_str().to_owned()).or_insert(directory))
    }
}

impl ContainerFile {
    /// A file that was named rather than found.
    pub(crate) fn of(loaded: Loaded) -> ContainerFile {
        ContainerFile { name: loaded.name.clone(), file: Arc::new(File::of(loaded)) }
    }

    pub(crate) fn text(&self) -> &str {
        &self.file.loaded.text
    }

    /// Whether tasks can be checked against it.
    pub(crate) fn is_json(&self) -> bool {
        self.file.is_json
    }

    pub(crate) fn loaded(&self) -> Loaded {
        Loaded { name: self.name.clone(), ..self.file.loaded.clone() }
    }
}

impl File {
    fn read(path: PathBuf) -> Option<File> {
        let bytes = load::read(&path).ok()?;
        let file = File::of(load::decode(path.display().to_string(), bytes));
        Some(file).filter(|file| !file.loaded.broken_utf8)
    }

    fn of(loaded: Loaded) -> File {
        let tree = task_api_json::parse(&loaded.text);
        let container = Container::read(tree.root(&loaded.text));
        let identifiers = container.identifiers().map(|identifier| identifier.value.into_owned()).collect();
        File { is_json: loaded.is_json(), identifiers, loaded }
    }

    fn has(&self, identifier: &str) -> bool {
        self.identifiers.iter().any(|known| known == identifier)
    }

    fn has_nearly(&self, identifier: &str) -> bool {
        task_api_core::nearest(identifier, self.identifiers.iter().map(String::as_str)).is_some()
    }
}

/// The container files some way below a directory, as `git` and `rg` search.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    const DEPTH: usize = 4;
    const MANY: usize = 20_000;
    let walk = WalkBuilder::new(directory).require_git(false).max_depth(Some(DEPTH)).build();
    let is_container = |path: &PathBuf| path.file_name() == Some(Kind::ProcessingContainer.file_name().as_ref());
    let paths = walk.take(MANY).filter_map(Result::ok).map(DirEntry::into_path).filter(is_container);
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    paths
}

/// A path as a person in `directory` would write it.
pub(crate) fn shown(path: &Path, directory: &Path) -> String {
    path.strip_prefix(directory).unwrap_or(path).display().to_string()
}
