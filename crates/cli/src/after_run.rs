//! After a run that succeeded: whether its outputs hold what later tasks expect.

use std::path::Path;
use std::sync::Arc;

use task_api_core::Levels;
use task_api_core::data::{self, Channel};
use task_api_core::plan::absolute_path;
use task_api_core::resolve::{self, TaskInstance};

use crate::commands::check_data::frame;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::{Io, Place, listing};

/// Something that the user should know.
enum Remark {
    Warning(String),
    Frame(String),
}

/// Says what is odd about the outputs, and changes nothing else. `directory` is the task file's.
pub(crate) fn check_outputs(
    instance: &TaskInstance,
    directory: &str,
    signals: &mut Signals,
    access: &EngineAccess,
    io: &mut Io,
) -> Result<(), Failure> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let (instance, directory, place, colour) = (instance.clone(), directory.to_owned(), io.place(), io.colour_err);
    // On a thread of its own, which nobody waits for after an interrupt.
    std::thread::spawn(move || sender.send(remarks(&instance, &directory, &place, colour)).is_ok());
    let remarks = signals.unless_interrupted(access, receiver);
    let remarks = remarks
        .map_err(|failure| Failure { message: "interrupted; the outputs are not checked".to_owned(), ..failure })?;
    for remark in remarks.unwrap_or_default() {
        match remark {
            Remark::Warning(words) => io.warning(&words),
            Remark::Frame(frame) => io.err(&frame),
        }
    }
    Ok(())
}

fn remarks(instance: &TaskInstance, directory: &str, place: &Arc<Place>, colour: bool) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut walked = |channel: &resolve::Channel| -> Option<Channel> {
        let path = absolute_path(directory, &channel.host_path);
        let below = Path::new(&path).strip_prefix(&place.directory);
        let shown = below.map_or_else(|_| path.clone(), |below| below.display().to_string());
        let walked = listing::channel(Path::new(&path), &shown);
        let warning = |failure: Failure| Remark::Warning(format!("the outputs were not checked: {}", failure.message));
        walked.map_err(|failure| remarks.push(warning(failure))).ok()
    };
    let inputs: Vec<Channel> = instance.inputs.iter().filter_map(&mut walked).collect();
    if inputs.len() < instance.inputs.len() {
        // Without one of them, every output would seem to be wrong.
        return remarks;
    }
    let outputs: Vec<Channel> = instance.outputs.iter().filter_map(&mut walked).collect();
    for output in outputs {
        let found = data::check(&output, &inputs, &Levels::default()).findings;
        remarks.extend(found.iter().map(|finding| Remark::Frame(frame(finding, colour))));
    }
    remarks
}
