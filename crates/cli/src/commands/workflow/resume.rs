//! Taking up an earlier run: which one, which of its tasks are wanted, and what is left of those that it did not see end.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;

use rustix::fs::FlockOperation;
use task_api_core::nearest;
use task_api_runner::{Engine, Run, RunStore, Warning};

use super::read::{Chain, Source};
use super::record::{Recorded, TaskRecord, TaskState, WorkflowRecord};
use crate::args::WorkflowRunArgs;
use crate::exit::Failure;
use crate::{Io, load};

/// Held by the process that drives a run, as long as it lives. The kernel gives it back, however the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// `None` if another process has it. The directory must be there.
    pub(crate) fn take(directory: &Path) -> Result<Option<Lock>, Failure> {
        let path = directory.join(".lock");
        let in_context = |error: std::io::Error| Failure::usage(format!("cannot lock {}: {error}", path.display()));
        let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(in_context)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(in_context(error.into())),
        }
    }

    /// Waits until no other process has it, and gives it back at once.
    pub(crate) fn wait(directory: &Path) -> std::io::Result<()> {
        match File::open(directory.join(".lock")) {
            Ok(file) => Ok(rustix::fs::flock(&file, FlockOperation::LockShared)?),
            // A directory that was deleted keeps nobody.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether another process has it.
    pub(crate) fn is_held(directory: &Path) -> bool {
        let Ok(file) = File::open(directory.join(".lock")) else { return false };
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK)
    }
}

/// The run that is to be resumed, if one is.
pub(crate) fn find(args: &WorkflowRunArgs, io: &Io) -> Result<Option<Recorded>, Failure> {
    let Some(which) = &args.resume else { return Ok(None) };
    let file = load::directory_of(&args.file, io).join(args.file.file_name().unwrap_or_default());
    let recorded = match which {
        Some(query) => Recorded::find(query, io)?,
        None => Recorded::last_of(&file, io)?,
    };
    if recorded.record.file != file {
        return Err(Failure::usage(format!(
            "run {} is of {}, and not of {}",
            recorded.record.id,
            recorded.record.file.display(),
            file.display()
        )));
    }
    Ok(Some(recorded))
}

/// Which tasks are to run, and which of them even if nothing has changed.
pub(crate) struct Selection {
    pub(crate) selected: Vec<bool>,
    pub(crate) forced: Vec<bool>,
}

impl Selection {
    pub(crate) fn of(
        args: &WorkflowRunArgs,
        chain: &Chain,
        before: Option<&WorkflowRecord>,
    ) -> Result<Selection, Failure> {
        let count = chain.links.len();
        let named = if args.only.is_empty() { &args.from } else { &args.only };
        if named.is_empty() {
            return Ok(Selection { selected: vec![true; count], forced: vec![false; count] });
        }
        let option = if args.only.is_empty() { "--from" } else { "--only" };
        let mut forced = vec![false; count];
        for name in named {
            let Some(task) = chain.links.iter().position(|link| link.id == *name) else {
                let hint = nearest(name, chain.links.iter().map(|link| link.id.as_str()));
                let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
                return Err(Failure::usage(format!("{option}: the workflow has no task `{name}`{hint}")));
            };
            forced[task] = true;
        }
        let mut selected = forced.clone();
        if args.only.is_empty() {
            for task in (0..count).filter(|&task| forced[task]) {
                chain.graph.descendants_of(task).into_iter().for_each(|behind| selected[behind] = true);
            }
        }
        let selection = Selection { selected, forced };
        selection.check(chain, before, option)?;
        Ok(selection)
    }

    /// What is left out must have been done.
    fn check(&self, chain: &Chain, before: Option<&WorkflowRecord>, option: &str) -> Result<(), Failure> {
        for (task, link) in chain.links.iter().enumerate().filter(|(task, _)| self.selected[*task]) {
            for source in &link.sources {
                let Source::Task { task: upstream, .. } = source else { continue };
                if self.selected[*upstream] {
                    continue;
                }
                let upstream = &chain.links[*upstream].id;
                let (id, why) = (
                    &chain.links[task].id,
                    match before {
                        None => "no run is resumed: add --resume".to_owned(),
                        Some(before) => match before.tasks.iter().find(|task| task.task_id == *upstream) {
                            Some(task) if task.is_done() => continue,
                            Some(task) => format!("in run {} it is {}", before.id, task.state.in_words()),
                            None => format!("run {} has no such task", before.id),
                        },
                    },
                );
                return Err(Failure::usage(format!(
                    "{option}: task `{id}` reads what `{upstream}` writes, which is not among the tasks to run, and {why}"
                )));
            }
        }
        Ok(())
    }
}

/// The containers of tasks whose end nobody saw, by the tasks' positions in the record: with what the engine says of them
/// now. A container that was asked for and whose run nobody wrote down is found by its record.
pub(crate) async fn left(
    record: &mut WorkflowRecord,
    engine: &Engine,
) -> Result<(HashMap<usize, Run>, Vec<Warning>), Failure> {
    let store = RunStore::new(&record.directory);
    let (runs, _) = store.list().unwrap_or_default();
    let known = |task: &TaskRecord, run: &Run| task.earlier_runs.contains(run.id());
    let (mut found, mut warnings) = (HashMap::new(), Vec::new());
    for (position, task) in record.tasks.iter_mut().enumerate() {
        let run = match (task.state, &task.run) {
            (TaskState::Running, Some(id)) => runs.iter().find(|run| run.id() == id),
            (TaskState::Starting, _) => {
                // The newest one: an id begins with its time.
                let of_task = runs.iter().filter(|run| run.record.task_instance["name"] == task.task_id.as_str());
                of_task.filter(|run| !known(task, run)).max_by_key(|run| run.id().clone())
            }
            _ => continue,
        };
        let Some(run) = run else { continue };
        let mut run = run.clone();
        warnings.extend(engine.reconcile(&mut run).await?);
        task.run = Some(run.id().clone());
        found.insert(position, run);
    }
    Ok((found, warnings))
}
