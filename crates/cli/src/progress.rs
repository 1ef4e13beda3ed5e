//! How far a long piece of work has come, for somebody who watches.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Io;

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// A bar on standard error, if that is a terminal and the work takes a while.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    done: u64,
    begun: Instant,
}

impl Progress {
    pub(crate) fn new(verb: &str, total: usize, io: &Io) -> Progress {
        let bar = io.terminal_err.then(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
            let template = format!("{verb} {{human_pos}} of {{human_len}} {{wide_bar:.dim}} {{eta}}");
            bar.with_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Progress { bar, done: 0, begun: Instant::now() }
    }

    /// One more is done; what is printed meanwhile stands above the bar.
    pub(crate) fn step(&mut self, print: impl FnOnce()) {
        self.done += 1;
        let Some(bar) = &self.bar else { return print() };
        if bar.is_hidden() && self.begun.elapsed() > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(self.done);
        if bar.is_hidden() { print() } else { bar.suspend(print) }
    }

    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
