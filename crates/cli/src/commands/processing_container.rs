//! `task-api processing-container`: prints an image's `/processing-container.json`.

use task_api_runner::WantedImage;

use crate::args::{Mode, ProcessingContainerArgs, PullArg};
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::pull::Pulling;
use crate::{DONE, Io};

pub(crate) fn run(args: &ProcessingContainerArgs, io: &mut Io) -> Result<u8, Failure> {
    if args.mode == Mode::K8s {
        return Err(Failure::usage("images of a cluster cannot be looked into; use `--mode docker`"));
    }
    let text = read(&args.image, args.pull, io)?;
    io.out(&text);
    if !text.ends_with('\n') {
        io.out("\n");
    }
    Ok(DONE)
}

/// The text of an image's `/processing-container.json`.
pub(crate) fn read(image: &str, pull: PullArg, io: &mut Io) -> Result<String, Failure> {
    let mut access = EngineAccess::new(io)?;
    access.connect()?;
    let mut signals = Signals::listen(&access)?;
    let wanted = WantedImage { reference: image.to_owned(), ..WantedImage::default() };
    Pulling::new(pull).ensure(&wanted, &mut access, &mut signals, io)?;
    access.processing_container_of(image, &mut signals)
}
