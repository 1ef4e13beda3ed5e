//! One line at the bottom of a terminal that is written over, between lines of a container's output.

use std::cell::Cell;

use task_api_core::quantity::human_bytes;
use task_api_runner::MemoryGauge;

use crate::outlet::say;

/// The memory of a running container, on standard error. Nothing where nobody watches.
#[derive(Debug)]
pub(crate) struct LiveLine {
    is_on: bool,
    limit: Option<u64>,
    is_shown: Cell<bool>,
    /// The container has not begun a line that ours would stand in.
    at_line_start: Cell<bool>,
}

const CLEAR: &str = "\r\u{1b}[K";

impl LiveLine {
    pub(crate) fn new(is_on: bool, limit: Option<u64>) -> LiveLine {
        LiveLine { is_on, limit, is_shown: Cell::new(false), at_line_start: Cell::new(true) }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(crate) fn show(&self, gauge: &MemoryGauge) {
        if !self.is_on || !self.at_line_start.get() {
            return;
        }
        let (Some(in_use), Some(peak)) = (gauge.in_use(), gauge.peak()) else { return };
        let words = words(in_use, peak.bytes, self.limit);
        say(&format!("{CLEAR}{words}"));
        self.is_shown.set(true);
    }

    /// Makes room for output; to be called before any is written.
    pub(crate) fn make_room(&self) {
        if self.is_shown.replace(false) {
            say(CLEAR);
        }
    }

    /// Takes note of what was written.
    pub(crate) fn after(&self, bytes: &[u8]) {
        if let Some(last) = bytes.last() {
            self.at_line_start.set(*last == b'\n');
        }
    }
}

fn words(in_use: u64, peak: u64, limit: Option<u64>) -> String {
    let (used, most) = (human_bytes(in_use), human_bytes(peak));
    match limit {
        Some(limit) => {
            let percent = in_use as f64 * 100.0 / (limit as f64).max(1.0);
            format!("memory {used}, peak {most}, limit {} ({percent:.0} % in use)", human_bytes(limit))
        }
        None => format!("memory {used}, peak {most}, no limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_near_the_limit_is() {
        assert_eq!(words(1 << 20, 2 << 20, Some(4 << 20)), "memory 1 MiB, peak 2 MiB, limit 4 MiB (25 % in use)");
        assert_eq!(words(1 << 20, 2 << 20, None), "memory 1 MiB, peak 2 MiB, no limit");
    }

    #[test]
    fn it_keeps_out_of_a_line_that_is_not_complete() {
        let line = LiveLine::new(true, None);
        line.after(b"abc");
        assert!(!line.at_line_start.get());
        line.after(b"");
        assert!(!line.at_line_start.get());
        line.after(b"\n");
        assert!(line.at_line_start.get());
    }
}
