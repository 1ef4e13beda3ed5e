//! What a rule reports, and how it can be mended.

use task_api_json::{Node, Span, TextEdit};

use crate::rules::Rule;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Which of the documents of one check a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentRef {
    /// The document that is checked.
    This,
    /// One of the container files that the document is checked against, by its position: a task has one.
    Container(u32),
}

#[derive(Debug, Clone)]
pub struct Diagnostic {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// What is wrong, in the user's terms.
    pub message: String,
    /// A few words at the place itself.
    pub label: Option<String>,
    /// Why it matters.
    pub note: Option<String>,
    /// JSON Pointer of the value that it is about.
    pub pointer: String,
    pub span: Span,
    pub related: Vec<Related>,
    pub fixes: Vec<Fix>,
}

#[derive(Debug, Clone)]
pub struct Related {
    pub document: DocumentRef,
    pub span: Span,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// Keeps what the user meant; applied by `--fix`.
    Safe,
    /// A good guess, or a placeholder that wants to be filled in.
    Unsafe,
}

impl Applicability {
    pub fn name(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Fix {
    pub title: String,
    pub applicability: Applicability,
    pub edits: Vec<TextEdit>,
}

impl Diagnostic {
    /// A diagnostic about `node`, shown at `span`. Its severity is settled when it is reported.
    pub fn new(rule: &'static Rule, node: Node<'_>, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            rule,
            severity: rule.severity,
            message: message.into(),
            label: None,
            note: None,
            pointer: node.pointer(),
            span,
            related: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// A diagnostic about a place that is known by its JSON Pointer.
    #[cfg(feature = "workflow")]
    pub fn at(rule: &'static Rule, pointer: String, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            rule,
            severity: rule.severity,
            message: message.into(),
            label: None,
            note: None,
            pointer,
            span,
            related: Vec::new(),
            fixes: Vec::new(),
        }
    }

    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(label.into());
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.note = Some(note.into());
        self
    }

    pub fn related(mut self, document: DocumentRef, span: Span, message: impl Into<String>) -> Diagnostic {
        self.related.push(Related { document, span, message: message.into() });
        self
    }

    pub fn fix(mut self, applicability: Applicability, title: impl Into<String>, edits: Vec<TextEdit>) -> Diagnostic {
        self.fixes.push(Fix { title: title.into(), applicability, edits });
        self
    }
}
