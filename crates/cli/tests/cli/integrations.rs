//! The files by which other programs use this one: pre-commit's hooks, and the action of GitHub.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use regex_lite::Regex;
use task_api_core::Kind;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Project, TASK};

fn yaml(name: &str) -> Yaml {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    let mut documents = YamlLoader::load_from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

#[test]
fn hooks_look_at_the_files_that_a_search_finds() {
    let hooks = yaml(".pre-commit-hooks.yaml").into_vec().unwrap();
    let ids: Vec<_> = hooks.iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["task-api-validate", "task-api-fmt"]);
    let folders = ["", "a/", "tasks/", "a/tasks/", "tasks/a/", "xtasks/", "task/"];
    let stems = [
        "",
        "task",
        "task-",
        "task-a",
        "a-task",
        "a.task",
        "atask",
        "taska",
        "-task",
        ".task",
        "a",
        "processing-container",
    ];
    let ends = [".json", ".jsonc", "json", ".json.json", ""];
    for hook in hooks {
        let files = Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for folder in folders {
            for stem in stems {
                for end in ends {
                    let path = format!("{folder}{stem}{end}");
                    assert_eq!(files.is_match(&path), Kind::of_file_name(&path).is_some(), "{path}");
                }
            }
        }
    }
}

#[test]
fn hooks_call_commands_that_there_are() {
    let project = Project::new().file("task.json", TASK);
    for hook in yaml(".pre-commit-hooks.yaml") {
        let mut words = hook["entry"].as_str().unwrap().split(' ');
        assert_eq!(words.next(), Some("task-api"));
        assert_eq!(hook["language"].as_str(), Some("system"));
        let ran = project.run(words.chain(["task.json"]));
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
}

#[test]
fn the_action_names_nothing_that_there_is_not() {
    let action = yaml("action.yml");
    let inputs: Vec<&str> = action["inputs"].as_hash().unwrap().keys().map(|name| name.as_str().unwrap()).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../action.yml");
    let text = fs::read_to_string(path).unwrap();
    let used = Regex::new(r"inputs\.([a-z]+)").unwrap();
    let used: Vec<&str> = used.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()).collect();
    assert!(used.iter().all(|name| inputs.contains(name)), "{used:?}");
    assert!(inputs.iter().all(|name| used.contains(name)), "{inputs:?}");
    let steps = action["runs"]["steps"].as_vec().unwrap();
    let ids: Vec<&str> = steps.iter().filter_map(|step| step["id"].as_str()).collect();
    let used = Regex::new(r"steps\.([a-z]+)\.").unwrap();
    assert!(used.captures_iter(&text).all(|found| ids.contains(&found.get(1).unwrap().as_str())));
    // Only what stands in `env` may come from whoever uses the action: a script would execute it.
    assert!(steps.iter().all(|step| !step["run"].as_str().unwrap_or_default().contains("${{")));
    assert!(steps.iter().all(|step| step["run"].is_badvalue() || step["shell"].as_str() == Some("bash")));
}

/// Runs the script of the action's step with the program that was built.
fn check_step(project: &Project, paths: &str, args: &str, sarif: &str) -> Output {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_vec().unwrap();
    let check = steps.iter().find(|step| step["id"].as_str() == Some("check")).unwrap();
    let temporary = project.path("temporary");
    let binaries = temporary.join("task-api/bin");
    fs::create_dir_all(&binaries).unwrap();
    let link = binaries.join("task-api");
    if !link.exists() {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_task-api"), link).unwrap();
    }
    let mut command = Command::new("bash");
    // As the runner calls it.
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", check["run"].as_str().unwrap()]);
    command.current_dir(project.path("")).env("RUNNER_TEMP", &temporary).env("GITHUB_OUTPUT", temporary.join("output"));
    command.env("PATHS", paths).env("ARGS", args).env("SARIF", sarif).output().unwrap()
}

#[test]
fn the_action_annotates_or_writes_a_log() {
    let project = Project::new().file("task.json", TASK.replace("\"1\"", "1")).file("b/task.json", TASK);
    let annotated = check_step(&project, "task.json b", "--rule floating-image-tag=off", "false");
    let out = String::from_utf8(annotated.stdout).unwrap();
    assert_eq!(annotated.status.code(), Some(1), "{out}");
    assert!(out.contains("::error file=task.json,line=7,"), "{out}");
    assert_eq!(check_step(&project, "b", "", "false").status.code(), Some(0));
    let wrong = check_step(&project, "b", "--nothing", "true");
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(check_step(&project, ".", "", "true").status.code(), Some(0));
    let log = fs::read_to_string(project.path("temporary/task-api.sarif")).unwrap();
    assert!(log.contains("\"wrong-type\""), "{log}");
    let output = fs::read_to_string(project.path("temporary/output")).unwrap();
    assert!(output.ends_with("code=1\n"), "{output}");
    // A word is a word: neither is it a pattern, nor does it run anything.
    for words in ["$(touch harm)", "b*", "`touch harm`", "b;touch harm"] {
        assert_eq!(check_step(&project, words, "", "false").status.code(), Some(2), "{words}");
    }
    assert!(!project.path("harm").exists());
}
