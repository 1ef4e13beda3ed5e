//! The developer commands, run as `cargo xtask COMMAND`.
//!
//! Small enough to be compiled in seconds: the standard library and `serde_json`. What a command
//! needs is checked first and installed where that is possible (see [`setup`]).

mod bench;
mod demo;
mod engine;
mod frames;
mod image;
mod process;
mod project;
mod record;
mod setup;
mod soak;
mod test;
mod vsix;
mod wasm;
mod web;

use std::process::ExitCode;

use crate::process::{Result, failure};

struct Command {
    name: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        summary: "builds everything, then validates and runs examples/count-items for you to watch",
        run: |arguments| without_arguments(arguments, demo::run),
    },
    Command {
        name: "test",
        summary: "everything CI checks; `test NAME…` runs the steps so named, `test --list` lists them",
        run: test::run,
    },
    Command {
        name: "wasm",
        summary: "builds the npm package into target/npm/task-api-wasm/",
        run: |arguments| without_arguments(arguments, || wasm::build().map(drop)),
    },
    Command {
        name: "web",
        summary: "builds the npm package, and with it the builder page into web/dist/",
        run: |arguments| without_arguments(arguments, web::build),
    },
    Command {
        name: "vsix",
        summary: "builds the extension for VS Code, target/task-api.vsix",
        run: |arguments| without_arguments(arguments, vsix::build),
    },
    Command {
        name: "bench",
        summary: "measures; writes target/bench/report.md and report.json; `bench NAME…` for some",
        run: bench::run,
    },
    Command {
        name: "soak",
        summary: "a thousand runs, and kill -9 at 200 random moments: nothing may be lost or left over; \
                  `soak editor` makes a million random edits against the language server",
        run: soak::all,
    },
    Command {
        name: "record-lsp",
        summary: "for an editor to start as its language server: writes down what the two say, into a FILE",
        run: record::record,
    },
    Command {
        name: "image",
        summary: "builds the image of examples/count-items",
        run: |arguments| {
            without_arguments(arguments, || {
                let _engine = engine::ensure()?;
                image::build_example().map(drop)
            })
        },
    },
    Command {
        name: "setup",
        summary: "checks, and where possible installs, what all the other commands need",
        run: |arguments| without_arguments(arguments, setup::everything),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", help());
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => failure(format!("there is no command `{name}`\n\n{}", help())),
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<11}{}\n", command.name, command.summary));
    }
    text.push_str("  help       prints this list\n");
    text
}

fn without_arguments(arguments: &[String], run: impl FnOnce() -> Result<()>) -> Result<()> {
    match arguments.first() {
        Some(argument) => failure(format!("unexpected argument `{argument}`")),
        None => run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_every_command() {
        for command in COMMANDS {
            assert!(help().contains(&format!("  {} ", command.name)), "{}", command.name);
        }
    }

    #[test]
    fn an_unknown_command_is_an_error_that_names_it() {
        let error = dispatch(&["tets".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("there is no command `tets`"), "{error}");
        assert!(error.contains("  test "), "{error}");
    }

    #[test]
    fn a_surplus_argument_is_an_error() {
        let error = dispatch(&["demo".to_owned(), "x".to_owned()]).unwrap_err().to_string();
        assert_eq!(error, "unexpected argument `x`");
    }
}
