//! Template expressions: both files are rendered by Jinja before they are read as JSON.

use std::ops::Range;

/// Whether the text holds an expression, block or comment, so that its value is not known yet.
pub fn has_expression(text: &str) -> bool {
    // Asked of every value: a plain loop is the quickest for short texts.
    let mut before = 0;
    for &byte in text.as_bytes() {
        if before == b'{' && matches!(byte, b'{' | b'%' | b'#') {
            return true;
        }
        before = byte;
    }
    false
}

/// The variables of the environment that expressions in the text refer to (`env.NAME`), with the
/// places of the names. Those with a default (`env.NAME | default('x')`) are left out.
pub fn env_variables(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|open| at + open + 2) {
        let end = text[open..].find("}}").map_or(text.len(), |end| open + end);
        let expression = &text[open..end];
        at = end;
        if expression.contains("default") || expression.contains(" if ") {
            continue;
        }
        for (place, _) in expression.match_indices("env.") {
            let begins_a_name = expression[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
            let name = &expression[place + 4..];
            let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            if length > 0 && !begins_a_name {
                let start = open + place + 4;
                found.push((&text[start..start + length], start..start + length));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_with_their_places() {
        let text = "{{ env.A }}/{{ env.B | default('x') }} env.C {{ custom.env.D ~ env.E_1 }}";
        let names: Vec<_> = env_variables(text).into_iter().map(|(name, range)| (name, &text[range])).collect();
        assert_eq!(names, [("A", "A"), ("E_1", "E_1")]);
    }

    #[test]
    fn expressions_are_told_from_braces() {
        assert!(has_expression("a {{ env.B }}"));
        assert!(has_expression("{% if a %}"));
        assert!(!has_expression("{a} { {"));
    }
}
