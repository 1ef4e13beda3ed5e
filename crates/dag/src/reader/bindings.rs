//! Which names a file or a function gives a value, wherever it does so.

use std::collections::HashMap;

use task_api_json::Span;

use crate::python::{Expression, Function, Kind, Name, Statement, StatementKind};

/// Whether names may come to be in ways that cannot be seen.
pub(super) fn are_open(text: &str) -> bool {
    ["globals(", "locals(", "vars(", "exec(", "eval(", "import *", "match "].iter().any(|sign| text.contains(sign))
}

/// The names that functions declare as `global`.
pub(super) fn globals(body: &[Statement]) -> HashMap<String, Span> {
    let mut names = HashMap::new();
    collect_globals(body, &mut names);
    names
}

pub(super) fn of_function(function: &Function) -> HashMap<String, Span> {
    let mut names = HashMap::new();
    function.parameters.iter().for_each(|parameter| add(&parameter.name, &mut names));
    collect(&function.body, &mut names);
    names
}

/// All names that statements give a value, but for those within functions and classes.
pub(super) fn of_statements(body: &[Statement]) -> HashMap<String, Span> {
    let mut names = HashMap::new();
    collect(body, &mut names);
    names
}

pub(super) fn of_target(target: &Expression) -> HashMap<String, Span> {
    let mut names = HashMap::new();
    collect_target(target, &mut names);
    names
}

fn add(name: &Name, names: &mut HashMap<String, Span>) {
    names.entry(name.text.clone()).or_insert(name.span);
}

fn collect(body: &[Statement], names: &mut HashMap<String, Span>) {
    for statement in body {
        match &statement.kind {
            StatementKind::Assign { targets, value } => {
                targets.iter().for_each(|target| collect_target(target, names));
                collect_assignments(value, names);
            }
            StatementKind::Expression(value) | StatementKind::Return(Some(value)) => collect_assignments(value, names),
            StatementKind::With { items, body } => {
                for (value, target) in items {
                    collect_assignments(value, names);
                    target.iter().for_each(|target| collect_target(target, names));
                }
                collect(body, names);
            }
            StatementKind::Function(function) => add(&function.name, names),
            StatementKind::Class { name, .. } => add(name, names),
            StatementKind::Import(imported) => imported.iter().for_each(|imported| add(&imported.name, names)),
            StatementKind::ImportFrom { names: imported, .. } => {
                imported.iter().for_each(|(_, name)| add(name, names));
            }
            StatementKind::Block(block) => {
                block.head.iter().for_each(|head| collect_assignments(head, names));
                block.targets.iter().for_each(|target| collect_target(target, names));
                block.bodies.iter().for_each(|body| collect(body, names));
            }
            StatementKind::Other { targets } => targets.iter().for_each(|target| collect_target(target, names)),
            StatementKind::Return(None) | StatementKind::Global(_) => {}
        }
    }
}

fn collect_globals(body: &[Statement], names: &mut HashMap<String, Span>) {
    for statement in body {
        match &statement.kind {
            StatementKind::Global(globals) => globals.iter().for_each(|name| add(name, names)),
            StatementKind::Function(function) => collect_globals(&function.body, names),
            StatementKind::With { body, .. } | StatementKind::Class { body, .. } => collect_globals(body, names),
            StatementKind::Block(block) => block.bodies.iter().for_each(|body| collect_globals(body, names)),
            _ => {}
        }
    }
}

fn collect_target(target: &Expression, names: &mut HashMap<String, Span>) {
    match &target.kind {
        Kind::Name(name) => {
            names.entry(name.clone()).or_insert(target.span);
        }
        Kind::List(items) | Kind::Tuple(items) | Kind::Other { inner: items, .. } => {
            items.iter().for_each(|item| collect_target(item, names));
        }
        _ => {}
    }
}

/// The names of `:=` within a value.
fn collect_assignments(value: &Expression, names: &mut HashMap<String, Span>) {
    if let Kind::Assignment { target, .. } = &value.kind {
        collect_target(target, names);
    }
    value.children().into_iter().for_each(|child| collect_assignments(child, names));
}

/// The names that `:=` within a value gives one.
pub(super) fn within(value: &Expression) -> HashMap<String, Span> {
    let mut names = HashMap::new();
    collect_assignments(value, &mut names);
    names
}

pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.split_ascii_whitespace().any(|builtin| builtin == name)
}

/// What Python defines by itself.
const BUILTINS: &str = "
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup
    False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
    ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
    MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
    OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError
    ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
    SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
    UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError __build_class__
    __builtins__ __cached__ __debug__ __dict__ __doc__ __file__ __import__ __loader__ __name__ __package__ __path__
    __spec__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
    copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals
    hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min next
    object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum
    super tuple type vars zip";
