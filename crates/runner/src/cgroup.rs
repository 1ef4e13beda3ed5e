//! The memory of a container's control group, as the kernel counts it. The group vanishes when the
//! container ends, so it is read while the container runs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::memory::{MemorySample, MemorySource};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryProbe {
    source: MemorySource,
    directory: PathBuf,
}

const MOUNT_POINT: &str = "/sys/fs/cgroup";

impl MemoryProbe {
    /// `None` where there is no such group: another system, or another machine's process id.
    pub(crate) fn locate(pid: i64, container_id: &str) -> Option<MemoryProbe> {
        let membership = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        MemoryProbe::below(Path::new(MOUNT_POINT), &membership, container_id)
    }

    fn below(mount_point: &Path, membership: &str, container_id: &str) -> Option<MemoryProbe> {
        let probes = groups(membership, container_id).into_iter().map(|(source, path)| {
            let root = match source {
                MemorySource::CgroupV1 => mount_point.join("memory"),
                MemorySource::CgroupV2 | MemorySource::Stats => mount_point.to_owned(),
            };
            MemoryProbe { source, directory: root.join(path.trim_start_matches('/')) }
        });
        probes.into_iter().find(|probe| probe.read().is_some())
    }

    pub(crate) fn source(&self) -> MemorySource {
        self.source
    }

    /// Version 2 has the high-water mark since Linux 5.19; before that, what is in use has to do.
    pub(crate) fn read(&self) -> Option<MemorySample> {
        let (in_use, mark) = match self.source {
            MemorySource::CgroupV1 => ("memory.usage_in_bytes", "memory.max_usage_in_bytes"),
            MemorySource::CgroupV2 | MemorySource::Stats => ("memory.current", "memory.peak"),
        };
        let in_use = self.number(in_use)?;
        Some(MemorySample { in_use, peak: self.number(mark).unwrap_or(0).max(in_use) })
    }

    /// How many processes of the group were killed because its memory was used up.
    pub(crate) fn kills(&self) -> Option<u64> {
        let file = match self.source {
            MemorySource::CgroupV1 => "memory.oom_control",
            MemorySource::CgroupV2 | MemorySource::Stats => "memory.events",
        };
        let text = fs::read_to_string(self.directory.join(file)).ok()?;
        text.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
    }

    fn number(&self, file: &str) -> Option<u64> {
        fs::read_to_string(self.directory.join(file)).ok()?.trim().parse().ok()
    }
}

/// Version 1 has a hierarchy of its own for memory; in a hybrid set-up the memory controller is
/// there, so it comes first. The container's id must be in the path: process ids of an engine in a
/// virtual machine are other processes' here.
fn groups<'a>(membership: &'a str, container_id: &str) -> Vec<(MemorySource, &'a str)> {
    let mut groups = Vec::new();
    for line in membership.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if container_id.is_empty() || !path.contains(container_id) || path.contains("/..") {
            continue;
        }
        if controllers.split(',').any(|controller| controller == "memory") {
            groups.insert(0, (MemorySource::CgroupV1, path));
        }
        if controllers.is_empty() {
            groups.push((MemorySource::CgroupV2, path));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIFIED: &str = "0::/system.slice/docker-c0ffee.scope\n";
    const HYBRID: &str = "0::/docker/c0ffee\n4:memory:/docker/c0ffee\n3:cpu,cpuacct:/docker/c0ffee\n";

    /// A mount point with these files in it.
    fn mounted(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        for (path, content) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, content).expect("written");
        }
        directory
    }

    #[track_caller]
    fn check(membership: &str, files: &[(&str, &str)], expected: Option<(MemorySource, u64, u64)>) {
        let directory = mounted(files);
        let found = MemoryProbe::below(directory.path(), membership, "c0ffee").map(|probe| {
            let sample = probe.read().expect("a sample");
            (probe.source(), sample.in_use, sample.peak)
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn version_2() {
        let group = "system.slice/docker-c0ffee.scope";
        let (current, peak) = (format!("{group}/memory.current"), format!("{group}/memory.peak"));
        let both = [(current.as_str(), "4096\n"), (peak.as_str(), "8192\n")];
        check(UNIFIED, &both, Some((MemorySource::CgroupV2, 4096, 8192)));
        // Linux before 5.19.
        check(UNIFIED, &both[..1], Some((MemorySource::CgroupV2, 4096, 4096)));
        check(UNIFIED, &[(current.as_str(), "max\n")], None);
    }

    #[test]
    fn version_1_and_the_hybrid() {
        let files = [
            ("memory/docker/c0ffee/memory.usage_in_bytes", "4096\n"),
            ("memory/docker/c0ffee/memory.max_usage_in_bytes", "8192\n"),
            ("docker/c0ffee/memory.current", "1\n"),
        ];
        check(HYBRID, &files, Some((MemorySource::CgroupV1, 4096, 8192)));
        // The memory controller is in the unified hierarchy.
        check(HYBRID, &files[2..], Some((MemorySource::CgroupV2, 1, 1)));
    }

    #[test]
    fn kills_are_counted_in_both_versions() {
        let v1 = "memory/docker/c0ffee/memory.oom_control";
        let text = "oom_kill_disable 0\nunder_oom 1\noom_kill 2\n";
        let directory = mounted(&[("memory/docker/c0ffee/memory.usage_in_bytes", "1\n"), (v1, text)]);
        let probe = MemoryProbe::below(directory.path(), HYBRID, "c0ffee").expect("a probe");
        assert_eq!(probe.kills(), Some(2));
        let group = "system.slice/docker-c0ffee.scope";
        let (current, events) = (format!("{group}/memory.current"), format!("{group}/memory.events"));
        let text = "low 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 0\n";
        let directory = mounted(&[(&current, "1\n"), (&events, text)]);
        let probe = MemoryProbe::below(directory.path(), UNIFIED, "c0ffee").expect("a probe");
        assert_eq!(probe.kills(), Some(1));
        fs::remove_file(directory.path().join(&events)).expect("removed");
        assert_eq!(probe.kills(), None);
    }

    #[test]
    fn another_process_is_not_measured() {
        assert_eq!(groups("0::/user.slice/other.scope\n", "c0ffee"), []);
        assert_eq!(groups("0::/../../c0ffee\n", "c0ffee"), []);
        assert_eq!(groups("nonsense", "c0ffee"), []);
        assert_eq!(groups("0::/docker/c0ffee\n", ""), []);
        check(UNIFIED, &[], None);
    }
}
