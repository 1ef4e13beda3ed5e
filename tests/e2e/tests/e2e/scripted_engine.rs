//! The real engine, some of whose answers are a script's: for what no real one does when it is asked to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};

use crate::support::Bench;

const ENGINE: &str = "/var/run/docker.sock";

/// What becomes of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// These bytes in place of it; the request does not reach the engine.
    Says(Vec<u8>),
    /// Likewise, and then nothing more, for ever.
    SaysAndHangs(Vec<u8>),
    /// So much of it, and the connection is closed.
    Cut(usize),
    /// A text in its body is another.
    Edited(String, String),
}

struct Rule {
    method: String,
    part: String,
    fault: Fault,
    times: usize,
}

pub(crate) struct Scripted {
    address: String,
    rules: Arc<Mutex<Vec<Rule>>>,
}

trait Connection: Read + Write + Send {
    fn end(&self);
    fn another(&self) -> Box<dyn Connection>;
}

impl Scripted {
    /// On a socket, with the bench's program connected to it, which waits a second for engines that go away.
    pub(crate) fn for_bench(bench: &mut Bench) -> Scripted {
        let socket = bench.path("scripted.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let rules = Arc::<Mutex<Vec<Rule>>>::default();
        let shared = Arc::clone(&rules);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                serve(Box::new(client), &shared);
            }
        });
        Scripted::connected(bench, format!("unix://{}", socket.display()), rules)
    }

    /// The same where the engine's processes are not ours.
    pub(crate) fn elsewhere(bench: &mut Bench) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let rules = Arc::<Mutex<Vec<Rule>>>::default();
        let shared = Arc::clone(&rules);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                serve(Box::new(client), &shared);
            }
        });
        Scripted::connected(bench, address, rules)
    }

    fn connected(bench: &mut Bench, address: String, rules: Arc<Mutex<Vec<Rule>>>) -> Scripted {
        bench.env("DOCKER_HOST", &address);
        bench.env("TASK_API_ENGINE_PATIENCE", "1s");
        Scripted { address, rules }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// For requests whose first line begins and goes on like this, where `*` is anything; of several rules the first
    /// counts.
    pub(crate) fn on(&self, method: &str, part: &str, fault: Fault) {
        self.on_times(usize::MAX, method, part, fault);
    }

    pub(crate) fn on_times(&self, times: usize, method: &str, part: &str, fault: Fault) {
        let (method, part) = (format!("{method} "), part.to_owned());
        self.rules.lock().unwrap().push(Rule { method, part, fault, times });
    }

    pub(crate) fn mend(&self) {
        self.rules.lock().unwrap().clear();
    }
}

/// An answer as engines give it.
pub(crate) fn answer(status: &str, kind: &str, body: &[u8]) -> Fault {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    Fault::Says([head.as_bytes(), body].concat())
}

pub(crate) fn json(status: &str, body: &str) -> Fault {
    answer(status, "application/json", body.as_bytes())
}

/// The beginning of a stream, without its end.
pub(crate) fn stream(bytes: &[u8]) -> Vec<u8> {
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    [head.as_bytes(), format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

fn serve(mut client: Box<dyn Connection>, rules: &Arc<Mutex<Vec<Rule>>>) {
    let rules = Arc::clone(rules);
    std::thread::spawn(move || {
        let mut request = vec![0; 1 << 16];
        let Ok(count @ 1..) = client.read(&mut request) else { return };
        request.truncate(count);
        let fault = fault_for(&request, &rules);
        let pass_on = |request: &[u8], most: usize, mut client: Box<dyn Connection>| {
            let mut engine = UnixStream::connect(ENGINE).unwrap();
            engine.write_all(request).unwrap();
            let (mut rest, mut to_engine) = (client.another(), engine.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut rest, &mut to_engine));
            let _ = std::io::copy(&mut engine.take(most as u64), &mut client);
            client.end();
        };
        match fault {
            None => pass_on(&request, usize::MAX >> 1, client),
            Some(Fault::Cut(most)) => pass_on(&request, most, client),
            Some(Fault::Says(bytes)) => {
                let _ = client.write_all(&bytes);
                client.end();
            }
            Some(Fault::SaysAndHangs(bytes)) => {
                let _ = client.write_all(&bytes);
                // Until the program gives up.
                while let Ok(1..) = client.read(&mut request) {}
            }
            Some(Fault::Edited(from, to)) => {
                // The engine closes at the end of such an answer, and does not cut it into chunks.
                let text = String::from_utf8_lossy(&request).replacen(" HTTP/1.1\r\n", " HTTP/1.0\r\n", 1);
                let mut engine = UnixStream::connect(ENGINE).unwrap();
                engine.write_all(text.as_bytes()).unwrap();
                let mut text = String::new();
                let _ = engine.read_to_string(&mut text);
                let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
                assert!(body.contains(&from), "{body}");
                let status = head.split("\r\n").next().unwrap().replace("HTTP/1.0", "HTTP/1.1");
                let body = body.replace(&from, &to);
                let head = format!("{status}\r\nContent-Type: application/json\r\nContent-Length: {}", body.len());
                let _ = client.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
                client.end();
            }
        }
    });
}

fn fault_for(request: &[u8], rules: &Mutex<Vec<Rule>>) -> Option<Fault> {
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut rules = rules.lock().unwrap();
    let fits = |rule: &&mut Rule| {
        let Some(rest) = line.strip_prefix(&rule.method).filter(|_| rule.times > 0) else { return false };
        // A `*` stands for anything.
        let after = |rest: &str, part: &str| Some(rest.split_once(part)?.1.to_owned());
        rule.part.split('*').try_fold(rest.to_owned(), |rest, part| after(&rest, part)).is_some()
    };
    let rule = rules.iter_mut().find(fits)?;
    rule.times -= 1;
    Some(rule.fault.clone())
}

impl Connection for UnixStream {
    fn end(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }

    fn another(&self) -> Box<dyn Connection> {
        Box::new(self.try_clone().unwrap())
    }
}

impl Connection for TcpStream {
    fn end(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }

    fn another(&self) -> Box<dyn Connection> {
        Box::new(self.try_clone().unwrap())
    }
}
