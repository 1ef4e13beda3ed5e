//! What a container's form shows.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

#[track_caller]
fn check(text: &str, open: &[&str], expected: Expect) {
    let open: Vec<String> = open.iter().map(|id| (*id).to_owned()).collect();
    expected.assert_eq(&lines(&form(text).state(&open)));
}

#[test]
fn closed_templates_are_a_line_each() {
    check(
        &of_version_1(),
        &[],
        expect![[r#"
            version 1, 0 missing
            name Text "Name": "lungs"
            description LongText "Description": "Segments lungs."
            == templates/0 segment: 1 in, 1 out, 3 env, 0 missing
            == templates/1 measure: 0 in, 0 out, 0 env, 0 missing
            #0 -: `x-owner` is not a known field [unknown-field]
            #1 templates/0/inputs/0/description: the input `images` has no description [blank-description]
            #2 templates/0/outputs/0/description: the output `masks` has no description [blank-description]
            #3 templates/0/env/1/description: the variable `FOLDS` has no description [blank-description]
            #4 templates/0/env/2/description: the variable `UNIT` has no description [blank-description]
        "#]],
    );
}

#[test]
fn what_is_open_has_its_fields() {
    check(
        CONTAINER,
        &["templates/0", "templates/0/inputs/0", "templates/0/env/2", "templates/0/env/7"],
        expect![[r#"
            version 0, 0 missing
            name Text "Name": "lungs"
            description LongText "Description": "Segments lungs."
            == templates/0 segment: 1 in, 1 out, 3 env, 0 missing
            templates/0/identifier Text "Identifier": "segment"
            templates/0/description LongText "Description": "Writes one mask for each image."
            = templates/0/inputs/0 images: /data/images -, 0 missing, asks for 20 × the size of its largest file
            templates/0/inputs/0/name Text "Name": "images"
            templates/0/inputs/0/mounted_path Path "Mounted path": "/data/images"
            templates/0/inputs/0/description LongText "Description": - #1
            templates/0/inputs/0/scale_rule/complexity Text "Complexity": "20*n"
            templates/0/inputs/0/scale_rule/type Choice "Type": "limit"
            templates/0/inputs/0/scale_rule/mode Choice "Mode": "max_file_size"
            templates/0/inputs/0/scale_rule/target_dir Text "Target directory": -
            templates/0/inputs/0/scale_rule/target_regex Text "Target regular expression": - [".*"]
            templates/0/inputs/0/scale_rule/target_glob Text "Target glob pattern": - ["*"]
            = templates/0/outputs/0 masks: /data/masks -, 0 missing
            = templates/0/env/0 THRESHOLD: 0.5 -, 0 missing
            = templates/0/env/1 FOLDS: 5 int, 0 missing
            = templates/0/env/2 UNIT: mm string, 0 missing, fixed
            templates/0/env/2/name Text "Name": "UNIT"
            templates/0/env/2/value Choice "Default value": "mm"
            templates/0/env/2/type Choice "Type": "string" removable
            templates/0/env/2/choices List "Choices": ["mm", "cm"] removable
            templates/0/env/2/adjustable Switch "Adjustable": "false" ["true"] changed
            templates/0/env/2/description LongText "Description": - #6
            templates/0/command Words "Command": ["python3", "-u", "segment.py"] removable
            templates/0/resources/limits/cpu Quantity "CPU": -
            templates/0/resources/limits/memory Quantity "Memory": "2Gi" removable
            templates/0/resources/limits/ephemeral-storage Quantity "Ephemeral storage": -
            templates/0/resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
            templates/0/resources/requests/cpu Quantity "CPU": -
            templates/0/resources/requests/memory Quantity "Memory": -
            templates/0/resources/requests/ephemeral-storage Quantity "Ephemeral storage": -
            templates/0/resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
            == templates/1 measure: 0 in, 0 out, 0 env, 0 missing
            #0 -: `x-owner` is not a known field [unknown-field]
            #1 templates/0/inputs/0/description: the input `images` has no description [blank-description]
            #2 templates/0/outputs/0/description: the output `masks` has no description [blank-description]
            #3 templates/0/env: comments are not part of JSON [syntax-error]
            #4 templates/0/env: comments are not part of JSON [syntax-error]
            #5 templates/0/env/1/description: the variable `FOLDS` has no description [blank-description]
            #6 templates/0/env/2/description: the variable `UNIT` has no description [blank-description]
        "#]],
    );
}

#[test]
fn in_version_1_variables_have_no_type_and_rules_a_factor() {
    check(
        &of_version_1(),
        &["templates/0", "templates/0/inputs/0", "templates/0/env/1"],
        expect![[r#"
            version 1, 0 missing
            name Text "Name": "lungs"
            description LongText "Description": "Segments lungs."
            == templates/0 segment: 1 in, 1 out, 3 env, 0 missing
            templates/0/identifier Text "Identifier": "segment"
            templates/0/description LongText "Description": "Writes one mask for each image."
            = templates/0/inputs/0 images: /data/images -, 0 missing, asks for 20 × the size of its largest file
            templates/0/inputs/0/name Text "Name": "images"
            templates/0/inputs/0/mounted_path Path "Mounted path": "/data/images"
            templates/0/inputs/0/description LongText "Description": - #1
            templates/0/inputs/0/scale_rule/scale_factor Integer "Scale factor": "20"
            templates/0/inputs/0/scale_rule/type Choice "Type": "limit"
            templates/0/inputs/0/scale_rule/mode Choice "Mode": "max_file_size"
            templates/0/inputs/0/scale_rule/target_dir Text "Target directory": -
            templates/0/inputs/0/scale_rule/target_regex Text "Target regular expression": - [".*"]
            templates/0/inputs/0/scale_rule/target_glob Text "Target glob pattern": - ["*"]
            = templates/0/outputs/0 masks: /data/masks -, 0 missing
            = templates/0/env/0 THRESHOLD: 0.5 -, 0 missing
            = templates/0/env/1 FOLDS: 5 -, 0 missing
            templates/0/env/1/name Text "Name": "FOLDS"
            templates/0/env/1/value Integer "Default value": "5" guessed
            templates/0/env/1/choices List "Choices": -
            templates/0/env/1/description LongText "Description": - #3
            = templates/0/env/2 UNIT: mm -, 0 missing
            templates/0/command Words "Command": ["python3", "-u", "segment.py"] removable
            templates/0/resources/limits/cpu Quantity "CPU": -
            templates/0/resources/limits/memory Quantity "Memory": "2Gi" removable
            templates/0/resources/limits/ephemeral-storage Quantity "Ephemeral storage": -
            templates/0/resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
            templates/0/resources/requests/cpu Quantity "CPU": -
            templates/0/resources/requests/memory Quantity "Memory": -
            templates/0/resources/requests/ephemeral-storage Quantity "Ephemeral storage": -
            templates/0/resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
            == templates/1 measure: 0 in, 0 out, 0 env, 0 missing
            #0 -: `x-owner` is not a known field [unknown-field]
            #1 templates/0/inputs/0/description: the input `images` has no description [blank-description]
            #2 templates/0/outputs/0/description: the output `masks` has no description [blank-description]
            #3 templates/0/env/1/description: the variable `FOLDS` has no description [blank-description]
            #4 templates/0/env/2/description: the variable `UNIT` has no description [blank-description]
        "#]],
    );
}

#[test]
fn findings_are_shown_where_they_belong() {
    let text = r#"{
  "name": "",
  "templates": [
    {
      "identifier": "a",
      "descriptoin": "b",
      "inputs": [{"name": "i", "mounted_path": "data", "scale_rule": {"type": "limt"}}, {"name": "i", "x": 1}],
      "outputs": "none",
      "env": [{"value": "6", "type": "int", "choices": ["1", 2]}],
      "resources": {"limits": {"memory": "4GB"}}
    },
    5
  ]
}"#;
    check(
        text,
        &["templates/0", "templates/0/inputs/0", "templates/0/env/0"],
        expect![[r#"
            version 0, 9 missing
            name Text "Name": "" missing #1
            description LongText "Description": - missing #0
            == templates/0 a: 2 in, 0 out, 1 env, 5 missing
            templates/0/identifier Text "Identifier": "a"
            templates/0/description LongText "Description": - missing #2
            = templates/0/inputs/0 i: data -, 2 missing
            templates/0/inputs/0/name Text "Name": "i"
            templates/0/inputs/0/mounted_path Path "Mounted path": "data" #4
            templates/0/inputs/0/description LongText "Description": - #3
            templates/0/inputs/0/scale_rule/complexity Text "Complexity": - missing #5
            templates/0/inputs/0/scale_rule/type Choice "Type": "limt" #7
            templates/0/inputs/0/scale_rule/mode Choice "Mode": - missing #6
            templates/0/inputs/0/scale_rule/target_dir Text "Target directory": -
            templates/0/inputs/0/scale_rule/target_regex Text "Target regular expression": - [".*"]
            templates/0/inputs/0/scale_rule/target_glob Text "Target glob pattern": - ["*"]
            = templates/0/inputs/1 i: - -, 1 missing, can have a rule
            = templates/0/env/0 : 6 int, 1 missing
            templates/0/env/0/name Text "Name": - missing #13
            templates/0/env/0/value Text "Default value": "6"
            templates/0/env/0/type Choice "Type": "int" removable
            templates/0/env/0/choices List "Choices": ["1", "2"] removable #14
            templates/0/env/0/adjustable Switch "Adjustable": - ["true"]
            templates/0/env/0/description LongText "Description": -
            templates/0/command Words "Command": -
            templates/0/resources/limits/cpu Quantity "CPU": -
            templates/0/resources/limits/memory Quantity "Memory": "4GB" removable #15
            templates/0/resources/limits/ephemeral-storage Quantity "Ephemeral storage": -
            templates/0/resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
            templates/0/resources/requests/cpu Quantity "CPU": -
            templates/0/resources/requests/memory Quantity "Memory": -
            templates/0/resources/requests/ephemeral-storage Quantity "Ephemeral storage": -
            templates/0/resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
            == templates/1 : 0 in, 0 out, 0 env, 2 missing
            #0 description: `description` is missing [missing-field]
            #1 name: the container has no name [empty-identifier]
            #2 templates/0/description: `description` is missing, and `descriptoin` is no field [missing-field]
            #3 templates/0/inputs/0/description: the input `i` has no description [blank-description]
            #4 templates/0/inputs/0/mounted_path: the mounted path "data" is not absolute [relative-mounted-path]
            #5 templates/0/inputs/0/scale_rule/complexity: `complexity` is missing [missing-field]
            #6 templates/0/inputs/0/scale_rule/mode: `mode` is missing [missing-field]
            #7 templates/0/inputs/0/scale_rule/type: `type` cannot be "limt": allowed are "limit", "request" [unknown-value]
            #8 templates/0/inputs/1/mounted_path: `mounted_path` is missing [missing-field]
            #9 templates/0/inputs/1/name: there are two inputs `i` [duplicate-channel]
            #10 templates/0/inputs/1/description: the input `i` has no description [blank-description]
            #11 templates/0/inputs/1: `x` is not a known field [unknown-field]
            #12 templates/0/outputs: `outputs` must be an array, but is the string "none" [wrong-type]
            #13 templates/0/env/0/name: `name` is missing [missing-field]
            #14 templates/0/env/0/choices: this element must be a string, but is the number 2 [wrong-type]
            #15 templates/0/resources/limits/memory: "4GB" is no amount of `memory`: the unit `GB` is written `G` [invalid-quantity]
            #16 templates/1: this element must be an object, but is the number 5 [wrong-type]
        "#]],
    );
}

#[test]
fn a_damaged_text_shows_what_was_there() {
    let mut form = form(&of_version_1());
    form.set_text(of_version_1().replace("\"FOLDS\", ", "\"FOLDS, "));
    let state = form.state(&["templates/0".to_owned(), "templates/0/env/1".to_owned()]);
    expect![[r#"
        version 1, 0 missing
        name Text "Name": "lungs"
        description LongText "Description": "Segments lungs."
        == templates/0 segment: 1 in, 1 out, 3 env, 0 missing
        templates/0/identifier Text "Identifier": "segment"
        templates/0/description LongText "Description": "Writes one mask for each image."
        = templates/0/inputs/0 images: /data/images -, 0 missing, asks for 20 × the size of its largest file
        = templates/0/outputs/0 masks: /data/masks -, 0 missing
        = templates/0/env/0 THRESHOLD: 0.5 -, 0 missing
        = templates/0/env/1 FOLDS: 5 -, 0 missing
        templates/0/env/1/name Text "Name": "FOLDS" broken #3
        templates/0/env/1/value Integer "Default value": "5" guessed
        templates/0/env/1/choices List "Choices": -
        templates/0/env/1/description LongText "Description": - #4
        = templates/0/env/2 UNIT: mm -, 0 missing
        templates/0/command Words "Command": ["python3", "-u", "segment.py"] removable
        templates/0/resources/limits/cpu Quantity "CPU": -
        templates/0/resources/limits/memory Quantity "Memory": "2Gi" removable
        templates/0/resources/limits/ephemeral-storage Quantity "Ephemeral storage": -
        templates/0/resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
        templates/0/resources/requests/cpu Quantity "CPU": -
        templates/0/resources/requests/memory Quantity "Memory": -
        templates/0/resources/requests/ephemeral-storage Quantity "Ephemeral storage": -
        templates/0/resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": -
        == templates/1 measure: 0 in, 0 out, 0 env, 0 missing
        #0 -: `x-owner` is not a known field [unknown-field]
        #1 templates/0/inputs/0/description: the input `images` has no description [blank-description]
        #2 templates/0/outputs/0/description: the output `masks` has no description [blank-description]
        #3 templates/0/env/1/name: this string has no closing quote [syntax-error]
        #4 templates/0/env/1/description: the variable `FOLDS` has no description [blank-description]
        #5 templates/0/env/2/description: the variable `UNIT` has no description [blank-description]
    "#]]
    .assert_eq(&lines(&state));
    assert_eq!(state.broken.map(|broken| broken.line), Some(20));
    assert!(form.set("name", &text_input("x")).problem.is_none(), "what is not damaged can be changed");
    assert!(form.set("templates/0/env/1/name", &text_input("A")).problem.is_none());
    assert!(form.state(&[]).broken.is_none(), "a new value takes the place of the damage");
    form.set_text("{\"name\": \"x\",\n \"templates\": [{".to_owned());
    assert_eq!(form.state(&[]).templates.len(), 2, "the second one only seems to be gone");
    let change = form.set("templates/1/identifier", &text_input("A"));
    assert!(change.problem.is_some_and(|problem| problem.contains("error in line 2")), "{}", form.text());
}

#[test]
fn any_json_gives_a_form() {
    for text in ["", "[]", "null", "{", r#"{"templates": {}}"#, r#"{"templates": [null, [], {"env": [1, {}]}]}"#] {
        let open: Vec<String> = (0..3).map(|index| format!("templates/{index}")).collect();
        let state = form(text).state(&open);
        assert!(state.fields.len() == 2 && state.templates.len() <= 3, "{text}");
    }
}

#[test]
fn ten_thousand_variables_are_quick() {
    let mut env = String::new();
    for index in 0..10_000 {
        let _ = write!(env, r#"{}{{"name": "V_{index}", "value": "1"}}"#, if index == 0 { "" } else { "," });
    }
    let text = format!(
        r#"{{"name": "a", "description": "b", "templates": [
          {{"identifier": "t", "description": "d", "inputs": [], "outputs": [], "env": [{env}]}}]}}"#
    );
    let mut form = form(&text);
    let open = ["templates/0".to_owned(), "templates/0/env/9999".to_owned()];
    assert_eq!(form.state(&open).templates[0].parts.as_ref().map(|parts| parts.env.len()), Some(10_000));
    assert!(form.set("templates/0/env/9999/value", &text_input("2")).problem.is_none());
    assert_eq!(form.duplicate("templates/0/env/5").entry.as_deref(), Some("templates/0/env/6"));
    assert!(form.move_entry("templates/0/env/9999", 0).problem.is_none());
    assert!(form.text().contains(r#""env": [{"name": "V_9998""#));
}
