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
fn sarif_is_as_its_schema_wants_it() {
    // Its one pattern that is no regular expression: a bracket is not opened.
    let text = include_str!("../data/sarif-schema-2.1.0.json");
    let text = text.replace("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
    let schema = serde_json::from_str(&text).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let policy = r#"{"properties": {"name": {"maxLength": 1}}}"#;
    let project = broken()
        .file("tasks/ä:b #1%.json", TASK.replace("lungs:1", "Lungs"))
        .file("tasks/c.json", "{\"name\": 1,,")
        .file("tasks/d.json", [b'{', 0xff])
        .file("tasks/e.json", "{% if a %}{}{% endif %}")
        .file("policy", policy)
        .stdin("[]");
    let absolute = project.path("a task.json").display().to_string();
    for arguments in [
        vec!["--policy", "policy", "."],
        vec!["-", "./a task.json", &absolute, "tasks/../task.json"],
        vec!["--render", "tasks"],
        vec!["processing-container.json"],
    ] {
        let log = project.run(["validate", "--format", "sarif"].iter().chain(&arguments).copied()).json();
        let errors: Vec<String> = schema.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, [] as [&str; 0], "{arguments:?}");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(rules.iter().all(|rule| rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty())));
        for result in run["results"].as_array().unwrap() {
            let rule = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[rule]["id"], result["ruleId"]);
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/@%".contains(c);
            assert!(uri.trim_start_matches("file://").chars().all(allowed), "{uri}");
        }
    }
    let log = project.run(["validate", "--format", "sarif", "tasks"]).json();
    let uris: Vec<_> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert!(uris.contains(&"tasks/%C3%A4%3Ab%20%231%25.json"), "{uris:?}");
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
