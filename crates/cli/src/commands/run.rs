//! `task-api run`: starts a task's container, and follows it with `--watch`.

use std::path::PathBuf;

use serde_json::json;
use task_api_core::command_line::docker_run;
use task_api_core::plan::{Host, Plan, mounts, plan};
use task_api_core::quantity::human_bytes;
use task_api_runner::{Error, Outcome, Record, RecordPlace, Removal, Request};

use crate::args::{Mode, RecordFormat, RunArgs, UserArg};
use crate::clean::clean_outputs;
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::follow::Signals;
use crate::guard::Guard;
use crate::prepare::{ContainerSource, prepare};
use crate::{DONE, Io, follow, host, measure};

pub(crate) fn run(args: &RunArgs, io: &mut Io) -> Result<u8, Failure> {
    if args.mode == Mode::K8s {
        return Err(Failure::usage("running on Kubernetes is not supported; use `--mode docker`"));
    }
    let mut access = EngineAccess::new(io)?;
    // From here on, an interrupt ends the command or is the container's.
    let mut signals = Signals::listen(&access)?;
    let mut from_image = |image: &str, _: &mut Io| {
        let engine = access.connect()?.clone();
        Ok(signals.unless_interrupted(&access, engine.processing_container_of(image))??)
    };
    let prepared = prepare(&args.task, &mut ContainerSource::Image(&mut from_image), io)?;
    for notice in &prepared.resolution.notices {
        io.warning(notice);
    }
    let directory = prepared.directory_text()?;
    let instance = &prepared.resolution.instance;
    host::check_inputs(instance, &directory)?;
    let home = io.variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let guard = Guard {
        home: home.clone(),
        sockets: access.sockets(),
        allowed: args.container.allow_host_path.iter().map(|path| io.absolute(path)).collect(),
        allow_engine_socket: args.container.allow_engine_socket,
    };
    // Before anything is measured: all of a machine would take a while.
    guard.check(&mounts(instance, &directory))?;
    let inputs = measure::inputs(instance, &directory, &access, &mut signals, io)?;
    let owner = match args.user {
        UserArg::Caller => Some(caller()),
        UserArg::Ids(user, group) => Some((user, group)),
        UserArg::Image => None,
    };
    let around = Host {
        task_directory: directory.clone(),
        user: owner.map(|(user, group)| format!("{user}:{group}")),
        sizes: inputs.sizes,
        network: args.container.network.clone(),
        gpus: args.container.gpus,
        entrypoint: args.container.entrypoint(),
    };
    let plan = plan(instance, &around).map_err(|error| Failure::invalid(error.to_string()))?;
    for notice in &plan.notices {
        io.warning(notice);
    }
    if args.dry_run {
        return dry_run(&plan, io);
    }
    // Only then is anything changed: neither an engine nor an image that is missing leaves directories.
    let engine = access.connect()?.clone();
    signals.unless_interrupted(&access, engine.image(&plan.spec.image))??;
    if args.container.clean_outputs {
        // What will fail anyway fails before anything is lost.
        if let Some(path) = args.output.as_ref().map(|path| io.absolute(path)).filter(|path| path.exists()) {
            return Err(Error::RecordExists { path }.into());
        }
        let precious = [Some(PathBuf::from(&directory)), Some(io.directory.clone()), home];
        for left in clean_outputs(&plan.spec.mounts, &precious.into_iter().flatten().collect::<Vec<_>>())? {
            io.warning(&format!("{left} was left as it is, because something is mounted there"));
        }
    }
    host::make_outputs(instance, &directory, owner.filter(|_| caller().0 == 0))?;
    let request = Request {
        spec: plan.spec,
        task: instance.name.clone(),
        task_instance: json!(instance),
        origins: json!(prepared.resolution.origins),
        inputs: inputs.channels,
        outputs: Vec::new(),
        tool: concat!("task-api ", env!("CARGO_PKG_VERSION")).to_owned(),
        record: match &args.output {
            Some(path) => RecordPlace::File(io.absolute(path)),
            None => RecordPlace::Directory(io.directory.clone()),
        },
    };
    let started = access.block_on(engine.start(request))?;
    warn(&started.warnings, io);
    let mut run = started.run;
    let names = match (args.container.format, args.watch) {
        (RecordFormat::Full, _) => format!("run {}\nrecord {}\n", run.id(), run.path().display()),
        (RecordFormat::Json, false) => {
            let started = json!({ "version": 1, "id": run.id(), "recordPath": run.path(), "record": run.record });
            format!("{started:#}\n")
        }
        // Between the container's lines, one of ours has to be one.
        (RecordFormat::Json, true) => {
            format!("{}\n", json!({ "version": 1, "id": run.id(), "recordPath": run.path() }))
        }
    };
    if !args.watch {
        io.out(&names);
        return Ok(DONE);
    }
    // Standard output belongs to the container.
    io.err(&names);
    let code = follow::follow(&mut access, &mut run, &mut signals, io)?;
    if args.monitor_memory {
        io.err(&memory_in_words(&run.record));
    }
    if args.container.rm && Outcome::of(&run.record).is_some() {
        warn(&access.block_on(engine.remove(&mut run, Removal::default()))?, io);
    }
    Ok(code)
}

fn memory_in_words(record: &Record) -> String {
    let limit = record.spec.pointer("/resources/memoryLimit").and_then(serde_json::Value::as_u64);
    let limit = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("a limit of {}", human_bytes(limit)));
    match record.peak_memory_bytes {
        Some(peak) => format!("peak memory {} with {limit}\n", human_bytes(peak)),
        None => format!("peak memory could not be measured (the container ended too soon), {limit}\n"),
    }
}

fn dry_run(plan: &Plan, io: &mut Io) -> Result<u8, Failure> {
    let shown = json!({ "spec": plan.spec, "estimates": plan.estimates, "dockerRun": docker_run(&plan.spec) });
    io.out(&format!("{shown:#}\n"));
    Ok(DONE)
}

fn caller() -> (u32, u32) {
    (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
}
