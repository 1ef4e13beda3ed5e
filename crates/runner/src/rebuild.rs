//! A run whose record is lost, put together again from its container: what the engine knows, and
//! what the labels say. Labels can be read by everybody who may ask the engine, so nothing that a
//! secret could be in is ever in one; the values of variables and the task itself do not come back.

use std::{collections::BTreeMap, fs, io, path::Path};

use bollard::models::ContainerInspectResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_api_core::secret::REDACTED;

use crate::{
    LABEL_PREFIX, LABEL_REBUILD, LABEL_TASK,
    answers::inspect,
    engine::{Engine, engine_error, status},
    error::{Error, Result},
    reconcile::{Facts, apply, facts},
    record::{ChannelSize, EngineIdentity, ImageRecord, MODE_DOCKER, Record, State, VERSION},
    run_id::RunId,
    start::Request,
    store::{Run, RunStore},
};

/// What the engine would not know by itself, as JSON in a label.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Remembered {
    created_at: Option<Timestamp>,
    image_digest: Option<String>,
    inputs: Vec<ChannelSize>,
    /// By where they are mounted.
    channels: BTreeMap<String, Channel>,
    tool: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Channel {
    name: String,
    direction: Value,
}

/// The label's text.
pub(crate) fn remembered(request: &Request, record: &Record) -> String {
    let channel = |mount: &task_api_core::spec::BindMount| {
        (mount.target.clone(), Channel { name: mount.channel.clone(), direction: json!(mount.direction) })
    };
    let remembered = Remembered {
        created_at: Some(record.created_at),
        image_digest: record.image.digest.clone(),
        inputs: request.inputs.clone(),
        channels: request.spec.mounts.iter().map(channel).collect(),
        tool: request.tool.clone(),
    };
    serde_json::to_string(&remembered).unwrap_or_default()
}

/// Whether there is no file any more, as opposed to one that is not ours to read.
pub(crate) fn is_lost(record: &Path) -> bool {
    matches!(fs::symlink_metadata(record), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

impl Engine {
    /// The run of a container, as far as that tells. Nothing is written: saving such a run does
    /// nothing as long as there is no file.
    pub(crate) async fn rebuilt(&self, id: &RunId, path: &Path) -> Result<Run> {
        let answer = match inspect(&self.docker, &id.container_name()).await {
            Ok(answer) => answer,
            Err(error) if status(&error) == Some(404) => return Err(Error::ContainerGone { id: id.clone() }),
            Err(error) => return Err(engine_error("to look at the container", &error)),
        };
        let info = self.docker.info().await.map_err(|error| engine_error("to say who it is", &error))?;
        let identity = EngineIdentity { id: info.id, ..self.identity.clone() };
        Ok(Run::at(record_of(id, answer, identity), path.to_owned()))
    }

    /// Writes the lost record of a run anew, into the store's directory.
    pub async fn rebuild(&self, store: &RunStore, id: &RunId) -> Result<Run> {
        let path = store.path_of(id);
        let rebuilt = self.rebuilt(id, &path).await?;
        Run::create(rebuilt.record, path)
    }
}

fn record_of(id: &RunId, answer: ContainerInspectResponse, engine: EngineIdentity) -> Record {
    let config = answer.config.clone().unwrap_or_default();
    let labels = config.labels.clone().unwrap_or_default();
    let label = labels.get(LABEL_REBUILD).map(String::as_str).unwrap_or_default();
    let remembered: Remembered = serde_json::from_str(label).unwrap_or_default();
    let created = answer.created.as_ref().and_then(|time| time.to_string().parse().ok());
    let mut record = Record {
        version: VERSION,
        id: id.clone(),
        mode: MODE_DOCKER.to_owned(),
        state: State::Created,
        container_id: answer.id.clone(),
        image: ImageRecord {
            reference: config.image.clone().unwrap_or_default(),
            digest: remembered.image_digest.clone().or(answer.image.clone()),
        },
        task_instance: json!({ "name": labels.get(LABEL_TASK) }),
        origins: json!({}),
        spec: spec_of(&answer, &remembered),
        created_at: remembered.created_at.or(created).unwrap_or(Timestamp::UNIX_EPOCH),
        started_at: None,
        finished_at: None,
        exit_code: None,
        oom_killed: false,
        timed_out_after_seconds: None,
        peak_memory_bytes: None,
        peak_memory_source: None,
        estimates: Vec::new(),
        inputs: remembered.inputs,
        outputs: Vec::new(),
        engine,
        tool: remembered.tool,
        error: None,
        rebuilt_at: Some(Timestamp::now()),
    };
    if let Some(facts @ Facts::Present(_)) = facts(&record, answer) {
        apply(&mut record, &facts);
    }
    record
}

/// As in a record that was never lost, without the values of variables.
fn spec_of(answer: &ContainerInspectResponse, remembered: &Remembered) -> Value {
    let config = answer.config.clone().unwrap_or_default();
    let host = answer.host_config.clone().unwrap_or_default();
    let env: Vec<Value> = config
        .env
        .unwrap_or_default()
        .iter()
        .map(|variable| json!({ "name": variable.split('=').next(), "value": REDACTED }))
        .collect();
    let mounts: Vec<Value> = host
        .mounts
        .unwrap_or_default()
        .iter()
        .map(|mount| {
            let channel = mount.target.as_ref().and_then(|target| remembered.channels.get(target));
            json!({
                "channel": channel.map(|channel| &channel.name), "direction": channel.map(|channel| &channel.direction),
                "source": mount.source, "target": mount.target, "readOnly": mount.read_only.unwrap_or_default(),
            })
        })
        .collect();
    let labels: BTreeMap<String, String> =
        config.labels.unwrap_or_default().into_iter().filter(|(name, _)| !name.starts_with(LABEL_PREFIX)).collect();
    let positive = |number: Option<i64>| number.filter(|number| *number > 0);
    json!({
        "image": config.image, "command": config.cmd, "entrypoint": config.entrypoint, "env": env, "mounts": mounts,
        "user": config.user, "network": host.network_mode, "labels": labels,
        "resources": {
            "memoryLimit": positive(host.memory), "memoryRequest": positive(host.memory_reservation),
            "cpuLimitNanos": positive(host.nano_cpus),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_without_our_labels_still_makes_a_record() {
        let id = RunId::parse("abc").expect("an id");
        let record = record_of(&id, ContainerInspectResponse::default(), EngineIdentity::default());
        assert_eq!((record.state, record.created_at), (State::Created, Timestamp::UNIX_EPOCH));
        let text = serde_json::to_vec(&record).expect("JSON");
        assert_eq!(Record::parse(&text, Path::new("r.json")).expect("a record"), record);
    }

    #[test]
    fn only_a_missing_file_is_lost() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(is_lost(&dir.path().join("none")) && !is_lost(dir.path()));
        assert!(!is_lost(&dir.path().join("none\0")));
    }
}
