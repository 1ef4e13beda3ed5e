//! A workflow.json as a graph: tasks with their channels, what is connected with what, and the changes that somebody
//! makes who draws.
//!
//! As with the other forms, the text is the state and a change is a list of text edits.

mod changes;
mod state;
mod types;

#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::HashMap;

use task_api_core::model::Container;
use task_api_core::report::{self, OffsetUnit, ValidationResult, validation_result};
use task_api_core::workflow::{ContainerText, Containers, Workflow};
use task_api_core::{CheckOptions, Checked, Kind, check_parsed};
use task_api_json::{TextEdit, apply_edits, parse};

use crate::document::{Document, Role};

pub use types::*;

/// The graph of one workflow.json.
pub struct WorkflowForm {
    document: Document,
    containers: Vec<ContainerFileText>,
    unit: OffsetUnit,
    checked: OnceCell<Checked>,
}

/// A processing-container.json that tasks of the workflow may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerFileText {
    /// As in the `containers` of the workflow; if it is not there, the file is for tasks that name one of its templates.
    pub path: String,
    pub text: String,
}

impl WorkflowForm {
    /// `unit` is what offsets count in all that the form gives.
    pub fn new(text: &str, containers: Vec<ContainerFileText>, unit: OffsetUnit) -> WorkflowForm {
        WorkflowForm { document: document(text.to_owned()), containers, unit, checked: OnceCell::new() }
    }

    pub fn text(&self) -> &str {
        self.document.text()
    }

    pub fn set_text(&mut self, text: String) {
        if text != self.document.text() {
            self.document = document(text);
            self.checked.take();
        }
    }

    /// Edits from elsewhere, in bytes; whether they fit the text.
    #[must_use]
    pub fn apply(&mut self, edits: &[TextEdit]) -> bool {
        let Some(text) = apply_edits(self.document.text(), edits) else { return false };
        self.set_text(text);
        true
    }

    pub fn set_containers(&mut self, containers: Vec<ContainerFileText>) {
        self.containers = containers;
        self.checked.take();
    }

    /// The findings of a check, as the npm package gives them.
    pub fn diagnostics(&self) -> ValidationResult {
        let place = |file| report::Document::new(None, file, self.unit);
        let containers: Vec<report::Document<'_>> = self.containers.iter().map(|file| place(&*file.text)).collect();
        validation_result(self.checked(), &self.report_document(), &containers)
    }

    fn checked(&self) -> &Checked {
        self.checked.get_or_init(|| {
            let containers = self.container_texts();
            let kind = Some(Kind::Workflow);
            let options = CheckOptions { kind, containers: Some(&containers), ..CheckOptions::default() };
            check_parsed(self.document.tree().clone(), self.document.text(), &options)
        })
    }

    fn workflow(&self) -> Workflow {
        Workflow::read(self.document.root())
    }

    /// The files by path and, for the others, by their templates.
    fn container_texts(&self) -> Containers<'_> {
        let files = self.containers.iter().map(|file| ContainerText { name: &file.path, text: &file.text }).collect();
        let wanted = self.workflow().wanted();
        let position = |path: &String| self.containers.iter().position(|file| is_same_path(&file.path, path));
        let by_path = wanted.paths.iter().map(|path| (path.clone(), position(path))).filter(|(_, at)| at.is_some());
        let mut by_template: HashMap<String, usize> = HashMap::new();
        for (at, file) in self.containers.iter().enumerate() {
            let tree = parse(&file.text);
            for identifier in Container::read(tree.root(&file.text)).identifiers() {
                by_template.entry(identifier.value.into_owned()).or_insert(at);
            }
        }
        Containers { files, by_path: by_path.collect(), by_template, for_all: None }
    }

    fn report_document(&self) -> report::Document<'_> {
        report::Document::new(None, self.document.text(), self.unit)
    }
}

fn is_same_path(one: &str, other: &str) -> bool {
    one.trim_start_matches("./") == other.trim_start_matches("./")
}

fn document(text: String) -> Document {
    Document::new("file:///workflow.json", Role::Contract(Kind::Workflow), text)
}
