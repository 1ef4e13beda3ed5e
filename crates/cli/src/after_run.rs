//! After a run that succeeded: whether its outputs hold what later tasks expect.

use std::path::Path;

use task_api_core::Levels;
use task_api_core::data::{self, Channel};
use task_api_core::plan::absolute_path;
use task_api_core::resolve::{self, TaskInstance};

use crate::commands::check_data::frame;
use crate::{Io, listing};

/// Says what is odd about the outputs, and changes nothing else. `directory` is the task file's.
pub(crate) fn check_outputs(instance: &TaskInstance, directory: &str, io: &mut Io) {
    let inputs: Vec<Channel> = instance.inputs.iter().filter_map(|channel| walked(channel, directory, io)).collect();
    if inputs.len() < instance.inputs.len() {
        // Without one of them, every output would seem to be wrong.
        return;
    }
    for channel in &instance.outputs {
        let Some(output) = walked(channel, directory, io) else { continue };
        for finding in data::check(&output, &inputs, &Levels::default()).findings {
            io.err(&frame(&finding, io.colour_err));
        }
    }
}

fn walked(channel: &resolve::Channel, directory: &str, io: &mut Io) -> Option<Channel> {
    let path = absolute_path(directory, &channel.host_path);
    let shown = Path::new(&path).strip_prefix(&io.directory).map_or_else(|_| path.clone(), |p| p.display().to_string());
    let walked = listing::channel(Path::new(&path), &shown);
    walked.map_err(|failure| io.warning(&format!("the outputs were not checked: {}", failure.message))).ok()
}
