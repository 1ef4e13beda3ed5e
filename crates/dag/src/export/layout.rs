//! Where the boxes of a picture stand: in columns, each behind those that it waits for, with few crossings.
//!
//! Simple and our own: the crates there are for it are unmaintained, or panic on some graphs.

use super::picture::Picture;

/// A box or a bend of an edge that goes over several columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Node(usize),
    /// Of the edge at this position.
    Bend(usize),
}

pub(super) struct Layout {
    /// From left to right, each from top to bottom.
    pub(super) columns: Vec<Vec<Slot>>,
}

/// So many bends are placed; in larger pictures edges go straight.
const MOST_BENDS: usize = 20_000;
/// Rounds of putting each slot at the middle of those beside it.
const ROUNDS: usize = 8;

pub(super) fn layout(picture: &Picture) -> Layout {
    let column = columns_of(picture);
    let count = column.iter().max().map_or(0, |last| last + 1);
    let mut columns: Vec<Vec<Slot>> = vec![Vec::new(); count];
    for (node, &at) in column.iter().enumerate() {
        columns[at].push(Slot::Node(node));
    }
    let spans = |edge: &super::picture::Edge| {
        column[edge.from].min(column[edge.to]) + 1..column[edge.from].max(column[edge.to])
    };
    let bends: usize = picture.edges.iter().map(|edge| spans(edge).len()).sum();
    if bends <= MOST_BENDS {
        for (number, edge) in picture.edges.iter().enumerate() {
            for at in spans(edge) {
                columns[at].push(Slot::Bend(number));
            }
        }
    }
    let mut layout = Layout { columns };
    for round in 0..ROUNDS {
        layout.sweep(picture, &column, round % 2 == 0);
    }
    layout
}

/// The column of each node: one behind the last of those before it. Nodes that wait for each other stand in the file's
/// order.
fn columns_of(picture: &Picture) -> Vec<usize> {
    let count = picture.nodes.len();
    let mut waits_for = vec![0usize; count];
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in picture.edges.iter().filter(|edge| edge.from != edge.to) {
        waits_for[edge.to] += 1;
        behind[edge.from].push(edge.to);
    }
    let mut column = vec![0; count];
    let mut is_placed = vec![false; count];
    let mut open: Vec<usize> = (0..count).rev().filter(|&node| waits_for[node] == 0).collect();
    let mut next = 0;
    loop {
        let node = match open.pop() {
            Some(node) => node,
            // Only nodes of cycles are left: the first of them goes first.
            None => match (next..count).find(|&node| !is_placed[node]) {
                Some(node) => {
                    next = node + 1;
                    node
                }
                None => return column,
            },
        };
        if std::mem::replace(&mut is_placed[node], true) {
            continue;
        }
        for &other in &behind[node] {
            waits_for[other] = waits_for[other].saturating_sub(1);
            if is_placed[other] {
                continue;
            }
            column[other] = column[other].max(column[node] + 1);
            if waits_for[other] == 0 {
                open.push(other);
            }
        }
    }
}

impl Layout {
    /// Sorts each column by the middle of the slots that it is joined with on one side.
    fn sweep(&mut self, picture: &Picture, column: &[usize], from_left: bool) {
        let mut height: Vec<f64> = vec![0.0; picture.nodes.len()];
        let mut bend_height: Vec<f64> = vec![0.0; picture.edges.len()];
        let mut edges_of: Vec<Vec<usize>> = vec![Vec::new(); picture.nodes.len()];
        for (number, edge) in picture.edges.iter().enumerate() {
            edges_of[edge.from].push(number);
            edges_of[edge.to].push(number);
        }
        let count = self.columns.len();
        let order: Vec<usize> = if from_left { (0..count).collect() } else { (0..count).rev().collect() };
        for (step, &at) in order.iter().enumerate() {
            let mut slots: Vec<(f64, Slot)> = Vec::new();
            for (place, &slot) in self.columns[at].iter().enumerate() {
                let mut beside: Vec<f64> = Vec::new();
                let mut look = |edge: usize, this: Option<usize>| {
                    let ends = [picture.edges[edge].from, picture.edges[edge].to];
                    let is_there = |node: usize| if from_left { column[node] < at } else { column[node] > at };
                    for node in ends.into_iter().filter(|&node| Some(node) != this && is_there(node)) {
                        let is_next = column[node].abs_diff(at) == 1;
                        beside.push(if is_next { height[node] } else { bend_height[edge] });
                    }
                };
                match slot {
                    Slot::Node(node) => edges_of[node].iter().for_each(|&edge| look(edge, Some(node))),
                    Slot::Bend(edge) => look(edge, None),
                }
                let middle = match beside.len() {
                    0 => place as f64,
                    several => beside.iter().sum::<f64>() / several as f64,
                };
                slots.push((if step == 0 { place as f64 } else { middle }, slot));
            }
            slots.sort_by(|(left, _), (right, _)| left.total_cmp(right));
            let half = slots.len() as f64 / 2.0;
            self.columns[at] = slots.iter().map(|(_, slot)| *slot).collect();
            for (place, (_, slot)) in slots.iter().enumerate() {
                match slot {
                    Slot::Node(node) => height[*node] = place as f64 - half,
                    Slot::Bend(edge) => bend_height[*edge] = place as f64 - half,
                }
            }
        }
    }
}
