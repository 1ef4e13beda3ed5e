//! The template of each task, out of the container files that the shell found.

use std::borrow::Cow;
use std::collections::HashMap;

use task_api_json::{Node, Span, Tree, parse};

use super::{ContainerFile, Language, TemplateRef, Workflow, known};
use crate::diagnostic::DocumentRef;
use crate::model::{Container, Env, Mount, Template};

/// The container files of a workflow's tasks, as far as the shell has them. What is not here is not known, and nothing
/// is said of it.
#[derive(Debug, Clone, Default)]
pub struct Containers<'a> {
    /// A diagnostic's [`DocumentRef::Container`] is a position in this.
    pub files: Vec<ContainerText<'a>>,
    /// What is at each path of the workflow's `containers`: a position in `files`, or nothing.
    pub by_path: HashMap<String, Option<usize>>,
    /// For tasks whose image has no entry in `containers`: the file for each name of a template, which may have one of
    /// nearly the same name instead.
    pub by_template: HashMap<String, usize>,
    /// The file for all tasks whose image has no entry in `containers`.
    pub for_all: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub struct ContainerText<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// What a shell has to look for, to have all that [`Containers`] can tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Paths of `containers`, relative to the workflow's directory, sorted.
    pub paths: Vec<String>,
    /// Templates of tasks whose image has no entry in `containers`, sorted.
    pub templates: Vec<String>,
}

impl Wanted {
    /// Adds what is wanted beside it, each once.
    pub fn add(&mut self, other: Wanted) {
        for (list, more) in [(&mut self.paths, other.paths), (&mut self.templates, other.templates)] {
            list.extend(more);
            list.sort_unstable();
            list.dedup();
        }
    }
}

/// The template of each task of a workflow.
#[derive(Debug)]
pub struct Templates<'a> {
    known: Vec<KnownTemplate<'a>>,
    of_tasks: Vec<Found>,
    containers: Vec<Option<Container<'a>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    At(usize),
    /// The container is known and has no such template.
    Nowhere {
        container: usize,
    },
    Unknown,
}

/// A template with its channels by name.
#[derive(Debug)]
pub struct KnownTemplate<'a> {
    pub template: Template<'a>,
    home: Home,
    inputs: HashMap<Cow<'a, str>, usize>,
    outputs: HashMap<Cow<'a, str>, usize>,
}

#[derive(Debug, Clone, Copy)]
enum Home {
    Container(u32),
    /// In the workflow, which has this offset to the template's own spans.
    Here(u32),
    /// In the workflow, in a language in which its places are not those of JSON.
    Translated(Span),
}

impl Workflow {
    /// Where the container files of this workflow's tasks are to be looked for.
    pub fn wanted(&self) -> Wanted {
        let entries = self.entries();
        let mut all = Wanted::default();
        for container in &self.containers {
            all.paths.extend(known(&container.path).map(|(path, _)| path.to_owned()));
        }
        for task in &self.tasks {
            let is_listed = known(&task.image).is_some_and(|(image, _)| entries.contains_key(image));
            all.templates.extend(task.template_name().filter(|_| !is_listed).map(str::to_owned));
        }
        let mut wanted = Wanted::default();
        wanted.add(all);
        wanted
    }

    /// The path of each image's container file; `None` where it is not known.
    fn entries<'a>(&'a self) -> HashMap<&'a str, Option<&'a str>> {
        let entry = |container: &'a ContainerFile| -> Option<(&'a str, Option<&'a str>)> {
            Some((known(&container.image)?.0, known(&container.path).map(|(path, _)| path)))
        };
        // Of several entries, the first holds, as with all names.
        self.containers.iter().rev().filter_map(entry).collect()
    }
}

impl Containers<'_> {
    /// The file of a task, by its position.
    fn of_task(&self, image: Option<&str>, template: &str, entries: &HashMap<&str, Option<&str>>) -> Option<usize> {
        let file = match image.and_then(|image| entries.get(image)) {
            Some(path) => self.by_path.get((*path)?).copied().flatten(),
            None => self.for_all.or_else(|| self.by_template.get(template).copied()),
        };
        file.filter(|&file| file < self.files.len())
    }
}

impl<'a> Templates<'a> {
    /// Calls with the templates of a workflow's tasks.
    pub fn of<T>(workflow: &Workflow, containers: &Containers<'_>, call: impl FnOnce(&Templates<'_>) -> T) -> T {
        let trees: Vec<Tree> = containers.files.iter().map(|file| parse(file.text)).collect();
        let inline = workflow.tasks.iter().map(|task| match &task.template {
            Some(TemplateRef::Inline(inline)) => Some(parse(&inline.json)),
            _ => None,
        });
        let inline: Vec<Option<Tree>> = inline.collect();
        let mut read = Vec::new();
        for (tree, file) in trees.iter().zip(&containers.files) {
            let root = tree.root(file.text);
            let is_whole = !tree.has_template_blocks() && !root.is_recovered();
            read.push(is_whole.then(|| Container::read(root)));
        }
        call(&Templates::find(workflow, containers, read, &inline))
    }

    fn find(
        workflow: &'a Workflow,
        containers: &Containers<'_>,
        files: Vec<Option<Container<'a>>>,
        inline: &'a [Option<Tree>],
    ) -> Templates<'a> {
        let entries = workflow.entries();
        let mut identifiers: Vec<Option<HashMap<Cow<'a, str>, Node<'a>>>> = files.iter().map(|_| None).collect();
        let mut positions: HashMap<(usize, &str), Found> = HashMap::new();
        let mut templates = Templates { known: Vec::new(), of_tasks: Vec::new(), containers: files };
        for (task, tree) in workflow.tasks.iter().zip(inline) {
            let found = match (&task.template, tree) {
                (Some(TemplateRef::Inline(inline)), Some(tree)) => {
                    let home = match workflow.language {
                        Language::Json => Home::Here(inline.span.start),
                        Language::Python => Home::Translated(inline.span),
                    };
                    templates.add(Template::read(tree.root(&inline.json)), home)
                }
                _ => {
                    let image = known(&task.image).map(|(image, _)| image);
                    let name = task.template_name();
                    let file = name.and_then(|name| containers.of_task(image, name, &entries));
                    match name.zip(file) {
                        Some((name, file)) => *positions.entry((file, name)).or_insert_with(|| {
                            let Some(container) = &templates.containers[file] else { return Found::Unknown };
                            let by_name = identifiers[file].get_or_insert_with(|| by_identifier(container));
                            match by_name.get(name) {
                                Some(node) => templates.add(Template::read(*node), Home::Container(file as u32)),
                                None => Found::Nowhere { container: file },
                            }
                        }),
                        None => Found::Unknown,
                    }
                }
            };
            templates.of_tasks.push(found);
        }
        templates
    }

    fn add(&mut self, template: Template<'a>, home: Home) -> Found {
        let names = |list: &[Mount<'a>]| {
            // Of two of a name, the first counts.
            list.iter().enumerate().rev().map(|(at, mount)| (mount.name.value.clone(), at)).collect()
        };
        let (inputs, outputs) = (names(&template.inputs), names(&template.outputs));
        self.known.push(KnownTemplate { template, home, inputs, outputs });
        Found::At(self.known.len() - 1)
    }

    /// The template of a task, by the task's position.
    pub fn of_task(&self, task: usize) -> Option<&KnownTemplate<'a>> {
        match self.of_tasks.get(task)? {
            Found::At(position) => self.known.get(*position),
            Found::Nowhere { .. } | Found::Unknown => None,
        }
    }

    /// The container of a task that has no template of the name, and its position.
    pub(crate) fn container_without(&self, task: usize) -> Option<(&Container<'a>, u32)> {
        match *self.of_tasks.get(task)? {
            Found::Nowhere { container } => Some((self.containers.get(container)?.as_ref()?, container as u32)),
            Found::At(_) | Found::Unknown => None,
        }
    }
}

impl<'a> KnownTemplate<'a> {
    pub fn input(&self, name: &str) -> Option<&Mount<'a>> {
        self.template.inputs.get(*self.inputs.get(name)?)
    }

    pub fn output(&self, name: &str) -> Option<&Mount<'a>> {
        self.template.outputs.get(*self.outputs.get(name)?)
    }

    /// The declaration of a variable.
    pub fn env(&self, name: &str) -> Option<&Env<'a>> {
        self.template.env.iter().find(|env| env.name.value == name)
    }

    /// The document that it stands in.
    pub fn document(&self) -> DocumentRef {
        match self.home {
            Home::Container(file) => DocumentRef::Container(file),
            Home::Here(_) | Home::Translated(_) => DocumentRef::This,
        }
    }

    /// Where a span of the template is, for a reader.
    pub fn place(&self, span: Span) -> (DocumentRef, Span) {
        match self.home {
            Home::Container(file) => (DocumentRef::Container(file), span),
            Home::Here(offset) => (DocumentRef::This, Span::new(span.start + offset, span.end + offset)),
            Home::Translated(whole) => (DocumentRef::This, whole),
        }
    }
}

fn by_identifier<'a>(container: &Container<'a>) -> HashMap<Cow<'a, str>, Node<'a>> {
    let mut by_name = HashMap::new();
    let list = container.node.get("templates").into_iter().flat_map(Node::elements);
    for template in list {
        if let Some(name) = template.get("identifier").and_then(Node::as_str) {
            by_name.entry(name).or_insert(template);
        }
    }
    by_name
}
