//! New entries of lists, written as a person would who sees the entries that are there.

use task_api_json::{Kind as NodeKind, Node, TextEdit, rewrite};

use super::draft::{Draft, Refusal, Step};
use super::slots::inserted_behind;
use crate::actions::layout::{indent_of, line_ending};

/// Adds an object at the end of a list, in the layout of its neighbours.
pub(super) fn appended(draft: &mut Draft<'_>, list: &[Step], members: &[(&str, String)]) -> Result<(), Refusal> {
    let present = draft.at(list);
    let edits = match present {
        Some(node) if node.kind() == NodeKind::Array => match node.elements().last() {
            Some(last) => {
                let entry = like(last, members);
                inserted_behind(node, node.elements().count() - 1, &entry)
            }
            None if node.source().trim_matches(['[', ']']).trim().is_empty() => {
                vec![TextEdit::replace(node.span(), first_of_list(node, members))]
            }
            None => vec![rewrite::insert_element(node, &in_line(members))],
        },
        Some(node) if matches!(node.kind(), NodeKind::Null | NodeKind::Missing) => {
            vec![TextEdit::replace(node.span(), first_of_list(node, members))]
        }
        Some(node) => {
            let name = node.key().and_then(Node::as_str).unwrap_or_default();
            return Err(format!("`{name}` is something else than a list"));
        }
        None => {
            let value = format!("[{}]", in_line(members));
            return draft.put(list, &value);
        }
    };
    draft.apply(edits)
}

fn in_line(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", members.join(", "))
}

fn in_lines(members: &[(&str, String)], indent: &str, end_indent: &str, line_ending: &str) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{indent}\"{name}\": {value}")).collect();
    format!("{{{line_ending}{}{line_ending}{end_indent}}}", members.join(&format!(",{line_ending}")))
}

/// An entry in the layout of another one.
fn like(other: Node<'_>, members: &[(&str, String)]) -> String {
    let text = other.text();
    let first = other.members().next().map(|(key, _)| key.span().start);
    match first {
        Some(first) if text[other.span().start as usize..first as usize].contains(['\n', '\r']) => {
            let end = indent_of(text, other.span().end.saturating_sub(1));
            in_lines(members, indent_of(text, first), end, line_ending(text))
        }
        _ => in_line(members),
    }
}

/// A list with one entry, in the place of an empty one.
fn first_of_list(list: Node<'_>, members: &[(&str, String)]) -> String {
    let text = list.text();
    let Some(key) = list.key() else { return format!("[{}]", in_line(members)) };
    let base = indent_of(text, key.span().start);
    let line = text[..key.span().start as usize].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    if line + base.len() != key.span().start as usize || line == 0 {
        return format!("[{}]", in_line(members));
    }
    let (end, unit) = (line_ending(text), if base.starts_with('\t') { "\t" } else { "  " });
    let indent = format!("{base}{unit}");
    // A template holds lists, which need lines of their own.
    let entry = match members.len() {
        0..=2 => in_line(members),
        _ => in_lines(members, &format!("{indent}{unit}"), &indent, end),
    };
    format!("[{end}{indent}{entry}{end}{base}]")
}
