//! `task-api.toml`: what a project has decided for its files. Text in, settings and problems out.
//!
//! Reading it is behind the feature `config`, so that who has no such file does not carry a TOML parser and patterns.

#[cfg(feature = "config")]
mod globs;
#[cfg(feature = "config")]
mod reader;
#[cfg(not(feature = "config"))]
mod unread;

use task_api_json::Span;

use crate::Suppression;
use crate::check::Levels;

#[cfg(feature = "config")]
pub use globs::Globs;
#[cfg(feature = "config")]
pub use reader::read;
#[cfg(not(feature = "config"))]
pub use unread::{Globs, read};

pub const FILE_NAME: &str = "task-api.toml";

/// The JSON Schema of the file, as published.
pub const SCHEMA: &str = include_str!("../../../schemas/task-api-toml.schema.json");

/// What a task-api.toml says. Paths and patterns in it are relative to its directory.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `[rules]`.
    pub rules: Levels,
    /// `[validate]`.
    pub validate: Defaults,
    /// `[[overrides]]`, later ones over earlier ones.
    pub overrides: Vec<Override>,
    /// `[[suppress]]`.
    pub suppressions: Vec<FileSuppression>,
}

/// Defaults of the options of `validate`.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    pub deny_warnings: bool,
    pub check_paths: bool,
    pub container: Option<WrittenPath>,
    pub policy: Vec<WrittenPath>,
    /// What is left out where a directory is searched.
    pub exclude: Globs,
}

/// Severities for some files.
#[derive(Debug, Clone)]
pub struct Override {
    pub files: Globs,
    pub rules: Levels,
}

/// A suppression and the files that it is for.
#[derive(Debug, Clone)]
pub struct FileSuppression {
    pub file: WrittenPath,
    /// `file` names one file; with a pattern, some of the files may have nothing to suppress.
    pub is_literal: bool,
    pub rule: String,
    pub pointer: Option<String>,
    pub reason: String,
    files: Globs,
    line: u32,
}

/// A path as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPath {
    pub path: String,
    pub span: Span,
    /// Counted from 1.
    pub line: u32,
}

/// What is wrong with a task-api.toml. With it, nothing of the file may be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// A task-api.toml, read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub config: Config,
    /// Sorted by position.
    pub problems: Vec<Problem>,
}

impl Config {
    /// The severities for the file at `path`, which is relative to the directory of the task-api.toml and has `/`
    /// between its parts; `None` for a file outside of it.
    pub fn levels(&self, path: Option<&str>) -> Levels {
        let mut levels = self.rules.clone();
        for one in self.overrides.iter().filter(|one| path.is_some_and(|path| one.files.matches(path))) {
            levels.extend(one.rules.clone());
        }
        levels
    }

    /// What is suppressed in the file at `path`, as for [`Config::levels`]; `name` is what messages call the
    /// task-api.toml.
    pub fn suppressions(&self, path: Option<&str>, name: &str) -> Vec<Suppression> {
        let of_file = self.suppressions.iter().filter(|one| path.is_some_and(|path| one.files.matches(path)));
        let suppression = |one: &FileSuppression| Suppression {
            rule: one.rule.clone(),
            pointer: one.pointer.clone(),
            origin: format!("{name}:{}", one.line),
            is_expected: one.is_literal,
        };
        of_file.map(suppression).collect()
    }
}
