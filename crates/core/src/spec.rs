//! Everything an engine needs to know to run a task, computed before a container exists.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::secret::Secret;

/// One container to create. Pure data: what is not in here does not influence the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerSpec {
    pub image: String,
    /// Replaces the image's `CMD`; `None` keeps it.
    pub command: Option<Vec<String>>,
    /// Clears or replaces the image's `ENTRYPOINT`; `None` keeps it.
    pub entrypoint: Option<Vec<String>>,
    pub env: Vec<EnvVar>,
    pub mounts: Vec<BindMount>,
    /// `uid:gid`; `None` runs as the image's own user.
    pub user: Option<String>,
    /// The engine's network mode; `None` is the engine's default.
    pub network: Option<String>,
    pub resources: ResourceSpec,
    pub labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvVar {
    pub name: String,
    pub value: EnvValue,
}

/// A value that may be shown, or one that may not. Both serialise as a string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EnvValue {
    Plain(String),
    Secret(Secret),
}

impl EnvValue {
    /// The text that the container sees.
    pub fn reveal(&self) -> &str {
        match self {
            EnvValue::Plain(text) => text,
            EnvValue::Secret(secret) => secret.reveal(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Input,
    Output,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BindMount {
    pub channel: String,
    pub direction: Direction,
    /// Absolute path on the host.
    pub source: String,
    /// Absolute path in the container.
    pub target: String,
    pub read_only: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceSpec {
    /// Bytes.
    pub memory_limit: Option<u64>,
    /// Bytes.
    pub memory_request: Option<u64>,
    /// Billionths of a processor.
    pub cpu_limit_nanos: Option<u64>,
    /// Billionths of a processor.
    pub cpu_request_nanos: Option<u64>,
    /// `nvidia.com/gpu`
    pub gpus: Option<Gpus>,
}

/// A number of GPUs, as JSON a number or `"all"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gpus {
    Count(u64),
    All,
}

impl Serialize for Gpus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Gpus::Count(count) => serializer.serialize_u64(*count),
            Gpus::All => serializer.serialize_str("all"),
        }
    }
}

impl fmt::Display for Gpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gpus::Count(count) => write!(f, "{count}"),
            Gpus::All => f.write_str("all"),
        }
    }
}

impl ResourceSpec {
    /// The CPU request as the engine's weight against other containers.
    pub fn cpu_shares(&self) -> Option<u64> {
        /// What one processor is worth, and the least that the engine takes.
        const PER_CPU: u128 = 1024;
        const LEAST: u128 = 2;
        let nanos = self.cpu_request_nanos.filter(|nanos| *nanos > 0)?;
        u64::try_from((u128::from(nanos) * PER_CPU / 1_000_000_000).max(LEAST)).ok()
    }
}
