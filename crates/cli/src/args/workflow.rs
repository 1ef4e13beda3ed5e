//! `task-api workflow …`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;

use super::values::{PullArg, RecordFormat, Tail, UserArg, bytes, tail, user};
use super::{VariableArgs, WorkflowExportArgs, WorkflowImportArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowArgs {
    #[command(subcommand)]
    pub(crate) command: WorkflowCommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum WorkflowCommand {
    /// Run a workflow's tasks on this machine, each as soon as what it reads is there
    Run(WorkflowRunArgs),
    /// Wait for a workflow's run and tell how its tasks ended
    Status(WorkflowStatusArgs),
    /// Print what the containers of a workflow's run wrote
    Logs(WorkflowLogsArgs),
    /// End a workflow's run: the containers that run, and those that wait
    Stop(WorkflowStopArgs),
    /// Make a workflow.json of a DAG
    Import(WorkflowImportArgs),
    /// Make a DAG or a picture of a workflow
    Export(WorkflowExportArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowRunArgs {
    /// The workflow.json
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Print the order, and what would run, and change nothing
    #[arg(long, conflicts_with_all = ["resume", "only", "from"])]
    pub(crate) dry_run: bool,
    /// Where outputs go: DIR/TASK/CHANNEL [default: workflow_run-<id> here]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    pub(crate) directory: Option<PathBuf>,
    /// Take up an earlier run, by default the last one of this file here: tasks that ended with 0, and whose inputs, image,
    /// template and parameters are what they were, are not run again
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true)]
    pub(crate) resume: Option<Option<String>>,
    /// Run these tasks alone, on what others left in the run that is resumed; they run even if nothing changed
    #[arg(long, value_name = "TASK", num_args = 1.., conflicts_with = "from")]
    pub(crate) only: Vec<String>,
    /// Run these tasks, even if nothing changed, and those behind them; those before them are left as they are
    #[arg(long, value_name = "TASK", num_args = 1..)]
    pub(crate) from: Vec<String>,
    /// Run at most so many tasks at once [default: one for each processor]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) jobs: Option<u32>,
    /// The memory that the tasks' requests must fit into, as 20Gi [default: that of the engine's machine]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) memory: Option<u64>,
    /// A trigger request's body or its `conf`, whose `task_form` sets environment variables
    #[arg(long, value_name = "FILE")]
    pub(crate) conf: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) variables: VariableArgs,
    /// When to pull images [default: missing, with --dry-run never]
    #[arg(long, value_enum)]
    pub(crate) pull: Option<PullArg>,
    /// Who the containers run as: UID:GID, or `image` for the images' own users [default: the caller]
    #[arg(long, value_name = "UID:GID|image", value_parser = user, default_value = "", hide_default_value = true)]
    pub(crate) user: UserArg,
    /// The containers' network: `none`, `host`, `bridge` or the name of one
    #[arg(long, value_name = "MODE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) network: Option<String>,
    /// Allow an input with the engine's socket in it, which is to allow the container everything
    #[arg(long)]
    pub(crate) allow_engine_socket: bool,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = RecordFormat::Full)]
    pub(crate) format: RecordFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowStatusArgs {
    /// A record of a workflow's run, the run's id or the beginning of one
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Wait for the end (the default)
    #[arg(long, overrides_with = "no_watch")]
    pub(crate) watch: bool,
    /// Tell how it is now
    #[arg(long, overrides_with = "watch")]
    pub(crate) no_watch: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = RecordFormat::Full)]
    pub(crate) format: RecordFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowLogsArgs {
    /// A record of a workflow's run, the run's id or the beginning of one
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// The tasks [default: all]; the output of a single one is printed as it is, that of several with the task's name in
    /// front of each line
    #[arg(value_name = "TASK")]
    pub(crate) tasks: Vec<String>,
    /// Only so many of the last lines of each task, or `all`
    #[arg(long, short = 'n', value_name = "N", value_parser = tail, default_value = "all", hide_default_value = true)]
    pub(crate) tail: Tail,
    /// Put the time in front of every line
    #[arg(long, short)]
    pub(crate) timestamps: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowStopArgs {
    /// A record of a workflow's run, the run's id or the beginning of one
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// How long to wait before containers are killed
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) time: u64,
}
