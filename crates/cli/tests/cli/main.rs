//! The command line in process: what a user sees of each command, with its exit code, without an
//! engine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers are outside of what clippy takes for tests"
)]

mod changes;
mod check_data;
mod conf;
mod containers;
mod dags;
mod exit_codes;
mod integrations;
mod json_report;
mod measure;
mod policy;
mod regexes;
mod render;
mod reports;
mod resolve;
mod robustness;
mod run_dry;
mod run_options;
mod schema;
mod settings;
mod support;
mod validate;
mod watch;
mod workflow_runs;
mod workflows;
