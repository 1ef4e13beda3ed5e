//! One document: its text, and what is made of it when it is first asked for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use task_api_core::config::{self, Reading};
use task_api_core::{ApiVersion, Kind, version};
use task_api_json::{LineIndex, Node, Span, Tree};

use crate::diagnostics::KeptCheck;

/// What a document is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// One of the files of the contract.
    Contract(Kind),
    /// A task-api.toml.
    Settings,
    /// A Dockerfile, which may copy a processing-container.json into an image.
    Dockerfile,
    /// Python, which may be a DAG file.
    Dag,
    /// A file that only some other names.
    Other,
}

#[derive(Debug)]
pub struct Document {
    uri: Arc<str>,
    role: Role,
    text: String,
    tree: OnceLock<Tree>,
    lines: OnceLock<LineIndex>,
    version: OnceLock<ApiVersion>,
    settings: OnceLock<Reading>,
    /// Never that of another text, of this document or of another.
    revision: u64,
    pub(crate) kept_check: Mutex<Option<KeptCheck>>,
    /// Its absolute directory on this machine, where it has one.
    pub(crate) directory: Option<String>,
    /// The version that it is read in, where that is not what it tells.
    pub(crate) wanted_version: Option<ApiVersion>,
    /// An editor shows it, so that its text is the editor's and not the disk's.
    pub(crate) is_open: bool,
}

impl Document {
    pub fn new(uri: impl Into<Arc<str>>, role: Role, text: String) -> Document {
        Document {
            uri: uri.into(),
            role,
            text,
            tree: OnceLock::new(),
            lines: OnceLock::new(),
            version: OnceLock::new(),
            settings: OnceLock::new(),
            revision: next_revision(),
            kept_check: Mutex::default(),
            directory: None,
            wanted_version: None,
            is_open: false,
        }
    }

    pub fn uri(&self) -> &Arc<str> {
        &self.uri
    }

    pub fn role(&self) -> Role {
        self.role
    }

    /// The kind of a file of the contract.
    pub fn kind(&self) -> Option<Kind> {
        match self.role {
            Role::Contract(kind) => Some(kind),
            Role::Settings | Role::Dockerfile | Role::Dag | Role::Other => None,
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_open(&self) -> bool {
        self.is_open
    }

    pub fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| task_api_json::parse(&self.text))
    }

    /// The topmost value of the document, read as JSON.
    pub fn root(&self) -> Node<'_> {
        self.tree().root(&self.text)
    }

    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The version of the format that a file of the contract has.
    pub fn version(&self) -> ApiVersion {
        let detected = || version::detect_version(self.root(), self.kind().unwrap_or(Kind::Task));
        *self.version.get_or_init(|| self.wanted_version.unwrap_or_else(detected))
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// A task-api.toml, read.
    pub(crate) fn settings(&self) -> &Reading {
        self.settings.get_or_init(|| config::read(&self.text))
    }

    /// Puts `new_text` in the place of a span. A span that does not fit the text changes nothing, and that is said.
    #[must_use]
    pub fn replace(&mut self, span: Span, new_text: &str) -> bool {
        if self.text.get(span.range()).is_none() {
            return false;
        }
        self.text.replace_range(span.range(), new_text);
        let new = Span::new(span.start, span.start + new_text.len() as u32);
        let lines = self.lines.take();
        self.forget();
        if let Some(mut lines) = lines {
            lines.replace(span, new, &self.text);
            self.lines = lines.into();
        }
        true
    }

    pub fn set_text(&mut self, text: String) {
        self.text = text;
        self.forget();
    }

    fn forget(&mut self) {
        self.tree.take();
        self.lines.take();
        self.version.take();
        self.settings.take();
        self.revision = next_revision();
    }
}

fn next_revision() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}
