//! Regular expressions as Python's `re.fullmatch` understands them, by `fancy-regex`, which has
//! look-around, back-references and conditions.

use fancy_regex::RegexBuilder;
use task_api_core::scale::PathMatcher;
use task_api_core::scale::python_regex::rewrite;

/// More steps than a sensible expression takes for a path.
const MOST_STEPS: usize = 1_000_000;

/// A matcher of whole paths.
pub(crate) fn compile(pattern: &str) -> Result<PathMatcher, String> {
    let body = rewrite(pattern)?.text;
    let regex = RegexBuilder::new(&format!("\\A(?:{body})\\z"))
        .backtrack_limit(MOST_STEPS)
        .build()
        .map_err(|error| one_line(&error.to_string()))?;
    Ok(Box::new(move |path| regex.is_match(path).map_err(|error| one_line(&error.to_string()))))
}

/// The engine draws its errors over several lines, of which the last says what is wrong.
fn one_line(words: &str) -> String {
    let last = words.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_one_line() {
        for pattern in ["(a", "[b-a]", r"(?P=name)a", "a{3,1}"] {
            let Err(error) = compile(pattern) else { panic!("{pattern} is accepted") };
            assert!(!error.is_empty() && !error.contains('\n'), "{pattern}: {error}");
        }
    }

    #[test]
    fn an_expression_that_takes_too_long_is_given_up() {
        let matcher = compile(r"(a|aa)+\1c").unwrap();
        let problem = matcher(&("a".repeat(60) + "d")).unwrap_err();
        assert!(!problem.contains('\n'), "{problem}");
    }
}
