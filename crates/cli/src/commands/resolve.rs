//! `task-api resolve`: prints what a task comes to.

use serde_json::json;

use crate::args::ResolveArgs;
use crate::exit::Failure;
use crate::prepare::{ContainerSource, prepare};
use crate::{DONE, Io};

pub(crate) fn run(args: &ResolveArgs, io: &mut Io) -> Result<u8, Failure> {
    let prepared = prepare(&args.task, &mut ContainerSource::Files, io)?;
    for notice in &prepared.resolution.notices {
        io.warning(notice);
    }
    let value = if args.origins {
        json!({ "taskInstance": prepared.resolution.instance, "origins": prepared.resolution.origins })
    } else {
        json!(prepared.resolution.instance)
    };
    io.out(&format!("{value:#}\n"));
    Ok(DONE)
}
