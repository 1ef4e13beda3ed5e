//! Reports for other programs, severities, and the documentation of rules.

use expect_test::expect;

use crate::support::{Project, TASK};

fn broken() -> Project {
    Project::with_task().file("a task.json", TASK.replace("\"1\"", "1").replace("study-7", "<&\\\"%"))
}

#[test]
fn annotations_for_github() {
    broken().run(["validate", "--format", "github", "a task.json"]);
    let ran = broken().run(["validate", "--format", "github", "a task.json"]);
    expect![[r#"
        ::error file=a task.json,line=7,endLine=7,col=39,endColumn=40,title=wrong-type::`value` must be a string, but is the number 1
    "#]]
    .assert_eq(ran.out());
}

#[test]
fn sarif_has_the_place_the_rule_and_the_fix() {
    let log = broken().run(["validate", "--format", "sarif", "a task.json"]).json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let rule = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], "wrong-type");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20task.json");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&7.into(), &39.into()));
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "\"1\"");
}

#[test]
fn junit_counts_files() {
    let ran = broken().run(["validate", "--format", "junit", "a task.json", "task.json"]);
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="2" failures="1">
          <testsuite name="task-api validate" tests="2" failures="1">
            <testcase classname="task-api" name="a task.json">
              <failure message="a task.json:7:39: `value` must be a string, but is the number 1 [wrong-type]">a task.json:7:39: `value` must be a string, but is the number 1 [wrong-type]</failure>
            </testcase>
            <testcase classname="task-api" name="task.json">
            </testcase>
          </testsuite>
        </testsuites>
    "#]]
    .assert_eq(ran.out());
}

#[test]
fn severities_can_be_changed() {
    let project = broken();
    assert_eq!(project.run(["validate", "--rule", "wrong-type=warning", "a task.json"]).code, 0);
    assert_eq!(project.run(["validate", "--rule", "wrong-type=warning", "--deny-warnings", "a task.json"]).code, 1);
    let off = project.run(["validate", "--rule", "wrong-type=off", "a task.json"]);
    assert_eq!((off.code, off.out()), (0, "a task.json: valid task.json of version 0\n"));
    let unknown = project.run(["validate", "--rule", "wrong-typ=off", "a task.json"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err().contains("did you mean `wrong-type`?"), "{}", unknown.err());
}

#[test]
fn places_of_the_host() {
    let project = Project::with_task();
    let ran = project.run(["validate", "--check-paths", "--format", "concise", "task.json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out().contains("does not exist") && ran.out().contains("[missing-host-path]"), "{}", ran.out());
    assert_eq!(project.directory("images").run(["validate", "--check-paths", "task.json"]).code, 0);
    let copy = "FROM scratch\nCOPY run.sh /\n";
    let ran = Project::with_task().file("Dockerfile", copy).run(["validate", "processing-container.json"]);
    assert!(ran.out().contains("[missing-dockerfile-copy]"), "{}", ran.out());
}

#[test]
fn a_relative_path_is_said_in_full_and_a_variable_that_is_not_set() {
    let project = Project::new().file("task.json", TASK.replace("./images", "{{ env.ROOT }}/images"));
    let ran = project.run(["validate", "--rule", "relative-host-path=warning", "--format", "concise", "task.json"]);
    // The last `--rule` for a name counts, and the tests add theirs.
    assert!(!ran.out().contains("relative-host-path"), "{}", ran.out());
    assert!(ran.out().contains("`ROOT` is not set"), "{}", ran.out());
    let set = project.env("ROOT", "/x").run(["validate", "--format", "concise", "task.json"]);
    assert_eq!(set.out(), "");
}

#[test]
fn every_rule_is_explained() {
    let project = Project::new();
    let list = project.run(["explain"]);
    let names: Vec<&str> = list.out().lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 50);
    for name in names {
        let ran = project.run(["explain", name]);
        assert_eq!(ran.code, 0, "{name}");
        assert!(ran.out().contains("Not reported:"), "{name}");
    }
    assert!(project.run(["explain", "unbound-chanel"]).err().contains("did you mean `unbound-channel`?"));
}

#[test]
fn an_estimate() {
    let project = Project::with_task().file("images/a/1.nii", [0; 1000]);
    project.check(
        "estimate task.json",
        expect![[r#"
            exit code 0
            stdout:
            input images: 1000 B in 1 files
            memory limit: 64 MiB
            memory request: none
        "#]],
    );
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(Project::new().run(["completions", shell]).out().contains("check-task-run"), "{shell}");
    }
}
