//! Counts: of one file, and of all.

use serde::Serialize;
use task_api_core::Checked;
use task_api_core::diagnostic::Severity;

use crate::display;
use crate::search::is_python;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    pub(super) files: usize,
    pub(super) valid: usize,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) infos: usize,
    /// Warnings that are to fail the check.
    #[serde(skip)]
    pub(super) denied: usize,
}

impl Summary {
    pub(super) fn of(checked: &Checked, deny_warnings: bool) -> Summary {
        let warnings = checked.count(Severity::Warning);
        Summary {
            files: 1,
            valid: usize::from(checked.is_valid()),
            errors: checked.count(Severity::Error),
            warnings,
            infos: checked.count(Severity::Info),
            denied: if deny_warnings { warnings } else { 0 },
        }
    }

    pub(super) fn add(&mut self, other: &Summary) {
        self.files += other.files;
        self.valid += other.valid;
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
        self.denied += other.denied;
    }

    pub(super) fn in_words(&self) -> String {
        format!(
            "{} of {} files are valid: {}, {}\n",
            self.valid,
            self.files,
            plural(self.errors, "error"),
            plural(self.warnings, "warning")
        )
    }
}

/// The line at the end of what was found in a file.
pub(super) fn verdict(name: &str, checked: &Checked) -> String {
    let kind = if is_python(name.as_ref()) { "DAG" } else { checked.kind.file_name() };
    let name = display::message(name);
    let version = match checked.version {
        Some(version) => format!(" of version {}", version.number()),
        None => String::new(),
    };
    if !checked.is_valid() {
        return format!("{name}: invalid {kind}{version}, {}\n", counts(checked));
    }
    match checked.found.total() {
        0 => format!("{name}: valid {kind}{version}\n"),
        _ => format!("{name}: valid {kind}{version}, {}\n", counts(checked)),
    }
}

fn counts(checked: &Checked) -> String {
    let count = |severity| checked.count(severity);
    let parts =
        [(count(Severity::Error), "error"), (count(Severity::Warning), "warning"), (count(Severity::Info), "note")];
    let words = parts.iter().filter(|(count, _)| *count > 0).map(|&(count, noun)| plural(count, noun));
    words.collect::<Vec<_>>().join(", ")
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
