//! What each action makes of a file.

mod everywhere;

use expect_test::{Expect, expect};

use super::*;
use crate::fixture::{Fixture, fixture};
use crate::workspace::Facts;

/// All documents are open.
fn opened(literal: &str) -> Fixture {
    let mut fixture = fixture(literal);
    let texts: Vec<(String, String)> =
        fixture.workspace.documents().map(|one| (one.uri().to_string(), one.text().to_owned())).collect();
    for (uri, text) in texts {
        fixture.workspace.set(&uri, text, Facts { is_open: true, ..Facts::default() });
    }
    fixture
}

fn actions_of(fixture: &Fixture) -> Vec<CodeAction> {
    code_actions(&fixture.workspace, &fixture.uri, Span::empty(fixture.offset))
}

fn titles(literal: &str, kinds: &[ActionKind]) -> String {
    let actions = actions_of(&opened(literal));
    let lines = actions.iter().filter(|action| kinds.contains(&action.kind));
    lines.map(|action| format!("{}{}\n", if action.is_preferred { "* " } else { "" }, action.title)).collect()
}

fn findings(workspace: &Workspace) -> usize {
    workspace.documents().filter_map(|one| check(workspace, one)).map(|checked| checked.found.total()).sum()
}

/// So many findings of a rule.
fn number_of(workspace: &Workspace, uri: &str, rule: &str) -> usize {
    let checked = workspace.get(uri).and_then(|document| check(workspace, document));
    checked.map_or(0, |checked| checked.diagnostics.iter().filter(|found| found.rule.name == rule).count())
}

/// What an action makes of the files that it changes; and that it does what it promises.
#[track_caller]
fn check_action(literal: &str, title: &str, expected: Expect) {
    let fixture = opened(literal);
    let actions = actions_of(&fixture);
    let known: Vec<&str> = actions.iter().map(|action| &*action.title).collect();
    let action = actions.iter().find(|action| action.title == title);
    let action = action.unwrap_or_else(|| panic!("no action {title:?} in {known:#?}"));
    let after = fixture.workspace.with_edits(&action.edits).expect("the edits fit");
    let mut shown = String::new();
    for edit in &action.edits {
        let before = fixture.workspace.get(&edit.uri);
        assert_eq!(before.is_none(), edit.creates);
        let document = after.get(&edit.uri).unwrap();
        if document.kind().is_some() && before.is_none_or(|before| before.tree().is_valid()) {
            assert!(document.tree().is_valid(), "{}", document.text());
        }
        let path = edit.uri.trim_start_matches("file://");
        shown.push_str(&if action.edits.len() > 1 || path != fixture.uri.trim_start_matches("file://") {
            format!("//- {path}\n{}", document.text())
        } else {
            document.text().to_owned()
        });
    }
    if let Some((rule, _)) = action.fixes {
        let uri = &fixture.uri;
        assert!(number_of(&after, uri, rule) < number_of(&fixture.workspace, uri, rule), "{rule} is still there");
    }
    assert!(findings(&after) <= findings(&fixture.workspace), "more is wrong than before: {shown}");
    expected.assert_eq(&shown);
}

const CONTAINER: &str = r#"//- /p/processing-container.json
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
    }
  ]
}
"#;

fn with_task(task: &str) -> String {
    format!("{CONTAINER}//- /p/a/task.json\n{task}")
}

const BOUND: &str = r#""inputs": [{"name": "images", "input": {"host_path": "/i"}}],
 "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]"#;

fn bound_task(fields: &str) -> String {
    with_task(&format!("{{\"name\": \"a\", \"image\": \"x:1\", \"taskTemplate\": \"segment\",\n {BOUND}{fields}}}\n"))
}

#[test]
fn fixes_of_rules_come_first_and_say_what_they_do() {
    let literal = with_task(
        r#"{"name": 5$0, "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": 3}],
 "inputs": [], "outputs": [], "comment": 1}"#,
    );
    expect![[r#"
        * Write "5"
        Mend all 2 findings of `wrong-type` in this file that are safe to mend
        Suppress `wrong-type` here, in task-api.toml
        Suppress `wrong-type` in this file, in task-api.toml
        Mend all that is safe to mend
    "#]]
    .assert_eq(&titles(&literal, &[ActionKind::QuickFix, ActionKind::SourceFixAll]));
    check_action(
        &literal,
        "Write \"5\"",
        expect![[r#"
        {"name": "5", "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": 3}],
         "inputs": [], "outputs": [], "comment": 1}"#]],
    );
    check_action(
        &literal,
        "Mend all 2 findings of `wrong-type` in this file that are safe to mend",
        expect![[r#"
        {"name": "5", "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": "3"}],
         "inputs": [], "outputs": [], "comment": 1}"#]],
    );
    check_action(
        &literal,
        "Mend all that is safe to mend",
        expect![[r#"
        {"name": "5", "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": "3"}],
         "inputs": [{"name": "images", "input": {"host_path": "./images"}}], "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}, {"name": "logs", "input": {"host_path": "./logs"}}], "comment": 1}"#]],
    );
}

#[test]
fn all_missing_channels_are_bound_at_once() {
    let task = r#"{"name": "a", "image": "x:1", "taskTemplate": "seg$0ment", "inputs": []}"#;
    check_action(
        &with_task(task),
        "Bind all 3 missing channels",
        expect![[
            r#"{"name": "a", "image": "x:1", "taskTemplate": "segment", "inputs": [{"name": "images", "input": {"host_path": "./images"}}], "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}, {"name": "logs", "input": {"host_path": "./logs"}}]}"#
        ]],
    );
    let task = r#"{"name": "a", "image": "x:1", "taskTemplate": "segment",
 "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
 "outputs": [
   {"name": "logs", "input": {"host_path": "/l"}}
 $0]}"#;
    check_action(
        &with_task(task),
        "Add {\"name\": \"masks\", \"input\": {\"host_path\": \"./masks\"}}",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [
           {"name": "logs", "input": {"host_path": "/l"}},
           {"name": "masks", "input": {"host_path": "./masks"}}
         ]}"#]],
    );
    let from_afar = task.replace("$0", "").replace("segm", "se$0gm");
    check_action(
        &with_task(&from_afar),
        "Bind the missing channel",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [
           {"name": "logs", "input": {"host_path": "/l"}},
           {"name": "masks", "input": {"host_path": "./masks"}}
         ]}"#]],
    );
}

#[test]
fn all_missing_fields_are_added_at_once() {
    let container = "//- /processing-container.json\n$0{\n  \"name\": \"a\"\n}\n";
    check_action(
        container,
        "Add all 2 missing fields",
        expect![[r#"
        {
          "name": "a",
          "description": "",
          "templates": []
        }
    "#]],
    );
    let two = r#"//- /processing-container.json
{"name": "a", "description": "b", "templates": [$0{"identifier": "a", "description": "b"}, {"identifier": "b"}]}
"#;
    check_action(
        two,
        "Add all 3 missing fields",
        expect![[r#"
        {"name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}, {"identifier": "b"}]}
    "#]],
    );
    check_action(
        two,
        "Add all 7 missing fields of this file",
        expect![[r#"
        {"name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}, {"identifier": "b", "description": "", "inputs": [], "outputs": [], "env": []}]}
    "#]],
    );
}

#[test]
fn the_dockerfile_gets_its_line() {
    let literal = format!("//- /p/Dockerfile\nFROM scratch\n{}", CONTAINER.replacen('{', "$0{", 1));
    let title = "Add `COPY processing-container.json /processing-container.json` to the Dockerfile";
    check_action(
        &literal,
        title,
        expect![[r#"
        //- /p/Dockerfile
        FROM scratch
        COPY processing-container.json /processing-container.json
    "#]],
    );
    let below = literal.replace("/p/processing", "/p/my%20image/processing");
    let title = "Add `COPY [\"my image/processing-container.json\", \"/processing-container.json\"]` to the Dockerfile";
    check_action(
        &below,
        title,
        expect![[r#"
        //- /p/Dockerfile
        FROM scratch
        COPY ["my image/processing-container.json", "/processing-container.json"]
    "#]],
    );
}

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
fn what_has_no_effect_is_removed() {
    check_action(
        &bound_task(",\n \"$0zzz\": 1"),
        "Remove `zzz`, which has no effect",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]}
    "#]],
    );
    let literal = bound_task("")
        .replace("\"inputs\": [{", "\"inputs\": [{\"name\": \"zz$0z\", \"input\": {\"host_path\": \"/z\"}}, {");
    let literal = literal.replacen(
        "[{\"name\": \"zz$0z\", \"input\": {\"host_path\": \"/z\"}}, {\"name\": \"images\", \"mounted",
        "[{\"name\": \"images\", \"mounted",
        1,
    );
    check_action(
        &literal,
        "Remove this entry for `zzz`",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]}
    "#]],
    );
}

#[test]
fn a_finding_is_suppressed_where_the_project_decides() {
    let literal = bound_task(",\n \"$0zzz\": 1");
    check_action(
        &literal,
        "Suppress `unknown-field` here, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        pointer = "/zzz"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    check_action(
        &literal,
        "Suppress `unknown-field` in this file, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    let with_settings = format!("//- /p/task-api.toml\n[rules]\nblank-description = \"off\"\n{literal}");
    check_action(
        &with_settings,
        "Suppress `unknown-field` here, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [rules]
        blank-description = "off"

        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        pointer = "/zzz"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    let odd_path = literal.replace("/p/a/task.json", "/p/a%20%5Bb%5D/task.json");
    check_action(
        &odd_path,
        "Suppress `unknown-field` in this file, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "/a \\[b\\]/task.json"
        rule = "unknown-field"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    let broken = format!("//- /p/task-api.toml\n[ruls]\n{literal}");
    assert!(!titles(&broken, &[ActionKind::QuickFix]).contains("Suppress"));
    let inline = format!("//- /p/task-api.toml\nsuppress = []\n{literal}");
    assert!(!titles(&inline, &[ActionKind::QuickFix]).contains("Suppress"));
}

#[test]
fn a_suppression_of_nothing_is_removed() {
    let entry = |rule: &str| format!("[[suppress]]\nfile = \"a/task.json\"\nrule = \"{rule}\"\nreason = \"b\"\n");
    let settings = format!("//- /p/task-api.toml\n{}\n{}\n# end\n", entry("duplicate-volume"), entry("unknown-field"));
    let literal = format!(
        "{settings}{}",
        bound_task(",\n \"zzz\": 1").replace("{\"name\": \"a\", \"im", "$0{\"name\": \"a\", \"im")
    );
    check_action(
        &literal,
        "Remove the suppression of `duplicate-volume` from task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        reason = "b"

        # end
    "#]],
    );
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

#[test]
fn a_comment_swallows_nothing() {
    let literal = "{\n\"image\": \"x:1\", // pinned\n\"name\": \"a$0\" }";
    assert_eq!(titles(literal, &[ActionKind::SourceOrganize]), "");
}
