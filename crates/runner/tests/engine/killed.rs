//! `kill -9` at any moment of a start.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use task_api_runner::{LogOptions, RecordPlace, RunStore, State};

use crate::support::{Bench, Output, docker, on_engine};

const DIRECTORY: &str = "TASK_API_TEST_STARTS_IN";
const KILLS: u32 = 40;

/// The test starts itself as the process that is killed.
#[test]
fn no_run_is_lost() {
    match std::env::var_os(DIRECTORY) {
        Some(dir) => on_engine(|bench| start(bench, PathBuf::from(dir))),
        None => on_engine(kill_again_and_again),
    }
}

async fn start(bench: Bench, dir: PathBuf) {
    let mut request = bench.request(&["sh", "-c", "echo started; exec sleep 1000"]);
    request.record = RecordPlace::Directory(dir);
    bench.start_request(request).await;
}

fn child(dir: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "killed::no_run_is_lost"])
        .env(DIRECTORY, dir)
        .stdout(Stdio::null())
        .spawn()
        .expect("started")
}

async fn kill_again_and_again(bench: Bench) {
    let dir_of = |kill: u32| {
        let dir = bench.dir.path().join(kill.to_string());
        std::fs::create_dir(&dir).expect("created");
        dir
    };
    let began = Instant::now();
    assert!(child(&dir_of(KILLS)).wait().expect("ended").success());
    let whole = began.elapsed();
    for kill in 0..KILLS {
        let mut child = child(&dir_of(kill));
        std::thread::sleep(whole * kill / KILLS);
        child.kill().expect("killed");
        child.wait().expect("ended");
    }

    // What the engine was asked last, it has done once it answers to a container made after it.
    bench.run_command(&["true"]).await;
    let (mut without_record, mut without_container, mut created, mut running) = (0, 0, 0, 0);
    for kill in 0..=KILLS {
        let store = RunStore::new(bench.dir.path().join(kill.to_string()));
        let containers = containers_of(store.dir());
        let (runs, problems) = store.list().expect("a list");
        assert!(problems.is_empty(), "every record is whole: {problems:?}");
        assert!(runs.len() <= 1 && containers.len() <= 1);
        let Some(mut run) = runs.into_iter().next() else {
            assert!(containers.is_empty(), "kill {kill}: a container without a record");
            without_record += 1;
            continue;
        };
        bench.engine.reconcile(&mut run).await.expect("status");
        match (run.record.state, containers.len()) {
            (State::Failed, 0) => without_container += 1,
            (State::Created, 1) => created += 1,
            (State::Running, 1) => {
                running += 1;
                // The output may be a moment behind the start.
                let expected = "started\n";
                crate::support::eventually(expected, async || {
                    let mut output = Output::default();
                    let options = LogOptions::default();
                    bench.engine.logs(&run, &options, &mut output).await.expect("logs");
                    output.text().0 == expected
                })
                .await;
            }
            other => panic!("kill {kill}: {other:?}"),
        }
        bench.engine.stop(&mut run, Duration::ZERO).await.expect("stop");
        bench.remove(&mut run).await;
        assert!(containers_of(store.dir()).is_empty(), "kill {kill}");
    }
    println!(
        "of {KILLS} kills within {whole:?}: {without_record} before the record, {without_container} before the \
         container, {created} before the start, {running} after it (and one not killed)"
    );
    assert!(without_record > 0 && running > 1, "the kills covered the whole start");
}

fn containers_of(dir: &Path) -> Vec<String> {
    let format = "{{.Names}} {{.Label \"task-api.record\"}}";
    let listed = docker(&["ps", "-a", "--filter", "label=task-api.record", "--format", format]);
    let prefix = format!("{}/", dir.display());
    let ours = listed.lines().filter_map(|line| {
        let (name, record) = line.split_once(' ')?;
        record.starts_with(&prefix).then(|| name.to_owned())
    });
    ours.collect()
}
