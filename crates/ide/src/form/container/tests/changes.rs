//! What an author's changes do to the text.

use expect_test::{Expect, expect};

use super::*;

/// Makes changes one after the other, and shows the lines that are not those of before, problems and new entries.
#[track_caller]
fn check(text: &str, changes: impl Fn(&mut ContainerForm) -> Vec<ContainerChange>, expected: Expect) {
    let mut form = form(text);
    let all = changes(&mut form);
    // Without a line at the margin, the snapshot would lose its indentation.
    let mut shown = "changed:\n".to_owned();
    let before: Vec<&str> = text.lines().collect();
    let after: Vec<&str> = form.text().lines().collect();
    let start = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let behind = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let end = after.len() - behind.min(before.len().min(after.len()) - start);
    after[start..end].iter().for_each(|line| shown.extend([line, "\n"]));
    for change in &all {
        change.problem.iter().for_each(|problem| shown.extend(["! ", problem, "\n"]));
        change.entry.iter().for_each(|entry| shown.extend(["-> ", entry, "\n"]));
    }
    expected.assert_eq(&shown);
    let mut again = self::form(text);
    for change in all.iter().filter(|change| change.problem.is_none()) {
        assert!(again.apply(&bytes(&change.edits)));
    }
    assert_eq!(again.text(), form.text());
    for change in all.iter().rev() {
        assert!(again.apply(&bytes(&change.inverse)));
    }
    assert_eq!(again.text(), text, "everything can be undone");
}

#[test]
fn values_are_written_where_they_stand() {
    check(
        CONTAINER,
        |form| {
            vec![
                form.set("templates/0/env/0/value", &text_input("0.7")),
                form.set("templates/0/env/0/type", &text_input("string")),
                form.set("templates/0/env/0/choices", &Input::Words(vec!["0.5".into(), "0.7".into()])),
                form.set("templates/0/env/1/adjustable", &Input::Switch(false)),
                form.set("templates/0/env/2/value", &text_input("cm")),
            ]
        },
        expect![[r#"
            changed:
                    {"name": "THRESHOLD", "value": "0.7", "description": "Voxels below are background.", "type": "string", "choices": ["0.5", "0.7"]}, // as in the paper
                    // Cross-validation.
                    {"name": "FOLDS", "value": "5", "type": "int", "adjustable": false},
                    {"name": "UNIT", "value": "cm", "type": "string", "choices": ["mm", "cm"], "adjustable": false}
        "#]],
    );
}

#[test]
fn what_is_optional_goes_when_it_is_emptied() {
    check(
        CONTAINER,
        |form| {
            vec![
                form.set("templates/0/env/0/description", &text_input("")),
                form.set("templates/0/env/2/choices", &Input::Words(Vec::new())),
                form.reset("templates/0/env/2/adjustable"),
                form.remove("templates/0/inputs/0/scale_rule"),
                form.set("templates/0/resources/limits/memory", &text_input("")),
                form.remove("templates/0/command"),
                form.set("name", &text_input("")),
                form.reset("templates/0/identifier"),
            ]
        },
        expect![[r#"
            changed:
              "name": "",
              "description": "Segments lungs.",
              "x-owner": "radiology",
              "templates": [
                {
                  "identifier": "segment",
                  "description": "Writes one mask for each image.",
                  "inputs": [
                    {
                      "name": "images",
                      "mounted_path": "/data/images"
                    }
                  ],
                  "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
                  "env": [
                    {"name": "THRESHOLD", "value": "0.5"}, // as in the paper
                    // Cross-validation.
                    {"name": "FOLDS", "value": "5", "type": "int"},
                    {"name": "UNIT", "value": "mm", "type": "string"}
                  ]
            ! A container cannot do without this.
        "#]],
    );
}

#[test]
fn entries_are_added_in_the_layout_of_their_neighbours() {
    check(
        CONTAINER,
        |form| {
            vec![
                form.add("templates/0/inputs", "atlas", "/atlas"),
                form.add("templates/0/inputs/1/scale_rule", "", ""),
                form.add("templates/0/outputs", "report", ""),
                form.add("templates/0/env", "FAST", "true"),
                form.add("templates/0/resources/requests", "memory", "1Gi"),
                form.add("templates/1/env", "UNIT", "ml"),
                form.add("templates/1/env", "DIGITS", "2"),
                form.add("templates", "check", "Looks at masks."),
            ]
        },
        expect![[r#"
            changed:
                    },
                    {
                      "name": "atlas",
                      "mounted_path": "/atlas",
                      "scale_rule": {"complexity": "n", "type": "limit", "mode": "sum"}
                    }
                  ],
                  "outputs": [{"name": "masks", "mounted_path": "/data/masks"}, {"name": "report", "mounted_path": "/data/report"}],
                  "env": [
                    {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."}, // as in the paper
                    // Cross-validation.
                    {"name": "FOLDS", "value": "5", "type": "int"},
                    {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false},
                    {"name": "FAST", "value": "true"}
                  ],
                  "command": ["python3", "-u", "segment.py"],
                  "resources": {"limits": {"memory": "2Gi"}, "requests": {"memory": "1Gi"}}
                },
                {
                  "identifier": "measure",
                  "description": "Measures masks.",
                  "inputs": [],
                  "outputs": [],
                  "env": [
                    {"name": "UNIT", "value": "ml"},
                    {"name": "DIGITS", "value": "2"}
                  ]
                },
                {
                  "identifier": "check",
                  "description": "Looks at masks.",
            -> templates/0/inputs/1
            -> templates/0/inputs/1/scale_rule
            -> templates/0/outputs/1
            -> templates/0/env/3
            -> templates/0/resources/requests/memory
            -> templates/1/env/0
            -> templates/1/env/1
            -> templates/2
        "#]],
    );
}

#[test]
fn a_container_grows_from_nothing() {
    let mut form = form("{}\n");
    form.set("name", &text_input("lungs"));
    form.set("description", &text_input("Segments lungs."));
    form.add("templates", "segment", "Writes masks.");
    form.add("templates/0/inputs", "images", "");
    form.add("templates/0/env", "A", "1");
    form.set("templates/0/command", &Input::Words(vec!["run".into()]));
    expect![[r#"
        {"name": "lungs", "description": "Segments lungs.", "templates": [{"identifier": "segment", "description": "Writes masks.", "inputs": [{"name": "images", "mounted_path": "/data/images"}], "outputs": [], "env": [{"name": "A", "value": "1"}], "command": ["run"]}]}
    "#]].assert_eq(form.text());
    assert!(form.state(&[]).valid, "{:?}", form.state(&[]).diagnostics);
}

#[test]
fn a_template_starts_in_an_empty_list_with_lines_of_its_own() {
    check(
        "{\n  \"name\": \"a\",\n  \"description\": \"b\",\n  \"templates\": []\n}\n",
        |form| vec![form.add("templates", "segment", "Writes masks."), form.add("templates/0/env", "A", "1")],
        expect![[r#"
            changed:
              "templates": [
                {
                  "identifier": "segment",
                  "description": "Writes masks.",
                  "inputs": [],
                  "outputs": [],
                  "env": [
                    {"name": "A", "value": "1"}
                  ]
                }
              ]
            -> templates/0
            -> templates/0/env/0
        "#]],
    );
}

#[test]
fn copies_have_free_names_and_paths() {
    check(
        CONTAINER,
        |form| {
            vec![
                form.duplicate("templates/0/outputs/0"),
                form.duplicate("templates/0/outputs/1"),
                form.duplicate("templates/0/env/0"),
                form.duplicate("templates/0/env/3"),
                form.duplicate("templates/1"),
            ]
        },
        expect![[r#"
            changed:
                  "outputs": [{"name": "masks", "mounted_path": "/data/masks"}, {"name": "masks-2", "mounted_path": "/data/masks-2"}, {"name": "masks-3", "mounted_path": "/data/masks-3"}],
                  "env": [
                    {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."}, // as in the paper
                    {"name": "THRESHOLD_2", "value": "0.5", "description": "Voxels below are background."},
                    // Cross-validation.
                    {"name": "FOLDS", "value": "5", "type": "int"},
                    {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false},
                    {"name": "UNIT_2", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false}
                  ],
                  "command": ["python3", "-u", "segment.py"],
                  "resources": {"limits": {"memory": "2Gi"}}
                },
                {
                  "identifier": "measure",
                  "description": "Measures masks.",
                  "inputs": [],
                  "outputs": [],
                  "env": []
                },
                {
                  "identifier": "measure-2",
            -> templates/0/outputs/1
            -> templates/0/outputs/2
            -> templates/0/env/1
            -> templates/0/env/4
            -> templates/2
        "#]],
    );
}

#[test]
fn entries_move_with_their_comments() {
    check(
        CONTAINER,
        |form| vec![form.move_entry("templates/0/env/0", 1), form.move_entry("templates/0/env/2", 0)],
        expect![[r#"
            changed:
                    {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false},
                    // Cross-validation.
                    {"name": "FOLDS", "value": "5", "type": "int"},
                    {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."} // as in the paper
            -> templates/0/env/1
            -> templates/0/env/0
        "#]],
    );
    check(
        &of_version_1(),
        |form| {
            vec![
                form.move_entry("templates/1", 0),
                form.move_entry("templates/0", 5),
                form.move_entry("templates/7", 0),
            ]
        },
        expect![[r#"
            changed:
                  "identifier": "measure",
                  "description": "Measures masks.",
                  "inputs": [],
                  "outputs": [],
                  "env": []
                },
                {
                  "identifier": "segment",
                  "description": "Writes one mask for each image.",
                  "inputs": [
                    {
                      "name": "images",
                      "mounted_path": "/data/images",
                      "scale_rule": {"scale_factor": 20, "type": "limit", "mode": "max_file_size"}
                    }
                  ],
                  "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
                  "env": [
                    {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."},
                    {"name": "FOLDS", "value": "5"},
                    {"name": "UNIT", "value": "mm", "choices": ["mm", "cm"]}
                  ],
                  "command": ["python3", "-u", "segment.py"],
                  "resources": {"limits": {"memory": "2Gi"}}
            -> templates/0
            ! The list ends before that.
            ! The form has no field `templates/7`.
        "#]],
    );
}

#[test]
fn entries_are_taken_out() {
    check(
        CONTAINER,
        |form| vec![form.remove("templates/0/env/1"), form.remove("templates/0/inputs/0"), form.remove("templates/1")],
        expect![[r#"
            changed:
                  "inputs": [],
                  "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
                  "env": [
                    {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."}, // as in the paper
                    // Cross-validation.
                    {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false}
                  ],
                  "command": ["python3", "-u", "segment.py"],
                  "resources": {"limits": {"memory": "2Gi"}}
        "#]],
    );
}

#[test]
fn rules_are_written_in_the_words_of_the_version() {
    check(
        &of_version_1(),
        |form| {
            vec![
                form.add("templates/1/inputs", "masks", ""),
                form.add("templates/1/inputs/0/scale_rule", "", ""),
                form.set("templates/1/inputs/0/scale_rule/scale_factor", &text_input("3")),
                form.set("templates/1/inputs/0/scale_rule/mode", &text_input("max_item_sum")),
                form.set("templates/1/inputs/0/scale_rule/target_glob", &text_input("*.dcm")),
                form.add("templates/1/inputs/0/scale_rule", "", ""),
                form.set("templates/1/inputs/0/scale_rule/complexity", &text_input("n")),
            ]
        },
        expect![[r#"
            changed:
                  "inputs": [
                    {"name": "masks", "mounted_path": "/data/masks", "scale_rule": {"scale_factor": 3, "type": "limit", "mode": "max_item_sum", "target_glob": "*.dcm"}}
                  ],
            -> templates/1/inputs/0
            -> templates/1/inputs/0/scale_rule
            ! There is a scale rule already.
            ! The form has no field `templates/1/inputs/0/scale_rule/complexity`.
        "#]],
    );
}

#[test]
fn what_there_is_not_cannot_be_changed() {
    check(
        CONTAINER,
        |form| {
            vec![
                form.set("templates/9/identifier", &text_input("x")),
                form.set("templates/0/colour", &text_input("x")),
                form.set("templates/0/identifier", &Input::Words(Vec::new())),
                form.add("templates/0/env", " ", "x"),
                form.add("templates/0", "x", "x"),
                form.duplicate("templates/0/env"),
                form.move_entry("templates/0/env/0", 3),
                form.remove("templates/0/env/8"),
            ]
        },
        expect![[r#"
            changed:
            ! `templates` has no such entry. The text has an error in line 18: comments are not part of JSON.
            ! The form has no field `templates/0/colour`.
            ! `identifier` is one text, and not a list.
            ! An entry needs a name.
            ! There is no list `templates/0`.
            ! The form has no field `templates/0/env`.
            ! The list ends before that.
        "#]],
    );
}
