//! Everything that can go wrong between a `ContainerSpec` and the end of its container, in the
//! user's words, and the exit code that each problem leads to.

use std::{fmt, io, path::PathBuf};

use crate::{pull_error::PullError, run_id::RunId};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One address at which an engine was looked for, and what happened there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Who named the address: `DOCKER_HOST`, a context, or a default.
    pub source: String,
    pub address: String,
    pub problem: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no container engine answered{}\n{HOW_TO_START}", attempts(.tried))]
    NoEngine { tried: Vec<Attempt> },
    #[error("{source_name} names the engine at `{address}`, but {reason}")]
    UnsupportedAddress { source_name: String, address: String, reason: String },
    #[error("the Docker context `{context}` cannot be used: {problem}")]
    Context { context: String, problem: String },
    #[error(
        "the engine at {address} speaks API version {api_version}, older than {minimum} \
         (Docker Engine 20.10 or Podman 4)"
    )]
    EngineTooOld { address: String, api_version: String, minimum: String },
    #[error("lost the engine while {doing}: {words}")]
    EngineLost { doing: String, words: String },
    #[error("the engine was asked {doing}, and its answer is not one of a Docker Engine: {words}")]
    EngineAnswer { doing: String, words: String },
    #[error("the engine refused {doing}: {words}")]
    EngineRefused { doing: String, words: String },
    #[error("run {id} was started on another engine ({recorded}); the one that answers now is {current}")]
    OtherEngine { id: RunId, recorded: String, current: String },

    #[error("`{reference}` is not an image reference")]
    ImageName { reference: String },
    #[error("the image `{reference}` is not present on the engine; build or pull it, or use `--pull missing`")]
    ImageMissing { reference: String },
    #[error(transparent)]
    Pull(Box<PullError>),
    #[error("no credentials for the registry {registry} could be read: {problem}")]
    Credentials { registry: String, problem: String },
    #[error(
        "the task has `config.{given}` but no `config.{missing}`, and only both together are a login; is the variable of \
         a template expression not set?"
    )]
    TaskLoginIncomplete { given: &'static str, missing: &'static str },
    #[error("the directory of channel `{channel}` does not exist: {path}")]
    MountSourceMissing { channel: String, path: String },
    #[error("the container could not be started: {words}")]
    StartRefused { id: RunId, record: PathBuf, words: String, code: Option<i64> },

    #[error("the image `{image}` has no file {path}")]
    ImageFileAbsent { image: String, path: String },
    #[error("{path} in the image `{image}` is a directory, not a file")]
    ImageFileIsDirectory { image: String, path: String },
    #[error("{path} in the image `{image}` is neither a file nor a link to one")]
    ImageFileIsSpecial { image: String, path: String },
    #[error("{path} in the image `{image}` is a link to {target}, which does not exist")]
    ImageFileDangling { image: String, path: String, target: String },
    #[error("{path} in the image `{image}` is larger than {limit} bytes")]
    ImageFileTooLarge { image: String, path: String, limit: u64 },
    #[error("{path} in the image `{image}` is not UTF-8: invalid byte at offset {offset}")]
    ImageFileNotUtf8 { image: String, path: String, offset: usize },

    #[error("{path} exists already; a run never overwrites another run's record", path = .path.display())]
    RecordExists { path: PathBuf },
    #[error("cannot {doing} the run record {path}: {error}", path = .path.display())]
    RecordIo { doing: &'static str, path: PathBuf, error: io::Error },
    #[error("{path} is not a run record: {problem}", path = .path.display())]
    RecordBroken { path: PathBuf, problem: String },
    #[error(
        "{path} is a run record of version {version}; this task-api reads version {supported}",
        path = .path.display()
    )]
    RecordVersion { path: PathBuf, version: String, supported: u32 },
    #[error("run {id} was started with mode `{mode}`, which is not an engine's")]
    RecordMode { id: RunId, mode: String },
    #[error("no run `{query}`: neither a record file nor the id, or the beginning of an id, of a run in {dir}", dir = .dir.display())]
    RunNotFound { query: String, dir: PathBuf },
    #[error("`{query}` is the beginning of several run ids: {}", ids(.candidates))]
    RunAmbiguous { query: String, candidates: Vec<RunId> },
    #[error("run {id} has no container any more")]
    ContainerGone { id: RunId },
    #[error("run {id} is still running; stop it first")]
    StillRunning { id: RunId },
    #[error("cannot write the container's output: {0}")]
    LogSink(io::Error),
    #[error("the engine cannot give the container's output: {words}")]
    LogsUnreadable { words: String },
}

/// Something that the user should know and that did not stop the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The engine does not accept less memory than this.
    MemoryRaised { what: &'static str, from: u64, to: u64 },
    /// The engine does not accept fewer processors than this.
    CpuRaised { from_nanos: u64, to_nanos: u64 },
    /// The engine has fewer processors than the limit allows.
    CpuLowered { from_nanos: u64, to_nanos: u64 },
    /// The engine's own warning.
    Engine { words: String },
    /// The record on disk lags behind; the container is found by its name all the same.
    RecordNotSaved { words: String },
    /// Part of the container's output may be missing.
    LogsIncomplete { words: String },
}

const HOW_TO_START: &str = "start one with `systemctl start docker` (or `sudo dockerd &`), or install Docker \
     (https://docs.docker.com/engine/install/) or Podman (`systemctl --user start podman.socket`); \
     DOCKER_HOST names an engine elsewhere";

impl Error {
    /// The documented exit code of a command that ends with this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::StartRefused { code, .. } => match code {
                Some(code @ 1..=255) => u8::try_from(*code).unwrap_or(125),
                Some(_) | None => 125,
            },
            Error::NoEngine { .. }
            | Error::UnsupportedAddress { .. }
            | Error::Context { .. }
            | Error::EngineTooOld { .. }
            | Error::EngineLost { .. }
            | Error::EngineAnswer { .. }
            | Error::EngineRefused { .. }
            | Error::OtherEngine { .. }
            | Error::ImageMissing { .. }
            | Error::Pull(_)
            | Error::Credentials { .. }
            | Error::LogsUnreadable { .. } => 125,
            Error::ImageName { .. }
            | Error::TaskLoginIncomplete { .. }
            | Error::MountSourceMissing { .. }
            | Error::ImageFileAbsent { .. }
            | Error::ImageFileIsDirectory { .. }
            | Error::ImageFileIsSpecial { .. }
            | Error::ImageFileDangling { .. }
            | Error::ImageFileTooLarge { .. }
            | Error::ImageFileNotUtf8 { .. }
            | Error::ContainerGone { .. } => 1,
            Error::RecordExists { .. }
            | Error::RecordIo { .. }
            | Error::RecordBroken { .. }
            | Error::RecordVersion { .. }
            | Error::RecordMode { .. }
            | Error::RunNotFound { .. }
            | Error::RunAmbiguous { .. }
            | Error::StillRunning { .. }
            | Error::LogSink(_) => 2,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::MemoryRaised { what, from, to } => {
                write!(f, "the {what} of {from} bytes is below the engine's minimum and was raised to {to} bytes")
            }
            Warning::CpuRaised { from_nanos, to_nanos } => write!(
                f,
                "the CPU limit of {} is below the engine's minimum and was raised to {}",
                cpus(*from_nanos),
                cpus(*to_nanos)
            ),
            Warning::CpuLowered { from_nanos, to_nanos } => write!(
                f,
                "the CPU limit of {} was lowered to {}, all that the engine has",
                cpus(*from_nanos),
                cpus(*to_nanos)
            ),
            Warning::Engine { words } => write!(f, "the engine warns: {words}"),
            Warning::RecordNotSaved { words } => {
                write!(f, "the run record is not up to date: {words}")
            }
            Warning::LogsIncomplete { words } => {
                write!(f, "some of the container's output may be missing: {words}")
            }
        }
    }
}

fn cpus(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

fn attempts(tried: &[Attempt]) -> String {
    if tried.is_empty() {
        return ": there was no address to try".to_owned();
    }
    tried
        .iter()
        .map(|Attempt { source, address, problem }| format!("\n  {address} ({source}): {problem}"))
        .fold("; tried".to_owned(), |text, line| text + &line)
}

fn ids(candidates: &[RunId]) -> String {
    candidates.iter().map(RunId::as_str).collect::<Vec<_>>().join(", ")
}
