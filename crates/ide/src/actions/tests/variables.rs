//! Variables of tasks and templates.

use super::*;

#[test]
fn variables_are_set_and_taken_back() {
    let literal = bound_task(",\n \"env\": nu$0ll");
    expect![[r#"
        Set `FOLDS` in this task (default "5")
    "#]]
    .assert_eq(&titles(&literal, &[ActionKind::Refactor]));
    check_action(
        &literal,
        "Set `FOLDS` in this task (default \"5\")",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}],
         "env": [{"name": "FOLDS", "value": "5"}]}
    "#]],
    );
    let literal = bound_task(",\n \"env\": [{\"name\": \"FOLDS\", \"value\": \"3$0\"}]");
    check_action(
        &literal,
        "Take the template's value of `FOLDS` (default \"5\")",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}],
         "env": []}
    "#]],
    );
    let from_container = bound_task("").replace("\"5\"", "\"$05\"");
    check_action(
        &from_container,
        "Set `FOLDS` in task.json (default \"5\")",
        expect![[r#"
        //- /p/a/task.json
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}], "env": [{"name": "FOLDS", "value": "5"}]}
    "#]],
    );
    let mut closed = opened(&from_container);
    let task = closed.workspace.remove("file:///p/a/task.json").unwrap();
    closed.workspace.set("file:///p/a/task.json", task.text().to_owned(), Facts::default());
    assert!(actions_of(&closed).iter().all(|action| !action.title.starts_with("Set `FOLDS`")));
}

#[test]
fn what_tasks_may_change_is_chosen() {
    check_action(
        &CONTAINER.replace("\"v2\"", "\"$0v2\""),
        "Allow tasks to change `MODEL`",
        expect![[r#"
        {
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
                {"name": "FOLDS", "value": "5", "type": "int", "description": "Folds."},
                {"name": "MODEL", "value": "v2", "adjustable": true, "description": "Model."}
              ]
            }
          ]
        }
    "#]],
    );
    check_action(
        &CONTAINER.replace("\"5\"", "\"$05\""),
        "Forbid tasks to change `FOLDS`",
        expect![[r#"
        {
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
                {"name": "FOLDS", "value": "5", "type": "int", "description": "Folds.", "adjustable": false},
                {"name": "MODEL", "value": "v2", "adjustable": false, "description": "Model."}
              ]
            }
          ]
        }
    "#]],
    );
    let literal = bound_task(",\n \"env\": [{\"name\": \"MO$0DEL\", \"value\": \"v3\"}]");
    check_action(
        &literal,
        "Allow tasks to change `MODEL` in processing-container.json",
        expect![[r#"
        //- /p/processing-container.json
        {
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
                {"name": "FOLDS", "value": "5", "type": "int", "description": "Folds."},
                {"name": "MODEL", "value": "v2", "adjustable": true, "description": "Model."}
              ]
            }
          ]
        }
    "#]],
    );
}
