//! The commands on workflows' runs that were started: `status`, `logs`, `stop`.

use std::io;
use std::time::Duration;

use serde_json::json;
use task_api_core::nearest;
use task_api_runner::{Error, LogOptions, LogSink, LogSource, Outcome, Run, RunStore};

use super::job::on_thread;
use super::record::{Recorded, TaskRecord, TaskState, WorkflowState};
use super::resume::{self, Lock};
use super::show;
use crate::args::{RecordFormat, WorkflowLogsArgs, WorkflowStatusArgs, WorkflowStopArgs};
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::follow::{INTERRUPTED, Signals, Streams, ending_in_words, lost};
use crate::{DONE, Io, display};

pub(crate) fn status(args: &WorkflowStatusArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut recorded = Recorded::find(&args.run, io)?;
    let directory = recorded.record.directory.clone();
    if !args.no_watch {
        let access = EngineAccess::new(io)?;
        let mut signals = Signals::listen(&access)?;
        let waited = signals.unless_interrupted(&access, on_thread(move || Lock::wait(&directory)));
        let failed =
            |failure: Failure| Failure { message: "interrupted; the workflow's run goes on".to_owned(), ..failure };
        waited
            .map_err(failed)??
            .map_err(|error| Failure::usage(format!("cannot wait for the workflow's run: {error}")))?;
        recorded = Recorded::load(&recorded.path)?;
    }
    let is_driven = Lock::is_held(&recorded.record.directory);
    let is_left = !is_driven && may_have_containers(&recorded);
    if is_left {
        look_again(&mut recorded, !args.no_watch, io)?;
    }
    let record = &recorded.record;
    match args.format {
        RecordFormat::Json => io.out(&format!("{:#}\n", json!(record))),
        RecordFormat::Full => {
            io.out(&show::summary(&recorded));
            if !is_driven && record.state == WorkflowState::Running {
                io.out(&format!("the task-api that ran it is gone; {}\n", how_to_resume(&recorded)));
            }
        }
    }
    Ok(match (record.exit_code, is_driven) {
        (_, true) => DONE,
        (Some(code), _) => code,
        (None, _) => {
            record.tasks.iter().filter_map(|task| task.exit_code).find(|code| *code != DONE).unwrap_or(INTERRUPTED)
        }
    })
}

pub(crate) fn logs(args: &WorkflowLogsArgs, io: &mut Io) -> Result<u8, Failure> {
    let recorded = Recorded::find(&args.run, io)?;
    let record = &recorded.record;
    let mut wanted: Vec<&TaskRecord> = Vec::new();
    for name in &args.tasks {
        let Some(task) = record.tasks.iter().find(|task| task.task_id == *name) else {
            let hint = nearest(name, record.tasks.iter().map(|task| task.task_id.as_str()));
            let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
            return Err(Failure::usage(format!("workflow run {} has no task `{name}`{hint}", record.id)));
        };
        wanted.push(task);
    }
    if args.tasks.is_empty() {
        wanted = record.tasks.iter().filter(|task| task.run.is_some()).collect();
        wanted.sort_by_key(|task| task.started_at);
    }
    let mut access = EngineAccess::new(io)?;
    let store = RunStore::new(&record.directory);
    let mut options = LogOptions::default();
    (options.tail, options.timestamps) = (args.tail.0, args.timestamps);
    let is_single = wanted.len() == 1 && !args.tasks.is_empty();
    for task in wanted {
        let Some(id) = &task.run else {
            return Err(Failure::invalid(format!("task `{}` has not run", task.task_id)));
        };
        let run = Run::load(&store.path_of(id))?;
        let engine = access.connect()?.clone();
        let read = if is_single {
            access.block_on(engine.logs(&run, &options, &mut Streams::for_a_reader(io)))
        } else {
            let mut sink = Prefixed { prefix: format!("{} | ", display::line(&task.task_id)), begun: Vec::new(), io };
            let read = access.block_on(engine.logs(&run, &options, &mut sink));
            sink.end();
            read
        };
        match read {
            Ok(warnings) => warn(&warnings, io),
            // Whoever read it has had enough.
            Err(Error::LogSink(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error @ Error::EngineLost { .. }) => return Err(lost(error, id)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(DONE)
}

pub(crate) fn stop(args: &WorkflowStopArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut recorded = Recorded::find(&args.run, io)?;
    let id = recorded.record.id.clone();
    let directory = recorded.record.directory.clone();
    if Lock::is_held(&directory) {
        // Whoever drives it is told, and sees to the containers.
        recorded = Recorded::load(&recorded.path)?;
        let process = recorded.record.process;
        terminate(process)?;
        let access = EngineAccess::new(io)?;
        let patience = Duration::from_secs(args.time);
        let waited = access.block_on(async move {
            let mut end = std::pin::pin!(on_thread(move || Lock::wait(&directory)));
            match tokio::time::timeout(patience, &mut end).await {
                Ok(ended) => ended,
                Err(_) => {
                    terminate(process)?;
                    end.await
                }
            }
        });
        waited?.map_err(|error| Failure::usage(format!("cannot wait for the workflow's run: {error}")))?;
        io.out(&format!("workflow run {id} has ended\n"));
        return Ok(DONE);
    }
    if !may_have_containers(&recorded) && recorded.record.state != WorkflowState::Running {
        io.out(&format!("workflow run {id} had ended before\n"));
        return Ok(DONE);
    }
    let mut access = EngineAccess::new(io)?;
    let engine = access.connect()?.clone();
    let Some(_lock) = Lock::take(&directory)? else {
        return Err(Failure::usage(format!("workflow run {id} was taken up just now; try again")));
    };
    let grace = Duration::from_secs(args.time);
    let (mut runs, warnings) = access.block_on(resume::left(&mut recorded.record, &engine))?;
    warn(&warnings, io);
    for (position, run) in &mut runs {
        let stopped = access.block_on(engine.stop(run, grace))?;
        warn(&stopped.warnings, io);
        note(&mut recorded.record.tasks[*position], run);
    }
    settle(&mut recorded);
    recorded.record.state = WorkflowState::Stopped;
    recorded.save()?;
    io.out(&format!("workflow run {id} has ended\n"));
    Ok(DONE)
}

fn terminate(process: i32) -> Result<(), Failure> {
    let gone = || Failure::usage(format!("the task-api that runs it, process {process}, cannot be reached from here"));
    let pid = rustix::process::Pid::from_raw(process).ok_or_else(gone)?;
    match rustix::process::kill_process(pid, rustix::process::Signal::TERM) {
        // It may have ended just now.
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(_) => Err(gone()),
    }
}

fn may_have_containers(recorded: &Recorded) -> bool {
    recorded.record.tasks.iter().any(|task| matches!(task.state, TaskState::Starting | TaskState::Running))
}

/// Asks the engine about containers whose end nobody saw. What comes of it is written down unless somebody resumes the run
/// meanwhile.
fn look_again(recorded: &mut Recorded, waits: bool, io: &mut Io) -> Result<(), Failure> {
    let lock = Lock::take(&recorded.record.directory)?;
    let mut access = EngineAccess::new(io)?;
    let engine = access.connect()?.clone();
    let (mut runs, warnings) = access.block_on(resume::left(&mut recorded.record, &engine))?;
    warn(&warnings, io);
    for (position, run) in &mut runs {
        if waits {
            let id = run.id().clone();
            let followed = access.block_on(engine.wait(run)).map_err(|error| lost(error, &id))?;
            warn(&followed.warnings, io);
        }
        note(&mut recorded.record.tasks[*position], run);
    }
    settle(recorded);
    if lock.is_some() { recorded.save() } else { Ok(()) }
}

/// What is known now of a task's container. A task that ended well stays as it is: what it wrote was not looked at, which
/// resuming the run does.
fn note(task: &mut TaskRecord, run: &Run) {
    let Some(outcome) = Outcome::of(&run.record) else { return };
    (task.started_at, task.finished_at) = (run.record.started_at, run.record.finished_at);
    if outcome.exit_code() != DONE {
        task.state = TaskState::Failed;
        task.exit_code = Some(outcome.exit_code());
        task.message = ending_in_words(&outcome, &run.record);
    }
}

/// A task that was to be started, and of which there is no container, still waits.
fn settle(recorded: &mut Recorded) {
    for task in recorded.record.tasks.iter_mut().filter(|task| task.state == TaskState::Starting && task.run.is_none())
    {
        task.state = TaskState::Waiting;
    }
}

fn how_to_resume(recorded: &Recorded) -> String {
    format!(
        "`task-api workflow run {} --resume={}` takes it up",
        display::line(&recorded.record.file.display().to_string()),
        recorded.record.id
    )
}

/// Whole lines with a task's name in front.
struct Prefixed<'a> {
    prefix: String,
    begun: Vec<u8>,
    io: &'a mut Io,
}

impl LogSink for Prefixed<'_> {
    async fn write(&mut self, _: LogSource, bytes: &[u8]) -> io::Result<()> {
        self.begun.extend_from_slice(bytes);
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            self.io.out(&self.prefix);
            self.io.out_bytes(&line);
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Prefixed<'_> {
    /// A last line without its end gets one, so that the next task's begins on its own.
    fn end(&mut self) {
        if !self.begun.is_empty() {
            let line = std::mem::take(&mut self.begun);
            self.io.out(&self.prefix);
            self.io.out_bytes(&line);
            self.io.out("\n");
        }
    }
}
