//! Documents that come, change and go: what the client shows, and what is on the disk.

use std::collections::HashSet;
use std::sync::Arc;

use ls_types::{MessageType, Position, SemanticToken, Uri};
use task_api_core::Kind;
use task_api_core::config::FILE_NAME as SETTINGS_NAME;
use task_api_ide::{Document, Facts, Role, Span};

use crate::abilities::kind_of_language;
use crate::params::{Change, Changed, Opened};
use crate::state::State;
use crate::{from_lsp, to_lsp, uris};

/// A document that the client shows.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    /// As the client writes it.
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    /// Its text is not known any more. Nothing is said of it until all of the text comes again.
    pub(crate) is_lost: bool,
    kind: Option<Kind>,
    /// The semantic tokens that the client has, with their result id.
    pub(crate) tokens: Option<(String, Vec<SemanticToken>)>,
}

impl State {
    pub(crate) fn opened(&mut self, item: Opened) {
        let key = from_lsp::key(&item.uri);
        let kind = kind_of_language(&item.language_id);
        self.open
            .insert(key.clone(), Open { uri: item.uri, version: item.version, is_lost: false, kind, tokens: None });
        self.set_open(&key, item.text);
        self.load_around(&key, true);
        self.touch(&key);
    }

    /// Applies changes in their order. If that cannot be done, the document is given up until it is opened again, or
    /// all of its text comes.
    pub(crate) fn changed(&mut self, Changed { uri, version, mut changes }: Changed) {
        let key = from_lsp::key(&uri);
        let Some(open) = self.open.get_mut(&key) else {
            let message = format!("a change of {} was left out: the document is not open", uri.as_str());
            return self.outbox.log(MessageType::WARNING, message);
        };
        if version <= open.version {
            let message = format!("{} came in version {version} after {}", uri.as_str(), open.version);
            self.outbox.log(MessageType::WARNING, message);
        }
        open.version = version;
        // What stands before a whole text does not matter.
        if let Some(whole) = changes.iter().rposition(|change| change.range.is_none()) {
            let rest = changes.split_off(whole + 1);
            let text = changes.pop().map(|change| change.text).unwrap_or_default();
            open.is_lost = false;
            self.set_open(&key, text);
            changes = rest;
        } else if open.is_lost {
            return;
        }
        if !self.apply(&key, changes) {
            return self.lose(&uri, "a change does not fit the text");
        }
        self.touch(&key);
    }

    /// Changes that go from the end to the beginning, as those of several cursors do, are all counted in one text.
    fn apply(&mut self, key: &str, changes: Vec<Change>) -> bool {
        let encoding = self.abilities.encoding;
        let mut changes = changes.into_iter().peekable();
        while changes.peek().is_some() {
            let Some(document) = self.workspace.get_mut(key) else { return false };
            let mut edits: Vec<(Span, String)> = Vec::new();
            // Where the change before begins. Only what is before that is where it was.
            let mut limit = None;
            while let Some(change) = changes.next_if(|change| is_before(change, limit)) {
                let Some(range) = change.range else { return false };
                let span = from_lsp::span(document, range, encoding);
                limit = Some(to_lsp::position(document, span.start, encoding));
                edits.push((span, change.text));
            }
            if !edits.iter().all(|(span, text)| has_room(document, text) && document.replace(*span, text)) {
                return false;
            }
        }
        true
    }

    /// Gives up a document of which nobody knows the text any more.
    pub(crate) fn lose(&mut self, uri: &Uri, why: &str) {
        let key = from_lsp::key(uri);
        let Some(open) = self.open.get_mut(&key) else { return };
        let was_lost = std::mem::replace(&mut open.is_lost, true);
        self.workspace.remove(&key);
        self.outbox.log(MessageType::ERROR, format!("lost track of {}: {why}", uri.as_str()));
        if !was_lost {
            let name = key.rsplit('/').next().unwrap_or(&key);
            let message = format!("task-api could not follow a change of {name}; close it and open it again");
            self.outbox.show(MessageType::WARNING, message);
        }
        self.touch(&key);
    }

    /// Back to what is on the disk.
    pub(crate) fn closed(&mut self, uri: &Uri) {
        let key = from_lsp::key(uri);
        if self.open.remove(&key).is_none() {
            let message = format!("{} was closed, and was not open", uri.as_str());
            return self.outbox.log(MessageType::WARNING, message);
        }
        self.reload(&key);
    }

    /// Reads a file that may be another than it was, unless the client shows it.
    pub(crate) fn reload(&mut self, key: &str) {
        if self.open.contains_key(key) {
            return;
        }
        let Some(text) = self.disk.read(key) else { return self.remove_closed(key) };
        let in_folder = self.folders.iter().find(|folder| key.starts_with(folder.as_str()));
        if !self.listed.contains(key) && in_folder.is_some_and(|folder| self.disk.would_find(folder, key)) {
            self.listed.insert(key.into());
        }
        self.set_closed(key, text);
        self.load_around(key, false);
        self.touch(key);
        self.reports.want_refresh();
    }

    /// A file is gone from the disk.
    pub(crate) fn remove_closed(&mut self, key: &str) {
        self.listed.remove(key);
        if !self.open.contains_key(key) {
            self.touch(key);
            self.workspace.remove(key);
            self.reports.want_refresh();
        }
    }

    /// A folder is gone from the disk, or has another name.
    pub(crate) fn remove_folder(&mut self, folder: &str) {
        for key in self.below(folder) {
            self.remove_closed(&key);
        }
    }

    /// A file or a folder has another name.
    pub(crate) fn renamed(&mut self, old: &str, new: &str) {
        let folder = format!("{old}/");
        let moved = self.below(&folder);
        self.remove_closed(old);
        self.remove_folder(&folder);
        self.reload(new);
        for key in &moved {
            if let Some(rest) = key.strip_prefix(&folder) {
                self.reload(&format!("{new}/{rest}"));
            }
        }
        // Nobody has looked into a folder that was outside, or ignored.
        let is_folder = !moved.is_empty() || self.disk.read(new).is_none();
        let place = format!("{new}/");
        if is_folder
            && self.folders.iter().any(|folder| place.starts_with(folder.as_str()) || folder.starts_with(&place))
        {
            self.start_search();
        }
    }

    /// The documents in a folder.
    pub(crate) fn below(&self, folder: &str) -> Vec<Arc<str>> {
        let documents = self.workspace.documents().map(Document::uri);
        documents.filter(|uri| uri.starts_with(folder)).cloned().collect()
    }

    /// A file that a search has not found again.
    pub(crate) fn forget_closed(&mut self, key: &str) {
        if !self.open.contains_key(key) {
            self.workspace.remove(key);
            self.reports.mark(key);
        }
    }

    pub(crate) fn set_closed(&mut self, key: &str, text: String) {
        let directory = uris::directory_of(key).map(str::to_owned);
        self.workspace.set(key, text, Facts { directory, ..Facts::default() });
    }

    fn set_open(&mut self, key: &str, text: String) {
        let kind = self.open.get(key).and_then(|open| open.kind);
        let directory = uris::directory_of(key).map(str::to_owned);
        self.workspace.set(key, text, Facts { kind, directory, is_open: true, ..Facts::default() });
    }

    /// Loads what findings in a document may depend on: the containers and settings above it, the Dockerfiles beside
    /// it, the container that its project names. `again` reads anew what no client tells of.
    fn load_around(&mut self, key: &str, again: bool) {
        let again = again && !self.abilities.registers_watchers;
        let names = [Kind::ProcessingContainer.file_name(), SETTINGS_NAME];
        for directory in uris::directories(key) {
            for name in names {
                self.load(&format!("{directory}{name}"), again);
            }
        }
        for directory in uris::directories(key).take(2) {
            self.load(&format!("{directory}Dockerfile"), again);
        }
        self.load_named(key);
    }

    /// The same for all documents.
    pub(crate) fn load_around_all(&mut self) {
        let keys: Vec<Arc<str>> = self.workspace.documents().map(|document| Arc::clone(document.uri())).collect();
        let mut directories = HashSet::new();
        for key in keys {
            let directory = uris::directories(&key).next().unwrap_or_default().to_owned();
            if directories.insert(directory) {
                self.load_around(&key, false);
            } else {
                self.load_named(&key);
            }
        }
    }

    fn load_named(&mut self, key: &str) {
        let task =
            self.workspace.get(key).filter(|document| matches!(document.kind(), Some(Kind::Task | Kind::Workflow)));
        if let Some(named) = task.and_then(|task| self.workspace.named_container(task)) {
            self.load(&named, false);
        }
        let workflow = self.workspace.get(key).filter(|document| document.kind() == Some(Kind::Workflow));
        for container in workflow.map(task_api_ide::named_containers).unwrap_or_default() {
            self.load(&container, false);
        }
    }

    fn load(&mut self, key: &str, again: bool) {
        let known = self.workspace.get(key);
        if self.open.contains_key(key) || (known.is_some() && !again) {
            return;
        }
        match self.disk.read(key) {
            Some(text) if known.is_some_and(|document| document.text() == text) => {}
            Some(text) => {
                let was_known = known.is_some();
                self.set_closed(key, text);
                if was_known {
                    self.touch(key);
                }
            }
            None if known.is_some() => self.remove_closed(key),
            None => {}
        }
    }

    /// A document has changed, come or gone: what is concerned by that is to be looked at again.
    pub(crate) fn touch(&mut self, key: &str) {
        let is_settings = self.workspace.get(key).is_some_and(|document| document.role() == Role::Settings);
        let concerned = self.workspace.concerned_by(key);
        if self.workspace.get(key).is_some_and(|document| document.kind() == Some(Kind::Workflow)) {
            self.load_named(key);
        }
        if is_settings {
            for task in &concerned {
                self.load_named(task);
            }
        }
        self.reports.mark(key);
        for other in concerned.iter().filter(|other| &***other != key) {
            self.reports.mark(other);
            if self.open.contains_key(&**other) {
                self.reports.want_views_again();
            }
        }
    }
}

/// Not at the limit itself: where a line feed now follows a carriage return, that place is another.
fn is_before(change: &Change, limit: Option<Position>) -> bool {
    let end = change.range.map(|range| range.start.max(range.end));
    limit.is_none_or(|limit| end.is_some_and(|end| end < limit))
}

/// Texts are bounded to what offsets can count.
fn has_room(document: &Document, more: &str) -> bool {
    u32::try_from(document.text().len() + more.len()).is_ok()
}
