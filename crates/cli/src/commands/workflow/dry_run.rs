//! `task-api workflow run --dry-run`: the order, and what would run.

use serde::Serialize;
use task_api_core::command_line::docker_run;
use task_api_core::plan::{Estimate, Host, plan};
use task_api_core::spec::ContainerSpec;
use task_api_runner::WantedImage;

use super::read::{Link, read};
use super::run::with_host_inputs_alone;
use crate::args::{PullArg, RecordFormat, UserArg, WorkflowRunArgs};
use crate::commands::run::caller;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::pull::Pulling;
use crate::{DONE, Io, display, host, measure};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DryRun<'a> {
    version: u32,
    name: &'a str,
    /// Tasks of a level wait for tasks of earlier ones alone.
    levels: Vec<Vec<&'a str>>,
    /// In an order in which they can run.
    tasks: Vec<DryTask<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DryTask<'a> {
    task_id: &'a str,
    level: usize,
    waits_for: Vec<&'a str>,
    spec: ContainerSpec,
    /// Of the inputs that are there already.
    estimates: Vec<Estimate>,
    docker_run: String,
}

pub(crate) fn run(args: &WorkflowRunArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    let mut signals = Signals::listen(&access)?;
    let directory = match &args.directory {
        Some(directory) => io.absolute(directory),
        None => io.directory.join("workflow_run-<id>"),
    };
    // To show what would run is no reason to change what the engine has.
    let mut pulling = Pulling::new(args.pull.unwrap_or(PullArg::Never));
    let mut of_image = |wanted: &WantedImage, io: &mut Io| {
        pulling.ensure(wanted, &mut access, &mut signals, io)?;
        access.processing_container_of(&wanted.reference, &mut signals)
    };
    let chain = read(args, &directory, &mut of_image, io)?;
    let id = |task: &usize| chain.links[*task].id.as_str();
    let levels = chain.graph.levels();
    let mut tasks = Vec::new();
    for (level, members) in levels.iter().enumerate() {
        for task in members {
            let link = &chain.links[*task];
            let in_context =
                |failure: Failure| Failure { message: format!("task `{}`: {}", link.id, failure.message), ..failure };
            let (spec, estimates) = planned(link, args, &chain.directory, io).map_err(in_context)?;
            let waits_for = chain.graph.upstream_of(*task).iter().map(id).collect();
            let docker_run = docker_run(&spec);
            tasks.push(DryTask { task_id: &link.id, level: level + 1, waits_for, spec, estimates, docker_run });
        }
    }
    let levels = levels.iter().map(|level| level.iter().map(id).collect()).collect();
    let shown = DryRun { version: 1, name: &chain.name, levels, tasks };
    match args.format {
        RecordFormat::Json => {
            let json = serde_json::to_string_pretty(&shown);
            let json = json.map_err(|error| Failure::usage(format!("cannot write what would run: {error}")))?;
            io.out(&format!("{json}\n"));
        }
        RecordFormat::Full => io.out(&in_words(&shown)),
    }
    Ok(DONE)
}

fn planned(
    link: &Link,
    args: &WorkflowRunArgs,
    directory: &str,
    io: &mut Io,
) -> Result<(ContainerSpec, Vec<Estimate>), Failure> {
    let mut there = with_host_inputs_alone(link);
    host::check_inputs(&there, directory)?;
    there.inputs.retain(|channel| channel.scale_rule.is_some());
    let sizes =
        if there.inputs.is_empty() { Default::default() } else { measure::inputs_at_once(&there, directory)?.sizes };
    let user = match args.user {
        UserArg::Caller => Some(caller()),
        UserArg::Ids(user, group) => Some((user, group)),
        UserArg::Image => None,
    };
    let host = Host {
        task_directory: directory.to_owned(),
        user: user.map(|(user, group)| format!("{user}:{group}")),
        network: args.network.clone(),
        sizes,
        ..Host::default()
    };
    let planned = plan(&link.resolution.instance, &host).map_err(|error| Failure::invalid(error.to_string()))?;
    for notice in link.resolution.notices.iter().chain(&planned.notices) {
        io.warning(&format!("task `{}`: {notice}", link.id));
    }
    Ok((planned.spec, planned.estimates))
}

/// A script for a shell, with the order in its comments.
fn in_words(shown: &DryRun<'_>) -> String {
    let mut text = String::new();
    for task in &shown.tasks {
        let waits = match task.waits_for.as_slice() {
            [] => String::new(),
            waits => format!(", after {}", waits.join(", ")),
        };
        let head = display::line(&format!("level {}: {}{waits}", task.level, task.task_id));
        text.push_str(&format!("# {head}\n{}\n", task.docker_run));
    }
    text
}
