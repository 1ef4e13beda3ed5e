//! Patterns for paths, as in a .gitignore.

use globset::{ErrorKind, GlobBuilder};

use matcher::Matcher;

#[cfg(any(test, target_arch = "wasm32"))]
mod lite;
mod matcher;

/// Patterns of which the last that matches decides.
#[derive(Debug, Clone, Default)]
pub struct Globs(Vec<Pattern>);

#[derive(Debug, Clone)]
struct Pattern {
    matcher: Matcher,
    /// `!…`: takes back what patterns before it match.
    is_negated: bool,
    /// `…/`: directories, with what is in them.
    only_directories: bool,
}

/// Longer patterns are refused: a pattern may nest, and is taken apart by recursion.
const LONGEST: usize = 1024;

impl Globs {
    /// Whether the file at `path` matches, or a directory that it is in. `path` has `/` between its parts.
    pub fn matches(&self, path: &str) -> bool {
        self.covers(path, false)
    }

    /// Like [`Globs::matches`], for a directory.
    pub fn matches_directory(&self, path: &str) -> bool {
        self.covers(path, true)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn covers(&self, path: &str, is_directory: bool) -> bool {
        let parents = path.char_indices().rev().filter(|(_, c)| *c == '/').map(|(at, _)| (&path[..at], true));
        let mut candidates = std::iter::once((path, is_directory)).chain(parents);
        let decision = candidates.find_map(|(path, is_directory)| {
            let applies =
                |pattern: &&Pattern| (is_directory || !pattern.only_directories) && pattern.matcher.is_match(path);
            self.0.iter().rev().find(applies).map(|pattern| !pattern.is_negated)
        });
        decision.unwrap_or(false)
    }

    /// Adds a pattern; what is wrong with it, and how to mend it.
    pub(super) fn add(&mut self, written: &str) -> Result<(), (String, String)> {
        let is_negated = written.starts_with('!');
        let pattern = if is_negated { &written[1..] } else { written };
        self.add_pattern(pattern, is_negated)
    }

    /// One path, in which no character is special.
    pub(super) fn literal(path: &str) -> Result<Globs, (String, String)> {
        let mut globs = Globs::default();
        let path = path.trim_start_matches("./").trim_start_matches('/');
        globs.add_pattern(&format!("/{}", globset::escape(path)), false)?;
        Ok(globs)
    }

    fn add_pattern(&mut self, pattern: &str, is_negated: bool) -> Result<(), (String, String)> {
        if pattern.len() > LONGEST {
            let message = format!("the pattern has more than {LONGEST} bytes");
            return Err((message, "name a directory, or make several patterns of it".to_owned()));
        }
        let only_directories = pattern.ends_with('/');
        let mut glob = pattern.trim_start_matches("./").trim_end_matches('/').to_owned();
        if glob.trim().is_empty() {
            return Err((
                "the pattern is blank".to_owned(),
                "write a path or a pattern such as `examples/**`".to_owned(),
            ));
        }
        if glob.split('/').any(|part| part == "..") {
            let message =
                format!("`{}` leads out of the directory of this file", excerpt(glob.trim_start_matches('/')));
            return Err((message, "a task-api.toml is for what is beside it and below".to_owned()));
        }
        if let Some(anchored) = glob.strip_prefix('/') {
            glob = anchored.to_owned();
        } else if !glob.contains('/') && !pattern.starts_with("./") {
            glob = format!("**/{glob}");
        }
        if glob.ends_with("/**") {
            // What is in the directory, but not the directory.
            glob.push_str("/*");
        }
        let matcher = GlobBuilder::new(&glob)
            .literal_separator(true)
            .backslash_escape(true)
            .empty_alternates(true)
            .build()
            .and_then(|glob| matcher::of(&glob))
            .map_err(|error| (format!("`{}` is no pattern", excerpt(pattern)), reason(error.kind())))?;
        self.0.push(Pattern { matcher, is_negated, only_directories });
        Ok(())
    }
}

/// Whether a path is one file: without a character that is special in a pattern.
pub(super) fn is_literal(path: &str) -> bool {
    !path.contains(['*', '?', '[', ']', '{', '}', '\\']) && !path.starts_with('!') && !path.ends_with('/')
}

fn reason(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::UnclosedClass => "`[` has no `]`; a bracket itself is written `\\[`".to_owned(),
        ErrorKind::InvalidRange(from, to) => format!("in `[{from}-{to}]`, `{from}` comes after `{to}`"),
        ErrorKind::UnopenedAlternates => "`}` has no `{`; a brace itself is written `\\}`".to_owned(),
        ErrorKind::UnclosedAlternates => "`{` has no `}`; a brace itself is written `\\{`".to_owned(),
        ErrorKind::DanglingEscape => "there is nothing behind `\\`; a path has `/` between its parts".to_owned(),
        _ => "it is too large to be matched".to_owned(),
    }
}

fn excerpt(pattern: &str) -> String {
    super::reader::excerpt(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(patterns: &[&str]) -> Globs {
        let mut globs = Globs::default();
        for pattern in patterns {
            globs.add(pattern).unwrap();
        }
        globs
    }

    #[track_caller]
    fn check_matches(patterns: &[&str], matching: &[&str], others: &[&str]) {
        let globs = globs(patterns);
        assert_eq!(matching.iter().copied().filter(|path| !globs.matches(path)).collect::<Vec<_>>(), [] as [&str; 0]);
        assert_eq!(others.iter().copied().filter(|path| globs.matches(path)).collect::<Vec<_>>(), [] as [&str; 0]);
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        check_matches(&["task.json"], &["task.json", "a/b/task.json", "task.json/x"], &["a-task.json"]);
        check_matches(&["/task.json", "./x"], &["task.json", "x"], &["a/task.json", "a/x"]);
        check_matches(&["a/*.json"], &["a/x.json"], &["b/a/x.json", "a/b/x.json", "a/x.jsn"]);
        check_matches(&["examples/**"], &["examples/a", "examples/a/b/c"], &["examples", "x/examples/a"]);
        check_matches(&["**/old/"], &["old/a", "a/old/b/c"], &["old", "a/old"]);
        check_matches(&["archive"], &["archive/a/b", "x/archive/a"], &["archives/a"]);
        check_matches(&["*.json", "!keep.json"], &["a/b.json"], &["a/keep.json"]);
        check_matches(&["{a,b}/t?sk[0-9].json"], &["a/task1.json", "b/tisk2.json"], &["c/task1.json", "a/task.json"]);
        check_matches(&["\\!a", "b\\*"], &["!a", "b*"], &["a", "bc"]);
        check_matches(&[], &[], &["a", ""]);
        assert!(globs(&["old/"]).matches_directory("a/old") && !globs(&["old/**"]).matches_directory("old"));
    }

    #[test]
    fn a_literal_is_that_path_alone() {
        let literal = Globs::literal("./tasks/[a].json").unwrap();
        assert!(literal.matches("tasks/[a].json"));
        assert!(!literal.matches("tasks/a.json") && !literal.matches("x/tasks/[a].json"));
        assert!(!Globs::literal("task.json").unwrap().matches("a/task.json"));
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for wrong in ["", " ", "/", "!", "a[", "[z-a]", "{a", "a}", "a\\", "../a", "a/../b", &"a".repeat(2000)] {
            assert!(Globs::default().add(wrong).is_err(), "{wrong}");
        }
        let deep = format!("{}a{}", "{".repeat(500), "}".repeat(500));
        let _ = Globs::default().add(&deep);
    }
}
