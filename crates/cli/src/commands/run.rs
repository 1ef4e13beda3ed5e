//! `task-api run`: starts a task's container, and follows it with `--watch`.

use std::path::PathBuf;

use serde_json::json;
use task_api_core::command_line::docker_run;
use task_api_core::plan::{Host, Plan, mounts, plan};
use task_api_runner::{Outcome, RecordPlace, Removal, Request, WantedImage};

use crate::args::{Mode, PullArg, RecordFormat, RunArgs, UserArg};
use crate::clean::clean_outputs;
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::follow::{Following, Signals, TimeLimit};
use crate::guard::Guard;
use crate::prepare::{ContainerSource, prepare};
use crate::provenance::Provenance;
use crate::pull::{Pulling, wanted_by_instance};
use crate::{DONE, Io, after_run, follow, host, measure, memory, record_place};

pub(crate) fn run(args: &RunArgs, io: &mut Io) -> Result<u8, Failure> {
    if args.mode == Mode::K8s {
        return Err(Failure::usage("running on Kubernetes is not supported; use `--mode docker`"));
    }
    if args.timeout.is_some() && !args.watch {
        return Err(Failure::usage(
            "--timeout needs --watch: without it, nothing of task-api is left that could end the container",
        ));
    }
    let mut access = if args.dry_run { EngineAccess::new(io)? } else { EngineAccess::to_start(io)? };
    // From here on, an interrupt ends the command or is the container's.
    let mut signals = Signals::listen(&access)?;
    // To show what would run is no reason to change what the engine has.
    let mut pulling = Pulling::new(args.pull.unwrap_or(if args.dry_run { PullArg::Never } else { PullArg::Missing }));
    let mut from_image = |wanted: &WantedImage, io: &mut Io| {
        pulling.ensure(wanted, &mut access, &mut signals, io)?;
        access.processing_container_of(&wanted.reference, &mut signals)
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
    let provenance = args.provenance.as_ref().map(|place| Provenance::plan(place.as_deref(), instance, &directory, io));
    let provenance = provenance.transpose()?;
    // Only then is anything changed: neither an engine nor an image that is missing leaves directories.
    let wanted = wanted_by_instance(&plan.spec.image, instance.config.as_ref());
    pulling.ensure(&wanted, &mut access, &mut signals, io)?;
    let engine = access.connect()?.clone();
    let record = match &args.output {
        Some(path) => RecordPlace::File(io.absolute(path)),
        None => RecordPlace::Directory(io.directory.clone()),
    };
    // What will fail anyway fails before anything is lost.
    record_place::check(&record)?;
    if args.container.clean_outputs {
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
        estimates: plan.estimates,
        outputs: Vec::new(),
        tool: concat!("task-api ", env!("CARGO_PKG_VERSION")).to_owned(),
        record,
    };
    let started = access.block_on(engine.start(request))?;
    let time_limit = args.timeout.map(TimeLimit::from_now);
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
    let followed = Following { time_limit, shows_memory: args.monitor_memory };
    let code = follow::follow(&mut access, &mut run, &mut signals, followed, io)?;
    if args.monitor_memory {
        io.err(&memory::summary(&run.record));
    }
    if code == DONE && !args.no_check_data {
        after_run::check_outputs(instance, &directory, io);
    }
    if let Some(place) = provenance {
        place.write(instance, &directory, &run.record, &mut signals, &access, io)?;
    }
    if args.container.rm && Outcome::of(&run.record).is_some() {
        warn(&access.block_on(engine.remove(&mut run, Removal::default()))?, io);
    }
    Ok(code)
}

fn dry_run(plan: &Plan, io: &mut Io) -> Result<u8, Failure> {
    let shown = json!({ "spec": plan.spec, "estimates": plan.estimates, "dockerRun": docker_run(&plan.spec) });
    io.out(&format!("{shown:#}\n"));
    Ok(DONE)
}

pub(crate) fn caller() -> (u32, u32) {
    (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
}
