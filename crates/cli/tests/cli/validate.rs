//! `validate`, as people read it.

use std::process::Command;

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

#[test]
fn valid_files() {
    Project::with_task().check(
        "validate task.json",
        expect![[r#"
        exit code 0
        stdout:
        task.json: valid task.json of version 0
    "#]],
    );
    Project::with_task().check(
        "validate processing-container.json",
        expect![[r#"
        exit code 0
        stdout:
        processing-container.json: valid processing-container.json of version 0
    "#]],
    );
    Project::with_task().check(
        "validate --format concise task.json",
        expect![[r#"
        exit code 0
    "#]],
    );
}

#[test]
fn an_invalid_file_with_its_place() {
    let project = Project::new().file("task.json", TASK.replace(r#""image": "lungs:1","#, r#""imgae": 5,"#));
    project.check(
        "validate task.json",
        expect![[r#"
            exit code 1
            stdout:
            error[missing-field]: `image` is missing, and `imgae` is no field
              ┌─ task.json:3:3
              │
            3 │   "imgae": 5,
              │   ^^^^^^^ did you mean `image`?
              │
              = help: rename to `image` (a guess)

            task.json: invalid task.json of version 0, 1 error
        "#]],
    );
    project.check(
        "validate --format concise task.json",
        expect![[r#"
        exit code 1
        stdout:
        task.json:3:3: error: `image` is missing, and `imgae` is no field [missing-field]
    "#]],
    );
}

#[test]
fn warnings_alone_leave_a_file_valid() {
    let project = Project::new().file("task.json", TASK.replace(r#""name": "study-7""#, r#""nme": 1, "name": "a""#));
    project.check(
        "validate task.json",
        expect![[r#"
        exit code 0
        stdout:
        warning[unknown-field]: `nme` is not a known field
          ┌─ task.json:2:3
          │
        2 │   "nme": 1, "name": "a",
          │   ^^^^^ has no effect
          │
          = note: unknown fields are ignored when the task runs

        task.json: valid task.json of version 0, 1 warning
    "#]],
    );
    project.check(
        "validate --format concise task.json",
        expect![[r#"
        exit code 0
        stdout:
        task.json:2:3: warning: `nme` is not a known field [unknown-field]
    "#]],
    );
}

#[test]
fn standard_input() {
    Project::new().stdin(CONTAINER).check(
        "validate -",
        expect![[r#"
        exit code 0
        stdout:
        <stdin>: valid processing-container.json of version 0
    "#]],
    );
    Project::new().stdin(TASK).check(
        "validate -",
        expect![[r#"
        exit code 0
        stdout:
        <stdin>: valid task.json of version 0
    "#]],
    );
    Project::new().stdin("").check(
        "validate --schema task -",
        expect![[r#"
        exit code 1
        stdout:
        error[syntax-error]: the file is empty
          ┌─ <stdin>:1:1
          │
        1 │
          │ ^
          │
          = note: a JSON file holds exactly one value, here an object: {}

        <stdin>: invalid task.json of version 0, 1 error
    "#]],
    );
}

#[test]
fn standard_input_is_not_checked_against_the_container_of_the_directory() {
    let project = Project::with_task().stdin(TASK.replace("segment", "other"));
    project.check(
        "validate -",
        expect![[r#"
        exit code 0
        stdout:
        <stdin>: valid task.json of version 0
    "#]],
    );
}

#[test]
fn several_files_have_a_summary() {
    let project = Project::with_task().file("b.json", "{").file("c.json", TASK.replace("FOLDS", "FOLD"));
    project.check(
        "validate task.json b.json c.json",
        expect![[r#"
            exit code 1
            stdout:
            task.json: valid task.json of version 0
            error[syntax-error]: the file ends too early
              ┌─ b.json:1:2
              │
            1 │ {
              │ -^
              │ │
              │ opened here
              │
              = help: insert `}` (a guess)

            b.json: invalid processing-container.json of version 0, 1 error
            c.json:7:21: note[unknown-env]: template `segment` does not declare the variable `FOLD`
            c.json: valid task.json of version 0, 1 note
            2 of 3 files are valid: 1 error, 0 warnings
        "#]],
    );
    project.check(
        "validate task.json b.json c.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        b.json:1:2: error: the file ends too early [syntax-error]
        c.json:7:21: info: template `segment` does not declare the variable `FOLD` [unknown-env]
    "#]],
    );
}

#[test]
fn a_directory_is_searched() {
    let project = Project::with_task()
        .file("more/tasks/one.json", TASK)
        .file("more/x.task.json", "")
        .file("more/other.json", "no JSON at all")
        .file(".hidden/task.json", "{")
        .file("node/task.json", "{")
        .file(".gitignore", "node/\n");
    project.check(
        "validate",
        expect![[r#"
        exit code 1
        stdout:
        more/tasks/one.json: valid task.json of version 0
        error[syntax-error]: the file is empty
          ┌─ more/x.task.json:1:1
          │
        1 │
          │ ^
          │
          = note: a JSON file holds exactly one value, here an object: {}

        more/x.task.json: invalid task.json of version 0, 1 error
        processing-container.json: valid processing-container.json of version 0
        task.json: valid task.json of version 0
        3 of 4 files are valid: 1 error, 0 warnings
    "#]],
    );
    project.check(
        "validate more",
        expect![[r#"
        exit code 1
        stdout:
        more/tasks/one.json: valid task.json of version 0
        error[syntax-error]: the file is empty
          ┌─ more/x.task.json:1:1
          │
        1 │
          │ ^
          │
          = note: a JSON file holds exactly one value, here an object: {}

        more/x.task.json: invalid task.json of version 0, 1 error
        1 of 2 files are valid: 1 error, 0 warnings
    "#]],
    );
    project.check(
        "validate ./more/ task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        ./more/x.task.json:1:1: error: the file is empty [syntax-error]
    "#]],
    );
}

#[test]
fn a_directory_without_files_of_ours() {
    let project = Project::new().file("empty/readme.json", "{}");
    project.check("validate empty", expect![[r#"
        exit code 2
        stderr:
        error: found no processing-container.json and no task file (task.json, *-task.json, task-*.json, *.task.json, tasks/*.json); name the file to check any other
    "#]]);
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
          = note: JSON files are UTF-8; save the file in that encoding

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

#[test]
fn unknown_options_are_usage() {
    let project = Project::with_task();
    project.check(
        "validate --frmat json task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: unexpected argument '--frmat' found

          tip: a similar argument exists: '--format'

        Usage: task-api validate --format <FORMAT> [PATH]...

        For more information, try '--help'.
    "#]],
    );
    project.check(
        "validate --format yaml task.json",
        expect![[r#"
            exit code 2
            stderr:
            error: invalid value 'yaml' for '--format <FORMAT>'
              [possible values: full, concise, json, github, sarif, junit]

            For more information, try '--help'.
        "#]],
    );
    project.check(
        "validate --api-version 2 task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: invalid value '2' for '--api-version <API_VERSION>'
          [possible values: auto, 0, 1]

        For more information, try '--help'.
    "#]],
    );
    project.check(
        "validate --schema tsk task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: invalid value 'tsk' for '--schema <SCHEMA>'
          [possible values: auto, pc, task]

          tip: a similar value exists: 'task'

        For more information, try '--help'.
    "#]],
    );
}

#[test]
fn the_kind_and_the_version_can_be_given() {
    let project = Project::with_task().file("v1.json", TASK.replace("\"input\"", "\"volume_source\""));
    project.check(
        "validate --schema task processing-container.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        processing-container.json:1:1: error: `image` is missing [missing-field]
        processing-container.json:1:1: error: `taskTemplate` is missing [missing-field]
        processing-container.json:1:1: error: `inputs` is missing [missing-field]
        processing-container.json:1:1: error: `outputs` is missing [missing-field]
        processing-container.json:3:3: warning: `description` is not a known field [unknown-field]
        processing-container.json:4:3: warning: `templates` is not a known field [unknown-field]
    "#]],
    );
    project.check(
        "validate --schema pc task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        task.json:1:1: error: `description` is missing [missing-field]
        task.json:1:1: error: `templates` is missing [missing-field]
        task.json:3:3: warning: `image` is not a known field [unknown-field]
        task.json:4:3: warning: `taskTemplate` is not a known field [unknown-field]
        task.json:5:3: warning: `inputs` is not a known field [unknown-field]
        task.json:6:3: warning: `outputs` is not a known field [unknown-field]
        task.json:7:3: warning: `env` is not a known field [unknown-field]
    "#]],
    );
    project.check(
        "validate v1.json",
        expect![[r#"
        exit code 0
        stdout:
        v1.json: valid task.json of version 1
    "#]],
    );
    project.check("validate --api-version 0 v1.json --format concise", expect![[r#"
        exit code 1
        stdout:
        v1.json:5:34: error: `volume_source` is a field of version 1, and this file has version 0 [field-of-other-version]
        v1.json:6:34: error: `volume_source` is a field of version 1, and this file has version 0 [field-of-other-version]
    "#]]);
    project.check(
        "validate --api-version 1 task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        task.json:5:34: error: `input` is a field of version 0, and this file has version 1 [field-of-other-version]
        task.json:6:34: error: `input` is a field of version 0, and this file has version 1 [field-of-other-version]
    "#]],
    );
}

#[test]
fn the_contract_alone() {
    let project = Project::with_task().file("task.json", TASK.replace("segment", "other"));
    project.check(
        "validate --container processing-container.json task.json --format concise",
        expect![[r#"
        exit code 1
        stdout:
        task.json:4:19: error: the container has no template `other` [unknown-template]
    "#]],
    );
    project.check(
        "validate --container processing-container.json --schema-only task.json",
        expect![[r#"
        exit code 0
        stdout:
        task.json: valid task.json of version 0
    "#]],
    );
}

#[test]
fn the_nearest_container_with_the_template_is_found_upwards() {
    let other = CONTAINER.replace("segment", "train");
    let task = TASK.replace("masks", "mask");
    let project = Project::new()
        .file("processing-container.json", CONTAINER)
        .file("a/processing-container.json", other)
        .file("a/b/task.json", task);
    project.check(
        "validate a/b/task.json",
        expect![[r#"
        exit code 1
        stdout:
        error[unknown-channel]: template `segment` has no output `mask`
          ┌─ a/b/task.json:6:25
          │
        6 │   "outputs": [{ "name": "mask", "input": { "host_path": "./mask" } }],
          │                         ^^^^^^ did you mean `masks`?
          │
          = note: its outputs are `masks`
          = help: bind `masks` (safe fix)

        a/b/task.json: invalid task.json of version 0, 1 error
    "#]],
    );
}

#[test]
fn a_template_that_is_nearly_there_is_the_one_that_is_meant() {
    let project = Project::with_task().file("a/task.json", TASK.replace("\"segment\"", "\"segmnt\""));
    project.check(
        "validate --format concise a/task.json",
        expect![[r#"
        exit code 1
        stdout:
        a/task.json:4:19: error: the container has no template `segmnt` [unknown-template]
    "#]],
    );
    let other = Project::with_task().file("a/task.json", TASK.replace("\"segment\"", "\"register\""));
    assert_eq!(other.run(["validate", "--format", "concise", "a/task.json"]).shown(), "exit code 0\n");
}

#[test]
fn a_container_below_the_way_up_is_not_taken() {
    let task = TASK.replace("masks", "mask");
    let project =
        Project::new().file("here/processing-container.json", CONTAINER).file("there/task.json", task).inside("here");
    project.check(
        "validate ../there/task.json",
        expect![[r#"
        exit code 0
        stdout:
        ../there/task.json: valid task.json of version 0
    "#]],
    );
}

#[test]
fn a_container_that_cannot_be_used_is_said() {
    let project = Project::with_task()
        .file("broken.json", "{\"templates\": [")
        .file("latin.json", b"{\"name\": \"\xe9\"}")
        .file("blocks.json", "{% if x %}{}{% endif %}");
    project.check(
        "validate --container broken.json task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot check against broken.json: it is not JSON; see task-api validate broken.json
    "#]],
    );
    project.check(
        "validate --container latin.json task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot check against latin.json: it is not JSON; see task-api validate latin.json
    "#]],
    );
    project.check(
        "validate --container blocks.json task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot check against blocks.json: it is not JSON; see task-api validate blocks.json
    "#]],
    );
}

#[test]
fn a_nearest_container_that_is_broken_is_said() {
    let project = Project::with_task().file("processing-container.json", CONTAINER.replace("\"name\": \"lungs\",", ""));
    project.check(
        "validate task.json --format concise",
        expect![[r#"
        exit code 0
    "#]],
    );
    let broken = CONTAINER.strip_suffix("]\n}\n").unwrap();
    let project = Project::with_task().file("processing-container.json", broken);
    project.check("validate task.json", expect![[r#"
        exit code 0
        stdout:
        task.json: valid task.json of version 0
        stderr:
        warning: task.json was not checked against processing-container.json, which is not JSON; see task-api validate processing-container.json
    "#]]);
}

#[test]
fn text_that_is_json_only_after_rendering() {
    let project = Project::new().file("task.json", "{% if env.X %}{}{% endif %}");
    project.check(
        "validate task.json",
        expect![[r#"
            exit code 0
            stdout:
            task.json:1:1: note[unrendered-template]: this file is JSON only after it has been rendered
            task.json: valid task.json, 1 note
        "#]],
    );
}

#[test]
fn the_guide_s_examples() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/guide");
    let copy = |name: &str| std::fs::read(format!("{guide}/{name}")).unwrap();
    let project = Project::new().file("guide/c/processing-container.json", copy("processing-container.json"));
    let project = project.file("guide/t/task.json", copy("task.json"));
    project.check(
        "validate guide/c/processing-container.json",
        expect![[r#"
        exit code 0
        stdout:
        guide/c/processing-container.json: valid processing-container.json of version 0
    "#]],
    );
    project.check(
        "validate guide/t/task.json",
        expect![[r#"
            exit code 0
            stdout:
            guide/t/task.json:3:12: note[floating-image-tag]: the tag `latest` may be another image tomorrow
            guide/t/task.json: valid task.json of version 0, 1 note
        "#]],
    );
    project.check(
        "validate guide/t/task.json --container guide/c/processing-container.json",
        expect![[r#"
            exit code 1
            stdout:
            guide/t/task.json:3:12: note[floating-image-tag]: the tag `latest` may be another image tomorrow
            error[unknown-template]: the container has no template `example`
              ┌─ guide/t/task.json:4:19
              │
            4 │   "taskTemplate": "example",
              │                   ^^^^^^^^^
              │
              ┌─ guide/c/processing-container.json:4:3
              │
            4 │   "templates": [
              │   ----------- the container's templates
              │
              = note: its templates are `default`
              = help: use `default` (a guess)

            guide/t/task.json: invalid task.json of version 0, 1 error, 1 note
        "#]],
    );
}
