//! Which task is next: those whose upstream tasks are done, as far as the number of jobs and the memory allow.

use std::collections::BTreeSet;

use task_api_core::workflow::Graph;

/// What of a workflow has been done and can be done now. Tasks are positions in the workflow's list.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// How many upstream tasks of each are not done.
    waits_for: Vec<usize>,
    /// Tasks that are not going to run at all.
    is_settled: Vec<bool>,
    /// Of each task, its place in the order, which is kept where nothing else decides.
    place: Vec<usize>,
    ready: BTreeSet<(usize, usize)>,
    /// Looked at, with the memory that they need.
    queued: Vec<(usize, u64)>,
    /// Those being looked at, queued or running.
    in_hand: usize,
    running: Vec<(usize, u64)>,
    jobs: usize,
    memory: Option<u64>,
    is_halted: bool,
}

impl Schedule {
    /// For the selected tasks of a graph without cycles. Others count as done.
    pub(crate) fn new(graph: &Graph, selected: &[bool], jobs: usize, memory: Option<u64>) -> Schedule {
        let mut place = vec![0; selected.len()];
        for (at, task) in graph.order().into_iter().enumerate() {
            place[task] = at;
        }
        let unfinished = |task: usize| graph.upstream_of(task).iter().filter(|&&upstream| selected[upstream]).count();
        let waits_for: Vec<usize> = (0..selected.len()).map(unfinished).collect();
        let is_ready = |&task: &usize| selected[task] && waits_for[task] == 0;
        Schedule {
            ready: (0..selected.len()).filter(is_ready).map(|task| (place[task], task)).collect(),
            is_settled: selected.iter().map(|is_selected| !is_selected).collect(),
            waits_for,
            place,
            queued: Vec::new(),
            in_hand: 0,
            running: Vec::new(),
            jobs: jobs.max(1),
            memory,
            is_halted: false,
        }
    }

    /// A task to look at, which is in hand from now on.
    pub(crate) fn next_to_look_at(&mut self) -> Option<usize> {
        if self.is_halted || self.in_hand >= self.jobs {
            return None;
        }
        let (_, task) = self.ready.pop_first()?;
        self.in_hand += 1;
        Some(task)
    }

    /// A task was looked at and can run, with so much memory.
    pub(crate) fn can_run(&mut self, task: usize, memory: u64) {
        self.queued.push((task, memory));
        self.queued.sort_unstable_by_key(|(task, _)| self.place[*task]);
    }

    /// A task to start. One that needs more than there is runs while nothing else does.
    pub(crate) fn next_to_start(&mut self) -> Option<usize> {
        if self.is_halted {
            return None;
        }
        let used: u64 = self.running.iter().fold(0, |sum, (_, memory)| sum.saturating_add(*memory));
        let fits = |needed: u64| {
            self.running.is_empty() || self.memory.is_none_or(|memory| used.saturating_add(needed) <= memory)
        };
        let at = self.queued.iter().position(|(_, needed)| fits(*needed))?;
        let (task, memory) = self.queued.remove(at);
        self.running.push((task, memory));
        Some(task)
    }

    /// A task that was looked at runs already.
    pub(crate) fn runs(&mut self, task: usize, memory: u64) {
        self.running.push((task, memory));
    }

    /// A task is done, and what waits for it alone is ready.
    pub(crate) fn done(&mut self, task: usize, graph: &Graph) {
        self.let_go(task);
        for &behind in graph.downstream_of(task) {
            self.waits_for[behind] = self.waits_for[behind].saturating_sub(1);
            if self.waits_for[behind] == 0 && !self.is_settled[behind] {
                self.ready.insert((self.place[behind], behind));
            }
        }
    }

    /// A task has failed: the tasks behind it that will not run for that.
    pub(crate) fn failed(&mut self, task: usize, graph: &Graph) -> Vec<usize> {
        self.let_go(task);
        let behind = graph.descendants_of(task).into_iter();
        behind.filter(|&behind| !std::mem::replace(&mut self.is_settled[behind], true)).collect()
    }

    /// Nothing more is started. The tasks that were in hand and do not run are let go.
    pub(crate) fn halt(&mut self) {
        self.is_halted = true;
    }

    pub(crate) fn is_halted(&self) -> bool {
        self.is_halted
    }

    fn let_go(&mut self, task: usize) {
        self.in_hand = self.in_hand.saturating_sub(1);
        self.is_settled[task] = true;
        self.running.retain(|(running, _)| *running != task);
        self.queued.retain(|(queued, _)| *queued != task);
    }
}

#[cfg(test)]
mod tests {
    use task_api_core::workflow::Workflow;
    use task_api_json::parse;

    use super::*;

    /// Of tasks `0`, `1`, … with those that each waits for.
    fn graph(upstream: &[&[usize]]) -> Graph {
        let task = |(at, upstream): (usize, &&[usize])| {
            let upstream: Vec<String> = upstream.iter().map(ToString::to_string).collect();
            serde_json::json!({ "task_id": at.to_string(), "upstream_task_ids": upstream })
        };
        let tasks: Vec<_> = upstream.iter().enumerate().map(task).collect();
        let text = serde_json::json!({ "tasks": tasks }).to_string();
        let tree = parse(&text);
        Graph::of(&Workflow::read(tree.root(&text)))
    }

    fn looked_at(schedule: &mut Schedule) -> Vec<usize> {
        std::iter::from_fn(|| schedule.next_to_look_at()).collect()
    }

    fn started(schedule: &mut Schedule) -> Vec<usize> {
        std::iter::from_fn(|| schedule.next_to_start()).collect()
    }

    #[test]
    fn a_diamond_runs_its_sides_at_once() {
        let graph = graph(&[&[], &[0], &[0], &[1, 2]]);
        let mut schedule = Schedule::new(&graph, &[true; 4], 8, None);
        assert_eq!(looked_at(&mut schedule), [0]);
        schedule.can_run(0, 0);
        assert_eq!(started(&mut schedule), [0]);
        schedule.done(0, &graph);
        assert_eq!(looked_at(&mut schedule), [1, 2]);
        schedule.done(2, &graph);
        assert_eq!(looked_at(&mut schedule), [0; 0]);
        schedule.done(1, &graph);
        assert_eq!(looked_at(&mut schedule), [3]);
    }

    #[test]
    fn no_more_than_the_jobs_are_in_hand() {
        let graph = graph(&[&[], &[], &[], &[]]);
        let mut schedule = Schedule::new(&graph, &[true; 4], 2, None);
        assert_eq!(looked_at(&mut schedule), [0, 1]);
        schedule.failed(1, &graph);
        assert_eq!(looked_at(&mut schedule), [2]);
        schedule.can_run(2, 0);
        schedule.halt();
        assert_eq!((schedule.next_to_start(), schedule.next_to_look_at()), (None, None));
    }

    #[test]
    fn memory_is_not_given_twice() {
        let graph = graph(&[&[], &[], &[], &[]]);
        let mut schedule = Schedule::new(&graph, &[true; 4], 8, Some(10));
        looked_at(&mut schedule);
        for (task, memory) in [(0, 6), (1, 100), (2, 5), (3, 4)] {
            schedule.can_run(task, memory);
        }
        assert_eq!(started(&mut schedule), [0, 3], "a smaller one goes by");
        schedule.done(0, &graph);
        assert_eq!(started(&mut schedule), [2]);
        schedule.done(3, &graph);
        assert_eq!(started(&mut schedule), [0; 0]);
        schedule.done(2, &graph);
        assert_eq!(started(&mut schedule), [1], "more than there is, alone");
    }

    #[test]
    fn a_failure_stops_what_is_behind_it_and_nothing_else() {
        let graph = graph(&[&[], &[0], &[0], &[1], &[3, 2]]);
        let mut schedule = Schedule::new(&graph, &[true; 5], 8, None);
        looked_at(&mut schedule);
        schedule.done(0, &graph);
        assert_eq!(looked_at(&mut schedule), [1, 2]);
        assert_eq!(schedule.failed(1, &graph), [3, 4]);
        schedule.done(2, &graph);
        assert_eq!(looked_at(&mut schedule), [0; 0]);
        assert_eq!(schedule.failed(2, &graph), [0; 0], "said once");
    }

    #[test]
    fn what_is_not_selected_counts_as_done() {
        let graph = graph(&[&[], &[0], &[1]]);
        let mut schedule = Schedule::new(&graph, &[false, true, false], 8, None);
        assert_eq!(looked_at(&mut schedule), [1]);
        schedule.done(1, &graph);
        assert_eq!(looked_at(&mut schedule), [0; 0]);
    }
}
