//! The table: what was measured, and how it compares with ours.

use serde_json::{Value, json};

use crate::process::{Result, failure, read, run};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    Lower,
    Higher,
}

/// One row. The first row of a subject is ours, the others are compared with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measurement {
    pub(crate) subject: String,
    pub(crate) who: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    pub(crate) better: Better,
    /// What ours is meant to stay within, in the same unit.
    pub(crate) target: Option<f64>,
}

impl Measurement {
    /// From the lines that a process prints, one JSON object each.
    pub(crate) fn from_lines(lines: &str) -> Result<Vec<Measurement>> {
        lines.lines().map(Measurement::from_line).collect()
    }

    /// Whether the target is missed, where there is one.
    pub(crate) fn misses_target(&self) -> Option<bool> {
        let target = self.target?;
        Some(if self.better == Better::Lower { self.value > target } else { self.value < target })
    }

    fn from_line(line: &str) -> Result<Measurement> {
        let value: Value = serde_json::from_str(line).unwrap_or_default();
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let target = value["target"].as_f64();
        let better = match value["better"].as_str() {
            Some("lower") => Some(Better::Lower),
            Some("higher") => Some(Better::Higher),
            _ => None,
        };
        match (text("subject"), text("who"), value["value"].as_f64(), text("unit"), better) {
            (Some(subject), Some(who), Some(value), Some(unit), Some(better)) => {
                Ok(Measurement { subject, who, value, unit, better, target })
            }
            _ => failure(format!("not a measurement: {line}")),
        }
    }
}

/// What the numbers were measured on.
pub(crate) fn machine() -> String {
    let information = read("/proc/cpuinfo".as_ref()).unwrap_or_default();
    let processor = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let version = |program: &str| {
        let version = run(program).arg("--version").quietly().output().unwrap_or_default();
        version.lines().next().unwrap_or_default().to_owned()
    };
    // Above the number of cores, times are those of a busy machine.
    let load = read("/proc/loadavg".as_ref()).unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    format!(
        "{cores} cores{}, load {load}; {}; node {}; times are those of the fastest run, but for p50 and p95",
        processor.map(|(_, name)| format!(" of {name}")).unwrap_or_default(),
        version("rustc"),
        version("node")
    )
}

pub(crate) fn markdown(measurements: &[Measurement], machine: &str) -> String {
    let mut text = format!("# Benchmarks\n\n{machine}\n\n");
    text.push_str("| subject | who | value | against ours |\n|---|---|--:|--:|\n");
    let mut previous = "";
    for row in measurements {
        let subject = if row.subject == previous { "" } else { row.subject.as_str() };
        previous = &row.subject;
        let value = rounded(row.value);
        let against = comparison(ours(measurements, row), row);
        text.push_str(&format!("| {subject} | {} | {value} {} | {against} |\n", row.who, row.unit));
    }
    text
}

pub(crate) fn json(measurements: &[Measurement], machine: &str) -> String {
    let rows: Vec<Value> = measurements
        .iter()
        .map(|row| {
            let better = if row.better == Better::Lower { "lower" } else { "higher" };
            json!({
                "subject": row.subject, "who": row.who, "value": row.value, "unit": row.unit,
                "better": better, "ratio": row.value / ours(measurements, row).value, "target": row.target,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "version": 1, "machine": machine, "rows": rows }))
}

fn ours<'a>(measurements: &'a [Measurement], row: &'a Measurement) -> &'a Measurement {
    measurements.iter().find(|other| other.subject == row.subject).unwrap_or(row)
}

fn comparison(ours: &Measurement, row: &Measurement) -> String {
    if let (Some(target), Some(is_missed)) = (row.target, row.misses_target()) {
        let bound = if row.better == Better::Lower { "at most" } else { "at least" };
        let outcome = if is_missed { "MISSED" } else { "met" };
        return format!("target {bound} {} {}: {outcome}", rounded(target), row.unit);
    }
    if std::ptr::eq(ours, row) || ours.value == 0.0 || row.value == 0.0 {
        return String::new();
    }
    let (more, less) = match (row.unit.as_str(), row.better) {
        ("ms", _) => ("slower", "faster"),
        (_, Better::Higher) => ("faster", "slower"),
        (_, Better::Lower) => ("larger", "smaller"),
    };
    let ratio = row.value / ours.value;
    if ratio >= 1.0 { format!("{}× {more}", rounded(ratio)) } else { format!("{}× {less}", rounded(1.0 / ratio)) }
}

/// To three digits.
fn rounded(value: f64) -> String {
    let magnitude = value.abs().max(f64::MIN_POSITIVE).log10().floor();
    let decimals = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(&str, f64)], unit: &str, better: &str) -> Vec<Measurement> {
        let lines = rows
            .iter()
            .map(|(who, value)| json!({ "subject": "s", "who": who, "value": value, "unit": unit, "better": better }));
        let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
        Measurement::from_lines(&lines.join("\n")).unwrap()
    }

    #[test]
    fn others_are_compared_with_the_first_row() {
        let rows = rows(&[("ours", 2.0), ("a", 5.0), ("b", 1.0)], "ms", "lower");
        let table = markdown(&rows, "m");
        assert!(table.contains("| s | ours | 2.00 ms |  |"), "{table}");
        assert!(table.contains("|  | a | 5.00 ms | 2.50× slower |"), "{table}");
        assert!(table.contains("|  | b | 1.00 ms | 2.00× faster |"), "{table}");
        assert!(json(&rows, "m").contains("\"ratio\": 2.5"));
    }

    #[test]
    fn more_throughput_is_faster() {
        let rows = rows(&[("ours", 700.0), ("a", 350.0)], "MB/s", "higher");
        assert_eq!(comparison(&rows[0], &rows[1]), "2.00× slower");
    }

    #[test]
    fn a_target_is_met_up_to_its_bound() {
        let mut rows = rows(&[("ours", 2.0), ("a", 5.0)], "ms", "lower");
        rows[0].target = Some(2.0);
        assert_eq!(comparison(&rows[0], &rows[0]), "target at most 2.00 ms: met");
        rows[0].target = Some(1.5);
        assert_eq!(comparison(&rows[0], &rows[0]), "target at most 1.50 ms: MISSED");
        assert_eq!(comparison(&rows[0], &rows[1]), "2.50× slower");
        rows[0].better = Better::Higher;
        assert_eq!(rows[0].misses_target(), Some(false));
        assert_eq!(rows[1].misses_target(), None);
    }

    #[test]
    fn a_line_that_is_no_row_is_named() {
        let error = Measurement::from_lines("{\"subject\": 1}").unwrap_err().to_string();
        assert_eq!(error, "not a measurement: {\"subject\": 1}");
    }

    #[test]
    fn numbers_have_three_digits() {
        let rounded = [0.001234, 1.234, 12.34, 1234.0].map(rounded);
        assert_eq!(rounded, ["0.00123", "1.23", "12.3", "1234"]);
    }
}
