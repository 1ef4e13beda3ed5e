//! `task-api processing-container`: prints an image's `/processing-container.json`.
use task_api_runner::WantedImage;

use crate::args::{Mode, ProcessingContainerArgs};
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::pull::Pulling;
use crate::{DONE, Io};

pub(crate) fn run(args: &ProcessingContainerArgs, io: &mut Io) -> Result<u8, Failure> {
    if args.mode == Mode::K8s {
        return Err(Failure::usage("images of a cluster cannot be looked into; use `--mode docker`"));
    }
    let mut access = EngineAccess::new(io)?;
    access.connect()?;
    let mut signals = Signals::listen(&access)?;
    let wanted = WantedImage { reference: args.image.clone(), ..WantedImage::default() };
    Pulling::new(args.pull).ensure(&wanted, &mut access, &mut signals, io)?;
    let engine = access.connect()?.clone();
    let text = signals.unless_interrupted(&access, engine.processing_container_of(&args.image))??;
    io.out(&text);
    if !text.ends_with('\n') {
        io.out("\n");
    }
    Ok(DONE)
}
