//! Ctrl-C while a lot is read: before the container starts, and after it has ended.

use std::fs::{self, File};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Bench, Running, eventually};

/// Far less than any of these walks takes, and enough for a machine with much else to do.
const PROMPTLY: Duration = Duration::from_secs(3);

/// An input whose files take a while each, because the expression that selects them tries so many ways.
fn slow_to_measure(bench: &Bench) {
    fs::create_dir(bench.path("in")).unwrap();
    let name = "a".repeat(20);
    for number in 0..20_000 {
        File::create(bench.path(&format!("in/{name}d{number}"))).unwrap();
    }
    let rule = json!({ "complexity": "n", "type": "limit", "mode": "sum", "target_regex": "(a|aa)+\\1c" });
    let channel = |name: &str| json!({ "name": name, "mounted_path": format!("/{name}") });
    let bound = |name: &str| json!([{ "name": name, "input": { "host_path": format!("./{name}") } }]);
    let mut input = channel("in");
    input["scale_rule"] = rule;
    let template = json!({
        "identifier": "t", "description": "For tests.", "inputs": [input], "outputs": [channel("out")], "env": [],
    });
    bench.task(json!({ "taskTemplate": template, "inputs": bound("in"), "outputs": bound("out") }));
}

/// The walk has begun when the program has worked for a while.
#[track_caller]
fn works(running: &mut Running, time: Duration) {
    eventually("it works", || {
        assert!(!running.has_ended(), "it has ended: {}", running.err());
        running.processor_time() > time
    });
}

#[test]
fn an_interrupt_while_inputs_are_measured() {
    let bench = Bench::new();
    slow_to_measure(&bench);
    let before = fs::read_dir(bench.path("")).unwrap().count();
    for signal in [Signal::INT, Signal::TERM] {
        for arguments in [&["run", "--watch", "task.json"][..], &["run", "task.json"], &["estimate", "task.json"]] {
            let mut running = bench.start(arguments);
            works(&mut running, Duration::from_millis(400));
            running.signal(signal);
            let began = Instant::now();
            let ended = running.wait();
            assert!(began.elapsed() < PROMPTLY, "{:?}", began.elapsed());
            let words = "error: interrupted; nothing was started\n";
            assert_eq!((ended.code, ended.text(), ended.err.as_str()), (Some(130), "", words), "{arguments:?}");
        }
    }
    assert_eq!(fs::read_dir(bench.path("")).unwrap().count(), before);
    assert_eq!((bench.containers(), bench.records().len()), (vec![], 0));
}

#[test]
fn an_interrupt_while_checksums_are_made() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    // Takes minutes to read, and no space.
    File::create(bench.path("in/large")).unwrap().set_len(200 << 30).unwrap();
    bench.script_with_channels("echo done > /out/a; exit 3");
    let mut running = bench.start(&["run", "--watch", "--rm", "--provenance", "task.json"]);
    eventually("the container's end", || running.err().contains("the container exited with 3"));
    works(&mut running, Duration::from_millis(400));
    running.signal(Signal::INT);
    let began = Instant::now();
    let ended = running.wait();
    assert!(began.elapsed() < PROMPTLY, "{:?}", began.elapsed());
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.err.ends_with("error: interrupted; the run is not described\n"), "{ended:?}");
    // No half of a description, and what was asked for beside it is done.
    assert!(!bench.path("ro-crate-metadata.json").exists());
    assert_eq!((bench.containers(), &bench.record()["exitCode"]), (vec![], &json!(3)));
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.run(&["status", &id]).code, Some(3));
}

#[test]
fn an_interrupt_while_data_is_checked() {
    let bench = Bench::new();
    for directory in 0..300 {
        let directory = bench.path(&format!("in/{directory}"));
        fs::create_dir_all(&directory).unwrap();
        for file in 0..300 {
            File::create(directory.join(format!("{file}"))).unwrap();
        }
    }
    let before = fs::read_dir(bench.path("")).unwrap().count();
    // Read again for each time that it is named.
    let arguments = [&["check-data", "in"][..], &["--inputs", "in"].repeat(10)].concat();
    let mut running = bench.start(&arguments);
    works(&mut running, Duration::from_millis(50));
    running.signal(Signal::INT);
    let began = Instant::now();
    let ended = running.wait();
    assert!(began.elapsed() < PROMPTLY, "{:?}", began.elapsed());
    // The signal itself ends it; nothing has to be put right.
    assert_eq!((ended.code, ended.text()), (None, ""), "{ended:?}");
    assert_eq!(fs::read_dir(bench.path("")).unwrap().count(), before);
}
