//! The edits from one text to another, line by line: what did not change keeps its cursors and marks.

use task_api_json::{Span, TextEdit};

/// With more lines changed than this, what is between the first and the last of them is one edit.
const MANY: usize = 300;

/// The edits that make `after` of `before`.
pub(crate) fn edits_between(before: &str, after: &str) -> Vec<TextEdit> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    let mut offset: usize = old[..start].iter().map(|line| line.len()).sum();
    let mut edits = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    for (old_line, new_line) in common_lines(old_rest, new_rest).into_iter().chain([(old_rest.len(), new_rest.len())]) {
        let replaced: String = old_rest[old_at..old_line].concat();
        edits.extend(edit(offset, &replaced, &new_rest[new_at..new_line].concat()));
        offset += replaced.len() + old_rest.get(old_line).map_or(0, |line| line.len());
        (old_at, new_at) = ((old_line + 1).min(old_rest.len()), (new_line + 1).min(new_rest.len()));
    }
    edits
}

/// One edit, without what both begin and end with.
fn edit(offset: usize, old: &str, new: &str) -> Option<TextEdit> {
    if old == new {
        return None;
    }
    let same = |(old, new): &(char, char)| old == new;
    let length =
        |chars: &mut dyn Iterator<Item = (char, char)>| chars.take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let start: usize = length(&mut old.chars().zip(new.chars()));
    let (old, new) = (&old[start..], &new[start..]);
    let end: usize = length(&mut old.chars().rev().zip(new.chars().rev()));
    let span = Span::new((offset + start) as u32, (offset + start + old.len() - end) as u32);
    Some(TextEdit::replace(span, &new[..new.len() - end]))
}

/// Pairs of lines that stay, by the algorithm of Myers; none where too much has changed.
fn common_lines(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let most = (old.len() + new.len()).min(MANY);
    let place = |diagonal: isize| (diagonal + most as isize + 1) as usize;
    let mut furthest = vec![0usize; 2 * most + 3];
    let mut trace = Vec::new();
    for changes in 0..=most as isize {
        trace.push(furthest.clone());
        for diagonal in (-changes..=changes).step_by(2) {
            let (below, above) = (furthest[place(diagonal - 1)], furthest[place(diagonal + 1)]);
            let goes_down = diagonal == -changes || (diagonal != changes && below < above);
            let mut x = if goes_down { above } else { below + 1 };
            let mut y = x as isize - diagonal;
            while y >= 0 && x < old.len() && new.get(y as usize).is_some_and(|line| *line == old[x]) {
                (x, y) = (x + 1, y + 1);
            }
            furthest[place(diagonal)] = x;
            if x >= old.len() && y >= new.len() as isize {
                return walk_back(&trace, old.len(), new.len(), place);
            }
        }
    }
    Vec::new()
}

fn walk_back(
    trace: &[Vec<usize>],
    old_length: usize,
    new_length: usize,
    place: impl Fn(isize) -> usize,
) -> Vec<(usize, usize)> {
    let (mut x, mut y) = (old_length as isize, new_length as isize);
    let mut pairs = Vec::new();
    for (changes, furthest) in trace.iter().enumerate().rev() {
        let (changes, diagonal) = (changes as isize, x - y);
        let (below, above) = (furthest[place(diagonal - 1)], furthest[place(diagonal + 1)]);
        let goes_down = diagonal == -changes || (diagonal != changes && below < above);
        let before = if goes_down { diagonal + 1 } else { diagonal - 1 };
        let before_x = if changes == 0 { 0 } else { furthest[place(before)] as isize };
        let before_y = if changes == 0 { 0 } else { before_x - before };
        while x > before_x && y > before_y {
            (x, y) = (x - 1, y - 1);
            pairs.push((x as usize, y as usize));
        }
        (x, y) = (before_x, before_y);
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use task_api_json::apply_edits;

    #[track_caller]
    fn check_edits(before: &str, after: &str, expected: &[(&str, &str)]) {
        let edits = edits_between(before, after);
        assert_eq!(apply_edits(before, &edits).as_deref(), Some(after));
        let shown: Vec<_> = edits.iter().map(|edit| (edit.span.of(before), &*edit.new_text)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn only_what_changes_is_edited() {
        check_edits("a\nb\nc\n", "a\nb\nc\n", &[]);
        check_edits("a\nbxd\nc\n", "a\nbyd\nc\n", &[("x", "y")]);
        check_edits("a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n", &[("a", "x"), ("e", "y")]);
        check_edits("", "a\n", &[("", "a\n")]);
        check_edits("é", "è", &[("é", "è")]);
        check_edits("a\nb\nc", "c\na\nb\n", &[("", "c\n"), ("c", "")]);
    }

    #[test]
    fn any_two_texts_lead_to_each_other() {
        let mut seed = 7u64;
        let mut text = |length: usize| {
            let mut letter = || {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                ["a\n", "b\n", "ab\n", "é\n", "c"][(seed >> 33) as usize % 5]
            };
            (0..length).map(|_| letter()).collect::<String>()
        };
        for length in 0..40 {
            let (before, after) = (text(length), text(length * 7 % 40));
            assert_eq!(apply_edits(&before, &edits_between(&before, &after)).as_deref(), Some(&*after));
        }
        let (before, after) = (text(2000), text(2000));
        assert_eq!(apply_edits(&before, &edits_between(&before, &after)).as_deref(), Some(&*after));
    }
}
