//! The command line in process: what a user sees of each command, with its exit code, without an
//! engine.

mod exit_codes;
mod json_report;
mod resolve;
mod run_dry;
mod schema;
mod support;
mod validate;
