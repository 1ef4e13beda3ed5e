//! The builder page, in Chromium: what it weighs, when it can be used, and what a keystroke takes.

use super::report::Measurement;
use crate::process::{Result, run};
use crate::setup::{self, CHROMIUM};
use crate::web;

pub(super) fn measure() -> Result<Vec<Measurement>> {
    setup::ensure_program(&CHROMIUM)?;
    web::build()?;
    Measurement::from_lines(&run("node").arg("web/bench/measure.js").output()?)
}
