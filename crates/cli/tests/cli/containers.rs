//! Which processing-container.json a task is checked against.

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

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
