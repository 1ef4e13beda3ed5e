//! The loop of a workflow's run: what comes of one task decides what is done for others.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use task_api_runner::{Engine, Outcome, Run, RunId, Signal, State, Warning};
use tokio::task::{JoinSet, LocalSet};

use super::super::job::{self, Around, Ended, Looked};
use super::super::read::Chain;
use super::super::record::{Recorded, TaskRecord, TaskState, WorkflowState};
use super::super::resume::{self, Selection};
use super::super::schedule::Schedule;
use super::super::show::{Display, REDRAW};
use crate::Io;
use crate::engine::{EngineAccess, warn};
use crate::exit::{DONE, Failure};
use crate::follow::{self, GRACE, INTERRUPTED, Signals, ending_in_words};

pub(super) struct Drive<'a> {
    chain: &'a Chain,
    selection: &'a Selection,
    recorded: Recorded,
    around: Arc<Around>,
    schedule: Schedule,

    /// Tasks that are not started yet, as they were found.
    looked: HashMap<usize, Looked>,
    /// Containers of an earlier attempt whose end it did not see.
    left: HashMap<usize, Run>,
    /// Of a task that is being started, the tasks behind it whose containers have to end for that.
    given_up: HashMap<usize, Vec<usize>>,
    /// The code of the first task that failed.
    code: Option<u8>,
    /// How often this process was asked to end.
    asked: u32,
    was_record_lost: bool,
}

enum Event {
    Looked(Result<Looked, Failure>),
    Started(Result<(Run, Vec<Warning>), Failure>),
    Ended(Result<Ended, Failure>),
}

type Jobs = JoinSet<(usize, Event)>;

impl<'a> Drive<'a> {
    pub(super) fn new(
        chain: &'a Chain,
        selection: &'a Selection,
        recorded: Recorded,
        around: Arc<Around>,
        schedule: Schedule,
    ) -> Drive<'a> {
        Drive {
            chain,
            selection,
            recorded,
            around,
            schedule,

            looked: HashMap::new(),
            left: HashMap::new(),
            given_up: HashMap::new(),
            code: None,
            asked: 0,
            was_record_lost: false,
        }
    }

    /// Drives the run to its end: the record as it is then, and the exit code.
    pub(super) fn through(
        mut self,
        access: &mut EngineAccess,
        signals: &mut Signals,
        io: &mut Io,
    ) -> Result<(Recorded, u8), Failure> {
        let engine = access.connect()?.clone();
        if self.recorded.record.resumed_at.is_some() {
            let (left, warnings) = access.block_on(resume::left(&mut self.recorded.record, &engine))?;
            warn(&warnings, io);
            self.left = left;
            self.save(io);
        }
        let display = Display::new(io);
        if !display.is_live() {
            // Our lines may have a reader that does not read.
            io.detach();
        }
        let local = LocalSet::new();
        let was_left = access.block_on(local.run_until(self.run(&engine, signals, &display, io)));
        display.clear();
        self.finish(was_left, io)
    }

    /// Whether the containers that still run were left to themselves.
    async fn run(&mut self, engine: &Engine, signals: &mut Signals, display: &Display, io: &mut Io) -> bool {
        let mut jobs = Jobs::new();
        let mut redraw = tokio::time::interval(REDRAW);
        let mut deadline: Option<Instant> = None;
        loop {
            self.begin(&mut jobs, engine, display, io);
            if jobs.is_empty() {
                return false;
            }
            tokio::select! {
                Some(joined) = jobs.join_next() => {
                    if let Ok((task, event)) = joined {
                        self.hear(task, event, &mut jobs, engine, display, io);
                    }
                }
                () = signals.heard() => {
                    self.asked += 1;
                    if self.asked > 2 {
                        return true;
                    }
                    deadline = (self.asked == 1).then(|| Instant::now() + GRACE);
                    self.pass_on(engine, display);
                }
                () = at(deadline) => {
                    deadline = None;
                    self.asked = self.asked.max(1);
                    self.signal_all(engine, Signal::Kill);
                }
                _ = redraw.tick(), if display.is_live() => display.draw(&self.recorded.record),
            }
        }
    }

    /// Begins what can be begun.
    fn begin(&mut self, jobs: &mut Jobs, engine: &Engine, display: &Display, io: &mut Io) {
        while let Some(task) = self.schedule.next_to_look_at() {
            let (instance, around) = (self.instance(task), Arc::clone(&self.around));
            let wants_outputs = self.task(task).exit_code == Some(DONE) && !self.selection.forced[task];
            jobs.spawn_local(async move {
                let looked = job::on_thread(move || job::look(&instance, &around, wants_outputs)).await;
                (task, Event::Looked(looked.and_then(|looked| looked)))
            });
        }
        while let Some(task) = self.schedule.next_to_start() {
            let Some(looked) = self.looked.remove(&task) else { continue };
            let is_again = self.recorded.record.resumed_at.is_some();
            let anew = TaskRecord {
                state: TaskState::Starting,
                signature: looked.signature.clone(),
                inputs: looked.inputs.clone(),
                ..self.task(task).anew()
            };
            *self.task(task) = anew;
            // From here on there may be a container, and a record that does not say so would lose it.
            if let Err(failure) = self.recorded.save() {
                self.fail(task, failure, display, io);
                continue;
            }
            let before = self.containers_in_the_way(task);
            let (engine, around, chain) = (engine.clone(), Arc::clone(&self.around), self.chain.links[task].clone());
            jobs.spawn_local(async move {
                (task, Event::Started(job::start(&engine, &chain, looked, before, is_again, around).await))
            });
        }
    }

    /// What still runs of an earlier attempt of the task, and of tasks behind it, which read what it is going to write anew.
    fn containers_in_the_way(&mut self, task: usize) -> Vec<Run> {
        let behind = self.chain.graph.descendants_of(task);
        let of_those: Vec<usize> = behind.into_iter().filter(|behind| self.left.contains_key(behind)).collect();
        let mut before: Vec<Run> = of_those.iter().filter_map(|behind| self.left.remove(behind)).collect();
        before.extend(self.left.remove(&task));
        self.given_up.insert(task, of_those);
        before
    }

    fn hear(&mut self, task: usize, event: Event, jobs: &mut Jobs, engine: &Engine, display: &Display, io: &mut Io) {
        match event {
            Event::Looked(Ok(_)) if self.schedule.is_halted() => {}
            Event::Looked(Ok(looked)) => self.decide(task, looked, jobs, engine, display, io),
            Event::Started(Ok((run, warnings))) => {
                display.suspend(|| warn(&warnings, io));
                // Only now these are known to have ended.
                for behind in self.given_up.remove(&task).unwrap_or_default() {
                    let anew = self.task(behind).anew();
                    *self.task(behind) = anew;
                }
                let id = run.id().clone();
                let started_at = run.record.started_at.or(Some(Timestamp::now()));
                let record = self.task(task);
                (record.state, record.run, record.started_at) = (TaskState::Running, Some(id.clone()), started_at);
                self.save(io);
                display.say(&format!("{}: started, run {id}", self.name(task)), io);
                match self.asked {
                    0 => {}
                    1 => drop(tokio::task::spawn_local(send(engine.clone(), id, Signal::Terminate))),
                    _ => drop(tokio::task::spawn_local(send(engine.clone(), id, Signal::Kill))),
                }
                self.wait_for(task, run, jobs, engine);
            }
            Event::Ended(Ok(ended)) => self.end(task, ended, display, io),
            Event::Looked(Err(failure)) | Event::Started(Err(failure)) => {
                // Its container, if there is one, has a record of its own.
                self.fail(task, failure, display, io);
            }
            Event::Ended(Err(failure)) => {
                let state = self.task(task).state;
                self.fail(task, failure, display, io);
                // How it ends is still to be seen.
                self.task(task).state = state;
                self.save(io);
            }
        }
    }

    /// Whether a task has to be run at all.
    fn decide(
        &mut self,
        task: usize,
        looked: Looked,
        jobs: &mut Jobs,
        engine: &Engine,
        display: &Display,
        io: &mut Io,
    ) {
        let is_forced = self.selection.forced[task];
        let record = &self.recorded.record.tasks[task];
        let is_same = looked.signature.is_some() && looked.signature == record.signature;
        let is_whole = record.outputs == looked.outputs && record.outputs.values().all(Option::is_some);
        if record.exit_code == Some(DONE) && is_same && is_whole && !is_forced {
            let record = self.task(task);
            (record.state, record.is_unchanged) = (TaskState::Succeeded, true);
            self.save(io);
            display.say(&format!("{}: unchanged", self.name(task)), io);
            self.schedule.done(task, &self.chain.graph);
            return;
        }
        let memory = looked.memory();
        let is_good = |run: &Run| match Outcome::of(&run.record) {
            None => run.record.state == State::Running,
            Some(outcome) => outcome.exit_code() == 0,
        };
        if let Some(run) = self.left.remove(&task) {
            if is_same && !is_forced && is_good(&run) {
                let words = format!("{}: goes on, run {}", self.name(task), run.id());
                let started_at = run.record.started_at;
                let record = self.task(task);
                (record.state, record.started_at) = (TaskState::Running, started_at);
                self.save(io);
                display.say(&words, io);
                self.schedule.runs(task, memory);
                self.wait_for(task, run, jobs, engine);
                return;
            }
            self.left.insert(task, run);
        }
        self.looked.insert(task, looked);
        self.schedule.can_run(task, memory);
    }

    fn wait_for(&self, task: usize, run: Run, jobs: &mut Jobs, engine: &Engine) {
        let (engine, instance, around) = (engine.clone(), self.instance(task), Arc::clone(&self.around));
        jobs.spawn_local(async move { (task, Event::Ended(job::wait(&engine, instance, run, around).await)) });
    }

    fn end(&mut self, task: usize, ended: Ended, display: &Display, io: &mut Io) {
        display.suspend(|| warn(&ended.warnings, io));
        let code = ended.outcome.exit_code();
        let run = &ended.run.record;
        let words = ending_in_words(&ended.outcome, run);
        let record = self.task(task);
        record.exit_code = Some(code);
        record.finished_at = run.finished_at.or(Some(Timestamp::now()));
        record.started_at = run.started_at.or(record.started_at);
        (record.outputs, record.items) = (ended.outputs, ended.items);
        if code == DONE {
            record.state = TaskState::Succeeded;
            self.save(io);
            display.say(&format!("{}: succeeded", self.name(task)), io);
            self.schedule.done(task, &self.chain.graph);
            return;
        }
        let message = words.unwrap_or_else(|| format!("the container exited with {code}"));
        if !ended.last_lines.is_empty() {
            let name = self.name(task);
            let lines: String = ended.last_lines.lines().map(|line| format!("  | {line}\n")).collect();
            display.lines(&format!("{name}: the last lines that it wrote:\n{lines}"), io);
        }
        self.fail(task, Failure { code, message }, display, io);
    }

    /// What is behind a task that failed is not run.
    fn fail(&mut self, task: usize, failure: Failure, display: &Display, io: &mut Io) {
        let record = self.task(task);
        record.state = TaskState::Failed;
        record.exit_code = Some(failure.code);
        record.finished_at = record.finished_at.or(Some(Timestamp::now()));
        record.message = Some(failure.message.clone());
        self.code.get_or_insert(failure.code);
        let name = self.name(task);
        display.suspend(|| io.error(&format!("{name}: {}", failure.message)));
        for behind in self.schedule.failed(task, &self.chain.graph) {
            let why = format!("{name} failed");
            let goes_on = self.left.contains_key(&behind);
            // What an earlier run left of it may still be what it would come to.
            let record = self.task(behind);
            record.message = Some(why);
            if !goes_on {
                record.state = TaskState::NotRun;
            }
        }
        self.save(io);
    }

    /// Once to ask the containers to end, twice to kill them.
    fn pass_on(&mut self, engine: &Engine, display: &Display) {
        self.schedule.halt();
        let (signal, words) = if self.asked == 1 {
            (Signal::Terminate, "starting no more tasks, and asking the containers to end; once more kills them")
        } else {
            (Signal::Kill, "killing the containers; once more leaves them behind")
        };
        display.suspend(|| follow::say(words));
        self.signal_all(engine, signal);
    }

    fn signal_all(&self, engine: &Engine, signal: Signal) {
        let running = self.recorded.record.tasks.iter().enumerate();
        let running =
            running.filter(|(task, record)| self.selection.selected[*task] && record.state == TaskState::Running);
        for run in running.filter_map(|(_, record)| record.run.clone()) {
            // Not waited for: an engine that hangs must not keep the next signal from being heard.
            tokio::task::spawn_local(send(engine.clone(), run, signal));
        }
    }

    fn finish(mut self, was_left: bool, io: &mut Io) -> Result<(Recorded, u8), Failure> {
        let id = self.recorded.record.id.clone();
        let was_stopped = self.asked > 0;
        let code = match self.code {
            _ if was_left => INTERRUPTED,
            Some(code) => code,
            None if was_stopped => INTERRUPTED,
            None => DONE,
        };
        let record = &mut self.recorded.record;
        record.state = match () {
            () if was_stopped => WorkflowState::Stopped,
            () if code == DONE => WorkflowState::Succeeded,
            () => WorkflowState::Failed,
        };
        record.exit_code = Some(code);
        record.finished_at = Some(Timestamp::now());
        self.recorded.save()?;
        if was_left {
            io.error(&format!(
                "left the containers of workflow run {id} behind; `task-api workflow stop {id}` ends them, `task-api workflow \
                 status {id}` tells how they are"
            ));
        }
        Ok((self.recorded, code))
    }

    /// A record that cannot be written is no reason to end what runs; resuming finds the containers by their own records.
    fn save(&mut self, io: &mut Io) {
        let saved = self.recorded.save();
        if let (Err(failure), false) = (saved, self.was_record_lost) {
            io.warning(&failure.message);
            self.was_record_lost = true;
        }
    }

    fn task(&mut self, task: usize) -> &mut TaskRecord {
        &mut self.recorded.record.tasks[task]
    }

    fn instance(&self, task: usize) -> task_api_core::resolve::TaskInstance {
        self.chain.links[task].resolution.instance.clone()
    }

    fn name(&self, task: usize) -> String {
        format!("task `{}`", self.chain.links[task].id)
    }
}

async fn send(engine: Engine, id: RunId, signal: Signal) {
    follow::send(&engine, &id, signal).await;
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
