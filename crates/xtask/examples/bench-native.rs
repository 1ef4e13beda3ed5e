//! The rows of `cargo xtask bench` that are measured inside one native process. Each is printed as
//! one line of JSON, which xtask collects.
//!
//! A subject is one call of [`throughput`] in `main`.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use task_api_core::diagnostic::Severity;
use task_api_core::schema::schema_text;
use task_api_core::{ApiVersion, CheckOptions, Kind, check};

const ROUNDS: usize = 5;
const TIME_PER_ROUND: Duration = Duration::from_millis(500);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().cloned().unwrap_or_default();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("usage: bench-native FILE; cannot read `{path}`: {error}");
            std::process::exit(2);
        }
    };
    let only = arguments.get(1).map(String::as_str);
    throughput(
        "parse 1 MB of JSON, native",
        (&path, &text),
        only,
        &[
            ("task-api-json (spanned tree)", &|text| task_api_json::parse(text).errors().len()),
            ("serde_json::Value (objects)", &|text| {
                usize::from(serde_json::from_str::<serde_json::Value>(text).is_err())
            }),
        ],
    );
    let schema = serde_json::from_str(schema_text(Kind::ProcessingContainer, ApiVersion::V0));
    let validator = schema.ok().and_then(|schema: serde_json::Value| jsonschema::validator_for(&schema).ok());
    let Some(validator) = validator else {
        eprintln!("the schema does not compile");
        std::process::exit(1);
    };
    throughput(
        "validate 1 MB, native",
        (&path, &text),
        only,
        &[
            ("task-api-core (every rule, positions)", &|text| {
                check(text, &CheckOptions::default()).count(Severity::Error)
            }),
            ("task-api-core (contract only, positions)", &|text| {
                let options = CheckOptions { schema_only: true, ..CheckOptions::default() };
                check(text, &options).count(Severity::Error)
            }),
            ("serde_json and jsonschema (contract only)", &|text| {
                let value = serde_json::from_str::<serde_json::Value>(text);
                usize::from(!value.is_ok_and(|value| validator.is_valid(&value)))
            }),
        ],
    );
}

/// Who, and what they do with a text. Returns the number of errors met, which must be none: a
/// parser that gives up early is fast.
type Competitor<'a> = (&'a str, &'a dyn Fn(&str) -> usize);

/// Prints a row in MB/s for each; ours is the first.
///
/// Each is measured in processes of its own (which are given `only`), which take turns. In one
/// process they would share a heap, and what one frees decides what the next pays for its memory.
fn throughput(subject: &str, file: (&str, &str), only: Option<&str>, competitors: &[Competitor]) {
    let (path, text) = file;
    if let Some(only) = only {
        for (_, work) in competitors.iter().filter(|(who, _)| *who == only) {
            assert_eq!(work(text), 0, "{only} met errors in the benchmark's own input");
            println!("{}", fastest(text, work));
        }
        return;
    }
    let mut rounds = vec![Vec::new(); competitors.len()];
    for _ in 0..ROUNDS {
        for ((who, _), seconds) in competitors.iter().zip(&mut rounds) {
            seconds.push(in_own_process(path, who));
        }
    }
    for ((who, _), seconds) in competitors.iter().zip(rounds) {
        let seconds = seconds.into_iter().fold(f64::INFINITY, f64::min);
        let value = text.len() as f64 / 1e6 / seconds;
        let row = json!({
            "subject": subject, "who": who, "value": value, "unit": "MB/s", "better": "higher",
        });
        println!("{row}");
    }
}

/// glibc is told to keep freed memory: else each call of a parser with many small allocations pays
/// for the same pages again, and the kernel is measured.
fn in_own_process(path: &str, who: &str) -> f64 {
    let measured = std::env::current_exe().and_then(|this| {
        let keep = "1000000000";
        let mut command = Command::new(this);
        command.env("MALLOC_TRIM_THRESHOLD_", keep).env("MALLOC_MMAP_THRESHOLD_", keep);
        command.args([path, who]).output()
    });
    let text = measured.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.ok().and_then(|text| text.trim().parse().ok()).unwrap_or_else(|| {
        eprintln!("{who} could not be measured");
        std::process::exit(1);
    })
}

/// The time of the fastest call, in seconds. Whatever else runs on the machine only ever adds to a
/// time, and more to a long call, which is interrupted, than to a short one: on a busy machine the
/// median made a parser look four times slower than it is.
fn fastest(text: &str, work: &dyn Fn(&str) -> usize) -> f64 {
    let start = Instant::now();
    let mut best = Duration::MAX;
    while start.elapsed() < TIME_PER_ROUND {
        let start = Instant::now();
        black_box(work(black_box(text)));
        best = best.min(start.elapsed());
    }
    best.as_secs_f64()
}
