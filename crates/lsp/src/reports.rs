//! Diagnostics: what is wrong with each document, pushed when it changes or handed out when it is asked for.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ls_types::{DiagnosticSeverity, Range, Uri, notification, request};
use task_api_core::diagnostic::Severity;
use task_api_ide::{Document, Role, Span, checked};

use crate::outbox::Awaited;
use crate::results::{
    Diagnostic, DiagnosticReport, Diagnostics, DocumentReport, PublishDiagnostics, WorkspaceReport, WorkspaceReports,
};
use crate::settings::Scope;
use crate::state::State;
use crate::{params, to_lsp};

/// More findings in one document help nobody, and slow down editors.
const MAX_SHOWN: usize = 1000;
/// So many closed files are checked before messages that have come are looked at.
const AT_ONCE: usize = 32;

#[derive(Debug, Default)]
pub(crate) struct Reports {
    /// Documents to be looked at again.
    due: HashSet<Arc<str>>,
    /// What was found in documents that have not changed since.
    known: HashMap<Arc<str>, Report>,
    /// What the client has been told last, by its hash.
    told: HashMap<Arc<str>, String>,
    /// A client that asks for diagnostics should do so again.
    refresh: bool,
    /// So should it for what depends on other documents.
    views: bool,
}

/// What was found in one document.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The same for the same findings.
    id: String,
    diagnostics: Diagnostics,
}

impl Reports {
    pub(crate) fn mark(&mut self, key: &str) {
        let key: Arc<str> = key.into();
        self.known.remove(&key);
        self.due.insert(key);
    }

    #[cfg(test)]
    pub(crate) fn counts(&self) -> serde_json::Value {
        serde_json::json!({"due": self.due.len(), "known": self.known.len(), "told": self.told.len()})
    }

    pub(crate) fn want_refresh(&mut self) {
        self.refresh = true;
    }

    pub(crate) fn want_views_again(&mut self) {
        self.views = true;
    }
}

impl State {
    pub(crate) fn check_all_again(&mut self) {
        let keys: Vec<Arc<str>> = self.workspace.documents().map(|document| Arc::clone(document.uri())).collect();
        for key in keys.iter().chain(&self.reports.told.keys().cloned().collect::<Vec<_>>()) {
            self.reports.mark(key);
        }
        self.reports.refresh = true;
        self.reports.views = true;
    }

    /// Tells the client what has changed. Documents that it shows come first, all of them; of the others a few each
    /// time. Whether there is more to do.
    pub(crate) fn settle(&mut self) -> bool {
        if std::mem::take(&mut self.reports.views) {
            if self.abilities.inlay_hint_refresh {
                self.outbox.ask::<request::InlayHintRefreshRequest>((), Awaited::Nothing("for inlay hints"));
            }
            if self.abilities.code_lens_refresh {
                self.outbox.ask::<request::CodeLensRefresh>((), Awaited::Nothing("for code lenses"));
            }
        }
        let refresh = std::mem::take(&mut self.reports.refresh);
        if self.abilities.pulls_diagnostics {
            for key in std::mem::take(&mut self.reports.due) {
                if self.workspace.get(&key).is_none() {
                    self.reports.told.remove(&key);
                }
            }
            if refresh && self.abilities.diagnostics_refresh {
                self.outbox.ask::<request::WorkspaceDiagnosticRefresh>((), Awaited::Nothing("for diagnostics"));
            }
            return false;
        }
        let mut due: Vec<Arc<str>> = std::mem::take(&mut self.reports.due).into_iter().collect();
        due.sort_unstable();
        let (open, mut closed): (Vec<_>, Vec<_>) = due.into_iter().partition(|key| self.open.contains_key(&**key));
        for key in open {
            self.push(&key);
        }
        // What is found last may change what is to be said of the first.
        if !self.search.is_running {
            for key in closed.drain(..closed.len().min(AT_ONCE)) {
                self.push(&key);
            }
        }
        self.reports.due.extend(closed);
        !self.reports.due.is_empty() && !self.search.is_running
    }

    fn push(&mut self, key: &Arc<str>) {
        let report = self.report(key);
        let open = self.open.get(&**key);
        let told = self.reports.told.get(key);
        // Of what is open each version is answered, so that a client can tell that it was seen.
        if open.is_none() && told.map_or(report.diagnostics.0.is_empty(), |told| *told == report.id) {
            if report.diagnostics.0.is_empty() {
                self.reports.told.remove(key);
            }
            return;
        }
        let Some(uri) = self.uri(key) else { return };
        let version = open.map(|open| open.version);
        if open.is_none() && report.diagnostics.0.is_empty() {
            self.reports.told.remove(key);
        } else {
            self.reports.told.insert(Arc::clone(key), report.id.clone());
        }
        let diagnostics = report.diagnostics;
        self.outbox.notify::<notification::PublishDiagnostics>(PublishDiagnostics { uri, diagnostics, version });
    }

    /// What is wrong with a document; nothing for one that nobody wants to know of.
    pub(crate) fn report(&mut self, key: &str) -> Report {
        if let Some(known) = self.reports.known.get(key) {
            return known.clone();
        }
        let diagnostics = if self.is_wanted(key) { self.diagnostics(key) } else { Vec::new() };
        let report = Report { id: id_of(&diagnostics), diagnostics: Diagnostics(Arc::new(diagnostics)) };
        // Nothing is kept of what is gone.
        if self.workspace.get(key).is_some() {
            self.reports.known.insert(key.into(), report.clone());
        }
        report
    }

    fn is_wanted(&self, key: &str) -> bool {
        let is_listed = || self.settings_of(key).scope == Scope::Workspace && self.listed.contains(key);
        self.open.contains_key(key) || is_listed()
    }

    fn diagnostics(&self, key: &str) -> Vec<Diagnostic> {
        let (Some(document), Some(uri)) = (self.workspace.get(key), self.uri(key)) else { return Vec::new() };
        if document.role() == Role::Settings {
            return self.problems_of_settings(document);
        }
        let Some(checked) = checked(&self.workspace, document) else { return Vec::new() };
        let containers = self.workspace.containers_of(document);
        let uris: Vec<Option<Uri>> = containers.iter().map(|container| self.uri(container.uri())).collect();
        let containers: Option<Vec<_>> =
            containers.into_iter().zip(&uris).map(|(container, uri)| Some((container, uri.as_ref()?))).collect();
        let containers = containers.unwrap_or_default();
        let found = checked.diagnostics.iter();
        let diagnostic = |found| to_lsp::diagnostic(found, (document, &uri), &containers, &self.abilities);
        if checked.diagnostics.len() <= MAX_SHOWN {
            return found.map(diagnostic).collect();
        }
        // Errors first, for others are worth less.
        let (errors, others): (Vec<_>, Vec<_>) = found.partition(|found| found.severity == Severity::Error);
        let shown = errors.into_iter().chain(others).take(MAX_SHOWN);
        let mut shown: Vec<Diagnostic> = shown.map(diagnostic).collect();
        let rest = checked.found.errors + checked.found.warnings + checked.found.infos - MAX_SHOWN;
        let message = format!("{rest} more findings are not shown; `task-api validate` prints them");
        let (severity, start) = (DiagnosticSeverity::INFORMATION, Span::empty(0));
        shown.push(to_lsp::plain_diagnostic(document, start, severity, message, self.abilities.encoding));
        shown
    }

    /// What is wrong with a task-api.toml.
    fn problems_of_settings(&self, document: &Document) -> Vec<Diagnostic> {
        let problems = task_api_core::config::read(document.text()).problems;
        let diagnostic = |problem: task_api_core::config::Problem| {
            let message = match problem.help {
                Some(help) => format!("{}\n{help}", problem.message),
                None => problem.message,
            };
            let (severity, encoding) = (DiagnosticSeverity::ERROR, self.abilities.encoding);
            to_lsp::plain_diagnostic(document, problem.span, severity, message, encoding)
        };
        problems.into_iter().map(diagnostic).collect()
    }

    pub(crate) fn document_diagnostic(&mut self, params: &params::DocumentDiagnostic) -> DocumentReport {
        let key = crate::from_lsp::key(&params.text_document.uri);
        let report = self.report(&key);
        let related_documents = self.related_reports(&key);
        if self.workspace.get(&key).is_some() {
            self.reports.told.insert(key.into(), report.id.clone());
        }
        let is_known = params.previous_result_id.as_ref() == Some(&report.id);
        DocumentReport { report: report.since(is_known), related_documents }
    }

    /// What has become otherwise in other open documents by a change of this one.
    fn related_reports(&mut self, key: &str) -> Vec<(Uri, DiagnosticReport)> {
        let mut related = Vec::new();
        if !self.abilities.related_documents {
            return related;
        }
        for other in self.workspace.concerned_by(key) {
            if &*other == key || !self.open.contains_key(&*other) {
                continue;
            }
            let report = self.report(&other);
            // A client asks for what it shows anew by itself.
            if self.reports.told.get(&other).is_none_or(|told| *told == report.id) {
                continue;
            }
            if let Some(uri) = self.uri(&other) {
                self.reports.told.insert(Arc::clone(&other), report.id.clone());
                related.push((uri, report.since(false)));
            }
        }
        related
    }

    pub(crate) fn workspace_diagnostic(&mut self, params: &params::WorkspaceDiagnostic) -> WorkspaceReports {
        let known = &params.previous_result_ids;
        let mut previous: HashMap<String, usize> =
            known.iter().enumerate().map(|(index, previous)| (crate::from_lsp::key(&previous.uri), index)).collect();
        let documents = self.workspace.documents().filter(|document| {
            (document.kind().is_some() || document.role() == Role::Settings) && self.is_wanted(document.uri())
        });
        let keys: Vec<Arc<str>> = documents.map(|document| Arc::clone(document.uri())).collect();
        let mut items = Vec::new();
        for key in keys {
            let report = self.report(&key);
            let Some(uri) = self.uri(&key) else { continue };
            let version = self.open.get(&*key).map(|open| open.version);
            let is_known = previous.remove(&*key).is_some_and(|index| known[index].value == report.id);
            items.push(WorkspaceReport { uri, version, report: report.since(is_known) });
        }
        // What is gone has nothing wrong with it.
        for gone in previous.into_values().map(|index| &known[index]) {
            let report = DiagnosticReport { kind: "full", result_id: None, items: Some(Diagnostics::default()) };
            items.push(WorkspaceReport { uri: gone.uri.clone(), version: None, report });
        }
        let wrap = |items| WorkspaceReports { items };
        let items = self.outbox.in_parts(params.partial_result_token.as_ref(), items, wrap);
        WorkspaceReports { items }
    }
}

impl Report {
    /// For a client that knows this, or does not.
    fn since(self, is_known: bool) -> DiagnosticReport {
        let (kind, items) = if is_known { ("unchanged", None) } else { ("full", Some(self.diagnostics)) };
        DiagnosticReport { kind, result_id: Some(self.id), items }
    }
}

/// Equal for equal findings.
fn id_of(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    for found in diagnostics {
        let Range { start, end } = found.range;
        [start.line, start.character, end.line, end.character].hash(&mut hasher);
        let severity = match found.severity {
            DiagnosticSeverity::ERROR => "Error",
            DiagnosticSeverity::WARNING => "Warning",
            _ => "Information",
        };
        found.message.hash(&mut hasher);
        Some(severity).hash(&mut hasher);
        if let Some(code) = found.code {
            code.hash(&mut hasher);
        }
        for related in &found.related_information {
            let Range { start, end } = related.location.range;
            [start.line, start.character, end.line, end.character].hash(&mut hasher);
            related.location.uri.hash(&mut hasher);
        }
    }
    format!("{:016x}", hasher.finish())
}
