//! `check-data`: directories against the data structure convention.

use expect_test::expect;

use crate::support::{Project, TASK};

/// A result in each of these items.
fn items(project: Project, channel: &str, names: &[&str]) -> Project {
    names.iter().fold(project, |project, name| project.file(&format!("{channel}/{name}/file.nii.gz"), "12345678"))
}

const CASES: [&str; 3] = ["case-1", "case-2", "case-3"];

#[test]
fn what_matches_is_one_line() {
    let project = items(items(Project::new(), "images", &CASES), "masks", &CASES);
    let project = project.file("report/summary/report.csv", "a");
    project.check(
        "check-data ./masks --inputs ./images",
        expect![[r#"
        exit code 0
        stdout:
        ./masks: 3 items, one for each of ./images
    "#]],
    );
    project.check(
        "check-data report --inputs images/",
        expect![[r#"
        exit code 0
        stdout:
        report: 1 item, `summary`, for all 3 of images
    "#]],
    );
    project.check(
        "check-data ./masks/",
        expect![[r#"
        exit code 0
        stdout:
        ./masks: 3 items with 3 files, 24 B
    "#]],
    );
    project.check(
        "check-data masks --inputs images --format concise",
        expect![[r#"
        exit code 0
    "#]],
    );
}

#[test]
fn what_does_not_match_is_shown_with_a_remedy() {
    let project = items(items(Project::new(), "images", &CASES), "masks", &["Case_1", "case-2", "old"]);
    let project = project.file("masks/log.txt", "x").file("masks/.DS_Store", "x");
    let line = "check-data ./masks --inputs ./images";
    project.check(line, expect![[r#"
        exit code 0
        stdout:
        warning[loose-file]: `log.txt` is a file directly in ./masks, outside of any item
          ┌─ ./masks/log.txt
          = note: a channel holds directories, one for each item; who reads it does not look for files beside them
          = help: move it into the directory of the item that it belongs to, as ./masks/IDENTIFIER/log.txt

        warning[item-mismatch]: `Case_1` of ./masks is named `case-1` in ./images
          ┌─ ./masks/Case_1
          = note: an item has the same identifier in every channel; by it, whatever runs next finds what belongs together
          = help: write to ./masks/case-1 instead of ./masks/Case_1

        warning[item-mismatch]: `case-3` of ./images has no result in ./masks
          ┌─ ./masks
          = note: there is a result for each item, or a single one for all of them

        warning[item-mismatch]: `old` of ./masks is no item of ./images
          ┌─ ./masks/old
          = note: a channel has results for each item or one for all, not both; what an earlier run left stays in an output
          = help: remove what is left from before, and write what is no result of an item to another channel

        ./masks: 3 items for the 3 of ./images, 4 warnings
    "#]]);
    project.check(
        &format!("{line} --format concise"),
        expect![[r#"
        exit code 0
        stdout:
        ./masks/log.txt: warning: `log.txt` is a file directly in ./masks, outside of any item [loose-file]
        ./masks/Case_1: warning: `Case_1` of ./masks is named `case-1` in ./images [item-mismatch]
        ./masks: warning: `case-3` of ./images has no result in ./masks [item-mismatch]
        ./masks/old: warning: `old` of ./masks is no item of ./images [item-mismatch]
    "#]],
    );
    let codes = |options: &str| project.run(format!("{line} {options}").split_whitespace()).code;
    assert_eq!(codes("--deny-warnings"), 1);
    assert_eq!(codes("--rule loose-file=error"), 1);
    assert_eq!(codes("--rule loose-file=error --rule loose-file=off"), 0);
    assert_eq!(codes("--deny-warnings --rule loose-file=off --rule item-mismatch=info"), 0);
}

#[test]
fn several_inputs() {
    let project = items(items(Project::new(), "images", &CASES), "labels", &CASES[1..]);
    let project = items(project, "masks", &CASES[1..]);
    project.check(
        "check-data masks --inputs images --inputs labels",
        expect![[r#"
        exit code 0
        stdout:
        masks: 2 items, one for each of labels
    "#]],
    );
    // Against the images alone, one is missing.
    project.check(
        "check-data masks --inputs images",
        expect![[r#"
        exit code 0
        stdout:
        warning[item-mismatch]: `case-1` of images has no result in masks
          ┌─ masks
          = note: there is a result for each item, or a single one for all of them

        masks: 2 items for the 3 of images, 1 warning
    "#]],
    );
}

#[test]
fn the_directories_of_a_task() {
    let project = items(items(Project::new(), "study/images", &CASES), "study/masks", &CASES[..2]);
    // No processing-container.json is needed, and paths begin at the task file.
    let project = project.file("study/task.json", TASK);
    project.check(
        "check-data --task study/task.json",
        expect![[r#"
        exit code 0
        stdout:
        warning[item-mismatch]: `case-3` of study/images has no result in study/masks
          ┌─ study/masks
          = note: there is a result for each item, or a single one for all of them

        study/masks: 2 items for the 3 of study/images, 1 warning
    "#]],
    );
    let ran = project.inside("elsewhere").run(["check-data", "--task", "../study/task.json"]);
    assert!(ran.shown().contains("[dir]/study/masks: 2 items for the 3 of [dir]/study/images"), "{}", ran.shown());
}

#[test]
fn each_output_of_a_task_against_all_inputs() {
    let task = TASK
        .replace(
            r#"[{ "name": "masks","#,
            r#"[{ "name": "report", "input": { "host_path": "{{ env.OUT }}/report" } }, { "name": "masks","#,
        )
        .replace(
            r#"[{ "name": "images","#,
            r#"[{ "name": "atlas", "input": { "host_path": "./atlas" } }, { "name": "images","#,
        );
    let project = items(items(Project::new(), "images", &CASES), "masks", &CASES).file("task.json", task);
    let project = project.file("atlas/README.txt", "x").file("atlas/brain/t1.nii", "x").file("out/report/all/x", "x");
    project.env("OUT", "./out").check(
        "check-data --task task.json",
        expect![[r#"
        exit code 0
        stdout:
        warning[loose-file]: `README.txt` is a file directly in atlas, outside of any item
          ┌─ atlas/README.txt
          = note: a channel holds directories, one for each item; who reads it does not look for files beside them
          = help: move it into the directory of the item that it belongs to, as atlas/IDENTIFIER/README.txt

        out/report: 1 item, `all`, for all 4 of atlas and images
        masks: 3 items, one for each of images
    "#]],
    );
}

#[test]
fn a_task_that_cannot_be_used() {
    let project = Project::new().file("task.json", TASK.replace("outputs", "outpust")).file("broken.json", "{");
    let ran = project.run(["check-data", "--task", "task.json"]);
    assert_eq!((ran.code, ran.out()), (1, ""));
    assert!(ran.err().contains("`outputs` is missing") && ran.err().contains("task.json is invalid"), "{}", ran.err());
    assert_eq!(project.run(["check-data", "--task", "broken.json"]).code, 1);
    assert_eq!(project.run(["check-data", "--task", "nothing.json"]).code, 2);
    let none = TASK.replace(r#"[{ "name": "masks", "input": { "host_path": "./masks" } }]"#, "[]");
    Project::new().directory("images").file("task.json", none).check(
        "check-data --task task.json",
        expect![[r#"
        exit code 0
        stdout:
        warning[item-mismatch]: images holds no item
          ┌─ images
          = note: there is nothing that an output could be compared with

        task.json: no output to check
    "#]],
    );
}

#[test]
fn what_cannot_be_read() {
    let project = items(Project::with_task(), "images", &CASES).file("a", "x");
    project.check(
        "check-data nothing",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read nothing: there is no such directory
    "#]],
    );
    project.check(
        "check-data a",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read a: it is no directory
    "#]],
    );
    project.check(
        "check-data task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read task.json: it is no directory; to check those of a task, write --task task.json
    "#]],
    );
    // Without its input, nothing can be said of an output.
    project.check(
        "check-data images --inputs a --inputs nothing",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read a: it is no directory
        error: cannot read nothing: there is no such directory
    "#]],
    );
    project.check(
        "check-data --task task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read masks: there is no such directory
    "#]],
    );
    project.check(
        "check-data",
        expect![[r#"
            exit code 2
            stderr:
            error: the following required arguments were not provided:
              <DIR>

            Usage: task-api check-data <DIR> [--inputs <DIR>]... [OPTIONS]
                   task-api check-data --task <TASK> [OPTIONS]

            For more information, try '--help'.
        "#]],
    );
    project.check(
        "check-data images --task task.json",
        expect![[r#"
            exit code 2
            stderr:
            error: the argument '[DIR]' cannot be used with '--task <TASK>'

            Usage: task-api check-data <DIR> [--inputs <DIR>]... [OPTIONS]
                   task-api check-data --task <TASK> [OPTIONS]

            For more information, try '--help'.
        "#]],
    );
    project.check("check-data images --rule missing-field=off", expect![[r#"
        exit code 2
        stderr:
        error: invalid value 'missing-field=off' for '--rule <NAME=LEVEL>': `missing-field` is a rule of files; those of data are item-mismatch and loose-file

        For more information, try '--help'.
    "#]]);
}

#[test]
fn an_output_that_cannot_be_read_does_not_hide_the_others() {
    let task = TASK.replace(
        r#"[{ "name": "masks","#,
        r#"[{ "name": "report", "input": { "host_path": "./report" } }, { "name": "masks","#,
    );
    let project = items(items(Project::new(), "images", &CASES), "masks", &CASES).file("task.json", task);
    project.check(
        "check-data --task task.json",
        expect![[r#"
        exit code 2
        stdout:
        masks: 3 items, one for each of images
        stderr:
        error: cannot read report: there is no such directory
    "#]],
    );
}

#[test]
fn the_report_for_programs() {
    let project = items(items(Project::new(), "images", &CASES[..2]), "masks", &["case-1"]);
    let project = project.file("task.json", TASK).file("masks/case-02/.gitkeep", "").file("masks/x.txt", "");
    let ran = project.run(["check-data", "--task", "task.json", "--format", "json"]);
    assert_eq!((ran.code, ran.err()), (0, ""));
    expect![[r#"
        {
          "version": 1,
          "summary": {
            "channels": 2,
            "conforming": 1,
            "errors": 0,
            "warnings": 3,
            "infos": 0
          },
          "channels": [
            {
              "path": "images",
              "direction": "input",
              "channel": "images",
              "layout": "items",
              "items": [
                {
                  "name": "case-1",
                  "files": 1,
                  "bytes": 8
                },
                {
                  "name": "case-2",
                  "files": 1,
                  "bytes": 8
                }
              ],
              "findings": []
            },
            {
              "path": "masks",
              "direction": "output",
              "channel": "masks",
              "layout": "per-item",
              "items": [
                {
                  "name": "case-02",
                  "files": 0,
                  "bytes": 0
                },
                {
                  "name": "case-1",
                  "files": 1,
                  "bytes": 8
                }
              ],
              "findings": [
                {
                  "rule": "loose-file",
                  "severity": "warning",
                  "message": "`x.txt` is a file directly in masks, outside of any item",
                  "note": "a channel holds directories, one for each item; who reads it does not look for files beside them",
                  "help": "move it into the directory of the item that it belongs to, as masks/IDENTIFIER/x.txt",
                  "path": "masks/x.txt",
                  "names": [
                    "x.txt"
                  ]
                },
                {
                  "rule": "item-mismatch",
                  "severity": "warning",
                  "message": "`case-02` of masks is named `case-2` in images",
                  "note": "an item has the same identifier in every channel; by it, whatever runs next finds what belongs together",
                  "help": "write to masks/case-2 instead of masks/case-02",
                  "path": "masks/case-02",
                  "names": [
                    "case-02"
                  ]
                },
                {
                  "rule": "item-mismatch",
                  "severity": "warning",
                  "message": "`case-02` of masks holds no file",
                  "note": "an item is a directory with its results; one without a file counts as done for whatever runs next",
                  "path": "masks/case-02",
                  "names": [
                    "case-02"
                  ]
                }
              ]
            }
          ]
        }
    "#]].assert_eq(ran.out());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_names_are_shown_as_they_can_be() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let project = items(Project::new(), "images", &["a", "b", "c", "round"]).directory("masks").directory("archive");
    symlink(project.path("archive"), project.path("masks/a")).unwrap();
    symlink(project.path("nowhere"), project.path("masks/b")).unwrap();
    symlink(project.path("images/a/file.nii.gz"), project.path("masks/log")).unwrap();
    std::fs::create_dir(project.path("masks/round")).unwrap();
    symlink("..", project.path("masks/round/up")).unwrap();
    symlink("self", project.path("masks/self")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"masks/\xff\n\x1b[2J");
    std::fs::create_dir(project.path("").join(odd)).unwrap();
    project.check("check-data masks --inputs images", expect![[r#"
        exit code 0
        stdout:
        warning[loose-file]: `log` is a file directly in masks, outside of any item
          ┌─ masks/log
          = note: a channel holds directories, one for each item; who reads it does not look for files beside them
          = help: move it into the directory of the item that it belongs to, as masks/IDENTIFIER/log

        warning[item-mismatch]: `c` of images has no result in masks
          ┌─ masks
          = note: there is a result for each item, or a single one for all of them

        warning[item-mismatch]: 2 items of masks are no items of images: `self`, `�??[2J`
          ┌─ masks
          = note: a channel has results for each item or one for all, not both; what an earlier run left stays in an output
          = help: remove what is left from before, and write what is no result of an item to another channel

        warning[item-mismatch]: `b` of masks is a link that leads nowhere
          ┌─ masks/b
          = note: an item is a directory with its results; one without a file counts as done for whatever runs next

        masks: 5 items for the 4 of images, 4 warnings
    "#]]);
}

#[test]
fn names_cannot_steer_the_terminal_or_begin_a_line() {
    let project = items(items(Project::new(), "images", &CASES), "re\u{1b}port", &["a\nmasks: 3 items"]);
    let ran = project.run(["check-data", "re\u{1b}port", "--inputs", "images"]);
    assert_eq!(ran.out(), "re?port: 1 item, `a?masks: 3 items`, for all 3 of images\n");
    let ran = project.run(["check-data", "re\u{1b}port", "--inputs", "ima\nges"]);
    assert_eq!(ran.err(), "error: cannot read ima?ges: there is no such directory\n");
}

#[test]
fn deep_directories_are_walked() {
    // As deep as a path may be long.
    let project = Project::new().directory("masks/case-1");
    let mut below = String::from("masks/case-1");
    for _ in 0..500 {
        below.push_str("/deep");
    }
    let project = project.file(&format!("{below}/x"), "1");
    let ran = project.run(["check-data", "masks"]);
    assert_eq!(ran.out(), "masks: 1 item with 1 file, 1 B\n");
}
