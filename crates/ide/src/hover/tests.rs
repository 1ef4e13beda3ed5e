//! What a hover says, where.

mod container;
mod task;
mod values;

use expect_test::{Expect, expect};

use super::*;
use crate::fixture::{Fixture, fixture};

fn hovered(fixture: &Fixture) -> Option<Hover> {
    hover(&fixture.workspace, Place { uri: &fixture.uri, offset: fixture.offset })
}

fn shown(fixture: &Fixture) -> String {
    let document = fixture.workspace.get(&fixture.uri).unwrap();
    hovered(fixture)
        .map_or_else(String::new, |hover| format!("{}\n=====\n{}\n", hover.span.of(document.text()), hover.text))
}

#[track_caller]
fn check(literal: &str, expected: Expect) {
    expected.assert_eq(&shown(&fixture(literal)));
}

/// In a task of version 0 that binds everything in the container's template.
#[track_caller]
fn check_task(fields: &str, expected: Expect) {
    check(
        &format!("{CONTAINER}//- /work/task.json\n{{\"name\": \"n\", \"image\": \"lungs:1.0\", {fields}}}"),
        expected,
    );
}

const CONTAINER: &str = r#"//- /processing-container.json
{"name": "lungs", "description": "d", "templates": [{
  "identifier": "segment", "description": "Writes *masks*.",
  "inputs": [{"name": "images", "mounted_path": "/in", "description": "One file.",
    "scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}}],
  "outputs": [{"name": "masks", "mounted_path": "/out"}],
  "env": [
    {"name": "UNIT", "value": "mm", "choices": ["mm", "cm"], "description": "Of `lengths`."},
    {"name": "API_TOKEN", "value": "t0p", "choices": ["t0p", "s3cret"]}],
  "command": ["run", "--fast"],
  "resources": {"limits": {"memory": "1Gi", "cpu": "500m"}}
}]}
"#;

#[test]
fn a_field_as_the_contract_has_it() {
    check(
        r#"{"na$0me": "a"}"#,
        expect![[r#"
        "name"
        =====
        **Name** `name`: a string, required

        The name of this task, for people to read.

        Example: `"segment-lungs-study-7"`
    "#]],
    );
    check(
        r#"{"inputs": [{"name": "a", "volume_source": {}, "scale_rule": {"scale_factor": 1, "type": "limit", "mod$0e": "sum"}}]}"#,
        expect![[r#"
            "mode"
            =====
            **Mode** `mode`: a string, required

            How the sizes of the matching files become one size `n`. If no file matches, `n` is 0. A compressed file counts with its size on disk, so allow for what it unpacks to.

            Allowed:

            - **`"sum"`** (present): The total size of all matching files: for programs that hold all data in memory at once.
            - `"max_file_size"`: The size of the largest matching file: for programs that read one file after the other.
            - `"max_item_sum"`: The largest total of one item, an item being a subdirectory of the channel: for programs that read one item after the other.

            Example: `"sum"`

            ---

            No container with the template of this task is known here.
        "#]],
    );
    check(
        r#"{"api_version": 1, "inputs": [{"volu$0me_source": {"host_path": "a"}, "name": "a"}]}"#,
        expect![[r#"
        "volume_source"
        =====
        **Volume source** `volume_source`: an object (HostPathVolume), required

        The directory to mount. For an input it holds the data, for an output it is where the results are written.

        Example: `{ "host_path": "./data/images" }`  
        In version 0, it is `input`.

        ---

        No container with the template of this task is known here.
    "#]],
    );
}

#[test]
fn what_is_wrong_stands_below_the_rest() {
    check_task(
        r#""taskTemplate": "segment", "env": [{"name": "UNIT", "value": "in`[x]$0(command:y)"}]"#,
        expect![[r#"
        "in`[x](command:y)"
        =====
        `UNIT` = ``in`[x](command:y)``, from this task

        Template `segment` ([processing-container.json](file:///processing-container.json#L7)) declares it with the default `mm`.

        Of \`lengths\`.

        Choices:

        - `mm`
        - `cm`

        ---

        **Value** `value`: a string, required

        The value that the program gets. It is always a string: write `"5"` and `"true"`, not `5` and `true`. Template expressions are replaced first; a variable that is not set silently becomes an empty string.

        Examples: `"0.5"`, `"{{ custom.threshold }}"`

        ---

        **error** `env-value-not-in-choices`: `UNIT` cannot be "in\[x\](command:y)": the choices are "mm", "cm"

        Choices say which values the program understands; forms offer just these. The default has to be one of them, and so has what a task sets. An empty list means no restriction.
    "#]],
    );
    check(
        "{\"name\": \"a\",$0 }",
        expect![[r#"
        ,
        =====
        **error** `syntax-error`: trailing comma

        Every syntax error is reported, not just the first one: behind an error the reader goes on as if it were mended. Where a single token decides (a missing or trailing comma, single quotes, a comment, a key without quotes), a fix mends it.
    "#]],
    );
}

#[test]
fn findings_are_kept_until_something_changes() {
    let mut fixture = fixture(&format!("{CONTAINER}//- /work/task.json\n{{\"taskTemplate\": \"segment\"}}"));
    let uri = "file:///work/task.json";
    let of = |fixture: &Fixture| checked(&fixture.workspace, fixture.workspace.get(uri).unwrap()).unwrap();
    let first = of(&fixture);
    assert!(Arc::ptr_eq(&first, &of(&fixture)));
    let container = fixture.workspace.get_mut("file:///processing-container.json").unwrap();
    let text = container.text().replace("images", "image");
    container.set_text(text);
    let second = of(&fixture);
    assert!(!Arc::ptr_eq(&first, &second));
    fixture.workspace.settings.levels.insert("missing-field".to_owned(), None);
    let third = of(&fixture);
    assert!(third.diagnostics.len() < second.diagnostics.len());
    fixture.workspace.variables = Some([].into());
    assert!(!Arc::ptr_eq(&third, &of(&fixture)));
}
