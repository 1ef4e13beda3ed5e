//! Python text as a tree of the few things that a DAG file is made of, with their places.
//!
//! [`parse`] never fails, and neither the depth of the text nor its errors can harm it: what is nested too deeply is
//! [`Kind::Other`], and what could be made out of broken text is there beside the errors.

mod convert;
mod depth;

use task_api_json::Span;

/// So many levels of expressions in expressions are read.
pub(crate) const MAX_DEPTH: usize = 100;

pub(crate) struct Module {
    pub(crate) body: Vec<Statement>,
    pub(crate) errors: Vec<SyntaxError>,
}

/// Why a text is no Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    pub message: String,
}

impl Module {
    /// Whether a statement of the module imports this name, or a module of this name.
    pub(crate) fn imports(&self, name: &str) -> bool {
        imports(&self.body, name)
    }
}

fn imports(body: &[Statement], wanted: &str) -> bool {
    let is_wanted = |path: &str| path.rsplit('.').next() == Some(wanted);
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Import(imported) => imported.iter().any(|imported| is_wanted(&imported.path)),
        StatementKind::ImportFrom { module, names, .. } => {
            is_wanted(module) || names.iter().any(|(name, _)| name == wanted)
        }
        StatementKind::Block(block) => block.bodies.iter().any(|body| imports(body, wanted)),
        _ => false,
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
}

#[derive(Debug)]
pub(crate) enum StatementKind {
    Assign {
        targets: Vec<Expression>,
        value: Expression,
    },
    Expression(Expression),
    With {
        items: Vec<(Expression, Option<Expression>)>,
        body: Vec<Statement>,
    },
    Function(Function),
    Class {
        name: Name,
        bases: Vec<Expression>,
        body: Vec<Statement>,
    },
    Import(Vec<Imported>),
    /// `from a import b as c`: the names there and here.
    ImportFrom {
        module: String,
        names: Vec<(String, Name)>,
    },
    Return(Option<Expression>),
    /// Statements that run under a condition, or more than once.
    Block(Block),
    /// Names that a function gives a value outside of it.
    Global(Vec<Name>),
    /// What neither makes nor joins anything, but may give names a value.
    Other {
        targets: Vec<Expression>,
    },
}

/// `import a.b as c`
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) path: String,
    /// The module that the name stands for: without `as`, it is the first of the path.
    pub(crate) module: String,
    pub(crate) name: Name,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    /// What is asked, or gone through.
    pub(crate) head: Option<Expression>,
    /// The names of a loop, of exceptions.
    pub(crate) targets: Vec<Expression>,
    pub(crate) bodies: Vec<Vec<Statement>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    If,
    Loop,
    Try,
    Match,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Name,
    pub(crate) decorators: Vec<Expression>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Vec<Statement>,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Name,
    pub(crate) default: Option<Expression>,
    pub(crate) takes: Takes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    One,
    /// `*args`
    List,
    /// `**kwargs`
    Dict,
}

#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Name(String),
    Attribute {
        value: Box<Expression>,
        name: Name,
    },
    Call(Box<Call>),
    Text(String),
    /// An f-string.
    Format(Vec<Part>),
    /// As it is written.
    Number(String),
    Boolean(bool),
    None,
    List(Vec<Expression>),
    Tuple(Vec<Expression>),
    /// Keys and values; `None` is a `**`.
    Dict(Vec<(Option<Expression>, Expression)>),
    Subscript {
        value: Box<Expression>,
        key: Box<Expression>,
    },
    /// `a >> b + c` and so on, from left to right.
    Chain {
        first: Box<Expression>,
        rest: Vec<(Operator, Expression)>,
    },
    /// `(name := value)`
    Assignment {
        target: Box<Expression>,
        value: Box<Expression>,
    },
    /// What is known only when it runs, in words, and what stands in it.
    Other {
        words: &'static str,
        inner: Vec<Expression>,
    },
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(String),
    Value(Expression),
    /// With a conversion or a format.
    Formatted(Expression),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    ShiftRight,
    ShiftLeft,
    Other,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Expression,
    pub(crate) arguments: Vec<Expression>,
    pub(crate) keywords: Vec<(Name, Expression)>,
    /// The values of `*a` and `**a`.
    pub(crate) unpacked: Vec<Expression>,
}

impl Call {
    pub(crate) fn keyword(&self, name: &str) -> Option<&Expression> {
        self.keywords.iter().find(|(keyword, _)| keyword.text == name).map(|(_, value)| value)
    }
}

impl Expression {
    /// The expressions directly in this one.
    pub(crate) fn children(&self) -> Vec<&Expression> {
        match &self.kind {
            Kind::Attribute { value, .. } => vec![value],
            Kind::Call(call) => {
                let keywords = call.keywords.iter().map(|(_, value)| value);
                let arguments = call.arguments.iter().chain(keywords).chain(&call.unpacked);
                std::iter::once(&call.function).chain(arguments).collect()
            }
            Kind::Format(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Text(_) => None,
                    Part::Value(value) | Part::Formatted(value) => Some(value),
                })
                .collect(),
            Kind::List(items) | Kind::Tuple(items) => items.iter().collect(),
            Kind::Dict(items) => items.iter().flat_map(|(key, value)| key.iter().chain([value])).collect(),
            Kind::Subscript { value, key } => vec![value, key],
            Kind::Chain { first, rest } => {
                std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand)).collect()
            }
            Kind::Assignment { value, .. } => vec![value],
            Kind::Other { inner, .. } => inner.iter().collect(),
            Kind::Name(_) | Kind::Text(_) | Kind::Number(_) | Kind::Boolean(_) | Kind::None => Vec::new(),
        }
    }
}

/// Texts are bounded to 4 GiB; no file of people comes near this.
const LARGEST: usize = 64 << 20;

pub(crate) fn parse(text: &str) -> Module {
    if text.len() > LARGEST {
        let message = format!("the file is larger than {} MiB, and is not read", LARGEST >> 20);
        return Module { body: Vec::new(), errors: vec![SyntaxError { span: Span::empty(0), message }] };
    }
    if let Some(span) = depth::too_deep(text) {
        let message = "the statement is nested too deeply, or goes on for too long, to be read".to_owned();
        return Module { body: Vec::new(), errors: vec![SyntaxError { span, message }] };
    }
    convert::module(text)
}

#[cfg(test)]
mod tests;
