//! Python text, laid out as its users do: four spaces, lines up to 88 characters, an item a line in what is longer.

use std::collections::{BTreeMap, BTreeSet};

use task_api_json::{Kind, Node};

use crate::template::{Piece, pieces};

/// The line length of `black` and `ruff format`.
const WIDTH: usize = 88;

/// An expression to write.
#[derive(Debug, Clone)]
pub(super) enum Code {
    Atom(String),
    Call { name: String, arguments: Vec<Argument>, is_long: bool },
    List(Vec<Code>),
    Dict(Vec<(Code, Code)>),
}

/// An argument of a call, with its name or without.
pub(super) type Argument = (Option<&'static str>, Code);

impl Code {
    pub(super) fn atom(text: impl Into<String>) -> Code {
        Code::Atom(text.into())
    }

    /// A call with an argument a line, however short.
    pub(super) fn call(name: &str, arguments: Vec<Argument>) -> Code {
        Code::Call { name: name.to_owned(), arguments, is_long: true }
    }

    pub(super) fn short_call(name: &str, arguments: Vec<Argument>) -> Code {
        Code::Call { name: name.to_owned(), arguments, is_long: false }
    }

    /// Writes the expression behind `before` columns of its line, with room for `behind` more.
    pub(super) fn write(&self, out: &mut String, indent: usize, before: usize, behind: usize) {
        if !self.is_long() {
            let mut line = String::new();
            self.write_inline(&mut line);
            if before + line.chars().count() + behind <= WIDTH || !self.can_break() {
                out.push_str(&line);
                return;
            }
        }
        let inner = indent + 4;
        let item = |out: &mut String, name: &str, code: &Code| {
            out.push_str(&" ".repeat(inner));
            out.push_str(name);
            code.write(out, inner, inner + name.chars().count(), 1);
            out.push_str(",\n");
        };
        let close = match self {
            Code::Atom(text) => {
                out.push_str(text);
                return;
            }
            Code::Call { name, arguments, .. } => {
                out.push_str(&format!("{name}(\n"));
                for (name, value) in arguments {
                    item(out, &name.map(|name| format!("{name}=")).unwrap_or_default(), value);
                }
                ')'
            }
            Code::List(items) => {
                out.push_str("[\n");
                items.iter().for_each(|value| item(out, "", value));
                ']'
            }
            Code::Dict(items) => {
                out.push_str("{\n");
                for (key, value) in items {
                    let mut name = String::new();
                    key.write_inline(&mut name);
                    item(out, &format!("{name}: "), value);
                }
                '}'
            }
        };
        out.push_str(&" ".repeat(indent));
        out.push(close);
    }

    fn is_long(&self) -> bool {
        match self {
            Code::Call { is_long, arguments, .. } => *is_long && !arguments.is_empty(),
            Code::List(items) => items.iter().any(Code::is_long),
            Code::Dict(items) => items.iter().any(|(_, value)| value.is_long()),
            Code::Atom(_) => false,
        }
    }

    fn can_break(&self) -> bool {
        match self {
            Code::Atom(_) => false,
            Code::Call { arguments, .. } => !arguments.is_empty(),
            Code::List(items) => !items.is_empty(),
            Code::Dict(items) => !items.is_empty(),
        }
    }

    fn write_inline(&self, out: &mut String) {
        let separate = |out: &mut String, at: usize| {
            if at > 0 {
                out.push_str(", ");
            }
        };
        match self {
            Code::Atom(text) => out.push_str(text),
            Code::Call { name, arguments, .. } => {
                out.push_str(&format!("{name}("));
                for (at, (name, value)) in arguments.iter().enumerate() {
                    separate(out, at);
                    if let Some(name) = name {
                        out.push_str(&format!("{name}="));
                    }
                    value.write_inline(out);
                }
                out.push(')');
            }
            Code::List(items) => {
                out.push('[');
                for (at, value) in items.iter().enumerate() {
                    separate(out, at);
                    value.write_inline(out);
                }
                out.push(']');
            }
            Code::Dict(items) => {
                out.push('{');
                for (at, (key, value)) in items.iter().enumerate() {
                    separate(out, at);
                    key.write_inline(out);
                    out.push_str(": ");
                    value.write_inline(out);
                }
                out.push('}');
            }
        }
    }
}

/// `with DAG(…) as dag:`
pub(super) fn with_dag(out: &mut String, arguments: Vec<Argument>) {
    let mut inline = String::new();
    Code::short_call("DAG", arguments.clone()).write_inline(&mut inline);
    let call = match "with  as dag:".len() + inline.chars().count() <= WIDTH {
        true => Code::short_call("DAG", arguments),
        false => Code::call("DAG", arguments),
    };
    out.push_str("with ");
    call.write(out, 0, "with ".len(), " as dag:".len());
    out.push_str(" as dag:\n");
}

/// `name = value`, as a line or several.
pub(super) fn assignment(out: &mut String, indent: usize, name: &str, value: &Code) {
    out.push_str(&" ".repeat(indent));
    out.push_str(&format!("{name} = "));
    value.write(out, indent, indent + name.chars().count() + 3, 0);
    out.push('\n');
}

/// A text without expressions.
pub(super) fn text(text: &str) -> Code {
    Code::Atom(quoted(text))
}

pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    push_escaped(&mut quoted, text);
    quoted.push('"');
    quoted
}

fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() && u32::from(letter) < 0x100 => {
                out.push_str(&format!("\\x{:02x}", u32::from(letter)));
            }
            // What editors show as something else, or as nothing.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
}

/// The variables of the environment that a file reads, each with the name of its constant.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// Names that are imported as they are.
    imported: &'static [&'static str],
    used: BTreeSet<String>,
    constants: BTreeMap<(String, Option<String>), String>,
}

impl Variables {
    pub(super) fn new(imported: &'static [&'static str]) -> Variables {
        Variables { imported, ..Variables::default() }
    }

    /// A text with template expressions, as a string or an f-string; or the expression that has no form in Python.
    pub(super) fn text(&mut self, template: &str, names: &mut Names) -> Result<Code, String> {
        let pieces = pieces(template)?;
        if let [Piece::Variable { name, default }] = &pieces[..] {
            return Ok(Code::Atom(self.constant(name, default.as_deref(), names)));
        }
        if let Some(literal) = only_text(&pieces) {
            return Ok(text(literal));
        }
        let mut format = String::from("f\"");
        for piece in &pieces {
            match piece {
                Piece::Text(text) => {
                    let mut escaped = String::new();
                    push_escaped(&mut escaped, text);
                    format.push_str(&escaped.replace('{', "{{").replace('}', "}}"));
                }
                Piece::Variable { name, default } => {
                    format.push_str(&format!("{{{}}}", self.constant(name, default.as_deref(), names)));
                }
            }
        }
        format.push('"');
        Ok(Code::Atom(format))
    }

    fn constant(&mut self, name: &str, default: Option<&str>, names: &mut Names) -> String {
        if default.is_none() && self.imported.contains(&name) {
            self.used.insert(name.to_owned());
            return name.to_owned();
        }
        let key = (name.to_owned(), default.map(str::to_owned));
        let make = || names.make(name, "env_");
        self.constants.entry(key).or_insert_with(make).clone()
    }

    /// The names to import, sorted.
    pub(super) fn imports(&self) -> impl Iterator<Item = &str> {
        self.used.iter().map(String::as_str)
    }

    pub(super) fn has_constants(&self) -> bool {
        !self.constants.is_empty()
    }

    /// `NAME = os.environ["NAME"]`, a line each.
    pub(super) fn constants(&self) -> String {
        let mut lines = String::new();
        for ((name, default), constant) in &self.constants {
            let value = match default {
                None => format!("os.environ[{}]", quoted(name)),
                Some(default) => format!("os.getenv({}, {})", quoted(name), quoted(default)),
            };
            lines.push_str(&format!("{constant} = {value}\n"));
        }
        lines
    }
}

fn only_text(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [] => Some(""),
        [Piece::Text(text)] => Some(text),
        _ => None,
    }
}

/// Names of Python that are taken.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn with(taken: &[&str]) -> Names {
        Names { taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A name that is free, as near as can be to the one that is wanted.
    pub(super) fn make(&mut self, wanted: &str, prefix: &str) -> String {
        let mut name: String =
            wanted.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        let is_unfit = name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit());
        if is_unfit || KEYWORDS.split_ascii_whitespace().any(|keyword| keyword == name) {
            name.insert_str(0, prefix);
        }
        let mut free = name.clone();
        let mut number = 2u32;
        while self.taken.contains(&free) {
            free = format!("{name}_{number}");
            number += 1;
        }
        self.taken.insert(free.clone());
        free
    }
}

/// Words that are no names; some of them merely would surprise.
const KEYWORDS: &str = "False None True __debug__ and as assert async await break class continue def del elif else
    except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield
    dict float int list print self set str tuple type";

/// A JSON value as Python writes it.
pub(super) fn of_json(node: Node<'_>) -> Code {
    match node.kind() {
        Kind::Object => {
            let items = node.members().map(|(key, value)| (text(&key.as_str().unwrap_or_default()), of_json(value)));
            Code::Dict(items.collect())
        }
        Kind::Array => Code::List(node.elements().map(of_json).collect()),
        Kind::String => text(&node.as_str().unwrap_or_default()),
        Kind::Number => Code::atom(node.source()),
        _ => Code::atom(match node.source() {
            "true" => "True",
            "false" => "False",
            _ => "None",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_a_line_stays_in_it() {
        let mut out = String::new();
        let short = Code::List(vec![text("a"), Code::short_call("f", vec![(Some("x"), Code::atom("1"))])]);
        assignment(&mut out, 0, "x", &short);
        let long = Code::List((0..12).map(|number| text(&format!("word {number}"))).collect());
        assignment(&mut out, 4, "y", &Code::Dict(vec![(text("k"), long.clone()), (text("l"), short)]));
        assert_eq!(out.lines().next(), Some("x = [\"a\", f(x=1)]"));
        assert_eq!(out.lines().nth(1), Some("    y = {"));
        assert_eq!(out.lines().nth(2), Some("        \"k\": ["));
        assert_eq!(out.lines().last(), Some("    }"));
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(quoted("a\"b\\c\nd\u{1}\u{202e}ä"), r#""a\"b\\c\nd\x01\u202eä""#);
        let mut names = Names::with(&["X"]);
        let mut variables = Variables::new(&["DEFAULT_REGISTRY"]);
        let mut written = |template: &str| match variables.text(template, &mut names) {
            Ok(Code::Atom(atom)) => atom,
            other => format!("{other:?}"),
        };
        assert_eq!(written("{{ env.DEFAULT_REGISTRY }}/{x}\"{{ env.X }}"), r#"f"{DEFAULT_REGISTRY}/{{x}}\"{X_2}""#);
        assert_eq!(written("{{ env.X }}"), "X_2");
        assert_eq!(written("{{ env.class | default('\"') }}"), "env_class");
        assert_eq!(written("{{ '{{' }} {x}"), "\"{{ {x}\"");
        assert_eq!(variables.constants(), "X_2 = os.environ[\"X\"]\nenv_class = os.getenv(\"class\", \"\\\"\")\n");
    }
}
