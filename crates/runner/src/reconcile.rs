//! What the engine knows about a run's container, and how that corrects the record. A process can
//! have been killed after any instruction, so the record alone is never believed while the engine
//! can be asked.

use bollard::models::{ContainerInspectResponse, ContainerStateStatusEnum as Status};
use jiff::Timestamp;

use crate::{
    LABEL_RUN_ID,
    answers::inspect,
    cgroup::MemoryProbe,
    engine::{Engine, engine_error, status},
    error::{Error, Result, Warning},
    memory::Peak,
    record::{MODE_DOCKER, Record, State},
    store::Run,
};

/// One look at a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Facts {
    Absent,
    Present(Present),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Present {
    pub(crate) id: String,
    pub(crate) phase: Phase,
    pub(crate) pid: Option<i64>,
    pub(crate) exit_code: Option<i64>,
    pub(crate) oom_killed: bool,
    pub(crate) error: Option<String>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) memory_limit: Option<u64>,
    pub(crate) log_driver: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Created,
    Running,
    Ended,
}

impl Engine {
    /// Brings the record up to date with the engine, in memory and on disk. A record that cannot
    /// be written is a warning: whoever may read it still gets the truth.
    pub async fn reconcile(&self, run: &mut Run) -> Result<Vec<Warning>> {
        self.check_mode(run)?;
        let facts = self.look(&run.record).await?;
        if facts == Facts::Absent {
            self.check_same_engine(&run.record).await?;
        }
        let before = run.record.clone();
        let facts = match before.state {
            State::Exited | State::Removed => facts,
            State::Created | State::Running | State::Failed => self.with_late_news(&before, facts).await,
        };
        apply(&mut run.record, &facts);
        if let Facts::Present(Present { phase: Phase::Running, pid: Some(pid), id, .. }) = &facts
            && self.is_local()
            && let Some(probe) = MemoryProbe::locate(*pid, id)
        {
            let source = probe.source();
            run.record.note_peak(probe.read().map(|sample| Peak { bytes: sample.peak, source }));
        }
        // Another process may be about to create the container, so this is not written down.
        let is_passing = facts == Facts::Absent && before.container_id.is_none();
        if run.record == before || is_passing {
            return Ok(Vec::new());
        }
        Ok(save(run).into_iter().collect())
    }

    pub(crate) fn check_mode(&self, run: &Run) -> Result<()> {
        if run.record.mode == MODE_DOCKER {
            return Ok(());
        }
        Err(Error::RecordMode { id: run.record.id.clone(), mode: run.record.mode.clone() })
    }

    pub(crate) async fn look(&self, record: &Record) -> Result<Facts> {
        match inspect(&self.docker, &record.container()).await {
            Ok(answer) => facts(record, answer).ok_or_else(|| Error::EngineAnswer {
                doing: "to look at the container".to_owned(),
                words: "it does not say in which state the container is".to_owned(),
            }),
            Err(error) if status(&error) == Some(404) => Ok(Facts::Absent),
            Err(error) => Err(engine_error("to look at the container", &error)),
        }
    }

    /// "No such container" means something only if the container was made on this engine. Podman
    /// makes up a new id at each request, so the same address is enough.
    async fn check_same_engine(&self, record: &Record) -> Result<()> {
        let recorded = &record.engine;
        if recorded.address == self.identity.address || recorded.address.is_empty() {
            return Ok(());
        }
        let Some(recorded_id) = &recorded.id else {
            return Ok(());
        };
        let info = self.docker.info().await.map_err(|error| engine_error("to say who it is", &error))?;
        if info.id.as_ref() == Some(recorded_id) {
            return Ok(());
        }
        Err(Error::OtherEngine {
            id: record.id.clone(),
            recorded: recorded.address.clone(),
            current: self.identity.address.clone(),
        })
    }
}

pub(crate) fn save(run: &mut Run) -> Option<Warning> {
    run.save().err().map(|error| Warning::RecordNotSaved { words: error.to_string() })
}

/// Total over what a record can say and what an engine can answer.
pub(crate) fn apply(record: &mut Record, facts: &Facts) {
    let container = match facts {
        Facts::Absent => {
            match record.state {
                State::Created if record.container_id.is_none() => {
                    record.state = State::Failed;
                    record.error = Some("task-api ended before it created the container".to_owned());
                }
                State::Created | State::Running | State::Exited => record.state = State::Removed,
                State::Failed | State::Removed => {}
            }
            return;
        }
        Facts::Present(container) => container,
    };
    record.container_id = Some(container.id.clone());
    match container.phase {
        Phase::Created => match &container.error {
            Some(words) => {
                record.state = State::Failed;
                record.error = Some(words.clone());
                record.exit_code = container.exit_code;
            }
            None if record.state == State::Failed => {}
            None => record.state = State::Created,
        },
        Phase::Running => {
            record.state = State::Running;
            record.started_at = container.started_at.or(record.started_at);
        }
        Phase::Ended => {
            record.state = State::Exited;
            record.started_at = container.started_at.or(record.started_at);
            // The engine can notice the start of a short process only after its end.
            record.finished_at = container.finished_at.or(record.finished_at).max(record.started_at);
            record.exit_code = container.exit_code.or(record.exit_code);
            record.oom_killed |= container.oom_killed;
            if record.oom_killed && record.peak_memory_bytes.is_some() {
                // Samples miss the last moment; whoever was killed at the limit has reached it.
                record.peak_memory_bytes = record.peak_memory_bytes.max(container.memory_limit);
            }
        }
    }
}

/// `None` if the answer is without a state: nothing must be concluded from that.
pub(crate) fn facts(record: &Record, answer: ContainerInspectResponse) -> Option<Facts> {
    let config = answer.config.unwrap_or_default();
    let owner = config.labels.as_ref().and_then(|labels| labels.get(LABEL_RUN_ID));
    if owner.map(String::as_str) != Some(record.id.as_str()) {
        // Somebody else's container: the record was edited, or the name was given anew.
        return Some(Facts::Absent);
    }
    let state = answer.state.unwrap_or_default();
    let phase = match state.status {
        Some(Status::RUNNING | Status::PAUSED | Status::RESTARTING | Status::STOPPING) => Phase::Running,
        Some(Status::EXITED | Status::DEAD | Status::REMOVING) => Phase::Ended,
        Some(Status::CREATED) => Phase::Created,
        Some(Status::EMPTY) | None => return None,
    };
    let host = answer.host_config.unwrap_or_default();
    Some(Facts::Present(Present {
        id: answer.id.unwrap_or_default(),
        phase,
        pid: state.pid.filter(|pid| *pid > 0),
        exit_code: state.exit_code,
        oom_killed: state.oom_killed.unwrap_or_default(),
        error: state.error.filter(|words| !words.is_empty()),
        started_at: time(state.started_at.as_deref()),
        finished_at: time(state.finished_at.as_deref()),
        memory_limit: host.memory.and_then(|bytes| u64::try_from(bytes).ok()).filter(|bytes| *bytes > 0),
        log_driver: host.log_config.and_then(|config| config.typ),
    }))
}

/// The engine writes the year 1 for "not yet".
fn time(text: Option<&str>) -> Option<Timestamp> {
    let time: Timestamp = text?.parse().ok()?;
    (time > Timestamp::UNIX_EPOCH).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::example;

    fn container(phase: Phase) -> Present {
        Present {
            id: "c0ffee".to_owned(),
            phase,
            pid: None,
            exit_code: Some(0),
            oom_killed: false,
            error: None,
            started_at: "2026-01-02T03:04:06Z".parse().ok(),
            finished_at: None,
            memory_limit: None,
            log_driver: None,
        }
    }

    fn after(state: State, container_id: Option<&str>, facts: &Facts) -> Record {
        let mut record = example();
        record.state = state;
        record.container_id = container_id.map(str::to_owned);
        apply(&mut record, facts);
        record
    }

    #[test]
    fn a_container_that_is_gone() {
        let absent = Facts::Absent;
        let interrupted = after(State::Created, None, &absent);
        assert_eq!(interrupted.state, State::Failed);
        assert_eq!(interrupted.error.as_deref(), Some("task-api ended before it created the container"));
        for state in [State::Created, State::Running, State::Exited, State::Removed] {
            assert_eq!(after(state, Some("c0ffee"), &absent).state, State::Removed);
        }
        assert_eq!(after(State::Failed, Some("c0ffee"), &absent).state, State::Failed);
    }

    #[test]
    fn a_container_that_got_further_than_its_record() {
        let running = after(State::Created, None, &Facts::Present(container(Phase::Running)));
        assert_eq!((running.state, running.container_id.as_deref()), (State::Running, Some("c0ffee")));
        assert!(running.started_at.is_some());
        let exited = Present { exit_code: Some(3), oom_killed: true, ..container(Phase::Ended) };
        for state in [State::Created, State::Running, State::Failed, State::Removed] {
            let record = after(state, None, &Facts::Present(exited.clone()));
            assert_eq!((record.state, record.exit_code, record.oom_killed), (State::Exited, Some(3), true));
        }
    }

    #[test]
    fn a_start_that_the_engine_refused() {
        let refused =
            Present { error: Some("not found".to_owned()), exit_code: Some(127), ..container(Phase::Created) };
        let record = after(State::Created, None, &Facts::Present(refused));
        assert_eq!(
            (record.state, record.exit_code, record.error.as_deref()),
            (State::Failed, Some(127), Some("not found"))
        );
        let fresh = after(State::Created, None, &Facts::Present(container(Phase::Created)));
        assert_eq!((fresh.state, fresh.exit_code), (State::Created, None));
    }

    #[test]
    fn a_kill_at_the_limit_has_reached_it() {
        let mut record = example();
        record.peak_memory_bytes = Some(5);
        let ended = Present { oom_killed: true, memory_limit: Some(10), ..container(Phase::Ended) };
        apply(&mut record, &Facts::Present(ended.clone()));
        assert_eq!(record.peak_memory_bytes, Some(10));
        let mut unsampled = example();
        apply(&mut unsampled, &Facts::Present(ended));
        assert_eq!(unsampled.peak_memory_bytes, None);
    }

    #[test]
    fn a_clock_that_was_set_back_ends_no_run_before_it_began() {
        let mut record = example();
        let ended = Present { finished_at: "2026-01-02T03:04:05Z".parse().ok(), ..container(Phase::Ended) };
        apply(&mut record, &Facts::Present(ended));
        assert_eq!(record.finished_at, record.started_at);
        assert!(record.started_at.is_some());
    }

    #[test]
    fn the_year_one_is_not_a_time() {
        assert_eq!(time(Some("0001-01-01T00:00:00Z")), None);
        assert_eq!(time(Some("odd")), None);
        assert!(time(Some("2026-11-22T13:11:53.123456789Z")).is_some());
        assert!(time(Some("2026-11-22T13:11:53.1+01:00")).is_some());
    }
}
