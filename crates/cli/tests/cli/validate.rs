//! `validate`, as people read it.

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
        error: found no processing-container.json, no task file (task.json, *-task.json, task-*.json, *.task.json, tasks/*.json), no workflow file (the same with workflow) and no DAG (a Python file that imports KaapanaTaskOperator); name the file to check any other
    "#]]);
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
              [possible values: auto, pc, task, workflow]

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
