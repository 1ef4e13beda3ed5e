//! `task-api init`: files to start from. What it writes is valid, builds and runs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use task_api_core::migrate::migrate;
use task_api_core::{ApiVersion, Kind};
use task_api_json::quote;

use crate::args::{InitArgs, ToVersion};
use crate::exit::Failure;
use crate::{DONE, Io};

/// The extension for VS Code writes the same files. `NAME` and `IMAGE` stand for texts as JSON has them.
const CONTAINER: &str = include_str!("init/processing-container.json.template");
const TASK: &str = include_str!("init/task.json.template");
const DOCKERFILE: &str = include_str!("init/Dockerfile.template");
const SCRIPT: &str = include_str!("init/run.sh.template");

pub(crate) fn run(args: &InitArgs, io: &mut Io) -> Result<u8, Failure> {
    let directory = io.absolute(&args.directory);
    fs::create_dir_all(directory.join("data/inputs"))
        .map_err(|error| Failure::usage(format!("cannot make {}: {error}", args.directory.display())))?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => fs::canonicalize(&directory)
            .ok()
            .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .unwrap_or_else(|| "my-algorithm".to_owned()),
    };
    let image = format!("{}:0.1.0", image_name(&name));
    let in_version = |text: String, kind| match args.api_version {
        ToVersion::Zero => text,
        ToVersion::One => migrate(&text, Some(kind), ApiVersion::V1).text.unwrap_or(text),
    };
    let container = in_version(CONTAINER.replace("NAME", &quote(&name)), Kind::ProcessingContainer);
    let task = TASK.replace("NAME", &quote(&name)).replace("IMAGE", &quote(&image));
    let files = [
        ("processing-container.json", container),
        ("task.json", in_version(task, Kind::Task)),
        ("Dockerfile", DOCKERFILE.to_owned()),
        ("run.sh", SCRIPT.to_owned()),
    ];
    let existing: Vec<&str> =
        files.iter().map(|(name, _)| *name).filter(|name| directory.join(name).exists()).collect();
    if !existing.is_empty() {
        let message = format!("{} has {} already; nothing was written", args.directory.display(), existing.join(", "));
        return Err(Failure::usage(message));
    }
    for (name, text) in files {
        write_new(&directory.join(name), &text)?;
        io.out(&format!("wrote {}\n", args.directory.join(name).display()));
    }
    io.err(&format!(
        "next: docker build -t {image} {0}, put items into {0}/data/inputs, then task-api run {0}/task.json --watch\n",
        args.directory.display()
    ));
    Ok(DONE)
}

/// Never writes over a file, not even one that has just appeared.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).open(path);
    written
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display())))
}

/// The name as the repository of an image: lower case, digits, single hyphens.
fn image_name(name: &str) -> String {
    let letters = name.to_ascii_lowercase();
    let parts = letters.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let joined = parts.collect::<Vec<_>>().join("-");
    if joined.is_empty() { "my-algorithm".to_owned() } else { joined }
}
