//! Which task comes after which: `>>`, `<<`, `set_upstream`, `set_downstream`, `chain`, `cross_downstream`.

use task_api_json::Span;

use super::{Edge, Reader};
use crate::python::Operator;
use crate::value::{Value, ValueKind};

/// So many are tried: a file of a few lines can name any number, with lists of lists.
const MANY: usize = 1 << 20;

impl Operator {
    pub(super) fn is_shift(self) -> bool {
        matches!(self, Operator::ShiftRight | Operator::ShiftLeft)
    }
}

impl Reader<'_> {
    /// Each of `to` comes after each of `from`.
    pub(super) fn edges_between(&mut self, from: &Value, to: &Value, span: Span) {
        let mut sides = Vec::new();
        for side in [from, to] {
            let mut nodes = Vec::new();
            match nodes_of(side, &mut nodes) {
                Ok(()) => sides.push(nodes),
                Err(why) => {
                    self.read.has_more_edges = true;
                    if let Some(why) = why {
                        self.unread(side.span, format!("an edge that cannot be read: {why}"));
                    }
                }
            }
        }
        let [from, to] = &sides[..] else { return };
        for &from in from {
            for &to in to {
                self.edge(from, to, span);
            }
        }
    }

    fn edge(&mut self, from: usize, to: usize, span: Span) {
        self.tried_edges += 1;
        if self.tried_edges > MANY {
            if self.tried_edges == MANY + 1 {
                self.read.has_more_edges = true;
                self.unread(span, "more edges than are read");
            }
            return;
        }
        if self.seen_edges.insert((from, to)) {
            self.read.edges.push(Edge { from, to, span });
        }
    }

    /// `chain(a, [b, c], d)`: lists side by side are joined in pairs.
    pub(super) fn chained(&mut self, values: &[Value], in_pairs: bool) {
        for pair in values.windows(2) {
            let [from, to] = pair else { continue };
            match (&from.kind, &to.kind) {
                (ValueKind::List(left), ValueKind::List(right)) if in_pairs => {
                    if left.len() != right.len() {
                        self.read.has_more_edges = true;
                        self.unread(
                            to.span,
                            "edges that cannot be read: `chain` wants lists side by side to be equally long",
                        );
                        continue;
                    }
                    for (left, right) in left.iter().zip(right.iter()) {
                        self.edges_between(left, right, to.span);
                    }
                }
                _ => self.edges_between(from, to, to.span),
            }
        }
    }
}

/// The operators of a side; or why they are not known, if that has not been said yet.
fn nodes_of(value: &Value, nodes: &mut Vec<usize>) -> Result<(), Option<String>> {
    match &value.kind {
        ValueKind::Node(node) => nodes.push(*node),
        ValueKind::List(items) => {
            for item in items.iter() {
                match &item.kind {
                    ValueKind::List(_) => return Err(Some("a list within a list joins no operators".to_owned())),
                    _ => nodes_of(item, nodes)?,
                }
            }
        }
        ValueKind::Undefined(_) => return Err(None),
        ValueKind::Unknown(why) => return Err(Some(why.to_string())),
        ValueKind::Record(record) if record.class == "TaskGroup" => {
            return Err(Some("it begins or ends at a whole task group".to_owned()));
        }
        _ => return Err(Some(format!("{} is no operator", value.in_words()))),
    }
    Ok(())
}
