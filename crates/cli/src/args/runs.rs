//! `task-api run`, and what is done with runs afterwards.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::values::{Mode, PullArg, RecordFormat, Tail, UserArg, bytes, percent, tail, user};
use super::{ContainerArgs, TaskArgs};
use crate::time;

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
