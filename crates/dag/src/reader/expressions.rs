//! Values, as far as they do not depend on anything that runs.

use std::rc::Rc;

use super::{Reader, bindings};
use crate::python::{Expression, Kind, Operator, Part};
use crate::value::{Value, ValueKind, joined, literal};

/// Longer lists are not put together.
const LONGEST_LIST: usize = 10_000;

impl Reader<'_> {
    pub(super) fn value(&mut self, expression: &Expression) -> Value {
        let span = expression.span;
        let kind = match &expression.kind {
            Kind::Name(name) => self.look_up(name, span),
            Kind::Text(text) => ValueKind::Text(literal(text)),
            Kind::Number(number) => ValueKind::Number(number.as_str().into()),
            Kind::Boolean(value) => ValueKind::Boolean(*value),
            Kind::None => ValueKind::None,
            Kind::Format(parts) => self.format(parts),
            Kind::List(items) | Kind::Tuple(items) => self.list(items),
            Kind::Dict(items) => self.dict(items),
            Kind::Attribute { value, name } => {
                let value = self.value(value);
                match value.kind {
                    ValueKind::Imported(path) => ValueKind::Imported(format!("{path}.{}", name.text).into()),
                    ValueKind::Undefined(name) => ValueKind::Undefined(name),
                    ValueKind::Unknown(why) => ValueKind::Unknown(why),
                    _ => ValueKind::Unknown(format!("`{}` of {} is not read", name.text, value.in_words()).into()),
                }
            }
            Kind::Subscript { value, key } => self.subscript(value, key),
            Kind::Chain { first, rest } => self.chain(first, rest),
            Kind::Call(call) => self.call(call, expression),
            Kind::Assignment { target, value } => {
                let value = self.value(value);
                self.give(target, value.clone());
                value.kind
            }
            Kind::Other { words, inner } => {
                let place = format!("in {words}");
                for inner in inner {
                    self.operators_in(inner, &place);
                    for (name, span) in bindings::within(inner) {
                        self.bind(&name, Value::unknown(span, format!("`{name}` gets its value within {words}")));
                    }
                }
                ValueKind::Unknown(format!("it is {words}").into())
            }
        };
        Value { span, kind }
    }

    fn format(&mut self, parts: &[Part]) -> ValueKind {
        let parts: Vec<Result<Rc<str>, Rc<str>>> = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Ok(literal(text)),
                Part::Value(value) => self.value(value).text(),
                Part::Formatted(value) => {
                    self.value(value);
                    Err("a part of the f-string has a format".into())
                }
            })
            .collect();
        joined(parts)
    }

    fn list(&mut self, items: &[Expression]) -> ValueKind {
        let mut values = Vec::new();
        for item in items {
            let Kind::Other { words: "an unpacked list", inner } = &item.kind else {
                values.push(self.value(item));
                continue;
            };
            match inner.first().map(|inner| self.value(inner).kind) {
                Some(ValueKind::List(inner)) if values.len() + inner.len() <= LONGEST_LIST => {
                    values.extend(inner.iter().cloned());
                }
                _ => return ValueKind::Unknown("a list is unpacked in it".into()),
            }
        }
        ValueKind::List(Rc::new(values))
    }

    fn dict(&mut self, items: &[(Option<Expression>, Expression)]) -> ValueKind {
        let mut values: Vec<(Value, Value)> = Vec::new();
        for (key, value) in items {
            let value = self.value(value);
            match (key, &value.kind) {
                (Some(key), _) => values.push((self.value(key), value)),
                (None, ValueKind::Dict(inner)) if values.len() + inner.len() <= LONGEST_LIST => {
                    values.extend(inner.iter().cloned());
                }
                (None, _) => return ValueKind::Unknown("a dict is unpacked in it".into()),
            }
        }
        ValueKind::Dict(Rc::new(values))
    }

    fn subscript(&mut self, value: &Expression, key: &Expression) -> ValueKind {
        let (value, key) = (self.value(value), self.value(key));
        match (&value.kind, &key.kind) {
            (ValueKind::Imported(path), ValueKind::Text(name)) if &**path == "os.environ" => variable(name, None),
            (ValueKind::Dict(items), ValueKind::Text(wanted)) => {
                let is_wanted = |key: &Value| matches!(&key.kind, ValueKind::Text(key) if key == wanted);
                match items.iter().rev().find(|(key, _)| is_wanted(key)) {
                    Some((_, value)) => value.kind.clone(),
                    None => ValueKind::Unknown(format!("the dict has no `{wanted}`").into()),
                }
            }
            (ValueKind::List(items), ValueKind::Number(index)) => {
                match index.parse::<usize>().ok().and_then(|index| items.get(index)) {
                    Some(value) => value.kind.clone(),
                    None => ValueKind::Unknown(format!("the list has no item {index}").into()),
                }
            }
            (ValueKind::Unknown(why), _) => ValueKind::Unknown(Rc::clone(why)),
            (ValueKind::Undefined(name), _) => ValueKind::Undefined(Rc::clone(name)),
            _ => ValueKind::Unknown(format!("it is a part of {}", value.in_words()).into()),
        }
    }

    /// `a >> b << c`, `"a" + b`, `[a] + b`.
    fn chain(&mut self, first: &Expression, rest: &[(Operator, Expression)]) -> ValueKind {
        let mut before = self.value(first);
        for (operator, operand) in rest {
            let value = self.value(operand);
            before = match operator {
                Operator::ShiftRight => {
                    self.edges_between(&before, &value, operand.span);
                    value
                }
                Operator::ShiftLeft => {
                    self.edges_between(&value, &before, operand.span);
                    value
                }
                Operator::Add => add(before, value),
                Operator::Other => Value::unknown(operand.span, "it is a calculation"),
            };
        }
        before.kind
    }
}

fn add(left: Value, right: Value) -> Value {
    let kind = match (&left.kind, &right.kind) {
        (ValueKind::List(left), ValueKind::List(right)) if left.len() + right.len() <= LONGEST_LIST => {
            ValueKind::List(Rc::new(left.iter().chain(right.iter()).cloned().collect()))
        }
        (ValueKind::List(_), ValueKind::List(_)) => ValueKind::Unknown("the list is too long".into()),
        (ValueKind::Number(_), ValueKind::Number(_)) => ValueKind::Unknown("it is a calculation".into()),
        _ => joined([left.exact_text(), right.exact_text()]),
    };
    Value { span: left.span, kind }
}

/// A variable of the environment, as a template expression.
pub(super) fn variable(name: &str, default: Option<&str>) -> ValueKind {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match default {
        _ if !is_name => {
            ValueKind::Unknown("it is a variable of the environment whose name cannot stand in an expression".into())
        }
        None => ValueKind::Text(format!("{{{{ env.{name} }}}}").into()),
        Some(default) if default.contains(['\'', '\\', '{', '}']) => {
            ValueKind::Unknown("it is a variable of the environment whose default cannot stand in an expression".into())
        }
        Some(default) => ValueKind::Text(format!("{{{{ env.{name} | default('{default}') }}}}").into()),
    }
}
