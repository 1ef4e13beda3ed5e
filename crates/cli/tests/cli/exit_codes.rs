//! The documented codes, each at a command that ends with it.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use expect_test::expect;
use task_api_cli::{DONE, ENGINE_UNREACHABLE, INVALID, Io, USAGE};

use crate::support::{Project, TASK};

#[test]
fn codes_are_the_documented_ones() {
    use task_api_cli::{CONTAINER_FAILED, KILLED, TIMEOUT};
    let codes = [DONE, INVALID, CONTAINER_FAILED, USAGE, TIMEOUT, ENGINE_UNREACHABLE, KILLED];
    assert_eq!(codes, [0, 1, 1, 2, 124, 125, 137]);
}

#[test]
fn help_and_version_are_results() {
    let project = Project::new();
    for arguments in [vec!["--help"], vec!["-h"], vec!["help", "run"], vec!["run", "--help"], vec!["status", "-h"]] {
        let ran = project.run(arguments.clone());
        assert_eq!((ran.code, ran.err()), (0, ""), "{arguments:?}");
        assert!(ran.out().contains("Usage: task-api"), "{arguments:?}");
    }
    project.check(
        "--version",
        expect![[r#"
        exit code 0
        stdout:
        task-api 0.1.0
    "#]],
    );
    project.check(
        "",
        expect![[r#"
            exit code 2
            stderr:
            Check and run Task API processing-containers

            Usage: task-api <COMMAND>

            Commands:
              validate              Check processing-container.json and task.json files
              resolve               Print what a task comes to: merged with its template, nothing left open
              run                   Start a task's container; with --watch, follow it to its end
              logs                  Print a run's output
              check-task-run        Wait for a run and tell how it ended [alias: status]
              stop                  End a run
              rm                    Remove the containers of runs
              ps                    List runs
              workflow              Run workflows, tasks whose inputs are the outputs of others, here or as DAGs
                                    of Airflow
              processing-container  Print an image's /processing-container.json
              conf                  Build and check the body of a request that triggers a workflow
              estimate              Measure the inputs and print what the scale rules and limits come to
              calibrate             Run a task over inputs of several sizes, and find the scale rule that its
                                    memory needs
              check-data            Check that a channel holds items, and that they fit those of the inputs
              migrate               Move a file to the other version of the format
              migrate-operator      Make a processing-container.json and a DAG of an operator that builds on
                                    KaapanaBaseOperator
              fmt                   Lay out files: two spaces, one item a line
              explain               Explain a rule, or list all
              init                  Write a processing-container.json, a Dockerfile and a task.json to start
                                    from
              lsp                   Serve an editor: diagnostics, completion, renaming and more (a language
                                    server on standard input and output)
              completions           Print a script that completes commands and options in a shell
              schema                Print the JSON Schema of a file format
              help                  Print this message or the help of the given subcommand(s)

            Options:
              -h, --help     Print help
              -V, --version  Print version

            Exit codes:
              0    done
              1    the file or the data is invalid; or the container failed without a code
              2    wrong usage, or a file that cannot be read or written
              124  the run took too long
              125  the container engine or the registry of an image cannot be reached, or refused
              137  the container ran out of memory or was killed
              `run --watch` and `status` exit with the container's own code.
        "#]],
    );
    project.check(
        "vaildate",
        expect![[r#"
            exit code 2
            stderr:
            error: unrecognized subcommand 'vaildate'

              tip: some similar subcommands exist: 'calibrate', 'validate'

            Usage: task-api <COMMAND>

            For more information, try '--help'.
        "#]],
    );
}

#[test]
fn without_an_engine_every_command_says_what_was_tried() {
    let project = Project::with_task().directory("images");
    project.check("run task.json", expect![[r#"
        exit code 125
        stderr:
        error: no container engine answered; tried
          unix:///nonexistent/engine.sock (DOCKER_HOST): there is no such socket
        start one with `systemctl start docker` (or `sudo dockerd &`), or install Docker (https://docs.docker.com/engine/install/) or Podman (`systemctl --user start podman.socket`); DOCKER_HOST names an engine elsewhere
    "#]]);
    for line in ["logs x", "status x", "check-task-run x", "stop x", "rm x", "ps", "processing-container x"] {
        let ran = project.run(line.split(' '));
        assert_eq!((ran.code, ran.out()), (ENGINE_UNREACHABLE, ""), "{line}");
        assert!(ran.err().contains("unix:///nonexistent/engine.sock (DOCKER_HOST)"), "{line}: {}", ran.err());
    }
    assert_eq!(project.files(), ["images", "processing-container.json", "task.json"]);
}

#[test]
fn arguments_that_are_missing() {
    for line in ["run", "logs", "status", "stop", "rm", "processing-container", "schema", "resolve", "logs a b"] {
        let ran = Project::new().run(line.split(' '));
        assert_eq!((ran.code, ran.out()), (USAGE, ""), "{line}");
        assert!(ran.err().starts_with("error: ") && ran.err().contains("Usage: task-api"), "{line}: {}", ran.err());
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_files_like_others() {
    use std::os::unix::ffi::OsStringExt;
    let name = std::ffi::OsString::from_vec(b"t\xff.json".to_vec());
    let project = Project::new();
    std::fs::write(project.path("").join(&name), TASK).unwrap();
    let ran = project.run(["validate".into(), name]);
    assert_eq!((ran.code, ran.out()), (0, "t\u{fffd}.json: valid task.json of version 0\n"));
}

/// Fails at each write.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_has_gone_is_no_error_and_a_full_disk_is() {
    let project = Project::with_task();
    let code_and_words = |kind: io::ErrorKind, arguments: &[&str]| {
        let words = Rc::new(RefCell::new(Vec::new()));
        struct Into(Rc<RefCell<Vec<u8>>>);
        impl Write for Into {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.borrow_mut().write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut io = Io::new(io::empty(), Failing(kind), Into(words.clone()), project.path(""), Vec::new());
        let arguments = ["task-api"].iter().chain(arguments).map(|argument| (*argument).into());
        let code = task_api_cli::run(arguments, &mut io);
        (code, String::from_utf8(words.take()).unwrap())
    };
    for arguments in [["validate", "task.json"], ["resolve", "task.json"], ["schema", "pc"], ["help", "run"]] {
        let gone = code_and_words(io::ErrorKind::BrokenPipe, &arguments);
        assert_eq!(gone, (DONE, String::new()), "{arguments:?}");
        let (code, words) = code_and_words(io::ErrorKind::StorageFull, &arguments);
        assert_eq!(code, USAGE, "{arguments:?}");
        assert_eq!(words, "error: cannot write the output: no storage space\n", "{arguments:?}");
    }
}
