//! `task-api workflow`: tasks whose inputs are the outputs of other tasks.

mod export;
mod import;
mod source;

use crate::Io;
use crate::args::{WorkflowArgs, WorkflowCommand};
use crate::exit::Failure;

pub(crate) use source::write;

pub(crate) fn run(args: &WorkflowArgs, io: &mut Io) -> Result<u8, Failure> {
    match &args.command {
        WorkflowCommand::Import(args) => import::run(args, io),
        WorkflowCommand::Export(args) => export::run(args, io),
    }
}
