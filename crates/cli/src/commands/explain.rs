//! `task-api explain`: the documentation of rules.

use task_api_core::nearest;
use task_api_core::rules::{self, Around, Example, Rule};

use crate::args::ExplainArgs;
use crate::exit::Failure;
use crate::{DONE, Io};

pub(crate) fn run(args: &ExplainArgs, io: &mut Io) -> Result<u8, Failure> {
    let Some(name) = &args.rule else {
        io.out(&list());
        return Ok(DONE);
    };
    let Some(rule) = rules::find(name) else {
        let hint = nearest(name, rules::ALL.iter().map(|rule| rule.name));
        let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("there is no rule `{name}`{hint}")));
    };
    io.out(&explanation(rule));
    Ok(DONE)
}

fn list() -> String {
    let width = rules::ALL.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let line = |rule: &Rule| format!("{:<width$}  {:<7}  {}\n", rule.name, rule.severity.name(), rule.summary);
    rules::ALL.iter().copied().map(line).collect()
}

fn explanation(rule: &Rule) -> String {
    let head = format!(
        "{} ({}, {}, since {})\n{}\n\n{}\n",
        rule.name,
        rule.severity.name(),
        rule.group.name(),
        rule.since,
        rule.summary,
        rule.explanation
    );
    format!("{head}\nReported:\n\n{}\nNot reported:\n\n{}", example(&rule.bad), example(&rule.good))
}

fn example(example: &Example) -> String {
    let mut text = String::new();
    let surroundings = match example.around {
        Around::Nothing => None,
        Around::Directory(directory) => Some(format!("in the directory {directory}")),
        Around::Variables(names) => Some(format!("with the variables {} set", names.join(", "))),
        Around::Dockerfile(dockerfile) => Some(format!("beside this Dockerfile:\n{}", dockerfile.trim_end())),
        Around::Directories(paths) => Some(format!("on a host with the directories {}", paths.join(", "))),
        Around::Suppressions(_) => Some(format!("with this in task-api.toml:\n{}", example.suppressions_as_toml())),
        Around::NoFiles(paths) => Some(format!("without a file at {}", paths.join(", "))),
        Around::Dag => Some("as a DAG in Python".to_owned()),
        Around::Policy(schema) => Some(format!("with this policy:\n{}", schema.trim_end())),
    };
    for line in example.text.lines().chain(surroundings.iter().flat_map(|words| words.lines())) {
        text.push_str(&format!("    {line}\n"));
    }
    text
}
