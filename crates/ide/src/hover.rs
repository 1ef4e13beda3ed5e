//! What is known of the place under the cursor, as Markdown.

mod channel;
mod expression;
mod field;
#[cfg(feature = "workflow")]
mod flow;
mod merged;
mod overrides;
mod template;
pub(crate) mod values;

use std::sync::Arc;

use task_api_core::Kind;
use task_api_core::diagnostic::Diagnostic;
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::diagnostics::checked;
use crate::document::Document;
use crate::markdown::{code, escape, message, prose};
use crate::secrets::{is_secret, is_variable_of_secret};
use crate::structure::{is_container, touches};
use crate::symbols::is_quantity;
use crate::typed::Typed;
use crate::workspace::{Place, Workspace};

/// What is shown at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// Findings at one place that anybody reads.
const MOST_PROBLEMS: usize = 5;

/// What there is to say of a place: of a value what it comes to, then of its field what the contract says, then what is
/// wrong.
pub fn hover(workspace: &Workspace, at: Place<'_>) -> Option<Hover> {
    let document = workspace.get(at.uri)?;
    #[cfg(feature = "python")]
    if document.role() == crate::document::Role::Dag {
        return crate::dag::hover(workspace, document, at.offset);
    }
    document.kind()?;
    if !document.text().is_char_boundary(at.offset as usize) {
        return None;
    }
    let node = document.root().node_at(at.offset);
    let mut span = node.span();
    let mut sections = Vec::new();
    if !is_container(node) && node.kind() != NodeKind::Missing {
        let asked = Asked { workspace, document, node, way: Typed::way(document, node) };
        let of_expression = expression::text(&asked, at.offset);
        if let Some(expression) = of_expression {
            span = expression.span;
            sections.push(expression.text);
        }
        let of_field = field::text(&asked);
        let of_value = asked.of_value();
        if node.kind() == NodeKind::Key {
            sections.extend(of_field);
            sections.extend(of_value);
        } else {
            sections.extend(of_value);
            sections.extend(of_field);
        }
    }
    let problems = problems(workspace, document, at.offset);
    // Between values there is nothing to speak of but what is wrong there.
    if let (true, Some((first, _))) = (sections.is_empty(), problems.first()) {
        span = *first;
    }
    sections.extend(problems.into_iter().map(|(_, text)| text));
    sections.retain(|section| !section.is_empty());
    (!sections.is_empty()).then(|| Hover { span, text: sections.join("\n\n---\n\n") })
}

/// A value or key, and what it stands in.
struct Asked<'a> {
    workspace: &'a Workspace,
    document: &'a Document,
    node: Node<'a>,
    /// From the root to the value, or to the value of the key.
    way: Vec<Typed<'a>>,
}

impl<'a> Asked<'a> {
    fn of_value(&self) -> Vec<String> {
        let Some(&last) = self.way.last() else { return Vec::new() };
        #[cfg(feature = "workflow")]
        if self.kind() == Kind::Workflow && self.above(last).is_none_or(|above| !is_quantity(above)) {
            return flow::texts(self);
        }
        let mut texts = Vec::new();
        // The nearest object, and the object around the value.
        let above = self.above(last);
        let owner = above.map_or("", Typed::definition);
        let is_field = |name: &str| last.is_field(name);
        if let (Some(above), true) = (above, above.is_some_and(is_quantity)) {
            texts.extend(values::quantity(last));
            texts.extend(merged::quantity(self, above, last));
        } else if let Some(rule) = self.scale_rule(last) {
            texts.extend(values::scale_rule(rule, self.is_below("outputs")));
            texts.extend(channel::text(self));
        } else if let Some(env) = self.enclosing(&["BaseEnv", "TaskTemplateEnv"]) {
            texts.extend(merged::env(self, env));
        } else if self.enclosing(&["IOMount", "IOVolume"]).is_some() {
            texts.extend(channel::text(self));
        } else if owner == "Task" && is_field("image") {
            texts.extend(values::image(last));
        } else if owner == "Task" && is_field("taskTemplate") {
            texts.extend(template::of_task(self));
        } else if owner == "TaskTemplate" && is_field("identifier") {
            texts.extend(template::declared(self));
        } else {
            texts.extend(merged::whole(self));
        }
        texts
    }

    fn kind(&self) -> Kind {
        self.document.kind().unwrap_or(Kind::Task)
    }

    fn above(&self, typed: Typed<'a>) -> Option<Typed<'a>> {
        let position = self.way.iter().position(|other| other.node == typed.node)?;
        self.way.get(position.checked_sub(1)?).copied()
    }

    /// The innermost object of one of these kinds.
    fn enclosing(&self, definitions: &[&str]) -> Option<Typed<'a>> {
        let is_object = |typed: &&Typed<'a>| typed.node.kind() == NodeKind::Object;
        self.way.iter().rev().filter(is_object).find(|typed| definitions.contains(&typed.definition())).copied()
    }

    /// The value stands below a field of this name.
    fn is_below(&self, field: &str) -> bool {
        self.way.iter().any(|typed| typed.is_field(field))
    }

    /// The rule that the place is the law of, or that it is the field of.
    fn scale_rule(&self, last: Typed<'a>) -> Option<Typed<'a>> {
        if last.is_field("scale_rule") && last.definition() == "ScaleRule" {
            return Some(last);
        }
        let is_law = last.is_field("complexity") || last.is_field("scale_factor");
        self.above(last).filter(|above| is_law && above.definition() == "ScaleRule")
    }
}

/// What is wrong at a place, each with where it is.
fn problems(workspace: &Workspace, document: &Document, offset: u32) -> Vec<(Span, String)> {
    let Some(checked) = checked(workspace, document) else { return Vec::new() };
    let is_here = |diagnostic: &&Diagnostic| touches(diagnostic.span, offset);
    checked
        .diagnostics
        .iter()
        .filter(is_here)
        .take(MOST_PROBLEMS)
        .map(|diagnostic| (diagnostic.span, problem(document, diagnostic)))
        .collect()
}

fn problem(document: &Document, diagnostic: &Diagnostic) -> String {
    let rule = diagnostic.rule;
    let node = document.root().node_at(diagnostic.span.start);
    let around = std::iter::successors(Some(node), |node| node.container());
    let is_of_secret = is_secret(node) || around.take(3).any(is_variable_of_secret) || is_beside_secret(node);
    // Messages repeat what is written.
    let what = if is_of_secret { escape(rule.summary) } else { message(&diagnostic.message) };
    let why = rule.explanation.split("\n\n").next().unwrap_or_default();
    format!("**{}** {}: {what}\n\n{}", diagnostic.severity.name(), code(rule.name), prose(why))
}

/// Whether a secret stands beside the place in broken text: what is read as a key may be the rest of it.
fn is_beside_secret(node: Node<'_>) -> bool {
    let mut around = std::iter::successors(Some(node), |node| node.parent());
    let object = around.find(|node| node.kind() == NodeKind::Object).filter(|node| !node.tree().is_valid());
    object.is_some_and(|object| object.members().any(|(key, _)| is_secret(key)))
}

/// The name that a document goes by among its neighbours: its directory and its own.
fn short_name(document: &Document) -> String {
    let uri: &Arc<str> = document.uri();
    let mut parts = uri.rsplit('/');
    let name = parts.next().unwrap_or_default();
    match parts.next().filter(|directory| !directory.is_empty() && !directory.ends_with(':')) {
        Some(directory) => format!("{directory}/{name}"),
        None => name.to_owned(),
    }
}

/// A link to where something stands.
fn link_to(document: &Document, text: &str, node: Node<'_>) -> String {
    let line = document.lines().position(node.span().start).line;
    crate::markdown::link(text, document.uri(), line)
}

#[cfg(test)]
mod tests;
