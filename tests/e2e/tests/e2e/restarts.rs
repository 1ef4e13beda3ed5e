//! Engines that go away while a run is followed.

use serde_json::json;

use crate::own_engine::OwnEngine;
use crate::support::{Bench, Running, eventually};

/// Counts, a line each moment, until it is told to end, and then says how far it came.
const COUNTS: &str = "trap 'echo end $i >&2; exit 5' TERM; i=0; while :; do echo line $((i+=1)); sleep 0.02; done";

#[track_caller]
fn follow(bench: &Bench, command: &[&str]) -> Running {
    let running = bench.start(command);
    eventually("output", || running.out().lines().count() > 5);
    running
}

/// Every line once, in order.
#[track_caller]
fn is_whole(out: &str) -> usize {
    let lines: Vec<&str> = out.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(*line, format!("line {}", number + 1), "{out}");
    }
    lines.len()
}

#[track_caller]
fn goes_on(running: &Running) {
    let before = running.out().lines().count();
    eventually("output goes on", || running.out().lines().count() > before + 5);
}

#[track_caller]
fn is_said(by: &[&Running], words: &str, times: usize) {
    for running in by {
        eventually(words, || running.err().matches(words).count() == times);
    }
}

#[test]
fn a_container_that_survives_its_engine_is_followed_to_its_end() {
    let mut bench = Bench::new();
    let mut engine = OwnEngine::for_bench(&mut bench, &["--live-restore"]);
    bench.script(COUNTS);
    let run = follow(&bench, &["run", "--watch", "task.json"]);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let logs = follow(&bench, &["logs", "--watch", &id]);
    let status = bench.start(&["status", &id]);
    eventually("all three wait", || engine.waits() == 3);
    for (times, how) in [(1, OwnEngine::stop as fn(&mut OwnEngine)), (2, OwnEngine::kill)] {
        how(&mut engine);
        is_said(&[&run, &logs, &status], "task-api: the engine does not answer any more", times);
        engine.start();
        is_said(&[&run, &logs, &status], "task-api: the engine is back", times);
        goes_on(&run);
        goes_on(&logs);
    }
    assert_eq!(bench.record()["state"], "running");
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    let (run, logs, status) = (run.wait(), logs.wait(), status.wait());
    assert_eq!((run.code, logs.code, status.code), (Some(5), Some(0), Some(5)), "{run:?} {logs:?} {status:?}");
    for ended in [&run, &logs, &status] {
        assert_eq!(ended.err.matches("does not answer any more").count(), 2, "{}", ended.err);
        assert_eq!(ended.err.matches("the engine is back").count(), 2, "{}", ended.err);
    }
    let count = is_whole(run.text());
    assert_eq!(is_whole(logs.text()), count);
    assert!(logs.err.contains(&format!("end {count}\n")), "{count} {}", logs.err);
    assert_eq!((&bench.record()["state"], &bench.record()["exitCode"]), (&json!("exited"), &json!(5)));
}

#[test]
fn a_container_that_ends_with_its_engine() {
    let mut bench = Bench::new();
    let mut engine = OwnEngine::for_bench(&mut bench, &[]);
    bench.script(COUNTS);
    // The engine asks its containers to end, when it is stopped or when it comes back.
    for how in [OwnEngine::stop, OwnEngine::kill] {
        let run = follow(&bench, &["run", "--watch", "task.json"]);
        let record = bench.records().pop().unwrap();
        how(&mut engine);
        engine.start();
        let ended = run.wait();
        let words = "error: the container exited with 5\n";
        assert_eq!((ended.code, ended.err.ends_with(words)), (Some(5), true), "{ended:?}");
        is_whole(ended.text());
        let found = serde_json::from_slice::<serde_json::Value>(&std::fs::read(&record).unwrap()).unwrap();
        assert_eq!((&found["state"], &found["exitCode"]), (&json!("exited"), &json!(5)));
        std::fs::remove_file(record).unwrap();
    }
}

#[test]
fn an_engine_that_stays_away() {
    let mut bench = Bench::new();
    let mut engine = OwnEngine::for_bench(&mut bench, &["--live-restore"]);
    bench.env("TASK_API_ENGINE_PATIENCE", "500ms");
    bench.script(COUNTS);
    let run = follow(&bench, &["run", "--watch", "task.json"]);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let logs = follow(&bench, &["logs", "--watch", &id]);
    let status = bench.start(&["status", &id]);
    eventually("all three wait", || engine.waits() == 3);
    engine.kill();
    for running in [run, logs, status] {
        let ended = running.wait();
        assert_eq!(ended.code, Some(125), "{ended:?}");
        assert_eq!(ended.err.matches("waiting 0.5 s for it").count(), 1, "{ended:?}");
        let words = format!(
            "\nhow run {id} is cannot be known without its engine; once that is back, `task-api status {id}` tells it\n"
        );
        assert!(ended.err.contains("error: lost the engine while ") && ended.err.ends_with(&words), "{ended:?}");
    }
    assert_eq!((&bench.record()["state"], &bench.record()["exitCode"]), (&json!("running"), &json!(null)));
    let now = bench.run(&["status", "--no-watch", &id]);
    assert!(now.code == Some(0) && now.err.contains("this is what the record says"), "{now:?}");
    engine.start();
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    assert_eq!(bench.run(&["status", &id]).code, Some(5));
}

#[test]
fn a_time_limit_while_the_engine_is_away() {
    let mut bench = Bench::new();
    let mut engine = OwnEngine::for_bench(&mut bench, &["--live-restore"]);
    bench.script(COUNTS);
    let run = follow(&bench, &["run", "--watch", "--timeout", "2s", "task.json"]);
    engine.kill();
    eventually("the time is over", || run.err().contains("the container has run for 2 s; asking it to end"));
    engine.start();
    let ended = run.wait();
    assert_eq!(ended.code, Some(124), "{ended:?}");
    assert_eq!((&bench.record()["exitCode"], &bench.record()["timedOutAfterSeconds"]), (&json!(5), &json!(2.0)));
    is_whole(ended.text());
}
