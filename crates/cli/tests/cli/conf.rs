//! `conf`: the body of a request that triggers a workflow.

use expect_test::expect;

use crate::support::{CONTAINER, Project};

const WORKFLOW: &str = r#"{
  "name": "lungs",
  "tasks": [
    {
      "task_id": "segment",
      "image": "lungs:1",
      "taskTemplate": "segment",
      "env": [{ "name": "FOLDS", "value": "3" }]
    },
    { "task_id": "measure", "image": "measure:1", "taskTemplate": "measure" }
  ]
}
"#;

fn project() -> Project {
    Project::new().file("processing-container.json", CONTAINER).file("workflow.json", WORKFLOW)
}

#[test]
fn a_body_in_both_forms() {
    project().check(
        "conf workflow.json --set segment.MODEL=fast --set segment.FOLDS=1 --set segment.FOLDS=2",
        expect![[r#"
            exit code 0
            stdout:
            {
              "conf": {
                "task_form": {
                  "segment": {
                    "MODEL": "fast",
                    "FOLDS": "2"
                  }
                }
              }
            }
        "#]],
    );
    project().check(
        "conf workflow.json --set segment.MODEL=fast --form list --run-id now",
        expect![[r#"
        exit code 0
        stdout:
        {
          "dag_run_id": "now",
          "conf": {
            "task_form": {
              "segment": {
                "env": [
                  { "name": "MODEL", "value": "fast" }
                ]
              }
            }
          }
        }
    "#]],
    );
    project().check(
        "conf workflow.json",
        expect![[r#"
        exit code 0
        stdout:
        {
          "conf": {
            "task_form": {}
          }
        }
    "#]],
    );
}

#[test]
fn a_command_for_a_shell() {
    project().check(
        "conf workflow.json --set segment.FOLDS=2 --curl https://kaapana.example.org",
        expect![[r#"
        exit code 0
        stdout:
        curl -X POST https://kaapana.example.org/flow/api/v1/dags/lungs/dagRuns \
          -H 'accept: application/json' \
          -H 'Content-Type: application/json' \
          -d '{
          "conf": {
            "task_form": {
              "segment": {
                "FOLDS": "2"
              }
            }
          }
        }'
    "#]],
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let project = project();
    for (settings, expected) in [
        (
            "segmnt.FOLDS=1",
            expect![[r#"
            exit code 1
            stderr:
            error: the workflow has no task `segmnt`; did you mean `segment`?
        "#]],
        ),
        (
            "segment.FOLD=1",
            expect![[r#"
            exit code 1
            stderr:
            error: task `segment`: its template does not declare the variable `FOLD`; did you mean `FOLDS`?
        "#]],
        ),
        (
            "segment.FOLDS=many",
            expect![[r#"
            exit code 1
            stderr:
            error: task `segment`: `FOLDS` is declared as `int`, which its new value is not
        "#]],
        ),
        (
            "segment.MODEL=other",
            expect![[r#"
            exit code 1
            stderr:
            error: task `segment`: `MODEL` has to be one of "fast", "accurate"
        "#]],
        ),
        (
            "segment.MODEL",
            expect![[r#"
            exit code 2
            stderr:
            error: `segment.MODEL` has no `=`: write TASK.VAR=VALUE
        "#]],
        ),
        (
            "measure.UNIT=ml",
            expect![[r#"
            exit code 0
            stdout:
            {
              "conf": {
                "task_form": {
                  "measure": {
                    "UNIT": "ml"
                  }
                }
              }
            }
            stderr:
            warning: task `measure`: its template is not known here, so `UNIT` is not checked
        "#]],
        ),
        (
            "segment.NEW=1 --allow-undeclared",
            expect![[r#"
            exit code 0
            stdout:
            {
              "conf": {
                "task_form": {
                  "segment": {
                    "NEW": "1"
                  }
                }
              }
            }
            stderr:
            warning: task `segment`: its template does not declare the variable `NEW`
        "#]],
        ),
    ] {
        project.check(&format!("conf workflow.json --set {settings}"), expected);
    }
}

#[test]
fn a_file_is_checked_and_written_in_the_other_form() {
    let list = r#"{"dag_run_id": "x", "conf": {"task_form": {"segment": {"env": [{"name": "FOLDS", "value": "7"}], "command": []}}}}"#;
    let project = project().file("body.json", list).file("broken.json", r#"{"task_form": {"segment": {"FOLDS": 7}}}"#);
    project.check(
        "conf workflow.json --file body.json --set segment.MODEL=fast",
        expect![[r#"
        exit code 0
        stdout:
        {
          "conf": {
            "task_form": {
              "segment": {
                "FOLDS": "7",
                "MODEL": "fast"
              }
            }
          }
        }
        stderr:
        warning: body.json: `command` of the task `segment` is left out; only its `env` is used
    "#]],
    );
    project.check(
        "conf workflow.json --file broken.json",
        expect![[r#"
        exit code 1
        stderr:
        error: broken.json: the value of `FOLDS` must be a string: write "7" in quotes
    "#]],
    );
    project.check(
        "conf processing-container.json",
        expect![[r#"
        exit code 1
        stderr:
        error: processing-container.json is no workflow.json; see task-api validate processing-container.json
    "#]],
    );
}

#[test]
fn precedence_is_shown() {
    project().check(
        "conf workflow.json --set segment.FOLDS=4 --origins",
        expect![[r#"
        exit code 0
        stdout:
        segment.MODEL  "accurate" of the template
        segment.FOLDS  "4" of the trigger request, over "3" of the task and "5" of the template
    "#]],
    );
}
