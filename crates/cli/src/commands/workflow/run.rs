//! `task-api workflow run`: what is to be done before the first task, and the end of it all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use task_api_core::plan::{absolute_path, mounts};
use task_api_core::resolve::TaskInstance;
use task_api_runner::{RecordPlace, RunId, WantedImage};

use super::job::Around;
use super::read::{Chain, Link, Source, read};
use super::record::{Recorded, TaskRecord, TaskState, VERSION, WorkflowRecord, WorkflowState};
use super::resume::{self, Lock, Selection};
use super::schedule::Schedule;
use super::show;
use crate::args::{PullArg, RecordFormat, UserArg, WorkflowRunArgs};
use crate::commands::run::caller;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::guard::Guard;
use crate::pull::{Pulling, wanted_by_instance};
use crate::{Io, host, record_place};

mod drive;

use drive::Drive;

pub(crate) fn run(args: &WorkflowRunArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::to_start(io)?;
    let mut signals = Signals::listen(&access)?;
    let before = resume::find(args, io)?;
    let id = before.as_ref().map_or_else(RunId::new, |before| before.record.id.clone());
    let directory = match (&before, &args.directory) {
        (Some(before), _) => before.record.directory.clone(),
        (None, Some(directory)) => PathBuf::from(absolute_path(&text(&io.directory)?, &text(directory)?)),
        (None, None) => io.directory.join(format!("workflow_run-{id}")),
    };
    let mut pulling = Pulling::new(args.pull.unwrap_or(PullArg::Missing));
    let mut of_image = |wanted: &WantedImage, io: &mut Io| {
        pulling.ensure(wanted, &mut access, &mut signals, io)?;
        access.processing_container_of(&wanted.reference, &mut signals)
    };
    let chain = read(args, &directory, &mut of_image, io)?;
    let selection = Selection::of(args, &chain, before.as_ref().map(|before| &before.record))?;
    for link in &chain.links {
        for notice in &link.resolution.notices {
            io.warning(&format!("task `{}`: {notice}", link.id));
        }
    }
    look_at_host(&chain, &selection, args, &access, io)?;
    let digests = images(&chain, &selection, &mut pulling, &mut access, &mut signals, io)?;
    let memory = match args.memory {
        Some(memory) => Some(memory),
        None => {
            let engine = access.connect()?.clone();
            access.block_on(engine.memory())?
        }
    };
    let (recorded, lock) = make_room(before.as_ref(), id, directory, &chain, &selection, io)?;
    let owner = match args.user {
        UserArg::Caller => Some(caller()),
        UserArg::Ids(user, group) => Some((user, group)),
        UserArg::Image => None,
    };
    let precious = [Some(PathBuf::from(&chain.directory)), Some(io.directory.clone()), home(io)];
    let around = Around {
        directory: chain.directory.clone(),
        records: recorded.record.directory.clone(),
        user: owner,
        owner: owner.filter(|_| caller().0 == 0),
        network: args.network.clone(),
        digests,
        precious: precious.into_iter().flatten().collect(),
    };
    io.err(&format!("workflow run {}\nrecord {}\n", recorded.record.id, recorded.path.display()));
    let jobs = args
        .jobs
        .map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), |jobs| jobs as usize);
    let drive = Drive::new(
        &chain,
        &selection,
        recorded,
        Arc::new(around),
        Schedule::new(&chain.graph, &selection.selected, jobs, memory),
    );
    let (recorded, code) = drive.through(&mut access, &mut signals, io)?;
    drop(lock);
    match args.format {
        RecordFormat::Full => io.out(&show::summary(&recorded)),
        RecordFormat::Json => io.out(&format!("{:#}\n", json!(recorded.record))),
    }
    Ok(code)
}

/// Directories that were there before must be there, and no mount may give away the machine.
fn look_at_host(
    chain: &Chain,
    selection: &Selection,
    args: &WorkflowRunArgs,
    access: &EngineAccess,
    io: &Io,
) -> Result<(), Failure> {
    let guard = Guard {
        home: home(io),
        sockets: access.sockets(),
        allowed: Vec::new(),
        allow_engine_socket: args.allow_engine_socket,
    };
    let mut problems = Vec::new();
    for (_, link) in chain.links.iter().enumerate().filter(|(task, _)| selection.selected[*task]) {
        let checked = host::check_inputs(&with_host_inputs_alone(link), &chain.directory)
            .and_then(|()| guard.check(&mounts(&link.resolution.instance, &chain.directory)));
        if let Err(failure) = checked {
            problems.extend(failure.message.lines().map(|line| format!("task `{}`: {line}", link.id)));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::invalid(problems.join("\n"))) }
}

/// A task as it can be looked at before others have run.
pub(super) fn with_host_inputs_alone(link: &Link) -> TaskInstance {
    let instance = &link.resolution.instance;
    let inputs = instance.inputs.iter().zip(&link.sources).filter(|(_, source)| **source == Source::Host);
    TaskInstance { inputs: inputs.map(|(channel, _)| channel.clone()).collect(), ..instance.clone() }
}

/// Sees to it that all images are present; what names each of them exactly.
fn images(
    chain: &Chain,
    selection: &Selection,
    pulling: &mut Pulling,
    access: &mut EngineAccess,
    signals: &mut Signals,
    io: &mut Io,
) -> Result<HashMap<String, String>, Failure> {
    let mut digests = HashMap::new();
    for (_, link) in chain.links.iter().enumerate().filter(|(task, _)| selection.selected[*task]) {
        let instance = &link.resolution.instance;
        if digests.contains_key(&instance.image) {
            continue;
        }
        let wanted = wanted_by_instance(&instance.image, instance.config.as_ref());
        let in_context =
            |failure: Failure| Failure { message: format!("task `{}`: {}", link.id, failure.message), ..failure };
        pulling.ensure(&wanted, access, signals, io).map_err(in_context)?;
        let engine = access.connect()?.clone();
        let image = signals.unless_interrupted(access, engine.image(&instance.image))?;
        digests.insert(instance.image.clone(), image.map_err(Failure::from)?.digest);
    }
    Ok(digests)
}

/// The directory of the outputs, which nobody else uses, and the record.
fn make_room(
    before: Option<&Recorded>,
    id: RunId,
    directory: PathBuf,
    chain: &Chain,
    selection: &Selection,
    io: &Io,
) -> Result<(Recorded, Lock), Failure> {
    let path = before.map_or_else(|| Recorded::path_of(&id, &io.directory), |before| before.path.clone());
    if before.is_none() {
        record_place::check(&RecordPlace::File(path.clone()))?;
        check_empty(chain)?;
    }
    let made = std::fs::create_dir_all(&directory);
    made.map_err(|error| Failure::usage(format!("cannot make {}: {}", directory.display(), host::in_words(&error))))?;
    let Some(lock) = Lock::take(&directory)? else {
        let message = match before {
            Some(before) => {
                format!("workflow run {} is still running; `task-api workflow stop {id}` ends it", before.record.id)
            }
            None => format!("another workflow runs in {}", directory.display()),
        };
        return Err(Failure::usage(message));
    };
    // Only now it is certain that nobody writes it any more.
    let before = before.map(|before| Recorded::load(&before.path)).transpose()?;
    let now = Timestamp::now();
    let record = WorkflowRecord {
        version: VERSION,
        id,
        name: chain.name.clone(),
        file: chain.file.clone(),
        directory,
        state: WorkflowState::Running,
        exit_code: None,
        created_at: before.as_ref().map_or(now, |before| before.record.created_at),
        resumed_at: before.as_ref().map(|_| now),
        finished_at: None,
        process: rustix::process::getpid().as_raw_nonzero().get(),
        tool: concat!("task-api ", env!("CARGO_PKG_VERSION")).to_owned(),
        tasks: tasks(before.as_ref().map(|before| &before.record), chain, selection),
    };
    let recorded = Recorded { record, path };
    if before.is_some() {
        recorded.save()?
    } else {
        recorded.create()?
    };
    Ok((recorded, lock))
}

/// A run never writes to what is not its own.
fn check_empty(chain: &Chain) -> Result<(), Failure> {
    for link in &chain.links {
        for channel in &link.resolution.instance.outputs {
            let path = Path::new(&channel.host_path);
            if std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(Failure::usage(format!(
                    "task `{}`: the directory {} of its output `{}` is not empty; name another --directory, or take up the run \
                     that it is of with --resume",
                    link.id,
                    path.display(),
                    channel.name
                )));
            }
        }
    }
    Ok(())
}

/// The tasks of the file, each with what is known of it. What ended well is only run again if it has changed.
fn tasks(before: Option<&WorkflowRecord>, chain: &Chain, selection: &Selection) -> Vec<TaskRecord> {
    let known = |id: &str| before.and_then(|before| before.tasks.iter().find(|task| task.task_id == id));
    let task = |(position, link): (usize, &Link)| {
        let is_selected = selection.selected[position];
        match known(&link.id) {
            Some(task) => {
                let mut task = TaskRecord { directory: link.directory.clone(), ..task.clone() };
                let may_still_run = matches!(task.state, TaskState::Starting | TaskState::Running);
                if is_selected && !may_still_run {
                    (task.state, task.message) = (TaskState::Waiting, None);
                }
                task.is_unchanged &= !is_selected;
                task
            }
            None => {
                let state = if is_selected { TaskState::Waiting } else { TaskState::LeftOut };
                TaskRecord { state, ..TaskRecord::new(&link.id, link.directory.clone()) }
            }
        }
    };
    chain.links.iter().enumerate().map(task).collect()
}

fn home(io: &Io) -> Option<PathBuf> {
    io.variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from)
}

fn text(path: &Path) -> Result<String, Failure> {
    crate::prepare::utf8(path)
}
