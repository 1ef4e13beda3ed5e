//! What the form shows.

use expect_test::{Expect, expect};

use super::*;

#[track_caller]
fn check(task: &str, expected: Expect) {
    expected.assert_eq(&lines(&form(task).state()));
}

#[test]
fn a_task_with_its_template() {
    check(
        &plain(TASK),
        expect![[r#"
        == Task: 0 missing, 0 changed
        template Choice "Task template": "segment" [- Task] set
        name Text "Name": "study 7" [- Task] set
        image Text "Image": "registry.example.org/lungs:1.2.0" [- Task] set
        == Inputs: 0 missing, 0 changed
        inputs/images at /data/images: asks for 20 × the size of its largest file
          inputs/images/host_path Path "Host path": "./images" [- Task] set #1
        == Outputs: 1 missing, 0 changed
        outputs/masks at /data/masks: -
          outputs/masks/host_path Path "Host path": - [- Nothing] missing #2
        == Parameters: 0 missing, 1 changed
        env/THRESHOLD Number "Threshold": "0.7" ["0.5" Task] set changed guessed
        env/FOLDS Integer "Folds": - ["5" Template]
        env/FAST Switch "Fast": - ["true" Template]
        env/UNIT Choice "Unit": - ["mm" Template]
        env/MODEL Text "Model": - ["v2" Template] locked
        env/API_TOKEN Text "Api token": - [- Template] secret
        env/EXTRA Text "Extra": "1" [- Task] set removable unknown #3
        == Resources: 0 missing, 0 changed
        resources/limits/cpu Quantity "CPU": - ["500m" Template]
        resources/limits/memory Quantity "Memory": - ["2Gi" Template]
        resources/limits/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        resources/requests/cpu Quantity "CPU": - [- Nothing]
        resources/requests/memory Quantity "Memory": - [- Nothing]
        resources/requests/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        == Advanced: 0 missing, 0 changed
        command Words "Command": - [["python3", "-u", "segment.py"] Template]
        config/type Choice "Type": - [- Nothing]
        config/registryUrl Text "Registry URL": - [- Nothing]
        config/registryUsername Text "Registry user name": - [- Nothing]
        config/registryPassword Text "Registry password": - [- Nothing] secret
        scale-rules/images/complexity Text "Complexity": - ["20*n" Template]
        scale-rules/images/type Choice "Type": - ["limit" Template]
        scale-rules/images/mode Choice "Mode": - ["max_file_size" Template]
        scale-rules/images/target_dir Text "Target directory": - [- Nothing]
        scale-rules/images/target_regex Text "Target regular expression": - [".*" Nothing]
        scale-rules/images/target_glob Text "Target glob pattern": - ["*" Nothing]
        #0 -: `owner` is not a known field [unknown-field]
        #1 inputs/images/host_path: `note` is not a known field [unknown-field]
        #2 outputs/masks/host_path: output `masks` of template `segment` has no directory [unbound-channel]
        #3 env/EXTRA: template `segment` does not declare the variable `EXTRA` [unknown-env]
    "#]],
    );
}

#[test]
fn a_container_alone_gives_the_form_that_its_users_will_see() {
    let form = TaskForm::new(CONTAINER, "measure", None, OffsetUnit::Utf16);
    expect![[r#"
        {
          "name": "measure",
          "image": "",
          "taskTemplate": "measure",
          "inputs": [],
          "outputs": []
        }
    "#]]
    .assert_eq(form.text());
    expect![[r#"
        == Task: 1 missing, 0 changed
        template Choice "Task template": "measure" [- Task] set
        name Text "Name": "measure" [- Task] set
        image Text "Image": "" [- Task] missing set #0
        == Inputs: 1 missing, 0 changed
        inputs/masks at /data/masks: -
          inputs/masks/host_path Path "Host path": - [- Nothing] missing #1
        == Outputs: 1 missing, 0 changed
        outputs/volumes at /data/volumes: -
          outputs/volumes/host_path Path "Host path": - [- Nothing] missing #2
        == Parameters: 0 missing, 0 changed
        env/UNIT Choice "Unit": - ["ml" Template]
        == Resources: 0 missing, 0 changed
        resources/limits/cpu Quantity "CPU": - [- Nothing]
        resources/limits/memory Quantity "Memory": - [- Nothing]
        resources/limits/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        resources/requests/cpu Quantity "CPU": - [- Nothing]
        resources/requests/memory Quantity "Memory": - [- Nothing]
        resources/requests/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        == Advanced: 0 missing, 0 changed
        command Words "Command": - [- Nothing]
        config/type Choice "Type": - [- Nothing]
        config/registryUrl Text "Registry URL": - [- Nothing]
        config/registryUsername Text "Registry user name": - [- Nothing]
        config/registryPassword Text "Registry password": - [- Nothing] secret
        scale-rules/masks/complexity Text "Complexity": - [- Nothing]
        scale-rules/masks/type Choice "Type": - [- Nothing]
        scale-rules/masks/mode Choice "Mode": - [- Nothing]
        scale-rules/masks/target_dir Text "Target directory": - [- Nothing]
        scale-rules/masks/target_regex Text "Target regular expression": - [".*" Nothing]
        scale-rules/masks/target_glob Text "Target glob pattern": - ["*" Nothing]
        #0 image: "" is no image reference: it is empty [invalid-image-reference]
        #1 inputs/masks/host_path: input `masks` of template `measure` has no directory [unbound-channel]
        #2 outputs/volumes/host_path: output `volumes` of template `measure` has no directory [unbound-channel]
    "#]]
    .assert_eq(&lines(&form.state()));
}

#[test]
fn a_minimal_task_has_the_version_of_its_container() {
    let container = r#"{"api_version": 1, "name": "a", "description": "b", "templates": [{"identifier": "x \" y", "description": "",
        "inputs": [], "outputs": [], "env": []}]}"#;
    let form = TaskForm::new(container, "", None, OffsetUnit::Utf16);
    expect![[r#"
        {
          "api_version": 1,
          "name": "x \" y",
          "image": "",
          "taskTemplate": "x \" y",
          "inputs": [],
          "outputs": []
        }
    "#]]
    .assert_eq(form.text());
    let state = form.state();
    assert_eq!((state.api_version, state.template_name.as_deref()), (1, Some("x \" y")));
    assert!(!minimal_task(container, "x", Some(ApiVersion::V0)).contains("api_version"));
}

#[test]
fn version_1_has_no_types_so_the_default_tells() {
    let container = r#"{"api_version": 1, "name": "a", "description": "b", "templates": [{"identifier": "x", "description": "",
        "inputs": [{"name": "in", "mounted_path": "/in", "scale_rule": {"scale_factor": 2, "type": "limit", "mode": "max_item_sum", "target_dir": "ct"}}],
        "outputs": [], "env": [{"name": "A", "value": "true"}, {"name": "B", "value": "007"}, {"name": "C", "value": "12"},
        {"name": "D", "value": "0.25"}, {"name": "E", "value": "a\nb"}]}]}"#;
    let form = TaskForm::new(container, "x", None, OffsetUnit::Utf16);
    expect![[r#"
        == Task: 1 missing, 0 changed
        template Choice "Task template": "x" [- Task] set
        name Text "Name": "x" [- Task] set
        image Text "Image": "" [- Task] missing set #0
        == Inputs: 1 missing, 0 changed
        inputs/in at /in: asks for 2 × the size of its largest item, counting those below `ct`
          inputs/in/host_path Path "Host path": - [- Nothing] missing #1
        == Outputs: 0 missing, 0 changed
        == Parameters: 0 missing, 0 changed
        env/A Switch "A": - ["true" Template] guessed
        env/B Text "B": - ["007" Template]
        env/C Integer "C": - ["12" Template] guessed
        env/D Number "D": - ["0.25" Template] guessed
        env/E LongText "E": - ["a\nb" Template]
        == Resources: 0 missing, 0 changed
        resources/limits/cpu Quantity "CPU": - [- Nothing]
        resources/limits/memory Quantity "Memory": - [- Nothing]
        resources/limits/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        resources/requests/cpu Quantity "CPU": - [- Nothing]
        resources/requests/memory Quantity "Memory": - [- Nothing]
        resources/requests/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        == Advanced: 0 missing, 0 changed
        command Words "Command": - [- Nothing]
        config/type Choice "Type": - [- Nothing]
        config/registryUrl Text "Registry URL": - [- Nothing]
        config/registryUsername Text "Registry user name": - [- Nothing]
        config/registryPassword Text "Registry password": - [- Nothing] secret
        scale-rules/in/scale_factor Integer "Scale factor": - ["2" Template]
        scale-rules/in/type Choice "Type": - ["limit" Template]
        scale-rules/in/mode Choice "Mode": - ["max_item_sum" Template]
        scale-rules/in/target_dir Text "Target directory": - ["ct" Template]
        scale-rules/in/target_regex Text "Target regular expression": - [".*" Nothing]
        scale-rules/in/target_glob Text "Target glob pattern": - ["*" Nothing]
        #0 image: "" is no image reference: it is empty [invalid-image-reference]
        #1 inputs/in/host_path: input `in` of template `x` has no directory [unbound-channel]
    "#]]
    .assert_eq(&lines(&form.state()));
    assert_eq!(form.field("env/D").unwrap().step.as_deref(), Some("0.01"));
}

#[test]
fn a_template_in_the_task_needs_no_container() {
    let task = r#"{"name": "n", "image": "i:1", "taskTemplate": {"identifier": "own", "description": "d",
        "inputs": [{"name": "in", "mounted_path": "/in"}], "outputs": [], "env": [{"name": "A", "value": "1"}]},
        "inputs": [], "outputs": [{"name": "x", "input": {"host_path": "./x"}}]}"#;
    let form = TaskForm::new("", "", Some(task), OffsetUnit::Utf16);
    let state = form.state();
    assert!(state.template.as_ref().unwrap().is_inline);
    expect![[r#"
        == Task: 0 missing, 0 changed
        template Choice "Task template": "own" [- Task] set #0 #1
        name Text "Name": "n" [- Task] set
        image Text "Image": "i:1" [- Task] set
        == Inputs: 1 missing, 0 changed
        inputs/in at /in: -
          inputs/in/host_path Path "Host path": - [- Nothing] missing #2
        == Outputs: 0 missing, 0 changed
        outputs/x at -: -
          outputs/x/host_path Path "Host path": "./x" [- Task] set removable unknown #3
        == Parameters: 0 missing, 0 changed
        env/A Integer "A": - ["1" Template] guessed
        == Resources: 0 missing, 0 changed
        resources/limits/cpu Quantity "CPU": - [- Nothing]
        resources/limits/memory Quantity "Memory": - [- Nothing]
        resources/limits/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/limits/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        resources/requests/cpu Quantity "CPU": - [- Nothing]
        resources/requests/memory Quantity "Memory": - [- Nothing]
        resources/requests/ephemeral-storage Quantity "Ephemeral storage": - [- Nothing]
        resources/requests/nvidia.com~1gpu Quantity "NVIDIA GPUs": - [- Nothing]
        == Advanced: 0 missing, 0 changed
        command Words "Command": - [- Nothing]
        config/type Choice "Type": - [- Nothing]
        config/registryUrl Text "Registry URL": - [- Nothing]
        config/registryUsername Text "Registry user name": - [- Nothing]
        config/registryPassword Text "Registry password": - [- Nothing] secret
        scale-rules/in/complexity Text "Complexity": - [- Nothing]
        scale-rules/in/type Choice "Type": - [- Nothing]
        scale-rules/in/mode Choice "Mode": - [- Nothing]
        scale-rules/in/target_dir Text "Target directory": - [- Nothing]
        scale-rules/in/target_regex Text "Target regular expression": - [".*" Nothing]
        scale-rules/in/target_glob Text "Target glob pattern": - ["*" Nothing]
        #0 template: the input `in` has no description [blank-description]
        #1 template: the variable `A` has no description [blank-description]
        #2 inputs/in/host_path: input `in` of template `own` has no directory [unbound-channel]
        #3 outputs/x/host_path: template `own` has no output `x` [unknown-channel]
    "#]]
    .assert_eq(&lines(&state));
}

#[test]
fn a_broken_text_keeps_the_values_that_could_be_read() {
    let mut form = form(&plain(TASK));
    form.set_text(
        form.text().replace(r#""value": "0.7"}"#, r#""value": }"#).replace("\"name\": \"study 7\",", "\"name"),
    );
    let state = form.state();
    let broken: Vec<String> = state.sections.fields().filter(|field| field.broken.is_some()).map(line).collect();
    expect![[r#"
        name Text "Name": "study 7" [- Task] set broken #0
        env/THRESHOLD Number "Threshold": "0.7" ["0.5" Task] set changed guessed broken #8"#]]
    .assert_eq(&broken.join("\n"));
    assert_eq!(form.field("env/THRESHOLD").unwrap().broken.unwrap().line, 2);
    form.set_text(plain(TASK));
    assert!(form.state().broken.is_none());
    assert_eq!(form.field("env/THRESHOLD").unwrap().broken, None);
}

#[test]
fn nothing_at_all_is_a_form_too() {
    for text in
        ["", "[]", "5", "{", "\u{feff}", "null", "\"", "{{ x }}", "{\"taskTemplate\": {}}", "{\"env\": {\"A\": \"1\"}}"]
    {
        let form = TaskForm::new("", "", Some(text), OffsetUnit::Utf16);
        assert_eq!(form.state().sections.task.fields.len(), 3, "{text}");
        form.what_will_run(&RunOptions::default());
        form.operator_snippet(&OperatorOptions::default());
    }
}

#[test]
fn config_is_that_of_its_type() {
    let task = r#"{"api_version": 1, "name": "n", "image": "i:1", "taskTemplate": "segment", "config": {"type": "k8s", "namespace": "a",
        "labels": {"x": "y", "n": 5}, "annotations": {"a/b": "c"}, "imagePullSecrets": ["s"], "more": {"z": 1}, "registryPassword": "hunter2"}}"#;
    let state = form(task).state();
    let config: Vec<String> =
        state.sections.advanced.fields.iter().filter(|f| f.id.starts_with("config")).map(line).collect();
    expect![[r#"
        config/type Choice "Type": "k8s" [- Task] set changed
        config/namespace Text "Namespace": "a" [- Task] set changed
        config/labels/x Text "x": "y" [- Task] set changed removable
        config/labels/n Json "n": "5" [- Task] set changed removable
        config/annotations/a~1b Text "a/b": "c" [- Task] set changed removable
        config/registryUrl Text "Registry URL": - [- Nothing]
        config/registryUsername Text "Registry user name": - [- Nothing]
        config/registryPassword Text "Registry password": "hunter2" [- Task] set changed secret #2
        config/imagePullSecrets List "Image pull secrets": ["s"] [- Task] set changed
        config/more Json "More": "{\"z\": 1}" [- Task] set changed removable unknown"#]]
    .assert_eq(&config.join("\n"));
    assert_eq!(state.sections.advanced.can_add, ["config/labels", "config/annotations"]);
}

#[test]
fn ranges_count_in_the_unit_that_was_asked_for() {
    let task = r#"{"description": "😀", "name": "é"}"#;
    let form = TaskForm::new("", "", Some(task), OffsetUnit::Utf16);
    let range = form.field("name").unwrap().range.unwrap();
    let units: Vec<u16> = task.encode_utf16().collect();
    assert_eq!(String::from_utf16(&units[range.start as usize..range.end as usize]).unwrap(), "\"é\"");
}

#[test]
fn a_limit_that_the_task_does_not_take_over_is_lost_and_said_to_be() {
    let form = form(r#"{"taskTemplate": "segment", "resources": {"limits": {"memory": "2Gi"}}}"#);
    let shown = ["resources/limits/memory", "resources/limits/cpu"].map(|id| line(&form.field(id).unwrap()));
    expect![[r#"
        resources/limits/memory Quantity "Memory": "2Gi" ["2Gi" Task] set
        resources/limits/cpu Quantity "CPU": - ["500m" Nothing] changed"#]]
    .assert_eq(&shown.join("\n"));
    let parts = form.field("resources/limits/memory").unwrap().quantity.unwrap();
    assert_eq!((parts.number.as_deref(), parts.unit.as_deref()), (Some("2"), Some("Gi")));
    assert_eq!(parts.in_words.as_deref(), Some("2 147 483 648 bytes = 2 GiB"));
}

#[test]
fn what_is_left_to_resources_of_odd_kinds() {
    for resources in ["null", "[]", "5", r#"{"limits": []}"#, r#"{"limits": {"memory": null}}"#] {
        let mut form = form(&format!(r#"{{"taskTemplate": "segment", "resources": {resources}}}"#));
        let change = form.set("resources/limits/memory", &text_input("1Gi"));
        let read = form.field("resources/limits/memory").unwrap().value;
        let is_done = read == Some(FieldValue::Text("1Gi".to_owned()));
        assert_eq!(change.problem.is_none(), is_done, "{resources}: {} {:?}", form.text(), change.problem);
    }
}

#[test]
fn one_field_is_as_among_the_others() {
    let form = form(TASK);
    let state = form.state();
    for field in state.sections.fields() {
        assert_eq!(form.field(&field.id).as_ref(), Some(field), "{}", field.id);
    }
    assert_eq!(form.field("env/NONE"), None);
    assert_eq!(form.field("nonsense"), None);
}
