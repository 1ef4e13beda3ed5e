//! `cargo xtask bench`: measures, and writes target/bench/report.md and report.json.
//!
//! A row compares somebody (`who`) on a subject with ours, the first row of that subject. To add
//! one inside a native process, see examples/bench-native.rs; inside Node, in-node.mjs beside this
//! file; a whole command, [`hyperfine`]; any number, a [`Measurement`] in one of [`GROUPS`].

mod documents;
mod editor;
mod hyperfine;
mod in_process;
mod lsp_client;
mod many;
mod report;
mod runs;
mod walk;
mod web;

use std::path::PathBuf;

use crate::process::{Result, failure, run as command, say, write};
use crate::{project, wasm};
use hyperfine::Program;
use report::{Better, Measurement};

const TASK_API: &str = "target/release/task-api";

struct Group {
    name: &'static str,
    summary: &'static str,
    run: fn(&Inputs) -> Result<Vec<Measurement>>,
}

const GROUPS: &[Group] = &[
    Group {
        name: "native",
        summary: "parsing and validating inside one native process",
        run: |inputs| in_process::native(&inputs.large),
    },
    Group {
        name: "node",
        summary: "parsing and validating in wasm, in Node",
        run: |inputs| in_process::node(&inputs.large, &inputs.small),
    },
    Group { name: "command", summary: "a whole command, from start to verdict", run: start_to_verdict },
    Group { name: "editor", summary: "a language server's answers to an editor", run: editor::measure },
    Group { name: "many", summary: "a directory with 10 000 files", run: |_| many::measure() },
    Group { name: "logs", summary: "the output of a run, on an engine", run: |_| runs::logs() },
    Group { name: "run", summary: "a run from start to end, on an engine", run: |_| runs::run() },
    Group { name: "walk", summary: "measuring a directory with 100 000 files", run: |_| walk::measure() },
    Group { name: "web", summary: "the builder page in Chromium", run: |_| web::measure() },
    Group { name: "size", summary: "what a page loads, and the binary", run: |_| sizes() },
];

/// Files made for the purpose, the same on each run.
struct Inputs {
    /// A container file of 60 lines.
    small: PathBuf,
    /// One of 1 MB.
    large: PathBuf,
}

fn directory() -> PathBuf {
    project::target().join("bench")
}

/// Runs the groups so named, or all.
pub(crate) fn run(names: &[String]) -> Result<()> {
    let known: Vec<&str> = GROUPS.iter().map(|group| group.name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return failure(format!("there is no benchmark `{name}`: {}", known.join(", ")));
    }
    let inputs = Inputs {
        small: directory().join("small/processing-container.json"),
        large: directory().join("large/processing-container.json"),
    };
    write(&inputs.small, documents::container_of_60_lines())?;
    write(&inputs.large, documents::container_of_a_megabyte())?;
    let mut measurements = Vec::new();
    for group in GROUPS {
        if names.is_empty() || names.iter().any(|name| name == group.name) {
            say(&format!("\n=== {}: {}", group.name, group.summary));
            measurements.extend((group.run)(&inputs)?);
        }
    }
    let machine = report::machine();
    let markdown = report::markdown(&measurements, &machine);
    write(&directory().join("report.md"), &markdown)?;
    write(&directory().join("report.json"), report::json(&measurements, &machine))?;
    say("");
    print!("{markdown}");
    for missed in measurements.iter().filter(|row| row.misses_target() == Some(true)) {
        let Measurement { subject, who, value, unit, target, .. } = missed;
        say(&format!(
            "target missed: {subject}: {who} {value:.3} {unit}, wanted {} {unit}",
            target.unwrap_or_default()
        ));
    }
    Ok(())
}

/// On a warm file cache. `true` is the floor: what any process costs.
fn start_to_verdict(inputs: &Inputs) -> Result<Vec<Measurement>> {
    command("cargo").args(["build", "--release"]).done()?;
    let small = project::shown(&inputs.small);
    let node = format!("node -e 'JSON.parse(fs.readFileSync(\"{small}\"))'");
    hyperfine::compare(
        "start to verdict, 60 lines",
        &[
            Program { who: "task-api validate", command: format!("{TASK_API} validate {small}") },
            Program { who: "true (any process)", command: "/bin/true".to_owned() },
            Program { who: "node, JSON.parse only", command: node },
        ],
    )
}

fn sizes() -> Result<Vec<Measurement>> {
    wasm::build()?;
    command("cargo").args(["build", "--release"]).done()?;
    let row = |subject: &str, who: &str, bytes: u64| Measurement {
        subject: subject.to_owned(),
        who: who.to_owned(),
        value: bytes as f64 / 1000.0,
        unit: "kB".to_owned(),
        better: Better::Lower,
        target: None,
    };
    let mut rows = Vec::new();
    for size in wasm::sizes::of_package()? {
        let subject = format!("size of {}", size.file);
        rows.push(row(&subject, "brotli", size.brotli));
        rows.push(row(&subject, "gzip", size.gzip));
        rows.push(row(&subject, "raw", size.raw));
    }
    let binary = project::root().join(TASK_API);
    let metadata = std::fs::metadata(&binary).map_err(|error| format!("{TASK_API}: {error}"))?;
    rows.push(row("size of the binary", "task-api", metadata.len()));
    Ok(rows)
}
