//! From a `ContainerSpec` to what the engine is asked to create. Pure, so that each limit and
//! each mount can be checked without an engine.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, DeviceRequest, HostConfig, HostConfigLogConfig, Mount, MountType};
use task_api_core::spec::{ContainerSpec, EnvValue, Gpus, ResourceSpec};

use crate::error::Warning;

/// The engine's minimum for a memory limit and for a reservation.
const MINIMUM_MEMORY: u64 = 6 * 1024 * 1024;
/// The engine's minimum for a CPU limit.
const MINIMUM_CPU_NANOS: u64 = 10_000_000;
const NANOS_PER_CPU: u64 = 1_000_000_000;
/// In the engine's requests for devices.
const ALL: i64 = -1;

/// What the engine has, where it said so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Capabilities {
    pub(crate) processors: Option<u64>,
    /// The log driver that it uses unless told otherwise.
    pub(crate) log_driver: Option<String>,
}

pub(crate) fn container_body(
    spec: &ContainerSpec,
    own_labels: &[(&str, &str)],
    capabilities: &Capabilities,
) -> (ContainerCreateBody, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut labels: HashMap<String, String> = spec.labels.clone().into_iter().collect();
    for (name, value) in own_labels {
        labels.insert((*name).to_owned(), (*value).to_owned());
    }
    let mut host = HostConfig {
        mounts: Some(mounts(spec)),
        network_mode: spec.network.clone(),
        log_config: log_config(capabilities.log_driver.as_deref()),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        ..HostConfig::default()
    };
    limit(&mut host, &spec.resources, capabilities.processors, &mut warnings);
    let body = ContainerCreateBody {
        image: Some(spec.image.clone()),
        cmd: spec.command.clone(),
        entrypoint: spec.entrypoint.clone().map(entrypoint),
        env: Some(spec.env.iter().map(|var| format!("{}={}", var.name, var.value.reveal())).collect()),
        user: spec.user.clone(),
        labels: Some(labels),
        host_config: Some(host),
        ..ContainerCreateBody::default()
    };
    (body, warnings)
}

/// The engine's words may repeat what it was sent.
pub(crate) fn without_secrets(words: &str, spec: &ContainerSpec) -> String {
    spec.env.iter().fold(words.to_owned(), |words, var| match &var.value {
        EnvValue::Secret(secret) if !secret.reveal().is_empty() => {
            words.replace(secret.reveal(), task_api_core::secret::REDACTED)
        }
        EnvValue::Secret(_) | EnvValue::Plain(_) => words,
    })
}

/// One empty word is how the engine's API, like `docker run`, says that there is to be none.
fn entrypoint(words: Vec<String>) -> Vec<String> {
    if words.is_empty() { vec![String::new()] } else { words }
}

/// Typed mounts, not `Binds`: any character may be in a path, and a missing source is an error
/// instead of a directory made by the engine.
fn mounts(spec: &ContainerSpec) -> Vec<Mount> {
    spec.mounts
        .iter()
        .map(|mount| Mount {
            typ: Some(MountType::BIND),
            source: Some(mount.source.clone()),
            target: Some(mount.target.clone()),
            read_only: Some(mount.read_only),
            ..Mount::default()
        })
        .collect()
}

/// Docker's usual log driver replaces bytes that are not UTF-8, and `none` keeps nothing, so that
/// output could not be passed on as it is; `local` keeps every byte. A site that sends output
/// elsewhere keeps its choice, and Podman's drivers are exact.
fn log_config(default_driver: Option<&str>) -> Option<HostConfigLogConfig> {
    const LARGEST_FILE: &str = "2g";
    const FILES: &str = "5";
    if !matches!(default_driver, Some("json-file" | "local" | "none")) {
        return None;
    }
    let options = [("max-size", LARGEST_FILE), ("max-file", FILES)];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(HostConfigLogConfig { typ: Some("local".to_owned()), config: Some(options.into()) })
}

fn limit(host: &mut HostConfig, resources: &ResourceSpec, processors: Option<u64>, warnings: &mut Vec<Warning>) {
    if let Some(bytes) = resources.memory_limit {
        let bytes = at_least_minimum_memory("memory limit", bytes, warnings);
        host.memory = Some(as_i64(bytes));
        // Without this, as much again would go to swap, and the limit would not be one.
        host.memory_swap = host.memory;
    }
    if let Some(bytes) = resources.memory_request.filter(|bytes| *bytes > 0) {
        host.memory_reservation = Some(as_i64(at_least_minimum_memory("memory request", bytes, warnings)));
    }
    if let Some(from_nanos) = resources.cpu_limit_nanos {
        let most = processors.map_or(u64::MAX, |processors| processors.saturating_mul(NANOS_PER_CPU));
        let to_nanos = from_nanos.min(most).max(MINIMUM_CPU_NANOS);
        if to_nanos > from_nanos {
            warnings.push(Warning::CpuRaised { from_nanos, to_nanos });
        }
        if to_nanos < from_nanos {
            warnings.push(Warning::CpuLowered { from_nanos, to_nanos });
        }
        host.nano_cpus = Some(as_i64(to_nanos));
    }
    host.cpu_shares = resources.cpu_shares().map(as_i64);
    if let Some(gpus) = resources.gpus.filter(|gpus| *gpus != Gpus::Count(0)) {
        let count = match gpus {
            Gpus::Count(count) => as_i64(count),
            Gpus::All => ALL,
        };
        host.device_requests = Some(vec![DeviceRequest {
            count: Some(count),
            capabilities: Some(vec![vec!["gpu".to_owned()]]),
            ..DeviceRequest::default()
        }]);
    }
}

fn at_least_minimum_memory(what: &'static str, from: u64, warnings: &mut Vec<Warning>) -> u64 {
    if from >= MINIMUM_MEMORY {
        return from;
    }
    warnings.push(Warning::MemoryRaised { what, from, to: MINIMUM_MEMORY });
    MINIMUM_MEMORY
}

fn as_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use task_api_core::{secret::Secret, spec::EnvVar};

    use super::*;

    fn spec() -> ContainerSpec {
        ContainerSpec {
            image: "image".to_owned(),
            command: None,
            entrypoint: None,
            env: Vec::new(),
            mounts: Vec::new(),
            user: None,
            network: None,
            resources: ResourceSpec::default(),
            labels: Default::default(),
        }
    }

    fn host(resources: ResourceSpec, processors: Option<u64>) -> (HostConfig, Vec<Warning>) {
        let (body, warnings) =
            container_body(&ContainerSpec { resources, ..spec() }, &[], &Capabilities { processors, log_driver: None });
        (body.host_config.expect("a host configuration"), warnings)
    }

    #[test]
    fn no_limits_are_no_limits() {
        let (host, warnings) = host(ResourceSpec::default(), Some(2));
        assert_eq!((host.memory, host.memory_swap, host.memory_reservation), (None, None, None));
        assert_eq!((host.nano_cpus, host.cpu_shares, host.device_requests), (None, None, None));
        assert_eq!(host.security_opt, Some(vec!["no-new-privileges".to_owned()]));
        assert_eq!(host.binds, None);
        assert_eq!(warnings, []);
    }

    #[test]
    fn limits_are_sent_in_the_engines_units() {
        let resources = ResourceSpec {
            memory_limit: Some(64 << 20),
            memory_request: Some(32 << 20),
            cpu_limit_nanos: Some(1_500_000_000),
            cpu_request_nanos: Some(500_000_000),
            gpus: Some(Gpus::Count(2)),
        };
        let (host, warnings) = host(resources, Some(2));
        assert_eq!(
            (host.memory, host.memory_swap, host.memory_reservation),
            (Some(64 << 20), Some(64 << 20), Some(32 << 20))
        );
        assert_eq!((host.nano_cpus, host.cpu_shares), (Some(1_500_000_000), Some(512)));
        let gpus = host.device_requests.expect("a device request");
        assert_eq!((gpus[0].count, gpus[0].capabilities.clone()), (Some(2), Some(vec![vec!["gpu".to_owned()]])));
        assert_eq!(warnings, []);
    }

    #[test]
    fn all_gpus_and_no_entry_point() {
        let resources = ResourceSpec { gpus: Some(Gpus::All), ..ResourceSpec::default() };
        assert_eq!(host(resources, None).0.device_requests.expect("a device request")[0].count, Some(-1));
        let body =
            |entrypoint| container_body(&ContainerSpec { entrypoint, ..spec() }, &[], &Capabilities::default()).0;
        assert_eq!(body(None).entrypoint, None);
        assert_eq!(body(Some(vec![])).entrypoint, Some(vec![String::new()]));
        assert_eq!(body(Some(vec!["sh".to_owned()])).entrypoint, Some(vec!["sh".to_owned()]));
    }

    #[test]
    fn what_the_engine_would_refuse_is_moved_with_a_warning() {
        let resources = ResourceSpec {
            memory_limit: Some(1),
            memory_request: Some(MINIMUM_MEMORY - 1),
            cpu_limit_nanos: Some(1),
            cpu_request_nanos: Some(1),
            gpus: None,
        };
        let (host, warnings) = host(resources.clone(), Some(2));
        assert_eq!((host.memory, host.memory_reservation), (Some(6 << 20), Some(6 << 20)));
        assert_eq!((host.nano_cpus, host.cpu_shares), (Some(10_000_000), Some(2)));
        assert_eq!(
            warnings.iter().map(Warning::to_string).collect::<Vec<_>>(),
            [
                "the memory limit of 1 bytes is below the engine's minimum and was raised to 6291456 bytes",
                "the memory request of 6291455 bytes is below the engine's minimum and was raised to 6291456 bytes",
                "the CPU limit of 0.000000001 is below the engine's minimum and was raised to 0.01",
            ]
        );
        let resources = ResourceSpec { cpu_limit_nanos: Some(4_000_000_000), ..ResourceSpec::default() };
        let (lowered, warnings) = self::host(resources.clone(), Some(2));
        assert_eq!(lowered.nano_cpus, Some(2_000_000_000));
        assert_eq!(warnings[0].to_string(), "the CPU limit of 4 was lowered to 2, all that the engine has");
        assert_eq!(self::host(resources, None).0.nano_cpus, Some(4_000_000_000));
    }

    #[test]
    fn a_driver_that_changes_bytes_is_not_used() {
        for driver in ["json-file", "local", "none"] {
            let config = log_config(Some(driver)).expect("a driver of ours");
            assert_eq!(config.typ.as_deref(), Some("local"));
        }
        for driver in [None, Some("journald"), Some("k8s-file"), Some("syslog")] {
            assert_eq!(log_config(driver), None);
        }
    }

    #[test]
    fn own_labels_win_and_secrets_reach_the_container_only() {
        let mut spec = spec();
        spec.labels.insert("a".to_owned(), "theirs".to_owned());
        spec.env.push(EnvVar { name: "T".to_owned(), value: EnvValue::Secret(Secret::new("hush")) });
        let (body, _) = container_body(&spec, &[("a", "ours")], &Capabilities::default());
        assert_eq!(body.labels.expect("labels")["a"], "ours");
        assert_eq!(body.env, Some(vec!["T=hush".to_owned()]));
        assert_eq!(without_secrets("bad variable T=hush", &spec), "bad variable T=[redacted]");
    }
}
