//! The run record: what is known about a run, as versioned JSON. Reading one never executes
//! anything and tolerates fields of later minor additions; secrets are never in one, because they
//! are redacted before a value gets here.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use task_api_core::plan::Estimate;

use crate::{
    error::{Error, Result},
    memory::{MemorySource, Peak},
    run_id::RunId,
};

pub(crate) const VERSION: u32 = 1;
pub(crate) const MODE_DOCKER: &str = "docker";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub version: u32,
    pub id: RunId,
    pub mode: String,
    pub state: State,
    #[serde(default)]
    pub container_id: Option<String>,
    pub image: ImageRecord,
    #[serde(default)]
    pub task_instance: Value,
    #[serde(default)]
    pub origins: Value,
    #[serde(default)]
    pub spec: Value,
    pub created_at: Timestamp,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    #[serde(default)]
    pub exit_code: Option<i64>,
    #[serde(default)]
    pub oom_killed: bool,
    /// The container was ended because it had run for this long, the time that it was allowed.
    #[serde(default)]
    pub timed_out_after_seconds: Option<f64>,
    #[serde(default)]
    pub peak_memory_bytes: Option<u64>,
    /// Where the peak is from.
    #[serde(default)]
    pub peak_memory_source: Option<MemorySource>,
    #[serde(default)]
    pub inputs: Vec<ChannelSize>,
    /// What the scale rules came to.
    #[serde(default)]
    pub estimates: Vec<Estimate>,
    #[serde(default)]
    pub outputs: Vec<Value>,
    #[serde(default)]
    pub engine: EngineIdentity,
    #[serde(default)]
    pub tool: String,
    /// Why there is no result, in the engine's words where it is the engine that refused.
    #[serde(default)]
    pub error: Option<String>,
    /// The record was lost, and this one was made from the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuilt_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// On disk; the container may exist, but its process has not started.
    Created,
    Running,
    Exited,
    /// The container's process never started.
    Failed,
    /// The container is gone; how it ended is kept where it was known.
    Removed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageRecord {
    /// As the task says.
    pub reference: String,
    /// What names exactly this image again: `repository@sha256:…` where it came from a registry,
    /// else the image's id, `sha256:…`.
    #[serde(default)]
    pub digest: Option<String>,
}

/// What an input channel held when the run started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelSize {
    pub channel: String,
    pub files: u64,
    pub bytes: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EngineIdentity {
    pub address: String,
    pub name: String,
    pub version: String,
    pub api_version: String,
    /// The engine's own id, to notice a record that belongs to another one.
    pub id: Option<String>,
}

impl Record {
    /// `path` is for the error's message only.
    pub fn parse(text: &[u8], path: &Path) -> Result<Record> {
        let broken = |problem: String| Error::RecordBroken { path: path.to_owned(), problem };
        let value: Value = serde_json::from_slice(text).map_err(|error| broken(error.to_string()))?;
        let Some(object) = value.as_object() else {
            return Err(broken("it is not a JSON object".to_owned()));
        };
        match object.get("version") {
            None => return Err(broken("it has no version".to_owned())),
            Some(version) if version.as_u64() != Some(VERSION.into()) => {
                let version = version.to_string();
                return Err(Error::RecordVersion { path: path.to_owned(), version, supported: VERSION });
            }
            Some(_) => {}
        }
        let record: Record = serde_json::from_value(value).map_err(|error| broken(error.to_string()))?;
        if let Some(container) = &record.container_id
            && !is_container_id(container)
        {
            return Err(broken(format!("`{container}` is not a container id")));
        }
        Ok(record)
    }

    /// How the engine is asked for the run's container: the id once it is known, else the name.
    pub(crate) fn container(&self) -> String {
        self.container_id.clone().unwrap_or_else(|| self.id.container_name())
    }

    /// Keeps the larger of what was known and what was measured.
    pub(crate) fn note_peak(&mut self, peak: Option<Peak>) {
        let Some(peak) = peak else { return };
        if self.peak_memory_bytes.is_none_or(|known| known < peak.bytes) {
            self.peak_memory_bytes = Some(peak.bytes);
            self.peak_memory_source = Some(peak.source);
        }
    }

    /// Keeps what another process learned about the same run in the meantime.
    pub(crate) fn absorb(&mut self, on_disk: &Record) {
        if on_disk.peak_memory_bytes > self.peak_memory_bytes {
            self.peak_memory_bytes = on_disk.peak_memory_bytes;
            self.peak_memory_source = on_disk.peak_memory_source;
        }
        self.oom_killed |= on_disk.oom_killed;
        self.timed_out_after_seconds = self.timed_out_after_seconds.or(on_disk.timed_out_after_seconds);
        self.exit_code = self.exit_code.or(on_disk.exit_code);
        self.started_at = self.started_at.or(on_disk.started_at);
        self.finished_at = self.finished_at.or(on_disk.finished_at);
        if on_disk.state == State::Removed && self.state == State::Exited {
            self.state = State::Removed;
        }
    }
}

/// The id goes into URLs, and a record is a file that anybody can have written.
fn is_container_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn example() -> Record {
        Record {
            version: VERSION,
            id: RunId::parse("1hf7yat00zzzz").expect("an id"),
            mode: MODE_DOCKER.to_owned(),
            state: State::Created,
            container_id: None,
            image: ImageRecord { reference: "image:1".to_owned(), digest: None },
            task_instance: serde_json::json!({"name": "a"}),
            origins: serde_json::json!({}),
            spec: serde_json::json!({}),
            created_at: "2026-01-02T03:04:05.678901234Z".parse().expect("a time"),
            started_at: None,
            finished_at: None,
            exit_code: None,
            oom_killed: false,
            timed_out_after_seconds: None,
            peak_memory_bytes: None,
            peak_memory_source: None,
            inputs: vec![ChannelSize { channel: "in".to_owned(), files: 2, bytes: 10 }],
            estimates: Vec::new(),
            outputs: Vec::new(),
            engine: EngineIdentity::default(),
            tool: "task-api 0.1.0".to_owned(),
            error: None,
            rebuilt_at: None,
        }
    }

    #[track_caller]
    fn problem(text: &str) -> String {
        Record::parse(text.as_bytes(), Path::new("r.json")).expect_err("a broken record").to_string()
    }

    #[test]
    fn the_shape_is_the_documented_one() {
        let json = serde_json::to_value(example()).expect("JSON");
        let mut keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        let mut documented = [
            "version",
            "id",
            "mode",
            "state",
            "containerId",
            "image",
            "taskInstance",
            "origins",
            "spec",
            "createdAt",
            "startedAt",
            "finishedAt",
            "exitCode",
            "oomKilled",
            "timedOutAfterSeconds",
            "peakMemoryBytes",
            "peakMemorySource",
            "inputs",
            "estimates",
            "outputs",
            "engine",
            "tool",
            "error",
        ];
        documented.sort_unstable();
        assert_eq!(keys, documented);
        assert_eq!(json["createdAt"], "2026-01-02T03:04:05.678901234Z");
        assert_eq!(json["state"], "created");
        assert_eq!(json["inputs"][0], serde_json::json!({"channel": "in", "files": 2, "bytes": 10}));
        let text = serde_json::to_vec(&example()).expect("JSON");
        assert_eq!(Record::parse(&text, Path::new("r.json")).expect("a record"), example());
    }

    #[test]
    fn unknown_fields_are_tolerated() {
        let mut json = serde_json::to_value(example()).expect("JSON");
        json["later"] = serde_json::json!(1);
        json["image"]["later"] = serde_json::json!(1);
        assert!(Record::parse(json.to_string().as_bytes(), Path::new("r.json")).is_ok());
    }

    #[test]
    fn broken_records_are_named() {
        assert_eq!(problem("[]"), "r.json is not a run record: it is not a JSON object");
        assert_eq!(problem("{}"), "r.json is not a run record: it has no version");
        assert_eq!(problem(r#"{"version": 2}"#), "r.json is a run record of version 2; this task-api reads version 1");
        assert!(problem("").starts_with("r.json is not a run record: EOF"));
        assert!(problem("\u{80}\u{4}.").starts_with("r.json is not a run record: "));
        assert_eq!(problem(r#"{"version": 1}"#), "r.json is not a run record: missing field `id`");
        for (key, value) in [("id", "../x"), ("containerId", "../x"), ("createdAt", "noon"), ("state", "odd")] {
            let mut json = serde_json::to_value(example()).expect("JSON");
            json[key] = value.into();
            assert!(problem(&json.to_string()).starts_with("r.json is not a run record: "), "{key}");
        }
    }
}
