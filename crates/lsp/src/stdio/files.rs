//! The files of this machine.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use super::{Event, search};
use crate::disk::Disk;
use crate::uris;

/// What is larger is nothing that somebody has written.
const LARGEST: u64 = 16 << 20;

pub(super) struct Files {
    events: Sender<Event>,
    /// The number of the search that is wanted; another one stops.
    wanted: Arc<AtomicU64>,
}

impl Files {
    pub(super) fn new(events: Sender<Event>) -> Files {
        Files { events, wanted: Arc::default() }
    }
}

impl Disk for Files {
    fn read(&self, key: &str) -> Option<String> {
        read(Path::new(uris::path_of(key)?))
    }

    fn search(&self, number: u64, folders: Vec<String>) -> bool {
        let folders: Vec<String> =
            folders.iter().filter_map(|folder| uris::path_of(folder)).map(str::to_owned).collect();
        self.wanted.store(number, Ordering::Relaxed);
        let (wanted, events) = (Arc::clone(&self.wanted), self.events.clone());
        thread::spawn(move || {
            let is_wanted = || wanted.load(Ordering::Relaxed) == number;
            search::run(number, &folders, &is_wanted, &|found| {
                // If nobody listens, the server has ended.
                let _ = events.send(Event::Found(found));
            });
        });
        true
    }

    fn would_find(&self, folder: &str, key: &str) -> bool {
        match (uris::path_of(folder), uris::path_of(key)) {
            (Some(folder), Some(path)) => search::would_find(Path::new(folder), Path::new(path)),
            _ => false,
        }
    }

    fn stop_search(&self) {
        self.wanted.store(0, Ordering::Relaxed);
    }
}

/// The text of a regular file. A pipe is not waited for.
pub(super) fn read(path: &Path) -> Option<String> {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST) {
        return None;
    }
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
    // A byte order mark stays, as it does in the text of an editor that keeps it.
    String::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= LARGEST)
}
