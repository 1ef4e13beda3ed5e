//! Following a run to its end. The end is what the engine says about the container; its output is
//! read beside that and can break off without ending anything.

use std::{collections::HashMap, pin::pin, time::Duration};

use bollard::query_parameters::{EventsOptionsBuilder, WaitContainerOptionsBuilder};
use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    engine::Engine,
    error::{Error, Result, Warning},
    logs::{Ended, LogEnd, LogOptions, LogReader, LogSink},
    memory::MemoryGauge,
    outcome::Outcome,
    reconcile::{Facts, Phase, Present, apply, save},
    record::Record,
    store::Run,
};

/// How a followed run ended.
#[derive(Debug)]
pub struct Followed {
    pub outcome: Outcome,
    pub warnings: Vec<Warning>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The exit code of a process that was killed, for memory or otherwise.
const KILLED: i64 = 137;
/// The engine hears of an out-of-memory kill apart from the end, sometimes a moment later.
const OUT_OF_MEMORY_DELAY: Duration = Duration::from_millis(500);
const EVENT_WAIT: Duration = Duration::from_millis(200);

impl Engine {
    /// Passes the run's output on until its container has ended, and completes the record.
    ///
    /// Dropping the future stops following and nothing else: the container runs on. To signal the
    /// container meanwhile, keep the future pinned and call [`Engine::signal`] beside it.
    pub async fn follow(&self, run: &mut Run, options: &LogOptions, sink: &mut impl LogSink) -> Result<Followed> {
        self.follow_measured(run, options, sink, &MemoryGauge::default()).await
    }

    /// Likewise, with a gauge that can be read meanwhile.
    pub async fn follow_measured(
        &self,
        run: &mut Run,
        options: &LogOptions,
        sink: &mut impl LogSink,
        gauge: &MemoryGauge,
    ) -> Result<Followed> {
        let mut warnings = self.patiently(async || self.reconcile(run).await).await?;
        let options = LogOptions { follow: true, ..options.clone() };
        let watched = self.watch(&run.record, &options, sink, Some(gauge)).await;
        run.record.note_peak(gauge.peak());
        let (facts, incomplete) = match watched {
            Ok((facts, incomplete)) => (with_seen_kill(facts, gauge), incomplete),
            Err(error) => {
                warnings.extend(save(run));
                return Err(error);
            }
        };
        warnings.extend(incomplete.map(|words| Warning::LogsIncomplete { words }));
        apply(&mut run.record, &facts);
        warnings.extend(save(run));
        Ok(Followed { outcome: Outcome::of(&run.record).unwrap_or(Outcome::Unknown), warnings })
    }

    /// Waits for the run's end without its output, and completes the record.
    pub async fn wait(&self, run: &mut Run) -> Result<Followed> {
        let mut warnings = self.patiently(async || self.reconcile(run).await).await?;
        let gauge = MemoryGauge::default();
        let facts = {
            let mut end = pin!(self.wait_for_end(&run.record));
            tokio::select! {
                facts = &mut end => facts?,
                () = self.sample_memory(&run.record, &gauge) => end.await?,
            }
        };
        run.record.note_peak(gauge.peak());
        apply(&mut run.record, &with_seen_kill(facts, &gauge));
        warnings.extend(save(run));
        Ok(Followed { outcome: Outcome::of(&run.record).unwrap_or(Outcome::Unknown), warnings })
    }

    /// Passes a run's output on. Stopping to follow does nothing to the container.
    pub async fn logs(&self, run: &Run, options: &LogOptions, sink: &mut impl LogSink) -> Result<Vec<Warning>> {
        self.check_mode(run)?;
        let incomplete = if options.follow {
            self.watch(&run.record, options, sink, None).await?.1
        } else {
            let Facts::Present(present) = self.look(&run.record).await? else {
                return Err(Error::ContainerGone { id: run.id().clone() });
            };
            let container = run.record.container();
            let reader = LogReader {
                engine: self,
                container: &container,
                loses_newlines: loses_newlines(&present),
                options,
                ended: &Ended::default(),
            };
            reader.read(sink).await?.incomplete
        };
        Ok(incomplete.map(|words| Warning::LogsIncomplete { words }).into_iter().collect())
    }

    async fn watch(
        &self,
        record: &Record,
        options: &LogOptions,
        sink: &mut impl LogSink,
        gauge: Option<&MemoryGauge>,
    ) -> Result<(Facts, Option<String>)> {
        let found = self.patiently(async || self.look(record).await).await?;
        let Facts::Present(present) = &found else {
            return Err(Error::ContainerGone { id: record.id.clone() });
        };
        let container = record.container();
        let ended = Ended::default();
        let mut is_sampling = is_running(&found);
        if !is_sampling {
            // All of its output is there already.
            ended.set();
        }
        let reader = LogReader {
            engine: self,
            container: &container,
            loses_newlines: loses_newlines(present),
            options,
            ended: &ended,
        };
        let mut end = pin!(self.wait_from(record, found.clone()));
        let mut output = pin!(reader.read(sink));
        let mut samples = pin!(async {
            if let Some(gauge) = gauge {
                self.sample_memory(record, gauge).await;
            }
        });
        let mut facts = None;
        let mut output_end = None;
        loop {
            if let (Some(facts), Some(LogEnd { incomplete })) = (&facts, &mut output_end) {
                return Ok((Facts::clone(facts), incomplete.take()));
            }
            tokio::select! {
                found = &mut end, if facts.is_none() => {
                    facts = Some(found?);
                    is_sampling = false;
                    ended.set();
                }
                read = &mut output, if output_end.is_none() => {
                    output_end = Some(match read {
                        Ok(read) => read,
                        Err(error @ Error::LogSink(_)) => return Err(error),
                        // Without its output the run still has an end worth waiting for.
                        Err(error) => LogEnd { incomplete: Some(error.to_string()) },
                    });
                }
                () = &mut samples, if is_sampling => is_sampling = false,
            }
        }
    }

    /// Resolves when the container does not run any more, or is gone.
    pub(crate) async fn wait_for_end(&self, record: &Record) -> Result<Facts> {
        let found = self.patiently(async || self.look(record).await).await?;
        self.wait_from(record, found).await
    }

    /// Likewise, for whoever has looked just now.
    async fn wait_from(&self, record: &Record, found: Facts) -> Result<Facts> {
        let container = record.container();
        let mut pause = FIRST_PAUSE;
        let mut facts = found;
        while is_running(&facts) {
            let options = WaitContainerOptionsBuilder::new().condition("not-running").build();
            let asked = Instant::now();
            // Whatever it answers, the next look decides: the wait can also break off because it
            // lasted long or because the engine went away.
            let _answer = pin!(self.docker.wait_container(&container, Some(options))).next().await;
            facts = self.patiently(async || self.look(record).await).await?;
            if !is_running(&facts) {
                break;
            }
            if asked.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(self.with_late_news(record, facts).await)
    }

    /// A kill that could have been for memory gets a second look: when the engine hears of the
    /// reason after the end, it is among its events and never in the container's state.
    pub(crate) async fn with_late_news(&self, record: &Record, mut facts: Facts) -> Facts {
        let deadline = Instant::now() + OUT_OF_MEMORY_DELAY;
        while let Facts::Present(present) = &mut facts {
            let is_in_doubt = present.exit_code == Some(KILLED)
                && !present.oom_killed
                && !record.oom_killed
                && present.memory_limit.is_some();
            if !is_in_doubt || Instant::now() > deadline {
                break;
            }
            if self.has_out_of_memory_event(present).await {
                present.oom_killed = true;
                break;
            }
            tokio::time::sleep(FIRST_PAUSE).await;
            if let Ok(again) = self.look(record).await {
                facts = again;
            }
        }
        facts
    }

    async fn has_out_of_memory_event(&self, container: &Present) -> bool {
        let since = container.started_at.map_or(0, Timestamp::as_second);
        let filters = HashMap::from([("container", vec![container.id.as_str()]), ("event", vec!["oom"])]);
        let options = EventsOptionsBuilder::new()
            .since(&since.to_string())
            .until(&(Timestamp::now().as_second() + 1).to_string())
            .filters(&filters)
            .build();
        // The engine ends its answer at the time given, which is in the future.
        let mut events = pin!(self.docker.events(Some(options)));
        let first = tokio::time::timeout(EVENT_WAIT, events.next()).await;
        matches!(first, Ok(Some(Ok(_))))
    }
}

/// What the engine did not notice of a kill for memory, or not yet: of whichever process, as with the engine.
fn with_seen_kill(mut facts: Facts, gauge: &MemoryGauge) -> Facts {
    if let Facts::Present(present) = &mut facts {
        present.oom_killed |= gauge.saw_kill();
    }
    facts
}

fn is_running(facts: &Facts) -> bool {
    matches!(facts, Facts::Present(Present { phase: Phase::Running, .. }))
}

/// Docker's `local` driver hands out the end of a line over 16 KiB without its newline.
fn loses_newlines(container: &Present) -> bool {
    container.log_driver.as_deref() == Some("local")
}
