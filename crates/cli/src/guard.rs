//! Directories of the host that a task should not get: the system's and the home directory as an
//! output, the engine's socket as anything.
//!
//! Paths are compared after links are resolved, and by what they are besides, since a bind mount
//! gives a directory a second name.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use task_api_core::spec::{BindMount, Direction};

use crate::exit::Failure;

/// What must not be given away, and what the user insists on.
pub(crate) struct Guard {
    pub(crate) home: Option<PathBuf>,
    pub(crate) sockets: Vec<PathBuf>,
    /// Absolute paths of outputs that are meant as they are.
    pub(crate) allowed: Vec<PathBuf>,
    pub(crate) allow_engine_socket: bool,
}

/// Not even a directory in there may be written to, but for those in [`USERS`].
const WITH_ALL_BELOW: [&str; 6] = ["/etc", "/proc", "/sys", "/dev", "/boot", "/run"];
/// Directories for users' files inside of those.
const USERS: [&str; 4] = ["/dev/shm", "/run/user", "/run/media", "/run/mount"];

impl Guard {
    /// Refuses the first mount that gives away too much.
    pub(crate) fn check(&self, mounts: &[BindMount]) -> Result<(), Failure> {
        for mount in mounts {
            let path = resolved(Path::new(&mount.source));
            let side = match mount.direction {
                Direction::Input => "input",
                Direction::Output => "output",
            };
            let shown = shown(&mount.source, &path);
            let channel = &mount.channel;
            if let Some(socket) = self.socket_in(&path) {
                return Err(Failure::invalid(format!(
                    "{side} `{channel}`: {shown} holds the engine's socket {}, and who has that rules this machine, \
                     read-only or not; --allow-engine-socket allows it",
                    socket.display()
                )));
            }
            if mount.direction == Direction::Output
                && let Some(what) = self.precious(&path)
                && !self.allowed.iter().any(|allowed| resolved(allowed) == path)
            {
                return Err(Failure::invalid(format!(
                    "output `{channel}`: {shown} is {what}, which a task should not write to; \
                     `--allow-host-path {}` allows it",
                    mount.source
                )));
            }
        }
        Ok(())
    }

    fn socket_in(&self, path: &Path) -> Option<&PathBuf> {
        if self.allow_engine_socket {
            return None;
        }
        self.sockets.iter().find(|socket| {
            let is_socket = fs::metadata(socket).is_ok_and(|metadata| metadata.file_type().is_socket());
            is_socket && is_or_holds(path, &resolved(socket))
        })
    }

    /// What is precious about an output directory.
    fn precious(&self, path: &Path) -> Option<String> {
        if path == Path::new("/") {
            return Some("the root of the file system".to_owned());
        }
        if let Some(home) = self.home.as_deref().filter(|home| is_or_holds(path, &resolved(home))) {
            return Some(match resolved(home) == path {
                true => "your home directory".to_owned(),
                false => format!("above your home directory {}", home.display()),
            });
        }
        for system in WITH_ALL_BELOW.map(Path::new) {
            let directory = resolved(system);
            if is_or_holds(path, &directory) {
                let is_same = directory == path;
                let words = if is_same { "a directory of the system" } else { "above a directory of the system" };
                return Some(words.to_owned());
            }
            let is_users = USERS.iter().any(|users| path != Path::new(users) && path.starts_with(users));
            if path.starts_with(&directory) && !is_users {
                return Some(format!("inside of {}, a directory of the system", system.display()));
            }
        }
        // `/var/run` is a link to `/run` today, and a directory on older systems.
        Path::new("/var/run").starts_with(path).then(|| "above a directory of the system".to_owned())
    }
}

/// Whether `inner` is `outer` or below it, under whatever name.
fn is_or_holds(outer: &Path, inner: &Path) -> bool {
    if inner.starts_with(outer) {
        return true;
    }
    let Some(outer) = identity(outer) else { return false };
    inner.ancestors().any(|ancestor| identity(ancestor) == Some(outer))
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Without links, as far as the path is there.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = fs::canonicalize(ancestor) {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        missing.extend(ancestor.file_name());
    }
    path.to_owned()
}

fn shown(source: &str, resolved: &Path) -> String {
    match resolved == Path::new(source) {
        true => source.to_owned(),
        false => format!("{source} (that is {})", resolved.display()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    fn mount(source: &Path, direction: Direction) -> BindMount {
        BindMount {
            channel: "c".to_owned(),
            direction,
            source: source.to_str().unwrap().to_owned(),
            target: "/c".to_owned(),
            read_only: direction == Direction::Input,
        }
    }

    fn guard() -> Guard {
        Guard { home: None, sockets: Vec::new(), allowed: Vec::new(), allow_engine_socket: false }
    }

    #[track_caller]
    fn problem(guard: &Guard, source: &str, direction: Direction) -> Option<String> {
        guard.check(&[mount(source.as_ref(), direction)]).err().map(|failure| failure.message)
    }

    #[test]
    fn the_system_is_no_output() {
        for path in
            ["/", "/etc", "/proc", "/sys", "/dev", "/boot", "/run", "/var/run", "/var", "/etc/x", "/proc/1/root"]
        {
            assert!(problem(&guard(), path, Direction::Output).is_some(), "{path}");
            assert_eq!(problem(&guard(), path, Direction::Input), None, "{path}");
        }
        for path in ["/dev/shm/x", "/run/user/1000/x", "/etcetera", "/var/lib/x", "/opt", "/tmp"] {
            assert_eq!(problem(&guard(), path, Direction::Output), None, "{path}");
        }
        let insisting = Guard { allowed: vec!["/etc".into()], ..guard() };
        assert_eq!(problem(&insisting, "/etc", Direction::Output), None);
        assert!(problem(&insisting, "/etc/x", Direction::Output).is_some());
    }

    #[test]
    fn links_do_not_hide_what_is_behind() {
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path).to_str().unwrap().to_owned();
        fs::create_dir_all(at("home/me/data")).unwrap();
        symlink("/etc", at("etc")).unwrap();
        symlink(at("home"), at("homes")).unwrap();
        symlink(at("homes/me"), at("me")).unwrap();
        let guard = Guard { home: Some(at("me").into()), ..guard() };
        for path in ["etc", "etc/new", "me", "homes/me", "home/me", "homes", "", "home/me/data/../../me"] {
            assert!(problem(&guard, &at(path), Direction::Output).is_some(), "{path}");
        }
        for path in ["home/me/data", "me/data", "me/new/deep", "home/you"] {
            assert_eq!(problem(&guard, &at(path), Direction::Output), None, "{path}");
        }
        let words = problem(&guard, &at("me"), Direction::Output).unwrap();
        assert!(words.contains("(that is ") && words.contains("is your home directory"), "{words}");
    }

    #[test]
    fn the_engines_socket_is_no_channel() {
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path).to_str().unwrap().to_owned();
        fs::create_dir_all(at("run/engine")).unwrap();
        let _socket = UnixListener::bind(at("run/engine/sock")).unwrap();
        symlink(at("run"), at("link")).unwrap();
        symlink(at("run/engine/sock"), at("named")).unwrap();
        let guard = Guard { sockets: vec![at("named").into(), at("missing").into()], ..guard() };
        for path in ["run/engine/sock", "named", "run/engine", "run", "link", "link/engine", ""] {
            for direction in [Direction::Input, Direction::Output] {
                assert!(problem(&guard, &at(path), direction).is_some(), "{path}");
            }
        }
        assert_eq!(problem(&guard, &at("run/other"), Direction::Input), None);
        let insisting = Guard { allow_engine_socket: true, ..guard };
        assert_eq!(problem(&insisting, &at("run"), Direction::Output), None);
    }
}
