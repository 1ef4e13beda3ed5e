//! The arguments, as users type them.

mod container;
mod exchange;
mod workflow;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use task_api_core::diagnostic::Severity;
use task_api_core::quantity::Quantity;
use task_api_core::{ApiVersion, Kind, data, nearest, rules};

pub(crate) use container::{ConfArgs, ContainerArgs};
pub(crate) use exchange::{ExportTo, MigrateOperatorArgs, WorkflowExportArgs, WorkflowImportArgs};
pub(crate) use workflow::{
    WorkflowArgs, WorkflowCommand, WorkflowLogsArgs, WorkflowRunArgs, WorkflowStatusArgs, WorkflowStopArgs,
};

use crate::exit::Failure;
use crate::io::Place;
use crate::render::Variables;
use crate::{env_file, load, time};

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
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) task: TaskArgs,
    /// Where to run
    #[arg(long, value_enum, default_value_t = Mode::Docker)]
    pub(crate) mode: Mode,
    /// Follow the container to its end, pass its output on and exit with its code
    #[arg(long, short, overrides_with = "no_watch")]
    pub(crate) watch: bool,
    /// Leave the container to itself once it has started (the default)
    #[arg(long, overrides_with = "watch")]
    pub(crate) no_watch: bool,
    /// With --watch: show the memory that is used, and compare it at the end with what the scale rules computed
    #[arg(long, requires = "watch")]
    pub(crate) monitor_memory: bool,
    /// With --watch: end the container when it has run for so long (90, 90s, 5m, 2h), and exit with 124; the time goes on
    /// while an engine that went away is waited for ($TASK_API_ENGINE_PATIENCE, by default 2m)
    #[arg(long, value_name = "DURATION", value_parser = time::positive_duration)]
    pub(crate) timeout: Option<Duration>,
    /// The run record to write, instead of task_run-<id>.json here
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// When to pull the image [default: missing, with --dry-run never]
    #[arg(long, value_enum)]
    pub(crate) pull: Option<PullArg>,
    /// With --watch: do not check what the outputs hold after a success
    #[arg(long)]
    pub(crate) no_check_data: bool,
    /// With --watch: describe the run in ro-crate-metadata.json (RO-Crate), beside the outputs or in DIR
    #[arg(long, value_name = "DIR", requires = "watch", num_args = 0..=1, require_equals = true)]
    pub(crate) provenance: Option<Option<PathBuf>>,
    /// Print what would run and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Who the container runs as: UID:GID, or `image` for the image's own user [default: the caller]
    #[arg(long, value_name = "UID:GID|image", value_parser = user, default_value = "", hide_default_value = true)]
    pub(crate) user: UserArg,
    #[command(flatten)]
    pub(crate) container: ContainerArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CalibrateArgs {
    #[command(flatten)]
    pub(crate) task: TaskArgs,
    /// The input whose scale rule is looked for, where the task has several
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Option<String>,
    /// Directories for that input, one run each [default: more and more items of its own directory]
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Run each this many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) repeat: u32,
    /// How the sizes of files become one size [default: as in the rule that is there, else sum]
    #[arg(long, value_enum)]
    pub(crate) size_mode: Option<SizeMode>,
    /// Measure what is below this directory of the channel [default: as in the rule that is there]
    #[arg(long, value_name = "DIR")]
    pub(crate) target_dir: Option<String>,
    /// Measure the files whose names match [default: as in the rule that is there]
    #[arg(long, value_name = "GLOB")]
    pub(crate) target_glob: Option<String>,
    /// Measure the files whose paths match [default: as in the rule that is there]
    #[arg(long, value_name = "REGEX")]
    pub(crate) target_regex: Option<String>,
    /// What the rule sets [default: as in the rule that is there, else limit]
    #[arg(long = "type", value_enum)]
    pub(crate) target: Option<RuleTarget>,
    /// Added to what is needed
    #[arg(long, value_name = "PERCENT", default_value = "20%", value_parser = percent)]
    pub(crate) margin: f64,
    /// The largest input that is expected, as 20Gi
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) up_to: Option<u64>,
    /// Limit the runs to so much memory; without it they have none, whatever the task says
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) memory_limit: Option<u64>,
    /// Write the rule into the processing-container.json instead of printing the change
    #[arg(long)]
    pub(crate) write: bool,
    /// Who the containers run as: UID:GID, or `image` for the image's own user [default: the caller]
    #[arg(long, value_name = "UID:GID|image", value_parser = user, default_value = "", hide_default_value = true)]
    pub(crate) user: UserArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum SizeMode {
    /// The total
    Sum,
    /// The largest file
    MaxFileSize,
    /// The total of the largest item
    MaxItemSum,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleTarget {
    /// The most that the container may use
    Limit,
    /// What is kept for it
    Request,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LogsArgs {
    /// A run record, a run's id or the beginning of one
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Go on until the container ends
    #[arg(long, short, overrides_with = "no_watch")]
    pub(crate) watch: bool,
    /// Print what there is (the default)
    #[arg(long, overrides_with = "watch")]
    pub(crate) no_watch: bool,
    /// Only what was written since then: a time (2026-01-02T03:04:05Z), or how long ago (90s, 5m, 2h)
    #[arg(long, value_name = "TIME|DURATION", value_parser = time::since)]
    pub(crate) since: Option<jiff::Timestamp>,
    /// Only so many of the last lines, or `all`
    #[arg(long, short = 'n', value_name = "N", value_parser = tail, default_value = "all", hide_default_value = true)]
    pub(crate) tail: Tail,
    /// Put the time in front of every line
    #[arg(long, short)]
    pub(crate) timestamps: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// A run record, a run's id or the beginning of one
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Wait for the run's end (the default)
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
pub(crate) struct StopArgs {
    /// A run record, a run's id or the beginning of one
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// How long to wait before the container is killed
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) time: u64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RmArgs {
    /// Run records, runs' ids or beginnings of them
    #[arg(value_name = "RUN", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) runs: Vec<String>,
    /// All runs that have ended and whose records are, or were, in this directory
    #[arg(long)]
    pub(crate) all: bool,
    /// With --all: only those that ended so long ago (90s, 5m, 2h, 7d)
    #[arg(long, value_name = "DURATION", requires = "all", value_parser = time::duration)]
    pub(crate) older_than: Option<Duration>,
    /// Kill a container that still runs
    #[arg(long, short)]
    pub(crate) force: bool,
    /// Delete the record as well
    #[arg(long)]
    pub(crate) record: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PsArgs {
    /// Write lost records anew into this directory, from the labels of the containers
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t = RecordFormat::Full)]
    pub(crate) format: RecordFormat,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindArg {
    /// Whatever its fields and its name tell
    Auto,
    /// processing-container.json
    Pc,
    /// task.json
    Task,
    /// workflow.json
    Workflow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// processing-container.json
    Pc,
    /// task.json
    Task,
    /// workflow.json
    Workflow,
    /// task-api.toml
    Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VersionArg {
    /// Whatever the file tells; the newest for a schema
    Auto,
    #[value(name = "0")]
    Zero,
    #[value(name = "1")]
    One,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The places in the source, with what is wrong and how to mend it
    Full,
    /// One line each: `path:line:column: severity: message [rule]`
    Concise,
    /// Everything, for programs
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI servers
    Junit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataFormat {
    /// What is wrong, why it matters and how to mend it
    Full,
    /// One line each: `path: severity: message [rule]`
    Concise,
    /// Everything, for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The local engine
    Docker,
    /// A Kubernetes cluster
    K8s,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PullArg {
    /// Each time, so that a newer image under the same tag is noticed
    Always,
    /// If the engine does not have it
    Missing,
    /// Not at all
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// For people
    Full,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserArg {
    Caller,
    Ids(u32, u32),
    Image,
}

/// How many of the last lines; `None` is all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail(pub(crate) Option<u64>);

impl KindArg {
    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            KindArg::Auto => None,
            KindArg::Pc => Some(Kind::ProcessingContainer),
            KindArg::Task => Some(Kind::Task),
            KindArg::Workflow => Some(Kind::Workflow),
        }
    }
}

impl VersionArg {
    pub(crate) fn version(self) -> Option<ApiVersion> {
        match self {
            VersionArg::Auto => None,
            VersionArg::Zero => Some(ApiVersion::V0),
            VersionArg::One => Some(ApiVersion::V1),
        }
    }
}

fn rule_level(argument: &str) -> Result<(String, Option<Severity>), String> {
    let (name, level) = argument.split_once('=').ok_or("write it as NAME=off|info|warning|error")?;
    if rules::find(name).is_none() {
        let names = rules::ALL.iter().map(|rule| rule.name);
        let hint = nearest(name, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        return Err(format!("there is no rule `{name}`{hint} (`task-api explain` lists them)"));
    }
    let severity = match level {
        "off" => None,
        "info" => Some(Severity::Info),
        "warning" => Some(Severity::Warning),
        "error" => Some(Severity::Error),
        _ => return Err(format!("`{level}` is none of off, info, warning and error")),
    };
    Ok((name.to_owned(), severity))
}

fn data_rule_level(argument: &str) -> Result<(String, Option<Severity>), String> {
    let (name, severity) = rule_level(argument)?;
    let names = data::RULES.map(|rule| rule.name);
    if !names.contains(&name.as_str()) {
        return Err(format!("`{name}` is a rule of files; those of data are {}", names.join(" and ")));
    }
    Ok((name, severity))
}

fn name_and_value(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

fn percent(argument: &str) -> Result<f64, String> {
    let number = argument.strip_suffix('%').unwrap_or(argument).parse::<f64>();
    match number {
        Ok(number) if (0.0..=1000.0).contains(&number) => Ok(number / 100.0),
        _ => Err("write it as a percentage: 20%".to_owned()),
    }
}

fn bytes(argument: &str) -> Result<u64, String> {
    let quantity = Quantity::parse(argument).map_err(|error| format!("write it as 20Gi or 500M; {error}"))?;
    Some(quantity.ceil()).filter(|bytes| *bytes > 0).ok_or_else(|| "it must be more than nothing".to_owned())
}

fn user(argument: &str) -> Result<UserArg, String> {
    let ids = |text: &str| {
        let (user, group) = text.split_once(':')?;
        Some(UserArg::Ids(user.parse().ok()?, group.parse().ok()?))
    };
    match argument {
        "" => Ok(UserArg::Caller),
        "image" => Ok(UserArg::Image),
        other => ids(other).ok_or_else(|| "write it as UID:GID in numbers, or `image`".to_owned()),
    }
}

fn tail(argument: &str) -> Result<Tail, String> {
    if argument == "all" {
        return Ok(Tail(None));
    }
    argument.parse().map(|lines| Tail(Some(lines))).map_err(|_| "write a number of lines, or `all`".to_owned())
}
