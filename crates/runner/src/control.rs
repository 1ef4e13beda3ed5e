//! What can be done to a run from outside: signals, an orderly stop, removal.

use std::time::Duration;

use bollard::query_parameters::KillContainerOptionsBuilder;

use crate::{
    engine::{Engine, engine_error, status},
    error::{Error, Result, Warning},
    outcome::Outcome,
    reconcile::{Facts, Phase, Present, apply, save},
    record::State,
    run_id::RunId,
    start::removal,
    store::Run,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Interrupt,
    Terminate,
    Kill,
}

/// What stopping a run came to.
#[derive(Debug)]
pub struct Stopped {
    pub outcome: Outcome,
    /// There was nothing to stop.
    pub had_ended: bool,
    /// The grace period was over, and the container was killed.
    pub was_killed: bool,
    pub warnings: Vec<Warning>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Removal {
    /// Kills a container that still runs, instead of refusing.
    pub force: bool,
    /// Deletes the record as well.
    pub delete_record: bool,
}

impl Engine {
    /// Sends a signal to the container's main process; `false` if it does not run. Takes the id,
    /// so that a run can be signalled while it is being followed.
    pub async fn signal(&self, id: &RunId, signal: Signal) -> Result<bool> {
        let name = match signal {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
            Signal::Kill => "SIGKILL",
        };
        let options = KillContainerOptionsBuilder::new().signal(name).build();
        match self.docker.kill_container(&id.container_name(), Some(options)).await {
            Ok(()) => Ok(true),
            Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(false),
            Err(error) => Err(engine_error(&format!("to send {name} to the container"), &error)),
        }
    }

    /// SIGTERM, then SIGKILL when `grace` is over. A container that never started is removed, so
    /// that nothing can start it any more.
    pub async fn stop(&self, run: &mut Run, grace: Duration) -> Result<Stopped> {
        let mut warnings = self.reconcile(run).await?;
        if run.record.state == State::Created {
            self.remove_container(run).await?;
            run.record.state = State::Failed;
            run.record.error = Some("stopped before it started".to_owned());
            warnings.extend(save(run));
        }
        if let Some(outcome) = Outcome::of(&run.record) {
            return Ok(Stopped { outcome, had_ended: true, was_killed: false, warnings });
        }
        self.signal(run.id(), Signal::Terminate).await?;
        let in_time = tokio::time::timeout(grace, self.wait_for_end(&run.record)).await;
        let was_killed = in_time.is_err();
        let facts = match in_time {
            Ok(facts) => facts?,
            Err(_) => {
                self.signal(run.id(), Signal::Kill).await?;
                self.wait_for_end(&run.record).await?
            }
        };
        apply(&mut run.record, &facts);
        warnings.extend(save(run));
        let outcome = Outcome::of(&run.record).unwrap_or(Outcome::Unknown);
        Ok(Stopped { outcome, had_ended: false, was_killed, warnings })
    }

    /// Removes the run's container with its anonymous volumes. How the run ended stays in the
    /// record.
    pub async fn remove(&self, run: &mut Run, removal: Removal) -> Result<Vec<Warning>> {
        let mut warnings = self.reconcile(run).await?;
        if run.record.state == State::Running && !removal.force {
            return Err(Error::StillRunning { id: run.id().clone() });
        }
        if run.record.state == State::Running {
            // Ended first, so that the record learns how.
            self.signal(run.id(), Signal::Kill).await?;
            let facts = self.wait_for_end(&run.record).await?;
            apply(&mut run.record, &facts);
        }
        self.remove_container(run).await?;
        if run.record.state != State::Failed {
            run.record.state = State::Removed;
        }
        if removal.delete_record {
            run.delete()?;
        } else {
            warnings.extend(save(run));
        }
        Ok(warnings)
    }

    async fn remove_container(&self, run: &Run) -> Result<()> {
        let Facts::Present(Present { id, phase: Phase::Created | Phase::Running | Phase::Ended, .. }) =
            self.look(&run.record).await?
        else {
            return Ok(());
        };
        match self.docker.remove_container(&id, Some(removal())).await {
            Ok(()) => Ok(()),
            // 409: somebody else is removing it just now.
            Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(()),
            Err(error) => Err(engine_error("to remove the container", &error)),
        }
    }
}
