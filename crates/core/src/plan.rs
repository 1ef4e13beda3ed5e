//! From a resolved task to the container that will run: pure, so that it can be shown before.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::quantity::{Quantity, QuantityError};
use crate::resolve::{Channel, TaskInstance};
use crate::scale::Target;
use crate::spec::{BindMount, ContainerSpec, Direction, EnvVar, Gpus, ResourceSpec};

/// What the caller's machine adds.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// Absolute directory of the task file, against which relative host paths are resolved.
    pub task_directory: String,
    /// `uid:gid`; `None` leaves the image's user.
    pub user: Option<String>,
    pub network: Option<String>,
    /// `Some(vec![])` clears the image's entry point.
    pub entrypoint: Option<Vec<String>>,
    /// Wins over `nvidia.com/gpu`.
    pub gpus: Option<Gpus>,
    /// The measured size `n` of each input channel that has a scale rule.
    pub sizes: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub spec: ContainerSpec,
    /// What each scale rule comes to.
    pub estimates: Vec<Estimate>,
    /// What a user should know though nothing is wrong.
    pub notices: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    pub channel: String,
    #[serde(rename = "type")]
    pub target: Target,
    /// The rule's law, as `2*n`.
    pub law: String,
    /// Bytes.
    pub size: u64,
    /// Bytes.
    pub memory: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    Quantity { side: &'static str, resource: String, text: String, error: QuantityError },
}

const GPU: &str = "nvidia.com/gpu";

/// Computes what will run.
pub fn plan(instance: &TaskInstance, host: &Host) -> Result<Plan, PlanError> {
    let estimates = estimates(instance, &host.sizes);
    // No memory at all is no limit that anything could run in: a rule on an empty input sets none.
    let scaled =
        |target: Target| estimates.iter().filter(|e| e.target == target && e.memory > 0).map(|e| e.memory).max();
    let limit = |resource: &str| quantity(instance, "limits", resource);
    let request = |resource: &str| quantity(instance, "requests", resource);
    let resources = ResourceSpec {
        memory_limit: positive(limit("memory")?.map(Quantity::ceil)).max(scaled(Target::Limit)),
        memory_request: positive(request("memory")?.map(Quantity::ceil)).max(scaled(Target::Request)),
        cpu_limit_nanos: positive(limit("cpu")?.map(Quantity::nanos)),
        cpu_request_nanos: positive(request("cpu")?.map(Quantity::nanos)),
        gpus: match host.gpus {
            Some(gpus) => Some(gpus).filter(|gpus| *gpus != Gpus::Count(0)),
            None => positive(limit(GPU)?.or(request(GPU)?).map(Quantity::ceil)).map(Gpus::Count),
        },
    };
    let spec = ContainerSpec {
        image: instance.image.clone(),
        command: instance.command.clone(),
        entrypoint: host.entrypoint.clone(),
        env: instance.env.iter().map(|env| EnvVar { name: env.name.clone(), value: env.value.clone() }).collect(),
        mounts: mounts(instance, &host.task_directory),
        user: host.user.clone(),
        network: host.network.clone(),
        resources,
        labels: instance.config.as_ref().map(|config| config.labels.clone()).unwrap_or_default(),
    };
    Ok(Plan { spec, estimates, notices: without_effect(instance) })
}

/// The channels' directories, inputs first.
pub fn mounts(instance: &TaskInstance, task_directory: &str) -> Vec<BindMount> {
    let mount = |channel: &Channel, direction: Direction| BindMount {
        channel: channel.name.clone(),
        direction,
        source: absolute_path(task_directory, &channel.host_path),
        target: channel.mounted_path.clone(),
        read_only: direction == Direction::Input,
    };
    let inputs = instance.inputs.iter().map(|channel| mount(channel, Direction::Input));
    let outputs = instance.outputs.iter().map(|channel| mount(channel, Direction::Output));
    inputs.chain(outputs).collect()
}

/// Resources that are a cluster's to keep. Names that no cluster knows either have a rule of their own.
fn without_effect(instance: &TaskInstance) -> Vec<String> {
    let Some(resources) = &instance.resources else { return Vec::new() };
    let sides = [("limits", &resources.limits), ("requests", &resources.requests)];
    let all = sides.into_iter().flat_map(|(side, values)| values.keys().map(move |name| (side, name)));
    let is_clusters = |name: &str| {
        name == "ephemeral-storage" || name.starts_with("hugepages-") || (name.contains('/') && name != GPU)
    };
    all.filter(|(_, name)| is_clusters(name))
        .map(|(side, name)| format!("`{name}` in `resources.{side}` has no effect with Docker"))
        .collect()
}

/// `path` against `directory`, without `.` and empty parts; `..` is taken away lexically.
pub fn absolute_path(directory: &str, path: &str) -> String {
    let is_normal = path.starts_with('/')
        && !path.ends_with('/')
        && path.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
    if is_normal {
        return path.to_owned();
    }
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

fn positive(amount: Option<u64>) -> Option<u64> {
    amount.filter(|&amount| amount > 0)
}

fn estimates(instance: &TaskInstance, sizes: &BTreeMap<String, u64>) -> Vec<Estimate> {
    let rules = instance.inputs.iter().filter_map(|channel| Some((channel, channel.scale_rule.as_ref()?)));
    rules
        .map(|(channel, rule)| {
            let size = sizes.get(&channel.name).copied().unwrap_or(0);
            Estimate {
                channel: channel.name.clone(),
                target: rule.target,
                law: rule.law.to_string(),
                size,
                memory: rule.law.apply(size),
            }
        })
        .collect()
}

fn quantity(instance: &TaskInstance, side: &'static str, resource: &str) -> Result<Option<Quantity>, PlanError> {
    let Some(resources) = &instance.resources else { return Ok(None) };
    let values = if side == "limits" { &resources.limits } else { &resources.requests };
    let Some(text) = values.get(resource) else { return Ok(None) };
    let in_context = |error| PlanError::Quantity { side, resource: resource.to_owned(), text: text.clone(), error };
    Quantity::parse(text).map(Some).map_err(in_context)
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::Quantity { side, resource, text, error } => {
                write!(f, "`{text}` in `resources.{side}.{resource}` is no Kubernetes quantity: {error}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::InstanceResources;
    use crate::scale::{Law, Mode, ScaleRule};

    fn instance(limits: &[(&str, &str)], factor: f64) -> TaskInstance {
        let rule = ScaleRule {
            law: Law { coefficient: factor, exponent: 1 },
            target: Target::Limit,
            mode: Mode::Sum,
            target_dir: String::new(),
            target_regex: ".*".into(),
            target_glob: "*".into(),
        };
        let channel = |name: &str, scale_rule| Channel {
            name: name.into(),
            mounted_path: format!("/{name}"),
            host_path: format!("../{name} a,b:c"),
            description: None,
            scale_rule,
        };
        TaskInstance {
            name: "n".into(),
            image: "i".into(),
            template: "t".into(),
            inputs: vec![channel("in", Some(rule))],
            outputs: vec![channel("out", None)],
            env: vec![],
            command: None,
            resources: Some(InstanceResources {
                limits: limits.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
                requests: BTreeMap::new(),
            }),
            config: None,
        }
    }

    fn host() -> Host {
        Host { task_directory: "/a/b".into(), sizes: BTreeMap::from([("in".into(), 1000)]), ..Host::default() }
    }

    #[track_caller]
    fn memory(limits: &[(&str, &str)], factor: f64) -> Option<u64> {
        plan(&instance(limits, factor), &host()).unwrap().spec.resources.memory_limit
    }

    #[test]
    fn the_largest_of_limit_and_rules_counts() {
        assert_eq!(memory(&[("memory", "1Ki")], 2.0), Some(2000));
        assert_eq!(memory(&[("memory", "4Ki")], 2.0), Some(4096));
        assert_eq!(memory(&[], 2.0), Some(2000));
        assert_eq!(memory(&[("memory", "0")], 0.0), None);
    }

    #[test]
    fn paths_are_made_absolute_and_inputs_read_only() {
        let spec = plan(&instance(&[("cpu", "1500m"), ("nvidia.com/gpu", "2")], 1.0), &host()).unwrap().spec;
        assert_eq!(spec.mounts[0].source, "/a/in a,b:c");
        assert!(spec.mounts[0].read_only && !spec.mounts[1].read_only);
        assert_eq!(spec.resources.cpu_limit_nanos, Some(1_500_000_000));
        assert_eq!(spec.resources.gpus, Some(Gpus::Count(2)));
        assert_eq!(absolute_path("/a", "/x/../../y/./z"), "/y/z");
    }

    #[test]
    fn gpus_of_the_caller_win_over_those_of_the_task() {
        let gpus = |limits: &[(&str, &str)], gpus| {
            plan(&instance(limits, 1.0), &Host { gpus, ..host() }).unwrap().spec.resources.gpus
        };
        let two = [("nvidia.com/gpu", "2")];
        assert_eq!(gpus(&two, None), Some(Gpus::Count(2)));
        assert_eq!(gpus(&two, Some(Gpus::All)), Some(Gpus::All));
        assert_eq!(gpus(&two, Some(Gpus::Count(0))), None);
        assert_eq!(gpus(&[], Some(Gpus::Count(1))), Some(Gpus::Count(1)));
    }

    #[test]
    fn resources_that_docker_does_not_have_are_told() {
        let limits = [("ephemeral-storage", "1Gi"), ("hugepages-2Mi", "4Mi"), ("amd.com/gpu", "1"), ("cpu", "1")];
        let notices = plan(&instance(&limits, 1.0), &host()).unwrap().notices;
        assert_eq!(notices.len(), 3, "{notices:?}");
        assert_eq!(notices[1], "`ephemeral-storage` in `resources.limits` has no effect with Docker");
    }

    #[test]
    fn a_bad_quantity_is_named() {
        let error = plan(&instance(&[("memory", "500MB")], 1.0), &host()).unwrap_err();
        let expected = "`500MB` in `resources.limits.memory` is no Kubernetes quantity: the unit `MB` is written `M`";
        assert_eq!(error.to_string(), expected);
    }
}
