//! How much memory a container uses while it runs: from its control group where that can be read,
//! else from the engine's statistics (an engine on another machine or in a virtual one).

use std::{
    cell::{Cell, RefCell},
    pin::pin,
    time::Duration,
};

use bollard::{models::ContainerStatsResponse, query_parameters::StatsOptionsBuilder};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    cgroup::MemoryProbe,
    engine::Engine,
    reconcile::{Facts, Present},
    record::Record,
};

/// Where a peak is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemorySource {
    /// The kernel's high-water mark.
    CgroupV1,
    /// The kernel's high-water mark; before Linux 5.19, the largest of what was seen in use.
    CgroupV2,
    /// The engine's statistics: its high-water mark with control groups of version 1, else the
    /// largest of what it saw in use, about once a second.
    Stats,
}

/// One look at a running container's memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySample {
    pub in_use: u64,
    /// The most so far.
    pub peak: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    pub bytes: u64,
    pub source: MemorySource,
}

/// What was measured so far, for whoever watches while a run is followed.
#[derive(Debug, Default)]
pub struct MemoryGauge {
    in_use: Cell<Option<u64>>,
    peak: Cell<Option<Peak>>,
    was_killed: Cell<bool>,
    probe: RefCell<Option<MemoryProbe>>,
}

/// The high-water mark only grows, so a late sample misses just what came after the one before. The
/// first ones follow each other closely, for containers that end soon.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(2);
const LONGEST_INTERVAL: Duration = Duration::from_millis(50);
/// What may be missed, as a part of the time that the container has run.
const INTERVALS_SO_FAR: u32 = 25;

impl MemoryGauge {
    /// Bytes in use when it was looked at last.
    pub fn in_use(&self) -> Option<u64> {
        self.in_use.get()
    }

    pub fn peak(&self) -> Option<Peak> {
        self.peak.get()
    }

    /// Whether the kernel has killed for memory in the container: Podman does not always notice. The group outlives
    /// the container's process by a moment, so it is asked once more.
    pub(crate) fn saw_kill(&self) -> bool {
        if let Some(probe) = &*self.probe.borrow() {
            self.note_kills(probe);
        }
        self.was_killed.get()
    }

    fn note_kills(&self, probe: &MemoryProbe) {
        if probe.kills().is_some_and(|kills| kills > 0) {
            self.was_killed.set(true);
        }
    }

    fn note(&self, sample: MemorySample, source: MemorySource) {
        self.in_use.set(Some(sample.in_use));
        if self.peak.get().is_none_or(|peak| peak.bytes < sample.peak) {
            self.peak.set(Some(Peak { bytes: sample.peak, source }));
        }
    }
}

impl Engine {
    /// Goes on until nothing can be measured any more.
    pub(crate) async fn sample_memory(&self, record: &Record, gauge: &MemoryGauge) {
        let Ok(Facts::Present(Present { pid: Some(pid), id, .. })) = self.look(record).await else {
            return;
        };
        match MemoryProbe::locate(pid, &id).filter(|_| self.is_local()) {
            Some(probe) => {
                *gauge.probe.borrow_mut() = Some(probe.clone());
                sample_group(&probe, gauge).await;
            }
            None => self.sample_statistics(&id, gauge).await,
        }
    }

    async fn sample_statistics(&self, container: &str, gauge: &MemoryGauge) {
        // The stream begins at the engine's next round, which a short container does not live to see.
        let once = StatsOptionsBuilder::new().stream(false).one_shot(true).build();
        if let Some(Ok(first)) = pin!(self.docker.stats(container, Some(once))).next().await {
            note_statistics(&first, gauge);
        }
        let stream = StatsOptionsBuilder::new().stream(true).build();
        let mut statistics = pin!(self.docker.stats(container, Some(stream)));
        while let Some(Ok(answer)) = statistics.next().await {
            note_statistics(&answer, gauge);
        }
    }
}

async fn sample_group(probe: &MemoryProbe, gauge: &MemoryGauge) {
    let begun = Instant::now();
    while let Some(sample) = probe.read() {
        gauge.note(sample, probe.source());
        gauge.note_kills(probe);
        let interval = begun.elapsed() / INTERVALS_SO_FAR;
        tokio::time::sleep(interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)).await;
    }
}

/// A container that has ended is answered for without numbers.
fn note_statistics(answer: &ContainerStatsResponse, gauge: &MemoryGauge) {
    let Some(memory) = &answer.memory_stats else { return };
    let Some(in_use) = memory.usage.filter(|bytes| *bytes > 0) else { return };
    let peak = memory.max_usage.unwrap_or(0).max(in_use);
    gauge.note(MemorySample { in_use, peak }, MemorySource::Stats);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(memory: serde_json::Value) -> ContainerStatsResponse {
        serde_json::from_value(serde_json::json!({ "memory_stats": memory })).expect("an answer")
    }

    #[test]
    fn statistics_of_both_versions() {
        let gauge = MemoryGauge::default();
        note_statistics(&statistics(serde_json::json!({})), &gauge);
        assert_eq!((gauge.in_use(), gauge.peak()), (None, None));
        note_statistics(&statistics(serde_json::json!({"usage": 10, "max_usage": 30})), &gauge);
        assert_eq!(gauge.peak(), Some(Peak { bytes: 30, source: MemorySource::Stats }));
        note_statistics(&statistics(serde_json::json!({"usage": 20, "limit": 100})), &gauge);
        assert_eq!((gauge.in_use(), gauge.peak().map(|peak| peak.bytes)), (Some(20), Some(30)));
        note_statistics(&statistics(serde_json::json!({"usage": 40})), &gauge);
        assert_eq!(gauge.peak().map(|peak| peak.bytes), Some(40));
        // After the end.
        note_statistics(&statistics(serde_json::json!({"usage": 0})), &gauge);
        assert_eq!(gauge.in_use(), Some(40));
    }

    #[test]
    fn sources_have_documented_names() {
        let names = [MemorySource::CgroupV1, MemorySource::CgroupV2, MemorySource::Stats];
        assert_eq!(serde_json::json!(names), serde_json::json!(["cgroup-v1", "cgroup-v2", "stats"]));
    }
}
