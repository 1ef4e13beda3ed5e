//! Template expressions: both files are rendered by Jinja before they are read as JSON.

/// Whether the text holds an expression, block or comment, so that its value is not known yet.
pub fn has_expression(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        rest = &rest[at + 1..];
        if rest.starts_with(['{', '%', '#']) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::has_expression;

    #[test]
    fn expressions_are_told_from_braces() {
        assert!(has_expression("a {{ env.B }}"));
        assert!(has_expression("{% if a %}"));
        assert!(!has_expression("{a} { {"));
    }
}
