//! Engines that answer what they should not: what is said, with which exit code, and what is left behind.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::scripted_engine::{Fault, Scripted, answer, json as engine_json, stream};
use crate::support::{Bench, Ended, eventually};

const WATCH: &[&str] = &["run", "--watch", "task.json"];
const PAGE: &[u8] = b"<html>\n<body>Bad Gateway</body></html>\n";

fn says(text: &str) -> Fault {
    Fault::Says(text.as_bytes().to_vec())
}

fn boom() -> Fault {
    engine_json("500 Internal Server Error", r#"{"message":"the disk is on fire"}"#)
}

fn page() -> Fault {
    answer("502 Bad Gateway", "text/html", PAGE)
}

/// One fault, one command.
#[track_caller]
fn with_fault(method: &str, part: &str, fault: Fault, arguments: &[&str]) -> (Bench, Scripted, Ended) {
    let mut bench = Bench::new();
    let engine = Scripted::for_bench(&mut bench);
    bench.script("echo out; exit 3");
    engine.on(method, part, fault);
    let began = Instant::now();
    let ended = bench.run(arguments);
    assert!(began.elapsed() < Duration::from_secs(60), "{ended:?}");
    assert!(!ended.err.contains("panicked") && !ended.err.contains("hyper"), "{ended:?}");
    engine.mend();
    (bench, engine, ended)
}

/// As far as the record and the engine say: the run's state, and how many containers there are.
#[track_caller]
fn left(bench: &Bench) -> (Option<String>, usize) {
    let state = |record: Value| record["state"].as_str().unwrap().to_owned();
    (
        Some(bench.records()).filter(|records| !records.is_empty()).map(|_| state(bench.record())),
        bench.containers().len(),
    )
}

#[test]
fn what_is_no_engine() {
    let too_old = r#"{"Version":"19.03.1","ApiVersion":"1.40","MinAPIVersion":"1.12"}"#;
    for (fault, words) in [
        (boom(), "(DOCKER_HOST): the disk is on fire\n"),
        (page(), "(DOCKER_HOST): status 502: <html> <body>Bad Gateway</body></html>\n"),
        (answer("500 Internal Server Error", "text/plain", b""), "(DOCKER_HOST): status 500\n"),
        (
            answer("200 OK", "text/html", PAGE),
            "(DOCKER_HOST): it is no JSON, and begins with `<html> <body>Bad Gateway",
        ),
        (engine_json("200 OK", "[1]"), "(DOCKER_HOST): it does not have the expected form ("),
        (engine_json("200 OK", ""), "(DOCKER_HOST): it is empty or cut off ("),
        (engine_json("200 OK", r#"{"Version":"#), "(DOCKER_HOST): it "),
        (says("SSH-2.0-OpenSSH_9.2\r\n"), "(DOCKER_HOST): invalid HTTP version parsed"),
        (says("HTTP/1.1 200 OK\r\nContent-Le"), "(DOCKER_HOST): connection closed before message completed"),
        (says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), "end of file before message length reached"),
        (says(""), "(DOCKER_HOST): connection closed before message completed"),
        (Fault::SaysAndHangs(Vec::new()), "(DOCKER_HOST): no answer within 10s"),
        (
            Fault::SaysAndHangs(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()),
            "(DOCKER_HOST): no answer within 10s",
        ),
        (engine_json("200 OK", too_old), "speaks API version 1.40, older than 1.41 (Docker Engine 20.10 or Podman 4)"),
    ] {
        let (bench, _, ended) = with_fault("GET", "/version", fault.clone(), WATCH);
        assert_eq!((ended.code, ended.text()), (Some(125), ""), "{fault:?}: {ended:?}");
        assert!(ended.err.contains(words), "{fault:?}: {ended:?}");
        assert_eq!(left(&bench), (None, 0));
    }
}

#[test]
fn before_there_is_a_container_nothing_is_left() {
    let not_one = "its answer is not one of a Docker Engine: ";
    for (method, part, fault, words) in [
        (
            "GET",
            "/images/",
            boom(),
            "error: the engine refused to look at the image `IMAGE`: the disk is on fire\n".to_owned(),
        ),
        ("GET", "/images/", page(), "to look at the image `IMAGE`: status 502: <html>".to_owned()),
        (
            "GET",
            "/images/",
            answer("200 OK", "text/html", PAGE),
            format!("error: the engine was asked to look at the image `IMAGE`, and {not_one}it is no JSON"),
        ),
        (
            "GET",
            "/images/",
            says(""),
            "error: lost the engine while asking it to look at the image `IMAGE`: connection closed before".to_owned(),
        ),
        ("GET", "/info", boom(), "error: the engine refused to say what it has: the disk is on fire\n".to_owned()),
        (
            "GET",
            "/info",
            engine_json("200 OK", "[]"),
            format!("error: the engine was asked to say what it has, and {not_one}"),
        ),
        // The look into the image.
        (
            "POST",
            "/containers/create?name=task-api-lookup",
            boom(),
            "error: the engine refused to create a container from the image: the disk is on fire\n".to_owned(),
        ),
        (
            "HEAD",
            "/archive",
            says("HTTP/1.1 200 OK\r\n\r\n"),
            format!("error: the engine was asked to look at /processing-container.json, and {not_one}"),
        ),
        (
            "HEAD",
            "/archive",
            says("HTTP/1.1 200 OK\r\nX-Docker-Container-Path-Stat: %%%\r\n\r\n"),
            format!("error: the engine was asked to look at /processing-container.json, and {not_one}"),
        ),
        (
            "HEAD",
            "/archive",
            says(""),
            "error: lost the engine while asking it to look at /processing-container.json: connection closed"
                .to_owned(),
        ),
        (
            "GET",
            "/archive",
            boom(),
            "error: the engine refused to give /processing-container.json: the disk is on fire\n".to_owned(),
        ),
        ("GET", "/archive", Fault::Cut(400), "error: lost the engine while ".to_owned()),
        (
            "GET",
            "/archive",
            answer("200 OK", "application/x-tar", &[7; 2000]),
            "reading /processing-container.json: its archive is broken: ".to_owned(),
        ),
        ("GET", "/archive", answer("200 OK", "application/x-tar", b""), "neither a file nor a link to one".to_owned()),
    ] {
        let (bench, _, ended) = with_fault(method, part, fault.clone(), WATCH);
        let words = words.replace("IMAGE", bench.image());
        let code = if words.contains("neither") { 1 } else { 125 };
        assert_eq!((ended.code, ended.text()), (Some(code), ""), "{fault:?}: {ended:?}");
        assert!(ended.err.contains(&words), "{words}\n{fault:?}: {ended:?}");
        assert_eq!(left(&bench), (None, 0), "{fault:?}");
    }
}

#[test]
fn a_create_that_is_refused() {
    for (fault, words) in [
        (boom(), "error: the container could not be started: the disk is on fire\n"),
        (page(), "error: the container could not be started: status 502: <html>"),
        (
            engine_json("409 Conflict", r#"{"message":"this name is another's"}"#),
            "could not be started: this name is another's\n",
        ),
    ] {
        let (bench, _, ended) = with_fault("POST", "/containers/create?name=task-api-1", fault, WATCH);
        assert!(ended.code == Some(125) && ended.err.contains(words), "{ended:?}");
        assert_eq!(left(&bench), (Some("failed".to_owned()), 0));
        let id = bench.record()["id"].as_str().unwrap().to_owned();
        assert!(ended.err.contains(&format!("\nrun {id}\nrecord ")), "{ended:?}");
        assert_eq!(bench.run(&["status", &id]).code, Some(1));
    }
}

/// The engine has made the container, and its answer does not arrive: the record finds it all the same.
#[test]
fn a_create_whose_answer_is_lost() {
    let garbled = Fault::Edited("\"Id\"".to_owned(), "\"Di".to_owned());
    for (fault, words) in [
        (Fault::Cut(0), "error: lost the engine while asking it to create the container: connection closed before"),
        (Fault::Cut(30), "error: lost the engine while asking it to create the container: connection closed before"),
        (
            garbled,
            "error: the engine was asked to create the container, and its answer is not one of a Docker Engine: ",
        ),
    ] {
        let (bench, _, ended) = with_fault("POST", "/containers/create?name=task-api-1", fault.clone(), WATCH);
        assert_eq!((ended.code, ended.text()), (Some(125), ""), "{ended:?}");
        assert!(ended.err.contains(words), "{ended:?}");
        assert_eq!(left(&bench).0.as_deref(), Some("created"));
        let id = bench.record()["id"].as_str().unwrap().to_owned();
        eventually("the container is made", || bench.containers().len() == 1);
        let status = bench.run(&["status", "--no-watch", &id]);
        assert!(status.text().contains("created"), "{fault:?}: {status:?}");
        assert_eq!(bench.run(&["rm", &id]).code, Some(0));
        assert_eq!(bench.containers().len(), 0);
    }
}

#[test]
fn a_create_with_warnings() {
    let fault =
        Fault::Edited("\"Warnings\":[]".to_owned(), r#""Warnings":["no swap here", "and no quota"]"#.to_owned());
    let (bench, _, ended) = with_fault("POST", "/containers/create?name=task-api-1", fault, WATCH);
    assert_eq!((ended.code, ended.text()), (Some(3), "out\n"), "{ended:?}");
    for words in ["warning: the engine warns: no swap here\n", "warning: the engine warns: and no quota\n"] {
        assert!(ended.err.contains(words), "{ended:?}");
    }
    assert_eq!(left(&bench), (Some("exited".to_owned()), 1));
}

#[test]
fn a_start_that_is_refused_or_lost() {
    let (bench, _, ended) = with_fault("POST", "/start", boom(), WATCH);
    assert!(ended.code == Some(125) && ended.err.contains("could not be started: the disk is on fire\n"), "{ended:?}");
    assert_eq!(left(&bench), (Some("failed".to_owned()), 0));

    // The container runs, and nobody was told.
    let (bench, _, ended) = with_fault("POST", "/start", Fault::Cut(0), WATCH);
    assert_eq!(ended.code, Some(125), "{ended:?}");
    assert!(
        ended.err.contains("error: lost the engine while asking it to start the container: connection closed"),
        "{ended:?}"
    );
    assert_eq!(left(&bench), (Some("created".to_owned()), 1));
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    eventually("the run's end is known", || bench.run(&["status", &id]).code == Some(3));
    assert_eq!((left(&bench).0.as_deref(), bench.run(&["logs", &id]).text()), (Some("exited"), "out\n"));
}

/// The program ends, the container does not.
#[test]
fn an_answer_about_a_container_that_says_nothing() {
    let edited = |from: &str, to: &str| Fault::Edited(from.to_owned(), to.to_owned());
    for (fault, words) in [
        (edited("\"State\"", "\"Etats\""), "it does not say in which state the container is"),
        (edited("\"Status\":\"", "\"Status\":\"un"), "it does not have the expected form ("),
        (answer("200 OK", "text/html", PAGE), "it is no JSON, and begins with `<html>"),
        (boom(), "error: the engine refused to look at the container: the disk is on fire"),
        (Fault::Cut(20), "error: lost the engine while asking it to look at the container: connection closed"),
    ] {
        let (bench, _, ended) = with_fault("GET", "/containers/*/json", fault.clone(), WATCH);
        assert_eq!((ended.code, ended.err.contains(words)), (Some(125), true), "{fault:?}: {ended:?}");
        assert_eq!(left(&bench), (Some("running".to_owned()), 1), "{fault:?}");
        let id = bench.record()["id"].as_str().unwrap().to_owned();
        assert_eq!(bench.run(&["status", &id]).code, Some(3));
    }
}

/// Each is made up for by asking again, and the output is whole.
#[test]
fn output_that_breaks_off_once_or_twice() {
    let frame = |length: u32, bytes: &[u8]| [&[1, 0, 0, 0][..], &length.to_be_bytes(), bytes].concat();
    let time = b"2026-01-02T03:04:05.000000006Z ";
    for fault in [
        boom(),
        page(),
        says(""),
        says("HTTP/1.1 200 OK\r\nTransfer-En"),
        Fault::Cut(200),
        Fault::Says(stream(&frame(500, time))),
        Fault::Says(stream(&frame(500, time)[..5])),
        Fault::Says(stream(&frame(u32::MAX, time))),
        Fault::Says(stream(b"\x09\0\0\0\0\0\0\x02hi\n")),
        Fault::Says(stream(b"\x03\0\0\0\0\0\0\x05oops\n")),
        // As if there were no more. Said twice, also after the end, nobody could tell it from silence.
        Fault::Says(stream(b"")),
    ] {
        let mut bench = Bench::new();
        let engine = Scripted::for_bench(&mut bench);
        bench.script("seq 1 200; sleep 0.5; seq 201 300; exit 3");
        let times = if matches!(&fault, Fault::Says(bytes) if *bytes == stream(b"")) { 1 } else { 2 };
        engine.on_times(times, "GET", "/logs", fault.clone());
        let ended = bench.run(WATCH);
        let expected: String = (1..=300).map(|number| format!("{number}\n")).collect();
        assert_eq!((ended.code, ended.text()), (Some(3), expected.as_str()), "{fault:?}: {ended:?}");
        assert!(!ended.err.contains("warning"), "{fault:?}: {ended:?}");
    }
}

#[test]
fn output_that_never_comes() {
    for (fault, words) in [
        (boom(), "warning: some of the container's output may be missing: the disk is on fire\n"),
        (
            Fault::SaysAndHangs(stream(b"\x01\0\0\0\xff\xff\xff\xff2026")),
            "output may be missing: the engine stopped answering\n",
        ),
    ] {
        let (bench, _, ended) = with_fault("GET", "/logs", fault, WATCH);
        assert_eq!((ended.code, ended.text()), (Some(3), ""), "{ended:?}");
        assert!(ended.err.contains(words), "{ended:?}");
        assert_eq!(left(&bench), (Some("exited".to_owned()), 1));
        let id = bench.record()["id"].as_str().unwrap().to_owned();
        assert_eq!(bench.run(&["logs", &id]).text(), "out\n");
    }
}

#[test]
fn pieces_without_a_time_are_told_of() {
    let piece = stream(b"\x01\0\0\0\0\0\0\x04out\n");
    let (_, _, ended) = with_fault("GET", "/logs", Fault::Says([piece.as_slice(), b"0\r\n\r\n"].concat()), WATCH);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.err.contains("output may be missing: ") && ended.err.contains("without its time"), "{ended:?}");
}

/// What counts is how the container is.
#[test]
fn a_wait_that_tells_nothing() {
    for fault in [
        boom(),
        page(),
        says(""),
        says("HTTP/1.1 200 OK\r\n"),
        engine_json("200 OK", "[]"),
        engine_json("200 OK", r#"{"StatusCode":0}"#),
        engine_json("200 OK", r#"{"StatusCode":7,"Error":{"Message":"cannot wait"}}"#),
    ] {
        let (bench, _, ended) = with_fault("POST", "/wait", fault.clone(), WATCH);
        assert_eq!((ended.code, ended.text()), (Some(3), "out\n"), "{fault:?}: {ended:?}");
        assert_eq!(ended.err.lines().count(), 3, "{fault:?}: {ended:?}");
        assert_eq!(left(&bench), (Some("exited".to_owned()), 1));
    }
}

#[test]
fn statistics_that_end_early_or_are_none() {
    let half = r#"{"memory_stats":{"usage":4096,"max_us"#;
    for fault in [
        boom(),
        page(),
        engine_json("200 OK", "{}"),
        engine_json("200 OK", r#"{"memory_stats":{"usage":-1,"max_usage":1e300}}"#),
        Fault::Says(stream(half.as_bytes())),
        Fault::SaysAndHangs(stream(half.as_bytes())),
    ] {
        let mut bench = Bench::new();
        let engine = Scripted::elsewhere(&mut bench);
        bench.script("sleep 0.3; exit 3");
        engine.on("GET", "/stats", fault.clone());
        let ended = bench.run(WATCH);
        assert_eq!((ended.code, ended.err.lines().count()), (Some(3), 3), "{fault:?}: {ended:?}");
        assert_eq!(bench.record()["peakMemoryBytes"], Value::Null, "{fault:?}");
        assert_eq!(bench.record()["engine"]["address"], engine.address());
    }
}

#[test]
fn runs_that_have_ended_stay_what_they_were() {
    let mut bench = Bench::new();
    let engine = Scripted::for_bench(&mut bench);
    bench.script("exit 3");
    let id = bench.run_detached();
    assert_eq!(bench.run(&["status", &id]).code, Some(3));
    let before = bench.record();
    for (method, part, arguments, words) in [
        (
            "DELETE",
            "/containers/",
            &["rm", &id][..],
            "error: the engine refused to remove the container: the disk is on fire\n",
        ),
        ("GET", "/containers/json", &["ps"], "error: the engine refused to list containers: the disk is on fire\n"),
        (
            "GET",
            "/containers/*/json",
            &["status", &id],
            "error: the engine refused to look at the container: the disk is on fire\n",
        ),
        (
            "GET",
            "/containers/*/json",
            &["logs", &id],
            "error: the engine refused to look at the container: the disk is on fire\n",
        ),
    ] {
        engine.on(method, part, boom());
        let ended = bench.run(arguments);
        engine.mend();
        assert_eq!((ended.code, ended.text()), (Some(125), ""), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(words), "{arguments:?}: {ended:?}");
        assert_eq!((bench.record(), bench.containers().len()), (before.clone(), 1), "{arguments:?}");
    }
    // One container among many that cannot be read hides no other.
    engine.on(
        "GET",
        "/containers/json",
        Fault::Edited("\"State\":\"exited\"".to_owned(), "\"State\":\"stopped\"".to_owned()),
    );
    let listed = bench.run(&["ps"]);
    assert!(listed.code == Some(0) && listed.text().contains(&id), "{listed:?}");
    engine.mend();
    engine.on("GET", "/containers/json", answer("200 OK", "text/html", PAGE));
    let listed = bench.run(&["ps"]);
    assert!(listed.code == Some(125) && listed.err.contains("it is no JSON, and begins with"), "{listed:?}");
    engine.mend();

    bench.script("trap 'exit 9' TERM; while :; do sleep 0.05; done");
    fs::remove_file(&bench.records()[0]).unwrap();
    let id = bench.run_detached();
    engine.on("POST", "/kill", boom());
    let ended = bench.run(&["stop", &id]);
    assert!(
        ended.code == Some(125) && ended.err.contains("refused to send SIGTERM to the container: the disk is on fire"),
        "{ended:?}"
    );
    assert_eq!(bench.record()["state"], json!("running"));
    engine.mend();
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    assert_eq!(bench.run(&["status", &id]).code, Some(9));
}
