//! Template expressions: `validate --render`, and what they may read in all commands.

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

#[test]
fn what_is_rendered_is_checked_and_told_of_the_users_text() {
    let task = TASK
        .replace("lungs:1", "{{ env.REGISTRY }}/Lungs:1")
        .replace("\"value\": \"1\"", "\"value\": 1")
        .replace("study-7", "{{ env.STUDY }}");
    let project = Project::with_task().file("task.json", task).env("REGISTRY", "example.org");
    project.check("validate --render task.json", expect![[r#"
        exit code 1
        stdout:
        warning[undefined-variable]: the variable `STUDY` is not set in the environment
          ┌─ task.json:2:19
          │
        2 │   "name": "{{ env.STUDY }}",
          │                   ^^^^^ becomes an empty text

        error[invalid-image-reference]: "example.org/Lungs:1" is no image reference: the name of an image is in lower case
          ┌─ task.json:3:12
          │
        3 │   "image": "{{ env.REGISTRY }}/Lungs:1",
          │            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          │
          = note: it was rendered to "example.org/Lungs:1"

        error[wrong-type]: `value` must be a string, but is the number 1
          ┌─ task.json:7:39
          │
        7 │   "env": [{ "name": "FOLDS", "value": 1 }]
          │                                       ^ expected a string
          │
          = help: write "1" (safe fix)

        task.json: invalid task.json of version 0, 2 errors, 1 warning
    "#]]);
    let fixes = project.run(["validate", "--render", "--format", "json", "task.json"]).json();
    let found = fixes["files"][0]["diagnostics"].as_array().unwrap();
    let wrong_type = found.iter().find(|found| found["rule"] == "wrong-type").unwrap();
    let (start, edit) = (&wrong_type["range"]["start"], &wrong_type["fixes"][0]["edits"][0]);
    assert_eq!((&edit["newText"], &edit["range"]["start"]), (&"\"1\"".into(), start));
}

#[test]
fn variables_of_files_win_over_the_environment() {
    let task = TASK.replace("study-7", "{{ env.A }}-{{ env.B }}-{{ custom.C }}");
    let project = Project::with_task()
        .file("task.json", task)
        .file("x.env", "\u{feff}# comment\r\nA=file\r\nB\r\n")
        .file("bad.env", "A=1\nexport B=2\n")
        .env("A", "process")
        .env("B", "process");
    let ran = project.run(["resolve", "--env-file", "x.env", "--var", "C=own", "task.json"]);
    assert_eq!(ran.json()["name"], "file-process-own", "{}", ran.shown());
    assert_eq!(project.run(["resolve", "task.json"]).json()["name"], "process-process-");
    let ran = project.run(["validate", "--render", "--env-file", "bad.env", "task.json"]);
    assert_eq!((ran.code, ran.out()), (2, ""));
    assert!(ran.err().contains("bad.env:2: the name `export B` has a space in it"), "{}", ran.err());
    let ran = project.run(["validate", "--var", "C=1", "task.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err().contains("--render"), "{}", ran.err());
}

#[test]
fn a_text_that_is_json_once_rendered_has_its_places() {
    let task = TASK.replace("  \"env\":", "  {% if env.A == 'x' %}\"command\": \"a b\",{% endif %}\n  \"env\":");
    let project = Project::with_task().file("task.json", task).env("A", "x");
    project.check(
        "validate --render task.json",
        expect![[r#"
            exit code 1
            stdout:
            error[wrong-type]: `command` must be an array or null, but is the string "a b"
              ┌─ task.json:7:35
              │
            7 │   {% if env.A == 'x' %}"command": "a b",{% endif %}
              │                                   ^^^^^ expected an array or null
              │
              = note: each word is an element of its own: ["python3", "-u", "run.py"]

            task.json: invalid task.json of version 0, 1 error
        "#]],
    );
    let unset = Project::with_task().file("task.json", "{% if env.A %}{}{% endif %}");
    unset.check(
        "validate --render task.json",
        expect![[r#"
        exit code 1
        stdout:
        error[syntax-error]: the file is empty
          ┌─ task.json:1:1
          │
        1 │ {% if env.A %}{}{% endif %}
          │ ^
          │
          = note: a JSON file holds exactly one value, here an object: {}
            nothing is left of the file once it is rendered

        task.json: invalid task.json of version 0, 1 error
    "#]],
    );
}

#[test]
fn what_cannot_be_rendered_is_told_with_its_place() {
    let task = TASK.replace("\"env\"", "\"command\": [\"sh\", \"-c\", \"echo ${#NAME}\"],\n  \"env\"");
    let project = Project::with_task().file("task.json", task);
    project.check("validate --render --format concise task.json", expect![[r#"
        exit code 1
        stdout:
        task.json:7:33: error: cannot render the template expression at /command/2: `{#` opens a comment of the template language, which is never closed by `#}` [invalid-expression]
    "#]]);
    project.check("resolve task.json", expect![[r#"
        exit code 1
        stderr:
        error[invalid-expression]: cannot render the template expression at /command/2: `{#` opens a comment of the template language, which is never closed by `#}`
          ┌─ task.json:7:33
          │
        7 │   "command": ["sh", "-c", "echo ${#NAME}"],
          │                                 ^^^
          │
          = note: for the length of a variable of the shell, write `${#NAME}` as `{{ '${#' }}NAME}`

        error: task.json is invalid
    "#]]);
    let explained = project.run(["explain", "invalid-expression"]);
    assert_eq!(explained.code, 0);
}

#[test]
fn a_container_is_rendered_as_well() {
    let container = CONTAINER.replace("\"masks\"", "\"{{ env.CHANNEL }}\"");
    let project = Project::with_task().file("processing-container.json", container).env("CHANNEL", "masks");
    assert_eq!(project.run(["validate", "--render", "."]).code, 0);
    let other = project.env("CHANNEL", "others").run(["validate", "--render", "--format", "concise", "task.json"]);
    assert!(other.out().contains("unbound-channel"), "{}", other.shown());
}

#[test]
fn a_container_that_is_json_once_rendered_counts_with_render_alone() {
    let container = CONTAINER.replace("\"command\"", "{% if env.A %}\"x\": 1,{% endif %} \"command\"");
    let project = Project::with_task().file("c.json", container).file("broken", "{{ env.A | nope }}");
    let with = |more: &[&str]| project.run(["validate", "task.json", "--container"].iter().chain(more).copied());
    let ran = with(&["c.json"]);
    assert!(ran.code == 2 && ran.err().contains("it is not JSON; see"), "{}", ran.shown());
    assert_eq!(with(&["c.json", "--render"]).code, 0);
    let ran = with(&["broken", "--render"]);
    assert!(ran.code == 2 && ran.err().contains("it is not JSON once it is rendered; see"), "{}", ran.shown());
}

#[test]
fn secrets_are_not_named_among_what_was_rendered() {
    let task = TASK.replace("lungs:1", "{{ env.API_TOKEN }}/Lungs:1");
    let project = Project::with_task().file("task.json", task).env("API_TOKEN", "hunter2");
    let ran = project.run(["validate", "--render", "task.json"]);
    assert!(ran.out().contains("may be a secret"), "{}", ran.shown());
    assert!(ran.out().contains("\"[redacted]/Lungs:1\" is no image reference"), "{}", ran.shown());
    assert!(!ran.shown().contains("hunter2"), "{}", ran.shown());
}

#[test]
fn an_image_that_cannot_be_asked() {
    let project = Project::with_task();
    let ran = project.run(["validate", "--container", "registry.example.org/lungs:1.0", "task.json"]);
    assert_eq!((ran.code, ran.out()), (125, ""));
    assert!(ran.err().contains("the image registry.example.org/lungs:1.0"), "{}", ran.err());
    let ran = project.run(["validate", "--container", "no/processing-container.json", "task.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err().contains("there is no such file"), "{}", ran.err());
    let named = Project::with_task().file("lungs", CONTAINER).run(["validate", "--container", "lungs", "task.json"]);
    assert_eq!(named.code, 0, "{}", named.shown());
}
