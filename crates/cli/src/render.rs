//! Rendering of template expressions, sandboxed: nothing but the given variables can be read, and
//! the amount of work is bounded.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, context};
use task_api_core::template::has_expression;
use task_api_json::{Kind, Span, TextEdit, apply_edits, parse, quote};

/// Instructions that one string may take.
const FUEL: u64 = 50_000;
/// Bytes that one string may become.
const LONGEST: usize = 1 << 20;

/// A rendered text.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// The strings that were rendered, as edits of the text before; `None` where the text as a whole
    /// was rendered, and places cannot be compared.
    pub(crate) edits: Option<Vec<TextEdit>>,
}

/// The text with the expressions in its strings rendered. Each string is rendered by itself and
/// written as a JSON string again, so that no value can break out of it. A text with expressions
/// outside of strings is rendered as a whole.
pub(crate) fn render(text: &str, env: &[(String, String)]) -> Result<Rendered, RenderError> {
    if !has_expression(text) {
        return Ok(Rendered { text: text.to_owned(), edits: Some(Vec::new()) });
    }
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Lenient);
    engine.set_fuel(Some(FUEL));
    let variables: BTreeMap<String, String> = env.iter().cloned().collect();
    let no_custom_values: BTreeMap<String, String> = BTreeMap::new();
    let variables = context! { env => variables, custom => no_custom_values };
    let tree = parse(text);
    if tree.has_template_blocks() {
        let in_context = |error: minijinja::Error| RenderError { pointer: String::new(), reason: error.to_string() };
        let text = engine.render_str(text, &variables).map_err(in_context)?;
        return Ok(Rendered { text, edits: None });
    }
    let mut edits = Vec::new();
    for node in tree.root(text).descendants().filter(|node| node.kind() == Kind::String) {
        let Some(template) = node.as_str().filter(|template| has_expression(template)) else { continue };
        let rendered = engine
            .render_str(&template, &variables)
            .map_err(|error| RenderError { pointer: node.pointer(), reason: error.to_string() })?;
        if rendered.len() > LONGEST {
            let reason = format!("it becomes longer than {LONGEST} bytes");
            return Err(RenderError { pointer: node.pointer(), reason });
        }
        edits.push(TextEdit::replace(node.span(), quote(&rendered)));
    }
    let rendered = apply_edits(text, &edits).unwrap_or_else(|| text.to_owned());
    Ok(Rendered { text: rendered, edits: Some(edits) })
}

impl Rendered {
    /// Whether this place of the text before is a string that was rendered.
    pub(crate) fn is_rendered(&self, span: Span) -> bool {
        self.edits.iter().flatten().any(|edit| edit.span == span)
    }

    /// A place of the rendered text in the text before. Of what was rendered, only the whole has one.
    pub(crate) fn place_before(&self, span: Span) -> Span {
        let Some(edits) = &self.edits else { return span };
        let before = |offset: u32, at_end: bool| {
            let mut shift = 0i64;
            for edit in edits {
                let start = i64::from(edit.span.start) + shift;
                let end = start + edit.new_text.len() as i64;
                if i64::from(offset) < start + i64::from(at_end) {
                    break;
                }
                if i64::from(offset) < end + i64::from(at_end) {
                    return if at_end { edit.span.end } else { edit.span.start };
                }
                shift += edit.new_text.len() as i64 - i64::from(edit.span.len());
            }
            (i64::from(offset) - shift) as u32
        };
        Span::new(before(span.start, false), before(span.end, true))
    }
}

#[derive(Debug)]
pub(crate) struct RenderError {
    pub(crate) pointer: String,
    pub(crate) reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> String {
        render(text, &[("A".into(), "x\"y".into())]).unwrap().text
    }

    #[test]
    fn places_are_found_again_in_the_text_before() {
        let text = r#"["{{ env.A }}", 1, "{{ env.B }}", 2]"#;
        let rendered = render(text, &[("A".into(), "long ".repeat(9))]).unwrap();
        let tree = parse(&rendered.text);
        let before: Vec<_> =
            tree.root(&rendered.text).elements().map(|node| rendered.place_before(node.span()).of(text)).collect();
        assert_eq!(before, [r#""{{ env.A }}""#, "1", r#""{{ env.B }}""#, "2"]);
    }

    #[test]
    fn blocks_outside_of_strings_render_the_text() {
        assert_eq!(rendered("[{% for i in [1, 2] %}{{ i }},{% endfor %} 3]"), "[1,2, 3]");
    }

    #[test]
    fn values_stay_in_their_string() {
        assert_eq!(rendered(r#"{"a": "{{ env.A }}/b"}"#), r#"{"a": "x\"y/b"}"#);
        assert_eq!(rendered(r#"["{{ env.MISSING }}/b", "{{ custom.c }}"]"#), r#"["/b", ""]"#);
    }

    #[test]
    fn work_is_bounded() {
        let text = r#"["{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}"]"#;
        assert_eq!(render(text, &[]).unwrap_err().pointer, "/0");
        assert!(
            render(r#"["{{ [].__class__ }}"]"#, &[]).is_err() || rendered(r#"["{{ [].__class__ }}"]"#) == r#"[""]"#
        );
    }
}
