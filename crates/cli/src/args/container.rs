//! Options of `run` on how the container is made, and of all commands on a trigger request.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use task_api_core::spec::Gpus;

use super::RecordFormat;

/// Environment variables from the request that triggers a workflow.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfArgs {
    /// A trigger request's body or its `conf`, whose `task_form` sets environment variables
    #[arg(long, value_name = "FILE")]
    pub(crate) conf: Option<PathBuf>,
    /// The task in `task_form` [default: the task's name]
    #[arg(long, value_name = "ID", requires = "conf")]
    pub(crate) task_id: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ContainerArgs {
    /// The container's network: `none`, `host`, `bridge` or the name of one
    #[arg(long, value_name = "MODE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) network: Option<String>,
    /// GPUs for the container, whatever `nvidia.com/gpu` says
    #[arg(long, value_name = "N|all", value_parser = gpus)]
    pub(crate) gpus: Option<Gpus>,
    /// The program to start instead of the image's ENTRYPOINT; '' for the command alone
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) entrypoint: Option<String>,
    /// With --watch: remove the container when it has ended; the record stays
    #[arg(long, requires = "watch")]
    pub(crate) rm: bool,
    /// Remove what is in the output directories before
    #[arg(long)]
    pub(crate) clean_outputs: bool,
    /// An output directory to allow although it is the system's or your home
    #[arg(long, value_name = "PATH")]
    pub(crate) allow_host_path: Vec<PathBuf>,
    /// Allow a channel with the engine's socket in it, which is to allow the container everything
    #[arg(long)]
    pub(crate) allow_engine_socket: bool,
    /// How to print the run's id and record
    #[arg(long, value_enum, default_value_t = RecordFormat::Full)]
    pub(crate) format: RecordFormat,
}

impl ContainerArgs {
    /// What takes the place of the image's ENTRYPOINT.
    pub(crate) fn entrypoint(&self) -> Option<Vec<String>> {
        let program = self.entrypoint.as_ref()?;
        Some(if program.is_empty() { Vec::new() } else { vec![program.clone()] })
    }
}

fn gpus(argument: &str) -> Result<Gpus, String> {
    match argument {
        "all" => Ok(Gpus::All),
        number => number.parse().map(Gpus::Count).map_err(|_| "write it as a number, or `all`".to_owned()),
    }
}
