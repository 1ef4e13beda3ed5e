//! What the Task API means: the contract, its rules, what a task comes to, and what will run.
//!
//! Pure: text in, values and diagnostics out. No files, environment, clock or network; everything
//! from there is a parameter. [`check`] is the one entry for looking at a document.

pub mod calibrate;
pub mod command_line;
pub mod conf;
pub mod config;
pub mod data;
pub mod diagnostic;
pub mod fix;
pub mod image;
pub mod locate;
pub mod migrate;
pub mod model;
pub mod plan;
pub mod quantity;
pub mod report;
pub mod resolve;
pub mod rules;
pub mod scale;
pub mod schema;
pub mod secret;
pub mod spec;
pub mod template;
pub mod version;
#[cfg(feature = "workflow")]
pub mod workflow;

mod check;
mod findings;
mod levels;
mod names;
mod side;
mod suggest;
mod suppress;
mod walk;

pub use check::{
    CheckOptions, Checked, Levels, OwnRules, Parsed, Surroundings, check, check_broken_utf8, check_parsed,
};
pub use findings::{Counts, MAX_DIAGNOSTICS};
pub use rules::env_type_mismatch::fits as fits_env_type;
pub use suggest::nearest;
pub use suppress::Suppression;

/// The field that carries the version of the format.
pub(crate) const API_VERSION: &str = "api_version";

/// The two files of the contract, and the one that joins tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    ProcessingContainer,
    Task,
    Workflow,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::ProcessingContainer => "processing-container",
            Kind::Task => "task",
            Kind::Workflow => "workflow",
        }
    }

    /// What files of this kind are called.
    pub fn file_name(self) -> &'static str {
        match self {
            Kind::ProcessingContainer => "processing-container.json",
            Kind::Task => "task.json",
            Kind::Workflow => "workflow.json",
        }
    }

    /// The kind that a file name promises.
    pub fn of_file_name(path: &str) -> Option<Kind> {
        let name = path.rsplit(['/', '\\']).next()?;
        let folder = path.strip_suffix(name)?.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next()?;
        if name == Kind::ProcessingContainer.file_name() {
            return Some(Kind::ProcessingContainer);
        }
        let stem = name.strip_suffix(".json")?;
        let is_called = |name: &str| {
            let rest = stem.strip_prefix(name).map(|rest| rest.is_empty() || rest.starts_with('-'));
            rest == Some(true) || stem.strip_suffix(name).is_some_and(|rest| rest.ends_with(['-', '.']))
        };
        if is_called("task") || folder == "tasks" {
            return Some(Kind::Task);
        }
        (is_called("workflow") || folder == "workflows").then_some(Kind::Workflow)
    }
}

/// The versions of the formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiVersion {
    /// As documented before the files carried a version.
    V0,
    /// Kaapana 0.6.
    V1,
}

impl ApiVersion {
    pub fn number(self) -> u8 {
        match self {
            ApiVersion::V0 => 0,
            ApiVersion::V1 => 1,
        }
    }

    pub fn from_number(number: u8) -> Option<ApiVersion> {
        match number {
            0 => Some(ApiVersion::V0),
            1 => Some(ApiVersion::V1),
            _ => None,
        }
    }

    pub fn other(self) -> ApiVersion {
        match self {
            ApiVersion::V0 => ApiVersion::V1,
            ApiVersion::V1 => ApiVersion::V0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_tell_the_kind() {
        let task = ["task.json", "a/task.json", "x-task.json", "task-x.json", "x.task.json", "tasks/x.json"];
        assert!(task.iter().all(|path| Kind::of_file_name(path) == Some(Kind::Task)));
        assert_eq!(Kind::of_file_name("a/processing-container.json"), Some(Kind::ProcessingContainer));
        let workflow = ["workflow.json", "a/x-workflow.json", "workflow-x.json", "x.workflow.json", "workflows/x.json"];
        assert!(workflow.iter().all(|path| Kind::of_file_name(path) == Some(Kind::Workflow)));
        assert_eq!(Kind::of_file_name("mask.json"), None);
        assert_eq!(Kind::of_file_name("taskforce.json"), None);
        assert_eq!(Kind::of_file_name("myworkflow.json"), None);
        assert_eq!(Kind::of_file_name("task.yaml"), None);
    }
}
