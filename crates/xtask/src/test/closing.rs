//! The closing lines of test runners: repeated at the end of the run, and read for skipped tests,
//! which count as failures.

use crate::process::{Result, failure};

/// Cargo's `test result:` lines of the binaries that ran any test.
pub(crate) fn of_cargo_test(output: &str) -> Result<Vec<String>> {
    let lines: Vec<String> = output
        .lines()
        .filter(|line| line.starts_with("test result: ") && !line.contains(". 0 passed; 0 failed; 0 ignored"))
        .map(str::to_owned)
        .collect();
    if lines.is_empty() {
        return failure("cargo ran no test");
    }
    match lines.iter().find(|line| !line.contains("; 0 ignored;")) {
        Some(line) => failure(format!("cargo skipped tests: {line}")),
        None => Ok(lines),
    }
}

/// Node's counters: `# pass 3` on a pipe, `ℹ pass 3` in newer versions.
pub(crate) fn of_node(output: &str) -> Result<Vec<String>> {
    const COUNTERS: [&str; 7] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"];
    let counter = |line: &str| -> Option<(String, u64)> {
        let words: Vec<&str> = line.split(' ').collect();
        let ["#" | "ℹ", name, count] = words[..] else { return None };
        let count = COUNTERS.contains(&name).then(|| count.parse().ok())??;
        Some((name.to_owned(), count))
    };
    let lines: Vec<String> = output.lines().filter(|line| counter(line).is_some()).map(str::to_owned).collect();
    let count = |wanted: &str| -> u64 {
        lines.iter().filter_map(|line| counter(line)).filter(|(name, _)| name == wanted).map(|(_, n)| n).sum()
    };
    if count("tests") == 0 {
        return failure("node ran no test");
    }
    if count("skipped") + count("todo") > 0 {
        return failure("node skipped tests");
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_without_tests_are_left_out() {
        let ok = "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let none = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(of_cargo_test(&format!("running 3 tests\n{ok}\n{none}\n")).unwrap(), [ok]);
        assert!(of_cargo_test(none).is_err());
        assert!(of_cargo_test(&ok.replace("0 ignored", "1 ignored")).is_err());
    }

    #[test]
    fn node_lines_of_both_reporters_are_read() {
        let tap = "ok 1 - a\n# tests 2\n# pass 2\n# fail 0\n# skipped 0\n# duration_ms 12.5\n";
        assert_eq!(of_node(tap).unwrap(), ["# tests 2", "# pass 2", "# fail 0", "# skipped 0"]);
        assert_eq!(of_node("ℹ tests 2\nℹ pass 2\n").unwrap().len(), 2);
        assert!(of_node("# tests 0\n").is_err());
        assert!(of_node(&tap.replace("skipped 0", "skipped 1")).is_err());
    }
}
