//! The container files of a workflow's tasks: those that it names, and else the nearest ones with the tasks' templates.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use task_api_core::plan::absolute_path;
use task_api_core::workflow::{self, ContainerText, Wanted};

use crate::containers::{ContainerFile, Containers};
use crate::io::Place;
use crate::search::is_python;

/// What was found for one workflow.
#[derive(Default)]
pub(crate) struct FlowFiles {
    /// Each once.
    pub(crate) files: Vec<ContainerFile>,
    by_path: HashMap<String, Option<usize>>,
    by_template: HashMap<String, usize>,
    for_all: Option<usize>,
    /// Names of those against which nothing can be checked.
    pub(crate) unusable: Vec<String>,
}

/// Where to look.
pub(crate) struct Search<'a> {
    /// The workflow file, as it is called.
    pub(crate) path: &'a Path,
    /// Its absolute directory; `None` where it stands nowhere.
    pub(crate) directory: Option<&'a Path>,
    pub(crate) containers: &'a Containers,
    pub(crate) place: &'a Place,
    /// Whether tasks can be checked against a container.
    pub(crate) is_usable: &'a dyn Fn(&ContainerFile) -> bool,
}

impl FlowFiles {
    /// `for_all` is what somebody named for all tasks whose image has no entry in the workflow.
    pub(crate) fn find(wanted: Wanted, for_all: Option<ContainerFile>, search: &Search<'_>) -> FlowFiles {
        let mut found = FlowFiles::default();
        found.for_all = for_all.and_then(|container| found.add(container, search));
        let Some(directory) = search.directory else { return found };
        for written in wanted.paths {
            match search.containers.named(&without_steps_back(directory, &written), search.place) {
                Ok(container) => {
                    if let Some(position) = found.add(container, search) {
                        found.by_path.insert(written, Some(position));
                    }
                }
                Err(_) => {
                    found.by_path.insert(written, None);
                }
            }
        }
        for template in wanted.templates {
            let nearest = search.containers.nearest(search.path, directory, &template, search.place);
            // Nobody says in a DAG where its containers are.
            let below = || search.containers.below(directory, &template, search.place);
            let nearest = nearest.or_else(|| if is_python(search.path) { below() } else { None });
            if let Some(position) = nearest.and_then(|container| found.add(container, search)) {
                found.by_template.insert(template, position);
            }
        }
        found
    }

    /// The one container of a task.
    pub(crate) fn of_task(container: Option<ContainerFile>, is_usable: &dyn Fn(&ContainerFile) -> bool) -> FlowFiles {
        let mut found = FlowFiles::default();
        match container {
            Some(container) if is_usable(&container) => found.files.push(container),
            Some(container) => found.unusable.push(container.name),
            None => {}
        }
        found
    }

    fn add(&mut self, container: ContainerFile, search: &Search<'_>) -> Option<usize> {
        if let Some(position) = self.files.iter().position(|known| known.name == container.name) {
            return Some(position);
        }
        if !(search.is_usable)(&container) {
            if !self.unusable.contains(&container.name) {
                self.unusable.push(container.name);
            }
            return None;
        }
        self.files.push(container);
        Some(self.files.len() - 1)
    }

    /// For a check, with the text of each file by its position.
    pub(crate) fn containers<'a>(&'a self, text: impl Fn(usize) -> &'a str) -> workflow::Containers<'a> {
        let files = self.files.iter().enumerate();
        workflow::Containers {
            files: files.map(|(at, file)| ContainerText { name: &file.name, text: text(at) }).collect(),
            by_path: self.by_path.clone(),
            by_template: self.by_template.clone(),
            for_all: self.for_all,
        }
    }
}

/// A path of a workflow, by the name that a person would give it: without `..`, where that leads to the same file.
fn without_steps_back(directory: &Path, written: &str) -> PathBuf {
    let path = directory.join(written);
    let shorter = directory.to_str().map(|directory| PathBuf::from(absolute_path(directory, written)));
    let is_same =
        |shorter: &PathBuf| path.canonicalize().ok().is_some_and(|file| shorter.canonicalize().ok() == Some(file));
    shorter.filter(is_same).unwrap_or(path)
}
