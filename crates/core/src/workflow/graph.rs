//! Which task comes before which.

use std::collections::{BTreeSet, HashMap};

use task_api_json::Span;

use super::{Workflow, known};

/// One task before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Position in [`Workflow::tasks`] of the task that comes first.
    pub upstream: usize,
    pub downstream: usize,
    pub way: Way,
    /// Where the file says so: the name of the first task, in the second.
    pub span: Span,
}

/// Why a task comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The mapping at this position in the second task's `maps` reads what the first one writes.
    Mapping(usize),
    /// The name at this position in the second task's `upstream` asks for the order alone.
    Order(usize),
}

/// The edges between a workflow's tasks, those to tasks that are not known left out.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// By the second task, in its order.
    pub edges: Vec<Edge>,
    /// For each task, the tasks right before and right behind it, each once.
    before: Vec<Vec<usize>>,
    behind: Vec<Vec<usize>>,
}

impl Graph {
    pub fn of(workflow: &Workflow) -> Graph {
        let mut positions: HashMap<&str, usize> = HashMap::with_capacity(workflow.tasks.len());
        for (position, task) in workflow.tasks.iter().enumerate() {
            if let Some(id) = task.id() {
                positions.entry(id).or_insert(position);
            }
        }
        let mut edges = Vec::new();
        for (downstream, task) in workflow.tasks.iter().enumerate() {
            let maps = task.maps.iter().enumerate().map(|(at, map)| (Way::Mapping(at), known(&map.upstream_operator)));
            let upstream = task.upstream.iter().enumerate();
            let order = upstream.map(|(at, id)| (Way::Order(at), id.known().map(|known| (known.as_str(), id.span))));
            for (way, name) in maps.chain(order) {
                let Some((name, span)) = name else { continue };
                if let Some(&upstream) = positions.get(name) {
                    edges.push(Edge { upstream, downstream, way, span });
                }
            }
        }
        let mut graph = Graph {
            edges,
            before: vec![Vec::new(); workflow.tasks.len()],
            behind: vec![Vec::new(); workflow.tasks.len()],
        };
        let mut pairs: Vec<(usize, usize)> = graph.edges.iter().map(|edge| (edge.upstream, edge.downstream)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for (upstream, downstream) in pairs {
            graph.before[downstream].push(upstream);
            graph.behind[upstream].push(downstream);
        }
        graph
    }

    /// The tasks right before a task, each once.
    pub fn upstream_of(&self, task: usize) -> &[usize] {
        self.before.get(task).map_or(&[], Vec::as_slice)
    }

    /// The tasks right behind a task, each once.
    pub fn downstream_of(&self, task: usize) -> &[usize] {
        self.behind.get(task).map_or(&[], Vec::as_slice)
    }

    /// All tasks before a task.
    pub fn ancestors_of(&self, task: usize) -> BTreeSet<usize> {
        reach(task, |task| self.upstream_of(task))
    }

    /// All tasks behind a task.
    pub fn descendants_of(&self, task: usize) -> BTreeSet<usize> {
        reach(task, |task| self.downstream_of(task))
    }

    /// The tasks in an order in which they can run: those of the file's order that can run at the same time stay in it.
    /// Tasks that wait for themselves, and those behind them, are left out.
    pub fn order(&self) -> Vec<usize> {
        self.levels().concat()
    }

    /// The same, in groups: the tasks of a group wait for tasks of earlier groups alone.
    pub fn levels(&self) -> Vec<Vec<usize>> {
        let mut waits_for: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut level: Vec<usize> = (0..waits_for.len()).filter(|&task| waits_for[task] == 0).collect();
        let mut levels = Vec::new();
        while !level.is_empty() {
            let mut next = Vec::new();
            for &task in &level {
                for &behind in self.downstream_of(task) {
                    waits_for[behind] -= 1;
                    if waits_for[behind] == 0 {
                        next.push(behind);
                    }
                }
            }
            next.sort_unstable();
            levels.push(std::mem::replace(&mut level, next));
        }
        levels
    }

    /// For each group of tasks that wait for each other, one way around: the first task waits for the second, and so
    /// on, and the last one for the first. Groups are in the order of the file.
    pub fn cycles(&self) -> Vec<Vec<Edge>> {
        let mut edges_of: Vec<Vec<&Edge>> = vec![Vec::new(); self.before.len()];
        for edge in &self.edges {
            edges_of[edge.downstream].push(edge);
        }
        let groups = groups(&edges_of);
        let mut cycles = Vec::new();
        let mut is_told = vec![false; edges_of.len()];
        for start in 0..edges_of.len() {
            if is_told[groups[start]] {
                continue;
            }
            if let Some(cycle) = way_around(start, &edges_of, &groups) {
                is_told[groups[start]] = true;
                cycles.push(cycle);
            }
        }
        cycles
    }
}

fn reach<'a>(start: usize, next: impl Fn(usize) -> &'a [usize]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open: Vec<usize> = next(start).to_vec();
    while let Some(task) = open.pop() {
        if found.insert(task) {
            open.extend_from_slice(next(task));
        }
    }
    found
}

/// A number for each task, the same for tasks that wait for each other (Tarjan's algorithm, without recursion: a chain
/// may be as long as the file).
fn groups(edges_of: &[Vec<&Edge>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = edges_of.len();
    let (mut index, mut low, mut group) = (vec![NONE; count], vec![0; count], vec![NONE; count]);
    let (mut stack, mut next) = (Vec::new(), 0);
    for start in 0..count {
        if index[start] != NONE {
            continue;
        }
        let mut way = vec![(start, 0)];
        while let Some((task, at)) = way.pop() {
            if at == 0 {
                index[task] = next;
                low[task] = next;
                next += 1;
                stack.push(task);
            }
            match edges_of[task].get(at) {
                Some(edge) => {
                    way.push((task, at + 1));
                    let other = edge.upstream;
                    if index[other] == NONE {
                        way.push((other, 0));
                    } else if group[other] == NONE {
                        low[task] = low[task].min(index[other]);
                    }
                }
                None => {
                    if low[task] == index[task] {
                        while let Some(member) = stack.pop() {
                            group[member] = task;
                            if member == task {
                                break;
                            }
                        }
                    }
                    if let Some(&(below, _)) = way.last() {
                        low[below] = low[below].min(low[task]);
                    }
                }
            }
        }
    }
    group
}

/// The shortest way from a task to itself within its group, along what it waits for.
fn way_around(start: usize, edges_of: &[Vec<&Edge>], groups: &[usize]) -> Option<Vec<Edge>> {
    let mut came_by: HashMap<usize, Edge> = HashMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(task) = open.pop_front() {
        for edge in edges_of[task].iter().filter(|edge| groups[edge.upstream] == groups[start]) {
            if edge.upstream == start {
                let mut cycle = vec![**edge];
                let mut at = task;
                while at != start {
                    let edge = came_by.get(&at)?;
                    cycle.push(*edge);
                    at = edge.downstream;
                }
                cycle.reverse();
                return Some(cycle);
            }
            if let std::collections::hash_map::Entry::Vacant(entry) = came_by.entry(edge.upstream) {
                entry.insert(**edge);
                open.push_back(edge.upstream);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use task_api_json::parse;

    use super::*;

    /// Tasks as `name: names of those before`; a name with `=` before it is a mapping's.
    fn graph(tasks: &[(&str, &[&str])]) -> (Workflow, Graph) {
        let task = |(id, before): &(&str, &[&str])| {
            let maps: Vec<String> = before
                .iter()
                .filter_map(|name| name.strip_prefix('='))
                .map(|name| {
                    format!(
                        r#"{{"upstream_operator": "{name}", "upstream_output_channel": "o", "input_channel": "i"}}"#
                    )
                })
                .collect();
            let order: Vec<String> =
                before.iter().filter(|name| !name.starts_with('=')).map(|name| format!("\"{name}\"")).collect();
            format!(
                r#"{{"task_id": "{id}", "iochannel_maps": [{}], "upstream_task_ids": [{}]}}"#,
                maps.join(", "),
                order.join(", ")
            )
        };
        let text = format!(r#"{{"tasks": [{}]}}"#, tasks.iter().map(task).collect::<Vec<_>>().join(", "));
        let tree = parse(&text);
        assert!(tree.is_valid(), "{text}");
        let workflow = Workflow::read(tree.root(&text));
        let graph = Graph::of(&workflow);
        (workflow, graph)
    }

    fn cycles(tasks: &[(&str, &[&str])]) -> Vec<String> {
        let (workflow, graph) = graph(tasks);
        let name = |position: usize| workflow.tasks[position].id().unwrap();
        let in_words = |cycle: Vec<Edge>| {
            for (edge, next) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
                assert_eq!(edge.upstream, next.downstream);
            }
            cycle.iter().map(|edge| name(edge.downstream)).collect::<Vec<_>>().join(" ")
        };
        graph.cycles().into_iter().map(in_words).collect()
    }

    #[test]
    fn levels_hold_what_can_run_at_once() {
        let (_, graph) =
            graph(&[("d", &["=b", "=c"]), ("b", &["=a"]), ("c", &["=a", "a"]), ("a", &[]), ("e", &["nobody"])]);
        assert_eq!(graph.levels(), [vec![3, 4], vec![1, 2], vec![0]]);
        assert_eq!(graph.order(), [3, 4, 1, 2, 0]);
        assert_eq!(graph.upstream_of(2), [3]);
        assert_eq!(graph.edges.iter().filter(|edge| edge.downstream == 2).count(), 2);
        assert_eq!(graph.ancestors_of(0), BTreeSet::from([1, 2, 3]));
        assert_eq!(graph.descendants_of(3), BTreeSet::from([0, 1, 2]));
        assert!(graph.cycles().is_empty());
    }

    #[test]
    fn a_way_around_is_found_for_each_group() {
        assert_eq!(cycles(&[("a", &["=a"])]), ["a"]);
        assert_eq!(cycles(&[("a", &["=b"]), ("b", &["c"]), ("c", &["=a"])]), ["a b c"]);
        let tangled: &[(&str, &[&str])] = &[
            ("before", &[]),
            ("a", &["before", "b", "x"]),
            ("b", &["a"]),
            ("between", &["b"]),
            ("x", &["between", "y"]),
            ("y", &["x"]),
            ("behind", &["y", "a"]),
        ];
        assert_eq!(cycles(tangled), ["a b"]);
        assert_eq!(
            cycles(&[("a", &["b"]), ("b", &["a"]), ("m", &["a"]), ("c", &["m", "d"]), ("d", &["c"])]),
            ["a b", "c d"]
        );
    }

    #[test]
    fn what_waits_for_a_cycle_has_no_place_in_the_order() {
        let (_, graph) = graph(&[("a", &["b"]), ("b", &["a"]), ("c", &["b"]), ("d", &[])]);
        assert_eq!(graph.order(), [3]);
    }

    #[test]
    fn long_chains_take_no_stack() {
        let names: Vec<String> = (0..20_000).map(|number| format!("t{number}")).collect();
        let before: Vec<Vec<&str>> =
            (0..names.len()).map(|number| vec![names[(number + names.len() - 1) % names.len()].as_str()]).collect();
        let tasks: Vec<(&str, &[&str])> =
            names.iter().zip(&before).map(|(name, before)| (name.as_str(), before.as_slice())).collect();
        let (_, graph) = graph(&tasks);
        assert!(graph.order().is_empty());
        assert_eq!(graph.cycles()[0].len(), 20_000);
    }
}
