//! The arguments, as users type them.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use task_api_core::{ApiVersion, Kind};

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
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Full)]
    pub(crate) format: Format,
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
    /// The processing-container.json, instead of the nearest one or the image's own
    #[arg(long, value_name = "PATH")]
    pub(crate) container: Option<PathBuf>,
    /// Set an environment variable; wins over the task and the template
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) env: Vec<(String, String)>,
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

fn name_and_value(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
