//! Carries out a `ContainerSpec` on a container engine (Docker, or Podman's Docker API), and keeps
//! a record of every run.
//!
//! Nothing here prints or parses arguments, and the environment comes in as [`Surroundings`]. The
//! order of things inside [`Engine::start`] is what makes a run impossible to lose: the record is
//! on disk, with an id from which the container's name follows, before the container is created.
//! A process that is killed between any two instructions leaves either no container, or a
//! container and a record that finds it; [`Engine::reconcile`] is the other half of that promise.

mod answers;
mod cgroup;
mod control;
mod create;
mod credential_helper;
mod credentials;
mod engine;
mod error;
mod follow;
mod image_cache;
mod image_file;
mod last_lines;
mod list;
mod log_position;
mod log_stream;
mod logs;
mod memory;
mod outcome;
mod owner;
mod patience;
mod pull;
mod pull_error;
mod rebuild;
mod reconcile;
mod record;
mod registry;
mod run_id;
mod ssh;
mod start;
mod store;
mod surroundings;
mod tls;
mod tunnel;
mod untimed;

pub use crate::{
    control::{Removal, Signal, Stopped},
    credentials::TaskLogin,
    engine::{Engine, ImageInfo},
    error::{Attempt, Error, Result, Warning},
    follow::Followed,
    image_cache::ImageCache,
    list::{ListedRun, Listing},
    logs::{LogOptions, LogSink, LogSource, WriterSink},
    memory::{MemoryGauge, MemorySample, MemorySource, Peak},
    outcome::Outcome,
    patience::{EngineNews, USUAL_PATIENCE},
    pull::{LayerStage, PullEvent, PullPolicy, Pulled, WantedImage},
    pull_error::{PullError, PullProblem},
    record::{ChannelSize, EngineIdentity, ImageRecord, Record, State},
    run_id::RunId,
    start::{RecordPlace, Request, Started},
    store::{Run, RunStore},
    surroundings::Surroundings,
};

/// The run's id, on every container of ours.
pub const LABEL_RUN_ID: &str = "task-api.run-id";
/// The task's name, on every container of ours.
pub const LABEL_TASK: &str = "task-api.task";
/// Where the run's record is, so that a run is found from another directory.
pub const LABEL_RECORD: &str = "task-api.record";
/// What a lost record is rebuilt from, beside what the engine knows.
pub(crate) const LABEL_REBUILD: &str = "task-api.rebuild";
/// Of all labels of ours.
pub(crate) const LABEL_PREFIX: &str = "task-api.";
