//! Colours for the template expressions within strings. The rest is JSON, which editors know how to colour.

use task_api_json::Span;

use crate::document::Document;
use crate::expression::{TokenKind, expressions};

/// A piece of an expression, within one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SemanticToken {
    pub span: Span,
    pub kind: TokenKind,
}

/// The tokens of all expressions, or of those that touch a part of the document, in order.
pub fn semantic_tokens(document: &Document, range: Option<Span>) -> Vec<SemanticToken> {
    if document.kind().is_none() {
        return Vec::new();
    }
    let is_wanted = |span: Span| range.is_none_or(|range| span.start <= range.end && range.start <= span.end);
    let mut tokens = Vec::new();
    for node in document.root().descendants().filter(|node| is_wanted(node.span())) {
        for token in expressions(node).into_iter().flat_map(|expression| expression.tokens) {
            if is_wanted(token.span) {
                push_by_line(&mut tokens, document.text(), token.span, token.kind);
            }
        }
    }
    tokens
}

fn push_by_line(tokens: &mut Vec<SemanticToken>, text: &str, span: Span, kind: TokenKind) {
    let mut start = span.start;
    for line in span.of(text).split_inclusive(['\n', '\r']) {
        let length = line.trim_end_matches(['\n', '\r']).len() as u32;
        if length > 0 {
            tokens.push(SemanticToken { span: Span::new(start, start + length), kind });
        }
        start += line.len() as u32;
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::fixture;

    #[track_caller]
    fn check(literal: &str, expected: Expect) {
        let fixture = fixture(literal);
        let document = fixture.workspace.get("file:///task.json").unwrap();
        let mut shown = String::new();
        for token in semantic_tokens(document, None) {
            writeln!(shown, "{:?} {}", token.kind, token.span.of(document.text())).unwrap();
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn names_filters_and_literals() {
        check(
            r#"{"image": "a/{{ env.REGISTRY | default('x', 1.5) }}:{% if custom.a is defined %}b{% endif %}{# c #}"}"#,
            expect![[r#"
                Delimiter {{
                Variable env
                Operator .
                Property REGISTRY
                Operator |
                Filter default
                Operator (
                String 'x'
                Operator ,
                Number 1.5
                Operator )
                Delimiter }}
                Delimiter {%
                Keyword if
                Variable custom
                Operator .
                Property a
                Keyword is
                Filter defined
                Delimiter %}
                Delimiter {%
                Keyword endif
                Delimiter %}
                Comment {# c #}
            "#]],
        );
    }

    #[test]
    fn escapes_of_json_and_of_the_expression() {
        check(
            r#"{"name": "\n{{- \"a}}\\\"b\" ~ '\u00e9' -}}\u007b{ x }}"}"#,
            expect![[r#"
                Delimiter {{-
                String \"a}}\\\"b\"
                Operator ~
                String '\u00e9'
                Delimiter -}}
                Delimiter \u007b{
                Variable x
                Delimiter }}
            "#]],
        );
    }

    #[test]
    fn unfinished_expressions_and_lines() {
        check(
            "{\"name\": {{ 'a\nb' }}, \"image\": \"{{ env.\"}",
            expect![[r#"
                Delimiter {{
                String 'a
                String b'
                Delimiter }}
                Delimiter {{
                Variable env
                Operator .
            "#]],
        );
        check("{\"name\": \"a { b } {c}\"}", expect![""]);
    }

    #[test]
    fn a_part_of_the_document() {
        let fixture = fixture(r#"{"a": "{{ b }}", "c": "{{ d }}"}"#);
        let document = fixture.workspace.get("file:///task.json").unwrap();
        let tokens = semantic_tokens(document, Some(Span::new(20, 40)));
        assert_eq!(tokens.len(), 3);
        assert!(tokens.iter().all(|token| token.span.start > 20));
    }
}
