//! A directory with thousands of tasks, checked as a whole, against what people check it with today.

use std::path::PathBuf;

use super::hyperfine::{self, Program, Repeats};
use super::report::Measurement;
use super::{TASK_API, directory, documents};
use crate::process::{Result, run as command, write};
use crate::{project, setup};

const DIRECTORIES: usize = 100;
const TASKS_EACH: usize = 100;

/// On a warm file cache.
pub(super) fn measure() -> Result<Vec<Measurement>> {
    command("cargo").args(["build", "--release"]).done()?;
    let anchors = setup::npm_install(super::ANCHORS, "the benchmark compares with them")?;
    let ajv = project::shown(&anchors.join(".bin/ajv"));
    let python = setup::python_install(
        &project::target().join("tools/anchors"),
        &project::root().join("crates/xtask/anchors/requirements.txt"),
        "the benchmark compares with check-jsonschema",
    )?;
    let check_jsonschema = project::shown(&python.join("check-jsonschema"));
    let many = project::shown(&write_tasks()?);
    let schema = "schemas/task.v1.schema.json";
    hyperfine::compare_repeated(
        &format!("{} files of 60 lines", DIRECTORIES * TASKS_EACH),
        &[
            Program {
                who: "task-api validate (every rule)",
                command: format!("{TASK_API} validate --format concise {many}"),
            },
            Program {
                who: "task-api validate --schema-only",
                command: format!("{TASK_API} validate --schema-only --format concise {many}"),
            },
            Program {
                who: "ajv-cli (contract only)",
                command: format!(
                    "node {ajv} validate --spec=draft2020 --strict=false -s {schema} -d '{many}/*/*.json'"
                ),
            },
            Program {
                who: "check-jsonschema (contract only)",
                // The shell only finds the files: so many arguments are written nowhere else.
                command: format!("sh -c 'exec {check_jsonschema} --schemafile {schema} {many}/*/*.json'"),
            },
        ],
        Repeats { warm_up: 2, runs: 10 },
    )
}

fn write_tasks() -> Result<PathBuf> {
    let root = directory().join("many");
    for directory in 0..DIRECTORIES {
        for task in 0..TASKS_EACH {
            let number = directory * TASKS_EACH + task;
            let path = root.join(format!("{directory:03}/task-{number:05}.json"));
            write(&path, documents::task_of_60_lines(number))?;
        }
    }
    Ok(root)
}
