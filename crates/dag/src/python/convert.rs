//! From the parser's tree to ours: the one place that knows the parser.

use ruff_python_ast::{
    self as ast, Expr, InterpolatedStringElement, InterpolatedStringElements, Number, Stmt, StringLiteral,
};
use ruff_python_parser::{Mode, ParseErrorType, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};
use task_api_json::Span;

use super::{
    Block, BlockKind, Call, Expression, Function, Imported, Kind, MAX_DEPTH, Module, Name, Operator, Parameter, Part,
    Statement, StatementKind, SyntaxError, Takes,
};

/// So many errors of one text are told.
const MAX_ERRORS: usize = 100;

pub(super) fn module(text: &str) -> Module {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let errors = parsed
        .errors()
        .iter()
        .take(MAX_ERRORS)
        .map(|error| SyntaxError { span: span(error.location, text), message: error_in_words(&error.error) });
    let errors = errors.collect();
    let body = match parsed.syntax() {
        ast::Mod::Module(module) => Converter { text }.statements(&module.body),
        ast::Mod::Expression(_) => Vec::new(),
    };
    Module { body, errors }
}

/// In the voice of our own messages: no capital at the beginning.
fn error_in_words(error: &ParseErrorType) -> String {
    let words = match error {
        ParseErrorType::ExpectedExpression => "a value is missing here".to_owned(),
        ParseErrorType::ExpectedToken { expected, found } => format!("expected {expected}, found {found}"),
        other => other.to_string(),
    };
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_lowercase().collect::<String>()).unwrap_or_default();
    // A word of capitals stays one.
    if letters.clone().next().is_some_and(char::is_uppercase) { words } else { first + letters.as_str() }
}

/// A place that is sure to fit the text.
fn span(range: TextRange, text: &str) -> Span {
    let fit = |at: ruff_text_size::TextSize| {
        let mut at = at.to_usize().min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at as u32
    };
    let start = fit(range.start());
    Span::new(start, fit(range.end()).max(start))
}

struct Converter<'a> {
    text: &'a str,
}

impl Converter<'_> {
    fn span(&self, of: &impl Ranged) -> Span {
        span(of.range(), self.text)
    }

    fn name(&self, identifier: &ast::Identifier) -> Name {
        Name { text: identifier.id.to_string(), span: self.span(identifier) }
    }

    fn statements(&self, statements: &[Stmt]) -> Vec<Statement> {
        statements.iter().map(|statement| self.statement(statement)).collect()
    }

    fn statement(&self, statement: &Stmt) -> Statement {
        let kind = match statement {
            Stmt::Assign(assign) => StatementKind::Assign {
                targets: self.expressions(&assign.targets, 0),
                value: self.expression(&assign.value, 0),
            },
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => StatementKind::Assign {
                    targets: vec![self.expression(&assign.target, 0)],
                    value: self.expression(value, 0),
                },
                None => StatementKind::Other { targets: Vec::new() },
            },
            Stmt::AugAssign(assign) => StatementKind::Assign {
                targets: vec![self.expression(&assign.target, 0)],
                value: Expression {
                    span: self.span(assign),
                    kind: Kind::Chain {
                        first: Box::new(self.expression(&assign.target, 0)),
                        rest: vec![(operator(assign.op), self.expression(&assign.value, 0))],
                    },
                },
            },
            Stmt::Expr(statement) => StatementKind::Expression(self.expression(&statement.value, 0)),
            Stmt::With(with) => {
                let items = with.items.iter().map(|item| {
                    let target = item.optional_vars.as_deref().map(|target| self.expression(target, 0));
                    (self.expression(&item.context_expr, 0), target)
                });
                StatementKind::With { items: items.collect(), body: self.statements(&with.body) }
            }
            Stmt::FunctionDef(function) => StatementKind::Function(self.function(function)),
            Stmt::ClassDef(class) => StatementKind::Class {
                name: self.name(&class.name),
                bases: class.arguments.iter().flat_map(|list| self.expressions(&list.args, 0)).collect(),
                body: self.statements(&class.body),
            },
            Stmt::Import(import) => {
                let names = import.names.iter().map(|alias| {
                    let path = alias.name.id.to_string();
                    match &alias.asname {
                        Some(name) => Imported { module: path.clone(), path, name: self.name(name) },
                        None => {
                            let module = path.split('.').next().unwrap_or_default().to_owned();
                            let name = Name { text: module.clone(), span: self.span(&alias.name) };
                            Imported { path, module, name }
                        }
                    }
                });
                StatementKind::Import(names.collect())
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(|module| module.id.as_str()).unwrap_or_default();
                let imported = import.names.iter().filter(|alias| alias.name.id.as_str() != "*");
                let names = imported
                    .map(|alias| (alias.name.id.to_string(), self.name(alias.asname.as_ref().unwrap_or(&alias.name))));
                StatementKind::ImportFrom {
                    module: format!("{}{module}", ".".repeat(import.level.min(100) as usize)),
                    names: names.collect(),
                }
            }
            Stmt::Return(statement) => {
                StatementKind::Return(statement.value.as_deref().map(|value| self.expression(value, 0)))
            }
            Stmt::If(statement) => {
                let others = statement.elif_else_clauses.iter().map(|clause| self.statements(&clause.body));
                StatementKind::Block(Block {
                    kind: BlockKind::If,
                    head: Some(self.expression(&statement.test, 0)),
                    targets: Vec::new(),
                    bodies: std::iter::once(self.statements(&statement.body)).chain(others).collect(),
                })
            }
            Stmt::For(statement) => StatementKind::Block(Block {
                kind: BlockKind::Loop,
                head: Some(self.expression(&statement.iter, 0)),
                targets: vec![self.expression(&statement.target, 0)],
                bodies: vec![self.statements(&statement.body), self.statements(&statement.orelse)],
            }),
            Stmt::While(statement) => StatementKind::Block(Block {
                kind: BlockKind::Loop,
                head: Some(self.expression(&statement.test, 0)),
                targets: Vec::new(),
                bodies: vec![self.statements(&statement.body), self.statements(&statement.orelse)],
            }),
            Stmt::Try(statement) => {
                let handlers = || statement.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(handler)| handler);
                let name = |name: &ast::Identifier| {
                    let Name { text, span } = self.name(name);
                    Expression { span, kind: Kind::Name(text) }
                };
                let bodies = [&statement.body, &statement.orelse, &statement.finalbody];
                let bodies = bodies.into_iter().chain(handlers().map(|handler| &handler.body));
                StatementKind::Block(Block {
                    kind: BlockKind::Try,
                    head: None,
                    targets: handlers().filter_map(|handler| handler.name.as_ref()).map(name).collect(),
                    bodies: bodies.map(|body| self.statements(body)).collect(),
                })
            }
            Stmt::Match(statement) => StatementKind::Block(Block {
                kind: BlockKind::Match,
                head: Some(self.expression(&statement.subject, 0)),
                targets: Vec::new(),
                bodies: statement.cases.iter().map(|case| self.statements(&case.body)).collect(),
            }),
            Stmt::Global(global) => StatementKind::Global(global.names.iter().map(|name| self.name(name)).collect()),
            Stmt::TypeAlias(alias) => StatementKind::Other { targets: vec![self.expression(&alias.name, 0)] },
            Stmt::Delete(_)
            | Stmt::Raise(_)
            | Stmt::Assert(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => StatementKind::Other { targets: Vec::new() },
        };
        Statement { kind }
    }

    fn function(&self, function: &ast::StmtFunctionDef) -> Function {
        let parameters = &function.parameters;
        let with_default = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let named = with_default.map(|parameter| Parameter {
            name: self.name(&parameter.parameter.name),
            default: parameter.default.as_deref().map(|default| self.expression(default, 0)),
            takes: Takes::One,
        });
        let rest = parameters.vararg.iter().map(|rest| (rest, Takes::List));
        let rest = rest.chain(parameters.kwarg.iter().map(|rest| (rest, Takes::Dict)));
        let rest = rest.map(|(parameter, takes)| Parameter { name: self.name(&parameter.name), default: None, takes });
        Function {
            name: self.name(&function.name),
            decorators: function
                .decorator_list
                .iter()
                .map(|decorator| self.expression(&decorator.expression, 0))
                .collect(),
            parameters: named.chain(rest).collect(),
            body: self.statements(&function.body),
        }
    }

    fn expressions(&self, expressions: &[Expr], depth: usize) -> Vec<Expression> {
        expressions.iter().map(|expression| self.expression(expression, depth)).collect()
    }

    fn boxed(&self, expression: &Expr, depth: usize) -> Box<Expression> {
        Box::new(self.expression(expression, depth))
    }

    fn expression(&self, expression: &Expr, depth: usize) -> Expression {
        let span = self.span(expression);
        if depth > MAX_DEPTH {
            return Expression { span, kind: Kind::Other { words: "a value nested too deeply", inner: Vec::new() } };
        }
        let below = depth + 1;
        let all = |inner: &[&Expr]| inner.iter().map(|inner| self.expression(inner, below)).collect::<Vec<_>>();
        let other = |words: &'static str, inner: &[&Expr]| Kind::Other { words, inner: all(inner) };
        let kind = match expression {
            // What the parser puts where a value is missing.
            Expr::Name(name) if name.id.is_empty() => other("missing", &[]),
            Expr::Name(name) => Kind::Name(name.id.to_string()),
            Expr::Attribute(attribute) => {
                Kind::Attribute { value: self.boxed(&attribute.value, below), name: self.name(&attribute.attr) }
            }
            Expr::Call(call) => Kind::Call(Box::new(self.call(call, below))),
            Expr::StringLiteral(literal) => Kind::Text(literal.value.iter().map(StringLiteral::as_str).collect()),
            Expr::FString(format) => Kind::Format(self.parts(&format.value, below)),
            Expr::NumberLiteral(number) => match number.value {
                Number::Complex { .. } => other("a complex number", &[]),
                Number::Int(_) | Number::Float(_) => Kind::Number(span.of(self.text).to_owned()),
            },
            Expr::BooleanLiteral(literal) => Kind::Boolean(literal.value),
            Expr::NoneLiteral(_) => Kind::None,
            Expr::List(list) => Kind::List(self.expressions(&list.elts, below)),
            Expr::Tuple(tuple) => Kind::Tuple(self.expressions(&tuple.elts, below)),
            Expr::Dict(dict) => {
                let items = dict.items.iter().map(|item| {
                    (item.key.as_ref().map(|key| self.expression(key, below)), self.expression(&item.value, below))
                });
                Kind::Dict(items.collect())
            }
            Expr::Subscript(subscript) => {
                Kind::Subscript { value: self.boxed(&subscript.value, below), key: self.boxed(&subscript.slice, below) }
            }
            Expr::BinOp(_) => self.chain(expression, below),
            Expr::BoolOp(operation) => other("a condition", &operation.values.iter().collect::<Vec<_>>()),
            Expr::If(condition) => other("a condition", &[&condition.body, &condition.test, &condition.orelse]),
            Expr::Compare(comparison) => {
                let operands = std::iter::once(&*comparison.left).chain(&comparison.comparators);
                other("a comparison", &operands.collect::<Vec<_>>())
            }
            Expr::Named(named) => {
                Kind::Assignment { target: self.boxed(&named.target, below), value: self.boxed(&named.value, below) }
            }
            Expr::UnaryOp(operation) => match (&*operation.operand, operation.op) {
                (Expr::NumberLiteral(_), ast::UnaryOp::USub) => Kind::Number(span.of(self.text).to_owned()),
                _ => other("a calculation", &[&operation.operand]),
            },
            Expr::Lambda(lambda) => other("a lambda", &[&lambda.body]),
            Expr::Set(set) => other("a set", &set.elts.iter().collect::<Vec<_>>()),
            Expr::ListComp(list) => other("a comprehension", &with_conditions(&list.elt, &list.generators)),
            Expr::SetComp(set) => other("a comprehension", &with_conditions(&set.elt, &set.generators)),
            Expr::DictComp(dict) => other("a comprehension", &with_conditions(&dict.value, &dict.generators)),
            Expr::Generator(generator) => other("a generator", &with_conditions(&generator.elt, &generator.generators)),
            Expr::Await(value) => other("an awaited value", &[&value.value]),
            Expr::Yield(value) => other("a yielded value", &value.value.as_deref().into_iter().collect::<Vec<_>>()),
            Expr::YieldFrom(value) => other("a yielded value", &[&value.value]),
            Expr::TString(_) => other("a t-string", &[]),
            Expr::BytesLiteral(_) => other("bytes", &[]),
            Expr::EllipsisLiteral(_) => other("an ellipsis", &[]),
            Expr::Starred(starred) => other("an unpacked list", &[&starred.value]),
            Expr::Slice(_) => other("a slice", &[]),
            Expr::IpyEscapeCommand(_) => other("a command of IPython", &[]),
        };
        Expression { span, kind }
    }

    /// All operators that stand side by side, however many; the parser nests them to the left.
    fn chain(&self, expression: &Expr, depth: usize) -> Kind {
        let mut rest = Vec::new();
        let mut first = expression;
        while let Expr::BinOp(operation) = first {
            rest.push((operator(operation.op), self.expression(&operation.right, depth)));
            first = &operation.left;
        }
        rest.reverse();
        Kind::Chain { first: self.boxed(first, depth), rest }
    }

    fn call(&self, call: &ast::ExprCall, depth: usize) -> Call {
        let mut arguments = Vec::new();
        let mut keywords = Vec::new();
        let mut unpacked = Vec::new();
        for argument in &call.arguments.args {
            match argument {
                Expr::Starred(starred) => unpacked.push(self.expression(&starred.value, depth)),
                argument => arguments.push(self.expression(argument, depth)),
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.expression(&keyword.value, depth);
            match &keyword.arg {
                Some(name) => keywords.push((self.name(name), value)),
                None => unpacked.push(value),
            }
        }
        Call { function: self.expression(&call.func, depth), arguments, keywords, unpacked }
    }

    fn parts(&self, format: &ast::FStringValue, depth: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        for part in format.iter() {
            match part {
                ast::FStringPart::Literal(literal) => parts.push(Part::Text(literal.as_str().to_owned())),
                ast::FStringPart::FString(format) => self.elements(&format.elements, depth, &mut parts),
            }
        }
        parts
    }

    fn elements(&self, elements: &InterpolatedStringElements, depth: usize, parts: &mut Vec<Part>) {
        for element in elements {
            parts.push(match element {
                InterpolatedStringElement::Literal(literal) => Part::Text(literal.value.to_string()),
                InterpolatedStringElement::Interpolation(interpolation) => {
                    let value = self.expression(&interpolation.expression, depth);
                    let is_plain = interpolation.format_spec.is_none()
                        && interpolation.debug_text.is_none()
                        && matches!(interpolation.conversion, ast::ConversionFlag::None | ast::ConversionFlag::Str);
                    if is_plain { Part::Value(value) } else { Part::Formatted(value) }
                }
            });
        }
    }
}

fn with_conditions<'a>(element: &'a Expr, generators: &'a [ast::Comprehension]) -> Vec<&'a Expr> {
    let conditions = generators.iter().flat_map(|generator| std::iter::once(&generator.iter).chain(&generator.ifs));
    std::iter::once(element).chain(conditions).collect()
}

fn operator(operator: ast::Operator) -> Operator {
    match operator {
        ast::Operator::Add => Operator::Add,
        ast::Operator::RShift => Operator::ShiftRight,
        ast::Operator::LShift => Operator::ShiftLeft,
        _ => Operator::Other,
    }
}
