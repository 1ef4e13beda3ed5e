//! `task-api workflow`: tasks whose inputs are the outputs of other tasks, on this machine.

mod content;
mod dry_run;
mod export;
mod import;
mod items;
mod job;
mod names;
mod read;
mod record;
mod resume;
mod run;
mod runs;
mod schedule;
mod show;
mod source;

use crate::Io;
use crate::args::{WorkflowArgs, WorkflowCommand};
use crate::exit::Failure;

pub(crate) use source::write;

pub(crate) fn run(args: &WorkflowArgs, io: &mut Io) -> Result<u8, Failure> {
    match &args.command {
        WorkflowCommand::Run(args) if args.dry_run => dry_run::run(args, io),
        WorkflowCommand::Run(args) => run::run(args, io),
        WorkflowCommand::Status(args) => runs::status(args, io),
        WorkflowCommand::Logs(args) => runs::logs(args, io),
        WorkflowCommand::Stop(args) => runs::stop(args, io),
        WorkflowCommand::Import(args) => import::run(args, io),
        WorkflowCommand::Export(args) => export::run(args, io),
    }
}
