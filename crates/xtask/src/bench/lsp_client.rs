//! A client of a language server on its standard streams, as small as measuring needs.

use std::io::BufReader;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::frames::{next_frame, write_frame};
use crate::process::{Result, failure, read as read_file, run as command};

/// A server that is silent for so long will not answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Client {
    server: Child,
    input: ChildStdin,
    frames: Receiver<Frame>,
    words: Vec<String>,
    /// What it is told when it asks for its settings.
    settings: Value,
    last_id: u64,
    /// Notifications that came while something else was waited for.
    notified: Vec<Arrival>,
}

/// A message, and when its last byte was here: reading it as JSON is the client's own time.
struct Frame {
    came: Instant,
    body: Vec<u8>,
}

/// Something that came, and when.
pub(super) struct Arrival {
    pub(super) came: Instant,
    pub(super) value: Value,
}

impl Client {
    /// `settings` has the sections by name.
    pub(super) fn start(words: &[String], settings: Value) -> Result<Client> {
        let (program, arguments) = words.split_first().ok_or_else(|| "no server is named".to_owned())?;
        let mut server = command(program).args(arguments).quietly().into_command();
        let server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().map_err(|error| format!("cannot run `{}`: {error}", words.join(" ")))?;
        let (Some(input), Some(output)) = (server.stdin.take(), server.stdout.take()) else {
            return failure("a server has no standard streams");
        };
        let (sender, frames) = mpsc::channel();
        thread::spawn(move || {
            let mut output = BufReader::with_capacity(1 << 16, output);
            while let Some(body) = next_frame(&mut output) {
                if sender.send(Frame { came: Instant::now(), body }).is_err() {
                    return;
                }
            }
        });
        Ok(Client { server, input, frames, words: words.to_vec(), settings, last_id: 0, notified: Vec::new() })
    }

    pub(super) fn notify(&mut self, method: &str, params: Value) -> Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// What has come until now is of no interest any more.
    pub(super) fn forget(&mut self) {
        self.notified.clear();
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Result<Arrival> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        let mut answer = self.wait_for(|message| message.get("method").is_none() && message["id"] == id)?;
        if let Some(error) = answer.value.get("error") {
            return failure(format!("`{}` answers {method} with an error: {error}", self.words.join(" ")));
        }
        answer.value = answer.value["result"].take();
        Ok(answer)
    }

    /// Waits for a message, if it has not come already; answers what the server asks meanwhile.
    pub(super) fn wait_for(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<Arrival> {
        if let Some(at) = self.notified.iter().position(|arrival| is_it(&arrival.value)) {
            return Ok(self.notified.remove(at));
        }
        loop {
            let Ok(Frame { came, body }) = self.frames.recv_timeout(PATIENCE) else {
                return failure(format!("`{}` did not answer", self.words.join(" ")));
            };
            let value: Value = serde_json::from_slice(&body)
                .map_err(|error| format!("`{}` wrote what is not JSON: {error}", self.words.join(" ")))?;
            if is_it(&value) {
                return Ok(Arrival { came, value });
            }
            match (value["method"].as_str(), value.get("id")) {
                (Some(method), Some(id)) => {
                    let result = self.answer_to(method, &value["params"]);
                    self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }))?;
                }
                (Some(_), None) => self.notified.push(Arrival { came, value }),
                (None, _) => {}
            }
        }
    }

    /// The most memory that the process ever had, in bytes.
    pub(super) fn peak_memory(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.server.id());
        peak_memory_in(&read_file(Path::new(&path))?).ok_or_else(|| format!("{path} has no line VmHWM").into())
    }

    pub(super) fn stop(mut self) -> Result<()> {
        self.ask("shutdown", Value::Null)?;
        self.notify("exit", Value::Null)?;
        self.server.wait().map_err(|error| format!("`{}`: {error}", self.words.join(" ")))?;
        Ok(())
    }

    fn answer_to(&self, method: &str, params: &Value) -> Value {
        if method != "workspace/configuration" {
            return Value::Null;
        }
        let items = params["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sections = items.iter().map(|item| item["section"].as_str().unwrap_or_default());
        sections.map(|section| self.settings.get(section).cloned().unwrap_or_default()).collect()
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        let sent = write_frame(&mut self.input, message.to_string().as_bytes());
        Ok(sent.map_err(|error| format!("`{}` does not read: {error}", self.words.join(" ")))?)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // After a failure nobody has told it to end; one that has ended is none the worse for it.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn peak_memory_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peak_memory_is_read_in_bytes() {
        assert_eq!(peak_memory_in("VmPeak:\t  9 kB\nVmHWM:\t    3 kB\nVmRSS:\t 1 kB\n"), Some(3072));
        assert_eq!(peak_memory_in("VmPeak:\t  9 kB\n"), None);
    }
}
