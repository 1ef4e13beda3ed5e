//! Output that was asked for without its times, which cost the engine more than they tell.
//!
//! An output only grows, so what was delivered is its beginning. After a lost connection all of it
//! is asked for again, with times: [`Retrace`] takes away what was delivered, and sees whether it
//! still is the same, while the position in time is learnt on the way.

use std::hash::{DefaultHasher, Hasher};

use crate::logs::LogSource;

/// What was delivered of both streams.
#[derive(Debug, Clone, Default)]
pub(crate) struct Untimed {
    streams: [Beginning; 2],
    is_inside_line: [bool; 2],
}

/// The way back to where a connection was lost.
#[derive(Debug)]
pub(crate) struct Retrace {
    expected: [Beginning; 2],
    seen: [Beginning; 2],
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It was delivered before.
    Known,
    New,
    /// What is repeated is not what was delivered: the log driver has dropped some of it meanwhile.
    Changed,
}

#[derive(Debug, Clone, Default)]
struct Beginning {
    pieces: u64,
    hash: DefaultHasher,
}

impl Untimed {
    /// Whether the last piece did not end its line. Docker's `local` driver drops the newline of a line
    /// over 16 KiB, and only the times of its pieces tell where the next line begins.
    pub(crate) fn is_inside_line(&self, source: LogSource) -> bool {
        self.is_inside_line[source as usize]
    }

    pub(crate) fn deliver(&mut self, source: LogSource, bytes: &[u8]) {
        self.streams[source as usize].add(bytes);
        self.is_inside_line[source as usize] = bytes.last() != Some(&b'\n');
    }

    /// `None` if nothing was delivered.
    pub(crate) fn retrace(&self) -> Option<Retrace> {
        let has_any = self.streams.iter().any(|stream| stream.pieces > 0);
        has_any.then(|| Retrace { expected: self.streams.clone(), seen: Default::default() })
    }
}

impl Retrace {
    pub(crate) fn is_complete(&self) -> bool {
        self.expected.iter().zip(&self.seen).all(|(expected, seen)| expected.pieces == seen.pieces)
    }

    pub(crate) fn step(&mut self, source: LogSource, bytes: &[u8]) -> Step {
        let (expected, seen) = (&self.expected[source as usize], &mut self.seen[source as usize]);
        if seen.pieces == expected.pieces && !bytes.is_empty() {
            return Step::New;
        }
        seen.add(bytes);
        let is_wrong = seen.pieces == expected.pieces && seen.hash.finish() != expected.hash.finish();
        if is_wrong { Step::Changed } else { Step::Known }
    }
}

impl Beginning {
    /// Of empty pieces the engine tells only with their times.
    fn add(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.pieces += 1;
        self.hash.write_usize(bytes.len());
        self.hash.write(bytes);
    }
}

#[cfg(test)]
mod tests {
    use LogSource::{Stderr, Stdout};

    use super::*;

    fn delivered(pieces: &[(LogSource, &[u8])]) -> Untimed {
        let mut untimed = Untimed::default();
        for (source, bytes) in pieces {
            untimed.deliver(*source, bytes);
        }
        untimed
    }

    #[test]
    fn what_was_delivered_is_known_and_the_rest_is_new() {
        let log: [(LogSource, &[u8]); 5] =
            [(Stdout, b"a\n"), (Stderr, b"b\n"), (Stdout, b"c\n"), (Stdout, b"e"), (Stderr, b"d\n")];
        assert!(delivered(&[]).retrace().is_none());
        for cut in 1..=log.len() {
            let mut retrace = delivered(&log[..cut]).retrace().expect("a way back");
            for (place, (source, bytes)) in log.iter().enumerate() {
                assert_eq!(retrace.is_complete(), place >= cut, "{place} of {cut}");
                let expected = if place < cut { Step::Known } else { Step::New };
                assert_eq!(retrace.step(*source, bytes), expected, "{place} of {cut}");
            }
        }
    }

    #[test]
    fn a_beginning_that_is_gone_is_noticed() {
        let untimed = delivered(&[(Stdout, b"a\n"), (Stdout, b"b\n")]);
        let mut retrace = untimed.retrace().expect("a way back");
        assert_eq!(retrace.step(Stdout, b"b\n"), Step::Known);
        assert_eq!(retrace.step(Stdout, b"c\n"), Step::Changed);
        let mut cut_elsewhere = untimed.retrace().expect("a way back");
        assert_eq!(cut_elsewhere.step(Stdout, b"a\nb"), Step::Known);
        assert_eq!(cut_elsewhere.step(Stdout, b"\n"), Step::Changed);
    }

    #[test]
    fn empty_pieces_come_with_times_only() {
        let mut retrace = delivered(&[(Stdout, b"a"), (Stdout, b"b\n")]).retrace().expect("a way back");
        let steps = [&b"a"[..], b"", b"b\n", b"c\n"].map(|bytes| retrace.step(Stdout, bytes));
        assert_eq!(steps, [Step::Known, Step::Known, Step::Known, Step::New]);
    }

    #[test]
    fn a_piece_without_newline_leaves_its_line_open() {
        let untimed = delivered(&[(Stdout, b"a\n"), (Stderr, b"b")]);
        assert_eq!((untimed.is_inside_line(Stdout), untimed.is_inside_line(Stderr)), (false, true));
    }
}
