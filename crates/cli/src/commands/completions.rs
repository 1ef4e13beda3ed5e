//! `task-api completions`: a script for a shell.

use clap::CommandFactory;

use crate::args::{Args, CompletionsArgs};
use crate::exit::Failure;
use crate::{DONE, Io};

pub(crate) fn run(args: &CompletionsArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "task-api", &mut script);
    io.out_bytes(&script);
    Ok(DONE)
}
