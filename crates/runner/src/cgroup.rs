//! The kernel's own high-water mark of a container's memory. The control group vanishes when the
//! container ends, so it is read while the container runs.

use std::{fs, path::PathBuf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryProbe {
    file: PathBuf,
}

const MOUNT_POINT: &str = "/sys/fs/cgroup";

impl MemoryProbe {
    /// `None` where there is no such file: another system, another machine's process id, or a
    /// kernel without the mark (version 2 before Linux 5.19).
    pub(crate) fn locate(pid: i64, container_id: &str) -> Option<MemoryProbe> {
        let membership = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        mark_files(&membership, container_id)
            .into_iter()
            .map(|file| MemoryProbe { file })
            .find(|probe| probe.read().is_some())
    }

    pub(crate) fn read(&self) -> Option<u64> {
        fs::read_to_string(&self.file).ok()?.trim().parse().ok()
    }
}

/// Version 1 has a hierarchy of its own for memory; in a hybrid set-up the memory controller is
/// there, so it comes first. The container's id must be in the path: process ids of an engine in a
/// virtual machine are other processes' here.
fn mark_files(membership: &str, container_id: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in membership.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if container_id.is_empty() || !path.contains(container_id) || path.contains("/..") {
            continue;
        }
        if controllers.split(',').any(|controller| controller == "memory") {
            files.insert(0, PathBuf::from(format!("{MOUNT_POINT}/memory{path}/memory.max_usage_in_bytes")));
        }
        if controllers.is_empty() {
            files.push(PathBuf::from(format!("{MOUNT_POINT}{path}/memory.peak")));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(membership: &str, expected: &[&str]) {
        let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(mark_files(membership, "c0ffee"), expected);
    }

    #[test]
    fn both_versions_and_the_hybrid() {
        check(
            "0::/system.slice/docker-c0ffee.scope\n",
            &["/sys/fs/cgroup/system.slice/docker-c0ffee.scope/memory.peak"],
        );
        check(
            "0::/docker/c0ffee\n4:memory:/docker/c0ffee\n3:cpu,cpuacct:/docker/c0ffee\n",
            &[
                "/sys/fs/cgroup/memory/docker/c0ffee/memory.max_usage_in_bytes",
                "/sys/fs/cgroup/docker/c0ffee/memory.peak",
            ],
        );
    }

    #[test]
    fn another_process_is_not_measured() {
        check("0::/user.slice/other.scope\n", &[]);
        check("0::/../../c0ffee\n", &[]);
        check("nonsense", &[]);
        assert_eq!(mark_files("0::/docker/c0ffee\n", ""), Vec::<PathBuf>::new());
    }
}
