//! What `run --watch` does when the container has ended: the check of the outputs, and the description of the run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Bench, Ended};

const NO_PACKAGE: &str = "this test needs the Python package `rocrate` in target/tools: `cargo xtask setup`";

fn with_items(bench: &Bench, script: &str) {
    for item in ["one", "two ü"] {
        fs::create_dir_all(bench.path(&format!("in/{item}"))).unwrap();
        fs::write(bench.path(&format!("in/{item}/x.txt")), "abc").unwrap();
    }
    bench.script_with_channels(script);
}

#[test]
fn outputs_are_checked_after_a_success() {
    let bench = Bench::new();
    with_items(&bench, "echo x > /out/loose.txt");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), ""), "{ended:?}");
    assert!(ended.err.contains("[loose-file]") && ended.err.contains("out/loose.txt"), "{ended:?}");
    let silent = bench.run(&["run", "--watch", "--no-check-data", "task.json"]);
    assert!(silent.code == Some(0) && !silent.err.contains("loose"), "{silent:?}");
}

#[test]
fn good_outputs_and_failures_are_not_spoken_of() {
    let bench = Bench::new();
    with_items(&bench, "cp -r /in/. /out/");
    let good = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((good.code, good.err.lines().count()), (Some(0), 2), "{good:?}");
    with_items(&bench, "echo x > /out/loose.txt; exit 3");
    let failed = bench.run(&["run", "--watch", "task.json"]);
    assert!(failed.code == Some(3) && !failed.err.contains("loose"), "{failed:?}");
}

/// Runs with a description; gives its file.
#[track_caller]
fn described(bench: &Bench, code: i32, options: &[&str]) -> (Ended, PathBuf) {
    let mut arguments = vec!["run", "--watch", "--no-check-data", "task.json"];
    arguments.extend(options);
    let ended = bench.run(&arguments);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    let file =
        ended.err.lines().find_map(|line| line.strip_prefix("provenance ")).unwrap_or_else(|| panic!("{ended:?}"));
    let file = PathBuf::from(file);
    (ended, file)
}

fn graph(file: &Path) -> Vec<Value> {
    let metadata: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    metadata["@graph"].as_array().unwrap().clone()
}

#[track_caller]
fn entity<'a>(graph: &'a [Value], id: &str) -> &'a Value {
    graph.iter().find(|entity| entity["@id"] == id).unwrap_or_else(|| panic!("no {id}: {graph:#?}"))
}

#[track_caller]
fn action(graph: &[Value]) -> &Value {
    graph.iter().find(|entity| entity["@type"] == "CreateAction").unwrap()
}

/// Every reference leads to an entity, and the package of others reads it.
#[track_caller]
fn is_sound(file: &Path) {
    let graph = graph(file);
    let ids: Vec<&Value> = graph.iter().map(|entity| &entity["@id"]).collect();
    for entity in &graph {
        for (key, value) in entity.as_object().unwrap() {
            let values = value.as_array().map_or_else(|| vec![value], |list| list.iter().collect());
            for id in values.iter().filter_map(|value| value.get("@id")) {
                let elsewhere = ["https://w3id.org/ro/", "http://schema.org/"];
                let known = ids.contains(&id) || elsewhere.iter().any(|start| id.as_str().unwrap().starts_with(start));
                assert!(known, "{key} of {}: {id}", entity["@id"]);
            }
        }
    }
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/rocrate/bin/python");
    let reads = "import sys\n\
        from rocrate.rocrate import ROCrate\n\
        crate = ROCrate(sys.argv[1])\n\
        [action] = crate.get_by_type('CreateAction')\n\
        assert action in crate.root_dataset['mentions'] or action == crate.root_dataset['mentions'], 'mentions'\n\
        assert crate.root_dataset['conformsTo'].id == 'https://w3id.org/ro/wfrun/process/0.5'\n\
        print(action['instrument'].type, action['containerImage'].type, action['actionStatus'])\n\
        print(sorted(e.id for e in crate.data_entities))\n\
        crate.write(sys.argv[2])\n";
    let copy = tempfile::tempdir().unwrap();
    let output =
        Command::new(python).args(["-c", reads]).arg(file.parent().unwrap()).arg(copy.path().join("copy")).output();
    let output = output.unwrap_or_else(|error| panic!("{NO_PACKAGE} ({error})"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).starts_with("SoftwareApplication ContainerImage "), "{}", text(&output.stdout));
}

#[test]
fn a_run_is_described_beside_its_outputs() {
    let bench = Bench::new();
    with_items(&bench, "cp -r /in/. /out/");
    let (_, file) = described(&bench, 0, &["--provenance"]);
    assert_eq!(file, bench.path("ro-crate-metadata.json"));
    is_sound(&file);
    let graph = graph(&file);
    let copied = entity(&graph, "out/two%20%C3%BC/x.txt");
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((&copied["sha256"], &copied["contentSize"]), (&json!(abc), &json!("3")));
    assert_eq!(entity(&graph, "in/one/x.txt")["sha256"], abc);
    let action = action(&graph);
    assert_eq!(action["actionStatus"], "http://schema.org/CompletedActionStatus");
    assert_eq!(action["result"], json!({ "@id": "out/" }));
    assert!(action["object"].as_array().unwrap().contains(&json!({ "@id": "in/" })), "{action:#}");
    let record = bench.record();
    for (ours, theirs) in [("startTime", "startedAt"), ("endTime", "finishedAt")] {
        let (ours, theirs) = (action[ours].as_str().unwrap(), record[theirs].as_str().unwrap());
        assert!(
            ours.len() == "2026-01-02T03:04:05.678+00:00".len() && theirs.starts_with(&ours[..23]),
            "{ours} {theirs}"
        );
    }
    assert_eq!(entity(&graph, "#exitCode")["value"], "0");
    assert_eq!(entity(&graph, "#template")["value"], "channels");
    let image = entity(&graph, "#image");
    assert_eq!(format!("sha256:{}", image["sha256"].as_str().unwrap()), record["image"]["digest"].as_str().unwrap());
    assert_eq!((&image["name"], &image["registry"]), (&json!("task-api-e2e"), &json!("docker.io")));
}

#[test]
fn a_failure_is_described_without_secrets() {
    let mut bench = Bench::new();
    bench.env("USER", "some body");
    with_items(&bench, "exit 3");
    let mut task: Value = serde_json::from_slice(&fs::read(bench.path("task.json")).unwrap()).unwrap();
    task["env"] = json!([{ "name": "API_TOKEN", "value": "hush-hush" }, { "name": "LEVEL", "value": "7" }]);
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    let (_, file) = described(&bench, 3, &["--provenance=described/here"]);
    assert_eq!(file, bench.path("described/here/ro-crate-metadata.json"));
    is_sound(&file);
    let graph = graph(&file);
    let action = action(&graph);
    assert_eq!(action["actionStatus"], "http://schema.org/FailedActionStatus");
    assert_eq!(action["error"], "the container exited with 3");
    assert_eq!(entity(&graph, "#env-LEVEL")["value"], "7");
    assert_eq!(entity(&graph, "#env-API_TOKEN")["value"], "[redacted]");
    assert!(!fs::read_to_string(&file).unwrap().contains("hush"));
    assert_eq!(entity(&graph, "#user-some%20body")["name"], "some body");
    let outside = format!("file://{}/one/x.txt", bench.path("in").display());
    entity(&graph, &outside);
}

#[test]
fn a_start_that_fails_is_described() {
    let bench = Bench::new();
    with_items(&bench, "true");
    let mut task: Value = serde_json::from_slice(&fs::read(bench.path("task.json")).unwrap()).unwrap();
    task["command"] = json!(["/nothing/here"]);
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    let (ended, file) = described(&bench, 127, &["--provenance"]);
    assert!(ended.err.contains("error: the container could not be started: "), "{ended:?}");
    is_sound(&file);
    let graph = graph(&file);
    let action = action(&graph);
    assert_eq!(action["actionStatus"], "http://schema.org/FailedActionStatus");
    let why = action["error"].as_str().unwrap();
    assert!(why.contains("the container did not start: ") && why.contains("/nothing/here"), "{action:#}");
    assert_eq!((&action["startTime"], &bench.record()["state"]), (&Value::Null, &json!("failed")));
}

#[test]
fn a_description_replaces_its_own_kind_alone() {
    let bench = Bench::new();
    with_items(&bench, "echo made > /out/x");
    let (_, file) = described(&bench, 0, &["--provenance=out"]);
    let (_, again) = described(&bench, 0, &["--provenance=out"]);
    assert_eq!(file, again);
    is_sound(&file);
    assert!(graph(&file).iter().any(|entity| entity["@id"] == "x"));
    fs::write(&file, "{\"@graph\": []}").unwrap();
    let records = bench.records().len();
    let refused = bench.run(&["run", "--watch", "--provenance=out", "task.json"]);
    assert_eq!((refused.code, refused.text()), (Some(2), ""), "{refused:?}");
    assert!(refused.err.contains("describes something else and stays as it is"), "{refused:?}");
    assert_eq!((bench.records().len(), fs::read_to_string(&file).unwrap().as_str()), (records, "{\"@graph\": []}"));
}
