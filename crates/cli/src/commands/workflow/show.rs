//! A workflow's run for people: what happens while it runs, and what came of it.

use std::cell::RefCell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use super::items::Lost;
use super::record::{Recorded, TaskRecord, TaskState, WorkflowRecord, WorkflowState};
use crate::{Io, display, memory, time};

/// How often the table is drawn.
pub(crate) const REDRAW: Duration = Duration::from_millis(200);
/// So many tasks are shown in the table at most.
const ROWS: usize = 20;
/// So many lost items are named; the record has all.
const NAMES: usize = 10;

/// A table of the tasks' states on a terminal that is written over; lines elsewhere.
pub(crate) struct Display {
    bar: Option<ProgressBar>,
    drawn: RefCell<String>,
}

impl Display {
    pub(crate) fn new(io: &Io) -> Display {
        let bar = io.terminal_err.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.with_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        // Nothing can be drawn on a terminal without a name: lines it is.
        Display { bar: bar.filter(|bar| !bar.is_hidden()), drawn: RefCell::default() }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.bar.is_some()
    }

    /// Says what the table shows where there is one.
    pub(crate) fn say(&self, words: &str, io: &mut Io) {
        if self.bar.is_none() {
            io.err(&format!("{}\n", display::line(words)));
        }
    }

    /// Says it in any case.
    pub(crate) fn lines(&self, words: &str, io: &mut Io) {
        self.suspend(|| io.err(&display::message(words)));
    }

    /// Makes room for whatever is written meanwhile.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    pub(crate) fn draw(&self, record: &WorkflowRecord) {
        let Some(bar) = &self.bar else { return };
        let table = table(record, Timestamp::now());
        if *self.drawn.borrow() != table {
            bar.set_message(table.clone());
            *self.drawn.borrow_mut() = table;
        }
    }

    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The tasks in the order of the file; of many, those that run or failed before the others.
fn table(record: &WorkflowRecord, now: Timestamp) -> String {
    let weight = |task: &TaskRecord| match task.state {
        TaskState::Running | TaskState::Starting => 0,
        TaskState::Failed => 1,
        TaskState::Waiting => 2,
        TaskState::NotRun | TaskState::Succeeded | TaskState::LeftOut => 3,
    };
    let mut shown: Vec<(usize, &TaskRecord)> = record.tasks.iter().enumerate().collect();
    shown.sort_by_key(|(position, task)| (weight(task), *position));
    let hidden = shown.len().saturating_sub(ROWS);
    shown.truncate(ROWS);
    shown.sort_by_key(|(position, _)| *position);
    let rows: Vec<[String; 3]> = shown
        .iter()
        .map(|(_, task)| {
            [display::line(&task.task_id), state(task), spent(task, now).map(time::in_words).unwrap_or_default()]
        })
        .collect();
    let more = if hidden == 0 { String::new() } else { format!("{}\n", display::more(hidden)) };
    format!("{}{more}{}", memory::columns(&rows), counts(record))
}

/// What there is to say of a run.
pub(crate) fn summary(recorded: &Recorded) -> String {
    let record = &recorded.record;
    let mut rows = vec![["TASK", "STATE", "TIME", "ITEMS", "RUN"].map(str::to_owned)];
    for task in &record.tasks {
        rows.push([
            display::line(&task.task_id),
            state(task),
            spent(task, Timestamp::now()).map_or_else(|| "-".to_owned(), time::in_words),
            items(task),
            task.run.as_ref().filter(|_| has_run(task)).map_or_else(|| "-".to_owned(), ToString::to_string),
        ]);
    }
    let mut text = memory::columns(&rows);
    for task in &record.tasks {
        for lost in task.items.iter().filter(|_| has_run(task)).flat_map(|items| &items.lost) {
            text.push_str(&format!("{}\n", lost_in_words(task, lost)));
        }
    }
    let name = if record.name.is_empty() { "the workflow".to_owned() } else { format!("workflow `{}`", record.name) };
    let state = match record.state {
        WorkflowState::Running => "is running",
        WorkflowState::Succeeded => "succeeded",
        WorkflowState::Failed => "failed",
        WorkflowState::Stopped => "was stopped",
    };
    text.push_str(&format!("{} {state}: {}\n", display::line(&name), counts(record)));
    text.push_str(&format!("outputs {}\n", display::line(&record.directory.display().to_string())));
    text
}

fn lost_in_words(task: &TaskRecord, lost: &Lost) -> String {
    let mut names: Vec<String> = lost.items.iter().take(NAMES).map(|item| format!("`{item}`")).collect();
    if lost.items.len() > NAMES {
        names.push(display::more(lost.items.len() - NAMES));
    }
    let names = names.join(", ");
    let inputs: Vec<String> = lost.inputs.iter().map(|input| format!("`{input}`")).collect();
    display::line(&format!(
        "task `{}` lost {} of {} items of {} on the way to `{}`: {names}",
        task.task_id,
        lost.items.len(),
        lost.of,
        inputs.join(" and "),
        lost.output
    ))
}

/// Whether what is known of its run is of this one, and not of an earlier one.
fn has_run(task: &TaskRecord) -> bool {
    !matches!(task.state, TaskState::Waiting | TaskState::NotRun | TaskState::LeftOut)
}

fn items(task: &TaskRecord) -> String {
    let Some(items) = task.items.as_ref().filter(|_| has_run(task)) else { return "-".to_owned() };
    let side = |channels: &std::collections::BTreeMap<String, usize>| {
        let counts: Vec<String> = channels.values().map(ToString::to_string).collect();
        if counts.is_empty() { "-".to_owned() } else { counts.join(", ") }
    };
    format!("{} → {}", side(&items.inputs), side(&items.outputs))
}

fn state(task: &TaskRecord) -> String {
    match (task.state, task.exit_code) {
        (TaskState::Succeeded, _) if task.is_unchanged => "unchanged".to_owned(),
        // Its end was seen afterwards, and what it wrote was not looked at.
        (TaskState::Running, _) if task.finished_at.is_some() => "ended".to_owned(),
        (TaskState::Failed, Some(code)) => format!("failed ({code})"),
        (state, _) => state.in_words().to_owned(),
    }
}

fn spent(task: &TaskRecord, now: Timestamp) -> Option<Duration> {
    let started = task.started_at.filter(|_| has_run(task))?;
    let nanos = task.finished_at.unwrap_or(now).as_nanosecond().saturating_sub(started.as_nanosecond());
    // To the tenth of a second: more says nothing of a container.
    Some(Duration::from_millis(u64::try_from(nanos / 100_000_000).unwrap_or(0) * 100))
}

/// "3 succeeded, 1 failed".
fn counts(record: &WorkflowRecord) -> String {
    let is = |state: TaskState| move |task: &&TaskRecord| task.state == state && !task.is_unchanged;
    let count = |state: TaskState| record.tasks.iter().filter(is(state)).count();
    let unchanged = record.tasks.iter().filter(|task| task.state == TaskState::Succeeded && task.is_unchanged).count();
    let counts = [
        (count(TaskState::Running) + count(TaskState::Starting), "running"),
        (count(TaskState::Waiting), "waiting"),
        (count(TaskState::Succeeded), "succeeded"),
        (unchanged, "unchanged"),
        (count(TaskState::Failed), "failed"),
        (count(TaskState::NotRun), "not run"),
        (count(TaskState::LeftOut), "left out"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
    if words.is_empty() { "no tasks".to_owned() } else { words.join(", ") }
}
