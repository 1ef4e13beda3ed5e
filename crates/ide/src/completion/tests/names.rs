//! Names from other files.

use expect_test::expect;

use super::{apply, check, check_task, completions};
use crate::fixture::fixture;

#[test]
fn templates_of_the_containers_above() {
    check_task(
        r#"{"taskTemplate": "$0"}"#,
        expect![[r#"
            segment | Writes one mask for each image. Slow. | "segment"
            download | Gets models. | "download"
        "#]],
    );
    check_task(
        r#"{"taskTemplate": $0}"#,
        expect![[r#"
            segment | Writes one mask for each image. Slow. | "segment"
            download | Gets models. | "download"
            TaskTemplate { identifier, description, inputs, outputs, env } | One way to run the container, for one use case | {\n  "identifier": "$1",\n  "description": "$2",\n  "inputs": [$3],\n  "outputs": [$4],\n  "env": [$5]\n}
        "#]],
    );
    check(
        r#"{"taskTemplate": "$0"}"#,
        expect![[r#"
        segment-lungs | an example | "segment-lungs"
    "#]],
    );
}

#[test]
fn channels_that_are_not_bound_yet() {
    check_task(
        r#"{"taskTemplate": "segment", "inputs": [{"name": "$0"}]}"#,
        expect![[r#"
        images | /data/images | "images"
        models | /data/models | "models"
    "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "inputs": [{"name": "images"}, {"name": $0}]}"#,
        expect![[r#"
            models | /data/models | "models"
        "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "outputs": [$0]}"#,
        expect![[r#"
        masks | /data/masks | { "name": "masks", "input": { "host_path": "$1" } }
        IOVolume { name, input } | Binds a directory to one of the template's channels | { "name": "$1", "input": { "host_path": "$2" } }
    "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "inputs": $0}"#,
        expect![[r#"
        [all 2 channels] | of `segment` | [\n  { "name": "images", "input": { "host_path": "$1" } },\n  { "name": "models", "input": { "host_path": "$2" } }\n]
        [IOVolume { name, input }] | a list with one element | [{ "name": "$1", "input": { "host_path": "$2" } }]
        [] | a list | [$0] …
        [{ "name": "images", "input": { "host_path": "./data/images"… | an example | [{ "name": "images", "input": { "host_path": "./data/images" } }]
    "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", $0}"#,
        expect![[r#"
        name | required, a string | "name": "$1" *
        image | required, a string | "image": "$1"
        inputs | required, an array | "inputs": [$0] …
        outputs | required, an array | "outputs": [$0] …
        env | an array or null | "env": [$0] …
        command | an array or null | "command": [$0]
        resources | an object or null | "resources": {$0} …
        config | an object or null | "config": {$0} …
    "#]],
    );
}

#[test]
fn variables_that_are_not_set_yet() {
    check_task(
        r#"{"taskTemplate": "segment", "env": [{"name": "MODE"}, {"name": "$0"}]}"#,
        expect![[r#"
        THRESHOLD | default "0.5" | "THRESHOLD"
        MIRROR | default "true" | "MIRROR"
    "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "env": [$0]}"#,
        expect![[r#"
        THRESHOLD | default "0.5" | { "name": "THRESHOLD", "value": "${1:0.5}" }
        MODE | default "fast" | { "name": "MODE", "value": "${1|fast,exact|}" }
        MIRROR | default "true" | { "name": "MIRROR", "value": "${1|true,false|}" }
        BaseEnv { name, value } | An environment variable of this task | { "name": "$1", "value": "$2" }
    "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "env": [{"name": "MODE", "value": "$0"}]}"#,
        expect![[r#"
            exact | - | "exact"
            fast | the default | "fast" *
        "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "env": [{"name": "MIRROR", "value": $0}]}"#,
        expect![[r#"
            true | the default | "true" *
            false | - | "false"
        "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "env": [{"name": "THRESHOLD", "value": "$0"}]}"#,
        expect![[r#"
            0.5 | the default | "0.5"
        "#]],
    );
    check_task(
        r#"{"taskTemplate": "segment", "env": [{"name": "MODE", $0}]}"#,
        expect![[r#"
        value | required, a string | "value": "$1" * …
    "#]],
    );
    check(
        "//- /processing-container.json\n{\"templates\": [{\"env\": [{\"value\": \"$0\", \"choices\": [\"a\", \"b\"]}]}]}",
        expect![[r#"
            a | one of `choices` | "a"
            b | one of `choices` | "b"
        "#]],
    );
}

#[test]
fn variables_of_expressions() {
    let files = "//- /a-task.json\n{\"image\": \"{{ env.REGISTRY }}/{{ custom.name | default('x') }}:{{ env.TAG }}\"}\n\
        //- /b-task.json\n{\"name\": \"{{env.TAG}}\"}\n//- /task.json\n";
    check(
        &format!("{files}{{\"image\": \"{{{{$0\"}}"),
        expect![[r#"
        env.TAG | used in these files |  env.TAG }}
        custom.name | used in these files |  custom.name }}
        env.REGISTRY | used in these files |  env.REGISTRY }}
    "#]],
    );
    apply(&format!("{files}{{\"image\": \"{{$0\"}}"), "env.TAG", expect![[r#"{"image": "{{ env.TAG }}"}"#]]);
    apply(
        &format!("{files}{{\"image\": \"{{{{ en$0v.X }}}}\"}}"),
        "env.TAG",
        expect![[r#"{"image": "{{ env.TAG }}"}"#]],
    );
    apply(
        &format!("{files}{{\"image\": \"{{{{ env.$0\n}}"),
        "env.REGISTRY",
        expect![[r#"
        {"image": "{{ env.REGISTRY }}"
        }"#]],
    );
    apply(
        &format!("{files}{{\"image\": \"x {{{{ c$0 y\"}}"),
        "custom.name",
        expect![[r#"{"image": "x {{ custom.name }} y"}"#]],
    );
    let mut fixture = fixture("{\"image\": \"{{ $0\"}");
    fixture.workspace.variables = Some(["HOME", "a b"].map(str::to_owned).into());
    assert_eq!(completions(&fixture).iter().map(|found| found.label.as_str()).collect::<Vec<_>>(), ["env.HOME"]);
}

#[test]
fn images_of_the_other_tasks() {
    check(
        "//- /a-task.json\n{\"image\": \"a:1\"}\n//- /b-task.json\n{\"image\": \"b:2\"}\n\
        //- /c-task.json\n{\"image\": \"b:2\"}\n//- /task.json\n{\"image\": \"$0own\"}",
        expect![[r#"
            b:2 | of 2 other tasks | "b:2"
            a:1 | of another task | "a:1"
        "#]],
    );
}
