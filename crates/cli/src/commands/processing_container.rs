//! `task-api processing-container`: prints an image's `/processing-container.json`.

use crate::args::{Mode, ProcessingContainerArgs};
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::{DONE, Io};

pub(crate) fn run(args: &ProcessingContainerArgs, io: &mut Io) -> Result<u8, Failure> {
    if args.mode == Mode::K8s {
        return Err(Failure::usage("images of a cluster cannot be looked into; use `--mode docker`"));
    }
    let text = read(&args.image, io)?;
    io.out(&text);
    if !text.ends_with('\n') {
        io.out("\n");
    }
    Ok(DONE)
}

/// The text of an image's `/processing-container.json`.
pub(crate) fn read(image: &str, io: &Io) -> Result<String, Failure> {
    let mut access = EngineAccess::new(io)?;
    let engine = access.connect()?.clone();
    let mut signals = Signals::listen(&access)?;
    signals.unless_interrupted(&access, engine.processing_container_of(image))?.map_err(Failure::from)
}
