//! The server on standard input and output.
//!
//! One thread reads, so that what waits can be seen; one looks for files; the session stays on the thread that serves.

mod files;
mod frames;
mod search;

use std::collections::{HashSet, VecDeque};
use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use crate::disk::Found;
use crate::jsonrpc::Message;
use crate::session::{Options, Session};
use files::Files;
use frames::Frame;

/// While messages keep coming, diagnostics wait no longer than this.
const LONGEST_WAIT: Duration = Duration::from_millis(150);
/// A change waits as long for the next message as its check will take, and no longer than this: a request that an editor
/// sends along with it is not to wait for a check that nobody has asked for.
const LONGEST_PAUSE: Duration = Duration::from_millis(4);
/// How often it is looked whether the client's process is still there.
const WATCH: Duration = Duration::from_secs(2);

/// Something that the session is to be told.
enum Event {
    Message(Message),
    Found(Found),
    /// Nothing will come any more.
    ClientGone,
}

/// Serves one client until it says `exit` or is gone; the result is the process's exit code.
pub fn serve(input: impl Read + Send + 'static, output: &mut dyn Write, variables: HashSet<String>) -> u8 {
    let (sender, events) = mpsc::channel();
    let disk = Box::new(Files::new(sender.clone()));
    let session = Session::new(Options { disk, variables: Some(variables) });
    let reader = sender.clone();
    thread::spawn(move || read(input, &reader));
    let mut driver = Driver { session, events, waiting: VecDeque::new(), sender, is_watched: false };
    match driver.run(output) {
        Ok(code) => code,
        // The client has closed our output.
        Err(_) => driver.session.code_of_a_lost_client(),
    }
}

fn read(input: impl Read, events: &Sender<Event>) {
    let mut input = BufReader::new(input);
    loop {
        let event = match frames::read(&mut input) {
            Frame::Message(body) => Event::Message(Message::read(&body)),
            Frame::Broken(why) => Event::Message(Message::unreadable(why)),
            Frame::End => {
                // If nobody listens, the server has ended already.
                let _ = events.send(Event::ClientGone);
                return;
            }
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

struct Driver {
    session: Session,
    events: Receiver<Event>,
    /// What has come and is not handled.
    waiting: VecDeque<Event>,
    sender: Sender<Event>,
    is_watched: bool,
}

impl Driver {
    fn run(&mut self, output: &mut dyn Write) -> io::Result<u8> {
        let mut settled = Instant::now();
        // How long the last check of a change took.
        let mut pause = Duration::ZERO;
        let (mut is_fresh, mut is_unchecked) = (false, false);
        loop {
            self.look();
            if std::mem::take(&mut is_fresh)
                && self.waiting.is_empty()
                && let Ok(event) = self.events.recv_timeout(pause)
            {
                self.take(event);
                continue;
            }
            if self.waiting.is_empty() || settled.elapsed() > LONGEST_WAIT {
                let begin = Instant::now();
                let has_more = self.session.settle();
                settled = Instant::now();
                if std::mem::take(&mut is_unchecked) {
                    pause = settled.duration_since(begin).min(LONGEST_PAUSE);
                }
                self.write(output)?;
                self.look();
                if self.waiting.is_empty() && has_more {
                    continue;
                }
            }
            let event = match self.waiting.pop_front() {
                Some(event) => event,
                // There is a sender as long as there is a driver.
                None => match self.events.recv() {
                    Ok(event) => {
                        self.take(event);
                        settled = Instant::now();
                        continue;
                    }
                    Err(_) => Event::ClientGone,
                },
            };
            match event {
                Event::Message(message) => {
                    is_fresh = message.is_notification("textDocument/didChange");
                    is_unchecked |= is_fresh;
                    self.session.receive(message);
                }
                Event::Found(found) => self.session.found(found),
                Event::ClientGone => return Ok(self.session.code_of_a_lost_client()),
            }
            // Before the answer, until which the client is there for certain.
            self.watch();
            self.write(output)?;
            if let Some(code) = self.session.exit_code() {
                return Ok(code);
            }
        }
    }

    /// Takes all that has come, and notes what has been cancelled before its turn.
    fn look(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        if let Event::Message(message) = &event {
            self.session.cancel(message);
        }
        self.waiting.push_back(event);
    }

    fn write(&mut self, output: &mut dyn Write) -> io::Result<()> {
        let messages = self.session.take_messages();
        for message in &messages {
            write!(output, "Content-Length: {}\r\n\r\n{message}", message.len())?;
        }
        if messages.is_empty() { Ok(()) } else { output.flush() }
    }

    /// Ends the server when the client's process is gone, which need not close our input.
    fn watch(&mut self) {
        if self.is_watched {
            return;
        }
        let Some(process) = self.session.client_process() else { return };
        self.is_watched = true;
        let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return };
        // One that cannot be seen from the beginning is in another container, or on another machine.
        if !is_there(process) {
            return;
        }
        let sender = self.sender.clone();
        thread::spawn(move || {
            while is_there(process) {
                thread::sleep(WATCH);
            }
            let _ = sender.send(Event::ClientGone);
        });
    }
}

fn is_there(process: Pid) -> bool {
    // A process of somebody else is there as well.
    !matches!(test_kill_process(process), Err(rustix::io::Errno::SRCH))
}
