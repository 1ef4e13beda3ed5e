//! `cargo xtask demo`: from a fresh clone to a validated, executed task. Each step is printed as the
//! command that a user could type at the repository's root.

use crate::image::EXAMPLE;
use crate::process::{Result, failure, read, remove_directory, remove_file, run as command, say, write};
use crate::{engine, image, project, wasm};

const TASK_API: &str = "target/release/task-api";

const TASKS: [&str; 3] = ["write-items", "count-items", "count-broken-items"];

/// Typing this by hand shows the npm package's answer.
const VALIDATE_IN_NODE: &str = "\
import { readFileSync } from 'node:fs';
import init, { validate } from './target/npm/task-api-wasm/index.node.js';
await init();
for (const file of process.argv.slice(2)) {
  const { valid, diagnostics } = validate(readFileSync(file, 'utf8'));
  console.log(`${file}: ${valid ? 'valid' : 'invalid'}, ${diagnostics.length} diagnostics`);
  for (const { range, severity, message, rule } of diagnostics) {
    console.log(`  ${range.start.line + 1}:${range.start.character + 1} ${severity}: ${message} [${rule}]`);
  }
}";

pub(crate) fn run() -> Result<()> {
    let files = Files::new();
    title("The tools, the binary, the npm package and the example image");
    let _engine = engine::ensure()?;
    command("cargo").args(["build", "--release"]).done()?;
    wasm::build()?;
    image::build_example()?;

    title("A valid processing-container.json, and the tasks for it");
    expect(0, &["validate", EXAMPLE])?;

    title("The same with two mistakes: a number for a name, and a misspelt field");
    write(&project::root().join(&files.broken), broken(&read(&project::root().join(&files.container))?)?)?;
    let diff = command("diff").args(["--unified=0", &files.container]).arg(&files.broken);
    diff.code()?;
    expect(1, &["validate", &files.broken])?;

    title("The same answer from the npm package, in Node");
    let script = project::target().join("demo/validate.mjs");
    write(&script, VALIDATE_IN_NODE.replace("./target/npm", "../npm"))?;
    command("node").arg(&script).arg(&files.container).arg(&files.broken).done()?;

    clear_earlier_demo(&files)?;
    title("Running a task: one item for each note");
    remove_directory(&project::root().join(EXAMPLE).join("output"))?;
    run_task(&files, "write-items", 0)?;
    show_files(&["find", "output/items", "-type", "f"])?;

    title("Running the next one on its output");
    run_task(&files, "count-items", 0)?;
    show_files(&["cat", "output/counts/summary/counts.csv"])?;

    title("What is left of that run: its logs, its state, its record");
    let record = files.record("count-items");
    expect(0, &["logs", &record])?;
    expect(0, &["status", "--no-watch", &record])?;
    command("cat").arg(&record).done()?;

    title("Bad data: the container fails, and so does the command, with the same exit code");
    run_task(&files, "count-broken-items", 2)?;

    title("Removing the containers of these runs");
    for task in TASKS {
        expect(0, &["rm", &files.record(task)])?;
    }
    say("\nThe demo is complete: everything above did what it should.");
    Ok(())
}

/// Paths as they are typed, relative to the root.
struct Files {
    container: String,
    broken: String,
}

impl Files {
    fn new() -> Files {
        Files {
            container: format!("{EXAMPLE}/processing-container.json"),
            broken: "target/demo/broken/processing-container.json".to_owned(),
        }
    }

    fn record(&self, task: &str) -> String {
        format!("target/demo/{task}.task_run.json")
    }
}

fn title(text: &str) {
    say(&format!("\n--- {text}"));
}

/// Runs task-api and holds it to its exit code.
fn expect(code: i32, arguments: &[&str]) -> Result<()> {
    match command(TASK_API).args(arguments).code()? {
        actual if actual == code => {
            say(&format!("(exit code {code})"));
            Ok(())
        }
        actual => failure(format!("exit code {actual}, where {code} was expected")),
    }
}

fn run_task(files: &Files, task: &str, code: i32) -> Result<()> {
    let file = format!("{EXAMPLE}/{task}.task.json");
    expect(code, &["run", &file, "--watch", "--output", &files.record(task)])
}

/// A run never overwrites another's record, so those of an earlier demo go, with the containers that
/// it left if it was interrupted.
fn clear_earlier_demo(files: &Files) -> Result<()> {
    for task in TASKS {
        let record = project::root().join(files.record(task));
        if record.exists() {
            // The container may be gone already.
            command(TASK_API).args(["rm", &files.record(task)]).quietly().succeeds();
            remove_file(&record)?;
        }
    }
    Ok(())
}

fn show_files(words: &[&str]) -> Result<()> {
    let directory = project::root().join(EXAMPLE);
    command(words[0]).args(&words[1..]).current_dir(&directory).done()
}

/// Fails rather than showing an unbroken file, should the example change.
fn broken(text: &str) -> Result<String> {
    let mistakes = [(r#""name": "count-items""#, r#""name": 5"#), (r#""mounted_path""#, r#""mount_path""#)];
    let mut text = text.to_owned();
    for (right, wrong) in mistakes {
        if !text.contains(right) {
            return failure(format!("the example has no {right} to break"));
        }
        text = text.replacen(right, wrong, 1);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_broken() {
        let text = read(&project::root().join(Files::new().container)).unwrap();
        let broken = broken(&text).unwrap();
        assert_eq!(text.lines().zip(broken.lines()).filter(|(a, b)| a != b).count(), 2);
    }
}
