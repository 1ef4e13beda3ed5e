//! Following a run on the terminal: its output, signals, and how it ended in words.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

use task_api_core::quantity::human_bytes;
use task_api_runner::{
    Engine, EngineNews, Error, LogOptions, LogSink, LogSource, MemoryGauge, Outcome, Record, Run, RunId, Signal,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::live_line::LiveLine;
use crate::memory::limit_of;
use crate::outlet::Out;
use crate::{Io, outlet, time};

/// How long a container may take to end after it was asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(10);
/// How long an answer to the signal that ends a run may take after the run's end.
const LATE_ANSWER: Duration = Duration::from_secs(1);
/// How long a reader may take nothing once the container is to end. Shorter than the grace, so that a container that has
/// ended is not killed for its output.
const READER_PATIENCE: Duration = Duration::from_secs(5);
/// How long a reader may take nothing when everything else is over.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_millis(500);
/// The process was interrupted before its container ended.
pub(crate) const INTERRUPTED: u8 = 130;
/// How often the line with the memory is drawn.
const REDRAW: Duration = Duration::from_millis(250);

/// A container's output to ours, byte for byte.
pub(crate) struct Streams<'a> {
    out: Option<Out<'a>>,
    err: Out<'a>,
    /// Errors of standard error are of interest if the container has used it.
    has_used_err: bool,
    /// Whether a reader that has gone is an error, instead of nothing at all.
    needs_reader: bool,
    live: Option<&'a LiveLine>,
}

impl<'a> Streams<'a> {
    /// Goes on without a reader, because there is more to a run than its output.
    pub(crate) fn of(io: &'a mut Io) -> Streams<'a> {
        let (out, err) = io.streams();
        Streams { out: Some(out), err, has_used_err: false, needs_reader: false, live: None }
    }

    /// Ends with its reader.
    pub(crate) fn for_a_reader(io: &'a mut Io) -> Streams<'a> {
        Streams { needs_reader: true, ..Streams::of(io) }
    }

    /// Waits for threads that write.
    async fn finish(&mut self) -> io::Result<()> {
        if let Some(out) = &mut self.out {
            let result = out.finish().await;
            self.written(result)?;
        }
        if self.has_used_err { unless_gone(self.err.finish().await) } else { Ok(()) }
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
                let Some(out) = &mut self.out else { return Ok(()) };
                let result = out.write(bytes).await;
                self.written(result)
            }
            LogSource::Stderr => {
                self.has_used_err = true;
                unless_gone(self.err.write(bytes).await)
            }
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        if let Some(out) = &mut self.out {
            let result = out.flush();
            self.written(result)?;
        }
        if self.has_used_err { unless_gone(self.err.flush()) } else { Ok(()) }
    }
}

fn unless_gone(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
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

impl Signals {
    /// Waits for the next one.
    pub(crate) async fn heard(&mut self) {
        tokio::select! {
            _ = self.interrupts.recv() => {}
            _ = self.terminations.recv() => {}
        }
    }
}

pub(crate) fn interrupted() -> Failure {
    Failure { code: INTERRUPTED, message: "interrupted; nothing was started".to_owned() }
}

/// How long a container may run. Counted by a clock that nobody sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimit {
    limit: Duration,
    began: Instant,
}

impl TimeLimit {
    pub(crate) fn from_now(limit: Duration) -> TimeLimit {
        TimeLimit { limit, began: Instant::now() }
    }

    /// `None` for a time that never comes.
    fn deadline(&self) -> Option<Instant> {
        self.began.checked_add(self.limit)
    }
}

/// How to follow a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Following {
    pub(crate) time_limit: Option<TimeLimit>,
    /// A line with the memory that is used, on a terminal.
    pub(crate) shows_memory: bool,
}

/// Follows a run to its end. Interrupts are passed on: once to ask the container to end, twice to
/// kill it, three times to leave it alone.
pub(crate) fn follow(
    access: &mut EngineAccess,
    run: &mut Run,
    signals: &mut Signals,
    following: Following,
    io: &mut Io,
) -> Result<u8, Failure> {
    let Following { time_limit, shows_memory } = following;
    let gauge = MemoryGauge::default();
    let live = LiveLine::new(shows_memory && io.terminal_err, limit_of(&run.record));
    let engine = access.connect()?.clone();
    let (id, path) = (run.id().clone(), run.path().to_owned());
    let outlets = io.outlets().cloned();
    // Output that nobody takes is waited for as long as nobody wants the run to end.
    let hurry = |patience| outlets.iter().for_each(|outlets| outlets.hurry(patience));
    let followed = access.block_on(async {
        let options = LogOptions::following();
        let mut sink = Streams { live: Some(&live).filter(|live| live.is_on()), ..Streams::of(io) };
        let mut following = pin!(async {
            let followed = engine.follow_measured(run, &options, &mut sink, &gauge).await?;
            sink.finish().await.map_err(Error::LogSink)?;
            Ok(followed)
        });
        let mut redraw = tokio::time::interval(REDRAW);
        let mut asked = 0;
        let mut deadline = None;
        let mut time_over = time_limit.and_then(|limit| limit.deadline());
        let mut ends_for_time = None;
        loop {
            tokio::select! {
                result = &mut following => return Some((result, has_ended_for_time(ends_for_time).await)),
                _ = signals.interrupts.recv() => {}
                _ = signals.terminations.recv() => {}
                _ = redraw.tick(), if live.is_on() => {
                    live.show(&gauge);
                    continue;
                }
                () = at(deadline) => asked = 1,
                () = at(time_over) => {
                    time_over = None;
                    // Who was asked to end already has its own grace.
                    if let (0, Some(TimeLimit { limit, .. })) = (asked, time_limit) {
                        (asked, deadline) = (1, Some(Instant::now() + GRACE));
                        hurry(READER_PATIENCE);
                        ends_for_time = Some(tokio::spawn(end_for_time(engine.clone(), id.clone(), path.clone(), limit)));
                    }
                    continue;
                }
            }
            asked += 1;
            hurry(if asked > 2 { LAST_WORDS } else { READER_PATIENCE });
            if asked > 2 {
                return None;
            }
            deadline = (asked == 1).then(|| Instant::now() + GRACE);
            // Not waited for: an engine that hangs must not keep the next signal from being heard.
            tokio::spawn(pass_on(engine.clone(), id.clone(), asked));
        }
    });
    live.make_room();
    let Some((followed, has_timed_out)) = followed else {
        run.record.error = Some("task-api was interrupted and left the container to itself".to_owned());
        if let Err(error) = run.save() {
            io.warning(&error.to_string());
        }
        io.error(&format!(
            "left run {id} behind; `task-api stop {id}` ends it, `task-api status {id}` tells how it is"
        ));
        return Ok(INTERRUPTED);
    };
    let mut followed = followed.map_err(|error| lost(error, &id))?;
    if has_timed_out && let Some(TimeLimit { limit, .. }) = time_limit {
        if let Err(error) = run.mark_timed_out(limit) {
            io.warning(&error.to_string());
        }
        followed.outcome = Outcome::of(&run.record).unwrap_or(followed.outcome);
    }
    warn(&followed.warnings, io);
    if outlets.is_some_and(|outlets| outlets.out.has_given_up()) {
        io.warning(&format!(
            "nobody has read the output for {}, so the rest of it was left out; `task-api logs {id}` prints it all",
            time::in_words(READER_PATIENCE)
        ));
    }
    if let Some(words) = ending_in_words(&followed.outcome, &run.record) {
        io.error(&words);
    }
    Ok(followed.outcome.exit_code())
}

/// Why following a run ended before the run did, and how to go on.
pub(crate) fn lost(error: Error, id: &RunId) -> Failure {
    let how = match error {
        Error::ContainerGone { .. } => return error.into(),
        Error::EngineLost { .. } => format!(
            "how run {id} is cannot be known without its engine; once that is back, `task-api status {id}` tells it"
        ),
        _ => format!("run {id} goes on without us; `task-api status {id}` tells how it is"),
    };
    Failure { code: error.exit_code(), message: format!("{error}\n{how}") }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Whether it was the time limit that ended the container, and not itself at the same moment.
async fn has_ended_for_time(request: Option<JoinHandle<bool>>) -> bool {
    let Some(request) = request else { return false };
    matches!(tokio::time::timeout(LATE_ANSWER, request).await, Ok(Ok(true)))
}

async fn pass_on(engine: Engine, id: RunId, asked: u32) {
    let (which, words) = if asked == 1 {
        (Signal::Terminate, "asking the container to end; once more kills it")
    } else {
        (Signal::Kill, "killing the container; once more leaves it behind")
    };
    say(words);
    send(&engine, &id, which).await;
}

/// Asks the container to end; the grace after it is that of an interrupt. Written down at once, so
/// that whoever else waits for the run learns of it.
async fn end_for_time(engine: Engine, id: RunId, path: PathBuf, limit: Duration) -> bool {
    say(&format!("the container has run for {}; asking it to end", time::in_words(limit)));
    let was_running = send(&engine, &id, Signal::Terminate).await;
    if was_running
        && let Ok(mut run) = Run::load(&path)
        && run.id() == &id
    {
        // Whoever follows writes it as well, and says why it cannot be written.
        let _ = run.mark_timed_out(limit);
    }
    was_running
}

/// Whether the container was there to hear it. An engine that is away is asked again once it is back.
pub(crate) async fn send(engine: &Engine, id: &RunId, signal: Signal) -> bool {
    loop {
        match engine.signal(id, signal).await {
            Ok(was_running) => return was_running,
            Err(Error::EngineLost { .. }) => tokio::time::sleep(RETRY).await,
            Err(error) => {
                say(&error.to_string());
                return false;
            }
        }
    }
}

/// The stream of the container's standard error has our own: say it there, at once.
pub(crate) fn say(words: &str) {
    outlet::say(&format!("task-api: {words}\n"));
}

/// An engine that goes away while a run is followed.
pub(crate) fn tell(news: EngineNews) {
    match news {
        EngineNews::Lost { words, limit } => {
            say(&format!("the engine does not answer any more ({words}); waiting {} for it", time::in_words(limit)));
        }
        EngineNews::Back => say("the engine is back"),
    }
}

/// What a user should know about a run's end; nothing if it went well or says so itself.
pub(crate) fn ending_in_words(outcome: &Outcome, record: &Record) -> Option<String> {
    let limit = limit_of(record);
    Some(match outcome {
        Outcome::Exited { code: 0 } => return None,
        Outcome::Exited { code } => format!("the container exited with {code}"),
        Outcome::TimedOut { limit } => format!(
            "the container ran for {}, the time that it was allowed, and was ended; raise `--timeout`",
            time::in_words(*limit)
        ),
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
