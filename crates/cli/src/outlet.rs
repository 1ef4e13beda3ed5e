//! Output on a thread of its own, so that a reader who neither reads nor leaves keeps nobody else from working.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Where bytes wait for their reader. Who writes a container's output waits for room; our own words, which are few, always fit.
#[derive(Debug, Default)]
pub(crate) struct Outlet {
    state: Mutex<State>,
    /// Heard by the thread.
    work: Condvar,
    /// Heard by those who wait for the thread.
    progress: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<u8>,
    is_writing: bool,
    /// The thread has nothing to do until it is told.
    is_asleep: bool,
    /// What went wrong, until somebody has been told.
    error: Option<io::Error>,
    /// Nothing is written any more: it went wrong, or was given up.
    is_closed: bool,
    has_given_up: bool,
    /// How long a reader may take nothing before it is given up. `None`: as long as it likes.
    patience: Option<Duration>,
}

/// Standard output and standard error of the process.
#[derive(Debug, Clone)]
pub(crate) struct Outlets {
    pub(crate) out: Arc<Outlet>,
    pub(crate) err: Arc<Outlet>,
}

/// Where one stream of a container goes.
pub(crate) enum Out<'a> {
    Direct(&'a mut dyn Write),
    Outlet(Arc<Outlet>),
}

/// So many bytes wait at most, and as many again are being written.
const ROOM: usize = 1 << 20;
/// A pipe takes about as much at once. Every piece that is taken shows that somebody reads.
const PIECE: usize = 1 << 16;

/// Standard error of the process, once it is written by a thread.
static STANDARD_ERROR: OnceLock<Arc<Outlet>> = OnceLock::new();

/// Writes words of ours to standard error, and does not wait for whoever reads them if a thread can.
pub(crate) fn say(words: &str) {
    match STANDARD_ERROR.get() {
        Some(outlet) => outlet.push(words.as_bytes()),
        // Nobody is left to tell if standard error is gone.
        None => drop(io::stderr().write_all(words.as_bytes())),
    }
}

impl Outlets {
    /// Of the process; to be asked for once.
    pub(crate) fn start() -> io::Result<Outlets> {
        let (out, err) = (io::stdout().as_fd().try_clone_to_owned()?, io::stderr().as_fd().try_clone_to_owned()?);
        let (out, err) = (File::from(out), File::from(err));
        let identity = |file: &File| file.metadata().map(|metadata| (metadata.dev(), metadata.ino())).ok();
        let is_one = identity(&out).is_some() && identity(&out) == identity(&err);
        let out = Outlet::start(out)?;
        // What goes to one terminal or pipe stays in its order.
        let err = if is_one { Arc::clone(&out) } else { Outlet::start(err)? };
        let _ = STANDARD_ERROR.set(Arc::clone(&err));
        Ok(Outlets { out, err })
    }

    /// See [`Outlet::hurry`].
    pub(crate) fn hurry(&self, patience: Duration) {
        self.out.hurry(patience);
        self.err.hurry(patience);
    }
}

impl Out<'_> {
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Out::Direct(to) => to.write_all(bytes),
            Out::Outlet(outlet) => outlet.write(bytes).await,
        }
    }

    /// Nothing is kept back any more. Does not wait for a thread.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Direct(to) => to.flush(),
            Out::Outlet(outlet) => outlet.go_on(),
        }
    }

    /// Waits until everything is written.
    pub(crate) async fn finish(&mut self) -> io::Result<()> {
        match self {
            Out::Direct(to) => to.flush(),
            Out::Outlet(outlet) => outlet.flush().await,
        }
    }
}

impl Outlet {
    pub(crate) fn start(to: impl Write + Send + 'static) -> io::Result<Arc<Outlet>> {
        let outlet = Arc::new(Outlet::default());
        let writing = Arc::clone(&outlet);
        std::thread::Builder::new().name("output".to_owned()).spawn(move || writing.run(to))?;
        Ok(outlet)
    }

    /// Waits for room. A few bytes are kept back until [`Outlet::go_on`]. An error is that of earlier bytes; it is told
    /// once, and what comes later is dropped.
    pub(crate) async fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.until(|state| state.waiting.len() < ROOM).await?;
        let mut state = self.state();
        if !state.is_closed {
            state.waiting.extend_from_slice(bytes);
        }
        if state.waiting.len() >= PIECE {
            self.wake(&mut state);
        }
        Ok(())
    }

    /// Has the thread write what there is, and does not wait for it.
    pub(crate) fn go_on(&self) -> io::Result<()> {
        let mut state = self.state();
        self.wake(&mut state);
        state.error.take().map_or(Ok(()), Err)
    }

    /// Waits until everything is written.
    pub(crate) async fn flush(&self) -> io::Result<()> {
        self.go_on()?;
        self.until(State::is_idle).await
    }

    /// Does not wait.
    pub(crate) fn push(&self, bytes: &[u8]) {
        let mut state = self.state();
        if !state.is_closed {
            state.waiting.extend_from_slice(bytes);
            self.wake(&mut state);
        }
    }

    /// Nothing for a thread that works: it looks again when it is done.
    fn wake(&self, state: &mut State) {
        if state.is_asleep && !state.waiting.is_empty() {
            state.is_asleep = false;
            self.work.notify_one();
        }
    }

    /// From now on, a reader that takes nothing for so long is given up, and what it did not take is dropped.
    pub(crate) fn hurry(&self, patience: Duration) {
        self.state().patience = Some(patience);
        self.progress.notify_waiters();
    }

    pub(crate) fn has_given_up(&self) -> bool {
        self.state().has_given_up
    }

    async fn until(&self, is_so: impl Fn(&State) -> bool) -> io::Result<()> {
        loop {
            // Made before anything is looked at, so that no progress is missed.
            let progress = self.progress.notified();
            let patience = {
                let mut state = self.state();
                if let Some(error) = state.error.take() {
                    return Err(error);
                }
                if state.is_closed || is_so(&state) {
                    return Ok(());
                }
                state.patience
            };
            match patience {
                None => progress.await,
                Some(patience) if tokio::time::timeout(patience, progress).await.is_ok() => {}
                Some(_) => self.give_up(),
            }
        }
    }

    fn give_up(&self) {
        let mut state = self.state();
        (state.has_given_up, state.is_closed) = (true, true);
        state.waiting = Vec::new();
    }

    fn run(&self, mut to: impl Write) {
        let mut bytes = Vec::new();
        loop {
            {
                let mut state = self.state();
                state.is_writing = false;
                bytes.clear();
                self.progress.notify_waiters();
                if state.waiting.is_empty() {
                    state.is_asleep = true;
                }
                while state.is_asleep {
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                std::mem::swap(&mut bytes, &mut state.waiting);
                state.is_writing = true;
            }
            for piece in bytes.chunks(PIECE) {
                let written = to.write_all(piece).and_then(|()| to.flush());
                let mut state = self.state();
                if let Err(error) = written {
                    (state.error, state.is_closed) = (Some(error), true);
                    state.waiting = Vec::new();
                }
                if state.is_closed {
                    break;
                }
                drop(state);
                self.progress.notify_waiters();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.is_writing
    }
}

/// For words of ours: never waits.
pub(crate) struct Words(pub(crate) Arc<Outlet>);

impl Write for Words {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, Read};

    use super::*;

    fn piped() -> (Arc<Outlet>, PipeReader) {
        let (reader, writer) = io::pipe().unwrap();
        (Outlet::start(writer).unwrap(), reader)
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn everything_arrives_in_order() {
        let (outlet, mut reader) = piped();
        let expected: Vec<u8> = (0..5_000_000u32).map(|number| (number % 251) as u8).collect();
        let sent = expected.clone();
        let reading = std::thread::spawn(move || {
            let mut bytes = vec![0; 5_000_000];
            reader.read_exact(&mut bytes).unwrap();
            bytes
        });
        block_on(async {
            for piece in sent.chunks(7001) {
                outlet.write(piece).await.unwrap();
            }
            outlet.flush().await.unwrap();
        });
        assert!(reading.join().unwrap() == expected);
    }

    #[test]
    fn a_reader_that_waits_holds_up_nobody_and_no_more_than_the_room() {
        let (outlet, reader) = piped();
        let mut taken = 0;
        block_on(async {
            let filling = async {
                loop {
                    outlet.write(&[7; 10_000]).await.unwrap();
                    taken += 10_000;
                }
            };
            // Ends because something else can be heard while the reader does not read.
            let heard: Result<(), _> = tokio::time::timeout(Duration::from_millis(300), filling).await;
            assert!(heard.is_err());
            outlet.hurry(Duration::from_millis(10));
            outlet.write(b"x").await.unwrap();
            outlet.flush().await.unwrap();
        });
        assert!((ROOM..4 * ROOM).contains(&taken), "{taken}");
        assert!(outlet.has_given_up());
        drop(reader);
    }

    #[test]
    fn an_error_is_told_once() {
        let (outlet, reader) = piped();
        drop(reader);
        block_on(async {
            outlet.write(b"x").await.unwrap();
            assert_eq!(outlet.flush().await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
            outlet.write(b"y").await.unwrap();
            outlet.flush().await.unwrap();
        });
        assert!(!outlet.has_given_up());
    }
}
