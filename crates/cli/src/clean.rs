//! `--clean-outputs`: removes what is below the output directories, and nothing else.
//!
//! Everything is named relative to a directory that is open already, and no link is followed, so
//! that nothing that happens meanwhile can lead out of an output directory.

use std::collections::BTreeSet;
use std::ffi::{CStr, CString};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, fstat, openat, openat2, statat, unlinkat};
use rustix::io::Errno;
use task_api_core::spec::{BindMount, Direction};

use crate::exit::Failure;
use crate::host::in_words;

/// Empties the output directories that are there. `precious` are directories that are not to be
/// emptied, and neither are those above; the inputs are among them in any case. Gives the paths of
/// what was left because something is mounted there.
pub(crate) fn clean_outputs(mounts: &[BindMount], precious: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let side = |direction| mounts.iter().filter(move |mount| mount.direction == direction);
    let inputs = side(Direction::Input).map(|mount| PathBuf::from(&mount.source));
    let mut kept = BTreeSet::new();
    for path in precious.iter().cloned().chain(inputs).chain([PathBuf::from("/")]) {
        // Both as it is named and where it really is: each has directories above it.
        let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        for ancestor in path.ancestors().chain(real.ancestors()) {
            kept.extend(fs::metadata(ancestor).ok().map(|metadata| (metadata.dev(), metadata.ino())));
        }
    }
    // All are opened and looked at before anything is removed.
    let mut opened = Vec::new();
    for mount in side(Direction::Output) {
        let refused = |reason: &str| {
            Failure::invalid(format!(
                "output `{}`: --clean-outputs does not empty {}: {reason}",
                mount.channel, mount.source
            ))
        };
        let directory = match openat(CWD, &*mount.source, OPEN, Mode::empty()) {
            Ok(directory) => directory,
            Err(Errno::NOENT) => continue,
            Err(Errno::LOOP | Errno::NOTDIR) if Path::new(&mount.source).is_symlink() => {
                return Err(refused("it is a link; name the directory itself"));
            }
            Err(Errno::NOTDIR) => return Err(refused("it is no directory")),
            Err(error) => return Err(refused(&in_words(&error.into()))),
        };
        let stat = fstat(&directory).map_err(|error| refused(&in_words(&error.into())))?;
        if kept.contains(&(stat.st_dev, stat.st_ino)) {
            return Err(refused(
                "it is, or is above, an input, the task's directory, the current one, your home or the root",
            ));
        }
        opened.push((mount, directory));
    }
    let mut left = Vec::new();
    for (mount, directory) in opened {
        let mut path = mount.source.clone();
        empty(directory.as_fd(), &mut path, &mut left)
            .map_err(|problem| Failure::invalid(format!("output `{}`: cannot remove {problem}", mount.channel)))?;
    }
    Ok(left)
}

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Removes everything in a directory. `path` says where this is, for people only.
fn empty(directory: BorrowedFd<'_>, path: &mut String, left: &mut Vec<String>) -> Result<(), String> {
    let problem = |path: &str, error: Errno| format!("{path}: {}", in_words(&error.into()));
    for name in names(directory).map_err(|error| problem(path, error))? {
        let above = path.len();
        path.push('/');
        path.push_str(&name.to_string_lossy());
        match remove(directory, &name, path, left) {
            Ok(()) | Err(Removal::Gone) => {}
            Err(Removal::MountPoint) => left.push(path.clone()),
            Err(Removal::Failed(error)) => return Err(problem(path, error)),
            Err(Removal::Below(problem)) => return Err(problem),
        }
        path.truncate(above);
    }
    Ok(())
}

enum Removal {
    Gone,
    MountPoint,
    Failed(Errno),
    Below(String),
}

impl From<Errno> for Removal {
    fn from(error: Errno) -> Removal {
        match error {
            Errno::NOENT => Removal::Gone,
            // Removed from below a mount point, or opened across one.
            Errno::BUSY | Errno::XDEV => Removal::MountPoint,
            error => Removal::Failed(error),
        }
    }
}

fn remove(above: BorrowedFd<'_>, name: &CStr, path: &mut String, left: &mut Vec<String>) -> Result<(), Removal> {
    let stat = statat(above, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return Ok(unlinkat(above, name, AtFlags::empty())?);
    }
    let directory = open_below(above, name)?;
    let before = left.len();
    empty(directory.as_fd(), path, left).map_err(Removal::Below)?;
    match unlinkat(above, name, AtFlags::REMOVEDIR) {
        // It holds what was left.
        Err(Errno::NOTEMPTY | Errno::EXIST) if left.len() > before => Ok(()),
        removed => Ok(removed?),
    }
}

/// A directory in another, unless it is a link or something is mounted there.
fn open_below(above: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    match openat2(above, name, OPEN, Mode::empty(), resolve) {
        // Before Linux 5.6, and where a sandbox forbids it.
        Err(Errno::NOSYS | Errno::PERM) => {
            let opened = openat(above, name, OPEN, Mode::empty())?;
            if fstat(&opened)?.st_dev == fstat(above)?.st_dev { Ok(opened) } else { Err(Errno::XDEV) }
        }
        opened => opened,
    }
}

/// Read to the end first: what is removed while it is read may be left out.
fn names(directory: BorrowedFd<'_>) -> Result<Vec<CString>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            names.push(entry.file_name().to_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        /// With `in/a`, `task/t`, `home/h`, `outside/keep`, and `out` with files, links to outside and nested ones.
        fn new() -> Place {
            let place = Place(tempfile::tempdir().unwrap());
            for file in
                ["in/a", "task/t", "home/h", "outside/keep", "outside/deep/keep", "out/a", "out/b/c/d", "out/.x/y"]
            {
                let file = place.at(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, "x").unwrap();
            }
            symlink(place.at("outside"), place.at("out/link")).unwrap();
            symlink("../../../outside", place.at("out/b/c/relative")).unwrap();
            symlink(place.at("outside/keep"), place.at("out/file")).unwrap();
            symlink("nowhere", place.at("out/dangling")).unwrap();
            symlink(".", place.at("out/b/loop")).unwrap();
            place
        }

        fn at(&self, path: &str) -> PathBuf {
            self.0.path().join(path)
        }

        fn clean(&self, output: &str) -> Result<Vec<String>, String> {
            let mount = |path: &str, direction| BindMount {
                channel: path.to_owned(),
                direction,
                source: self.at(path).to_str().unwrap().trim_end_matches('/').to_owned(),
                target: "/x".to_owned(),
                read_only: false,
            };
            let mounts = [mount("in", Direction::Input), mount(output, Direction::Output)];
            clean_outputs(&mounts, &[self.at("task"), self.at("home")]).map_err(|failure| failure.message)
        }

        #[track_caller]
        fn is_whole_outside(&self) {
            for kept in ["in/a", "task/t", "home/h", "outside/keep", "outside/deep/keep"] {
                assert!(self.at(kept).is_file(), "{kept}");
            }
        }

        fn is_empty(&self, path: &str) -> bool {
            fs::read_dir(self.at(path)).unwrap().next().is_none()
        }
    }

    #[test]
    fn what_is_below_is_removed_and_links_are_not_followed() {
        let place = Place::new();
        assert_eq!(place.clean("out"), Ok(vec![]));
        assert!(place.is_empty("out"));
        place.is_whole_outside();
        assert_eq!(place.clean("missing"), Ok(vec![]));
    }

    #[test]
    fn directories_that_hold_something_else_are_refused() {
        let place = Place::new();
        symlink(place.at("out"), place.at("link")).unwrap();
        symlink(place.at("in"), place.at("link-to-in")).unwrap();
        symlink(place.at(""), place.at("around")).unwrap();
        for refused in ["", "in", "task", "home", "link", "link-to-in", "around/in", "around/task", "in/../in", "in/a"]
        {
            let problem = place.clean(refused).unwrap_err();
            assert!(problem.contains("--clean-outputs does not empty"), "{refused}: {problem}");
        }
        place.is_whole_outside();
        assert!(place.at("out/a").exists());
        // A path through a link is the same directory, and an output below an input is an output.
        assert_eq!(place.clean("around/out"), Ok(vec![]));
        fs::create_dir_all(place.at("in/out/x")).unwrap();
        assert_eq!(place.clean("in/out"), Ok(vec![]));
        assert!(place.is_empty("in/out"));
        place.is_whole_outside();
    }

    /// What a directory is that became a link after it was looked at, which the test below rarely hits.
    #[test]
    fn a_link_is_not_opened_as_a_directory() {
        let place = Place::new();
        fs::create_dir_all(place.at("out/real")).unwrap();
        symlink(place.at("outside"), place.at("out/swapped")).unwrap();
        let above = openat(rustix::fs::CWD, place.at("out"), OPEN, Mode::empty()).unwrap();
        assert!(open_below(above.as_fd(), c"real").is_ok());
        assert!(open_below(above.as_fd(), c"swapped").is_err());
        // Where the kernel has no better way.
        assert!(openat(&above, c"swapped", OPEN, Mode::empty()).is_err());
    }

    #[test]
    fn a_directory_that_becomes_a_link_leads_nowhere() {
        let place = Place::new();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Swaps a directory for a link to outside, and back, as fast as it can.
                while !stop.load(Ordering::Relaxed) {
                    let _ = fs::create_dir_all(place.at("out/victim/deep"));
                    let _ = fs::rename(place.at("out/victim"), place.at("aside"));
                    let _ = symlink(place.at("outside"), place.at("out/victim"));
                    let _ = fs::remove_file(place.at("out/victim"));
                    let _ = fs::rename(place.at("aside"), place.at("out/victim"));
                }
            });
            for _ in 0..3000 {
                // Errors are fine here: somebody is changing what is removed.
                let _ = place.clean("out");
            }
            stop.store(true, Ordering::Relaxed);
        });
        place.is_whole_outside();
    }
}
