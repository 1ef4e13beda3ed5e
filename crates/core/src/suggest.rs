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

/// Suggestions for each of many names. When very many have been compared, there are none any more: files that people
/// write need a handful.
#[derive(Debug, Default)]
pub(crate) struct Suggestions {
    compared: usize,
}

impl Suggestions {
    pub(crate) fn nearest<'a>(&mut self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        const MANY: usize = 1 << 18;
        if self.compared > MANY {
            return None;
        }
        nearest(name, candidates.into_iter().inspect(|_| self.compared += 1))
    }
}

/// Why a name is not another that is written alike.
#[cfg(feature = "workflow")]
pub(crate) const NAMES_HAVE_CASE: &str =
    "names are compared letter by letter, and these differ in upper and lower case";

/// Whether two names are the same but for upper and lower case, in the letters of ASCII.
#[cfg(feature = "workflow")]
pub(crate) fn differs_in_case(name: &str, other: &str) -> bool {
    name != other && name.eq_ignore_ascii_case(other)
}

/// Without case and separators.
pub(crate) fn folded(name: &str) -> String {
    fold(name).into_iter().collect()
}

fn fold(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.')).map(|c| c.to_ascii_lowercase()).collect()
}

/// The longest name that is compared letter by letter.
const LONGEST: usize = 64;

/// Insertions, deletions, replacements and swaps of neighbours, if they are at most `limit`. Only cells that are that
/// near to the diagonal are looked at, and no more rows than can still come to a result.
fn edit_distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len().max(b.len()) > LONGEST {
        return (a == b).then_some(0);
    }
    let far = limit + 1;
    let mut before = [far; LONGEST + 1];
    let mut previous = [far; LONGEST + 1];
    (0..=b.len().min(limit)).for_each(|j| previous[j] = j);
    let mut was_near = true;
    for (i, &left) in a.iter().enumerate() {
        let mut row = [far; LONGEST + 1];
        row[0] = (i + 1).min(far);
        let mut is_near = row[0] <= limit;
        for j in i.saturating_sub(limit)..b.len().min(i + limit + 1) {
            let right = b[j];
            let mut best = (previous[j] + usize::from(left != right)).min(previous[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best.min(far);
            is_near |= best <= limit;
        }
        // A swap looks back two rows.
        if !is_near && !was_near {
            return None;
        }
        was_near = is_near;
        before = previous;
        previous = row;
    }
    Some(previous[b.len()]).filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As one finds it in books, with all cells.
    fn distance_by_the_book(a: &[char], b: &[char]) -> usize {
        let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                rows[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                        let best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                        let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                        if is_swap { best.min(rows[i - 2][j - 2] + 1) } else { best }
                    }
                };
            }
        }
        rows[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn a_distance_is_that_of_the_book(a in "[abc]{0,9}", b in "[abc]{0,9}", limit in 0usize..5) {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let expected = Some(distance_by_the_book(&a, &b)).filter(|&distance| distance <= limit);
            proptest::prop_assert_eq!(edit_distance(&a, &b, limit), expected);
        }
    }

    #[test]
    fn after_very_many_comparisons_nothing_is_suggested() {
        let mut suggestions = Suggestions::default();
        let known: Vec<String> = (0..1000).map(|number| format!("variable_{number}")).collect();
        let suggested = |suggestions: &mut Suggestions| {
            suggestions.nearest("varible_7", known.iter().map(String::as_str)).map(str::to_owned)
        };
        assert_eq!(suggested(&mut suggestions).as_deref(), Some("variable_7"));
        let last = (0..1000).position(|_| suggested(&mut suggestions).is_none()).unwrap();
        assert!((200..400).contains(&last), "{last}");
    }

    #[cfg(feature = "workflow")]
    #[test]
    fn names_that_differ_in_the_case_of_ascii_are_told_apart() {
        assert!(differs_in_case("Images", "imageS"));
        assert!(!differs_in_case("images", "images"));
        assert!(!differs_in_case("Größe", "GRÖSSE"));
        assert!(!differs_in_case("images", "image"));
    }

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
