//! How a run ends, in exit codes and words.

use serde_json::json;

use crate::support::{Bench, OwnImage, docker, eventually};

#[track_caller]
fn ends_with(script: &str, code: i32, words: &str) {
    let bench = Bench::new();
    bench.script(script);
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.err.contains(words)), (Some(code), true), "{ended:?}");
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert!(
        ended.err.starts_with(
            &format!("run {id}\nrecord {}\n", bench.path("task_run-").display())
                .replace("task_run-\n", &format!("task_run-{id}.json\n"))
        ),
        "{ended:?}"
    );
    assert_eq!(ended.out, b"");
    for status in [&["status", &id][..], &["check-task-run", &id], &["status", "--no-watch", &id]] {
        let ended = bench.run(status);
        assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""), "{ended:?}");
        assert!(ended.text().contains(words) && ended.text().contains("exited"), "{ended:?}");
    }
    let record = bench.record();
    assert_eq!(
        (&record["exitCode"], &record["oomKilled"], &record["state"]),
        (&json!(code), &json!(false), &json!("exited"))
    );
    assert_eq!(record["containerId"], bench.container()["Id"]);
    for time in ["createdAt", "startedAt", "finishedAt"] {
        assert!(record[time].as_str().unwrap().ends_with('Z'), "{record}");
    }
}

#[test]
fn success() {
    ends_with("exit 0", 0, "");
}

#[test]
fn the_container_s_own_code() {
    ends_with("exit 3", 3, "the container exited with 3");
}

#[test]
fn codes_of_a_shell() {
    ends_with("exit 126", 126, "the container exited with 126");
    ends_with("/nothing/here 2>/dev/null", 127, "the container exited with 127");
}

#[test]
fn codes_that_are_ours_too() {
    ends_with("exit 125", 125, "the container exited with 125");
    ends_with("exit 255", 255, "the container exited with 255");
}

#[test]
fn a_kill_inside_is_not_out_of_memory() {
    ends_with("sh -c 'kill -9 $$'; exit $?", 137, "the container was ended by signal 9");
}

#[track_caller]
fn does_not_start(command: &[&str], code: i32) {
    let bench = Bench::new();
    bench.task(json!({ "command": command }));
    for watch in [&["run", "--watch", "task.json"][..], &["run", "task.json"]] {
        let ended = bench.run(watch);
        assert_eq!((ended.code, ended.text()), (Some(code), ""), "{ended:?}");
        assert!(ended.err.starts_with("error: the container could not be started: "), "{ended:?}");
        assert!(ended.err.contains(command[0]), "{ended:?}");
        assert_eq!(bench.containers(), [""; 0]);
        let record = bench.record();
        assert_eq!((&record["state"], &record["exitCode"]), (&json!("failed"), &json!(code)));
        let status = bench.run(&["status", bench.record()["id"].as_str().unwrap()]);
        assert_eq!(status.code, Some(code), "{status:?}");
        assert!(status.text().contains("the container did not start: "), "{status:?}");
        std::fs::remove_file(&bench.records()[0]).unwrap();
    }
}

#[test]
fn a_program_that_is_not_there() {
    does_not_start(&["/nothing/here"], 127);
    does_not_start(&["nothing-here"], 127);
}

#[test]
fn an_image_without_a_shell() {
    let bench = Bench::new();
    let container = r#"{"name": "bare", "description": "For tests.", "templates": [
        {"identifier": "script", "description": "For tests.", "inputs": [], "outputs": [], "env": []}]}"#;
    let image = OwnImage::build("bare", "COPY f /processing-container.json\n", |context| {
        std::fs::write(context.join("f"), container).unwrap();
    });
    bench.task(json!({ "image": image.tag(), "command": ["/bin/sh", "-c", "echo"] }));
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(127), ""), "{ended:?}");
    assert!(ended.err.contains("/bin/sh") && ended.err.contains("no such file or directory"), "{ended:?}");
    assert_eq!((bench.containers(), &bench.record()["state"]), (vec![], &json!("failed")));
}

#[test]
fn a_program_that_cannot_be_executed() {
    does_not_start(&["/processing-container.json"], 126);
    does_not_start(&["/bin"], 126);
}

#[test]
fn out_of_memory() {
    let bench = Bench::new();
    let script = "x=0123456789abcdef; while :; do x=$x$x; done";
    bench.task(json!({ "command": ["/bin/sh", "-c", script], "resources": { "limits": { "memory": "16Mi" } } }));
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(137), "{ended:?}");
    let words = "the container ran out of memory: it needed more than its limit of 16 MiB";
    assert!(ended.err.contains(words), "{ended:?}");
    let record = bench.record();
    assert_eq!((&record["oomKilled"], &record["exitCode"]), (&json!(true), &json!(137)));
    let peak = record["peakMemoryBytes"].as_u64();
    assert!(peak.is_none() || peak == Some(16 << 20), "{record}");
    let status = bench.run(&["status", record["id"].as_str().unwrap()]);
    assert_eq!(status.code, Some(137));
    assert!(status.text().contains(words) && status.text().contains("exited (137, out of memory)"), "{status:?}");
    let json = bench.run(&["status", "--format", "json", record["id"].as_str().unwrap()]);
    assert_eq!((json.code, json.json()), (Some(137), record));
}

#[test]
fn a_container_that_somebody_else_kills_or_removes() {
    let bench = Bench::new();
    bench.script("echo up; while :; do sleep 1000; done");
    let running = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || running.out() == "up\n");
    docker(&["kill", &bench.containers()[0]]);
    let ended = running.wait();
    assert_eq!(ended.code, Some(137), "{ended:?}");
    assert!(ended.err.ends_with("error: the container was ended by signal 9\n"), "{ended:?}");

    let bench = Bench::new();
    bench.script("echo up; while :; do sleep 1000; done");
    let running = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || running.out() == "up\n");
    docker(&["rm", "-f", &bench.containers()[0]]);
    let ended = running.wait();
    // Who watches can still see the kill before the container is gone.
    assert!(matches!(ended.code, Some(1 | 137)), "{ended:?}");
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.run(&["status", &id]).code, ended.code);
    let logs = bench.run(&["logs", &id]);
    assert_eq!((logs.code, logs.err), (Some(1), format!("error: run {id} has no container any more\n")));
}
