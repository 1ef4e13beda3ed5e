//! Variables of template expressions: `{{ env.NAME }}`, `{{ custom.NAME }}`.

use std::collections::HashSet;

use task_api_json::{Span, TextEdit};

use super::slot::{Role, Site};
use super::{Completion, CompletionKind, by_use};
use crate::workspace::Workspace;

/// An expression that the cursor is in.
pub(super) struct Expression {
    /// What has been written of the variable.
    word: Span,
    /// `{`, with which an expression may begin.
    is_brace: bool,
    /// The expression is closed behind the word.
    is_closed: bool,
    needs_space: bool,
    is_end_of_string: bool,
}

impl Expression {
    pub(super) fn find(text: &str, site: &Site) -> Option<Expression> {
        let slot = &site.slot;
        slot.quote.filter(|_| matches!(slot.role, Role::Value | Role::Element))?;
        let (start, offset) = (slot.word.start as usize + 1, site.offset as usize);
        let before = text.get(start..offset)?;
        let end = slot.word.end as usize - usize::from(!slot.is_unclosed);
        let behind = text.get(offset..end)?;
        let opened = before.rfind("{{").max(before.rfind("{%"));
        let is_open =
            |open: &usize| before.get(*open..).is_some_and(|rest| !rest.contains("}}") && !rest.contains("%}"));
        let Some(open) = opened.filter(is_open) else {
            // One brace may be the first of two.
            let is_brace = before.ends_with('{') && !behind.starts_with(['{', '%', '#']);
            return is_brace.then(|| Expression {
                word: Span::new(site.offset - 1, site.offset),
                is_brace: true,
                is_closed: false,
                needs_space: false,
                is_end_of_string: behind.is_empty(),
            });
        };
        let inside = before.get(open + 2..)?;
        let word = inside.len() - inside.trim_end_matches(is_of_variable).len();
        let rest = behind.len() - behind.trim_start_matches(is_of_variable).len();
        let is_quoted = inside.matches('\'').count() % 2 == 1;
        if is_quoted || before.ends_with('|') {
            return None;
        }
        let after = behind.get(rest..)?;
        let closes = after.find("}}").into_iter().chain(after.find("%}")).min();
        let opens = after.find("{{").into_iter().chain(after.find("{%")).min();
        let is_closed = closes.is_some_and(|closes| opens.is_none_or(|opens| closes < opens));
        let is_block = before.get(open..)?.starts_with("{%");
        Some(Expression {
            word: Span::new(site.offset - word as u32, site.offset + rest as u32),
            is_brace: false,
            is_closed: is_closed || is_block,
            needs_space: word == 0 && inside.is_empty(),
            is_end_of_string: after.is_empty(),
        })
    }

    pub(super) fn complete(&self, workspace: &Workspace, site: &Site) -> Vec<Completion> {
        let known = variables(workspace);
        let completion = |(name, detail): (String, &str)| {
            let mut text = String::new();
            match (self.is_brace, self.needs_space) {
                (true, _) => text.push_str("{{ "),
                (_, true) => text.push(' '),
                _ => {}
            }
            text.push_str(&name);
            if !self.is_closed {
                text.push_str(" }}");
            }
            if self.is_end_of_string {
                text.push_str(&site.slot.end_of_string());
            }
            Completion {
                filter_text: self.is_brace.then(|| format!("{{{{ {name}")),
                label: name,
                kind: CompletionKind::Variable,
                detail: Some(detail.to_owned()),
                edit: TextEdit::replace(self.word, text),
                additional_edits: site.slot.edits_before(),
                is_snippet: false,
                documentation_key: None,
                is_preselected: false,
                retrigger: false,
            }
        };
        known.into_iter().map(completion).collect()
    }
}

/// Variables of expressions in the workspace, the most used first, and those that are set where tasks run.
fn variables(workspace: &Workspace) -> Vec<(String, &'static str)> {
    let mut used = Vec::new();
    for document in workspace.documents().filter(|document| document.kind().is_some()) {
        find_variables(document.text(), &mut used);
    }
    let mut set: Vec<String> =
        workspace.variables.iter().flatten().filter(|name| is_name(name)).map(|name| format!("env.{name}")).collect();
    set.sort_unstable();
    let is_set = |name: &String| set.binary_search(name).is_ok();
    let is_unset = |name: &String| workspace.variables.is_some() && name.starts_with("env.") && !is_set(name);
    let mut variables: Vec<(String, &str)> = by_use(used)
        .into_iter()
        .map(|(name, _)| {
            let detail = if is_unset(&name) { "used in these files, not set" } else { "used in these files" };
            (name, detail)
        })
        .collect();
    let listed: HashSet<String> = variables.iter().map(|(name, _)| name.clone()).collect();
    variables
        .extend(set.into_iter().filter(|name| !listed.contains(name)).map(|name| (name, "set in the environment")));
    variables
}

fn find_variables(text: &str, used: &mut Vec<String>) {
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")).map(|open| at + open + 2) {
        let line = text.get(open..).unwrap_or_default();
        let line = line.split(['\n', '\r']).next().unwrap_or_default();
        let expression = line.split_once("}}").map(|(expression, _)| expression);
        at = open + expression.map_or(0, str::len);
        // What has no end is being typed.
        let Some(expression) = expression else { continue };
        for word in expression.split(|character| !is_of_variable(character)) {
            let name = word.strip_prefix("env.").or_else(|| word.strip_prefix("custom."));
            if name.is_some_and(is_name) {
                used.push(word.to_owned());
            }
        }
    }
}

fn is_of_variable(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.')
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}
