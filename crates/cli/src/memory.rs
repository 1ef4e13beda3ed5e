//! What a run has needed, beside what its scale rules computed: in words.

use task_api_core::calibrate::{Comparison, Verdict, compare};
use task_api_core::quantity::human_bytes;
use task_api_core::scale::Target;
use task_api_runner::{MemorySource, Record, State};

/// The limit that the run had.
pub(crate) fn limit_of(record: &Record) -> Option<u64> {
    record.spec.pointer("/resources/memoryLimit").and_then(serde_json::Value::as_u64)
}

/// The peak, where it is from, and the limit: one line without its end.
pub(crate) fn peak_in_words(record: &Record) -> Option<String> {
    let peak = record.peak_memory_bytes?;
    let source = record.peak_memory_source.map_or("", |source| match source {
        MemorySource::CgroupV1 | MemorySource::CgroupV2 => ", as the kernel counted it",
        MemorySource::Stats => ", as the engine saw it (short peaks may be missing)",
    });
    let limit = limit_of(record).map_or_else(
        || "no limit".to_owned(),
        |limit| {
            format!("{:.0} % of its limit of {}", peak as f64 * 100.0 / (limit as f64).max(1.0), human_bytes(limit))
        },
    );
    Some(format!("{} ({limit}{source})", human_bytes(peak)))
}

/// What `run --monitor-memory` says at the end.
pub(crate) fn summary(record: &Record) -> String {
    match peak_in_words(record) {
        Some(words) => format!("peak memory {words}\n{}", table(record)),
        None => "peak memory could not be measured: the container ended too soon\n".to_owned(),
    }
}

/// Each scale rule beside the peak; nothing if there is no rule, or nothing was measured.
pub(crate) fn table(record: &Record) -> String {
    let Some(peak) = record.peak_memory_bytes else { return String::new() };
    if record.estimates.is_empty() || matches!(record.state, State::Created | State::Running) {
        return String::new();
    }
    let mut rows =
        vec![["RULE", "FOR", "COMPUTED", "NEEDED", "SO THE RULE IS", "WOULD HAVE FITTED"].map(str::to_owned)];
    let at_least = if record.oom_killed { "more than " } else { "" };
    for comparison in compare(&record.estimates, peak) {
        rows.push(row(&comparison, &format!("{at_least}{}", human_bytes(peak))));
    }
    columns(&rows)
}

fn row(comparison: &Comparison, needed: &str) -> [String; 6] {
    let target = match comparison.target {
        Target::Limit => "limit",
        Target::Request => "request",
    };
    let size = human_bytes(comparison.size);
    let fitting = comparison.fitting.map_or_else(|| "-".to_owned(), |law| law.to_string());
    [
        format!("{target} of `{}`: {}", comparison.channel, comparison.law),
        format!("n = {size}"),
        human_bytes(comparison.computed),
        needed.to_owned(),
        verdict(comparison.verdict),
        fitting,
    ]
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::TooSmall { bytes, part } => format!("too small by {} ({})", human_bytes(bytes), percent(part)),
        Verdict::Generous { bytes: 0, .. } => "exactly right".to_owned(),
        Verdict::Generous { bytes, part } => format!("too generous by {} ({})", human_bytes(bytes), percent(part)),
    }
}

/// Beyond a few times, a percentage says less than a factor.
pub(crate) fn percent(part: f64) -> String {
    if part >= 9.5 { format!("{:.0} times", part + 1.0) } else { format!("{:.0} %", part * 100.0) }
}

/// Left-aligned columns with two blanks between them.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_in_plain_words() {
        let mebi = 1 << 20;
        assert_eq!(verdict(Verdict::TooSmall { bytes: mebi, part: 0.25 }), "too small by 1 MiB (25 %)");
        assert_eq!(verdict(Verdict::Generous { bytes: mebi, part: 0.5 }), "too generous by 1 MiB (50 %)");
        assert_eq!(verdict(Verdict::Generous { bytes: mebi, part: 24.0 }), "too generous by 1 MiB (25 times)");
        assert_eq!(verdict(Verdict::Generous { bytes: 0, part: 0.0 }), "exactly right");
    }
}
