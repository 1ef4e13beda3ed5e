//! An engine that goes away while a run is followed, because it is restarted or its connection
//! breaks: it is waited for, for a bounded time, and whoever follows is told.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    engine::Engine,
    error::{Error, Result},
};

/// What happened to the engine while a run was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineNews {
    /// It does not answer any more and is waited for, this long. Once for each time that it goes.
    Lost { words: String, limit: Duration },
    /// It answers again.
    Back,
}

/// How long an engine is waited for, unless [`Engine::with_patience`] says otherwise.
pub const USUAL_PATIENCE: Duration = Duration::from_secs(120);

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Shared by all clones of an engine, so that an absence is told of once.
#[derive(Clone)]
pub(crate) struct Patience {
    pub(crate) limit: Duration,
    is_away: Arc<AtomicBool>,
    listener: Arc<dyn Fn(EngineNews) + Send + Sync>,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { limit: USUAL_PATIENCE, is_away: Arc::default(), listener: Arc::new(|_| {}) }
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Patience {
    fn lost(&self, words: &str) {
        if !self.is_away.swap(true, Ordering::Relaxed) {
            (self.listener)(EngineNews::Lost { words: words.to_owned(), limit: self.limit });
        }
    }

    fn found(&self) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            (self.listener)(EngineNews::Back);
        }
    }
}

impl Engine {
    /// Waits for an engine that goes away up to `limit` while a run is followed, and tells
    /// `listener` of it.
    pub fn with_patience(mut self, limit: Duration, listener: impl Fn(EngineNews) + Send + Sync + 'static) -> Engine {
        self.patience = Patience { limit, is_away: Arc::default(), listener: Arc::new(listener) };
        self
    }

    /// Asks until the engine answers, whatever it answers; an absence that lasts is an error.
    pub(crate) async fn patiently<T>(&self, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        let mut pause = FIRST_PAUSE;
        let mut away_since: Option<Instant> = None;
        loop {
            match ask().await {
                Err(Error::EngineLost { doing, words }) => {
                    self.patience.lost(&words);
                    if away_since.get_or_insert_with(Instant::now).elapsed() >= self.patience.limit {
                        return Err(Error::EngineLost { doing, words });
                    }
                }
                answer => {
                    self.patience.found();
                    return answer;
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
