//! The same program on Podman, through its Docker API.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::net::UnixStream;
use std::process::Command;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::podman_engine::Podman;
use crate::support::{Bench, Ended, Running, eventually};

const LISTENS: &str = "trap 'echo term; exit 9' TERM; echo up; while :; do sleep 0.05; done";
const MEBI: u64 = 1 << 20;

fn script(bench: &Bench, podman: &Podman, script: &str) {
    bench.task(json!({ "image": podman.image(), "command": ["/bin/sh", "-c", script] }));
}

#[track_caller]
fn run(bench: &Bench) -> Ended {
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert!(!ended.err.contains("task-api: ") && !ended.err.contains("warning"), "{ended:?}");
    ended
}

/// The record of the run that began last; then the directory has none.
#[track_caller]
fn take_record(bench: &Bench) -> Value {
    let record = bench.record();
    fs::remove_file(&bench.records()[0]).unwrap();
    record
}

#[test]
fn output_is_exact_and_told_apart() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    // More than Podman has handed out by the end; it drops lines then.
    script(
        &bench,
        &podman,
        "printf 'a\\377b\\n'; printf 'x\\000' >&2; seq 1 60000; seq 1 300 >&2; \
         head -c 300000 /dev/zero | tr '\\0' y; printf '\\r\\n\\n'; printf end; exit 3",
    );
    let numbers = |last: usize| (1..=last).map(|number| format!("{number}\n")).collect::<String>();
    let out = [b"a\xffb\n".to_vec(), numbers(60000).into(), vec![b'y'; 300_000], b"\r\n\nend".to_vec()].concat();
    let err = [b"x\0".to_vec(), numbers(300).into()].concat();
    let ended = run(&bench);
    assert_eq!(ended.code, Some(3));
    assert!(ended.out == out, "{} bytes instead of {}", ended.out.len(), out.len());
    let record = take_record(&bench);
    let id = record["id"].as_str().unwrap();
    let head = format!("run {id}\nrecord {}\n", bench.path(&format!("task_run-{id}.json")).display());
    let expected = format!("{head}{}error: the container exited with 3\n", String::from_utf8(err.clone()).unwrap());
    assert_eq!(ended.err, expected);
    assert_eq!(
        (&record["state"], &record["exitCode"], &record["oomKilled"]),
        (&json!("exited"), &json!(3), &json!(false))
    );
    assert_eq!(
        (&record["engine"]["name"], &record["engine"]["address"]),
        (&json!("Podman Engine"), &json!(podman.address()))
    );
    for time in ["createdAt", "startedAt", "finishedAt"] {
        assert!(record[time].as_str().unwrap().ends_with('Z'), "{record}");
    }
    fs::write(bench.path("task_run-r.json"), record.to_string()).unwrap();
    for arguments in [&["logs", "task_run-r.json"][..], &["logs", "--watch", "task_run-r.json"]] {
        let logs = bench.run(arguments);
        assert_eq!(logs.code, Some(0), "{}", logs.err);
        assert!(logs.out == out && logs.err.as_bytes() == err, "{arguments:?}");
    }
}

#[test]
fn a_part_of_the_output() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    let wait = "while [ ! -e /go ]; do sleep 0.1; done";
    script(&bench, &podman, &format!("seq 1 500; sleep 2.1; echo then; {wait}; sleep 1.1; seq 600 2000; printf end"));
    let running = bench.start(&["run", "--watch", "task.json"]);
    eventually("some output", || running.out().ends_with("then\n"));
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let lines = |range: std::ops::RangeInclusive<u32>| range.map(|number| format!("{number}\n")).collect::<String>();
    let last = |beginning: &str| format!("{beginning}{}end", lines(600..=2000));
    // Begun in the middle of a second's lines, and gone on to the end.
    let following = bench.start(&["logs", "--watch", "--tail", "3", &id]);
    eventually("the last lines so far", || following.out().ends_with("then\n"));
    podman.podman(&["exec", &format!("task-api-{id}"), "touch", "/go"]);
    assert_eq!(following.wait().text(), last("499\n500\nthen\n"));
    assert_eq!(running.wait().text(), last(&(lines(1..=500) + "then\n")));
    let with = |options: &[&str]| bench.run(&[&["logs", &id], options].concat());
    assert_eq!(with(&["--tail", "3"]).text(), "1999\n2000\nend");
    assert_eq!(with(&["--watch", "--tail", "3"]).text(), "1999\n2000\nend");
    let stamped = with(&["--timestamps"]);
    let then =
        stamped.text().lines().find(|line| line.ends_with(" then")).expect("the line").split(' ').next().unwrap();
    assert_eq!(with(&["--since", then]).text(), last("then\n"));
    // Podman does not tell parts of a second, so the whole of the second counts.
    let later = then.replace('Z', ".9Z");
    assert_eq!(with(&["--since", &later]).text(), last("then\n"), "{later}");
    assert_eq!(with(&["--since", "2099-01-01"]).text(), "");
}

#[test]
fn ends_have_their_codes() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    for (code, words) in [(0, ""), (3, "exited with 3"), (126, "exited with 126"), (137, "ended by signal 9")] {
        script(&bench, &podman, &format!("exit {code}"));
        let ended = run(&bench);
        assert_eq!((ended.code, ended.err.contains(words)), (Some(code), true), "{ended:?}");
        let id = take_record(&bench)["id"].as_str().unwrap().to_owned();
        let container = format!("task-api-{id}");
        assert_eq!(podman.podman(&["inspect", "--format", "{{.State.ExitCode}}", &container]), code.to_string());
    }
    let before = podman.containers().len();
    for (code, command) in [(127, "/nothing/here"), (126, "/etc")] {
        bench.task(json!({ "image": podman.image(), "command": [command] }));
        let ended = bench.run(&["run", "--watch", "task.json"]);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.err.contains("the container could not be started: ") && ended.err.contains(command), "{ended:?}");
        assert_eq!(take_record(&bench)["state"], "failed");
        assert_eq!(podman.containers().len(), before, "what never started is removed");
    }
}

#[test]
fn a_run_is_listed_stopped_and_removed() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    script(&bench, &podman, LISTENS);
    let id = bench.run_detached();
    eventually("output", || bench.run(&["logs", &id]).text() == "up\n");
    let listed = bench.run(&["ps"]);
    assert!(listed.text().contains(&id) && listed.text().contains("running"), "{listed:?}");
    assert!(listed.text().contains(podman.image()), "{listed:?}");
    let following = bench.start(&["logs", "--watch", &id]);
    eventually("output", || following.out() == "up\n");
    assert_eq!(bench.run(&["rm", &id]).code, Some(2), "it runs");
    let stop = bench.run(&["stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("run {id} has ended\n").as_str()), "{stop:?}");
    assert_eq!(following.wait().text(), "up\nterm\n");
    assert_eq!(bench.run(&["status", &id]).code, Some(9));
    let again = bench.run(&["stop", &id]);
    assert_eq!(again.code, Some(0), "{again:?}");

    // A record that is lost is found by the container.
    fs::remove_file(&bench.records()[0]).unwrap();
    assert_eq!(bench.run(&["status", &id]).code, Some(9));
    let rebuilt = bench.run(&["ps", "--rebuild"]);
    assert!(rebuilt.err.contains("wrote "), "{rebuilt:?}");
    assert_eq!(bench.record()["exitCode"], 9);
    let removed = bench.run(&["rm", &id]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert_eq!(bench.record()["state"], "removed");
    podman.is_empty();
    assert_eq!(bench.run(&["logs", &id]).code, Some(1));
}

#[test]
fn interrupts_and_the_time_limit() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    let start = |text: &str| {
        script(&bench, &podman, text);
        let running = bench.start(&["run", "--watch", "task.json"]);
        eventually("output", || running.out() == "up\n");
        running
    };
    let once = start(LISTENS);
    once.signal(Signal::INT);
    let ended = once.wait();
    assert_eq!((ended.code, ended.text()), (Some(9), "up\nterm\n"), "{ended:?}");
    assert_eq!(take_record(&bench)["exitCode"], 9);

    let twice = start("trap 'echo term' TERM; echo up; while :; do sleep 0.05; done");
    twice.signal(Signal::INT);
    eventually("the container has heard of it", || twice.out() == "up\nterm\n");
    twice.signal(Signal::INT);
    let ended = twice.wait();
    assert_eq!((ended.code, ended.text()), (Some(137), "up\nterm\n"), "{ended:?}");
    assert_eq!(take_record(&bench)["state"], "exited");

    script(&bench, &podman, LISTENS);
    let ended = bench.run(&["run", "--watch", "--timeout", "1500ms", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(124), "up\nterm\n"), "{ended:?}");
    let record = take_record(&bench);
    assert_eq!((&record["exitCode"], &record["timedOutAfterSeconds"]), (&json!(9), &json!(1.5)));
}

#[test]
fn limits_reach_the_kernel_and_memory_is_measured() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    let limited = |command: &str| {
        let resources =
            json!({ "limits": { "memory": "48Mi", "cpu": "0.5" }, "requests": { "memory": "32Mi", "cpu": "0.25" } });
        bench.task(json!({ "image": podman.image(), "command": ["/bin/sh", "-c", command], "resources": resources }));
        bench.run(&["run", "--watch", "task.json"])
    };
    let ended = limited("dd if=/dev/zero of=/dev/null bs=24M count=1 2>/dev/null; sleep 0.3");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let host = &podman.container()["HostConfig"];
    let of = |field: &str| host[field].as_u64().unwrap_or_default();
    assert_eq!((of("Memory"), of("MemorySwap"), of("MemoryReservation")), (48 * MEBI, 48 * MEBI, 32 * MEBI), "{host}");
    assert_eq!((of("NanoCpus"), of("CpuShares")), (500_000_000, 256), "{host}");
    let record = take_record(&bench);
    let kernel = if fs::exists("/sys/fs/cgroup/memory").unwrap() { "cgroup-v1" } else { "cgroup-v2" };
    assert_eq!(record["peakMemorySource"], kernel);
    assert!((24 * MEBI..32 * MEBI).contains(&record["peakMemoryBytes"].as_u64().unwrap()), "{record}");

    let ended = limited("x=aaaa; while :; do x=$x$x; done");
    assert_eq!(ended.code, Some(137), "{ended:?}");
    assert!(
        ended.err.contains("the container ran out of memory: it needed more than its limit of 48 MiB"),
        "{ended:?}"
    );
    let record = take_record(&bench);
    assert_eq!((&record["oomKilled"], &record["peakMemoryBytes"]), (&json!(true), &json!(48 * MEBI)));
    let ended = limited("exit 137");
    assert!(ended.code == Some(137) && ended.err.contains("ended by signal 9"), "{ended:?}");
}

#[test]
fn memory_of_a_podman_elsewhere() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    bench.env("DOCKER_HOST", &format!("tcp://{}", listener.local_addr().unwrap()));
    let socket = podman.socket();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(client), Ok(engine)) = (client, UnixStream::connect(&socket)) else { return };
            let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
            let (mut from_engine, mut to_engine) = (engine.try_clone().unwrap(), engine);
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from_client, &mut to_engine);
                let _ = to_engine.shutdown(std::net::Shutdown::Write);
            });
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from_engine, &mut to_client);
                let _ = to_client.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    script(&bench, &podman, "dd if=/dev/zero of=/dev/null bs=24M count=1 2>/dev/null; sleep 2");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let record = bench.record();
    assert_eq!(record["peakMemorySource"], "stats", "{record}");
    assert!(record["peakMemoryBytes"].as_u64().unwrap() > 100 << 10, "{record}");
}

#[test]
fn inputs_are_read_only_and_outputs_the_caller_s() {
    let (user, group) = (12345, 12346);
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    fs::create_dir(bench.path("in")).unwrap();
    fs::write(bench.path("in/a"), "content").unwrap();
    bench.script_with_channels("cp /in/a /out/a && id -u > /out/user; id -g >> /out/user; echo x > /in/b");
    chown(bench.path(""), Some(user), Some(group)).unwrap();
    chown(bench.path("in"), Some(user), Some(group)).unwrap();
    let original = bench.command(&["run", "--watch", "task.json"]);
    let program = bench.path("task-api");
    fs::copy(original.get_program(), &program).unwrap();
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
    command.arg(program).args(original.get_args()).current_dir(bench.path(""));
    command.env_clear().envs(original.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = Running::of(command).wait();
    assert!(ended.code == Some(1) && ended.err.contains("Read-only file system"), "{ended:?}");
    assert_eq!(fs::read_to_string(bench.path("out/a")).unwrap(), "content");
    assert_eq!(fs::read_to_string(bench.path("out/user")).unwrap(), format!("{user}\n{group}\n"));
    for path in ["out", "out/a", "out/user"] {
        let metadata = fs::metadata(bench.path(path)).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), (user, group), "{path}");
    }
    assert!(!bench.path("in/b").exists());
    let container = podman.container();
    assert_eq!(container["HostConfig"]["SecurityOpt"], json!(["no-new-privileges"]), "{container:#}");
}

#[test]
fn a_look_into_an_image_leaves_nothing() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    // Podman knows the image by the name that Docker gave it, too.
    let short = podman.image().strip_prefix("localhost/").unwrap();
    let id = podman.podman(&["images", "-q", "--no-trunc"]);
    for name in [podman.image(), short, &id] {
        let ended = bench.run(&["processing-container", name]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{name}: {ended:?}");
        assert_eq!(ended.json()["name"], "e2e");
    }
    let ended = bench.run(&["processing-container", "--pull", "never", "localhost/nothing:1"]);
    assert_eq!((ended.code, ended.text()), (Some(125), ""), "{ended:?}");
    let words = "error: the image `localhost/nothing:1` is not present on the engine; build or pull it, or use `--pull missing`\n";
    assert_eq!(ended.err, words);
    podman.is_empty();

    script(&bench, &podman, "true");
    let ended = run(&bench);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let digest = bench.record()["image"]["digest"].as_str().unwrap().to_owned();
    let repository = podman.image().rsplit_once(':').unwrap().0;
    assert!(digest.starts_with(&format!("{repository}@sha256:")), "{digest}");
}

#[test]
fn an_image_without_the_file_leaves_nothing_either() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    let archive = podman.path("empty.tar");
    let tar = Command::new("tar").args(["-cf", archive.to_str().unwrap(), "-C", "/bin", "busybox"]).status().unwrap();
    assert!(tar.success());
    podman.podman(&["import", "--quiet", archive.to_str().unwrap(), "localhost/imported:1"]);
    let ended = bench.run(&["processing-container", "localhost/imported:1"]);
    let words = "error: the image `localhost/imported:1` has no file /processing-container.json\n";
    assert!(ended.code == Some(1) && ended.err.starts_with(words.trim_end()), "{ended:?}");
    podman.podman(&["rmi", "localhost/imported:1"]);
    podman.is_empty();
}

#[test]
fn a_run_goes_on_while_the_service_is_away() {
    let mut bench = Bench::new();
    let mut podman = Podman::for_bench(&mut bench);
    script(
        &bench,
        &podman,
        "trap 'echo end $i >&2; exit 5' TERM; i=0; while :; do echo line $((i+=1)); sleep 0.02; done",
    );
    let running = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || running.out().lines().count() > 5);
    podman.kill();
    eventually("that is told", || running.err().contains("task-api: the engine does not answer any more"));
    podman.start();
    eventually("that is told", || running.err().contains("task-api: the engine is back"));
    let before = running.out().lines().count();
    eventually("output goes on", || running.out().lines().count() > before + 5);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    let ended = running.wait();
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let lines: Vec<String> = ended.text().lines().map(str::to_owned).collect();
    let expected: Vec<String> = (1..=lines.len()).map(|number| format!("line {number}")).collect();
    assert_eq!(lines, expected);
    assert!(ended.err.contains(&format!("end {}\n", lines.len())), "{ended:?}");
}

#[test]
fn podman_is_found_where_it_usually_is() {
    let mut bench = Bench::new();
    let podman = Podman::for_bench(&mut bench);
    bench.env("DOCKER_HOST", "");
    bench.env("XDG_RUNTIME_DIR", "/run/user/1");
    script(&bench, &podman, "echo found");
    // Where Docker's socket is not: a /run of our own.
    for place in ["/run/podman", "/run/user/1/podman"] {
        let original = bench.command(&["run", "--watch", "task.json"]);
        let words: Vec<&str> = original.get_args().map(|word| word.to_str().unwrap()).collect();
        let make = format!(
            "mount -t tmpfs tmpfs /run && mkdir -p {place} && ln -s {} {place}/podman.sock && exec /usr/bin/env {}",
            podman.socket().display(),
            words.join(" ")
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &make]).current_dir(bench.path(""));
        command.env_clear().envs(original.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ended = Running::of(command).wait();
        assert_eq!((ended.code, ended.text()), (Some(0), "found\n"), "{ended:?}");
        assert_eq!(take_record(&bench)["engine"]["address"], format!("unix://{place}/podman.sock"));
    }
}
