//! Workflows that nobody writes: damaged at any place, and large in every direction. Nothing panics, every place fits,
//! and the work grows with the text, not with its square: each of these would take minutes otherwise.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]

use proptest::prelude::*;
use task_api_core::diagnostic::{Applicability, DocumentRef};
use task_api_core::fix::fix;
use task_api_core::workflow::{ContainerText, Containers};
use task_api_core::{CheckOptions, Checked, Kind, check};
use task_api_json::{Span, apply_edits};

const WORKFLOW: &str = include_str!("../../../tests/fixtures/workflows/workflow.json");

const CONTAINER: &str = r#"{"name": "c", "description": "d", "templates": [
    {"identifier": "download", "description": "d", "inputs": [], "env": [],
     "outputs": [{"name": "downloads", "mounted_path": "/d", "description": "d"}]},
    {"identifier": "segment", "description": "d", "inputs": [{"name": "images", "mounted_path": "/i", "description": "d"}],
     "env": [{"name": "FOLDS", "value": "1", "choices": ["1", "2"], "description": "d"}],
     "outputs": [{"name": "masks", "mounted_path": "/m", "description": "d"}]}]}"#;

fn containers(text: &str) -> Containers<'_> {
    let files = vec![ContainerText { name: "c.json", text }];
    let by_path = [("./lungs/processing-container.json".to_owned(), Some(0))];
    let by_template = [("download".to_owned(), 0)];
    Containers { files, by_path: by_path.into(), by_template: by_template.into(), for_all: None }
}

fn check_against(text: &str, containers: &Containers<'_>) -> Checked {
    let options = CheckOptions { kind: Some(Kind::Workflow), containers: Some(containers), ..CheckOptions::default() };
    check(text, &options)
}

fn all_places_fit(text: &str, container: &str) {
    let fits = |span: Span, text: &str| assert!(text.get(span.range()).is_some(), "{span:?} does not fit {text:?}");
    let containers = containers(container);
    for diagnostic in &check_against(text, &containers).diagnostics {
        fits(diagnostic.span, text);
        for related in &diagnostic.related {
            fits(related.span, if related.document == DocumentRef::This { text } else { container });
        }
        for fix in &diagnostic.fixes {
            assert!(apply_edits(text, &fix.edits).is_some(), "{diagnostic:?} {text:?}");
        }
    }
}

#[test]
fn the_fixture_is_right_with_its_containers() {
    let container = CONTAINER;
    let mut containers = containers(container);
    containers.by_path.insert("./get-data/processing-container.json".to_owned(), Some(0));
    let checked = check_against(WORKFLOW, &containers);
    let found: Vec<_> = checked.diagnostics.iter().map(|d| (d.rule.name, d.pointer.as_str())).collect();
    assert_eq!(found, [("unknown-env", "/tasks/0/env/0/name"), ("unused-output", "/tasks/2")]);
}

proptest! {
    #[test]
    fn damage_is_borne(at in 0.0f64..1.0, length in 0usize..40, what in prop::sample::select(vec![
        "", "{", "}", "[", "]", "\"", ",", ":", "null", "{{ env.X }}", "\"get-data\"", "{% if %}", "\u{e9}", "5", "\\",
    ]), in_container in any::<bool>()) {
        let text = if in_container { CONTAINER } else { WORKFLOW };
        let boundary = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1; } at };
        let start = boundary((at * text.len() as f64) as usize);
        let end = boundary((start + length).min(text.len()));
        let damaged = format!("{}{what}{}", &text[..start], &text[end.max(start)..]);
        let (workflow, container) = if in_container { (WORKFLOW, &*damaged) } else { (&*damaged, CONTAINER) };
        all_places_fit(workflow, container);
        let containers = containers(container);
        let options = CheckOptions { kind: Some(Kind::Workflow), containers: Some(&containers), ..CheckOptions::default() };
        let before = check(workflow, &options);
        let fixed = fix(workflow, &options, Applicability::Unsafe).text;
        prop_assert!(!before.is_valid() || check(&fixed, &options).is_valid());
    }
}

fn large(tasks: impl Iterator<Item = String>, rest: &str) -> Checked {
    let text = format!(r#"{{"name": "w", "tasks": [{}]{rest}}}"#, tasks.collect::<Vec<_>>().join(","));
    let containers = Containers { for_all: Some(0), ..containers(CONTAINER) };
    check_against(&text, &containers)
}

fn task(id: &str, template: &str, maps: &str, upstream: &str) -> String {
    format!(
        r#"{{"task_id": "{id}", "image": "i:1", "taskTemplate": "{template}", "iochannel_maps": [{maps}], "upstream_task_ids": [{upstream}]}}"#
    )
}

fn map(operator: &str, output: &str, input: &str) -> String {
    format!(
        r#"{{"upstream_operator": "{operator}", "upstream_output_channel": "{output}", "input_channel": "{input}"}}"#
    )
}

const MANY: usize = 20_000;

#[test]
fn a_long_chain_and_a_long_way_around() {
    let chain = |first: usize| {
        (0..MANY).map(move |number| {
            let before = (number + first) % MANY;
            let maps =
                if number == 0 && first == 0 { String::new() } else { map(&format!("t{before}"), "masks", "images") };
            task(&format!("t{number}"), "segment", &maps, "")
        })
    };
    assert_eq!(large(chain(MANY - 1), "").found.errors, 1);
    assert_eq!(large(chain(1), "").found.errors, 1);
}

#[test]
fn everything_wrong_at_once() {
    let same = (0..MANY).map(|_| task("same", "segment", &map("same", "masks", "images"), "\"same\""));
    assert!(large(same, "").found.errors >= MANY - 1);
    let unknown = (0..MANY).map(|number| {
        let unlike = format!("nothing-like-it-{number}");
        task(&format!("t{number}"), &unlike, &map(&unlike, &unlike, &unlike), &format!("\"{unlike}\""))
    });
    assert!(large(unknown, "").found.errors >= 2 * MANY);
    let unfed = (0..MANY).map(|number| task(&format!("t{number}"), "segment", "", ""));
    assert_eq!(large(unfed, "").found.errors, MANY);
    let maps: Vec<String> = (0..MANY).map(|number| map("t", "masks", &format!("images{number}"))).collect();
    assert!(large([task("t", "segment", &maps.join(","), "")].into_iter(), "").found.errors >= MANY);
    let sources: Vec<String> =
        (0..MANY).map(|n| format!(r#"{{"task_id": "t", "input_channel": "images", "host_path": "{n}"}}"#)).collect();
    let rest = format!(r#", "inputs": [{}]"#, sources.join(","));
    assert_eq!(large([task("t", "segment", "", "")].into_iter(), &rest).found.errors, MANY - 1);
}

#[test]
fn one_template_with_many_channels_for_many_tasks() {
    let channels: Vec<String> =
        (0..5000).map(|n| format!(r#"{{"name": "c{n}", "mounted_path": "/c{n}", "description": "d"}}"#)).collect();
    let template = format!(
        r#"{{"identifier": "x", "description": "d", "inputs": [{}], "outputs": [], "env": []}}"#,
        channels.join(",")
    );
    let container = format!(r#"{{"name": "c", "description": "d", "templates": [{template}]}}"#);
    let tasks: Vec<String> = (0..200).map(|n| task(&format!("t{n}"), "x", "", "")).collect();
    let text = format!(r#"{{"name": "w", "tasks": [{}]}}"#, tasks.join(","));
    let containers = Containers { for_all: Some(0), ..containers(&container) };
    assert_eq!(check_against(&text, &containers).found.errors, 200 * 5000);
}
