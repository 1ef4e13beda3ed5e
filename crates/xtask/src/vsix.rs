//! `cargo xtask vsix`: the extension for VS Code in target/task-api.vsix, one package for desktop and web.

use std::path::{Path, PathBuf};

use crate::process::{Result, failure, run, say};
use crate::{project, setup, wasm, web};

pub(crate) const FOLDER: &str = "vscode-extension";

/// What somebody loads before the first file is checked.
const MOST_BYTES: u64 = 2 * 1024 * 1024;

pub(crate) fn folder() -> PathBuf {
    project::root().join(FOLDER)
}

pub(crate) fn path() -> PathBuf {
    project::target().join("task-api.vsix")
}

/// The npm package first: the builder is compiled against it.
pub(crate) fn build() -> Result<()> {
    wasm::build()?;
    install()?;
    package()
}

/// What the extension is made of, with the npm package as it is.
pub(crate) fn install() -> Result<()> {
    setup::npm_install(FOLDER, "the extension is built and packed by them")?;
    web::install()?;
    wasm::build_for_extension()
}

/// After [`install`].
pub(crate) fn package() -> Result<()> {
    let folder = folder();
    run("node").arg("esbuild.mjs").current_dir(&folder).done()?;
    let package = path();
    // What it warns of is written among the rest, and it succeeds all the same.
    let pack = run(folder.join("node_modules/.bin/vsce")).args(["package", "--no-dependencies"]);
    // The pictures are in the package.
    let pack = pack.args(["--no-rewrite-relative-links", "--allow-missing-repository", "--out"]);
    let (code, output) = pack.arg(&package).current_dir(&folder).watched()?;
    if code != 0 {
        return failure(format!("vsce failed with exit code {code}"));
    }
    check(&package, &output)?;
    say(&format!("The extension is in {}", project::shown(&package)));
    Ok(())
}

fn check(package: &Path, output: &str) -> Result<()> {
    if let Some(warning) = output.lines().find(|line| line.contains("WARNING")) {
        return failure(format!("vsce is not content: {}", warning.trim()));
    }
    let size =
        std::fs::metadata(package).map_err(|error| format!("cannot read {}: {error}", project::shown(package)))?.len();
    if size > MOST_BYTES {
        return failure(format!("{} has {size} bytes, more than {MOST_BYTES}", project::shown(package)));
    }
    Ok(())
}
