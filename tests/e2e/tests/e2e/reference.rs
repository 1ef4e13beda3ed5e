//! What users of `python3 -m task_api.cli` trip over, where no other test shows it; docs/differences.md has the list.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Bench, Ended, eventually};

const FOREVER: &str = "trap 'exit 5' TERM; while :; do sleep 0.05; done";

/// A task of its own template, which has an input and an output for each name.
fn with_channels(bench: &Bench, template: Value, inputs: &[(&str, &str)], outputs: &[(&str, &str)], script: &str) {
    let declared = |channels: &[(&str, &str)]| -> Vec<Value> {
        channels.iter().map(|(name, _)| json!({ "name": name, "mounted_path": format!("/{name}") })).collect()
    };
    let bound = |channels: &[(&str, &str)]| -> Vec<Value> {
        channels.iter().map(|(name, path)| json!({ "name": name, "input": { "host_path": path } })).collect()
    };
    let mut whole = json!({
        "identifier": "own", "description": "For tests.", "env": [],
        "inputs": declared(inputs), "outputs": declared(outputs),
    });
    let Value::Object(fields) = template else { panic!("an object") };
    whole.as_object_mut().unwrap().extend(fields);
    bench.task(json!({
        "taskTemplate": whole, "inputs": bound(inputs), "outputs": bound(outputs), "command": ["/bin/sh", "-c", script],
    }));
}

#[track_caller]
fn refused(bench: &Bench, options: &[&str], words: &str) -> Ended {
    let ended = bench.run(&[&["run", "--watch"], options, &["task.json"]].concat());
    assert_eq!((ended.code, ended.text()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains(words), "{words}: {ended:?}");
    assert_eq!((bench.containers(), bench.records().len()), (vec![], 0));
    ended
}

#[test]
fn to_wait_for_a_run_costs_nothing_and_ends_with_it() {
    let bench = Bench::new();
    bench.script(FOREVER);
    let id = bench.run_detached();
    let waiting = bench.start(&["check-task-run", &id]);
    let began = Instant::now();
    eventually("two seconds of waiting", || began.elapsed() > Duration::from_secs(2));
    let worked = waiting.processor_time();
    assert!(worked < Duration::from_millis(500), "{worked:?} of two seconds");
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    let ended = waiting.wait();
    assert_eq!(ended.code, Some(5), "{ended:?}");
}

#[test]
fn limits_of_the_template_hold() {
    let bench = Bench::new();
    fs::create_dir(bench.path("data")).unwrap();
    fs::write(bench.path("data/a"), vec![0; 20 << 20]).unwrap();
    let rule = json!({ "complexity": "2*n", "type": "limit", "mode": "sum" });
    let input = json!([{ "name": "data", "mounted_path": "/data", "scale_rule": rule }]);
    let template = json!({ "inputs": input, "resources": { "limits": { "memory": "32Mi", "cpu": "250m" } } });
    with_channels(&bench, template, &[("data", "./data")], &[], "exit 3");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let host = &bench.container()["HostConfig"];
    assert_eq!((&host["Memory"], &host["NanoCpus"]), (&json!(40 << 20), &json!(250_000_000)));
}

#[test]
fn every_size_that_kubernetes_knows_becomes_a_limit() {
    let bench = Bench::new();
    let least = 6 << 20;
    for (size, bytes, is_raised) in [
        ("64M", 64_000_000, false),
        ("1G", 1_000_000_000, false),
        ("16000000", 16_000_000, false),
        ("16000000000m", 16_000_000, false),
        ("500m", least, true),
        ("1024", least, true),
    ] {
        bench.task(json!({ "resources": { "limits": { "memory": size } } }));
        let ended = bench.run(&["run", "--watch", "task.json"]);
        assert_eq!(ended.code, Some(0), "{size}: {ended:?}");
        assert_eq!(ended.err.contains("below the engine's minimum and was raised"), is_raised, "{size}: {ended:?}");
        let container = bench.container();
        assert_eq!(container["HostConfig"]["Memory"], bytes, "{size}");
        let id = bench.record()["id"].as_str().unwrap().to_owned();
        assert_eq!(bench.run(&["rm", "--record", &id]).code, Some(0));
    }
    for (wrong, words) in [("-5Mi", "it is negative"), ("64MB", "the unit `MB` is written `M`"), ("lots", "number")] {
        bench.task(json!({ "resources": { "limits": { "memory": wrong } } }));
        refused(&bench, &[], words);
    }
}

#[test]
fn a_channel_that_is_misspelt_or_unbound_runs_nothing() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    bench.script_with_channels("echo lost > /out/a");
    let task = fs::read_to_string(bench.path("task.json")).unwrap();
    fs::write(bench.path("task.json"), task.replace("\"name\": \"out\"", "\"name\": \"uot\"")).unwrap();
    let ended = refused(&bench, &[], "`uot`");
    assert!(ended.err.contains("`out`"), "{ended:?}");
    bench.script_with_channels("echo lost > /out/a");
    let mut task: Value = serde_json::from_slice(&fs::read(bench.path("task.json")).unwrap()).unwrap();
    task["outputs"] = json!([]);
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    refused(&bench, &[], "error[unbound-channel]");
    assert!(!bench.path("out").exists());
}

#[test]
fn two_channels_on_one_directory_are_both_mounted() {
    let bench = Bench::new();
    fs::create_dir(bench.path("data")).unwrap();
    fs::write(bench.path("data/a"), "x").unwrap();
    let both = [("one", "./data"), ("two", "./data")];
    with_channels(&bench, json!({}), &both, &[], "cat /one/a /two/a");
    let ended = bench.run(&["run", "--watch", "--no-check-data", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "xx"), "{ended:?}");

    let bench = Bench::new();
    fs::create_dir(bench.path("data")).unwrap();
    let outputs = [("one", "./both"), ("two", "./both")];
    with_channels(&bench, json!({}), &[], &outputs, "echo 1 > /one/a; echo 2 > /two/b");
    let ended = bench.run(&["run", "--watch", "--no-check-data", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("warning[shared-host-path]"), "{ended:?}");
    assert!(bench.path("both/a").exists() && bench.path("both/b").exists());

    // Results among the data are refused.
    let bench = Bench::new();
    fs::create_dir(bench.path("data")).unwrap();
    with_channels(&bench, json!({}), &[("in", "./data")], &[("out", "./data")], "echo x > /out/a");
    refused(&bench, &[], "error[shared-host-path]");
}

#[test]
fn every_way_to_write_a_relative_path_means_the_same() {
    for path in ["data", "./data", "data/", "x/../data"] {
        let bench = Bench::new();
        fs::create_dir(bench.path("data")).unwrap();
        fs::write(bench.path("data/a"), "x").unwrap();
        with_channels(&bench, json!({}), &[("in", path)], &[("out", "made/here")], "cp /in/a /out/b");
        let ended = bench.run(&["run", "--watch", "--no-check-data", "task.json"]);
        assert_eq!(ended.code, Some(0), "{path}: {ended:?}");
        assert_eq!(fs::read_to_string(bench.path("made/here/b")).unwrap(), "x");
        let kinds: Vec<Value> =
            bench.container()["Mounts"].as_array().unwrap().iter().map(|mount| mount["Type"].clone()).collect();
        assert_eq!(kinds, ["bind", "bind"], "{path}");
    }
}

#[test]
fn a_value_that_is_no_choice_runs_nothing() {
    let bench = Bench::new();
    let choices = json!([{ "name": "MODEL", "value": "fast", "choices": ["fast", "accurate"], "adjustable": true }]);
    with_channels(&bench, json!({ "env": choices }), &[], &[], "echo $MODEL");
    refused(&bench, &["--env", "MODEL=best"], "--env: `MODEL` has to be one of \"fast\", \"accurate\"");
    let mut task: Value = serde_json::from_slice(&fs::read(bench.path("task.json")).unwrap()).unwrap();
    task["env"] = json!([{ "name": "MODEL", "value": "best" }]);
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    refused(&bench, &[], "error[env-value-not-in-choices]");
    task["env"][0]["value"] = json!("accurate");
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    assert_eq!(bench.run(&["run", "--watch", "task.json"]).text(), "accurate\n");
}

#[test]
fn an_unknown_template_is_named_with_what_there_is() {
    let bench = Bench::new();
    bench.task(json!({ "taskTemplate": "scripd" }));
    let ended = refused(&bench, &[], "the container has no template `scripd`");
    assert!(ended.err.contains("did you mean") || ended.err.contains("`script`"), "{ended:?}");
}

#[test]
fn an_empty_channel_has_the_size_zero() {
    for mode in ["sum", "max_file_size", "max_item_sum"] {
        let bench = Bench::new();
        fs::create_dir(bench.path("data")).unwrap();
        let rule = json!({ "scale_factor": 2, "type": "limit", "mode": mode });
        let input = json!([{ "name": "data", "mounted_path": "/data", "scale_rule": rule }]);
        let template = json!({ "inputs": input, "resources": { "limits": { "memory": "16M" } } });
        with_channels(&bench, template, &[("data", "./data")], &[], "true");
        let task = fs::read_to_string(bench.path("task.json")).unwrap().replace("\"input\":", "\"volume_source\":");
        fs::write(bench.path("task.json"), task).unwrap();
        let ended = bench.run(&["run", "--watch", "--no-check-data", "task.json"]);
        assert_eq!(ended.code, Some(0), "{mode}: {ended:?}");
        let record = bench.record();
        let estimate = &record["estimates"][0];
        assert_eq!((&estimate["size"], &estimate["memory"]), (&json!(0), &json!(0)), "{mode}");
        assert_eq!(bench.container()["HostConfig"]["Memory"], 16_000_000, "{mode}");
    }
}

#[test]
fn an_absolute_target_directory_measures_nothing() {
    let bench = Bench::new();
    fs::create_dir(bench.path("data")).unwrap();
    for target in ["/usr", "../..", "a/../../b"] {
        let rule = json!({ "complexity": "n", "type": "limit", "mode": "sum", "target_dir": target });
        let input = json!([{ "name": "data", "mounted_path": "/data", "scale_rule": rule }]);
        with_channels(&bench, json!({ "inputs": input }), &[("data", "./data")], &[], "true");
        refused(&bench, &[], "error[escaping-target-dir]");
    }
}

#[test]
fn nothing_in_a_file_is_executed() {
    let bench = Bench::new();
    let made = bench.path("made");
    let touch = format!("touch {}", made.display());
    let payloads = [
        "{{ cycler.__init__.__globals__.os.popen('TOUCH').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__.__builtins__.__import__('os').system('TOUCH') }}",
        "{% import 'os' as os %}{{ os.system('TOUCH') }}",
        "{% include '/etc/passwd' %}",
        "$(TOUCH)",
        "`TOUCH`",
    ];
    for payload in payloads {
        let payload = payload.replace("TOUCH", &touch);
        bench.task(json!({ "env": [{ "name": "A", "value": payload }] }));
        for arguments in
            [&["validate", "task.json"][..], &["validate", "--render", "task.json"], &["resolve", "task.json"]]
        {
            let ended = bench.run(arguments);
            assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
            assert!(!ended.err.contains("root:") && !ended.text().contains("root:"), "{ended:?}");
        }
        assert!(!made.exists(), "{payload}");
    }
    // A pickle that calls os.system when it is loaded.
    let pickle = format!("cposix\nsystem\n(S'{touch}'\ntR.");
    for name in ["task_run-1.json", "task_run.pkl", "./task_run"] {
        fs::write(bench.path(name), &pickle).unwrap();
        for command in ["logs", "status", "stop", "rm", "validate"] {
            let ended = bench.run(&[command, name]);
            assert!(matches!(ended.code, Some(1 | 2)), "{command}: {ended:?}");
        }
        assert!(!made.exists(), "{name}");
    }
}
