//! The workflow that a command is about, out of a workflow.json or a DAG, and where what is made of it goes.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use task_api_core::workflow::{Workflow, known};
use task_api_dag::DagFile;
use task_api_json::{LineIndex, Span};

use crate::Io;
use crate::exit::Failure;
use crate::load::{self, Loaded};
use crate::search::is_python;

/// A Python file and the one of its DAGs that is meant.
pub(super) struct Dag {
    pub(super) loaded: Loaded,
    pub(super) file: DagFile,
    pub(super) workflow: Workflow,
}

/// Reads a workflow.json or a DAG.
pub(super) fn workflow(path: &Path, dag: Option<&str>, io: &mut Io) -> Result<Workflow, Failure> {
    if is_python(path) {
        let dag = read_dag(path, dag, io)?;
        tell_errors(&dag, io);
        return match dag.file.errors.is_empty() {
            true => Ok(dag.workflow),
            false => Err(Failure::invalid(format!("{} is not Python", dag.loaded.name))),
        };
    }
    if dag.is_some() {
        return Err(Failure::usage("--dag is for Python files: a workflow.json is one workflow"));
    }
    let loaded = load::load(path, io)?;
    let tree = loaded.json().map_err(Failure::invalid)?;
    let root = tree.root(&loaded.text);
    if root.get("tasks").is_none() {
        return Err(Failure::invalid(format!("{} is no workflow: it has no `tasks`", loaded.name)));
    }
    Ok(Workflow::read(root))
}

/// Reads a DAG.
pub(super) fn read_dag(path: &Path, wanted: Option<&str>, io: &mut Io) -> Result<Dag, Failure> {
    let loaded = load::load(path, io)?;
    let name = &loaded.name;
    if loaded.broken_utf8 {
        return Err(Failure::invalid(format!("{name} is not UTF-8")));
    }
    let file = task_api_dag::read(&loaded.text);
    let id = |workflow: &Workflow| known(&workflow.name).map(|(name, _)| name.to_owned());
    let names: Vec<String> =
        file.workflows.iter().map(|workflow| id(workflow).map_or("?".into(), |id| format!("`{id}`"))).collect();
    let workflow = match (wanted, &file.workflows[..]) {
        (None, [only]) => only.clone(),
        (None, []) => {
            tell_syntax(&loaded, &file, io);
            return Err(Failure::invalid(format!("{name} has no DAG in it that can be read")));
        }
        (None, _) => {
            let message = format!("{name} has several DAGs; say which with --dag: {}", names.join(", "));
            return Err(Failure::usage(message));
        }
        (Some(wanted), all) => match all.iter().find(|workflow| id(workflow).as_deref() == Some(wanted)) {
            Some(found) => found.clone(),
            None => {
                let message = format!("{name} has no DAG `{wanted}`; it has {}", names.join(", "));
                return Err(Failure::usage(message));
            }
        },
    };
    Ok(Dag { loaded, file, workflow })
}

/// Prints why a file is no Python.
pub(super) fn tell_errors(dag: &Dag, io: &mut Io) {
    tell_syntax(&dag.loaded, &dag.file, io);
}

fn tell_syntax(loaded: &Loaded, file: &DagFile, io: &mut Io) {
    for error in &file.errors {
        io.error(&at(loaded, error.span, &error.message));
    }
}

/// `name:line:column: message`
pub(super) fn at(loaded: &Loaded, span: Span, message: &str) -> String {
    let position = LineIndex::new(&loaded.text).position(span.start);
    format!("{}:{}:{}: {message}", loaded.name, position.line + 1, position.character + 1)
}

/// Prints a text, or writes it into a file; over one that is there only with `force`.
pub(crate) fn write(text: &str, output: Option<&Path>, force: bool, io: &mut Io) -> Result<(), Failure> {
    let Some(path) = output else {
        io.out(text);
        return Ok(());
    };
    let mut options = OpenOptions::new();
    match force {
        true => options.write(true).create(true).truncate(true),
        false => options.write(true).create_new(true),
    };
    let written = options.open(io.absolute(path)).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "it is there already; --force writes over it".to_owned(),
            _ => load::error_in_words(&error),
        };
        Failure::usage(format!("cannot write {}: {reason}", path.display()))
    })?;
    io.err(&format!("wrote {}\n", path.display()));
    Ok(())
}
