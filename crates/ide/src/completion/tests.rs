//! Completions at `$0`, and what comes of accepting them.

mod documentation;
mod missing;
mod names;

use expect_test::{Expect, expect};
use task_api_json::apply_edits;

use super::{Completion, complete};
use crate::fixture::{Fixture, fixture};
use crate::workspace::Place;

const CONTAINER: &str = r#"
//- /processing-container.json
{
  "name": "lungs",
  "description": "Lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask for each image. Slow.",
      "inputs": [
        {"name": "images", "mounted_path": "/data/images", "description": "CT volumes."},
        {"name": "models", "mounted_path": "/data/models"}
      ],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5", "description": "Voxels above it."},
        {"name": "MODE", "value": "fast", "choices": ["exact", "fast"]},
        {"name": "MIRROR", "value": "true", "type": "boolean"},
        {"name": "FIXED", "value": "1", "adjustable": false}
      ]
    },
    {"identifier": "download", "description": "Gets models.", "inputs": [], "outputs": [], "env": []}
  ]
}
"#;

fn completions(fixture: &Fixture) -> Vec<Completion> {
    complete(&fixture.workspace, Place { uri: &fixture.uri, offset: fixture.offset })
}

#[track_caller]
fn check(literal: &str, expected: Expect) {
    let mut listed = String::new();
    for completion in completions(&fixture(literal)) {
        let detail = completion.detail.as_deref().unwrap_or("-");
        let marks = [(completion.is_preselected, " *"), (completion.retrigger, " …")];
        let marks: String = marks.iter().filter(|(is_set, _)| *is_set).map(|(_, mark)| *mark).collect();
        listed += &format!("{} | {detail} | {}{marks}\n", completion.label, completion.edit.new_text.escape_debug());
    }
    expected.assert_eq(&listed.replace("\\\"", "\"").replace("\\'", "'"));
}

/// With the task's container and the task's text.
#[track_caller]
fn check_task(task: &str, expected: Expect) {
    check(&format!("{CONTAINER}//- /task.json\n{task}"), expected);
}

#[track_caller]
fn apply(literal: &str, label: &str, expected: Expect) {
    let fixture = fixture(literal);
    let all = completions(&fixture);
    let Some(found) = all.iter().find(|completion| completion.label == label) else {
        panic!("no {label:?} among {:?}", all.iter().map(|completion| &completion.label).collect::<Vec<_>>());
    };
    let mut edits = found.additional_edits.clone();
    edits.push(found.edit.clone());
    let text = fixture.workspace.get(&fixture.uri).unwrap().text();
    expected.assert_eq(&apply_edits(text, &edits).unwrap());
}

#[track_caller]
fn apply_task(task: &str, label: &str, expected: Expect) {
    apply(&format!("{CONTAINER}//- /task.json\n{task}"), label, expected);
}

#[test]
fn keys_still_missing_with_the_required_first() {
    check(
        r#"{"name": "a", "env": [], $0}"#,
        expect![[r#"
        image | required, a string | "image": "$1" *
        taskTemplate | required, an object or a string | "taskTemplate": "$1"
        inputs | required, an array | "inputs": [$0] …
        outputs | required, an array | "outputs": [$0] …
        command | an array or null | "command": [$0]
        resources | an object or null | "resources": {$0} …
        config | an object or null | "config": {$0} …
    "#]],
    );
    check(
        r#"{"inputs": [{"$0": }]}"#,
        expect![[r#"
        name | required, a string | "name" *
        input | required, an object | "input"
        scale_rule | an object or null | "scale_rule"
    "#]],
    );
    check(
        r#"{"volume": 1, "inputs": [{"volume_source": {}, "name": "", $0}]}"#,
        expect![[r#"
        scale_rule | an object or null | "scale_rule": { "scale_factor": ${1:1}, "type": "${2|limit,request|}", "mode": "${3|sum,max_file_size,max_item_sum|}" }
    "#]],
    );
    check(
        "//- /processing-container.json\n{\"templates\": [{\"env\": [{\"name\": \"A\", $0}]}]}",
        expect![[r#"
        value | required, a string | "value": "$1" *
        type | a string or null | "type": "${1|boolean,string,int|}"
        choices | an array or null | "choices": [$0]
        adjustable | true or false or null | "adjustable": ${1|true,false|}
        description | a string or null | "description": "$1"
    "#]],
    );
    check(
        r#"{"resources": {"limits": {"cpu": "1", $0}}}"#,
        expect![[r#"
            memory | Memory | "memory": "${1:512Mi}"
            ephemeral-storage | Ephemeral storage | "ephemeral-storage": "${1:2Gi}"
            nvidia.com/gpu | NVIDIA GPUs | "nvidia.com/gpu": ${1:1}
        "#]],
    );
    check(
        r#"{"inputs": [{"scale_rule": {$0}}]}"#,
        expect![[r#"
        complexity | required, a string | "complexity": "${1:n}" *
        type | required, a string | "type": "${1|limit,request|}"
        mode | required, a string | "mode": "${1|sum,max_file_size|}"
        target_dir | a string or null | "target_dir": "$1"
        target_regex | a string or null | "target_regex": "${1:.*}"
        target_glob | a string or null | "target_glob": "${1:*}"
    "#]],
    );
    check(r#"{"unknown": {$0}}"#, expect![[r#""#]]);
}

#[test]
fn alternatives_are_told_apart_by_their_constants() {
    check(
        r#"{"config": {$0}}"#,
        expect![[r#"
        type | a string | "type": "docker"
        labels | an object or null | "labels": {$0}
        registryUrl | a string or null | "registryUrl": "$1"
        registryUsername | a string or null | "registryUsername": "$1"
        registryPassword | a string or null | "registryPassword": "$1"
    "#]],
    );
    check(
        r#"{"api_version": 1, "config": {$0}}"#,
        expect![[r#"
        type | a string | "type": "${1|docker,k8s|}"
        labels | an object or null | "labels": {$0}
        registryUrl | a string or null | "registryUrl": "$1"
        registryUsername | a string or null | "registryUsername": "$1"
        registryPassword | a string or null | "registryPassword": "$1"
    "#]],
    );
    check(
        r#"{"api_version": 1, "config": {"type": "k8s", "labels": {}, "registryUrl": null, $0}}"#,
        expect![[r#"
        namespace | a string or null | "namespace": "$1"
        annotations | an object | "annotations": {$0}
        registryUsername | a string or null | "registryUsername": "$1"
        registryPassword | a string or null | "registryPassword": "$1"
        imagePullSecrets | an array or null | "imagePullSecrets": [$0]
    "#]],
    );
    check(
        r#"{"api_version": 1, "config": {"type": $0}}"#,
        expect![[r#"
        docker | Settings for running the container with Docker on this compu… | "docker"
        k8s | Settings for running the container as a pod in a Kubernetes … | "k8s"
    "#]],
    );
    check(
        r#"{"config": {"type": "d$0"}}"#,
        expect![[r#"
        docker | Settings for running the container with Docker on this compu… | "docker"
    "#]],
    );
    check(
        r#"{"api_version": 1, "config": $0}"#,
        expect![[r#"
        DockerConfig { type } | Settings for running the container with Docker on this compu… | { "type": "docker" }
        K8sConfig { type } | Settings for running the container as a pod in a Kubernetes … | { "type": "k8s" }
        BaseConfig {} | Settings that every runtime understands | {$0} …
        { "type": "docker", "labels": { "project": "lung-study" } } | an example | { "type": "docker", "labels": { "project": "lung-study" } }
        null | the default | null
    "#]],
    );
}

#[test]
fn values_of_the_contract() {
    check(
        r#"{"inputs": [{"scale_rule": {"mode": $0}}]}"#,
        expect![[r#"
        sum | The total size of all matching files | "sum"
        max_file_size | The size of the largest matching file | "max_file_size"
    "#]],
    );
    check(
        r#"{"api_version": $0}"#,
        expect![[r#"
            1 | the default | 1
        "#]],
    );
    check(
        r#"{"api_version": 1, "inputs": [{"scale_rule": {"mode": "$0"}}]}"#,
        expect![[r#"
        sum | The total size of all matching files | "sum"
        max_file_size | The size of the largest matching file | "max_file_size"
        max_item_sum | The largest total of one item, an item being a subdirectory … | "max_item_sum"
    "#]],
    );
    check(
        "//- /processing-container.json\n{\"templates\": [{\"env\": [{\"type\": $0}]}]}",
        expect![[r#"
        boolean | A switch | "boolean"
        string | Any text | "string"
        int | A whole number, written as a string | "int"
        null | Not stated | null
    "#]],
    );
    check(
        "//- /processing-container.json\n{\"templates\": [{\"env\": [{\"adjustable\": t$0}]}]}",
        expect![[r#"
        true | - | true
        false | - | false
        null | the default | null
    "#]],
    );
    check(
        r#"{"inputs": [{"scale_rule": {"target_regex": $0}}]}"#,
        expect![[r#"
        .* | the default | ".*"
        .*\\.nii(\\.gz)? | an example | ".*\\\\.nii(\\\\.gz)?"
        null | nothing | null
    "#]],
    );
    check(
        r#"{"inputs": [{"scale_rule": $0}]}"#,
        expect![[r#"
            ScaleRule { complexity, type, mode } | Computes memory from the size of the input data | { "complexity": "${1:n}", "type": "${2|limit,request|}", "mode": "${3|sum,max_file_size|}" }
            { "complexity": "2*n", "type": "limit", "mode": "max_file_si… | an example | {\n  "complexity": "2*n",\n  "type": "limit",\n  "mode": "max_file_size",\n  "target_glob": "*.nii.gz"\n}
            null | the default | null
        "#]],
    );
    check(
        "//- /processing-container.json\n{\"templates\": $0}",
        expect![[r#"
            [TaskTemplate { identifier, description, inputs, outputs, env }] | a list with one element | [\n  {\n    "identifier": "$1",\n    "description": "$2",\n    "inputs": [$3],\n    "outputs": [$4],\n    "env": [$5]\n  }\n]
            [] | a list | [$0] …
            [ { "identifier": "default", "description": "Performs exampl… | an example | [\n  {\n    "identifier": "default",\n    "description": "Performs example data processing.",\n    "inputs": [],\n    "outputs": [{ "name": "channel1", "mounted_path": "/home/channel1" }],\n    "env": [\n      {\n        "name": "TIME_SLEEP",\n        "value": "5",\n        "type": "int",\n        "description": "Number of seconds to sleep before finishing.",\n        "adjustable": true\n      }\n    ],\n    "command": ["python3", "-u", "start.py"]\n  }\n]
        "#]],
    );
    check(
        "//- /processing-container.json\n{\"templates\": [{\"inputs\": [$0]}]}",
        expect![[r#"
        IOMount { name, mounted_path } | A data channel | { "name": "$1", "mounted_path": "$2" }
    "#]],
    );
}

#[test]
fn units_behind_numbers() {
    check(
        r#"{"resources": {"limits": {"memory": "512$0"}}}"#,
        expect![[r#"
        512Mi | mebibytes: 1024 * 1024 bytes | "512Mi"
        512Gi | gibibytes: 1024 mebibytes | "512Gi"
        512Ki | kibibytes: 1024 bytes | "512Ki"
        512Ti | tebibytes: 1024 gibibytes | "512Ti"
        512Pi | pebibytes: 1024 tebibytes | "512Pi"
        512Ei | exbibytes: 1024 pebibytes | "512Ei"
        512M | megabytes: 1 000 000 bytes | "512M"
        512G | gigabytes: 1000 megabytes | "512G"
        512k | kilobytes: 1000 bytes | "512k"
        512T | terabytes: 1000 gigabytes | "512T"
        512P | petabytes: 1000 terabytes | "512P"
        512E | exabytes: 1000 petabytes | "512E"
    "#]],
    );
    check(
        r#"{"resources": {"limits": {"memory": 1.5$0}}}"#,
        expect![[r#"
        1.5Mi | mebibytes: 1024 * 1024 bytes | "1.5Mi"
        1.5Gi | gibibytes: 1024 mebibytes | "1.5Gi"
        1.5Ki | kibibytes: 1024 bytes | "1.5Ki"
        1.5Ti | tebibytes: 1024 gibibytes | "1.5Ti"
        1.5Pi | pebibytes: 1024 tebibytes | "1.5Pi"
        1.5Ei | exbibytes: 1024 pebibytes | "1.5Ei"
        1.5M | megabytes: 1 000 000 bytes | "1.5M"
        1.5G | gigabytes: 1000 megabytes | "1.5G"
        1.5k | kilobytes: 1000 bytes | "1.5k"
        1.5T | terabytes: 1000 gigabytes | "1.5T"
        1.5P | petabytes: 1000 terabytes | "1.5P"
        1.5E | exabytes: 1000 petabytes | "1.5E"
    "#]],
    );
    check(
        r#"{"resources": {"requests": {"cpu": "500m$0"}}}"#,
        expect![[r#"
        500m | thousandths of a core | "500m"
    "#]],
    );
    check(
        r#"{"resources": {"requests": {"cpu": $0}}}"#,
        expect![[r#"
        500m | an example | "${1:500m}"
        2 | an example | "${1:2}"
    "#]],
    );
    check(
        r#"{"inputs": [{"scale_rule": {"complexity": "2.0$0"}}]}"#,
        expect![[r#"
            2.0*n | 2.0 times the size of the data | "2.0*n"
            2.0*n**2 | 2.0 times the square of the size | "2.0*n**2"
            n | an example | "n"
            2*n | an example | "2*n"
            1.5*n | an example | "1.5*n"
            n**2 | an example | "n**2"
        "#]],
    );
    check(
        r#"{"inputs": [{"scale_rule": {"complexity": "$0"}}]}"#,
        expect![[r#"
        n | an example | "n"
        2*n | an example | "2*n"
        1.5*n | an example | "1.5*n"
        n**2 | an example | "n**2"
    "#]],
    );
}

#[test]
fn whole_files() {
    check(
        "//- /processing-container.json\n$0",
        expect![[r#"
        processing-container | what a processing-container.json must have | {\n  "api_version": 1,\n  "name": "$1",\n  "description": "$2",\n  "templates": [\n    {\n      "identifier": "$3",\n      "description": "$4",\n      "inputs": [$5],\n      "outputs": [$6],\n      "env": [$7]\n    }\n  ]\n}
        processing-container of version 0 | what a processing-container.json must have | {\n  "name": "$1",\n  "description": "$2",\n  "templates": [\n    {\n      "identifier": "$3",\n      "description": "$4",\n      "inputs": [$5],\n      "outputs": [$6],\n      "env": [$7]\n    }\n  ]\n}
    "#]],
    );
    apply(
        "//- /processing-container.json\n\n$0\n",
        "processing-container",
        expect![[r#"

        {
          "api_version": 1,
          "name": "$1",
          "description": "$2",
          "templates": [
            {
              "identifier": "$3",
              "description": "$4",
              "inputs": [$5],
              "outputs": [$6],
              "env": [$7]
            }
          ]
        }
    "#]],
    );
    check_task(
        "$0",
        expect![[r#"
        task for segment | Writes one mask for each image. Slow. | {\n  "name": "$1",\n  "image": "$2",\n  "taskTemplate": "segment",\n  "inputs": [\n    { "name": "images", "input": { "host_path": "$3" } },\n    { "name": "models", "input": { "host_path": "$4" } }\n  ],\n  "outputs": [{ "name": "masks", "input": { "host_path": "$5" } }]\n}
        task for download | Gets models. | {\n  "name": "$1",\n  "image": "$2",\n  "taskTemplate": "download",\n  "inputs": [],\n  "outputs": []\n}
        task | what a task.json must have | {\n  "api_version": 1,\n  "name": "$1",\n  "image": "$2",\n  "taskTemplate": "$3",\n  "inputs": [$4],\n  "outputs": [$5]\n}
        task of version 0 | what a task.json must have | { "name": "$1", "image": "$2", "taskTemplate": "$3", "inputs": [$4], "outputs": [$5] }
    "#]],
    );
    apply_task(
        "$0",
        "task for segment",
        expect![[r#"
        {
          "name": "$1",
          "image": "$2",
          "taskTemplate": "segment",
          "inputs": [
            { "name": "images", "input": { "host_path": "$3" } },
            { "name": "models", "input": { "host_path": "$4" } }
          ],
          "outputs": [{ "name": "masks", "input": { "host_path": "$5" } }]
        }"#]],
    );
    apply(
        "$0",
        "task",
        expect![[r#"
        {
          "api_version": 1,
          "name": "$1",
          "image": "$2",
          "taskTemplate": "$3",
          "inputs": [$4],
          "outputs": [$5]
        }"#]],
    );
    check("//- /Dockerfile\nFROM a\n$0", expect![[r#""#]]);
    check("//- /task-api.toml\n$0", expect![[r#""#]]);
}

#[test]
fn what_the_client_compares_begins_with_the_quote_that_is_replaced() {
    let filter = |literal: &str| {
        let found = completions(&fixture(literal));
        let first = found.iter().find(|completion| completion.label == "image").unwrap();
        first.filter_text.clone()
    };
    assert_eq!(filter(r#"{"im$0"}"#).as_deref(), Some("\"image\""));
    assert_eq!(filter(r#"{im$0}"#), None);
    assert_eq!(filter(r#"{'im$0'}"#).as_deref(), Some("'image'"));
}
