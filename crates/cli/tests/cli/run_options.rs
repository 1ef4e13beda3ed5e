//! Options of `run` that need no engine to be seen: trigger requests, the container, and what is refused.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use expect_test::expect;
use serde_json::{Value, json};

use crate::support::{CONTAINER, Project, Ran, TASK};

const DRY: [&str; 6] = ["run", "--dry-run", "--user", "1000:100", "--container", "processing-container.json"];

fn project() -> Project {
    Project::with_task().directory("images")
}

fn dry(project: &Project, options: &[&str]) -> Ran {
    project.run(DRY.iter().chain(options).chain(&["task.json"]).copied())
}

#[track_caller]
fn spec(project: &Project, options: &[&str]) -> Value {
    let ran = dry(project, options);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ran.json()["spec"].take()
}

#[test]
fn a_trigger_request_sets_variables_below_the_options_and_above_the_task() {
    let map = json!({ "task_form": { "study-7": { "FOLDS": "3", "MODEL": "fast" } } });
    let body = json!({ "dag_run_id": "x", "conf": map });
    let list = json!({ "task_form": { "other": { "env": [{ "name": "FOLDS", "value": "3" }], "command": ["x"] } } });
    let project = project()
        .file("map.json", map.to_string())
        .file("body.json", body.to_string())
        .file("list.json", list.to_string());
    let env = |options: &[&str]| {
        let env = spec(&project, options)["env"].take();
        let value = |at: usize| env[at]["value"].as_str().unwrap().to_owned();
        [value(0), value(1)]
    };
    assert_eq!(env(&[]), ["accurate", "1"]);
    assert_eq!(env(&["--conf", "map.json"]), ["fast", "3"]);
    assert_eq!(env(&["--conf", "body.json"]), ["fast", "3"]);
    assert_eq!(env(&["--conf", "body.json", "--env", "FOLDS=4"]), ["fast", "4"]);
    assert_eq!(env(&["--conf", "list.json", "--task-id", "other"]), ["accurate", "3"]);
    let ran = dry(&project, &["--conf", "list.json", "--task-id", "other"]);
    assert_eq!(
        ran.err(),
        "warning: list.json: `command` of the task `other` has no effect here; only its `env` is used\n"
    );
    let resolved = project.run(["resolve", "--origins", "--conf", "map.json", "--env", "FOLDS=4", "task.json"]);
    let origins = resolved.json()["origins"].take();
    assert_eq!(
        (&origins["/env/0/value"]["from"], &origins["/env/1/value"]["from"]),
        (&"conf".into(), &"option".into())
    );
}

#[test]
fn a_trigger_request_is_held_against_the_template() {
    let conf = |form: Value| json!({ "task_form": { "study-7": form } }).to_string();
    let project = project()
        .file(
            "processing-container.json",
            CONTAINER.replace(r#""type": "int", "adjustable": true"#, r#""type": "int", "adjustable": false"#),
        )
        .file("task.json", TASK.replace(r#"[{ "name": "FOLDS", "value": "1" }]"#, "[]"))
        .file("choice.json", conf(json!({ "MODEL": "best" })))
        .file("fixed.json", conf(json!({ "FOLDS": "4" })))
        .file("unknown.json", conf(json!({ "MODELL": "fast" })))
        .file("number.json", conf(json!({ "MODEL": 5 })))
        .file("other.json", json!({ "task_form": { "study-8": {} } }).to_string())
        .file("secret.json", conf(json!({ "API_TOKEN": "hunter2" })))
        .file("broken.json", "{");
    for (file, code, words) in [
        ("choice.json", 1, "error: --conf: `MODEL` has to be one of \"fast\", \"accurate\"\n"),
        ("fixed.json", 1, "error: --conf: `FOLDS` may not be changed: the container marks it as not adjustable\n"),
        ("unknown.json", 0, "warning: the template does not declare the variable `MODELL`; did you mean `MODEL`?\n"),
        ("number.json", 1, "error: number.json: the value of `MODEL` must be a string: write \"5\" in quotes\n"),
        (
            "other.json",
            1,
            "error: other.json: `task_form` has nothing for the task `study-7`; did you mean `--task-id study-8`?\n",
        ),
        ("missing.json", 2, "error: cannot read missing.json: there is no such file\n"),
    ] {
        let ran = dry(&project, &["--conf", file]);
        assert_eq!((ran.code, ran.err()), (code, words), "{file}");
    }
    assert!(dry(&project, &["--conf", "broken.json"]).err().starts_with("error: broken.json: it is no JSON: "));
    assert!(!dry(&project, &["--conf", "secret.json"]).shown().contains("hunter2"));
    assert_eq!(dry(&project, &["--conf", "choice.json", "--env", "MODEL=fast"]).code, 0);
    assert_eq!(dry(&project, &["--task-id", "x"]).code, 2);
}

#[test]
fn how_the_container_is_made() {
    let project = project();
    let made = spec(&project, &["--network", "none", "--gpus", "all", "--entrypoint", "sh"]);
    assert_eq!((&made["network"], &made["entrypoint"]), (&"none".into(), &json!(["sh"])));
    assert_eq!(made["resources"]["gpus"], "all");
    assert_eq!(spec(&project, &["--gpus", "2"])["resources"]["gpus"], 2);
    assert_eq!(spec(&project, &["--entrypoint", ""])["entrypoint"], json!([]));
    let ran = dry(&project, &["--network", "host", "--gpus", "all", "--entrypoint", ""]);
    let line = ran.json()["dockerRun"].as_str().unwrap().to_owned();
    assert!(
        line.contains("--network host") && line.contains("--gpus all") && line.contains("--entrypoint ''"),
        "{line}"
    );
    for wrong in [&["--gpus", "some"][..], &["--gpus", "-1"], &["--network", ""], &["--rm"]] {
        assert_eq!(dry(&project, wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn resources_that_do_nothing_and_limits_that_are_lost_are_told() {
    let resources = r#""resources": { "limits": { "cpu": "500m", "ephemeral-storage": "1Gi" }, "requests": { "cpu": "250m" } }, "env""#;
    let project = project().file("task.json", TASK.replace("\"env\"", resources));
    let ran = dry(&project, &[]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    expect![[r#"
        warning: the task's `resources` replace the template's as a whole, so its limit of "64Mi" for memory is lost
        warning: `ephemeral-storage` in `resources.limits` has no effect with Docker
    "#]]
    .assert_eq(ran.err());
    assert!(ran.json()["dockerRun"].as_str().unwrap().contains("--cpus 0.5 --cpu-shares 256"), "{}", ran.shown());
    let project = project.file("task.json", TASK.replace("\"env\"", "\"resources\": {}, \"env\""));
    let ran = dry(&project, &[]);
    assert!(ran.err().contains("its limit of \"64Mi\" for memory is lost"), "{}", ran.shown());
    assert_eq!(ran.json()["spec"]["resources"]["memoryLimit"], Value::Null);
}

#[test]
fn system_directories_are_no_outputs_unless_the_user_insists() {
    let project = project();
    let home = project.path("home");
    let project = project.env("HOME", home.to_str().unwrap()).directory("home");
    symlink("/etc", project.path("innocent")).unwrap();
    let with_output = |project: Project, path: &str| project.file("task.json", TASK.replace("./masks", path));
    let mut project = project;
    for path in ["/", "/etc", "./innocent", "./innocent/new", "/usr/../proc", "./home", "./home/../home/", "."] {
        project = with_output(project, path);
        let ran = dry(&project, &[]);
        assert_eq!(ran.code, 1, "{path}: {}", ran.shown());
        assert!(ran.err().contains("output `masks`: ") && ran.err().contains("--allow-"), "{}", ran.shown());
    }
    project = with_output(project, "./innocent");
    assert_eq!(dry(&project, &["--allow-host-path", "/etc"]).code, 0);
    assert_eq!(dry(&project, &["--allow-host-path", "innocent"]).code, 0);
    let ran = dry(&project, &["--allow-host-path", "/"]);
    assert!(ran.code == 1 && ran.err().contains("`--allow-host-path "), "{}", ran.shown());
    project = with_output(project, "./home/results");
    assert_eq!(dry(&project, &[]).code, 0);
}

#[test]
fn the_engines_socket_is_no_channel_unless_the_user_insists() {
    let project = project().directory("engine/run");
    let socket = project.path("engine/run/docker.sock");
    let _listening = UnixListener::bind(&socket).unwrap();
    let task = TASK.replace("./images", "./engine");
    let project = project.env("XDG_RUNTIME_DIR", project_path(&socket)).file("task.json", task);
    let ran = dry(&project, &[]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.err().contains("holds the engine's socket"), "{}", ran.shown());
    assert_eq!(dry(&project, &["--allow-engine-socket"]).code, 0);
    assert_eq!(fs::read_dir(project.path("engine/run")).unwrap().count(), 1);
}

fn project_path(socket: &std::path::Path) -> &str {
    socket.parent().unwrap().to_str().unwrap()
}
