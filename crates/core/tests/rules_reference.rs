//! docs/rules.md is made from the rules themselves: `UPDATE_EXPECT=1 cargo test -p task-api-core
//! --test rules_reference` writes it anew.

use std::fmt::Write;

use task_api_core::rules::{ALL, Around, Example, Group};

const HEAD: &str = "# Rules

Everything that `task-api validate`, the editor and the npm package report. The names are stable. The severity is the
default: `--rule NAME=off|info|warning|error` or the project's [task-api.toml](configuration.md) changes it, and a rule
may judge a milder case more mildly. A single finding can be suppressed in task-api.toml. A file is valid if nothing of
severity error is found in it. With `--schema-only`, only the group *contract* runs, and the verdict is exactly that of
the JSON Schemas in `schemas/` unless task-api.toml suppresses something. `item-mismatch` and `loose-file` are about
directories, and `task-api check-data` reports them.

Many rules offer fixes: lists of text edits that leave the rest of the file as it is. A *safe* fix is what the file can
only have meant, and `--fix` applies it; `--unsafe-fixes` applies guesses and placeholders as well. No fix is kept that
adds an error. `--diff` shows what would change.

This page is made from the code; `task-api explain RULE` prints the same. The command line has two more rules:
`policy-violation` for [a site's own rules](policies.md), and `invalid-expression` for template expressions that `--render`
cannot render.
";

#[test]
fn the_reference_is_fresh() {
    let mut page = String::from(HEAD);
    let groups = [
        (Group::Contract, "Contract"),
        (Group::Container, "processing-container.json"),
        (Group::Task, "task.json"),
        (Group::TaskWithContainer, "task.json with its processing-container.json"),
        (Group::Workflow, "workflow.json"),
        (Group::Project, "The project around them"),
    ];
    for (group, title) in groups {
        write!(page, "\n## {title}\n\n| rule | default | reports |\n|---|---|---|\n").expect("a string takes it");
        for rule in ALL.iter().filter(|rule| rule.group == group) {
            let (name, severity, summary) = (rule.name, rule.severity.name(), rule.summary);
            writeln!(page, "| [`{name}`](#{name}) | {severity} | {summary} |").expect("a string takes it");
        }
    }
    for rule in ALL {
        let (bad, good) = (example(&rule.bad), example(&rule.good));
        write!(page, "\n## {}\n\n{}\n\nReported:\n\n{bad}\nNot reported:\n\n{good}", rule.name, rule.explanation)
            .expect("a string takes it");
    }
    expect_test::expect_file!["../../../docs/rules.md"].assert_eq(&page);
}

fn example(example: &Example) -> String {
    let around = match example.around {
        Around::Nothing => String::new(),
        Around::Directory(directory) => format!("In the directory `{directory}`:\n\n"),
        Around::Variables(names) => format!("With these variables set: `{}`:\n\n", names.join("`, `")),
        Around::Dockerfile(text) => format!("Beside this Dockerfile:\n\n```dockerfile\n{}\n```\n\n", text.trim_end()),
        Around::Directories(paths) => format!("On a host with the directory `{}`:\n\n", paths.join("`, `")),
        Around::Suppressions(_) => {
            format!("With this in `task-api.toml`:\n\n```toml\n{}```\n\n", example.suppressions_as_toml())
        }
        Around::NoFiles(paths) => format!("Without a file at `{}`:\n\n", paths.join("`, `")),
        Around::Dag => String::new(),
        Around::Policy(schema) => format!("With this policy:\n\n```json\n{}\n```\n\n", schema.trim_end()),
    };
    let language = match (&example.around, example.kind) {
        (Around::Dag, _) => "python",
        (_, Some(_)) => "json",
        (_, None) => "text",
    };
    format!("{around}```{language}\n{}\n```\n", example.text)
}
