//! What a task comes to: the task merged with its template, and where each value is from.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::model::{Env, Resources, Task, Template, Text, Volume};
use crate::rules::env_type_mismatch;
use crate::scale::ScaleRule;
use crate::secret::{Secret, is_secret_name};
use crate::spec::EnvValue;
use crate::suggest;

/// Values that win over those of the task.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// From the trigger request's `conf.task_form`.
    pub conf: Vec<(String, String)>,
    /// Given on the command line; these win over everything.
    pub options: Vec<(String, String)>,
}

/// A task with nothing left open: everything that the template says is filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct TaskInstance {
    pub name: String,
    pub image: String,
    #[serde(rename = "taskTemplate")]
    pub template: String,
    pub inputs: Vec<Channel>,
    pub outputs: Vec<Channel>,
    pub env: Vec<InstanceEnv>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub command: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub resources: Option<InstanceResources>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub config: Option<InstanceConfig>,
}

/// A channel with both its ends.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Channel {
    pub name: String,
    pub mounted_path: String,
    pub host_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub scale_rule: Option<ScaleRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct InstanceEnv {
    pub name: String,
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub value: EnvValue,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct InstanceResources {
    #[cfg_attr(feature = "typescript", tsify(type = "Record<string, string>"))]
    pub limits: BTreeMap<String, String>,
    #[cfg_attr(feature = "typescript", tsify(type = "Record<string, string>"))]
    pub requests: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct InstanceConfig {
    #[cfg_attr(feature = "typescript", tsify(type = "Record<string, string>"))]
    pub labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub registry_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub registry_username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional, type = "string"))]
    pub registry_password: Option<Secret>,
}

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The command line.
    Option,
    /// The trigger request.
    Conf,
    Task,
    Template,
    /// The contract's default.
    Default,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Origin {
    pub from: Source,
    /// Where in the file that it is from, as a JSON Pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub pointer: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Resolution {
    pub instance: TaskInstance,
    /// By JSON Pointer into the instance.
    pub origins: BTreeMap<String, Origin>,
    /// What a user should know though nothing is wrong.
    pub notices: Vec<String>,
}

/// Merges a task with its template.
///
/// To be called when [`crate::check`] found no error; what is not there all the same is left empty.
pub fn resolve(task: &Task<'_>, template: &Template<'_>, overrides: &Overrides) -> Resolution {
    let mut merge = Merge { origins: BTreeMap::new(), notices: Vec::new() };
    let inputs = merge.channels("inputs", &template.inputs, &task.inputs);
    let outputs = merge.channels("outputs", &template.outputs, &task.outputs);
    let env = merge.env(&template.env, &task.env, overrides);
    let command = merge.command(task, template);
    let resources = merge.resources(task, template);
    let config = task.config.as_ref().map(|config| {
        merge.origin("/config".to_owned(), Source::Task, Some(config.node.pointer()));
        InstanceConfig {
            labels: config.labels.iter().map(|(name, value)| (name.value.to_string(), scalar(*value))).collect(),
            registry_url: owned(&config.registry_url),
            registry_username: owned(&config.registry_username),
            registry_password: owned(&config.registry_password).map(Secret::new),
        }
    });
    for (field, text) in [("/name", &task.name), ("/image", &task.image)] {
        merge.origin(field.to_owned(), Source::Task, text.as_ref().map(|text| text.node.pointer()));
    }
    merge.origin("/taskTemplate".to_owned(), Source::Task, Some("/taskTemplate".to_owned()));
    let instance = TaskInstance {
        name: owned(&task.name).unwrap_or_default(),
        image: owned(&task.image).unwrap_or_default(),
        template: owned(&template.identifier).unwrap_or_default(),
        inputs,
        outputs,
        env,
        command,
        resources,
        config,
    };
    Resolution { instance, origins: merge.origins, notices: merge.notices }
}

/// What is wrong with values that a template's declarations do not allow, in words; `Err` is an
/// error, `Ok` a note.
pub fn check_overrides(template: &Template<'_>, overrides: &Overrides) -> Vec<Result<String, String>> {
    let all = overrides.conf.iter().chain(&overrides.options);
    all.filter_map(|(name, value)| {
        let Some(declared) = template.env.iter().find(|declared| declared.name.value == *name) else {
            let nearest = suggest::nearest(name, template.env.iter().map(|declared| &*declared.name.value));
            let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
            return Some(Ok(format!("the template does not declare the variable `{name}`{hint}")));
        };
        let is_default = declared.value.as_ref().is_some_and(|default| default.value == *value);
        if declared.is_fixed() && !is_default {
            return Some(Err(format!("`{name}` may not be changed: the container marks it as not adjustable")));
        }
        let kind = declared.kind.as_ref().map_or("", |kind| &kind.value);
        if !env_type_mismatch::fits(kind, value) {
            return Some(Err(format!("`{name}` is declared as `{kind}`, which its new value is not")));
        }
        let choices = &declared.choices;
        if !choices.is_empty() && choices.iter().all(|choice| choice.value != *value) {
            let listed: Vec<&str> = choices.iter().map(|choice| choice.node.source()).collect();
            return Some(Err(format!("`{name}` has to be one of {}", listed.join(", "))));
        }
        None
    })
    .collect()
}

struct Merge {
    origins: BTreeMap<String, Origin>,
    notices: Vec<String>,
}

impl Merge {
    fn origin(&mut self, at: String, from: Source, pointer: Option<String>) {
        self.origins.insert(at, Origin { from, pointer });
    }

    fn channels(&mut self, side: &str, mounts: &[crate::model::Mount<'_>], volumes: &[Volume<'_>]) -> Vec<Channel> {
        let mut channels = Vec::new();
        for mount in mounts {
            let Some(volume) = volumes.iter().find(|volume| volume.name.value == mount.name.value) else { continue };
            let at = format!("/{side}/{}", channels.len());
            for (field, text, from) in [
                ("mounted_path", &mount.mounted_path, Source::Template),
                ("host_path", &volume.host_path, Source::Task),
                ("description", &mount.description, Source::Template),
            ] {
                if let Some(text) = text {
                    self.origin(format!("{at}/{field}"), from, Some(text.node.pointer()));
                }
            }
            let rule = match (&volume.scale_rule, &mount.scale_rule) {
                (Some(rule), _) => Some((rule, Source::Task)),
                (None, Some(rule)) => Some((rule, Source::Template)),
                (None, None) => None,
            };
            if let Some((rule, from)) = rule {
                self.origin(format!("{at}/scale_rule"), from, Some(rule.node.pointer()));
            }
            channels.push(Channel {
                name: mount.name.value.to_string(),
                mounted_path: owned(&mount.mounted_path).unwrap_or_default(),
                host_path: owned(&volume.host_path).unwrap_or_default(),
                description: owned(&mount.description),
                scale_rule: rule.and_then(|(rule, _)| ScaleRule::read(rule)),
            });
        }
        channels
    }

    fn env(&mut self, declared: &[Env<'_>], set: &[Env<'_>], overrides: &Overrides) -> Vec<InstanceEnv> {
        let mut merged: Vec<(String, String, Origin)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut put = |name: &str, value: &str, from: Source, pointer: Option<String>| {
            let origin = Origin { from, pointer };
            let entry = (name.to_owned(), value.to_owned(), origin);
            match places.get(name) {
                Some(&place) => merged[place] = entry,
                None => {
                    places.insert(name.to_owned(), merged.len());
                    merged.push(entry);
                }
            }
        };
        for (list, from) in [(declared, Source::Template), (set, Source::Task)] {
            for env in list {
                if let Some(value) = &env.value {
                    put(&env.name.value, &value.value, from, Some(value.node.pointer()));
                }
            }
        }
        for (list, from) in [(&overrides.conf, Source::Conf), (&overrides.options, Source::Option)] {
            for (name, value) in list {
                put(name, value, from, None);
            }
        }
        let mut env = Vec::new();
        for (name, value, origin) in merged {
            self.origins.insert(format!("/env/{}/value", env.len()), origin);
            let value = if is_secret_name(&name) && !value.is_empty() {
                EnvValue::Secret(Secret::new(value))
            } else {
                EnvValue::Plain(value)
            };
            env.push(InstanceEnv { name, value });
        }
        env
    }

    fn command(&mut self, task: &Task<'_>, template: &Template<'_>) -> Option<Vec<String>> {
        let (command, from) = match (&task.command, &template.command) {
            (Some(command), _) => (command, Source::Task),
            (None, Some(command)) => (command, Source::Template),
            (None, None) => return None,
        };
        self.origin("/command".to_owned(), from, Some(command.node.pointer()));
        Some(command.words.iter().map(|word| word.value.to_string()).collect())
    }

    fn resources(&mut self, task: &Task<'_>, template: &Template<'_>) -> Option<InstanceResources> {
        let (resources, from) = match (&task.resources, &template.resources) {
            (Some(ours), theirs) => {
                if let Some(theirs) = theirs {
                    self.lost_limits(ours, theirs);
                }
                (ours, Source::Task)
            }
            (None, Some(theirs)) => (theirs, Source::Template),
            (None, None) => return None,
        };
        self.origin("/resources".to_owned(), from, Some(resources.node.pointer()));
        let side = |list: &[crate::model::Quantity<'_>]| {
            list.iter().filter_map(|q| Some((q.name.value.to_string(), q.text()?.into_owned()))).collect()
        };
        Some(InstanceResources { limits: side(&resources.limits), requests: side(&resources.requests) })
    }

    fn lost_limits(&mut self, ours: &Resources<'_>, theirs: &Resources<'_>) {
        for limit in &theirs.limits {
            if ours.limits.iter().all(|our| our.name.value != limit.name.value) {
                self.notices.push(format!(
                    "the task's `resources` replace the template's as a whole, so its limit of {} for {} is lost",
                    limit.value.source(),
                    limit.name.value
                ));
            }
        }
    }
}

fn owned(text: &Option<Text<'_>>) -> Option<String> {
    text.as_ref().map(|text| text.value.to_string())
}

fn scalar(node: task_api_json::Node<'_>) -> String {
    node.as_str().map_or_else(|| node.source().to_owned(), |text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Container;

    const CONTAINER: &str = r#"{"name": "c", "description": "", "templates": [{"identifier": "t", "description": "",
        "inputs": [{"name": "in", "mounted_path": "/in", "scale_rule": {"complexity": "n", "type": "limit", "mode": "sum"}}],
        "outputs": [{"name": "out", "mounted_path": "/out"}],
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}, {"name": "C", "value": "1"}, {"name": "D", "value": "1"}],
        "command": ["run"], "resources": {"limits": {"memory": "1Gi", "cpu": 2}}}]}"#;

    const TASK: &str = r#"{"name": "n", "image": "i", "taskTemplate": "t",
        "inputs": [{"name": "in", "input": {"host_path": "./in"}}], "outputs": [{"name": "out", "input": {"host_path": "./out"}}],
        "env": [{"name": "B", "value": "2"}, {"name": "C", "value": "2"}, {"name": "D", "value": "2"}, {"name": "API_TOKEN", "value": "t0p"}],
        "resources": {"limits": {"memory": "2Gi"}}, "config": {"registryPassword": "hunter2"}}"#;

    #[test]
    fn overrides_are_held_against_the_declarations() {
        let text = r#"{"templates": [{"identifier": "t", "env": [{"name": "FOLDS", "value": "1", "type": "int", "choices": ["1", "3"]},
            {"name": "MODEL", "value": "v2", "adjustable": false}]}]}"#;
        let tree = task_api_json::parse(text);
        let container = Container::read(tree.root(text));
        let check = |name: &str, value: &str| {
            let overrides = Overrides { options: vec![(name.into(), value.into())], ..Overrides::default() };
            check_overrides(&container.template("t").unwrap(), &overrides).pop()
        };
        assert!(check("FOLDS", "3").is_none());
        assert!(check("FOLDS", "2").unwrap().unwrap_err().contains(r#""1", "3""#));
        assert!(check("FOLDS", "x").unwrap().unwrap_err().contains("int"));
        assert!(check("MODEL", "v3").unwrap().unwrap_err().contains("not adjustable"));
        assert!(check("MODEL", "v2").is_none());
        assert!(check("FOLD", "1").unwrap().unwrap().contains("FOLDS"));
    }

    #[test]
    fn the_more_specific_value_wins_and_its_origin_is_known() {
        let container_tree = task_api_json::parse(CONTAINER);
        let container = Container::read(container_tree.root(CONTAINER));
        let task_tree = task_api_json::parse(TASK);
        let task = Task::read(task_tree.root(TASK));
        let overrides = Overrides {
            conf: vec![("C".into(), "3".into()), ("D".into(), "3".into())],
            options: vec![("D".into(), "4".into())],
        };
        let resolution = resolve(&task, &container.template("t").unwrap(), &overrides);
        let values: Vec<_> = resolution.instance.env.iter().map(|env| env.value.reveal()).collect();
        assert_eq!(values, ["1", "2", "3", "4", "t0p"]);
        let from = |at: &str| resolution.origins[at].from;
        assert_eq!(from("/env/0/value"), Source::Template);
        assert_eq!(from("/env/1/value"), Source::Task);
        assert_eq!(from("/env/2/value"), Source::Conf);
        assert_eq!(from("/env/3/value"), Source::Option);
        assert_eq!(from("/command"), Source::Template);
        assert_eq!(from("/inputs/0/scale_rule"), Source::Template);
        assert_eq!(resolution.origins["/inputs/0/host_path"].pointer.as_deref(), Some("/inputs/0/input/host_path"));
        assert_eq!(resolution.notices.len(), 1, "{:?}", resolution.notices);
        assert!(resolution.notices[0].contains("cpu"));

        let json = serde_json::to_string(&resolution.instance).unwrap();
        assert!(!json.contains("t0p") && !json.contains("hunter2"), "{json}");
        assert!(!format!("{:?}", resolution.instance).contains("hunter2"));
    }
}
