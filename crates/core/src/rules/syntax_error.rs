//! `syntax-error`: text that is not JSON.

use task_api_json::{Node, Span, SyntaxErrorKind};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "syntax-error",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "text that is not JSON",
    explanation: "Every syntax error is reported, not just the first one: behind an error the reader goes on as if it \
        were mended. Where a single token decides (a missing or trailing comma, single quotes, a comment, a key without \
        quotes), a fix mends it.",
    bad: Example::container(
        r#"{"name": "lungs", "description": "Segments lungs.", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}],}"#,
    ),
    good: Example::container(
        r#"{"name": "lungs", "description": "Segments lungs.", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}]}"#,
    ),
};

pub(crate) fn check(root: Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let text = root.text();
    // Where strings end is what everything else is read by.
    let are_strings_in_doubt = root
        .tree()
        .errors()
        .iter()
        .any(|error| matches!(error.kind, SyntaxErrorKind::UnopenedString | SyntaxErrorKind::UnterminatedString));
    for error in root.tree().errors() {
        if error.kind == SyntaxErrorKind::TemplateBlock {
            continue;
        }
        let at = root.node_at(error.span.start);
        let mut diagnostic = Diagnostic::new(&RULE, at, error.span, error.message(text));
        if error.kind.is_note() {
            diagnostic.severity = Severity::Info;
        }
        if let Some(note) = error.note() {
            diagnostic = diagnostic.note(note);
        }
        if let Some(related) = error.related.filter(|&related| related != error.span) {
            diagnostic = diagnostic.related(DocumentRef::This, related, error.related_message());
        }
        if let Some(title) = error.fix_title() {
            let guess = matches!(
                error.kind,
                SyntaxErrorKind::ExtraToken
                    | SyntaxErrorKind::UnclosedAtEnd
                    | SyntaxErrorKind::UnclosedArray
                    | SyntaxErrorKind::UnclosedObject
                    | SyntaxErrorKind::UnopenedArray
                    | SyntaxErrorKind::UnopenedObject
                    | SyntaxErrorKind::UnopenedString
                    | SyntaxErrorKind::UnterminatedString
                    | SyntaxErrorKind::UnquotedString
                    | SyntaxErrorKind::WrongBracket
            );
            let applicability = if guess || are_strings_in_doubt { Applicability::Unsafe } else { Applicability::Safe };
            diagnostic = diagnostic.fix(applicability, title, error.edits.clone());
        }
        diagnostics.push(diagnostic);
    }
}

/// The text stops where the file is no UTF-8 any more.
pub(crate) fn broken_utf8(root: Node<'_>) -> Diagnostic {
    let end = root.text().len() as u32;
    Diagnostic::new(&RULE, root, Span::empty(end), format!("byte {end} of the file is not UTF-8"))
        .label("the text ends here")
        .note("JSON files are UTF-8; save the file in that encoding")
}
