//! A file as its user wrote it and as it is once rendered. What is found in the rendered text is told
//! of the user's own.

use std::collections::HashSet;

use task_api_core::diagnostic::{Diagnostic, DocumentRef};
use task_api_core::report::{Document, OffsetUnit};
use task_api_core::secret::{REDACTED, is_secret_name};
use task_api_core::{CheckOptions, Kind, Surroundings, check};
use task_api_json::{LineIndex, Span, parse};

use crate::display;
use crate::load::Loaded;
use crate::render::{self, Came, RenderError, Rendered, Variables};

/// So many characters of what an expression became are shown.
const SHOWN: usize = 80;

pub(crate) struct Input {
    pub(crate) loaded: Loaded,
    /// `None` where nothing had to be rendered.
    rendered: Option<Rendered>,
    /// Values of variables of the text that are called like secrets.
    secrets: Vec<String>,
}

impl Input {
    /// Renders a file. Gives it back where that fails.
    pub(crate) fn of(loaded: Loaded, variables: &Variables) -> Result<Input, Box<(Loaded, RenderError)>> {
        let rendered = match render::render(&loaded.text, variables) {
            Ok(rendered) => Some(rendered).filter(|rendered| !rendered.is_unchanged()),
            Err(error) => return Err(Box::new((loaded, error))),
        };
        let is_shown_secret = |name: &str| is_secret_name(name) && loaded.text.contains(name);
        let all = variables.env.iter().chain(&variables.custom).filter(|_| rendered.is_some());
        let secrets = all.filter(|(name, value)| !value.is_empty() && is_shown_secret(name));
        let secrets = secrets.map(|(_, value)| value.clone()).collect();
        Ok(Input { loaded, rendered, secrets })
    }

    /// The text that is checked.
    pub(crate) fn text(&self) -> &str {
        self.rendered.as_ref().map_or(&self.loaded.text, |rendered| &rendered.text)
    }

    /// Whether the rendered text is JSON, so that tasks can be checked against it.
    pub(crate) fn is_json(&self) -> bool {
        let tree = parse(self.text());
        !self.loaded.broken_utf8 && !tree.has_template_blocks() && !tree.root(self.text()).is_recovered()
    }

    /// The text that diagnostics are shown in: the user's own.
    pub(crate) fn shown(&self) -> Document<'_> {
        Document::new(Some(&self.loaded.name), &self.loaded.text, OffsetUnit::Bytes)
    }

    /// What was found in the rendered texts, as it is told of the texts before.
    pub(crate) fn told_of_original(&self, diagnostics: Vec<Diagnostic>, containers: &[&Input]) -> Vec<Diagnostic> {
        let of_file = diagnostics.into_iter().filter(|found| !self.is_of_rendered_secret(found));
        let told = of_file.map(|found| self.without_secrets(self.told(found, containers)));
        let mut told: Vec<Diagnostic> = told.collect();
        told.sort_by_key(|diagnostic| diagnostic.span.start);
        told
    }

    /// What can be said of the text before rendering only: variables that are not set.
    pub(crate) fn undefined_variables(&self, kind: Kind, variables: &Variables) -> Vec<Diagnostic> {
        if self.rendered.is_none() {
            return Vec::new();
        }
        let set: HashSet<&str> = variables.env.iter().map(|(name, _)| name.as_str()).collect();
        let is_set = |name: &str| set.contains(name);
        let around = Surroundings { is_set: Some(&is_set), ..Surroundings::default() };
        let options = CheckOptions { kind: Some(kind), around, ..CheckOptions::default() };
        let found = check(&self.loaded.text, &options).diagnostics;
        found.into_iter().filter(|diagnostic| diagnostic.rule.name == "undefined-variable").collect()
    }

    /// The rule sees the secret itself, and not that the file has none.
    fn is_of_rendered_secret(&self, diagnostic: &Diagnostic) -> bool {
        let came = self.rendered.as_ref().map(|rendered| rendered.came(diagnostic.span));
        matches!(came, Some(Came::Rendered { .. })) && diagnostic.rule.name == "plain-text-registry-password"
    }

    fn told(&self, mut diagnostic: Diagnostic, containers: &[&Input]) -> Diagnostic {
        for related in &mut diagnostic.related {
            let of = match related.document {
                DocumentRef::This => Some(self),
                DocumentRef::Container(position) => containers.get(position as usize).copied(),
            };
            related.span = of.map_or(related.span, |of| of.place_before(related.span));
        }
        let Some(rendered) = &self.rendered else { return diagnostic };
        diagnostic.fixes.retain_mut(|fix| {
            let edits: Option<Vec<_>> = fix.edits.iter().map(|edit| rendered.edit_before(edit)).collect();
            let is_kept = edits.is_some();
            fix.edits = edits.unwrap_or_default();
            is_kept
        });
        let note = match rendered.came(diagnostic.span) {
            Came::Verbatim(_) => None,
            Came::Rendered { before, after } => Some(self.came_to(rendered, before, after)),
            Came::Unknown => Some(in_rendered_text(rendered, diagnostic.span)),
        };
        diagnostic.span = self.place_before(diagnostic.span);
        if let Some(note) = note {
            diagnostic.note = Some(match diagnostic.note {
                Some(before) => format!("{before}\n{note}"),
                None => note,
            });
        }
        diagnostic
    }

    /// Messages repeat values, and what a variable's value was is not for everybody to read.
    fn without_secrets(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let texts = [Some(&mut diagnostic.message), diagnostic.label.as_mut(), diagnostic.note.as_mut()];
        let titles = diagnostic.fixes.iter_mut().map(|fix| &mut fix.title);
        let related = diagnostic.related.iter_mut().map(|related| &mut related.message);
        for text in texts.into_iter().flatten().chain(titles).chain(related) {
            for secret in self.secrets.iter().filter(|secret| text.contains(secret.as_str())).collect::<Vec<_>>() {
                *text = text.replace(secret.as_str(), REDACTED);
            }
        }
        diagnostic
    }

    /// A place of the rendered text in the user's; its beginning where that cannot be told.
    fn place_before(&self, span: Span) -> Span {
        let Some(rendered) = &self.rendered else { return span };
        match rendered.came(span) {
            Came::Verbatim(span) | Came::Rendered { before: span, .. } => span,
            Came::Unknown => Span::empty(0),
        }
    }

    fn came_to(&self, rendered: &Rendered, before: Span, after: Span) -> String {
        let text = &self.loaded.text;
        let tree = parse(text);
        let rendered_tree = parse(&rendered.text);
        let is_secret = display::is_secret(tree.root(text).node_at(before.start))
            || display::is_secret(rendered_tree.root(&rendered.text).node_at(after.start))
            || is_secret_name(before.of(text));
        if is_secret {
            return "what it was rendered to is not shown, since it may be a secret".to_owned();
        }
        format!("it was rendered to {}", shortened(after.of(&rendered.text)))
    }
}

fn in_rendered_text(rendered: &Rendered, span: Span) -> String {
    if rendered.text.trim().is_empty() {
        return "nothing is left of the file once it is rendered".to_owned();
    }
    let text = display::text(&rendered.text);
    let index = LineIndex::new(&text);
    let line = index.position(span.start).line;
    let source = index.line_span(line, &text).of(&text).trim();
    format!("the place is in the rendered text, in its line {}: {}", line + 1, shortened(source))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
