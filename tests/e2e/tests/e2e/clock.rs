//! A clock that is set back while a container runs.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::Bench;

/// The engine's socket, with the start of every container far ahead of its end, as if the clock had been set back
/// between the two.
struct SetBack(PathBuf);

impl SetBack {
    fn new(directory: &Path) -> SetBack {
        let socket = directory.join("set-back.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(engine)) = (client, UnixStream::connect("/var/run/docker.sock")) else { return };
                let (to_client, to_engine) = (client.try_clone().unwrap(), engine.try_clone().unwrap());
                std::thread::spawn(move || copy(client, to_engine, false));
                std::thread::spawn(move || copy(engine, to_client, true));
            }
        });
        SetBack(socket)
    }

    fn address(&self) -> String {
        format!("unix://{}", self.0.display())
    }
}

fn copy(mut from: UnixStream, mut to: UnixStream, is_changed: bool) {
    const STARTED: &[u8] = b"\"StartedAt\":\"20";
    let mut buffer = vec![0; 1 << 20];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..count];
        if is_changed && let Some(at) = bytes.windows(STARTED.len()).position(|window| window == STARTED) {
            // The twenties become the nineties: the length of the answer stays.
            bytes[at + STARTED.len()] = b'9';
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn time<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_else(|| panic!("no {field}: {record:#}"))
}

#[test]
fn a_clock_that_is_set_back_loses_no_run() {
    let mut bench = Bench::new();
    let engine = SetBack::new(&bench.path(""));
    bench.env("DOCKER_HOST", &engine.address());
    bench.script("seq 2000; echo err >&2; exit 3");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    let expected: String = (1..=2000).map(|number| format!("{number}\n")).collect();
    assert_eq!((ended.code, ended.text() == expected), (Some(3), true), "{ended:?}");
    let record = bench.record();
    assert!(time(&record, "startedAt").starts_with("209"), "{record:#}");
    assert!(time(&record, "finishedAt") >= time(&record, "startedAt"), "{record:#}");
    let id = time(&record, "id").to_owned();
    let status = bench.run(&["status", &id]);
    assert_eq!(status.code, Some(3), "{status:?}");
    assert!(bench.run(&["logs", &id]).text() == expected);
    assert!(bench.run(&["ps"]).text().contains(&id));

    // A run that began in a time to come has no age, so nobody takes it for old.
    let kept = bench.run(&["rm", "--all", "--older-than", "1h"]);
    assert_eq!((kept.code, bench.containers().len()), (Some(0), 1), "{kept:?}");
    assert_eq!(bench.run(&["rm", &id]).code, Some(0));
    assert_eq!(bench.containers(), [""; 0]);
}

#[test]
fn a_record_from_a_time_to_come_is_put_right() {
    let bench = Bench::new();
    bench.script("echo up; trap 'exit 5' TERM; while :; do sleep 0.05; done");
    let id = bench.run_detached();
    let path = &bench.records()[0];
    let mut record = bench.record();
    let actual = record["startedAt"].take();
    (record["createdAt"], record["startedAt"]) = (json!("2099-01-01T00:00:00Z"), json!("2099-01-01T00:00:00Z"));
    fs::write(path, record.to_string()).unwrap();
    let now = bench.run(&["status", "--no-watch", &id]);
    assert!(now.code == Some(0) && now.text().contains("state        running\n"), "{now:?}");
    // A second run has an id of its own, whatever time it is.
    assert_ne!(bench.run_detached(), id);
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    assert_eq!(bench.run(&["status", &id]).code, Some(5));
    let record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(record["startedAt"], actual);
    assert!(time(&record, "finishedAt") >= time(&record, "startedAt"), "{record:#}");
}
