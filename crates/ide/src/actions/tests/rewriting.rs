//! The same, written otherwise.

use super::*;

#[test]
fn the_other_version() {
    check_action(
        &bound_task("$0"),
        "Migrate the file to version 1",
        expect![[r#"
        {"api_version": 1, "name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "volume_source": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "volume_source": {"host_path": "/m"}}, {"name": "logs", "volume_source": {"host_path": "/l"}}]}
    "#]],
    );
    let title = "Migrate the file to version 1 (2 values change or are lost)";
    check_action(
        &CONTAINER.replacen("lungs", "$0lungs", 1),
        title,
        expect![[r#"
            {
              "api_version": 1,
              "name": "lungs",
              "description": "Segments lungs.",
              "templates": [
                {
                  "identifier": "segment",
                  "description": "Segments.",
                  "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}],
                  "outputs": [{"name": "masks", "mounted_path": "/out", "description": "Masks."},
                    {"name": "logs", "mounted_path": "/logs", "description": "Logs."}],
                  "env": [
                    {"name": "FOLDS", "value": "5", "description": "Folds."},
                    {"name": "MODEL", "value": "v2", "description": "Model."}
                  ]
                }
              ]
            }
        "#]],
    );
}

#[test]
fn commands_in_one_piece() {
    let literal = |command: &str| bound_task(&format!(",\n \"command\": {command}"));
    let piece = literal("\"python3 -u 'a b.py'$0\"");
    check_action(
        &piece,
        "Run the command in a shell",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}],
         "command": ["sh", "-c", "python3 -u 'a b.py'"]}
    "#]],
    );
    check_action(
        &literal("[\"$0python3 a.py\"]"),
        "Split the command into words",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}],
         "command": ["python3", "a.py"]}
    "#]],
    );
    check_action(
        &literal("[\"a | b$0\"]"),
        "Run the command in a shell",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}],
         "command": ["sh", "-c", "a | b"]}
    "#]],
    );
    check_action(
        &literal("[\"/bin/sh\", \"-c\", \"$0a b\"]"),
        "Run the command without a shell",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}],
         "command": ["a", "b"]}
    "#]],
    );
    let rewrites = |command: &str| titles(&literal(command), &[ActionKind::RefactorRewrite]);
    expect![[r#"
        Migrate the file to version 1
    "#]]
    .assert_eq(&rewrites("[\"sh\", \"-c\", \"a | b$0\"]"));
    expect![[r#"
        Migrate the file to version 1
    "#]]
    .assert_eq(&rewrites("[\"a\", \"b$0\"]"));
    expect![[r#"
        Run the command in a shell
        Migrate the file to version 1
    "#]]
    .assert_eq(&rewrites("[\"{{ env.A }} b$0\"]"));
}

#[test]
fn fields_take_the_order_of_the_contract() {
    let title = "Sort fields in the order of the contract";
    check_action(
        r#"{
  "zzz": 1,
  "outputs": [{"input": {"host_path": "/m"}, "name": "masks"}],
  "env": [],
  "inputs": [],
  "taskTemplate": {"identifier": "a", "description": "b",
    "env": [], "outputs": [{"mounted_path": "/m", "name": "masks", "description": "c"}], "inputs": []},
  "resources": {"limits": {"memory": "1Gi", "cpu": "1"}},
  "image": "x:1",
  "$0name": "a"
}
"#,
        title,
        expect![[r#"
            {
              "name": "a",
              "image": "x:1",
              "taskTemplate": {"identifier": "a", "description": "b",
                "inputs": [], "outputs": [{"name": "masks", "mounted_path": "/m", "description": "c"}], "env": []},
              "inputs": [],
              "outputs": [{"name": "masks", "input": {"host_path": "/m"}}],
              "env": [],
              "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
              "zzz": 1
            }
        "#]],
    );
    check_action(
        r#"{ // the task
  // which image
  "image": "x:1", // pinned

  "name": "a", /* the name */
  "taskTemplate": "b" /* c, d */ , "outputs": [], // last
  "inputs": []$0 // none
  // end
}
"#,
        title,
        expect![[r#"
            { // the task
              "name": "a", /* the name */

              // which image
              "image": "x:1", // pinned
              "taskTemplate": "b" /* c, d */ , "inputs": [], // none
              "outputs": [] // last
              // end
            }
        "#]],
    );
}
