//! What can be written at a place.
//!
//! Keys, values and their descriptions are those of the contract ([`task_api_core::schema`]); names of templates,
//! channels and variables are those of the files that belong together. A completion brings what JSON needs around it,
//! so that accepting it never breaks a document.

mod documentation;
mod expressions;
mod files;
#[cfg(feature = "workflow")]
mod flow;
mod keys;
mod lexer;
mod names;
pub(crate) mod quantities;
mod sketch;
mod slot;
mod values;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use task_api_core::schema::{Schema, schema};
use task_api_json::TextEdit;

use crate::workspace::{Place, Workspace};
use names::Names;
use sketch::Sketch;
use slot::{Role, Site};

pub use documentation::completion_documentation;

/// Something that can be written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    pub detail: Option<String>,
    /// What the replaced text is compared with while it is being typed, where that is not the label.
    pub filter_text: Option<String>,
    /// Replaces the word being typed, with comma and quotes as needed. Lines after the first are indented relative to
    /// the line that the edit begins in.
    pub edit: TextEdit,
    /// Edits elsewhere, such as the comma before. They do not touch `edit`.
    pub additional_edits: Vec<TextEdit>,
    /// The new text of `edit` has tab stops, in the syntax of LSP.
    pub is_snippet: bool,
    /// What [`completion_documentation`] is asked with.
    pub documentation_key: Option<String>,
    pub is_preselected: bool,
    /// There is something to choose from where the cursor stands afterwards.
    pub retrigger: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    Field,
    Value,
    EnumMember,
    Template,
    Channel,
    Variable,
    Unit,
    Snippet,
    Image,
    File,
}

/// What can be written at a place, in the order in which it shall be shown.
pub fn complete(workspace: &Workspace, at: Place<'_>) -> Vec<Completion> {
    let Some(document) = workspace.get(at.uri) else { return Vec::new() };
    #[cfg(feature = "python")]
    if document.role() == crate::document::Role::Dag {
        return crate::dag::complete(workspace, at);
    }
    let Some(site) = Site::find(document, at.offset) else { return Vec::new() };
    if let Some(expression) = expressions::Expression::find(document.text(), &site) {
        return expression.complete(workspace, &site);
    }
    let context = Context {
        workspace,
        site: &site,
        schema: schema(site.kind, site.version),
        names: Names::new(workspace, &site.mended, site.marker()),
        indent: indent_of(document.text()),
    };
    let mut offers = Offers::new(&context, document.text());
    match site.slot.role {
        Role::File => files::offer(&context, &mut offers),
        Role::Key { has_value } => keys::offer(&context, has_value, &mut offers),
        Role::Value | Role::Element => values::offer(&context, &mut offers),
    }
    offers.list
}

/// What all completions at a place are made from.
struct Context<'a> {
    workspace: &'a Workspace,
    site: &'a Site,
    schema: &'static Schema,
    names: Names<'a>,
    indent: String,
}

/// A completion before it is fitted into its place.
struct Offer {
    label: String,
    kind: CompletionKind,
    detail: Option<String>,
    body: Body,
    documentation_key: Option<String>,
    is_preselected: bool,
    retrigger: bool,
}

enum Body {
    Key(String),
    Member(String, Sketch),
    Value(Sketch),
}

impl Offer {
    fn new(label: impl Into<String>, kind: CompletionKind, body: Body) -> Offer {
        Offer {
            label: label.into(),
            kind,
            detail: None,
            body,
            documentation_key: None,
            is_preselected: false,
            retrigger: false,
        }
    }

    /// A string.
    fn text(text: &str, kind: CompletionKind) -> Offer {
        Offer::json(task_api_json::quote(text), kind)
    }

    /// JSON of one line; strings are labelled with what is in them.
    fn json(json: String, kind: CompletionKind) -> Offer {
        let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.is_empty());
        Offer::new(sketch::one_line(inner.unwrap_or(&json)), kind, Body::Value(Sketch::Json(json.clone())))
    }

    fn detail(mut self, detail: impl Into<String>) -> Offer {
        self.detail = Some(detail.into());
        self
    }

    fn documented(mut self, key: Option<String>) -> Offer {
        self.documentation_key = key;
        self
    }

    fn preselected(mut self, is_preselected: bool) -> Offer {
        self.is_preselected = is_preselected;
        self
    }

    fn retrigger(mut self, retrigger: bool) -> Offer {
        self.retrigger = retrigger;
        self
    }
}

/// Completions, none twice.
struct Offers<'a> {
    context: &'a Context<'a>,
    text: &'a str,
    seen: HashSet<String>,
    list: Vec<Completion>,
}

impl<'a> Offers<'a> {
    fn new(context: &'a Context<'a>, text: &'a str) -> Offers<'a> {
        Offers { context, text, seen: HashSet::new(), list: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn push(&mut self, offer: Offer) {
        let slot = &self.context.site.slot;
        let indent = &self.context.indent;
        let (item, is_snippet) = match &offer.body {
            Body::Key(name) => (task_api_json::quote(name), false),
            Body::Member(name, value) => Sketch::render_member(Some(name), value, indent),
            Body::Value(value) => value.render(indent),
        };
        // Within quotes there is place for strings alone.
        if slot.quote.is_some() && !item.starts_with('"') || !self.seen.insert(item.clone()) {
            return;
        }
        let (edit, additional_edits) = slot.edits(&item);
        let typed = slot.word.of(self.text);
        let filter_text = typed.chars().next().filter(|first| matches!(first, '"' | '\'')).map(|quote| {
            let inner = offer.label.trim_matches('"');
            format!("{quote}{inner}{quote}")
        });
        self.list.push(Completion {
            label: offer.label,
            kind: offer.kind,
            detail: offer.detail,
            filter_text,
            edit,
            additional_edits,
            is_snippet,
            documentation_key: offer.documentation_key,
            is_preselected: offer.is_preselected,
            retrigger: offer.retrigger,
        });
    }
}

/// What the document indents its lines by.
fn indent_of(text: &str) -> String {
    let mut lines = text.lines().take(40).filter_map(|line| {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        line.get(..blank).filter(|indent| !indent.is_empty() && blank < line.len())
    });
    let indent = lines.next().unwrap_or("  ");
    if indent.len() > 8 { "  ".to_owned() } else { indent.to_owned() }
}

/// Each name once, with how often it is there: the most frequent first, and of those the first by name.
fn by_use(mut names: Vec<String>) -> Vec<(String, usize)> {
    names.sort_unstable();
    let mut counted: Vec<(String, usize)> = Vec::new();
    for name in names {
        match counted.last_mut().filter(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counted.push((name, 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}
