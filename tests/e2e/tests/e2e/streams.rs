//! A container's output byte for byte, and readers that have had enough.

use std::fs;
use std::io::{self, BufRead, BufReader, PipeReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Bench, eventually, read_all};

#[test]
fn bytes_arrive_as_they_are() {
    let bench = Bench::new();
    bench.script(r"printf 'a\377\000\r\n\n\303'; printf '\200e\r' >&2; printf 'no newline'");
    let mut command = bench.command(&["run", "--watch", "task.json"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"a\xff\0\r\n\n\xc3no newline");
    assert!(output.stderr.ends_with(b".json\n\x80e\r"), "{:?}", String::from_utf8_lossy(&output.stderr));
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    for logs in [&["logs", &id][..], &["logs", "--watch", &id]] {
        let output = bench.command(logs).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(
            (output.stdout.as_slice(), output.stderr.as_slice()),
            (&b"a\xff\0\r\n\n\xc3no newline"[..], &b"\x80e\r"[..])
        );
    }
}

#[test]
fn long_lines_and_much_output_arrive_in_full() {
    let bench = Bench::new();
    bench.script(
        "head -c 300000 /dev/zero | tr '\\0' x; echo; i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done",
    );
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0));
    let expected: String = (0..20000).map(|number| format!("line {number}\n")).collect();
    let expected = format!("{}\n{expected}", "x".repeat(300_000));
    assert!(ended.text() == expected, "{} instead of {} bytes", ended.out.len(), expected.len());
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert!(bench.run(&["logs", &id]).text() == expected);
}

#[test]
fn a_reader_that_has_gone_does_not_stop_the_run() {
    let bench = Bench::new();
    bench.script("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; echo done >&2; exit 4");
    let mut child =
        bench.command(&["run", "--watch", "task.json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    drop(reader);
    let err = String::from_utf8(read_all(child.stderr.take().unwrap())).unwrap();
    assert_eq!((first.as_str(), child.wait().unwrap().code()), ("line 0\n", Some(4)), "{err}");
    assert!(err.ends_with("done\nerror: the container exited with 4\n"), "{err}");
    assert_eq!(bench.record()["exitCode"], 4);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.run(&["logs", &id]).text().lines().count(), 3000);
}

#[test]
fn logs_end_with_their_reader() {
    let bench = Bench::new();
    bench.script("while :; do echo line; done");
    let id = bench.run_detached();
    for arguments in [&["logs", "--watch", &id][..], &["logs", &id]] {
        let mut child = bench.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut code = None;
        eventually("logs end", || {
            code = child.try_wait().unwrap();
            code.is_some()
        });
        let err = String::from_utf8(read_all(child.stderr.take().unwrap())).unwrap();
        assert_eq!((first.as_str(), code.unwrap().code(), err.as_str()), ("line\n", Some(0), ""));
    }
    assert_eq!(bench.container()["State"]["Running"], true);
}

#[test]
fn no_reader_at_all() {
    let bench = Bench::new();
    bench.script("echo out; echo err >&2; exit 6");
    let mut child =
        bench.command(&["run", "--watch", "task.json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(6));
    assert_eq!(bench.record()["exitCode"], 6);
}

#[test]
fn a_full_disk_does_not_stop_the_run_and_is_said() {
    let bench = Bench::new();
    bench.script("echo out; exit 6");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = bench.command(&["run", "--watch", "task.json"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert!(err.contains("error: cannot write the container's output: No space left on device"), "{err}");
    assert!(
        err.ends_with(&format!("\nrun {id} goes on without us; `task-api status {id}` tells how it is\n")),
        "{err}"
    );
    assert_eq!(bench.run(&["status", &id]).code, Some(6));
}

#[test]
fn output_comes_while_the_container_runs() {
    let bench = Bench::new();
    bench.script("printf 'no newline yet'; trap 'exit 0' TERM; while :; do sleep 0.05; done");
    let mut running = bench.start(&["run", "--watch", "task.json"]);
    // A piece that is not a line yet stays with the engine's log until the line or the container ends.
    eventually("the container runs", || running.err().contains("record "));
    assert!(!running.has_ended());
    running.signal(rustix::process::Signal::TERM);
    assert_eq!(running.wait().text(), "no newline yet");
}

#[test]
fn a_line_of_a_hundred_megabytes() {
    let bench = Bench::new();
    // Without a newline at its end, and not UTF-8.
    bench.script("head -c 100000000 /dev/zero | tr '\\0' '\\377'; printf end");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.out.len()), (Some(0), 100_000_003), "{}", ended.err);
    assert!(ended.out[..100_000_000].iter().all(|byte| *byte == 0xff) && ended.out.ends_with(b"end"));
}

#[test]
fn output_much_faster_than_its_reader() {
    let bench = Bench::new();
    let lines = 300_000;
    bench.script(&format!("seq {lines}; exit 3"));
    let mut child =
        bench.command(&["run", "--watch", "task.json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // Nobody reads before the container has written everything and is gone.
    eventually("the container's end", || {
        bench.containers().len() == 1 && bench.container()["State"]["Status"] == "exited"
    });
    assert!(child.try_wait().unwrap().is_none());
    let out = String::from_utf8(read_all(child.stdout.take().unwrap())).unwrap();
    let expected: String = (1..=lines).map(|number| format!("{number}\n")).collect();
    assert!(out == expected, "{} instead of {} bytes", out.len(), expected.len());
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

/// Much output into a pipe that is full and that nobody reads.
fn stuck(bench: &Bench, arguments: &[&str], megabytes: u32, is_one_pipe: bool) -> (Child, PipeReader) {
    let script = format!("trap 'exit 9' TERM; head -c {megabytes}000000 /dev/zero; while :; do sleep 0.05; done");
    bench.script(&script);
    let (reader, writer) = io::pipe().unwrap();
    let err = if is_one_pipe {
        Stdio::from(writer.try_clone().unwrap())
    } else {
        fs::File::create(bench.path("err")).unwrap().into()
    };
    let child = bench.command(arguments).stdout(writer).stderr(err).spawn().unwrap();
    eventually("the pipe is full", || rustix::io::ioctl_fionread(&reader).unwrap() >= 60_000);
    (child, reader)
}

#[track_caller]
fn code_of(mut child: Child) -> Option<i32> {
    let mut status = None;
    eventually("the end", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap().code()
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

#[test]
fn a_reader_that_does_not_read_keeps_no_signal_from_being_heard() {
    let bench = Bench::new();
    let (child, reader) = stuck(&bench, &["run", "--watch", "task.json"], 200, false);
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")).unwrap();
    assert!(peak.parse::<u32>().unwrap() < 60_000, "{peak} kB are kept of output that nobody reads");
    interrupt(&child);
    eventually("the container's end", || bench.container()["State"]["Status"] == "exited");
    // Only then the reader is given up.
    assert_eq!(code_of(child), Some(9));
    let err = fs::read_to_string(bench.path("err")).unwrap();
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    let words = format!(
        "task-api: asking the container to end; once more kills it\n\
         warning: nobody has read the output for 5 s, so the rest of it was left out; `task-api logs {id}` prints it all\n\
         error: the container exited with 9\n"
    );
    assert!(err.ends_with(&words), "{err}");
    assert_eq!(bench.record()["exitCode"], 9);
    assert!(bench.run(&["logs", &id]).out.len() > 190_000_000);
    drop(reader);
}

#[test]
fn a_reader_that_does_not_read_keeps_no_time_limit_from_being_heard() {
    let bench = Bench::new();
    let (child, reader) = stuck(&bench, &["run", "--watch", "--timeout", "1s", "task.json"], 20, true);
    assert_eq!(code_of(child), Some(124));
    assert_eq!(bench.record()["timedOutAfterSeconds"].as_f64(), Some(1.0));
    drop(reader);
}

#[test]
fn who_leaves_does_not_wait_for_a_reader() {
    let bench = Bench::new();
    let (child, reader) = stuck(&bench, &["run", "--watch", "task.json"], 20, true);
    let began = Instant::now();
    let id = Pid::from_child(&child);
    let mut child = Some(child);
    // Signals that come at once are one: until the process has ended, the user tries again.
    eventually("the end", || {
        let _ = kill_process(id, Signal::INT);
        let has_ended = child.as_mut().unwrap().try_wait().unwrap().is_some();
        std::thread::sleep(Duration::from_millis(20));
        has_ended
    });
    assert_eq!(code_of(child.take().unwrap()), Some(130));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop(reader);
}

#[test]
fn a_reader_that_comes_back_gets_everything() {
    let bench = Bench::new();
    let (child, mut reader) = stuck(&bench, &["run", "--watch", "task.json"], 20, false);
    interrupt(&child);
    eventually("the container's end", || bench.container()["State"]["Status"] == "exited");
    assert_eq!(read_all(&mut reader).len(), 20_000_000);
    assert_eq!(code_of(child), Some(9));
}
