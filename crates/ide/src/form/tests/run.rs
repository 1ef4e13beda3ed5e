//! What will run, and what is taken away.

use expect_test::{Expect, expect};

use super::*;

fn ready() -> TaskForm {
    let mut form = form(&plain(TASK));
    form.bind_missing();
    form.set("env/API_TOKEN", &text_input("hunter2"));
    form
}

#[track_caller]
fn check(form: &TaskForm, options: &RunOptions, expected: Expect) {
    let run = form.what_will_run(options);
    let mut shown = format!("ready: {}\n", run.is_ready);
    run.problems.iter().for_each(|problem| shown.push_str(&format!("! {problem}\n")));
    run.notices.iter().for_each(|notice| shown.push_str(&format!("i {notice}\n")));
    for value in &run.values {
        let field = value.field.as_deref().unwrap_or("-");
        shown.push_str(&format!("{} = {} ({:?}, {field})\n", value.name, value.value, value.origin));
    }
    shown.push_str(&format!("{}\n{}\n", run.docker.as_deref().unwrap_or("-"), run.task_api));
    expected.assert_eq(&shown);
}

#[test]
fn values_with_their_origins_and_the_lines_that_do_the_same() {
    check(
        &ready(),
        &RunOptions::default(),
        expect![[r#"
        ready: true
        taskTemplate = segment (Task, template)
        name = study 7 (Task, name)
        image = registry.example.org/lungs:1.2.0 (Task, image)
        images = ./images → /data/images (Task, inputs/images/host_path)
        masks = ./masks → /data/masks (Task, outputs/masks/host_path)
        THRESHOLD = 0.7 (Task, env/THRESHOLD)
        FOLDS = 5 (Template, env/FOLDS)
        FAST = True (Template, env/FAST)
        UNIT = mm (Template, env/UNIT)
        MODEL = v2 (Template, env/MODEL)
        API_TOKEN = [redacted] (Task, env/API_TOKEN)
        EXTRA = 1 (Task, env/EXTRA)
        limits.cpu = 500m (Template, resources/limits/cpu)
        limits.memory = 2Gi (Template, resources/limits/memory)
        command = python3 -u segment.py (Template, command)
        scale rule of images = 20*n (Template, scale-rules/images/complexity)
        docker run --rm --security-opt no-new-privileges --user "$(id -u):$(id -g)" --memory 2147483648 --memory-swap 2147483648 --cpus 0.5 --mount type=bind,source="$PWD"/images,target=/data/images,readonly --mount type=bind,source="$PWD"/masks,target=/data/masks --env THRESHOLD=0.7 --env FOLDS=5 --env FAST=True --env UNIT=mm --env MODEL=v2 --env API_TOKEN --env EXTRA=1 registry.example.org/lungs:1.2.0 python3 -u segment.py
        task-api run task.json
    "#]],
    );
    let options = RunOptions {
        directory: Some("/home/me/study 7".to_owned()),
        file: Some("-my task.json".to_owned()),
        sizes: [("images".to_owned(), 1 << 30)].into(),
        max_size: None,
    };
    check(
        &ready(),
        &options,
        expect![[r#"
        ready: true
        taskTemplate = segment (Task, template)
        name = study 7 (Task, name)
        image = registry.example.org/lungs:1.2.0 (Task, image)
        images = ./images → /data/images (Task, inputs/images/host_path)
        masks = ./masks → /data/masks (Task, outputs/masks/host_path)
        THRESHOLD = 0.7 (Task, env/THRESHOLD)
        FOLDS = 5 (Template, env/FOLDS)
        FAST = True (Template, env/FAST)
        UNIT = mm (Template, env/UNIT)
        MODEL = v2 (Template, env/MODEL)
        API_TOKEN = [redacted] (Task, env/API_TOKEN)
        EXTRA = 1 (Task, env/EXTRA)
        limits.cpu = 500m (Template, resources/limits/cpu)
        limits.memory = 2Gi (Template, resources/limits/memory)
        command = python3 -u segment.py (Template, command)
        scale rule of images = 20*n (Template, scale-rules/images/complexity)
        docker run --rm --security-opt no-new-privileges --user "$(id -u):$(id -g)" --memory 21474836480 --memory-swap 21474836480 --cpus 0.5 --mount 'type=bind,source=/home/me/study 7/images,target=/data/images,readonly' --mount 'type=bind,source=/home/me/study 7/masks,target=/data/masks' --env THRESHOLD=0.7 --env FOLDS=5 --env FAST=True --env UNIT=mm --env MODEL=v2 --env API_TOKEN --env EXTRA=1 registry.example.org/lungs:1.2.0 python3 -u segment.py
        task-api run './-my task.json'
    "#]],
    );
    assert!(!format!("{:?}", ready().what_will_run(&options)).contains("hunter2"));
}

#[test]
fn what_is_missing_is_a_problem() {
    check(
        &TaskForm::new(CONTAINER, "segment", None, OffsetUnit::Utf16),
        &RunOptions::default(),
        expect![[r#"
        ready: false
        ! "" is no image reference: it is empty
        ! input `images` of template `segment` has no directory
        ! output `masks` of template `segment` has no directory
        taskTemplate = segment (Task, template)
        name = segment (Task, name)
        image =  (Task, image)
        THRESHOLD = 0.5 (Template, env/THRESHOLD)
        FOLDS = 5 (Template, env/FOLDS)
        FAST = True (Template, env/FAST)
        UNIT = mm (Template, env/UNIT)
        MODEL = v2 (Template, env/MODEL)
        API_TOKEN = [redacted] (Template, env/API_TOKEN)
        limits.cpu = 500m (Template, resources/limits/cpu)
        limits.memory = 2Gi (Template, resources/limits/memory)
        command = python3 -u segment.py (Template, command)
        -
        task-api run task.json
    "#]],
    );
    check(
        &TaskForm::new("", "", Some("{\"taskTemplate\": \"x\"}"), OffsetUnit::Utf16),
        &RunOptions::default(),
        expect![[r#"
            ready: false
            ! the template `x` is not known
            ! `name` is missing
            ! `image` is missing
            ! `inputs` is missing
            ! `outputs` is missing
            -
            task-api run task.json
        "#]],
    );
}

#[test]
fn paths_above_the_directory_are_left_to_the_shell() {
    let mut form = ready();
    form.set("inputs/images/host_path", &text_input("../a b/./c/../d"));
    form.set("outputs/masks/host_path", &text_input("/abs"));
    let line = form.what_will_run(&RunOptions::default()).docker.unwrap();
    assert!(line.contains(r#"--mount type=bind,source="$PWD"'/../a b/d,target=/data/images,readonly'"#), "{line}");
    assert!(line.contains("source=/abs,target=/data/masks"), "{line}");
}

#[test]
fn curves_meet_their_limit_at_a_sample() {
    let memory = ready().what_will_run(&RunOptions::default()).memory;
    let [curve] = &memory.curves[..] else { panic!("{memory:?}") };
    assert_eq!(memory.limit, Some(2 << 30));
    let crossing = curve.crossing.unwrap();
    let at = memory.sizes.iter().position(|size| *size == crossing).unwrap();
    assert!(curve.memory[at] <= memory.limit.unwrap() && curve.memory[at + 1] > memory.limit.unwrap());
    assert_eq!(memory.effective_limit[0], memory.limit);
    assert_eq!(memory.effective_limit.last(), Some(&curve.memory.last().copied()));
    assert!(memory.sizes.is_sorted() && memory.sizes.len() < 70);
    assert_eq!(memory.effective_request, vec![None; memory.sizes.len()]);
    expect!["20*n the size of its largest file asks for 20 × the size of its largest file"]
        .assert_eq(&format!("{} {} {}", curve.law, curve.size, curve.rule));
    let bounded = ready().what_will_run(&RunOptions { max_size: Some(1000), ..RunOptions::default() }).memory;
    assert_eq!(bounded.sizes.last(), Some(&1000));
    assert!(form("{}").what_will_run(&RunOptions::default()).memory.sizes.is_empty());
}

#[track_caller]
fn check_trees(form: &TaskForm, expected: Expect) {
    fn draw(node: &TreeNode, depth: usize, shown: &mut String) {
        let note = node.note.as_deref().map(|note| format!("  ({note})")).unwrap_or_default();
        shown.push_str(&format!("{}{} {:?}{note}\n", "  ".repeat(depth), node.name, node.kind));
        node.children.iter().for_each(|child| draw(child, depth + 1, shown));
    }
    let mut shown = String::new();
    for channel in form.what_will_run(&RunOptions::default()).channels {
        shown.push_str(&format!("{}\n", channel.id));
        for form in &channel.forms {
            shown.push_str(&format!("  {}\n", form.title));
            draw(&form.tree, 2, &mut shown);
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn directories_are_drawn_by_the_convention_and_the_description() {
    check_trees(
        &ready(),
        expect![[r#"
        inputs/images
          One directory for each item
            /data/images Directory
              <item> Directory  (named by the item's identifier)
                scan.nii.gz File
              … More
        outputs/masks
          One directory for each item of the input
            /data/masks Directory
              <item> Directory  (named as the item of the input)
                … More
              … More
          One result over all items
            /data/masks Directory
              <result> Directory  (one directory, not named as any item of the input)
                … More
    "#]],
    );
    check_trees(
        &TaskForm::new(CONTAINER, "measure", None, OffsetUnit::Utf16),
        expect![[r#"
        inputs/masks
          One directory for each item
            /data/masks Directory
              <item> Directory  (named by the item's identifier)
                … More
              … More
        outputs/volumes
          One result over all items
            /data/volumes Directory
              summary Directory
                volumes.csv File
              … More
    "#]],
    );
    let container = r#"{"templates": [{"identifier": "a", "inputs": [{"name": "x", "mounted_path": "/x",
        "scale_rule": {"scale_factor": 1, "type": "limit", "mode": "max_item_sum", "target_dir": "ct", "target_glob": "*.dcm"}}]}]}"#;
    check_trees(
        &TaskForm::new(container, "", None, OffsetUnit::Utf16),
        expect![[r#"
        inputs/x
          One directory for each item
            /x Directory
              <item> Directory  (named by the item's identifier)
                ct Directory
                  *.dcm File
              … More
    "#]],
    );
}

#[test]
fn a_trigger_request_has_what_the_task_sets() {
    let body = ready().trigger_body(&TriggerOptions::default());
    expect![[r#"
        {
          "conf": {
            "task_form": {
              "study-7": {
                "THRESHOLD": "0.7",
                "EXTRA": "1",
                "API_TOKEN": "<API_TOKEN>"
              }
            }
          }
        }
        curl -X POST 'https://<kaapana-domain>/flow/api/v1/dags/<dag_id>/dagRuns' -H 'accept: application/json' -H 'Content-Type: application/json' -d '{
          "conf": {
            "task_form": {
              "study-7": {
                "THRESHOLD": "0.7",
                "EXTRA": "1",
                "API_TOKEN": "<API_TOKEN>"
              }
            }
          }
        }'
        ["API_TOKEN"]
        ["Put the value in for `API_TOKEN`."]
    "#]].assert_eq(&format!("{}{}\n{:?}\n{:?}\n", body.json, body.curl, body.withheld, body.notes));
    let open = TriggerOptions {
        task_id: Some("it's".to_owned()),
        dag_id: Some("my-dag".to_owned()),
        url: Some("https://example.org/".to_owned()),
        include_secrets: true,
    };
    let body = ready().trigger_body(&open);
    expect![[r#"
        {
          "conf": {
            "task_form": {
              "it's": {
                "THRESHOLD": "0.7",
                "EXTRA": "1",
                "API_TOKEN": "hunter2"
              }
            }
          }
        }
        curl -X POST https://example.org/flow/api/v1/dags/my-dag/dagRuns -H 'accept: application/json' -H 'Content-Type: application/json' -d '{
          "conf": {
            "task_form": {
              "it'\''s": {
                "THRESHOLD": "0.7",
                "EXTRA": "1",
                "API_TOKEN": "hunter2"
              }
            }
          }
        }'
    "#]].assert_eq(&format!("{}{}\n", body.json, body.curl));
    assert!(serde_json::from_str::<serde_json::Value>(&body.json).is_ok());
    let empty = TaskForm::new(CONTAINER, "measure", None, OffsetUnit::Utf16).trigger_body(&TriggerOptions::default());
    let json: serde_json::Value = serde_json::from_str(&empty.json).unwrap();
    assert_eq!(json["conf"]["task_form"]["measure"], serde_json::json!({}));
}

#[test]
fn an_operator_is_python_without_secrets() {
    let mut form = ready();
    form.set("command", &text_input("run \"it's\" 1"));
    form.set("resources/limits/memory", &text_input("4Gi"));
    form.set("config/registryPassword", &text_input("s3cret"));
    form.add("config/labels", "a", "b\nc");
    let snippet = form.operator_snippet(&OperatorOptions::default());
    expect![[r#"
        import os

        from task_api_operator.KaapanaTaskOperator import KaapanaTaskOperator, IOMapping

        study_7 = KaapanaTaskOperator(
            task_id="study-7",
            image="registry.example.org/lungs:1.2.0",
            taskTemplate="segment",
            env=[
                {"name": "THRESHOLD", "value": "0.7"},
                {"name": "EXTRA", "value": "1"},
                {"name": "API_TOKEN", "value": os.environ["API_TOKEN"]},
            ],
            command=["run", "it's", "1"],
            resources={"limits": {"memory": "4Gi", "cpu": "500m"}},
            registryPassword=os.environ["registryPassword"],
            labels={"a": "b\nc"},
            # iochannel_maps=[
            #     IOMapping(upstream_operator=..., upstream_output_channel="...", input_channel="images"),
            # ],
        )
        ["API_TOKEN", "registryPassword"]
        ["In a workflow, inputs are outputs of other tasks: name the operator and its channel in `iochannel_maps`.", "No secret is written out: the environment has to have `API_TOKEN` and `registryPassword`."]
    "#]].assert_eq(&format!("{}{:?}\n{:?}\n", snippet.code, snippet.withheld, snippet.notes));
    let options = OperatorOptions {
        task_id: Some("7 x".to_owned()),
        variable: None,
        module: Some("task_api_operators.KaapanaTaskOperator".to_owned()),
    };
    let odd = OperatorOptions { variable: Some("a b\nimport x".into()), module: Some("x; y".into()), task_id: None };
    let code = form.operator_snippet(&odd).code;
    assert!(code.contains("\na_b_import_x = ") && code.contains("from task_api_operator."), "{code}");
    let inline = r#"{"name": "n", "image": "i:1", "taskTemplate": {"identifier": "own", "env": [{"name": "A", "value": "1", "adjustable": true, "choices": null}]}}"#;
    let form = TaskForm::new("", "", Some(inline), OffsetUnit::Utf16);
    expect![[r#"
        from task_api_operators.KaapanaTaskOperator import KaapanaTaskOperator

        task_7_x = KaapanaTaskOperator(
            task_id="7 x",
            image="i:1",
            taskTemplate={
                "identifier": "own",
                "env": [{"name": "A", "value": "1", "adjustable": True, "choices": None}],
            },
        )
    "#]]
    .assert_eq(&form.operator_snippet(&options).code);
}

#[test]
fn task_ids_are_those_of_airflow() {
    let ids = ["study 7", "Größe – x", "", "  a  ", "a.b_c-d"].map(operator::task_id);
    assert_eq!(ids, ["study-7", "Gr-e-x", "my-task", "a", "a.b_c-d"]);
}
