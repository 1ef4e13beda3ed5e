use super::*;
use crate::check as check_text;
use crate::diagnostic::{Applicability, Severity};
use crate::fix::fix;
use crate::rules::EXAMPLE_WORKFLOW_CONTAINER;
use crate::workflow::ContainerText;

fn containers() -> Containers<'static> {
    let files = vec![ContainerText { name: "processing-container.json", text: EXAMPLE_WORKFLOW_CONTAINER }];
    Containers { files, for_all: Some(0), ..Containers::default() }
}

fn found(text: &str, containers: &Containers<'_>) -> Vec<String> {
    let options = CheckOptions { containers: Some(containers), ..CheckOptions::default() };
    let checked = check_text(text, &options);
    assert_eq!((checked.kind, checked.version), (Kind::Workflow, None));
    let shown = |d: &Diagnostic| format!("{} {} {}", d.rule.name, d.pointer, d.span.of(text));
    checked.diagnostics.iter().map(shown).collect()
}

fn workflow(tasks: &[&str]) -> String {
    format!(r#"{{"name": "w", "tasks": [{}]}}"#, tasks.join(", "))
}

const GET: &str = r#"{"task_id": "get-data", "image": "d:1", "taskTemplate": "download"}"#;

fn task(id: &str, template: &str, maps: &str) -> String {
    format!(r#"{{"task_id": "{id}", "image": "i:1", "taskTemplate": "{template}", "iochannel_maps": [{maps}]}}"#)
}

fn map(operator: &str, output: &str, input: &str) -> String {
    format!(
        r#"{{"upstream_operator": "{operator}", "upstream_output_channel": "{output}", "input_channel": "{input}"}}"#
    )
}

#[test]
fn a_right_chain_is_right() {
    let segment = task("segment", "segment", &map("get-data", "downloads", "images"));
    let store = task("store", "store", &map("segment", "masks", "results"));
    assert_eq!(found(&workflow(&[&store, &segment, GET]), &containers()), [] as [&str; 0]);
}

#[test]
fn one_defect_is_one_finding() {
    let store = |map: &str| found(&workflow(&[GET, &task("store", "store", map)]), &containers());
    assert_eq!(
        store(&map("get_data", "downloads", "results")),
        [r#"unknown-operator /tasks/1/iochannel_maps/0/upstream_operator "get_data""#]
    );
    assert_eq!(
        store(&map("get-data", "results", "results")),
        [r#"unknown-upstream-channel /tasks/1/iochannel_maps/0/upstream_output_channel "results""#]
    );
    assert_eq!(
        store(&map("get-data", "downloads", "entirely-else")),
        [r#"unknown-input-channel /tasks/1/iochannel_maps/0/input_channel "entirely-else""#]
    );
    let twice = [map("get-data", "downloads", "results"), map("get-data", "downloads", "results")].join(", ");
    assert_eq!(store(&twice), [r#"input-fed-twice /tasks/1/iochannel_maps/1/input_channel "results""#]);
    assert_eq!(store(""), [r#"unused-output /tasks/0 "get-data""#, r#"unfed-input /tasks/1 "store""#]);
}

#[test]
fn an_output_that_no_task_has_is_wrong_whoever_is_meant() {
    let store = task("store", "store", &map("task2", "results", "results"));
    assert_eq!(
        found(&workflow(&[GET, &store]), &containers()),
        [
            r#"unknown-operator /tasks/1/iochannel_maps/0/upstream_operator "task2""#,
            r#"unknown-upstream-channel /tasks/1/iochannel_maps/0/upstream_output_channel "results""#,
        ]
    );
    let other = store.replacen("\"store\", \"iochannel", "\"not-known\", \"iochannel", 1);
    assert_eq!(found(&workflow(&[GET, &other]), &Containers::default()).len(), 1);
}

#[test]
fn what_is_not_known_is_not_judged() {
    let store = task("store", "store", &map("get-data", "anything", "anything"));
    assert_eq!(found(&workflow(&[GET, &store]), &Containers::default()), [] as [&str; 0]);
    for written in ["{{ env.TASK }}", "{% if a %}b{% endif %}"] {
        let store = task("store", "store", &map(written, written, written));
        assert_eq!(found(&workflow(&[GET, &store]), &containers()), [] as [&str; 0], "{written}");
    }
    let broken = Containers {
        files: vec![ContainerText { name: "c", text: "{\"templates\": [" }],
        for_all: Some(0),
        ..Containers::default()
    };
    assert_eq!(found(&workflow(&[GET, &store]), &broken), [] as [&str; 0]);
}

#[test]
fn names_that_differ_in_case_are_told_so_and_mended() {
    let store = task("Store", "store", &map("Get-Data", "Downloads", "Results"));
    let text = workflow(&[GET, &store]);
    let containers = containers();
    let options = CheckOptions { containers: Some(&containers), ..CheckOptions::default() };
    let checked = check_text(&text, &options);
    assert!(checked.diagnostics.len() >= 2);
    assert!(checked.diagnostics.iter().all(|d| d.note.as_deref().is_some_and(|note| note.contains("upper and lower"))));
    let fixed = fix(&text, &options, Applicability::Safe).text;
    assert_eq!(check_text(&fixed, &options).diagnostics.len(), 0, "{fixed}");
}

#[test]
fn guesses_bind_what_is_unfed() {
    let containers = containers();
    let options = CheckOptions { containers: Some(&containers), ..CheckOptions::default() };
    for tasks in [
        vec![GET.to_owned(), task("segment", "segment", "")],
        vec![r#"{"task_id": "s", "image": "i:1", "taskTemplate": "store"}"#.to_owned()],
    ] {
        let tasks: Vec<&str> = tasks.iter().map(String::as_str).collect();
        let text = workflow(&tasks);
        assert!(!check_text(&text, &options).is_valid());
        let fixed = fix(&text, &options, Applicability::Unsafe).text;
        assert!(check_text(&fixed, &options).is_valid(), "{fixed}");
        assert!(fixed.contains("\"host_path\": \"./"), "{fixed}");
    }
}

#[test]
fn tasks_are_held_to_the_rules_of_tasks() {
    let segment = r#"{"task_id": "segment", "image": "https://r.example/i", "taskTemplate": "segment",
        "env": [{"name": "FOLDS", "value": "2"}, {"name": "FOLDSS", "value": "1"}],
        "resources": {"limits": {"memory": "1GB"}}, "registryPassword": "hunter2",
        "iochannel_maps": [{"upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "images"}]}"#;
    let text = workflow(&[GET, segment, &task("a", "segmen", "")]);
    let expected = [
        "unused-output /tasks/1 \"segment\"",
        "invalid-image-reference /tasks/1/image \"https://r.example/i\"",
        "env-value-not-in-choices /tasks/1/env/0/value \"2\"",
        "unknown-env /tasks/1/env/1/name \"FOLDSS\"",
        "invalid-quantity /tasks/1/resources/limits/memory \"1GB\"",
        "plain-text-registry-password /tasks/1/registryPassword \"hunter2\"",
        "unknown-template /tasks/2/taskTemplate \"segmen\"",
    ];
    assert_eq!(found(&text, &containers()), expected);
}

#[test]
fn a_template_in_the_task_is_held_to_its_rules_and_has_channels() {
    let inline = r#"{"task_id": "a", "image": "i:1", "taskTemplate": {"identifier": "x", "description": "d", "inputs": [],
        "outputs": [{"name": "o", "mounted_path": "relative", "description": "d"}], "env": []}}"#;
    let store = task("store", "store", &map("a", "O", "results"));
    let text = workflow(&[inline, &store]);
    let containers = containers();
    let options = CheckOptions { containers: Some(&containers), ..CheckOptions::default() };
    let checked = check_text(&text, &options);
    let names: Vec<&str> = checked.diagnostics.iter().map(|d| d.rule.name).collect();
    assert_eq!(names, ["relative-mounted-path", "unknown-upstream-channel"]);
    let related = &checked.diagnostics[1].related[0];
    assert_eq!((related.document, related.span.of(&text)), (DocumentRef::This, "\"outputs\""));
}

#[test]
fn each_image_has_its_own_container() {
    let other = EXAMPLE_WORKFLOW_CONTAINER.replace("downloads", "images");
    let files =
        vec![ContainerText { name: "a", text: EXAMPLE_WORKFLOW_CONTAINER }, ContainerText { name: "b", text: &other }];
    let by_path = [("./a.json".to_owned(), Some(0)), ("./b.json".to_owned(), Some(1)), ("./c.json".to_owned(), None)];
    let containers = Containers { files, by_path: by_path.into(), ..Containers::default() };
    let text = r#"{"name": "w", "tasks": [
        {"task_id": "a", "image": "a:1", "taskTemplate": "download"},
        {"task_id": "b", "image": "b:1", "taskTemplate": "download"},
        {"task_id": "c", "image": "c:1", "taskTemplate": "download"}],
        "containers": [{"image": "a:1", "path": "./a.json"}, {"image": "b:1", "path": "./b.json"}, {"image": "c:1", "path": "./c.json"}]}"#;
    let options = CheckOptions { containers: Some(&containers), ..CheckOptions::default() };
    let checked = check_text(text, &options);
    let shown: Vec<_> =
        checked.diagnostics.iter().map(|d| (d.message.as_str(), d.related.first().map(|r| r.document))).collect();
    assert_eq!(
        shown,
        [
            ("nothing reads output `downloads` of task `a`", Some(DocumentRef::Container(0))),
            ("nothing reads output `images` of task `b`", Some(DocumentRef::Container(1))),
            ("there is no file `./c.json` that can be read", None),
        ]
    );
    let wanted = Workflow::read(parse(text).root(text)).wanted();
    assert_eq!(wanted.paths.len(), 3);
    assert!(wanted.templates.is_empty());
}

#[test]
fn source_inputs_are_held_to_the_same_names() {
    let text = r#"{"name": "w", "tasks": [{"task_id": "a", "image": "a:1", "taskTemplate": "store"}], "inputs": [
        {"task_id": "a", "input_channel": "result", "host_path": "x"}, {"task_id": "b", "input_channel": "c", "host_path": "y"}]}"#;
    assert_eq!(
        found(text, &containers()),
        ["unknown-input-channel /inputs/0/input_channel \"result\"", "unknown-operator /inputs/1/task_id \"b\""]
    );
}

#[test]
fn notes_do_not_make_a_workflow_invalid() {
    let text = workflow(&[GET]);
    let containers = containers();
    let options = CheckOptions { containers: Some(&containers), ..CheckOptions::default() };
    let checked = check_text(&text, &options);
    assert_eq!(checked.count(Severity::Info), 1);
    assert!(checked.is_valid());
}
