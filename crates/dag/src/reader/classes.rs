//! What the constructor of an operator's class gives on to the class that it builds on.

use std::collections::HashMap;
use std::rc::Rc;

use task_api_json::Span;

use super::{Parameters, Reader, bindings};
use crate::python::{Function, Module, Name, Statement, StatementKind, Takes};
use crate::value::{Value, ValueKind};

/// A class of operators.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// The names of the classes that it builds on, without their modules.
    pub(crate) bases: Vec<String>,
    /// The first line of its documentation.
    pub(crate) description: Option<String>,
}

/// What a class gives to `super().__init__` if it is given these parameters; `None` where that is not known. Arguments
/// without a name are called `@0`, `@1` and so on.
pub(crate) fn super_call(module: &Module, text: &str, class: &str, given: &Parameters) -> Option<Parameters> {
    let body = module.body.iter().find_map(|statement| match &statement.kind {
        StatementKind::Class { name, body, .. } if name.text == class => Some(body),
        _ => None,
    })?;
    let mut reader = Reader::new(module, text);
    reader.statements(&module.body);
    let Some(function) = constructor(body) else {
        // Without one of its own, it has that of the class that it builds on.
        return Some(Parameters { named: given.named.clone(), has_more: given.has_more });
    };
    // Constants of the class may be defaults.
    reader.scopes.push(HashMap::new());
    for statement in body.iter().filter(|statement| matches!(statement.kind, StatementKind::Assign { .. })) {
        reader.statement(statement);
    }
    let values = reader.arguments(function, given);
    reader.function = Some(bindings::of_function(function));
    reader.scopes.push(values);
    reader.statements(&function.body);
    reader.super_call
}

fn constructor(body: &[Statement]) -> Option<&Function> {
    body.iter().find_map(|statement| match &statement.kind {
        StatementKind::Function(function) if function.name.text == "__init__" => Some(function),
        _ => None,
    })
}

impl Reader<'_> {
    /// The values of a constructor's parameters.
    fn arguments(&mut self, function: &Function, given: &Parameters) -> HashMap<String, Value> {
        let mut values = HashMap::new();
        let mut rest: Vec<(Name, Value)> = given.named.clone();
        let mut take = |wanted: &str| {
            let at = rest.iter().position(|(name, _)| name.text == wanted)?;
            Some(rest.remove(at).1)
        };
        let ones = function.parameters.iter().filter(|parameter| parameter.takes == Takes::One);
        for (number, parameter) in ones.skip(1).enumerate() {
            let name = &parameter.name.text;
            let value = take(name).or_else(|| take(&format!("@{number}")));
            let value = value.unwrap_or_else(|| match &parameter.default {
                Some(default) => self.value(default),
                None => Value::unknown(parameter.name.span, format!("`{name}` has no default")),
            });
            values.insert(name.clone(), value);
        }
        for parameter in &function.parameters {
            let span = parameter.name.span;
            let kind = match parameter.takes {
                Takes::One => continue,
                Takes::List => ValueKind::List(Rc::new(Vec::new())),
                Takes::Dict => {
                    let item = |(name, value): &(Name, Value)| {
                        (Value { span: name.span, kind: ValueKind::Text(name.text.as_str().into()) }, value.clone())
                    };
                    ValueKind::Dict(Rc::new(rest.iter().map(item).collect()))
                }
            };
            values.insert(parameter.name.text.clone(), Value { span, kind });
        }
        values
    }
}
