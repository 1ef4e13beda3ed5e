//! Python packages, in an environment of their own, as a list with all versions says.

use std::path::{Path, PathBuf};

use super::{PYTHON, ensure_program};
use crate::process::{Result, copy, failure, read, remove_directory, run, say};

/// A virtual environment with the packages of `requirements`, made anew when the list has changed.
/// Returns its directory of programs.
pub(crate) fn install(environment: &Path, requirements: &Path, why: &str) -> Result<PathBuf> {
    let programs = environment.join("bin");
    let stamp = environment.join("requirements.txt");
    if read(&stamp).is_ok_and(|installed| read(requirements).is_ok_and(|wanted| wanted == installed)) {
        return Ok(programs);
    }
    let python = ensure_program(&PYTHON)?;
    // Debian's Python comes without what makes environments.
    if !run(&python).args(["-c", "import ensurepip"]).succeeds() {
        super::debian::install_packages(&["python3-venv"], why)?;
    }
    say(&format!("Installing Python packages: {why}"));
    remove_directory(environment)?;
    run(&python).args(["-m", "venv"]).arg(environment).done()?;
    run(programs.join("pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(requirements)
        .done()?;
    copy(requirements, &stamp)?;
    if programs.is_dir() { Ok(programs) } else { failure("the Python environment has no programs") }
}
