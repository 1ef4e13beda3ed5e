//! A second look at broken text, for the defects that the parser meets too late: a bracket or a quote
//! that is missing or one too many.
//!
//! The parser reads on behind such a defect as far as it can, and reports what no longer fits, maybe
//! far below. Here the text is parsed again with one token more or less, in the places where the
//! layout or the first error point to, and the change that leaves the fewest errors is taken for what
//! was meant. It is reported as one error, and all spans are those of the text as it is.
//!
//! Correct texts never come here, and long or templated ones are left as they are.

use crate::parser::parse_once;
use crate::tree::{Kind, RECOVERED, Tree};
use crate::{Span, SyntaxError, SyntaxErrorKind, TextEdit};

/// Longer texts are not looked at again.
const MAX_LENGTH: usize = 1 << 16;
/// What has more errors is no file with a slip in it.
const MAX_ERRORS: usize = 64;
/// So many defects of a text are mended.
const MAX_CHANGES: usize = 4;
/// So many changes are tried for one defect.
const MAX_TRIALS: usize = 64;
/// So far from the first error, on its line and the one before, brackets are looked at.
const REACH: usize = 160;

/// One token more or less, or a closing bracket of the other kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Insert(usize, u8),
    Delete(usize),
    Replace(usize, u8),
}

/// A tree for `text`, which is better than `first` if one can be made.
#[cold]
pub(crate) fn second_look(text: &str, first: Tree) -> Tree {
    if text.len() > MAX_LENGTH || !first.errors.iter().any(|error| may_follow_from_a_token(error.kind)) {
        return first;
    }
    let too_deep = |error: &SyntaxError| error.kind == SyntaxErrorKind::TooDeep;
    if first.errors.len() > MAX_ERRORS || first.errors.iter().any(too_deep) {
        return first;
    }
    let mut best = first;
    let mut mended = text.to_owned();
    let mut changes = Vec::new();
    while changes.len() < MAX_CHANGES {
        let Some((change, tree)) = best_change(&mended, &best) else { break };
        mended = apply(&mended, change);
        changes.push(change);
        best = tree;
    }
    for &change in changes.iter().rev() {
        undo(&mut best, change);
    }
    best.errors.sort_by_key(|error| error.span.start);
    best
}

/// Whether a bracket or a quote somewhere else may be the reason.
fn may_follow_from_a_token(kind: SyntaxErrorKind) -> bool {
    use SyntaxErrorKind::*;
    !matches!(
        kind,
        ByteOrderMark
            | Comment
            | ControlCharacter
            | Empty
            | InvalidEscape
            | LoneSurrogate
            | OddSpace
            | TooLarge
            | TypographicQuotes
    )
}

/// The change after which the fewest errors remain, if it explains at least what it costs.
fn best_change(text: &str, tree: &Tree) -> Option<(Change, Tree)> {
    let errors = weight(tree);
    // What the layout says and a quote that makes the line whole are taken even if that only moves
    // the one error to a better place; a bracket that is merely possible has to explain more.
    let mut trials: Vec<(Change, usize)> = Vec::new();
    if !tree.has_template_blocks {
        // Where an expression stands outside of strings, brackets are a matter of rendering.
        trials.extend(doubled_brackets(text).map(|at| (Change::Delete(at), errors)).take(MAX_TRIALS / 2));
        trials.extend(changes_by_layout(text).into_iter().map(|change| (change, errors)));
    }
    trials.extend(quotes_by_error(text, tree).into_iter().map(|change| (change, errors)));
    if !tree.has_template_blocks && errors > 1 {
        trials.extend(brackets_by_error(text, tree).into_iter().map(|change| (change, errors - 1)));
    }
    let mut best: Option<(Change, Tree)> = None;
    for (change, limit) in trials.into_iter().take(MAX_TRIALS) {
        let changed = parse_once(&apply(text, change));
        // A text that ends early has few errors because the rest of it is not looked at.
        if changed.has_template_blocks || (ends_early(&changed) && !ends_early(tree)) {
            continue;
        }
        let limit = best.as_ref().map_or(limit, |(_, best)| weight(best).min(limit));
        if weight(&changed) < limit {
            let is_perfect = weight(&changed) == 0;
            best = Some((change, changed));
            if is_perfect {
                break;
            }
        }
    }
    best
}

fn ends_early(tree: &Tree) -> bool {
    tree.errors.iter().any(|error| error.kind == SyntaxErrorKind::TrailingContent)
}

/// How much is wrong: the number of errors, where one that swallows the rest of the text weighs as
/// much as what it may hide.
fn weight(tree: &Tree) -> usize {
    let of_error = |error: &SyntaxError| match error.kind {
        kind if kind.is_note() => 0,
        SyntaxErrorKind::TrailingContent => 1 + error.span.len() as usize / 16,
        _ => 1,
    };
    tree.errors.iter().map(of_error).sum::<usize>() + tree.dropped_errors
}

fn apply(text: &str, change: Change) -> String {
    let mut changed = text.to_owned();
    match change {
        Change::Insert(at, token) => changed.insert(at, char::from(token)),
        Change::Delete(at) => drop(changed.remove(at)),
        Change::Replace(at, token) => changed.replace_range(at..=at, char::from(token).encode_utf8(&mut [0; 4])),
    }
    changed
}

/// A bracket that is open in the text read so far.
struct Open {
    bracket: u8,
    line: usize,
    /// Indentation of the line that it stands on.
    indent: usize,
}

/// Brackets that the indentation of the lines misses.
fn changes_by_layout(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // Start and indentation of the lines before.
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut end_of_previous = 0;
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if line.trim().is_empty() {
            start += line.len();
            continue;
        }
        for (index, byte) in outside_strings(line) {
            let at = start + index;
            let is_first = index == indent;
            let is_closer = matches!(byte, b'}' | b']');
            if is_first {
                while let Some(top) = open.last().filter(|top| top.line < lines.len()) {
                    let is_over = if is_closer {
                        top.indent > indent || (top.indent == indent && closer(top.bracket) != byte)
                    } else {
                        top.indent >= indent
                    };
                    if !is_over {
                        break;
                    }
                    changes.push(Change::Insert(before_comma(text, end_of_previous), closer(top.bracket)));
                    open.pop();
                }
            }
            match byte {
                b'{' | b'[' => open.push(Open { bracket: byte, line: lines.len(), indent }),
                b'}' | b']' => {
                    while let Some(top) = open.last().filter(|top| !is_first && closer(top.bracket) != byte) {
                        if top.line != lines.len() {
                            break;
                        }
                        changes.push(Change::Insert(before_comma(text, end_of_previous), closer(top.bracket)));
                        open.pop();
                    }
                    let fits = open.last().is_some_and(|top| {
                        closer(top.bracket) == byte && (top.line == lines.len() || top.indent == indent)
                    });
                    if !fits {
                        if is_first {
                            let deeper = lines.iter().rev().take_while(|(_, other)| *other > indent).count();
                            let block = lines.len() - deeper;
                            if let Some(&(start, indent)) = block.checked_sub(1).and_then(|index| lines.get(index)) {
                                changes.extend(openers(text, start, indent, byte));
                            }
                            if let Some(&(start, indent)) = lines.get(block) {
                                changes.extend(openers(text, start, indent, byte));
                            }
                        } else {
                            changes.extend(openers(text, start, indent, byte));
                        }
                        changes.push(Change::Delete(at));
                    }
                    // Without its opener it closes nothing.
                    if fits || (!is_first && open.last().is_some_and(|top| closer(top.bracket) == byte)) {
                        open.pop();
                    }
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                end_of_previous = at + 1;
            }
        }
        lines.push((start, indent));
        start += line.len();
    }
    changes
}

/// The bracket that `closer` wants, where a line may have lost it: behind its first key, or before it.
fn openers(text: &str, start: usize, indent: usize, closer: u8) -> Vec<Change> {
    let opener = if closer == b'}' { b'{' } else { b'[' };
    let line = text[start..].split(['\n', '\r']).next().unwrap_or_default();
    let colon = outside_strings(line).find(|(_, byte)| *byte == b':').map(|(index, _)| index + 1);
    [colon, Some(indent)]
        .into_iter()
        .flatten()
        .map(|index| start + index)
        .filter(|&at| is_place_of_opener(text, at))
        .map(|at| Change::Insert(at, opener))
        .collect()
}

/// A bracket that is not there is shown as the character in its place, so that must be one byte.
fn is_place_of_opener(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii)
}

/// The first error that is not about the end of something, and its line.
fn first_error(text: &str, tree: &Tree) -> Option<(usize, Span)> {
    use SyntaxErrorKind::{UnclosedArray, UnclosedAtEnd, UnclosedObject};
    let error = tree
        .errors
        .iter()
        .find(|error| !error.kind.is_note() && !matches!(error.kind, UnclosedArray | UnclosedAtEnd | UnclosedObject))?;
    let at = error.span.start as usize;
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let end = text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
    Some((at, Span::new(start as u32, end as u32)))
}

/// Quotes on the line of the first error, if their number is odd.
fn quotes_by_error(text: &str, tree: &Tree) -> Vec<Change> {
    let Some((_, line_span)) = first_error(text, tree) else { return Vec::new() };
    let (line, start) = (line_span.of(text), line_span.start as usize);
    let quotes = quotes(line);
    if quotes.len().is_multiple_of(2) {
        return Vec::new();
    }
    // Of two in one place, the outer one is too many.
    let doubled = quotes.windows(2).enumerate().filter(|(_, pair)| pair[0] + 1 == pair[1]);
    let doubled = doubled.map(|(index, pair)| Change::Delete(start + pair[index % 2]));
    let missing = token_bounds(line).map(|(index, _)| Change::Insert(start + index, b'"'));
    let others = quotes.iter().map(|index| Change::Delete(start + index));
    doubled.chain(missing).chain(others).collect()
}

/// Brackets on the line of the first error and the one before.
fn brackets_by_error(text: &str, tree: &Tree) -> Vec<Change> {
    let Some((at, line)) = first_error(text, tree) else { return Vec::new() };
    let before = text[..line.start as usize].trim_end().rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let start = floor(text, before.max(at.saturating_sub(REACH)));
    let end = floor(text, (line.end as usize).min(at + REACH));
    let window = &text[start..end];
    let brackets = || outside_strings(window).map(|(index, byte)| (start + index, byte));
    let mut changes = Vec::new();
    for (at, byte) in brackets() {
        match byte {
            b']' => changes.push(Change::Replace(at, b'}')),
            b'}' => changes.push(Change::Replace(at, b']')),
            _ => {}
        }
    }
    for (index, is_opening) in token_bounds(window) {
        let at = start + index;
        for bracket in if is_opening { *b"[{" } else { *b"]}" } {
            if !is_opening || is_place_of_opener(text, at) {
                changes.push(Change::Insert(at, bracket));
            }
        }
    }
    changes.extend(brackets().filter(|(_, byte)| b"{}[]".contains(byte)).map(|(at, _)| Change::Delete(at)));
    changes
}

/// Where a token may begin (`true`) or end (`false`): beside what separates, and at the line's ends.
fn token_bounds(line: &str) -> impl Iterator<Item = (usize, bool)> {
    let bytes = line.as_bytes();
    let is_blank = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    let begins = move |at: usize| {
        let before = (0..at).rev().find(|&index| !is_blank(index));
        at < bytes.len() && !is_blank(at) && before.is_none_or(|index| b",:[{".contains(&bytes[index]))
    };
    let ends = move |at: usize| {
        let after = (at..bytes.len()).find(|&index| !is_blank(index));
        at > 0 && !is_blank(at - 1) && after.is_none_or(|index| b",:]}".contains(&bytes[index]))
    };
    let places = (0..=line.len()).filter(|&at| line.is_char_boundary(at));
    places
        .flat_map(move |at| [(ends(at), (at, false)), (begins(at), (at, true))])
        .filter(|(is, _)| *is)
        .map(|(_, at)| at)
}

/// Offsets of brackets that stand directly behind another of their kind.
fn doubled_brackets(text: &str) -> impl Iterator<Item = usize> {
    let mut previous = None;
    outside_strings(text).filter_map(move |(at, byte)| {
        let is_doubled = previous == Some((at.wrapping_sub(1), byte)) && b"{}[]".contains(&byte);
        previous = Some((at, byte));
        is_doubled.then_some(at)
    })
}

/// Offsets of the quotes that are not escaped.
fn quotes(line: &str) -> Vec<usize> {
    let bytes = line.as_bytes();
    let mut quotes = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => quotes.push(at),
            _ => {}
        }
        at += 1;
    }
    quotes
}

/// The bytes outside of strings, and the quotes. A string ends with its line.
fn outside_strings(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut in_string, mut escaped) = (false, false);
    text.bytes().enumerate().filter(move |(_, byte)| {
        let is_escaped = std::mem::take(&mut escaped);
        match byte {
            b'"' if !is_escaped => {
                in_string = !in_string;
                return true;
            }
            b'\n' | b'\r' => in_string = false,
            b'\\' if in_string && !is_escaped => escaped = true,
            _ => {}
        }
        !in_string
    })
}

fn closer(bracket: u8) -> u8 {
    if bracket == b'{' { b'}' } else { b']' }
}

/// `at`, or the place of the comma that ends there.
fn before_comma(text: &str, at: usize) -> usize {
    text[..at].strip_suffix(',').map_or(at, str::len)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Brings a tree of the changed text back to the text before the change, and reports the change.
fn undo(tree: &mut Tree, change: Change) {
    let mut report = report(tree, change);
    report.span = before_change(change, report.span);
    report.related = report.related.map(|related| before_change(change, related));
    for index in 0..tree.nodes.len() {
        let node = tree.nodes[index];
        let mut span = before_change(change, Span::new(node.start, node.end));
        if span.is_empty() && index > 0 {
            // Of two sides of what was deleted, the one that its container is on.
            let parent = tree.nodes[node.parent as usize];
            let container = if parent.kind == Kind::Key { tree.nodes[parent.parent as usize] } else { parent };
            span = Span::empty(span.start.clamp(container.start, container.end.max(container.start)));
        }
        (tree.nodes[index].start, tree.nodes[index].end) = (span.start, span.end);
    }
    for error in &mut tree.errors {
        if error.edits.iter().any(|edit| is_in(change, edit.span)) {
            error.edits.clear();
        }
        error.span = before_change(change, error.span);
        error.related = error.related.map(|related| before_change(change, related));
        error.edits.iter_mut().for_each(|edit| edit.span = before_change(change, edit.span));
    }
    if let Change::Delete(at) = change {
        report.span = Span::new(at as u32, at as u32 + 1);
    }
    tree.errors.push(report);
}

/// Whether the change lies inside of a span of the changed text.
fn is_in(change: Change, span: Span) -> bool {
    match change {
        Change::Insert(at, _) | Change::Replace(at, _) => span.contains(at as u32),
        Change::Delete(at) => span.start < at as u32 && (at as u32) < span.end,
    }
}

/// The span in the text before the change.
fn before_change(change: Change, span: Span) -> Span {
    let place = |place: u32, is_start: bool| match change {
        Change::Insert(at, _) => place - u32::from(place as usize > at),
        Change::Replace(..) => place,
        Change::Delete(at) => place + u32::from(place as usize > at || (is_start && place as usize == at)),
    };
    Span::new(place(span.start, !span.is_empty()), place(span.end, false))
}

/// What the change says is wrong. Spans are those of the changed text, but for the edits'.
fn report(tree: &mut Tree, change: Change) -> SyntaxError {
    use SyntaxErrorKind::*;
    let (at, token) = match change {
        Change::Insert(at, token) | Change::Replace(at, token) => (at as u32, token),
        Change::Delete(at) => {
            let edit = TextEdit::delete(Span::new(at as u32, at as u32 + 1));
            return SyntaxError { kind: ExtraToken, span: Span::empty(at as u32), related: None, edits: vec![edit] };
        }
    };
    if let Change::Replace(..) = change {
        let span = Span::new(at, at + 1);
        let edits = vec![TextEdit::replace(span, char::from(token))];
        return SyntaxError { kind: WrongBracket, span, related: None, edits };
    }
    let edits = vec![TextEdit::insert(at, char::from(token))];
    let node = tree.nodes.iter_mut().find(|node| {
        let is_kind = match token {
            b'"' => matches!(node.kind, Kind::String | Kind::Key),
            b'{' | b'}' => node.kind == Kind::Object,
            _ => node.kind == Kind::Array,
        };
        is_kind && (node.start == at || node.end == at + 1)
    });
    let Some(node) = node else {
        return SyntaxError { kind: UnexpectedText, span: Span::empty(at), related: None, edits };
    };
    node.flags |= RECOVERED;
    let whole = Span::new(node.start, node.end);
    let opener = Span::new(node.start, node.start + 1);
    let (kind, span, related) = match token {
        b'"' if node.start == at => (UnopenedString, whole, None),
        b'"' => (UnterminatedString, whole, None),
        b'{' => (UnopenedObject, Span::new(at + 1, at + 2), None),
        b'[' => (UnopenedArray, Span::new(at + 1, at + 2), None),
        b'}' => (UnclosedObject, opener, Some(opener)),
        _ => (UnclosedArray, opener, Some(opener)),
    };
    SyntaxError { kind, span, related, edits }
}
