//! A container's output, byte for byte.

use std::{
    cell::Cell,
    future::Future,
    io,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use bollard::{container::LogOutput, query_parameters::LogsOptionsBuilder};
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use tokio::{
    sync::Notify,
    time::{Instant, Sleep},
};

use crate::{
    engine::{DOCKER, Engine, engine_error, status, words},
    error::{Error, Result},
    last_lines::LastLines,
    log_position::{LogPosition, split_time},
    log_stream::{LogStream, Next},
    untimed::{Retrace, Step, Untimed},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogSource {
    Stdout,
    Stderr,
}

/// Where the output goes. The pieces of one source, put together, are its bytes: a piece is
/// neither a line nor valid UTF-8.
pub trait LogSink {
    fn write(&mut self, source: LogSource, bytes: &[u8]) -> impl Future<Output = io::Result<()>>;

    /// Called at the end, and while a run is followed whenever there is nothing more to write for
    /// the moment.
    fn flush(&mut self) -> impl Future<Output = io::Result<()>>;
}

/// A sink of two ordinary writers. A writer that blocks stops everything else on its thread.
#[derive(Debug)]
pub struct WriterSink<O, E> {
    pub out: O,
    pub err: E,
}

/// Which part of the output, and in which form.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LogOptions {
    /// Goes on until the container ends.
    pub follow: bool,
    pub since: Option<Timestamp>,
    /// No more than this many of the last lines.
    pub tail: Option<u64>,
    /// Puts the time in front of every line.
    pub timestamps: bool,
}

/// Set once by whoever waits for the container, heard by whoever reads its output.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    is_set: Cell<bool>,
    changed: Notify,
}

pub(crate) struct LogReader<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) container: &'a str,
    pub(crate) options: &'a LogOptions,
    pub(crate) ended: &'a Ended,
    /// See [`LineStarts::is_newline_missing`].
    pub(crate) loses_newlines: bool,
}

/// What the output was like, beyond what went to the sink.
#[derive(Debug, Default)]
pub(crate) struct LogEnd {
    /// In the engine's words, why some may be missing.
    pub(crate) incomplete: Option<String>,
}

enum ConnectionEnd {
    /// The engine said that there is no more.
    Complete,
    /// The connection broke, or the engine stopped answering.
    Broken(String),
    /// The last pieces begin after what was delivered: more must be asked for.
    Gap,
    /// Without times it is not clear how the output goes on.
    TimesNeeded,
    /// What was delivered is not there any more, so that nobody can say where the rest of it begins.
    Changed,
    /// Trying again would not help.
    Final(Error),
}

/// How often an engine whose following loses output is asked for more, and what its answers may take of the time.
const FIRST_TURN: Duration = Duration::from_millis(100);
const LONGEST_TURN: Duration = Duration::from_secs(1);
const TURN_PER_ANSWER: u32 = 10;

/// How far reading has come, and how it goes on.
#[derive(Default)]
struct Reading {
    position: LogPosition,
    lines: LineStarts,
    mode: Mode,
    /// In this connection.
    delivered: u64,
    /// The next piece must be one that was delivered before.
    must_overlap: bool,
    /// What may be of the last lines, until all that there is has been read.
    held: Option<LastLines>,
}

#[derive(Default)]
enum Mode {
    #[default]
    Timed,
    Untimed(Untimed),
    /// Asking with times for what was delivered without.
    Retracing(Retrace),
}

/// How many of the last pieces are asked for again at the end; reading all of a long output twice
/// would take too long.
const REST: u64 = 5000;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How many connections in a row may bring nothing before reading is given up.
const FRUITLESS_CONNECTIONS: u32 = 20;
/// How long output is asked for that does not come, once the container has ended.
const LONGEST_BARREN_AFTER_END: Duration = Duration::from_secs(20);
/// An engine hands out line by line, and to wake up for each costs it more than us. Longer than this,
/// and it would have to wait for us.
const BREATH: Duration = Duration::from_micros(200);
/// After the container has ended, the engine has nothing to wait for.
const SILENCE_AFTER_END: Duration = Duration::from_secs(10);

impl LogOptions {
    pub fn following() -> LogOptions {
        LogOptions { follow: true, ..LogOptions::default() }
    }
}

impl Ended {
    pub(crate) fn set(&self) {
        self.is_set.set(true);
        self.changed.notify_waiters();
    }

    fn is_set(&self) -> bool {
        self.is_set.get()
    }

    async fn wait(&self) {
        let changed = self.changed.notified();
        if !self.is_set() {
            changed.await;
        }
    }
}

impl<O: io::Write, E: io::Write> LogSink for WriterSink<O, E> {
    async fn write(&mut self, source: LogSource, bytes: &[u8]) -> io::Result<()> {
        match source {
            LogSource::Stdout => self.out.write_all(bytes),
            LogSource::Stderr => self.err.write_all(bytes),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.err.flush()
    }
}

impl LogReader<'_> {
    /// Reads to the end. With `follow` that is when the container has ended and the engine has
    /// handed out everything; a connection that ends before that is begun anew.
    ///
    /// Podman, when asked to follow, drops pieces out of the middle of what it has not handed out by the time that the
    /// container ends. What it has is complete when it is not asked to follow, so it is asked again and again; and of the last
    /// lines it mangles one without an end, so they are found here.
    pub(crate) async fn read(&self, sink: &mut impl LogSink) -> Result<LogEnd> {
        let mut reading = Reading::default();
        if !self.needs_times() {
            reading.mode = Mode::Untimed(Untimed::default());
        }
        let mut pause = FIRST_PAUSE;
        let mut fruitless = 0;
        let mut barren_since = None;
        let mut has_delivered = false;
        let mut is_just_the_rest = false;
        let by_turns = self.options.follow && self.engine.is_podman();
        let mut turn = FIRST_TURN;
        reading.held = self.options.tail.filter(|_| self.engine.is_podman()).map(LastLines::new);
        loop {
            let is_last = self.ended.is_set() || !self.options.follow;
            let since = reading.begin().or(self.options.since.map(Timestamp::as_second));
            let is_shortened = has_delivered && is_just_the_rest && reading.position.is_within_last(REST);
            let tail = match has_delivered {
                true => is_shortened.then_some(2 * REST),
                false => self.options.tail.filter(|_| !self.engine.is_podman()),
            };
            reading.must_overlap = is_shortened;
            let opened = Instant::now();
            let mut end = match reading.mode {
                Mode::Untimed(_) => self.pump_untimed(&mut reading, sink).await?,
                Mode::Timed | Mode::Retracing(_) => {
                    self.pump(pin!(self.open(since, tail, !is_last && !by_turns)), &mut reading, sink).await?
                }
            };
            if let (ConnectionEnd::Complete, Mode::Retracing(retrace)) = (&end, &reading.mode)
                && !retrace.is_complete()
            {
                end = ConnectionEnd::Changed;
            }
            if matches!(end, ConnectionEnd::Complete)
                && let Some(held) = reading.held.take()
            {
                for (source, time, text, bytes) in held.pieces {
                    self.deliver(source, time, &text, &bytes, &mut reading.lines, sink).await?;
                }
            }
            let delivered = reading.delivered;
            sink.flush().await.map_err(Error::LogSink)?;
            has_delivered |= delivered > 0;
            is_just_the_rest = false;
            // A container may have nothing to say for long; its engine did its part.
            if delivered > 0 || (!is_last && opened.elapsed() > SILENCE_AFTER_END) {
                (fruitless, pause, barren_since) = (0, FIRST_PAUSE, None);
            }
            let problem = match end {
                ConnectionEnd::Complete if is_last => return Ok(LogEnd::default()),
                ConnectionEnd::Gap | ConnectionEnd::TimesNeeded => continue,
                ConnectionEnd::Changed => {
                    let words = "the connection broke, and by now its log driver has dropped what was read before";
                    return Ok(LogEnd { incomplete: Some(words.to_owned()) });
                }
                ConnectionEnd::Complete if by_turns => {
                    turn = if delivered > 0 { FIRST_TURN } else { (turn * 2).min(LONGEST_TURN) };
                    tokio::select! {
                        () = self.ended.wait() => {}
                        () = tokio::time::sleep(turn.max(opened.elapsed() * TURN_PER_ANSWER)) => {}
                    }
                    continue;
                }
                ConnectionEnd::Complete => {
                    // The output ends a moment before the container does. Engines that follow
                    // sometimes miss what was written at the very end, so that is asked for again.
                    tokio::select! {
                        () = self.ended.wait() => {
                            is_just_the_rest = true;
                            continue;
                        }
                        () = tokio::time::sleep(LONGEST_PAUSE) => {}
                    }
                    "the engine keeps ending the output of a running container".to_owned()
                }
                ConnectionEnd::Broken(problem) => problem,
                ConnectionEnd::Final(error) => return Err(error),
            };
            fruitless += 1;
            // An engine that is away is waited for as long as by whoever waits for the end.
            let barren_for = barren_since.get_or_insert_with(Instant::now).elapsed();
            let gives_up = match self.ended.is_set() {
                true => is_last && barren_for >= LONGEST_BARREN_AFTER_END,
                false => fruitless > FRUITLESS_CONNECTIONS && barren_for >= self.engine.patience.limit,
            };
            if gives_up {
                return Ok(LogEnd { incomplete: Some(problem) });
            }
            tokio::select! {
                () = self.ended.wait(), if !self.ended.is_set() => {}
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            if !is_last && self.ended.is_set() {
                // What it could not give while the container ran, it may give now.
                (fruitless, pause, barren_since) = (0, FIRST_PAUSE, None);
            }
        }
    }

    /// Whoever asks for no time, and for all that there is, needs none unless a connection is lost.
    fn needs_times(&self) -> bool {
        let LogOptions { follow, since, tail, timestamps } = self.options;
        *follow
            || *timestamps
            || since.is_some()
            || tail.is_some()
            || !self.engine.is_local()
            || self.engine.identity.name != DOCKER
    }

    fn open(
        &self,
        since: Option<i64>,
        tail: Option<u64>,
        follow: bool,
    ) -> impl Stream<Item = Result<LogOutput, bollard::errors::Error>> + use<> {
        let mut options = LogsOptionsBuilder::new()
            .follow(follow)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .since(i32::try_from(since.unwrap_or(0)).unwrap_or(i32::MAX));
        if let Some(pieces) = tail {
            options = options.tail(&pieces.to_string());
        }
        self.engine.docker.logs(self.container, Some(options.build()))
    }

    async fn pump<S>(
        &self,
        mut stream: Pin<&mut S>,
        reading: &mut Reading,
        sink: &mut impl LogSink,
    ) -> Result<ConnectionEnd>
    where
        S: Stream<Item = Result<LogOutput, bollard::errors::Error>>,
    {
        let mut silence = Silence::new();
        loop {
            let ready = std::future::poll_fn(|context| match stream.as_mut().poll_next(context) {
                Poll::Ready(item) => Poll::Ready(Some(item)),
                Poll::Pending => Poll::Ready(None),
            });
            let item = match ready.await {
                Some(item) => item,
                None => {
                    // The engine sends line by line; what is there already is better written at once.
                    if self.options.follow {
                        sink.flush().await.map_err(Error::LogSink)?;
                    }
                    match self.next(stream.as_mut(), &mut silence).await {
                        Some(item) => item,
                        None => {
                            return Ok(ConnectionEnd::Broken("the engine stopped answering".to_owned()));
                        }
                    }
                }
            };
            let (source, piece) = match item {
                None => return Ok(ConnectionEnd::Complete),
                Some(Ok(LogOutput::StdOut { message })) => (LogSource::Stdout, message),
                Some(Ok(LogOutput::StdErr { message })) => (LogSource::Stderr, message),
                Some(Ok(LogOutput::StdIn { .. })) => continue,
                // Not the container's output: a message of the engine in place of it.
                Some(Ok(LogOutput::Console { message })) => {
                    return Ok(ConnectionEnd::Broken(engine_message(&message)));
                }
                Some(Err(error)) => return Ok(classify(&error)),
            };
            if let Some(end) = self.pass_on(source, &piece, reading, sink).await? {
                return Ok(end);
            }
        }
    }

    async fn pump_untimed(&self, reading: &mut Reading, sink: &mut impl LogSink) -> Result<ConnectionEnd> {
        let Reading { mode, delivered, .. } = reading;
        let Mode::Untimed(untimed) = mode else { return Ok(ConnectionEnd::TimesNeeded) };
        let Some(mut stream) = LogStream::open(self.engine, self.container).await else {
            *mode = Mode::Timed;
            return Ok(ConnectionEnd::TimesNeeded);
        };
        let mut silence = Silence::new();
        let mut is_out_of_breath = false;
        loop {
            let (source, bytes) = match stream.next() {
                Next::Piece(source, bytes) => (source, bytes),
                Next::End => return Ok(ConnectionEnd::Complete),
                Next::Broken(words) => return Ok(ConnectionEnd::Broken(words)),
                Next::Nothing => {
                    if std::mem::take(&mut is_out_of_breath) {
                        // A timer of the runtime would be too coarse.
                        std::thread::sleep(BREATH);
                    }
                    tokio::select! {
                        biased;
                        () = stream.readable() => silence.was_broken = true,
                        () = silence.lasts() => {
                            return Ok(ConnectionEnd::Broken("the engine stopped answering".to_owned()));
                        }
                    }
                    continue;
                }
            };
            is_out_of_breath = true;
            if self.loses_newlines && untimed.is_inside_line(source) {
                return Ok(ConnectionEnd::TimesNeeded);
            }
            sink.write(source, bytes).await.map_err(Error::LogSink)?;
            untimed.deliver(source, bytes);
            *delivered += 1;
        }
    }

    async fn pass_on(
        &self,
        source: LogSource,
        piece: &[u8],
        reading: &mut Reading,
        sink: &mut impl LogSink,
    ) -> Result<Option<ConnectionEnd>> {
        let Reading { position, lines, .. } = reading;
        let Some((time, text, bytes)) = split_time(piece) else {
            return Ok(Some(ConnectionEnd::Final(Error::LogsUnreadable {
                words: "it gave a piece of output without its time".to_owned(),
            })));
        };
        // An engine gives up following for a reader that is slow when its container ends, so
        // any number of pieces can be missing.
        if std::mem::take(&mut reading.must_overlap) && !position.is_repeated(source, time) {
            return Ok(Some(ConnectionEnd::Gap));
        }
        if !position.admit(source, time) {
            return Ok(None);
        }
        reading.delivered += 1;
        if let Mode::Retracing(retrace) = &mut reading.mode {
            let step = retrace.step(source, bytes);
            if retrace.is_complete() {
                reading.mode = Mode::Timed;
            }
            match step {
                Step::Changed => return Ok(Some(ConnectionEnd::Changed)),
                Step::New => {}
                Step::Known => {
                    lines.advance(source, time, bytes);
                    return Ok(None);
                }
            }
        }
        if self.options.since.is_some_and(|since| self.is_before(time, since)) {
            return Ok(None);
        }
        match &mut reading.held {
            Some(held) => held.push((source, time, text.to_vec(), bytes.to_vec())),
            None => self.deliver(source, time, text, bytes, lines, sink).await?,
        }
        Ok(None)
    }

    async fn deliver(
        &self,
        source: LogSource,
        time: Timestamp,
        text: &[u8],
        bytes: &[u8],
        lines: &mut LineStarts,
        sink: &mut impl LogSink,
    ) -> Result<()> {
        if self.loses_newlines && lines.is_newline_missing(source, time) {
            lines.advance(source, time, b"\n");
            sink.write(source, b"\n").await.map_err(Error::LogSink)?;
        }
        let begins_line = lines.advance(source, time, bytes);
        if self.options.timestamps && begins_line {
            sink.write(source, &[text, b" "].concat()).await.map_err(Error::LogSink)?;
        }
        sink.write(source, bytes).await.map_err(Error::LogSink)
    }

    /// Podman tells times without their fractions.
    fn is_before(&self, time: Timestamp, since: Timestamp) -> bool {
        if self.engine.is_podman() { time.as_second() < since.as_second() } else { time < since }
    }

    /// The outer `None` is an engine that goes on saying nothing about a container that has ended.
    async fn next<S: Stream>(&self, mut stream: Pin<&mut S>, silence: &mut Silence) -> Option<Option<S::Item>> {
        if !self.ended.is_set() && self.options.follow {
            tokio::select! {
                biased;
                item = stream.next() => return Some(item),
                () = self.ended.wait() => silence.begin(),
            }
        }
        tokio::select! {
            biased;
            item = stream.next() => {
                silence.was_broken = true;
                Some(item)
            }
            () = silence.lasts() => None,
        }
    }
}

impl Reading {
    /// To be called before each connection; says since when to ask, in seconds since 1970.
    fn begin(&mut self) -> Option<i64> {
        self.delivered = 0;
        if let Mode::Untimed(untimed) = &self.mode
            && let Some(retrace) = untimed.retrace()
        {
            self.mode = Mode::Retracing(retrace);
        }
        self.position.begin()
    }
}

/// A timer that is set anew only when it goes off: to set it for each piece would cost more than
/// the piece.
struct Silence {
    timer: Pin<Box<Sleep>>,
    was_broken: bool,
}

impl Silence {
    fn new() -> Silence {
        Silence { timer: Box::pin(tokio::time::sleep(SILENCE_AFTER_END)), was_broken: false }
    }

    fn begin(&mut self) {
        self.timer.as_mut().reset(Instant::now() + SILENCE_AFTER_END);
        self.was_broken = false;
    }

    async fn lasts(&mut self) {
        loop {
            self.timer.as_mut().await;
            if !std::mem::take(&mut self.was_broken) {
                return;
            }
            self.begin();
        }
    }
}

/// The line that each source is inside of, by the time of its last piece.
#[derive(Debug, Default)]
struct LineStarts {
    inside: [Option<Timestamp>; 2],
}

impl LineStarts {
    /// Says whether `bytes` begin a line, and remembers how they end.
    fn advance(&mut self, source: LogSource, time: Timestamp, bytes: &[u8]) -> bool {
        let inside = &mut self.inside[source as usize];
        let begins_line = inside.is_none();
        *inside = (bytes.last() != Some(&b'\n')).then_some(time);
        begins_line
    }

    /// All pieces of one line have one time, so a piece of another time is another line, and the
    /// one before had a newline that the log driver dropped.
    fn is_newline_missing(&self, source: LogSource, time: Timestamp) -> bool {
        self.inside[source as usize].is_some_and(|inside| inside != time)
    }
}

fn classify(error: &bollard::errors::Error) -> ConnectionEnd {
    let text = words(error);
    match status(error) {
        Some(404) => ConnectionEnd::Final(engine_error("to give the container's output", error)),
        Some(_) if text.contains("does not support reading") => {
            ConnectionEnd::Final(Error::LogsUnreadable { words: text })
        }
        Some(_) | None => ConnectionEnd::Broken(text),
    }
}

/// The engine's messages come framed as a third stream, which the client hands out as it is.
fn engine_message(frame: &[u8]) -> String {
    const HEADER: usize = 8;
    const ENGINE_STREAM: u8 = 3;
    let text = match frame {
        [ENGINE_STREAM, ..] if frame.len() > HEADER => &frame[HEADER..],
        _ => frame,
    };
    String::from_utf8_lossy(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_own_messages_are_not_output() {
        assert_eq!(engine_message(b"\x03\0\0\0\0\0\0\x05oops\n"), "oops");
        assert_eq!(engine_message(b"oops"), "oops");
    }

    #[test]
    fn a_long_line_begins_once() {
        let mut lines = LineStarts::default();
        let time = |second| Timestamp::from_second(second).expect("a time");
        assert!(lines.advance(LogSource::Stdout, time(1), b"a"));
        assert!(!lines.advance(LogSource::Stdout, time(1), b"b"));
        assert!(lines.advance(LogSource::Stderr, time(2), b"x\n"));
        assert!(!lines.is_newline_missing(LogSource::Stdout, time(1)));
        assert!(lines.is_newline_missing(LogSource::Stdout, time(2)));
        assert!(!lines.advance(LogSource::Stdout, time(1), b"c\n"));
        assert!(!lines.is_newline_missing(LogSource::Stdout, time(2)));
        assert!(lines.advance(LogSource::Stdout, time(2), b"d"));
    }
}
