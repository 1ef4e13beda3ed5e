//! `validate --watch`: checks again what a change concerns, until it is ended.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use task_api_core::Kind;
use task_api_core::config::FILE_NAME;

use super::one::Session;
use super::summary::Summary;
use super::{Printer, concerns_others, kind_of, settings, warn};
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
    let places = places(args, io);
    for path in &places {
        watch(&mut watcher, path, RecursiveMode::Recursive)?;
    }
    for path in places_of_settings(args, &places) {
        watch(&mut watcher, &path, RecursiveMode::NonRecursive)?;
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
    let settings = settings(args, io);
    let files = match search::files(&args.paths, &settings, io) {
        Ok(found) => found.files,
        // A directory may become empty, and be filled again.
        Err(_) if changed.is_some() => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let is_about_settings = |path: &PathBuf| path.ends_with(FILE_NAME) || args.config.is_some();
    let settings_changed = changed.is_none_or(|changed| changed.iter().any(is_about_settings));
    let is_news = settings_changed || !known.is_empty();
    let projects = match settings.projects(&files) {
        Ok(projects) => projects,
        Err(wrong) if changed.is_none() => return Err(wrong.tell(io)),
        Err(wrong) => {
            // What was found under other settings holds no longer: once they are mended, all is looked at again.
            known.clear();
            if is_news {
                let failure = wrong.tell(io);
                io.error(&failure.message);
            }
            return Ok(());
        }
    };
    let present: HashSet<&PathBuf> = files.iter().collect();
    let before = known.len();
    known.retain(|path, _| present.contains(path));
    let vanished = before - known.len();
    let of_all = named(args).map(|path| io.absolute(path));
    let of_all: Vec<PathBuf> = of_all.chain(projects.iter().flat_map(|project| project.named())).collect();
    let all_are_concerned = changed.is_some_and(|changed| of_all.iter().any(|path| changed.contains(path)));
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
    let session = Session::new(args, settings, io)?;
    match session.heed(&projects) {
        Err(failure) if changed.is_some() => {
            known.clear();
            if is_news {
                io.error(&failure.message);
            }
            return Ok(());
        }
        result => result?,
    }
    if changed.is_some() {
        io.err("\n");
    }
    if settings_changed {
        warn(&projects, io);
    }
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
    // A workflow names containers anywhere.
    let is_above = || change.parent().is_some_and(|directory| file.starts_with(directory));
    change == file || concerns_others(change) && (is_above() || kind_of(file) == Some(Kind::Workflow))
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
    let all = args.paths.iter().chain(named(args)).map(|path| io.absolute(path));
    all.filter_map(|path| if path.is_dir() { Some(path) } else { path.parent().map(Path::to_owned) }).collect()
}

/// The files that concern all others: what they are checked against, and rendered with.
fn named(args: &ValidateArgs) -> impl Iterator<Item = &PathBuf> {
    // An image's name is no path, and not in a directory that could be watched.
    let is_path =
        |path: &&PathBuf| path.parent().is_some_and(|parent| parent.as_os_str().is_empty() || parent.exists());
    let named = args.container.iter().chain(&args.config).chain(&args.policies).chain(&args.variables.env_files);
    named.filter(is_path)
}

/// Directories above those that are watched whose task-api.toml holds for files in them.
fn places_of_settings(args: &ValidateArgs, places: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    if args.no_config || args.config.is_some() {
        return BTreeSet::new();
    }
    let nearest =
        |place: &PathBuf| place.ancestors().find(|directory| directory.join(FILE_NAME).is_file()).map(Path::to_owned);
    let is_watched = |directory: &PathBuf| places.iter().any(|place| directory.starts_with(place));
    places.iter().filter_map(nearest).filter(|directory| !is_watched(directory)).collect()
}

fn watcher() -> Result<(RecommendedWatcher, Receiver<notify::Result<Event>>), Failure> {
    let (sender, events) = mpsc::channel();
    let watcher = notify::recommended_watcher(sender).map_err(|error| cannot_watch(&error))?;
    Ok((watcher, events))
}

fn watch(watcher: &mut RecommendedWatcher, path: &Path, mode: RecursiveMode) -> Result<(), Failure> {
    watcher.watch(path, mode).map_err(|error| cannot_watch(&error))
}

fn cannot_watch(error: &notify::Error) -> Failure {
    let help = match error.kind {
        notify::ErrorKind::MaxFilesWatch => "; raise fs.inotify.max_user_watches, or name fewer directories",
        _ => "",
    };
    Failure::usage(format!("cannot watch for changes: {error}{help}"))
}
