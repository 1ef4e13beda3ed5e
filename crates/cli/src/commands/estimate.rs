//! `task-api estimate`: measures the inputs, and prints what scale rules and limits come to.

use task_api_core::plan::{Host, plan};
use task_api_core::quantity::human_bytes;
use task_api_core::scale::Target;

use crate::args::TaskArgs;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::prepare::{ContainerSource, prepare};
use crate::{DONE, Io, host, measure};

pub(crate) fn run(args: &TaskArgs, io: &mut Io) -> Result<u8, Failure> {
    let prepared = prepare(args, &mut ContainerSource::Files, io)?;
    let directory = prepared.directory_text()?;
    let instance = &prepared.resolution.instance;
    host::check_inputs(instance, &directory)?;
    // No engine is asked: it is where the measuring threads are waited for.
    let access = EngineAccess::new(io)?;
    let inputs = measure::inputs(instance, &directory, &access, &mut Signals::listen(&access)?, io)?;
    for channel in &inputs.channels {
        io.out(&format!("input {}: {} in {} files\n", channel.channel, human_bytes(channel.bytes), channel.files));
    }
    let around = Host { task_directory: directory, sizes: inputs.sizes, ..Host::default() };
    let plan = plan(instance, &around).map_err(|error| Failure::invalid(error.to_string()))?;
    for estimate in &plan.estimates {
        let target = match estimate.target {
            Target::Limit => "limit",
            Target::Request => "request",
        };
        let (law, size, memory) = (&estimate.law, human_bytes(estimate.size), human_bytes(estimate.memory));
        io.out(&format!(
            "rule of {}: {law} with n = {size} asks for a memory {target} of {memory}\n",
            estimate.channel
        ));
    }
    let resources = &plan.spec.resources;
    let or_none = |bytes: Option<u64>| bytes.map_or_else(|| "none".to_owned(), human_bytes);
    io.out(&format!("memory limit: {}\n", or_none(resources.memory_limit)));
    io.out(&format!("memory request: {}\n", or_none(resources.memory_request)));
    Ok(DONE)
}
