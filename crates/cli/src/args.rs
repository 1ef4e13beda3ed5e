//! The arguments, as users type them.

mod container;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use task_api_core::diagnostic::Severity;
use task_api_core::{ApiVersion, Kind, data, nearest, rules};

pub(crate) use container::{ConfArgs, ContainerArgs};

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
  125  the container engine cannot be reached, or refused
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
    /// Print an image's /processing-container.json
    ProcessingContainer(ProcessingContainerArgs),
    /// Measure the inputs and print what the scale rules and limits come to
    Estimate(TaskArgs),
    /// Check that a channel holds items, and that they fit those of the inputs
    CheckData(CheckDataArgs),
    /// Move a file to the other version of the format
    Migrate(MigrateArgs),
    /// Lay out files: two spaces, one item a line
    Fmt(FmtArgs),
    /// Explain a rule, or list all
    Explain(ExplainArgs),
    /// Write a processing-container.json, a Dockerfile and a task.json to start from
    Init(InitArgs),
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
    /// Which of the two files it is
    #[arg(long, value_enum, default_value_t = KindArg::Auto)]
    pub(crate) schema: KindArg,
    /// Version of the file format
    #[arg(long, value_enum, default_value_t = VersionArg::Auto)]
    pub(crate) api_version: VersionArg,
    /// Check against the contract alone, without the further rules
    #[arg(long)]
    pub(crate) schema_only: bool,
    /// The processing-container.json that tasks are checked against, instead of the nearest one
    #[arg(long, value_name = "PATH")]
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
    /// Which of the two files it is
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
    /// With --watch: say at the end how much memory was used
    #[arg(long, requires = "watch")]
    pub(crate) monitor_memory: bool,
    /// The run record to write, instead of task_run-<id>.json here
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
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
    #[arg(value_name = "RUN", required = true)]
    pub(crate) runs: Vec<String>,
    /// Kill a container that still runs
    #[arg(long, short)]
    pub(crate) force: bool,
    /// Delete the record as well
    #[arg(long)]
    pub(crate) record: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PsArgs {
    /// How to print them
    #[arg(long, value_enum, default_value_t = RecordFormat::Full)]
    pub(crate) format: RecordFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ProcessingContainerArgs {
    /// The image, which must be present
    #[arg(value_name = "IMAGE")]
    pub(crate) image: String,
    /// Where the image is
    #[arg(long, value_enum, default_value_t = Mode::Docker)]
    pub(crate) mode: Mode,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// processing-container.json
    Pc,
    /// task.json
    Task,
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

impl KindArg {
    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            KindArg::Auto => None,
            KindArg::Pc => Some(Kind::ProcessingContainer),
            KindArg::Task => Some(Kind::Task),
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
