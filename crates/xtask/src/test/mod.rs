//! `cargo xtask test`: everything CI checks, as steps that are timed and summed up at the end.
//!
//! A step that fails does not stop the others, except those that need what it makes. A missing
//! component is a failure, never a skip.

mod closing;
#[cfg(test)]
mod documents;
mod steps;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::process::{Result, failure, say};

use steps::STEPS;

/// One check.
struct Step {
    name: &'static str,
    summary: &'static str,
    /// Steps whose results this one uses; they run first, also when only this one is asked for.
    needs: &'static [&'static str],
    run: fn(&mut Context) -> Result<()>,
}

/// What steps leave for later ones.
#[derive(Default)]
struct Context {
    engine: Option<Engine>,
    /// The closing lines of the test runners, repeated at the very end.
    closing_lines: Vec<String>,
}

enum Verdict {
    Passed,
    Failed(String),
    NotRun(&'static str),
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if arguments == ["--list"] {
        for step in STEPS {
            println!("{:<10}{}", step.name, step.summary);
        }
        return Ok(());
    }
    let wanted = selection(arguments)?;
    let mut context = Context::default();
    let mut results: Vec<(&Step, Verdict, Duration)> = Vec::new();
    for step in STEPS.iter().filter(|step| wanted.contains(step.name)) {
        let start = Instant::now();
        let failed = results.iter().filter(|(_, verdict, _)| !matches!(verdict, Verdict::Passed));
        let missing = failed.map(|(step, ..)| step.name).find(|name| step.needs.contains(name));
        let verdict = match missing {
            Some(name) => Verdict::NotRun(name),
            None => {
                say(&format!("\n=== {}: {}", step.name, step.summary));
                match (step.run)(&mut context) {
                    Ok(()) => Verdict::Passed,
                    Err(error) => {
                        say(&format!("error: {error}"));
                        Verdict::Failed(error.to_string())
                    }
                }
            }
        };
        results.push((step, verdict, start.elapsed()));
    }
    let Context { engine, closing_lines } = context;
    drop(engine);
    summarise(&results, &closing_lines)
}

/// The steps asked for (all, if none is), with those they need.
fn selection(arguments: &[String]) -> Result<BTreeSet<&'static str>> {
    let mut open: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if open.is_empty() {
        open = STEPS.iter().map(|step| step.name).collect();
    }
    let mut wanted = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(step) = STEPS.iter().find(|step| step.name == name) else {
            let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            return failure(format!("there is no step `{name}`: {}", names.join(", ")));
        };
        if wanted.insert(step.name) {
            open.extend(step.needs);
        }
    }
    Ok(wanted)
}

fn summarise(results: &[(&Step, Verdict, Duration)], closing_lines: &[String]) -> Result<()> {
    println!("\n=== summary");
    let mut failed = 0;
    for (step, verdict, time) in results {
        let words = match verdict {
            Verdict::Passed => "passed".to_owned(),
            Verdict::Failed(error) => {
                failed += 1;
                format!("FAILED: {}", error.lines().next().unwrap_or_default())
            }
            Verdict::NotRun(name) => {
                failed += 1;
                format!("NOT RUN: it needs `{name}`")
            }
        };
        println!("{:<10}{:>8.1} s  {words}", step.name, time.as_secs_f64());
    }
    let total: Duration = results.iter().map(|(.., time)| *time).sum();
    println!("{:<10}{:>8.1} s  {} of {} steps", "total", total.as_secs_f64(), results.len() - failed, results.len());
    for line in closing_lines {
        println!("{line}");
    }
    if failed == 0 { Ok(()) } else { failure(format!("{failed} of {} steps failed", results.len())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Vec<&'static str> {
        let arguments: Vec<String> = arguments.iter().map(|&name| name.to_owned()).collect();
        selection(&arguments).unwrap().into_iter().collect()
    }

    #[test]
    fn a_step_brings_what_it_needs() {
        assert_eq!(names(&["node"]), ["node", "package"]);
        assert_eq!(names(&[]).len(), STEPS.len());
    }

    #[test]
    fn what_a_step_needs_comes_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(STEPS[..index].iter().any(|earlier| earlier.name == *need), "{need}");
            }
        }
    }

    #[test]
    fn an_unknown_step_is_an_error_that_lists_the_known() {
        let error = selection(&["clipy".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("there is no step `clipy`: format, clippy"), "{error}");
    }
}
