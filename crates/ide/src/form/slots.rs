//! The entries of a list with the comments that are about them, so that both go together.

use std::ops::Range;

use task_api_json::{Node, TextEdit};

use crate::actions::layout::line_ending;

/// An entry's share of the text.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Comments in lines of their own above it, up to where it begins.
    pub(super) above: Range<usize>,
    pub(super) value: Range<usize>,
    /// A comment in its last line, behind the comma if there is one.
    pub(super) behind: Range<usize>,
}

pub(super) fn slots(list: Node<'_>) -> Vec<Slot> {
    let text = list.text();
    let mut slots: Vec<Slot> = Vec::new();
    let mut from = list.span().start as usize + 1;
    for entry in list.elements() {
        let value = entry.span().range();
        let above = begin_of_comments(text, from, value.start);
        let end = list.span().end as usize;
        let behind = comment_behind(text, value.end, end);
        from = behind.end;
        slots.push(Slot { above: above..value.start, value, behind });
    }
    slots
}

/// The edits after which entry `from` is at `to`: what stands in each slot between them is replaced.
pub(super) fn moved(list: Node<'_>, from: usize, to: usize) -> Vec<TextEdit> {
    let slots = slots(list);
    let text = list.text();
    let mut order: Vec<usize> = (0..slots.len()).collect();
    if from >= order.len() || to >= order.len() {
        return Vec::new();
    }
    let moving = order.remove(from);
    order.insert(to, moving);
    let mut edits = Vec::new();
    for (here, other) in slots.iter().zip(order.iter().filter_map(|index| slots.get(*index))) {
        let pairs = [(&here.above, &other.above), (&here.value, &other.value), (&here.behind, &other.behind)];
        for (place, source) in pairs {
            let (old, new) = (text.get(place.clone()), text.get(source.clone()).unwrap_or_default());
            if old != Some(new) {
                edits.push(TextEdit::replace(span(place), new));
            }
        }
    }
    edits
}

/// The edits that put a new entry behind another one.
pub(super) fn inserted_behind(list: Node<'_>, index: usize, entry: &str) -> Vec<TextEdit> {
    let slots = slots(list);
    let Some(slot) = slots.get(index) else { return Vec::new() };
    let text = list.text();
    let line = text[..slot.value.start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let indent = &text[line..slot.value.start];
    let is_own_line = line > list.span().start as usize && indent.trim().is_empty();
    if !is_own_line {
        return vec![TextEdit::insert(slot.value.end as u32, format!(", {entry}"))];
    }
    let begin = format!("{}{indent}{entry}", line_ending(text));
    if slot.behind.is_empty() {
        return vec![TextEdit::insert(slot.value.end as u32, format!(",{begin}"))];
    }
    if index + 1 < slots.len() {
        return vec![TextEdit::insert(slot.behind.end as u32, format!("{begin},"))];
    }
    vec![TextEdit::insert(slot.value.end as u32, ","), TextEdit::insert(slot.behind.end as u32, begin)]
}

fn span(range: &Range<usize>) -> task_api_json::Span {
    task_api_json::Span::new(range.start as u32, range.end as u32)
}

/// Where the comments above an entry begin, if they stand in lines of their own.
fn begin_of_comments(text: &str, from: usize, to: usize) -> usize {
    let Some(between) = text.get(from..to) else { return to };
    // What is in the line of the bracket or the comma before is not about this entry.
    let Some(line_end) = between.find(['\n', '\r']) else { return to };
    let rest = &between[line_end..];
    let blank = rest.len() - rest.trim_start_matches([',', ' ', '\t', '\n', '\r']).len();
    let begin = from + line_end + blank;
    if begin < to { begin } else { to }
}

/// The comment in the line in which an entry ends.
fn comment_behind(text: &str, from: usize, to: usize) -> Range<usize> {
    let Some(after) = text.get(from..to) else { return from..from };
    let line = after.split(['\n', '\r']).next().unwrap_or_default();
    let comma = line.len() - line.trim_start_matches([' ', '\t']).len();
    let begin = if line[comma..].starts_with(',') { comma + 1 } else { 0 };
    let comment = line[begin..].trim();
    let is_comment = comment.starts_with("//")
        || comment.starts_with('#')
        || (comment.starts_with("/*") && comment.find("*/") == Some(comment.len() - 2));
    if is_comment { from + begin..from + line.trim_end().len() } else { from + begin..from + begin }
}
