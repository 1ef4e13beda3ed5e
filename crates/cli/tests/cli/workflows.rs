//! `validate` of workflows, with the containers of their tasks.

use expect_test::expect;

use crate::support::{CONTAINER, Project};

const DOWNLOAD: &str = r#"{
  "name": "download",
  "description": "Downloads images.",
  "templates": [
    {
      "identifier": "download",
      "description": "Writes what the query finds.",
      "inputs": [],
      "outputs": [{ "name": "downloads", "mounted_path": "/data" }],
      "env": [{ "name": "QUERY", "value": "*" }]
    }
  ]
}
"#;

const WORKFLOW: &str = r#"{
  "name": "lungs",
  "tasks": [
    { "task_id": "get-data", "image": "download:1", "taskTemplate": "download" },
    {
      "task_id": "segment",
      "image": "{{ env.REGISTRY }}/lungs:1",
      "taskTemplate": "segment",
      "iochannel_maps": [
        { "upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "images" }
      ]
    }
  ],
  "containers": [
    { "image": "download:1", "path": "containers/download.json" }
  ]
}
"#;

fn project(workflow: &str) -> Project {
    Project::new()
        .env("REGISTRY", "registry.example.org")
        .file("containers/download.json", DOWNLOAD)
        .file("processing-container.json", CONTAINER)
        .file("flows/lungs.workflow.json", workflow.replace("containers/download", "../containers/download"))
}

#[test]
fn each_task_is_checked_against_its_container() {
    project(&WORKFLOW.replace("\"downloads\"", "\"Downloads\"").replace("\"images\"", "\"masks\""))
        .check("validate flows/lungs.workflow.json", expect![[r#"
            exit code 1
            stdout:
            flows/lungs.workflow.json:6:18: note[unused-output]: nothing reads output `masks` of task `segment`
            error[unknown-upstream-channel]: template `download` of task `get-data` has no output `Downloads`
               ┌─ flows/lungs.workflow.json:10:71
               │
            10 │         { "upstream_operator": "get-data", "upstream_output_channel": "Downloads", "input_channel": "masks" }
               │                                                                       ^^^^^^^^^^^ did you mean `downloads`?
               │
               ┌─ containers/download.json:9:7
               │
             9 │       "outputs": [{ "name": "downloads", "mounted_path": "/data" }],
               │       --------- its outputs
               │
               = note: names are compared letter by letter, and these differ in upper and lower case
               = help: read `downloads` (safe fix)

            error[unknown-input-channel]: template `segment` of task `segment` has no input `masks`
               ┌─ flows/lungs.workflow.json:10:101
               │
            10 │         { "upstream_operator": "get-data", "upstream_output_channel": "Downloads", "input_channel": "masks" }
               │                                                                                                     ^^^^^^^ did you mean `images`?
               │
               ┌─ processing-container.json:8:7
               │
             8 │       "inputs": [{ "name": "images", "mounted_path": "/data/images" }],
               │       -------- its inputs
               │
               = note: `masks` is an output of it; its only input is `images`
               = help: feed `images` (a guess)

            flows/lungs.workflow.json: invalid workflow.json, 2 errors, 1 note
        "#]]);
    let project = project(
        &WORKFLOW
            .replace("\"download\"", "\"downlod\"")
            .replace("\"segment\",\n      \"ioc", "\"segmnt\",\n      \"ioc"),
    );
    project.check(
        "validate --format concise flows",
        expect![[r#"
        exit code 1
        stdout:
        flows/lungs.workflow.json:4:69: error: the container has no template `downlod` [unknown-template]
        flows/lungs.workflow.json:8:23: error: the container has no template `segmnt` [unknown-template]
    "#]],
    );
    project.check(
        "validate --fix flows/lungs.workflow.json --format concise",
        expect![[r#"
        exit code 0
        stderr:
        flows/lungs.workflow.json: fixed: use `download` [unknown-template]
        flows/lungs.workflow.json: fixed: use `segment` [unknown-template]
    "#]],
    );
    let mended = std::fs::read_to_string(project.path("flows/lungs.workflow.json")).unwrap();
    assert_eq!(mended, WORKFLOW.replace("containers/download", "../containers/download"));
}

#[test]
fn what_is_wrong_with_a_container_is_said_once() {
    let gone = project(WORKFLOW).file("flows/lungs.workflow.json", WORKFLOW);
    gone.check("validate --format concise flows/lungs.workflow.json", expect![[r#"
        exit code 0
        stdout:
        flows/lungs.workflow.json:6:18: info: nothing reads output `masks` of task `segment` [unused-output]
        flows/lungs.workflow.json:15:38: warning: there is no file `containers/download.json` that can be read [container-not-found]
    "#]]);
    let broken = project(WORKFLOW).file("containers/download.json", "{");
    broken.check("validate --format concise flows/lungs.workflow.json", expect![[r#"
        exit code 0
        stdout:
        flows/lungs.workflow.json:6:18: info: nothing reads output `masks` of task `segment` [unused-output]
        stderr:
        warning: flows/lungs.workflow.json was not checked against containers/download.json, which is not JSON; see task-api validate containers/download.json
    "#]]);
    project(WORKFLOW).check(
        "validate --format concise --container processing-container.json flows/lungs.workflow.json",
        expect![[r#"
            exit code 0
            stdout:
            flows/lungs.workflow.json:6:18: info: nothing reads output `masks` of task `segment` [unused-output]
        "#]],
    );
    project(WORKFLOW).check(
        "validate --schema-only --format concise flows/lungs.workflow.json",
        expect![[r#"
        exit code 0
    "#]],
    );
}

#[test]
fn rendered_images_find_their_containers() {
    let workflow = WORKFLOW
        .replace("download:1", "{{ env.REGISTRY }}/download:1")
        .replace("\"downloads\"", "\"{{ env.CHANNEL }}\"");
    let project = project(&workflow).env("CHANNEL", "dwnloads");
    project.check("validate --render --format concise flows/lungs.workflow.json", expect![[r#"
        exit code 1
        stdout:
        flows/lungs.workflow.json:6:18: info: nothing reads output `masks` of task `segment` [unused-output]
        flows/lungs.workflow.json:10:71: error: template `download` of task `get-data` has no output `dwnloads` [unknown-upstream-channel]
    "#]]);
    project.check(
        "validate --format concise flows/lungs.workflow.json",
        expect![[r#"
        exit code 0
        stdout:
        flows/lungs.workflow.json:6:18: info: nothing reads output `masks` of task `segment` [unused-output]
    "#]],
    );
}

#[test]
fn the_report_names_the_kind_and_the_related_file() {
    let ran = project(&WORKFLOW.replace("\"images\"", "\"image\"")).run(["validate", "--format", "json", "flows"]);
    let report: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    let file = &report["files"][0];
    assert_eq!((&file["kind"], &file["apiVersion"]), (&"workflow".into(), &serde_json::Value::Null));
    let found = file["diagnostics"].as_array().unwrap();
    let unknown = found.iter().find(|found| found["rule"] == "unknown-input-channel").unwrap();
    assert_eq!(unknown["related"][0]["path"], "processing-container.json");
    assert_eq!(unknown["pointer"], "/tasks/1/iochannel_maps/0/input_channel");
}

#[test]
fn a_kind_can_be_told_and_a_workflow_does_not_migrate() {
    let project = project(WORKFLOW);
    project.check(
        "validate --schema task --format concise flows/lungs.workflow.json",
        expect![[r#"
        exit code 1
        stdout:
        flows/lungs.workflow.json:1:1: error: `image` is missing [missing-field]
        flows/lungs.workflow.json:1:1: error: `taskTemplate` is missing [missing-field]
        flows/lungs.workflow.json:1:1: error: `inputs` is missing [missing-field]
        flows/lungs.workflow.json:1:1: error: `outputs` is missing [missing-field]
        flows/lungs.workflow.json:3:3: warning: `tasks` is not a known field [unknown-field]
        flows/lungs.workflow.json:14:3: warning: `containers` is not a known field [unknown-field]
    "#]],
    );
    project.check(
        "migrate --to 0 flows/lungs.workflow.json",
        expect![[r#"
        exit code 2
        stderr:
        error: flows/lungs.workflow.json is a workflow, which has no versions: move its containers and tasks
    "#]],
    );
    let elsewhere = Project::new().file("x.json", WORKFLOW).run(["validate", "--schema", "workflow", "x.json"]);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.shown());
}
