//! How runs end, and how they are ended.

use std::time::{Duration, Instant};

use task_api_core::spec::{Direction, Gpus, ResourceSpec};
use task_api_runner::{Error, LogOptions, Outcome, Request, Run, Signal, State, Warning};

use crate::support::{Bench, Output, build_image, container_exists, docker, eventually, mount, on_engine, record_json};

const MIB: u64 = 1024 * 1024;

#[test]
fn exit_codes_are_the_containers() {
    on_engine(|bench| async move {
        for code in [0, 3, 255] {
            let (outcome, _, run) = bench.run_command(&["sh", "-c", &format!("exit {code}")]).await;
            assert_eq!(outcome, Outcome::Exited { code });
            let json = record_json(&run);
            assert_eq!(
                (&json["state"], &json["exitCode"], &json["oomKilled"]),
                (&"exited".into(), &code.into(), &false.into())
            );
            assert!(run.record.started_at.expect("a start") <= run.record.finished_at.expect("an end"));
            assert!(run.record.created_at <= run.record.started_at.expect("a start"));
        }
    });
}

#[test]
fn a_command_that_cannot_be_run_leaves_a_failed_record_and_no_container() {
    on_engine(|bench| async move {
        for (command, expected) in [("/bin/absent", 127), ("absent", 127), ("/etc/hostname", 126)] {
            let error = bench.refused(bench.request(&[command])).await;
            assert_eq!(i64::from(error.exit_code()), expected, "{error}");
            let Error::StartRefused { id, record, words, code } = error else { panic!("{error}") };
            assert_eq!(code, Some(expected));
            assert!(words.contains(command), "{words}");
            let mut run = task_api_runner::Run::load(&record).expect("a record");
            assert_eq!((run.record.state, run.record.exit_code), (State::Failed, Some(expected)));
            assert_eq!(run.record.error.as_deref(), Some(words.as_str()));
            assert!(!container_exists(&id.container_name()));
            bench.engine.reconcile(&mut run).await.expect("reconciled");
            assert_eq!(run.record.state, State::Failed);
            assert_eq!(i64::from(Outcome::of(&run.record).expect("an outcome").exit_code()), expected);
        }
    });
}

#[test]
fn out_of_memory_and_a_plain_kill_are_told_apart() {
    on_engine(|bench| async move {
        let limit = 24 * MIB;
        let gate = Gate::new(&bench);
        let mut request = gate.request(&bench, "exec tail /dev/zero");
        request.spec.resources = ResourceSpec { memory_limit: Some(limit), ..ResourceSpec::default() };
        let mut run = bench.start_request(request).await.run;
        gate.open_when_peak_is_above(&bench, &run, 0).await;
        let (outcome, _) = bench.follow(&mut run).await;
        assert_eq!(outcome, Outcome::OutOfMemory);
        assert_eq!(outcome.exit_code(), 137);
        assert_eq!((run.record.exit_code, run.record.oom_killed), (Some(137), true));
        assert_eq!(run.record.peak_memory_bytes, Some(limit));

        let mut request = bench.request(&["sh", "-c", "echo ready; exec sleep 1000"]);
        request.spec.resources = ResourceSpec { memory_limit: Some(limit), ..ResourceSpec::default() };
        let mut run = bench.start_request(request).await.run;
        docker(&["kill", "--signal", "KILL", &run.id().container_name()]);
        let (outcome, _) = bench.follow(&mut run).await;
        assert_eq!(outcome, Outcome::Killed { signal: 9 });
        assert_eq!(outcome.exit_code(), 137);
        assert_eq!((run.record.exit_code, run.record.oom_killed), (Some(137), false));
    });
}

#[test]
fn peak_memory_is_the_kernels_mark() {
    on_engine(|bench| async move {
        // The shell keeps 20 MB in a variable, lets go of them, and goes on until it may end.
        let gate = Gate::new(&bench);
        let mut request = gate.request(&bench, "exit 0");
        let held = "x=$(head -c 20000000 /dev/zero | tr '\\0' x); x=; echo held;";
        let command = request.spec.command.as_mut().expect("a command");
        command[2] = format!("{held} {}", command[2]);
        let mut run = bench.start_request(request).await.run;
        gate.open_when_peak_is_above(&bench, &run, 20_000_000).await;
        let (outcome, output) = bench.follow(&mut run).await;
        assert_eq!((outcome, output.text().0), (Outcome::Exited { code: 0 }, "held\n"));
        let peak = record_json(&run)["peakMemoryBytes"].as_u64().expect("a peak");
        assert!((20_000_000..200_000_000).contains(&peak), "{peak}");
    });
}

#[test]
fn a_container_that_ignores_sigterm_is_killed_after_the_grace_period() {
    on_engine(|bench| async move {
        let mut run = bench.start(&["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]).await;
        wait_for_output(&bench, &run, "ready\n").await;
        let began = Instant::now();
        let stopped = bench.engine.stop(&mut run, Duration::from_millis(500)).await.expect("stopped");
        assert!(stopped.was_killed && !stopped.had_ended);
        assert_eq!(stopped.outcome, Outcome::Killed { signal: 9 });
        assert!(began.elapsed() >= Duration::from_millis(500));
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert_eq!(record_json(&run)["state"], "exited");
        let again = bench.engine.stop(&mut run, Duration::ZERO).await.expect("stopped again");
        assert!(again.had_ended && !again.was_killed);
    });
}

#[test]
fn a_container_that_heeds_sigterm_ends_by_itself() {
    on_engine(|bench| async move {
        let script = "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
        let mut run = bench.start(&["sh", "-c", script]).await;
        wait_for_output(&bench, &run, "ready\n").await;
        let stopped = bench.engine.stop(&mut run, Duration::from_secs(20)).await.expect("stopped");
        assert!(!stopped.was_killed);
        assert_eq!(stopped.outcome, Outcome::Exited { code: 5 });
        assert_eq!(logs_of(&bench, &run).await, "ready\nbye\n");
    });
}

#[test]
fn a_run_is_signalled_while_it_is_followed() {
    on_engine(|bench| async move {
        let script = "trap 'echo bye; exit 6' TERM; echo ready; while :; do sleep 0.05; done";
        let mut run = bench.start(&["sh", "-c", script]).await;
        let id = run.id().clone();
        let shared = run.clone();
        let mut output = Output::default();
        let options = LogOptions::following();
        let followed = {
            let mut follow = std::pin::pin!(bench.engine.follow(&mut run, &options, &mut output));
            tokio::select! {
                followed = &mut follow => panic!("{followed:?}"),
                () = wait_for_output(&bench, &shared, "ready\n") => {}
            }
            assert!(bench.engine.signal(&id, Signal::Terminate).await.expect("signalled"));
            follow.await.expect("followed")
        };
        assert_eq!(followed.outcome, Outcome::Exited { code: 6 });
        assert_eq!(output.text().0, "ready\nbye\n");
        assert!(!bench.engine.signal(&id, Signal::Kill).await.expect("asked"), "nothing is left to signal");
    });
}

#[test]
fn a_tiny_memory_limit_is_raised_with_a_warning() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["true"]);
        request.spec.resources = ResourceSpec { memory_limit: Some(MIB), ..ResourceSpec::default() };
        let started = bench.start_request(request).await;
        let raised = Warning::MemoryRaised { what: "memory limit", from: MIB, to: 6 * MIB };
        assert!(started.warnings.contains(&raised), "{:?}", started.warnings);
        let inspected = docker(&["inspect", "-f", "{{.HostConfig.Memory}}", &started.run.id().container_name()]);
        assert_eq!(inspected, (6 * MIB).to_string());
    });
}

#[test]
fn what_was_asked_for_is_what_the_engine_got() {
    on_engine(|bench| async move {
        let mut request =
            bench.request(&["sh", "-c", "echo $GREETING; id -u; id -g; grep NoNewPrivs /proc/self/status"]);
        request.spec.user = Some("12345:12346".to_owned());
        request.spec.labels.insert("site".to_owned(), "here".to_owned());
        request.spec.env.push(task_api_core::spec::EnvVar {
            name: "GREETING".to_owned(),
            value: task_api_core::spec::EnvValue::Plain("hello = world".to_owned()),
        });
        request.spec.resources = ResourceSpec {
            memory_limit: Some(64 * MIB),
            memory_request: Some(32 * MIB),
            cpu_limit_nanos: Some(1_000_000_000),
            cpu_request_nanos: Some(250_000_000),
            gpus: None,
        };
        let (outcome, output, run) = bench.run(request).await;
        assert_eq!(outcome, Outcome::Exited { code: 0 });
        assert_eq!(output.text(), ("hello = world\n12345\n12346\nNoNewPrivs:\t1\n", ""));
        let format = "{{with .HostConfig}}{{.Memory}} {{.MemorySwap}} {{.MemoryReservation}} {{.NanoCpus}} {{.CpuShares}} {{.NetworkMode}}{{end}} \
            {{index .Config.Labels \"site\"}} {{index .Config.Labels \"task-api.run-id\"}} {{index .Config.Labels \"task-api.task\"}}";
        let expected = format!("67108864 67108864 33554432 1000000000 256 none here {} a-task", run.id());
        assert_eq!(docker(&["inspect", "-f", format, &run.id().container_name()]), expected);
    });
}

#[test]
fn gpus_that_the_engine_does_not_have_are_refused_in_its_words() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["true"]);
        request.spec.resources.gpus = Some(Gpus::Count(1));
        let error = bench.refused(request).await;
        assert!(error.to_string().contains("capabilities: [[gpu]]"), "{error}");
        assert_eq!(error.exit_code(), 125);
    });
}

#[test]
fn the_command_replaces_cmd_and_the_entrypoint_stays() {
    on_engine(|bench| async move {
        let image = build_image(
            "entrypoint",
            "COPY busybox /bin/echo\nENTRYPOINT [\"/bin/echo\", \"entry\"]\nCMD [\"cmd\"]\n",
            |dir| {
                std::fs::copy("/bin/busybox", dir.join("busybox")).expect("busybox");
            },
        );
        let mut request = bench.request(&["given"]);
        request.spec.image = image;
        let (_, output, _) = bench.run(request.clone()).await;
        assert_eq!(output.text().0, "entry given\n");
        request.spec.command = None;
        let (_, output, _) = bench.run(request.clone()).await;
        assert_eq!(output.text().0, "entry cmd\n");
        request.spec.entrypoint = Some(vec!["/bin/echo".to_owned()]);
        request.spec.command = Some(vec!["alone".to_owned()]);
        let (_, output, _) = bench.run(request).await;
        assert_eq!(output.text().0, "alone\n");
    });
}

async fn wait_for_output(bench: &Bench, run: &Run, expected: &str) {
    eventually(expected, async || logs_of(bench, run).await == expected).await;
}

async fn logs_of(bench: &Bench, run: &Run) -> String {
    let mut output = Output::default();
    bench.engine.logs(run, &LogOptions::default(), &mut output).await.expect("logs");
    output.text().0.to_owned()
}

/// Keeps a container from going on until the test has seen what it wants to see.
struct Gate {
    dir: std::path::PathBuf,
}

impl Gate {
    fn new(bench: &Bench) -> Gate {
        let dir = bench.dir.path().join("gate");
        std::fs::create_dir(&dir).expect("created");
        let made = std::process::Command::new("mkfifo").arg(dir.join("fifo")).status();
        assert!(made.expect("mkfifo").success());
        Gate { dir }
    }

    /// Runs `script` once the gate is open.
    fn request(&self, bench: &Bench, script: &str) -> Request {
        let mut request = bench.request(&["sh", "-c", &format!("read line < /gate/fifo; {script}")]);
        request.spec.mounts = vec![mount(&self.dir, "/gate", Direction::Input)];
        request
    }

    async fn open_when_peak_is_above(&self, bench: &Bench, run: &Run, bytes: u64) {
        let mut run = run.clone();
        eventually("the peak is measured", async || {
            bench.engine.reconcile(&mut run).await.expect("reconciled");
            run.record.peak_memory_bytes.is_some_and(|peak| peak > bytes)
        })
        .await;
        // The container may not have come to the gate yet, and opening it waits for that.
        let fifo = self.dir.join("fifo");
        std::thread::spawn(move || std::fs::write(fifo, "open\n"));
    }
}
