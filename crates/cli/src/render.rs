//! Rendering of template expressions, sandboxed: nothing but the given variables can be read, and
//! the amount of work is bounded.

mod origin;

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use task_api_core::diagnostic::Diagnostic;
use task_api_core::rules::invalid_expression::RULE;
use task_api_core::template::has_expression;
use task_api_json::{Kind, Node, Span, TextEdit, apply_edits, parse, quote};

pub(crate) use origin::Came;
pub use origin::Rendered;

/// Instructions that one string may take.
const FUEL: u64 = 50_000;
/// Bytes that one string may become.
const LONGEST: usize = 1 << 20;
/// Bytes that a text with expressions outside of strings may become.
const LONGEST_TEXT: usize = 16 << 20;

/// What expressions may read; of one name, the last value counts.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// `env.NAME`
    pub env: Vec<(String, String)>,
    /// `custom.NAME`
    pub custom: Vec<(String, String)>,
}

/// Why a text cannot be rendered.
#[derive(Debug)]
pub struct RenderError {
    /// JSON Pointer of the string; empty where the text as a whole is rendered.
    pub pointer: String,
    pub span: Span,
    pub reason: String,
    /// How to mend it, where that can be told.
    pub help: Option<String>,
}

/// The text with the expressions in its strings rendered. Each string is rendered by itself and
/// written as a JSON string again, so that no value can break out of it. A text with expressions
/// outside of strings is rendered as a whole.
pub fn render(text: &str, variables: &Variables) -> Result<Rendered, RenderError> {
    if !has_expression(text) && !text.contains("\\u") {
        return Ok(Rendered::unchanged(text));
    }
    let engine = Engine::new(variables);
    let tree = parse(text);
    if tree.has_template_blocks() {
        return engine.whole(text);
    }
    let mut edits = Vec::new();
    for node in tree.root(text).descendants().filter(|node| node.kind() == Kind::String) {
        let Some(template) = node.as_str().filter(|template| has_expression(template)) else { continue };
        let rendered = engine.string(&template).map_err(|error| in_string(&error, &template, node))?;
        edits.push(TextEdit::replace(node.span(), quote(&rendered)));
    }
    let rendered = apply_edits(text, &edits).unwrap_or_else(|| text.to_owned());
    Ok(Rendered::of_strings(rendered, edits))
}

impl RenderError {
    /// As it is told of the text that `root` is the topmost value of.
    pub(crate) fn diagnostic(&self, root: Node<'_>) -> Diagnostic {
        let node = root.resolve(&self.pointer).unwrap_or(root);
        let place = if self.pointer.is_empty() { String::new() } else { format!(" at {}", self.pointer) };
        let message = format!("cannot render the template expression{place}: {}", self.reason);
        let diagnostic = Diagnostic::new(&RULE, node, self.span, message);
        match &self.help {
            Some(help) => *diagnostic.note(help.clone()),
            None => *diagnostic,
        }
    }
}

struct Engine {
    environment: Environment<'static>,
    variables: Value,
}

impl Engine {
    fn new(variables: &Variables) -> Engine {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Lenient);
        environment.set_fuel(Some(FUEL));
        // Errors at run time have their places in this mode only.
        environment.set_debug(true);
        let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeMap<String, String>>();
        let variables = context! { env => map(&variables.env), custom => map(&variables.custom) };
        Engine { environment, variables }
    }

    fn string(&self, template: &str) -> Result<String, Error> {
        let mut bounded = Bounded { bytes: Vec::new(), longest: LONGEST };
        self.environment.template_from_str(template)?.render_captured_to(&self.variables, &mut bounded)?;
        Ok(String::from_utf8_lossy(&bounded.bytes).into_owned())
    }

    fn whole(&self, text: &str) -> Result<Rendered, RenderError> {
        let in_text = |error: Error| {
            let span = error.range().map_or(Span::empty(0), |range| range_in(text, range, 0));
            RenderError { pointer: String::new(), span, reason: reason(&error, LONGEST_TEXT), help: help(&error, text) }
        };
        let template = self.environment.template_from_str(text).map_err(in_text)?;
        // Only what is known to end in time and in bounds is rendered with its places.
        let bounded = Bounded { bytes: Vec::new(), longest: LONGEST_TEXT };
        template.render_captured_to(&self.variables, bounded).map_err(in_text)?;
        let (rendered, spans) = template.render_with_spans(&self.variables).map_err(in_text)?;
        Ok(Rendered::of_text(rendered, &spans))
    }
}

fn in_string(error: &Error, template: &str, node: Node<'_>) -> RenderError {
    let inner = node.inner_span();
    let span = match error.range() {
        // Escapes would shift the places.
        Some(range) if node.inner() == template => range_in(template, range, inner.start),
        _ => node.span(),
    };
    let help = help(error, template);
    let span = match find_shell_length(template).filter(|_| help.is_some() && node.inner() == template) {
        Some(at) => Span::new(inner.start + at as u32, inner.start + at as u32 + 3),
        None => span,
    };
    RenderError { pointer: node.pointer(), span, reason: reason(error, LONGEST), help }
}

/// A range of a template in the text, at whole characters.
fn range_in(template: &str, range: std::ops::Range<usize>, start: u32) -> Span {
    let floor = |offset: usize| (0..=offset.min(template.len())).rev().find(|&at| template.is_char_boundary(at));
    let (from, to) = (floor(range.start).unwrap_or(0), floor(range.end).unwrap_or(0));
    Span::new(start + from as u32, start + to.max(from) as u32)
}

fn reason(error: &Error, longest: usize) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "it takes too much work".to_owned(),
        (ErrorKind::WriteFailure, _) => format!("it becomes longer than {longest} bytes"),
        (ErrorKind::SyntaxError, Some("unexpected end of comment")) => {
            "`{#` opens a comment of the template language, which is never closed by `#}`".to_owned()
        }
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

fn help(error: &Error, template: &str) -> Option<String> {
    let is_open_comment = error.detail() == Some("unexpected end of comment");
    let at = find_shell_length(template).filter(|_| is_open_comment)?;
    let name = template[at + 3..].split('}').next().unwrap_or_default();
    Some(format!("for the length of a variable of the shell, write `${{#{name}}}` as `{{{{ '${{#' }}}}{name}}}`"))
}

/// `${#NAME}` of a shell, which opens a comment.
fn find_shell_length(template: &str) -> Option<usize> {
    template.find("${#")
}

/// Takes so many bytes.
struct Bounded {
    bytes: Vec<u8>,
    longest: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.longest {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use task_api_core::{CheckOptions, check};

    use super::*;

    fn variables(value: &str) -> Variables {
        Variables { env: vec![("A".into(), value.into())], custom: vec![("c".into(), "own".into())] }
    }

    fn rendered(text: &str) -> String {
        render(text, &variables("x\"y")).unwrap().text
    }

    #[test]
    fn blocks_outside_of_strings_render_the_text() {
        assert_eq!(rendered("[{% for i in [1, 2] %}{{ i }},{% endfor %} 3]"), "[1,2, 3]");
    }

    #[test]
    fn values_stay_in_their_string() {
        assert_eq!(rendered(r#"{"a": "{{ env.A }}/b"}"#), r#"{"a": "x\"y/b"}"#);
        assert_eq!(rendered(r#"["{{ env.MISSING }}/b", "{{ custom.c }}"]"#), r#"["/b", "own"]"#);
        assert_eq!(rendered(r#"["\u007b\u007b env.A }}"]"#), r#"["x\"y"]"#);
    }

    #[test]
    fn the_last_value_of_a_name_counts() {
        let env = vec![("A".into(), "1".into()), ("A".into(), "2".into())];
        let variables = Variables { env, ..Variables::default() };
        assert_eq!(render(r#"["{{ env.A }}"]"#, &variables).unwrap().text, r#"["2"]"#);
    }

    #[test]
    fn work_and_length_are_bounded() {
        let far = r#"["{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}"]"#;
        let long = r#"["{% for a in range(900) %}{{ env.A }}{% endfor %}"]"#;
        let whole = format!("[{{{{ 1 }}}}{}]", " ".repeat(16 << 20));
        for (text, pointer, reason) in [
            (far, "/0", "it takes too much work"),
            (r#"["{{ 'x' * 99999999 }}"]"#, "/0", "it takes too much work"),
            (long, "/0", "it becomes longer than 1048576 bytes"),
            (&whole, "", "it becomes longer than 16777216 bytes"),
        ] {
            let error = render(text, &variables(&"x".repeat(100_000))).unwrap_err();
            assert_eq!((error.pointer.as_str(), error.reason.as_str()), (pointer, reason));
        }
        assert_eq!(rendered(r#"["{{ [].__class__ }}"]"#), r#"[""]"#);
    }

    #[test]
    fn errors_have_their_places() {
        for (text, place, reason) in [
            (r#"["é {{ env.A | nope }}"]"#, "nope", "unknown filter: filter nope is unknown"),
            (r#"["\n{{ env.A | nope }}"]"#, r#""\n{{ env.A | nope }}""#, "unknown filter: filter nope is unknown"),
            (r#"["echo ${#A} {# x"]"#, "${#", "`{#` opens a comment"),
            (r#"[{{ env.A | nope }}]"#, "nope", "unknown filter: filter nope is unknown"),
            (r#"["{{ env. }}"]"#, "}}", "syntax error: unexpected"),
            (r#"["é{{ 1 + 'é' }}"]"#, "1 + 'é'", "invalid operation"),
        ] {
            let error = render(text, &variables("x")).unwrap_err();
            assert!(error.span.of(text).contains(place), "{text}: {}", error.span.of(text));
            assert!(error.reason.starts_with(reason), "{text}: {}", error.reason);
        }
        let error = render(r#"["echo ${#NAMES}"]"#, &variables("x")).unwrap_err();
        assert_eq!(
            error.help.as_deref(),
            Some("for the length of a variable of the shell, write `${#NAMES}` as `{{ '${#' }}NAMES}`")
        );
        assert_eq!(rendered(r#"["echo {{ '${#' }}NAMES}"]"#), r#"["echo ${#NAMES}"]"#);
    }

    #[test]
    fn the_examples_of_the_documentation_do_what_they_say() {
        let variables = Variables { env: vec![("REGISTRY".into(), "R".into())], ..Variables::default() };
        for (example, fails) in [(&RULE.bad, true), (&RULE.good, false)] {
            assert!(check(example.text, &CheckOptions::default()).is_valid());
            let result = render(example.text, &variables);
            assert_eq!(result.is_err(), fails);
            let rendered = result.map_or_else(|_| example.text.to_owned(), |rendered| rendered.text);
            assert!(check(&rendered, &CheckOptions::default()).is_valid(), "{rendered}");
        }
    }
}
