//! `task-api schema`: prints the JSON Schema of a file format.

use task_api_core::schema::schema_text;
use task_api_core::{ApiVersion, Kind, config};

use crate::args::{SchemaArgs, SchemaKind, VersionArg};
use crate::exit::Failure;
use crate::{DONE, Io};

pub(crate) fn run(args: &SchemaArgs, io: &mut Io) -> Result<u8, Failure> {
    let kind = match args.kind {
        SchemaKind::Pc => Kind::ProcessingContainer,
        SchemaKind::Task => Kind::Task,
        SchemaKind::Workflow if args.api_version == VersionArg::Zero => {
            return Err(Failure::usage("workflow.json has no versions: leave --api-version out"));
        }
        SchemaKind::Workflow => Kind::Workflow,
        SchemaKind::Config if args.api_version == VersionArg::Zero => {
            return Err(Failure::usage("task-api.toml has no versions: leave --api-version out"));
        }
        SchemaKind::Config => {
            io.out(config::SCHEMA);
            return Ok(DONE);
        }
    };
    io.out(schema_text(kind, args.api_version.version().unwrap_or(ApiVersion::V1)));
    Ok(DONE)
}
