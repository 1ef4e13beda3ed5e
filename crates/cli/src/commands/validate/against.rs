//! What a file is checked against: the container of a task, those of a workflow's tasks.

use std::path::Path;

use task_api_core::Kind;
use task_api_core::model::Task;
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::version::detect_kind;
use task_api_core::workflow::{self, Workflow};
use task_api_json::{Node, Tree, parse};

use super::one::Session;
use crate::args::KindArg;
use crate::containers::ContainerFile;
use crate::exit::Failure;
use crate::flow_files::{FlowFiles, Search};
use crate::input::Input;
use crate::load::Loaded;
use crate::settings::FileSettings;

/// The containers of one file.
#[derive(Default)]
pub(super) struct Against {
    pub(super) found: FlowFiles,
    /// What each comes to, with `--render`; empty without.
    rendered: Vec<Input>,
}

impl Against {
    pub(super) fn documents(&self) -> Vec<Document<'_>> {
        self.found.files.iter().map(|file| Document::new(Some(&file.name), file.text(), OffsetUnit::Bytes)).collect()
    }

    /// What the containers were rendered to; where nothing is rendered, nothing.
    pub(super) fn inputs(&self) -> Vec<&Input> {
        self.rendered.iter().collect()
    }

    /// The container of a task, as it stands or as it is rendered.
    pub(super) fn of_task(&self, is_rendered: bool) -> Option<&str> {
        (!self.found.files.is_empty()).then(|| self.text(0, is_rendered))
    }

    /// The containers of a workflow's tasks, likewise.
    pub(super) fn of_workflow(&self, is_rendered: bool) -> workflow::Containers<'_> {
        self.found.containers(|position| self.text(position, is_rendered))
    }

    fn text(&self, position: usize, is_rendered: bool) -> &str {
        let rendered = self.rendered.get(position).filter(|_| is_rendered);
        rendered.map_or_else(|| self.found.files[position].text(), Input::text)
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
        if self.args.schema_only || self.args.schema == KindArg::Pc {
            return Ok(Against::default());
        }
        let root = tree.root(&loaded.text);
        let kind = || detect_kind(root, Kind::of_file_name(&loaded.name));
        let is_usable = |container: &ContainerFile| match &self.rendering {
            Some(variables) => Input::of(container.loaded(), variables).is_ok_and(|rendered| rendered.is_json()),
            None => container.is_json(),
        };
        let found = match self.args.schema.kind().unwrap_or_else(kind) {
            _ if self.is_dag(loaded) => {
                let mut wanted = workflow::Wanted::default();
                for workflow in task_api_dag::read(&loaded.text).workflows {
                    let of_one = workflow.wanted();
                    wanted.paths.extend(of_one.paths);
                    wanted.templates.extend(of_one.templates);
                }
                self.of_workflow(path, wanted, settings, &is_usable)?
            }
            Kind::Workflow => {
                let rendered = self.rendering.as_ref().and_then(|variables| Input::of(loaded.clone(), variables).ok());
                let wanted = match rendered {
                    Some(input) => Workflow::read(parse(input.text()).root(input.text())).wanted(),
                    None => Workflow::read(root).wanted(),
                };
                self.of_workflow(path, wanted, settings, &is_usable)?
            }
            Kind::Task | Kind::ProcessingContainer => {
                let container = match &self.container {
                    Some(named) => Some(named.clone()),
                    None => self.container_of(path, root, settings)?,
                };
                FlowFiles::of_task(container, &is_usable)
            }
        };
        let render = |file: &ContainerFile| Input::of(file.loaded(), self.rendering.as_ref()?).ok();
        let rendered = found.files.iter().filter_map(render).collect();
        Ok(Against { found, rendered })
    }

    fn of_workflow(
        &self,
        path: &Path,
        wanted: workflow::Wanted,
        settings: &FileSettings,
        is_usable: &dyn Fn(&ContainerFile) -> bool,
    ) -> Result<FlowFiles, Failure> {
        let for_all = match (&self.container, &settings.container) {
            (Some(named), _) => Some(named.clone()),
            (None, Some(container)) => Some(self.containers.named(container, &self.place)?),
            (None, None) => None,
        };
        // What comes by standard input stands nowhere.
        let location = (path.as_os_str() != "-").then(|| self.settings.location_of(path));
        let directory = location.as_ref().map(|location| location.directory.as_path());
        let search = Search { path, directory, containers: &self.containers, place: &self.place, is_usable };
        Ok(FlowFiles::find(wanted, for_all, &search))
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
