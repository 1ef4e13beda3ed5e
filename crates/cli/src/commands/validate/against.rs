//! What a file is checked against: the container of a task, those of a workflow's tasks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use task_api_core::Kind;
use task_api_core::model::Task;
use task_api_core::plan::absolute_path;
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::version::detect_kind;
use task_api_core::workflow::{self, ContainerText, Workflow};
use task_api_json::{Node, Tree, parse};

use super::one::Session;
use crate::args::KindArg;
use crate::containers::ContainerFile;
use crate::exit::Failure;
use crate::input::Input;
use crate::load::Loaded;
use crate::settings::FileSettings;

/// The containers of one file.
#[derive(Default)]
pub(super) struct Against {
    pub(super) files: Vec<Container>,
    /// Which of them a task of a workflow gets.
    by_path: HashMap<String, Option<usize>>,
    by_template: HashMap<String, usize>,
    for_all: Option<usize>,
    /// Containers that are not JSON, by their names.
    pub(super) unusable: Vec<String>,
}

pub(super) struct Container {
    pub(super) file: ContainerFile,
    /// What it comes to, with `--render`.
    rendered: Option<Input>,
}

impl Container {
    pub(super) fn document(&self) -> Document<'_> {
        Document::new(Some(&self.file.name), self.file.text(), OffsetUnit::Bytes)
    }

    fn text(&self, is_rendered: bool) -> &str {
        self.rendered.as_ref().filter(|_| is_rendered).map_or(self.file.text(), Input::text)
    }
}

impl Against {
    pub(super) fn documents(&self) -> Vec<Document<'_>> {
        self.files.iter().map(Container::document).collect()
    }

    /// What the containers were rendered to; where nothing is rendered, nothing.
    pub(super) fn inputs(&self) -> Vec<&Input> {
        self.files.iter().filter_map(|container| container.rendered.as_ref()).collect()
    }

    /// The container of a task, as it stands or as it is rendered.
    pub(super) fn of_task(&self, is_rendered: bool) -> Option<&str> {
        self.files.first().map(|container| container.text(is_rendered))
    }

    /// The containers of a workflow's tasks, likewise.
    pub(super) fn of_workflow(&self, is_rendered: bool) -> workflow::Containers<'_> {
        let files = self.files.iter();
        workflow::Containers {
            files: files.map(|it| ContainerText { name: &it.file.name, text: it.text(is_rendered) }).collect(),
            by_path: self.by_path.clone(),
            by_template: self.by_template.clone(),
            for_all: self.for_all,
        }
    }
}

impl Session<'_> {
    /// What a file is to be checked against.
    pub(super) fn against(
        &self,
        path: &Path,
        loaded: &Loaded,
        tree: &Tree,
        settings: &FileSettings,
    ) -> Result<Against, Failure> {
        let mut against = Against::default();
        if self.args.schema_only || self.args.schema == KindArg::Pc {
            return Ok(against);
        }
        if self.is_dag(loaded) {
            let mut wanted = workflow::Wanted::default();
            for workflow in task_api_dag::read(&loaded.text).workflows {
                let of_one = workflow.wanted();
                wanted.paths.extend(of_one.paths);
                wanted.templates.extend(of_one.templates);
            }
            self.against_of_workflow(path, wanted, settings, &mut against)?;
            return Ok(against);
        }
        let root = tree.root(&loaded.text);
        let kind = || detect_kind(root, Kind::of_file_name(&loaded.name));
        match self.args.schema.kind().unwrap_or_else(kind) {
            Kind::Workflow => {
                let wanted = match &self.rendering {
                    Some(variables) => match Input::of(loaded.clone(), variables) {
                        Ok(input) => Workflow::read(parse(input.text()).root(input.text())).wanted(),
                        Err(_) => Workflow::read(root).wanted(),
                    },
                    None => Workflow::read(root).wanted(),
                };
                self.against_of_workflow(path, wanted, settings, &mut against)?;
            }
            Kind::Task | Kind::ProcessingContainer => {
                let found = match &self.container {
                    Some(named) => Some(named.clone()),
                    None => self.container_of(path, root, settings)?,
                };
                found.and_then(|container| self.add(container, &mut against));
            }
        }
        Ok(against)
    }

    fn against_of_workflow(
        &self,
        path: &Path,
        wanted: workflow::Wanted,
        settings: &FileSettings,
        against: &mut Against,
    ) -> Result<(), Failure> {
        let for_all = match (&self.container, &settings.container) {
            (Some(named), _) => Some(named.clone()),
            (None, Some(container)) => Some(self.containers.named(container, &self.place)?),
            (None, None) => None,
        };
        against.for_all = for_all.and_then(|container| self.add(container, against));
        // What comes by standard input stands nowhere.
        if path.as_os_str() == "-" {
            return Ok(());
        }
        let directory = &self.settings.location_of(path).directory;
        for written in wanted.paths {
            match self.containers.named(&without_steps_back(directory, &written), &self.place) {
                Ok(container) => {
                    if let Some(position) = self.add(container, against) {
                        against.by_path.insert(written, Some(position));
                    }
                }
                Err(_) => {
                    against.by_path.insert(written, None);
                }
            }
        }
        for template in wanted.templates {
            let nearest = self.containers.nearest(path, directory, &template, &self.place);
            let nearest = nearest.or_else(|| self.containers.below(directory, &template, &self.place));
            if let Some(position) = nearest.and_then(|container| self.add(container, against)) {
                against.by_template.insert(template, position);
            }
        }
        Ok(())
    }

    /// Takes a container on, each once. `None` where nothing can be checked against it.
    fn add(&self, container: ContainerFile, against: &mut Against) -> Option<usize> {
        if let Some(position) = against.files.iter().position(|known| known.file.name == container.name) {
            return Some(position);
        }
        let rendered = self.rendering.as_ref().map(|variables| Input::of(container.loaded(), variables).ok());
        let is_json = match &rendered {
            Some(Some(rendered)) => rendered.is_json(),
            Some(None) => false,
            None => container.is_json(),
        };
        if !is_json {
            if !against.unusable.contains(&container.name) {
                against.unusable.push(container.name);
            }
            return None;
        }
        against.files.push(Container { file: container, rendered: rendered.flatten() });
        Some(against.files.len() - 1)
    }

    /// The processing-container.json that belongs to a task file.
    fn container_of(
        &self,
        path: &Path,
        root: Node<'_>,
        settings: &FileSettings,
    ) -> Result<Option<ContainerFile>, Failure> {
        let Some(identifier) = Task::named_template(root) else { return Ok(None) };
        match &settings.container {
            Some(container) => self.containers.named(container, &self.place).map(Some),
            None if path.as_os_str() == "-" => Ok(None),
            None => {
                let directory = &self.settings.location_of(path).directory;
                Ok(self.containers.nearest(path, directory, &identifier.value, &self.place))
            }
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
