//! Template expressions: both files are rendered by Jinja before they are read as JSON.

use std::ops::Range;

/// Whether a character can stand in a name. Of those beyond ASCII, all are taken for letters: to tell them apart takes
/// tables, which count in WebAssembly.
pub fn is_part_of_name(character: char) -> bool {
    character == '_' || character.is_ascii_alphanumeric() || !character.is_ascii()
}

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
    let wanted = references(text).filter(|(expression, ..)| {
        let may_do_without = expression.contains("default") || expression.contains(" if ");
        !may_do_without
    });
    wanted.map(|(_, name, range)| (name, range)).collect()
}

/// All of them, those with a default as well.
pub fn env_references(text: &str) -> Vec<(&str, Range<usize>)> {
    references(text).map(|(_, name, range)| (name, range)).collect()
}

/// Each reference to a variable, behind the expression that it stands in.
fn references(text: &str) -> impl Iterator<Item = (&str, &str, Range<usize>)> {
    let mut at = 0;
    let expressions = std::iter::from_fn(move || {
        let open = text[at..].find("{{").map(|open| at + open + 2)?;
        at = text[open..].find("}}").map_or(text.len(), |end| open + end);
        Some((open, &text[open..at]))
    });
    expressions.flat_map(move |(open, expression)| {
        expression.match_indices("env.").filter_map(move |(place, _)| {
            let begins_a_name = expression[..place].ends_with(|c| is_part_of_name(c) || c == '.');
            let name = &expression[place + 4..];
            let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            let start = open + place + 4;
            (length > 0 && !begins_a_name).then(|| (expression, &text[start..start + length], start..start + length))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_with_their_places() {
        let text = "{{ env.A }}/{{ env.B | default('x') }} env.C {{ custom.env.D ~ env.E_1 }}";
        let names: Vec<_> = env_variables(text).into_iter().map(|(name, range)| (name, &text[range])).collect();
        assert_eq!(names, [("A", "A"), ("E_1", "E_1")]);
        let all: Vec<_> = env_references(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(all, ["A", "B", "E_1"]);
    }

    #[test]
    fn expressions_are_told_from_braces() {
        assert!(has_expression("a {{ env.B }}"));
        assert!(has_expression("{% if a %}"));
        assert!(!has_expression("{a} { {"));
    }
}
