//! The record of a workflow's run: `workflow_run-<id>.json`, written whole or not at all, before anything starts and at
//! each change. What each container did is in its own run record.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use task_api_runner::RunId;

use super::content::Contents;
use super::items::Items;
use crate::Io;
use crate::exit::Failure;

pub(crate) const VERSION: u32 = 1;
const PREFIX: &str = "workflow_run-";
const SUFFIX: &str = ".json";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkflowRecord {
    pub(crate) version: u32,
    pub(crate) id: RunId,
    pub(crate) name: String,
    /// Absolute path of the workflow's file.
    pub(crate) file: PathBuf,
    /// Absolute path of the outputs: `<directory>/<task>/<channel>`; the tasks' run records are in it too.
    pub(crate) directory: PathBuf,
    pub(crate) state: WorkflowState,
    #[serde(default)]
    pub(crate) exit_code: Option<u8>,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) resumed_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) finished_at: Option<Timestamp>,
    /// The process that runs it, or ran it last.
    pub(crate) process: i32,
    #[serde(default)]
    pub(crate) tool: String,
    pub(crate) tasks: Vec<TaskRecord>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WorkflowState {
    Running,
    Succeeded,
    Failed,
    /// By a signal, or by `workflow stop`.
    Stopped,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskRecord {
    pub(crate) task_id: String,
    pub(crate) state: TaskState,
    /// Of the outputs' directories.
    pub(crate) directory: PathBuf,
    /// The run of its container.
    #[serde(default)]
    pub(crate) run: Option<RunId>,
    /// Runs before that one.
    #[serde(default)]
    pub(crate) earlier_runs: Vec<RunId>,
    #[serde(default)]
    pub(crate) exit_code: Option<u8>,
    #[serde(default)]
    pub(crate) started_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) finished_at: Option<Timestamp>,
    /// It ended with 0 in an earlier run, and nothing has changed.
    #[serde(default)]
    pub(crate) is_unchanged: bool,
    /// Why it failed, or is not run.
    #[serde(default)]
    pub(crate) message: Option<String>,
    /// A hash of all that decides about its result.
    #[serde(default)]
    pub(crate) signature: Option<String>,
    /// Hashes of what it read and wrote.
    #[serde(default)]
    pub(crate) inputs: Contents,
    #[serde(default)]
    pub(crate) outputs: Contents,
    #[serde(default)]
    pub(crate) items: Option<Items>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TaskState {
    Waiting,
    /// From now on, there may be a container.
    Starting,
    Running,
    Succeeded,
    Failed,
    /// A task before it failed.
    NotRun,
    /// Not among those that were asked for.
    LeftOut,
}

impl TaskState {
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            TaskState::Waiting => "waiting",
            TaskState::Starting => "starting",
            TaskState::Running => "running",
            TaskState::Succeeded => "succeeded",
            TaskState::Failed => "failed",
            TaskState::NotRun => "not run",
            TaskState::LeftOut => "left out",
        }
    }
}

impl TaskRecord {
    pub(crate) fn new(task_id: &str, directory: PathBuf) -> TaskRecord {
        TaskRecord {
            task_id: task_id.to_owned(),
            state: TaskState::Waiting,
            directory,
            run: None,
            earlier_runs: Vec::new(),
            exit_code: None,
            started_at: None,
            finished_at: None,
            is_unchanged: false,
            message: None,
            signature: None,
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
            items: None,
        }
    }

    /// Whether its outputs are those of the run.
    pub(crate) fn is_done(&self) -> bool {
        self.exit_code == Some(0) && matches!(self.state, TaskState::Succeeded | TaskState::Waiting)
    }

    /// The same task before it is run anew.
    pub(crate) fn anew(&self) -> TaskRecord {
        let earlier_runs = self.earlier_runs.iter().chain(&self.run).cloned().collect();
        TaskRecord { earlier_runs, ..TaskRecord::new(&self.task_id, self.directory.clone()) }
    }
}

/// A record and its file.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) record: WorkflowRecord,
    pub(crate) path: PathBuf,
}

impl Recorded {
    pub(crate) fn path_of(id: &RunId, directory: &Path) -> PathBuf {
        directory.join(format!("{PREFIX}{id}{SUFFIX}"))
    }

    pub(crate) fn load(path: &Path) -> Result<Recorded, Failure> {
        let shown = path.display();
        let text = fs::read(path)
            .map_err(|error| Failure::usage(format!("cannot read the workflow's record {shown}: {error}")))?;
        let broken = |problem: String| Failure::usage(format!("{shown} is no record of a workflow's run: {problem}"));
        let value: serde_json::Value = serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => {
                let message =
                    format!("{shown} is a record of version {version}; this task-api reads version {VERSION}");
                return Err(Failure::usage(message));
            }
            None => return Err(broken("it has no version".to_owned())),
        }
        let record = serde_json::from_value(value).map_err(|error| broken(error.to_string()))?;
        Ok(Recorded { record, path: path.to_owned() })
    }

    /// The run that a query names: a record's file, an id or the beginning of one.
    pub(crate) fn find(query: &str, io: &Io) -> Result<Recorded, Failure> {
        if query.contains('/') || query.ends_with(SUFFIX) {
            return Recorded::load(&io.absolute(query.as_ref()));
        }
        let ids = ids(&io.directory)?;
        let fitting: Vec<&RunId> = match ids.iter().find(|id| id.as_str() == query) {
            Some(exact) => vec![exact],
            None => ids.iter().filter(|id| !query.is_empty() && id.as_str().starts_with(query)).collect(),
        };
        match fitting.as_slice() {
            [id] => Recorded::load(&Recorded::path_of(id, &io.directory)),
            [] => Err(Failure::usage(format!(
                "no workflow's run `{query}`: neither a record's file nor the id, or the beginning of an id, of one in {}",
                io.directory.display()
            ))),
            several => {
                let several: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
                Err(Failure::usage(format!("`{query}` is the beginning of several ids: {}", several.join(", "))))
            }
        }
    }

    /// The last run of a file whose record is in the current directory.
    pub(crate) fn last_of(file: &Path, io: &Io) -> Result<Recorded, Failure> {
        let ids = ids(&io.directory)?;
        // Whatever else is broken there is no run of this file.
        let records = ids.iter().rev().filter_map(|id| Recorded::load(&Recorded::path_of(id, &io.directory)).ok());
        let mut of_file = records.filter(|recorded| recorded.record.file == file);
        of_file.next().ok_or_else(|| {
            Failure::usage(format!(
                "there is no run of {} to resume: no record in {} is of this file; name one with --resume=RUN",
                file.display(),
                io.directory.display()
            ))
        })
    }

    /// Appears with its whole content and never over another file.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        self.written()
            .and_then(|file| file.persist_noclobber(&self.path).map_err(|error| error.error))
            .map_err(|error| self.unwritten(&error))?;
        self.sync();
        Ok(())
    }

    pub(crate) fn save(&self) -> Result<(), Failure> {
        self.written()
            .and_then(|file| file.persist(&self.path).map_err(|error| error.error))
            .map_err(|error| self.unwritten(&error))?;
        self.sync();
        Ok(())
    }

    fn written(&self) -> std::io::Result<tempfile::NamedTempFile> {
        // For its owner only, as run records are.
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        let mut file = tempfile::Builder::new().prefix(".workflow_run-").tempfile_in(directory)?;
        let mut text = serde_json::to_vec_pretty(&self.record)?;
        text.push(b'\n');
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn sync(&self) {
        // A directory that cannot be opened has the name all the same, unless the machine stops just now.
        let _ = fs::File::open(self.path.parent().unwrap_or(Path::new("/"))).and_then(|directory| directory.sync_all());
    }

    fn unwritten(&self, error: &std::io::Error) -> Failure {
        Failure::usage(format!("cannot write the workflow's record {}: {error}", self.path.display()))
    }
}

/// Those in a directory, the oldest first.
fn ids(directory: &Path) -> Result<Vec<RunId>, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot look for records in {}: {error}", directory.display()));
    let mut ids = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
        ids.extend(id.and_then(RunId::parse));
    }
    ids.sort_unstable();
    Ok(ids)
}
