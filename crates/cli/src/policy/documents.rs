//! The files that a policy consists of: itself, and what its references name. Only files are read.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Retrieve, Uri};
use serde_json::Value;
use task_api_ide::uri;

use super::value;
use crate::load;

const FILE: &str = "file://";

/// The documents by their URIs, without fragments.
#[derive(Debug)]
pub(super) struct Documents(BTreeMap<String, Value>);

/// A schema in one of the documents.
#[derive(Debug, Clone)]
pub(super) struct Place<'p> {
    pub(super) uri: &'p str,
    document: &'p Value,
    pub(super) pointer: String,
    pub(super) schema: &'p Value,
}

impl Documents {
    /// What stands at a URI whose fragment is a JSON Pointer.
    pub(super) fn find(&self, uri: &str) -> Option<Place<'_>> {
        let (document, fragment) = uri.split_once('#').unwrap_or((uri, ""));
        let (uri, document) = self.0.get_key_value(document)?;
        Place { uri, document, pointer: String::new(), schema: document }.at(&uri::decode(fragment)?)
    }

    /// What a `$ref` in the schema at `from` leads to. Anchors are not looked for.
    pub(super) fn follow(&self, from: &Place<'_>, reference: &str) -> Option<Place<'_>> {
        if reference.starts_with('#') || reference.contains("://") {
            let base = if reference.starts_with('#') { from.uri } else { "" };
            return self.find(&format!("{base}{reference}"));
        }
        let (scheme, path) = from.uri.split_once("://")?;
        let mut steps: Vec<&str> = path.split('/').collect();
        steps.pop();
        for step in reference.split('/') {
            match step {
                "." => {}
                ".." => _ = steps.pop(),
                other => steps.push(other),
            }
        }
        self.find(&format!("{scheme}://{}", steps.join("/")))
    }
}

impl<'p> Place<'p> {
    /// What stands at a pointer relative to the document, as this place is.
    fn at(&self, pointer: &str) -> Option<Place<'p>> {
        let schema = self.document.pointer(pointer)?;
        Some(Place { pointer: pointer.to_owned(), schema, ..self.clone() })
    }

    /// What stands one step below.
    pub(super) fn below(&self, segment: &str) -> Option<Place<'p>> {
        let mut pointer = self.pointer.clone();
        task_api_json::push_segment(&mut pointer, segment);
        self.at(&pointer)
    }

    /// What stands one step above: for a keyword, the schema that it is part of.
    pub(super) fn above(&self) -> Option<Place<'p>> {
        self.at(self.pointer.rsplit_once('/')?.0)
    }

    /// The file, where it is one.
    pub(super) fn file(&self) -> Option<PathBuf> {
        Some(PathBuf::from(uri::decode(self.uri.strip_prefix(FILE)?)?))
    }
}

pub(super) fn uri_of(path: &Path) -> String {
    format!("{FILE}{}", uri::encode(&path.to_string_lossy()))
}

/// Reads what references name, and remembers it.
#[derive(Clone)]
pub(super) struct LocalFiles(Arc<State>);

struct State {
    /// The directory of the policy.
    directory: PathBuf,
    /// What `$id` takes for the policy's directory.
    said_directory: Option<String>,
    known: Mutex<BTreeMap<String, Value>>,
}

impl LocalFiles {
    /// Knows the policy itself, which is the file at an absolute path.
    pub(super) fn of(path: &Path, policy: &Value) -> LocalFiles {
        let id = ["$id", "id"].into_iter().find_map(|keyword| policy.get(keyword)?.as_str());
        let id = id.map(|id| id.trim_end_matches('#')).filter(|id| id.contains("://"));
        let said_directory = id.and_then(|id| id.rsplit_once('/')).map(|(directory, _)| format!("{directory}/"));
        let uris = [Some(uri_of(path)), id.map(str::to_owned)];
        let known = uris.into_iter().flatten().map(|uri| (uri, policy.clone())).collect();
        let directory = path.parent().unwrap_or(path).to_owned();
        LocalFiles(Arc::new(State { directory, said_directory, known: Mutex::new(known) }))
    }

    pub(super) fn into_documents(self) -> Documents {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        Documents(std::mem::take(&mut *known))
    }

    fn path_of(&self, uri: &str) -> Option<PathBuf> {
        if let Some(path) = uri.strip_prefix(FILE) {
            return uri::decode(path).map(PathBuf::from);
        }
        let below = uri.strip_prefix(self.0.said_directory.as_deref()?)?;
        Some(self.0.directory.join(uri::decode(below)?))
    }
}

impl Retrieve for LocalFiles {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let uri = uri.as_str().split('#').next().unwrap_or_default();
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(document) = known.get(uri) {
            return Ok(document.clone());
        }
        let path = self.path_of(uri).ok_or("policies are read from files only, nothing is asked from the network")?;
        let document = read(&path)?;
        known.insert(uri.to_owned(), document.clone());
        Ok(document)
    }
}

/// The JSON of a file that a reference names.
fn read(path: &Path) -> Result<Value, String> {
    let loaded = load::read_file(path, path.display().to_string()).map_err(|failure| failure.message)?;
    let tree = loaded.json()?;
    Ok(value::of_node(tree.root(&loaded.text)))
}
