//! How a run ended: one value for every way there is.

use std::time::Duration;

use crate::record::{Record, State};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The container's process ended by itself.
    Exited { code: i64 },
    /// The container was ended because its time was over, with whatever code.
    TimedOut { limit: Duration },
    /// The kernel killed the container's process at its memory limit.
    OutOfMemory,
    /// The container's process was killed by a signal, or ended with the code that stands for one
    /// (128 and the signal's number): engines do not tell the two apart.
    Killed { signal: i64 },
    /// There was never a process: the engine's words, and the code that the engine gave (126 not
    /// executable, 127 not found).
    NeverStarted { words: String, code: Option<i64> },
    /// The container was removed before anybody saw how it ended.
    Unknown,
}

const OUT_OF_MEMORY: i64 = 137;

impl Outcome {
    /// `None` while the run has not ended.
    pub fn of(record: &Record) -> Option<Outcome> {
        match record.state {
            State::Created | State::Running => None,
            State::Failed => {
                Some(Outcome::NeverStarted { words: record.error.clone().unwrap_or_default(), code: record.exit_code })
            }
            State::Exited | State::Removed => Some(match (record.exit_code, time_limit(record)) {
                (_, Some(limit)) => Outcome::TimedOut { limit },
                (None, None) => Outcome::Unknown,
                // A child that was killed for memory while the main process went on is not the
                // end of the run, so the code decides.
                (Some(OUT_OF_MEMORY), None) if record.oom_killed => Outcome::OutOfMemory,
                (Some(code @ 129..=192), None) => Outcome::Killed { signal: code - 128 },
                (Some(code), None) => Outcome::Exited { code },
            }),
        }
    }

    /// The container's own code where there is one, 1 where there is none.
    pub fn exit_code(&self) -> u8 {
        match self {
            Outcome::Exited { code } => u8::try_from(*code).unwrap_or(1),
            Outcome::TimedOut { .. } => 124,
            Outcome::OutOfMemory => 137,
            Outcome::Killed { signal } => u8::try_from(128 + signal).unwrap_or(1),
            Outcome::NeverStarted { code: Some(code), .. } => u8::try_from(*code).unwrap_or(1),
            Outcome::NeverStarted { code: None, .. } | Outcome::Unknown => 1,
        }
    }
}

/// A record is a file that anybody can have written, so not every number in it is a time.
fn time_limit(record: &Record) -> Option<Duration> {
    Duration::try_from_secs_f64(record.timed_out_after_seconds?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(state: State, exit_code: Option<i64>, oom_killed: bool, outcome: Option<Outcome>, code: Option<u8>) {
        let mut record = crate::record::tests::example();
        record.state = state;
        record.exit_code = exit_code;
        record.oom_killed = oom_killed;
        let found = Outcome::of(&record);
        assert_eq!(found, outcome);
        assert_eq!(found.map(|outcome| outcome.exit_code()), code);
    }

    #[test]
    fn every_end_has_an_exit_code() {
        check(State::Created, None, false, None, None);
        check(State::Running, None, false, None, None);
        check(State::Exited, Some(0), false, Some(Outcome::Exited { code: 0 }), Some(0));
        check(State::Exited, Some(3), false, Some(Outcome::Exited { code: 3 }), Some(3));
        check(State::Exited, Some(137), true, Some(Outcome::OutOfMemory), Some(137));
        check(State::Exited, Some(137), false, Some(Outcome::Killed { signal: 9 }), Some(137));
        check(State::Exited, Some(143), false, Some(Outcome::Killed { signal: 15 }), Some(143));
        check(State::Exited, Some(0), true, Some(Outcome::Exited { code: 0 }), Some(0));
        check(State::Exited, Some(255), false, Some(Outcome::Exited { code: 255 }), Some(255));
        check(State::Exited, Some(-1), false, Some(Outcome::Exited { code: -1 }), Some(1));
        check(State::Removed, Some(3), false, Some(Outcome::Exited { code: 3 }), Some(3));
        check(State::Removed, None, false, Some(Outcome::Unknown), Some(1));
        let never = |code| Some(Outcome::NeverStarted { words: String::new(), code });
        check(State::Failed, Some(127), false, never(Some(127)), Some(127));
        check(State::Failed, None, false, never(None), Some(1));
    }

    #[test]
    fn a_time_limit_wins_over_the_code_it_led_to() {
        let mut record = crate::record::tests::example();
        record.timed_out_after_seconds = Some(1.5);
        record.state = State::Running;
        assert_eq!(Outcome::of(&record), None);
        for code in [0, 3, 137, 143] {
            (record.state, record.exit_code) = (State::Exited, Some(code));
            let outcome = Outcome::of(&record).expect("an end");
            assert_eq!(outcome, Outcome::TimedOut { limit: Duration::from_millis(1500) });
            assert_eq!(outcome.exit_code(), 124);
        }
        record.timed_out_after_seconds = Some(-1.0);
        assert_eq!(Outcome::of(&record), Some(Outcome::Killed { signal: 15 }));
    }
}
