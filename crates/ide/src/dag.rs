//! DAG files in Python: what is wrong with them, what their names speak of, and which channels there are to name.
//!
//! Only strings are completed that are there already: what is being typed elsewhere is another language server's.

use task_api_core::model::Mount;
use task_api_core::workflow::{KnownTemplate, Task, TemplateRef, Templates, Workflow, known};
use task_api_core::{CheckOptions, Checked};
use task_api_json::{Span, TextEdit};

use crate::Location;
use crate::completion::{Completion, CompletionKind};
use crate::document::{Document, Role};
use crate::flow::FlowContainers;
use crate::hover::Hover;
use crate::markdown::{code, escape};
use crate::workspace::{Place, Workspace};

/// Whether a document is Python about the Task API.
pub(crate) fn is_dag(document: &Document) -> bool {
    document.role() == Role::Dag && task_api_dag::is_dag_file(document.text())
}

pub(crate) fn check(document: &Document, options: &CheckOptions<'_>) -> Checked {
    task_api_dag::check(&task_api_dag::read(document.text()), options)
}

/// The workflows of a DAG file; none of any other document.
pub(crate) fn workflows(document: &Document) -> Vec<Workflow> {
    if is_dag(document) { task_api_dag::read(document.text()).workflows } else { Vec::new() }
}

/// What a place of a DAG names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// The tasks are those of the subject, by their positions.
    Task(usize),
    Template(usize),
    Output(usize),
    Input(usize),
}

struct Found {
    workflow: Workflow,
    subject: Subject,
    span: Span,
    /// The name, where there is one that is known.
    name: String,
}

fn at(document: &Document, offset: u32) -> Option<Found> {
    let is_at = |span: Span| span.start <= offset && offset <= span.end;
    for workflow in workflows(document) {
        let found = workflow.tasks.iter().enumerate().find_map(|(position, task)| {
            if let Some((id, span)) = known(&task.id).filter(|(_, span)| is_at(*span)) {
                return Some((Subject::Task(position), span, id.to_owned()));
            }
            if let Some(TemplateRef::Named(name)) = &task.template
                && is_at(name.span)
            {
                return Some((Subject::Template(position), name.span, name.known().cloned().unwrap_or_default()));
            }
            task.maps.iter().find_map(|map| {
                let upstream = || {
                    let (id, _) = known(&map.upstream_operator)?;
                    workflow.tasks.iter().position(|task| task.id() == Some(id))
                };
                if let Some((id, span)) = known(&map.upstream_operator).filter(|(_, span)| is_at(*span)) {
                    return Some((Subject::Task(upstream()?), span, id.to_owned()));
                }
                if let Some((name, span)) = known(&map.upstream_output_channel).filter(|(_, span)| is_at(*span)) {
                    return Some((Subject::Output(upstream()?), span, name.to_owned()));
                }
                let (name, span) = known(&map.input_channel).filter(|(_, span)| is_at(*span))?;
                Some((Subject::Input(position), span, name.to_owned()))
            })
        });
        if let Some((subject, span, name)) = found {
            return Some(Found { workflow, subject, span, name });
        }
    }
    None
}

/// Calls with the template of a task, as far as its container is in the workspace.
fn with_template<T>(
    workspace: &Workspace,
    document: &Document,
    workflow: &Workflow,
    task: usize,
    call: impl FnOnce(&KnownTemplate<'_>, &FlowContainers<'_>) -> T,
) -> Option<T> {
    let containers = FlowContainers::of(workspace, document);
    Templates::of(workflow, &containers.for_check(), |templates| {
        templates.of_task(task).map(|template| call(template, &containers))
    })
}

pub(crate) fn hover(workspace: &Workspace, document: &Document, offset: u32) -> Option<Hover> {
    let found = at(document, offset)?;
    let of_template = |task, call: &dyn Fn(&KnownTemplate<'_>) -> Option<String>| {
        with_template(workspace, document, &found.workflow, task, |template, _| call(template)).flatten()
    };
    let channel = |noun: &str, mount: Option<&Mount<'_>>, of: &Task| {
        let mount = mount?;
        let path = mount.mounted_path.as_ref().map(|path| format!(", mounted at {}", code(&path.value)));
        let mut text = format!(
            "{noun} {} of task {}{}.",
            code(&found.name),
            code(of.id().unwrap_or_default()),
            path.unwrap_or_default()
        );
        if let Some(description) = mount.description.as_ref().filter(|description| !description.value.is_empty()) {
            text.push_str(&format!("\n\n{}", escape(&description.value)));
        }
        Some(text)
    };
    let task = |position: usize| found.workflow.tasks.get(position);
    let text = match found.subject {
        Subject::Task(position) => {
            let task = task(position)?;
            let image = known(&task.image).map(|(image, _)| format!(" of {}", code(image))).unwrap_or_default();
            match task.template_name() {
                Some(name) => format!("Task {} runs template {}{image}.", code(&found.name), code(name)),
                None => format!("Task {}{image}.", code(&found.name)),
            }
        }
        Subject::Template(position) => of_template(position, &|template| {
            let names =
                |list: &[Mount<'_>]| list.iter().map(|mount| code(&mount.name.value)).collect::<Vec<_>>().join(", ");
            let mut parts = vec![format!("Template {}.", code(&found.name))];
            let description = template.template.description.as_ref();
            parts.extend(description.filter(|text| !text.value.is_empty()).map(|text| escape(&text.value)));
            for (noun, list) in [("Inputs", &template.template.inputs), ("Outputs", &template.template.outputs)] {
                if !list.is_empty() {
                    parts.push(format!("{noun}: {}", names(list)));
                }
            }
            Some(parts.join("\n\n"))
        })?,
        Subject::Output(position) => {
            let task = task(position)?;
            of_template(position, &|template| channel("Output", template.output(&found.name), task))?
        }
        Subject::Input(position) => {
            let task = task(position)?;
            of_template(position, &|template| channel("Input", template.input(&found.name), task))?
        }
    };
    Some(Hover { span: found.span, text })
}

/// Where a name of a DAG is declared: a task in the DAG, a template and its channels in the container's file.
pub(crate) fn definition(workspace: &Workspace, document: &Document, offset: u32) -> Vec<Location> {
    let Some(found) = at(document, offset) else { return Vec::new() };
    let (Subject::Task(position) | Subject::Template(position) | Subject::Output(position) | Subject::Input(position)) =
        found.subject;
    if let Subject::Task(_) = found.subject {
        let Some(task) = found.workflow.tasks.get(position) else { return Vec::new() };
        let span = task.variable.as_ref().map_or(task.head, |variable| variable.span);
        return vec![Location { uri: document.uri().clone(), span }];
    }
    let place = with_template(workspace, document, &found.workflow, position, |template, containers| {
        let declared = match found.subject {
            Subject::Output(_) => template.output(&found.name).map(|mount| mount.name.node),
            Subject::Input(_) => template.input(&found.name).map(|mount| mount.name.node),
            _ => template.template.identifier.as_ref().map(|identifier| identifier.node),
        };
        let (file, span) = template.place(declared?.inner_span());
        match file {
            task_api_core::diagnostic::DocumentRef::Container(file) => {
                let uri = containers.documents.get(file as usize)?.uri().clone();
                Some(Location { uri, span })
            }
            task_api_core::diagnostic::DocumentRef::This => Some(Location { uri: document.uri().clone(), span }),
        }
    });
    place.flatten().into_iter().collect()
}

/// The channels that can stand in a string of a mapping, and the templates of a task.
pub(crate) fn complete(workspace: &Workspace, place: Place<'_>) -> Vec<Completion> {
    let Some(document) = workspace.get(place.uri) else { return Vec::new() };
    let Some(found) = at(document, place.offset) else { return Vec::new() };
    let text = document.text();
    // Within the quotes of a plain string.
    let quoted = found.span.of(text);
    let is_plain = quoted.len() >= 2
        && quoted.starts_with(['"', '\''])
        && quoted.ends_with(['"', '\''])
        && !quoted.starts_with("\"\"\"")
        && !quoted.starts_with("'''");
    let inner = Span::new(found.span.start + 1, found.span.end.saturating_sub(1));
    if !is_plain || place.offset < inner.start || place.offset > inner.end {
        return Vec::new();
    }
    let offer = |name: &str, detail: Option<String>, kind: CompletionKind| Completion {
        label: name.to_owned(),
        kind,
        detail,
        filter_text: None,
        edit: TextEdit::replace(inner, name.to_owned()),
        additional_edits: Vec::new(),
        is_snippet: false,
        documentation_key: None,
        is_preselected: false,
        retrigger: false,
    };
    // A name that a string of Python cannot hold as it is, is not offered.
    let is_simple = |name: &str| !name.contains(['"', '\'', '\\']) && !name.contains(char::is_control);
    let channels = |list: &[Mount<'_>]| -> Vec<Completion> {
        let list = list.iter().filter(|mount| is_simple(&mount.name.value));
        list.map(|mount| {
            let path = mount.mounted_path.as_ref().map(|path| path.value.to_string());
            offer(&mount.name.value, path, CompletionKind::Channel)
        })
        .collect()
    };
    let of = |position, call: &dyn Fn(&KnownTemplate<'_>) -> Vec<Completion>| {
        with_template(workspace, document, &found.workflow, position, |template, _| call(template)).unwrap_or_default()
    };
    match found.subject {
        Subject::Output(position) => of(position, &|template| channels(&template.template.outputs)),
        Subject::Input(position) => of(position, &|template| channels(&template.template.inputs)),
        Subject::Task(_) | Subject::Template(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
