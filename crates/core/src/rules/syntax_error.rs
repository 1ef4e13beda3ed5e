//! `syntax-error`: text that is not JSON.

use task_api_json::{Node, Span, SyntaxError, SyntaxErrorKind, apply_edits, parse};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;

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

pub(crate) fn check(root: Node<'_>, findings: &mut Findings<'_>) {
    let text = root.text();
    let errors = root.tree().errors();
    let doubtful: Vec<&SyntaxError> = errors.iter().filter(|error| error.kind.leaves_structure_in_doubt()).collect();
    // Defects of different kinds may be one, seen from several sides.
    let is_mixed = doubtful.windows(2).any(|pair| pair[0].kind != pair[1].kind);
    for error in errors {
        if error.kind == SyntaxErrorKind::TemplateBlock {
            continue;
        }
        let severity = if error.kind.is_note() { Severity::Info } else { RULE.severity };
        findings.report_as(&RULE, severity, || {
            let at = root.node_at(error.span.start);
            let mut diagnostic = Diagnostic::new(&RULE, at, error.span, error.message(text));
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
                let is_safe = !guess && (!is_mixed || mends_just(error, text, errors));
                let applicability = if is_safe { Applicability::Safe } else { Applicability::Unsafe };
                diagnostic = diagnostic.fix(applicability, title, error.edits.clone());
            }
            diagnostic
        });
    }
    findings.count(&RULE, root.tree().dropped_errors());
}

/// The text stops where the file is no UTF-8 any more.
pub(crate) fn broken_utf8(root: Node<'_>) -> Diagnostic {
    let end = root.text().len() as u32;
    Diagnostic::new(&RULE, root, Span::empty(end), format!("byte {end} of the file is not UTF-8"))
        .label("the text ends here")
        .note("JSON files are UTF-8; save the file in that encoding")
}

/// Whether the edits of `error` leave exactly the other errors.
fn mends_just(error: &SyntaxError, text: &str, errors: &[SyntaxError]) -> bool {
    /// With more, nobody can say what was meant, and trying each takes too long.
    const FEW: usize = 32;
    if errors.len() > FEW {
        return false;
    }
    let Some(mended) = apply_edits(text, &error.edits) else { return false };
    let mut remaining: Vec<String> = parse(&mended).errors().iter().map(|error| error.message(&mended)).collect();
    let others = errors.iter().filter(|other| !std::ptr::eq(*other, error));
    let mut expected: Vec<String> = others.map(|error| error.message(text)).collect();
    remaining.sort_unstable();
    expected.sort_unstable();
    remaining == expected
}
