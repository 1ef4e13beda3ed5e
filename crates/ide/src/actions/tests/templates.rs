//! Templates that move between task and container.

use super::*;

#[test]
fn a_template_moves_to_a_new_container() {
    check_action(
        r#"//- /p/task.json
{
  "name": "run",
  "image": "x:1",
  "taskTemplate": {
    "identifier": "segment",
    "description": "$0Segments.",
    "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}],
    "outputs": [],
    "env": []
  },
  "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
  "outputs": []
}
"#,
        "Move the template `segment` to a new processing-container.json",
        expect![[r#"
            //- /p/task.json
            {
              "name": "run",
              "image": "x:1",
              "taskTemplate": "segment",
              "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
              "outputs": []
            }
            //- /p/processing-container.json
            {
              "name": "run",
              "description": "Segments.",
              "templates": [
                {
                  "identifier": "segment",
                  "description": "Segments.",
                  "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}],
                  "outputs": [],
                  "env": []
                }
              ]
            }
        "#]],
    );
}

#[test]
fn a_template_moves_to_the_container_beside_it() {
    let literal = CONTAINER.to_owned()
        + r#"//- /p/task.json
{"api_version": 1, "name": "run", "image": "x:1",
 "taskTemplate": {
   "identifier": "segment", "description": "Other.$0",
   "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT.",
     "scale_rule": {"scale_factor": 2, "type": "limit", "mode": "sum"}}], "outputs": [], "env": []
 },
 "inputs": [{"name": "images", "volume_source": {"host_path": "/i"}}]}
"#;
    check_action(
        &literal,
        "Move the template `segment` to processing-container.json",
        expect![[r#"
        //- /p/task.json
        {"api_version": 1, "name": "run", "image": "x:1",
         "taskTemplate": "segment-2",
         "inputs": [{"name": "images", "volume_source": {"host_path": "/i"}}]}
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
                {"name": "MODEL", "value": "v2", "adjustable": false, "description": "Model."}
              ]
            },
            {
              "identifier": "segment-2", "description": "Other.",
              "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT.",
                "scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}}], "outputs": [], "env": []
            }
          ]
        }
    "#]],
    );
    let without_form = literal.replace("\"mode\": \"sum\"", "\"mode\": \"max_item_sum\"");
    expect![""].assert_eq(&titles(&without_form, &[ActionKind::RefactorExtract]));
}

#[test]
fn a_template_moves_to_the_container_that_the_project_names() {
    let literal = "//- /p/task-api.toml
[validate]
container = \"image/processing-container.json\"
//- /p/image/processing-container.json
{\r\n\t\"name\": \"a\", \"description\": \"b\",\r\n\t\"templates\": []\r\n}\r
//- /p/tasks/a.json
{\"name\": \"a\", \"image\": \"x:1\", \"inputs\": [], \"outputs\": [],
  \"taskTemplate\": {
    \"identifier\": \"c$0\", \"description\": \"d\",
    \"inputs\": [], \"outputs\": [], \"env\": []
  }}
";
    let fixture = opened(literal);
    let actions = actions_of(&fixture);
    let moved = actions.iter().find(|action| action.kind == ActionKind::RefactorExtract).unwrap();
    let after = fixture.workspace.with_edits(&moved.edits).unwrap();
    let container = after.get("file:///p/image/processing-container.json").unwrap().text();
    assert!(container.matches('\n').count() == container.matches("\r\n").count(), "{container:?}");
    let task = after.get("file:///p/tasks/a.json").unwrap();
    assert_eq!(after.template_of(task).unwrap().document.uri().as_ref(), "file:///p/image/processing-container.json");
    assert_eq!(findings(&after), 0);
    expect![[r#"
        {
        	"name": "a", "description": "b",
        	"templates": [{
        	  "identifier": "c", "description": "d",
        	  "inputs": [], "outputs": [], "env": []
        	}]
        }
    "#]]
    .assert_eq(&container.replace("\r\n", "\n"));
}

#[test]
fn a_template_is_written_out_in_the_task() {
    let literal = bound_task("").replace("\"segment\",\n \"inputs\"", "\"seg$0ment\",\n \"inputs\"");
    check_action(
        &literal,
        "Write the template `segment` of processing-container.json out in this task",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": {
          "identifier": "segment",
          "description": "Segments.",
          "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}],
          "outputs": [{"name": "masks", "mounted_path": "/out", "description": "Masks."},
            {"name": "logs", "mounted_path": "/logs", "description": "Logs."}],
          "env": [
            {"name": "FOLDS", "value": "5", "type": "int", "description": "Folds."},
            {"name": "MODEL", "value": "v2", "adjustable": false, "description": "Model."}
          ]
        },
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]}
    "#]],
    );
    let other_version = literal.replace("\"input\":", "\"volume_source\":");
    let title = "Write the template `segment` of processing-container.json out in this task";
    check_action(
        &other_version,
        title,
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": {
          "identifier": "segment",
          "description": "Segments.",
          "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}],
          "outputs": [{"name": "masks", "mounted_path": "/out", "description": "Masks."},
            {"name": "logs", "mounted_path": "/logs", "description": "Logs."}],
          "env": [
            {"name": "FOLDS", "value": "5", "description": "Folds."},
            {"name": "MODEL", "value": "v2", "description": "Model."}
          ]
        },
         "inputs": [{"name": "images", "volume_source": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "volume_source": {"host_path": "/m"}}, {"name": "logs", "volume_source": {"host_path": "/l"}}]}
    "#]],
    );
}
