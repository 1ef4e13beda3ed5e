//! How far a long piece of work has come, for somebody who watches.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use task_api_core::quantity::human_bytes;

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

/// A count on standard error, of work whose amount nobody knows beforehand.
pub(crate) struct Count {
    bar: Option<ProgressBar>,
    begun: Instant,
}

impl Count {
    pub(crate) fn new(io: &Io) -> Count {
        let bar = io.terminal_err.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
            bar.with_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Count { bar, begun: Instant::now() }
    }

    pub(crate) fn show(&self, verb: &str, files: u64, bytes: u64) {
        let Some(bar) = &self.bar else { return };
        if self.begun.elapsed() <= PATIENCE {
            return;
        }
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_message(format!("{verb} {files} files, {}", human_bytes(bytes)));
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
