//! A task as a form: what can be filled in, what it is set to and where that is from, and what each change does to the
//! text.
//!
//! The text is the state. [`TaskForm::state`] is a view of it, made from the tree that survives broken text, and a change
//! is a list of text edits, so that comments, unknown fields and the layout of whoever wrote the text stay. What a field
//! is called, its type and its values are read from the contract and from the template.

mod appending;
mod changes;
mod channels;
mod config;
mod container;
mod data_forms;
mod draft;
mod fields;
mod id;
mod memory;
mod operator;
mod owners;
mod parameters;
mod quantities;
mod reading;
mod run;
mod scale_rules;
mod slots;
mod state;
mod template_change;
mod trigger;
mod types;
mod view;
mod words;
#[cfg(feature = "workflow")]
mod workflow;

#[cfg(test)]
mod tests;

use std::cell::OnceCell;

use task_api_core::model::Container;
use task_api_core::report::{self, OffsetUnit, ValidationResult, validation_result};
use task_api_core::{ApiVersion, CheckOptions, Checked, Kind, check_parsed, migrate::migrate};
use task_api_json::{TextEdit, apply_edits, quote};

use crate::document::{Document, Role};

pub use container::*;
pub use operator::OperatorOptions;
pub use run::RunOptions;
pub use trigger::TriggerOptions;
pub use types::*;
#[cfg(feature = "workflow")]
pub use workflow::*;

/// The form of one task.
pub struct TaskForm {
    task: Document,
    /// The last text that was JSON, while the present one is not.
    readable: Option<Document>,
    container: Option<Document>,
    /// The template of a task that names none.
    template: String,
    unit: OffsetUnit,
    checked: OnceCell<Checked>,
}

/// What a control hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Text(String),
    Switch(bool),
    Words(Vec<String>),
}

impl TaskForm {
    /// `container` and `template` may be empty: the task has its template itself, or names it. Without a `task`, it is
    /// the smallest one for the template. `unit` is what offsets count in all that the form gives.
    pub fn new(container: &str, template: &str, task: Option<&str>, unit: OffsetUnit) -> TaskForm {
        let container_document = container_document(container);
        let template = match (template, &container_document) {
            ("", Some(document)) => only_template(document).unwrap_or_default(),
            (named, _) => named.to_owned(),
        };
        let text = task.map_or_else(|| minimal_task(container, &template, None), str::to_owned);
        TaskForm {
            task: task_document(text),
            readable: None,
            container: container_document,
            template,
            unit,
            checked: OnceCell::new(),
        }
    }

    pub fn text(&self) -> &str {
        self.task.text()
    }

    pub fn set_text(&mut self, text: String) {
        if text == self.task.text() {
            return;
        }
        let before = std::mem::replace(&mut self.task, task_document(text));
        if before.tree().is_valid() {
            self.readable = Some(before);
        }
        if self.task.tree().is_valid() {
            self.readable = None;
        }
        self.checked.take();
    }

    /// Edits from elsewhere, in bytes; whether they fit the text.
    #[must_use]
    pub fn apply(&mut self, edits: &[TextEdit]) -> bool {
        let Some(text) = apply_edits(self.task.text(), edits) else { return false };
        self.set_text(text);
        true
    }

    pub fn container_text(&self) -> &str {
        self.container.as_ref().map_or("", Document::text)
    }

    pub fn set_container(&mut self, text: &str) {
        self.container = container_document(text);
        self.checked.take();
    }

    /// The findings of a check, as the npm package gives them.
    pub fn diagnostics(&self) -> ValidationResult {
        let container = self.container.as_ref().map(|document| report::Document::new(None, document.text(), self.unit));
        validation_result(self.checked(), &self.report_document(), container.as_slice())
    }

    fn checked(&self) -> &Checked {
        self.checked.get_or_init(|| {
            let container = self.container.as_ref().map(Document::text);
            let options = CheckOptions { kind: Some(Kind::Task), container, ..CheckOptions::default() };
            check_parsed(self.task.tree().clone(), self.task.text(), &options)
        })
    }

    fn report_document(&self) -> report::Document<'_> {
        report::Document::new(None, self.task.text(), self.unit)
    }
}

/// The smallest task for a template: what must be there, with nothing bound. By default of its container's version.
pub fn minimal_task(container: &str, template: &str, version: Option<ApiVersion>) -> String {
    let version = version.or_else(|| container_document(container).map(|document| document.version()));
    let text = format!(
        "{{\n  \"name\": {0},\n  \"image\": \"\",\n  \"taskTemplate\": {0},\n  \"inputs\": [],\n  \"outputs\": []\n}}\n",
        quote(template)
    );
    match version {
        Some(ApiVersion::V1) => migrate(&text, Some(Kind::Task), ApiVersion::V1).text.unwrap_or(text),
        Some(ApiVersion::V0) | None => text,
    }
}

fn task_document(text: String) -> Document {
    Document::new("file:///task.json", Role::Contract(Kind::Task), text)
}

fn container_document(text: &str) -> Option<Document> {
    let role = Role::Contract(Kind::ProcessingContainer);
    (!text.trim().is_empty()).then(|| Document::new("file:///processing-container.json", role, text.to_owned()))
}

fn only_template(container: &Document) -> Option<String> {
    let container = Container::read(container.root());
    let mut identifiers = container.identifiers();
    let first = identifiers.next()?;
    identifiers.next().is_none().then(|| first.value.into_owned())
}
