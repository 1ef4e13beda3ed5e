//! `syntax-error`: text that is not JSON.

use task_api_json::{Node, Span, SyntaxError, SyntaxErrorKind, apply_edits, parse};

use super::{Example, Group, Rule};
use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::Findings;
use crate::template::is_part_of_name;

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
    if is_yaml(text) {
        findings.report(&RULE, || {
            let line = text.trim_start().lines().next().unwrap_or_default();
            let start = (text.len() - text.trim_start().len()) as u32;
            Diagnostic::new(&RULE, root, Span::new(start, start + line.len() as u32), "this file is YAML, and JSON is wanted")
                .label("a JSON file begins with `{`")
                .note("any converter from YAML to JSON will do, such as: python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, indent=2)'")
        });
        return;
    }
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

/// Whether the text begins as YAML does: with `---`, or with `key:` where JSON has its bracket.
pub(crate) fn is_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines.next() else { return false };
    if first == "---" {
        return true;
    }
    let key = first.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(' ')).map(|(key, _)| key);
    key.is_some_and(|key| !key.is_empty() && key.chars().all(|c| is_part_of_name(c) || c == '-'))
}

/// The text stops where the file is no UTF-8 any more.
pub(crate) fn broken_utf8(root: Node<'_>) -> Box<Diagnostic> {
    let end = root.text().len() as u32;
    Diagnostic::new(&RULE, root, Span::empty(end), format!("byte {end} of the file is not UTF-8"))
        .label("the text ends here")
        .note("it has to be UTF-8, as JSON and Python are; save it in that encoding")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckOptions, check};

    #[test]
    fn a_file_of_another_language_is_one_defect() {
        for yaml in
            ["name: lungs\ntemplates:\n  - identifier: a\n", "# A container.\n---\nname: a\n", "templates:\n  []\n"]
        {
            let checked = check(yaml, &CheckOptions::default());
            let messages: Vec<&str> =
                checked.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            assert_eq!(messages, ["this file is YAML, and JSON is wanted"]);
        }
        for text in ["{name: 1}", "\"name\": 1", "name", "// name: a\n{}", "http://a"] {
            assert!(!is_yaml(text), "{text}");
        }
    }
}
