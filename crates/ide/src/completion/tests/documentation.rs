//! What there is to say about completions.

use expect_test::expect;

use super::{CONTAINER, completions};
use crate::completion::completion_documentation;
use crate::completion::documentation::{channel_key, template_key, variable_key};
use crate::fixture::fixture;

#[test]
fn what_there_is_to_say() {
    let documentation = |literal: &str, label: &str| {
        let fixture = fixture(literal);
        let all = completions(&fixture);
        let found = all.iter().find(|completion| completion.label == label).unwrap();
        let key = found.documentation_key.as_deref().unwrap();
        completion_documentation(&fixture.workspace, &fixture.uri, key).unwrap() + "\n---\n"
    };
    let task = |text: &str| format!("{CONTAINER}//- /task.json\n{text}");
    let mut all = documentation(r#"{"inputs": [{"scale_rule": {$0}}]}"#, "mode");
    all += &documentation(r#"{"inputs": [{"scale_rule": {"mode": $0}}]}"#, "sum");
    all += &documentation(r#"{"resources": {"limits": {$0}}}"#, "nvidia.com/gpu");
    all += &documentation(r#"{"inputs": [{"scale_rule": $0}]}"#, "ScaleRule { complexity, type, mode }");
    all += &documentation(r#"{"api_version": 1, "config": {$0}}"#, "type");
    all += &documentation(&task(r#"{"taskTemplate": $0}"#), "segment");
    all += &documentation(&task(r#"{"taskTemplate": "segment", "inputs": [$0]}"#), "images");
    all += &documentation(&task(r#"{"taskTemplate": "segment", "env": [$0]}"#), "MODE");
    expect![[r#"
        **Mode**

        How the sizes of the matching files become one size `n`. If no file matches, `n` is 0. A compressed file counts with its size on disk, so allow for what it unpacks to.

        - type: a string, required
        - may be `"sum"`: The total size of all matching files: for programs that hold all data in memory at once.
        - may be `"max_file_size"`: The size of the largest matching file: for programs that read one file after the other.
        - example: `"sum"`
        ---
        Mode: `"sum"`

        The total size of all matching files: for programs that hold all data in memory at once.
        ---
        **NVIDIA GPUs**

        The number of whole NVIDIA GPUs that the container gets. A GPU cannot be divided, and the request must equal the limit; setting the limit alone is enough.

        - type: any value
        - examples: `1`, `"1"`
        ---
        **ScaleRule**

        Computes memory from the size of the input data. The files of the channel are measured before the container starts, `mode` turns them into one size `n`, and `complexity` turns `n` into bytes of memory: with `2*n`, mode `sum` and files of 1 GiB and 2 GiB, the result is 6 GiB. The rule can raise the memory given in `resources`, never lower it.

        - must have `complexity`, `type`, `mode`
        - may have `target_dir`, `target_regex`, `target_glob`
        ---
        **Type**

        Says that these are settings for Docker. It may be left out.

        - type: a string
        - may be `"docker"`
        - example: `"docker"`
        ---
        Template `segment`

        Writes one mask for each image. Slow.

        - inputs: `images`, `models`
        - outputs: `masks`
        - variables: `THRESHOLD`, `MODE`, `MIRROR`, `FIXED`
        ---
        Channel `images`

        CT volumes.

        - mounted at `/data/images`
        ---
        Variable `MODE`

        - default: `"fast"`
        - may be `"exact"`, `"fast"`
        ---
    "#]].assert_eq(&all);
    let fixture = fixture("{$0}");
    for key in
        ["", "schema", "schema\n7\n/Task", "schema\n0\nTask", "template\nx\ny", "channel\n\n\n\n", "schema\n0\n/Task/x"]
    {
        assert_eq!(completion_documentation(&fixture.workspace, &fixture.uri, key), None);
    }
}

#[test]
fn what_is_secret_is_not_shown() {
    let container = r#"//- /processing-container.json
{"templates": [{"identifier": "a", "env": [
  {"name": "API_TOKEN", "value": "hunter2", "choices": ["hunter2", "hunter3"]}, {"name": "LEVEL", "value": "high", "choices": ["high"]}]}]}
//- /task.json
"#;
    let fixture = fixture(&format!(r#"{container}{{"taskTemplate": "a", "env": [$0]}}"#));
    let said: Vec<String> = completions(&fixture)
        .iter()
        .filter(|completion| ["API_TOKEN", "LEVEL"].contains(&completion.label.as_str()))
        .map(|completion| {
            let key = completion.documentation_key.as_deref().unwrap();
            let documentation = completion_documentation(&fixture.workspace, &fixture.uri, key).unwrap();
            format!("{}\n{}", completion.detail.as_deref().unwrap_or_default(), documentation)
        })
        .collect();
    assert_eq!(said.len(), 2);
    assert!(!said[0].contains("hunter"), "{}", said[0]);
    assert!(said[1].contains("high"), "{}", said[1]);
}

#[test]
fn what_others_wrote_is_no_markup() {
    let fixture = fixture(
        r#"//- /processing-container.json
{"templates": [{"identifier": "a", "description": "![](https://example.org/t)",
  "inputs": [{"name": "in", "description": "[x](https://example.org/x)\n# y"}],
  "env": [{"name": "A", "type": "string", "description": "<img src=x>"}]}]}
//- /task.json
{"taskTemplate": $0"a"}"#,
    );
    let documentation = |key: String| completion_documentation(&fixture.workspace, &fixture.uri, &key).unwrap();
    let uri = "file:///processing-container.json";
    for said in [
        documentation(template_key(uri, "a")),
        documentation(channel_key(uri, "a", "inputs", "in")),
        documentation(variable_key(uri, "a", "A")),
    ] {
        for markup in ["![]", "[x](", "\n# ", "<img"] {
            let escaped = format!("\\{markup}");
            assert!(!said.replace(&escaped, "").contains(markup), "{said}");
        }
    }
}
