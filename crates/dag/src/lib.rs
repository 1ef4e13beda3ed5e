//! Airflow DAG files.
mod python;
mod reader;
mod value;

/// The operator whose tasks are those of the Task API.
pub(crate) const OPERATOR: &str = "KaapanaTaskOperator";
/// What joins an output channel of one task with an input channel of another.
pub(crate) const MAPPING: &str = "IOMapping";
