//! The last lines of an output that is read from its beginning.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::logs::LogSource;

/// Source, time, the time's text, and bytes.
pub(crate) type Piece = (LogSource, Timestamp, Vec<u8>, Vec<u8>);

/// To ask the engine for just these would leave unknown how many pieces of their first second came before them.
pub(crate) struct LastLines {
    limit: u64,
    /// Ends of lines among the pieces.
    complete: u64,
    pub(crate) pieces: VecDeque<Piece>,
}

impl LastLines {
    pub(crate) fn new(limit: u64) -> LastLines {
        LastLines { limit, complete: 0, pieces: VecDeque::new() }
    }

    pub(crate) fn push(&mut self, piece: Piece) {
        let unfinished = u64::from(!ends_line(&piece));
        self.complete += 1 - unfinished;
        self.pieces.push_back(piece);
        while self.complete + unfinished > self.limit {
            let Some(first) = self.pieces.pop_front() else { return };
            self.complete -= u64::from(ends_line(&first));
        }
    }
}

fn ends_line((_, _, _, bytes): &Piece) -> bool {
    bytes.last() == Some(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limit: u64, pieces: &[&str], expected: &str) {
        let mut last = LastLines::new(limit);
        for piece in pieces {
            last.push((LogSource::Stdout, Timestamp::UNIX_EPOCH, Vec::new(), piece.as_bytes().to_vec()));
        }
        let kept: Vec<u8> = last.pieces.into_iter().flat_map(|(_, _, _, bytes)| bytes).collect();
        assert_eq!(String::from_utf8_lossy(&kept), expected);
    }

    #[test]
    fn lines_count_and_pieces_do_not() {
        check(2, &["a\n", "b\n", "c\n"], "b\nc\n");
        check(2, &["a\n", "long ", "er ", "line\n", "c\n"], "long er line\nc\n");
        check(1, &["long ", "line\n", "c\n"], "c\n");
        check(1, &["a\n", "unfin", "ished"], "unfinished");
        check(2, &["a\n", "b\n", "unfinished"], "b\nunfinished");
        check(0, &["a\n", "b"], "");
        check(9, &["a\n", "b"], "a\nb");
    }
}
