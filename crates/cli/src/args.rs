//! The arguments, as users type them.

mod container;
mod exchange;
mod runs;
mod values;
mod workflow;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use task_api_core::diagnostic::Severity;

pub(crate) use container::{ConfArgs, ContainerArgs};
pub(crate) use exchange::{ExportTo, MigrateOperatorArgs, WorkflowExportArgs, WorkflowImportArgs};
pub(crate) use runs::{CalibrateArgs, LogsArgs, PsArgs, RmArgs, RuleTarget, RunArgs, SizeMode, StatusArgs, StopArgs};
pub(crate) use values::{DataFormat, Format, KindArg, Mode, PullArg, RecordFormat, SchemaKind, UserArg, VersionArg};
pub(crate) use workflow::{
    WorkflowArgs, WorkflowCommand, WorkflowLogsArgs, WorkflowRunArgs, WorkflowStatusArgs, WorkflowStopArgs,
};

use crate::exit::Failure;
use crate::io::Place;
use crate::render::Variables;
use crate::{env_file, load};
use values::{data_rule_level, name_and_value, rule_level};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the file or the data is invalid; or the container failed without a code
  2    wrong usage, or a file that cannot be read or written
  124  the run took too long
  125  the container engine or the registry of an image cannot be reached, or refused
  137  the container ran out of memory or was killed
  `run --watch` and `status` exit with the container's own code.";

/// Check and run Task API processing-containers.
#[derive(Debug, Parser)]
#[command(name = "task-api", version, styles = STYLES, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check processing-container.json and task.json files
    Validate(ValidateArgs),
    /// Print what a task comes to: merged with its template, nothing left open
    Resolve(ResolveArgs),
    /// Start a task's container; with --watch, follow it to its end
    Run(RunArgs),
    /// Print a run's output
    Logs(LogsArgs),
    /// Wait for a run and tell how it ended
    #[command(visible_alias = "status")]
    CheckTaskRun(StatusArgs),
    /// End a run
    Stop(StopArgs),
    /// Remove the containers of runs
    Rm(RmArgs),
    /// List runs
    Ps(PsArgs),
    /// Run workflows, tasks whose inputs are the outputs of others, here or as DAGs of Airflow
    Workflow(WorkflowArgs),
    /// Print an image's /processing-container.json
    ProcessingContainer(ProcessingContainerArgs),
    /// Build and check the body of a request that triggers a workflow
    Conf(TriggerArgs),
    /// Measure the inputs and print what the scale rules and limits come to
    Estimate(TaskArgs),
    /// Run a task over inputs of several sizes, and find the scale rule that its memory needs
    Calibrate(CalibrateArgs),
    /// Check that a channel holds items, and that they fit those of the inputs
    CheckData(CheckDataArgs),
    /// Move a file to the other version of the format
    Migrate(MigrateArgs),
    /// Make a processing-container.json and a DAG of an operator that builds on KaapanaBaseOperator
    MigrateOperator(MigrateOperatorArgs),
    /// Lay out files: two spaces, one item a line
    Fmt(FmtArgs),
    /// Explain a rule, or list all
    Explain(ExplainArgs),
    /// Write a processing-container.json, a Dockerfile and a task.json to start from
    Init(InitArgs),
    /// Serve an editor: diagnostics, completion, renaming and more (a language server on standard input and output)
    Lsp(LspArgs),
    /// Print a script that completes commands and options in a shell
    Completions(CompletionsArgs),
    /// Print the JSON Schema of a file format
    Schema(SchemaArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ValidateArgs {
    /// Files, directories to search, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Which of the files it is
    #[arg(long, value_enum, default_value_t = KindArg::Auto)]
    pub(crate) schema: KindArg,
    /// Version of the file format
    #[arg(long, value_enum, default_value_t = VersionArg::Auto)]
    pub(crate) api_version: VersionArg,
    /// Check against the contract alone, without the further rules
    #[arg(long)]
    pub(crate) schema_only: bool,
    /// The processing-container.json that tasks are checked against, instead of the nearest one: a file, or
    /// the one in an image
    #[arg(long, value_name = "PATH|IMAGE")]
    pub(crate) container: Option<PathBuf>,
    /// Report input directories that do not exist
    #[arg(long)]
    pub(crate) check_paths: bool,
    /// Apply the safe fixes
    #[arg(long)]
    pub(crate) fix: bool,
    /// Apply the unsafe fixes as well: guesses and placeholders
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Print what the fixes would change, and change nothing
    #[arg(long)]
    pub(crate) diff: bool,
    /// Report a rule as off, info, warning or error
    #[arg(long = "rule", value_name = "NAME=LEVEL", value_parser = rule_level)]
    pub(crate) rules: Vec<(String, Option<Severity>)>,
    /// Let warnings fail the check
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// The task-api.toml to go by, instead of the nearest one above each file
    #[arg(long, value_name = "PATH", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Go by no task-api.toml
    #[arg(long)]
    pub(crate) no_config: bool,
    /// Hold the files against a site's own JSON Schema as well
    #[arg(long = "policy", value_name = "SCHEMA", conflicts_with = "schema_only")]
    pub(crate) policies: Vec<PathBuf>,
    /// Render template expressions with the environment, and check what they come to
    #[arg(long)]
    pub(crate) render: bool,
    #[command(flatten)]
    pub(crate) variables: VariableArgs,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Full)]
    pub(crate) format: Format,
    /// Check again what a change concerns, until interrupted
    #[arg(long, conflicts_with = "diff")]
    pub(crate) watch: bool,
}

impl ValidateArgs {
    /// Whether fixes are written.
    pub(crate) fn changes_files(&self) -> bool {
        (self.fix || self.unsafe_fixes) && !self.diff
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The rule; without one, all are listed
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The directory, which is made if it is missing
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// The container's name [default: that of the directory]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Version of the file format
    #[arg(long, value_enum, default_value_t = ToVersion::One)]
    pub(crate) api_version: ToVersion,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FmtArgs {
    /// Files, or directories to search
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 if a file is not laid out
    #[arg(long)]
    pub(crate) check: bool,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct MigrateArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Version to write
    #[arg(long, value_enum)]
    pub(crate) to: ToVersion,
    /// Which of the files it is
    #[arg(long, value_enum, default_value_t = KindArg::Auto)]
    pub(crate) schema: KindArg,
    /// Change the file instead of printing the result
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub(crate) write: bool,
    /// Print nothing; exit with 1 if the file has another version
    #[arg(long)]
    pub(crate) check: bool,
    /// Print what would change
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToVersion {
    #[value(name = "0")]
    Zero,
    #[value(name = "1")]
    One,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ResolveArgs {
    #[command(flatten)]
    pub(crate) task: TaskArgs,
    /// Print where each value comes from
    #[arg(long)]
    pub(crate) origins: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TriggerArgs {
    /// The workflow.json
    #[arg(value_name = "WORKFLOW")]
    pub(crate) workflow: PathBuf,
    /// Set an environment variable of a task; wins over --file
    #[arg(long, value_name = "TASK.VAR=VALUE")]
    pub(crate) set: Vec<String>,
    /// Begin with the values of a body, or of the `conf` in one, in either form
    #[arg(long, value_name = "BODY")]
    pub(crate) file: Option<PathBuf>,
    /// How the values are written: as in the guide, or as a list, which the operator reads
    #[arg(long, value_enum, default_value_t = TriggerForm::Guide)]
    pub(crate) form: TriggerForm,
    /// The id of the DAG's run; Airflow makes one otherwise
    #[arg(long, value_name = "ID")]
    pub(crate) run_id: Option<String>,
    /// Print a curl command that sends the request, to a platform or to the API of an Airflow
    #[arg(long, value_name = "URL")]
    pub(crate) curl: Option<String>,
    /// Print where each variable of each task gets its value from, instead of the body
    #[arg(long, conflicts_with = "curl")]
    pub(crate) origins: bool,
    /// Take variables that no template declares
    #[arg(long)]
    pub(crate) allow_undeclared: bool,
    /// The processing-container.json of tasks whose image has none in the workflow, instead of the nearest one
    #[arg(long, value_name = "PATH")]
    pub(crate) container: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TriggerForm {
    /// `{"VAR": "value"}` for each task
    Guide,
    /// `{"env": [{"name": "VAR", "value": "value"}]}` for each task
    List,
}

/// A task and what overrides it: the same for all commands that look at what will run.
#[derive(Debug, clap::Args)]
pub(crate) struct TaskArgs {
    /// The task.json
    #[arg(value_name = "TASK")]
    pub(crate) task: PathBuf,
    /// The processing-container.json, instead of the image's own (`run`) or the nearest one (`resolve`)
    #[arg(long, value_name = "PATH")]
    pub(crate) container: Option<PathBuf>,
    /// Set an environment variable; wins over the task and the template
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) env: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) conf: ConfArgs,
    #[command(flatten)]
    pub(crate) variables: VariableArgs,
}

/// What template expressions may read beside the environment.
#[derive(Debug, clap::Args)]
pub(crate) struct VariableArgs {
    /// More variables for template expressions (`env.NAME`), as `docker run --env-file` reads them; they win
    /// over the environment
    #[arg(long = "env-file", value_name = "FILE")]
    pub(crate) env_files: Vec<PathBuf>,
    /// A value for template expressions (`custom.NAME`)
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) vars: Vec<(String, String)>,
}

impl VariableArgs {
    pub(crate) fn is_empty(&self) -> bool {
        self.env_files.is_empty() && self.vars.is_empty()
    }

    /// All that expressions may read.
    pub(crate) fn read(&self, place: &Place) -> Result<Variables, Failure> {
        let mut env = place.env.clone();
        for path in &self.env_files {
            let file = load::load_file(path, place)?;
            let variables = env_file::parse(&file, |name| place.variable(name)).map_err(Failure::usage)?;
            env.extend(variables);
        }
        Ok(Variables { env, custom: self.vars.clone() })
    }
}

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "task-api check-data <DIR> [--inputs <DIR>]... [OPTIONS]\n       task-api check-data --task <TASK> [OPTIONS]"
)]
pub(crate) struct CheckDataArgs {
    /// The directory of a channel
    #[arg(value_name = "DIR", required_unless_present = "task")]
    pub(crate) directory: Option<PathBuf>,
    /// The directory of an input that the items were made from; may be given more than once
    #[arg(long, value_name = "DIR")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Check the output directories of a task.json against its input directories
    #[arg(long, value_name = "TASK", conflicts_with_all = ["directory", "inputs"])]
    pub(crate) task: Option<PathBuf>,
    /// Report a rule as off, info, warning or error
    #[arg(long = "rule", value_name = "NAME=LEVEL", value_parser = data_rule_level)]
    pub(crate) rules: Vec<(String, Option<Severity>)>,
    /// Let warnings fail the check
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = DataFormat::Full)]
    pub(crate) format: DataFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ProcessingContainerArgs {
    /// The image
    #[arg(value_name = "IMAGE")]
    pub(crate) image: String,
    /// When to pull the image
    #[arg(long, value_enum, default_value_t = PullArg::Missing)]
    pub(crate) pull: PullArg,
    /// Where the image is
    #[arg(long, value_enum, default_value_t = Mode::Docker)]
    pub(crate) mode: Mode,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LspArgs {
    /// Speak over standard input and output, which is the only way there is; some editors say so anyway
    #[arg(long)]
    pub(crate) stdio: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    #[arg(value_enum)]
    pub(crate) kind: SchemaKind,
    /// Version of the file format
    #[arg(long, value_enum, default_value_t = VersionArg::One)]
    pub(crate) api_version: VersionArg,
}
