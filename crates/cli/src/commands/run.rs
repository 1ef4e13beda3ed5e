//! `task-api run`: starts a task's container, and follows it with `--watch`.

use std::path::PathBuf;

use serde_json::json;
use task_api_core::command_line::docker_run;
use task_api_core::plan::{Host, Plan, mounts, plan};
use task_api_core::resolve::TaskInstance;
use task_api_runner::{Error, Outcome, RecordPlace, Removal, Request, Run, WantedImage};

use crate::args::{Mode, PullArg, RecordFormat, RunArgs, UserArg};
use crate::clean::clean_outputs;
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::follow::{Following, Signals, TimeLimit};
use crate::guard::Guard;
use crate::measure::Inputs;
use crate::prepare::{ContainerSource, Prepared, prepare};
use crate::provenance::Provenance;
use crate::pull::{Pulling, wanted_by_instance};
use crate::{DONE, Io, after_run, follow, host, measure, memory, record_place};

pub(crate) fn run(args: &RunArgs, io: &mut Io) -> Result<u8, Failure> {
    check_options(args)?;
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
    let task = Task { args, instance: &prepared.resolution.instance, directory: &directory };
    let inputs = task.look_at_host(&access, &mut signals, io)?;
    let plan = task.plan(&inputs, io)?;
    if args.dry_run {
        return dry_run(&plan, io);
    }
    let provenance = match &args.provenance {
        Some(place) => Some(Provenance::plan(place.as_deref(), task.instance, task.directory, io)?),
        None => None,
    };
    // Only then is anything changed: neither an engine nor an image that is missing leaves directories.
    let wanted = wanted_by_instance(&plan.spec.image, task.instance.config.as_ref());
    pulling.ensure(&wanted, &mut access, &mut signals, io)?;
    access.connect()?;
    let record = task.make_room(&plan, io)?;
    let request = request(plan, &prepared, inputs, record);
    let mut run = task.start(request, provenance.as_ref(), &mut access, &mut signals, io)?;
    let time_limit = args.timeout.map(TimeLimit::from_now);
    if !args.watch {
        io.out(&names(&run, args));
        return Ok(DONE);
    }
    // The container's output may have a reader that does not read.
    io.detach();
    // Standard output belongs to the container.
    io.err(&names(&run, args));
    let followed = Following { time_limit, shows_memory: args.monitor_memory };
    let code = follow::follow(&mut access, &mut run, &mut signals, followed, io)?;
    let told = task.tell_about(&run, code, provenance.as_ref(), &access, &mut signals, io);
    if args.container.rm && Outcome::of(&run.record).is_some() {
        let engine = access.connect()?.clone();
        warn(&access.block_on(engine.remove(&mut run, Removal::default()))?, io);
    }
    told?;
    if let Some(outlets) = io.outlets().cloned() {
        // A reader that comes later finds our last words as well, unless the user has no time.
        let _ = signals.unless_interrupted(&access, outlets.err.flush());
    }
    Ok(code)
}

fn check_options(args: &RunArgs) -> Result<(), Failure> {
    if args.mode == Mode::K8s {
        return Err(Failure::usage("running on Kubernetes is not supported; use `--mode docker`"));
    }
    if args.timeout.is_some() && !args.watch {
        return Err(Failure::usage(
            "--timeout needs --watch: without it, nothing of task-api is left that could end the container",
        ));
    }
    Ok(())
}

/// What is to run, and how.
struct Task<'a> {
    args: &'a RunArgs,
    instance: &'a TaskInstance,
    /// Absolute, of the task's file.
    directory: &'a str,
}

impl Task<'_> {
    /// Inputs that are missing and paths that are refused are errors; nothing is changed.
    fn look_at_host(&self, access: &EngineAccess, signals: &mut Signals, io: &mut Io) -> Result<Inputs, Failure> {
        host::check_inputs(self.instance, self.directory)?;
        let options = &self.args.container;
        let guard = Guard {
            home: home(io),
            sockets: access.sockets(),
            allowed: options.allow_host_path.iter().map(|path| io.absolute(path)).collect(),
            allow_engine_socket: options.allow_engine_socket,
        };
        // Before anything is measured: all of a machine would take a while.
        guard.check(&mounts(self.instance, self.directory))?;
        measure::inputs(self.instance, self.directory, access, signals, io)
    }

    fn plan(&self, inputs: &Inputs, io: &mut Io) -> Result<Plan, Failure> {
        let options = &self.args.container;
        let around = Host {
            task_directory: self.directory.to_owned(),
            user: self.owner().map(|(user, group)| format!("{user}:{group}")),
            sizes: inputs.sizes.clone(),
            network: options.network.clone(),
            gpus: options.gpus,
            entrypoint: options.entrypoint(),
        };
        let plan = plan(self.instance, &around).map_err(|error| Failure::invalid(error.to_string()))?;
        for notice in &plan.notices {
            io.warning(notice);
        }
        Ok(plan)
    }

    /// Whom the container runs as; `None` for the image's own user.
    fn owner(&self) -> Option<(u32, u32)> {
        match self.args.user {
            UserArg::Caller => Some(caller()),
            UserArg::Ids(user, group) => Some((user, group)),
            UserArg::Image => None,
        }
    }

    /// Makes and empties the output directories, and decides on the place of the record.
    fn make_room(&self, plan: &Plan, io: &mut Io) -> Result<RecordPlace, Failure> {
        let record = match &self.args.output {
            Some(path) => RecordPlace::File(io.absolute(path)),
            None => RecordPlace::Directory(io.directory.clone()),
        };
        // What will fail anyway fails before anything is lost.
        record_place::check(&record)?;
        if self.args.container.clean_outputs {
            let precious = [Some(PathBuf::from(self.directory)), Some(io.directory.clone()), home(io)];
            for left in clean_outputs(&plan.spec.mounts, &precious.into_iter().flatten().collect::<Vec<_>>())? {
                io.warning(&format!("{left} was left as it is, because something is mounted there"));
            }
        }
        host::make_outputs(self.instance, self.directory, self.owner().filter(|_| caller().0 == 0))?;
        Ok(record)
    }

    /// A start that fails is described like any other end.
    fn start(
        &self,
        request: Request,
        provenance: Option<&Provenance>,
        access: &mut EngineAccess,
        signals: &mut Signals,
        io: &mut Io,
    ) -> Result<Run, Failure> {
        let engine = access.connect()?.clone();
        match access.block_on(engine.start(request)) {
            Ok(started) => {
                warn(&started.warnings, io);
                Ok(started.run)
            }
            Err(error) => {
                if let (Some(provenance), Error::StartRefused { record, .. }) = (provenance, &error)
                    && let Ok(run) = Run::load(record)
                    && let Err(failure) =
                        provenance.write(self.instance, self.directory, &run.record, signals, access, io)
                {
                    io.warning(&failure.message);
                }
                Err(error.into())
            }
        }
    }

    /// What there is to say when a run has ended.
    fn tell_about(
        &self,
        run: &Run,
        code: u8,
        provenance: Option<&Provenance>,
        access: &EngineAccess,
        signals: &mut Signals,
        io: &mut Io,
    ) -> Result<(), Failure> {
        if self.args.monitor_memory {
            io.err(&memory::summary(&run.record));
        }
        if code == DONE && !self.args.no_check_data {
            after_run::check_outputs(self.instance, self.directory, signals, access, io)?;
        }
        match provenance {
            Some(place) => place.write(self.instance, self.directory, &run.record, signals, access, io),
            None => Ok(()),
        }
    }
}

fn home(io: &Io) -> Option<PathBuf> {
    io.variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from)
}

fn request(plan: Plan, prepared: &Prepared, inputs: Inputs, record: RecordPlace) -> Request {
    let instance = &prepared.resolution.instance;
    Request {
        spec: plan.spec,
        task: instance.name.clone(),
        task_instance: json!(instance),
        origins: json!(prepared.resolution.origins),
        inputs: inputs.channels,
        estimates: plan.estimates,
        outputs: Vec::new(),
        tool: concat!("task-api ", env!("CARGO_PKG_VERSION")).to_owned(),
        record,
    }
}

/// By which the user finds the run again.
fn names(run: &Run, args: &RunArgs) -> String {
    match (args.container.format, args.watch) {
        (RecordFormat::Full, _) => format!("run {}\nrecord {}\n", run.id(), run.path().display()),
        (RecordFormat::Json, false) => {
            let started = json!({ "version": 1, "id": run.id(), "recordPath": run.path(), "record": run.record });
            format!("{started:#}\n")
        }
        // Between the container's lines, one of ours has to be one.
        (RecordFormat::Json, true) => {
            format!("{}\n", json!({ "version": 1, "id": run.id(), "recordPath": run.path() }))
        }
    }
}

fn dry_run(plan: &Plan, io: &mut Io) -> Result<u8, Failure> {
    let shown = json!({ "spec": plan.spec, "estimates": plan.estimates, "dockerRun": docker_run(&plan.spec) });
    io.out(&format!("{shown:#}\n"));
    Ok(DONE)
}

pub(crate) fn caller() -> (u32, u32) {
    (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
}
