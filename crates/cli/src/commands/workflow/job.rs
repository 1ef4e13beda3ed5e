//! What is done for one task of a workflow's run: it is looked at, started and waited for. Each step runs beside those of
//! other tasks and touches nothing but its task's directories.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use task_api_core::plan::{Host, Plan, absolute_path, plan};
use task_api_core::resolve::{Channel, TaskInstance};
use task_api_runner::{
    ChannelSize, Engine, Error, LogOptions, LogSink, LogSource, Outcome, RecordPlace, Request, Run, Warning,
};

use super::content::{self, Contents};
use super::items::{self, Items};
use super::read::Link;
use crate::clean::clean_outputs;
use crate::exit::Failure;
use crate::follow::GRACE;
use crate::{follow, host, measure};

/// What all tasks of a run have in common.
#[derive(Debug)]
pub(crate) struct Around {
    /// Of the workflow's file.
    pub(crate) directory: String,
    /// Where the records of the containers go.
    pub(crate) records: PathBuf,
    pub(crate) user: Option<(u32, u32)>,
    /// Who new directories are given to.
    pub(crate) owner: Option<(u32, u32)>,
    pub(crate) network: Option<String>,
    /// What names exactly the image of each reference.
    pub(crate) digests: HashMap<String, String>,
    /// Directories that are not to be emptied.
    pub(crate) precious: Vec<PathBuf>,
}

/// A task whose inputs are there and known.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) plan: Plan,
    pub(crate) channels: Vec<ChannelSize>,
    pub(crate) signature: Option<String>,
    pub(crate) inputs: Contents,
    /// What is in its outputs already, if that was asked for.
    pub(crate) outputs: Contents,
}

/// How the container of a task ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) run: Run,
    pub(crate) outcome: Outcome,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) outputs: Contents,
    pub(crate) items: Option<Items>,
    /// The last lines of a container that failed.
    pub(crate) last_lines: String,
}

/// What a failed task's container wrote last, this much of it.
const LAST_LINES: u64 = 10;

/// On a thread of its own, which nobody waits for once the caller is gone.
pub(crate) async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || sender.send(work()).is_ok());
    receiver.await.map_err(|_| Failure::usage("a thread ended unexpectedly"))
}

impl Looked {
    /// The memory that is kept for the task: its request, or its limit where it has none, as on a cluster.
    pub(crate) fn memory(&self) -> u64 {
        let resources = &self.plan.spec.resources;
        resources.memory_request.or(resources.memory_limit).unwrap_or(0)
    }
}

/// Computes what would run, with what the inputs hold now.
pub(crate) fn look(instance: &TaskInstance, around: &Around, wants_outputs: bool) -> Result<Looked, Failure> {
    host::check_inputs(instance, &around.directory)?;
    let measured = measure::inputs_at_once(instance, &around.directory)?;
    let host = Host { sizes: measured.sizes, ..around.host() };
    let plan = plan(instance, &host).map_err(|error| Failure::invalid(error.to_string()))?;
    let inputs = contents(&instance.inputs, &around.directory);
    let outputs = if wants_outputs { contents(&instance.outputs, &around.directory) } else { Contents::new() };
    let digest = around.digests.get(&plan.spec.image).map_or("", String::as_str);
    let signature = content::of_task(&plan.spec, digest, &instance.template, &inputs);
    Ok(Looked { plan, channels: measured.channels, signature, inputs, outputs })
}

/// Makes room and starts the container. `before` is what may still run of an earlier attempt, and is in the way.
pub(crate) async fn start(
    engine: &Engine,
    link: &Link,
    looked: Looked,
    before: Vec<Run>,
    is_again: bool,
    around: Arc<Around>,
) -> Result<(Run, Vec<Warning>), Failure> {
    let mut warnings = Vec::new();
    // Two containers must not write into one directory, nor one read what is about to be removed.
    for mut run in before {
        warnings.extend(engine.stop(&mut run, GRACE).await?.warnings);
    }
    let resolution = &link.resolution;
    let (mounts, instance, shared) =
        (looked.plan.spec.mounts.clone(), resolution.instance.clone(), Arc::clone(&around));
    let room = on_thread(move || {
        if is_again {
            clean_outputs(&mounts, &shared.precious)?;
        }
        host::make_outputs(&instance, &shared.directory, shared.owner)
    });
    room.await??;
    let request = Request {
        spec: looked.plan.spec,
        task: link.id.clone(),
        task_instance: json!(resolution.instance),
        origins: json!(resolution.origins),
        inputs: looked.channels,
        estimates: looked.plan.estimates,
        outputs: Vec::new(),
        tool: concat!("task-api ", env!("CARGO_PKG_VERSION")).to_owned(),
        record: RecordPlace::Directory(around.records.clone()),
    };
    let started = engine.start(request).await.map_err(|error| match error {
        // Whoever started it names the record.
        Error::StartRefused { ref words, .. } => {
            Failure { code: error.exit_code(), message: format!("the container could not be started: {words}") }
        }
        error => error.into(),
    })?;
    warnings.extend(started.warnings);
    Ok((started.run, warnings))
}

/// Waits for the container's end, and looks at what it left.
pub(crate) async fn wait(
    engine: &Engine,
    instance: TaskInstance,
    mut run: Run,
    around: Arc<Around>,
) -> Result<Ended, Failure> {
    let id = run.id().clone();
    let followed = engine.wait(&mut run).await.map_err(|error| follow::lost(error, &id))?;
    let mut ended = Ended {
        run,
        outcome: followed.outcome,
        warnings: followed.warnings,
        outputs: Contents::new(),
        items: None,
        last_lines: String::new(),
    };
    if ended.outcome.exit_code() == 0 {
        let looked = on_thread(move || {
            let at = |channels: &[Channel]| -> Vec<(String, PathBuf)> {
                let path = |channel: &Channel| absolute_path(&around.directory, &channel.host_path).into();
                channels.iter().map(|channel| (channel.name.clone(), path(channel))).collect()
            };
            let (inputs, outputs) = (at(&instance.inputs), at(&instance.outputs));
            let items = items::of_task(
                inputs.iter().map(|(name, path)| (name.as_str(), path.as_path())),
                outputs.iter().map(|(name, path)| (name.as_str(), path.as_path())),
            );
            (contents(&instance.outputs, &around.directory), items)
        });
        (ended.outputs, ended.items) = looked.await?;
    } else {
        ended.last_lines = last_lines(engine, &ended.run).await;
    }
    Ok(ended)
}

impl Around {
    pub(crate) fn host(&self) -> Host {
        Host {
            task_directory: self.directory.clone(),
            user: self.user.map(|(user, group)| format!("{user}:{group}")),
            network: self.network.clone(),
            ..Host::default()
        }
    }
}

fn contents(channels: &[Channel], directory: &str) -> Contents {
    let hash = |channel: &Channel| content::of_directory(Path::new(&absolute_path(directory, &channel.host_path))).ok();
    channels.iter().map(|channel| (channel.name.clone(), hash(channel))).collect()
}

/// Both streams, in the order in which they come.
#[derive(Default)]
struct Lines(Vec<u8>);

impl LogSink for Lines {
    async fn write(&mut self, _: LogSource, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn last_lines(engine: &Engine, run: &Run) -> String {
    let mut options = LogOptions::default();
    options.tail = Some(LAST_LINES);
    let mut lines = Lines::default();
    // How it ended is known without them.
    let _ = engine.logs(run, &options, &mut lines).await;
    String::from_utf8_lossy(&lines.0).into_owned()
}
