//! Operators that build on `KaapanaBaseOperator`, as tasks of the Task API: a first processing-container.json, the DAG
//! with the new operator, and what is left for a person to do.

mod container;
mod operators;
mod scripts;

use task_api_json::{LineIndex, Span};

use crate::export::airflow_of_plain;
use crate::plain::{Plain, PlainMap, PlainTask, PlainTemplate};

use self::operators::{Found, Operator};

/// A file, as it is called.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// What the operators of a file come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// For each image, by its short name: a processing-container.json.
    pub containers: Vec<(String, String)>,
    /// The DAG with the new operator; why there is none, where a value that it needs is not known.
    pub dag: Result<String, Vec<String>>,
    /// What a person must still do, each in a sentence or two.
    pub todo: Vec<String>,
}

/// Why there is nothing to migrate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MigrationError {
    /// Place and message.
    Syntax(Span, String),
    NoOperator,
}

/// Migrates the operators of a file: those that a DAG in it makes, or else the classes that it defines. `others` are
/// the files of further classes, and the programs that run in the containers.
pub fn migrate(main: Source<'_>, others: &[Source<'_>], module: &str) -> Result<Migration, MigrationError> {
    let parsed = crate::python::parse(main.text);
    if let Some(error) = parsed.errors.first() {
        return Err(MigrationError::Syntax(error.span, error.message.clone()));
    }
    let mut found = operators::find(&parsed, main, others);
    if found.operators.is_empty() {
        return Err(MigrationError::NoOperator);
    }
    container::tell_apart(&mut found.operators);
    let mut todo = found.todo.clone();
    for operator in &found.operators {
        todo.extend(operator.todo.iter().cloned());
    }
    todo.extend(scripts::todo(main, others));
    todo.push(
        "Copy the container file into the image, in its Dockerfile: `COPY processing-container.json \
         /processing-container.json`; then build and push the image."
            .to_owned(),
    );
    todo.push(
        "Let the program read items from the subdirectories of its input channel, and write each result below the same \
         name in its output channel."
            .to_owned(),
    );
    let mut seen = std::collections::HashSet::new();
    todo.retain(|item| seen.insert(item.clone()));
    let dag = airflow_of_plain(&plain(&found), module);
    Ok(Migration { containers: container::files(&found.operators), dag, todo })
}

/// The new DAG, in plain values.
fn plain(found: &Found) -> Plain {
    let task = |operator: &Operator| PlainTask {
        id: operator.id.clone(),
        variable: operator.variable.clone(),
        image: operator.image.clone().unwrap_or_else(|| "TODO".to_owned()),
        template: PlainTemplate::Named(operator.template.clone()),
        env: operator.overrides.clone(),
        command: None,
        resources: None,
        registry: [None, None, None],
        maps: operator
            .inputs
            .iter()
            .filter_map(|input| {
                let upstream = input.upstream?;
                let output = found.operators.get(upstream)?.output.clone();
                Some(PlainMap { upstream, output, input: input.name.clone() })
            })
            .collect(),
        before: operator.before.clone(),
    };
    Plain {
        name: found.dag.clone().unwrap_or_else(|| "my-dag".to_owned()),
        description: None,
        tasks: found.operators.iter().map(task).collect(),
        inputs: Vec::new(),
        containers: Vec::new(),
    }
}

/// `name:line`
fn place(source: Source<'_>, span: Span) -> String {
    format!("{}:{}", source.name, LineIndex::new(source.text).position(span.start).line + 1)
}

#[cfg(test)]
mod tests;
