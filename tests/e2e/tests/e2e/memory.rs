//! How much memory a run has needed: where that is from, and what is said about it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Bench, Running};

/// Holds 24 MiB for a moment, so that everybody can see it.
const NEEDS_24_MEBIBYTES: &str = "dd if=/dev/zero of=/dev/null bs=24M count=1 2>/dev/null; sleep 0.3";
const MEBI: u64 = 1 << 20;

/// An input of 1 MiB, with rules of a limit that is generous and of a request that is too small.
fn with_rules(bench: &Bench, script: &str) {
    let rule =
        |factor: u32, target: &str| json!({ "complexity": format!("{factor}*n"), "type": target, "mode": "sum" });
    let input =
        |name: &str, rule: Value| json!({ "name": name, "mounted_path": format!("/{name}"), "scale_rule": rule });
    let template = json!({
        "identifier": "rules", "description": "d", "outputs": [], "env": [],
        "inputs": [input("a", rule(64, "limit")), input("b", rule(8, "request"))],
    });
    let bind = |name: &str| json!({ "name": name, "input": { "host_path": "./in" } });
    fs::create_dir_all(bench.path("in/item")).unwrap();
    fs::write(bench.path("in/item/file"), vec![7; MEBI as usize]).unwrap();
    let command = ["/bin/sh", "-c", script];
    bench.task(json!({ "taskTemplate": template, "inputs": [bind("a"), bind("b")], "command": command }));
}

#[track_caller]
fn peak(record: &Value) -> u64 {
    record["peakMemoryBytes"].as_u64().unwrap_or_else(|| panic!("no peak: {record:#}"))
}

#[test]
fn the_kernel_is_asked_where_it_can_be() {
    let bench = Bench::new();
    bench.script(NEEDS_24_MEBIBYTES);
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let record = bench.record();
    let kernel = if fs::exists("/sys/fs/cgroup/memory").unwrap() { "cgroup-v1" } else { "cgroup-v2" };
    assert_eq!(record["peakMemorySource"], kernel);
    assert!((24 * MEBI..28 * MEBI).contains(&peak(&record)), "{record:#}");
}

#[test]
fn an_engine_elsewhere_is_asked_for_its_statistics() {
    let mut bench = Bench::new();
    bench.env("DOCKER_HOST", &engine_on_the_network());
    bench.script("dd if=/dev/zero of=/dev/null bs=24M count=1 2>/dev/null; sleep 2");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let record = bench.record();
    assert_eq!(record["peakMemorySource"], "stats");
    assert!(peak(&record) > 100 << 10, "{record:#}");
    if fs::exists("/sys/fs/cgroup/memory").unwrap() {
        // Of version 1, the engine passes the kernel's mark on.
        assert!((24 * MEBI..28 * MEBI).contains(&peak(&record)), "{record:#}");
    }
}

/// An address of the same engine that does not tell that it is on this machine.
fn engine_on_the_network() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(client), Ok(engine)) = (client, UnixStream::connect("/var/run/docker.sock")) else { return };
            let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
            let (mut from_engine, mut to_engine) = (engine.try_clone().unwrap(), engine);
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from_client, &mut to_engine);
                let _ = to_engine.shutdown(std::net::Shutdown::Write);
            });
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from_engine, &mut to_client);
                let _ = to_client.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    format!("tcp://{address}")
}

#[test]
fn rules_are_compared_with_what_was_needed() {
    let bench = Bench::new();
    with_rules(&bench, NEEDS_24_MEBIBYTES);
    let ended = bench.run(&["run", "--watch", "--monitor-memory", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let line =
        |start: &str| ended.err.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{ended:?}"));
    assert!(line("peak memory 2").contains("% of its limit of 64 MiB, as the kernel counted it)"), "{ended:?}");
    let limit = line("limit of `a`: 64*n");
    assert!(limit.contains("n = 1 MiB") && limit.contains("64 MiB") && limit.contains("too generous by 3"), "{limit}");
    let request = line("request of `b`: 8*n");
    assert!(request.contains("8 MiB") && request.contains("too small by 1"), "{request}");
    let fitted: f64 = request.rsplit("  ").next().unwrap().strip_suffix("*n").unwrap().parse().unwrap();
    assert!((24.0..28.1).contains(&fitted), "{request}");
    assert!(!ended.err.contains('\r'), "{ended:?}");

    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let status = bench.run(&["status", &id]);
    assert!(status.text().contains("peak memory  2") && status.text().contains(request), "{status:?}");
}

#[test]
fn a_run_that_was_killed_has_needed_more() {
    let bench = Bench::new();
    with_rules(&bench, "dd if=/dev/zero of=/dev/null bs=200M count=1; sleep 1");
    let ended = bench.run(&["run", "--watch", "--monitor-memory", "task.json"]);
    assert!(ended.err.contains("more than 64 MiB"), "{ended:?}");
}

#[test]
fn a_terminal_shows_memory_while_it_is_used() {
    let bench = Bench::new();
    bench.task(json!({
        "resources": { "limits": { "memory": "64Mi" } },
        "command": ["/bin/sh", "-c", "dd if=/dev/zero of=/dev/null bs=24M count=1 2>/dev/null; sleep 1; echo done"],
    }));
    let inner = bench.command(&["run", "--watch", "--monitor-memory", "task.json"]);
    let words: Vec<&str> =
        std::iter::once(inner.get_program()).chain(inner.get_args()).map(|word| word.to_str().unwrap()).collect();
    // `script` is a terminal for its command.
    let mut command = Command::new("/usr/bin/script");
    command
        .args(["-qec", &words.join(" "), "/dev/null"])
        .current_dir(bench.path("."))
        .stdin(std::process::Stdio::null());
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", bench.path(".")).env("TERM", "xterm");
    let ended = Running::of(command).wait();
    let seen = String::from_utf8_lossy(&ended.out).into_owned();
    assert!(seen.contains("\r\u{1b}[Kmemory ") && seen.contains(", limit 64 MiB ("), "{seen:?}");
    // It makes room for output, and is gone at the end.
    assert!(seen.contains("\r\u{1b}[Kdone\r\n"), "{seen:?}");
}
