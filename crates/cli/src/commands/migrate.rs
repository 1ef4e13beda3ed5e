//! `task-api migrate`: moves a file to the other version of the format.

use task_api_core::migrate::migrate;
use task_api_core::{ApiVersion, CheckOptions, Kind, check};

use crate::args::{MigrateArgs, ToVersion};
use crate::exit::Failure;
use crate::{DONE, INVALID, Io, load, save};

pub(crate) fn run(args: &MigrateArgs, io: &mut Io) -> Result<u8, Failure> {
    let to = match args.to {
        ToVersion::Zero => ApiVersion::V0,
        ToVersion::One => ApiVersion::V1,
    };
    let loaded = load::load(&args.file, io)?;
    let name = &loaded.name;
    let kind = args.schema.kind().or_else(|| Kind::of_file_name(name));
    let before = check(&loaded.text, &CheckOptions { kind, schema_only: true, ..CheckOptions::default() });
    if before.kind == Kind::Workflow {
        return Err(Failure::usage(format!(
            "{name} is a workflow, which has no versions: move its containers and tasks"
        )));
    }
    if loaded.broken_utf8 || !before.is_valid() || before.version.is_none() {
        let message = format!("{name} is invalid and cannot be moved; `task-api validate --schema-only` says why");
        return Err(Failure::invalid(message));
    }
    let migration = migrate(&loaded.text, kind, to);
    if args.check {
        return Ok(if migration.from == to { DONE } else { INVALID });
    }
    for note in &migration.notes {
        let words = format!("{name}: {}: {}", note.pointer, note.message);
        if note.prevents { io.error(&words) } else { io.warning(&words) }
    }
    let Some(text) = migration.text else {
        return Err(Failure::invalid(format!("{name} has no form in version {}; nothing was changed", to.number())));
    };
    if args.diff {
        io.out(&save::diff(name, &loaded.text, &text));
    } else if args.write && args.file.as_os_str() != "-" {
        if text != loaded.text {
            save::replace(&io.absolute(&args.file), &loaded, &text)?;
        }
        io.err(&format!("{name} has version {}\n", to.number()));
    } else {
        io.out(&text);
    }
    Ok(DONE)
}
