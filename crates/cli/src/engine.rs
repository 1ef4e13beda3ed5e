//! The container engine, as commands reach it: a runtime of one thread and a connection.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use task_api_runner::{Engine, Error, ImageCache, Run, RunStore, Surroundings, USUAL_PATIENCE, Warning};
use tokio::runtime::Runtime;

use crate::exit::{Failure, USAGE};
use crate::follow::Signals;
use crate::{Io, follow, time};

/// A connection, made when it is first needed.
pub(crate) struct EngineAccess {
    runtime: Runtime,
    surroundings: Surroundings,
    engine: Option<Engine>,
    patience: Duration,
    cache: Option<ImageCache>,
    is_to_start: bool,
}

/// How long an engine that goes away is waited for.
const PATIENCE_VARIABLE: &str = "TASK_API_ENGINE_PATIENCE";

impl EngineAccess {
    pub(crate) fn new(io: &Io) -> Result<EngineAccess, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::usage(format!("cannot start: {error}")))?;
        Ok(EngineAccess {
            runtime,
            surroundings: surroundings(io),
            engine: None,
            patience: patience(io)?,
            cache: cache(io),
            is_to_start: false,
        })
    }

    /// For a command that is going to start something.
    pub(crate) fn to_start(io: &Io) -> Result<EngineAccess, Failure> {
        Ok(EngineAccess { is_to_start: true, ..EngineAccess::new(io)? })
    }

    /// Where sockets of engines may be on this machine.
    pub(crate) fn sockets(&self) -> Vec<PathBuf> {
        self.surroundings.sockets()
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The engine, or why there is none.
    pub(crate) fn connect(&mut self) -> Result<&Engine, Failure> {
        if self.engine.is_none() {
            let engine = match self.is_to_start {
                true => self.runtime.block_on(Engine::connect_to_start(&self.surroundings))?,
                false => self.runtime.block_on(Engine::connect(&self.surroundings))?,
            };
            self.engine = Some(engine.with_patience(self.patience, follow::tell));
        }
        self.engine.as_ref().ok_or(Failure { code: USAGE, message: String::new() })
    }

    /// The text of `/processing-container.json` in an image that is present.
    pub(crate) fn processing_container_of(&mut self, image: &str, signals: &mut Signals) -> Result<String, Failure> {
        let engine = self.connect()?.clone();
        let cache = self.cache.clone();
        let text = signals.unless_interrupted(self, async {
            match &cache {
                Some(cache) => engine.cached_processing_container_of(image, cache).await,
                None => engine.processing_container_of(image).await,
            }
        });
        Ok(text??)
    }

    /// The run that `query` names, as its record tells it, for when no engine can be reached.
    pub(crate) fn find_record(&self, query: &str, io: &Io) -> Result<Run, Failure> {
        Ok(RunStore::new(io.directory.clone()).find(&as_query(query, io))?)
    }

    /// The run that `query` names, brought up to date.
    pub(crate) fn find_run(&mut self, query: &str, io: &mut Io) -> Result<Run, Failure> {
        let store = RunStore::new(io.directory.clone());
        let engine = self.connect()?.clone();
        let mut run = self.runtime.block_on(engine.find(&store, &as_query(query, io)))?;
        let warnings = self.runtime.block_on(engine.reconcile(&mut run))?;
        warn(&warnings, io);
        Ok(run)
    }
}

/// A record file is looked for where the user is.
fn as_query(query: &str, io: &Io) -> String {
    if query.ends_with(".json") || query.contains('/') {
        return io.absolute(query.as_ref()).display().to_string();
    }
    query.to_owned()
}

pub(crate) fn warn(warnings: &[Warning], io: &mut Io) {
    for warning in warnings {
        io.warning(&warning.to_string());
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let mut message = error.to_string();
        if let Error::StartRefused { id, record, .. } = &error {
            message.push_str(&format!("\nrun {id}\nrecord {}", record.display()));
        }
        Failure { code: error.exit_code(), message }
    }
}

fn patience(io: &Io) -> Result<Duration, Failure> {
    let Some(text) = io.variable(PATIENCE_VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(USUAL_PATIENCE);
    };
    time::duration(text).map_err(|how| Failure::usage(format!("{PATIENCE_VARIABLE} is `{text}`: {how}")))
}

/// In the user's directory for what can be made again.
fn cache(io: &Io) -> Option<ImageCache> {
    let path = |name: &str| io.variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = path("XDG_CACHE_HOME").or_else(|| Some(path("HOME")?.join(".cache")))?;
    Some(ImageCache::new(base.join("task-api/images")))
}

fn surroundings(io: &Io) -> Surroundings {
    let text = |name: &str| io.variable(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let path = |name: &str| text(name).map(PathBuf::from);
    Surroundings {
        home: path("HOME"),
        docker_host: text("DOCKER_HOST"),
        docker_context: text("DOCKER_CONTEXT"),
        docker_config: path("DOCKER_CONFIG"),
        docker_tls: text("DOCKER_TLS").is_some(),
        docker_tls_verify: text("DOCKER_TLS_VERIFY").is_some(),
        docker_cert_path: path("DOCKER_CERT_PATH"),
        xdg_runtime_dir: path("XDG_RUNTIME_DIR"),
        path: path("PATH").map(PathBuf::into_os_string),
    }
}
