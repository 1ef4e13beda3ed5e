//! Files to measure with: valid, and of a size and shape that files in the field have.

use serde_json::{Value, json};

pub(crate) fn container_of_60_lines() -> String {
    pretty(&container(1))
}

pub(crate) fn container_of_a_megabyte() -> String {
    let templates = 1_000_000 / pretty(&container(1)).len();
    pretty(&container(templates))
}

/// A task of version 1 with its template written out.
pub(crate) fn task_of_60_lines(number: usize) -> String {
    pretty(&json!({
        "api_version": 1,
        "name": format!("segment-study-{number}"),
        "image": "registry.example.org/segment-organs:1.4.2",
        "taskTemplate": {
            "identifier": "segment",
            "description": "One mask for each series; items keep their names. Größe in mm³.",
            "inputs": [{
                "name": "series",
                "mounted_path": "/data/series",
                "description": "DICOM series, one directory each",
                "scale_rule": { "scale_factor": 3, "type": "limit", "mode": "sum", "target_glob": "*.dcm" },
            }],
            "outputs": [{ "name": "masks", "mounted_path": "/data/masks", "description": "One per item" }],
            "env": [
                {
                    "name": "ORGAN",
                    "value": "liver",
                    "choices": ["liver", "lung", "heart"],
                    "description": "Which organ: \"liver\", \"lung\" or \"heart\"",
                },
            ],
            "command": ["python3", "-u", "segment.py"],
        },
        "inputs": [{ "name": "series", "volume_source": { "host_path": "/data/series" } }],
        "outputs": [{ "name": "masks", "volume_source": { "host_path": format!("/data/masks/{number}") } }],
    }))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn container(templates: usize) -> Value {
    let templates: Vec<Value> = (0..templates).map(template).collect();
    json!({
        "name": "segment-organs",
        "description": "Segments organs in CT series, and measures what it found.",
        "templates": templates,
    })
}

fn template(number: usize) -> Value {
    json!({
        "identifier": format!("segment-{number}"),
        "description": "One mask for each series; items keep their names. Größe in mm³.",
        "inputs": [{
            "name": "series",
            "mounted_path": "/data/series",
            "description": "DICOM series, one directory each",
            "scale_rule": {
                "complexity": "2.5*n", "type": "limit", "mode": "sum", "target_glob": "*.dcm",
            },
        }],
        "outputs": [
            { "name": "masks", "mounted_path": "/data/masks", "description": "One per item" },
        ],
        "env": [
            {
                "name": "ORGAN",
                "value": "liver",
                "type": "string",
                "choices": ["liver", "lung", "heart"],
                "adjustable": true,
                "description": "Which organ: \"liver\", \"lung\" or \"heart\"",
            },
            { "name": "THREADS", "value": "4", "type": "int", "adjustable": false },
        ],
        "command": ["python3", "-u", "segment.py"],
        "resources": { "limits": { "cpu": "4", "memory": "8Gi" } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_size_they_are_named_after() {
        let lines = container_of_60_lines().lines().count();
        assert!((57..=63).contains(&lines), "{lines}");
        let lines = task_of_60_lines(7).lines().count();
        assert!((57..=63).contains(&lines), "{lines}");
        let bytes = container_of_a_megabyte().len();
        assert!((900_000..=1_100_000).contains(&bytes), "{bytes}");
    }
}
