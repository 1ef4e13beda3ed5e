//! Workflows: tasks whose inputs are the outputs of other tasks.
//!
//! The model has no nodes of a file in it, so that a Python DAG comes to the same value as a workflow.json, with places
//! of its own, and the same rules look at it. What a file does not say in so many words is [`Read::Unknown`], and no
//! rule guesses about it.

mod as_task;
mod check;
mod graph;
mod read;
mod templates;
pub mod trigger;

use task_api_json::{Span, quote};

pub use check::check;
pub use graph::{Edge, Graph, Way};
pub use templates::{ContainerText, Containers, KnownTemplate, Templates, Wanted};

pub(crate) use check::{Context, Feed, Leads, check_json};

/// A value with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    pub value: T,
    pub span: Span,
}

/// What could be read of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    Known(T),
    /// In Python, a name that is used and that nothing defines.
    Undefined(String),
    /// Why not, in words that go on from "is not known: ".
    Unknown(String),
}

/// A value that may not be known.
pub type Value<T> = Placed<Read<T>>;

impl<T> Placed<T> {
    pub fn new(value: T, span: Span) -> Placed<T> {
        Placed { value, span }
    }
}

impl<T> Value<T> {
    pub fn of_known(value: T, span: Span) -> Value<T> {
        Placed { value: Read::Known(value), span }
    }

    pub fn of_unknown(why: impl Into<String>, span: Span) -> Value<T> {
        Placed { value: Read::Unknown(why.into()), span }
    }

    pub fn known(&self) -> Option<&T> {
        match &self.value {
            Read::Known(value) => Some(value),
            Read::Undefined(_) | Read::Unknown(_) => None,
        }
    }
}

/// A text with its place, where it is there and known.
pub fn known(value: &Option<Value<String>>) -> Option<(&str, Span)> {
    let value = value.as_ref()?;
    Some((value.known()?.as_str(), value.span))
}

/// What the file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// A workflow.json. Mappings order the tasks.
    Json,
    /// A DAG of Airflow, whose operator reads what a mapping names and waits for nothing: only edges order the tasks.
    Python,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    pub span: Span,
    pub language: Language,
    pub name: Option<Value<String>>,
    pub description: Option<Value<String>>,
    pub tasks: Vec<Task>,
    pub inputs: Vec<SourceInput>,
    pub containers: Vec<ContainerFile>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub span: Span,
    /// Where one points to mean the task.
    pub head: Span,
    /// Position in the list of tasks of the file, in which there may be what is no task.
    pub number: usize,
    /// In Python, the name of the variable that holds the operator.
    pub variable: Option<Placed<String>>,
    pub id: Option<Value<String>>,
    pub image: Option<Value<String>>,
    pub template: Option<TemplateRef>,
    pub env: Vec<EnvVar>,
    pub command: Option<Value<Vec<String>>>,
    pub resources: Option<Value<Resources>>,
    pub registry_url: Option<Value<String>>,
    pub registry_username: Option<Value<String>>,
    pub registry_password: Option<Value<String>>,
    pub maps: Vec<IoMap>,
    /// Names of tasks that come before this one: `upstream_task_ids`; in Python, its `>>` and `set_upstream` edges.
    pub upstream: Vec<Value<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateRef {
    /// The identifier of one of the container's templates.
    Named(Value<String>),
    Inline(Inline),
}

/// A template written out in the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    pub span: Span,
    /// The template as JSON; in a workflow.json, what stands at `span`.
    pub json: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvVar {
    pub span: Span,
    pub number: usize,
    pub name: Option<Value<String>>,
    pub value: Option<Value<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resources {
    pub limits: Vec<Quantity>,
    pub requests: Vec<Quantity>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    pub name: Placed<String>,
    /// As written, also where it is a number.
    pub value: Placed<String>,
}

/// What feeds an input of a task from an output of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IoMap {
    pub span: Span,
    pub number: usize,
    /// The `task_id` of the other task.
    pub upstream_operator: Option<Value<String>>,
    pub upstream_output_channel: Option<Value<String>>,
    pub input_channel: Option<Value<String>>,
}

/// A directory of the host for an input that no task feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInput {
    pub span: Span,
    pub number: usize,
    pub task_id: Option<Value<String>>,
    pub input_channel: Option<Value<String>>,
    pub host_path: Option<Value<String>>,
}

/// Where the container file of an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerFile {
    pub span: Span,
    pub number: usize,
    pub image: Option<Value<String>>,
    pub path: Option<Value<String>>,
}

impl Workflow {
    /// The task of this name; of several, the first.
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id() == Some(id))
    }

    /// Whether a task waits for those that it reads from without being told to.
    pub fn mappings_order(&self) -> bool {
        self.language == Language::Json
    }

    /// How this file refers to a task: by its name, or in Python by the variable that holds its operator.
    pub fn reference_to(&self, task: &Task) -> Option<String> {
        match self.language {
            Language::Json => task.id().map(quote),
            Language::Python => task.variable.as_ref().map(|variable| variable.value.clone()),
        }
    }
}

impl Task {
    pub fn id(&self) -> Option<&str> {
        known(&self.id).map(|(id, _)| id)
    }

    /// "task `segment`", or "the task" if its name is not known.
    pub fn in_words(&self) -> String {
        match self.id() {
            Some(id) => format!("task `{id}`"),
            None => "the task".to_owned(),
        }
    }

    /// The identifier of its template, where it names one.
    pub fn template_name(&self) -> Option<&str> {
        match self.template.as_ref()? {
            TemplateRef::Named(name) => name.known().map(String::as_str),
            TemplateRef::Inline(_) => None,
        }
    }

    /// The JSON Pointer of the task in a workflow.json.
    pub fn pointer(&self) -> String {
        format!("/tasks/{}", self.number)
    }
}

impl IoMap {
    /// The JSON Pointer of the mapping in a workflow.json.
    pub fn pointer(&self, task: &Task) -> String {
        format!("/tasks/{}/iochannel_maps/{}", task.number, self.number)
    }
}

impl SourceInput {
    pub fn pointer(&self) -> String {
        format!("/inputs/{}", self.number)
    }
}

impl ContainerFile {
    pub fn pointer(&self) -> String {
        format!("/containers/{}", self.number)
    }
}
