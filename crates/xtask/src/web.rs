//! `cargo xtask web`: the builder page and its custom elements, into web/dist/.

use std::path::PathBuf;

use crate::process::{Result, Run, run, say};
use crate::{project, setup, wasm};

const FOLDER: &str = "web";

/// Builds everything, the npm package included.
pub(crate) fn build() -> Result<()> {
    wasm::build()?;
    install()?;
    bundle()?;
    say("The page is in web/dist: any web server can serve it as it is");
    Ok(())
}

/// What the page is made of, with the npm package as it was last built.
pub(crate) fn install() -> Result<()> {
    setup::npm_install(FOLDER, "the builder page is made of them")?;
    wasm::install_into(FOLDER)
}

/// What the compiler and the linter say.
pub(crate) fn check() -> Result<()> {
    tool("tsc").arg("--noEmit").done()?;
    tool("eslint").args(["--max-warnings", "0", "."]).done()
}

pub(crate) fn bundle() -> Result<()> {
    tool("vite").args(["build", "--logLevel", "warn"]).done()
}

fn tool(name: &str) -> Run {
    let directory: PathBuf = project::root().join(FOLDER);
    run(directory.join("node_modules/.bin").join(name)).current_dir(&directory)
}
