//! The builder page and the package, in Chromium: what the page weighs, when it can be used, and what a keystroke takes;
//! how fast a check is beside what it is compared with.

use std::path::Path;

use super::ANCHORS;
use super::report::Measurement;
use crate::process::{Result, run};
use crate::setup::{self, CHROMIUM};
use crate::{project, wasm, web};

pub(super) fn measure(large: &Path, small: &Path) -> Result<Vec<Measurement>> {
    setup::ensure_program(&CHROMIUM)?;
    web::build()?;
    let mut rows = Measurement::from_lines(&run("node").arg("web/bench/measure.js").output()?)?;
    setup::npm_install(ANCHORS, "the benchmark compares with them")?;
    let speeds = run("node").arg("web/bench/speeds.js").arg(wasm::package_directory()).arg(large).arg(small);
    let speeds = speeds.arg(project::root().join(ANCHORS));
    let speeds = speeds.arg(project::root().join("schemas/processing-container.v0.schema.json"));
    rows.extend(Measurement::from_lines(&speeds.output()?)?);
    Ok(rows)
}
