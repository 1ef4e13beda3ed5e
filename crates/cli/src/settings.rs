//! The task-api.toml that holds for a file: the nearest one, in the file's directory or above it.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use task_api_core::config::{self, Config, FILE_NAME, Problem, WrittenPath};
use task_api_core::{Levels, Suppression};

use crate::containers::shown;
use crate::exit::Failure;
use crate::io::Place;
use crate::{Io, load, present};

/// The settings of the files of one call; threads share them.
#[derive(Debug)]
pub(crate) struct Settings {
    source: Source,
    place: Arc<Place>,
    /// The nearest task-api.toml of each directory that was asked for.
    directories: Mutex<HashMap<PathBuf, Option<Arc<Project>>>>,
    /// Where the files are, by their directories as they were written: many files stand in one.
    locations: RwLock<HashMap<OsString, Arc<Location>>>,
}

/// What files of one directory have in common.
#[derive(Debug)]
pub(crate) struct Location {
    /// Absolute, as [`load::directory_of`] says.
    pub(crate) directory: PathBuf,
    project: Option<Arc<Project>>,
}

#[derive(Debug)]
enum Source {
    Nothing,
    Named(Arc<Project>),
    Nearest,
}

/// A task-api.toml and the directory that it holds for.
#[derive(Debug)]
pub(crate) struct Project {
    /// By which to speak of it.
    pub(crate) name: String,
    directory: PathBuf,
    text: String,
    config: Config,
    problems: Vec<Problem>,
    /// Why it could not be read at all.
    unreadable: Option<String>,
}

/// Those with something wrong in them.
#[derive(Debug)]
pub(crate) struct Wrong(Vec<Arc<Project>>);

/// What task-api.toml says for one file.
#[derive(Debug, Default)]
pub(crate) struct FileSettings {
    pub(crate) levels: Levels,
    pub(crate) suppressions: Vec<Suppression>,
    pub(crate) deny_warnings: bool,
    pub(crate) check_paths: bool,
    /// The processing-container.json that tasks are checked against.
    pub(crate) container: Option<PathBuf>,
    pub(crate) policies: Vec<PathBuf>,
}

impl Settings {
    /// As the options `--no-config` and `--config` say.
    pub(crate) fn new(no_config: bool, named: Option<&Path>, place: Arc<Place>) -> Settings {
        let source = match named {
            _ if no_config => Source::Nothing,
            None => Source::Nearest,
            Some(path) => {
                let absolute = load::directory_of(path, &place).join(path.file_name().unwrap_or_default());
                Source::Named(Arc::new(Project::read(&absolute, path.display().to_string())))
            }
        };
        Settings { source, place, directories: Mutex::default(), locations: RwLock::default() }
    }

    /// What holds for a file; to be asked once it is known that all files are [usable](Settings::usable).
    pub(crate) fn of(&self, file: &Path) -> FileSettings {
        let Some(project) = self.project(file) else { return FileSettings::default() };
        let path = project.path_of(&self.absolute(file));
        let Config { validate, .. } = &project.config;
        FileSettings {
            levels: project.config.levels(path.as_deref()),
            suppressions: project.config.suppressions(path.as_deref(), &project.name),
            deny_warnings: validate.deny_warnings,
            check_paths: validate.check_paths,
            container: validate.container.as_ref().map(|container| project.directory.join(&container.path)),
            policies: project.policies().map(|(path, _)| path).collect(),
        }
    }

    /// Whether a search leaves this out, which it came upon below a directory that was named. Other than the rest,
    /// this is for all projects around a file to say: what is put away may be a whole project.
    pub(crate) fn excludes(&self, absolute: &Path, is_directory: bool) -> bool {
        let mut project = self.project(absolute);
        while let Some(around) = project {
            if around.excludes(absolute, is_directory) {
                return true;
            }
            let is_nearest = matches!(self.source, Source::Nearest);
            project = around.directory.parent().filter(|_| is_nearest).and_then(|above| self.nearest_to(above));
        }
        false
    }

    /// The task-api.toml files that hold for these files. If one of them is wrong, that is said, and nothing is done:
    /// the user's settings would not hold.
    pub(crate) fn usable(&self, files: &[PathBuf], io: &mut Io) -> Result<Vec<Arc<Project>>, Failure> {
        self.projects(files).map_err(|wrong| wrong.tell(io))
    }

    /// The same without a word.
    pub(crate) fn projects(&self, files: &[PathBuf]) -> Result<Vec<Arc<Project>>, Wrong> {
        let projects = files.iter().filter_map(|file| self.project(file));
        let projects: BTreeMap<PathBuf, Arc<Project>> =
            projects.map(|project| (project.directory.clone(), project)).collect();
        let (usable, wrong): (Vec<_>, Vec<_>) = projects.into_values().partition(|project| project.is_usable());
        if wrong.is_empty() { Ok(usable) } else { Err(Wrong(wrong)) }
    }

    fn project(&self, file: &Path) -> Option<Arc<Project>> {
        match &self.source {
            Source::Nothing => None,
            Source::Named(project) => Some(Arc::clone(project)),
            // What comes from standard input stands nowhere.
            Source::Nearest if file.as_os_str() == "-" => None,
            Source::Nearest => self.location_of(file).project.clone(),
        }
    }

    /// Where a file is.
    pub(crate) fn location_of(&self, file: &Path) -> Arc<Location> {
        let written = file.parent().map_or(OsStr::new(""), Path::as_os_str);
        let known = self.locations.read().unwrap_or_else(PoisonError::into_inner).get(written).map(Arc::clone);
        known.unwrap_or_else(|| {
            let directory = load::directory_of(file, &self.place);
            let project = self.nearest_to(&directory);
            let location = Arc::new(Location { directory, project });
            let mut locations = self.locations.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locations.entry(written.to_owned()).or_insert(location))
        })
    }

    fn nearest_to(&self, directory: &Path) -> Option<Arc<Project>> {
        let known = || self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = known().get(directory) {
            return project.clone();
        }
        // Not under the lock: at worst, two threads read the same file.
        let path = directory.join(FILE_NAME);
        let project = if fs::metadata(&path).is_ok() {
            let name = shown(&path, &self.place.directory);
            Some(Arc::new(Project::read(&path, name)))
        } else {
            directory.parent().and_then(|above| self.nearest_to(above))
        };
        known().entry(directory.to_owned()).or_insert(project).clone()
    }

    fn absolute(&self, file: &Path) -> PathBuf {
        self.location_of(file).directory.join(file.file_name().unwrap_or_default())
    }
}

impl Wrong {
    /// Says everything that is wrong.
    pub(crate) fn tell(&self, io: &mut Io) -> Failure {
        for project in &self.0 {
            match &project.unreadable {
                Some(reason) => io.error(&format!("cannot read {}: {reason}", project.name)),
                None => {
                    let frames = present::problems(&project.problems, &project.name, &project.text, io.colour_err);
                    io.err(&String::from_utf8_lossy(&frames));
                }
            }
        }
        let names: Vec<&str> = self.0.iter().map(|project| project.name.as_str()).collect();
        Failure::usage(format!("nothing was done: the settings in {} would not hold", names.join(" and ")))
    }
}

impl Project {
    fn read(path: &Path, name: String) -> Project {
        let directory = path.parent().unwrap_or(path).to_owned();
        let unreadable = |reason| (String::new(), config::Reading::default(), Some(reason));
        let (text, reading, unreadable) = match load::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => {
                let reading = config::read(&text);
                (text, reading, None)
            }
            Ok(Err(error)) => unreadable(format!("byte {} is not UTF-8", error.utf8_error().valid_up_to())),
            Err(reason) => unreadable(reason),
        };
        let config::Reading { config, problems } = reading;
        Project { name, directory, text, config, problems, unreadable }
    }

    /// What does not keep the settings from holding, and is yet worth a look.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let mut missing = BTreeMap::new();
        for suppression in self.config.suppressions.iter().filter(|suppression| suppression.is_literal) {
            let WrittenPath { path, line, .. } = &suppression.file;
            if !self.directory.join(path.trim_start_matches('/')).is_file() {
                missing.entry(*line).or_insert(path);
            }
        }
        for (line, path) in missing {
            warnings.push(format!("{}:{line}: there is no file {path}; remove its suppression", self.name));
        }
        warnings
    }

    /// The processing-container.json that its tasks are checked against, and where that is said.
    pub(crate) fn container(&self) -> Option<(PathBuf, String)> {
        let WrittenPath { path, line, .. } = self.config.validate.container.as_ref()?;
        Some((self.directory.join(path), format!("{}:{line}", self.name)))
    }

    /// The policies that its files are held to, and where that is said.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (PathBuf, String)> {
        let written = self.config.validate.policy.iter();
        written.map(|policy| (self.directory.join(&policy.path), format!("{}:{}", self.name, policy.line)))
    }

    /// The files that those of the project are checked against.
    pub(crate) fn named(&self) -> impl Iterator<Item = PathBuf> {
        self.container().into_iter().chain(self.policies()).map(|(path, _)| path)
    }

    fn excludes(&self, absolute: &Path, is_directory: bool) -> bool {
        let exclude = &self.config.validate.exclude;
        if exclude.is_empty() || !self.is_usable() {
            return false;
        }
        let Some(path) = self.path_of(absolute) else { return false };
        if is_directory { exclude.matches_directory(&path) } else { exclude.matches(&path) }
    }

    fn is_usable(&self) -> bool {
        self.problems.is_empty() && self.unreadable.is_none()
    }

    /// A file as task-api.toml would name it; `None` for one that is not below its directory.
    fn path_of(&self, absolute: &Path) -> Option<String> {
        let below = |file: &Path, directory: &Path| {
            let path = file.strip_prefix(directory).ok()?;
            let parts = path.components().filter(|part| !matches!(part, std::path::Component::CurDir));
            Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
        };
        below(absolute, &self.directory).or_else(|| {
            // Of a task-api.toml that was named, the directory may be written by way of a link.
            let directory = fs::canonicalize(absolute.parent()?).ok()?;
            below(&directory.join(absolute.file_name()?), &fs::canonicalize(&self.directory).ok()?)
        })
    }
}
