//! Ctrl-C once, twice, three times, and SIGTERM.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::proxy::{Gate, Proxy};
use crate::support::{Bench, Running, eventually};

const LISTENS: &str = "trap 'echo term; exit 9' TERM; echo up; while :; do sleep 0.05; done";
const DEAF: &str = "trap 'echo term' TERM; echo up; while :; do sleep 0.05; done";

#[track_caller]
fn start(bench: &Bench, script: &str) -> Running {
    bench.script(script);
    let running = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || running.out() == "up\n");
    running
}

#[test]
fn once_asks_the_container_to_end() {
    for signal in [Signal::INT, Signal::TERM] {
        let bench = Bench::new();
        let running = start(&bench, LISTENS);
        running.signal(signal);
        let ended = running.wait();
        assert_eq!((ended.code, ended.text()), (Some(9), "up\nterm\n"), "{ended:?}");
        assert!(ended.err.contains("task-api: asking the container to end; once more kills it\n"), "{ended:?}");
        assert_eq!(bench.record()["exitCode"], 9);
    }
}

#[test]
fn a_container_that_ignores_the_first_interrupt_is_killed_after_the_grace() {
    let bench = Bench::new();
    let running = start(&bench, DEAF);
    let began = Instant::now();
    running.signal(Signal::INT);
    let ended = running.wait();
    assert_eq!((ended.code, ended.text()), (Some(137), "up\nterm\n"), "{ended:?}");
    assert!(began.elapsed() >= Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(ended.err.ends_with("error: the container was ended by signal 9\n"), "{ended:?}");
}

#[test]
fn twice_kills_it() {
    let bench = Bench::new();
    let running = start(&bench, DEAF);
    running.signal(Signal::INT);
    eventually("the container has heard of it", || running.out() == "up\nterm\n");
    running.signal(Signal::INT);
    let ended = running.wait();
    assert_eq!((ended.code, ended.text()), (Some(137), "up\nterm\n"), "{ended:?}");
    assert!(ended.err.contains("task-api: killing the container; once more leaves it behind\n"), "{ended:?}");
    assert!(ended.err.ends_with("error: the container was ended by signal 9\n"), "{ended:?}");
    assert_eq!(bench.record()["state"], "exited");
}

#[test]
fn three_times_leaves_it_behind() {
    let mut bench = Bench::new();
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    let running = start(&bench, DEAF);
    // An engine that does not answer must not keep anybody.
    proxy.close("POST ", "signal=SIGKILL", Gate::Request);
    running.signal(Signal::INT);
    eventually("the container has heard of it", || running.out() == "up\nterm\n");
    running.signal(Signal::INT);
    proxy.wait_until_held();
    running.signal(Signal::INT);
    let ended = running.wait();
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    let words =
        format!("error: left run {id} behind; `task-api stop {id}` ends it, `task-api status {id}` tells how it is\n");
    assert!(ended.err.ends_with(&words), "{ended:?}");
    bench.env("DOCKER_HOST", "");
    assert_eq!(bench.container()["State"]["Running"], true);
    assert_eq!(bench.record()["state"], "running");
    assert_eq!(bench.record()["error"], "task-api was interrupted and left the container to itself");
    assert_eq!(bench.run(&["stop", "--time", "0", &id]).code, Some(0));
}

#[test]
fn an_engine_that_hangs_at_the_first_signal_keeps_nobody() {
    let mut bench = Bench::new();
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    let running = start(&bench, DEAF);
    proxy.close("POST ", "signal=", Gate::Request);
    for words in ["asking the container", "killing the container"] {
        running.signal(Signal::INT);
        eventually(words, || running.err().contains(words));
    }
    running.signal(Signal::INT);
    assert_eq!(running.wait().code, Some(130));
    assert_eq!(bench.container()["State"]["Running"], true);
}

#[test]
fn an_interrupt_while_it_starts_is_passed_on() {
    let mut bench = Bench::new();
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    bench.script(LISTENS);
    proxy.close("POST ", "/start", Gate::Answer);
    let running = bench.start(&["run", "--watch", "task.json"]);
    proxy.wait_until_held();
    let output = || crate::support::docker(&["logs", &bench.containers()[0]]);
    eventually("output", || output() == "up");
    running.signal(Signal::INT);
    proxy.open();
    let ended = running.wait();
    assert_eq!((ended.code, ended.text()), (Some(9), "up\nterm\n"), "{ended:?}");
    assert_eq!(bench.record()["exitCode"], 9);
}

#[test]
fn an_interrupt_of_logs_only_stops_following() {
    let bench = Bench::new();
    bench.script(LISTENS);
    let id = bench.run_detached();
    let logs = bench.start(&["logs", "--watch", &id]);
    eventually("output", || logs.out() == "up\n");
    logs.signal(Signal::INT);
    logs.wait();
    assert_eq!(bench.container()["State"]["Running"], true);
    assert_eq!(bench.run(&["logs", &id]).text(), "up\n");
}

#[test]
fn an_interrupt_while_the_container_file_is_read_leaves_nothing() {
    for command in [["run", "--watch", "task.json"].as_slice(), &["run", "task.json"]] {
        let mut bench = Bench::with_own_image();
        let proxy = Proxy::new(&bench.path(""));
        bench.env("DOCKER_HOST", &proxy.address());
        bench.script(LISTENS);
        proxy.close("HEAD ", "/archive", Gate::Request);
        let running = bench.start(command);
        proxy.wait_until_held();
        running.signal(Signal::INT);
        let ended = running.wait();
        assert_eq!(ended.code, Some(130), "{ended:?}");
        assert!(ended.err.ends_with("error: interrupted; nothing was started\n"), "{ended:?}");
        assert_eq!((bench.containers(), bench.lookups(), bench.records().len()), (vec![], vec![], 0));
    }
}

#[test]
fn an_interrupt_of_whoever_waits_leaves_the_run() {
    let bench = Bench::new();
    bench.script(LISTENS);
    let id = bench.run_detached();
    let waiting = bench.start(&["status", &id]);
    let is_asleep = || fs::read_to_string(format!("/proc/{}/status", waiting.id())).unwrap().contains("State:\tS");
    eventually("it waits", is_asleep);
    waiting.signal(Signal::INT);
    waiting.wait();
    assert_eq!(bench.container()["State"]["Running"], true);
}
