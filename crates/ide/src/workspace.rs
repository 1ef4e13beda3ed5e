//! The documents that belong together, and how they belong together.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
#[cfg(feature = "python")]
use std::ops::Bound;
use std::sync::Arc;

use task_api_core::config::FILE_NAME as SETTINGS_NAME;
use task_api_core::model::{Container, Task, Template, TemplateRef};
use task_api_core::{ApiVersion, Kind, Levels, Suppression, nearest};

use crate::document::{Document, Role};
use crate::uri;

/// A set of documents.
#[derive(Debug, Default)]
pub struct Workspace {
    documents: BTreeMap<Arc<str>, Document>,
    /// Settings of the editor.
    pub settings: EditorSettings,
    /// The same for the documents of some folders, by the folders' names with the slash at the end. The innermost
    /// folder's hold, and no others.
    pub folder_settings: Vec<(String, EditorSettings)>,
    /// Names of the variables that are set where tasks run; `None` where nobody knows.
    pub variables: Option<HashSet<String>>,
}

/// What an editor's settings say of checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditorSettings {
    /// Severities, over those of a task-api.toml.
    pub levels: Levels,
    /// Only the rules of the contract are asked.
    pub schema_only: bool,
}

/// What a shell knows of a document beside its text.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What the editor takes it for, where its name does not tell.
    pub kind: Option<Kind>,
    /// The version that it is read in, where that is not what it tells.
    pub version: Option<ApiVersion>,
    /// Its absolute directory on this machine, where it has one.
    pub directory: Option<String>,
    /// An editor shows it.
    pub is_open: bool,
}

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    pub uri: &'a str,
    pub offset: u32,
}

/// The template that a task is held to, and the document that it stands in: the task itself, or its container.
#[derive(Debug)]
pub struct BoundTemplate<'a> {
    pub document: &'a Document,
    pub template: Template<'a>,
}

impl Workspace {
    /// Adds a document, or gives one that is there another text.
    pub fn set(&mut self, uri: &str, text: String, facts: Facts) {
        let uri: Arc<str> = uri.into();
        let role = facts.kind.map_or_else(|| role_of(&uri), Role::Contract);
        let mut document = Document::new(Arc::clone(&uri), role, text);
        (document.directory, document.is_open) = (facts.directory, facts.is_open);
        document.wanted_version = facts.version;
        self.documents.insert(uri, document);
    }

    pub fn remove(&mut self, uri: &str) -> Option<Document> {
        self.documents.remove(uri)
    }

    pub fn get(&self, uri: &str) -> Option<&Document> {
        self.documents.get(uri)
    }

    pub fn get_mut(&mut self, uri: &str) -> Option<&mut Document> {
        self.documents.get_mut(uri)
    }

    /// All of them, sorted by URI.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    /// The processing-container.json that a task belongs to, as `task-api validate` finds it: the one that the
    /// project's task-api.toml names; or the nearest one, in the task's directory or above it, that has the task's
    /// template; or, if none has, one with a template of nearly the same name, which the task most likely means.
    pub fn container_of(&self, task: &Document) -> Option<&Document> {
        let identifier = Task::named_template(task.root())?;
        if let Some(named) = self.named_container(task) {
            return self.get(&named);
        }
        self.nearest_container(task.uri(), &identifier.value)
    }

    /// The nearest container, in a document's directory or above it, that has a template, or one of nearly the name.
    pub(crate) fn nearest_container(&self, uri: &str, identifier: &str) -> Option<&Document> {
        let above = || self.containers_above(uri);
        let has = |container: &&Document| Container::read(container.root()).has_template(identifier);
        let has_nearly = |container: &&Document| {
            let known: Vec<String> = identifiers(container).collect();
            nearest(identifier, known.iter().map(String::as_str)).is_some()
        };
        above().find(has).or_else(|| above().find(has_nearly))
    }

    /// The containers that a document is checked against, in the order in which findings count them.
    pub fn containers_of(&self, document: &Document) -> Vec<&Document> {
        match document.kind() {
            Some(Kind::Task) => self.container_of(document).into_iter().collect(),
            #[cfg(feature = "workflow")]
            Some(Kind::Workflow) => crate::flow::FlowContainers::of(self, document).documents,
            #[cfg(feature = "python")]
            None if document.role() == Role::Dag => crate::flow::FlowContainers::of(self, document).documents,
            _ => Vec::new(),
        }
    }

    /// The containers whose templates a task may name: what is named for the project, or those in its directory and
    /// above it, the nearest first.
    pub fn possible_containers(&self, task: &Document) -> Vec<&Document> {
        match self.named_container(task) {
            Some(named) => self.get(&named).into_iter().collect(),
            None => self.containers_above(task.uri()).collect(),
        }
    }

    /// The tasks that belong to a container.
    pub fn tasks_of<'a>(&'a self, container: &'a Document) -> impl Iterator<Item = &'a Document> {
        let tasks = self.documents().filter(|document| document.kind() == Some(Kind::Task));
        tasks.filter(|task| self.container_of(task).is_some_and(|found| found.uri() == container.uri()))
    }

    /// The template that a task is held to: its own, or that of its container.
    pub fn template_of<'a>(&'a self, task: &'a Document) -> Option<BoundTemplate<'a>> {
        match Task::read_as(task.root(), task.version()).template? {
            TemplateRef::Inline(template) => Some(BoundTemplate { document: task, template: *template }),
            TemplateRef::Identifier(identifier) => {
                let document = self.container_of(task)?;
                let template = Container::read(document.root()).template(&identifier.value)?;
                Some(BoundTemplate { document, template })
            }
        }
    }

    /// The Dockerfile beside a container, or in the directory above.
    pub fn dockerfile_of(&self, container: &Document) -> Option<&Document> {
        ancestors(container.uri()).take(2).find_map(|directory| self.get(&format!("{directory}Dockerfile")))
    }

    /// Documents by which the findings in this one may change, with itself: where a container changes, its tasks; with
    /// a Dockerfile, its container; with a task-api.toml, all below it. What was true before the change may have been
    /// otherwise, so this asks for what can belong together, not for what does.
    pub fn concerned_by(&self, uri: &str) -> Vec<Arc<str>> {
        let directory = directory_of(uri);
        let is_concerned = |document: &&Document| {
            let place = directory_of(document.uri());
            let is_below = place.starts_with(directory);
            let by_place = match role_of(uri) {
                // Workflows name containers anywhere.
                Role::Contract(Kind::ProcessingContainer) => {
                    is_below || document.kind() == Some(Kind::Workflow) || document.role() == Role::Dag
                }
                Role::Settings => is_below,
                Role::Dockerfile => place == directory || parent(place) == Some(directory),
                Role::Contract(Kind::Task | Kind::Workflow) | Role::Dag | Role::Other => false,
            };
            by_place
                || &**document.uri() == uri
                || self.named_container(document).is_some_and(|named| named == uri)
                || self.names_in_workflow(document, uri)
        };
        self.documents().filter(is_concerned).map(|document| Arc::clone(document.uri())).collect()
    }

    /// What the editor says for a document.
    pub(crate) fn editor_settings_of(&self, document: &Document) -> &EditorSettings {
        let around = self.folder_settings.iter().filter(|(folder, _)| document.uri().starts_with(&**folder));
        around.max_by_key(|(folder, _)| folder.len()).map_or(&self.settings, |(_, settings)| settings)
    }

    /// Severities and suppressions that hold for a document: those of the nearest task-api.toml, and over it those of
    /// the editor.
    pub(crate) fn settings_of(&self, document: &Document) -> (Levels, Vec<Suppression>) {
        let of_editor = &self.editor_settings_of(document).levels;
        let Some((settings, path)) = self.project_of(document) else { return (of_editor.clone(), Vec::new()) };
        let config = &settings.settings().config;
        let path = percent_decoded(path);
        let mut levels = config.levels(Some(&path));
        levels.extend(of_editor.clone());
        (levels, config.suppressions(Some(&path), SETTINGS_NAME))
    }

    /// The nearest task-api.toml and the document's path as it would name it. One with anything wrong in it does not
    /// hold.
    pub fn project_of<'a>(&'a self, document: &'a Document) -> Option<(&'a Document, &'a str)> {
        let mut directories = ancestors(document.uri());
        let (settings, directory) = directories.find_map(|directory| {
            let settings = self.get(&format!("{directory}{SETTINGS_NAME}"))?;
            Some((settings, directory))
        })?;
        let path = document.uri().strip_prefix(directory)?;
        settings.settings().problems.is_empty().then_some((settings, path))
    }

    /// The URI of the processing-container.json that the project's task-api.toml names, whether it is here or not.
    pub fn named_container(&self, task: &Document) -> Option<String> {
        let (settings, _) = self.project_of(task)?;
        let written = settings.settings().config.validate.container.as_ref()?;
        Some(resolve(directory_of(settings.uri()), &written.path))
    }

    /// Whether a workflow says that a container file is there, whatever that is called.
    #[cfg(feature = "workflow")]
    fn names_in_workflow(&self, document: &Document, uri: &str) -> bool {
        document.kind() == Some(Kind::Workflow)
            && crate::flow::named_containers(document).iter().any(|named| named == uri)
    }

    #[cfg(not(feature = "workflow"))]
    fn names_in_workflow(&self, _document: &Document, _uri: &str) -> bool {
        false
    }

    /// The one container below a document's directory, or else below the one above that, that has a template.
    #[cfg(feature = "python")]
    pub(crate) fn container_below(&self, uri: &str, identifier: &str) -> Option<&Document> {
        ancestors(uri).take(2).find_map(|directory| {
            let name = Kind::ProcessingContainer.file_name();
            let from = (Bound::Included(directory), Bound::Unbounded);
            let below = self.documents.range::<str, _>(from).take_while(|(uri, _)| uri.starts_with(directory));
            let containers = below.map(|(_, document)| document).filter(|document| document.uri().ends_with(name));
            let mut with_template =
                containers.filter(|document| Container::read(document.root()).has_template(identifier));
            match (with_template.next(), with_template.next()) {
                (Some(only), None) => Some(only),
                _ => None,
            }
        })
    }

    fn containers_above<'a, 'u>(&'a self, uri: &'u str) -> impl Iterator<Item = &'a Document> + use<'a, 'u> {
        let name = Kind::ProcessingContainer.file_name();
        ancestors(uri).filter_map(move |directory| self.get(&format!("{directory}{name}")))
    }
}

fn identifiers(container: &Document) -> impl Iterator<Item = String> {
    Container::read(container.root()).identifiers().map(|identifier| identifier.value.into_owned())
}

fn role_of(uri: &str) -> Role {
    let name = uri.rsplit('/').next().unwrap_or(uri);
    match Kind::of_file_name(uri) {
        Some(kind) => Role::Contract(kind),
        None if name == SETTINGS_NAME => Role::Settings,
        None if name == "Dockerfile" || name == "Containerfile" || name.ends_with(".Dockerfile") => Role::Dockerfile,
        None if name.ends_with(".py") => Role::Dag,
        None => Role::Other,
    }
}

/// The directory of a URI, with its slash at the end.
pub(crate) fn directory_of(uri: &str) -> &str {
    uri.rfind('/').map_or("", |slash| &uri[..=slash])
}

/// The directory of a URI and those above it, each with its slash at the end.
pub(crate) fn ancestors(uri: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory_of(uri)), |directory| parent(directory))
}

fn parent(directory: &str) -> Option<&str> {
    let without = directory.strip_suffix('/')?;
    let above = directory_of(without);
    // `file:///` has nothing above it, and neither has `memory://host/`.
    (!above.is_empty() && !above.ends_with(":/") && !above.ends_with("://")).then_some(above)
}

/// A relative path, seen from a directory. An absolute one replaces the directory's own.
pub(crate) fn resolve(directory: &str, path: &str) -> String {
    let root = directory.find("://").map_or(0, |scheme| {
        let host = scheme + 3;
        directory[host..].find('/').map_or(directory.len(), |slash| host + slash)
    });
    let (base, steps) = if path.starts_with('/') { (&directory[..root], "") } else { directory.split_at(root) };
    let mut parts: Vec<&str> = steps.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("{base}/{}", parts.join("/"))
}

/// A path of a URI as it is called on a disk: `%20` is a space.
pub(crate) fn percent_decoded(path: &str) -> Cow<'_, str> {
    uri::decode(path).map_or(Cow::Borrowed(path), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(files: &[(&str, &str)]) -> Workspace {
        let mut workspace = Workspace::default();
        for (uri, text) in files {
            workspace.set(uri, (*text).to_owned(), Facts::default());
        }
        workspace
    }

    #[test]
    fn directories_end_at_the_root() {
        let all: Vec<&str> = ancestors("file:///a/b/task.json").collect();
        assert_eq!(all, ["file:///a/b/", "file:///a/", "file:///"]);
        assert_eq!(ancestors("vscode-vfs://github/o/task.json").last(), Some("vscode-vfs://github/"));
        assert_eq!(ancestors("untitled:Untitled-1").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn paths_are_resolved_within_the_root() {
        assert_eq!(resolve("file:///a/b/", "../c/d.json"), "file:///a/c/d.json");
        assert_eq!(resolve("file:///a/", "/c.json"), "file:///c.json");
        assert_eq!(resolve("vscode-vfs://github/o/", "../../../x"), "vscode-vfs://github/x");
    }

    #[test]
    fn settings_are_for_files_as_they_are_called() {
        assert_eq!(percent_decoded("a%20b/%C3%A9.json"), "a b/é.json");
        assert_eq!(percent_decoded("50%/%zz%e"), "50%/%zz%e");
        assert_eq!(percent_decoded("%ff"), "%ff");
    }

    #[test]
    fn the_nearest_container_with_the_template() {
        let container = |identifier: &str| format!(r#"{{"templates": [{{"identifier": "{identifier}"}}]}}"#);
        let workspace = workspace(&[
            ("file:///p/processing-container.json", &container("far")),
            ("file:///p/a/processing-container.json", &container("near")),
            ("file:///p/a/task.json", r#"{"taskTemplate": "far"}"#),
            ("file:///p/a/b/task.json", r#"{"taskTemplate": "near"}"#),
            ("file:///p/a/b/c-task.json", r#"{"taskTemplate": "nera"}"#),
            ("file:///p/a/b/d-task.json", r#"{"taskTemplate": "unlike"}"#),
            ("file:///p/q/task.json", r#"{"taskTemplate": "anything"}"#),
            ("file:///p/q/task-api.toml", "[validate]\ncontainer = \"../a/processing-container.json\"\n"),
        ]);
        let container = |uri: &str| {
            let found = workspace.container_of(workspace.get(uri)?)?;
            Some(found.uri().as_ref())
        };
        assert_eq!(container("file:///p/a/task.json"), Some("file:///p/processing-container.json"));
        assert_eq!(container("file:///p/a/b/task.json"), Some("file:///p/a/processing-container.json"));
        assert_eq!(container("file:///p/a/b/c-task.json"), Some("file:///p/a/processing-container.json"));
        assert_eq!(container("file:///p/a/b/d-task.json"), None);
        assert_eq!(container("file:///p/q/task.json"), Some("file:///p/a/processing-container.json"));
    }

    #[test]
    fn the_innermost_folders_settings_hold() {
        let mut workspace = workspace(&[("file:///p/task.json", "{}"), ("file:///p/sub/task.json", "{}")]);
        let off =
            |rule: &str| EditorSettings { levels: Levels::from_iter([(rule.to_owned(), None)]), schema_only: false };
        workspace.settings = off("unknown-field");
        let holds = |workspace: &Workspace, uri: &str, rule: &str| {
            workspace.settings_of(workspace.get(uri).unwrap()).0.get(rule).is_some()
        };
        assert!(holds(&workspace, "file:///p/sub/task.json", "unknown-field"));
        workspace.folder_settings.push(("file:///p/sub/".to_owned(), off("missing-field")));
        workspace.folder_settings.push(("file:///".to_owned(), EditorSettings::default()));
        assert!(holds(&workspace, "file:///p/sub/task.json", "missing-field"));
        assert!(!holds(&workspace, "file:///p/sub/task.json", "unknown-field"));
        assert!(!holds(&workspace, "file:///p/task.json", "unknown-field"), "the outer folder has none");
    }
}
