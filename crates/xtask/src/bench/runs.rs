//! Runs and their output on an engine, against the Docker command line.

use std::path::PathBuf;

use serde_json::json;

use super::hyperfine::{self, Program, Repeats};
use super::report::Measurement;
use super::{TASK_API, directory};
use crate::process::{Result, make_directory, remove_directory, run as command, write};
use crate::{engine, project, soak};

const LINES: &str = "1000000";

/// A million lines that are there already, as two clients of the same engine print them.
pub(super) fn logs() -> Result<Vec<Measurement>> {
    let _engine = engine::ensure()?;
    let place = prepare("logs", &["/bin/busybox", "seq", LINES], json!([]))?;
    let id = start(&place)?;
    let container = format!("task-api-{id}");
    command("docker").args(["wait", &container]).quietly().output()?;
    let record = project::shown(&place.join(format!("task_run-{id}.json")));
    let rows = hyperfine::compare_repeated(
        "logs of a million lines",
        &[
            Program { who: "task-api logs", command: format!("{TASK_API} logs {record}") },
            Program { who: "docker logs", command: format!("docker logs {container}") },
        ],
        Repeats { warm_up: 1, runs: 5 },
    );
    clean_up(&place)?;
    rows
}

/// `true` in a container, from nothing until the container is removed. Ours writes a record besides.
pub(super) fn run() -> Result<Vec<Measurement>> {
    let _engine = engine::ensure()?;
    let channel = |name: &str| json!([{ "name": name, "input": { "host_path": format!("./{name}") } }]);
    let channels = json!({ "taskTemplate": "channels", "inputs": channel("in"), "outputs": channel("out") });
    let place = prepare("run", &["/bin/busybox", "true"], channels)?;
    let mount = |name: &str| format!("--mount type=bind,source={},target=/{name}", place.join(name).display());
    let docker = format!(
        "docker run --rm --security-opt no-new-privileges --log-driver local --user 0:0 --memory 64m --memory-swap 64m \
         {},readonly {} {} /bin/busybox true",
        mount("in"),
        mount("out"),
        soak::IMAGE
    );
    // From elsewhere, the records would be in the way.
    let at_place = |words: String| format!("env -C {} {words}", project::shown(&place));
    let program = project::root().join(TASK_API);
    let program = program.display();
    // Where there is no directory, nothing is kept of images.
    let run = |cache: &str| at_place(format!("XDG_CACHE_HOME={cache} {program} run --rm --watch task.json"));
    let warm = place.join("cache").display().to_string();
    let rows = hyperfine::compare_repeated(
        "run `true` to its end",
        &[
            Program { who: "task-api run --rm --watch", command: run(&warm) },
            Program { who: "docker run --rm", command: docker },
            Program { who: "task-api, an image seen for the first time", command: run("/dev/null/none") },
        ],
        Repeats { warm_up: 2, runs: 20 },
    );
    clean_up(&place)?;
    rows
}

fn prepare(name: &str, task_command: &[&str], channels: serde_json::Value) -> Result<PathBuf> {
    command("cargo").args(["build", "--release", "-p", "task-api-cli"]).done()?;
    soak::build_image()?;
    let place = directory().join(name);
    remove_directory(&place)?;
    for channel in ["in", "out"] {
        make_directory(&place.join(channel))?;
    }
    let mut task = json!({ "name": "bench", "image": soak::IMAGE, "taskTemplate": "t", "inputs": [], "outputs": [],
        "env": [], "command": task_command, "resources": { "limits": { "memory": "64Mi" } } });
    if let (Some(task), serde_json::Value::Object(channels)) = (task.as_object_mut(), channels) {
        task.extend(channels);
    }
    write(&place.join("task.json"), task.to_string())?;
    write(&place.join("processing-container.json"), soak::container_file())?;
    Ok(place)
}

/// The run's id.
fn start(place: &std::path::Path) -> Result<String> {
    let program = project::root().join(TASK_API);
    let out = command(program).args(["run", "task.json"]).current_dir(place).output()?;
    let id = out.lines().next().and_then(|line| line.strip_prefix("run "));
    Ok(id.ok_or_else(|| format!("unexpected output: {out}"))?.to_owned())
}

fn clean_up(place: &std::path::Path) -> Result<()> {
    let program = project::root().join(TASK_API);
    command(program).args(["rm", "--all", "--force", "--record"]).current_dir(place).quietly().output()?;
    Ok(())
}
