//! A template expression: which variable it asks for, and when it gets it.

use task_api_json::Span;

use super::Asked;
use crate::expression::{Expression, Token, TokenKind, expressions};
use crate::markdown::code;
use crate::structure::touches;

pub(super) struct ExpressionText {
    pub(super) span: Span,
    pub(super) text: String,
}

/// A variable of an expression: `env.NAME`, `custom['name']`.
struct Variable<'t> {
    root: &'t str,
    name: &'t str,
    span: Span,
}

pub(super) fn text(asked: &Asked<'_>, offset: u32) -> Option<ExpressionText> {
    let expressions = expressions(asked.node);
    let expression = expressions.iter().find(|expression| touches(expression.span, offset))?;
    if expression.tokens.iter().all(|token| token.kind == TokenKind::Comment) {
        let text = "A comment of the template language: it is left out before the file is read.".to_owned();
        return Some(ExpressionText { span: expression.span, text });
    }
    let variables = variables(expression);
    let here = variables.iter().find(|variable| touches(variable.span, offset));
    let told: Vec<String> = match here {
        Some(variable) => vec![in_words(asked, expression, variable)],
        None => variables.iter().map(|variable| format!("- {}", in_words(asked, expression, variable))).collect(),
    };
    let mut text = told.join("\n");
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str("A template expression: it is rendered before anything is run.");
    Some(ExpressionText { span: here.map_or(expression.span, |variable| variable.span), text })
}

fn in_words(asked: &Asked<'_>, expression: &Expression, variable: &Variable<'_>) -> String {
    let path = code(&format!("{}.{}", variable.root, variable.name));
    let is_filter = |token: &Token| token.kind == TokenKind::Filter && matches!(&*token.text, "default" | "d");
    let otherwise =
        if expression.tokens.iter().any(is_filter) { "the default is taken" } else { "nothing is left in its place" };
    if variable.root == "custom" {
        let option = code(&format!("--var {}=VALUE", variable.name));
        return format!("{path} is given by the workflow system, or with {option}. Where it is not, {otherwise}.");
    }
    let set = match &asked.workspace.variables {
        Some(variables) if variables.contains(variable.name) => "It is set.".to_owned(),
        Some(_) => format!("It is not set here: {otherwise}."),
        None => format!("Where it is not set, {otherwise}."),
    };
    format!("{path} is a variable of the environment in which `task-api` runs. {set}")
}

fn variables(expression: &Expression) -> Vec<Variable<'_>> {
    let tokens = &expression.tokens;
    let mut found = Vec::new();
    for (index, root) in tokens.iter().enumerate() {
        if root.kind != TokenKind::Variable || !matches!(&*root.text, "env" | "custom") {
            continue;
        }
        let (Some(mark), Some(name)) = (tokens.get(index + 1), tokens.get(index + 2)) else { continue };
        let variable = match (&*mark.text, name.kind) {
            (".", TokenKind::Property) => Some((&*name.text, name.span.end)),
            ("[", TokenKind::String) => {
                let end = tokens.get(index + 3).map_or(name.span.end, |close| close.span.end);
                Some((name.text.trim_matches(['"', '\'']), end))
            }
            _ => None,
        };
        let Some((name, end)) = variable else { continue };
        found.push(Variable { root: &root.text, name, span: Span::new(root.span.start, end) });
    }
    found
}
