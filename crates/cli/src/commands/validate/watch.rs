//! `validate --watch`: checks again what a change concerns, until it is ended.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::one::Session;
use super::summary::Summary;
use super::{Printer, concerns_others};
use crate::args::{Format, ValidateArgs};
use crate::exit::Failure;
use crate::in_order::in_order;
use crate::{DONE, Io, search};

/// An editor writes a file in several steps; so long must it be quiet.
const QUIET: Duration = Duration::from_millis(30);
/// Where it never is quiet, so long is waited at most.
const LATEST: Duration = Duration::from_millis(500);

pub(super) fn run(args: &ValidateArgs, io: &mut Io) -> Result<u8, Failure> {
    if !matches!(args.format, Format::Full | Format::Concise) {
        return Err(Failure::usage("--watch prints for people: use it with --format full or concise"));
    }
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::usage("--watch cannot watch standard input; name files or directories"));
    }
    // Before the first look, so that no change falls between the two.
    let (mut watcher, events) = watcher()?;
    for path in places(args, io) {
        watch(&mut watcher, &path)?;
    }
    let mut known = BTreeMap::new();
    let mut changed = None;
    loop {
        look(args, changed.as_ref(), &mut known, io)?;
        match io.flush() {
            Ok(()) => {}
            // Whoever read has had enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(DONE),
            Err(error) => return Err(Failure::usage(format!("cannot write the output: {error}"))),
        }
        changed = Some(next_changes(&events)?);
    }
}

/// Checks what is not known, or concerned by a change, and tells of it.
fn look(
    args: &ValidateArgs,
    changed: Option<&BTreeSet<PathBuf>>,
    known: &mut BTreeMap<PathBuf, Summary>,
    io: &mut Io,
) -> Result<(), Failure> {
    let files = match search::files(&args.paths, io) {
        Ok(found) => found.files,
        // A directory may become empty, and be filled again.
        Err(_) if changed.is_some() => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let present: HashSet<&PathBuf> = files.iter().collect();
    let before = known.len();
    known.retain(|path, _| present.contains(path));
    let vanished = before - known.len();
    let all_are_concerned = changed.is_some_and(|changed| {
        args.container.as_ref().is_some_and(|container| changed.contains(&io.absolute(container)))
    });
    let is_concerned = |path: &PathBuf| {
        let absolute = io.absolute(path);
        all_are_concerned
            || !known.contains_key(path)
            || changed.is_some_and(|changed| changed.iter().any(|change| concerns(change, &absolute)))
    };
    let to_check: Vec<PathBuf> = files.iter().filter(|path| is_concerned(path)).cloned().collect();
    if to_check.is_empty() && vanished == 0 && changed.is_some() {
        return Ok(());
    }
    if changed.is_some() {
        io.err("\n");
    }
    let session = Session::new(args, io)?;
    let mut printer = Printer::new(args);
    in_order(
        &to_check,
        |path| (path.clone(), session.check(path)),
        |(path, outcome)| {
            known.insert(path, outcome.summary.clone());
            printer.print(outcome, io);
        },
    );
    let mut total = Summary::default();
    known.values().for_each(|summary| total.add(summary));
    io.err(&format!("watching {}", total.in_words()));
    Ok(())
}

/// Whether what is found in a file depends on one that changed.
fn concerns(change: &Path, file: &Path) -> bool {
    change == file || concerns_others(change) && change.parent().is_some_and(|directory| file.starts_with(directory))
}

/// The paths that changed, as soon as it is quiet again.
fn next_changes(events: &Receiver<notify::Result<Event>>) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut changed = BTreeSet::new();
    let mut add = |event: notify::Result<Event>| -> Result<bool, Failure> {
        let event = event.map_err(|error| cannot_watch(&error))?;
        if !matches!(event.kind, EventKind::Access(_)) {
            changed.extend(event.paths);
            return Ok(true);
        }
        Ok(false)
    };
    let ended = |_| Failure::usage("cannot watch any longer: the system stopped reporting changes");
    while !add(events.recv().map_err(ended)?)? {}
    let latest = Instant::now() + LATEST;
    while Instant::now() < latest {
        match events.recv_timeout(QUIET) {
            Ok(event) => add(event)?,
            Err(_) => break,
        };
    }
    Ok(changed)
}

/// What has to be watched: directories that were named, and those of files that were.
fn places(args: &ValidateArgs, io: &Io) -> BTreeSet<PathBuf> {
    let named = args.paths.iter().chain(&args.container).map(|path| io.absolute(path));
    named.filter_map(|path| if path.is_dir() { Some(path) } else { path.parent().map(Path::to_owned) }).collect()
}

fn watcher() -> Result<(RecommendedWatcher, Receiver<notify::Result<Event>>), Failure> {
    let (sender, events) = mpsc::channel();
    let watcher = notify::recommended_watcher(sender).map_err(|error| cannot_watch(&error))?;
    Ok((watcher, events))
}

fn watch(watcher: &mut RecommendedWatcher, path: &Path) -> Result<(), Failure> {
    watcher.watch(path, RecursiveMode::Recursive).map_err(|error| cannot_watch(&error))
}

fn cannot_watch(error: &notify::Error) -> Failure {
    let help = match error.kind {
        notify::ErrorKind::MaxFilesWatch => "; raise fs.inotify.max_user_watches, or name fewer directories",
        _ => "",
    };
    Failure::usage(format!("cannot watch for changes: {error}{help}"))
}
