//! A processing-container.json as a form: its templates and what is in them, for those who write it.
//!
//! As with a task, the text is the state and a change is a list of text edits. Authors change names themselves, so
//! fields are known by their places: `templates/0/env/2/value`.

mod changes;
mod entries;
mod fields;
mod place;
mod state;
mod types;

#[cfg(test)]
mod tests;

use std::cell::OnceCell;

use task_api_core::report::{self, OffsetUnit, ValidationResult, validation_result};
use task_api_core::{CheckOptions, Checked, Kind, check_parsed};
use task_api_json::{TextEdit, apply_edits};

use crate::document::{Document, Role};

pub use types::*;

/// The form of one processing-container.json.
pub struct ContainerForm {
    document: Document,
    /// The last text that was JSON, while the present one is not.
    readable: Option<Document>,
    unit: OffsetUnit,
    checked: OnceCell<Checked>,
}

impl ContainerForm {
    /// `unit` is what offsets count in all that the form gives.
    pub fn new(text: &str, unit: OffsetUnit) -> ContainerForm {
        ContainerForm { document: document(text.to_owned()), readable: None, unit, checked: OnceCell::new() }
    }

    pub fn text(&self) -> &str {
        self.document.text()
    }

    pub fn set_text(&mut self, text: String) {
        if text == self.document.text() {
            return;
        }
        let before = std::mem::replace(&mut self.document, document(text));
        if before.tree().is_valid() {
            self.readable = Some(before);
        }
        if self.document.tree().is_valid() {
            self.readable = None;
        }
        self.checked.take();
    }

    /// Edits from elsewhere, in bytes; whether they fit the text.
    #[must_use]
    pub fn apply(&mut self, edits: &[TextEdit]) -> bool {
        let Some(text) = apply_edits(self.document.text(), edits) else { return false };
        self.set_text(text);
        true
    }

    /// The findings of a check, as the npm package gives them.
    pub fn diagnostics(&self) -> ValidationResult {
        validation_result(self.checked(), &self.report_document(), &[])
    }

    fn checked(&self) -> &Checked {
        self.checked.get_or_init(|| {
            let options = CheckOptions { kind: Some(Kind::ProcessingContainer), ..CheckOptions::default() };
            check_parsed(self.document.tree().clone(), self.document.text(), &options)
        })
    }

    fn report_document(&self) -> report::Document<'_> {
        report::Document::new(None, self.document.text(), self.unit)
    }
}

fn document(text: String) -> Document {
    Document::new("file:///processing-container.json", Role::Contract(Kind::ProcessingContainer), text)
}
