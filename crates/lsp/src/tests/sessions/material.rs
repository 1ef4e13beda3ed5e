//! What sessions are made of.

/// Documents that are files, as the client writes their names.
pub(super) const FILES: [&str; 7] = [
    "file:///p/processing-container.json",
    "file:///p/task.json",
    "file:///p/sub/b-task.json",
    "file:///p/%C3%A9%20x/task.json",
    "file:///p/task-api.toml",
    "file:///p/Dockerfile",
    "file:///p/ignored/other.json",
];
/// The name that the second folder has at times.
pub(super) const ELSEWHERE: &str = "file:///p/moved";
pub(super) const FOLDERS: [&str; 2] = ["file:///p", "file:///p/sub"];

pub(super) const TASK: &str = r#"{
  "name": "segment {{ custom['study'] | default(\"ä\") }}",
  "image": "ghcr.io/a/lungs:1.2.0",
  "taskTemplate": "segment",
  "inputs": [
    {
      "name": "images",
      "input": {"host_path": "./data/{{ env.STUDY }}"},
      "scale_rule": {
        "complexity": "n",
        "type": "request",
        "mode": "max_file_size"
      }
    }
  ],
  "outputs": [
    {"name": "masks", "input": {"host_path": "../masks"}}
  ],
  "env": [
    {"name": "UNIT", "value": "cm 😀"},
    {"name": "MORE", "value": "{{ env.MORE }}"}
  ],
  "command": ["run", "--token=x"],
  "resources": {
    "limits": {
      "memory": 5000000000,
      "cpu": "2"
    },
    "requests": {"memory": "64Mi"}
  }
}
"#;
pub(super) const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments `lungs` 😀.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes masks.",
      "inputs": [
        {
          "name": "images",
          "mounted_path": "/in",
          "description": "Scans.",
          "scale_rule": {"complexity": "1.5*n**2", "type": "limit", "mode": "sum", "target_glob": "*.d\u0063m"}
        }
      ],
      "outputs": [{"name": "masks", "mounted_path": "/out", "description": "Masks."}],
      "env": [
        {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": true}
      ],
      "command": ["sh", "-c", "echo {% if env.A %}a\nb{% endif %} {# c #}"],
      "resources": {"limits": {"memory": "1Gi", "cpu": "500m"}}
    }
  ]
}
"#;
pub(super) const TOML: &str =
    "[rules]\nunbound-channel = \"warning\"\n\n[validate]\ncontainer = \"ignored/other.json\"\n";
pub(super) const DOCKERFILE: &str = "FROM scratch\nCOPY processing-container.json /\nENV UNIT=mm\n";

pub(super) const PIECES: [&str; 30] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "{{ ",
    " }}",
    "{% if x %}",
    "😀",
    "ä",
    "\u{0}",
    "\\u0041",
    "null",
    "1e99",
    "\"name\": \"images\"",
    "\"inputs\": [",
    "segment",
    "\"taskTemplate\": \"segment\",",
    "memory",
    "\"\"",
    "env.UNIT",
    "[rules]\n",
    "missing-field = \"off\"\n",
    "// no\n",
];
pub(super) const SETTINGS: [&str; 9] = [
    "{}",
    r#"{"rules": {"missing-field": "off", "unknown-field": "error"}}"#,
    r#"{"schemaOnly": true}"#,
    r#"{"diagnostics": {"scope": "open"}}"#,
    r#"{"semanticTokens": false, "inlayHints": {"enabled": false}, "codeLens": false}"#,
    r#"{"rules": 5, "schemOnly": true}"#,
    "null",
    "[]",
    r#"{"onSave": {"fixAll": true, "format": true}}"#,
];
/// A text longer than this is replaced, for sessions to stay quick.
pub(super) const LONGEST: usize = 6000;

/// The text by which a document begins.
pub(super) fn initial(uri: &str) -> &'static str {
    match uri.rsplit('/').next().unwrap_or_default() {
        "processing-container.json" | "other.json" => CONTAINER,
        "task-api.toml" => TOML,
        "Dockerfile" => DOCKERFILE,
        _ => TASK,
    }
}
