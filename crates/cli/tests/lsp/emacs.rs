//! Emacs with eglot, with a script in place of a user.

use std::process::Command;

use crate::{CONTAINER, TASK, TASK_API};

#[test]
fn emacs_shows_diagnostics_completes_and_renames_across_files() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("processing-container.json"), CONTAINER).unwrap();
    std::fs::write(directory.path().join("task.json"), TASK.replace("\"study-7\"", "7")).unwrap();
    let run = Command::new("emacs")
        .args(["-q", "--batch", "--load", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lsp/emacs.el")])
        .current_dir(directory.path())
        .env("TASK_API", TASK_API)
        .env("HOME", directory.path())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("Emacs (`emacs`) is missing; `cargo xtask test` installs it");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("all seen"), "{said}");
}
