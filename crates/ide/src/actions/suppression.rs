//! Findings that are wanted, written down in the project's task-api.toml.

use std::collections::HashSet;
use std::sync::Arc;

use task_api_core::config::{self, FILE_NAME};
use task_api_core::diagnostic::Diagnostic;
use task_api_json::{Span, TextEdit, quote};

use super::layout::line_ending;
use super::{ActionKind, CodeAction, Context, action};
use crate::DocumentEdit;
use crate::workspace::{ancestors, directory_of, percent_decoded};

const REASON: &str = "TODO: say why this is wanted";

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let mut known: HashSet<String> = HashSet::new();
    for diagnostic in context.diagnostics() {
        let rule = diagnostic.rule.name;
        // What cannot be read is not to be had, and what nobody asked for is removed.
        if rule == "syntax-error" || rule == "unused-suppression" {
            continue;
        }
        let here = Some(&*diagnostic.pointer).filter(|pointer| !pointer.is_empty());
        for pointer in here.map(Some).into_iter().chain([None]) {
            if !known.insert(format!("{rule} {}", pointer.unwrap_or_default())) {
                continue;
            }
            let title = match pointer {
                Some(_) => format!("Suppress `{rule}` here, in {FILE_NAME}"),
                None => format!("Suppress `{rule}` in this file, in {FILE_NAME}"),
            };
            let edits: Vec<DocumentEdit> = suppress(context, diagnostic, pointer).into_iter().collect();
            let fixes = Some((rule, diagnostic.span));
            actions.push(CodeAction { fixes, ..action(ActionKind::QuickFix, title, edits) });
        }
    }
}

/// The entry, in the nearest task-api.toml or a new one; `None` where that file is broken.
fn suppress(context: &Context<'_>, diagnostic: &Diagnostic, pointer: Option<&str>) -> Option<DocumentEdit> {
    let uri = context.document.uri();
    let mut directories = ancestors(uri);
    let existing = directories.find_map(|directory| {
        let settings = context.workspace.get(&format!("{directory}{FILE_NAME}"))?;
        Some((settings, directory))
    });
    let (text, directory) = match existing {
        Some((settings, directory)) => (settings.text(), directory),
        None => ("", new_directory(context)?),
    };
    let path = percent_decoded(uri.strip_prefix(directory)?);
    let ending = line_ending(text);
    let mut entry = String::new();
    if !text.is_empty() {
        entry.push_str(if text.ends_with('\n') { ending } else { "\n\n" });
    }
    let mut line = |line: String| {
        entry.push_str(&line);
        entry.push_str(ending);
    };
    line("[[suppress]]".to_owned());
    line(format!("file = {}", quote(&as_pattern(&path))));
    line(format!("rule = {}", quote(diagnostic.rule.name)));
    if let Some(pointer) = pointer {
        line(format!("pointer = {}", quote(pointer)));
    }
    line(format!("reason = {}", quote(REASON)));
    let reading = config::read(&format!("{text}{entry}"));
    let holds = reading
        .config
        .suppressions(Some(&path), FILE_NAME)
        .last()
        .is_some_and(|last| last.rule == diagnostic.rule.name && last.pointer.as_deref() == pointer);
    if !reading.problems.is_empty() || !holds {
        return None;
    }
    let edits = vec![TextEdit::replace(Span::empty(text.len() as u32), entry)];
    Some(DocumentEdit { uri: Arc::from(format!("{directory}{FILE_NAME}")), edits, creates: existing.is_none() })
}

/// Beside the outermost container that is known, as that is most likely the project's; or else beside the file.
fn new_directory<'a>(context: &Context<'a>) -> Option<&'a str> {
    let uri = context.document.uri();
    let outermost = context.workspace.possible_containers(context.document).pop();
    let directory = outermost.map_or_else(|| directory_of(uri), |container| directory_of(container.uri()));
    (!directory.is_empty()).then_some(directory)
}

/// A path, of which nothing is special in a pattern.
fn as_pattern(path: &str) -> String {
    let is_special = |c: char| "*?[]{}\\".contains(c);
    if !path.contains(is_special) && !path.starts_with('!') {
        return path.to_owned();
    }
    let mut pattern = String::from("/");
    for character in path.chars() {
        if is_special(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
