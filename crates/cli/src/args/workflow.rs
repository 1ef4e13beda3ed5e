//! `task-api workflow …`.

use super::{WorkflowExportArgs, WorkflowImportArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowArgs {
    #[command(subcommand)]
    pub(crate) command: WorkflowCommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum WorkflowCommand {
    /// Make a workflow.json of a DAG
    Import(WorkflowImportArgs),
    /// Make a DAG or a picture of a workflow
    Export(WorkflowExportArgs),
}
