//! The edges of a DAG as Python statements: chains where there are some, lists where several tasks come before one.

use super::python::Code;
use crate::plain::Plain;

/// `a >> b >> c` and `[a, b] >> c`, a line each.
pub(super) fn statements(plain: &Plain, variables: &[String], indent: usize) -> String {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); plain.tasks.len()];
    for (task, before) in plain.tasks.iter().map(|task| &task.before).enumerate() {
        for &before in before {
            behind[before].push(task);
        }
    }
    // A task goes on in the line of the one before it if nothing else leads there or away.
    let goes_on = |task: usize| -> Option<usize> {
        let [next] = behind[task][..] else { return None };
        (plain.tasks[next].before.len() == 1).then_some(next)
    };
    let mut out = String::new();
    for (task, before) in plain.tasks.iter().map(|task| &task.before).enumerate() {
        let starts_line = match &before[..] {
            [] => false,
            // Where the one before stands behind another, its line goes on to this one.
            [only] => goes_on(*only).is_none() || plain.tasks[*only].before.is_empty(),
            _ => true,
        };
        if !starts_line {
            continue;
        }
        let mut names: Vec<String> = vec![variables[task].clone()];
        let mut last = task;
        while let Some(next) = goes_on(last) {
            names.push(variables[next].clone());
            last = next;
        }
        let rest = format!(" >> {}", names.join(" >> "));
        out.push_str(&" ".repeat(indent));
        match &before[..] {
            [only] => out.push_str(&variables[*only]),
            several => {
                let list = Code::List(several.iter().map(|&before| Code::atom(variables[before].as_str())).collect());
                list.write(&mut out, indent, indent, rest.chars().count());
            }
        }
        out.push_str(&rest);
        out.push('\n');
    }
    out
}
