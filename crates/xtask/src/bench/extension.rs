//! The extension in VS Code: what its start costs, and when it and VS Code's own JSON support show ten mistakes.

use super::report::Measurement;
use crate::process::{Result, run, say};
use crate::setup::{self, CHROMIUM};
use crate::{project, vsix};

pub(super) fn measure() -> Result<Vec<Measurement>> {
    setup::ensure_program(&CHROMIUM)?;
    let workbench = setup::ensure_workbench()?;
    vsix::build()?;
    run("cargo").args(["build", "--release", "--quiet", "--package", "task-api-cli"]).done()?;
    let table = super::directory().join("extension.md");
    let node = run("node").arg("bench/measure.mjs").current_dir(&vsix::folder()).env("TABLE", &table);
    let node = node.env("CODE_SERVER", workbench).env("VSIX", vsix::path());
    let lines = node.env("TASK_API", project::target().join("release/task-api")).output()?;
    say(&format!("What each shows of ten mistakes is in {}", project::shown(&table)));
    Measurement::from_lines(&lines)
}
