//! `run --dry-run`, and what `run` says before it needs an engine.

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

const DRY: &str = "run --dry-run --user 1000:100 --container processing-container.json";

#[test]
fn what_would_run() {
    let project = Project::with_task().directory("images/a").file("images/a/b", "12345");
    project.check(&format!("{DRY} task.json"), expect![[r#"
        exit code 0
        stdout:
        {
          "dockerRun": "docker run --rm --security-opt no-new-privileges --user 1000:100 --memory 67108864 --memory-swap 67108864 --mount type=bind,source=[dir]/images,target=/data/images,readonly --mount type=bind,source=[dir]/masks,target=/data/masks --env MODEL=accurate --env FOLDS=1 lungs:1 segment",
          "estimates": [],
          "spec": {
            "command": [
              "segment"
            ],
            "entrypoint": null,
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
            "labels": {},
            "mounts": [
              {
                "channel": "images",
                "direction": "input",
                "readOnly": true,
                "source": "[dir]/images",
                "target": "/data/images"
              },
              {
                "channel": "masks",
                "direction": "output",
                "readOnly": false,
                "source": "[dir]/masks",
                "target": "/data/masks"
              }
            ],
            "network": null,
            "resources": {
              "cpuLimitNanos": null,
              "cpuRequestNanos": null,
              "gpus": null,
              "memoryLimit": 67108864,
              "memoryRequest": null
            },
            "user": "1000:100"
          }
        }
    "#]]);
    assert!(
        !project.files().iter().any(|name| name == "masks" || name.starts_with("task_run")),
        "{:?}",
        project.files()
    );
}

#[test]
fn a_scale_rule_measures_the_inputs() {
    let rule = r#""mounted_path": "/data/images", "scale_rule": { "complexity": "3*n**2", "type": "limit", "mode": "max_file_size", "target_glob": "*.nii" }"#;
    let project = Project::with_task()
        .file("processing-container.json", CONTAINER.replace(r#""mounted_path": "/data/images""#, rule))
        .file("images/a/b.nii", "x".repeat(10_000))
        .file("images/a/c.txt", "x".repeat(20_000))
        .file("images/d.nii", "x".repeat(9_999));
    let ran = project.run(format!("{DRY} task.json").split(' '));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let shown = ran.json();
    assert_eq!(shown["estimates"][0]["size"], 10_000);
    assert_eq!(shown["estimates"][0]["memory"], 300_000_000);
    assert_eq!(shown["spec"]["resources"]["memoryLimit"], 300_000_000);
}

#[test]
fn the_line_survives_a_shell() {
    let task = TASK.replace("./images", "./a 'b' $HOME,c").replace(
        "{ \"name\": \"FOLDS\", \"value\": \"1\" }",
        "{ \"name\": \"ANY\", \"value\": \"$(touch x) `y`\\n\\\"z\" }",
    );
    let project = Project::with_task().file("task.json", task).directory("a 'b' $HOME,c");
    let ran = project.run(format!("{DRY} task.json").split(' '));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let line = ran.json()["dockerRun"].as_str().unwrap().to_owned();
    let printed = std::process::Command::new("sh").args(["-c", &format!("printf '%s\\037' {line}")]).output().unwrap();
    let words: Vec<String> = String::from_utf8(printed.stdout).unwrap().split('\u{1f}').map(str::to_owned).collect();
    assert!(words.contains(&"ANY=$(touch x) `y`\n\"z".to_owned()), "{words:?}");
    let source = project.path("a 'b' $HOME,c");
    let mount = format!("type=bind,\"source={}\",target=/data/images,readonly", source.display());
    assert!(words.contains(&mount), "{words:?}");
}

#[test]
fn the_user_of_the_container() {
    let project = Project::with_task().directory("images");
    let user_of = |user: &str| {
        let line = format!("run --dry-run {user} --container processing-container.json task.json");
        let ran = project.run(line.split_whitespace());
        (ran.code, if ran.code == 0 { ran.json()["spec"]["user"].clone() } else { ran.err().into() })
    };
    let ids = std::process::Command::new("sh").args(["-c", "echo \"$(id -u):$(id -g)\""]).output().unwrap();
    assert_eq!(user_of(""), (0, String::from_utf8(ids.stdout).unwrap().trim().into()));
    assert_eq!(user_of("--user 7:8"), (0, "7:8".into()));
    assert_eq!(user_of("--user image"), (0, serde_json::Value::Null));
    for wrong in ["--user root", "--user 1", "--user 1:-1", "--user 1:2:3", "--user 4294967296:0"] {
        assert_eq!(user_of(wrong).0, 2, "{wrong}");
    }
}

#[test]
fn inputs_must_be_there() {
    let task = TASK.replace("./images", "./missing");
    let project = Project::with_task().file("task.json", task).file("images", "");
    project.check(
        &format!("{DRY} task.json"),
        expect![[r#"
        exit code 1
        stderr:
        error: input `images`: [dir]/missing: there is no such directory
    "#]],
    );
    let file = Project::with_task().file("images", "");
    file.check(
        &format!("{DRY} task.json"),
        expect![[r#"
        exit code 1
        stderr:
        error: input `images`: [dir]/images is no directory
    "#]],
    );
    let all = Project::with_task();
    all.check(
        "run --container processing-container.json task.json",
        expect![[r#"
        exit code 1
        stderr:
        error: input `images`: [dir]/images: there is no such directory
    "#]],
    );
    assert_eq!(all.files(), ["processing-container.json", "task.json"]);
}

#[test]
fn an_invalid_task_runs_nothing() {
    let project = Project::with_task().file("task.json", TASK.replace("\"lungs:1\"", "5")).directory("images");
    project.check(
        &format!("{DRY} task.json"),
        expect![[r#"
            exit code 1
            stderr:
            error[wrong-type]: `image` must be a string, but is the number 5
              ┌─ task.json:3:12
              │
            3 │   "image": 5,
              │            ^ expected a string
              │
              = help: write "5" (safe fix)

            error: task.json is invalid
        "#]],
    );
    project.check(
        "run task.json",
        expect![[r#"
            exit code 1
            stderr:
            error[wrong-type]: `image` must be a string, but is the number 5
              ┌─ task.json:3:12
              │
            3 │   "image": 5,
              │            ^ expected a string
              │
              = help: write "5" (safe fix)

            error: task.json is invalid
        "#]],
    );
    assert_eq!(project.files(), ["images", "processing-container.json", "task.json"]);
}

#[test]
fn an_image_is_not_asked_for_a_task_that_cannot_run() {
    let project = Project::with_task().file("task.json", TASK.replace("\"outputs\"", "\"outpts\""));
    let ran = project.run(["run", "task.json"]);
    assert_eq!((ran.code, ran.out()), (1, ""), "{}", ran.shown());
    assert!(ran.err().ends_with("error: task.json is invalid\n"), "{}", ran.shown());
}

#[test]
fn a_bad_quantity() {
    let container = CONTAINER.replace("64Mi", "64MB");
    let project = Project::with_task().file("processing-container.json", container).directory("images");
    project.check(
        &format!("{DRY} task.json"),
        expect![[r#"
            exit code 1
            stderr:
            error[invalid-quantity]: "64MB" is no amount of `memory`: the unit `MB` is written `M`
               ┌─ processing-container.json:15:44
               │
            15 │       "resources": { "limits": { "memory": "64MB" } }
               │                                            ^^^^^^
               │
               = help: write "64M" (a guess)

            error: processing-container.json is invalid
        "#]],
    );
}

#[test]
fn secrets_are_not_shown() {
    let task = TASK
        .replace("\"env\": [", "\"env\": [{ \"name\": \"DB_PASSWORD\", \"value\": \"hunter2\" }, ")
        .replace("\"name\": \"study-7\"", "\"name\": \"study-7\", \"config\": { \"registryPassword\": \"hunter3\" }");
    let project = Project::with_task().file("task.json", task).directory("images");
    let ran = project.run(format!("{DRY} --env API_TOKEN=hunter4 task.json").split(' '));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(!ran.shown().contains("hunter"), "{}", ran.shown());
    assert!(ran.out().contains("--env DB_PASSWORD --env API_TOKEN"), "{}", ran.out());
}

#[test]
fn kubernetes_is_refused() {
    Project::with_task().check(
        "run --mode k8s task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: running on Kubernetes is not supported; use `--mode docker`
    "#]],
    );
}
