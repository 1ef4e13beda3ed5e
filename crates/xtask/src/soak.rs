//! `cargo xtask soak`: a thousand runs at once and after each other, and `kill -9` at random
//! moments; then whether anything was lost or left over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Result, failure, make_directory, read, remove_directory, run, say, write};
use crate::setup::{self, BUSYBOX};
use crate::{engine, project};

const RUNS: usize = 1000;
const AT_ONCE: usize = 8;
const KILLS: usize = 200;
const EDITS: usize = 1_000_000;
/// A shell, an anonymous volume, and templates with and without channels.
pub(crate) const IMAGE: &str = "task-api-soak:1";
const PROGRAM: &str = "target/debug/task-api";
/// Descriptors that an engine opens for itself, now and then.
const ENGINES_OWN: usize = 16;

/// `soak`, or `soak SEED` to kill at the moments of an earlier soak; `soak editor [SEED]` is of the language server.
pub(crate) fn all(arguments: &[String]) -> Result<()> {
    if let Some(("editor", rest)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return editor(rest);
    }
    let seed = match arguments {
        [] => {
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64)
        }
        [seed] => seed.parse().map_err(|_| format!("`{seed}` is not a seed, which is a number"))?,
        [_, surplus, ..] => return failure(format!("unexpected argument `{surplus}`")),
    };
    let engine = engine::ensure()?;
    run("cargo").args(["build", "-p", "task-api-cli"]).done()?;
    build_image()?;
    let directory = project::target().join("soak");
    remove_directory(&directory)?;
    make_directory(&directory)?;
    let before = Surroundings::look(engine.pid())?;
    let many = many_runs(&directory.join("many"));
    let kills = random_kills(&directory.join("kills"), seed);
    let after = Surroundings::look(engine.pid())?;
    many?;
    kills?;
    after.holds_no_more_than(&before)
}

/// A random editing session against the language server, in the process of its tests.
fn editor(arguments: &[String]) -> Result<()> {
    let test = ["test", "--package", "task-api-lsp", "--lib"];
    let named = ["--", "--exact", "tests::sessions::a_session_at_random", "--nocapture"];
    let test = run("cargo").args(test).args(named).env("TASK_API_SOAK_EDITS", EDITS.to_string());
    match arguments {
        [] => test.done(),
        [seed] => {
            let number: u64 = seed.parse().map_err(|_| format!("`{seed}` is not a seed, which is a number"))?;
            test.env("TASK_API_SOAK_SEED", number.to_string()).done()
        }
        [_, surplus, ..] => failure(format!("unexpected argument `{surplus}`")),
    }
}

pub(crate) fn build_image() -> Result<()> {
    let busybox = setup::ensure_program(&BUSYBOX)?;
    let context = project::target().join("images/soak");
    make_directory(&context)?;
    crate::process::copy(&busybox, &context.join("busybox"))?;
    write(&context.join("processing-container.json"), container_file())?;
    // An anonymous volume for each container, which must go with it.
    write(
        &context.join("Dockerfile"),
        "FROM scratch\nCOPY busybox /bin/busybox\nCOPY processing-container.json /\nVOLUME /scratch\n",
    )?;
    run("docker").args(["build", "--quiet", "--tag", IMAGE]).arg(&context).env("DOCKER_BUILDKIT", "0").done()
}

/// The image's processing-container.json.
pub(crate) fn container_file() -> String {
    let channel = |name: &str| json!([{ "name": name, "mounted_path": format!("/{name}") }]);
    let template = |identifier: &str, inputs: Value, outputs: Value| json!({ "identifier": identifier, "description": "For soaking.", "inputs": inputs, "outputs": outputs, "env": [] });
    let templates = [template("t", json!([]), json!([])), template("channels", channel("in"), channel("out"))];
    json!({ "name": "soak", "description": "For soaking.", "templates": templates }).to_string()
}

fn write_task(directory: &Path, command: &[&str]) -> Result<()> {
    let task = json!({ "name": "soak", "image": IMAGE, "taskTemplate": "t", "inputs": [], "outputs": [], "env": [],
        "command": command });
    write(&directory.join("task.json"), task.to_string())
}

fn task_api(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(project::root().join(PROGRAM));
    command.args(arguments).current_dir(directory).stdin(Stdio::null());
    command
}

fn output(directory: &Path, arguments: &[&str]) -> Result<String> {
    let output = task_api(directory, arguments).output().map_err(|error| format!("{PROGRAM}: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return failure(format!("`task-api {}` ended with {}: {words}", arguments.join(" "), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn many_runs(directory: &Path) -> Result<()> {
    say(&format!("\n=== {RUNS} runs of `true`, {AT_ONCE} at a time"));
    write_task(directory, &["/bin/busybox", "true"])?;
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < RUNS {
                    let result = output(directory, &["run", "--watch", "task.json"]);
                    if let Err(error) = result {
                        failed.fetch_add(1, Ordering::Relaxed);
                        say(&error.to_string());
                    }
                }
            });
        }
    });
    let took = began.elapsed();
    let records = records(directory)?;
    let whole = records.iter().filter(|record| record["state"] == "exited" && record["exitCode"] == 0).count();
    let containers = containers(directory)?.len();
    let removed = output(directory, &["rm", "--all"])?.lines().count();
    let left = self::containers(directory)?.len();
    let temporary = temporary_files(directory)?;
    say(&format!(
        "{RUNS} runs in {:.0} s ({:.1} a second): {} failed; {} records, {whole} of them `exited` with 0; \
         {containers} containers, {removed} removed, {left} left; {temporary} temporary files",
        took.as_secs_f64(),
        RUNS as f64 / took.as_secs_f64(),
        failed.load(Ordering::Relaxed),
        records.len()
    ));
    let expected = (RUNS, RUNS, RUNS, RUNS, 0, 0);
    if (records.len(), whole, containers, removed, left, temporary) != expected || failed.into_inner() > 0 {
        return failure("runs were lost or left something over");
    }
    Ok(())
}

fn random_kills(directory: &Path, seed: u64) -> Result<()> {
    say(&format!("\n=== kill -9 at {KILLS} random moments; the seed is {seed}"));
    // A task-api that is killed leaves the container to itself, so it ends by itself.
    write_task(directory, &["/bin/busybox", "sh", "-c", "echo up; /bin/busybox sleep 0.1; exit 3"])?;
    let began = Instant::now();
    let code =
        task_api(directory, &["run", "--watch", "task.json"]).stderr(Stdio::null()).stdout(Stdio::null()).status();
    let whole = began.elapsed();
    if code.map_err(|error| format!("{PROGRAM}: {error}"))?.code() != Some(3) {
        return failure("the run to measure failed");
    }
    let mut random = Random(seed);
    for _ in 0..KILLS {
        let mut child = task_api(directory, &["run", "--watch", "task.json"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{PROGRAM}: {error}"))?;
        std::thread::sleep(random.below(whole));
        let _ = child.kill();
        let _ = child.wait();
    }
    // The engine has done what it was asked last once it answers to something asked after it.
    output(directory, &["ps"])?;
    let paths: BTreeSet<PathBuf> = record_paths(directory)?.into_iter().collect();
    let mut without_record = 0;
    for container in containers(directory)? {
        if !paths.contains(&container) {
            say(&format!("a container without its record {}", container.display()));
            without_record += 1;
        }
    }
    let mut ends = std::collections::BTreeMap::<String, usize>::new();
    let mut disagreements = 0;
    for path in &paths {
        let path = path.to_string_lossy();
        // Waits for those that still run.
        let status = task_api(directory, &["status", "--format", "json", &path]).output();
        let status = status.map_err(|error| format!("{PROGRAM}: {error}"))?;
        let record: Value = serde_json::from_slice(&status.stdout).unwrap_or_default();
        let container = record["containerId"].as_str().map(|id| {
            let format = "{{.State.Status}} {{.State.ExitCode}}";
            run("docker").args(["inspect", "--format", format, id]).quietly().output().unwrap_or_default()
        });
        let found = (record["state"].as_str().unwrap_or_default(), container.as_deref().map(str::trim));
        let agrees = match found {
            ("exited", Some("exited 3")) => record["exitCode"] == 3,
            ("created", Some("created 0")) => true,
            ("failed", None) => true,
            _ => false,
        };
        if !agrees {
            say(&format!("{path}: the record says {}, the engine says {container:?}", record["state"]));
            disagreements += 1;
        }
        *ends.entry(found.0.to_owned()).or_default() += 1;
    }
    output(directory, &["rm", "--all", "--force"])?;
    let left = containers(directory)?.len();
    let lookups = run("docker").args(["ps", "-aq", "--filter", &format!("ancestor={IMAGE}")]).quietly().output()?;
    let lookups: Vec<&str> = lookups.split_whitespace().collect();
    let temporary = temporary_files(directory)?;
    say(&format!(
        "{KILLS} kills within {:.0} ms: {} before the record; of the others {}; {disagreements} where record and engine \
         disagree, {without_record} containers without record, {left} left after `rm --all --force`; {temporary} \
         temporary files and {} look-ups that were killed themselves",
        whole.as_secs_f64() * 1e3,
        KILLS + 1 - paths.len().min(KILLS + 1),
        ends.iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>().join(", "),
        lookups.len(),
    ));
    // What a process was in the middle of when it was killed, it cannot clean up.
    if !lookups.is_empty() {
        run("docker").args(["rm", "--force", "--volumes"]).args(&lookups).quietly().output()?;
    }
    if disagreements + without_record + left > 0 {
        return failure("records and containers do not agree");
    }
    Ok(())
}

fn record_paths(directory: &Path) -> Result<Vec<PathBuf>> {
    let names = files(directory)?.into_iter().filter(|name| name.starts_with("task_run-"));
    Ok(names.map(|name| directory.join(name)).collect())
}

fn records(directory: &Path) -> Result<Vec<Value>> {
    let mut records = Vec::new();
    for path in record_paths(directory)? {
        let text = read(&path)?;
        records.push(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(records)
}

fn temporary_files(directory: &Path) -> Result<usize> {
    Ok(files(directory)?.iter().filter(|name| name.starts_with('.')).count())
}

fn files(directory: &Path) -> Result<Vec<String>> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", directory.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        names.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

/// Where the records of the containers are that were started in this directory.
fn containers(directory: &Path) -> Result<Vec<PathBuf>> {
    let format = "{{.Label \"task-api.record\"}}";
    let listed = run("docker").args(["ps", "-a", "--filter", "label=task-api.record", "--format", format]);
    let listed = listed.quietly().output()?;
    Ok(listed.lines().map(PathBuf::from).filter(|path| path.parent() == Some(directory)).collect())
}

/// What must not grow.
struct Surroundings {
    volumes: BTreeSet<String>,
    networks: BTreeSet<String>,
    /// Only of an engine that is ours to look at.
    descriptors: Option<usize>,
}

impl Surroundings {
    fn look(engine: Option<u32>) -> Result<Surroundings> {
        let names = |what: &str| -> Result<BTreeSet<String>> {
            let names = run("docker").args([what, "ls", "-q"]).quietly().output()?;
            Ok(names.lines().map(str::to_owned).collect())
        };
        let descriptors = engine.and_then(|pid| std::fs::read_dir(format!("/proc/{pid}/fd")).ok());
        Ok(Surroundings {
            volumes: names("volume")?,
            networks: names("network")?,
            descriptors: descriptors.map(Iterator::count),
        })
    }

    fn holds_no_more_than(&self, before: &Surroundings) -> Result<()> {
        let volumes = self.volumes.difference(&before.volumes).count();
        let networks = self.networks.difference(&before.networks).count();
        let descriptors = match (before.descriptors, self.descriptors) {
            (Some(before), Some(after)) => format!("{before} open files of the engine before, {after} after"),
            _ => "the engine's open files were not looked at (it was not started here)".to_owned(),
        };
        say(&format!("\n{volumes} volumes and {networks} networks left over; {descriptors}"));
        let leaked =
            self.descriptors.zip(before.descriptors).is_some_and(|(after, before)| after > before + ENGINES_OWN);
        if volumes + networks > 0 || leaked {
            return failure(
                "something was left over (on an engine that others use it may be theirs; DOCKER_HOST=unix:///tmp/soak.sock \
                 starts one for this alone)",
            );
        }
        Ok(())
    }
}

/// xorshift64*: the same moments for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, whole: Duration) -> Duration {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        whole.mul_f64(number as f64 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_number() {
        let error = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
            all(&arguments).unwrap_err().to_string()
        };
        assert_eq!(error(&["editor", "x"]), "`x` is not a seed, which is a number");
        assert_eq!(error(&["editor", "1", "2"]), "unexpected argument `2`");
        assert_eq!(error(&["editr"]), "`editr` is not a seed, which is a number");
    }

    #[test]
    fn the_same_seed_gives_the_same_moments_within_the_run() {
        let moments = |seed| {
            let mut random = Random(seed);
            (0..50).map(|_| random.below(Duration::from_secs(1))).collect::<Vec<_>>()
        };
        assert_eq!(moments(7), moments(7));
        assert_ne!(moments(7), moments(8));
        assert!(moments(0).iter().all(|moment| *moment < Duration::from_secs(1)));
        assert!(moments(0).iter().any(|moment| *moment > Duration::from_millis(800)));
        assert!(moments(0).iter().any(|moment| *moment < Duration::from_millis(200)));
    }
}
