use expect_test::{Expect, expect};
use task_api_json::apply_edits;

use crate::fixture::{Fixture, fixture};
use crate::workspace::{Facts, Place};
use crate::{
    checked, complete, definition, document_links, document_symbols, hover, references, rename, workspace_symbols,
};

const CONTAINERS: &str = r#"//- /download/processing-container.json
{"name": "d", "description": "d", "templates": [{"identifier": "download", "description": "Downloads.",
  "inputs": [], "outputs": [{"name": "downloads", "mounted_path": "/out", "description": "Images."}], "env": []}]}
//- /processing-container.json
{"name": "s", "description": "s", "templates": [{"identifier": "segment", "description": "Segments.",
  "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}, {"name": "atlas", "mounted_path": "/atlas", "description": "A."}],
  "outputs": [{"name": "masks", "mounted_path": "/masks", "description": "M."}],
  "env": [{"name": "FOLDS", "value": "1", "choices": ["1", "3"], "description": "Networks."},
    {"name": "MODEL", "value": "v1", "description": "Weights."}]}]}
"#;

const WORKFLOW: &str = r#"//- /flows/workflow.json
{"name": "w", "tasks": [
  {"task_id": "get", "image": "d:1", "taskTemplate": "download"},
  {"task_id": "segment", "image": "s:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": "3"}],
   "iochannel_maps": [
     {"upstream_operator": "get", "upstream_output_channel": "downloads", "input_channel": "images"}],
   "upstream_task_ids": ["get"]}],
 "inputs": [{"task_id": "segment", "input_channel": "atlas", "host_path": "./atlas"}],
 "containers": [{"image": "d:1", "path": "../download/processing-container.json"}]}
"#;

/// The workspace with the cursor within the n-th place of a text of the workflow.
#[track_caller]
fn at(text: &str, number: usize) -> Fixture {
    with(WORKFLOW, text, number)
}

#[track_caller]
fn with(workflow: &str, text: &str, number: usize) -> Fixture {
    let place = workflow.match_indices(text).nth(number).unwrap().0 + 2;
    fixture(&format!("{CONTAINERS}{}$0{}", &workflow[..place], &workflow[place..]))
}

fn place(fixture: &Fixture) -> Place<'_> {
    Place { uri: &fixture.uri, offset: fixture.offset }
}

fn short(uri: &str) -> &str {
    uri.trim_start_matches("file://")
}

#[track_caller]
fn check_references(text: &str, number: usize, expected: Expect) {
    let fixture = at(text, number);
    let shown = |location: &crate::Location| {
        let document = fixture.workspace.get(&location.uri).unwrap();
        let line = document.lines().position(location.span.start).line + 1;
        format!("{}:{line} {}\n", short(&location.uri), location.span.of(document.text()))
    };
    let defined: String = definition(&fixture.workspace, place(&fixture)).iter().map(shown).collect();
    let found: String = references(&fixture.workspace, place(&fixture), true).iter().map(shown).collect();
    expected.assert_eq(&format!("defined:\n{defined}all:\n{found}"));
}

#[test]
fn names_lead_to_their_declarations_and_uses() {
    check_references(
        "\"get\"",
        1,
        expect![[r#"
        defined:
        /flows/workflow.json:2 get
        all:
        /flows/workflow.json:2 get
        /flows/workflow.json:5 get
        /flows/workflow.json:6 get
    "#]],
    );
    check_references(
        "downloads\"",
        0,
        expect![[r#"
        defined:
        /download/processing-container.json:2 downloads
        all:
        /download/processing-container.json:2 downloads
        /flows/workflow.json:5 downloads
    "#]],
    );
    check_references(
        "\"images\"",
        0,
        expect![[r#"
        defined:
        /processing-container.json:2 images
        all:
        /flows/workflow.json:5 images
        /processing-container.json:2 images
    "#]],
    );
    check_references(
        "\"atlas\"",
        0,
        expect![[r#"
        defined:
        /processing-container.json:2 atlas
        all:
        /flows/workflow.json:7 atlas
        /processing-container.json:2 atlas
    "#]],
    );
    check_references(
        "\"FOLDS\"",
        0,
        expect![[r#"
        defined:
        /processing-container.json:4 FOLDS
        all:
        /flows/workflow.json:3 FOLDS
        /processing-container.json:4 FOLDS
    "#]],
    );
    check_references(
        "\"segment\", \"env",
        0,
        expect![[r#"
        defined:
        /processing-container.json:1 segment
        all:
        /flows/workflow.json:3 segment
        /processing-container.json:1 segment
    "#]],
    );
}

#[track_caller]
fn check_rename(text: &str, number: usize, new_name: &str, expected: Expect) {
    let fixture = at(text, number);
    let edits = match rename(&fixture.workspace, place(&fixture), new_name) {
        Ok(edits) => edits,
        Err(reason) => return expected.assert_eq(&reason),
    };
    let mut shown = String::new();
    for edit in edits {
        let before = fixture.workspace.get(&edit.uri).unwrap().text();
        let after = apply_edits(before, &edit.edits).unwrap();
        for (line, _) in after.lines().zip(before.lines()).filter(|(after, before)| after != before) {
            shown.push_str(&format!("{}: {}\n", short(&edit.uri), line.trim()));
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_name_changes_in_workflow_and_container() {
    check_rename(
        "\"get\"",
        0,
        "fetch",
        expect![[r#"
        /flows/workflow.json: {"task_id": "fetch", "image": "d:1", "taskTemplate": "download"},
        /flows/workflow.json: {"upstream_operator": "fetch", "upstream_output_channel": "downloads", "input_channel": "images"}],
        /flows/workflow.json: "upstream_task_ids": ["fetch"]}],
    "#]],
    );
    check_rename("\"get\"", 0, "segment", expect!["the workflow has a task `segment` already"]);
    check_rename(
        "downloads\"",
        0,
        "scans",
        expect![[r#"
        /download/processing-container.json: "inputs": [], "outputs": [{"name": "scans", "mounted_path": "/out", "description": "Images."}], "env": []}]}
        /flows/workflow.json: {"upstream_operator": "get", "upstream_output_channel": "scans", "input_channel": "images"}],
    "#]],
    );
    check_rename(
        "\"atlas\"",
        0,
        "templates",
        expect![[r#"
        /flows/workflow.json: "inputs": [{"task_id": "segment", "input_channel": "templates", "host_path": "./atlas"}],
        /processing-container.json: "inputs": [{"name": "images", "mounted_path": "/in", "description": "CT."}, {"name": "templates", "mounted_path": "/atlas", "description": "A."}],
    "#]],
    );
    check_rename(
        "\"segment\", \"env",
        0,
        "cut",
        expect![[r#"
        /flows/workflow.json: {"task_id": "segment", "image": "s:1", "taskTemplate": "cut", "env": [{"name": "FOLDS", "value": "3"}],
        /processing-container.json: {"name": "s", "description": "s", "templates": [{"identifier": "cut", "description": "Segments.",
    "#]],
    );
}

#[track_caller]
fn check_completion(from: &str, to: &str, expected: &[&str]) {
    let workflow = WORKFLOW.replacen(from, to, 1);
    assert_ne!(workflow, WORKFLOW);
    let fixture = fixture(&format!("{CONTAINERS}{workflow}"));
    let found = complete(&fixture.workspace, place(&fixture));
    let labels: Vec<&str> = found.iter().map(|completion| &*completion.label).collect();
    assert_eq!(labels, expected);
}

#[test]
fn names_are_offered_where_they_can_stand() {
    check_completion("\"upstream_operator\": \"get\"", "\"upstream_operator\": \"$0\"", &["get"]);
    check_completion("\"downloads\"", "\"$0\"", &["downloads"]);
    check_completion("\"images\"", "\"$0\"", &["images"]);
    check_completion("\"input_channel\": \"atlas\"", "\"input_channel\": \"$0\"", &["atlas"]);
    check_completion("{\"task_id\": \"segment\", \"input", "{\"task_id\": \"$0\", \"input", &["get", "segment"]);
    check_completion("[\"get\"]", "[\"$0\"]", &["get"]);
    check_completion("\"taskTemplate\": \"segment\"", "\"taskTemplate\": \"$0\"", &["segment"]);
    check_completion("\"taskTemplate\": \"download\"", "\"taskTemplate\": \"$0\"", &["download"]);
    check_completion("\"name\": \"FOLDS\"", "\"name\": \"$0\"", &["FOLDS", "MODEL"]);
    check_completion("\"value\": \"3\"", "\"value\": \"$0\"", &["1", "3"]);
    check_completion("\"image\": \"s:1\"", "\"image\": \"$0\"", &["d:1"]);
}

#[test]
fn an_input_that_nothing_feeds_is_offered_whole() {
    let workflow = WORKFLOW.replacen("\"iochannel_maps\": [\n     {", "\"iochannel_maps\": [\n     $0, {", 1);
    let workflow = workflow.replace("\"input_channel\": \"images\"", "\"input_channel\": \"x\"");
    let fixture = fixture(&format!("{CONTAINERS}{workflow}"));
    let found = complete(&fixture.workspace, place(&fixture));
    let first = &found[0];
    assert_eq!((&*first.label, first.detail.as_deref()), ("images", Some("an input that nothing feeds")));
    assert!(first.edit.new_text.contains("\"input_channel\": \"images\""), "{}", first.edit.new_text);
}

#[track_caller]
fn check_hover(text: &str, number: usize, expected: Expect) {
    let fixture = at(text, number);
    let hover = hover(&fixture.workspace, place(&fixture)).unwrap();
    expected.assert_eq(hover.text.split("\n\n---\n\n").next().unwrap_or_default());
}

#[test]
fn what_is_known_of_a_name() {
    check_hover(
        "\"get\"",
        0,
        expect!["Task `get` runs template `download` of `d:1`. It waits for no other task. `segment` waits for it."],
    );
    check_hover("\"segment\"", 0, expect!["Task `segment` runs template `segment` of `s:1`. It waits for `get`."]);
    check_hover(
        "\"downloads\"",
        0,
        expect![[r#"
        Template `download` ([download/processing-container.json](file:///download/processing-container.json#L2)) declares this output: it is mounted at `/out`.

        Images.

        Feeds input `images` of task `segment`."#]],
    );
    check_hover(
        "\"images\"",
        0,
        expect![[r#"
        Template `segment` ([processing-container.json](file:///processing-container.json#L2)) declares this input: it is mounted at `/in`.

        CT.

        Fed by output `downloads` of task `get`."#]],
    );
    check_hover(
        "\"atlas\"",
        0,
        expect![[r#"
        Template `segment` ([processing-container.json](file:///processing-container.json#L2)) declares this input: it is mounted at `/atlas`.

        A.

        For runs on this computer, fed by `./atlas`."#]],
    );
    check_hover(
        "\"3\"",
        0,
        expect![[r#"
        `FOLDS` = `3`, from the task. A trigger request wins over it.

        Template `segment` ([processing-container.json](file:///processing-container.json#L4)) declares it, default `1`.

        Networks.

        Choices: `1`, `3`"#]],
    );
    check_hover(
        "\"download\"",
        0,
        expect![[r#"
        Template `download` ([download/processing-container.json](file:///download/processing-container.json#L1))

        Downloads.

        Inputs: none

        Outputs:

        - `downloads` at `/out`: Images.

        Variables: none"#]],
    );
}

#[test]
fn findings_follow_the_containers() {
    let mut fixture = at("\"get\"", 0);
    let rules = |fixture: &Fixture| {
        let document = fixture.workspace.get("file:///flows/workflow.json").unwrap();
        let checked = checked(&fixture.workspace, document).unwrap();
        checked.diagnostics.iter().map(|diagnostic| diagnostic.rule.name).collect::<Vec<_>>()
    };
    assert_eq!(rules(&fixture), ["unused-output"]);
    let uri = "file:///download/processing-container.json";
    assert!(fixture.workspace.concerned_by(uri).iter().any(|uri| uri.ends_with("workflow.json")));
    let text = fixture.workspace.get(uri).unwrap().text().replace("\"downloads\"", "\"Downloads\"");
    fixture.workspace.set(uri, text, Facts::default());
    assert_eq!(rules(&fixture), ["unused-output", "unknown-upstream-channel"]);
    fixture.workspace.remove(uri);
    assert_eq!(rules(&fixture), ["unused-output"]);
}

#[test]
fn outline_links_and_names_from_anywhere() {
    let mut fixture = at("\"get\"", 0);
    fixture.workspace.get_mut("file:///flows/workflow.json").unwrap().directory = Some("/flows".to_owned());
    let document = fixture.workspace.get("file:///flows/workflow.json").unwrap();
    let symbols = document_symbols(document);
    let tasks = symbols.iter().find(|symbol| symbol.name == "tasks").unwrap();
    let names: Vec<_> = tasks.children.iter().map(|task| (&*task.name, task.detail.as_deref())).collect();
    assert_eq!(names, [("get", Some("download")), ("segment", Some("segment"))]);
    let links = document_links(&fixture.workspace, document);
    let links: Vec<_> = links.iter().map(|link| (link.span.of(document.text()), &*link.target)).collect();
    assert!(links.contains(&("./atlas", "file:///flows/atlas")), "{links:?}");
    assert!(links.contains(&("../download/processing-container.json", "file:///download/processing-container.json")));
    let found = workspace_symbols(&fixture.workspace, "get");
    assert!(found.iter().any(|symbol| symbol.name == "get" && symbol.uri.ends_with("workflow.json")), "{found:?}");
}
