//! Records that are lost or cannot be written, and `rm --all`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::support::{Bench, docker, eventually};

const FOREVER: &str = "echo up; trap 'echo down; exit 5' TERM; while :; do sleep 0.05; done";

/// A file system of so many kilobytes, for as long as this lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(path: PathBuf, options: &str) -> SmallDisk {
        fs::create_dir_all(&path).unwrap();
        mount(&["-t", "tmpfs", "-o", options, "tmpfs", path.to_str().unwrap()]);
        SmallDisk(path)
    }

    /// Leaves nothing of the space.
    fn fill(&self) {
        let mut size = 1 << 16;
        let filler = self.0.join("filler");
        while size > 0 {
            let mut file = fs::File::options().create(true).append(true).open(&filler).unwrap();
            if std::io::Write::write_all(&mut file, &vec![0; size]).is_err() {
                size /= 2;
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", self.0.to_str().unwrap()]).output();
    }
}

#[track_caller]
fn mount(arguments: &[&str]) {
    let output = Command::new("mount").args(arguments).output().unwrap();
    assert!(output.status.success(), "this test mounts a small disk, which needs root: {output:?}");
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_when_the_record_is_made() {
    let bench = Bench::new();
    bench.script("true");
    let disk = SmallDisk::at(bench.path("small"), "size=64k");
    disk.fill();
    let ended = bench.run(&["run", "--watch", "--output", "small/r.json", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("cannot write the run record") && ended.err.contains("No space left"), "{ended:?}");
    assert_eq!((bench.containers(), names(&disk.0)), (vec![], vec!["filler".to_owned()]));
}

#[test]
fn a_disk_that_fills_up_while_the_run_is_followed() {
    let bench = Bench::new();
    bench.script(FOREVER);
    let disk = SmallDisk::at(bench.path("small"), "size=64k");
    let running = bench.start(&["run", "--watch", "--output", "small/r.json", "task.json"]);
    eventually("output", || running.out() == "up\n");
    disk.fill();
    running.signal(rustix::process::Signal::TERM);
    let ended = running.wait();
    assert_eq!((ended.code, ended.text()), (Some(5), "up\ndown\n"), "{ended:?}");
    assert!(ended.err.contains("warning: the run record is not up to date: "), "{ended:?}");
    // The old record is whole, and nothing half-written is beside it.
    assert_eq!(names(&disk.0), ["filler", "r.json"]);
    let record: serde_json::Value = serde_json::from_slice(&fs::read(disk.0.join("r.json")).unwrap()).unwrap();
    assert_eq!(record["state"], "running");
    fs::remove_file(disk.0.join("filler")).unwrap();
    assert_eq!(bench.run(&["status", "small/r.json"]).code, Some(5));
}

#[test]
fn a_full_disk_under_the_outputs_is_the_containers_to_say() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    bench.script_with_channels("head -c 200000 /dev/zero > /out/a");
    let disk = SmallDisk::at(bench.path("out"), "size=64k,mode=777");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.err.contains("\nhead: standard output: ")), (Some(1), true), "{ended:?}");
    assert_eq!((&bench.record()["state"], &bench.record()["exitCode"]), (&json!("exited"), &json!(1)));
    drop(disk);
}

#[test]
fn a_directory_that_no_record_can_be_written_into() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    bench.script_with_channels("true");
    let disk = SmallDisk::at(bench.path("read-only"), "size=64k,ro");
    fs::write(bench.path("file"), "").unwrap();
    for (place, why) in [
        ("read-only", "the file system is read-only"),
        ("nowhere", "there is no such directory"),
        ("file", "it is not a directory"),
    ] {
        let ended = bench.run(&["run", "--output", &format!("{place}/r.json"), "task.json"]);
        let directory = bench.path(place);
        let words = format!(
            "error: cannot write the run record into {}: {why}; name a file elsewhere with `--output`\n",
            directory.display()
        );
        assert_eq!((ended.code, ended.text(), ended.err.as_str()), (Some(2), "", words.as_str()));
        // Not even an output directory.
        assert!(!bench.path("out").exists());
    }
    drop(disk);
    assert_eq!(bench.containers(), [""; 0]);
}

#[test]
fn a_lost_record_is_no_lost_run() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    fs::write(bench.path("in/a"), "content").unwrap();
    bench.script_with_channels(FOREVER);
    let mut task: serde_json::Value = serde_json::from_slice(&fs::read(bench.path("task.json")).unwrap()).unwrap();
    task["env"] = json!([{ "name": "DB_PASSWORD", "value": "hush" }, { "name": "PLAIN", "value": "unheard" }]);
    task["resources"] = json!({ "limits": { "memory": "32Mi" } });
    fs::write(bench.path("task.json"), task.to_string()).unwrap();
    let id = bench.run_detached();
    let lost = bench.record();
    fs::remove_file(&bench.records()[0]).unwrap();

    eventually("output", || bench.run(&["logs", &id]).text() == "up\n");
    let now = bench.run(&["status", "--no-watch", &id]);
    assert!(now.code == Some(0) && now.text().contains("state        running\n"), "{now:?}");
    assert_eq!(bench.records().len(), 0, "nobody asked for a new record");

    let listed = bench.run(&["ps"]);
    assert!(listed.err.contains("`task-api ps --rebuild` writes them anew"), "{listed:?}");
    let elsewhere = Bench::new();
    let rebuilding = bench.run(&["ps", "--rebuild"]);
    let path = bench.path(&format!("task_run-{id}.json"));
    assert!(rebuilding.err.contains(&format!("wrote {}\n", path.display())), "{rebuilding:?}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let rebuilt: serde_json::Value = serde_json::from_str(&text).unwrap();
    for field in
        ["version", "id", "mode", "state", "containerId", "image", "createdAt", "startedAt", "inputs", "engine", "tool"]
    {
        assert_eq!(rebuilt[field], lost[field], "{field}");
    }
    for field in ["/spec/mounts", "/spec/image", "/spec/command", "/spec/user", "/spec/resources/memoryLimit"] {
        assert_eq!(rebuilt.pointer(field), lost.pointer(field), "{field}");
    }
    assert!(rebuilt["rebuiltAt"].is_string());
    let labels = bench.container()["Config"]["Labels"].to_string();
    for secret in ["hush", "unheard"] {
        assert!(!text.contains(secret) && !labels.contains(secret), "{text}\n{labels}");
    }
    assert_eq!(bench.run(&["ps", "--rebuild"]).err.matches(&id).count(), 0);

    fs::remove_file(&path).unwrap();
    let stop = elsewhere.run(&["stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("run {id} has ended\n").as_str()), "{stop:?}");
    assert_eq!(bench.run(&["status", &id]).code, Some(5));
    assert_eq!(bench.run(&["logs", &id]).text(), "up\ndown\n");
    assert_eq!(bench.run(&["rm", &id]).code, Some(0));
    assert_eq!(bench.run(&["status", &id]).code, Some(2));
}

#[test]
fn a_record_of_another_run_in_the_place_of_the_lost_one() {
    let bench = Bench::new();
    bench.script("echo mine; exit 3");
    let id = bench.run_detached();
    let other = Bench::new();
    other.script("exit 4");
    other.run_detached();
    let place = bench.path(&format!("task_run-{id}.json"));
    fs::copy(&other.records()[0], &place).unwrap();
    let before = fs::read(&place).unwrap();
    let elsewhere = Bench::new();
    assert_eq!(elsewhere.run(&["status", &id]).code, Some(3));
    assert_eq!(elsewhere.run(&["logs", &id]).text(), "mine\n");
    assert_eq!(fs::read(&place).unwrap(), before);
}

#[test]
fn all_that_have_ended_can_be_removed() {
    let bench = Bench::new();
    bench.script("exit 3");
    let (one, two) = (bench.run_detached(), bench.run_detached());
    bench.script(FOREVER);
    let running = bench.run_detached();
    let other = Bench::new();
    other.script("true");
    other.run_detached();
    for id in [&one, &two] {
        assert_eq!(bench.run(&["status", id]).code, Some(3));
    }
    fs::remove_file(bench.path(&format!("task_run-{two}.json"))).unwrap();

    let none = bench.run(&["rm", "--all", "--older-than", "1h"]);
    assert_eq!((none.code, none.text()), (Some(0), ""), "{none:?}");
    assert_eq!(bench.containers().len(), 3);
    let removed = bench.run(&["rm", "--all", "--older-than", "0"]);
    assert_eq!(removed.text(), format!("removed {one}\nremoved {two}\n"), "{removed:?}");
    assert_eq!(removed.err, "left 1 that has not ended; --force kills as well\n");
    assert_eq!((bench.containers().len(), other.containers().len()), (1, 1));
    let again = bench.run(&["rm", "--all"]);
    assert_eq!((again.code, again.text()), (Some(0), ""), "{again:?}");
    let rest = bench.run(&["rm", "--all", "--force", "--record"]);
    assert_eq!(rest.text(), format!("removed {one}\nremoved {running}\n"), "{rest:?}");
    assert_eq!((bench.containers(), bench.records().len(), other.containers().len()), (vec![], 0, 1));
    for wrong in [&["rm"][..], &["rm", "--all", "x"], &["rm", "x", "--older-than", "1h"]] {
        assert_eq!(bench.run(wrong).code, Some(2));
    }
    // Without a container, nothing of ours is there to be found.
    docker(&["rm", "-f", &other.containers()[0]]);
}
