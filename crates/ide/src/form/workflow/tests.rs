//! A workflow's graph, and what drawing in it does to the text.

use std::fmt::Write;

use expect_test::{Expect, expect};
use task_api_core::report::OffsetUnit;
use task_api_json::apply_edits;

use super::*;
use crate::form::tests::bytes;

const LUNGS: &str = r#"{"name": "lungs", "description": "d", "templates": [
  {"identifier": "download", "description": "Gets images.", "inputs": [],
   "outputs": [{"name": "downloads", "mounted_path": "/out"}], "env": [{"name": "SERIES", "value": "all"}]},
  {"identifier": "segment", "description": "Writes masks.",
   "inputs": [{"name": "images", "mounted_path": "/in"}, {"name": "atlas", "mounted_path": "/atlas"}],
   "outputs": [{"name": "masks", "mounted_path": "/out"}], "env": []},
  {"identifier": "measure", "description": "Measures.", "inputs": [{"name": "masks", "mounted_path": "/in"}],
   "outputs": [{"name": "volumes", "mounted_path": "/out"}], "env": []}
]}"#;

const WORKFLOW: &str = r#"{
  "name": "study",
  "tasks": [
    {"task_id": "get", "image": "lungs:1", "taskTemplate": "download"}, // first
    {
      "task_id": "cut",
      "image": "lungs:1",
      "taskTemplate": "segment",
      "x-note": 1,
      "iochannel_maps": [
        {"upstream_operator": "get", "upstream_output_channel": "downloads", "input_channel": "images"}
      ]
    },
    {"task_id": "measure", "image": "lungs:1", "taskTemplate": "measure", "upstream_task_ids": ["get"]}
  ],
  "inputs": [{"task_id": "cut", "input_channel": "atlas", "host_path": "./atlas"}]
}
"#;

fn form(text: &str) -> WorkflowForm {
    let containers = vec![ContainerFileText { path: "lungs.json".to_owned(), text: LUNGS.to_owned() }];
    WorkflowForm::new(text, containers, OffsetUnit::Bytes)
}

fn lines(state: &WorkflowState) -> String {
    let mut text = String::new();
    for task in &state.tasks {
        let ports = |ports: &[WorkflowPort]| {
            let one = |port: &WorkflowPort| {
                let marks = [(port.is_connected, "*"), (port.is_unknown, "?")];
                let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
                format!("{}{marks}", port.name)
            };
            ports.iter().map(one).collect::<Vec<_>>().join(" ")
        };
        let step = task.step.map_or("-".to_owned(), |step| step.to_string());
        let (inputs, outputs) = (ports(&task.inputs), ports(&task.outputs));
        let _ = writeln!(text, "{step} {} {} ({}): {inputs} -> {outputs}", task.id, task.name, task.template);
    }
    for WorkflowEdge { id, from, to, output, input } in &state.edges {
        let channels = output.as_deref().zip(input.as_deref()).map(|(output, input)| format!("{output} -> {input}"));
        let _ = writeln!(text, "{id}: {from} to {to} {}", channels.unwrap_or_default());
    }
    for WorkflowSource { id, host_path, to, input } in &state.sources {
        let _ = writeln!(text, "{id}: {host_path} to {to} {input}");
    }
    for found in &state.diagnostics {
        let field = found.field.as_deref().unwrap_or("-");
        let _ = writeln!(text, "{field}: {} [{}]", found.diagnostic.message, found.diagnostic.rule);
    }
    text
}

/// Makes changes one after the other, and shows the lines that are new.
#[track_caller]
fn check(changes: impl Fn(&mut WorkflowForm) -> Vec<WorkflowChange>, expected: Expect) {
    let mut form = form(WORKFLOW);
    let all = changes(&mut form);
    // Without a line at the margin, the snapshot would lose its indentation.
    let mut shown = "changed:\n".to_owned();
    for line in form.text().lines().filter(|line| !WORKFLOW.lines().any(|before| before == *line)) {
        shown.extend([line, "\n"]);
    }
    for change in &all {
        change.problem.iter().for_each(|problem| shown.extend(["! ", problem, "\n"]));
        change.entry.iter().for_each(|entry| shown.extend(["-> ", entry, "\n"]));
    }
    expected.assert_eq(&shown);
    let mut text = form.text().to_owned();
    for change in all.iter().rev() {
        text = apply_edits(&text, &bytes(&change.inverse)).unwrap();
    }
    assert_eq!(text, WORKFLOW, "everything can be undone");
}

#[test]
fn tasks_have_the_channels_of_their_templates() {
    expect![[r#"
        0 tasks/0 get (download):  -> downloads*
        1 tasks/1 cut (segment): images* atlas* -> masks
        1 tasks/2 measure (measure): masks -> volumes
        tasks/1/iochannel_maps/0: tasks/0 to tasks/1 downloads -> images
        tasks/2/upstream_task_ids/0: tasks/0 to tasks/2 
        inputs/0: ./atlas to tasks/1 atlas
        -: comments are not part of JSON [syntax-error]
        tasks/1: nothing reads output `masks` of task `cut` [unused-output]
        tasks/1: `x-note` is not a known field [unknown-field]
        tasks/2: nothing feeds input `masks` of task `measure` [unfed-input]
        tasks/2: nothing reads output `volumes` of task `measure` [unused-output]
    "#]]
    .assert_eq(&lines(&form(WORKFLOW).state()));
}

#[test]
fn without_containers_the_channels_are_those_that_are_spoken_of() {
    let form = WorkflowForm::new(WORKFLOW, Vec::new(), OffsetUnit::Bytes);
    expect![[r#"
        0 tasks/0 get (download):  -> downloads*
        1 tasks/1 cut (segment): images* atlas* -> 
        1 tasks/2 measure (measure):  -> 
        tasks/1/iochannel_maps/0: tasks/0 to tasks/1 downloads -> images
        tasks/2/upstream_task_ids/0: tasks/0 to tasks/2 
        inputs/0: ./atlas to tasks/1 atlas
        -: comments are not part of JSON [syntax-error]
        tasks/1: `x-note` is not a known field [unknown-field]
    "#]]
    .assert_eq(&lines(&form.state()));
}

#[test]
fn connections_are_drawn() {
    check(
        |form| {
            vec![
                form.connect("tasks/1", Some("masks"), "tasks/2", Some("masks")),
                form.connect("tasks/0", Some("downloads"), "tasks/1", Some("atlas")),
                form.connect("tasks/0", None, "tasks/1", None),
                form.connect("tasks/1", None, "tasks/0", None),
                form.connect("tasks/1", Some("masks"), "tasks/1", Some("atlas")),
                form.connect("tasks/9", None, "tasks/1", None),
            ]
        },
        expect![[r#"
            changed:
                {"task_id": "get", "image": "lungs:1", "taskTemplate": "download", "upstream_task_ids": ["cut"]}, // first
                    {"upstream_operator": "get", "upstream_output_channel": "downloads", "input_channel": "images"},
                    {"upstream_operator": "get", "upstream_output_channel": "downloads", "input_channel": "atlas"}
                {"task_id": "measure", "image": "lungs:1", "taskTemplate": "measure", "upstream_task_ids": ["get"], "iochannel_maps": [{"upstream_operator": "cut", "upstream_output_channel": "masks", "input_channel": "masks"}]}
              "inputs": []
            ! `cut` waits for `get` already.
            ! A task cannot wait for itself.
            ! The workflow has no `tasks/9`.
        "#]],
    );
}

#[test]
fn an_input_is_fed_once() {
    check(
        |form| {
            vec![
                form.add_task("download"),
                form.connect("tasks/3", Some("downloads"), "tasks/1", Some("images")),
                form.add_source("tasks/2", "masks", "./masks"),
                form.connect("tasks/1", Some("masks"), "tasks/2", Some("masks")),
            ]
        },
        expect![[r#"
            changed:
                    {
                      "upstream_operator": "download",
                      "upstream_output_channel": "downloads",
                      "input_channel": "images"
                    }
                {"task_id": "measure", "image": "lungs:1", "taskTemplate": "measure", "upstream_task_ids": ["get"], "iochannel_maps": [{"upstream_operator": "cut", "upstream_output_channel": "masks", "input_channel": "masks"}]},
                {"task_id": "download", "image": "", "taskTemplate": "download"}
            -> tasks/3
            -> inputs/1
        "#]],
    );
}

#[test]
fn a_name_changes_wherever_it_stands() {
    check(
        |form| {
            vec![
                form.set("tasks/0/task_id", "fetch"),
                form.set("tasks/1/task_id", "fetch"),
                form.set("tasks/1/task_id", "segment"),
                form.set("tasks/0/env/SERIES", "some"),
                form.set("tasks/0/env/SERIES", ""),
                form.set("tasks/2/env/X", "1"),
                form.set("tasks/2/image", "measure:2"),
                form.set("inputs/0/host_path", "/atlas"),
                form.set("tasks/0/colour", "x"),
            ]
        },
        expect![[r#"
            changed:
                {"task_id": "fetch", "image": "lungs:1", "taskTemplate": "download", "env": []}, // first
                  "task_id": "segment",
                    {"upstream_operator": "fetch", "upstream_output_channel": "downloads", "input_channel": "images"}
                {"task_id": "measure", "image": "measure:2", "taskTemplate": "measure", "upstream_task_ids": ["fetch"], "env": [{"name": "X", "value": "1"}]}
              "inputs": [{"task_id": "segment", "input_channel": "atlas", "host_path": "/atlas"}]
            ! There is a task `fetch` already.
            ! The workflow has no `tasks/0/colour`.
        "#]],
    );
}

#[test]
fn a_task_goes_with_its_connections() {
    check(
        |form| vec![form.remove("tasks/0")],
        expect![[r#"
            changed:
                  "iochannel_maps": []
                {"task_id": "measure", "image": "lungs:1", "taskTemplate": "measure", "upstream_task_ids": []}
        "#]],
    );
    check(
        |form| vec![form.remove("tasks/1/iochannel_maps/0"), form.remove("inputs/0"), form.remove("inputs/0")],
        expect![[r#"
            changed:
                  "iochannel_maps": []
              "inputs": []
            ! The workflow has no `inputs/0`.
        "#]],
    );
}

#[test]
fn cycles_and_findings_are_at_their_edges() {
    let mut form = form(WORKFLOW);
    form.connect("tasks/2", None, "tasks/0", None);
    let state = form.state();
    assert_eq!(state.cycles, [["tasks/0/upstream_task_ids/0", "tasks/2/upstream_task_ids/0"]]);
    assert!(state.tasks.iter().all(|task| task.step.is_none()));
    let found = state.diagnostics.iter().find(|found| found.diagnostic.rule == "task-cycle").unwrap();
    assert!(found.field.as_deref().is_some_and(|field| field.starts_with("tasks/")), "{found:?}");
}

#[test]
fn a_template_that_is_written_out_is_not_lost() {
    let text =
        WORKFLOW.replace("\"taskTemplate\": \"measure\"", r#""taskTemplate": {"identifier": "own", "inputs": []}"#);
    let mut form = form(&text);
    let state = form.state();
    assert_eq!((state.tasks[2].is_inline, &*state.tasks[2].template), (true, "own"));
    assert!(form.set("tasks/2/taskTemplate", "measure").problem.is_some());
    assert_eq!(form.text(), text);
}

#[test]
fn any_json_gives_a_graph() {
    for text in
        ["", "[]", "{", r#"{"tasks": 5}"#, r#"{"tasks": [null, {}, {"task_id": 5, "iochannel_maps": [1, {}]}]}"#]
    {
        let mut form = form(text);
        form.state();
        form.add_task("a");
        form.connect("tasks/0", None, "tasks/1", None);
        form.remove("tasks/0");
        form.state();
    }
}
