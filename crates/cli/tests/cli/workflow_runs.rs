//! `workflow run --dry-run`, and what the commands on workflows' runs say before they need an engine.

use std::time::{Duration, Instant};

use expect_test::expect;
use serde_json::json;

use crate::support::{CONTAINER, Project};

const WORKFLOW: &str = r#"{
  "name": "lungs",
  "tasks": [
    { "task_id": "measure", "image": "lungs:{{ env.VERSION }}", "taskTemplate": "segment",
      "command": ["measure", "it's"], "resources": { "requests": { "memory": "1Gi" } }, "upstream_task_ids": ["first"],
      "iochannel_maps": [{ "upstream_operator": "segment", "upstream_output_channel": "masks", "input_channel": "images" }] },
    { "task_id": "segment", "image": "lungs:{{ env.VERSION }}", "taskTemplate": "segment",
      "env": [{ "name": "MODEL", "value": "fast" }, { "name": "API_TOKEN", "value": "t0p" }] },
    { "task_id": "first", "image": "lungs:{{ env.VERSION }}", "taskTemplate": "segment" }
  ],
  "inputs": [
    { "task_id": "segment", "input_channel": "images", "host_path": "./images" },
    { "task_id": "first", "input_channel": "images", "host_path": "./images" }
  ],
  "containers": [{ "image": "lungs:{{ env.VERSION }}", "path": "processing-container.json" }]
}
"#;

const DRY: &str = "workflow run --dry-run --user 1000:100";

fn project() -> Project {
    let project = Project::new().file("flow/processing-container.json", CONTAINER).file("flow/workflow.json", WORKFLOW);
    project.directory("flow/images/a").env("VERSION", "3")
}

#[test]
fn the_order_and_what_would_run() {
    let project = project().file("body.json", r#"{"conf": {"task_form": {"measure": {"FOLDS": "7"}}}}"#);
    let before = project.files();
    project.check(
        &format!("{DRY} flow/workflow.json --directory results --network none --conf body.json"),
        expect![[r#"
            exit code 0
            stdout:
            # level 1: segment
            docker run --rm --security-opt no-new-privileges --user 1000:100 --network none --memory 67108864 --memory-swap 67108864 --mount type=bind,source=[dir]/flow/images,target=/data/images,readonly --mount type=bind,source=[dir]/results/segment/masks,target=/data/masks --env MODEL=fast --env FOLDS=5 --env API_TOKEN lungs:3 segment
            # level 1: first
            docker run --rm --security-opt no-new-privileges --user 1000:100 --network none --memory 67108864 --memory-swap 67108864 --mount type=bind,source=[dir]/flow/images,target=/data/images,readonly --mount type=bind,source=[dir]/results/first/masks,target=/data/masks --env MODEL=accurate --env FOLDS=5 lungs:3 segment
            # level 2: measure, after segment, first
            docker run --rm --security-opt no-new-privileges --user 1000:100 --network none --memory-reservation 1073741824 --mount type=bind,source=[dir]/results/segment/masks,target=/data/images,readonly --mount type=bind,source=[dir]/results/measure/masks,target=/data/masks --env MODEL=accurate --env FOLDS=7 lungs:3 measure 'it'\''s'
            stderr:
            warning[plain-text-secret]: `API_TOKEN` looks like a secret, and its value stands in the file
              ┌─ flow/workflow.json:8:85
              │
            8 │       "env": [{ "name": "MODEL", "value": "fast" }, { "name": "API_TOKEN", "value": "***" }] },
              │                                                                                     ^^^^^ everybody who has the file can read it
              │
              = note: leave the value empty, or write {{ env.NAME }} to take it from the environment

            warning: task `measure`: the task's `resources` replace the template's as a whole, so its limit of "64Mi" for memory is lost
        "#]],
    );
    assert_eq!(project.files(), before);
}

#[test]
fn for_programs() {
    let ran = project().run(format!("{DRY} flow/workflow.json --format json").split_whitespace());
    let shown = ran.json();
    assert_eq!((ran.code, &shown["version"], &shown["name"]), (0, &json!(1), &json!("lungs")));
    assert_eq!(shown["levels"], json!([["segment", "first"], ["measure"]]));
    let order: Vec<&str> =
        shown["tasks"].as_array().unwrap().iter().map(|task| task["taskId"].as_str().unwrap()).collect();
    assert_eq!(order, ["segment", "first", "measure"]);
    assert_eq!(shown["tasks"][2]["waitsFor"], json!(["segment", "first"]));
    let mounts = &shown["tasks"][2]["spec"]["mounts"];
    let fed = shown["tasks"][0]["spec"]["mounts"][1]["source"].clone();
    assert!(fed.as_str().unwrap().ends_with("/segment/masks"), "{fed}");
    assert_eq!((&mounts[0]["source"], &mounts[0]["readOnly"]), (&fed, &json!(true)));
    assert!(!ran.out().contains("t0p"), "{}", ran.out());
}

#[test]
fn what_cannot_run_is_said_before() {
    let input = ",\n    { \"task_id\": \"first\", \"input_channel\": \"images\", \"host_path\": \"./images\" }";
    let unfed = project().file("flow/workflow.json", WORKFLOW.replace(input, ""));
    let ran = unfed.run(format!("{DRY} flow/workflow.json").split_whitespace());
    assert_eq!(ran.code, 1, "{}", ran.err());
    assert!(ran.err().contains("[unfed-input]"), "{}", ran.err());
    let cycle = project().file("flow/workflow.json", WORKFLOW.replace("[\"first\"]", "[\"measure\"]"));
    let ran = cycle.run(format!("{DRY} flow/workflow.json").split_whitespace());
    assert_eq!(ran.code, 1, "{}", ran.err());
    assert!(ran.err().contains("[task-cycle]"), "{}", ran.err());
    let gone = Project::new().file("workflow.json", WORKFLOW.replace("VERSION }}", "VERSION | default(1) }}"));
    gone.check(
        &format!("{DRY} workflow.json"),
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read processing-container.json: there is no such file
    "#]],
    );
    let no_data =
        Project::new().file("workflow.json", WORKFLOW).file("processing-container.json", CONTAINER).env("VERSION", "3");
    no_data.check(&format!("{DRY} workflow.json"), expect![[r#"
        exit code 1
        stderr:
        warning[plain-text-secret]: `API_TOKEN` looks like a secret, and its value stands in the file
          ┌─ workflow.json:8:85
          │
        8 │       "env": [{ "name": "MODEL", "value": "fast" }, { "name": "API_TOKEN", "value": "***" }] },
          │                                                                                     ^^^^^ everybody who has the file can read it
          │
          = note: leave the value empty, or write {{ env.NAME }} to take it from the environment

        error: task `segment`: input `images`: [dir]/images: there is no such directory
    "#]]);
    let form = project().file("body.json", r#"{"task_form": {"mesure": {"FOLDS": "7"}}}"#);
    form.check(&format!("{DRY} flow/workflow.json --conf body.json"), expect![[r#"
        exit code 1
        stderr:
        warning[plain-text-secret]: `API_TOKEN` looks like a secret, and its value stands in the file
          ┌─ flow/workflow.json:8:85
          │
        8 │       "env": [{ "name": "MODEL", "value": "fast" }, { "name": "API_TOKEN", "value": "***" }] },
          │                                                                                     ^^^^^ everybody who has the file can read it
          │
          = note: leave the value empty, or write {{ env.NAME }} to take it from the environment

        error: body.json: `task_form` has the task `mesure`, which the workflow has not; did you mean `measure`?
    "#]]);
    let value = project().file("body.json", r#"{"task_form": {"measure": {"FOLDS": "many"}}}"#);
    value.check(&format!("{DRY} flow/workflow.json --conf body.json"), expect![[r#"
        exit code 1
        stderr:
        warning[plain-text-secret]: `API_TOKEN` looks like a secret, and its value stands in the file
          ┌─ flow/workflow.json:8:85
          │
        8 │       "env": [{ "name": "MODEL", "value": "fast" }, { "name": "API_TOKEN", "value": "***" }] },
          │                                                                                     ^^^^^ everybody who has the file can read it
          │
          = note: leave the value empty, or write {{ env.NAME }} to take it from the environment

        error: task `measure`: --conf: `FOLDS` is declared as `int`, which its new value is not
    "#]]);
}

#[test]
fn runs_that_are_not_there() {
    let project = project()
        .file("workflow_run-abc1.json", "{}")
        .file("workflow_run-abc2.json", r#"{"version": 2}"#)
        .file("workflow_run-abd.json", "[");
    for (line, expected) in [
        (
            "workflow run flow/workflow.json --resume",
            expect![[r#"
            exit code 2
            stderr:
            error: there is no run of [dir]/flow/workflow.json to resume: no record in [dir]/ is of this file; name one with --resume=RUN
        "#]],
        ),
        (
            "workflow run flow/workflow.json --resume=x",
            expect![[r#"
            exit code 2
            stderr:
            error: no workflow's run `x`: neither a record's file nor the id, or the beginning of an id, of one in [dir]/
        "#]],
        ),
        (
            "workflow status ab",
            expect![[r#"
            exit code 2
            stderr:
            error: `ab` is the beginning of several ids: abc1, abc2, abd
        "#]],
        ),
        (
            "workflow status abc1",
            expect![[r#"
            exit code 2
            stderr:
            error: [dir]/workflow_run-abc1.json is no record of a workflow's run: it has no version
        "#]],
        ),
        (
            "workflow logs abc2",
            expect![[r#"
            exit code 2
            stderr:
            error: [dir]/workflow_run-abc2.json is a record of version 2; this task-api reads version 1
        "#]],
        ),
        (
            "workflow stop workflow_run-abd.json",
            expect![[r#"
            exit code 2
            stderr:
            error: [dir]/workflow_run-abd.json is no record of a workflow's run: EOF while parsing a list at line 1 column 1
        "#]],
        ),
        (
            "workflow run flow/workflow.json --only a --from b",
            expect![[r#"
            exit code 2
            stderr:
            error: the argument '--only <TASK>...' cannot be used with '--from <TASK>...'

            Usage: task-api workflow run --only <TASK>... <FILE>

            For more information, try '--help'.
        "#]],
        ),
    ] {
        project.check(line, expected);
    }
}

/// A thousand tasks, of which each reads what five others write.
#[test]
fn a_thousand_tasks_are_planned_within_a_second() {
    let channel = |name: &str| json!({ "name": name, "mounted_path": format!("/{name}") });
    let inputs: Vec<_> = (0..5).map(|n| channel(&format!("i{n}"))).collect();
    let template = |identifier: &str, inputs: &[serde_json::Value]| json!({ "identifier": identifier, "description": "For tests.", "inputs": inputs, "outputs": [channel("out")], "env": [] });
    let container =
        json!({ "name": "c", "description": "d", "templates": [template("source", &[]), template("five", &inputs)] });
    let task = |number: usize| {
        let map = |n: usize| {
            let upstream = format!("t{}", (number * 7 + n * 13) % number.max(1));
            json!({ "upstream_operator": upstream, "upstream_output_channel": "out", "input_channel": format!("i{n}") })
        };
        let maps: Vec<_> = if number == 0 { Vec::new() } else { (0..5).map(map).collect() };
        let template = if number == 0 { "source" } else { "five" };
        json!({ "task_id": format!("t{number}"), "image": "image:1", "taskTemplate": template, "iochannel_maps": maps })
    };
    let workflow = json!({ "name": "many", "tasks": (0..=1000).map(task).collect::<Vec<_>>(),
        "containers": [{ "image": "image:1", "path": "processing-container.json" }] });
    let project = Project::new()
        .file("processing-container.json", container.to_string())
        .file("workflow.json", workflow.to_string());
    let began = Instant::now();
    let ran = project.run(format!("{DRY} workflow.json").split_whitespace());
    let took = began.elapsed();
    assert_eq!((ran.code, ran.out().lines().count()), (0, 2002), "{}", ran.err());
    assert!(took < Duration::from_secs(1), "{took:?}");
}
