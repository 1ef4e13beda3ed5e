//! What a value of a DAG file is, as far as it can be told without running the file.

use std::rc::Rc;

use task_api_json::Span;

use crate::python::Name;

/// A value where it is used. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) span: Span,
    pub(crate) kind: ValueKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ValueKind {
    /// With template expressions for what comes from outside of the file.
    Text(Rc<str>),
    /// As it is written.
    Number(Rc<str>),
    Boolean(bool),
    None,
    List(Rc<Vec<Value>>),
    Dict(Rc<Vec<(Value, Value)>>),
    /// What calling a class with keywords makes.
    Record(Rc<Record>),
    /// An operator, by its number in the file.
    Node(usize),
    /// A DAG, by its number in the file.
    Dag(usize),
    /// The dotted path of a module, or of what is in one.
    Imported(Rc<str>),
    Function(Rc<str>),
    Class(Rc<str>),
    /// A name that nothing defines; it has been noted.
    Undefined(Rc<str>),
    /// Why it is not known: a clause.
    Unknown(Rc<str>),
}

#[derive(Debug)]
pub(crate) struct Record {
    /// The last part of the class's name.
    pub(crate) class: String,
    pub(crate) fields: Vec<(Name, Value)>,
    /// Whether there are arguments besides those in `fields`.
    pub(crate) has_more: bool,
}

/// Longer texts are not put together: a few lines of Python can double one fifty times.
const LONGEST_TEXT: usize = 1 << 16;

impl Value {
    pub(crate) fn unknown(span: Span, why: impl Into<Rc<str>>) -> Value {
        Value { span, kind: ValueKind::Unknown(why.into()) }
    }

    /// The value as a text, as `str` and f-strings make it; or why that is not known.
    pub(crate) fn text(&self) -> Result<Rc<str>, Rc<str>> {
        match &self.kind {
            ValueKind::Text(text) | ValueKind::Number(text) => Ok(Rc::clone(text)),
            ValueKind::Boolean(value) => Ok(if *value { "True" } else { "False" }.into()),
            ValueKind::None => Ok("None".into()),
            ValueKind::Imported(path) => match environment_name(path) {
                Some(name) => Ok(format!("{{{{ env.{name} }}}}").into()),
                None => Err(format!("`{path}` is defined in another file").into()),
            },
            ValueKind::Unknown(why) => Err(Rc::clone(why)),
            ValueKind::Undefined(name) => Err(format!("`{name}` is not defined").into()),
            _ => Err(format!("{} is no text", self.in_words()).into()),
        }
    }

    /// Only what is a text by itself, not what can be made one.
    pub(crate) fn exact_text(&self) -> Result<Rc<str>, Rc<str>> {
        match &self.kind {
            ValueKind::Number(_) | ValueKind::Boolean(_) | ValueKind::None => {
                Err(format!("{} is no text", self.in_words()).into())
            }
            _ => self.text(),
        }
    }

    pub(crate) fn in_words(&self) -> &'static str {
        match &self.kind {
            ValueKind::Text(_) => "a text",
            ValueKind::Number(_) => "a number",
            ValueKind::Boolean(_) => "`True` or `False`",
            ValueKind::None => "`None`",
            ValueKind::List(_) => "a list",
            ValueKind::Dict(_) => "a dict",
            ValueKind::Record(_) => "an object",
            ValueKind::Node(_) => "an operator",
            ValueKind::Dag(_) => "a DAG",
            ValueKind::Imported(_) => "something imported",
            ValueKind::Function(_) => "a function",
            ValueKind::Class(_) => "a class",
            ValueKind::Undefined(_) => "an undefined name",
            ValueKind::Unknown(_) => "a value that is known only when the file runs",
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self.kind, ValueKind::None)
    }
}

impl Record {
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field.text == name).map(|(_, value)| value)
    }
}

/// Texts one behind the other.
pub(crate) fn joined(parts: impl IntoIterator<Item = Result<Rc<str>, Rc<str>>>) -> ValueKind {
    let mut whole = String::new();
    for part in parts {
        match part {
            Ok(part) if whole.len() + part.len() <= LONGEST_TEXT => {
                // Else the two would begin an expression.
                if whole.ends_with('{') && part.starts_with(['{', '%', '#']) {
                    whole.pop();
                    whole.push_str("{{ '{' }}");
                }
                whole.push_str(&part);
            }
            Ok(_) => return ValueKind::Unknown("the text is too long".into()),
            Err(why) => return ValueKind::Unknown(why),
        }
    }
    ValueKind::Text(whole.into())
}

/// A text of the file, in which nothing is a template expression.
pub(crate) fn literal(text: &str) -> Rc<str> {
    if !task_api_core::template::has_expression(text) {
        return text.into();
    }
    let mut escaped = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        escaped.push_str(before);
        let begins_one = ["{{", "{%", "{#"].iter().any(|begin| from.starts_with(begin));
        let (brace, behind) = from.split_at(if begins_one { 2 } else { 1 });
        if begins_one {
            escaped.push_str(&format!("{{{{ '{brace}' }}}}"));
        } else {
            escaped.push_str(brace);
        }
        rest = behind;
    }
    escaped.push_str(rest);
    escaped.into()
}

/// A text of the file again, of which [`literal`] was made.
pub(crate) fn as_written(literal: &str) -> String {
    literal.replace("{{ '{{' }}", "{{").replace("{{ '{%' }}", "{%").replace("{{ '{#' }}", "{#")
}

/// Under which name the value of an imported constant is to be found in the environment of the workflow file.
fn environment_name(path: &str) -> Option<String> {
    let (module, name) = path.rsplit_once('.')?;
    let is_constant = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    // Their old names, which the older operators still give on.
    let is_old = module.starts_with("kaapana") && matches!(name, "default_registry" | "kaapana_build_version");
    match (is_constant, is_old) {
        (true, _) => Some(name.to_owned()),
        (false, true) => Some(name.to_ascii_uppercase()),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_the_file_are_no_expressions() {
        assert_eq!(&*literal("a {b} {{ c }} {%"), "a {b} {{ '{{' }} c }} {{ '{%' }}");
        assert_eq!(&*literal("a {b} c"), "a {b} c");
        let ValueKind::Text(text) = joined([Ok(literal("a {")), Ok("{{ env.B }}".into())]) else { panic!("no text") };
        assert_eq!(&*text, "a {{{ '{' }}{{ env.B }}".replacen("{{{", "{{", 1));
        for text in ["a {b} {{ c }} {%", "{", "{{{", "{{ '{{' }}", "{#{{ env.X }}"] {
            assert_eq!(as_written(&literal(text)), text);
        }
    }

    #[test]
    fn constants_of_other_files_are_variables() {
        let name = |path: &str| environment_name(path);
        assert_eq!(
            name("kaapana.blueprints.kaapana_global_variables.DEFAULT_REGISTRY").as_deref(),
            Some("DEFAULT_REGISTRY")
        );
        assert_eq!(name("kaapana.operators.X.default_registry").as_deref(), Some("DEFAULT_REGISTRY"));
        assert_eq!(name("mine.default_registry"), None);
        assert_eq!(name("mine.Registry"), None);
    }
}
