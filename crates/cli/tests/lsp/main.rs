//! The language server as editors meet it: the program itself, over its standard streams, and in Neovim and Emacs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers are outside of what clippy takes for tests"
)]

mod emacs;
mod neovim;
mod stdio;

/// The program.
const TASK_API: &str = env!("CARGO_BIN_EXE_task-api");

const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask for each volume.",
      "inputs": [{ "name": "images", "description": "Scans.", "mounted_path": "/data/images" }],
      "outputs": [{ "name": "masks", "description": "Masks.", "mounted_path": "/data/masks" }],
      "env": [],
      "command": ["segment"]
    }
  ]
}
"#;

const TASK: &str = r#"{
  "name": "study-7",
  "image": "lungs:1",
  "taskTemplate": "segment",
  "inputs": [{ "name": "images", "input": { "host_path": "/data/images" } }],
  "outputs": [{ "name": "masks", "input": { "host_path": "/data/masks" } }]
}
"#;
