//! The streams and surroundings of one run of the program.

use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::display;
use crate::follow::LAST_WORDS;
use crate::outlet::{Out, Outlets, Words};

/// Where the program reads from and writes to, and what it knows of its surroundings.
pub struct Io {
    stdin: Box<dyn Read + Send>,
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
    place: Arc<Place>,
    pub(crate) colour_out: bool,
    pub(crate) colour_err: bool,
    /// Somebody watches standard error.
    pub(crate) terminal_err: bool,
    /// The first error of writing to standard output.
    broken: Option<io::Error>,
    /// The streams are the process's own.
    is_of_process: bool,
    outlets: Option<Outlets>,
}

/// What the program knows of where it runs; threads share it.
#[derive(Debug)]
pub struct Place {
    /// Directory that relative paths are resolved against.
    pub(crate) directory: PathBuf,
    pub(crate) env: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Deref for Io {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Io {
    pub fn of_process() -> Io {
        let env: Vec<(String, String)> = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect();
        let set = |wanted: &str| env.iter().any(|(name, value)| name == wanted && !value.is_empty());
        let plain = set("NO_COLOR") || env.iter().any(|(name, value)| name == "TERM" && value == "dumb");
        Io {
            stdin: Box::new(io::stdin()),
            stdout: Box::new(BufWriter::with_capacity(32 * 1024, io::stdout())),
            stderr: Box::new(io::stderr()),
            colour_out: !plain && io::stdout().is_terminal(),
            colour_err: !plain && io::stderr().is_terminal(),
            terminal_err: io::stderr().is_terminal(),
            place: Arc::new(Place { directory: std::env::current_dir().unwrap_or_default(), env }),
            broken: None,
            is_of_process: true,
            outlets: None,
        }
    }

    /// For tests: everything given, nothing coloured.
    pub fn new(
        stdin: impl Read + Send + 'static,
        stdout: impl Write + 'static,
        stderr: impl Write + 'static,
        directory: impl Into<PathBuf>,
        env: Vec<(String, String)>,
    ) -> Io {
        Io {
            stdin: Box::new(stdin),
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            place: Arc::new(Place { directory: directory.into(), env }),
            colour_out: false,
            colour_err: false,
            terminal_err: false,
            broken: None,
            is_of_process: false,
            outlets: None,
        }
    }

    /// Writes a result.
    pub(crate) fn out(&mut self, text: &str) {
        self.out_bytes(text.as_bytes());
    }

    pub(crate) fn out_bytes(&mut self, bytes: &[u8]) {
        if self.broken.is_none() {
            self.broken = self.stdout.write_all(bytes).err();
        }
    }

    /// Writes what is no result.
    pub(crate) fn err(&mut self, text: &str) {
        // Nobody is left to tell if standard error is gone.
        let _ = self.stderr.write_all(text.as_bytes());
    }

    pub(crate) fn error(&mut self, message: &str) {
        self.err(&display::error_line(message, self.colour_err));
    }

    pub(crate) fn warning(&mut self, message: &str) {
        self.err(&display::warning_line(message, self.colour_err));
    }

    /// Standard input to its end, or so many bytes of it.
    pub(crate) fn read_stdin(&mut self, at_most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stdin.by_ref().take(at_most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self.broken.take() {
            Some(error) => Err(error),
            None => self.stdout.flush(),
        }
    }

    /// Standard input and output themselves, for a conversation.
    pub(crate) fn conversation(&mut self) -> (Box<dyn Read + Send>, &mut dyn Write) {
        (std::mem::replace(&mut self.stdin, Box::new(io::empty())), &mut self.stdout)
    }

    /// Both output streams, for copying a container's logs.
    pub(crate) fn streams(&mut self) -> (Out<'_>, Out<'_>) {
        match &self.outlets {
            Some(Outlets { out, err }) => (Out::Outlet(Arc::clone(out)), Out::Outlet(Arc::clone(err))),
            None => (Out::Direct(&mut self.stdout), Out::Direct(&mut self.stderr)),
        }
    }

    /// From now on, threads write the process's output: whoever has signals to hear must not wait for a reader.
    pub(crate) fn detach(&mut self) {
        if !self.is_of_process || self.outlets.is_some() || self.flush().is_err() {
            return;
        }
        // Without threads there is still a run to follow.
        if let Ok(outlets) = Outlets::start() {
            self.stderr = Box::new(Words(Arc::clone(&outlets.err)));
            self.outlets = Some(outlets);
        }
    }

    pub(crate) fn outlets(&self) -> Option<&Outlets> {
        self.outlets.as_ref()
    }

    /// To be called before the process ends. Waits for threads that write, but not for readers that do not read.
    pub fn close(&mut self) {
        let Some(outlets) = self.outlets.take() else { return };
        outlets.hurry(LAST_WORDS);
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() {
            // Nobody is left to tell if that fails.
            let _ = runtime.block_on(outlets.out.flush());
            let _ = runtime.block_on(outlets.err.flush());
        }
    }

    /// What threads may know.
    pub(crate) fn place(&self) -> Arc<Place> {
        Arc::clone(&self.place)
    }
}
