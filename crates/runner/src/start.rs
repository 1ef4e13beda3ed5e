//! Starting a run. The order is the point: record, container, start, and after each step the
//! process may be killed without a container that no record finds.

use std::path::{Path, PathBuf};

use bollard::{
    models::ContainerCreateBody,
    query_parameters::{CreateContainerOptionsBuilder, RemoveContainerOptionsBuilder},
};
use jiff::Timestamp;
use serde_json::Value;
use task_api_core::{plan::Estimate, spec::ContainerSpec};

use crate::{
    LABEL_REBUILD, LABEL_RECORD, LABEL_RUN_ID, LABEL_TASK,
    create::{container_body, without_secrets},
    engine::{Engine, Holdings, engine_error, holdings, status, words},
    error::{Error, Result, Warning},
    rebuild::remembered,
    reconcile::{Facts, apply, save},
    record::{ChannelSize, EngineIdentity, ImageRecord, MODE_DOCKER, Record, State, VERSION},
    run_id::RunId,
    store::{Run, RunStore},
};

/// A run to start. Everything in it but `spec` goes into the record as it is, so secrets must
/// have been redacted already; `spec` redacts its own.
#[derive(Debug, Clone)]
pub struct Request {
    pub spec: ContainerSpec,
    /// The task's name, for the label.
    pub task: String,
    pub task_instance: Value,
    pub origins: Value,
    pub inputs: Vec<ChannelSize>,
    /// What the scale rules come to.
    pub estimates: Vec<Estimate>,
    pub outputs: Vec<Value>,
    /// `task-api x.y.z`
    pub tool: String,
    pub record: RecordPlace,
}

#[derive(Debug, Clone)]
pub enum RecordPlace {
    /// `task_run-<id>.json` in this directory.
    Directory(PathBuf),
    /// Exactly this file, which must not exist.
    File(PathBuf),
}

/// A run whose container's process has been started.
#[derive(Debug)]
pub struct Started {
    pub run: Run,
    pub warnings: Vec<Warning>,
}

/// How often an id may turn out to be taken. Once is unlikely already.
const ATTEMPTS: usize = 5;
const NOT_EXECUTABLE: i64 = 126;
const NOT_FOUND: i64 = 127;

impl Engine {
    pub async fn start(&self, request: Request) -> Result<Started> {
        if self.is_local() {
            check_mount_sources(&request.spec)?;
        }
        let image = self.image(&request.spec.image).await?;
        let Holdings { id, capabilities, .. } = match &self.holdings {
            Some(holdings) => holdings.clone(),
            None => holdings(&self.docker).await?,
        };
        let engine = EngineIdentity { id, ..self.identity.clone() };

        let mut attempts = 0;
        let (mut run, container, mut warnings) = loop {
            attempts += 1;
            let record = new_record(&request, &image.digest, &engine);
            let path = match &request.record {
                RecordPlace::Directory(dir) => RunStore::new(dir).path_of(&record.id),
                RecordPlace::File(path) => path.clone(),
            };
            let is_ours_to_name = matches!(request.record, RecordPlace::Directory(_));
            let mut run = match Run::create(record, path) {
                Err(Error::RecordExists { .. }) if is_ours_to_name && attempts < ATTEMPTS => {
                    continue;
                }
                created => created?,
            };
            let record_path = std::path::absolute(run.path()).unwrap_or_else(|_| run.path().to_owned());
            let record_label = record_path.to_string_lossy();
            let remembered = remembered(&request, &run.record);
            let labels = [
                (LABEL_RUN_ID, run.id().as_str()),
                (LABEL_TASK, request.task.as_str()),
                (LABEL_RECORD, record_label.as_ref()),
                (LABEL_REBUILD, remembered.as_str()),
            ];
            let (body, mut warnings) = container_body(&request.spec, &labels, &capabilities);
            match self.create(run.id(), body).await {
                Ok(created) => {
                    warnings.extend(created.warnings.into_iter().map(|words| Warning::Engine { words }));
                    break (run, created.id, warnings);
                }
                Err(error) if is_name_taken(&error, run.id()) && attempts < ATTEMPTS => run.delete()?,
                Err(error) if status(&error).is_none() => {
                    // It may exist all the same; the record finds it by its name.
                    return Err(engine_error("to create the container", &error));
                }
                Err(error) => {
                    let words = without_secrets(&words(&error), &request.spec);
                    return Err(refused(&mut run, words, None));
                }
            }
        };
        run.record.container_id = Some(container.clone());
        warnings.extend(save(&mut run));

        if let Err(error) = self.docker.start_container(&container, None).await {
            if status(&error).is_none() {
                return Err(engine_error("to start the container", &error));
            }
            return Err(self.clean_up_failed_start(&mut run, &error, &request.spec).await);
        }
        run.record.state = State::Running;
        match self.look(&run.record).await {
            Ok(facts) => apply(&mut run.record, &facts),
            // The container runs, which is what counts; the next look at it fills in the rest.
            Err(_) => run.record.started_at = Some(Timestamp::now()),
        }
        warnings.extend(save(&mut run));
        Ok(Started { run, warnings })
    }

    async fn create(
        &self,
        id: &RunId,
        body: ContainerCreateBody,
    ) -> Result<bollard::models::ContainerCreateResponse, bollard::errors::Error> {
        let options = CreateContainerOptionsBuilder::new().name(&id.container_name()).build();
        self.docker.create_container(Some(options), body).await
    }

    async fn clean_up_failed_start(
        &self,
        run: &mut Run,
        error: &bollard::errors::Error,
        spec: &ContainerSpec,
    ) -> Error {
        let words = without_secrets(&words(error), spec);
        let recorded = match self.look(&run.record).await {
            Ok(Facts::Present(container)) => container.exit_code,
            Ok(Facts::Absent) | Err(_) => None,
        };
        let code = recorded.filter(|code| [NOT_EXECUTABLE, NOT_FOUND].contains(code)).or(code_in(&words));
        let container = run.record.container();
        let removed = self.docker.remove_container(&container, Some(removal())).await;
        let words = match removed {
            Ok(()) => words,
            Err(error) if status(&error) == Some(404) => words,
            Err(error) => {
                format!("{words}; its container {container} could not be removed: {}", crate::engine::words(&error))
            }
        };
        refused(run, words, code)
    }
}

/// Also the anonymous volumes, which nobody else would ever remove.
pub(crate) fn removal() -> bollard::query_parameters::RemoveContainerOptions {
    RemoveContainerOptionsBuilder::new().force(true).v(true).build()
}

fn refused(run: &mut Run, words: String, code: Option<i64>) -> Error {
    run.record.state = State::Failed;
    run.record.error = Some(words.clone());
    run.record.exit_code = code;
    run.record.finished_at = Some(Timestamp::now());
    let words = match save(run) {
        None => words,
        Some(warning) => format!("{words}; {warning}"),
    };
    Error::StartRefused { id: run.id().clone(), record: run.path().to_owned(), words, code }
}

fn new_record(request: &Request, digest: &str, engine: &EngineIdentity) -> Record {
    Record {
        version: VERSION,
        id: RunId::new(),
        mode: MODE_DOCKER.to_owned(),
        state: State::Created,
        container_id: None,
        image: ImageRecord {
            reference: request.spec.image.clone(),
            digest: Some(digest.to_owned()).filter(|digest| !digest.is_empty()),
        },
        task_instance: request.task_instance.clone(),
        origins: request.origins.clone(),
        spec: serde_json::to_value(&request.spec).unwrap_or_default(),
        created_at: Timestamp::now(),
        started_at: None,
        finished_at: None,
        exit_code: None,
        oom_killed: false,
        timed_out_after_seconds: None,
        peak_memory_bytes: None,
        peak_memory_source: None,
        inputs: request.inputs.clone(),
        estimates: request.estimates.clone(),
        outputs: request.outputs.clone(),
        engine: engine.clone(),
        tool: request.tool.clone(),
        error: None,
        rebuilt_at: None,
    }
}

/// The engine checks this as well, in words that name neither the channel nor the reason.
fn check_mount_sources(spec: &ContainerSpec) -> Result<()> {
    for mount in &spec.mounts {
        if let Ok(false) = Path::new(&mount.source).try_exists() {
            return Err(Error::MountSourceMissing { channel: mount.channel.clone(), path: mount.source.clone() });
        }
    }
    Ok(())
}

fn is_name_taken(error: &bollard::errors::Error, id: &RunId) -> bool {
    status(error) == Some(409) && words(error).contains(&id.container_name())
}

/// What a shell would say, for engines that do not give the code themselves.
fn code_in(words: &str) -> Option<i64> {
    let words = words.to_lowercase();
    if words.contains("executable file not found") || words.contains("no such file or directory") {
        return Some(NOT_FOUND);
    }
    if words.contains("permission denied") || words.contains("exec format error") || words.contains("is a directory") {
        return Some(NOT_EXECUTABLE);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_in_the_words() {
        assert_eq!(code_in("exec: \"/x\": stat /x: no such file or directory: unknown"), Some(127));
        assert_eq!(code_in("exec: \"x\": executable file not found in $PATH"), Some(127));
        assert_eq!(code_in("exec: \"/etc\": permission denied: unknown"), Some(126));
        assert_eq!(code_in("could not select device driver"), None);
    }
}
