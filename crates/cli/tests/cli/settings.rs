//! `task-api.toml`: which one holds for a file, and what it changes.

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

/// A task with an unknown field, which is a warning, and an output that is not bound, which is an error.
fn doubtful() -> String {
    TASK.replace("\"name\": \"masks\"", "\"name\": \"mask\"").replacen("{\n", "{\n  \"comment\": 1,\n", 1)
}

#[test]
fn levels_of_a_project_and_of_some_files() {
    let toml = r#"
[rules]
unknown-field = "error"
unbound-channel = "off"
unknown-channel = "off"

[[overrides]]
files = ["drafts/**"]
rules = { unknown-field = "info" }
"#;
    let project = Project::with_task()
        .file("task-api.toml", toml)
        .file("task.json", doubtful())
        .file("drafts/task.json", doubtful())
        .file("drafts/deep/task.json", doubtful());
    project.check(
        "validate --format concise",
        expect![[r#"
        exit code 1
        stdout:
        drafts/deep/task.json:2:3: info: `comment` is not a known field [unknown-field]
        drafts/task.json:2:3: info: `comment` is not a known field [unknown-field]
        task.json:2:3: error: `comment` is not a known field [unknown-field]
    "#]],
    );
    project.check(
        "validate --format concise --rule unknown-field=off",
        expect![[r#"
        exit code 0
    "#]],
    );
    project.check(
        "validate --format concise --no-config drafts/task.json",
        expect![[r#"
        exit code 1
        stdout:
        drafts/task.json:2:3: warning: `comment` is not a known field [unknown-field]
        drafts/task.json:7:25: error: template `segment` has no output `mask` [unknown-channel]
    "#]],
    );
}

#[test]
fn the_nearest_file_holds_alone() {
    let project = Project::with_task()
        .file("task-api.toml", "[rules]\nunknown-field = \"error\"\n")
        .file("a/task-api.toml", "[rules]\nunbound-channel = \"info\"\nunknown-channel = \"off\"\n")
        .file("a/b/task.json", doubtful())
        .file("task.json", doubtful());
    project.check(
        "validate --format concise a task.json",
        expect![[r#"
        exit code 1
        stdout:
        a/b/task.json:2:3: warning: `comment` is not a known field [unknown-field]
        task.json:2:3: error: `comment` is not a known field [unknown-field]
        task.json:7:25: error: template `segment` has no output `mask` [unknown-channel]
    "#]],
    );
    let below = Project::with_task().file("task-api.toml", "[rules]\nunknown-field = \"error\"\n").inside("a/b");
    let below = below.file("a/b/task.json", TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1));
    below.check(
        "validate --format concise task.json",
        expect![[r#"
        exit code 1
        stdout:
        task.json:2:3: error: `comment` is not a known field [unknown-field]
    "#]],
    );
    below.check(
        "validate --format concise ../b/task.json",
        expect![[r#"
        exit code 1
        stdout:
        ../b/task.json:2:3: error: `comment` is not a known field [unknown-field]
    "#]],
    );
}

#[test]
fn a_named_file_holds_for_all() {
    let project = Project::with_task()
        .file("task-api.toml", "[rules]\nunknown-field = \"error\"\n")
        .file("ci/ours.toml", "[rules]\nunknown-field = \"info\"\n[[overrides]]\nfiles = \"x.json\"\nrules = { unknown-field = \"error\" }\n")
        .file("task.json", TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1))
        .file("ci/x.json", TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1))
        .stdin(TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1));
    project.check(
        "validate --format concise --config ci/ours.toml task.json ci/x.json -",
        expect![[r#"
        exit code 1
        stdout:
        task.json:2:3: info: `comment` is not a known field [unknown-field]
        ci/x.json:2:3: error: `comment` is not a known field [unknown-field]
        <stdin>:2:3: info: `comment` is not a known field [unknown-field]
    "#]],
    );
    project.check(
        "validate --format concise -",
        expect![[r#"
        exit code 0
        stdout:
        <stdin>:2:3: warning: `comment` is not a known field [unknown-field]
    "#]],
    );
    project.check(
        "validate --config none.toml task.json",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read none.toml: there is no such file
        error: nothing was done: the settings in none.toml would not hold
    "#]],
    );
    let both = project.run(["validate", "--config", "ci/ours.toml", "--no-config", "task.json"]);
    assert_eq!(both.code, 2, "{}", both.shown());
}

#[test]
fn a_suppressed_finding_is_neither_reported_nor_mended() {
    let toml = r#"
[[suppress]]
file = "tasks/a.json"
rule = "unknown-field"
pointer = "/comment"
reason = "read by a script of ours"

[[suppress]]
file = "tasks/*.json"
rule = "unbound-channel"
pointer = "/outputs"
reason = "bound in a later step"

[[suppress]]
file = "tasks/*.json"
rule = "unknown-channel"
reason = "bound in a later step"
"#;
    let project = Project::with_task()
        .file("task-api.toml", toml)
        .file("tasks/a.json", doubtful())
        .file("tasks/b.json", doubtful())
        .file("tasks/c.json", TASK);
    project.check(
        "validate --format concise tasks",
        expect![[r#"
        exit code 0
        stdout:
        tasks/b.json:2:3: warning: `comment` is not a known field [unknown-field]
    "#]],
    );
    assert_eq!(project.run(["validate", "--fix", "--unsafe-fixes", "tasks"]).code, 0);
    assert_eq!(std::fs::read_to_string(project.path("tasks/a.json")).unwrap(), doubtful());
}

#[test]
fn a_suppression_that_is_not_needed_is_said_with_its_line() {
    let toml =
        "\n[[suppress]]\nfile = \"task.json\"\nrule = \"unbound-channel\"\npointer = \"/outputs\"\nreason = \"x\"\n";
    let project = Project::with_task().file("task-api.toml", toml);
    project.check("validate task.json", expect![[r#"
        exit code 0
        stdout:
        warning[unused-suppression]: the suppression in task-api.toml:2 has nothing to suppress: no `unbound-channel` at /outputs
          ┌─ task.json:6:14
          │
        6 │   "outputs": [{ "name": "masks", "input": { "host_path": "./masks" } }],
          │              ^
          │
          = note: remove it there; it would hide the next finding of the rule at this place

        task.json: valid task.json of version 0, 1 warning
    "#]]);
    let off = toml.to_owned() + "[rules]\nunused-suppression = \"off\"\n";
    let ran = Project::with_task().file("task-api.toml", off).run(["validate", "task.json"]);
    assert!(ran.out().contains("task.json: valid") && !ran.out().contains("unused"), "{}", ran.shown());
    let schema_only = project.run(["validate", "--schema-only", "--deny-warnings", "task.json"]);
    assert_eq!(schema_only.code, 0, "{}", schema_only.shown());
}

#[test]
fn a_wrong_file_ends_the_call_with_all_that_is_wrong() {
    let toml = r#"[rules]
unknown-feild = "off"

[[suppress]]
file = "task.json"
rule = "syntax-error"
reason = " "
"#;
    let project = Project::with_task().file("task-api.toml", toml).file("a/task.json", TASK);
    project.check(
        "validate",
        expect![[r#"
        exit code 2
        stderr:
        error: there is no rule `unknown-feild`
          ┌─ task-api.toml:2:1
          │
        2 │ unknown-feild = "off"
          │ ^^^^^^^^^^^^^
          │
          = help: did you mean `unknown-field`?

        error: `syntax-error` cannot be suppressed
          ┌─ task-api.toml:6:8
          │
        6 │ rule = "syntax-error"
          │        ^^^^^^^^^^^^^^
          │
          = help: what is not JSON cannot be checked at all; leave the file out by `exclude` under [validate]

        error: the reason is blank
          ┌─ task-api.toml:7:10
          │
        7 │ reason = " "
          │          ^^^
          │
          = help: say why the finding is wanted, for whoever reads this next

        error: nothing was done: the settings in task-api.toml would not hold
    "#]],
    );
    project.check(
        "validate --no-config --format concise",
        expect![[r#"
        exit code 0
    "#]],
    );
    // Nothing that is checked stands below it.
    let apart = Project::with_task().file("a/task-api.toml", "[rules").file("a/x.json", "{}");
    assert_eq!(apart.run(["validate"]).code, 0);
    let broken =
        Project::with_task().file("task-api.toml", b"\xff").file("a/task-api.toml", "[rules").file("a/task.json", TASK);
    broken.check(
        "validate",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read task-api.toml: byte 0 is not UTF-8
        error: this is not TOML: unclosed table, expected `]`
          ┌─ a/task-api.toml:1:7
          │
        1 │ [rules
          │       ^

        error: nothing was done: the settings in task-api.toml and a/task-api.toml would not hold
    "#]],
    );
    Project::with_task().directory("task-api.toml").check(
        "validate",
        expect![[r#"
        exit code 2
        stderr:
        error: cannot read task-api.toml: it is a directory
        error: nothing was done: the settings in task-api.toml would not hold
    "#]],
    );
}

#[test]
fn defaults_of_validate() {
    let warned = TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1);
    let strict = "[validate]\ndeny-warnings = true\n";
    let project = Project::with_task()
        .file("task.json", &warned)
        .file("strict/task-api.toml", strict)
        .file("strict/task.json", &warned)
        .file("strict/valid/task.json", TASK);
    assert_eq!(project.run(["validate", "task.json"]).code, 0);
    assert_eq!(project.run(["validate", "strict/task.json"]).code, 1);
    assert_eq!(project.run(["validate", "--no-config", "strict/task.json"]).code, 0);
    assert_eq!(project.run(["validate", "task.json", "strict/valid/task.json"]).code, 0, "the warning is not denied");
    let paths = Project::with_task().file("task-api.toml", "[validate]\ncheck-paths = true\n");
    paths.check(
        "validate --format concise task.json",
        expect![[r#"
        exit code 1
        stdout:
        task.json:5:58: error: the directory of input `images` does not exist: [dir]/images [missing-host-path]
    "#]],
    );
}

#[test]
fn a_container_that_the_project_names() {
    let other = CONTAINER.replace("\"masks\"", "\"labels\"");
    let project = Project::with_task()
        .file("task-api.toml", "[validate]\ncontainer = \"other/container.json\"\n")
        .file("other/container.json", &other)
        .file("tasks/task.json", TASK);
    project.check(
        "validate --format concise tasks processing-container.json",
        expect![[r#"
        exit code 1
        stdout:
        tasks/task.json:6:25: error: template `segment` has no output `masks` [unknown-channel]
        tasks/task.json:6:71: error: output `labels` of template `segment` has no directory [unbound-channel]
    "#]],
    );
    project.check(
        "validate --format concise --container processing-container.json tasks",
        expect![[r#"
        exit code 0
    "#]],
    );
    std::fs::remove_file(project.path("other/container.json")).unwrap();
    project.check(
        "validate tasks",
        expect![[r#"
        exit code 2
        stderr:
        error: task-api.toml:2: cannot read other/container.json: there is no such file
    "#]],
    );
    assert_eq!(project.run(["validate", "--schema-only", "tasks"]).code, 0);
    std::fs::write(project.path("other/container.json"), "{").unwrap();
    project.check("validate tasks", expect![[r#"
        exit code 0
        stdout:
        tasks/task.json: valid task.json of version 0
        stderr:
        warning: tasks/task.json was not checked against other/container.json, which is not JSON; see task-api validate other/container.json
    "#]]);
}

#[test]
fn a_search_leaves_out_what_is_excluded() {
    let project = Project::with_task()
        .file("task-api.toml", "[validate]\nexclude = [\"archive/**\", \"old-task.json\", \"!archive/kept\"]\n")
        .file("archive/task.json", "{")
        .file("archive/task-api.toml", "[rules")
        .file("x/old-task.json", "{")
        .file("x/new-task.json", "{\"a\" :1}");
    let ran = project.run(["validate", "--schema-only", "--format", "concise"]);
    assert!(ran.out().contains("x/new-task.json") && !ran.out().contains("x/old-task.json"), "{}", ran.shown());
    assert!(!ran.out().contains("archive"), "{}", ran.shown());
    // Who names a file, means it.
    assert!(project.run(["validate", "x/old-task.json"]).out().contains("x/old-task.json: invalid"));
    assert!(project.run(["validate", "--no-config"]).out().contains("archive/task.json: invalid"));
    let laid_out = project.run(["fmt", "--check", "x"]);
    assert!(
        laid_out.err().contains("new-task.json") && !laid_out.err().contains("old-task.json"),
        "{}",
        laid_out.shown()
    );
}

#[test]
fn what_is_odd_is_said_once() {
    let toml = "[[suppress]]\nfile = \"gone.json\"\nrule = \"unknown-field\"\nreason = \"x\"\n\
        [[suppress]]\nfile = \"gone/*.json\"\nrule = \"unknown-field\"\nreason = \"x\"\n";
    let project = Project::with_task().file("task-api.toml", toml).file("a/task.json", TASK);
    project.check(
        "validate --format concise",
        expect![[r#"
        exit code 0
        stderr:
        warning: task-api.toml:2: there is no file gone.json; remove its suppression
    "#]],
    );
}

/// A policy and the task-api.toml that names it, for the project in `a` alone.
fn with_policy() -> Project {
    let policy = r#"{ "x-task-api-kind": "task", "properties": { "image": { "pattern": "^registry/" } } }"#;
    let toml = "[validate]\npolicy = \"../site.json\"\n";
    Project::with_task().file("site.json", policy).file("a/task-api.toml", toml).file("a/task.json", TASK)
}

#[test]
fn files_are_held_to_the_policies_of_their_project() {
    let project = with_policy();
    project.check(
        "validate --format concise",
        expect![[r#"
            exit code 1
            stdout:
            a/task.json:3:12: error: `/image` does not match the site's policy: it must match the pattern `^registry/` [policy-violation]
        "#]],
    );
    let toml = "[validate]\npolicy = \"../site.json\"\n[rules]\npolicy-violation = \"info\"\n";
    let ran = with_policy().file("a/task-api.toml", toml).run(["validate", "--format", "concise"]);
    assert_eq!((ran.code, ran.out().contains(": info: ")), (0, true), "{}", ran.shown());
    assert_eq!(project.run(["validate", "--schema-only"]).code, 0);
    let toml = "[validate]\npolicy = \"../site.json\"\n\
        [[suppress]]\nfile = \"task.json\"\nrule = \"policy-violation\"\npointer = \"/image\"\nreason = \"a mirror\"\n";
    let ran = with_policy().file("a/task-api.toml", toml).run(["validate", "--format", "concise"]);
    assert_eq!((ran.code, ran.out()), (0, ""), "{}", ran.shown());
    std::fs::remove_file(project.path("site.json")).unwrap();
    project.check(
        "validate --format concise",
        expect![[r#"
            exit code 2
            stderr:
            error: a/task-api.toml:2: cannot read a/../site.json: there is no such file
        "#]],
    );
}

#[test]
fn settings_of_hundreds_of_directories_are_told_apart() {
    let mut project = Project::new().file("task-api.toml", "[rules]\nunknown-field = \"error\"\n");
    for number in 0..300 {
        let level = if number % 2 == 0 { "off" } else { "info" };
        project = project
            .file(&format!("{number}/task-api.toml"), format!("[rules]\nunknown-field = \"{level}\"\n"))
            .file(&format!("{number}/task.json"), TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1));
    }
    let ran = project.run(["validate", "--format", "concise"]);
    assert_eq!((ran.code, ran.out().lines().count()), (0, 150), "{}", ran.err());
    assert!(ran.out().lines().all(|line| line.contains(": info: ")));
}

#[test]
fn its_schema_is_printed() {
    let printed = Project::new().run(["schema", "config"]);
    assert_eq!((printed.code, printed.out()), (0, include_str!("../../../../schemas/task-api-toml.schema.json")));
    assert_eq!(Project::new().run(["schema", "config", "--api-version", "0"]).code, 2);
}
