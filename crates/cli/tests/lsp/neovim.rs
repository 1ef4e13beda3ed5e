//! Neovim's own client, with a script in place of a user.

use std::process::Command;

use crate::{CONTAINER, TASK, TASK_API};

#[test]
fn neovim_shows_diagnostics_completes_and_renames_across_files() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("processing-container.json"), CONTAINER).unwrap();
    std::fs::write(directory.path().join("task.json"), TASK.replace("\"study-7\"", "7")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lsp/neovim.lua");
    let run = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"])
        .arg(format!("luafile {script}"))
        .current_dir(directory.path())
        .env("TASK_API", TASK_API)
        .env("XDG_STATE_HOME", directory.path().join("state"))
        .env("XDG_CACHE_HOME", directory.path().join("cache"))
        .output()
        .expect("Neovim (`nvim`) is missing; `cargo xtask test` installs it");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("all seen"), "{said}");
}
