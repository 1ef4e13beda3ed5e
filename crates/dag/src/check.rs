//! What is wrong with a DAG file, at its places.

mod contract;

use std::collections::HashMap;

use task_api_core::diagnostic::{Applicability, Diagnostic, DocumentRef, Fix};
use task_api_core::rules::{self, dynamic_value, undefined_name};
use task_api_core::template::has_expression;
use task_api_core::workflow::{self, Read, Task, Workflow};
use task_api_core::{CheckOptions, Checked, nearest};
use task_api_json::{Span, TextEdit};

use crate::DagFile;
use crate::python::Name;
use crate::reader::Undefined;

/// Checks all DAGs of a file. A place's JSON Pointer is that in the workflow.json that its DAG would be.
pub fn check(file: &DagFile, options: &CheckOptions<'_>) -> Checked {
    let mut own = Vec::new();
    own.extend(file.errors.iter().filter_map(|error| {
        Some(*Diagnostic::at(rules::find("syntax-error")?, String::new(), error.span, error.message.clone()))
    }));
    own.extend(file.read.undefined.iter().map(|undefined| *undefined_name(file, undefined)));
    own.extend(file.unread.iter().map(|unread| {
        let pointer = place_of(file, unread.span).map(|place| place.pointer).unwrap_or_default();
        *Diagnostic::at(&dynamic_value::RULE, pointer, unread.span, unread.message.clone())
    }));
    file.workflows.iter().for_each(|workflow| contract::check(file, workflow, &mut own));
    let mut checked = check_workflows(file, own, options);
    // Nobody renders what stands in a DAG.
    let is_for_json = |fix: &Fix| fix.edits.iter().any(|edit| has_expression(&edit.new_text));
    checked.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.fixes.retain(|fix| !is_for_json(fix)));
    checked
}

fn check_workflows(file: &DagFile, own: Vec<Diagnostic>, options: &CheckOptions<'_>) -> Checked {
    let mut workflows = file.workflows.iter();
    let empty = || Workflow {
        span: Span::empty(0),
        language: workflow::Language::Python,
        name: None,
        description: None,
        tasks: Vec::new(),
        inputs: Vec::new(),
        containers: Vec::new(),
    };
    let mut checked = match workflows.next() {
        Some(first) => workflow::check(first, own, options),
        None => workflow::check(&empty(), own, options),
    };
    for workflow in workflows {
        let more = workflow::check(workflow, Vec::new(), options).diagnostics;
        // What is said of the constant is said once.
        let is_new = |diagnostic: &Diagnostic| {
            let is_same = |other: &Diagnostic| other.span == diagnostic.span && other.message == diagnostic.message;
            !checked.diagnostics.iter().any(is_same)
        };
        let more = more.into_iter().filter(is_new).collect();
        checked.add(more, options);
    }
    checked
}

fn undefined_name(file: &DagFile, undefined: &Undefined) -> Box<Diagnostic> {
    let Undefined { span, name, defined_below } = undefined;
    let place = place_of(file, *span);
    let pointer = place.as_ref().map_or_else(String::new, |place| place.pointer.clone());
    let diagnostic = Diagnostic::at(&undefined_name::RULE, pointer, *span, format!("`{name}` is not defined"));
    if let Some(below) = defined_below {
        return diagnostic
            .label("used before it is there")
            .note("Python reads a file from the top; move the definition above this line")
            .related(DocumentRef::This, *below, "defined here, too late");
    }
    let diagnostic = diagnostic.note("Python fails here when it loads the file, and Airflow shows no DAG");
    let meant = place.as_ref().and_then(|place| meant_operator(file, place));
    let operators = || file.read.nodes.iter().filter_map(|node| node.variable.as_ref());
    let near = nearest(name, operators().map(|variable| variable.text.as_str()));
    let known = file.read.names.iter().map(|(name, _)| name.as_str());
    match (near, meant, nearest(name, known)) {
        (Some(near), _, _) | (None, None, Some(near)) => {
            let edit = vec![TextEdit::replace(*span, near.to_owned())];
            let diagnostic = diagnostic.label(format!("did you mean `{near}`?"));
            diagnostic.fix(Applicability::Unsafe, format!("use `{near}`"), edit)
        }
        (None, Some(meant), _) => {
            let edit = vec![TextEdit::replace(*span, meant.text.clone())];
            let diagnostic = diagnostic.label(format!("`{}` is the operator that comes before", meant.text));
            diagnostic.fix(Applicability::Unsafe, format!("use `{}`", meant.text), edit)
        }
        (None, None, None) => diagnostic,
    }
}

struct Place<'a> {
    workflow: &'a Workflow,
    task: &'a Task,
    /// Whether it is the `upstream_operator` of a mapping.
    is_upstream: bool,
    pointer: String,
}

/// Which part of a workflow a place is in.
fn place_of(file: &DagFile, span: Span) -> Option<Place<'_>> {
    let is_in = |whole: Span| whole.start <= span.start && span.end <= whole.end;
    for workflow in &file.workflows {
        let Some(task) = workflow.tasks.iter().find(|task| is_in(task.span)) else { continue };
        for map in &task.maps {
            if map.upstream_operator.as_ref().is_some_and(|name| name.span == span) {
                let pointer = format!("{}/upstream_operator", map.pointer(task));
                return Some(Place { workflow, task, is_upstream: true, pointer });
            }
        }
        return Some(Place { workflow, task, is_upstream: false, pointer: task.pointer() });
    }
    None
}

/// The operator that an undefined `upstream_operator` stands for: the one task before by the edges that no mapping
/// reads from.
fn meant_operator<'a>(file: &'a DagFile, place: &Place<'_>) -> Option<&'a Name> {
    if !place.is_upstream {
        return None;
    }
    let upstream = || place.task.maps.iter().filter_map(|map| map.upstream_operator.as_ref());
    let undefined = upstream().filter(|name| matches!(name.value, Read::Undefined(_))).count();
    let mapped: HashMap<&str, ()> = upstream().filter_map(|name| Some((name.known()?.as_str(), ()))).collect();
    let mut left = place.task.upstream.iter().filter_map(|name| name.known());
    let mut left = left.by_ref().filter(|id| !mapped.contains_key(id.as_str()));
    let (Some(only), None, 1) = (left.next(), left.next(), undefined) else { return None };
    let task = place.workflow.task(only)?;
    file.read.nodes.iter().find(|node| node.span == task.span)?.variable.as_ref()
}

#[cfg(test)]
mod tests;
