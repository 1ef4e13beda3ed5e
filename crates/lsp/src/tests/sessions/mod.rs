//! Editing sessions at random: what a client may do, in an order that nobody has thought of; and what must be true
//! throughout. The texts that the server has are those of the client; its diagnostics are those of a fresh check of the
//! same texts; no request fails; every range fits; nothing is kept of what is gone.
//!
//! `cargo xtask soak editor` runs the last of the tests for a million edits.

mod answers;
mod checking;
mod editing;
mod editor;
mod material;
mod random;
mod requests;
mod text;

use std::time::{SystemTime, UNIX_EPOCH};

use editor::Editor;

fn session(seed: u64, edits: usize) -> Editor {
    let mut editor = Editor::new(seed);
    while editor.edits < edits {
        editor.step();
    }
    editor.check_all();
    editor
}

#[test]
fn sessions_that_are_always_the_same() {
    for seed in 1..=6 {
        session(seed, 600);
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|number| number.parse().unwrap())
}

/// The seed is printed. `TASK_API_SOAK_SEED` repeats a session, `TASK_API_SOAK_EDITS` says for how long.
#[test]
fn a_session_at_random() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = number("TASK_API_SOAK_SEED").unwrap_or(now % 1_000_000_000);
    let edits = number("TASK_API_SOAK_EDITS").unwrap_or(1000) as usize;
    println!("seed {seed}");
    let began = std::time::Instant::now();
    let mut editor = Editor::new(seed);
    let (mut memory, mut tenths) = (Vec::new(), 0);
    while editor.edits < edits {
        editor.step();
        while editor.edits * 10 / edits > tenths {
            tenths += 1;
            memory.push(resident_kilobytes());
            if edits >= 100_000 {
                let (done, took) = (editor.edits, began.elapsed().as_secs());
                println!("{done} edits, {} requests, {took} s, {} KB", editor.requests, memory[tenths - 1]);
            }
        }
    }
    editor.check_all();
    // In a short session, and beside other tests, memory says nothing.
    if edits >= 100_000 {
        let (first, last) = (memory[0], memory[memory.len() - 1]);
        assert!(last * 10 <= first * 12, "memory has grown from {first} KB to {last} KB");
    }
}

fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
