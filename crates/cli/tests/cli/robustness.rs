//! Files that are anything but files of the Task API: a clear line each, and the others are checked.

use std::fs;
use std::os::unix::fs::symlink;

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
