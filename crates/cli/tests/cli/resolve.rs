//! `resolve`: what a task comes to.

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

#[test]
fn a_task_merged_with_its_template() {
    Project::with_task().check(
        "resolve task.json",
        expect![[r#"
        exit code 0
        stdout:
        {
          "command": [
            "segment"
          ],
          "env": [
            {
              "name": "MODEL",
              "value": "accurate"
            },
            {
              "name": "FOLDS",
              "value": "1"
            }
          ],
          "image": "lungs:1",
          "inputs": [
            {
              "host_path": "./images",
              "mounted_path": "/data/images",
              "name": "images"
            }
          ],
          "name": "study-7",
          "outputs": [
            {
              "host_path": "./masks",
              "mounted_path": "/data/masks",
              "name": "masks"
            }
          ],
          "resources": {
            "limits": {
              "memory": "64Mi"
            },
            "requests": {}
          },
          "taskTemplate": "segment"
        }
    "#]],
    );
}

#[test]
fn where_each_value_comes_from() {
    Project::with_task().check(
        "resolve --origins --env FOLDS=3 --env EXTRA= task.json",
        expect![[r#"
            exit code 0
            stdout:
            {
              "origins": {
                "/command": {
                  "from": "template",
                  "pointer": "/templates/0/command"
                },
                "/env/0/value": {
                  "from": "template",
                  "pointer": "/templates/0/env/0/value"
                },
                "/env/1/value": {
                  "from": "option"
                },
                "/env/2/value": {
                  "from": "option"
                },
                "/image": {
                  "from": "task",
                  "pointer": "/image"
                },
                "/inputs/0/host_path": {
                  "from": "task",
                  "pointer": "/inputs/0/input/host_path"
                },
                "/inputs/0/mounted_path": {
                  "from": "template",
                  "pointer": "/templates/0/inputs/0/mounted_path"
                },
                "/name": {
                  "from": "task",
                  "pointer": "/name"
                },
                "/outputs/0/host_path": {
                  "from": "task",
                  "pointer": "/outputs/0/input/host_path"
                },
                "/outputs/0/mounted_path": {
                  "from": "template",
                  "pointer": "/templates/0/outputs/0/mounted_path"
                },
                "/resources": {
                  "from": "template",
                  "pointer": "/templates/0/resources"
                },
                "/taskTemplate": {
                  "from": "task",
                  "pointer": "/taskTemplate"
                }
              },
              "taskInstance": {
                "command": [
                  "segment"
                ],
                "env": [
                  {
                    "name": "MODEL",
                    "value": "accurate"
                  },
                  {
                    "name": "FOLDS",
                    "value": "3"
                  },
                  {
                    "name": "EXTRA",
                    "value": ""
                  }
                ],
                "image": "lungs:1",
                "inputs": [
                  {
                    "host_path": "./images",
                    "mounted_path": "/data/images",
                    "name": "images"
                  }
                ],
                "name": "study-7",
                "outputs": [
                  {
                    "host_path": "./masks",
                    "mounted_path": "/data/masks",
                    "name": "masks"
                  }
                ],
                "resources": {
                  "limits": {
                    "memory": "64Mi"
                  },
                  "requests": {}
                },
                "taskTemplate": "segment"
              }
            }
            stderr:
            warning: the template does not declare the variable `EXTRA`
        "#]],
    );
}

#[test]
fn options_win_and_may_contain_anything() {
    let ran = Project::with_task().run(["resolve", "--env", "X=a=b \"c\"", "--env", "FOLDS=2", "task.json"]);
    assert_eq!(ran.json()["env"][1]["value"], "2");
    assert_eq!(ran.json()["env"][2]["value"], "a=b \"c\"");
}

#[test]
fn another_container() {
    let project = Project::with_task().file("b/c.json", CONTAINER.replace("/data/masks", "/elsewhere"));
    let ran = project.run(["resolve", "--container", "b/c.json", "task.json"]);
    assert_eq!(ran.json()["outputs"][0]["mounted_path"], "/elsewhere");
}

#[test]
fn expressions_are_rendered_from_the_environment() {
    let task = TASK.replace("./images", "{{ env.ROOT }}/images").replace("\"1\"", "\"{{ env.FOLDS | default('4') }}\"");
    let project = Project::with_task().file("task.json", task).env("ROOT", "/a \"b\\").env("HOME", "/home/x");
    let ran = project.run(["resolve", "task.json"]);
    assert_eq!(ran.err(), "");
    assert_eq!(ran.json()["inputs"][0]["host_path"], "/a \"b\\/images");
    assert_eq!(ran.json()["env"][1]["value"], "4");
}

#[test]
fn expressions_can_neither_run_long_nor_read_files() {
    for (expression, reason) in [
        ("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", "cannot render"),
        ("{% include '/etc/passwd' %}", "cannot render"),
        ("{{ env.A.__class__.__mro__ }}", ""),
        ("{{ nothing(1) }}", "cannot render"),
        ("{{ 'x' * 100000000 }}", ""),
    ] {
        let project = Project::with_task().file("task.json", TASK.replace("\"1\"", &format!("\"{expression}\"")));
        let ran = project.run(["resolve", "task.json"]);
        if reason.is_empty() {
            assert!(ran.out.len() < 2000 && ran.code <= 1, "{}", ran.shown());
        } else {
            assert_eq!((ran.code, ran.out()), (1, ""), "{expression}");
            assert!(ran.err().contains(reason) && ran.err().contains("/env/0/value"), "{}", ran.err());
        }
    }
}

#[test]
fn a_template_in_the_task() {
    let inline = r#"{
        "identifier": "own", "description": "d", "env": [],
        "inputs": [{"name": "images", "mounted_path": "/i"}], "outputs": [{"name": "masks", "mounted_path": "/o"}],
        "command": ["x"]}"#;
    let project = Project::new().file("task.json", TASK.replace("\"segment\"", inline));
    project.check(
        "resolve task.json",
        expect![[r#"
            exit code 0
            stdout:
            {
              "command": [
                "x"
              ],
              "env": [
                {
                  "name": "FOLDS",
                  "value": "1"
                }
              ],
              "image": "lungs:1",
              "inputs": [
                {
                  "host_path": "./images",
                  "mounted_path": "/i",
                  "name": "images"
                }
              ],
              "name": "study-7",
              "outputs": [
                {
                  "host_path": "./masks",
                  "mounted_path": "/o",
                  "name": "masks"
                }
              ],
              "taskTemplate": "own"
            }
        "#]],
    );
}

#[test]
fn standard_input_with_the_container_of_the_directory() {
    let project = Project::with_task().stdin(TASK);
    let ran = project.run(["resolve", "-"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(ran.out(), project.run(["resolve", "task.json"]).out());
}

#[test]
fn what_cannot_be_resolved() {
    let project = Project::with_task().file("alone/other-task.json", TASK.replace("segment", "train"));
    project.check("resolve alone/other-task.json", expect![[r#"
        exit code 1
        stderr:
        error: no processing-container.json with the template `train` was found beside alone/other-task.json or above it; name one with --container
    "#]]);
    project.check(
        "resolve missing.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read missing.json: there is no such file
    "#]],
    );
    project.check(
        "resolve task.json --container missing.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read missing.json: there is no such file
    "#]],
    );
    project.check(
        "resolve task.json --container task.json",
        expect![[r#"
            exit code 1
            stderr:
            error[missing-field]: `description` is missing
              ┌─ task.json:1:1
              │
            1 │ {
              │ ^ this file has no `description`
              │
              = note: `description`: A short summary of what the container does
              = help: insert "description": "" (a guess)

            error[missing-field]: `templates` is missing
              ┌─ task.json:1:1
              │
            1 │ {
              │ ^ this file has no `templates`
              │
              = note: `templates`: The ways in which the container can be run, one per use case
              = help: insert "templates": [] (a guess)

            warning[unknown-field]: `image` is not a known field
              ┌─ task.json:3:3
              │
            3 │   "image": "lungs:1",
              │   ^^^^^^^ has no effect
              │
              = note: unknown fields are ignored when the task runs

            warning[unknown-field]: `taskTemplate` is not a known field
              ┌─ task.json:4:3
              │
            4 │   "taskTemplate": "segment",
              │   ^^^^^^^^^^^^^^ has no effect
              │
              = note: unknown fields are ignored when the task runs

            warning[unknown-field]: `inputs` is not a known field
              ┌─ task.json:5:3
              │
            5 │   "inputs": [{ "name": "images", "input": { "host_path": "./images" } }],
              │   ^^^^^^^^ has no effect
              │
              = note: unknown fields are ignored when the task runs

            warning[unknown-field]: `outputs` is not a known field
              ┌─ task.json:6:3
              │
            6 │   "outputs": [{ "name": "masks", "input": { "host_path": "./masks" } }],
              │   ^^^^^^^^^ has no effect
              │
              = note: unknown fields are ignored when the task runs

            warning[unknown-field]: `env` is not a known field
              ┌─ task.json:7:3
              │
            7 │   "env": [{ "name": "FOLDS", "value": "1" }]
              │   ^^^^^ has no effect
              │
              = note: unknown fields are ignored when the task runs

            error: task.json is invalid
        "#]],
    );
    project.check(
        "resolve task.json --env FOLDS",
        expect![[r#"
        exit code 2
        stderr:
        error: invalid value 'FOLDS' for '--env <NAME=VALUE>': write it as NAME=VALUE

        For more information, try '--help'.
    "#]],
    );
    project.check(
        "resolve",
        expect![[r#"
        exit code 2
        stderr:
        error: the following required arguments were not provided:
          <TASK>

        Usage: task-api resolve <TASK>

        For more information, try '--help'.
    "#]],
    );
    let unbound = Project::with_task().file("task.json", TASK.replace("masks", "mask"));
    unbound.check(
        "resolve task.json",
        expect![[r#"
            exit code 1
            stderr:
            error[unknown-channel]: template `segment` has no output `mask`
              ┌─ task.json:6:25
              │
            6 │   "outputs": [{ "name": "mask", "input": { "host_path": "./mask" } }],
              │                         ^^^^^^ did you mean `masks`?
              │
              = note: its outputs are `masks`
              = help: bind `masks` (safe fix)

            error: task.json is invalid
        "#]],
    );
    let blocks = Project::with_task().file("task.json", "{% if env.X %}{}{% endif %}");
    blocks.check(
        "resolve task.json",
        expect![[r#"
            exit code 1
            stderr:
            error[syntax-error]: the file is empty
              ┌─ task.json:1:1
              │
            1 │ {% if env.X %}{}{% endif %}
              │ ^
              │
              = note: a JSON file holds exactly one value, here an object: {}
                nothing is left of the file once it is rendered

            error: task.json is invalid
        "#]],
    );
    let broken = Project::with_task().file("task.json", TASK.replace("\"1\"", "\"{{ env. }}\""));
    broken.check("resolve task.json", expect![[r#"
        exit code 1
        stderr:
        error[invalid-expression]: cannot render the template expression at /env/0/value: syntax error: unexpected end of variable block, expected identifier or integer
          ┌─ task.json:7:48
          │
        7 │   "env": [{ "name": "FOLDS", "value": "{{ env. }}" }]
          │                                                ^^

        error: task.json is invalid
    "#]]);
}

#[test]
fn secrets_are_not_printed() {
    let task = TASK
        .replace("\"env\": [", "\"env\": [{ \"name\": \"DB_PASSWORD\", \"value\": \"{{ env.PW }}\" }, ")
        .replace("\"name\": \"study-7\"", "\"name\": \"study-7\", \"config\": { \"registryPassword\": \"hunter3\" }");
    let project = Project::with_task().file("task.json", task).env("PW", "hunter2");
    let ran = project.run(["resolve", "--origins", "--env", "API_TOKEN=hunter4", "task.json"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(!ran.shown().contains("hunter"), "{}", ran.shown());
    assert_eq!(ran.out().matches("[redacted]").count(), 3, "{}", ran.out());
}

#[test]
fn secrets_are_not_printed_beside_an_error() {
    let task = r#"{"name": "a", "image": "i", "taskTemplate": "segment", "inputs": [], "outpts": [], "config": {"registryPassword": "hunter3"}, "env": [{"name": "DB_PASSWORD", "value": "{{ env.PW }}"}]}"#;
    let project = Project::with_task().file("task.json", task).env("PW", "hunter2\u{e9}");
    for command in ["resolve", "run", "validate"] {
        let ran = project.run([command, "--container", "processing-container.json", "task.json"]);
        assert_eq!(ran.code, 1);
        assert!(ran.shown().contains("outpts"), "{}", ran.shown());
        assert!(!ran.shown().contains("hunter"), "{}", ran.shown());
    }
}
