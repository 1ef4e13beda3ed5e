//! `task-api migrate-operator`: from `KaapanaBaseOperator` to tasks of the Task API.

use std::path::Path;

use task_api_dag::{Migration, MigrationError, OPERATOR_MODULE, Source};
use task_api_json::LineIndex;

use super::workflow::write;
use crate::args::MigrateOperatorArgs;
use crate::exit::Failure;
use crate::load::{self, Loaded};
use crate::{DONE, INVALID, Io};

pub(crate) fn run(args: &MigrateOperatorArgs, io: &mut Io) -> Result<u8, Failure> {
    let main = load::load(&args.file, io)?;
    let others = args.with.iter().map(|path| load::load(path, io)).collect::<Result<Vec<_>, _>>()?;
    if let Some(broken) = std::iter::once(&main).chain(&others).find(|loaded| loaded.broken_utf8) {
        return Err(Failure::invalid(format!("{} is not UTF-8", broken.name)));
    }
    let sources: Vec<Source<'_>> = others.iter().map(source).collect();
    let migration = task_api_dag::migrate(source(&main), &sources, OPERATOR_MODULE).map_err(|error| match error {
        MigrationError::Syntax(span, message) => {
            let place = LineIndex::new(&main.text).position(span.start);
            Failure::invalid(format!("{}:{}:{}: {message}", main.name, place.line + 1, place.character + 1))
        }
        MigrationError::NoOperator => {
            let message = "has no operator that builds on KaapanaBaseOperator; give the files of its classes by --with";
            Failure::invalid(format!("{} {message}", main.name))
        }
    })?;
    let files = files(&migration);
    match &args.output {
        Some(directory) => write_all(&files, directory, io)?,
        None => {
            for (name, text) in &files {
                io.out(&format!("# {name}\n\n{text}\n"));
            }
        }
    }
    let Err(problems) = &migration.dag else { return Ok(DONE) };
    for problem in problems {
        io.error(problem);
    }
    Ok(INVALID)
}

fn source(loaded: &Loaded) -> Source<'_> {
    Source { name: &loaded.name, text: &loaded.text }
}

/// The files by their names.
fn files(migration: &Migration) -> Vec<(String, String)> {
    const CONTAINER: &str = "processing-container.json";
    let mut files: Vec<(String, String)> = match &migration.containers[..] {
        [(_, only)] => vec![(CONTAINER.to_owned(), only.clone())],
        several => several.iter().map(|(name, text)| (format!("{name}/{CONTAINER}"), text.clone())).collect(),
    };
    files.extend(migration.dag.iter().map(|dag| ("dag.py".to_owned(), dag.clone())));
    let todo: String = migration.todo.iter().map(|item| format!("- [ ] {item}\n")).collect();
    files.push(("TODO.md".to_owned(), todo));
    files
}

fn write_all(files: &[(String, String)], directory: &Path, io: &mut Io) -> Result<(), Failure> {
    let existing: Vec<&str> = files
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| io.absolute(&directory.join(name)).exists())
        .collect();
    if !existing.is_empty() {
        let message = format!("{} has {} already; nothing was written", directory.display(), existing.join(", "));
        return Err(Failure::usage(message));
    }
    for (name, text) in files {
        let path = directory.join(name);
        if let Some(parent) = io.absolute(&path).parent() {
            std::fs::create_dir_all(parent)
                .map_err(|error| Failure::usage(format!("cannot make {}: {error}", parent.display())))?;
        }
        write(text, Some(&path), false, io)?;
    }
    Ok(())
}
