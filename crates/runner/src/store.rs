//! Run records on disk: written whole or not at all, readable by their owner only, never written
//! over one another.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    error::{Error, Result},
    record::Record,
    run_id::RunId,
};

/// A run record and the file that it lives in.
#[derive(Debug, Clone)]
pub struct Run {
    pub record: Record,
    path: PathBuf,
}

/// A directory with run records.
#[derive(Debug, Clone)]
pub struct RunStore {
    dir: PathBuf,
}

const PREFIX: &str = "task_run-";
const SUFFIX: &str = ".json";

impl Run {
    pub fn load(path: &Path) -> Result<Run> {
        let text = fs::read(path).map_err(|error| Error::RecordIo { doing: "read", path: path.to_owned(), error })?;
        let record = Record::parse(&text, path)?;
        Ok(Run { record, path: path.to_owned() })
    }

    /// A run whose record is not on disk.
    pub(crate) fn at(record: Record, path: PathBuf) -> Run {
        Run { record, path }
    }

    pub fn id(&self) -> &RunId {
        &self.record.id
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a record that must not exist yet.
    pub(crate) fn create(record: Record, path: PathBuf) -> Result<Run> {
        let text = to_text(&serde_json::to_value(&record), &path)?;
        match write_new(&path, &text) {
            Ok(()) => Ok(Run { record, path }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::RecordExists { path }),
            Err(error) => Err(Error::RecordIo { doing: "write", path, error }),
        }
    }

    /// Rewrites the record, keeping what others wrote into it in the meantime. A record that its
    /// owner has deleted stays deleted.
    pub fn save(&mut self) -> Result<()> {
        let Ok(text) = fs::read(&self.path) else {
            return Ok(());
        };
        let mut extra = None;
        if let Ok(on_disk) = Record::parse(&text, &self.path) {
            if on_disk.id != self.record.id {
                return Err(Error::RecordExists { path: self.path.clone() });
            }
            self.record.absorb(&on_disk);
            extra = serde_json::from_slice::<Value>(&text).ok();
        }
        let mut value = serde_json::to_value(&self.record);
        if let (Ok(Value::Object(ours)), Some(Value::Object(theirs))) = (&mut value, extra) {
            for (key, value) in theirs {
                ours.entry(key).or_insert(value);
            }
        }
        let text = to_text(&value, &self.path)?;
        replace(&self.path, &text).map_err(|error| Error::RecordIo { doing: "write", path: self.path.clone(), error })
    }

    /// Writes down that the container is ended because its time is over. Whoever else saves the
    /// same run's record keeps it.
    pub fn mark_timed_out(&mut self, limit: std::time::Duration) -> Result<()> {
        self.record.timed_out_after_seconds = Some(limit.as_secs_f64());
        self.save()
    }

    pub(crate) fn delete(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::RecordIo { doing: "delete", path: self.path.clone(), error })
            }
            _ => Ok(()),
        }
    }
}

impl RunStore {
    pub fn new(dir: impl Into<PathBuf>) -> RunStore {
        RunStore { dir: dir.into() }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The default name of a run's record.
    pub fn path_of(&self, id: &RunId) -> PathBuf {
        self.dir.join(format!("{PREFIX}{id}{SUFFIX}"))
    }

    /// `query` is a record file, a run id or the beginning of exactly one run id.
    pub fn find(&self, query: &str) -> Result<Run> {
        if names_a_file(query) {
            return Run::load(Path::new(query));
        }
        let ids = self.ids()?;
        match choose(query, &ids)? {
            Some(id) => Run::load(&self.path_of(&id)),
            None => Err(Error::RunNotFound { query: query.to_owned(), dir: self.dir.clone() }),
        }
    }

    /// Every readable record, oldest first, and what is wrong with the others.
    pub fn list(&self) -> Result<(Vec<Run>, Vec<Error>)> {
        let mut runs = Vec::new();
        let mut problems = Vec::new();
        for id in self.ids()? {
            match Run::load(&self.path_of(&id)) {
                Ok(run) => runs.push(run),
                Err(problem) => problems.push(problem),
            }
        }
        Ok((runs, problems))
    }

    pub(crate) fn ids(&self) -> Result<Vec<RunId>> {
        let unreadable = |error| Error::RecordIo { doing: "look for", path: self.dir.clone(), error };
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let id =
                name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)).and_then(RunId::parse);
            ids.extend(id);
        }
        ids.sort_unstable();
        Ok(ids)
    }
}

/// A path is a path even where the file is missing, so that the message is about the file.
pub(crate) fn names_a_file(query: &str) -> bool {
    query.contains(std::path::is_separator) || query.ends_with(SUFFIX) || Path::new(query).is_file()
}

/// The run that `query` is the id or the beginning of the id of.
pub(crate) fn choose(query: &str, ids: &[RunId]) -> Result<Option<RunId>> {
    if query.is_empty() {
        return Ok(None);
    }
    if let Some(exact) = ids.iter().find(|id| id.as_str() == query) {
        return Ok(Some(exact.clone()));
    }
    let mut candidates: Vec<RunId> = ids.iter().filter(|id| id.as_str().starts_with(query)).cloned().collect();
    candidates.sort_unstable();
    if candidates.len() > 1 {
        return Err(Error::RunAmbiguous { query: query.to_owned(), candidates });
    }
    Ok(candidates.pop())
}

fn to_text(value: &serde_json::Result<Value>, path: &Path) -> Result<Vec<u8>> {
    let text = match value {
        Ok(value) => serde_json::to_vec_pretty(value),
        Err(error) => Err(serde::ser::Error::custom(error)),
    };
    match text {
        Ok(mut text) => {
            text.push(b'\n');
            Ok(text)
        }
        Err(error) => Err(Error::RecordIo { doing: "write", path: path.to_owned(), error: error.into() }),
    }
}

/// A hard link appears with its whole content and never over an existing file. File systems
/// without hard links get the next best: exclusive creation, then the content.
fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let temporary = Temporary::write(path, text)?;
    match fs::hard_link(&temporary.path, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {
            let mut file = private().create_new(true).open(path)?;
            file.write_all(text)?;
            file.sync_all()?;
        }
    }
    drop(temporary);
    sync_directory_of(path)
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut temporary = Temporary::write(path, text)?;
    fs::rename(&temporary.path, path)?;
    temporary.renamed = true;
    sync_directory_of(path)
}

/// A synced file beside its future place, gone again unless it was renamed.
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    fn write(target: &Path, text: &[u8]) -> io::Result<Temporary> {
        let path = directory_of(target).join(format!(".{PREFIX}{}.tmp", RunId::new()));
        let mut file = private().create_new(true).open(&path)?;
        let temporary = Temporary { path, renamed: false };
        file.write_all(text)?;
        file.sync_all()?;
        Ok(temporary)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // Nothing is lost with it, and there is nobody left to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// For its owner only: a record tells what somebody computes with.
fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn sync_directory_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(directory_of(path))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{State, tests::example};

    fn store_with(ids: &[&str]) -> (tempfile::TempDir, RunStore) {
        let dir = tempfile::tempdir().expect("a directory");
        let store = RunStore::new(dir.path());
        for id in ids {
            let mut record = example();
            record.id = RunId::parse(id).expect("an id");
            let path = store.path_of(&record.id);
            Run::create(record, path).expect("a record");
        }
        (dir, store)
    }

    #[test]
    fn a_prefix_finds_its_run() {
        let (_dir, store) = store_with(&["abc1", "abc2", "abd", "abd5"]);
        assert_eq!(store.find("abc1").expect("a run").id().as_str(), "abc1");
        assert_eq!(store.find("abd").expect("the exact one").id().as_str(), "abd");
        assert_eq!(store.find("abd5").expect("a run").id().as_str(), "abd5");
        let path = store.path_of(&RunId::parse("abc2").expect("an id"));
        assert_eq!(store.find(path.to_str().expect("UTF-8")).expect("a run").id().as_str(), "abc2");
        let ambiguous = store.find("ab").expect_err("several");
        assert_eq!(ambiguous.to_string(), "`ab` is the beginning of several run ids: abc1, abc2, abd, abd5");
        assert_eq!(ambiguous.exit_code(), 2);
        for absent in ["x", "", "abc11"] {
            assert!(matches!(store.find(absent), Err(Error::RunNotFound { .. })), "{absent}");
        }
        assert!(matches!(store.find("./absent.json"), Err(Error::RecordIo { doing: "read", .. })));
    }

    #[test]
    fn a_record_is_private_and_never_overwritten() {
        let (dir, store) = store_with(&["abc"]);
        let path = store.path_of(&RunId::parse("abc").expect("an id"));
        let before = fs::read(&path).expect("the record");
        let error = Run::create(example(), path.clone()).expect_err("it exists");
        assert!(matches!(error, Error::RecordExists { .. }), "{error}");
        assert_eq!(fs::read(&path).expect("the record"), before);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("metadata").permissions().mode() & 0o7777, 0o600);
        }
        assert_eq!(fs::read_dir(dir.path()).expect("the directory").count(), 1, "no temporary is left");
    }

    #[test]
    fn saving_keeps_what_others_wrote() {
        let (dir, store) = store_with(&["abc"]);
        let mut ours = store.find("abc").expect("a run");
        let path = ours.path().to_owned();
        let mut json: Value = serde_json::from_slice(&fs::read(&path).expect("text")).expect("JSON");
        json["peakMemoryBytes"] = 77.into();
        json["later"] = "kept".into();
        fs::write(&path, json.to_string()).expect("written");
        ours.record.state = State::Running;
        ours.save().expect("saved");
        let json: Value = serde_json::from_slice(&fs::read(&path).expect("text")).expect("JSON");
        assert_eq!(
            (&json["state"], &json["peakMemoryBytes"], &json["later"]),
            (&"running".into(), &77.into(), &"kept".into())
        );
        fs::remove_file(&path).expect("removed");
        ours.save().expect("a deleted record stays deleted");
        assert_eq!(fs::read_dir(dir.path()).expect("the directory").count(), 0);
    }

    #[test]
    fn a_broken_record_does_not_hide_the_others() {
        let (_dir, store) = store_with(&["abc"]);
        fs::write(store.dir().join("task_run-bad.json"), "{").expect("written");
        let (runs, problems) = store.list().expect("a list");
        assert_eq!(runs.len(), 1);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains("task_run-bad.json"), "{}", problems[0]);
    }
}
