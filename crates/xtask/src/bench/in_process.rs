//! Rows measured inside one process: a native example, or a script in Node. Both print one line of
//! JSON a row.

use std::path::Path;

use super::report::Measurement;
use crate::process::{Result, run};
use crate::{project, setup, wasm};

/// Rows of examples/bench-native.rs.
pub(crate) fn native(large: &Path) -> Result<Vec<Measurement>> {
    let example = run("cargo").args(["run", "--quiet", "--release", "--package", "xtask"]);
    let example = example.args(["--example", "bench-native", "--"]).arg(large);
    Measurement::from_lines(&example.output()?)
}

/// Rows of in-node.mjs: the package, and the bare parser as a module of its own.
pub(crate) fn node(large: &Path, small: &Path) -> Result<Vec<Measurement>> {
    let wasm_opt = setup::ensure_wasm_tools()?;
    wasm::build()?;
    let build = run("cargo").args(["build", "--quiet", "--release", "--package", "xtask"]);
    build.args(["--example", "bench-wasm", "--target", setup::WASM_TARGET]).done()?;
    let built = project::target().join(setup::WASM_TARGET).join("release/examples/bench_wasm.wasm");
    let parser = super::directory().join("parser.wasm");
    wasm::optimise(&wasm_opt, &built, &parser)?;
    let script = project::root().join("crates/xtask/src/bench/in-node.mjs");
    let package = wasm::package_directory().join("index.node.js");
    let node = run("node").arg(script).arg(package).arg(parser).arg(large).arg(small);
    Measurement::from_lines(&node.output()?)
}
