//! `calibrate` on containers whose need is known.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Bench, eventually};

const MEBI: usize = 1 << 20;

/// A task on eight items of so many bytes in `in`, with its container file beside it.
fn bench(version: u32, item: usize, needs: &str) -> Bench {
    let bench = Bench::new();
    for index in 0..8 {
        fs::create_dir_all(bench.path(&format!("in/item-{index}"))).unwrap();
        fs::write(bench.path(&format!("in/item-{index}/data.bin")), vec![7; item]).unwrap();
    }
    let channel = |name: &str| json!([{ "name": name, "mounted_path": format!("/{name}") }]);
    let mut container = json!({
        "name": "needs", "description": "d",
        "templates": [{
            "identifier": "needs", "description": "d", "inputs": channel("in"), "outputs": channel("out"), "env": [],
        }],
    });
    if version == 1 {
        container["api_version"] = json!(1);
    }
    fs::write(bench.path("processing-container.json"), format!("{container:#}\n")).unwrap();
    let script = format!(
        "n=$(cat /in/*/data.bin | wc -c); echo x > /out/x; \
         dd if=/dev/zero of=/dev/null bs=$(({needs})) count=1 2>/dev/null || exit 3; sleep 0.3"
    );
    let source = if version == 1 { "volume_source" } else { "input" };
    let bind = |name: &str| json!([{ "name": name, source: { "host_path": format!("./{name}") } }]);
    let mut task = json!({
        "taskTemplate": "needs", "inputs": bind("in"), "outputs": bind("out"), "command": ["/bin/sh", "-c", script],
    });
    if version == 1 {
        task["api_version"] = json!(1);
    }
    bench.task(task);
    bench
}

/// The coefficient of the law that was found, which ends like this.
#[track_caller]
fn coefficient(out: &str, ending: &str) -> f64 {
    let line = out.lines().find_map(|line| line.strip_prefix("measured: ")).unwrap_or_else(|| panic!("no law: {out}"));
    let law = line.split("; ").next().unwrap().rsplit(' ').next().unwrap();
    law.strip_suffix(ending).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{law}: {out}"))
}

#[track_caller]
fn nothing_is_left(bench: &Bench) {
    assert_eq!(bench.containers(), Vec::<String>::new());
    let entries = fs::read_dir(bench.path(".")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    assert_eq!(names, ["in", "processing-container.json", "task.json"]);
    for index in 0..8 {
        assert_eq!(fs::read_dir(bench.path(&format!("in/item-{index}"))).unwrap().count(), 1);
    }
}

fn container(bench: &Bench) -> Value {
    serde_json::from_slice(&fs::read(bench.path("processing-container.json")).unwrap()).unwrap()
}

#[test]
fn a_need_that_grows_with_the_data() {
    let bench = bench(0, 2 * MEBI, "3 * n");
    let ended = bench.run(&["calibrate", "task.json", "--up-to", "1Gi"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let found = coefficient(ended.text(), "*n");
    assert!((found / 3.0 - 1.0).abs() < 0.15, "{}", ended.text());
    assert!(ended.text().contains("8 items") && ended.text().contains('●'), "{}", ended.text());
    assert!(ended.text().contains("+          \"scale_rule\": {"), "{}", ended.text());
    nothing_is_left(&bench);
    assert_eq!(container(&bench)["templates"][0]["inputs"][0].get("scale_rule"), None);

    let written = bench.run(&["calibrate", "task.json", "--write", "--margin", "10"]);
    assert_eq!(written.code, Some(0), "{written:?}");
    let rule = container(&bench)["templates"][0]["inputs"][0]["scale_rule"].take();
    assert_eq!((&rule["type"], &rule["mode"]), (&json!("limit"), &json!("sum")));
    let factor: f64 = rule["complexity"].as_str().unwrap().strip_suffix("*n").unwrap().parse().unwrap();
    // The base of a shell on 2 MiB of data is in it, and the margin.
    assert!((3.3..5.0).contains(&factor), "{rule}");
    nothing_is_left(&bench);
    assert_eq!(bench.run(&["validate", "processing-container.json"]).code, Some(0));
    let options = ["--watch", "--no-check-data", "--container", "processing-container.json", "task.json"];
    let run = bench.run(&[["run"].as_slice(), &options].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_need_that_grows_with_the_square_of_the_data() {
    let bench = bench(1, MEBI, "n * n / 1048576");
    let ended = bench.run(&["calibrate", "task.json", "--repeat", "2"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let found = coefficient(ended.text(), "*n**2");
    assert!((found * 1_048_576.0 - 1.0).abs() < 0.15, "{}", ended.text());
    assert!(ended.text().contains("has no form in version 1"), "{}", ended.text());
    let before = fs::read(bench.path("processing-container.json")).unwrap();
    let refused = bench.run(&["calibrate", "task.json", "--write"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("nothing was written"), "{refused:?}");
    assert_eq!(fs::read(bench.path("processing-container.json")).unwrap(), before);
    nothing_is_left(&bench);
}

#[test]
fn runs_that_fail_do_not_count() {
    let bench = bench(0, 2 * MEBI, "3 * n");
    let ended = bench.run(&["calibrate", "task.json", "--memory-limit", "32Mi"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("warning: 8 items (n = 16 MiB) is not counted: "), "{ended:?}");
    assert!(ended.text().contains("not counted: "), "{ended:?}");
    let found = coefficient(ended.text(), "*n");
    assert!((found / 3.0 - 1.0).abs() < 0.15, "{}", ended.text());
    // Without two more there is no law.
    let ended = bench.run(&["calibrate", "task.json", "--memory-limit", "16Mi"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("at least 3 different sizes, and these have 2"), "{ended:?}");
    nothing_is_left(&bench);
}

#[test]
fn directories_can_be_named() {
    let bench = bench(0, MEBI, "n");
    for (name, items) in [("a", 1), ("b", 2)] {
        for item in 0..items {
            fs::create_dir_all(bench.path(&format!("more/{name}/{item}"))).unwrap();
            fs::write(bench.path(&format!("more/{name}/{item}/data.bin")), vec![1; MEBI]).unwrap();
        }
    }
    let ended = bench.run(&["calibrate", "task.json", "--inputs", "more/a", "more/b"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("name further directories with --inputs"), "{ended:?}");
    let ended =
        bench.run(&["calibrate", "task.json", "--inputs", "more/a", "--inputs", "more/b", "in", "--channel", "in"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.text().contains("more/b") && ended.text().contains("2 MiB"), "{ended:?}");
    let unknown = bench.run(&["calibrate", "task.json", "--channel", "ni"]);
    assert_eq!((unknown.code, unknown.text()), (Some(2), ""), "{unknown:?}");
    assert!(unknown.err.contains("the task has no input `ni`, but in"), "{unknown:?}");
}

#[test]
fn an_interrupt_leaves_nothing() {
    let bench = bench(0, 1000, "n");
    let script = "echo up; while :; do sleep 0.05; done";
    let mut task: Value = serde_json::from_slice(&fs::read(bench.path("task.json")).unwrap()).unwrap();
    task["command"][2] = json!(script);
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    let running = bench.start(&["calibrate", "task.json"]);
    eventually("a container", || !bench.containers().is_empty());
    running.signal(rustix::process::Signal::INT);
    let ended = running.wait();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.err.contains("interrupted; nothing was changed"), "{ended:?}");
    nothing_is_left(&bench);
}
