//! The commands on runs: `run` without `--watch`, then everything that can be done to it.

use std::fs;
use std::os::unix::fs::MetadataExt;

use serde_json::{Value, json};

use crate::support::{Bench, docker, eventually};

const FOREVER: &str = "echo up; trap 'echo down; exit 5' TERM; while :; do sleep 0.05; done";

fn ids(ps: &Value) -> Vec<&str> {
    ps["runs"].as_array().unwrap().iter().filter_map(|run| run["id"].as_str()).collect()
}

#[test]
fn a_run_from_start_to_removal() {
    let bench = Bench::new();
    bench.script(FOREVER);
    let id = bench.run_detached();
    assert_eq!(fs::metadata(&bench.records()[0]).unwrap().mode() & 0o7777, 0o600);
    let record = bench.record();
    assert_eq!(
        (&record["state"], &record["id"], &record["mode"], &record["version"]),
        (&json!("running"), &json!(id), &json!("docker"), &json!(1))
    );
    assert_eq!(record["image"]["reference"], bench.image());
    assert!(record["image"]["digest"].as_str().unwrap().starts_with("sha256:"), "{record}");
    assert_eq!(record["containerId"], bench.container()["Id"]);

    eventually("output", || bench.run(&["logs", &id]).text() == "up\n");
    let now = bench.run(&["status", "--no-watch", &id]);
    assert_eq!((now.code, now.err.as_str()), (Some(0), ""), "{now:?}");
    assert!(now.text().contains("state        running\n"), "{now:?}");

    let ps = bench.run(&["ps", "--format", "json"]).json();
    assert!(ids(&ps).contains(&id.as_str()), "{ps}");
    let listed = bench.run(&["ps"]);
    assert!(listed.text().starts_with("RUN "), "{listed:?}");
    let line = listed.text().lines().find(|line| line.starts_with(&id)).unwrap();
    assert!(line.contains("  e2e  ") && line.contains("  running  ") && line.ends_with(bench.image()), "{line}");

    let refused = bench.run(&["rm", &id]);
    assert_eq!((refused.code, refused.err), (Some(2), format!("error: run {id} is still running; stop it first\n")));

    let watcher = bench.start(&["status", &id]);
    let logs = bench.start(&["logs", "--watch", &id]);
    let stopped = bench.run(&["stop", &id]);
    assert_eq!((stopped.code, stopped.text()), (Some(0), format!("run {id} has ended\n").as_str()), "{stopped:?}");
    let watched = watcher.wait();
    assert_eq!(watched.code, Some(5), "{watched:?}");
    assert!(watched.text().contains("the container exited with 5"), "{watched:?}");
    let logs = logs.wait();
    assert_eq!((logs.code, logs.text()), (Some(0), "up\ndown\n"), "{logs:?}");
    let again = bench.run(&["stop", &id]);
    assert_eq!((again.code, again.text()), (Some(0), format!("run {id} had ended before\n").as_str()));

    let removed = bench.run(&["rm", &id]);
    assert_eq!((removed.code, removed.text()), (Some(0), format!("removed {id}\n").as_str()), "{removed:?}");
    assert_eq!(bench.containers(), [""; 0]);
    let record = bench.record();
    assert_eq!((&record["state"], &record["exitCode"]), (&json!("removed"), &json!(5)));
    assert_eq!(bench.run(&["status", &id]).code, Some(5));
    let gone = bench.run(&["logs", &id]);
    assert_eq!((gone.code, gone.err), (Some(1), format!("error: run {id} has no container any more\n")));
    assert_eq!(bench.run(&["rm", "--record", &id]).code, Some(0));
    assert_eq!(bench.records().len(), 0);
    let unknown = bench.run(&["status", &id]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.err.starts_with(&format!("error: no run `{id}`")), "{unknown:?}");
}

#[test]
fn a_run_has_many_names() {
    let bench = Bench::new();
    bench.script("echo named");
    let id = bench.run_detached();
    let file = format!("task_run-{id}.json");
    let absolute = bench.path(&file).display().to_string();
    assert_eq!(bench.run(&["status", &id]).code, Some(0));
    for name in [id.as_str(), &id[..id.len() - 1], file.as_str(), &format!("./{file}"), &absolute] {
        let logs = bench.run(&["logs", name]);
        assert_eq!((logs.code, logs.text()), (Some(0), "named\n"), "{name}: {logs:?}");
    }
    // From elsewhere, the engine knows where the record is.
    let elsewhere = Bench::new();
    let logs = elsewhere.run(&["logs", &id]);
    assert_eq!((logs.code, logs.text()), (Some(0), "named\n"), "{logs:?}");
    assert_eq!(elsewhere.run(&["logs", &absolute]).text(), "named\n");
    let all = bench.run(&["logs", ""]);
    assert_eq!(all.code, Some(2), "{all:?}");
}

#[test]
fn a_beginning_of_several_ids_is_refused() {
    let bench = Bench::new();
    bench.script("true");
    let (one, two) = (bench.run_detached(), bench.run_detached());
    let common = one.bytes().zip(two.bytes()).take_while(|(a, b)| a == b).count();
    assert!(common > 0, "{one} {two}");
    let ended = bench.run(&["rm", &one[..common]]);
    assert_eq!((ended.code, ended.text()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains(&one) && ended.err.contains(&two), "{ended:?}");
    let removed = bench.run(&["rm", "--force", &one, &two]);
    assert_eq!(removed.text(), format!("removed {one}\nremoved {two}\n"), "{removed:?}");
}

#[test]
fn the_record_can_have_another_name() {
    let bench = Bench::new();
    bench.script("echo hello");
    let ended = bench.run(&["run", "--watch", "--output", "mine.json", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "hello\n"), "{ended:?}");
    assert_eq!(fs::metadata(bench.path("mine.json")).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(bench.run(&["logs", "mine.json"]).text(), "hello\n");
    let id = serde_json::from_slice::<Value>(&fs::read(bench.path("mine.json")).unwrap()).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(bench.run(&["logs", &id]).text(), "hello\n");
}

#[test]
fn a_record_that_was_tampered_with() {
    let bench = Bench::new();
    bench.script("echo mine");
    let id = bench.run_detached();
    let victim = Bench::new();
    victim.script(FOREVER);
    victim.run_detached();
    let text = fs::read_to_string(&bench.records()[0]).unwrap();
    let (ours, theirs) = (bench.record()["containerId"].as_str().unwrap().to_owned(), victim.containers()[0].clone());
    fs::write(&bench.records()[0], text.replace(&ours, &theirs)).unwrap();
    let removed = bench.run(&["rm", "--force", &id]);
    assert_eq!(victim.container()["State"]["Running"], true, "{removed:?}");
    for broken in ["", "{}", "[1]", "\u{80}pickle", "{\"version\": 99}"] {
        fs::write(bench.path("broken.json"), broken).unwrap();
        for command in ["logs", "status", "stop", "rm"] {
            let ended = bench.run(&[command, "broken.json"]);
            assert_eq!((ended.code, ended.text()), (Some(2), ""), "{ended:?}");
            assert!(ended.err.contains("broken.json is"), "{ended:?}");
        }
    }
}

#[test]
fn stop_kills_what_does_not_listen() {
    let bench = Bench::new();
    bench.script("trap '' TERM; echo up; while :; do sleep 0.05; done");
    let id = bench.run_detached();
    eventually("output", || bench.run(&["logs", &id]).text() == "up\n");
    let stopped = bench.run(&["stop", "--time", "0", &id]);
    let words = format!("run {id} did not end by itself within 0 s and was killed\n");
    assert_eq!((stopped.code, stopped.text()), (Some(0), words.as_str()), "{stopped:?}");
    let status = bench.run(&["status", &id]);
    assert_eq!(status.code, Some(137), "{status:?}");
    assert!(status.text().contains("the container was ended by signal 9"), "{status:?}");
}

#[test]
fn ps_lists_runs_without_container_and_containers_without_record() {
    let bench = Bench::new();
    bench.script("true");
    let (gone, orphan) = (bench.run_detached(), bench.run_detached());
    assert_eq!(bench.run(&["status", &orphan]).code, Some(0));
    assert_eq!(bench.run(&["rm", "--force", &gone]).code, Some(0));
    fs::remove_file(bench.path(&format!("task_run-{orphan}.json"))).unwrap();
    fs::write(bench.path("task_run-zzz.json"), "{").unwrap();
    let listed = bench.run(&["ps"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let line = |id: &str| listed.text().lines().find(|line| line.starts_with(id)).unwrap_or_default().to_owned();
    assert!(line(&gone).contains("  removed (0)  "), "{listed:?}");
    assert!(line(&orphan).contains("Exited (0)") && line(&orphan).contains(", no record"), "{listed:?}");
    assert!(
        listed.err.contains("warning: ") && listed.err.contains("task_run-zzz.json is not a run record"),
        "{listed:?}"
    );
    docker(&["rm", "-f", &bench.containers()[0]]);
}

#[test]
fn labels_and_limits_arrive() {
    let bench = Bench::new();
    bench.task(json!({
        "config": { "labels": { "study": "7 ü" } },
        "resources": { "limits": { "memory": "32Mi", "cpu": "500m" }, "requests": { "memory": "16Mi" } },
    }));
    let id = bench.run_detached();
    let container = bench.container();
    assert_eq!(container["Config"]["Labels"]["study"], "7 ü");
    assert_eq!(container["Config"]["Labels"]["task-api.run-id"], id.as_str());
    assert_eq!(container["Config"]["Labels"]["task-api.task"], "e2e");
    let host = &container["HostConfig"];
    assert_eq!(
        (&host["Memory"], &host["MemoryReservation"], &host["NanoCpus"]),
        (&json!(32 << 20), &json!(16 << 20), &json!(500_000_000))
    );
    assert_eq!(host["SecurityOpt"], json!(["no-new-privileges"]));
}
