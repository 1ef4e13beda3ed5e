//! The program `task-api`. Everything it does is in the library, where tests can call it.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut io = task_api_cli::Io::of_process();
    let code = task_api_cli::run(std::env::args_os(), &mut io);
    io.close();
    ExitCode::from(code)
}
