//! Fields in the order in which the contract has them.

use task_api_core::locate::{branch_of, subschema_at};
use task_api_core::schema::{Schema, schema};
use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node, SyntaxErrorKind, parse};

use super::{ActionKind, CodeAction, Context, action, organize};
use crate::document::Document;

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let edits = organize(context.workspace, context.document.uri());
    actions.push(action(ActionKind::SourceOrganize, "Sort fields in the order of the contract", edits));
}

/// The text with its fields in order; `None` where they are, and where it is not JSON but for comments.
pub(super) fn organized(document: &Document) -> Option<String> {
    let (tree, text) = (document.tree(), document.text());
    let is_plain = |kind: SyntaxErrorKind| kind.is_note() || kind == SyntaxErrorKind::Comment;
    if tree.has_template_blocks() || !tree.errors().iter().all(|error| is_plain(error.kind)) {
        return None;
    }
    let (root, kind, version) = (document.root(), document.kind()?, document.version());
    let mut sorter =
        Sorter { text, kind, version, result: String::with_capacity(text.len()), at: 0, is_changed: false };
    sorter.value(root)?;
    sorter.copy_to(text.len());
    let Sorter { result, is_changed, .. } = sorter;
    if !is_changed {
        return None;
    }
    if tree.is_valid() {
        return Some(result);
    }
    // A comment up to the end of its line may swallow what stands behind it now.
    let after = parse(&result);
    let is_same = after.errors().len() == tree.errors().len() && is_same_value(root, after.root(&result));
    is_same.then_some(result)
}

struct Sorter<'a> {
    text: &'a str,
    kind: Kind,
    version: ApiVersion,
    result: String,
    /// What is before this is in the result.
    at: usize,
    is_changed: bool,
}

/// A member with the comments that are about it.
struct Piece<'a> {
    /// Comments in lines before the key.
    before: std::ops::Range<usize>,
    key: Node<'a>,
    value: Node<'a>,
    /// What stands between the value and the comma behind it.
    gap: std::ops::Range<usize>,
    /// A comment behind the comma, up to the end of the line.
    behind: std::ops::Range<usize>,
    /// White space up to the comments or the key of the next one.
    blank: std::ops::Range<usize>,
}

impl<'a> Sorter<'a> {
    fn value(&mut self, node: Node<'a>) -> Option<()> {
        match node.kind() {
            NodeKind::Object => self.object(node),
            NodeKind::Array => {
                for element in node.elements() {
                    self.value(element)?;
                }
                Some(())
            }
            _ => Some(()),
        }
    }

    fn object(&mut self, object: Node<'a>) -> Option<()> {
        let ranks = self.ranks(object);
        if ranks.is_sorted() {
            for (_, value) in object.members() {
                self.value(value)?;
            }
            return Some(());
        }
        self.is_changed = true;
        let (pieces, start) = self.pieces(object)?;
        self.copy_to(start);
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        order.sort_by_key(|&index| ranks.get(index).copied().unwrap_or(usize::MAX));
        for (slot, index) in order.into_iter().enumerate() {
            let piece = &pieces[index];
            self.result.push_str(&self.text[piece.before.clone()]);
            self.at = piece.key.span().start as usize;
            self.value(piece.value)?;
            self.copy_to(piece.value.span().end as usize);
            self.result.push_str(&self.text[piece.gap.clone()]);
            if slot + 1 < pieces.len() {
                self.result.push(',');
            }
            self.result.push_str(&self.text[piece.behind.clone()]);
            self.result.push_str(&self.text[pieces[slot].blank.clone()]);
        }
        self.at = pieces.last()?.blank.end;
        Some(())
    }

    /// For each member, its place in the order; unknown fields come last, maps stay as they are.
    fn ranks(&self, object: Node<'a>) -> Vec<usize> {
        let contract = schema(self.kind, self.version);
        let id = match object.parent() {
            None => Some(Schema::ROOT),
            Some(_) => subschema_at(object, self.kind, self.version),
        };
        let Some(id) = id else { return Vec::new() };
        let record = contract.deref(branch_of(object, id, self.kind, self.version));
        if record.properties.is_empty() {
            return Vec::new();
        }
        let rank = |(key, _): (Node<'_>, Node<'_>)| {
            let position = record.properties.iter().position(|property| key.is_str(&property.name));
            position.unwrap_or(usize::MAX)
        };
        object.members().map(rank).collect()
    }

    /// The members with what belongs to them, and where the first begins.
    fn pieces(&self, object: Node<'a>) -> Option<(Vec<Piece<'a>>, usize)> {
        let members: Vec<(Node<'a>, Node<'a>)> = object.members().collect();
        let open = object.span().start as usize + 1;
        let (first, close) = (members.first()?.0.span().start as usize, object.span().end as usize - 1);
        let inside = open + self.comment_of_line(open..first);
        let start = inside + self.blank(inside..first);
        let mut pieces = Vec::with_capacity(members.len());
        let mut before = start..first;
        for (index, &(key, value)) in members.iter().enumerate() {
            let end = value.span().end as usize;
            let next = members.get(index + 1).map(|(key, _)| key.span().start as usize);
            let (gap, rest) = match next {
                Some(next) => {
                    let comma = end + comma(&self.text[end..next])?;
                    (end..comma, comma + 1..next)
                }
                None => (end..end, end..close),
            };
            let behind = rest.start..rest.start + self.comment_of_line(rest.clone());
            let blank = behind.end..behind.end + self.blank(behind.end..rest.end);
            let following = blank.end..rest.end;
            // Comments behind the last member close the object.
            let blank = if next.is_none() { behind.end..behind.end } else { blank };
            pieces.push(Piece { before: std::mem::replace(&mut before, following), key, value, gap, behind, blank });
        }
        Some((pieces, start))
    }

    /// The length of the rest of a line, if there is a comment in it and the line ends there.
    fn comment_of_line(&self, range: std::ops::Range<usize>) -> usize {
        let text = &self.text[range];
        let end = text.find(['\n', '\r']).filter(|&end| {
            let line = &text[..end];
            !line.trim().is_empty() && line.matches("/*").count() == line.matches("*/").count()
        });
        end.unwrap_or(0)
    }

    fn blank(&self, range: std::ops::Range<usize>) -> usize {
        let text = &self.text[range];
        text.len() - text.trim_start().len()
    }

    fn copy_to(&mut self, end: usize) {
        self.result.push_str(self.text.get(self.at..end).unwrap_or_default());
        self.at = end.max(self.at);
    }
}

/// The place of the comma between two members, which is in no comment.
fn comma(gap: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &gap[at..];
        let next = rest.find(['/', '#', ','])?;
        at += next;
        let rest = &rest[next..];
        at += match rest.as_bytes() {
            [b',', ..] => return Some(at),
            [b'/', b'*', ..] => rest.find("*/")? + 2,
            _ => rest.find(['\n', '\r'])?,
        };
    }
}

/// The same but for the order of fields.
fn is_same_value(one: Node<'_>, other: Node<'_>) -> bool {
    if one.kind() != other.kind() {
        return false;
    }
    match one.kind() {
        NodeKind::Object => {
            let sorted = |node: Node<'_>| {
                let mut members: Vec<_> = node.members().map(|(key, _)| key.source().to_owned()).collect();
                members.sort();
                members
            };
            sorted(one) == sorted(other)
                && one.members().all(|(key, value)| {
                    let name = key.as_str().unwrap_or_default();
                    let is_last = one.get(&name) == Some(value);
                    !is_last || other.get(&name).is_some_and(|other| is_same_value(value, other))
                })
        }
        NodeKind::Array => {
            one.elements().count() == other.elements().count()
                && one.elements().zip(other.elements()).all(|(one, other)| is_same_value(one, other))
        }
        _ => one.source() == other.source(),
    }
}
