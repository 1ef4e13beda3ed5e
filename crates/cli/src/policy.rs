//! `--policy`: a site's own JSON Schema, to which files are held beside the contract.

mod documents;
mod unknown;
mod value;
mod violations;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ReferencingError, ValidationError, Validator};
use serde_json::Value;
use task_api_core::diagnostic::Diagnostic;
use task_api_core::rules::policy_violation::RULE;
use task_api_core::{Kind, Parsed};
use task_api_json::{LineIndex, Tree};

use crate::containers::shown;
use crate::exit::Failure;
use crate::load::{self, Loaded};
use documents::{Documents, LocalFiles, Place};
use violations::Violations;

/// The keyword that says which kind of file a policy is for.
const KIND: &str = "x-task-api-kind";

/// A schema that is ready to be held against files. Threads may share it.
#[derive(Debug)]
pub(crate) struct Policy {
    /// As the user named it.
    name: String,
    path: PathBuf,
    uri: String,
    /// The one kind of file that it is for.
    kind: Option<Kind>,
    validator: Validator,
    documents: Documents,
}

impl Policy {
    /// Reads a schema and all that it refers to. `path` may be relative to `directory`.
    pub(crate) fn load(path: &Path, directory: &Path) -> Result<Policy, Failure> {
        let name = path.display().to_string();
        let path = std::path::absolute(directory.join(path)).unwrap_or_else(|_| directory.join(path));
        let loaded = load::read_file(&path, name.clone())?;
        let tree = loaded.json().map_err(|reason| Failure::usage(format!("the policy {reason}")))?;
        let schema = value::of_node(tree.root(&loaded.text));
        let refuse = |reason: String| Failure::usage(format!("the policy {name} {reason}"));
        if !(schema.is_object() || schema.is_boolean()) {
            return Err(refuse("is no JSON Schema: that is an object".to_owned()));
        }
        let kind = kind_of(&schema).map_err(refuse)?;
        check_draft(&schema).map_err(refuse)?;
        let files = LocalFiles::of(&path, &schema);
        let uri = documents::uri_of(&path);
        let options = jsonschema::options()
            .with_base_uri(uri.clone())
            .should_validate_formats(true)
            .with_retriever(files.clone());
        let built = options.build(&schema).map_err(|error| invalid_schema(&error, &loaded, &tree));
        let validator = built.map_err(|reason| Failure::usage(format!("the policy {reason}")))?;
        Ok(Policy { name, path, uri, kind, validator, documents: files.into_documents() })
    }

    /// What the policy does not allow in a file of JSON.
    fn check(&self, value: &Value, tree: &Tree, text: &str) -> Vec<Diagnostic> {
        let mut violations = Violations::of(self, tree.root(text));
        for error in self.validator.iter_errors(value) {
            violations.add(&error);
        }
        violations.into_diagnostics()
    }

    /// A file of the policy as the user would name it.
    fn shown(&self, place: &Place<'_>) -> String {
        let Some(file) = place.file() else { return place.uri.to_owned() };
        if file == self.path {
            return self.name.clone();
        }
        let below = self.path.parent().and_then(|directory| file.strip_prefix(directory).ok());
        match (below, Path::new(&self.name).parent()) {
            (Some(below), Some(directory)) => directory.join(below).display().to_string(),
            _ => file.display().to_string(),
        }
    }
}

/// Policies by their absolute paths, each read once. Threads share them.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    read: Mutex<HashMap<PathBuf, Arc<Policy>>>,
}

impl Policies {
    pub(crate) fn get(&self, path: &Path, place: &crate::Place) -> Result<Arc<Policy>, Failure> {
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = known().get(path) {
            return Ok(Arc::clone(policy));
        }
        let policy = Arc::new(Policy::load(Path::new(&shown(path, &place.directory)), &place.directory)?);
        Ok(Arc::clone(known().entry(path.to_owned()).or_insert(policy)))
    }
}

/// What the policies do not allow in a file. Text that is not JSON has errors enough.
pub(crate) fn check<'p>(policies: impl IntoIterator<Item = &'p Policy>, parsed: &Parsed<'_>) -> Vec<Diagnostic> {
    let tree = parsed.root.tree();
    let mut policies = policies.into_iter().filter(|policy| policy.kind.is_none_or(|kind| kind == parsed.kind));
    let Some(first) = policies.next().filter(|_| !tree.has_template_blocks() && tree.is_valid()) else {
        return Vec::new();
    };
    let value = value::of_node(parsed.root);
    let check = |policy: &Policy| policy.check(&value, tree, parsed.root.text());
    std::iter::once(first).chain(policies).flat_map(check).collect()
}

fn kind_of(schema: &Value) -> Result<Option<Kind>, String> {
    let Some(kind) = schema.get(KIND) else { return Ok(None) };
    let kinds = [Kind::Task, Kind::ProcessingContainer, Kind::Workflow];
    match kinds.into_iter().find(|known| kind.as_str() == Some(known.name())) {
        Some(kind) => Ok(Some(kind)),
        None => {
            Err(format!("has {kind} as its `{KIND}`, which must be \"task\", \"processing-container\" or \"workflow\""))
        }
    }
}

fn check_draft(schema: &Value) -> Result<(), String> {
    let Some(named) = schema.get("$schema") else { return Ok(()) };
    if named.is_string() && Draft::default().detect(schema) != Draft::Unknown {
        return Ok(());
    }
    Err(format!(
        "has a `$schema` that is not known, {named}; known are the drafts 04, 06, 07, 2019-09 and 2020-12, such as \
         \"https://json-schema.org/draft/2020-12/schema\""
    ))
}

fn invalid_schema(error: &ValidationError<'_>, loaded: &Loaded, tree: &Tree) -> String {
    let name = &loaded.name;
    if let ValidationErrorKind::Referencing(error) = error.kind() {
        return match error {
            ReferencingError::Unretrievable { uri, source } => format!("{name} refers to {uri}: {source}"),
            other => format!("{name} has a reference that leads nowhere: {other}"),
        };
    }
    let root = tree.root(&loaded.text);
    let node = root.resolve(error.instance_path().as_str()).unwrap_or(root);
    let place = LineIndex::new(&loaded.text).position(node.span().start);
    let pointer = node.pointer();
    let at = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
    format!("{name}:{}:{}: is no JSON Schema{at}: {error}", place.line + 1, place.character + 1)
}

#[cfg(test)]
mod tests;
