//! How far a container's output has been read, so that reading goes on after a lost connection
//! with neither a byte missing nor a byte twice.
//!
//! Every piece of output is asked for with its time. Within one of the two streams pieces keep
//! their order, and the pieces of one long line share one time, so a position is the last time
//! and how many pieces of that time have been delivered. The engine can only be asked for "since
//! this second", so it repeats some, and those are counted off.

use jiff::Timestamp;

use crate::logs::LogSource;

#[derive(Debug, Clone, Default)]
pub(crate) struct LogPosition {
    out: StreamPosition,
    err: StreamPosition,
}

#[derive(Debug, Clone, Default)]
struct StreamPosition {
    last: Option<Timestamp>,
    delivered_at_last: u64,
    /// Set while the engine may still be repeating what was delivered before.
    replay: Option<Replay>,
}

#[derive(Debug, Clone)]
struct Replay {
    until: Timestamp,
    left_at_until: u64,
}

/// The two streams are timed by two threads of the engine.
const SLACK_SECONDS: i64 = 2;

impl LogPosition {
    /// To be called before each connection; says since when to ask, in seconds since 1970.
    pub(crate) fn begin(&mut self) -> Option<i64> {
        for stream in [&mut self.out, &mut self.err] {
            stream.replay = stream.last.map(|until| Replay { until, left_at_until: stream.delivered_at_last });
        }
        let earliest = [self.out.last, self.err.last].into_iter().flatten().min()?;
        Some((earliest.as_second() - SLACK_SECONDS).max(0))
    }

    /// Whether everything that could be repeated is among the last so many pieces.
    pub(crate) fn is_within_last(&self, pieces: u64) -> bool {
        self.out.delivered_at_last.saturating_add(self.err.delivered_at_last) < pieces
    }

    /// Whether the first piece of an answer was surely delivered before. As what is delivered is the
    /// beginning of the output, nothing is missing then between it and the rest of the answer. The
    /// pieces of one long line share one time, so that of the last piece says nothing.
    pub(crate) fn is_repeated(&self, source: LogSource, time: Timestamp) -> bool {
        let stream = match source {
            LogSource::Stdout => &self.out,
            LogSource::Stderr => &self.err,
        };
        stream.last.is_some_and(|last| time < last)
    }

    /// Whether this piece is new, and from now on counts as delivered.
    pub(crate) fn admit(&mut self, source: LogSource, time: Timestamp) -> bool {
        let stream = match source {
            LogSource::Stdout => &mut self.out,
            LogSource::Stderr => &mut self.err,
        };
        if let Some(replay) = &mut stream.replay {
            if time < replay.until {
                return false;
            }
            if time == replay.until && replay.left_at_until > 0 {
                replay.left_at_until -= 1;
                return false;
            }
            // What comes after the replay is new even if the engine's clock was set back.
            stream.replay = None;
        }
        if stream.last == Some(time) {
            stream.delivered_at_last += 1;
        } else {
            stream.last = Some(time);
            stream.delivered_at_last = 1;
        }
        true
    }
}

/// Takes the time off the front of a piece of output.
pub(crate) fn split_time(piece: &[u8]) -> Option<(Timestamp, &[u8], &[u8])> {
    const LONGEST_TIME: usize = 40;
    let space = piece.iter().take(LONGEST_TIME).position(|byte| *byte == b' ')?;
    let text = &piece[..space];
    let time = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some((time, text, &piece[space + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Piece = (LogSource, i64, u32);

    /// Reads `log`, losing the connection after each of `cuts` pieces, and says what was delivered.
    fn read(log: &[Piece], cuts: &[usize]) -> Vec<Piece> {
        let mut position = LogPosition::default();
        let mut delivered = Vec::new();
        for cut in cuts.iter().copied().chain([usize::MAX]) {
            let since = position.begin();
            let answer = log.iter().filter(|(_, second, _)| since.is_none_or(|since| *second >= since));
            for piece in answer.take(cut) {
                let time = Timestamp::from_second(piece.1).expect("a time");
                if position.admit(piece.0, time) {
                    delivered.push(*piece);
                }
            }
        }
        delivered
    }

    #[test]
    fn nothing_is_lost_or_repeated_wherever_the_connection_breaks() {
        use LogSource::{Stderr, Stdout};
        // A long line on one stream, all of one time, with the other stream in between and ahead.
        let log: Vec<Piece> = vec![
            (Stdout, 100, 0),
            (Stdout, 110, 1),
            (Stderr, 111, 2),
            (Stdout, 110, 3),
            (Stderr, 120, 4),
            (Stdout, 110, 5),
            (Stdout, 110, 6),
            (Stderr, 120, 7),
            (Stdout, 121, 8),
        ];
        for first in 0..=log.len() {
            for second in 0..=log.len() {
                assert_eq!(read(&log, &[first, second]), log, "cut after {first} and {second}");
            }
        }
    }

    #[test]
    fn only_an_older_piece_shows_that_nothing_is_missing() {
        let time = |second| Timestamp::from_second(second).expect("a time");
        let mut position = LogPosition::default();
        assert!(!position.is_repeated(LogSource::Stdout, time(100)));
        assert!(position.admit(LogSource::Stdout, time(100)));
        assert!(position.is_repeated(LogSource::Stdout, time(99)));
        assert!(!position.is_repeated(LogSource::Stdout, time(100)));
        assert!(!position.is_repeated(LogSource::Stderr, time(99)));
    }

    #[test]
    fn a_clock_that_is_set_back_hides_nothing_new() {
        let log: Vec<Piece> =
            vec![(LogSource::Stdout, 100, 0), (LogSource::Stdout, 101, 1), (LogSource::Stdout, 99, 2)];
        assert_eq!(read(&log, &[]), log);
        assert_eq!(read(&log, &[1]), log);
    }

    #[test]
    fn the_time_comes_off_byte_for_byte() {
        let (time, text, rest) = split_time(b"2026-11-22T13:11:53.000000001Z \xff a\n").expect("a time");
        assert_eq!(time.as_nanosecond() % 1_000_000_000, 1);
        assert_eq!((text, rest), (b"2026-11-22T13:11:53.000000001Z".as_slice(), b"\xff a\n".as_slice()));
        assert_eq!(split_time(b"2026-11-22T13:11:53Z ").expect("a time").2, b"");
        assert_eq!(split_time(b"no time at all"), None);
        assert_eq!(split_time(b"\xff\xff \n"), None);
    }
}
