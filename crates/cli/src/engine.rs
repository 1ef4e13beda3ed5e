//! The container engine, as commands reach it: a runtime of one thread and a connection.

use std::future::Future;
use std::path::PathBuf;

use task_api_runner::{Engine, Error, Run, RunStore, Surroundings, Warning};
use tokio::runtime::Runtime;

use crate::Io;
use crate::exit::{Failure, USAGE};

/// A connection, made when it is first needed.
pub(crate) struct EngineAccess {
    runtime: Runtime,
    surroundings: Surroundings,
    engine: Option<Engine>,
}

impl EngineAccess {
    pub(crate) fn new(io: &Io) -> Result<EngineAccess, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::usage(format!("cannot start: {error}")))?;
        Ok(EngineAccess { runtime, surroundings: surroundings(io), engine: None })
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The engine, or why there is none.
    pub(crate) fn connect(&mut self) -> Result<&Engine, Failure> {
        if self.engine.is_none() {
            self.engine = Some(self.runtime.block_on(Engine::connect(&self.surroundings))?);
        }
        self.engine.as_ref().ok_or(Failure { code: USAGE, message: String::new() })
    }

    /// The run that `query` names, brought up to date. Without an engine, the record as it is.
    pub(crate) fn find_run(&mut self, query: &str, io: &mut Io) -> Result<Run, Failure> {
        let store = RunStore::new(io.directory.clone());
        let query = if query.ends_with(".json") || query.contains('/') {
            io.absolute(query.as_ref()).display().to_string()
        } else {
            query.to_owned()
        };
        self.connect()?;
        let Some(engine) = &self.engine else { return Ok(store.find(&query)?) };
        let mut run = self.runtime.block_on(engine.find(&store, &query))?;
        let warnings = self.runtime.block_on(engine.reconcile(&mut run))?;
        warn(&warnings, io);
        Ok(run)
    }
}

pub(crate) fn warn(warnings: &[Warning], io: &mut Io) {
    for warning in warnings {
        io.warning(&warning.to_string());
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { code: error.exit_code(), message: error.to_string() }
    }
}

fn surroundings(io: &Io) -> Surroundings {
    let text = |name: &str| io.variable(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let path = |name: &str| text(name).map(PathBuf::from);
    Surroundings {
        home: path("HOME"),
        docker_host: text("DOCKER_HOST"),
        docker_context: text("DOCKER_CONTEXT"),
        docker_config: path("DOCKER_CONFIG"),
        docker_tls: text("DOCKER_TLS_VERIFY").is_some() || text("DOCKER_TLS").is_some(),
        xdg_runtime_dir: path("XDG_RUNTIME_DIR"),
    }
}
