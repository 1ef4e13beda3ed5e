//! Whole commands: their time by hyperfine, their peak memory by GNU time.

use serde_json::Value;

use super::report::{Better, Measurement};
use crate::process::{Result, failure, read, run};
use crate::setup::{HYPERFINE, TIME, ensure_program};

pub(crate) struct Program {
    pub(crate) who: &'static str,
    /// As typed in a shell at the root.
    pub(crate) command: String,
}

/// How often to run a program before, and while, it is timed.
#[derive(Clone, Copy)]
pub(crate) struct Repeats {
    pub(crate) warm_up: u32,
    pub(crate) runs: u32,
}

/// Two subjects, `subject` and its peak memory, with a row for each program; ours is the first.
pub(crate) fn compare(subject: &str, programs: &[Program]) -> Result<Vec<Measurement>> {
    compare_repeated(subject, programs, Repeats { warm_up: 20, runs: 100 })
}

/// The same, for programs that take longer.
pub(crate) fn compare_repeated(subject: &str, programs: &[Program], repeats: Repeats) -> Result<Vec<Measurement>> {
    let times = fastest_seconds(programs, repeats)?;
    let mut rows = Vec::new();
    for (program, seconds) in programs.iter().zip(times) {
        rows.push(row(subject.to_owned(), program, seconds * 1e3, "ms"));
    }
    for program in programs {
        let kibibytes = peak_memory_kibibytes(&program.command)?;
        rows.push(row(format!("{subject}: peak memory"), program, kibibytes * 1024.0 / 1e6, "MB"));
    }
    Ok(rows)
}

fn row(subject: String, program: &Program, value: f64, unit: &str) -> Measurement {
    let (who, unit) = (program.who.to_owned(), unit.to_owned());
    Measurement { subject, who, value, unit, better: Better::Lower, target: None }
}

/// The fastest run of each: load on the machine only adds, and most to whoever takes longest.
/// Without a shell in between. A verdict of "invalid" is an exit code and no reason to stop.
fn fastest_seconds(programs: &[Program], repeats: Repeats) -> Result<Vec<f64>> {
    let hyperfine = ensure_program(&HYPERFINE)?;
    let export = super::directory().join("hyperfine.json");
    let (warm_up, runs) = (repeats.warm_up.to_string(), repeats.runs.to_string());
    let bench = run(hyperfine).args(["--shell=none", "--warmup", &warm_up, "--min-runs", &runs]);
    let bench = bench.args(["--ignore-failure", "--style", "none", "--export-json"]).arg(&export);
    bench.args(programs.iter().map(|program| &program.command)).output()?;
    minima(&read(&export)?, programs.len())
}

fn minima(export: &str, expected: usize) -> Result<Vec<f64>> {
    let export: Value = serde_json::from_str(export).map_err(|error| format!("hyperfine: {error}"))?;
    let results = export["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let minima: Vec<f64> = results.iter().filter_map(|result| result["min"].as_f64()).collect();
    if minima.len() != expected {
        return failure(format!("hyperfine measured {} of {expected} commands", minima.len()));
    }
    Ok(minima)
}

/// The median of five runs.
fn peak_memory_kibibytes(command: &str) -> Result<f64> {
    let time = ensure_program(&TIME)?;
    let file = super::directory().join("peak-memory.txt");
    // `exec`: the shell itself must not be what is measured.
    let script = format!("exec {command} >/dev/null 2>&1");
    let mut peaks = Vec::new();
    for _ in 0..5 {
        let timed = run(&time).args(["--format", "%M", "--output"]).arg(&file);
        timed.args(["sh", "-c", &script]).quietly().code()?;
        // A command that fails has a line of its own before.
        let text = read(&file)?;
        let peak = text.lines().last().and_then(|line| line.parse::<f64>().ok());
        peaks.push(peak.ok_or_else(|| format!("unexpected output of GNU time: {text}"))?);
    }
    peaks.sort_by(f64::total_cmp);
    Ok(peaks[peaks.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minima_are_read_in_order() {
        let export = r#"{"results": [{"min": 0.25, "mean": 1}, {"min": 0.5}]}"#;
        assert_eq!(minima(export, 2).unwrap(), [0.25, 0.5]);
        assert!(minima(export, 3).is_err());
        assert!(minima("{", 0).is_err());
    }
}
