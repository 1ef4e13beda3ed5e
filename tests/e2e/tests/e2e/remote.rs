//! Engines that are reached by TLS and by ssh, and what is said where they cannot be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;

use crate::own_engine::OwnEngine;
use crate::support::{Bench, Ended, Running, eventually};

const ADDRESS: &str = "tcp://127.0.0.1:2376";
const COUNTS: &str = "trap 'echo end $i; exit 5' TERM; i=0; while :; do echo line $((i+=1)); sleep 0.02; done";

#[track_caller]
fn openssl(directory: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(directory).output().expect("openssl");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a certificate of it for the engine and one for a client; each directory as Docker has them.
fn certificates(place: &Path) -> PathBuf {
    for name in ["authority", "server", "client"] {
        fs::create_dir_all(place.join(name)).unwrap();
    }
    openssl(
        place,
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=authority",
            "-keyout",
            "authority/key.pem",
            "-out",
            "authority/ca.pem",
        ],
    );
    for (name, extensions) in [
        ("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"),
        ("client", "extendedKeyUsage=clientAuth\n"),
    ] {
        let of = |file: &str| format!("{name}/{file}");
        fs::write(place.join(of("extensions")), extensions).unwrap();
        openssl(
            place,
            &[
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=one",
                "-keyout",
                &of("key.pem"),
                "-out",
                &of("request"),
            ],
        );
        openssl(
            place,
            &[
                "x509",
                "-req",
                "-in",
                &of("request"),
                "-CA",
                "authority/ca.pem",
                "-CAkey",
                "authority/key.pem",
                "-CAcreateserial",
                "-extfile",
                &of("extensions"),
                "-out",
                &of("cert.pem"),
            ],
        );
        fs::copy(place.join("authority/ca.pem"), place.join(of("ca.pem"))).unwrap();
    }
    place.to_owned()
}

/// Runs the program in the engine's network.
#[track_caller]
fn run(bench: &Bench, engine: &OwnEngine, arguments: &[&str]) -> Ended {
    let original = bench.command(arguments);
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/proc/{}/ns/net", engine.pid())).arg(original.get_program());
    command.args(original.get_args()).current_dir(bench.path(""));
    command.env_clear().envs(original.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Running::of(command).wait()
}

#[track_caller]
fn is_refused(ended: &Ended, words: &str) {
    assert_eq!((ended.code, ended.text()), (Some(125), ""), "{ended:?}");
    assert!(ended.err.contains(words), "{words}\n{ended:?}");
}

#[test]
fn an_engine_behind_tls() {
    let mut bench = Bench::new();
    let ours = certificates(&bench.path("ours"));
    let theirs = certificates(&bench.path("theirs"));
    let file = |name: &str| ours.join("server").join(name).display().to_string();
    let options = [
        "--host",
        ADDRESS,
        "--tlsverify",
        "--tlscacert",
        &file("ca.pem"),
        "--tlscert",
        &file("cert.pem"),
        "--tlskey",
        &file("key.pem"),
    ];
    let engine = OwnEngine::for_bench(&mut bench, &options);
    let up = Command::new("nsenter")
        .args([&format!("--net=/proc/{}/ns/net", engine.pid()), "ip", "link", "set", "lo", "up"])
        .status()
        .unwrap();
    assert!(up.success());
    bench.script("echo out; echo err >&2; exit 3");
    let watch = ["run", "--watch", "--network", "none", "task.json"];
    let with = |bench: &mut Bench, address: &str, verify: &str, tls: &str, directory: &Path| {
        bench.env("DOCKER_HOST", address);
        bench.env("DOCKER_TLS_VERIFY", verify);
        bench.env("DOCKER_TLS", tls);
        bench.env("DOCKER_CERT_PATH", directory.to_str().unwrap());
    };

    // As Docker is told, with and without the engine's port, and without asking who the engine is.
    for (address, verify, tls) in [
        (ADDRESS, "1", ""),
        ("tcp://127.0.0.1", "1", ""),
        ("https://127.0.0.1:2376", "", ""),
        ("tcp://localhost:2376", "", "1"),
    ] {
        with(&mut bench, address, verify, tls, &ours.join("client"));
        let ended = run(&bench, &engine, &watch);
        assert_eq!((ended.code, ended.text()), (Some(3), "out\n"), "{address}: {ended:?}");
        assert!(ended.err.contains("\nerr\n") && !ended.err.contains("task-api: "), "{ended:?}");
        let record = bench.record();
        assert_eq!(record["engine"]["address"], address);
        fs::remove_file(&bench.records()[0]).unwrap();
    }
    // The look into an image connects from a thread of its own.
    assert_eq!(run(&bench, &engine, &["processing-container", bench.image()]).json()["name"], "e2e");

    with(&mut bench, ADDRESS, "1", "", &theirs.join("client"));
    let words = format!(
        "the engine's certificate is not signed by the authority in {}",
        theirs.join("client/ca.pem").display()
    );
    is_refused(&run(&bench, &engine, &watch), &words);
    with(&mut bench, ADDRESS, "", "1", &theirs.join("client"));
    let words = format!("the engine does not accept the certificate in {}", theirs.join("client/cert.pem").display());
    is_refused(&run(&bench, &engine, &watch), &words);
    with(&mut bench, ADDRESS, "1", "", &ours.join("authority"));
    fs::remove_file(ours.join("authority/key.pem")).unwrap();
    let words =
        format!("the engine wants a certificate, and there is no {}", ours.join("authority/cert.pem").display());
    is_refused(&run(&bench, &engine, &watch), &words);
    with(&mut bench, "tcp://localhost:2376", "1", "", &ours.join("client"));
    is_refused(&run(&bench, &engine, &watch), "the engine's certificate is not for `localhost`");
    with(&mut bench, ADDRESS, "1", "", &ours.join("nowhere"));
    is_refused(
        &run(&bench, &engine, &watch),
        "nowhere/ca.pem cannot be read: No such file or directory (os error 2); DOCKER_CERT_PATH",
    );
    with(&mut bench, ADDRESS, "", "", &ours.join("client"));
    is_refused(
        &run(&bench, &engine, &watch),
        "(set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory of the certificates)",
    );
    with(&mut bench, "tcp://127.0.0.1:1", "1", "", &ours.join("client"));
    is_refused(&run(&bench, &engine, &watch), "Connection refused");
    assert_eq!(bench.records().len(), 0);

    // A context with its certificates.
    with(&mut bench, "", "", "", Path::new(""));
    let contexts = bench.path(".docker/contexts");
    fs::create_dir_all(contexts.join("meta/0123")).unwrap();
    fs::create_dir_all(contexts.join("tls/0123")).unwrap();
    let meta = json!({ "Name": "far", "Endpoints": { "docker": { "Host": ADDRESS } } });
    fs::write(contexts.join("meta/0123/meta.json"), meta.to_string()).unwrap();
    fs::rename(ours.join("client"), contexts.join("tls/0123/docker")).unwrap();
    bench.env("DOCKER_CONTEXT", "far");
    let ended = run(&bench, &engine, &watch);
    assert_eq!((ended.code, ended.text()), (Some(3), "out\n"), "{ended:?}");
}

#[test]
fn what_does_not_speak_tls() {
    let mut bench = Bench::new();
    let ours = certificates(&bench.path("ours"));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let _ = std::io::Write::write_all(&mut client.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    bench.env("DOCKER_HOST", &address);
    bench.env("DOCKER_TLS_VERIFY", "1");
    bench.env("DOCKER_CERT_PATH", ours.join("client").to_str().unwrap());
    is_refused(&bench.run(&["ps"]), "what answers there does not speak TLS");
}

/// Puts a program `ssh` first in PATH, which is connected with the machine that the tests are on.
fn ssh(bench: &mut Bench, script: &str) {
    let directory = bench.path("bin");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("ssh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    bench.env("PATH", &format!("{}:/usr/local/bin:/usr/bin:/bin", directory.display()));
    bench.env("DOCKER_HOST", "ssh://me@far.example.com:2222");
}

/// As `ssh`: what follows the machine's name is run there.
fn connecting(bench: &Bench) -> String {
    let (log, pids) = (bench.path("ssh.log"), bench.path("ssh.pids"));
    format!(
        "echo \"$*\" >> {}; echo $$ >> {}; while [ \"$1\" != -- ]; do shift; done; shift 2; unset DOCKER_HOST; exec \"$@\"",
        log.display(),
        pids.display()
    )
}

#[test]
fn an_engine_behind_ssh() {
    let mut bench = Bench::new();
    let script = connecting(&bench);
    ssh(&mut bench, &script);
    bench.script("echo out; echo err >&2; sleep 0.5; exit 3");
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(3), "out\n"), "{ended:?}");
    assert!(ended.err.contains("\nerr\n") && !ended.err.contains("task-api: "), "{ended:?}");
    assert_eq!(bench.record()["engine"]["address"], "ssh://me@far.example.com:2222");
    let log = fs::read_to_string(bench.path("ssh.log")).unwrap();
    let call = "-o ConnectTimeout=30 -o BatchMode=yes -T -l me -p 2222 -- far.example.com docker system dial-stdio";
    assert!(log.lines().all(|line| line == call), "{log}");
    // A dozen requests; each new connection is a login.
    assert!(log.lines().count() <= 6, "{log}");
    assert_eq!(bench.run(&["processing-container", bench.image()]).json()["name"], "e2e");
    let pids = fs::read_to_string(bench.path("ssh.pids")).unwrap();
    eventually("no connection is left", || pids.lines().all(|pid| !Path::new("/proc").join(pid).join("exe").exists()));
}

#[test]
fn an_interrupt_from_the_keyboard_reaches_the_container_through_ssh() {
    let mut bench = Bench::new();
    // The real `ssh` ends of it, which `docker` does not.
    let told = bench.path("interrupted");
    let ending = format!("trap \"kill -9 $!; echo > {}; exit 255\" INT; wait $!; exit $?", told.display());
    let script = connecting(&bench).replace("exec \"$@\"", &format!("exec 3<&0; \"$@\" <&3 & {ending}"));
    ssh(&mut bench, &script);
    bench.script(COUNTS);
    let mut command = bench.command(&["run", "--watch", "task.json"]);
    command.process_group(0);
    let running = Running::of(command);
    eventually("output", || running.out().lines().count() > 5);
    // What a terminal sends is for the whole group.
    kill_process_group(Pid::from_raw(running.id()).unwrap(), Signal::INT).unwrap();
    let ended = running.wait();
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(!ended.err.contains("does not answer") && !told.exists(), "{ended:?}");
}

#[test]
fn a_connection_by_ssh_that_breaks_is_made_anew() {
    let mut bench = Bench::new();
    let script = connecting(&bench);
    ssh(&mut bench, &script);
    bench.script(COUNTS);
    let running = bench.start(&["run", "--watch", "task.json"]);
    eventually("output", || running.out().lines().count() > 5);
    for pid in fs::read_to_string(bench.path("ssh.pids")).unwrap().lines() {
        let _ = Command::new("kill").args(["-9", pid]).output();
    }
    let before = running.out().lines().count();
    eventually("output goes on", || running.out().lines().count() > before + 5);
    let id = bench.record()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.run(&["stop", &id]).code, Some(0));
    let ended = running.wait();
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let lines: Vec<&str> = ended.text().lines().collect();
    let (end, lines) = lines.split_last().unwrap();
    assert_eq!(*end, format!("end {}", lines.len()));
    assert!(lines.iter().enumerate().all(|(index, line)| *line == format!("line {}", index + 1)), "{ended:?}");
}

#[test]
fn ssh_that_does_not_connect() {
    let mut bench = Bench::new();
    bench.script("true");
    for (script, words) in [
        (
            "echo 'Welcome' >&2; echo 'me@far.example.com: Permission denied (publickey).' >&2; exit 255",
            "`ssh` ended with exit code 255: Welcome; me@far.example.com: Permission denied (publickey).; log in with a key",
        ),
        (
            "echo 'Host key verification failed.' >&2; exit 255",
            "Host key verification failed.; connect once with `ssh`",
        ),
        (
            "echo 'sh: docker: not found' >&2; exit 127",
            "sh: docker: not found; the other machine needs the program `docker`",
        ),
        ("cat > /dev/null & exec 1>&-; wait; exit 4", "`ssh` ended with exit code 4: it says nothing"),
        ("kill -9 $$", "`ssh` was ended by a signal: it says nothing"),
        ("unset DOCKER_HOST; exec docker --host unix:///nowhere.sock system dial-stdio", "/nowhere.sock"),
    ] {
        ssh(&mut bench, script);
        for arguments in [&["run", "task.json"][..], &["ps"]] {
            let ended = bench.run(arguments);
            is_refused(&ended, words);
            assert!(ended.err.contains("\n  ssh://me@far.example.com:2222 (DOCKER_HOST): `ssh` "), "{ended:?}");
        }
    }
    bench.env("PATH", bench.path("empty").to_str().unwrap());
    is_refused(&bench.run(&["ps"]), "there is no program `ssh` in PATH; install an OpenSSH client");
    bench.env("DOCKER_HOST", "ssh://me:word@far");
    is_refused(&bench.run(&["ps"]), "an ssh:// address must not have a password in it; use a key");
    assert_eq!(bench.records().len(), 0);
}
