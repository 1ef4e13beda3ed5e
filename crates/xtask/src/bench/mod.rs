//! `cargo xtask bench`: measures, and writes target/bench/report.md and report.json.
//!
//! A row compares somebody (`who`) on a subject with ours, the first row of that subject. To add
//! one inside a native process, see examples/bench-native.rs; inside Node, in-node.mjs beside this
//! file; a whole command, [`hyperfine`]; any number, a [`Measurement`] in one of [`GROUPS`].

mod documents;
mod editor;
mod extension;
mod hyperfine;
mod in_process;
mod lsp_client;
mod many;
mod report;
mod runs;
mod walk;
mod web;
mod workflow;

use std::path::PathBuf;

use crate::process::{Result, failure, run as command, say, write};
use crate::{project, setup, wasm};
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
    Group { name: "workflow", summary: "a workflow of 1 000 tasks", run: |_| workflow::measure() },
    Group { name: "logs", summary: "the output of a run, on an engine", run: |_| runs::logs() },
    Group { name: "run", summary: "a run from start to end, on an engine", run: |_| runs::run() },
    Group { name: "walk", summary: "measuring a directory with 100 000 files", run: |_| walk::measure() },
    Group {
        name: "web",
        summary: "the builder page and the package in Chromium",
        run: |inputs| web::measure(&inputs.large, &inputs.small),
    },
    Group { name: "extension", summary: "the extension in VS Code", run: |_| extension::measure() },
    Group { name: "size", summary: "what a page loads, and the binary", run: |_| sizes() },
];

/// Files made for the purpose, the same on each run.
struct Inputs {
    /// A container file of 60 lines.
    small: PathBuf,
    /// One of 1 MB.
    large: PathBuf,
}

/// What is compared with, from npm.
const ANCHORS: &str = "crates/xtask/anchors";

/// What a page would load of others, as bundled and made small by esbuild.
fn anchor_sizes() -> Result<Vec<(&'static str, u64)>> {
    const OTHERS: [(&str, &str); 2] = [
        ("ajv with places", "export { Ajv2020 } from 'ajv/dist/2020.js'; export { parse } from 'json-source-map';"),
        (
            "vscode-json-languageservice",
            "export { getLanguageService } from 'vscode-json-languageservice'; \
             export { TextDocument } from 'vscode-languageserver-textdocument';",
        ),
    ];
    let modules = setup::npm_install(ANCHORS, "the benchmark compares with them")?;
    let mut sizes = Vec::new();
    for (who, script) in OTHERS {
        let entry = project::root().join(ANCHORS).join("node_modules/.entry-of-bench.mjs");
        let bundle = directory().join("anchor.js");
        write(&entry, script)?;
        let esbuild = command(modules.join(".bin/esbuild")).arg(&entry).args(["--bundle", "--minify", "--format=esm"]);
        esbuild
            .args(["--platform=browser", "--log-level=warning"])
            .arg(format!("--outfile={}", bundle.display()))
            .done()?;
        sizes.extend(wasm::sizes::of(&[bundle])?.into_iter().map(|size| (who, size.brotli)));
    }
    Ok(sizes)
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

/// Entries of the package, their modules, and what these are meant to stay within, in kB.
const OURS: [(&str, &str, Option<f64>); 4] = [
    ("task-api-wasm/validator", "task_api_validator", Some(100.0)),
    ("task-api-wasm/form", "task_api_form", None),
    ("task-api-wasm", "task_api_wasm", None),
    ("task-api-wasm/lsp", "task_api_lsp", Some(350.0)),
];

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
    let subject = "size in a page, brotli";
    let mut rows = Vec::new();
    for (who, module, target) in OURS {
        let files = [format!("{module}_bg.wasm"), format!("{module}.js")];
        let paths = files.map(|file| wasm::package_directory().join(file));
        let bytes = wasm::sizes::of(&paths)?.iter().map(|size| size.brotli).sum();
        rows.push(Measurement { target, ..row(subject, who, bytes) });
    }
    rows.extend(anchor_sizes()?.into_iter().map(|(who, bytes)| row(subject, who, bytes)));
    let binary = project::root().join(TASK_API);
    let metadata = std::fs::metadata(&binary).map_err(|error| format!("{TASK_API}: {error}"))?;
    rows.push(row("size of the binary", "task-api", metadata.len()));
    Ok(rows)
}
