//! What changes do to the text.

use expect_test::{Expect, expect};
use task_api_core::ApiVersion;

use super::*;

/// Makes changes one after the other, and shows the text, problems and notes.
#[track_caller]
fn check(task: &str, changes: impl Fn(&mut TaskForm) -> Vec<Change>, expected: Expect) {
    let mut form = form(task);
    let all = changes(&mut form);
    let mut shown = form.text().to_owned();
    for change in &all {
        change.problem.iter().for_each(|problem| shown.push_str(&format!("! {problem}\n")));
        change.notes.iter().for_each(|note| shown.push_str(&format!("i {note}\n")));
    }
    expected.assert_eq(&shown);
}

#[test]
fn values_are_replaced_where_they_stand() {
    check(
        TASK,
        |form| {
            vec![
                form.set("name", &text_input("study \"8\"")),
                form.set("inputs/images/host_path", &text_input("/mnt/ä")),
                form.set("env/THRESHOLD", &text_input("0.9")),
                form.set("outputs/masks/host_path", &text_input("./masks")),
                form.set("env/FAST", &Input::Switch(false)),
                form.set("env/UNIT", &text_input("cm")),
            ]
        },
        expect![[r#"
            {
              "name": "study \"8\"",
              "image": "registry.example.org/lungs:1.2.0",
              "taskTemplate": "segment",
              "owner": "radiology", // asks for masks
              "inputs": [
                {"name": "images", "input": {"host_path": "/mnt/ä"}, "note": "from the PACS"}
              ],
              "outputs": [
                {"name": "masks", "input": {"host_path": "./masks"}}
              ],
              "env": [
                {"name": "THRESHOLD", "value": "0.9"}, // as in the paper
                {"name": "EXTRA", "value": "1"},
                {"name": "FAST", "value": "False"},
                {"name": "UNIT", "value": "cm"}
              ]
            }
        "#]],
    );
}

#[test]
fn a_form_filled_in_from_nothing_is_laid_out() {
    let mut form = TaskForm::new(CONTAINER, "segment", None, OffsetUnit::Bytes);
    form.set("name", &text_input("a"));
    form.set("image", &text_input("lungs:1.0"));
    form.bind_missing();
    form.set("env/FOLDS", &text_input("3"));
    form.set("env/UNIT", &text_input("cm"));
    form.add("config/labels", "project", "x/y");
    form.set("command", &Input::Words(vec!["run".into(), "it's".into()]));
    expect![[r#"
        {
          "name": "a",
          "image": "lungs:1.0",
          "taskTemplate": "segment",
          "inputs": [
            {"name": "images", "input": {"host_path": "./images"}}
          ],
          "outputs": [
            {"name": "masks", "input": {"host_path": "./masks"}}
          ],
          "env": [
            {"name": "FOLDS", "value": "3"},
            {"name": "UNIT", "value": "cm"}
          ],
          "config": {"labels": {"project": "x/y"}},
          "command": ["run", "it's"]
        }
    "#]]
    .assert_eq(form.text());
    assert!(form.state().valid, "{:?}", form.state().diagnostics);
}

#[test]
fn the_containers_of_the_guide_and_the_example_give_forms_that_come_to_valid_tasks() {
    let containers = [
        include_str!("../../../../../tests/fixtures/guide/processing-container.json"),
        include_str!("../../../../../examples/count-items/processing-container.json"),
    ];
    for container in containers {
        for version in [ApiVersion::V0, ApiVersion::V1] {
            let templates = TaskForm::new(container, "", None, OffsetUnit::Bytes).state().templates;
            for template in templates {
                let task = minimal_task(container, &template.identifier, Some(version));
                let mut form = TaskForm::new(container, "", Some(&task), OffsetUnit::Bytes);
                form.set("name", &text_input("a"));
                form.set("image", &text_input("a:1"));
                form.bind_missing();
                let state = form.state();
                assert!(state.valid && state.missing == 0, "{}{}", form.text(), lines(&state));
                assert!(form.what_will_run(&RunOptions::default()).is_ready);
                for field in state.sections.fields().filter(|field| field.locked.is_none()) {
                    let Some(FieldValue::Text(value)) = &field.default else { continue };
                    form.set(&field.id, &Input::Text(value.clone()));
                }
                assert!(form.state().valid, "{}{}", form.text(), lines(&form.state()));
            }
        }
    }
}

#[test]
fn resources_of_the_template_are_taken_over_and_given_back() {
    check(
        &plain(TASK),
        |form| vec![form.set("resources/limits/memory", &text_input("4Gi"))],
        expect![[r#"
        {
          "name": "study 7",
          "image": "registry.example.org/lungs:1.2.0",
          "taskTemplate": "segment",
          "owner": "radiology",
          "inputs": [
            {"name": "images", "input": {"host_path": "./images"}, "note": "from the PACS"}
          ],
          "outputs": [],
          "env": [
            {"name": "THRESHOLD", "value": "0.7"},
            {"name": "EXTRA", "value": "1"}
          ],
          "resources": {"limits": {"memory": "4Gi", "cpu": "500m"}}
        }
        i A task's resources replace those of its template as a whole, so the others were taken over.
    "#]],
    );
    check(
        &plain(TASK),
        |form| {
            vec![
                form.set("resources/limits/memory", &text_input("4Gi")),
                form.remove("resources/limits/cpu"),
                form.reset("resources/limits/memory"),
                form.add("resources/requests", "example.com/fpga", "1"),
            ]
        },
        expect![[r#"
            {
              "name": "study 7",
              "image": "registry.example.org/lungs:1.2.0",
              "taskTemplate": "segment",
              "owner": "radiology",
              "inputs": [
                {"name": "images", "input": {"host_path": "./images"}, "note": "from the PACS"}
              ],
              "outputs": [],
              "env": [
                {"name": "THRESHOLD", "value": "0.7"},
                {"name": "EXTRA", "value": "1"}
              ],
              "resources": {"limits": {"memory": "2Gi"}, "requests": {"example.com/fpga": "1"}}
            }
            i A task's resources replace those of its template as a whole, so the others were taken over.
        "#]],
    );
    let mut form = form(&plain(TASK));
    form.set("resources/limits/memory", &text_input("4Gi"));
    form.set("resources/requests/cpu", &text_input("1"));
    form.reset("resources/requests/cpu");
    form.reset("resources/limits/memory");
    assert_eq!(form.text(), plain(TASK));
}

#[test]
fn scale_rules_of_the_template_are_taken_over_in_the_version_of_the_task() {
    check(
        &plain(TASK),
        |form| vec![form.set("scale-rules/images/mode", &text_input("sum"))],
        expect![[r#"
        {
          "name": "study 7",
          "image": "registry.example.org/lungs:1.2.0",
          "taskTemplate": "segment",
          "owner": "radiology",
          "inputs": [
            {"name": "images", "input": {"host_path": "./images"}, "note": "from the PACS", "scale_rule": {"complexity": "20*n", "type": "limit", "mode": "sum"}}
          ],
          "outputs": [],
          "env": [
            {"name": "THRESHOLD", "value": "0.7"},
            {"name": "EXTRA", "value": "1"}
          ]
        }
        i A task's scale rule replaces that of its template as a whole, so the rest was taken over.
    "#]],
    );
    let v1 = r#"{"api_version": 1, "name": "a", "image": "i:1", "taskTemplate": "segment", "inputs": [{"name": "images", "volume_source": {"host_path": "x"}}]}"#;
    check(
        v1,
        |form| {
            vec![
                form.set("scale-rules/images/mode", &text_input("max_item_sum")),
                form.set("scale-rules/images/scale_factor", &text_input("3")),
                form.set("scale-rules/images/target_dir", &text_input("ct")),
                form.reset("scale-rules/images/mode"),
            ]
        },
        expect![[r#"
            {"api_version": 1, "name": "a", "image": "i:1", "taskTemplate": "segment", "inputs": [{"name": "images", "volume_source": {"host_path": "x"}, "scale_rule": {"scale_factor": 3, "type": "limit", "mode": "max_file_size", "target_dir": "ct"}}]}i A task's scale rule replaces that of its template as a whole, so the rest was taken over.
        "#]],
    );
    check(
        v1,
        |form| {
            vec![
                form.set("scale-rules/images/scale_factor", &text_input("3")),
                form.reset("scale-rules/images/scale_factor"),
            ]
        },
        expect![[r#"
            {"api_version": 1, "name": "a", "image": "i:1", "taskTemplate": "segment", "inputs": [{"name": "images", "volume_source": {"host_path": "x"}}]}i A task's scale rule replaces that of its template as a whole, so the rest was taken over.
        "#]],
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    check(
        TASK,
        |form| {
            vec![
                form.set("env/MODEL", &text_input("v3")),
                form.set("env/NONE", &text_input("v3")),
                form.set("x", &text_input("v3")),
                form.set("scale-rules/images/scale_factor", &text_input("v3")),
                form.set("name", &Input::Words(vec![])),
                form.set("command", &text_input("a | b")),
                form.add("env", " ", "x"),
                form.add("env", "MODEL", "x"),
                form.add("volumes", "a", "x"),
                form.rename("env/EXTRA", "THRESHOLD"),
                form.rename("name", "x"),
                form.remove("name"),
                form.set("template", &text_input("nothing")),
            ]
        },
        expect![[r#"
            {
              "name": "study 7",
              "image": "registry.example.org/lungs:1.2.0",
              "taskTemplate": "segment",
              "owner": "radiology", // asks for masks
              "inputs": [
                {"name": "images", "input": {"host_path": "./images"}, "note": "from the PACS"}
              ],
              "outputs": [],
              "env": [
                {"name": "THRESHOLD", "value": "0.7"}, // as in the paper
                {"name": "EXTRA", "value": "1"}
              ]
            }
            ! The container marks this variable as not adjustable: its value is always the template's.
            ! The form has no field `env/NONE`.
            ! The form has no field `x`.
            ! The form has no field `scale-rules/images/scale_factor`.
            ! `name` is one text, and not a list.
            ! Only a shell could split this line: give the words one by one.
            ! An entry needs a name.
            ! The container marks this variable as not adjustable: its value is always the template's.
            ! There is no list `volumes`.
            ! There is a `THRESHOLD` already.
            ! The form has no field `name`.
            ! A task cannot do without this.
            ! The container has no template `nothing`.
        "#]],
    );
    check(
        r#"{"env": {"A": "1"}, "config": []}"#,
        |form| vec![form.add("env", "B", "1"), form.add("config/labels", "a", "b")],
        expect![[r#"
            {"env": {"A": "1"}, "config": []}! `env` is something else than a list.
            ! `config` is something else than an object.
        "#]],
    );
    check(
        "[5]",
        |form| vec![form.set("name", &Input::Text("a".into())), form.add("env", "B", "1")],
        expect![[r#"
            [5]! The text is something else than an object.
            ! The text is something else than an object.
        "#]],
    );
}

#[test]
fn entries_are_added_renamed_and_removed() {
    check(
        TASK,
        |form| {
            vec![
                form.add("env", "MORE", "a\nb"),
                form.rename("env/EXTRA", "FURTHER"),
                form.remove("env/THRESHOLD"),
                form.add("inputs", "atlas", "./atlas"),
                form.add("config/labels", "a", "1"),
                form.rename("config/labels/a", "b"),
                form.reset("env/MORE"),
            ]
        },
        expect![[r#"
            {
              "name": "study 7",
              "image": "registry.example.org/lungs:1.2.0",
              "taskTemplate": "segment",
              "owner": "radiology", // asks for masks
              "inputs": [
                {"name": "images", "input": {"host_path": "./images"}, "note": "from the PACS"},
                {"name": "atlas", "input": {"host_path": "./atlas"}}
              ],
              "outputs": [],
              "env": [
                {"name": "FURTHER", "value": "1"}
              ],
              "config": {"labels": {"b": "1"}}
            }
        "#]],
    );
}

#[test]
fn words_of_a_command_keep_their_layout() {
    let task = "{\n  \"command\": [\n    \"run\", // it\n    \"--fast\",\n    \"x\"\n  ]\n}\n";
    let words = |words: &[&str]| Input::Words(words.iter().map(|word| (*word).to_owned()).collect());
    check(
        task,
        |form| vec![form.set("command", &words(&["run", "--slow", "x", "y"]))],
        expect![[r#"
        {
          "command": [
            "run", // it
            "--slow",
            "x",
            "y"
          ]
        }
    "#]],
    );
    check(
        task,
        |form| vec![form.set("command", &words(&["run"]))],
        expect![[r#"
        {
          "command": [
            "run" // it

          ]
        }
    "#]],
    );
    check(
        task,
        |form| vec![form.set("command", &words(&[]))],
        expect![[r#"
        {
          "command": []
        }
    "#]],
    );
    check(
        task,
        |form| vec![form.set("command", &text_input("a 'b c'"))],
        expect![[r#"
        {
          "command": [
            "a", // it
            "b c"
          ]
        }
    "#]],
    );
}

#[test]
fn numbers_stay_numbers_where_they_are_some() {
    check(
        r#"{"resources": {"limits": {"memory": 1000, "cpu": 1}}}"#,
        |form| {
            vec![
                form.set("resources/limits/memory", &text_input("2000")),
                form.set("resources/limits/cpu", &text_input("500m")),
            ]
        },
        expect![[r#"{"resources": {"limits": {"memory": 2000, "cpu": "500m"}}}"#]],
    );
}

#[test]
fn another_template_keeps_what_fits() {
    let task = r#"{
  "name": "n",
  "image": "i:1",
  "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}, "note": 1}],
  "env": [{"name": "UNIT", "value": "cm"}, {"name": "THRESHOLD", "value": "0.7"}],
  "command": ["x"]
}
"#;
    let mut form = form(task);
    let change = form.change_template("measure");
    assert_fits(task, &form, &change.edits, &change.inverse);
    let mut shown = form.text().to_owned();
    change.moved.iter().for_each(|moved| shown.push_str(&format!("{} -> {}\n", moved.from, moved.to)));
    change.kept.iter().for_each(|kept| shown.push_str(&format!("{}: {}\n", kept.id, kept.reason)));
    expect![[r#"
        {
          "name": "n",
          "image": "i:1",
          "taskTemplate": "measure",
          "inputs": [{"name": "images", "input": {"host_path": "./images"}}, {"name": "masks", "input": {"host_path": "./masks"}, "note": 1}],
          "outputs": [],
          "env": [{"name": "UNIT", "value": "cm"}, {"name": "THRESHOLD", "value": "0.7"}],
          "command": ["x"]
        }
        outputs/masks -> inputs/masks
        inputs/images/host_path: The template has no input of this name, so it is not mounted.
        env/UNIT: The template does not allow this value.
        env/THRESHOLD: The template does not declare this variable; the program gets it all the same.
    "#]].assert_eq(&shown);
}

#[test]
fn what_another_template_has_no_place_for_is_said() {
    let container = r#"{"templates": [{"identifier": "a", "inputs": [{"name": "x"}, {"name": "y"}], "outputs": [{"name": "z"}]},
        {"identifier": "b", "command": ["b"], "resources": {"limits": {"cpu": "1"}}}]}"#;
    let task = r#"{"taskTemplate": "a", "command": ["a"], "resources": {}, "outputs": [{"name": "z", "input": {"host_path": "q"}}],
        "inputs": [{"name": "x", "input": {"host_path": "p"}}]}"#;
    let kept = TaskForm::new(container, "", Some(task), OffsetUnit::Bytes).change_template("b").kept;
    let shown: String = kept.iter().map(|kept| format!("{}: {}\n", kept.id, kept.reason)).collect();
    expect![[r#"
        inputs/x/host_path: The template has no input of this name, so it is not mounted.
        outputs/z/host_path: The template has no output of this name, so it is not mounted.
        command: The task's command of its own still replaces that of the template.
        resources: The task's resources of its own still replace those of the template.
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_sole_channel_takes_the_directory_of_a_sole_one() {
    let container = r#"{"templates": [{"identifier": "a", "inputs": [{"name": "x"}]}, {"identifier": "b", "inputs": [{"name": "y"}]}]}"#;
    let task = r#"{"taskTemplate": "a", "inputs": [{"name": "x", "input": {"host_path": "p"}}]}"#;
    let mut form = TaskForm::new(container, "", Some(task), OffsetUnit::Bytes);
    form.change_template("b");
    expect![[r#"{"taskTemplate": "b", "inputs": [{"name": "y", "input": {"host_path": "p"}}]}"#]]
        .assert_eq(form.text());
}

#[test]
fn a_template_that_is_written_out_comes_back() {
    let task = r#"{"taskTemplate": {"identifier": "own", "comment": "mine"}}"#;
    let mut form = form(task);
    let change = form.change_template("segment");
    assert_eq!(form.text(), r#"{"taskTemplate": "segment"}"#);
    assert_eq!(change.notes.len(), 1);
    assert_fits(task, &form, &change.edits, &change.inverse);
}

#[test]
fn other_texts_and_edits_come_in_as_well() {
    let mut form = form("{\"name\": \"a\"}");
    assert!(form.apply(&[TextEdit::replace(Span::new(9, 12), "\"b\"")]));
    assert_eq!(form.field("name").unwrap().value, Some(FieldValue::Text("b".into())));
    assert!(!form.apply(&[TextEdit::insert(99, "x")]));
    form.set_container("{\"templates\": [{\"identifier\": \"z\"}]}");
    assert_eq!(form.state().templates.len(), 1);
    let minimal = minimal_task("", "z", Some(ApiVersion::V1));
    form.set_text(minimal);
    assert_eq!(form.state().api_version, 1);
}
