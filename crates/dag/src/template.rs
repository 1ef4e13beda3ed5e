//! Texts with template expressions, taken apart: the few forms that have a counterpart in Python.

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    /// `{{ env.NAME }}`, or `{{ env.NAME | default('…') }}`.
    Variable {
        name: String,
        default: Option<String>,
    },
}

/// The parts of a text; or the first expression that has no counterpart.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text;
    while let Some(at) = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min() {
        let (before, from) = rest.split_at(at);
        push_text(&mut pieces, before);
        let Some((expression, length)) = expression(from) else {
            return Err(from.chars().take(40).collect());
        };
        match expression {
            Piece::Text(text) => push_text(&mut pieces, &text),
            variable => pieces.push(variable),
        }
        rest = from.get(length..).unwrap_or_default();
    }
    push_text(&mut pieces, rest);
    Ok(pieces)
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

/// The expression that the text begins with, and its length.
fn expression(text: &str) -> Option<(Piece, usize)> {
    let inner = text.strip_prefix("{{")?;
    let inner = inner.strip_prefix('-').unwrap_or(inner).trim_start();
    let (piece, rest) = match string(inner) {
        Some((text, rest)) => (Piece::Text(text.to_owned()), rest),
        None => {
            let name = inner.strip_prefix("env.")?;
            let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            let (name, rest) = name.split_at(length);
            if name.is_empty() {
                return None;
            }
            let (default, rest) = match rest.trim_start().strip_prefix('|') {
                Some(filter) => {
                    let argument = filter.trim_start().strip_prefix("default")?.trim_start().strip_prefix('(')?;
                    let (default, rest) = string(argument.trim_start())?;
                    (Some(default.to_owned()), rest.trim_start().strip_prefix(')')?)
                }
                None => (None, rest),
            };
            (Piece::Variable { name: name.to_owned(), default }, rest)
        }
    };
    let rest = rest.trim_start().strip_prefix("}}")?;
    Some((piece, text.len() - rest.len()))
}

/// The string literal that the text begins with, if it holds no escapes, and what stands behind it.
fn string(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (inner, rest) = text.get(1..)?.split_once(quote)?;
    (!inner.contains('\\')).then_some((inner, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, default: Option<&str>) -> Piece {
        Piece::Variable { name: name.to_owned(), default: default.map(str::to_owned) }
    }

    #[test]
    fn texts_are_taken_apart() {
        let text = "{{ env.A }}/a{{env.B|default(\"x\")}}:{{ '{{' }} {b} {{ '}}' }}";
        let expected =
            [variable("A", None), Piece::Text("/a".into()), variable("B", Some("x")), Piece::Text(":{{ {b} }}".into())];
        assert_eq!(pieces(text).as_deref(), Ok(&expected[..]));
    }

    #[test]
    fn what_has_no_counterpart_is_named() {
        for text in ["{{ custom.x }}", "{% if a %}", "{# a #}", "{{ env.A | upper }}", "{{ env.A", "{{", "{{ 'a\\n' }}"]
        {
            assert_eq!(pieces(&format!("ä{text}")), Err(text.to_owned()));
        }
    }
}
