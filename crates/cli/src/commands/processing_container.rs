//! `task-api processing-container`: prints an image's `/processing-container.json`.

use crate::args::ProcessingContainerArgs;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::{DONE, Io};

pub(crate) fn run(args: &ProcessingContainerArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    let engine = access.connect()?.clone();
    let text = access.block_on(engine.processing_container_of(&args.image))?;
    io.out(&text);
    if !text.ends_with('\n') {
        io.out("\n");
    }
    Ok(DONE)
}
