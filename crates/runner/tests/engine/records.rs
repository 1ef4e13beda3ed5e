//! Records: what is in them, and that they are right whatever happened to the process that wrote
//! them.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use task_api_core::{
    secret::Secret,
    spec::{EnvValue, EnvVar},
};
use task_api_runner::{Engine, Error, Outcome, RecordPlace, Removal, Run, RunStore, State, Surroundings};

use crate::{
    proxy::Proxy,
    support::{container_exists, docker, on_engine, record_json},
};

#[test]
fn a_record_is_private_and_holds_no_secret() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["sh", "-c", "test \"$TOKEN\" = hunter2-very-secret"]);
        let secret = EnvValue::Secret(Secret::new("hunter2-very-secret"));
        request.spec.env.push(EnvVar { name: "TOKEN".to_owned(), value: secret });
        request.spec.command = Some(["sh", "-c", "test ${#TOKEN} = 19"].map(str::to_owned).to_vec());
        let (outcome, _, run) = bench.run(request).await;
        assert_eq!(outcome, Outcome::Exited { code: 0 }, "the container sees the secret");
        let text = fs::read_to_string(run.path()).expect("the record");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("[redacted]"), "{text}");
        let mode = fs::metadata(run.path()).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        let json = record_json(&run);
        assert_eq!(json["version"], 1);
        assert_eq!(json["mode"], "docker");
        assert_eq!(json["containerId"].as_str().expect("an id").len(), 64);
        assert!(json["image"]["digest"].as_str().expect("a digest").starts_with("sha256:"));
        assert_eq!(json["engine"]["address"], "unix:///var/run/docker.sock");
        assert!(json["engine"]["id"].as_str().is_some_and(|id| !id.is_empty()));
        assert!(json["createdAt"].as_str().expect("a time").ends_with('Z'));
    });
}

#[test]
fn a_refused_secret_is_not_repeated() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["true"]);
        let secret = EnvValue::Secret(Secret::new("hunter2-very-secret"));
        request.spec.env.push(EnvVar { name: String::new(), value: secret });
        let error = bench.refused(request).await;
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(error.to_string().contains("[redacted]"), "the engine repeats the variable: {error}");
        let (runs, _) = bench.store.list().expect("a list");
        assert!(!fs::read_to_string(runs[0].path()).expect("the record").contains("hunter2"));
    });
}

#[test]
fn the_record_is_on_disk_before_the_container_is_asked_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let dir = tempfile::tempdir().expect("a directory");
    let proxy = runtime.block_on(Proxy::listen(dir.path().join("seen.sock"), None));
    on_engine(|bench| async move {
        let surroundings = Surroundings { docker_host: Some(proxy.address()), ..Surroundings::default() };
        let engine = Engine::connect(&surroundings).await.expect("connected through the proxy");
        let mut start = Box::pin(engine.start(bench.request(&["sh", "-c", "exit 7"])));
        // As if killed: the future is dropped the moment the creation has been asked for.
        tokio::select! {
            biased;
            () = crate::support::eventually("the creation is asked for", async || {
                proxy.requests().iter().any(|request| request.starts_with("POST /containers/create"))
            }) => {}
            started = &mut start => panic!("too late to interrupt: {started:?}"),
        }
        drop(start);
        let (mut runs, _) = bench.store.list().expect("a list");
        assert_eq!((runs.len(), runs[0].record.state), (1, State::Created));
        let name = runs[0].id().container_name();
        let requests = proxy.requests().join("\n");
        assert!(requests.contains(&format!("POST /containers/create?name={name}")), "{requests}");
        let run = &mut runs[0];
        let path = run.path().to_owned();
        crate::support::eventually("the engine finishes what it was asked", async || {
            *run = Run::load(&path).expect("the record");
            bench.engine.reconcile(run).await.expect("reconciled");
            run.record.state == State::Created
        })
        .await;
        assert!(run.record.container_id.is_some(), "it was found by its name");
        let stopped = bench.engine.stop(run, Duration::ZERO).await.expect("stopped");
        assert!(stopped.had_ended);
        assert_eq!(run.record.state, State::Failed);
        assert!(!container_exists(&name));
    });
}

#[test]
fn a_record_that_lags_behind_is_put_right() {
    on_engine(|bench| async move {
        let run = bench.start(&["sh", "-c", "echo out; exec sleep 1000"]).await;
        // What a process leaves that is killed right before the container's creation returns.
        let mut lagging = record_json(&run);
        lagging["state"] = "created".into();
        for key in ["containerId", "startedAt"] {
            lagging[key] = serde_json::Value::Null;
        }
        let write = |json: &serde_json::Value| fs::write(run.path(), json.to_string()).expect("written");

        write(&lagging);
        let mut found = bench.store.find(run.id().as_str()).expect("found");
        bench.engine.reconcile(&mut found).await.expect("reconciled");
        assert_eq!((found.record.state, &found.record.container_id), (State::Running, &run.record.container_id));
        assert_eq!(record_json(&run)["state"], "running");
        assert_eq!(found.record.started_at, run.record.started_at);

        write(&lagging);
        let mut found = bench.store.find(run.id().as_str()).expect("found");
        let stopped = bench.engine.stop(&mut found, Duration::ZERO).await.expect("stopped");
        assert!(!stopped.had_ended);
        assert_eq!(stopped.outcome, Outcome::Killed { signal: 9 });

        write(&lagging);
        let mut found = bench.store.find(run.id().as_str()).expect("found");
        bench.engine.reconcile(&mut found).await.expect("reconciled");
        assert_eq!((found.record.state, found.record.exit_code), (State::Exited, Some(137)));

        docker(&["rm", &run.id().container_name()]);
        bench.engine.reconcile(&mut found).await.expect("reconciled");
        assert_eq!((found.record.state, found.record.exit_code), (State::Removed, Some(137)));
        assert_eq!(Outcome::of(&found.record), Some(Outcome::Killed { signal: 9 }));

        write(&lagging);
        let mut found = bench.store.find(run.id().as_str()).expect("found");
        bench.engine.reconcile(&mut found).await.expect("reconciled");
        assert_eq!(found.record.state, State::Failed);
        assert_eq!(found.record.error.as_deref(), Some("task-api ended before it created the container"));
        assert_eq!(record_json(&run)["state"], "created", "its process may still be about to create it");
    });
}

#[test]
fn a_container_of_somebody_else_is_not_ours() {
    on_engine(|bench| async move {
        let run = bench.start(&["true"]).await;
        let other = bench.start(&["sleep", "1000"]).await;
        let mut json = record_json(&run);
        json["containerId"] = other.record.container_id.clone().into();
        fs::write(run.path(), json.to_string()).expect("written");
        let mut found = bench.store.find(run.id().as_str()).expect("found");
        bench.engine.reconcile(&mut found).await.expect("reconciled");
        assert_eq!(found.record.state, State::Removed);
        bench.engine.remove(&mut found, Removal { force: true, delete_record: false }).await.expect("removed");
        assert!(container_exists(&other.id().container_name()));
    });
}

#[test]
fn removing_keeps_how_the_run_ended() {
    on_engine(|bench| async move {
        let mut run = bench.start(&["sleep", "1000"]).await;
        let error = bench.engine.remove(&mut run, Removal::default()).await.expect_err("it runs");
        assert!(matches!(error, Error::StillRunning { .. }), "{error}");
        assert!(container_exists(&run.id().container_name()));
        bench.engine.remove(&mut run, Removal { force: true, delete_record: false }).await.expect("removed");
        assert!(!container_exists(&run.id().container_name()));
        let json = record_json(&run);
        assert_eq!((&json["state"], &json["exitCode"]), (&"removed".into(), &137.into()));
        bench.engine.remove(&mut run, Removal { force: false, delete_record: true }).await.expect("removed again");
        assert!(!run.path().exists());
    });
}

#[test]
fn a_run_removed_by_somebody_else_still_ends() {
    on_engine(|bench| async move {
        let mut run = bench.start(&["sleep", "1000"]).await;
        docker(&["rm", "-f", &run.id().container_name()]);
        let error =
            bench.engine.follow(&mut run.clone(), &Default::default(), &mut crate::support::Output::default()).await;
        assert!(matches!(error, Err(Error::ContainerGone { .. })), "{error:?}");
        let waited = bench.engine.wait(&mut run).await.expect("waited");
        assert_eq!((waited.outcome, run.record.state), (Outcome::Unknown, State::Removed));
    });
}

#[test]
fn runs_are_found_by_prefix_and_from_elsewhere() {
    on_engine(|bench| async move {
        let first = bench.start(&["true"]).await;
        let second = bench.start(&["true"]).await;
        assert!(first.id() < second.id(), "ids sort by time");
        let shared: String = first
            .id()
            .as_str()
            .chars()
            .zip(second.id().as_str().chars())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a)
            .collect();
        let unique = &second.id().as_str()[..=shared.len()];
        for error in [bench.store.find(&shared), bench.engine.find(&bench.store, &shared).await] {
            let error = error.expect_err("ambiguous");
            for run in [&first, &second] {
                assert!(error.to_string().contains(run.id().as_str()), "{error}");
            }
        }
        assert_eq!(bench.store.find(unique).expect("found").id(), second.id());
        let elsewhere = RunStore::new(tempfile::tempdir().expect("a directory").keep());
        assert!(matches!(elsewhere.find(unique), Err(Error::RunNotFound { .. })));
        let found = bench
            .engine
            // Other tests have containers as well, so not the shortest prefix.
            .find(&elsewhere, &second.id().as_str()[..12])
            .await
            .expect("found by its container");
        assert_eq!((found.id(), found.path()), (second.id(), second.path()));
        fs::remove_dir(elsewhere.dir()).expect("empty");
    });
}

#[test]
fn the_list_joins_records_and_containers() {
    on_engine(|bench| async move {
        let running = bench.start(&["sleep", "1000"]).await;
        let (_, _, mut removed) = bench.run_command(&["true"]).await;
        bench.remove(&mut removed).await;
        let lost = bench.start(&["sleep", "1000"]).await;
        fs::remove_file(lost.path()).expect("removed");
        fs::write(bench.dir.path().join("task_run-broken.json"), "{").expect("written");
        let listing = bench.engine.list(&bench.store).await.expect("a list");
        let state = |run: &Run| {
            let listed = listing.runs.iter().find(|listed| &listed.id == run.id()).expect("listed");
            assert_eq!(listed.task.as_deref(), Some("a-task"));
            (listed.run.as_ref().map(|run| run.record.state), listed.container_status.is_some())
        };
        assert_eq!(state(&running), (Some(State::Running), true));
        assert_eq!(state(&removed), (Some(State::Removed), false));
        assert_eq!(state(&lost), (None, true));
        assert_eq!(listing.problems.len(), 1);
        assert!(listing.problems[0].to_string().contains("task_run-broken.json"));
    });
}

#[test]
fn a_named_record_is_never_overwritten() {
    on_engine(|bench| async move {
        let path = bench.dir.path().join("my record.json");
        let mut request = bench.request(&["true"]);
        request.record = RecordPlace::File(path.clone());
        let started = bench.start_request(request.clone()).await;
        assert_eq!(started.run.path(), path);
        let before = fs::read(&path).expect("the record");
        let error = bench.refused(request).await;
        assert!(matches!(error, Error::RecordExists { .. }), "{error}");
        assert_eq!(error.exit_code(), 2);
        assert_eq!(fs::read(&path).expect("the record"), before);
        let query = path.to_str().expect("UTF-8");
        assert_eq!(bench.engine.find(&bench.store, query).await.expect("found").id(), started.run.id());
    });
}

#[test]
fn a_record_that_cannot_be_written_means_no_container() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["true"]);
        request.record = RecordPlace::Directory(bench.dir.path().join("absent"));
        request.task = format!("unwritten-{}", std::process::id());
        let label = format!("label=task-api.task={}", request.task);
        let error = bench.refused(request).await;
        assert!(matches!(error, Error::RecordIo { .. }), "{error}");
        assert_eq!(docker(&["ps", "-aq", "--filter", &label]), "");
    });
}
