//! A socket between the program and the engine, at which a request can be stopped: that makes each
//! moment of a run one to kill the program in.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const ENGINE: &str = "/var/run/docker.sock";

/// What happens to the requests that a gate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// They do not reach the engine.
    Request,
    /// They reach the engine, and its answer does not reach the program.
    Answer,
}

pub(crate) struct Proxy {
    socket: PathBuf,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    gates: Mutex<Gates>,
    changed: Condvar,
}

#[derive(Default)]
struct Gates {
    /// The beginning of a request's first line, and a part of the rest of it.
    closed: Vec<(String, String, Gate)>,
    /// How many requests stand, or stood, at a gate.
    held: usize,
}

impl Proxy {
    /// Listens beside whatever is in `directory`; everybody may connect.
    pub(crate) fn new(directory: &Path) -> Proxy {
        let socket = directory.join("engine.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o666)).unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(engine)) = (client, UnixStream::connect(ENGINE)) else { return };
                connect(client, engine, &shared);
            }
        });
        Proxy { socket, state }
    }

    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// From now on, stops requests whose first line begins and goes on like this.
    pub(crate) fn close(&self, method: &str, part: &str, gate: Gate) {
        self.state.gates.lock().unwrap().closed.push((method.to_owned(), part.to_owned(), gate));
    }

    /// Lets everything pass, also what was held.
    pub(crate) fn open(&self) {
        self.state.gates.lock().unwrap().closed.clear();
        self.state.changed.notify_all();
    }

    /// Waits until a request has come to a closed gate.
    #[track_caller]
    pub(crate) fn wait_until_held(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut gates = self.state.gates.lock().unwrap();
        while gates.held == 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no request came to the gate");
            gates = self.state.changed.wait_timeout(gates, left).unwrap().0;
        }
    }
}

impl State {
    /// The gate that this request comes to.
    fn gate_for(&self, request: &[u8]) -> Option<Gate> {
        let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let gates = self.gates.lock().unwrap();
        let fits = |(method, part, _): &&(String, String, Gate)| {
            line.starts_with(method.as_str()) && line.contains(part.as_str())
        };
        gates.closed.iter().find(fits).map(|(_, _, gate)| *gate)
    }

    fn hold(&self) {
        let mut gates = self.gates.lock().unwrap();
        gates.held += 1;
        self.changed.notify_all();
        while !gates.closed.is_empty() {
            gates = self.changed.wait(gates).unwrap();
        }
    }
}

fn connect(client: UnixStream, engine: UnixStream, state: &Arc<State>) {
    let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
    let (mut from_engine, mut to_engine) = (engine.try_clone().unwrap(), engine);
    let answers_held = Arc::new(Mutex::new(false));
    let (requests, answers) = (Arc::clone(state), Arc::clone(state));
    let hold_answers = Arc::clone(&answers_held);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            match requests.gate_for(&buffer[..count]) {
                Some(Gate::Request) => requests.hold(),
                Some(Gate::Answer) => *hold_answers.lock().unwrap() = true,
                None => {}
            }
            if to_engine.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to_engine.shutdown(Shutdown::Write);
    });
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_engine.read(&mut buffer) {
            if std::mem::take(&mut *answers_held.lock().unwrap()) {
                answers.hold();
            }
            if to_client.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
}
