//! Rendering of template expressions, sandboxed: nothing but the given variables can be read, and
//! the amount of work is bounded.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, context};
use task_api_core::template::has_expression;
use task_api_json::{Kind, TextEdit, apply_edits, parse, quote};

/// Instructions that one string may take.
const FUEL: u64 = 50_000;
/// Bytes that one string may become.
const LONGEST: usize = 1 << 20;

/// The text with the expressions in its strings rendered. Each string is rendered by itself and
/// written as a JSON string again, so that no value can break out of it.
pub(crate) fn render(text: &str, env: &[(String, String)]) -> Result<String, RenderError> {
    if !has_expression(text) {
        return Ok(text.to_owned());
    }
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Lenient);
    engine.set_fuel(Some(FUEL));
    let variables: BTreeMap<String, String> = env.iter().cloned().collect();
    let no_custom_values: BTreeMap<String, String> = BTreeMap::new();
    let variables = context! { env => variables, custom => no_custom_values };
    let tree = parse(text);
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
    Ok(apply_edits(text, &edits).unwrap_or_else(|| text.to_owned()))
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
        render(text, &[("A".into(), "x\"y".into())]).unwrap()
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
