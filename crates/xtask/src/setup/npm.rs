//! npm packages, as the lock file of the folder that needs them says.

use std::path::PathBuf;

use crate::process::{Result, copy, read, run, say};
use crate::project;

/// `npm ci` in `folder` (relative to the root) unless its node_modules are those of the lock file.
/// Returns the node_modules directory.
pub(crate) fn install(folder: &str, why: &str) -> Result<PathBuf> {
    let directory = project::root().join(folder);
    let modules = directory.join("node_modules");
    let lock = directory.join("package-lock.json");
    let stamp = modules.join(".package-lock-of-xtask.json");
    if read(&stamp).is_ok_and(|installed| read(&lock).is_ok_and(|wanted| wanted == installed)) {
        return Ok(modules);
    }
    say(&format!("Installing the npm packages of {folder}: {why}"));
    run("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&directory).done()?;
    copy(&lock, &stamp)?;
    Ok(modules)
}
