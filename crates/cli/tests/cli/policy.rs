//! `validate --policy`: a site's own JSON Schema.

use expect_test::expect;

use crate::support::{Project, TASK};

const POLICY: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Rules of the site",
  "x-task-api-kind": "task",
  "required": ["resources"],
  "properties": {
    "image": { "pattern": "^registry\\.example\\.org/", "description": "Images come from our own registry." },
    "resources": { "description": "Every task says how much memory it takes." },
    "inputs": { "items": { "$ref": "parts/channel.json#/$defs/channel" } }
  }
}
"##;

const CHANNEL: &str = r#"{"$defs": {"channel": {"properties": {
    "input": {"additionalProperties": false, "properties": {"host_path": {"type": "string"}}}
}}}}"#;

fn project() -> Project {
    let task = TASK.replace(
        "\"./images\" }",
        "\"./images\", \"scale_rule\": { \"complexity\": \"n\", \"mode\": \"sum\", \"type\": \"limit\" } }",
    );
    Project::with_task()
        .file("task.json", task)
        .file("site/tasks.schema", POLICY)
        .file("site/parts/channel.json", CHANNEL)
}

#[test]
fn violations_have_frames_and_name_the_policy() {
    project().check("validate --policy site/tasks.schema task.json processing-container.json", expect![[r#"
        exit code 1
        stdout:
        error[policy-violation]: the file does not match the site's policy: `resources` is missing
          ┌─ task.json:1:1
          │
        1 │ {
          │ ^
          │
          = note: site/tasks.schema#/required, Rules of the site: Every task says how much memory it takes.

        error[policy-violation]: `/image` does not match the site's policy: it must match the pattern `^registry\.example\.org/`
          ┌─ task.json:3:12
          │
        3 │   "image": "lungs:1",
          │            ^^^^^^^^^
          │
          = note: site/tasks.schema#/properties/image/pattern: Images come from our own registry.

        error[policy-violation]: `/inputs/0/input/scale_rule` does not match the site's policy: the policy knows no field of this name
          ┌─ task.json:5:70
          │
        5 │   "inputs": [{ "name": "images", "input": { "host_path": "./images", "scale_rule": { "complexity": "n", "mode": "sum", "type": "limit" } } }],
          │                                                                      ^^^^^^^^^^^^
          │
          = note: site/parts/channel.json#/$defs/channel/properties/input/additionalProperties

        warning[unknown-field]: `scale_rule` is not a known field
          ┌─ task.json:5:70
          │
        5 │   "inputs": [{ "name": "images", "input": { "host_path": "./images", "scale_rule": { "complexity": "n", "mode": "sum", "type": "limit" } } }],
          │                                                                      ^^^^^^^^^^^^ has no effect
          │
          = note: unknown fields are ignored when the task runs

        task.json: invalid task.json of version 0, 3 errors, 1 warning
        processing-container.json: valid processing-container.json of version 0
        1 of 2 files are valid: 3 errors, 1 warning
    "#]]);
}

#[test]
fn severities_formats_and_the_documentation_know_the_rule() {
    let project = project();
    let arguments = ["validate", "--policy", "site/tasks.schema", "task.json"];
    let with = |more: &[&str]| project.run(arguments.iter().chain(more).copied());
    assert_eq!(with(&["--rule", "policy-violation=warning"]).code, 0);
    assert!(!with(&["--rule", "policy-violation=off"]).out().contains("policy"));
    let json = with(&["--format", "json"]).json();
    let found = &json["files"][0]["diagnostics"][0];
    assert_eq!((&found["rule"], &found["pointer"]), (&"policy-violation".into(), &"".into()));
    assert_eq!(json["summary"]["errors"], 3);
    let sarif = with(&["--format", "sarif"]).json();
    let run = &sarif["runs"][0];
    let index = run["results"][0]["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "policy-violation");
    let explained = project.run(["explain", "policy-violation"]);
    assert!(explained.out().contains("with this policy:") && explained.out().contains("x-task-api-kind"));
}

#[test]
fn every_policy_is_checked_and_none_is_skipped() {
    let project = project().file("own.json", r#"{"properties": {"name": {"maxLength": 2}}}"#);
    let both =
        ["validate", "--policy", "site/tasks.schema", "--policy", "own.json", "--format", "concise", "task.json"];
    assert!(
        project.run(both).out().contains("`/name` does not match the site's policy: it must have 2 characters at most")
    );
    for (arguments, reason) in [
        (vec!["--policy", "missing.json"], "cannot read missing.json: there is no such file"),
        (vec!["--policy", "task.json", "--schema-only"], "cannot be used with"),
    ] {
        let ran = project.run(["validate", "task.json"].into_iter().chain(arguments));
        assert_eq!((ran.code, ran.out()), (2, ""));
        assert!(ran.err().contains(reason), "{}", ran.err());
    }
}

#[test]
fn a_policy_is_held_against_what_a_file_is_rendered_to() {
    let task = TASK.replace("lungs:1", "{{ env.REGISTRY }}/lungs:1").replace("\"env\"", "\"resources\": {}, \"env\"");
    let project = project().file("task.json", task);
    let plain = ["validate", "--policy", "site/tasks.schema", "--format", "concise", "task.json"];
    assert_eq!(project.run(plain).code, 0);
    let project = project.env("REGISTRY", "elsewhere.example.org");
    project.check("validate --policy site/tasks.schema --render task.json", expect![[r#"
        exit code 1
        stdout:
        error[policy-violation]: `/image` does not match the site's policy: it must match the pattern `^registry\.example\.org/`
          ┌─ task.json:3:12
          │
        3 │   "image": "{{ env.REGISTRY }}/lungs:1",
          │            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          │
          = note: site/tasks.schema#/properties/image/pattern: Images come from our own registry.
            it was rendered to "elsewhere.example.org/lungs:1"

        task.json: invalid task.json of version 0, 1 error
    "#]]);
    assert_eq!(project.env("REGISTRY", "registry.example.org").run(plain.into_iter().chain(["--render"])).code, 0);
}

#[test]
fn the_page_about_policies_shows_what_happens() {
    let page = include_str!("../../../../docs/policies.md");
    let block = |name: &str| {
        let (_, from) = page.split_once(&format!("<!-- {name}: begin -->\n")).unwrap();
        let (block, _) = from.split_once(&format!("<!-- {name}: end -->")).unwrap();
        let (_, text) = block.trim_end().strip_suffix("```").unwrap().split_once('\n').unwrap();
        text.to_owned()
    };
    let project = Project::new().file("site.json", block("policy")).file("task.json", block("task"));
    let output = block("output");
    let (command, expected) = output.split_once('\n').unwrap();
    let ran = project.run(command.strip_prefix("$ task-api ").unwrap().split(' '));
    assert_eq!(ran.out(), expected);
}
