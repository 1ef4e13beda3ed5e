//! Where things are in the repository, and which versions its files name.

use std::path::{Path, PathBuf};

use crate::process::{Result, failure, read};

/// The repository's root: this crate lies two directories below it.
pub(crate) fn root() -> PathBuf {
    let crate_directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_directory.ancestors().nth(2).unwrap_or(crate_directory).to_path_buf()
}

pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// `path` as a user at the root would type it.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The version of a crate in Cargo.lock.
pub(crate) fn locked_version(package: &str) -> Result<String> {
    let lock = read(&root().join("Cargo.lock"))?;
    match find_locked_version(&lock, package) {
        Some(version) => Ok(version.to_owned()),
        None => failure(format!("Cargo.lock names no package `{package}`")),
    }
}

fn find_locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_locked_version_is_that_of_the_exact_name() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"a\"\nversion = \"2.0.0\"\n";
        assert_eq!(find_locked_version(lock, "a"), Some("2.0.0"));
        assert_eq!(find_locked_version(lock, "b"), None);
    }
}
