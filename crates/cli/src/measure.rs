//! What is in the input channels: files, bytes, and the sizes that scale rules ask for.
//!
//! A directory is a piece of work that any thread may take. Nothing is kept of a file once it is
//! counted, so memory does not grow with the number of files.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsStr};
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, Dir, DirEntry, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;
use task_api_core::plan::absolute_path;
use task_api_core::resolve::{Channel, TaskInstance};
use task_api_core::scale::{Measure, Tally};
use task_api_runner::ChannelSize;

use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::host::in_words;
use crate::progress::Count;
use crate::{Io, python_regex};

/// What the input channels hold.
pub(crate) struct Inputs {
    pub(crate) channels: Vec<ChannelSize>,
    /// The size `n` of each channel with a scale rule.
    pub(crate) sizes: BTreeMap<String, u64>,
}

/// What has been counted, for whoever waits; and the way to tell that nobody waits any more.
#[derive(Debug, Default)]
struct Counter {
    files: AtomicU64,
    bytes: AtomicU64,
    is_over: AtomicBool,
}

impl Counter {
    /// Files and bytes.
    fn so_far(&self) -> (u64, u64) {
        (self.files.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// The walk ends as soon as it can; what it comes to means nothing then.
    fn give_up(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Measures the inputs on threads of their own, which nobody waits for after an interrupt; shows how
/// far they are.
pub(crate) fn inputs(
    instance: &TaskInstance,
    directory: &str,
    access: &EngineAccess,
    signals: &mut Signals,
    io: &Io,
) -> Result<Inputs, Failure> {
    const TICK: Duration = Duration::from_millis(100);
    let (sender, mut receiver) = tokio::sync::oneshot::channel();
    let counter = Arc::new(Counter::default());
    let shown = Count::new(io);
    let (instance, directory, counting) = (instance.clone(), directory.to_owned(), Arc::clone(&counter));
    std::thread::spawn(move || sender.send(measure(&instance, &directory, &counting)).is_ok());
    let measured = signals.unless_interrupted(access, async {
        loop {
            tokio::select! {
                measured = &mut receiver => return measured,
                () = tokio::time::sleep(TICK) => {
                    let (files, bytes) = counter.so_far();
                    shown.show("measured", files, bytes);
                }
            }
        }
    });
    counter.give_up();
    measured?.map_err(|_| Failure::usage("the inputs could not be measured"))?
}

/// Measures the inputs on the thread that asks.
pub(crate) fn inputs_at_once(instance: &TaskInstance, directory: &str) -> Result<Inputs, Failure> {
    measure(instance, directory, &Counter::default())
}

/// Walks the inputs: files and bytes of each, and the sizes that scale rules ask for.
fn measure(instance: &TaskInstance, directory: &str, counter: &Counter) -> Result<Inputs, Failure> {
    let rules: Vec<Option<Measure>> = instance.inputs.iter().map(rule_of).collect::<Result<_, _>>()?;
    let mut inputs = Inputs { channels: Vec::new(), sizes: BTreeMap::new() };
    for (channel, rule) in instance.inputs.iter().zip(&rules) {
        let root = absolute_path(directory, &channel.host_path);
        let counted = count(Path::new(&root), None, rule.as_ref(), counter)
            .map_err(|problem| Failure::invalid(format!("input `{}`: {problem}", channel.name)))?;
        let (files, bytes) = (counted.files, counted.bytes);
        inputs.channels.push(ChannelSize { channel: channel.name.clone(), files, bytes });
        if let Some(rule) = rule {
            inputs.sizes.insert(channel.name.clone(), rule.size(&counted.tally));
        }
    }
    Ok(inputs)
}

/// The size `n` of a directory as a channel; or what one item of it, a directory too, adds.
pub(crate) fn size_of(root: &Path, item: Option<&OsStr>, rule: &Measure) -> Result<u64, Failure> {
    let counted = count(root, item, Some(rule), &Counter::default()).map_err(Failure::invalid)?;
    Ok(rule.size(&counted.tally))
}

fn rule_of(channel: &Channel) -> Result<Option<Measure>, Failure> {
    let Some(rule) = &channel.scale_rule else { return Ok(None) };
    let in_context = |error| Failure::invalid(format!("scale rule of input `{}`: {error}", channel.name));
    rule.measure(python_regex::compile).map(Some).map_err(in_context)
}

#[derive(Debug, Default)]
struct Counted {
    files: u64,
    bytes: u64,
    tally: Tally,
}

/// As many as there are processors: more helps on a file system that is far away, and costs little.
const FEWEST_THREADS: usize = 4;
const MOST_THREADS: usize = 16;

/// Counts what is below the root, or below one item of it.
fn count(root: &Path, item: Option<&OsStr>, rule: Option<&Measure>, counter: &Counter) -> Result<Counted, String> {
    let place = item.map_or_else(|| root.to_owned(), |item| root.join(item));
    let opened = openat(CWD, &place, READ_DIRECTORY, Mode::empty());
    let opened = opened.map_err(|error| format!("{}: {}", place.display(), in_words(&error.into())))?;
    let below_root = item.map(|item| [item.as_bytes(), b"/"].concat()).unwrap_or_default();
    let first = Place { anchor: Arc::new(opened), below_anchor: c".".to_owned(), below_root };
    let root = root.display().to_string();
    let walk = Walk { root: &root, rule, counter, queue: Mutex::new(Queue::default()), changed: Condvar::new() };
    walk.queue().waiting.push(first);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).clamp(FEWEST_THREADS, MOST_THREADS);
    let mut all = Counted::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| walk.work())).collect();
        for worker in workers {
            let Ok(counted) = worker.join() else {
                walk.fail("a thread ended unexpectedly".to_owned());
                continue;
            };
            all.files += counted.files;
            all.bytes = all.bytes.saturating_add(counted.bytes);
            all.tally.merge(counted.tally);
        }
    });
    match walk.queue().problem.take() {
        Some(problem) => Err(problem),
        None => Ok(all),
    }
}

const READ_DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A path from an anchor that is longer starts from an anchor of its own, so that neither the
/// length of paths nor the number of open files limits how deep a tree may be.
const LONGEST_FROM_ANCHOR: usize = 2000;

/// A directory to read.
struct Place {
    /// An open directory above.
    anchor: Arc<OwnedFd>,
    below_anchor: CString,
    /// Bytes of the path relative to the channel: empty, or with `/` at the end.
    below_root: Vec<u8>,
}

#[derive(Default)]
struct Queue {
    /// The last one is taken first, so that it holds the siblings along one path, not a whole level.
    waiting: Vec<Place>,
    /// How many threads read a directory, which may give more to do.
    busy: usize,
    problem: Option<String>,
}

struct Walk<'a> {
    root: &'a str,
    rule: Option<&'a Measure>,
    counter: &'a Counter,
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Walk<'_> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, problem: String) {
        self.queue().problem.get_or_insert(problem);
        self.changed.notify_all();
    }

    fn work(&self) -> Counted {
        let mut counted = Counted::default();
        while let Some(place) = self.take() {
            // The others would wait for ever for one that is gone.
            let read = catch_unwind(AssertUnwindSafe(|| self.read(&place, &mut counted))).unwrap_or_else(|_| {
                let place = String::from_utf8_lossy(&place.below_root);
                Err(format!("{}/{place}: task-api failed while it was counted, which is a bug", self.root))
            });
            self.queue().busy -= 1;
            match read {
                Ok(()) => self.changed.notify_all(),
                Err(problem) => self.fail(problem),
            }
        }
        counted
    }

    fn take(&self) -> Option<Place> {
        let mut queue = self.queue();
        loop {
            if queue.problem.is_some() || self.counter.is_over.load(Ordering::Relaxed) {
                return None;
            }
            if let Some(place) = queue.waiting.pop() {
                queue.busy += 1;
                return Some(place);
            }
            if queue.busy == 0 {
                return None;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn read(&self, place: &Place, counted: &mut Counted) -> Result<(), String> {
        let flags = READ_DIRECTORY.union(OFlags::NOFOLLOW);
        let open = openat(&*place.anchor, &place.below_anchor, flags, Mode::empty()).and_then(Dir::new);
        let mut directory = match open {
            Ok(directory) => directory,
            Err(error) if has_vanished(error) => return Ok(()),
            Err(error) => return Err(self.problem(&place.below_root, error)),
        };
        let mut path = text_of(&place.below_root);
        let prefix = path.len();
        let mut below = Vec::new();
        let before = (counted.files, counted.bytes);
        while let Some(entry) = directory.read() {
            let entry = entry.map_err(|error| self.problem(&place.below_root, error))?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            match self.size_of(&directory, &entry) {
                Ok(Found::Directory) => below.push(name.to_owned()),
                Ok(Found::File(bytes)) => {
                    counted.files += 1;
                    counted.bytes = counted.bytes.saturating_add(bytes);
                    if let Some(rule) = self.rule {
                        path.truncate(prefix);
                        push_text(&mut path, name.to_bytes());
                        rule.add(&mut counted.tally, &path, bytes).map_err(|error| error.to_string())?;
                    }
                }
                Ok(Found::Nothing) => {}
                Err(error) => return Err(self.problem(&[&place.below_root, name.to_bytes()].concat(), error)),
            }
        }
        self.counter.files.fetch_add(counted.files - before.0, Ordering::Relaxed);
        self.counter.bytes.fetch_add(counted.bytes.saturating_sub(before.1), Ordering::Relaxed);
        if below.is_empty() {
            return Ok(());
        }
        let places = self.places(place, &directory, below).map_err(|error| self.problem(&place.below_root, error))?;
        self.queue().waiting.extend(places);
        self.changed.notify_all();
        Ok(())
    }

    fn size_of(&self, directory: &Dir, entry: &DirEntry) -> Result<Found, Errno> {
        let name = entry.file_name();
        let mut kind = entry.file_type();
        let mut bytes = 0;
        if matches!(kind, FileType::RegularFile | FileType::Unknown) {
            let stat = match statat(directory.fd()?, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(error) if has_vanished(error) => return Ok(Found::Nothing),
                Err(error) => return Err(error),
            };
            kind = FileType::from_raw_mode(stat.st_mode);
            bytes = stat.st_size;
        }
        Ok(match kind {
            FileType::Directory => Found::Directory,
            FileType::RegularFile => Found::File(u64::try_from(bytes).unwrap_or(0)),
            // A link that leads nowhere, or to where nobody may look, is no file.
            FileType::Symlink => match statat(directory.fd()?, name, AtFlags::empty()) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                    Found::File(u64::try_from(stat.st_size).unwrap_or(0))
                }
                Ok(_) | Err(_) => Found::Nothing,
            },
            _ => Found::Nothing,
        })
    }

    fn places(&self, above: &Place, directory: &Dir, names: Vec<CString>) -> Result<Vec<Place>, Errno> {
        let is_far = above.below_anchor.as_bytes().len() > LONGEST_FROM_ANCHOR;
        let own_anchor = match is_far {
            true => Some(Arc::new(rustix::io::fcntl_dupfd_cloexec(directory.fd()?.as_fd(), 0)?)),
            false => None,
        };
        let place = |name: CString| Place {
            below_root: [&above.below_root, name.as_bytes(), b"/"].concat(),
            below_anchor: if is_far { name } else { joined(&above.below_anchor, &name) },
            anchor: Arc::clone(own_anchor.as_ref().unwrap_or(&above.anchor)),
        };
        Ok(names.into_iter().map(place).collect())
    }

    fn problem(&self, below_root: &[u8], error: Errno) -> String {
        let path = String::from_utf8_lossy(below_root);
        format!(
            "{}: {}",
            format!("{}/{path}", self.root.trim_end_matches('/')).trim_end_matches('/'),
            in_words(&error.into())
        )
    }
}

enum Found {
    File(u64),
    Directory,
    Nothing,
}

/// What is written to while it is measured may be gone, or be something else by now.
fn has_vanished(error: Errno) -> bool {
    matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::LOOP)
}

fn joined(directory: &CStr, name: &CStr) -> CString {
    let path = [directory.to_bytes(), b"/", name.to_bytes()].concat();
    // Both came without a zero byte.
    CString::new(path).unwrap_or_default()
}

fn text_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    push_text(&mut text, bytes);
    text
}

/// A byte that is not UTF-8 counts as one character, as in Python.
fn push_text(text: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use task_api_core::scale::{Law, Mode as SizeMode, ScaleRule, Target};

    use super::*;

    fn counted(root: &std::path::Path) -> Result<(u64, u64), String> {
        count(root, None, None, &Counter::default()).map(|counted| (counted.files, counted.bytes))
    }

    #[test]
    fn links_to_files_count_and_links_to_directories_do_not() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        fs::create_dir_all(at("in/a")).unwrap();
        fs::create_dir(at("elsewhere")).unwrap();
        fs::write(at("elsewhere/big"), [0; 1000]).unwrap();
        fs::write(at("in/a/small"), [0; 10]).unwrap();
        symlink(at("elsewhere/big"), at("in/link")).unwrap();
        symlink(at("elsewhere"), at("in/directory")).unwrap();
        symlink("loop", at("in/loop")).unwrap();
        symlink("nowhere", at("in/dangling")).unwrap();
        assert_eq!(counted(&at("in")), Ok((2, 1010)));
        // The channel itself may be a link.
        symlink(at("in"), at("channel")).unwrap();
        assert_eq!(counted(&at("channel")), Ok((2, 1010)));
    }

    #[test]
    fn a_tree_may_be_deeper_than_a_path_is_long() {
        let root = tempfile::tempdir().unwrap();
        let name = "d".repeat(200);
        let mut at = openat(CWD, root.path(), READ_DIRECTORY, Mode::empty()).unwrap();
        for _ in 0..60 {
            for side in ["x", &name] {
                rustix::fs::mkdirat(&at, side, Mode::RWXU).unwrap();
            }
            drop(openat(&at, "file", OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).unwrap());
            at = openat(&at, name.as_str(), READ_DIRECTORY, Mode::empty()).unwrap();
        }
        assert_eq!(counted(root.path()), Ok((60, 0)));
        // Nor can the standard library's removal be trusted with such a path.
        std::process::Command::new("rm").arg("-rf").arg(root.path()).status().unwrap();
    }

    #[test]
    fn names_need_not_be_text() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(std::ffi::OsStr::from_bytes(b"a\xff\xfe.dcm")), "123").unwrap();
        assert_eq!(counted(root.path()), Ok((1, 3)));
        assert_eq!(text_of(b"a\xff\xfe.dcm").chars().count(), 7);
    }

    #[test]
    fn what_vanishes_meanwhile_is_no_error() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("stays"), "123").unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    for number in 0..20 {
                        let directory = root.path().join(format!("d{number}"));
                        let _ = fs::create_dir_all(directory.join("deep"));
                        let _ = fs::write(directory.join("deep/file"), "");
                    }
                    for number in 0..20 {
                        let directory = root.path().join(format!("d{number}"));
                        let _ = fs::remove_dir_all(&directory);
                        // And comes back as something else.
                        let _ = fs::write(&directory, "");
                        let _ = fs::remove_file(&directory);
                    }
                }
            });
            let all: Vec<_> = (0..300).map(|_| counted(root.path())).collect();
            // A thread that is not told to end would keep a failing test from ending.
            stop.store(true, Ordering::Relaxed);
            for counted in all {
                let (files, bytes) = counted.unwrap();
                assert!(files >= 1 && bytes == 3, "{files} {bytes}");
            }
        });
    }

    #[test]
    fn a_walk_that_nobody_waits_for_ends() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "123").unwrap();
        let counter = Counter::default();
        counter.give_up();
        assert_eq!(count(root.path(), None, None, &counter).unwrap().files, 0);
    }

    #[test]
    fn a_failure_in_one_thread_ends_all() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "123").unwrap();
        let rule = ScaleRule {
            law: Law { coefficient: 1.0, exponent: 1 },
            target: Target::Limit,
            mode: SizeMode::Sum,
            target_dir: String::new(),
            target_regex: "a".to_owned(),
            target_glob: "*".to_owned(),
        };
        let rule = rule.measure(|_| Ok(Box::new(|_| panic!("as was wished")))).unwrap();
        let problem = count(root.path(), None, Some(&rule), &Counter::default()).unwrap_err();
        assert!(problem.ends_with("/: task-api failed while it was counted, which is a bug"), "{problem}");
    }

    #[test]
    fn a_root_that_is_not_there_is_an_error() {
        assert_eq!(counted("/nonexistent/x".as_ref()), Err("/nonexistent/x: there is no such directory".to_owned()));
    }
}
