//! Programs that come from the system: on Debian as root they are installed, elsewhere named.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::process::{Result, failure, run, say};

/// A program and the Debian packages that bring it.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) packages: &'static [&'static str],
    pub(crate) reason: &'static str,
}

/// Where the program is, after it has been installed if it was missing.
pub(crate) fn ensure_program(program: &Program) -> Result<PathBuf> {
    if let Some(path) = find(program.name) {
        return Ok(path);
    }
    install_packages(program.packages, &format!("`{}` is missing: {}", program.name, program.reason))?;
    match find(program.name) {
        Some(path) => Ok(path),
        None => failure(format!("apt-get installed {}, but no `{}` in PATH", program.packages.join(" "), program.name)),
    }
}

/// Installs packages where that can be done, and says which are missing elsewhere.
pub(super) fn install_packages(packages: &[&str], why: &str) -> Result<()> {
    let names = packages.join(" ");
    if !can_install() {
        return failure(format!(
            "{why}\ninstall it; on Debian or Ubuntu: sudo apt-get install --no-install-recommends {names}"
        ));
    }
    say(&format!("Installing {names} with apt-get: {why}"));
    install(packages)
}

/// Debian (or a system that has its apt-get), and root.
pub(crate) fn can_install() -> bool {
    let root = run("id").arg("-u").quietly().output().is_ok_and(|id| id.trim() == "0");
    root && Path::new("/etc/debian_version").exists() && find("apt-get").is_some()
}

/// The package lists are fetched once, and only if there are none or an installation failed
/// (with old lists, apt asks for versions that the mirror has dropped).
fn install(packages: &[&str]) -> Result<()> {
    if !has_package_lists() {
        update_lists()?;
    }
    if apt_install(packages).is_ok() {
        return Ok(());
    }
    update_lists()?;
    apt_install(packages)
}

fn apt_install(packages: &[&str]) -> Result<()> {
    run("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .done()
}

fn update_lists() -> Result<()> {
    static UPDATED: OnceLock<()> = OnceLock::new();
    if UPDATED.get().is_some() {
        return Ok(());
    }
    run("apt-get").args(["update", "-qq"]).done()?;
    UPDATED.get_or_init(|| ());
    Ok(())
}

fn has_package_lists() -> bool {
    let Ok(entries) = std::fs::read_dir("/var/lib/apt/lists") else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

/// In `PATH`, or where Debian puts programs for root.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).map(|dir| dir.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_name() {
        assert!(find("cargo").is_some());
        assert_eq!(find("no-such-program"), None);
    }
}
