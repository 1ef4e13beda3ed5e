//! The commands on runs that were started: `logs`, `status`, `stop`, `ps`.

use std::time::Duration;

use serde_json::json;
use task_api_runner::{Error, LogOptions, Outcome, Record, RunStore, State};

use crate::args::{LogsArgs, PsArgs, RecordFormat, StatusArgs, StopArgs};
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::follow::{Streams, ending_in_words, lost};
use crate::{DONE, ENGINE_UNREACHABLE, Io, memory};

pub(crate) fn logs(args: &LogsArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    let run = access.find_run(&args.run, io)?;
    let engine = access.connect()?.clone();
    let mut options = if args.watch { LogOptions::following() } else { LogOptions::default() };
    (options.since, options.tail, options.timestamps) = (args.since, args.tail.0, args.timestamps);
    match access.block_on(engine.logs(&run, &options, &mut Streams::for_a_reader(io))) {
        Ok(warnings) => warn(&warnings, io),
        // Whoever read it has had enough.
        Err(Error::LogSink(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        Err(error @ Error::EngineLost { .. }) => return Err(lost(error, run.id())),
        Err(error) => return Err(error.into()),
    }
    Ok(DONE)
}

pub(crate) fn status(args: &StatusArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    let found = access.find_run(&args.run, io);
    let mut run = match found {
        // Whoever just asks how it is gets what the record says.
        Err(failure) if args.no_watch && failure.code == ENGINE_UNREACHABLE => {
            let run = access.find_record(&args.run, io)?;
            io.warning(&format!("{}\nthis is what the record says", failure.message));
            run
        }
        found => found?,
    };
    if !args.no_watch {
        let engine = access.connect()?.clone();
        let followed = access.block_on(engine.wait(&mut run)).map_err(|error| lost(error, run.id()))?;
        warn(&followed.warnings, io);
    }
    match args.format {
        RecordFormat::Json => io.out(&format!("{:#}\n", json!(run.record))),
        RecordFormat::Full => io.out(&in_words(&run.record)),
    }
    Ok(Outcome::of(&run.record).map_or(DONE, |outcome| outcome.exit_code()))
}

pub(crate) fn stop(args: &StopArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    let mut run = access.find_run(&args.run, io)?;
    let engine = access.connect()?.clone();
    let stopped = access.block_on(engine.stop(&mut run, Duration::from_secs(args.time)))?;
    warn(&stopped.warnings, io);
    let id = run.id();
    let words = if stopped.had_ended {
        format!("run {id} had ended before\n")
    } else if stopped.was_killed {
        format!("run {id} did not end by itself within {} s and was killed\n", args.time)
    } else {
        format!("run {id} has ended\n")
    };
    io.out(&words);
    Ok(DONE)
}

pub(crate) fn ps(args: &PsArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    let engine = access.connect()?.clone();
    let store = RunStore::new(io.directory.clone());
    let mut listing = access.block_on(engine.list(&store))?;
    if args.rebuild {
        for run in listing.runs.iter_mut().filter(|run| run.is_record_lost) {
            match access.block_on(engine.rebuild(&store, &run.id)) {
                Ok(rebuilt) => {
                    io.err(&format!("wrote {}\n", rebuilt.path().display()));
                    run.run = Some(rebuilt);
                }
                Err(problem) => listing.problems.push(problem),
            }
        }
    }
    for problem in &listing.problems {
        io.warning(&problem.to_string());
    }
    if args.format == RecordFormat::Json {
        let runs: Vec<_> = listing
            .runs
            .iter()
            .map(|run| {
                let record = run.run.as_ref().map(|run| &run.record);
                json!({ "id": run.id, "task": run.task, "image": run.image, "container": run.container_status,
                    "recordPath": run.run.as_ref().map(|run| run.path()), "record": record })
            })
            .collect();
        io.out(&format!("{:#}\n", json!({ "version": 1, "runs": runs })));
        return Ok(DONE);
    }
    let mut rows = vec![["RUN", "TASK", "STATE", "STARTED", "IMAGE"].map(str::to_owned)];
    for run in &listing.runs {
        let record = run.run.as_ref().map(|run| &run.record);
        let state = match record {
            Some(record) => state_in_words(record),
            None => format!("{}, no record", run.container_status.as_deref().unwrap_or("gone")),
        };
        let started =
            record.and_then(|record| record.started_at).map_or_else(|| "-".to_owned(), |time| time.to_string());
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        rows.push([run.id.to_string(), or_dash(&run.task), state, started, or_dash(&run.image)]);
    }
    io.out(&memory::columns(&rows));
    if listing.runs.iter().any(|run| run.run.is_none() && run.is_record_lost) {
        io.err("records are lost; `task-api ps --rebuild` writes them anew, as far as the containers know\n");
    }
    Ok(DONE)
}

fn in_words(record: &Record) -> String {
    let mut lines = vec![
        ("run", record.id.to_string()),
        ("image", record.image.reference.clone()),
        ("state", state_in_words(record)),
    ];
    if let Some(words) = Outcome::of(record).and_then(|outcome| ending_in_words(&outcome, record)) {
        lines.push(("end", words));
    }
    for (name, time) in [("started", record.started_at), ("finished", record.finished_at)] {
        lines.extend(time.map(|time| (name, time.to_string())));
    }
    lines.extend(memory::peak_in_words(record).map(|words| ("peak memory", words)));
    let text: String = lines.iter().map(|(name, value)| format!("{name:<12} {value}\n")).collect();
    let rules = memory::table(record);
    if rules.is_empty() { text } else { format!("{text}\n{rules}") }
}

fn state_in_words(record: &Record) -> String {
    let state = match record.state {
        State::Created => "created",
        State::Running => "running",
        State::Exited => "exited",
        State::Failed => "failed",
        State::Removed => "removed",
    };
    match (record.exit_code, record.oom_killed) {
        (Some(code), true) => format!("{state} ({code}, out of memory)"),
        (Some(code), false) => format!("{state} ({code})"),
        (None, _) => state.to_owned(),
    }
}
