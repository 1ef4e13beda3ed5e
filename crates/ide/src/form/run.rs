//! What will run: the task with its template, and the lines that do the same.

use std::collections::BTreeMap;

use task_api_core::command_line::{docker_run_with, shell_word};
use task_api_core::diagnostic::Severity;
use task_api_core::model::Task;
use task_api_core::plan::{Host, Plan, plan};
use task_api_core::resolve::{Overrides, Resolution, Source, resolve};
use task_api_core::secret::REDACTED;
use task_api_core::spec::EnvValue;

use super::TaskForm;
use super::id::{FieldId, ResourceSide};
use super::types::*;
use super::view::View;
use crate::secrets::{shown_value, shown_words};

/// What a caller knows of the run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Absolute directory of the task's file; without it, lines are for a shell that stands there.
    pub directory: Option<String>,
    /// Name of the task's file.
    pub file: Option<String>,
    /// Size of the data by input channel, in bytes.
    pub sizes: BTreeMap<String, u64>,
    /// Right end of the plot, in bytes.
    pub max_size: Option<u64>,
}

/// Problems that anybody reads.
const MOST_PROBLEMS: usize = 20;

/// Stand-ins for what only the shell knows, of characters that no path and no name has.
const DIRECTORY: &str = "/\u{0}directory";
const USER: &str = "\u{0}user";

impl TaskForm {
    pub fn what_will_run(&self, options: &RunOptions) -> WhatWillRun {
        let view = self.view();
        let task = Task::read_as(view.now.root, view.version());
        let template = view.template_model();
        let resolution = template.as_ref().map(|template| resolve(&task, template, &Overrides::default()));
        let mut problems: Vec<String> = match (&resolution, &view.template_name) {
            (Some(_), _) => Vec::new(),
            (None, Some(name)) => vec![format!("the template `{name}` is not known")],
            (None, None) => vec!["no template is chosen".to_owned()],
        };
        let errors = self.checked().diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let is_ready = problems.is_empty() && self.checked().count(Severity::Error) == 0;
        problems.extend(errors.take(MOST_PROBLEMS).map(|diagnostic| diagnostic.message.clone()));
        let mut notices: Vec<String> = resolution.as_ref().map(|found| found.notices.clone()).unwrap_or_default();
        let planned = resolution.as_ref().map(|found| plan(&found.instance, &host(options)));
        let docker = match planned {
            Some(Ok(plan)) => {
                notices.extend(plan.notices.iter().cloned());
                let has_image = !plan.spec.image.trim().is_empty();
                resolution.as_ref().filter(|_| has_image).map(|found| line(plan, found, options))
            }
            Some(Err(error)) => {
                let message = error.to_string();
                let is_known = problems.contains(&message);
                problems.extend((!is_known).then_some(message));
                None
            }
            None => None,
        };
        let file = options.file.as_deref().unwrap_or("task.json");
        // What begins with a hyphen would be an option.
        let file = if file.starts_with('-') { format!("./{file}") } else { file.to_owned() };
        WhatWillRun {
            is_ready,
            problems,
            notices,
            values: resolution.as_ref().map(|found| values(found, &view)).unwrap_or_default(),
            docker,
            task_api: format!("task-api run {}", shell_word(&file)),
            memory: view.memory(options.max_size),
            channels: view.channel_trees(),
        }
    }
}

fn host(options: &RunOptions) -> Host {
    Host {
        task_directory: options.directory.clone().unwrap_or_else(|| DIRECTORY.to_owned()),
        user: Some(USER.to_owned()),
        sizes: options.sizes.clone(),
        ..Host::default()
    }
}

fn line(mut plan: Plan, resolution: &Resolution, options: &RunOptions) -> String {
    let instance = &resolution.instance;
    if options.directory.is_none() {
        let paths = instance.inputs.iter().chain(&instance.outputs).map(|channel| channel.host_path.as_str());
        for (mount, path) in plan.spec.mounts.iter_mut().zip(paths).filter(|(_, path)| !path.starts_with('/')) {
            // What leads above the directory is for the shell to say.
            mount.source = format!("{DIRECTORY}{}", relative(path));
        }
    }
    docker_run_with(&plan.spec, &[(DIRECTORY, "\"$PWD\""), (USER, "\"$(id -u):$(id -g)\"")])
}

/// A relative path behind its directory, without `.` and empty parts; `..` only at its begin.
fn relative(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.iter().map(|part| format!("/{part}")).collect()
}

/// All values that the merged task has, and whose they are.
fn values(resolution: &Resolution, view: &View<'_>) -> Vec<ResolvedValue> {
    let instance = &resolution.instance;
    let origin = |pointer: &str| match resolution.origins.get(pointer).map(|origin| origin.from) {
        Some(Source::Task) => FieldOrigin::Task,
        Some(Source::Template) => FieldOrigin::Template,
        _ => FieldOrigin::Nothing,
    };
    let mut values = Vec::new();
    let mut push = |section: SectionId, name: &str, value: String, origin: FieldOrigin, id: Option<FieldId>| {
        let field = id.map(|id| id.to_string());
        values.push(ResolvedValue { section, name: name.to_owned(), value, origin, field });
    };
    let template = FieldId::Template;
    push(SectionId::Task, "taskTemplate", instance.template.clone(), FieldOrigin::Task, Some(template));
    push(SectionId::Task, "name", instance.name.clone(), origin("/name"), Some(FieldId::Name));
    push(SectionId::Task, "image", instance.image.clone(), origin("/image"), Some(FieldId::Image));
    let sides = [(Direction::Input, &instance.inputs), (Direction::Output, &instance.outputs)];
    for (direction, channels) in sides {
        let section = if direction == Direction::Input { SectionId::Inputs } else { SectionId::Outputs };
        for channel in channels {
            let value = format!("{} → {}", channel.host_path, channel.mounted_path);
            let id = FieldId::HostPath(direction, channel.name.clone());
            push(section, &channel.name, value, FieldOrigin::Task, Some(id));
        }
    }
    for (index, env) in instance.env.iter().enumerate() {
        let value = match &env.value {
            EnvValue::Plain(text) => text.clone(),
            EnvValue::Secret(_) => REDACTED.to_owned(),
        };
        let id = FieldId::Env(env.name.clone());
        push(SectionId::Parameters, &env.name, value, origin(&format!("/env/{index}/value")), Some(id));
    }
    if let Some(resources) = &instance.resources {
        for (side, entries) in
            [(ResourceSide::Limits, &resources.limits), (ResourceSide::Requests, &resources.requests)]
        {
            for (name, amount) in entries {
                let id = FieldId::Resource(side, name.clone());
                let shown = format!("{}.{name}", side.field());
                push(SectionId::Resources, &shown, amount.clone(), origin("/resources"), Some(id));
            }
        }
    }
    if let Some(command) = &instance.command {
        let words = shown_words(command.iter().map(|word| word.as_str().into()));
        let line: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
        push(SectionId::Advanced, "command", line.join(" "), origin("/command"), Some(FieldId::Command));
    }
    for (index, channel) in instance.inputs.iter().enumerate() {
        if let Some(rule) = &channel.scale_rule {
            let id = FieldId::RuleField(channel.name.clone(), super::scale_rules::law_field(view.version()).to_owned());
            let origin = origin(&format!("/inputs/{index}/scale_rule"));
            push(
                SectionId::Advanced,
                &format!("scale rule of {}", channel.name),
                rule.law.to_string(),
                origin,
                Some(id),
            );
        }
    }
    if let Some(config) = &instance.config {
        let labels = config.labels.iter();
        let labels = labels
            .map(|(name, value)| (vec!["labels".to_owned(), name.clone()], shown_value(name, value).into_owned()));
        let password = config.registry_password.as_ref().map(|_| REDACTED.to_owned());
        let others = [
            ("registryUrl", config.registry_url.clone()),
            ("registryUsername", config.registry_username.clone()),
            ("registryPassword", password),
        ];
        let others = others.into_iter().filter_map(|(name, value)| Some((vec![name.to_owned()], value?)));
        for (way, value) in labels.chain(others) {
            let name = format!("config.{}", way.join("."));
            push(SectionId::Advanced, &name, value, FieldOrigin::Task, Some(FieldId::Config(way)));
        }
    }
    values
}

impl View<'_> {
    fn channel_trees(&self) -> Vec<ChannelTree> {
        let trees = |direction| {
            self.channels(direction).into_iter().map(|channel| ChannelTree {
                id: channel.id,
                direction: channel.direction,
                name: channel.name,
                host_path: channel.host_path.value.as_ref().and_then(FieldValue::text).map(str::to_owned),
                container_path: channel.container_path,
                description: channel.description,
                forms: channel.expects,
            })
        };
        Direction::BOTH.into_iter().flat_map(trees).collect()
    }
}
