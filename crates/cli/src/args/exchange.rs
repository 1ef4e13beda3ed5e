//! `task-api workflow import`, `export`, and `migrate-operator`: workflows from and to other languages.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowImportArgs {
    /// The Python file with the DAG
    #[arg(value_name = "DAG.py")]
    pub(crate) file: PathBuf,
    /// Which of several DAGs, by its name
    #[arg(long, value_name = "ID")]
    pub(crate) dag: Option<String>,
    /// Write the workflow.json there instead of printing it
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowExportArgs {
    /// The workflow.json, or a Python file with a DAG
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What to make of it
    #[arg(long, value_enum)]
    pub(crate) to: ExportTo,
    /// Which of several DAGs, by its name
    #[arg(long, value_name = "ID")]
    pub(crate) dag: Option<String>,
    /// Write it there instead of printing it
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// With `airflow`: the module of KaapanaTaskOperator
    #[arg(long, value_name = "MODULE", value_parser = NonEmptyStringValueParser::new(),
        default_value = task_api_dag::OPERATOR_MODULE)]
    pub(crate) operator_module: String,
    /// With `airflow-docker`: the directory in which runs get theirs [default: runs, beside the file]
    #[arg(long, value_name = "DIR")]
    pub(crate) runs: Option<PathBuf>,
    /// With `airflow-docker`: the processing-container.json of all images, instead of those that are found
    #[arg(long, value_name = "PATH")]
    pub(crate) container: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportTo {
    /// A DAG with KaapanaTaskOperator
    Airflow,
    /// A DAG with the operator of Airflow's Docker provider
    AirflowDocker,
    /// A flowchart for Mermaid
    Mermaid,
    /// A graph for Graphviz
    Dot,
    /// A picture
    Svg,
}

#[derive(Debug, clap::Args)]
pub(crate) struct MigrateOperatorArgs {
    /// The Python file with a subclass of KaapanaBaseOperator, or a DAG that uses one
    #[arg(value_name = "FILE.py")]
    pub(crate) file: PathBuf,
    /// More files to look into: those of the operators' classes, the scripts that containers run
    #[arg(long = "with", value_name = "FILE")]
    pub(crate) with: Vec<PathBuf>,
    /// Write processing-container.json, dag.py and TODO.md there instead of printing them
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}
