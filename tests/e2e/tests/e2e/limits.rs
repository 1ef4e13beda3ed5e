//! `run --timeout`, and which part of the output `logs` prints.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::proxy::{Gate, Proxy};
use crate::support::{Bench, eventually};

const LISTENS: &str = "trap 'echo term; exit 9' TERM; echo up; while :; do sleep 0.05; done";
const DEAF: &str = "trap 'echo term' TERM; echo up; while :; do sleep 0.05; done";

#[test]
fn a_run_that_takes_too_long_is_asked_to_end() {
    let bench = Bench::new();
    bench.script(LISTENS);
    let ended = bench.run(&["run", "--watch", "--timeout", "1500ms", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(124), "up\nterm\n"), "{ended:?}");
    assert!(ended.err.contains("task-api: the container has run for 1.5 s; asking it to end\n"), "{ended:?}");
    let words = "the container ran for 1.5 s, the time that it was allowed, and was ended; raise `--timeout`\n";
    assert!(ended.err.ends_with(&format!("error: {words}")), "{ended:?}");
    let record = bench.record();
    assert_eq!(
        (&record["state"], &record["exitCode"], &record["timedOutAfterSeconds"]),
        (&json!("exited"), &json!(9), &json!(1.5))
    );
    let status = bench.run(&["status", record["id"].as_str().unwrap()]);
    assert_eq!((status.code, status.text().contains(words)), (Some(124), true), "{status:?}");
}

#[test]
fn a_run_that_does_not_listen_is_killed_after_the_grace() {
    let bench = Bench::new();
    bench.script(DEAF);
    let began = Instant::now();
    let ended = bench.run(&["run", "--watch", "--timeout", "1", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(124), "up\nterm\n"), "{ended:?}");
    assert!(began.elapsed() >= Duration::from_secs(11), "{:?}", began.elapsed());
    let record = bench.record();
    assert_eq!((&record["exitCode"], &record["timedOutAfterSeconds"]), (&json!(137), &json!(1.0)));
}

#[test]
fn an_interrupt_after_the_time_limit_kills_at_once() {
    let bench = Bench::new();
    bench.script(DEAF);
    let running = bench.start(&["run", "--watch", "--timeout", "0.2", "task.json"]);
    eventually("the container has heard of it", || running.out() == "up\nterm\n");
    let status = bench.start(&["status", bench.record()["id"].as_str().unwrap()]);
    running.signal(Signal::INT);
    assert_eq!(running.wait().code, Some(124));
    assert_eq!(status.wait().code, Some(124));
}

#[test]
fn a_run_in_time_has_its_own_code() {
    let bench = Bench::new();
    bench.script("exit 3");
    let ended = bench.run(&["run", "--watch", "--timeout", "1h", "task.json"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(bench.record()["timedOutAfterSeconds"], json!(null));
}

#[test]
fn what_comes_before_the_container_does_not_count() {
    let mut bench = Bench::new();
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    bench.script("sleep 0.5; exit 3");
    proxy.close("POST ", "/containers/create?name=task-api-1", Gate::Request);
    let running = bench.start(&["run", "--watch", "--timeout", "2s", "task.json"]);
    proxy.wait_until_held();
    // The time that the limit allows, and more, spent before the start.
    let began = Instant::now();
    eventually("more time than is allowed", || began.elapsed() > Duration::from_millis(2200));
    proxy.open();
    let ended = running.wait();
    assert_eq!(ended.code, Some(3), "{ended:?}");
}

#[test]
fn a_time_limit_needs_somebody_who_watches() {
    let bench = Bench::new();
    bench.script("true");
    let ended = bench.run(&["run", "--timeout", "5s", "task.json"]);
    let words =
        "error: --timeout needs --watch: without it, nothing of task-api is left that could end the container\n";
    assert_eq!((ended.code, ended.err.as_str()), (Some(2), words));
    for wrong in ["0", "-1", "soon", ""] {
        let ended = bench.run(&["run", "--watch", &format!("--timeout={wrong}"), "task.json"]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
    assert_eq!((bench.containers(), bench.records().len()), (vec![], 0));
}

#[test]
fn logs_can_be_cut_to_what_is_wanted() {
    let bench = Bench::new();
    bench.script("echo one; echo two; echo err >&2; sleep 1.1; echo three; echo four");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let logs = |more: &[&str]| {
        let ended = bench.run(&[&["logs", &id][..], more].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended
    };
    let stamped = logs(&["--timestamps"]);
    let times: Vec<&str> = stamped.text().lines().map(|line| line.split_once(' ').unwrap().0).collect();
    assert!(times.iter().all(|time| time.starts_with("20") && time.ends_with('Z')), "{times:?}");
    assert!(stamped.err.ends_with("Z err\n"), "{stamped:?}");
    for watch in [&[][..], &["--watch"]] {
        let with = |more: &[&str]| logs(&[watch, more].concat());
        assert_eq!(with(&["--tail", "2"]).text(), "three\nfour\n");
        assert_eq!(with(&["-n", "0"]).text(), "");
        assert_eq!(with(&["--tail", "all"]).text(), "one\ntwo\nthree\nfour\n");
        assert_eq!(with(&["--since", times[2]]).text(), "three\nfour\n");
        assert_eq!(with(&["--since", times[3]]).text(), "four\n");
        assert_eq!(with(&["--since", times[1], "--tail", "1"]).text(), "four\n");
        assert_eq!(with(&["--since", times[3], "--tail", "2"]).text(), "four\n");
        assert_eq!(with(&["--since", "1h"]).text(), "one\ntwo\nthree\nfour\n");
        assert_eq!(with(&["--since", "2099-01-01"]).text(), "");
        assert_eq!(with(&["-t", "-n1"]).text(), format!("{} four\n", times[3]));
    }
    for wrong in [&["--tail", "-1"][..], &["--tail", "few"], &["--since", "yesterday"]] {
        assert_eq!(bench.run(&[&["logs", &id][..], wrong].concat()).code, Some(2));
    }
}

#[test]
fn a_part_of_the_logs_is_followed_to_the_end() {
    let bench = Bench::new();
    // On one stream alone: the engine keeps the order within each, not between both.
    bench.script("trap 'echo three; exit 0' TERM; echo one; echo two; while :; do sleep 0.05; done");
    let id = bench.run_detached();
    eventually("output", || bench.run(&["logs", &id]).text() == "one\ntwo\n");
    let logs = bench.start(&["logs", "--watch", "--tail", "1", "--timestamps", &id]);
    eventually("output", || logs.out().contains("two"));
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    let ended = logs.wait();
    let texts: Vec<&str> = ended.text().lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(texts, ["two", "three"], "{ended:?}");
}
