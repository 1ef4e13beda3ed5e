//! Airflow DAG files and workflows: Python read without running it, and written.
//!
//! Pure: text in, values and diagnostics out. [`read`] makes a [`Workflow`] of each DAG of a file, with places in the
//! Python text, so that the rules of workflows look at it; what only a run can tell is in [`DagFile::unread`].

mod check;
mod export;
mod import;
mod migrate;
mod model;
mod plain;
mod python;
mod reader;
mod template;
mod value;

use task_api_core::workflow::Workflow;

pub use check::check;
pub use export::{Docker, OPERATOR_MODULE, airflow, airflow_docker, dot, mermaid, svg};
pub use import::{Imported, import};
pub use migrate::{Migration, MigrationError, Source, migrate};
pub use python::SyntaxError;
pub use reader::Unread;

/// The operator whose tasks are those of the Task API.
pub(crate) const OPERATOR: &str = "KaapanaTaskOperator";
/// What joins an output channel of one task with an input channel of another.
pub(crate) const MAPPING: &str = "IOMapping";
/// The name of the constant with what a workflow.json says and a DAG has no place for.
pub(crate) const CONSTANT: &str = "TASK_API";

/// What a Python file says of workflows.
#[derive(Debug)]
pub struct DagFile {
    /// Why the text is no Python.
    pub errors: Vec<SyntaxError>,
    /// One for each DAG, in the order of the file.
    pub workflows: Vec<Workflow>,
    /// What is known only when the file runs.
    pub unread: Vec<Unread>,
    read: reader::Read,
}

/// Whether a Python file is about the Task API: whether it imports the operator.
pub fn is_dag_file(text: &str) -> bool {
    // The name first: it is in no other file, and most files are others.
    text.contains(OPERATOR) && python::parse(text).imports(OPERATOR)
}

/// Reads a Python file.
pub fn read(text: &str) -> DagFile {
    let module = python::parse(text);
    let mut read = reader::read(&module, text);
    let workflows = model::workflows(&mut read);
    DagFile { errors: module.errors, workflows, unread: std::mem::take(&mut read.unread), read }
}
