//! Files that are anything but files of the Task API: a clear line each, and the others are checked.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use expect_test::expect;

use crate::support::{Project, TASK};

#[test]
fn a_file_of_a_gigabyte_is_not_read() {
    let project = Project::with_task();
    fs::File::create(project.path("big-task.json")).unwrap().set_len(1 << 30).unwrap();
    project.check(
        "validate --format concise .",
        expect![[r#"
            exit code 2
            stderr:
            error: cannot read big-task.json: it is larger than 64 MiB
        "#]],
    );
}

#[test]
fn links_that_lead_back_end() {
    let project = Project::with_task();
    symlink(project.path("."), project.path("again")).unwrap();
    symlink("loop-task.json", project.path("loop-task.json")).unwrap();
    symlink("gone.json", project.path("dangling-task.json")).unwrap();
    symlink("task.json", project.path("same-task.json")).unwrap();
    project.check(
        "validate .",
        expect![[r#"
            exit code 0
            stdout:
            processing-container.json: valid processing-container.json of version 0
            same-task.json: valid task.json of version 0
            task.json: valid task.json of version 0
            3 of 3 files are valid: 0 errors, 0 warnings
        "#]],
    );
    project.check(
        "validate loop-task.json dangling-task.json",
        expect![[r#"
            exit code 2
            stderr:
            error: cannot read loop-task.json: it is a link that leads back to itself
            error: cannot read dangling-task.json: there is no such file
        "#]],
    );
}

#[test]
fn errors_of_the_disk_are_said() {
    Project::new().check(
        "validate /proc/self/mem",
        expect![[r#"
            exit code 2
            stderr:
            error: cannot read /proc/self/mem: Input/output error (os error 5)
        "#]],
    );
}

/// The kernel says of this file that it has 4096 bytes, and hands out fewer, as if somebody had cut it meanwhile.
#[test]
fn a_file_that_changes_while_it_is_read() {
    Project::new().check(
        "validate --schema task /sys/kernel/mm/transparent_hugepage/enabled",
        expect![[r#"
            exit code 2
            stderr:
            error: cannot read /sys/kernel/mm/transparent_hugepage/enabled: it changed while it was read; try again
        "#]],
    );
}

#[test]
fn a_file_named_twice_is_checked_once() {
    Project::with_task().check(
        "validate task.json ./task.json .",
        expect![[r#"
            exit code 0
            stdout:
            task.json: valid task.json of version 0
            processing-container.json: valid processing-container.json of version 0
            2 of 2 files are valid: 0 errors, 0 warnings
        "#]],
    );
}

#[test]
fn bytes_that_are_no_text() {
    let project = Project::new()
        .file("nul-task.json", vec![0; 1 << 20])
        .file("surrogate-task.json", r#"{"name": "\ud800", "image": "\udc00x\ud83d"}"#)
        .file("cr-task.json", TASK.replace('\n', "\r"))
        .file("crlf-task.json", TASK.replace('\n', "\r\n"))
        .file("end-task.json", TASK.trim_end())
        .file("half-task.json", &TASK.as_bytes()[..TASK.len() / 2]);
    let ran = project.run(["validate", "--schema-only", "--format", "concise", "."]);
    assert_eq!((ran.code, ran.err()), (1, ""));
    for (file, expected) in [
        ("nul-task.json", "nul-task.json:1:1: error: "),
        ("surrogate-task.json", "surrogate-task.json:1:11: error: "),
        ("half-task.json", "half-task.json:5:"),
    ] {
        let lines: Vec<&str> = ran.out().lines().filter(|line| line.starts_with(file)).collect();
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{lines:#?}");
    }
    for file in ["cr-task.json", "crlf-task.json", "end-task.json"] {
        assert!(!ran.out().contains(file), "{}", ran.out());
    }
}

/// More than one thread's share, in a tree with ignored and hidden directories.
#[test]
fn many_files_come_in_the_order_of_their_paths() {
    let mut project =
        Project::new().file(".gitignore", "/ignored/\n").file("ignored/task.json", "{").file(".hidden/task.json", "{");
    let mut expected = Vec::new();
    for directory in ["a", "a-b", "b"] {
        for number in 0..100 {
            let path = format!("{directory}/task-{number:03}.json");
            let text = if number % 7 == 0 { "[]".to_owned() } else { TASK.to_owned() };
            project = project.file(&path, text);
            if number % 7 == 0 {
                expected.push(path);
            }
        }
    }
    let ran = project.run(["validate", "--schema-only", "--format", "concise"]);
    let found: Vec<&str> = ran.out().lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(found, expected);
    let json = project.run(["validate", "--schema-only", "--format", "json"]).json();
    assert_eq!(json["summary"]["files"], 300);
    assert_eq!(json["files"].as_array().unwrap().len(), 300);
    assert_eq!(json["files"][7]["path"], "a/task-007.json");
}

/// Tasks are checked against what `--fix` has made of the container, on however many threads.
#[test]
fn containers_are_mended_before_their_tasks() {
    let container = crate::support::CONTAINER.replace("\"identifier\"", "\"identifer\"");
    let mut project = Project::new().file("z/processing-container.json", container);
    for number in 0..100 {
        project = project.file(&format!("z/a/task-{number}.json"), TASK);
    }
    let ran = project.run(["validate", "--fix", "--unsafe-fixes", "--format", "concise", "."]);
    assert_eq!((ran.code, ran.out()), (0, ""), "{}", ran.shown());
}

#[test]
fn a_pipe_of_the_shell_is_read() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, TASK.as_bytes()).unwrap();
    drop(writer);
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
    let ran = Project::new().run(["validate", "--schema-only", &path]);
    assert_eq!((ran.code, ran.err()), (0, ""), "{}", ran.shown());
}

#[test]
fn files_that_cannot_be_read() {
    let project = Project::with_task();
    project.check(
        "validate missing.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read missing.json: there is no such file
    "#]],
    );
    project.check(
        "validate missing.json task.json",
        expect![[r#"
        exit code 2
        stdout:
        task.json: valid task.json of version 0
        stderr:
        error: cannot read missing.json: there is no such file
    "#]],
    );
    project.check(
        "validate --format json missing.json",
        expect![[r#"
            exit code 2
            stdout:
            {
              "version": 1,
              "files": [],
              "summary": {
                "files": 0,
                "valid": 0,
                "errors": 0,
                "warnings": 0,
                "infos": 0
              }
            }
            stderr:
            error: cannot read missing.json: there is no such file
        "#]],
    );
    project.check(
        "validate task.json/inside.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read task.json/inside.json: Not a directory (os error 20)
    "#]],
    );
    project.check(
        "validate task.json --container missing.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read missing.json: there is no such file
    "#]],
    );
    project.check(
        "validate task.json --container .",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read .: it is a directory
    "#]],
    );
}

#[test]
fn a_pipe_is_not_waited_for() {
    let project = Project::new();
    assert!(Command::new("mkfifo").arg(project.path("pipe.json")).status().unwrap().success());
    project.check(
        "validate pipe.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read pipe.json: it is no regular file
    "#]],
    );
}

#[test]
fn text_that_is_not_utf8_has_an_offset() {
    let mut bytes = TASK.as_bytes().to_owned();
    let place = TASK.find("lungs").unwrap();
    bytes[place] = 0xff;
    let project = Project::new().file("task.json", bytes);
    project.check(
        "validate task.json",
        expect![[r#"
        exit code 1
        stdout:
        error[syntax-error]: byte 35 of the file is not UTF-8
          ┌─ task.json:3:13
          │
        3 │   "image": "
          │             ^ the text ends here
          │
          = note: it has to be UTF-8, as JSON and Python are; save it in that encoding

        task.json: invalid task.json, 1 error
    "#]],
    );
    assert_eq!(place, 35);
    Project::new().file("task.json", [0xff, 0xfe, b'{', 0]).check(
        "validate task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        task.json:1:1: error: byte 0 of the file is not UTF-8 [syntax-error]
    "#]],
    );
}

#[test]
fn an_empty_file() {
    Project::new().file("task.json", "").check(
        "validate task.json",
        expect![[r#"
        exit code 1
        stdout:
        error[syntax-error]: the file is empty
          ┌─ task.json:1:1
          │
        1 │
          │ ^
          │
          = note: a JSON file holds exactly one value, here an object: {}

        task.json: invalid task.json of version 0, 1 error
    "#]],
    );
    Project::new().file("task.json", " \n\n").check(
        "validate task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        task.json:1:1: error: the file is empty [syntax-error]
    "#]],
    );
}

#[test]
fn a_byte_order_mark_and_carriage_returns() {
    let text = format!("\u{feff}{}", TASK.replace('\n', "\r\n"));
    Project::new().file("task.json", &text).check(
        "validate task.json",
        expect![[r#"
            exit code 0
            stdout:
            task.json:1:1: note[syntax-error]: the file begins with a byte order mark
            task.json: valid task.json of version 0, 1 note
        "#]],
    );
    let project = Project::new().file("task.json", text.replace("study-7\"", "study-7"));
    project.check(
        "validate task.json",
        expect![[r#"
            exit code 1
            stdout:
            task.json:1:1: note[syntax-error]: the file begins with a byte order mark
            error[syntax-error]: this string has no closing quote
              ┌─ task.json:2:11
              │
            2 │   "name": "study-7,
              │           ^^^^^^^^
              │
              = help: insert `"` (a guess)

            task.json: invalid task.json of version 0, 1 error, 1 note
        "#]],
    );
    let alone = Project::new().file("task.json", TASK.replace('\n', "\r").replace("study-7\"", "study-7"));
    alone.check(
        "validate task.json",
        expect![[r#"
        exit code 1
        stdout:
        error[syntax-error]: this string has no closing quote
          ┌─ task.json:2:11
          │
        2 │   "name": "study-7,
          │           ^^^^^^^^
          │
          = help: insert `"` (a guess)

        task.json: invalid task.json of version 0, 1 error
    "#]],
    );
    alone.check(
        "validate task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        task.json:2:11: error: this string has no closing quote [syntax-error]
    "#]],
    );
}

#[test]
fn a_long_line_is_shown_in_part() {
    let filler = "x".repeat(1 << 20);
    let text = format!(
        r#"{{"name": "{filler}", "image": 5, "taskTemplate": "t", "inputs": [], "outputs": [], "config": {{"labels": {{"a": "{filler}"}}}}}}"#
    );
    let project = Project::new().file("task.json", text);
    project.check("validate task.json", expect![[r#"
        exit code 1
        stdout:
        error[wrong-type]: `image` must be a string, but is the number 5
          ┌─ task.json:1:1048599
          │
        1 │ …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "image": 5, "taskTemplate": "t", "inputs": [], "outputs": [], "config"…
          │                                                              ^ expected a string
          │
          = help: write "5" (safe fix)

        task.json: invalid task.json of version 0, 1 error
    "#]]);
}

#[test]
fn a_long_wrong_value_is_not_repeated_in_full() {
    let filler = "x".repeat(1 << 20);
    let project =
        Project::new().file("task.json", TASK.replace(r#"{ "host_path": "./masks" }"#, &format!("{filler:?}")));
    let ran = project.run(["validate", "task.json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.len() < 4000, "{} bytes", ran.out.len());
}

#[test]
fn deep_nesting_ends() {
    for text in
        ["[".repeat(1 << 20), format!("{}{}", "[".repeat(1 << 17), "]".repeat(1 << 17)), "{\"a\":".repeat(1 << 18)]
    {
        let ran = Project::new().file("task.json", text).run(["validate", "task.json"]);
        assert_eq!(ran.code, 1);
        assert!(ran.out().contains("nested deeper than 512 levels"), "{}", ran.shown());
    }
}

#[test]
fn what_a_file_says_cannot_steer_the_terminal() {
    let text = "{\"\\u001b[2J\\u202e\": 1, \"name\": \"\u{1b}[31mred\u{9b}1m\u{202e}\", \"image\": \"\u{7f}\"}";
    let project = Project::new().file("task.json", text);
    for format in ["full", "concise"] {
        let ran = project.run(["validate", "task.json", "--format", format]);
        assert_eq!(ran.code, 1);
        for character in ['\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}'] {
            assert!(!ran.out().contains(character), "{character:?} in {:?}", ran.out());
        }
    }
    let missing = project.run(["validate", "\u{1b}[2J.json"]);
    assert_eq!((missing.code, missing.err().contains('\u{1b}')), (2, false), "{:?}", missing.err());
}
