//! The rows of `cargo xtask bench` that are measured inside one native process. Each is printed as
//! one line of JSON, which xtask collects.
//!
//! A row is one call of [`throughput`] in `main`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;

const TIME_PER_ROW: Duration = Duration::from_millis(1500);

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("usage: bench-native FILE; cannot read `{path}`: {error}");
            std::process::exit(2);
        }
    };
    let parse = "parse 1 MB of JSON, native";
    throughput(parse, "task-api-json", &text, |text| task_api_json::parse(text).errors().len());
    throughput(parse, "serde_json::Value", &text, |text| {
        usize::from(serde_json::from_str::<serde_json::Value>(text).is_err())
    });
}

/// Prints a row in MB/s. `work` returns the number of errors it met, which must be none: a parser
/// that gives up early is fast.
fn throughput(subject: &str, who: &str, text: &str, work: impl Fn(&str) -> usize) {
    assert_eq!(work(text), 0, "{who} met errors in the benchmark's own input");
    let seconds = median(|| {
        black_box(work(black_box(text)));
    });
    let value = text.len() as f64 / 1e6 / seconds;
    let row = json!({
        "subject": subject, "who": who, "value": value, "unit": "MB/s", "better": "higher",
    });
    println!("{row}");
}

/// In seconds.
fn median(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < TIME_PER_ROW || times.len() < 11 {
        let start = Instant::now();
        work();
        times.push(start.elapsed());
    }
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
