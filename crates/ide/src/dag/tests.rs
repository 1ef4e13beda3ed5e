use expect_test::{Expect, expect};

use crate::workspace::{Facts, Place, Workspace};
use crate::{checked, complete, definition, hover};

const DAG: &str = include_str!("../../../../tests/fixtures/dags/guide/my_dag.py");
const FILES: [(&str, &str); 3] = [
    ("my-get-data", include_str!("../../../../tests/fixtures/dags/guide/my-get-data/processing-container.json")),
    ("my-processing", include_str!("../../../../tests/fixtures/dags/guide/my-processing/processing-container.json")),
    ("my-upload", include_str!("../../../../tests/fixtures/dags/guide/my-upload/processing-container.json")),
];
const URI: &str = "file:///p/dags/my_dag.py";

fn workspace(dag: &str) -> Workspace {
    let mut workspace = Workspace::default();
    workspace.set(URI, dag.to_owned(), Facts::default());
    for (name, text) in FILES {
        let uri = format!("file:///p/dags/{name}/processing-container.json");
        workspace.set(&uri, text.to_owned(), Facts::default());
    }
    workspace
}

fn mended() -> String {
    DAG.replace("task1", "download").replace("task2", "processing").replace("results", "outputs")
}

/// What there is at the first letter of a text.
fn told(dag: &str, at: &str) -> String {
    let workspace = workspace(dag);
    let at = Place { uri: URI, offset: dag.find(at).unwrap() as u32 + 1 };
    let mut told = String::new();
    if let Some(hover) = hover(&workspace, at) {
        told.push_str(&format!("{}: {}\n", hover.span.of(dag), hover.text));
    }
    for location in definition(&workspace, at) {
        let text = workspace.get(&location.uri).unwrap().text();
        let start = location.span.start as usize;
        told.push_str(&format!("{}: {} at {}\n", location.uri, location.span.of(text), text[..start].lines().count()));
    }
    for offer in complete(&workspace, at) {
        told.push_str(&format!("+ {} {}\n", offer.label, offer.detail.unwrap_or_default()));
    }
    told
}

fn check(at: &str, expected: Expect) {
    expected.assert_eq(&told(&mended(), at));
}

#[test]
fn the_guides_dag_has_its_three_defects_in_the_editor() {
    let workspace = workspace(DAG);
    let checked = checked(&workspace, workspace.get(URI).unwrap()).unwrap();
    let found: Vec<(&str, &str)> = checked.diagnostics.iter().map(|d| (d.rule.name, d.span.of(DAG))).collect();
    let expected =
        [("undefined-name", "task1"), ("undefined-name", "task2"), ("unknown-upstream-channel", "\"results\"")];
    assert_eq!(found, expected);
}

#[test]
fn findings_follow_the_containers() {
    let mut workspace = workspace(&mended());
    let findings = |workspace: &Workspace| checked(workspace, workspace.get(URI).unwrap()).unwrap().diagnostics.len();
    assert_eq!(findings(&workspace), 0);
    let uri = "file:///p/dags/my-processing/processing-container.json";
    let text = FILES[1].1.replace("\"outputs\",", "\"masks\",");
    workspace.set(uri, text, Facts::default());
    assert!(findings(&workspace) > 0);
}

#[test]
fn names_lead_to_their_declarations() {
    check("upstream_operator=download", expect![[r#""#]]);
    check(
        "download,",
        expect![[r#"
        download: Task `get-data` runs template `download-from-url` of `{{ env.DEFAULT_REGISTRY }}/my-get-data:{{ env.KAAPANA_BUILD_VERSION }}`.
        file:///p/dags/my_dag.py: download at 14
    "#]],
    );
    check(
        "\"downloads\"",
        expect![[r#"
        "downloads": Output `downloads` of task `get-data`, mounted at `/home/downloads`.

        One directory per item.
        file:///p/dags/my-get-data/processing-container.json: downloads at 11
        + downloads /home/downloads
    "#]],
    );
    check(
        "\"outputs\"",
        expect![[r#"
        "outputs": Output `outputs` of task `process-data`, mounted at `/home/outputs`.

        One directory per item.
        file:///p/dags/my-processing/processing-container.json: outputs at 17
        + outputs /home/outputs
    "#]],
    );
    check(
        "\"my-algorithm\"",
        expect![[r#"
        "my-algorithm": Template `my-algorithm`.

        Processes the downloaded data.

        Inputs: `inputs`

        Outputs: `outputs`
        file:///p/dags/my-processing/processing-container.json: my-algorithm at 6
    "#]],
    );
    check(
        "\"process-data\"",
        expect![[r#"
        "process-data": Task `process-data` runs template `my-algorithm` of `{{ env.DEFAULT_REGISTRY }}/my-processing:{{ env.KAAPANA_BUILD_VERSION }}`.
        file:///p/dags/my_dag.py: processing at 20
    "#]],
    );
}

#[test]
fn fixes_are_offered_and_nothing_else_rewrites_python() {
    let workspace = workspace(DAG);
    let at = DAG.find("task1").unwrap() as u32;
    let actions = crate::code_actions(&workspace, URI, task_api_json::Span::new(at, at + 1));
    let titles: Vec<&str> = actions.iter().map(|action| action.title.as_str()).collect();
    assert_eq!(titles, ["Use `download`"]);
    assert_eq!(actions[0].edits[0].edits[0].new_text, "download");
    assert_eq!(crate::fix_all(&workspace, URI), []);
    assert_eq!(crate::before_saving(&workspace, URI, true, true), []);
    let document = workspace.get(URI).unwrap();
    assert_eq!(crate::folding_ranges(document), []);
    assert_eq!(crate::document_symbols(document), []);
}

#[test]
fn python_about_something_else_is_left_alone() {
    let workspace = workspace("import os\nx = y\n");
    assert!(checked(&workspace, workspace.get(URI).unwrap()).is_none());
    assert!(hover(&workspace, Place { uri: URI, offset: 3 }).is_none());
}
