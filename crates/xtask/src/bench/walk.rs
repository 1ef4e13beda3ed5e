//! Measuring the inputs of a task: 100 000 files, against what lists their sizes and does nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::hyperfine::{self, Program, Repeats};
use super::report::Measurement;
use super::{TASK_API, directory};
use crate::process::{Result, run as command, write};
use crate::project;

const SERIES: usize = 500;
const FILES_EACH: usize = 200;

/// On a warm file cache.
pub(super) fn measure() -> Result<Vec<Measurement>> {
    command("cargo").args(["build", "--release"]).done()?;
    let root = directory().join("walk");
    let images = root.join("images");
    write_files(&images)?;
    let rule = json!({ "scale_factor": 1, "type": "limit", "mode": "sum", "target_glob": "*.dcm" });
    let channel =
        json!({ "name": "images", "mounted_path": "/images", "description": "DICOM series", "scale_rule": rule });
    let template = json!({
        "identifier": "walk", "description": "For the benchmark.", "inputs": [channel], "outputs": [], "env": [],
    });
    let task = json!({
        "api_version": 1, "name": "walk", "image": "none:1", "taskTemplate": template,
        "inputs": [{ "name": "images", "volume_source": { "host_path": "./images" } }], "outputs": [],
    });
    let file = root.join("task.json");
    write(&file, format!("{task:#}\n"))?;
    let (task, images) = (project::shown(&file), project::shown(&images));
    hyperfine::compare_repeated(
        &format!("sizes of {} files", SERIES * FILES_EACH),
        &[
            Program { who: "task-api estimate (with a scale rule)", command: format!("{TASK_API} estimate {task}") },
            Program { who: "find -printf '%s\\n'", command: format!("find {images} -type f -printf '%s\\n'") },
        ],
        Repeats { warm_up: 3, runs: 15 },
    )
}

/// Empty files: their number is what counts.
fn write_files(images: &Path) -> Result<()> {
    for series in 0..SERIES {
        let place: PathBuf = images.join(format!("patient-{:02}/series-{series:03}", series / 10));
        let failed = |error: std::io::Error| format!("{}: {error}", place.display());
        fs::create_dir_all(&place).map_err(failed)?;
        for file in 0..FILES_EACH {
            let file = place.join(format!("image-{file:04}.dcm"));
            fs::OpenOptions::new().write(true).create(true).truncate(false).open(file).map_err(failed)?;
        }
    }
    Ok(())
}
