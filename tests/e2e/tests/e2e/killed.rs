//! `kill -9` of the program: whatever the moment, there is either no container, or a container and
//! a record with which everything can be done.

use serde_json::{Value, json};

use crate::proxy::{Gate, Proxy};
use crate::support::{Bench, docker, eventually};

const SCRIPT: &str = "echo up; trap 'exit 5' TERM; while :; do sleep 0.05; done";

/// Kills `run --watch` when it comes to a request.
fn killed_at(script: &str, method: &str, part: &str, gate: Gate) -> Bench {
    killed_in(Bench::new(), script, method, part, gate)
}

fn killed_in(mut bench: Bench, script: &str, method: &str, part: &str, gate: Gate) -> Bench {
    bench.script(script);
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    proxy.close(method, part, gate);
    let running = bench.start(&["run", "--watch", "task.json"]);
    proxy.wait_until_held();
    running.kill();
    // From now on without the gate, which never opens.
    bench.env("DOCKER_HOST", "");
    bench
}

/// Nothing that a run could leave is there without the record.
fn is_clean(bench: &Bench) {
    let left: Vec<_> = std::fs::read_dir(bench.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let is_known = |name: &str| name == "task.json" || name == "engine.sock" || name.starts_with("task_run-");
    assert!(left.iter().all(|name| is_known(name.to_str().unwrap())), "{left:?}");
    assert!(bench.containers().len() <= bench.records().len());
}

#[test]
fn before_the_record() {
    let bench = killed_at(SCRIPT, "GET ", "/info", Gate::Request);
    is_clean(&bench);
    assert_eq!((bench.containers(), bench.records().len()), (vec![], 0));
}

#[test]
fn after_the_record_before_the_container() {
    let bench = killed_at(SCRIPT, "POST ", "/containers/create?name=task-api-1", Gate::Request);
    is_clean(&bench);
    assert_eq!((bench.containers(), bench.records().len()), (vec![], 1));
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let logs = bench.run(&["logs", &id]);
    assert_eq!((logs.code, logs.err), (Some(1), format!("error: run {id} has no container any more\n")));
    let status = bench.run(&["status", &id]);
    assert_eq!(status.code, Some(1), "{status:?}");
    assert!(
        status.text().contains("the container did not start: task-api ended before it created the container"),
        "{status:?}"
    );
    let stop = bench.run(&["stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("run {id} had ended before\n").as_str()), "{stop:?}");
    assert_eq!(bench.run(&["rm", "--record", &id]).code, Some(0));
    assert_eq!(bench.records().len(), 0);
}

/// The container exists and has never been started.
fn created(bench: &Bench) {
    is_clean(bench);
    assert_eq!(bench.container()["State"]["Status"], "created");
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let logs = bench.run(&["logs", &id]);
    assert_eq!((logs.code, logs.text(), logs.err.as_str()), (Some(0), "", ""), "{logs:?}");
    let now = bench.run(&["status", "--no-watch", &id]);
    assert_eq!(now.code, Some(0), "{now:?}");
    assert!(now.text().contains("state        created\n"), "{now:?}");
    let stop = bench.run(&["stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("run {id} had ended before\n").as_str()), "{stop:?}");
    assert_eq!(bench.containers(), [""; 0]);
    let status = bench.run(&["status", &id]);
    assert_eq!(status.code, Some(1), "{status:?}");
    assert!(status.text().contains("the container did not start: stopped before it started"), "{status:?}");
}

#[test]
fn after_the_container_before_its_answer() {
    let bench = killed_at(SCRIPT, "POST ", "/containers/create?name=task-api-1", Gate::Answer);
    assert_eq!(bench.record()["containerId"], Value::Null);
    created(&bench);
}

#[test]
fn after_the_container_before_its_start() {
    let bench = killed_at(SCRIPT, "POST ", "/start", Gate::Request);
    assert_eq!(bench.record()["containerId"], bench.container()["Id"]);
    created(&bench);
}

#[test]
fn status_of_a_container_that_was_never_started_ends() {
    let bench = killed_at(SCRIPT, "POST ", "/start", Gate::Request);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let status = bench.run(&["status", &id]);
    assert_eq!((status.code, status.text().contains("state        created\n")), (Some(0), true), "{status:?}");
}

/// The container runs, and the program that started it is gone.
fn running(bench: &Bench) {
    is_clean(bench);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    eventually("output", || bench.run(&["logs", &id]).text() == "up\n");
    let now = bench.run(&["status", "--no-watch", &id]);
    assert_eq!(now.code, Some(0), "{now:?}");
    assert!(now.text().contains("state        running\n"), "{now:?}");
    assert_eq!(bench.record()["state"], "running");
    let logs = bench.start(&["logs", "--watch", &id]);
    let stop = bench.run(&["stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("run {id} has ended\n").as_str()), "{stop:?}");
    assert_eq!(logs.wait().text(), "up\n");
    assert_eq!(bench.run(&["status", &id]).code, Some(5));
    assert_eq!(bench.record()["state"], "exited");
}

#[test]
fn after_the_start_before_its_answer() {
    let bench = killed_at(SCRIPT, "POST ", "/start", Gate::Answer);
    assert_eq!(bench.record()["state"], "created");
    running(&bench);
}

#[test]
fn while_it_runs() {
    let bench = Bench::new();
    bench.script(SCRIPT);
    let watched = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || watched.out() == "up\n");
    watched.kill();
    assert_eq!(bench.container()["State"]["Running"], true);
    running(&bench);
}

#[test]
fn when_the_container_has_just_ended() {
    let mut bench = Bench::new();
    bench.script("trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done");
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    let watched = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || watched.out() == "up\n");
    // Its end is not heard of.
    proxy.close("GET ", "/json", Gate::Request);
    docker(&["kill", "--signal", "TERM", &bench.containers()[0]]);
    proxy.wait_until_held();
    eventually("the container's end", || bench.container()["State"]["Status"] == "exited");
    watched.kill();
    bench.env("DOCKER_HOST", "");
    is_clean(&bench);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let status = bench.run(&["status", &id]);
    assert_eq!(status.code, Some(7), "{status:?}");
    assert_eq!((&bench.record()["state"], &bench.record()["exitCode"]), (&json!("exited"), &json!(7)));
    let logs = bench.run(&["logs", &id]);
    assert_eq!((logs.code, logs.text()), (Some(0), "up\n"), "{logs:?}");
    let stop = bench.run(&["stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("run {id} had ended before\n").as_str()), "{stop:?}");
}

#[test]
fn while_the_container_file_is_read() {
    let bench = killed_in(Bench::with_own_image(), SCRIPT, "HEAD ", "/archive", Gate::Request);
    assert_eq!((bench.containers(), bench.records().len()), (vec![], 0));
    // A container that never ran can stay; the next look-up, whoever's, removes it at once.
    assert_eq!(bench.run(&["processing-container", bench.image()]).code, Some(0));
    assert_eq!(bench.lookups(), [""; 0]);
}
