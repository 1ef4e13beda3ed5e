//! Following a run on the terminal: its output, signals, and how it ended in words.

use std::future::Future;
use std::io::{self, Write};
use std::pin::pin;
use std::time::Duration;

use task_api_core::quantity::human_bytes;
use task_api_runner::{
    Engine, Error, LogOptions, LogSink, LogSource, MemoryGauge, Outcome, Record, Run, RunId, Signal,
};
use tokio::signal::unix::{SignalKind, signal};

use crate::Io;
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::live_line::LiveLine;
use crate::memory::limit_of;

/// How long a container may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(10);
/// The process was interrupted before its container ended.
const INTERRUPTED: u8 = 130;
/// How often the line with the memory is drawn.
const REDRAW: Duration = Duration::from_millis(250);

/// A container's output to ours, byte for byte.
pub(crate) struct Streams<'a> {
    out: Option<&'a mut dyn Write>,
    err: &'a mut dyn Write,
    /// Whether a reader that has gone is an error, instead of nothing at all.
    needs_reader: bool,
    live: Option<&'a LiveLine>,
}

impl<'a> Streams<'a> {
    /// Goes on without a reader, because there is more to a run than its output.
    pub(crate) fn of(io: &'a mut Io) -> Streams<'a> {
        let (out, err) = io.streams();
        Streams { out: Some(out), err, needs_reader: false, live: None }
    }

    /// Ends with its reader.
    pub(crate) fn for_a_reader(io: &'a mut Io) -> Streams<'a> {
        Streams { needs_reader: true, ..Streams::of(io) }
    }

    fn written(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.needs_reader => {
                self.out = None;
                Ok(())
            }
            result => result,
        }
    }
}

impl LogSink for Streams<'_> {
    async fn write(&mut self, source: LogSource, bytes: &[u8]) -> io::Result<()> {
        if let Some(live) = self.live {
            live.make_room();
            live.after(bytes);
        }
        match source {
            LogSource::Stdout => {
                let result = self.out.as_mut().map_or(Ok(()), |out| out.write_all(bytes));
                self.written(result)?;
            }
            LogSource::Stderr => match self.err.write_all(bytes) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                result => result?,
            },
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let result = self.out.as_mut().map_or(Ok(()), |out| out.flush());
        self.written(result)
    }
}

/// Signals to this process, kept from the moment that this is made until they can be passed on.
pub(crate) struct Signals {
    interrupts: tokio::signal::unix::Signal,
    terminations: tokio::signal::unix::Signal,
}

impl Signals {
    pub(crate) fn listen(access: &EngineAccess) -> Result<Signals, Failure> {
        let signals = access.block_on(async {
            let interrupts = signal(SignalKind::interrupt())?;
            io::Result::Ok(Signals { interrupts, terminations: signal(SignalKind::terminate())? })
        });
        signals.map_err(|error| Failure::usage(format!("cannot wait for signals: {error}")))
    }
}

impl Signals {
    /// What the future comes to, unless a signal ends the command first. The future is dropped then,
    /// and what it had begun on the engine is undone before this returns.
    pub(crate) fn unless_interrupted<T>(
        &mut self,
        access: &EngineAccess,
        future: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        access.block_on(async {
            tokio::select! {
                result = future => Ok(result),
                _ = self.interrupts.recv() => Err(interrupted()),
                _ = self.terminations.recv() => Err(interrupted()),
            }
        })
    }
}

pub(crate) fn interrupted() -> Failure {
    Failure { code: INTERRUPTED, message: "interrupted; nothing was started".to_owned() }
}

/// Follows a run to its end. Interrupts are passed on: once to ask the container to end, twice to
/// kill it, three times to leave it alone.
pub(crate) fn follow(
    access: &mut EngineAccess,
    run: &mut Run,
    signals: &mut Signals,
    shows_memory: bool,
    io: &mut Io,
) -> Result<u8, Failure> {
    access.connect()?;
    let gauge = MemoryGauge::default();
    let live = LiveLine::new(shows_memory && io.terminal_err, limit_of(&run.record));
    let engine = access.connect()?.clone();
    let id = run.id().clone();
    let followed = access.block_on(async {
        let options = LogOptions::following();
        let mut sink = Streams { live: Some(&live).filter(|live| live.is_on()), ..Streams::of(io) };
        let mut following = pin!(engine.follow_measured(run, &options, &mut sink, &gauge));
        let mut redraw = tokio::time::interval(REDRAW);
        let mut asked = 0;
        let mut deadline = None;
        loop {
            let grace_over = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                result = &mut following => return Some(result),
                _ = signals.interrupts.recv() => {}
                _ = signals.terminations.recv() => {}
                () = grace_over => asked = 1,
                _ = redraw.tick(), if live.is_on() => {
                    live.show(&gauge);
                    continue;
                }
            }
            asked += 1;
            if asked > 2 {
                return None;
            }
            deadline = (asked == 1).then(|| tokio::time::Instant::now() + GRACE);
            // Not waited for: an engine that hangs must not keep the next signal from being heard.
            tokio::spawn(pass_on(engine.clone(), id.clone(), asked));
        }
    });
    live.make_room();
    let Some(followed) = followed else {
        run.record.error = Some("task-api was interrupted and left the container to itself".to_owned());
        if let Err(error) = run.save() {
            io.warning(&error.to_string());
        }
        io.error(&format!(
            "left run {id} behind; `task-api stop {id}` ends it, `task-api status {id}` tells how it is"
        ));
        return Ok(INTERRUPTED);
    };
    let followed = followed.map_err(|error| match error {
        Error::ContainerGone { .. } => error.into(),
        error => Failure {
            code: error.exit_code(),
            message: format!("{error}\nrun {id} goes on without us; `task-api status {id}` tells how it is"),
        },
    })?;
    warn(&followed.warnings, io);
    if let Some(words) = ending_in_words(&followed.outcome, &run.record) {
        io.error(&words);
    }
    Ok(followed.outcome.exit_code())
}

async fn pass_on(engine: Engine, id: RunId, asked: u32) {
    let (which, words) = if asked == 1 {
        (Signal::Terminate, "asking the container to end; once more kills it")
    } else {
        (Signal::Kill, "killing the container; once more leaves it behind")
    };
    // The stream of the container's standard error has our own: say it there, at once.
    let _ = writeln!(io::stderr(), "task-api: {words}");
    if let Err(error) = engine.signal(&id, which).await {
        let _ = writeln!(io::stderr(), "task-api: {error}");
    }
}

/// What a user should know about a run's end; nothing if it went well or says so itself.
pub(crate) fn ending_in_words(outcome: &Outcome, record: &Record) -> Option<String> {
    let limit = limit_of(record);
    Some(match outcome {
        Outcome::Exited { code: 0 } => return None,
        Outcome::Exited { code } => format!("the container exited with {code}"),
        Outcome::OutOfMemory => match limit {
            Some(limit) => format!(
                "the container ran out of memory: it needed more than its limit of {}; raise `resources.limits.memory` \
                 or the scale rule of an input",
                human_bytes(limit)
            ),
            None => "the container was killed because the host ran out of memory".to_owned(),
        },
        Outcome::Killed { signal } => format!("the container was ended by signal {signal}"),
        Outcome::NeverStarted { words, .. } => format!("the container did not start: {words}"),
        Outcome::Unknown => "the container was removed before anybody saw how it ended".to_owned(),
    })
}
