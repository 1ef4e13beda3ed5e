//! The command line: arguments, files, printing and exit codes.
//!
//! [`run`] does everything that the program does, on streams and surroundings that the caller
//! gives, so that tests run it in process.

mod after_run;
mod args;
mod clean;
mod commands;
mod conf;
mod containers;
mod display;
mod engine;
mod env_file;
mod exit;
mod follow;
mod formats;
mod guard;
mod host;
mod in_order;
mod input;
mod io;
mod listing;
mod live_line;
mod load;
mod measure;
mod memory;
mod outlet;
mod plot;
mod policy;
mod prepare;
mod present;
mod progress;
mod provenance;
mod pull;
mod python_regex;
mod record_place;
#[doc(hidden)]
pub mod render;
mod save;
mod search;
mod settings;
mod subsets;
mod time;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

pub use exit::{CONTAINER_FAILED, DONE, ENGINE_UNREACHABLE, INVALID, KILLED, TIMEOUT, USAGE};
pub use io::{Io, Place};

use args::{Args, Command};

/// Runs the program; the result is the process's exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io) -> u8 {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => return usage(&error, io),
    };
    let result = match args.command {
        Command::Validate(args) => commands::validate::run(&args, io),
        Command::Resolve(args) => commands::resolve::run(&args, io),
        Command::Run(args) => commands::run::run(&args, io),
        Command::Logs(args) => commands::runs::logs(&args, io),
        Command::CheckTaskRun(args) => commands::runs::status(&args, io),
        Command::Stop(args) => commands::runs::stop(&args, io),
        Command::Rm(args) => commands::rm::run(&args, io),
        Command::Ps(args) => commands::runs::ps(&args, io),
        Command::Workflow(args) => commands::workflow::run(&args, io),
        Command::ProcessingContainer(args) => commands::processing_container::run(&args, io),
        Command::Estimate(args) => commands::estimate::run(&args, io),
        Command::Calibrate(args) => commands::calibrate::run(&args, io),
        Command::CheckData(args) => commands::check_data::run(&args, io),
        Command::Migrate(args) => commands::migrate::run(&args, io),
        Command::MigrateOperator(args) => commands::migrate_operator::run(&args, io),
        Command::Fmt(args) => commands::fmt::run(&args, io),
        Command::Init(args) => commands::init::run(&args, io),
        Command::Completions(args) => commands::completions::run(&args, io),
        Command::Explain(args) => commands::explain::run(&args, io),
        Command::Schema(args) => commands::schema::run(&args, io),
        Command::Lsp(args) => commands::lsp::run(&args, io),
    };
    let code = match result {
        Ok(code) => code,
        Err(failure) => {
            io.error(&failure.message);
            // What led to the failure is said; if the output is incomplete as well, so be it.
            let _ = io.flush();
            return failure.code;
        }
    };
    match io.flush() {
        Ok(()) => code,
        // Whoever read our output has had enough: no error.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => code,
        Err(error) => {
            io.error(&format!("cannot write the output: {error}"));
            USAGE
        }
    }
}

fn usage(error: &clap::Error, io: &mut Io) -> u8 {
    let styled = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = if io.colour_out { styled.ansi().to_string() } else { styled.to_string() };
            io.out(&text);
            match io.flush() {
                Ok(()) => DONE,
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => DONE,
                Err(error) => {
                    io.error(&format!("cannot write the output: {error}"));
                    USAGE
                }
            }
        }
        _ => {
            let text = if io.colour_err { styled.ansi().to_string() } else { styled.to_string() };
            io.err(&text);
            USAGE
        }
    }
}
