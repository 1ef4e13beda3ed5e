//! "Did you mean": the nearest known name.

/// The candidate that `name` was most likely meant to be: equal when case and separators are
/// folded away, or few typing errors off.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let limit = match folded.len() {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    /// Of longer lists the rest is not looked at: each of thousands of names may ask.
    const MANY: usize = 1000;
    candidates
        .into_iter()
        .take(MANY)
        .filter_map(|candidate| {
            // Folding takes away at most separators.
            if candidate.len() + limit < folded.len() {
                return None;
            }
            let distance = edit_distance(&folded, &fold(candidate), limit)?;
            Some((distance, candidate))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Without case and separators.
pub(crate) fn folded(name: &str) -> String {
    fold(name).into_iter().collect()
}

fn fold(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.')).flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours, if they are at most `limit`.
fn edit_distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len() > 64 {
        return (a == b).then_some(0);
    }
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let mut best = (previous[j] + usize::from(left != right)).min(previous[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = previous;
        previous = row;
    }
    previous.last().copied().filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_separators_and_typing_errors_are_seen_through() {
        let known = ["mounted_path", "name", "description", "scale_rule"];
        assert_eq!(nearest("mountedPath", known), Some("mounted_path"));
        assert_eq!(nearest("nmae", known), Some("name"));
        assert_eq!(nearest("descripton", known), Some("description"));
        assert_eq!(nearest("scale-rules", known), Some("scale_rule"));
        assert_eq!(nearest("volume", known), None);
        assert_eq!(nearest("n", known), None);
    }
}
