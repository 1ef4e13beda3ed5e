//! The program `task-api`. Everything it does is in the library, where tests can call it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(task_api_cli::run(std::env::args_os(), &mut task_api_cli::Io::of_process()))
}
